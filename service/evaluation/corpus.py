"""Scores the whole line on a labelled corpus: claims found, quantities read, sources linked, verdicts reached.

The corpus is a folder with gold/, articles/, sources/ and seeds/. It is scored in a fresh, empty knowledge
base that holds only that folder's sources. Every figure stands beside a floor that a simple method reaches.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.errors import InputError, WherefromError
from kb.link import query_of
from kb.types import CheckedClaim, ClaimKind, Raw
from service.evaluation.corpus_scores import (
    Case,
    Tally,
    describe_case,
    score_found,
    score_links,
    score_quantities,
    score_verdicts,
)
from service.evaluation.gold import Row, match_row, read_gold
from service.evaluation.protocol import Progress
from service.workbench import Workbench


def evaluate_corpus(data: Path, *, cases: bool = False, progress: Progress | None = None) -> dict[str, Any]:
    """Every score of the corpus, with floors and 95% bootstrap intervals; with `cases` one entry a row."""
    rows, ranges, gold_hash = read_gold(data)
    tally = Tally()
    files = sorted({row.file for row in rows})
    with (
        tempfile.TemporaryDirectory(prefix="wherefrom-eval-") as home,
        Workbench.open(Path(home), create=True) as workbench,
    ):
        sources = add_sources(workbench, data, progress)
        for position, file in enumerate(files):
            if progress is not None:
                progress("articles", position, len(files))
            _score_file(workbench, data, file, [r for r in rows if r.file == file], ranges, tally)
        checker, ground = workbench.checker, workbench.ground
    result: dict[str, Any] = {
        "corpus": {"gold_sha256": gold_hash, "sources": sources, "articles": len(files), "rows": len(rows)},
        "checker": checker,
        "ground": ground,
        "claims_found": score_found(tally),
        "quantities": score_quantities(tally),
        "links": score_links(tally),
        "verdicts": score_verdicts(tally),
    }
    if cases:
        result["cases"] = [describe_case(case) for case in tally.cases]
    return result


def add_sources(workbench: Workbench, data: Path, progress: Progress | None) -> int:
    from sources.registry import read_manifest

    rows = read_manifest(data / "gold" / "sources.jsonl")
    for position, row in enumerate(rows):
        if progress is not None:
            progress("sources", position, len(rows))
        path = data / "sources" / row.file
        workbench.add_source(row.source, Raw(name=path.name, content=path.read_bytes()), refresh=False)
    workbench.refresh_index()
    return len(rows)


def _score_file(
    workbench: Workbench,
    data: Path,
    file: str,
    rows: Sequence[Row],
    ranges: Mapping[str, list[tuple[int, int]]],
    tally: Tally,
) -> None:
    path = data / file
    raw = Raw(name=path.name, content=path.read_bytes())
    try:
        claims = workbench.check(raw).claims
    except WherefromError as error:
        raise InputError(
            f"{file} of the corpus could not be checked: {error.message}", path=str(path)
        ) from error
    tally.claims += len(claims)
    matched: set[str] = set()
    alarmed: set[str] = set()
    for row in rows:
        found = match_row(row, claims)
        if row.checkable:
            tally.cases.append(Case(row=row, claim=found))
            if found is not None:
                matched.add(found.claim.id)
        else:
            tally.cases.append(Case(row=row, claim=None, alarm=found))
            if found is not None:
                alarmed.add(found.claim.id)
    for start, end in ranges.get(path.name, ()) if file.startswith("articles/") else ():
        for checked in claims:
            kind = checked.claim.kind
            span = (checked.claim.span.start, checked.claim.span.end)
            if kind is ClaimKind.FINDING or not (start <= span[0] and span[1] <= end):
                continue
            tally.inside[kind.value] += 1
            tally.inside_right[kind.value] += checked.claim.id in matched
    _rank_by_words(workbench, rows, claims, tally)


def _rank_by_words(
    workbench: Workbench, rows: Sequence[Row], claims: Sequence[CheckedClaim], tally: Tally
) -> None:
    """The floor of linking: sources by the lexical index alone, asked with the row's sentence."""
    by_row = {row.id: match_row(row, claims) for row in rows if row.checkable and row.source_ids}
    found = {row_id: checked.claim for row_id, checked in by_row.items() if checked is not None}
    for row_id, claim in found.items():
        hits = workbench.index.search(query_of(claim), limit=200)
        by_words = sorted(hits, key=lambda hit: (-hit.lexical, hit.entry_id))
        tally.lexical[row_id] = tuple(dict.fromkeys(hit.source_id for hit in by_words))
