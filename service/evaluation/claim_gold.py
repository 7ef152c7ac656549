"""The claim gold without sources and verdicts: which claims the reader finds, what it leaves alone, how exactly it
reads their figures.

Owns reading each article alone (no knowledge base) and counting. Rows and matching are in gold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.claims import find_claims
from ingest.read import read_document
from kb.errors import WherefromError
from kb.types import Claim, ClaimKind, Issue, Raw
from service.evaluation.files import faulty_row, read_json_lines, read_text
from service.evaluation.gold import Row, match_claim, read_claim_row, read_seed_row, reads_exactly
from service.evaluation.protocol import Measure, Progress
from service.evaluation.readers import Reader
from service.evaluation.scores import bootstrap, mean_of

_NEEDED = ("id", "article", "sentence", "start", "end", "span", "span_start", "span_end", "kind", "checkable")
_OPTIONAL = {"quantity": None, "source_id": None, "also_source_ids": (), "verdict": None}


@dataclass(slots=True)
class _Outcomes:
    """True where a row (or, inside labelled ranges, a claim) came out as labelled."""

    found: dict[ClaimKind, list[bool]] = field(default_factory=lambda: {kind: [] for kind in ClaimKind})
    precise: dict[ClaimKind, list[bool]] = field(default_factory=lambda: {kind: [] for kind in ClaimKind})
    alarms: list[bool] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    peer_found: list[bool] = field(default_factory=list)
    peer_alarms: list[bool] = field(default_factory=list)
    peer_exact: list[bool] = field(default_factory=list)


def find_gold(root: Path) -> Path | None:
    path = root / "gold" / "claims.jsonl"
    return path if path.is_file() else None


def read_rows(path: Path, split: str | None, issues: list[Issue]) -> list[Row]:
    """The rows of a split, all where `split` is None or no row is of that split."""
    told = []
    for number, row in enumerate(read_json_lines(path, issues, _NEEDED), start=1):
        try:
            _check_row(row, row["article"])
            told.append((str(row.get("split") or ""), read_claim_row({**_OPTIONAL, **row})))
        except (KeyError, TypeError, ValueError) as error:
            issues.append(faulty_row(path, number, f"row {row['id']} is no labelled claim ({error})"))
    chosen = [row for name, row in told if split is None or name == split]
    return chosen or [row for _, row in told]


def _check_row(row: Mapping[str, Any], file: object) -> None:
    """ValueError where offsets, file name or quantity are none."""
    offsets = [row[key] for key in ("start", "end", "span_start", "span_end")]
    if not all(type(offset) is int and offset >= 0 for offset in offsets):
        raise ValueError(f"offsets are {offsets}")
    if not isinstance(file, str) or Path(file).name != file:
        raise ValueError(f"{file!r} is no file name")
    quantity = row.get("quantity")
    if quantity is not None and (not isinstance(quantity, dict) or not {"value", "unit"} <= set(quantity)):
        raise ValueError("quantity lacks value or unit")


def read_ranges(path: Path, issues: list[Issue]) -> dict[str, list[tuple[int, int]]]:
    """Where every figure and quotation is labelled, by article; empty without the file."""
    if not path.is_file():
        return {}
    ranges = {}
    for number, row in enumerate(read_json_lines(path, issues, ("file", "labelled_ranges")), start=1):
        try:
            ranges[str(row["file"])] = [(int(low), int(high)) for low, high in row["labelled_ranges"]]
        except (TypeError, ValueError) as error:
            issues.append(faulty_row(path, number, f"labelled_ranges aren't pairs of offsets ({error})"))
    return ranges


def score_gold(
    name: str, root: Path, rows: Sequence[Row], peer: Reader | None, issues: list[Issue], progress: Progress
) -> tuple[dict[str, Measure], list[dict[str, Any]]]:
    """Claims found by kind, alarms on rows that are no claim, figures read exactly."""
    ranges = read_ranges(root / "gold" / "articles.jsonl", issues)
    outcomes = _Outcomes()
    cases: list[dict[str, Any]] = []
    no_claims: tuple[Claim, ...] = ()
    files = sorted({row.file for row in rows})
    for done, file in enumerate(files):
        progress(name, done, len(files))
        path = root / file
        try:
            document = read_document(Raw(name=path.name, content=path.read_bytes())).items[0]
        except (OSError, WherefromError) as error:
            issues.append(faulty_row(path, 0, f"could not be read ({error}), its rows count as missed"))
            text, claims = "", no_claims
        else:
            text, claims = document.text, find_claims(document).items
        inside = [row for row in rows if row.file == file]
        cases += _score_article(name, inside, claims, ranges.get(path.name, ()), outcomes)
        if peer is not None:
            _score_peer(inside, text, peer, outcomes)
    return _measure(name, outcomes, peer is not None), cases


def _score_article(
    name: str,
    rows: Sequence[Row],
    claims: Sequence[Claim],
    ranges: Sequence[tuple[int, int]],
    outcomes: _Outcomes,
) -> Iterator[dict[str, Any]]:
    matched: set[str] = set()

    def case(row: Row, what: str, wanted: str | None, read: str | None) -> dict[str, Any]:
        return {"set": name, "row": row.id, "what": what, "wanted": wanted, "read": read, "text": row.text}

    for row in rows:
        claim = match_claim(row, claims)
        if not row.checkable:
            outcomes.alarms.append(claim is not None)
            if claim is not None:
                yield case(row, "alarm", None, claim.span.exact)
            continue
        outcomes.found[row.kind].append(claim is not None)
        if claim is None:
            yield case(row, f"{row.kind.value} missed", row.text, None)
        else:
            matched.add(claim.id)
        if row.kind is ClaimKind.QUANTITY and row.quantity is not None:
            quantity = claim.quantities[0] if claim is not None and claim.quantities else None
            exact = quantity is not None and reads_exactly(row.quantity, quantity)
            outcomes.exact.append(exact)
            if quantity is not None and not exact:
                wanted = " ".join(str(row.quantity.get(key)) for key in ("value", "unit", "modifier"))
                shown = (
                    f"{quantity.low} to {quantity.high} {quantity.unit.kind.value} {quantity.modifier.value}"
                )
                yield case(row, "quantity", wanted, shown)
    for low, high in ranges:
        for claim in claims:
            if claim.kind is ClaimKind.FINDING or not (low <= claim.span.start and claim.span.end <= high):
                continue
            outcomes.precise[claim.kind].append(claim.id in matched)
            if claim.id not in matched:
                yield {"set": name, "row": None, "what": f"{claim.kind.value} not labelled", "wanted": None,
                       "read": claim.span.exact, "text": claim.sentence.exact}  # fmt: skip


def _score_peer(rows: Sequence[Row], text: str, peer: Reader, outcomes: _Outcomes) -> None:
    """A peer knows figures only: a row is found where one of them touches its span."""
    quantities = peer(text)
    for row in rows:
        near = [q for q in quantities if q.start < row.span[1] and row.span[0] < q.end]
        if not row.checkable:
            outcomes.peer_alarms.append(bool(near))
        elif row.kind is ClaimKind.QUANTITY:
            outcomes.peer_found.append(bool(near))
            if row.quantity is not None:
                outcomes.peer_exact.append(any(reads_exactly(row.quantity, q.as_quantity()) for q in near))


def _measure(name: str, outcomes: _Outcomes, with_peer: bool) -> dict[str, Measure]:
    lists: Mapping[str, tuple[list[bool], list[bool]]] = {
        "quantities_found": (outcomes.found[ClaimKind.QUANTITY], outcomes.peer_found),
        "quotations_found": (outcomes.found[ClaimKind.QUOTATION], []),
        "findings_found": (outcomes.found[ClaimKind.FINDING], []),
        "alarms": (outcomes.alarms, outcomes.peer_alarms),
        "quantities_exact": (outcomes.exact, outcomes.peer_exact),
        "quantities_precision": (outcomes.precise[ClaimKind.QUANTITY], []),
        "quotations_precision": (outcomes.precise[ClaimKind.QUOTATION], []),
    }
    return {
        f"{name}.{label}": Measure(
            value=mean_of(ours),
            n=len(ours),
            right=sum(ours),
            of=len(ours),
            interval=bootstrap(ours, mean_of),
            peer=mean_of(theirs) if with_peer and theirs else None,
        )
        for label, (ours, theirs) in lists.items()
        if ours
    }


def read_seed_rows(path: Path, issues: list[Issue]) -> list[Row]:
    """The seed articles' rows, in their own format; none without the file."""
    if not path.is_file():
        return []
    try:
        told = json.loads(read_text(path, issues))
    except (ValueError, RecursionError) as error:
        issues.append(faulty_row(path, 1, f"not JSON ({error})"))
        return []
    rows = []
    for number, row in enumerate(told if isinstance(told, list) else (), start=1):
        try:
            _check_row({**row, "quantity": None}, row["file"])
            rows.append(read_seed_row(row))
        except (KeyError, TypeError, ValueError) as error:
            issues.append(faulty_row(path, 1, f"row {number} is no labelled claim ({error})"))
    return rows
