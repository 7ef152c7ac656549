"""Compares a claimed quantity with a found one, as numbers: units, precision, hedges, bounds, aggregates.

The tolerance is the claim's written precision: the found figure, rounded to the claim's written places,
must be the claimed one. A hedged claim is wider. Knows nothing of words around the numbers: whether two
figures measure the same thing is for kb.judge to say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from kb.types import Aggregate, Comparison, Modifier, Quantity, Relation, UnitKind

# An extreme that was reached, not a bound that holds: only the figure itself makes it true.
_REACHED_MOST = re.compile(r"\b(?:up to|as (?:many|much|high|often|long|far) as)\b", re.IGNORECASE)
_REACHED_LEAST = re.compile(r"\b(?:as (?:few|little|low) as)\b", re.IGNORECASE)
AGREEING = frozenset({"equal", "rounds_to", "within_hedge", "satisfies_bound", "within_range"})
# A hedged figure ("roughly 40%") may be off by this share of itself, or by half a unit of its last
# non-zero digit, whichever is more: news style guides take "roughly" for rounding, not for guessing.
HEDGE_SHARE = Decimal("0.05")
# "At least x" stays true far above x, but says little there.
LOOSE_BOUND = Decimal("1.5")

# A fraction in words ("four out of five") rounds to its own grain, up to this many points off.
_WORDED_BASE = 10
_WORDED_TOLERANCE = Decimal("1.5")

_SECONDS = {
    name: Decimal(seconds)
    for name, seconds in (
        ("millisecond", "0.001"), ("second", "1"), ("minute", "60"), ("hour", "3600"), ("day", "86400"),
        ("week", "604800"), ("month", "2629800"), ("year", "31557600"), ("decade", "315576000"),
        ("century", "3155760000"),
    )
}  # fmt: skip
_ONE_SIDED_UNDER = (
    "nearly",
    "almost",
    "close to",
    "just under",
    "approaching",
    "just below",
    "a little under",
)
_ONE_SIDED_OVER = ("just over", "slightly more than", "a little over", "slightly over")


def family_of(quantity: Quantity) -> str:
    """The scale on which a quantity can be compared: "share", "points", "count", "currency:USD", ..."""
    kind, name = quantity.unit.kind, quantity.unit.name
    if kind is UnitKind.PERCENT or (kind is UnitKind.RATIO and quantity.base is not None):
        return "share"
    if kind in (UnitKind.PERCENTAGE_POINT, UnitKind.BASIS_POINT):
        return "points"
    if kind is UnitKind.DURATION:
        unit, _, per = (name or "").partition("/")
        return f"duration/{per}" if per else ("duration" if unit in _SECONDS else f"duration:{unit}")
    if kind is UnitKind.RATIO:
        return "ratio"
    if kind in (UnitKind.CURRENCY, UnitKind.RANK, UnitKind.OTHER):
        return f"{kind.value}:{name or ''}"
    return kind.value


def scale_of(quantity: Quantity) -> Decimal:
    """What one written unit is worth on the family's scale (percent for shares, seconds for durations)."""
    kind, name = quantity.unit.kind, quantity.unit.name
    if kind is UnitKind.RATIO and quantity.base:
        return Decimal(100) / quantity.base
    if kind is UnitKind.BASIS_POINT:
        return Decimal("0.01")
    if kind is UnitKind.DURATION:
        return _SECONDS.get((name or "").partition("/")[0], Decimal(1))
    return Decimal(1)


def _bounds(quantity: Quantity) -> tuple[Decimal | None, Decimal | None]:
    scale = scale_of(quantity)
    low = None if quantity.low is None else quantity.low * scale
    high = None if quantity.high is None else quantity.high * scale
    return low, high


def _step(quantity: Quantity) -> Decimal | None:
    """One unit in the last written place on the family's scale; None for words with no digits."""
    if quantity.decimals is None:
        return None
    return Decimal(1).scaleb(-quantity.decimals) * scale_of(quantity)


def _last_digit_unit(value: Decimal) -> Decimal:
    """The unit of a value's last non-zero digit: 40 -> 10, 25 -> 1, 0.38 -> 0.01."""
    if value == 0:
        return Decimal(1)
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(int(exponent))


def plain(value: Decimal) -> str:
    """A decimal in plain notation, without an exponent or trailing zeros."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


def _rounds_to(found: Decimal, claimed: Decimal, step: Decimal) -> bool:
    if step <= 0:
        return found == claimed
    units = found / step
    target = claimed / step
    return target in (
        units.quantize(Decimal(1), rounding=ROUND_HALF_UP),
        units.quantize(Decimal(1), rounding=ROUND_HALF_DOWN),
    )


def hedge_tolerance(quantity: Quantity) -> Decimal:
    """How far off a hedged figure may be, on the family's scale."""
    low, high = _bounds(quantity)
    value = low if low is not None else high
    if value is None:
        return Decimal(0)
    scale = scale_of(quantity)
    unit = _last_digit_unit(value / scale) * scale if scale else Decimal(0)
    if quantity.unit.kind is UnitKind.RATIO:
        unit = Decimal(0)
    return max(abs(value) * HEDGE_SHARE, unit / 2)


def _points_agree(
    claimed: Quantity, found: Quantity, claim_value: Decimal, found_value: Decimal
) -> str | None:
    if claim_value == found_value:
        return "equal"
    step = _step(claimed)
    exact_count = (
        claimed.unit.kind in (UnitKind.COUNT, UnitKind.RANK) and claimed.modifier is not Modifier.APPROX
    )
    if exact_count and (step is None or step <= 1):
        return None
    if claimed.unit.kind is UnitKind.RATIO:
        # "a quarter", "one in four", "79 of 100": words of a fraction are rounded to its own grain only
        # when hedged; a percentage found for it must round to it at the percentage's own step.
        found_step = None if found.unit.kind is UnitKind.RATIO else _step(found)
        if found_step is not None and _rounds_to(claim_value, found_value, found_step):
            return "rounds_to"
        if claimed.decimals is None and claimed.base is not None and claimed.base <= _WORDED_BASE:
            # "four out of five": the nearest share of its own grain, where that is hardly off
            grain = Decimal(100) / claimed.base
            nearest = (found_value / grain).quantize(Decimal(1), rounding=ROUND_HALF_UP) * grain
            if nearest == claim_value and abs(found_value - claim_value) <= _WORDED_TOLERANCE:
                return "rounds_to"
    elif step is not None and _rounds_to(found_value, claim_value, step):
        return "rounds_to"
    if claimed.modifier is Modifier.APPROX:
        tolerance = hedge_tolerance(claimed)
        hedge = (claimed.hedge or "").lower()
        difference = found_value - claim_value
        if any(word in hedge for word in _ONE_SIDED_UNDER):
            return "within_hedge" if -2 * tolerance <= difference <= 0 else None
        if any(word in hedge for word in _ONE_SIDED_OVER):
            return "within_hedge" if 0 <= difference <= 2 * tolerance else None
        if abs(difference) <= tolerance:
            return "within_hedge"
    if claimed.unit.kind is UnitKind.DURATION and found.unit.kind is UnitKind.DURATION:
        found_step = _step(found)
        if found_step is not None and step is not None and _rounds_to(found_value, claim_value, step):
            return "rounds_to"
    return None


def _value(bound: Decimal | None) -> Decimal:
    return Decimal(0) if bound is None else bound


def _compare_numbers(claimed: Quantity, found: Quantity) -> tuple[str, str]:
    """(relation, detail) for two quantities of one family and one kind of change."""
    c_low, c_high = _bounds(claimed)
    f_low, f_high = _bounds(found)
    c_text, f_text = claimed.surface, found.surface
    reached = _compare_reached(claimed, found)
    if reached is not None:
        return reached
    match claimed.modifier:
        case Modifier.AT_LEAST if c_low is not None:
            if f_low is not None:
                if found.modifier is Modifier.AT_MOST:
                    return "incomparable", f"the source bounds it from above ({f_text})"
                meets = f_low > c_low or (
                    f_low == c_low
                    and (not claimed.strict or (found.modifier is Modifier.AT_LEAST and found.strict))
                )
                if meets:
                    loose = c_low > 0 and f_low > c_low * LOOSE_BOUND
                    relation = "satisfies_bound_loosely" if loose else "satisfies_bound"
                    return relation, f"{f_text} is at least {plain(c_low)}"
                return "differs", f"{f_text} is below the claimed bound {c_text}"
            if f_high is not None and f_high == c_low:
                return "bound_reversed", f"the source says {f_text}, the claim {c_text}"
            return "incomparable", "the source's figure is bounded from above only"
        case Modifier.AT_MOST if c_high is not None:
            if f_high is not None:
                if found.modifier is Modifier.AT_LEAST:
                    return "incomparable", f"the source bounds it from below ({f_text})"
                meets = f_high < c_high or (
                    f_high == c_high
                    and (not claimed.strict or (found.modifier is Modifier.AT_MOST and found.strict))
                )
                if meets:
                    loose = c_high > 0 and f_high * LOOSE_BOUND < c_high
                    relation = "satisfies_bound_loosely" if loose else "satisfies_bound"
                    return relation, f"{f_text} is at most {plain(c_high)}"
                return "differs", f"{f_text} is above the claimed bound {c_text}"
            if f_low is not None and f_low == c_high:
                return "bound_reversed", f"the source says {f_text}, the claim {c_text}"
            return "incomparable", "the source's figure is bounded from below only"
        case Modifier.RANGE if c_low is not None and c_high is not None:
            if f_low is not None and f_high is not None:
                if f_low != f_high:
                    ends = _points_agree(claimed, found, c_low, f_low) and _points_agree(
                        claimed, found, c_high, f_high
                    )
                    if ends:
                        return "equal", f"both give {f_text}"
                    if c_low <= f_low and f_high <= c_high:
                        return "within_range", f"{f_text} lies inside {c_text}"
                    return "differs", f"the source gives {f_text}, the claim {c_text}"
                if c_low < f_low < c_high:
                    return "within_range", f"{f_text} lies inside {c_text}"
                if f_low in (c_low, c_high):
                    return "range_end", f"{f_text} is one end of {c_text}"
                return "differs", f"{f_text} lies outside {c_text}"
            bound = f_low if f_low is not None else f_high
            if bound in (c_low, c_high):
                return "range_end", f"{f_text} is one end of {c_text}"
            return "incomparable", f"the source gives only a bound ({f_text})"
        case _:
            pass
    claim_value = _value(c_low if c_low is not None else c_high)
    if found.modifier is Modifier.RANGE and f_low is not None and f_high is not None and f_low != f_high:
        if f_low <= claim_value <= f_high:
            return "narrower", f"the source gives the range {f_text}, the claim one figure"
        return "differs", f"{c_text} lies outside the source's {f_text}"
    if found.modifier in (Modifier.AT_LEAST, Modifier.AT_MOST):
        bound = _value(f_low if found.modifier is Modifier.AT_LEAST else f_high)
        if _points_agree(claimed, found, claim_value, bound):
            return "bound_dropped", f"the source says {f_text}, the claim {c_text}"
        beyond = claim_value < bound if found.modifier is Modifier.AT_LEAST else claim_value > bound
        if beyond:
            return "differs", f"{c_text} is outside the source's {f_text}"
        return "incomparable", f"the source gives only a bound ({f_text})"
    found_value = _value(f_low if f_low is not None else f_high)
    agreement = _points_agree(claimed, found, claim_value, found_value)
    if agreement is None:
        return "differs", f"the source gives {f_text}, the claim {c_text}"
    if agreement == "equal":
        return agreement, f"both give {f_text}" if c_text == f_text else f"{c_text} is {f_text}"
    return agreement, f"{f_text} fits {c_text}"


def _compare_reached(claimed: Quantity, found: Quantity) -> tuple[str, str] | None:
    """ "Up to 97%", "as few as 250": the figure was reached, so the source's must be that figure; one that lies inside
    says nothing of it. None where the claim is no such extreme or the figures are the same."""
    if claimed.modifier is Modifier.AT_MOST and _REACHED_MOST.search(claimed.surface):
        extreme, value = _bounds(claimed)[1], _bounds(found)[1]
    elif claimed.modifier is Modifier.AT_LEAST and _REACHED_LEAST.search(claimed.surface):
        extreme, value = _bounds(claimed)[0], _bounds(found)[0]
    else:
        return None
    if extreme is None or value is None:
        return None
    flat = replace(claimed, modifier=Modifier.EXACT)
    if _points_agree(flat, replace(found, modifier=Modifier.EXACT), extreme, value):
        return None
    inside = value < extreme if claimed.modifier is Modifier.AT_MOST else value > extreme
    alike = found.modifier is claimed.modifier or found.modifier is Modifier.EXACT
    if inside and not alike:
        return "incomparable", "the source's figure is bounded the other way"
    return "differs", f"the source gives {found.surface}, the claim {claimed.surface}"


def _same_number(claimed: Quantity, found: Quantity) -> bool:
    claim_value = claimed.low if claimed.low is not None else claimed.high
    found_value = found.low if found.low is not None else found.high
    return claim_value is not None and claim_value == found_value and claimed.base == found.base


def compare(claimed: Quantity, found: Quantity) -> Comparison:
    """How a claimed quantity stands to a found one.

    Relations: equal, rounds_to, within_hedge, satisfies_bound, within_range (agreeing);
    satisfies_bound_loosely (agrees, says little); bound_dropped, narrower (the source bounds or ranges
    what the claim states flatly); bound_reversed; unit_confused (the same number, percent against points
    or relative change against level); aggregate_changed (the same number, average against best case);
    range_end (a point at one end of a claimed range); differs; incomparable.
    """

    def answer(relation: str, detail: str) -> Comparison:
        return Comparison(relation=relation, detail=detail, claimed=claimed.surface, found=found.surface)

    claimed = _without_across(claimed)
    claim_family, found_family = family_of(claimed), family_of(found)
    same_number = _same_number(claimed, found)
    if claim_family != found_family:
        mixed = {claim_family, found_family}
        if mixed == {"share", "points"} and same_number:
            return answer("unit_confused", f"{claimed.surface} against {found.surface}")
        if mixed == {"rank:percentile", "rank:top_percent"}:
            return _compare_ranks(claimed, found)
        if mixed in ({"share", "multiple"}, {"points", "multiple"}) and same_number:
            return answer("unit_confused", f"{claimed.surface} against {found.surface}")
        return answer("incomparable", "not the same kind of number")
    changes = {claimed.relation, found.relation}
    if len(changes) == 2 and changes != {Relation.LEVEL, Relation.MULTIPLE}:
        if same_number and changes == {Relation.CHANGE_RELATIVE, Relation.CHANGE_POINTS}:
            return answer("unit_confused", "relative change against percentage points")
        if same_number:
            return answer("change_unclear", "one is a level, the other a change")
        return answer("incomparable", "one is a level, the other a change")
    relation, detail = _compare_numbers(claimed, found)
    if relation in AGREEING and aggregates_clash(claimed.aggregate, found.aggregate):
        return answer("aggregate_changed", f"the source's figure is {_AGGREGATE_WORDS[found.aggregate]}, "
                      f"the claim calls it {_AGGREGATE_WORDS[claimed.aggregate]}")  # fmt: skip
    return answer(relation, detail)


def _without_across(claimed: Quantity) -> Quantity:
    """ "Over 246 tasks" means across them: over before a number that isn't round is no bound."""
    value = claimed.low
    if (
        claimed.unit.kind is UnitKind.COUNT
        and claimed.modifier is Modifier.AT_LEAST
        and value is not None
        and claimed.surface.lower().startswith("over")
        and value % 5 != 0
    ):
        return replace(claimed, high=value, modifier=Modifier.EXACT, strict=False)
    return claimed


_AGGREGATE_WORDS = {
    Aggregate.NONE: "a single figure",
    Aggregate.AVERAGE: "an average",
    Aggregate.MEDIAN: "a median",
    Aggregate.BEST: "a best case",
    Aggregate.WORST: "a worst case",
    Aggregate.TOTAL: "a total",
}


def aggregates_clash(claimed: Aggregate, found: Aggregate) -> bool:
    """Whether one is told as the other; a claim that names none clashes with none, nor does a total with
    anything ("all of them combined" says of what, not which statistic)."""
    if Aggregate.TOTAL in (claimed, found):
        return False
    if Aggregate.NONE in (claimed, found):
        return claimed in (Aggregate.BEST, Aggregate.WORST) and found is Aggregate.AVERAGE
    return claimed is not found


def _compare_ranks(claimed: Quantity, found: Quantity) -> Comparison:
    """Top x percent is the (100 - x)th percentile."""
    claim_value, found_value = claimed.low or claimed.high, found.low or found.high
    if claim_value is None or found_value is None:
        relation, detail = "incomparable", "no figure to compare"
    elif claim_value + found_value == 100:
        relation, detail = "equal", f"{claimed.surface} is {found.surface}"
    else:
        relation, detail = "differs", f"the source gives {found.surface}, the claim {claimed.surface}"
    return Comparison(relation=relation, detail=detail, claimed=claimed.surface, found=found.surface)


def compare_complement(claimed: Quantity, found: Quantity) -> Comparison | None:
    """Whether claimed and found shares make up a whole (25% and the remaining 75%), within the claim's
    written precision or the hedge of either; None when they don't. That the two classes are exhaustive
    and of one base is for the caller to know."""
    if family_of(claimed) != "share" or family_of(found) != "share":
        return None
    if Relation.LEVEL not in (claimed.relation,) or found.relation is not Relation.LEVEL:
        return None
    c_low, c_high = _bounds(claimed)
    f_low, f_high = _bounds(found)
    if c_low is None or f_low is None or c_low != c_high or f_low != f_high:
        return None
    rest = Decimal(100) - f_low
    step = _step(claimed) or Decimal(1)
    tolerance = max(
        hedge_tolerance(claimed) if claimed.modifier is Modifier.APPROX else Decimal(0),
        hedge_tolerance(found) if found.modifier is Modifier.APPROX else Decimal(0),
    )
    if not (_rounds_to(rest, c_low, step) or abs(rest - c_low) <= tolerance):
        return None
    detail = f"100% - {plain(f_low)}% = {plain(rest)}%"
    return Comparison(relation="complement", detail=detail, claimed=claimed.surface, found=found.surface)
