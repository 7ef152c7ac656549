"""The claim gold of a labelled corpus: its rows, which claim matches a row, and when a quantity is read as labelled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.ids import hash_parts
from kb.types import CheckedClaim, Claim, ClaimKind, Modifier, Quantity, UnitKind

_KINDS = {"numeric": ClaimKind.QUANTITY, "quote": ClaimKind.QUOTATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the gold. `verdict` is that for a system which holds only the corpus's sources; `exact`
    tells whether value, unit and modifier are labelled for scoring."""

    id: str
    file: str
    kind: ClaimKind
    checkable: bool
    sentence: tuple[int, int]
    span: tuple[int, int]
    text: str
    source_ids: tuple[str, ...]
    verdict: str | None
    quantity: Mapping[str, Any] | None
    exact: bool


def read_gold(data: Path) -> tuple[list[Row], dict[str, list[tuple[int, int]]], str]:
    """Rows, labelled ranges by file, and the gold's hash. Raises InputError naming what is missing."""
    gold = data / "gold"
    names = ("claims.jsonl", "articles.jsonl", "sources.jsonl")
    missing = [name for name in names if not (gold / name).is_file()]
    if missing:
        raise InputError(
            f"{data} isn't a labelled corpus: gold/{missing[0]} was not found. "
            "A corpus folder holds gold/, articles/, sources/ and, if there are any, seeds/.",
            path=str(data),
        )
    rows = [
        read_claim_row(json.loads(line))
        for line in (gold / "claims.jsonl").read_text("utf-8").splitlines()
        if line
    ]
    ranges: dict[str, list[tuple[int, int]]] = {}
    for line in (gold / "articles.jsonl").read_text("utf-8").splitlines():
        if line:
            article = json.loads(line)
            ranges[article["file"]] = [(int(a), int(b)) for a, b in article["labelled_ranges"]]
    parts = [(gold / name).read_text("utf-8") for name in names]
    seeds = gold / "seed_gold.json"
    if seeds.is_file():
        parts.append(seeds.read_text("utf-8"))
        rows += [read_seed_row(row) for row in json.loads(parts[-1])]
    return rows, ranges, hash_parts(*parts)


def read_claim_row(row: Mapping[str, Any]) -> Row:
    """A row of claims.jsonl. KeyError or TypeError where it isn't one."""
    sources = (row["source_id"], *row["also_source_ids"]) if row["source_id"] else ()
    return Row(
        id=row["id"],
        file=f"articles/{row['article']}",
        kind=_KINDS.get(row["kind"], ClaimKind.FINDING),
        checkable=row["checkable"],
        sentence=(row["start"], row["end"]),
        span=(row["span_start"], row["span_end"]),
        text=row["span"],
        source_ids=tuple(sources),
        verdict=row["verdict"],
        quantity=row["quantity"],
        exact=True,
    )


def read_seed_row(row: Mapping[str, Any]) -> Row:
    """A row of seed_gold.json: no exact quantities, all checkable."""
    return Row(
        id=row["id"],
        file=f"seeds/{row['file']}",
        kind=_KINDS.get(row["kind"], ClaimKind.FINDING),
        checkable=True,
        sentence=(row["start"], row["end"]),
        span=(row["span_start"], row["span_end"]),
        text=row["span"],
        source_ids=tuple(s for s in (row["source_id"],) if s),
        verdict=row["verdict_in_corpus"],
        quantity=None,
        exact=False,
    )


def overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def match_row(row: Row, claims: Sequence[CheckedClaim]) -> CheckedClaim | None:
    """The checked claim that match_claim finds."""
    found = match_claim(row, [checked.claim for checked in claims])
    return next((checked for checked in claims if checked.claim is found), None)


def match_claim(row: Row, claims: Sequence[Claim]) -> Claim | None:
    """The claim of the row's kind that covers at least half of its span (a finding: of its sentence);
    the tightest of several."""
    best: tuple[int, int, Claim] | None = None
    for claim in claims:
        if claim.kind is not row.kind:
            continue
        span = (claim.span.start, claim.span.end)
        covered = overlap(span, row.span)
        if row.kind is ClaimKind.FINDING:
            sentence = (claim.sentence.start, claim.sentence.end)
            enough = 2 * overlap(sentence, row.sentence) >= row.sentence[1] - row.sentence[0]
        else:
            enough = 2 * covered >= row.span[1] - row.span[0] and covered > 0
        if enough:
            key = (-covered, span[1] - span[0])
            if best is None or key < best[:2]:
                best = (*key, claim)
    return None if best is None else best[2]


def expected_values(gold: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """(low, high, base) of a gold quantity: a number, "n/N" or a range; None where a bound is open."""
    if gold.get("low") is not None and gold.get("high") is not None and gold.get("modifier") == "range":
        return Decimal(str(gold["low"])), Decimal(str(gold["high"])), None
    text = str(gold["value"])
    numerator, slash, base = text.partition("/")
    try:
        value = Decimal(numerator)
        base_value = Decimal(base) if slash else None
    except InvalidOperation:
        return None, None, None
    match gold.get("modifier"):
        case "at_least":
            return value, None, base_value
        case "at_most":
            return None, value, base_value
        case _:
            return value, value, base_value


def reads_exactly(gold: Mapping[str, Any], read: Quantity) -> bool:
    """Whether value, unit and modifier are those of the gold; n of N counts by its share."""
    low, high, base = expected_values(gold)
    if gold["unit"] != read.unit.kind.value or gold.get("modifier", "exact") != read.modifier.value:
        return False
    if read.unit.kind is UnitKind.RATIO and base and read.base and read.low is not None and low is not None:
        return read.low * base == low * read.base
    if read.modifier in (Modifier.AT_LEAST, Modifier.AT_MOST):
        bound = read.low if read.modifier is Modifier.AT_LEAST else read.high
        return bound == (low if low is not None else high)
    return (read.low, read.high) == (low, high)
