"""Runs alterations of supported figures through the whole line and lists those that wrongly stay supported."""

from __future__ import annotations

from dataclasses import replace

from kb.compare import AGREEING, compare, compare_complement
from kb.quantity import find_quantities
from kb.types import CheckedClaim, Relation
from service.evaluation.adversarial import AdversarialRow, check_row
from service.workbench import Workbench
from tests.adversarial.alterations import Alteration, alter

_TRUE = AGREEING | {"satisfies_bound_loosely"}


def find_survivors(row: AdversarialRow, workbench: Workbench) -> tuple[list[str], int]:
    """(what stays supported though it is no longer true, how many alterations were tried); nothing is tried where the
    row itself isn't supported."""
    original = check_row(row, workbench)
    if original.checked is None or original.label != "supported":
        return [], 0
    survivors, tried = [], 0
    for one in alter(row.text, row.start, row.end):
        tried += 1
        altered = replace(row, text=one.text, start=one.start, end=one.end)
        outcome = check_row(altered, workbench)
        if (
            outcome.label == "supported"
            and outcome.checked is not None
            and not _is_true(one, outcome.checked)
        ):
            survivors.append(
                f"{row.id} {one.kind} ({one.what}): {one.text} -> {outcome.checked.verdict.explanation}"
            )
    return survivors, tried


def _is_true(one: Alteration, checked: CheckedClaim) -> bool:
    """Whether the altered figure is still true of what the source gives, by the rule of tolerance alone. An altered
    subject or direction is never."""
    if one.kind in ("subject", "direction"):
        return False
    claimed = replace(
        checked.claim.quantities[0], relation=Relation.LEVEL
    )  # which of the two was read is no matter
    found = find_quantities((checked.evidence[0].comparison.found or "").replace("+", ""))
    return any(
        compare(claimed, replace(quantity, relation=Relation.LEVEL)).relation in _TRUE
        or compare_complement(claimed, quantity) is not None
        for quantity in found
    )
