"""Figures that follow from a source's figures, or seem to: differences, the rest of a share, ranges made of two."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from kb.compare import family_of, plain
from kb.judge.context import direction_of
from kb.judge.figure_pairs import (
    GATE_PLAIN,
    WeighedFigure,
    are_compatible,
    clause_of_claim,
    clause_of_found,
)
from kb.judge.parts import make_evidence
from kb.judge.polarity import is_turned, negated_words
from kb.text import strip_markup
from kb.types import (
    Claim,
    Comparison,
    Evidence,
    Modifier,
    Quantity,
    Relation,
    Stance,
    UnitKind,
)
from kb.words import content_stems, coverage

_GATE_PART = 0.08  # what a part of a sum or difference may be farther from the claim than an equal figure
_GATE_MERGED_CITED = 0.2  # both ends of a claimed range stand in the cited source, apart
# Words right before (or right after) a share that make it the rest of another.
_REMAINDER_BEFORE = re.compile(
    r"\b(?:remaining|remainder|rest|other|others|leav\w+|left)\b\W*(?:\w+\W+){0,2}$", re.IGNORECASE
)
_FIRST = re.compile(r"\b(?:before|without|originally|initially|baseline|from)\b", re.IGNORECASE)
_REST_CLAUSE = re.compile(r",\s|\band\b|\bwhich\b")  # before the rest's own words
_REST_WORDS = frozenset(
    "remain rest remaind leav left stay kept keep other case time prompt tim cas run sampl".split()
)
_REST_COVERED = (
    0.5  # share of the rest's own words that the source's sentence or the claim's other half must hold
)
_REMAINDER_AFTER = re.compile(r"^\W*(?:\w+\W+){0,1}(?:remain\w*|was left|were left|is left)\b", re.IGNORECASE)


def find_difference(
    claim: Claim, claimed: Quantity, ordered: list[WeighedFigure], gate: float
) -> Evidence | None:
    """A change that is the difference of two shares of the source: right as percentage points, and told in
    percent a confusion of units."""
    is_points = claimed.unit.kind is UnitKind.PERCENTAGE_POINT
    is_percent = claimed.unit.kind is UnitKind.PERCENT and claimed.relation is not Relation.LEVEL
    value = claimed.low if claimed.low is not None else claimed.high
    if value is None or not (is_points or is_percent) or claimed.modifier is Modifier.RANGE:
        return None
    shares: dict[Decimal, WeighedFigure] = {}
    for one in ordered:
        share = one.found.low
        if (
            one.found.unit.kind is UnitKind.PERCENT
            and one.found.relation is Relation.LEVEL
            and share is not None
            and share == one.found.high
            and one.closeness.score >= gate - _GATE_PART
        ):
            shares.setdefault(share, one)
    pairs = [
        (a, b)
        for a in shares
        for b in shares
        if a < b
        and abs(b - a - value) <= _half_step(claimed)
        and are_compatible(shares[a].owners, shares[b].owners)
    ]
    if len(pairs) != 1:
        return None
    low, high = pairs[0]
    arithmetic = f"{plain(high)}% - {plain(low)}% = {plain(high - low)} percentage points"
    comparison = Comparison(
        relation="difference", detail=arithmetic, claimed=claimed.surface,
        found=f"{shares[low].found.surface} and {shares[high].found.surface}",
    )  # fmt: skip
    best = max(shares[low], shares[high], key=lambda one: one.closeness.score)
    if direction_of(clause_of_claim(claim)) * _order_of(claim, shares[low], shares[high]) == -1:
        return make_evidence(
            claim, best.unit, stance=Stance.REFUTES, reason="direction_reversed",
            comparison=replace(comparison, relation="direction", detail=f"the change went the other way: {arithmetic}"),
            score=best.closeness.score,
        )  # fmt: skip
    if is_points:
        return make_evidence(
            claim, best.unit, stance=Stance.SUPPORTS, reason="agrees_derived", comparison=comparison,
            score=best.closeness.score,
        )  # fmt: skip
    return make_evidence(
        claim, best.unit, stance=Stance.REFUTES, reason="unit_confused",
        comparison=replace(comparison, found=f"{plain(high - low)} percentage points"), score=best.closeness.score,
    )  # fmt: skip


def _order_of(claim: Claim, low: WeighedFigure, high: WeighedFigure) -> int:
    """1 where the lower share came first, -1 where the higher did, 0 where neither the claim's "from ... to" nor words
    of before and without in the source tell."""
    sentence = claim.sentence.exact
    places = sentence.find(low.found.surface), sentence.find(high.found.surface)
    if min(places) >= 0:
        return 1 if places[0] < places[1] else -1
    first = tuple(bool(_FIRST.search(clause_of_found(one.unit, one.found))) for one in (low, high))
    return 0 if first[0] == first[1] else (1 if first[0] else -1)


def may_be_difference(claimed: Quantity, found: Quantity) -> bool:
    """Whether a found share may be one end of a claimed change."""
    return found.unit.kind is UnitKind.PERCENT and (
        claimed.unit.kind is UnitKind.PERCENTAGE_POINT
        or (claimed.unit.kind is UnitKind.PERCENT and claimed.relation is not Relation.LEVEL)
    )


def _half_step(quantity: Quantity) -> Decimal:
    return Decimal(1).scaleb(-(quantity.decimals or 0)) / 2


def turns_predicate(claim: Claim, affirmed: str, unit_text: str) -> bool:
    """Whether the clause of the rest denies what the clause of the share affirms (`affirmed`), in words of it or of
    the source's sentence, and says nothing else: "the
    remaining 75% stay opaque", not "in the remaining 75% it gave a wrong answer"."""
    sentence = strip_markup(claim.sentence.exact)
    clause = strip_markup(clause_of_claim(claim))
    place = clause.find(claim.quantities[0].surface)
    said = _REST_CLAUSE.split(clause[:place])[-1] + clause[place:] if place >= 0 else clause
    if is_turned(said) == is_turned(affirmed):
        return False
    theirs = {**content_stems(f"{affirmed} . {unit_text}"), **content_stems(sentence.replace(said, " "))}
    bare = said
    for surface in (claim.attribution, *(citation.surface for citation in claim.citations)):
        bare = bare.replace(strip_markup(surface or ""), " ") if surface else bare
    own = {stem: weight for stem, weight in content_stems(bare).items() if stem not in _REST_WORDS}
    own = {stem: weight for stem, weight in own.items() if stem not in content_stems(negated_words(said))}
    return not own or coverage(own, theirs) >= _REST_COVERED


def is_remainder(claim: Claim) -> bool:
    start = claim.span.start - claim.sentence.start
    sentence = claim.sentence.exact
    after = start + len(claim.span.exact)
    return bool(_REMAINDER_BEFORE.search(sentence[:start]) or _REMAINDER_AFTER.search(sentence[after:]))


def find_merged_range(
    claim: Claim, claimed: Quantity, ordered: list[WeighedFigure], *, cited: bool
) -> Evidence | None:
    """A claimed range whose two ends are two separate figures of the source."""
    if claimed.modifier is not Modifier.RANGE or claimed.low is None or claimed.high is None:
        return None
    ends: dict[Decimal, WeighedFigure] = {}
    for one in ordered:
        value = one.found.low if one.found.low is not None else one.found.high
        if (
            one.found.modifier is Modifier.RANGE
            or value is None
            or family_of(one.found) != family_of(claimed)
        ):
            continue
        if value in (claimed.low, claimed.high):
            ends.setdefault(value, one)
    if len(ends) != 2:
        return None
    low, high = ends[claimed.low], ends[claimed.high]
    if max(low.closeness.score, high.closeness.score) < (_GATE_MERGED_CITED if cited else GATE_PLAIN):
        return None
    best = max((low, high), key=lambda w: w.closeness.score)
    comparison = Comparison(
        relation="range_merged",
        detail=f"the source gives {low.found.surface} and {high.found.surface} for different things, not a range",
        claimed=claimed.surface,
        found=f"{low.found.surface}; {high.found.surface}",
    )
    return make_evidence(
        claim,
        best.unit,
        stance=Stance.REFUTES,
        reason="scope_wider",
        comparison=comparison,
        score=best.closeness.score,
    )
