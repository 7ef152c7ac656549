"""Laws of the Fact Check Tools shape, of reconciliation and of matching."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from kb.types import Raw
from service.api import create_app
from service.workbench import Workbench
from sources.registry import read_registry

ARTICLE = (
    "Claude 3.7 Sonnet mentioned the hint only 25% of the time, Anthropic found.\n\n"
    "GPT-4 scored in the top 10% of test takers on the bar exam, OpenAI reported.\n\n"
    "DeepSeek R1 mentioned the hint 39% of the time.\n"
)
SOURCES = ("chen-2025-cot-faithfulness", "openai-2023-gpt4-report", "martinez-2024-bar-exam")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("home") / "kb"
    with Workbench.open(home, create=True) as workbench:
        for source in read_registry().sources:
            if source.id in SOURCES:
                workbench.store.save_source(
                    source, origin="registry", added_at=datetime(2026, 1, 1, tzinfo=UTC)
                )
        workbench.refresh_index()
        workbench.ingest(Raw(name="article.txt", content=ARTICLE.encode(), media_type="text/plain"))
        with TestClient(
            create_app(workbench), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
        ) as made:
            yield made


def search(client: TestClient, **parameters: object) -> dict[str, list[dict[str, object]]]:
    answer = client.get("/v1alpha1/claims:search", params=parameters)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def match(client: TestClient, text: str) -> list[dict[str, object]]:
    answer = client.post("/v1/match", json={"queries": {"a": {"text": text}}})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["responses"]["a"]["results"])


# ------------------------------------------------------------------------ Fact Check Tools


def test_a_claim_has_the_fields_of_the_fact_check_tools(client: TestClient) -> None:
    claim = search(client, query="bar exam")["claims"][0]
    assert claim["text"] == "GPT-4 scored in the top 10% of test takers on the bar exam, OpenAI reported."
    (review,) = claim["claimReview"]  # type: ignore[misc, attr-defined]
    assert set(review) >= {"publisher", "url", "title", "reviewDate", "textualRating", "languageCode"}
    assert review["publisher"]["site"] == "127.0.0.1"
    assert client.get(review["url"], headers={"Accept": "text/html"}).status_code == 200


def test_nothing_found_is_an_empty_object(client: TestClient) -> None:
    assert search(client, query="zebra crossings in Ulm") == {}
    assert search(client, query="bar exam", languageCode="de") == {}
    assert search(client, query="bar exam", reviewPublisherSiteFilter="elsewhere.example") == {}


def test_pages_follow_one_another_without_loss(client: TestClient) -> None:
    whole = search(client, query="hint", pageSize=100)["claims"]
    texts: list[object] = []
    token = ""
    while True:
        page = search(client, query="hint", pageSize=1, **({"pageToken": token} if token else {}))
        texts += [claim["text"] for claim in page["claims"]]
        token = str(page.get("nextPageToken", ""))
        if not token:
            break
    assert texts == [claim["text"] for claim in whole]
    assert len(texts) > 1


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": "a", "pageSize": "many"},
        {"query": "a", "pageToken": "!!!"},
        {"query": "a", "pageToken": "MToxMjM"},
        {"query": "a", "maxAgeDays": "-1"},
        {"query": "a", "nonsense": "1"},
    ],
)
def test_a_wrong_parameter_gets_googles_error(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/v1alpha1/claims:search", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_an_old_claim_is_left_out_by_age(client: TestClient) -> None:
    assert search(client, query="hint", maxAgeDays=1)["claims"]


# ------------------------------------------------------------------------ reconciliation


def reconcile(client: TestClient, **queries: object) -> dict[str, dict[str, list[dict[str, object]]]]:
    answer = client.post("/v1/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_manifest_names_its_types_and_its_version(client: TestClient) -> None:
    manifest = client.get("/v1/reconcile").json()
    assert manifest["versions"] == ["0.2"]
    assert {one["id"] for one in manifest["defaultTypes"]} == {"claim", "source"}
    assert "{{id}}" in manifest["view"]["url"]


def test_a_sources_title_is_matched(client: TestClient) -> None:
    answer = reconcile(client, q0={"query": "GPT-4 technical report", "type": "source"})
    best = answer["q0"]["result"][0]
    assert best["id"] == "openai-2023-gpt4-report"
    assert best["match"] is True


def test_a_claim_is_matched_and_its_page_opens(client: TestClient) -> None:
    answer = reconcile(
        client, a={"query": "GPT-4 scored in the top 10% of test takers", "type": "claim", "limit": 2}
    )
    best = answer["a"]["result"][0]
    assert str(best["name"]).startswith("GPT-4 scored")
    page = client.get(f"/v1/entities/{best['id']}", headers={"Accept": "text/html"})
    assert page.status_code == 200


@pytest.mark.parametrize(
    "queries",
    [
        "[]",
        "{}",
        '{"a": {}}',
        '{"a": {"query": "x", "limit": 0}}',
        '{"a": {"query": "x", "type": "city"}}',
        "nonsense",
    ],
)
def test_a_wrong_batch_is_a_problem_document(client: TestClient, queries: str) -> None:
    answer = client.post("/v1/reconcile", data={"queries": queries})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")


# ------------------------------------------------------------------------ matching


@pytest.mark.parametrize("phrase", ["25%", "25 percent", "a quarter", "one in four", "1 in 4", "25.0%"])
def test_a_number_is_found_however_it_is_written(client: TestClient, phrase: str) -> None:
    best = match(client, phrase)[0]
    assert "25%" in str(best["text"])
    assert any("same figure" in str(words) for words in best["explanations"])  # type: ignore[attr-defined]


def test_what_remains_of_a_figure_is_found_and_said(client: TestClient) -> None:
    found = match(client, "75%")
    assert any("what remains of 25%" in str(one["explanations"]) for one in found)


def test_the_same_words_with_another_figure_are_not_the_same_statement(client: TestClient) -> None:
    same = match(client, "Claude 3.7 Sonnet mentioned the hint only 25% of the time, Anthropic found.")[0]
    other = match(client, "Claude 3.7 Sonnet mentioned the hint only 26% of the time, Anthropic found.")[0]
    assert same["same"] is True
    assert other["same"] is False


def test_more_than_a_hundred_queries_are_refused(client: TestClient) -> None:
    queries = {f"q{number}": {"text": "25%"} for number in range(101)}
    assert client.post("/v1/match", json={"queries": queries}).status_code == 422
