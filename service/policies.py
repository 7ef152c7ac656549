"""A newsroom's policy as a report tells it, and as a part of the checker's version.

Refuses to know what a rule does (kb.judge.policy) and how a policy is given (service.policy_input).
"""

from __future__ import annotations

from kb.ids import hash_parts
from kb.types import Policy, Tier, Verified


def policy_to_json(policy: Policy) -> dict[str, str | float | None]:
    """As it was given, with what was left out; the tolerance is a string, as every figure is."""
    return {
        "tolerance": None if policy.tolerance is None else f"{policy.tolerance:f}",
        "tiers": "all" if Tier.SECONDARY in policy.tiers else "primary",
        "verified": "abstract" if Verified.ABSTRACT in policy.verified else "text",
        "least_score": policy.least_score,
    }


def name_checker(checker: str, policy: Policy | None) -> str:
    """The checker's version with the policy in it, for another policy is another checker."""
    if policy is None:
        return checker
    told = policy_to_json(policy)
    return f"{checker}.policy-{hash_parts(*(f'{key}={told[key]}' for key in sorted(told)))[:8]}"
