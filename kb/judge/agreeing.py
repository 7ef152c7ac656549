"""Evidence from a figure of the source that is the claim's own: support with its caveats, or what the claim bends.

The figures were compared before (kb.compare), and found to be of one subject; here their sentences are.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kb.judge.context import (
    direction_of,
    dropped_conditions,
    dropped_hedges,
    is_hedged,
    is_scope_wider,
)
from kb.judge.figure_pairs import WeighedFigure, clause_of_claim, clause_of_found, without_marks
from kb.judge.parts import make_evidence
from kb.judge.propositions import Clash, Side, find_clash
from kb.judge.substitutions import find_substitution
from kb.names import NamedModel, is_no_name
from kb.text import strip_markup
from kb.types import Aggregate, Claim, Comparison, Evidence, Modifier, Quantity, Relation, Stance, UnitKind
from kb.words import content_stems

_OF_ALL = re.compile(r"\bof (?:all|any|every)\b", re.IGNORECASE)  # a share's base, not a scope
_TO_A_LEVEL = re.compile(
    r"\bto\s+(?:(?:just|only|about|around|nearly|almost|roughly|some)\s+)?$", re.IGNORECASE
)
_BY_A_CHANGE = re.compile(
    r"\bby\s+(?:(?:just|only|about|around|nearly|almost|roughly|some)\s+)?$", re.IGNORECASE
)
_AGGREGATES = {
    Aggregate.AVERAGE: "an average",
    Aggregate.MEDIAN: "a median",
    Aggregate.BEST: "a best case",
    Aggregate.WORST: "a worst case",
    Aggregate.TOTAL: "a total",
}
# Words of a finding's property that say only that something was counted or measured.
_PLAIN_PROPERTY = frozenset(
    "numb share rate scor percentag tim siz change chang amount count level valu figur result effect siz increas "
    "reduc relat overal run sampl cas so".split()
)


def side_of_claim(claim: Claim, claimed: Quantity, owners: tuple[NamedModel, ...]) -> Side:
    """The claim's clause without markup; a figure that isn't found in it counts as standing at its end."""
    clause, sentence = strip_markup(clause_of_claim(claim)), strip_markup(claim.sentence.exact)
    place = clause.find(claimed.surface)
    start = place if place >= 0 else len(clause)
    end = start + len(claimed.surface) if place >= 0 else len(clause)
    return Side(clause=clause, sentence=sentence, start=start, end=end, quantity=claimed, owners=owners)


def side_of_found(one: WeighedFigure) -> Side:
    clause = clause_of_found(one.unit, one.found)
    place = clause.find(one.found.surface) if one.found.end else -1
    if place < 0 and one.found.end:
        surface = one.unit.text[one.found.start : one.found.end]
        place = clause.find(surface)
        length = len(surface)
    else:
        length = len(one.found.surface)
    start = place if place >= 0 else len(clause)
    end = start + length if place >= 0 else len(clause)
    return Side(
        clause=clause, sentence=one.unit.text, start=start, end=end, quantity=one.found, owners=one.owners
    )


def speaks_of_property(claim: Claim, one: WeighedFigure) -> bool:
    """Whether the claim has at least one word of what a registry finding says it measured; where its fields hold
    none but plain words, of what its statement says."""
    finding = one.unit.candidate.finding
    if finding is None or claim.quantities[0].unit.kind is UnitKind.COUNT:  # whose nouns are compared
        return True
    if not _telling(strip_markup(clause_of_claim(claim)), names=False):  # "it did so in 96% of runs"
        return True
    said = content_stems(strip_markup(f"{claim.context} . {without_marks(claim)}"))
    measured = _telling(finding.measured_property or "") - content_stems(finding.measured_entity or "").keys()
    if measured & said.keys():
        return True
    stated = _telling(finding.statement) - content_stems(finding.measured_entity or "").keys()
    shared = stated & said.keys()
    return len(shared) >= max(min(2, len(stated)), len(stated) // 2) or not (measured or stated)


def heed_other_word(claim: Claim, one: WeighedFigure, evidence: Evidence) -> Evidence:
    """The same evidence, neutral where the claim's clause follows the source's sentence but for another word."""
    clause = strip_markup(clause_of_claim(claim))
    for surface in (claim.attribution, *(citation.surface for citation in claim.citations)):
        clause = (
            clause.replace(strip_markup(surface), " ")
            if surface and len(surface) >= _LEAST_SURFACE
            else clause
        )
    other = find_substitution(clause, one.unit.text)
    if other is None:
        return evidence
    comparison = replace(
        evidence.comparison,
        relation="other_word",
        detail=f"the same figure, but of another thing: “{other[0]}” in the claim, “{other[1]}” in the source",
    )
    return replace(evidence, stance=Stance.NEUTRAL, comparison=comparison, caveats=())


_LEAST_SURFACE = 4  # letters of a citation's words that are taken out of a clause
_DIGIT_NAME = re.compile(r"\b([A-Z][A-Za-z]+)[\s-]?\d[\w.-]*")


def names_a_stranger(claim: Claim, one: WeighedFigure) -> bool:
    """Whether the claim's clause names something by a word and a number of which the source's text has not the word,
    while the source's figure is a model's own: a model that no rule knows by its shape."""
    if not one.owners or one.owners[0].surface in claim.sentence.exact:
        return False
    theirs = one.unit.window.lower()
    clause = strip_markup(clause_of_claim(claim))
    place = clause.find(claim.quantities[0].surface)
    return any(
        match.group(1).lower() not in theirs and not is_no_name(match.group(1))
        for match in _DIGIT_NAME.finditer(clause[:place] if place >= 0 else clause)
    )


def _telling(text: str, *, names: bool = True) -> set[str]:
    """The words of a text that say what is measured, with or without those that name something."""
    return {
        stem
        for stem, weight in content_stems(text).items()
        if stem not in _PLAIN_PROPERTY and (names or weight == 1.0)
    }


def weigh_agreeing(
    claim: Claim, claimed: Quantity, claim_owners: tuple[NamedModel, ...], one: WeighedFigure
) -> Evidence:
    """What a figure that agrees says of the claim."""
    ours, theirs = side_of_claim(claim, claimed, claim_owners), side_of_found(one)
    clash = _reversed(claim, ours, theirs) or _changed_level(ours, theirs) or find_clash(ours, theirs)
    if clash is None and is_scope_wider(_OF_ALL.sub("of", ours.clause), one.unit.text):
        clash = Clash(
            rule="scope_words", reason="scope_wider",
            detail="the figure agrees, but the claim covers more than was measured",
        )  # fmt: skip
    if clash is not None:
        return make_evidence(
            claim, one.unit, stance=Stance.REFUTES, reason=clash.reason,
            comparison=Comparison(
                relation=clash.rule, detail=clash.detail, claimed=claimed.surface, found=one.found.surface
            ),
            score=one.closeness.score,
        )  # fmt: skip
    caveats = _caveats(claim, claimed, one)
    reason = {"equal": "agrees", "rounds_to": "agrees_rounded", "within_hedge": "agrees_rounded"}.get(
        one.comparison.relation, "agrees"
    )
    return make_evidence(
        claim, one.unit, stance=Stance.SUPPORTS, reason="agrees_with_caveat" if caveats else reason,
        comparison=one.comparison, score=one.closeness.score, caveats=caveats,
    )  # fmt: skip


def _changed_level(ours: Side, theirs: Side) -> Clash | None:
    """ "Fell to 3%" told as "fell by 3%", and the other way round."""
    for one, other in ((_TO_A_LEVEL, _BY_A_CHANGE), (_BY_A_CHANGE, _TO_A_LEVEL)):
        if one.search(ours.clause[: ours.start]) and other.search(theirs.clause[: theirs.start]):
            words = ("to", "by") if one is _TO_A_LEVEL else ("by", "to")
            return Clash(
                rule="level_and_change", reason="unit_confused",
                detail=f"the claim says “{words[0]}” {ours.quantity.surface}, the source “{words[1]}” it",
            )  # fmt: skip
    return None


def _reversed(claim: Claim, ours: Side, theirs: Side) -> Clash | None:
    changed = any(
        side.quantity.relation is not Relation.LEVEL or _TO_A_LEVEL.search(side.clause[: side.start])
        for side in (ours, theirs)
    )
    if changed and direction_of(clause_of_claim(claim)) * direction_of(theirs.clause) == -1:
        return Clash(
            rule="direction", reason="direction_reversed", detail="the source reports the opposite direction"
        )
    return None


def _caveats(claim: Claim, claimed: Quantity, one: WeighedFigure) -> tuple[str, ...]:
    """What the source limits and the article leaves out."""
    clause, around = clause_of_claim(claim), clause_of_found(one.unit, one.found)
    surroundings = f"{claim.context} {claim.sentence.exact}"
    relation = one.comparison.relation
    caveats = list(one.unit.candidate.finding.caveats) if one.unit.candidate.finding is not None else []
    if (
        one.found.modifier is Modifier.APPROX
        and claimed.modifier is not Modifier.APPROX
        and not claimed.hedge
        and not is_hedged(clause)
    ):
        caveats.append(f"the source gives it as “{one.found.hedge or one.found.surface}”, not as exact")
    if one.found.aggregate is not Aggregate.NONE and claimed.aggregate is Aggregate.NONE:
        caveats.append(f"the source's figure is {_AGGREGATES[one.found.aggregate]}")
    hedges = [
        word for word in dropped_hedges(surroundings, around) if word not in (one.found.hedge or "").lower()
    ]
    if hedges and not caveats:
        caveats.append(f"the source says “{hedges[0]}”")
    conditions = dropped_conditions(surroundings, one.unit.text)
    if conditions:
        caveats.append(f"the source's figure is for a setting it calls “{conditions[0]}”")
    if relation == "change_unclear":
        changed = (
            "a relative change" if one.found.relation is Relation.CHANGE_RELATIVE else "a level, not a change"
        )
        caveats.append(f"the source's figure is {changed}")
    if relation == "satisfies_bound_loosely":
        caveats.append(f"the source's figure, {one.found.surface}, lies far beyond the claimed bound")
    return tuple(caveats)
