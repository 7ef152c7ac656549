"""Which of a source's figures the claim is about: the one that shares the words in which the two differ.

A source gives many figures in nearly the same words ("39% for DeepSeek R1", "25% for Claude 3.7 Sonnet"; before
and after; with and without). Only the words that stand in one and not in the other tell which one a claim means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.compare import family_of
from kb.judge.figure_pairs import WeighedFigure, are_compatible, clause_of_claim, clause_of_found
from kb.judge.parts import Unit
from kb.names import NamedModel
from kb.quantity import find_quantities
from kb.text import strip_markup
from kb.types import Claim, Quantity, Relation
from kb.words import content_stems

# Function words that part one condition from another; content words leave them out.
_MARKERS = re.compile(
    r"\b(?:without|before|after|alone|together|original(?:ly)?|only|longer|shorter|first|second|both|own|real|human|people)\b",
    re.IGNORECASE,
)
_LACKED = re.compile(r"\bwithout\b[^.;,]*", re.IGNORECASE)  # what is not there tells nothing of what is
_MARGIN = 1.0  # of a plain content word, by which a rival must fit better
_MARGIN_PLAIN = (
    1.5  # the same, where no name and no word of a condition is among what it shares with the claim
)
_MARGIN_UNLIKE = 0.4  # the same, where the agreeing statement is already known to be of another condition
_MARGIN_PASSAGE = 2.0  # the same in running text, whose clauses share words by chance
_FEW_WORDS = 3  # under which a clause says too little, and its sentence is read
_NAME_WEIGHT = 1.3  # from which a word is a name (kb.words gives names more)
_ONLY_SAID_OF_SHARE = frozenset(
    "percent rate time case cas share run sampl prompt instanc trial attempt rollout model stud".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A figure of the same source that fits the claim better than the agreeing one. `words` are those that the
    claim shares with it alone; `named` whether a name is among them."""

    weighed: WeighedFigure
    lead: float
    words: tuple[str, ...]
    named: bool


def words_of(unit: Unit, found: Quantity) -> dict[str, float]:
    """What is said of a figure: for a finding all of its fields, for a passage the clause around the figure."""
    finding = unit.candidate.finding
    if finding is None:
        return _weigh(clause_of_found(unit, found))
    fields = (finding.measured_entity, finding.measured_property, finding.population, finding.condition)
    told = " . ".join(part for part in (unit.text, *fields, *finding.models) if part)
    return _weigh(_LACKED.sub("without ", told))


def claim_words(claim: Claim) -> dict[str, float]:
    clause = clause_of_claim(claim)
    if len(content_stems(strip_markup(clause))) < _FEW_WORDS:
        clause = claim.sentence.exact
    parts = (clause, claim.measured_entity, claim.measured_property)
    return _weigh(strip_markup(" . ".join(part for part in parts if part)))


def find_rival(
    claim: Claim,
    claimed: Quantity,
    owners: tuple[NamedModel, ...],
    agreeing: WeighedFigure,
    weighed: Sequence[WeighedFigure],
    *,
    unlike: bool = False,
) -> Rival | None:
    """The figure of another statement of the same source whose own words the claim has, where the agreeing
    statement's own words are missing from it. `unlike`: the agreeing one is known to be of another condition."""
    margin = _MARGIN_UNLIKE if unlike else _MARGIN
    if agreeing.unit.candidate.finding is None:
        margin = _MARGIN_PASSAGE
    said = claim_words(claim)
    ours = words_of(agreeing.unit, agreeing.found)
    best: Rival | None = None
    for other in weighed:
        if not _may_rival(claimed, owners, agreeing, other) or _is_told_too(claim, other.found):
            continue
        theirs = words_of(other.unit, other.found)
        gain = [word for word in theirs if word in said and word not in ours]
        loss = [word for word in ours if word in said and word not in theirs]
        lead = _sum(gain, said) - _sum(loss, said)
        subject = _subject_of(other.unit)
        telling = any(
            said[word] >= _NAME_WEIGHT or word in subject or _MARKERS.fullmatch(word) for word in gain
        )
        if lead >= (margin if telling else max(margin, _MARGIN_PLAIN)) and (
            best is None or (lead, other.closeness.score) > (best.lead, best.weighed.closeness.score)
        ):
            named = any(said[word] >= _NAME_WEIGHT for word in gain)
            best = Rival(weighed=other, lead=lead, words=tuple(sorted(gain)), named=named)
    return best


def _may_rival(
    claimed: Quantity, owners: tuple[NamedModel, ...], agreeing: WeighedFigure, other: WeighedFigure
) -> bool:
    same_kind = family_of(other.found) == family_of(claimed) and (
        other.found.relation is agreeing.found.relation
        or Relation.LEVEL in (other.found.relation, agreeing.found.relation)
    )
    held_alike = (other.unit.candidate.finding is None) == (agreeing.unit.candidate.finding is None)
    apart = (other.unit.text, other.found.start) != (agreeing.unit.text, agreeing.found.start)
    return same_kind and held_alike and apart and are_compatible(owners, other.owners)


def _is_told_too(claim: Claim, found: Quantity) -> bool:
    """Whether the claim's sentence gives that figure as well ("from 15.0% to 19.3%")."""
    value = found.low if found.low is not None else found.high
    return value is not None and any(
        value in (quantity.low, quantity.high) and family_of(quantity) == family_of(found)
        for quantity in find_quantities(strip_markup(claim.sentence.exact))
    )


def _subject_of(unit: Unit) -> dict[str, float]:
    """The words of whom or what a finding's figure is."""
    finding = unit.candidate.finding
    return (
        {} if finding is None else content_stems(" . ".join((finding.measured_entity or "", *finding.models)))
    )


def _weigh(text: str) -> dict[str, float]:
    words = {word: weight for word, weight in content_stems(text).items() if word not in _ONLY_SAID_OF_SHARE}
    for match in _MARKERS.finditer(text):
        words.setdefault(match.group().lower(), 1.0)
    return words


def _sum(words: Iterable[str], weights: dict[str, float]) -> float:
    return sum(weights[word] for word in words)
