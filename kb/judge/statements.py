"""What a figure of the source is to the claim beside the number: the same statement, one of the opposite condition,
another subject's, or one that another figure of the source fits better.
"""

from __future__ import annotations

from kb.compare import family_of
from kb.judge.agreeing import names_a_stranger, speaks_of_property
from kb.judge.figure_pairs import WeighedFigure, are_compatible, clause_of_claim, clause_of_found
from kb.judge.parts import make_evidence
from kb.judge.polarity import Disagreement, find_disagreement, without_negated_bound
from kb.judge.rivals import Rival
from kb.names import NamedModel
from kb.text import strip_markup
from kb.types import Claim, Comparison, Evidence, Quantity, Stance

# From which a sentence plainly makes the claim's statement, of the opposite condition.
_GATE_OTHER_CONDITION = 0.6
_GATE_RIVAL = 0.45  # from which another figure of the source is plainly of the claim's kind
_OTHERWISE = frozenset({"differs", "bound_reversed", "bound_dropped", "complement"})
# Confusions that have a reason code, by the relation that kb.compare gives them.
CONTESTING = {
    "aggregate_changed": "aggregate_changed",
    "unit_confused": "unit_confused",
    "bound_reversed": "bound_reversed",
    "bound_dropped": "hedge_dropped",
}


def is_same_statement(claim: Claim, claimed: Quantity, one: WeighedFigure) -> bool:
    """Whether both clauses affirm or deny the same thing under the same condition, and, for a finding, whether the
    claim speaks of what it measured."""
    return (
        is_same_polarity(claim, claimed, one)
        and speaks_of_property(claim, one)
        and not names_a_stranger(claim, one)
    )


def is_same_polarity(claim: Claim, claimed: Quantity, one: WeighedFigure) -> bool:
    return find_difference_in_words(claim, claimed, one) is None


def find_difference_in_words(claim: Claim, claimed: Quantity, one: WeighedFigure) -> Disagreement | None:
    ours = without_negated_bound(strip_markup(clause_of_claim(claim)), claimed)
    theirs = without_negated_bound(clause_of_found(one.unit, one.found), one.found)
    return find_disagreement(ours, theirs)


def weigh_other_condition(claim: Claim, claimed: Quantity, one: WeighedFigure) -> list[Evidence]:
    """The claim's own figure, plainly of the same statement, but under the opposite condition."""
    disagreement = find_difference_in_words(claim, claimed, one)
    if disagreement is None or disagreement.rule == "negation" or one.closeness.score < _GATE_OTHER_CONDITION:
        return []
    comparison = Comparison(
        relation="other_condition",
        detail=f"{one.found.surface} is given for the opposite condition: “{disagreement.found}”",
        claimed=claimed.surface, found=one.found.surface,
    )  # fmt: skip
    return [
        make_evidence(
            claim, one.unit, stance=Stance.REFUTES, reason="wrong_subject", comparison=comparison,
            score=one.closeness.score,
        )
    ]  # fmt: skip


def weigh_rival(claim: Claim, one: WeighedFigure, rival: Rival) -> list[Evidence]:
    """The source's figure for what the claim is about, where that is not the claim's: refutes where it is plainly
    the same kind of statement, else the source stays silent."""
    right = rival.weighed
    if right.unit.candidate.finding is None:
        return []
    if right.comparison.relation not in _OTHERWISE or right.closeness.score < _GATE_RIVAL:
        return []
    if rival.named and one.owners != right.owners:
        return [weigh_wrong_subject(claim, one, right)]
    reason = CONTESTING.get(right.comparison.relation, "figure_differs")
    return [
        make_evidence(
            claim, right.unit, stance=Stance.REFUTES, reason=reason, comparison=right.comparison,
            score=right.closeness.score,
        )
    ]  # fmt: skip


def figure_of(
    owners: tuple[NamedModel, ...], claimed: Quantity, weighed: list[WeighedFigure]
) -> WeighedFigure | None:
    """The source's figure of the same kind for the claim's own model, if it gives one."""
    for one in weighed:
        if (
            one.owners
            and owners
            and are_compatible(owners, one.owners)
            and family_of(one.found) == family_of(claimed)
        ):
            return one
    return None


def weigh_wrong_subject(claim: Claim, one: WeighedFigure, right: WeighedFigure) -> Evidence:
    theirs = " and ".join(name.surface for name in one.owners)
    ours = " and ".join(name.surface for name in right.owners)
    comparison = Comparison(
        relation="wrong_subject",
        detail=f"{one.found.surface} is given for {theirs}; for {ours} it is {right.found.surface}",
        claimed=claim.quantities[0].surface,
        found=right.found.surface,
    )
    return make_evidence(
        claim,
        one.unit,
        stance=Stance.REFUTES,
        reason="wrong_subject",
        comparison=comparison,
        score=one.closeness.score,
    )
