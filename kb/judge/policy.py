"""A newsroom's own rules, laid over what was weighed: they can set a support aside, never make one.

Owns what each rule of kb.types.Policy does to a piece of evidence. Refuses to know how it was won, and where a
policy comes from (service.policies).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from kb.compare import scale_of
from kb.quantity import parse_quantity
from kb.types import Evidence, Policy, Quantity, Source, Stance


def apply_policy(
    evidence: Sequence[Evidence], policy: Policy | None, sources: Mapping[str, Source]
) -> list[Evidence]:
    """The evidence in order, without that of tiers that aren't wanted. A hedged figure that is farther off than
    the policy allows differs; a support by a finding that isn't verified as wanted, or that is less near than
    wanted, turns neutral."""
    if policy is None:
        return list(evidence)
    kept = [one for one in evidence if sources[one.source_id].tier in policy.tiers]
    return [_hold(one, policy, sources[one.source_id]) for one in kept]


def _hold(one: Evidence, policy: Policy, source: Source) -> Evidence:
    if one.stance is not Stance.SUPPORTS:
        return one
    if one.kind == "finding" and not _is_verified(one, policy, source):
        return _set_aside(one, "the policy wants findings that were verified in the source's text")
    if one.score < policy.least_score:
        return _set_aside(
            one, f"the policy wants a closeness of {policy.least_score:g}, found {one.score:.2f}"
        )
    if policy.tolerance is not None and one.comparison.relation == "within_hedge":
        off = _how_far_off(one)
        if off is None or off > policy.tolerance:
            allowed = f"more than the {policy.tolerance * 100:f}".rstrip("0").rstrip(".")
            detail = f"{one.comparison.detail}; {allowed}% off that the policy allows"
            return replace(
                one,
                stance=Stance.REFUTES,
                reason="figure_differs",
                comparison=replace(one.comparison, relation="over_tolerance", detail=detail),
            )
    return one


def _is_verified(one: Evidence, policy: Policy, source: Source) -> bool:
    return any(
        finding.id == one.finding_id and finding.verified in policy.verified for finding in source.findings
    )


def _set_aside(one: Evidence, why: str) -> Evidence:
    detail = f"{one.comparison.detail}; set aside: {why}"
    comparison = replace(one.comparison, relation="below_policy", detail=detail)
    return replace(one, stance=Stance.NEUTRAL, comparison=comparison)


def _how_far_off(one: Evidence) -> Decimal | None:
    """The found figure's distance from the claimed one, as a share of it; None where it can't be told."""
    claimed, found = one.comparison.claimed, one.comparison.found
    if claimed is None or found is None:
        return None
    try:
        said, held = _value(parse_quantity(claimed)), _value(parse_quantity(found))
    except ValueError:
        return None
    return abs(held - said) / abs(said) if said and held is not None else None


def _value(quantity: Quantity) -> Decimal | None:
    end = quantity.low if quantity.low is not None else quantity.high
    return None if end is None else end * scale_of(quantity)
