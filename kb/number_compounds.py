"""Two numbers that are one: "1 hour 17 minutes", "12.3 (±0.4) ms", "between a quarter and a third".

Works on neighbouring atoms; how ranges and "n of N" are made is in kb.number_phrases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kb.number_arithmetic import add, multiply
from kb.number_atoms import Atom
from kb.number_sharing import words_between
from kb.number_tokens import Token
from kb.types import Modifier, Quantity, UnitKind
from kb.unit_names import other_unit, time_unit
from kb.units import match_unit

# How many of the second make one of the first.
_PARTS = {
    ("year", "month"): 12, ("week", "day"): 7, ("day", "hour"): 24, ("hour", "minute"): 60, ("minute", "second"): 60,
    ("foot", "inch"): 12, ("pound-mass", "ounce"): 16,
}  # fmt: skip
_COMPOUND_LINK = re.compile(r"[ \u00a0]?|,? and |, ")
_LARGEST_BASE = 100


def join_tolerance(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """ "46.8% ± 1.6%", "12.3 (±0.4) ms": one figure with its tolerance."""
    words = words_between(tokens, left, right)
    inside = words[:1] == ["("]
    if words[inside:] not in (["±"], ["+", "/", "-"], ["+", "/", "−"]):
        return None
    stop = max(right.stop, right.number_stop)
    if inside:
        if stop >= len(tokens) or tokens[stop].text != ")":
            return None
        stop += 1
        match = match_unit(tokens, stop, glued=False) if stop < len(tokens) else None
        if match is not None and left.unit is None:
            left.unit, stop = match.unit, match.stop
    left.tolerance = right.high
    if left.unit is None or left.noun:
        left.unit, left.noun = right.unit, right.noun
    left.stop = stop
    left.number_stop = right.number_stop
    return left


def join_parts(text: str, found: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """ "1 hour 17 minutes", "2h17m", "4 years and 6 months", "5 feet 10 inches": two numbers, one quantity in
    the smaller unit; the others as they are."""
    joined: list[Quantity] = []
    for quantity in found:
        whole = _join_pair(text, joined[-1], quantity) if joined else None
        if whole is None:
            joined.append(quantity)
        else:
            joined[-1] = whole
    return tuple(joined)


def _join_pair(text: str, left: Quantity, right: Quantity) -> Quantity | None:
    kinds = (UnitKind.DURATION, UnitKind.OTHER)
    if left.unit.kind not in kinds or right.unit.kind not in kinds or right.modifier is not Modifier.EXACT:
        return None
    if left.modifier not in (Modifier.EXACT, Modifier.APPROX) or left.low is None or right.low is None:
        return None
    between = text[left.end : right.start]
    if len(between) > 6 or _COMPOUND_LINK.fullmatch(between) is None:
        return None
    small = right.unit.name or ""
    if small == "metre" and left.unit.name == "hour" and not between and right.surface.endswith("m"):
        small = "minute"  # the m of "2h17m"
    size = _PARTS.get((left.unit.name or "", small))
    if size is None or left.low != left.low.to_integral_value() or not 0 <= right.low < size or left.low < 0:
        return None
    value = add(multiply(left.low, Decimal(size)), right.low)
    return replace(
        left,
        surface=text[left.start : right.end],
        end=right.end,
        low=value,
        high=value,
        decimals=right.decimals,
        unit=time_unit(small) if left.unit.kind is UnitKind.DURATION else other_unit(small),
    )


def join_fractions(left: Atom, right: Atom, words: Sequence[str], before: str) -> Atom | None:
    """ "a quarter to a third", "between a third and half", "one or two in ten": a range of shares over one base."""
    if left.base is None or right.base is None:
        return None
    told = list(words) in (["to"], ["-"], ["–"]) or (before == "between" and list(words) == ["and"])
    if not told:
        return None
    if left.base != right.base:
        base = math.lcm(int(left.base), int(right.base))
        if base > _LARGEST_BASE or left.decimals is not None or right.decimals is not None:
            return None
        for atom in (left, right):
            atom.low = atom.high = multiply(atom.low, Decimal(base // int(atom.base or 1)))
            atom.base = Decimal(base)
    if left.low >= right.high:
        return None
    left.high = right.high
    left.stop, left.number_stop = right.stop, right.number_stop
    left.unit = right.unit
    left.is_range = True
    return left
