"""The registry that ships: it reads, it is clean, it is in our own words, and its figures are in the texts."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kb.quantity import find_quantities
from kb.types import (
    Aggregate,
    ContestKind,
    FiguresChange,
    Modifier,
    OriginKind,
    Quantity,
    Relation,
    Source,
    SourceFinding,
    SourceStatus,
    StatedVersion,
    Verified,
)
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
    assert len(registry.sources) >= 120


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
        ("schaeffer-2023-emergence-mirage", "wei-2022-emergent-abilities", ContestKind.DISPUTES),
        ("lawsen-2025-illusion-of-illusion", "shojaee-2025-illusion-of-thinking", ContestKind.DISPUTES),
        ("varela-2025-rethinking-illusion", "shojaee-2025-illusion-of-thinking", ContestKind.QUALIFIES),
        ("narayanan-2023-gpt4-drift", "chen-2023-chatgpt-drift", ContestKind.QUALIFIES),
        ("aisi-2026-cyber-time-horizon", "aisi-2025-frontier-ai-trends", ContestKind.SUPERSEDES),
        ("mit-2025-assuring-accurate-record", "toner-rodgers-2024-scientific-discovery", ContestKind.REBUTS),
        (
            "science-2026-concern-conspiracy-beliefs",
            "costello-2024-conspiracy-beliefs",
            ContestKind.QUALIFIES,
        ),
        ("struct-2024-one-day-critique", "fang-2024-one-day", ContestKind.DISPUTES),
        (
            "besiroglu-2024-chinchilla-replication",
            "hoffmann-2022-chinchilla",
            ContestKind.FAILS_TO_REPLICATE,
        ),
    ],
)
def test_disputes_are_data(holder: str, target: str, kind: ContestKind) -> None:
    contests = _sources()[holder].contests
    assert any(contest.source_id == target and contest.kind is kind and contest.says for contest in contests)


@pytest.mark.parametrize(
    ("source_id", "finding", "was", "now"),
    [
        ("chen-2023-chatgpt-drift", "primes-march", "97.6", "84"),
        ("chen-2023-chatgpt-drift", "primes-june", "2.4", "51"),
        ("zhang-2024-gsm1k", "drop", "13", "8"),
        ("brynjolfsson-2025-generative-ai-at-work", "productivity", "14", "15"),
        ("gilardi-2023-chatgpt-annotation", "cost-published", "20", "30"),
    ],
)
def test_a_figure_that_a_later_version_changed_is_kept_with_its_version(
    source_id: str, finding: str, was: str, now: str
) -> None:
    former = [
        quantity.low if quantity.low is not None else quantity.high
        for version in _sources()[source_id].versions
        for figures in version.was
        if figures.finding_id == f"{source_id}#{finding}"
        for quantity in figures.quantities
    ]
    present = _finding(f"{source_id}#{finding}").quantities[0]
    assert former == [Decimal(was)]
    assert Decimal(now) in (present.low, present.high)


def test_former_figures_are_no_longer_stated() -> None:
    stale = [
        figures.finding_id
        for source in _sources().values()
        for version in source.versions
        for figures in version.was
        if set(_values(figures.quantities)) & set(_values(_finding(figures.finding_id).quantities))
    ]
    assert stale == []


def test_a_version_that_changed_figures_says_what_and_keeps_the_old_ones() -> None:
    changed = [
        (source.id, version)
        for source in _sources().values()
        for version in source.versions
        if version.figures is FiguresChange.CHANGED
    ]
    assert len(changed) >= 5
    assert [source_id for source_id, version in changed if not _is_told(version)] == []


@pytest.mark.parametrize("source_id", ["toner-rodgers-2024-scientific-discovery", "singh-2023-codefusion"])
def test_a_withdrawn_paper_is_retracted_and_says_why(source_id: str) -> None:
    source = _sources()[source_id]
    assert source.status is SourceStatus.RETRACTED
    assert source.note


@pytest.mark.parametrize(
    ("source_id", "origin", "kind"),
    [
        ("anthropic-2025-bloom-announcement", "fronsdal-2025-bloom-report", OriginKind.SAME_STUDY),
        ("venturebeat-2026-nvidia-agents", "nvidia-2026-agent-toolkit", OriginKind.PRESS_RELEASE),
    ],
)
def test_a_source_that_retells_another_names_its_origin(
    source_id: str, origin: str, kind: OriginKind
) -> None:
    stated = _sources()[source_id].origin
    assert stated is not None
    assert (stated.source_id, stated.kind) == (origin, kind)


def test_an_arxiv_address_carries_the_arxiv_identifier_of_its_source() -> None:
    assert [
        source.id
        for source in _sources().values()
        if "://arxiv.org/" in (source.url or "") and source.url != f"https://arxiv.org/abs/{source.arxiv}"
    ] == []


def test_there_are_at_most_twenty_topics() -> None:
    assert len(read_registry().topics) <= 20


def _values(quantities: tuple[Quantity, ...]) -> list[tuple[Decimal | None, Decimal | None]]:
    return [(quantity.low, quantity.high) for quantity in quantities]


def _is_told(version: StatedVersion) -> bool:
    return bool(version.changed and version.was)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:\.[0-9]+)?", text.lower())


def _own_texts(source: Source) -> list[tuple[str, str]]:
    texts = [(source.id, contest.says) for contest in source.contests]
    texts += [(source.id, version.changed) for version in source.versions if version.changed]
    texts += [(source.id, said) for said in (source.note, source.origin and source.origin.says) if said]
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


@pytest.mark.corpus
@_needs_corpus
@pytest.mark.timeout(120)
def test_our_own_reader_finds_every_verified_figure_in_the_held_text() -> None:
    checked, missing = 0, []
    for line in (_CORPUS / "gold" / "sources.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = (_CORPUS / "sources" / row["file"]).read_text(encoding="utf-8")
        found = {
            (quantity.unit.kind, quantity.base, number.normalize())
            for paragraph in text.split("\n")
            for quantity in find_quantities(paragraph)
            for number in (quantity.low, quantity.high)
            if number is not None
        }
        for finding in _sources()[row["id"]].findings:
            if finding.verified not in (Verified.TEXT, Verified.ABSTRACT):
                continue
            for quantity in finding.quantities:
                checked += 1
                ends = [number for number in (quantity.low, quantity.high) if number is not None]
                wanted = {(quantity.unit.kind, quantity.base, number.normalize()) for number in ends}
                if not wanted <= found:
                    missing.append((finding.id, quantity.surface))
    assert checked >= 140
    assert missing == []
