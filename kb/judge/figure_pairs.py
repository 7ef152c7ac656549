"""A claimed figure beside a found one: how near their sentences are, whose number each is, what is read of it.

Decides nothing; kb.judge.figures does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kb.judge.context import (
    Closeness,
    Wanted,
    measure_closeness,
)
from kb.judge.parts import Unit
from kb.judge.polarity import with_negated_bound
from kb.names import NamedModel, find_models, owners_of, same_model
from kb.reader import Reader
from kb.text import clause_around
from kb.types import (
    Aggregate,
    CitationKind,
    Claim,
    Comparison,
    Modifier,
    Quantity,
    UnitKind,
)
from kb.types import Unit as QuantityUnit
from kb.words import content_stems

# Closeness from which an agreeing figure counts as the same measurement, by how rare the number is.
_GATE_RARE = 0.28
GATE_PLAIN = 0.38
GATE_COMMON = 0.48
# Where both figures count the same things ("of prompts", "of test takers"), and where the source's
# publisher or author is whom the claim is ascribed to.
_SAME_BASE = 0.12
_SAME_AUTHORITY = 0.06
_SMALL_COUNT = 5  # counts up to this are of anything
# Words of a source that stand for a share. Plain "never" and "completely" are left out: they mostly speak of
# something else in the sentence ("never instructed", "doesn't remove it completely").
_VAGUE = (
    (re.compile(r"\b(?:almost|hardly|virtually) (?:n?ever)\b", re.IGNORECASE), Decimal(0)),
    (re.compile(r"\b(?:almost|nearly) always\b", re.IGNORECASE), Decimal(100)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedFigure:
    unit: Unit
    found: Quantity
    comparison: Comparison
    closeness: Closeness
    owners: tuple[NamedModel, ...]


def rarity_gate(quantity: Quantity) -> float:
    """How much closeness an agreeing figure needs, by how often such a number turns up by chance."""
    value = quantity.low if quantity.low is not None else quantity.high
    if value is None or quantity.decimals is None:
        return GATE_COMMON
    digits = len(value.normalize().as_tuple().digits)
    if quantity.modifier is Modifier.RANGE or (quantity.base is not None and quantity.base > 20):
        return _GATE_RARE
    if digits >= 3 or (quantity.unit.kind is UnitKind.COUNT and abs(value) >= 1000):
        return _GATE_RARE
    if quantity.unit.kind in (UnitKind.COUNT, UnitKind.MULTIPLE, UnitKind.DURATION) and abs(value) <= 12:
        return GATE_COMMON
    if quantity.unit.kind is UnitKind.PERCENT and value in (0, 50, 100):
        return GATE_COMMON
    return GATE_PLAIN


def _vague_quantities(text: str) -> tuple[Quantity, ...]:
    """ "Almost never" and "almost always" as about 0% and about 100%."""
    return tuple(
        Quantity(
            surface=match.group(), start=match.start(), end=match.end(), low=value, high=value,
            unit=QuantityUnit(kind=UnitKind.PERCENT), modifier=Modifier.APPROX, decimals=None,
        )
        for pattern, value in _VAGUE
        for match in pattern.finditer(text)
    )  # fmt: skip


def without_marks(claim: Claim) -> str:
    """The claim's sentence with glued footnote marks blanked, offsets kept ("Llama 4.3": Llama 4, note 3)."""
    letters = list(claim.sentence.exact)
    for citation in claim.citations:
        if citation.kind is CitationKind.FOOTNOTE:
            low, high = citation.start - claim.sentence.start, citation.end - claim.sentence.start
            if 0 < low < high <= len(letters):
                for place in range(low, high):
                    letters[place] = " "
                if letters[low - 1] == "." and low >= 2 and letters[low - 2].isdigit():
                    letters[low - 1] = " "
    return "".join(letters)


def claim_owners_of(claim: Claim, reader: Reader) -> tuple[NamedModel, ...]:
    sentence = without_marks(claim)
    names = reader.models(sentence)
    start = max(0, claim.span.start - claim.sentence.start)
    end = start + len(claim.span.exact)
    others = tuple((q.start, q.end) for q in reader.quantities(sentence) if q.end <= start or q.start >= end)
    owners = owners_of(sentence, start, end, names, others)
    if owners or claim.measured_entity is None:
        return owners
    return find_models(claim.measured_entity)


def found_owners_of(unit: Unit, found: Quantity, reader: Reader) -> tuple[NamedModel, ...]:
    finding = unit.candidate.finding
    if finding is not None:
        named = tuple(name for model in finding.models for name in find_models(model))
        in_text = reader.models(unit.text)
        if len(unit.quantities) <= 1:
            return named or in_text
        if found.end == 0:
            return ()
    others = tuple((q.start, q.end) for q in unit.quantities if (q.start, q.end) != (found.start, found.end))
    return owners_of(unit.text, found.start, found.end, reader.models(unit.text), others)


def are_compatible(claimed: tuple[NamedModel, ...], found: tuple[NamedModel, ...]) -> bool:
    if not claimed or not found:
        return True
    return any(same_model(one, other) for one in claimed for other in found)


_AVERAGE = re.compile(r"\b(?:average[sd]?|averaging|mean|on average)\b", re.IGNORECASE)
_MEDIAN = re.compile(r"\bmedian\b", re.IGNORECASE)


def with_aggregate(found: Quantity, text: str) -> Quantity:
    """A figure whose sentence speaks of one aggregate only is of that aggregate ("raises the average from
    4.6% to 32.8%": both are averages)."""
    if found.aggregate is not Aggregate.NONE:
        return found
    average, median = _AVERAGE.search(text), _MEDIAN.search(text)
    if bool(average) == bool(median):
        return found
    return replace(found, aggregate=Aggregate.AVERAGE if average else Aggregate.MEDIAN)


def figures_in(unit: Unit) -> Sequence[Quantity]:
    quantities = unit.quantities
    if unit.candidate.finding is None:
        quantities = tuple(with_aggregate(found, unit.text) for found in quantities)
    bounded = tuple(with_negated_bound(found, clause_of_found(unit, found)) for found in quantities)
    return (*bounded, *_vague_quantities(unit.text))


def local_closeness(wanted: Wanted, unit: Unit, found: Quantity, reader: Reader) -> Closeness:
    """Closeness to the clause that holds the figure, so that the right one of several figures wins."""
    if found.end == 0 or len(unit.quantities) < 2:
        return measure_closeness(wanted, unit.text, unit.window, unit.cosine, reader)
    low, high = clause_around(unit.text, found.start, found.end)
    whole = measure_closeness(wanted, unit.text, unit.window, unit.cosine, reader)
    local = measure_closeness(wanted, unit.text[low:high], unit.window, unit.cosine, reader)
    return Closeness(
        near=(whole.near + local.near) / 2,
        sentence=whole.sentence,
        cosine=whole.cosine,
        score=(whole.score + local.score) / 2,
    )


_BASE = re.compile(
    r"\s*(?:(?:%|percent|per cent)\s*)?of\s+(?:the\s+|all\s+|its\s+|their\s+|our\s+|\w+\s+){0,2}?([^\W\d_][\w-]*(?:[ -][^\W\d_][\w-]*)?)"
)
_NO_BASE = frozenset({"time", "case", "instance", "way"})


def counted_words(text: str, end: int) -> frozenset[str]:
    """Stems of what a share ending at `end` is a share of: "25% of the prompts we tried" gives prompts."""
    match = _BASE.match(text, end)
    if match is None:
        return frozenset()
    return frozenset(stem for stem in content_stems(match.group(1)) if stem not in _NO_BASE)


def with_base(
    claim: Claim, claimed: Quantity, unit: Unit, found: Quantity, closeness: Closeness, *, named: bool
) -> Closeness:
    """Raised where both figures are shares of the same things, and more where the claim is ascribed to the
    source's own publisher or authors."""
    if claimed.unit.kind is UnitKind.COUNT and claimed.unit.name and found.unit.name:
        value = claimed.low if claimed.low is not None else claimed.high
        alike = content_stems(claimed.unit.name).keys() & content_stems(found.unit.name).keys()
        if alike and value is not None and value > _SMALL_COUNT:
            return replace(
                closeness, score=closeness.score + _SAME_BASE + (_SAME_AUTHORITY if named else 0.0)
            )
        return closeness
    start = claim.span.start - claim.sentence.start
    place = claim.sentence.exact.find(claimed.surface, max(0, start - 5))
    if place < 0 or found.end == 0:
        return closeness
    ours = counted_words(claim.sentence.exact, place + len(claimed.surface))
    theirs = counted_words(unit.text, found.end)
    if not ours & theirs:
        return closeness
    return replace(closeness, score=closeness.score + _SAME_BASE + (_SAME_AUTHORITY if named else 0.0))


def clause_of_found(unit: Unit, found: Quantity) -> str:
    if found.end == 0:
        return unit.text
    low, high = clause_around(unit.text, found.start, found.end)
    return unit.text[low:high]


def clause_of_claim(claim: Claim) -> str:
    start = max(0, claim.span.start - claim.sentence.start)
    low, high = clause_around(claim.sentence.exact, start, start + len(claim.span.exact))
    return claim.sentence.exact[low:high]
