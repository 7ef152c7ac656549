"""What the rows of a labelled corpus came to: claims found, quantities read, sources linked, verdicts reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.types import CheckedClaim, Claim, ClaimKind, Quantity
from service.evaluation.gold import Row, reads_exactly
from service.evaluation.scores import macro_f1, share_of

LABELS = ("supported", "contested", "unsourced")


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
class Tally:
    cases: list[Case] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)  # detections inside labelled ranges, by kind
    inside_right: Counter[str] = field(default_factory=Counter)
    lexical: dict[str, tuple[str, ...]] = field(default_factory=dict)  # row id -> sources by words alone
    claims: int = 0


def _checkable(tally: Tally, *kinds: ClaimKind) -> list[Case]:
    return [case for case in tally.cases if case.row.checkable and (not kinds or case.row.kind in kinds)]


def score_found(tally: Tally) -> dict[str, Any]:
    scores: dict[str, Any] = {
        f"recall_{kind.value}": share_of(case.claim is not None for case in _checkable(tally, kind))
        for kind in ClaimKind
    }
    for kind in (ClaimKind.QUANTITY.value, ClaimKind.QUOTATION.value):
        right, total = tally.inside_right[kind], tally.inside[kind]
        scores[f"precision_{kind}"] = share_of([True] * right + [False] * (total - right))
    negatives = [case for case in tally.cases if not case.row.checkable]
    scores["alarms_on_rows_that_are_no_claim"] = share_of(case.alarm is not None for case in negatives)
    scores["claims_in_all"] = tally.claims
    return scores


def score_quantities(tally: Tally) -> dict[str, Any]:
    outcomes = []
    for case in _checkable(tally, ClaimKind.QUANTITY):
        if case.row.exact and case.row.quantity is not None:
            read = _quantity_of(case)
            outcomes.append(read is not None and reads_exactly(case.row.quantity, read))
    return {"exact": share_of(outcomes)}


def _quantity_of(case: Case) -> Quantity | None:
    if case.claim is None or not case.claim.claim.quantities:
        return None
    return case.claim.claim.quantities[0]


def _linked_sources(claim: CheckedClaim | None) -> tuple[str, ...]:
    return () if claim is None else tuple(dict.fromkeys(evidence.source_id for evidence in claim.evidence))


def score_links(tally: Tally) -> dict[str, Any]:
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
            scores[name][f"recall_at_{depth}"] = share_of(
                (bool(set(_linked_sources(c.claim)[:depth]) & set(c.row.source_ids)) for c in group),
                floor=floor,
            )
    return scores


def score_verdicts(tally: Tally) -> dict[str, Any]:
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
        "accuracy": share_of(gold == predicted for gold, predicted in pairs),
        "macro_f1": {
            "value": round(macro_f1(pairs, LABELS), 3),
            "floor": round(macro_f1([(gold, majority) for gold, _ in pairs], LABELS), 3),
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


def describe_case(case: Case) -> dict[str, Any]:
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
