"""One number of a text and what became of it, and what two neighbours say together.

Owns NumberReading, the pairs of bounds that make a range, and hedges and aggregates said once of two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb.number_atoms import COUNT
from kb.types import Aggregate, Modifier, Quantity, Relation, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReading:
    """One number of a text and what became of it. `quantity` is None where it counts nothing; `why` names
    the rule: the unit's kind for a quantity, else model_name, version, year, date, list_index, ... .
    `number` is the span of the numeral itself, without unit, noun, hedge and bound. `direction` is up, down
    or None (a change told around it); `change` is "from" or "to" for the two ends of a change; `cues` are
    (role, words) pairs that make the quantity what it is."""

    start: int
    end: int
    surface: str
    quantity: Quantity | None
    why: str
    number: tuple[int, int]
    direction: str | None = None
    change: str | None = None
    cues: tuple[tuple[str, str], ...] = ()


def share_aggregate(start: NumberReading, end: NumberReading) -> NumberReading:
    """ "the average rate from 4.6% to 32.8%": both ends of a change are averages."""
    one, other = start.quantity, end.quantity
    if start.change != "from" or one is None or other is None or other.aggregate is not Aggregate.NONE:
        return end
    return replace(end, quantity=replace(other, aggregate=one.aggregate))


def share_hedge(first: NumberReading, second: NumberReading) -> NumberReading:
    """ "an estimated 19% and 20% of it": the hedge is said of both."""
    one, other = first.quantity, second.quantity
    if one is None or other is None or other.modifier is not Modifier.EXACT or one.unit != other.unit:
        return second
    if one.modifier is not Modifier.APPROX or one.hedge is None or not one.hedge[0].isalpha():
        return second
    if not one.surface.lower().startswith(one.hedge):
        return second
    return replace(second, quantity=replace(other, modifier=Modifier.APPROX, hedge=one.hedge))


def share_direction(text: str, first: NumberReading, second: NumberReading) -> NumberReading:
    """ "lost 190 points, or 0.6%": the second figure tells the same change in other words."""
    one, other = first.quantity, second.quantity
    if one is None or other is None or first.direction is None or second.direction is not None:
        return second
    if text[first.end : second.start].strip(" ,") != "or" or one.unit == other.unit:
        return second
    if text[: first.start].rstrip().endswith((" to", " at", " from")) or first.change is not None:
        return second
    told = {*second.cues, ("direction", first.direction)}
    if other.unit.kind is not UnitKind.PERCENT or other.unit.name is not None:
        return replace(second, direction=first.direction, cues=tuple(sorted(told)))
    return replace(
        second,
        quantity=replace(other, relation=Relation.CHANGE_RELATIVE),
        direction=first.direction,
        cues=tuple(sorted({*told, ("relation", Relation.CHANGE_RELATIVE.value)})),
    )


def join_bounds(text: str, first: NumberReading, second: NumberReading) -> NumberReading | None:
    """ "above 1000 and below 1500", "at most 100 and at least 20 apples": two bounds of one thing are a range."""
    one, other = first.quantity, second.quantity
    if (
        one is None
        or other is None
        or {one.modifier, other.modifier} != {Modifier.AT_LEAST, Modifier.AT_MOST}
    ):
        return None
    low, high = (one, other) if one.modifier is Modifier.AT_LEAST else (other, one)
    if one.unit != other.unit and one.unit != COUNT:
        return None
    if low.low is None or high.high is None or low.low >= high.high or one.base != other.base:
        return None
    if one.relation is not other.relation is not Relation.LEVEL or not text[
        first.start : first.number[0]
    ].strip(" <>≤≥~"):
        return None  # signs alone bound a figure each
    places = (one.decimals, other.decimals)
    joined = replace(
        other,
        surface=text[first.start : second.end],
        start=first.start,
        low=low.low,
        high=high.high,
        modifier=Modifier.RANGE,
        relation=one.relation,
        strict=False,
        decimals=None if None in places else max(place for place in places if place is not None),
        hedge=one.hedge or other.hedge,
    )
    return replace(
        second,
        start=first.start,
        surface=joined.surface,
        quantity=joined,
        number=(first.number[0], second.number[1]),
        cues=(*first.cues, *second.cues),
    )
