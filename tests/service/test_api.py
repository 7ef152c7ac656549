"""Laws of API v1: its answers, its errors, its caching, and that what is checked is not kept.

Runs the real application over a real knowledge base with a source of our own and its text.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from kb.errors import StoreError
from kb.types import Raw, Report
from service import api_models as models
from service.api import create_app
from service.problems import KINDS
from service.schemas import dumps, report_to_json
from service.security import DATA_POLICY, PAGE_POLICY
from service.workbench import Workbench
from tests.service import report_builders as build

CANARY = "quillfeather"
DRAFT = (
    "In March the Harbour team tested its graders. Roughly 40% of graders were fooled by the model, "
    f"the {CANARY} study found. “We saw no sign of it,” said Ada Lind of the Harbour Lab."
)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    home = tmp_path_factory.mktemp("home") / "kb"
    build.fill_store(home).close()
    with Workbench.open(home) as opened:
        opened.add_source(
            build.source(),
            Raw(name="graders.txt", content=build.SOURCE_TEXT.encode(), media_type="text/plain"),
        )
        yield opened


@pytest.fixture(scope="module")
def client(workbench: Workbench) -> Iterator[TestClient]:
    with TestClient(
        create_app(workbench), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
    ) as made:
        yield made


def _strict(model: type[BaseModel], value: object) -> None:
    """Validate with unknown keys forbidden at every level, so that no key goes undocumented."""
    model.model_validate(value)
    _compare(model.model_json_schema(), model.model_json_schema().get("$defs", {}), value, "")


def _compare(schema: dict[str, object], definitions: dict[str, object], value: object, place: str) -> None:
    if "$ref" in schema:
        schema = definitions[str(schema["$ref"]).rpartition("/")[2]]  # type: ignore[assignment]
    if isinstance(value, dict) and "properties" in schema:
        properties: dict[str, dict[str, object]] = schema["properties"]  # type: ignore[assignment]
        always = set(schema.get("required", ()))  # type: ignore[call-overload]
        told = [key for key in properties if key in value or key in always]
        assert list(value) == told, f"keys of {place or 'the answer'}"
        for key, inner in value.items():
            _compare(properties[key], definitions, inner, f"{place}/{key}")
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for inner in value:
            _compare(schema["items"], definitions, inner, f"{place}/*")  # type: ignore[arg-type]


def _problem(answer: object, code: str) -> dict[str, object]:
    kind = KINDS[code]
    assert answer.status_code == kind.status, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    body: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    models.ProblemModel.model_validate(body)
    assert body["code"] == code
    assert body["status"] == kind.status
    return body


# ------------------------------------------------------------------------ check


def test_check_answers_the_report_of_the_command_line(client: TestClient, workbench: Workbench) -> None:
    answer = client.post("/v1/check", json={"text": DRAFT})
    assert answer.status_code == 200
    raw = Raw(name="-", content=DRAFT.encode(), media_type="text/plain")
    assert answer.content == dumps(report_to_json(workbench.check(raw)))
    _strict(models.ReportModel, answer.json())
    assert answer.json()["summary"]["claims"] >= 2


def test_the_same_text_twice_gives_the_same_bytes(client: TestClient) -> None:
    first, second = (client.post("/v1/check", json={"text": DRAFT}).content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("media_type", ["text/plain", "text/plain; charset=utf-8", "text/markdown"])
def test_a_text_may_be_the_body_itself(client: TestClient, media_type: str) -> None:
    answer = client.post("/v1/check", content=DRAFT.encode(), headers={"content-type": media_type})
    assert answer.status_code == 200
    assert answer.json()["summary"] == client.post("/v1/check", json={"text": DRAFT}).json()["summary"]


def test_a_body_in_another_declared_charset_is_read(client: TestClient) -> None:
    answer = client.post(
        "/v1/check", content=DRAFT.encode("utf-16"), headers={"content-type": "text/plain; charset=utf-16"}
    )
    assert answer.json()["document"]["length"] == len(DRAFT)


def test_html_is_read_as_a_page(client: TestClient) -> None:
    page = f"<html><body><article><h1>Graders</h1><p>{DRAFT}</p></article></body></html>"
    as_json = client.post("/v1/check", json={"html": page}).json()
    as_body = client.post("/v1/check", content=page.encode(), headers={"content-type": "text/html"}).json()
    assert as_json["document"]["media_type"] == "text/html"
    assert as_json["claims"] == as_body["claims"]
    assert as_json["summary"]["claims"] >= 2


def test_offsets_are_in_the_unit_asked_for(client: TestClient) -> None:
    text = "\U0001f600\U0001f600 " + DRAFT
    answer = client.post("/v1/check", json={"text": text, "offset_unit": "utf16"}).json()
    units = text.encode("utf-16-le")
    assert answer["document"]["offset_unit"] == "utf16"
    for claim in answer["claims"]:
        span = claim["span"]
        assert units[2 * span["start"] : 2 * span["end"]].decode("utf-16-le") == span["text"]
    raw = client.post(
        "/v1/check?offset_unit=utf16", content=text.encode(), headers={"content-type": "text/plain"}
    )
    assert raw.json()["claims"] == answer["claims"]


def test_a_name_given_names_the_document(client: TestClient) -> None:
    answer = client.post("/v1/check", json={"text": DRAFT, "name": "draft-7"}).json()
    assert answer["document"]["name"] == "draft-7"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"text": "a", "html": "b"}, {"text": "a", "url": "https://x.example"}, {"text": None}, {"text": 5},
        {"text": "a", "offset_unit": "bytes"}, {"text": "a", "unknown": 1}, {"text": "x" * 200_001},
        {"url": "https://x.example/" + "a" * 2048}, {"text": "a", "name": ""}, [], "text", 5,
    ],
)  # fmt: skip
def test_a_wrong_request_is_a_problem_with_its_places(client: TestClient, body: object) -> None:
    assert _problem(client.post("/v1/check", json=body), "invalid_request")["errors"]


@pytest.mark.parametrize(
    "body", [b"NaN", b'{"text": NaN}', b'{"text": "\\ud800"}', b'{"text": 1e999}', b'{"text": "\\u0000"}',
             b'{"a":' * 33 + b"1" + b"}" * 33, b'{"text": "a", "text": "b"}', b"\xff", b"", b"9" * 5000],
)  # fmt: skip
def test_json_that_is_not_strict_is_refused(client: TestClient, body: bytes) -> None:
    _problem(
        client.post("/v1/check", content=body, headers={"content-type": "application/json"}),
        "body_unreadable",
    )


def test_a_body_over_two_megabytes_is_refused(client: TestClient) -> None:
    for media_type in ("application/json", "text/plain", "text/html"):
        answer = client.post("/v1/check", content=b"x" * 2_000_001, headers={"content-type": media_type})
        _problem(answer, "over_limit")


@pytest.mark.parametrize(
    "media_type", ["image/png", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_another_media_type_is_refused(client: TestClient, media_type: str) -> None:
    answer = client.post("/v1/check", content=b"x", headers={"content-type": media_type})
    _problem(answer, "media_type_not_supported")


@pytest.mark.parametrize("media_type", ["application/pdf", "text/plain", "text/html"])
def test_what_cannot_be_read_is_a_problem_not_an_empty_report(client: TestClient, media_type: str) -> None:
    answer = client.post(
        "/v1/check", content=b"\x00\x01\x02rubbish\xff\xfe" * 50, headers={"content-type": media_type}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] in ("input_unreadable", "language_not_supported")


def test_an_empty_text_is_a_problem(client: TestClient) -> None:
    _problem(client.post("/v1/check", json={"text": "  \n"}), "input_unreadable")


def test_another_language_is_a_problem_declared_or_found(client: TestClient) -> None:
    _problem(client.post("/v1/check", json={"text": DRAFT, "language": "de"}), "language_not_supported")
    assert client.post("/v1/check", json={"text": DRAFT, "language": "en-GB"}).status_code == 200
    german = "Die Forscher fanden heraus, dass 40 Prozent der Modelle die Regeln nicht beachtet hatten. " * 8
    _problem(client.post("/v1/check", json={"text": german}), "language_not_supported")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest", "file:///etc/passwd",
     "http://2130706433/", "ftp://x.example/", "javascript:1", "not an address", "http://127.1/", "http://0/"],
)  # fmt: skip
def test_an_address_inside_the_house_is_refused_without_repeating_it(client: TestClient, url: str) -> None:
    body = _problem(client.post("/v1/check", json={"url": url}), "fetch_failed")
    assert url not in json.dumps(body)


def test_a_check_may_not_be_stored_on_the_way(client: TestClient) -> None:
    answer = client.post("/v1/check", json={"text": DRAFT})
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_nothing_of_a_draft_is_kept_or_logged(
    client: TestClient,
    workbench: Workbench,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    secret = DRAFT.replace(CANARY, "zanthorix")
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/check", json={"text": secret, "name": "zanthorix-draft"})
        client.post("/v1/check", json={"text": "zanthorix", "unknown": "zanthorix"})
        client.post(
            "/v1/check?name=zanthorix",
            content=b"\x00zanthorix\xff" * 30,
            headers={"content-type": "text/html"},
        )
        client.post("/check", data={"text": secret})
        client.get("/v1/search?q=zanthorix")
    out, err = capfd.readouterr()
    own = [
        record.getMessage() for record in caplog.records if not record.name.startswith("httpx")
    ]  # the client's
    assert own
    assert "zanthorix" not in "".join(own) + out + err
    for path in Path(workbench.store.home).rglob("*"):
        if path.is_file():
            assert b"zanthorix" not in path.read_bytes(), path


def test_health_answers_while_a_check_runs(workbench: Workbench) -> None:
    gate, entered = threading.Event(), threading.Event()

    class Slow(Workbench):
        def check(self, raw: Raw, **more: object) -> Report:
            entered.set()
            gate.wait(20)
            return super().check(raw)

    slow = Slow(workbench.store)
    with TestClient(create_app(slow), base_url="http://127.0.0.1") as client:
        waiting = threading.Thread(target=lambda: client.post("/v1/check", json={"text": DRAFT}))
        waiting.start()
        assert entered.wait(20)
        assert client.get("/healthz").json() == {"ok": True}
        assert client.get("/v1/claims?limit=1").status_code == 200
        assert waiting.is_alive(), "they were answered while the check was still going on"
        gate.set()
        waiting.join(30)


def test_checks_at_once_lose_nothing(client: TestClient) -> None:
    answers: list[bytes] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(client.post("/v1/check", json={"text": DRAFT}).content)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 8
    assert len(set(answers)) == 1


# ------------------------------------------------------------------------ what is stored


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/claims", models.ClaimListModel), ("/v1/sources", models.SourceListModel),
        ("/v1/articles", models.ArticleListModel), ("/v1/search?q=graders%20fooled", models.SearchModel),
        ("/v1/sources/harbour-graders", models.SourcePageModel), ("/readyz", models.ReadyModel),
        ("/healthz", models.HealthModel),
    ],
)  # fmt: skip
def test_an_answer_has_exactly_the_documented_keys(
    client: TestClient, path: str, model: type[BaseModel]
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    _strict(model, answer.json())


def test_one_claim_and_one_article_have_exactly_the_documented_keys(client: TestClient) -> None:
    report = build.report()
    claim = client.get(f"/v1/claims/{report.claims[0].claim.id}").json()
    _strict(models.ClaimModel, claim)
    assert claim["history"][0]["verdict"]["reason"] == "agrees_with_caveat"
    _strict(models.StoredReportModel, client.get(f"/v1/articles/{report.document.id}").json())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5), ("label=supported", 2), ("label=not_checked", 1), ("reason=quote_altered", 1),
        ("kind=quotation", 1), ("topic=evaluation-awareness", 3), ("q=graders", 2),
        ("label=supported&reason=quote_altered", 0), ("article=a-nothing", 0),
    ],
)  # fmt: skip
def test_claims_are_filtered(client: TestClient, query: str, count: int) -> None:
    answer = client.get(f"/v1/claims?{query}").json()
    assert answer["total"] == {"value": count, "relation": "eq"}
    assert len(answer["items"]) == count


def test_facets_count_the_choices_beside_a_filter(client: TestClient) -> None:
    facets = client.get("/v1/claims?label=contested").json()["facets"]
    counts = {facet["name"]: facet["count"] for facet in facets["label"]}
    assert counts == {"supported": 2, "contested": 1, "unsourced": 1, "not_checked": 1}
    assert facets["reason"] == [{"name": "quote_altered", "label": "Quotation altered", "count": 1}]


def test_pages_join_to_the_whole_list(client: TestClient) -> None:
    whole = [item["id"] for item in client.get("/v1/claims").json()["items"]]
    seen: list[str] = []
    path: str | None = "/v1/claims?limit=2"
    while path is not None:
        answer = client.get(path)
        seen += [item["id"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if answer.json()["next"] else None
    assert seen == whole
    first = client.get("/v1/sources?limit=1").json()
    second = client.get("/v1/sources", params={"limit": 1, "cursor": first["next"]}).json()
    assert [first["items"][0]["id"], second["items"][0]["id"]] == ["critic-note", "harbour-graders"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/v1/claims?limit=0", "/v1/claims?limit=-1", "/v1/claims?limit=201", "/v1/claims?limit=1e3",
        "/v1/claims?limit=" + "9" * 5000, "/v1/claims?limit=9223372036854775808", "/v1/claims?limit=x",
        "/v1/claims?label=true", "/v1/claims?lable=supported", "/v1/claims?cursor=zzz", "/v1/claims?cursor=%00",
        "/v1/claims?q=" + "a" * 501, "/v1/claims?q=%00", "/v1/claims?source=..%2f..", "/v1/claims?kind=x",
        "/v1/claims?reason=%27%3B--", "/v1/search", "/v1/search?q=", "/v1/sources?limit=0",
        "/v1/articles?cursor=" + "a" * 501,
    ],
)  # fmt: skip
def test_a_parameter_out_of_range_is_named(client: TestClient, path: str) -> None:
    body = _problem(client.get(path), "invalid_request")
    assert body["errors"][0]["pointer"].startswith("/query/")  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    ["GPT-4", "p(doom)", '"', '""', "NEAR(a b", "x:", "*", "a AND", "-", "'", "^2", "a OR OR b", "col:val", "(", "%_",
     "\u202e", "\ud7ff", "10^25", "40..50", "AND", "NOT x", "{a}"],
)  # fmt: skip
def test_any_words_may_be_searched_for(client: TestClient, query: str) -> None:
    assert client.get("/v1/search", params={"q": query}).status_code == 200
    assert client.get("/v1/claims", params={"q": query}).status_code == 200


def test_search_finds_passages_and_claims(client: TestClient) -> None:
    found = client.get("/v1/search?q=graders%20were%20fooled").json()
    assert found["passages"][0]["source_id"] == "harbour-graders"
    assert found["claims"]


@pytest.mark.parametrize(
    "path",
    ["/v1/claims/c-none", "/v1/sources/none", "/v1/articles/a-none", "/v1/none", "/v1/claims/..%2f..%2fetc",
     "/v1/claims/%00", "/v1/claims/" + "a" * 5000, "/claims/../../etc/passwd", "/claims/x.html", "/assets/none.css",
     "/assets/..%2f..%2fpyproject.toml", "/problems/none", "/..%5c..", "/CON", "/claims/%e2%80%ae.html"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    _problem(client.get(path), "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client: TestClient) -> None:
    answer = client.delete("/v1/claims")
    _problem(answer, "method_not_allowed")
    assert "GET" in answer.headers["allow"]
    _problem(client.put("/v1/check", content=b"x"), "method_not_allowed")


def test_an_unusable_store_is_503_and_names_no_folder(client: TestClient, workbench: Workbench) -> None:
    class Broken:
        home = workbench.store.home
        path = workbench.store.path

        def last_changed(self) -> None:
            raise StoreError(f"{self.home} is locked")

    broken = Workbench(Broken())  # type: ignore[arg-type]
    with TestClient(create_app(broken), base_url="http://127.0.0.1") as made:
        body = _problem(made.get("/readyz"), "store_unusable")
    assert str(workbench.store.home) not in json.dumps(body)


# ------------------------------------------------------------------------ caching and description


def test_an_etag_answers_304_until_something_changes(client: TestClient) -> None:
    for path in (
        "/v1/claims",
        "/v1/sources/harbour-graders",
        "/openapi.json",
        "/assets/style.css",
        "/sources",
    ):
        first = client.get(path)
        etag = first.headers["etag"]
        assert len(etag) == 18
        again = client.get(path, headers={"if-none-match": f'"other", {etag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_description_names_every_route_and_only_real_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/check", "/v1/claims", "/v1/claims/{claim_id}", "/v1/sources", "/v1/sources/{source_id}", "/v1/articles",
        "/v1/annotations", "/v1/articles/{article_id}", "/v1/audit/head", "/v1/changes", "/v1/jobs/{job_id}", "/v1/jobs/{job_id}/report", "/v1/match", "/v1/search",
        "/healthz", "/readyz",
    }  # fmt: skip
    content = document["paths"]["/v1/check"]["post"]["requestBody"]["content"]
    for example in content["application/json"]["examples"].values():
        assert client.post("/v1/check", json=example["value"]).status_code == 200
    plain = content["text/plain"]["example"]
    assert client.post("/v1/check", content=plain, headers={"content-type": "text/plain"}).status_code == 200
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in document["components"]["schemas"]
    assert "HTTPValidationError" not in text


def test_every_example_of_a_parameter_is_answered(client: TestClient) -> None:
    tried = 0
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            schema = parameter["schema"]
            for example in schema.get("examples", parameter.get("examples", ())):
                assert client.get(path, params={parameter["name"]: example}).status_code == 200
                tried += 1
    assert tried >= 6


def test_when_too_many_wait_one_is_told_when_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.api_check._MAX_WAITING", 0)
    answer = client.post("/v1/check", json={"text": DRAFT})
    _problem(answer, "busy")
    assert int(answer.headers["retry-after"]) > 0


def test_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/check", "/docs", "/search?q=graders", "/claims", "/problems/over-limit"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-security-policy"] == PAGE_POLICY
        for part in answer.text.split('src="')[1:] + answer.text.split('rel="stylesheet" href="')[1:]:
            assert not part.startswith(("http", "//")), path
    assert client.get("/v1/claims").headers["content-security-policy"] == DATA_POLICY


def test_a_problem_type_leads_to_a_page_that_explains_it(client: TestClient) -> None:
    for kind in KINDS.values():
        page = client.get(f"/problems/{kind.code.replace('_', '-')}")
        assert page.status_code == 200
        assert kind.title in page.text
    body = client.get("/v1/none").json()
    assert client.get(body["type"]).status_code == 200


# ------------------------------------------------------------------------ the check page


def test_the_check_page_shows_the_text_with_its_claims(client: TestClient) -> None:
    answer = client.post("/check", data={"text": DRAFT})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert '<mark class="mark is-' in answer.text
    assert "41.3% of graders" in answer.text


def test_the_check_page_says_what_went_wrong_and_keeps_the_text(client: TestClient) -> None:
    answer = client.post(
        "/check", data={"text": "Zwölf Modelle <b> haben 40 Prozent der Regeln missachtet. " * 12}
    )
    assert answer.status_code == 422
    assert "Language not supported" in answer.text
    assert "Modelle &lt;b&gt; haben" in answer.text


def test_the_live_pages_of_claims_sources_and_articles_answer(client: TestClient) -> None:
    report = build.report()
    for path in (f"/claims/{report.claims[0].claim.id}.html", "/sources/harbour-graders.html",
                 f"/articles/{report.document.id}.html", "/topics/evaluation-awareness.html", "/methodology.html",
                 f"/claims/{report.claims[0].claim.id}.json", "/sources", "/articles"):  # fmt: skip
        assert client.get(path).status_code == 200, path


def test_a_built_site_is_served_under_site(workbench: Workbench, tmp_path: Path) -> None:
    from service.site import build_site

    build_site(workbench.store, tmp_path / "site")
    with TestClient(create_app(workbench, site=tmp_path / "site"), base_url="http://127.0.0.1") as made:
        page = made.get("/site/index.html")
        assert page.status_code == 200
        assert page.headers["content-security-policy"] == PAGE_POLICY
        assert made.get("/site/..%2f..%2fetc/passwd").status_code == 404


@pytest.mark.parametrize("form", ["html", "docx", "md", "json", "txt"])
def test_the_check_page_hands_out_its_report_as_a_file(client: TestClient, form: str) -> None:
    answer = client.post("/check/export", data={"text": DRAFT, "format": form})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="wherefrom-check.{form}"'
    assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_form_of_file_is_a_problem(client: TestClient) -> None:
    assert client.post("/check/export", data={"text": DRAFT, "format": "exe"}).status_code == 422


def test_the_check_page_lists_the_corrections(client: TestClient) -> None:
    page = client.post("/check", data={"text": DRAFT}).text
    assert 'id="corrections"' in page


# ------------------------------------------------------------------------ over a real socket


@pytest.fixture(scope="module")
def address(workbench: Workbench) -> Iterator[tuple[str, int]]:
    import uvicorn

    config = uvicorn.Config(
        create_app(workbench), host="127.0.0.1", port=0, access_log=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield host, port
    server.should_exit = True
    thread.join(20)


def _send(address: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b" 200 "),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b" 421 "),
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b" 421 "),
        (b"HEAD /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b" 200 "),
        (b"GET /v1/claims?q=%ff%fe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b" 200 "),
        (b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
         b"Content-Length: 99999999\r\nConnection: close\r\n\r\n", b" 413 "),
    ],
)  # fmt: skip
def test_raw_requests_get_an_answer(address: tuple[str, int], request_bytes: bytes, status: bytes) -> None:
    answer = _send(address, request_bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status in head.split(b"\r\n")[0]
    if request_bytes.startswith(b"HEAD"):
        assert body == b""
    assert b"content-security-policy" in head.lower()


def test_a_client_that_hangs_up_in_its_body_leaves_the_server_answering(address: tuple[str, int]) -> None:
    head = b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n"
    for _ in range(5):
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(head + b"half a sentence")
    answer = _send(address, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert b" 200 " in answer.split(b"\r\n")[0]


def test_a_source_is_cited_in_the_format_that_is_asked_for(client: TestClient) -> None:
    answer = client.get("/v1/sources/harbour-graders", headers={"accept": "application/x-bibtex"})
    assert answer.text.startswith("@misc{harbour-graders,")
    assert (answer.headers["vary"], answer.status_code) == ("Accept", 200)
    plain = client.get("/v1/sources/harbour-graders")
    assert plain.headers["etag"] != answer.headers["etag"]
    assert plain.json()["cite"]["bibtex"] == answer.text
