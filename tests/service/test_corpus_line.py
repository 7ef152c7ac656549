"""The whole line on the labelled corpus: floors pinned with the hash of the gold, and the seed article's own laws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.types import CheckedClaim, ClaimKind, Label, Raw, Report
from service.evaluation.corpus import evaluate_corpus
from service.evaluation.floors import check_floors
from service.workbench import Workbench
from sources.registry import read_manifest

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
SEED = CORPUS / "seeds" / "001_38854e94f584ced1.txt"
FLOORS = Path(__file__).resolve().parents[1] / "floors" / "corpus.json"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled corpus isn't beside the project"),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench.open(tmp_path_factory.mktemp("corpus"), create=True) as workbench:
        for row in read_manifest(CORPUS / "gold" / "sources.jsonl"):
            path = CORPUS / "sources" / row.file
            workbench.add_source(row.source, Raw(name=path.name, content=path.read_bytes()), refresh=False)
        workbench.refresh_index()
        yield workbench


@pytest.fixture(scope="module")
def report(bench: Workbench) -> Report:
    return bench.check(Raw(name=SEED.name, content=SEED.read_bytes()))


def figure(report: Report, surface: str) -> CheckedClaim:
    found = [c for c in report.claims if c.claim.kind is ClaimKind.QUANTITY and surface in c.claim.span.exact]
    assert found, f"no claim with {surface}"
    return found[0]


@pytest.mark.slow
def test_no_score_falls_below_its_floor() -> None:
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert check_floors(evaluate_corpus(CORPUS), floors) == []


@pytest.mark.parametrize(
    ("surface", "source"),
    [
        ("25%", "lindsey-2025-biology-of-llm"),
        ("75%", "lindsey-2025-biology-of-llm"),
        ("47.3%", "anthropic-2026-petri-v2"),
        ("32.8%", "kissane-2026-coding-audit-realism"),
        ("16 leading models", "anthropic-2025-agentic-misalignment"),
        ("27 private variants", "singh-2025-leaderboard-illusion"),
        ("top 10%", "openai-2023-gpt4-report"),
    ],
)
def test_the_seed_articles_figures_link_to_their_sources(report: Report, surface: str, source: str) -> None:
    assert figure(report, surface).evidence[0].source_id == source


@pytest.mark.parametrize(("word", "label"), [("32.8%", "33"), ("47.3%", "34"), ("25%", "11")])
def test_glued_footnote_marks_are_read_as_marks(report: Report, word: str, label: str) -> None:
    assert label in {citation.surface for citation in figure(report, word).claim.citations}


def test_no_digit_of_a_footnote_mark_enters_a_figure(report: Report) -> None:
    read = {str(q.low) for c in report.claims for q in c.claim.quantities}
    assert "32.8" in read
    assert not {"32.833", "32.8.33", "8", "9", "34", "36"} & read


def test_the_bar_exam_figure_leads_to_the_report_and_its_rebuttal(report: Report) -> None:
    checked = figure(report, "top 10%")
    assert (checked.verdict.label, checked.verdict.reason) == (Label.CONTESTED, "rebutted")
    assert [e.source_id for e in checked.evidence[:2]] == [
        "openai-2023-gpt4-report",
        "martinez-2024-bar-exam",
    ]


def test_an_average_told_as_the_best_case_is_contested(report: Report) -> None:
    assert figure(report, "32.8%").verdict.reason == "aggregate_changed"


def test_the_remaining_share_is_derived_and_the_quotation_verbatim(report: Report) -> None:
    assert figure(report, "75%").verdict.reason == "agrees_derived"
    quotes = [
        c
        for c in report.claims
        if c.claim.kind is ClaimKind.QUOTATION and "how prevalent" in c.claim.span.exact
    ]
    assert quotes[0].verdict.reason == "quote_verbatim"


def test_evidence_of_passages_is_verbatim_at_its_offsets(bench: Workbench, report: Report) -> None:
    for checked in report.claims:
        for evidence in checked.evidence:
            if evidence.selector is not None:
                text = bench.library.text_of(evidence.source_id)
                assert text is not None
                assert text[evidence.selector.start : evidence.selector.end] == evidence.selector.exact


def test_a_figure_altered_in_a_supported_claim_is_no_longer_supported(bench: Workbench) -> None:
    """Every supported figure of the seed, told with other digits in the article itself."""
    text = SEED.read_text("utf-8")
    original = bench.check(Raw(name=SEED.name, content=text.encode()))
    supported = [
        c
        for c in original.claims
        if c.claim.kind is ClaimKind.QUANTITY and c.verdict.label is Label.SUPPORTED
    ]
    assert supported
    for checked in supported:
        quantity = checked.claim.quantities[0]
        digits = "".join(ch for ch in quantity.surface if ch.isdigit() or ch == ".")
        for factor in (3, 7):
            changed = (
                str(int(float(digits)) + factor) if "." not in digits else f"{float(digits) + factor:.1f}"
            )
            start = checked.claim.span.start
            altered = text[:start] + text[start:].replace(digits, changed, 1)
            again = bench.check(Raw(name=SEED.name, content=altered.encode()))
            claims = [
                c for c in again.claims if c.claim.span.start == start and c.claim.kind is ClaimKind.QUANTITY
            ]
            for one in claims:
                assert one.verdict.label is not Label.SUPPORTED, (quantity.surface, changed, one.verdict)


@pytest.mark.slow
def test_every_article_and_seed_runs_through(bench: Workbench) -> None:
    for path in sorted([*CORPUS.glob("articles/*.txt"), *CORPUS.glob("seeds/*.txt")]):
        report = bench.check(Raw(name=path.name, content=path.read_bytes()))
        for checked in report.claims:
            span = checked.claim.span
            assert report.document.text[span.start : span.end] == span.exact, path.name


@pytest.mark.slow
def test_ingesting_twice_changes_nothing_and_reindexing_answers_the_same(bench: Workbench) -> None:
    from kb.codec import to_json

    raw = Raw(name=SEED.name, content=SEED.read_bytes())
    first, _ = bench.ingest(raw)
    again, change = bench.ingest(raw)
    assert change.value == "unchanged"
    assert to_json(first) == to_json(again)
    bench.reindex()
    assert to_json(bench.check(raw)) == to_json(first)
