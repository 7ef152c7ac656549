"""Linking on the claim gold: whole articles, read as the product reads them, against a labelled corpus's sources.

A row whose claim the reader doesn't find counts as missed. Measured over rows whose right source is held: the right
source first and in five, by kind and by route (cited: the article points at the right source there), the passage that
holds the gold evidence first and in three of its source's, and the same ranks with parts of linking left out.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb.errors import InputError, WherefromError
from kb.link import LinkedClaim, Reading, SourceRank, Weights, link_reading, query_of, read_claims
from kb.types import Claim, ClaimKind, Document, Passage, Raw, Source
from service.evaluation.gold import Row, match_claim, overlap, read_gold
from service.evaluation.protocol import Measure
from service.evaluation.ranked import fuse_ranks, hit_at, measure_of, order_by
from service.workbench import Workbench

_NOTHING = Weights(
    cited=0.0,
    attributed=0.0,
    named_here=0.0,
    number=0.0,
    named_in_article=0.0,
    document_cites=0.0,
    course=False,
)
# What each part brings: every row adds one part to the row before.
_PARTS: Mapping[str, Weights] = {
    "search": _NOTHING,
    "and_numbers": replace(_NOTHING, number=Weights().number),
    "and_citations": replace(
        _NOTHING,
        number=Weights().number,
        cited=Weights().cited,
        attributed=Weights().attributed,
        document_cites=Weights().document_cites,
    ),
    "and_names": replace(Weights(), course=False),
    "and_course": Weights(),
}
_FLOORS = ("words_only", "vectors_only", "plain_fusion")
_GROUPS: Mapping[str, frozenset[ClaimKind]] = {
    "figures_and_quotations": frozenset({ClaimKind.QUANTITY, ClaimKind.QUOTATION}),
    "findings": frozenset({ClaimKind.FINDING}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One row of the gold and what became of it. `ways` are rankings of source ids by the way they were reached;
    `passage_places` where the gold evidence stands among its source's candidates (None: nowhere)."""

    row: Row
    claim: Claim | None
    ways: Mapping[str, Sequence[str]]
    cited: bool
    has_evidence: bool
    passage_place: int | None


def score_claims(
    name: str, data: Path, split: str | None, progress: Callable[[int, int], None], *, with_findings: bool
) -> tuple[str, dict[str, Measure], list[Mapping[str, Any]]]:
    """The gold's hash, the measures, and a case for each row whose right source isn't first."""
    rows, _, gold = read_gold(data)
    evidence, splits = _read_evidence(data)
    chosen = [row for row in rows if split is None or splits.get(row.id, split) == split] or rows
    chosen = [row for row in chosen if row.checkable and row.source_ids]
    files = sorted({row.file for row in chosen})
    cases: list[_Case] = []
    with (
        tempfile.TemporaryDirectory(prefix="wherefrom-eval-") as home,
        Workbench.open(Path(home), create=True) as workbench,
    ):
        _add_sources(workbench, data, with_findings=with_findings)
        for place, file in enumerate(files):
            progress(place, len(files))
            mine = [row for row in chosen if row.file == file]
            cases += _link_file(workbench, data / file, mine, evidence)
    return gold, _measure(name, cases), [_describe(name, case) for case in cases if not _is_first(case)]


def _read_evidence(data: Path) -> tuple[dict[str, str], dict[str, str]]:
    """By row: the verbatim evidence, and the split."""
    evidence: dict[str, str] = {}
    splits: dict[str, str] = {}
    for line in (data / "gold" / "claims.jsonl").read_text("utf-8").splitlines():
        if line:
            row = json.loads(line)
            if row.get("evidence"):
                evidence[row["id"]] = str(row["evidence"])
            if row.get("split"):
                splits[row["id"]] = str(row["split"])
    return evidence, splits


def _add_sources(workbench: Workbench, data: Path, *, with_findings: bool) -> None:
    from sources.registry import read_manifest, read_registry

    known: dict[str, Source] = {}
    if with_findings:
        known = {source.id: source for source in read_registry().sources}
    for row in read_manifest(data / "gold" / "sources.jsonl"):
        path = data / "sources" / row.file
        found = known.get(row.source.id)
        source = row.source if found is None else replace(row.source, findings=found.findings)
        workbench.add_source(source, Raw(name=path.name, content=path.read_bytes()), refresh=False)
    workbench.refresh_index()


def _link_file(
    workbench: Workbench, path: Path, rows: Sequence[Row], evidence: Mapping[str, str]
) -> list[_Case]:
    from ingest.citations import find_citations
    from ingest.claims import find_claims
    from ingest.read import read_document
    from sources.resolve import resolve_citations

    try:
        document = read_document(Raw(name=path.name, content=path.read_bytes())).items[0]
    except (OSError, WherefromError) as error:
        raise InputError(f"the corpus's {path.name} could not be read: {error}", path=str(path)) from error
    cited = find_citations(document, find_claims(document).items)
    claims = resolve_citations(cited.items, workbench.resolver)
    own, cites = workbench.sources_that_are(document), workbench.cited_anywhere(document)
    library = workbench.library
    told: dict[str, Any] = {"document_cites": cites - own, "document_text": document.text}
    reading = read_claims(claims, library, **told)
    linked = {one.claim.id: one for one in link_reading(reading, library)}
    ways = _rank_every_way(reading, workbench)
    cases = []
    for row in rows:
        claim = match_claim(row, claims)
        mine = linked.get(claim.id) if claim is not None else None
        piece = evidence.get(row.id, "")
        cases.append(
            _Case(
                row=row,
                claim=claim,
                ways={}
                if claim is None or mine is None
                else {"": _ids(mine.ranks, own), **{way: ways[way][claim.id] for way in ways}},
                cited=claim is not None
                and any(set(row.source_ids) & set(one.source_ids) and one.exact for one in claim.citations),
                has_evidence=bool(piece),
                passage_place=_find_place(row, piece, mine, workbench)
                if mine is not None and piece
                else None,
            )
        )
    workbench.vectors.forget()
    return cases


def _ids(ranks: Sequence[SourceRank], own: frozenset[str] = frozenset()) -> list[str]:
    return [rank.source_id for rank in ranks if rank.source_id not in own]


def _rank_every_way(reading: Reading, workbench: Workbench) -> dict[str, dict[str, list[str]]]:
    """Source ids best first, by way and claim id: the floors, and linking with its parts added one by one."""
    ways: dict[str, dict[str, list[str]]] = {way: {} for way in (*_FLOORS, *_PARTS)}
    known = frozenset(workbench.library.sources)
    queries = [query_of(claim) for claim in reading.claims]
    answers = workbench.library.search_sources(queries, limit=max(1, len(known)))
    for claim, hits in zip(reading.claims, answers, strict=True):
        words = order_by({hit.source_id: hit.words for hit in hits})
        vectors = order_by({hit.source_id: hit.nearest for hit in hits})
        for way, ranked in zip(_FLOORS, (words, vectors, fuse_ranks([words, vectors])), strict=True):
            ways[way][claim.id] = ranked
    for way, weights in _PARTS.items():
        for claim, ranks in zip(reading.claims, reading.rank(known, weights), strict=True):
            ways[way][claim.id] = _ids(ranks)
    return ways


def _find_place(row: Row, evidence: str, linked: LinkedClaim, workbench: Workbench) -> int | None:
    """Where the first passage that holds half of the evidence stands among the candidates of the right source."""
    for source_id in row.source_ids:
        document = workbench.library.document_of(source_id)
        span = _find_evidence(document, evidence)
        if span is None:
            continue
        passages = [
            one.passage for one in linked.candidates if one.source_id == source_id and one.passage is not None
        ]
        return next((place for place, one in enumerate(passages) if _holds(one, span)), None)
    return None


def _find_evidence(document: Document | None, evidence: str) -> tuple[int, int] | None:
    """The span of the longest stretch of the evidence without a gap; None where the text doesn't hold it."""
    if document is None:
        return None
    stretch = max((part.strip() for part in evidence.split("[...]")), key=len)
    start = document.text.find(stretch)
    return None if start < 0 or not stretch else (start, start + len(stretch))


def _holds(passage: Passage, span: tuple[int, int]) -> bool:
    mine = (passage.selector.start, passage.selector.end)
    return 2 * overlap(mine, span) >= min(span[1] - span[0], mine[1] - mine[0])


def _is_first(case: _Case) -> bool:
    return bool(hit_at(case.ways.get("", ()), case.row.source_ids, 1))


def _measure(name: str, cases: Sequence[_Case]) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}

    def add(key: str, group: Sequence[_Case], way: str, depth: int) -> None:
        outcomes = [hit_at(case.ways.get(way, ()), case.row.source_ids, depth) for case in group]
        measures[f"{name}.{key}"] = measure_of(outcomes, count=True)

    for group_name, kinds in _GROUPS.items():
        group = [case for case in cases if case.row.kind in kinds]
        if not group:
            continue
        found = [case for case in group if case.claim is not None]
        measures[f"{name}.{group_name}.found"] = measure_of(
            [float(case.claim is not None) for case in group], count=True
        )
        for label, depth in (("first", 1), ("in_five", 5)):
            add(f"{group_name}.{label}", group, "", depth)
            add(f"{group_name}.{label}_where_found", found, "", depth)
            for way in (*_FLOORS, *_PARTS):
                add(f"{group_name}.{label}.{way}", group, way, depth)
        for route, cited in (("cited", True), ("searched", False)):
            part = [case for case in found if case.cited is cited]
            if part:
                add(f"{group_name}.{route}.first", part, "", 1)
                add(f"{group_name}.{route}.in_five", part, "", 5)
    for kind in ClaimKind:
        group = [case for case in cases if case.row.kind is kind]
        if group:
            add(f"{kind.value}.first", group, "", 1)
            add(f"{kind.value}.in_five", group, "", 5)
    held = [case for case in cases if case.has_evidence and case.claim is not None]
    if held:
        for label, most in (("first", 1), ("in_three", 3), ("at_all", 1_000)):
            outcomes = [float(case.passage_place is not None and case.passage_place < most) for case in held]
            measures[f"{name}.evidence_passage.{label}"] = measure_of(outcomes, count=True)
    return measures


def _describe(name: str, case: _Case) -> dict[str, Any]:
    return {
        "set": name,
        "id": case.row.id,
        "file": case.row.file,
        "kind": case.row.kind.value,
        "span": case.row.text,
        "found": None if case.claim is None else case.claim.span.exact,
        "wanted": list(case.row.source_ids),
        "ranked": list(case.ways.get("", ()))[:5],
    }
