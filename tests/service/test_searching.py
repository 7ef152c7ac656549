"""Laws of the search: a number is found as a number however it is written, and the answer says why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from kb.types import CheckedClaim, Claim, Document, Label, Report, UnitKind
from service.api import create_app
from service.workbench import Workbench
from tests.service import report_builders as build
from tests.service.test_api import _strict


def _report(article: Document, *claims: Claim) -> Report:
    checked = tuple(
        CheckedClaim(
            claim=one,
            verdict=build.verdict(one.id, Label.UNSOURCED, "no_primary_source", evidence_ids=()),
            evidence=(),
        )
        for one in claims
    )
    return dataclasses.replace(build.report(), document=article, claims=checked, issues=())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("search") / "kb"
    text = "A quarter of the graders saw the hint.\n\nSome 61% of the models hid a hint.\n"
    article = build.document(text, "quarter.txt")
    share = {"base": Decimal(4), "decimals": None}
    first = build.claim(
        text, "A quarter of the graders saw the hint.", "A quarter", article.id,
        quantities=(build.quantity(text, "A quarter", "1", UnitKind.RATIO, **share),),
    )  # fmt: skip
    second = build.claim(
        text, "Some 61% of the models hid a hint.", "61%", article.id,
        quantities=(build.quantity("Some 61% of the models hid a hint.", "61%", "61", decimals=0),),
    )  # fmt: skip
    build.fill_store(home, _report(article, first, second)).close()
    with (
        Workbench.open(home) as workbench,
        TestClient(create_app(workbench), base_url="http://127.0.0.1:8000") as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("query", "found", "why"),
    [
        ("25%", "A quarter of the graders saw the hint.", "the same figure: A quarter"),
        ("one in four", "A quarter of the graders saw the hint.", "the same figure: A quarter"),
        ("75 percent", "A quarter of the graders saw the hint.", "what remains of A quarter"),
        ("61 per cent of models", "Some 61% of the models hid a hint.", "the same figure: 61%"),
    ],
)
def test_a_number_is_found_however_it_is_written(
    client: TestClient, query: str, found: str, why: str
) -> None:
    answer = client.get("/v1/search", params={"q": query}).json()
    assert answer["claims"][0]["text"] == found
    assert why in answer["matches"][0]["reasons"]
    assert answer["matches"][0]["id"] == answer["claims"][0]["id"]


def test_the_page_finds_what_the_api_finds(client: TestClient) -> None:
    assert "A quarter of the graders saw the hint." in client.get("/search", params={"q": "25%"}).text


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_no_more_is_found_than_is_asked_for(client: TestClient, limit: int) -> None:
    answer = client.get("/v1/search", params={"q": "hint", "limit": limit})
    _strict(_model(), answer.json())
    assert len(answer.json()["claims"]) == min(limit, 2)
    assert {match["id"] for match in answer.json()["matches"]} <= {
        one["id"] for one in answer.json()["claims"]
    }


def _model() -> type:
    from service.api_models import SearchModel

    return SearchModel
