"""Settles "the remaining 75%" by the share that the article gave just before, when that share is supported.

The complement needs the same base and two exhaustive classes: words of remainder in the next sentences
of the same article say both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.compare import compare_complement
from kb.ids import evidence_id
from kb.judge.derived import is_remainder, turns_predicate
from kb.judge.explain import explain_verdict
from kb.judge.figure_pairs import clause_of_claim
from kb.text import strip_markup
from kb.types import CheckedClaim, ClaimKind, Label, Stance, Step

if TYPE_CHECKING:
    from kb.judge import Judging

_LOOK_BACK = 4  # claims
_NEAR = 400  # characters between the two sentences


def derive_remainders(checked: Sequence[CheckedClaim], judging: Judging) -> tuple[CheckedClaim, ...]:
    """The same claims, in order; an undecided remainder of a supported share becomes agrees_derived."""
    settled = list(checked)
    for position, one in enumerate(settled):
        claim = one.claim
        if (
            claim.kind is not ClaimKind.QUANTITY
            or one.verdict.label is not Label.UNSOURCED
            or not is_remainder(claim)
        ):
            continue
        for other in reversed(settled[max(0, position - _LOOK_BACK) : position]):
            derived = _derive(one, other, judging)
            if derived is not None:
                settled[position] = derived
                break
    return tuple(settled)


def _derive(one: CheckedClaim, other: CheckedClaim, judging: Judging) -> CheckedClaim | None:
    claim, before = one.claim, other.claim
    if (
        before.kind is not ClaimKind.QUANTITY
        or other.verdict.label is not Label.SUPPORTED
        or not other.evidence
    ):
        return None
    if claim.sentence.start - before.sentence.end > _NEAR:
        return None
    comparison = compare_complement(claim.quantities[0], before.quantities[0])
    if comparison is None or other.evidence[0].stance is not Stance.SUPPORTS:
        return None
    best = other.evidence[0]
    stated = best.selector.exact if best.selector is not None else best.statement or ""
    if not turns_predicate(claim, strip_markup(clause_of_claim(before)), stated):
        return None
    evidence = replace(
        best,
        id=evidence_id(claim.id, best.id, "agrees_derived"),
        reason="agrees_derived",
        comparison=comparison,
    )
    shown = (evidence, *(e for e in one.evidence if e.source_id != best.source_id))[:10]
    step = Step(
        rule="remainder",
        detail=f"the rest of {before.quantities[0].surface} in claim {before.id}: {comparison.detail}",
    )
    verdict = replace(
        one.verdict,
        label=Label.SUPPORTED,
        reason="agrees_derived",
        explanation=explain_verdict(claim, "agrees_derived", shown, judging.library.sources),
        evidence_ids=tuple(e.id for e in shown),
        trace=(*one.verdict.trace, step),
    )
    return CheckedClaim(claim=claim, verdict=verdict, evidence=shown)
