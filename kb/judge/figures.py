"""Weighs a claimed figure against a source's sentences: number by number, subject by subject.

Agreement of numbers alone never supports: the sentence must speak of the same thing (kb.judge.context),
and where both sides name a model, of the same model. A rarer number needs less other evidence that the
same measurement is meant; a small count needs much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kb.compare import AGREEING, compare, compare_complement, family_of
from kb.judge.agreeing import heed_other_word, weigh_agreeing
from kb.judge.context import direction_of, wanted_words
from kb.judge.derived import (
    find_difference,
    find_merged_range,
    is_remainder,
    may_be_difference,
    turns_predicate,
)
from kb.judge.figure_pairs import (
    GATE_COMMON,
    GATE_PLAIN,
    WeighedFigure,
    are_compatible,
    claim_owners_of,
    clause_of_claim,
    clause_of_found,
    figures_in,
    found_owners_of,
    local_closeness,
    rarity_gate,
    with_aggregate,
    with_base,
)
from kb.judge.outdated import find_outdated
from kb.judge.parts import Unit, make_evidence, units_of
from kb.judge.polarity import (
    is_turned,
    with_negated_bound,
)
from kb.judge.rivals import find_rival
from kb.judge.statements import (
    CONTESTING,
    figure_of,
    is_same_polarity,
    is_same_statement,
    weigh_other_condition,
    weigh_rival,
    weigh_wrong_subject,
)
from kb.link import LinkedClaim, SourceRank
from kb.names import NamedModel, find_models
from kb.reader import Reader
from kb.text import strip_markup
from kb.types import (
    Aggregate,
    Claim,
    Comparison,
    Evidence,
    Quantity,
    Relation,
    Route,
    Source,
    Stance,
    UnitKind,
)
from kb.words import content_stems, coverage

# Added where the article cites the source for this claim, and where nothing in it points at the source.
_GATE_CITED = -0.08
_GATE_DISTANT_SOURCE = 0.10
_GATE_FIRST_SOURCE = 0.04  # the same, where search ranks the source first
_GATE_UNCLEAR_CHANGE = 0.6  # a level on one side and a relative change on the other: plainly the same thing
_GATE_WITHIN_RANGE = 0.66  # a figure inside a claimed range says little unless it is plainly the same thing
_GATE_REFUTE = 0.66
_SAME_FIGURE = frozenset({"equal", "rounds_to", "within_hedge"})
_AS_NEAR = 0.15  # a difference in closeness that tells nothing
_GATE_CONFUSED = 0.28  # a confusion that has a name needs the same gate as agreement, and this much


def _counted_alike(claimed: Quantity, found: Quantity, unit: Unit, claim: Claim) -> bool:
    """For counts: the counted nouns share a word, or the source's sentence holds the claim's noun."""
    if claimed.unit.kind is not UnitKind.COUNT:
        return True
    noun = content_stems(claimed.unit.name or claim.span.exact)
    if not noun:
        return True
    near = (
        content_stems(unit.text[max(0, found.start - 40) : found.end + 60]) if unit.start is not None else {}
    )
    return coverage(noun, {**content_stems(found.unit.name or ""), **near}) > 0


def weigh_figure(
    linked: LinkedClaim, reader: Reader, draft: Reader, sources: Mapping[str, Source]
) -> list[Evidence]:
    """Evidence for and against one claimed figure, at most one of a stance from each source."""
    claim = linked.claim
    if not claim.quantities:
        return []
    claimed = with_negated_bound(
        with_aggregate(claim.quantities[0], claim.sentence.exact), strip_markup(clause_of_claim(claim))
    )
    wanted = wanted_words(claim)
    claim_owners = claim_owners_of(claim, draft)
    ranks = {rank.source_id: rank for rank in linked.ranks}
    weighed: dict[str, list[WeighedFigure]] = {}
    for candidate in linked.candidates:
        for unit in units_of(candidate, reader):
            for found in figures_in(unit):
                comparison = _compare_in_context(claim, claimed, unit, found)
                if comparison.relation == "incomparable":
                    derived = compare_complement(claimed, found)
                    if derived is not None:
                        comparison = derived
                    elif not may_be_difference(claimed, found):
                        continue
                elif comparison.relation == "differs" and (
                    is_remainder(claim) or _are_turned(claim, unit, found)
                ):
                    derived = compare_complement(claimed, found)
                    comparison = derived if derived is not None else comparison
                weighed.setdefault(candidate.source_id, []).append(
                    WeighedFigure(
                        unit=unit,
                        found=found,
                        comparison=comparison,
                        closeness=with_base(
                            claim,
                            claimed,
                            unit,
                            found,
                            local_closeness(wanted, unit, found, reader),
                            named=_is_named(ranks.get(candidate.source_id)),
                        ),
                        owners=found_owners_of(unit, found, reader),
                    )
                )
    evidence: list[Evidence] = []
    first = linked.ranks[0].source_id if linked.ranks else None
    for source_id in sorted(weighed):
        argued = _judge_source(
            claim,
            claimed,
            claim_owners,
            weighed[source_id],
            ranks.get(source_id),
            is_first=source_id == first,
        )
        source = sources.get(source_id)
        if source is not None and source.versions and not any(e.stance is Stance.SUPPORTS for e in argued):
            outdated = find_outdated(claim, claimed, claim_owners, weighed[source_id], source)
            argued = argued if outdated is None else [outdated]
        evidence.extend(argued)
    return evidence


def _are_turned(claim: Claim, unit: Unit, found: Quantity) -> bool:
    """Whether one clause says of a share what the other says of the rest ("86% were refused", "14% complied")."""
    return is_turned(strip_markup(clause_of_claim(claim))) != is_turned(clause_of_found(unit, found))


def _compare_in_context(claim: Claim, claimed: Quantity, unit: Unit, found: Quantity) -> Comparison:
    """As compare; where one side was read as a level and the other as a relative change, words of the same
    direction on both sides say that both are changes ("the drop was 47.3%")."""
    changes = {claimed.relation, found.relation}
    if changes == {Relation.LEVEL, Relation.CHANGE_RELATIVE}:
        direction = direction_of(clause_of_claim(claim))
        if direction != 0 and direction == direction_of(clause_of_found(unit, found)):
            both = Relation.CHANGE_RELATIVE
            return compare(replace(claimed, relation=both), replace(found, relation=both))
    return compare(claimed, found)


def _is_named(rank: SourceRank | None) -> bool:
    return rank is not None and rank.feature("named_here") > 0


def _is_pointed_at(rank: SourceRank | None) -> bool:
    return rank is not None and (
        rank.feature("cited") > 0
        or rank.feature("article") >= 0.6
        or rank.feature("document_cites") > 0
        or rank.feature("named_here") > 0
    )


def _judge_source(
    claim: Claim,
    claimed: Quantity,
    claim_owners: tuple[NamedModel, ...],
    weighed: list[WeighedFigure],
    rank: SourceRank | None,
    *,
    is_first: bool,
) -> list[Evidence]:
    gate = rarity_gate(claimed)
    if rank is not None and rank.route is Route.CITED:
        gate += _GATE_CITED
    elif rank is None or not _is_pointed_at(rank):
        gate += _GATE_FIRST_SOURCE if is_first else _GATE_DISTANT_SOURCE
    ordered = sorted(weighed, key=lambda w: (-w.closeness.score, w.unit.start or 0, w.found.start))
    agreeing = [w for w in ordered if _agrees(w)]
    near = [
        one
        for one in agreeing
        if _counted_alike(claimed, one.found, one.unit, claim)
        and one.closeness.score
        >= (max(gate, _GATE_WITHIN_RANGE) if one.comparison.relation == "within_range" else gate)
    ]
    near = [one for one in near if not _is_confused_rather(one, ordered)]
    near.sort(key=lambda one: one.comparison.relation == "satisfies_bound_loosely")
    unlike = None
    for one in near:
        if not are_compatible(claim_owners, one.owners):
            continue
        if not is_same_statement(claim, claimed, one):
            if (
                unlike is None
                and one.comparison.relation in _SAME_FIGURE
                and not is_same_polarity(claim, claimed, one)
            ):
                unlike = one
            continue
        if not all(_is_owned(owner, near) for owner in claim_owners):
            return [weigh_agreeing(claim, claimed, claim_owners, one)]
        evidence = weigh_agreeing(
            claim, claimed, tuple(o for o in claim_owners if are_compatible((o,), one.owners)), one
        )
        rival = (
            None
            if evidence.stance is Stance.REFUTES
            else find_rival(claim, claimed, claim_owners, one, ordered)
        )
        if rival is None:
            if evidence.stance is Stance.SUPPORTS:
                evidence = heed_other_word(claim, one, evidence)
            return [evidence, *_rival_figures(claim, claimed, one, ordered)]
        if not _agrees(rival.weighed):
            return weigh_rival(claim, one, rival)
    for one in near:
        if are_compatible(claim_owners, one.owners):
            continue
        right = figure_of(claim_owners, claimed, ordered)
        if right is not None and one.closeness.score >= _GATE_CONFUSED:
            return [weigh_wrong_subject(claim, one, right)]
    if unlike is not None:
        rival = find_rival(claim, claimed, claim_owners, unlike, ordered, unlike=True)
        if rival is not None and not _agrees(rival.weighed):
            return weigh_rival(claim, unlike, rival)
        opposite = weigh_other_condition(claim, claimed, unlike)
        if opposite:
            return opposite
    return _other_evidence(claim, claimed, claim_owners, ordered, rank, gate)


def _is_confused_rather(one: WeighedFigure, ordered: list[WeighedFigure]) -> bool:
    """A figure far inside a claimed bound says little where one at the bound itself, as near, says the reverse."""
    return one.comparison.relation == "satisfies_bound_loosely" and any(
        other.comparison.relation in CONTESTING and other.closeness.score >= one.closeness.score - _AS_NEAR
        for other in ordered
    )


def _is_owned(owner: NamedModel, near: list[WeighedFigure]) -> bool:
    """Whether one of the agreeing figures is that model's, or names none."""
    return any(are_compatible((owner,), one.owners) for one in near)


def _agrees(one: WeighedFigure) -> bool:
    relation = one.comparison.relation
    if relation == "change_unclear":
        return one.closeness.score >= _GATE_UNCLEAR_CHANGE
    return relation in AGREEING or relation == "satisfies_bound_loosely"


def _rival_figures(
    claim: Claim, claimed: Quantity, agreeing: WeighedFigure, ordered: list[WeighedFigure]
) -> list[Evidence]:
    """Another sentence of the same source that counts the same things otherwise, at least as near to the
    claim: the source disagrees with itself (a headline and the text, two versions)."""
    if claimed.unit.kind is not UnitKind.COUNT or agreeing.unit.candidate.finding is not None:
        return []
    for one in ordered:
        if (
            one.comparison.relation == "differs"
            and one.unit.text != agreeing.unit.text
            and one.closeness.score >= max(agreeing.closeness.score, GATE_COMMON)
            and one.found.unit.name == agreeing.found.unit.name
            and one.found.modifier is agreeing.found.modifier
        ):
            return [
                make_evidence(
                    claim, one.unit, stance=Stance.REFUTES, reason="figure_differs", comparison=one.comparison,
                    score=one.closeness.score,
                )
            ]  # fmt: skip
    return []


def _other_evidence(
    claim: Claim,
    claimed: Quantity,
    claim_owners: tuple[NamedModel, ...],
    ordered: list[WeighedFigure],
    rank: SourceRank | None,
    gate: float,
) -> list[Evidence]:
    """Where no figure agrees: derived agreement, a confusion that has a name, or a differing figure."""
    pointed = _is_pointed_at(rank)
    for one in ordered:
        relation = one.comparison.relation
        if not are_compatible(claim_owners, one.owners):
            continue
        if (
            relation == "complement"
            and (is_remainder(claim) or _are_turned(claim, one.unit, one.found))
            and turns_predicate(claim, clause_of_found(one.unit, one.found), one.unit.text)
            and one.closeness.score >= GATE_PLAIN - 0.1
            and pointed
        ):
            return [
                make_evidence(
                    claim, one.unit, stance=Stance.SUPPORTS, reason="agrees_derived", comparison=one.comparison,
                    score=one.closeness.score,
                )
            ]  # fmt: skip
        if relation in CONTESTING and one.closeness.score >= max(gate, _GATE_CONFUSED):
            return [
                make_evidence(
                    claim, one.unit, stance=Stance.REFUTES, reason=CONTESTING[relation], comparison=one.comparison,
                    score=one.closeness.score,
                )
            ]  # fmt: skip
    difference = find_difference(claim, claimed, ordered, gate)
    if difference is not None:
        return [difference]
    merged = find_merged_range(claim, claimed, ordered, cited=rank is not None and rank.route is Route.CITED)
    if merged is not None:
        return [merged]
    if not pointed:
        return []
    for one in ordered:
        if one.comparison.relation != "differs" or one.closeness.score < _GATE_REFUTE:
            continue
        if _refutes_safely(claim, claimed, claim_owners, one, ordered):
            return [
                make_evidence(
                    claim, one.unit, stance=Stance.REFUTES, reason="figure_differs", comparison=one.comparison,
                    score=one.closeness.score,
                )
            ]  # fmt: skip
    return []


def _refutes_safely(
    claim: Claim,
    claimed: Quantity,
    claim_owners: tuple[NamedModel, ...],
    one: WeighedFigure,
    ordered: list[WeighedFigure],
) -> bool:
    """A differing figure refutes only where the same thing under the same condition is meant: compatible
    models, the same polarity, the same counted noun, a figure that is alone of its kind in its sentence."""
    if not are_compatible(claim_owners, one.owners) or not _counted_alike(
        claimed, one.found, one.unit, claim
    ):
        return False
    if not is_same_statement(claim, claimed, one):
        return False
    if one.found.aggregate is not claimed.aggregate and Aggregate.NONE not in (
        claimed.aggregate,
        one.found.aggregate,
    ):
        return False
    if find_models(one.unit.text) and not claim_owners:
        return False
    rivals = [
        other for other in ordered
        if other.unit.text == one.unit.text and other.found is not one.found
        and family_of(other.found) == family_of(claimed)
    ]  # fmt: skip
    return not rivals and one.closeness.near >= 0.6
