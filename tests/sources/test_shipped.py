"""The registry that ships: it reads, it is clean, it is in our own words, and its figures are in the texts."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kb.types import Aggregate, ContestKind, Modifier, Quantity, Relation, Source, SourceFinding, Verified
from sources.checks import check_registry
from sources.registry import read_manifest, read_registry

_SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
_CORPUS = _SHARED / "corpus"
_needs_corpus = pytest.mark.skipif(not _CORPUS.is_dir(), reason="../shared/corpus is not here")
_RUN = 8  # words in a row that would be a copied sentence


@cache
def _sources() -> dict[str, Source]:
    return {source.id: source for source in read_registry().sources}


def _finding(finding_id: str) -> SourceFinding:
    source = _sources()[finding_id.partition("#")[0]]
    return next(finding for finding in source.findings if finding.id == finding_id)


def test_every_shipped_file_is_read() -> None:
    registry = read_registry()
    assert len(registry.sources) >= 60


def test_the_shipped_registry_is_clean() -> None:
    assert check_registry(tuple(_sources().values())) == ()


def test_every_shipped_source_is_reviewed() -> None:
    assert [
        source.id for source in _sources().values() if not (source.reviewed_by and source.reviewed_on)
    ] == []


def test_every_topic_is_used() -> None:
    used = {topic for source in _sources().values() for topic in source.topics}
    assert {topic.id for topic in read_registry().topics} == used


def test_every_verified_finding_has_a_locator() -> None:
    findings = [finding for source in _sources().values() for finding in source.findings]
    decisive = [finding for finding in findings if finding.verified in (Verified.TEXT, Verified.ABSTRACT)]
    assert decisive
    assert [finding.id for finding in decisive if not finding.locator] == []


def test_a_figure_read_elsewhere_is_marked_so() -> None:
    findings = [finding for source in _sources().values() for finding in source.findings]
    borrowed = [finding for finding in findings if "reported elsewhere" in (finding.locator or "")]
    assert borrowed
    assert [finding.id for finding in borrowed if finding.verified is not Verified.SECONDARY] == []


def test_an_average_is_kept_as_an_average() -> None:
    quantity = _finding("kissane-2026-coding-audit-realism#win-rate-with-resources").quantities[0]
    assert (quantity.low, quantity.aggregate) == (Decimal("32.8"), Aggregate.AVERAGE)


def test_a_median_relative_drop_is_kept_as_one() -> None:
    quantity = _finding("anthropic-2026-petri-v2#median-drop-both-mitigations").quantities[0]
    assert quantity.low == Decimal("47.3")
    assert (quantity.aggregate, quantity.relation) == (Aggregate.MEDIAN, Relation.CHANGE_RELATIVE)


def test_the_bar_exam_keeps_its_hedges() -> None:
    finding = _finding("openai-2023-gpt4-report#bar-exam-top-ten")
    assert finding.quantities[0].modifier is Modifier.APPROX
    assert "simulated" in finding.statement
    assert any("imulated" in caveat for caveat in finding.caveats)


@pytest.mark.parametrize(
    ("holder", "target", "kind"),
    [
        ("martinez-2024-bar-exam", "openai-2023-gpt4-report", ContestKind.REBUTS),
        ("lmarena-2025-response", "singh-2025-leaderboard-illusion", ContestKind.DISPUTES),
        (
            "nostalgebraist-agentic-misalignment-variants",
            "anthropic-2025-agentic-misalignment",
            ContestKind.QUALIFIES,
        ),
        ("sheshadri-2025-alignment-faking-models", "greenblatt-2024-alignment-faking", ContestKind.QUALIFIES),
        ("metr-2026-uplift-update", "metr-2025-rct", ContestKind.QUALIFIES),
        ("metr-2026-time-horizon-1-1", "kwa-2025-time-horizon", ContestKind.SUPERSEDES),
        (
            "anthropic-2025-caisi-aisi-collaboration",
            "anthropic-2025-constitutional-classifiers",
            ContestKind.QUALIFIES,
        ),
    ],
)
def test_disputes_are_data(holder: str, target: str, kind: ContestKind) -> None:
    contests = _sources()[holder].contests
    assert any(contest.source_id == target and contest.kind is kind and contest.says for contest in contests)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:\.[0-9]+)?", text.lower())


def _own_texts(source: Source) -> list[tuple[str, str]]:
    texts = [(source.id, contest.says) for contest in source.contests]
    for finding in source.findings:
        fields = (finding.statement, finding.measured_property, finding.condition, finding.population)
        texts += [(finding.id, text) for text in (*fields, *finding.caveats) if text]
    return texts


@pytest.mark.corpus
@_needs_corpus
def test_nothing_is_copied_from_the_texts() -> None:
    runs: set[tuple[str, ...]] = set()
    for path in [
        *_CORPUS.glob("sources/*.txt"),
        *_CORPUS.glob("articles/*.txt"),
        *_CORPUS.glob("seeds/*.txt"),
    ]:
        words = _words(path.read_text(encoding="utf-8"))
        runs.update(tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))
    copied = []
    for source in _sources().values():
        for place, text in _own_texts(source):
            words = _words(text)
            shared = [
                words[n : n + _RUN]
                for n in range(len(words) - _RUN + 1)
                if tuple(words[n : n + _RUN]) in runs
            ]
            copied += [(place, " ".join(run)) for run in shared]
    assert copied == []


@pytest.mark.corpus
@_needs_corpus
def test_every_source_of_the_corpus_is_in_the_registry_under_the_same_id() -> None:
    rows = read_manifest(_CORPUS / "gold" / "sources.jsonl")
    assert [row.source.id for row in rows if row.source.id not in _sources()] == []


@pytest.mark.corpus
@_needs_corpus
def test_verified_figures_stand_in_the_held_texts() -> None:
    missing = []
    for line in (_CORPUS / "gold" / "sources.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = (_CORPUS / "sources" / row["file"]).read_text(encoding="utf-8")
        for finding in _sources()[row["id"]].findings:
            if finding.verified is Verified.TEXT:
                missing += [finding.id for quantity in finding.quantities if not _stands_in(quantity, text)]
    assert missing == []


_IN_WORDS = {
    "0": "no|none|zero", "1": "a|one|single", "2": "two", "3": "three|(?:1|2)\\)", "4": "four|quarter", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "13": "thirteen", "14": "fourteen", "50": "fifty", "100": "hundred",
    "100000": "one hundred thousand", "420000": "420k", "13000000000": "13B",
}  # fmt: skip


def _stands_in(quantity: Quantity, text: str) -> bool:
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    numbers = [number for number in (quantity.low, quantity.high) if number is not None]
    return all(
        re.search(rf"(?<![\d.]){re.escape(f'{number:f}')}(?!\d|\.\d)", plain)
        or re.search(rf"\b(?:{_IN_WORDS.get(f'{number:f}', '-')})\b", plain, re.IGNORECASE)
        for number in numbers
    )
