"""The claim finder on the labelled articles: floors that a change may raise and must not lower unsaid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.citations import find_citations
from ingest.claims import find_claims
from ingest.note_marks import find_note_marks
from ingest.read import read_document, read_file
from kb.types import CitationKind, Claim, ClaimKind, Document

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
KINDS = {"numeric": ClaimKind.QUANTITY, "quote": ClaimKind.QUOTATION}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is absent: the corpus can't be read"),
]


def read(path: Path) -> Document:
    return read_document(read_file(path)).items[0]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "gold" / name).read_text(encoding="utf-8").splitlines()]


def matches(claim: Claim, row: dict[str, Any]) -> bool:
    """A claim matches a row of its kind when it covers half of the row's span (findings: of its sentence)."""
    kind = KINDS.get(row["kind"], ClaimKind.FINDING)
    if claim.kind is not kind:
        return False
    start, end = (
        (row["start"], row["end"]) if kind is ClaimKind.FINDING else (row["span_start"], row["span_end"])
    )
    chosen = claim.sentence if kind is ClaimKind.FINDING else claim.span
    return 2 * (min(chosen.end, end) - max(chosen.start, start)) >= end - start


@pytest.fixture(scope="module")
def labelled() -> list[tuple[dict[str, Any], tuple[Claim, ...], list[dict[str, Any]]]]:
    gold = rows("claims.jsonl")
    return [
        (
            article,
            find_claims(read(CORPUS / "articles" / article["file"])).items,
            [row for row in gold if row["article"] == article["file"]],
        )
        for article in rows("articles.jsonl")
    ]


def recall(labelled: Any, kinds: set[str]) -> float:
    found = wanted = 0
    for _, claims, gold in labelled:
        for row in gold:
            if row["checkable"] and row["kind"] in kinds:
                wanted += 1
                found += any(matches(claim, row) for claim in claims)
    return found / wanted


def test_figures_and_quotations_are_found(labelled: Any) -> None:
    assert recall(labelled, {"numeric", "quote"}) >= 0.97


def test_findings_are_found(labelled: Any) -> None:
    assert recall(labelled, {"finding"}) >= 0.85


def test_rows_that_are_no_claim_raise_none(labelled: Any) -> None:
    alarms = [
        row["id"]
        for _, claims, gold in labelled
        for row in gold
        if not row["checkable"] and any(matches(claim, row) for claim in claims)
    ]
    assert len(alarms) <= 1, alarms


def test_what_is_claimed_inside_the_labelled_ranges_is_labelled(labelled: Any) -> None:
    right = total = 0
    for article, claims, gold in labelled:
        for claim in claims:
            inside = any(
                low <= claim.span.start and claim.span.end <= high for low, high in article["labelled_ranges"]
            )
            if inside and claim.kind is not ClaimKind.FINDING:
                total += 1
                right += any(row["checkable"] and matches(claim, row) for row in gold)
    assert right / total >= 0.93


def test_findings_do_not_drown_the_reader() -> None:
    """At most half of the sentences of an article of opinions are findings."""
    document = read(next((CORPUS / "seeds").glob("002*")))
    claims = [claim for claim in find_claims(document).items if claim.kind is ClaimKind.FINDING]
    assert len(claims) <= 35


def test_the_note_marks_of_the_first_article_are_found_in_plain_text() -> None:
    document = read(next((CORPUS / "seeds").glob("001*")))
    assert [mark.label for mark in find_note_marks(document)] == [
        "8",
        "9",
        "10",
        "11",
        "36",
        "12",
        "34",
        "33",
    ]
    claims = find_citations(document, find_claims(document).items).items
    cited = {
        claim.span.exact: [c.surface for c in claim.citations if c.kind is CitationKind.FOOTNOTE]
        for claim in claims
    }
    assert cited["roughly 25% of prompts"] == ["11"]


def test_no_note_marks_are_seen_where_there_are_none() -> None:
    document = read(CORPUS / "articles" / "diyatv-openai-shutdown.txt")
    assert find_note_marks(document) == ()


@pytest.mark.parametrize("folder", ["articles", "seeds"])
def test_every_article_is_read_with_offsets_that_slice_back(folder: str) -> None:
    for path in sorted((CORPUS / folder).glob("*.txt")):
        document = read(path)
        claims = find_citations(document, find_claims(document).items).items
        assert claims, path.name
        for claim in claims:
            assert document.text[claim.span.start : claim.span.end] == claim.span.exact
            for part in (*claim.quantities, *claim.citations):
                assert document.text[part.start : part.end] == part.surface
