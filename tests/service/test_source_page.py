"""A source's page and its JSON: findings, versions, disputes both ways, origin, fetches, the articles that lean
on it, and how to cite it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kb.store import Capture, Store
from kb.types import (
    Contest,
    ContestKind,
    FiguresChange,
    FormerFigures,
    Origin,
    OriginKind,
    Quantity,
    StatedVersion,
    Unit,
    UnitKind,
)
from service.site.pages import Pages
from tests.factories import make_finding, make_report, make_source

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_HALF = Quantity(
    surface="52%", start=0, end=3, low=Decimal(52), high=Decimal(52), unit=Unit(kind=UnitKind.PERCENT)
)
_PAPER = make_source(
    findings=(make_finding(),),
    versions=(
        StatedVersion(version="v1", published="2024-12-10"),
        StatedVersion(
            version="v2",
            published="2025-01-15",
            url="https://arxiv.org/abs/2412.14093v2",
            figures=FiguresChange.CHANGED,
            changed="More runs were added",
            was=(FormerFigures(finding_id="smith-2025#lies", quantities=(_HALF,)),),
        ),
    ),
    contests=(Contest(source_id="old-2020", kind=ContestKind.SUPERSEDES, says="Newer data."),),
)
_REBUTTAL = make_source(
    "jones-2026",
    title="<script>alert(1)</script> It is lower",
    contests=(
        Contest(
            source_id="smith-2025", kind=ContestKind.REBUTS, finding_id="smith-2025#lies", says="It is 12%."
        ),
    ),
)
_BLOG = make_source("blog-2025", origin=Origin(kind=OriginKind.SAME_STUDY, source_id="smith-2025"))
_CAPTURE = Capture(
    source_id="smith-2025", asked="javascript:alert(1)", fetched_at=NOW, status=404, problem="answered 404"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, create=True) as opened:
        for source in (_PAPER, _REBUTTAL, _BLOG, make_source("old-2020")):
            opened.save_source(source, origin="registry", added_at=NOW)
        report = make_report()
        opened.save_article(
            replace(report, sources=(_PAPER,)), raw=report.document.text.encode(), saved_at=NOW
        )
        opened.save_capture(_CAPTURE)
        yield opened


def test_the_page_shows_versions_with_the_figures_that_they_replaced(store: Store) -> None:
    page = Pages(store).source("smith-2025").decode()
    assert "v2" in page
    assert "Other figures: More runs were added" in page
    assert "Before: 52%" in page
    assert 'href="#f-lies"' in page


def test_the_page_shows_disputes_both_ways_and_nothing_of_them_is_markup(store: Store) -> None:
    page = Pages(store).source("smith-2025").decode()
    assert "Rebutted by" in page
    assert "Supersedes" in page
    assert "<script>alert(1)" not in page


def test_the_page_names_the_articles_that_lean_on_it(store: Store) -> None:
    page = Pages(store).source("smith-2025").decode()
    assert "Articles that lean on it" in page
    assert "1 claim" in page


def test_an_address_that_is_no_web_address_is_no_link(store: Store) -> None:
    assert 'href="javascript:' not in Pages(store).source("smith-2025").decode()


def test_what_has_one_origin_is_told_from_both_sides(store: Store) -> None:
    assert "The same study told again" in Pages(store).source("blog-2025").decode()
    assert "sources/blog-2025.html" in Pages(store).source("smith-2025").decode()


def test_every_format_of_citation_is_on_the_page(store: Store) -> None:
    page = Pages(store).source("smith-2025").decode()
    for words in ("@misc{smith-2025,", "TY  - UNPB", "&#34;id&#34;: &#34;smith-2025&#34;"):
        assert words in page


def test_the_json_beside_the_page_holds_the_same(store: Store) -> None:
    answer = json.loads(Pages(store).source_json("smith-2025"))
    assert [version["version"] for version in answer["published_versions"]] == ["v1", "v2"]
    assert answer["published_versions"][1]["was"][0]["quantities"][0]["low"] == "52"
    assert answer["contested_by"][0]["source_id"] == "jones-2026"
    assert answer["contests"][0]["source_id"] == "old-2020"
    assert len(answer["articles"][0]["claims"]) == 1
    assert answer["captures"][0]["status"] == 404
    assert answer["cite"]["csl"]["id"] == "smith-2025"
