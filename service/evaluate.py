"""Scores the whole line on a labelled corpus: claims found, quantities read, sources linked, verdicts reached.

The corpus is a folder with gold/, articles/, sources/ and seeds/. It is scored in a fresh, empty knowledge
base that holds only that folder's sources. Every figure stands beside a floor that a simple method reaches.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kb.errors import InputError, WherefromError
from kb.ids import hash_parts
from kb.link import query_of
from kb.types import CheckedClaim, Claim, ClaimKind, Modifier, Quantity, Raw, UnitKind
from service.workbench import Workbench

Progress = Callable[[str, int, int], None]
LABELS = ("supported", "contested", "unsourced")
_KINDS = {"numeric": ClaimKind.QUANTITY, "quote": ClaimKind.QUOTATION}
_RESAMPLES = 1000  # of the bootstrap; seeded, so that the same rows give the same interval


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What became of one row."""

    row: Row
    claim: CheckedClaim | None
    alarm: CheckedClaim | None = None

    @property
    def predicted(self) -> str | None:
        if self.claim is None or self.claim.verdict.label is None:
            return None
        return self.claim.verdict.label.value


@dataclass(slots=True)
class _Tally:
    cases: list[Case] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)  # detections inside labelled ranges, by kind
    inside_right: Counter[str] = field(default_factory=Counter)
    lexical: dict[str, tuple[str, ...]] = field(default_factory=dict)  # row id -> sources by words alone
    claims: int = 0


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
        _claim_row(json.loads(line))
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
        rows += [_seed_row(row) for row in json.loads(parts[-1])]
    return rows, ranges, hash_parts(*parts)


def _claim_row(row: Mapping[str, Any]) -> Row:
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


def _seed_row(row: Mapping[str, Any]) -> Row:
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
    """The claim of the row's kind that covers at least half of its span (a finding: of its sentence);
    the tightest of several."""
    best: tuple[int, int, CheckedClaim] | None = None
    for checked in claims:
        if checked.claim.kind is not row.kind:
            continue
        span = (checked.claim.span.start, checked.claim.span.end)
        covered = overlap(span, row.span)
        if row.kind is ClaimKind.FINDING:
            sentence = (checked.claim.sentence.start, checked.claim.sentence.end)
            enough = 2 * overlap(sentence, row.sentence) >= row.sentence[1] - row.sentence[0]
        else:
            enough = 2 * covered >= row.span[1] - row.span[0] and covered > 0
        if enough:
            key = (-covered, span[1] - span[0])
            if best is None or key < best[:2]:
                best = (*key, checked)
    return None if best is None else best[2]


def evaluate_corpus(data: Path, *, cases: bool = False, progress: Progress | None = None) -> dict[str, Any]:
    """Every score of the corpus, with floors and 95% bootstrap intervals; with `cases` one entry a row."""
    rows, ranges, gold_hash = read_gold(data)
    tally = _Tally()
    files = sorted({row.file for row in rows})
    with (
        tempfile.TemporaryDirectory(prefix="wherefrom-eval-") as home,
        Workbench.open(Path(home), create=True) as workbench,
    ):
        sources = _add_sources(workbench, data, progress)
        for position, file in enumerate(files):
            if progress is not None:
                progress("articles", position, len(files))
            _score_file(workbench, data, file, [r for r in rows if r.file == file], ranges, tally)
        checker, ground = workbench.checker, workbench.ground
    result: dict[str, Any] = {
        "corpus": {"gold_sha256": gold_hash, "sources": sources, "articles": len(files), "rows": len(rows)},
        "checker": checker,
        "ground": ground,
        "claims_found": _score_found(tally),
        "quantities": _score_quantities(tally),
        "links": _score_links(tally),
        "verdicts": _score_verdicts(tally),
    }
    if cases:
        result["cases"] = [_describe(case) for case in tally.cases]
    return result


def _add_sources(workbench: Workbench, data: Path, progress: Progress | None) -> int:
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
    tally: _Tally,
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
    workbench: Workbench, rows: Sequence[Row], claims: Sequence[CheckedClaim], tally: _Tally
) -> None:
    """The floor of linking: sources by the lexical index alone, asked with the row's sentence."""
    by_row = {row.id: match_row(row, claims) for row in rows if row.checkable and row.source_ids}
    found = {row_id: checked.claim for row_id, checked in by_row.items() if checked is not None}
    for row_id, claim in found.items():
        hits = workbench.index.search(query_of(claim), limit=200)
        by_words = sorted(hits, key=lambda hit: (-hit.lexical, hit.entry_id))
        tally.lexical[row_id] = tuple(dict.fromkeys(hit.source_id for hit in by_words))


def _interval(outcomes: Sequence[bool]) -> list[float]:
    if not outcomes:
        return [0.0, 0.0]
    generator = random.Random(0)  # noqa: S311 - a seeded bootstrap, nothing secret
    means = sorted(
        sum(generator.choices(outcomes, k=len(outcomes))) / len(outcomes) for _ in range(_RESAMPLES)
    )
    return [round(means[int(0.025 * _RESAMPLES)], 3), round(means[int(0.975 * _RESAMPLES) - 1], 3)]


def _share(outcomes: Iterable[bool], *, floor: float | None = None) -> dict[str, Any]:
    outcomes = list(outcomes)
    value = sum(outcomes) / len(outcomes) if outcomes else 0.0
    share: dict[str, Any] = {
        "right": sum(outcomes),
        "of": len(outcomes),
        "share": round(value, 3),
        "interval95": _interval(outcomes),
    }
    if floor is not None:
        share["floor"] = round(floor, 3)
    return share


def _checkable(tally: _Tally, *kinds: ClaimKind) -> list[Case]:
    return [case for case in tally.cases if case.row.checkable and (not kinds or case.row.kind in kinds)]


def _score_found(tally: _Tally) -> dict[str, Any]:
    scores: dict[str, Any] = {
        f"recall_{kind.value}": _share(case.claim is not None for case in _checkable(tally, kind))
        for kind in ClaimKind
    }
    for kind in (ClaimKind.QUANTITY.value, ClaimKind.QUOTATION.value):
        right, total = tally.inside_right[kind], tally.inside[kind]
        scores[f"precision_{kind}"] = _share([True] * right + [False] * (total - right))
    negatives = [case for case in tally.cases if not case.row.checkable]
    scores["alarms_on_rows_that_are_no_claim"] = _share(case.alarm is not None for case in negatives)
    scores["claims_in_all"] = tally.claims
    return scores


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


def _score_quantities(tally: _Tally) -> dict[str, Any]:
    outcomes = []
    for case in _checkable(tally, ClaimKind.QUANTITY):
        if case.row.exact and case.row.quantity is not None:
            read = _quantity_of(case)
            outcomes.append(read is not None and reads_exactly(case.row.quantity, read))
    return {"exact": _share(outcomes)}


def _quantity_of(case: Case) -> Quantity | None:
    if case.claim is None or not case.claim.claim.quantities:
        return None
    return case.claim.claim.quantities[0]


def _linked_sources(claim: CheckedClaim | None) -> tuple[str, ...]:
    return () if claim is None else tuple(dict.fromkeys(evidence.source_id for evidence in claim.evidence))


def _score_links(tally: _Tally) -> dict[str, Any]:
    cases = [case for case in _checkable(tally) if case.row.source_ids]
    scores: dict[str, Any] = {}
    groups = {
        "figures_and_quotations": [c for c in cases if c.row.kind is not ClaimKind.FINDING],
        "findings": [c for c in cases if c.row.kind is ClaimKind.FINDING],
    }
    for name, group in groups.items():
        scores[name] = {}
        for depth in (1, 5):
            by_words = [
                bool(set(tally.lexical.get(c.row.id, ())[:depth]) & set(c.row.source_ids)) for c in group
            ]
            floor = sum(by_words) / len(by_words) if by_words else 0.0
            scores[name][f"recall_at_{depth}"] = _share(
                (bool(set(_linked_sources(c.claim)[:depth]) & set(c.row.source_ids)) for c in group),
                floor=floor,
            )
    return scores


def macro_f1(pairs: Sequence[tuple[str, str | None]]) -> float:
    """Mean F1 over the labels that the gold holds; a row without a verdict counts as missed."""
    labels = [label for label in LABELS if any(gold == label for gold, _ in pairs)]
    scores = []
    for label in labels:
        hit = sum(gold == label == predicted for gold, predicted in pairs)
        wanted = sum(gold == label for gold, _ in pairs)
        given = sum(predicted == label for _, predicted in pairs)
        scores.append(2 * hit / (wanted + given) if wanted + given else 0.0)
    return sum(scores) / len(scores) if scores else 0.0


def _score_verdicts(tally: _Tally) -> dict[str, Any]:
    cases = [case for case in _checkable(tally) if case.row.verdict is not None]
    groups = {
        "figures": [c for c in cases if c.row.kind is ClaimKind.QUANTITY],
        "quotations": [c for c in cases if c.row.kind is ClaimKind.QUOTATION],
        "findings": [c for c in cases if c.row.kind is ClaimKind.FINDING],
        "all": cases,
    }
    return {name: _score_group(group) for name, group in groups.items()}


def _score_group(group: Sequence[Case]) -> dict[str, Any]:
    pairs = [(case.row.verdict or "", case.predicted) for case in group]
    majority = Counter(gold for gold, _ in pairs).most_common(1)[0][0] if pairs else ""
    supported = [case for case in group if case.predicted == "supported"]
    wrong = [case for case in supported if case.row.verdict != "supported"]
    return {
        "accuracy": _share(gold == predicted for gold, predicted in pairs),
        "macro_f1": {
            "value": round(macro_f1(pairs), 3),
            "floor": round(macro_f1([(gold, majority) for gold, _ in pairs]), 3),
        },
        "wrong_supported": {
            "count": len(wrong),
            "of": len(supported),
            "share": round(len(wrong) / len(supported), 3) if supported else 0.0,
        },
        "confusion": {
            gold: {
                predicted: sum(g == gold and (p or "not_found") == predicted for g, p in pairs)
                for predicted in (*LABELS, "not_found")
            }
            for gold in LABELS
        },
    }


def _describe(case: Case) -> dict[str, Any]:
    row = case.row
    shown = case.claim or case.alarm
    claim: Claim | None = None if shown is None else shown.claim
    read = _quantity_of(case)
    exact = reads_exactly(row.quantity, read) if row.exact and row.quantity and read else None
    linked = _linked_sources(shown)
    return {
        "id": row.id,
        "file": row.file,
        "kind": row.kind.value,
        "span": row.text,
        "found": None if claim is None else claim.span.exact,
        "checkable": row.checkable,
        "alarm": case.alarm is not None,
        "quantity_exact": exact,
        "quantity_read": None if read is None else _show_quantity(read),
        "source": list(row.source_ids),
        "linked": list(linked[:5]),
        "verdict": row.verdict,
        "predicted": case.predicted,
        "reason": None if shown is None else shown.verdict.reason,
        "explanation": None if shown is None else shown.verdict.explanation,
    }


def _show_quantity(quantity: Quantity) -> str:
    values = "/".join(str(v) for v in (quantity.low, quantity.high) if v is not None)
    base = f" of {quantity.base}" if quantity.base is not None else ""
    return f"{values}{base} {quantity.unit.kind.value} {quantity.modifier.value}"


def check_floors(result: Mapping[str, Any], floors: Mapping[str, Any]) -> list[str]:
    """What fell below its floor, as sentences; a floor names a path of the result ("links.findings...")
    and a least or most value. A gold that is not the one the floors were set on is the only fault named."""
    if floors["gold_sha256"] != result["corpus"]["gold_sha256"]:
        return ["the gold isn't the one that the floors were set on: set them anew and say so"]
    faults = []
    for path, bound in floors["bounds"].items():
        value: Any = result
        for key in path.split("."):
            value = value[key]
        if "least" in bound and value < bound["least"]:
            faults.append(f"{path} is {value}, under its floor of {bound['least']}")
        if "most" in bound and value > bound["most"]:
            faults.append(f"{path} is {value}, over its ceiling of {bound['most']}")
    return faults


__all__ = [
    "check_floors",
    "evaluate_corpus",
    "expected_values",
    "macro_f1",
    "match_row",
    "read_gold",
    "reads_exactly",
]
