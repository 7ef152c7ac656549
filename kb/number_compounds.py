"""Two numbers that are one: "1 hour 17 minutes", "15 dollars 50", "12.3 (±0.4) ms", "4.2153(4) Å", a quarter to a third.

Works on neighbouring atoms; how ranges and "n of N" are made is in kb.number_phrases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from kb.number_arithmetic import add, multiply, shift
from kb.number_atoms import RATIO, Atom
from kb.number_powers import read_power
from kb.number_sharing import words_between
from kb.number_tokens import SYM, WORD, Token
from kb.types import Modifier, Quantity, UnitKind
from kb.unit_names import money_unit, other_unit, time_unit
from kb.units import match_unit

# How many of the second make one of the first.
_PARTS = {
    ("year", "month"): 12, ("week", "day"): 7, ("day", "hour"): 24, ("hour", "minute"): 60, ("minute", "second"): 60,
    ("foot", "inch"): 12, ("pound-mass", "ounce"): 16,
}  # fmt: skip
_COMPOUND_LINKS: tuple[list[str], ...] = ([], ["and"])
_TOLD_IN_PARTS = (UnitKind.DURATION, UnitKind.OTHER)
_LISTED_LINK = re.compile(r", (?:and )?")
_AFTER_INCHES = frozenset("tall long high wide deep thick x by and or off above below away".split())
_CENTS = dict.fromkeys(("USD", "EUR", "AUD", "CAD", "NZD", "HKD", "SGD", "ZAR"), money_unit("cent")) | {
    "GBP": money_unit("penny")
}
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


def take_uncertainty(tokens: Sequence[Token], atom: Atom) -> None:
    """ "4.2153(4) Å": the digits in the brackets are the doubt of the last ones written, not a figure. A whole
    number has them only before a unit ("285(2) K"), for else they may be a note's mark."""
    at = atom.number_stop
    if at + 2 >= len(tokens) or tokens[at].text != "(" or not all(one.glued for one in tokens[at : at + 3]):
        return
    digits = tokens[at + 1].text
    if not (digits.isdigit() and len(digits) <= 3) or tokens[at + 2].text != ")" or atom.decimals is None:
        return
    if atom.exponent or atom.decimals < 0:
        return
    if atom.decimals == 0 and match_unit(tokens, at + 3, glued=False) is None:
        return
    atom.tolerance = shift(Decimal(digits), -atom.decimals)
    atom.stop = atom.number_stop = at + 3
    atom.plain = False


def join_parts(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """ "1 hour 17 minutes", "2h17m", "4 years and 6 months", "12 ft 2 in": one figure in the smaller unit."""
    if left.is_range or right.is_range or left.unit is None or left.after or left.low != left.high:
        return None
    if left.base is not None or right.base is not None or left.tolerance is not None:
        return None
    if words_between(tokens, left, right) not in _COMPOUND_LINKS:
        return None
    unit, stop = right.unit, max(right.stop, right.number_stop)
    if left.unit.name == "foot" and (unit is None or right.noun) and _ends_in_inches(tokens, right):
        unit, stop = other_unit("inch"), right.number_stop + 1
    if unit is None or unit.kind not in _TOLD_IN_PARTS:
        return None
    small = unit.name or ""
    if small == "metre" and left.unit.name == "hour" and tokens[right.first].glued:
        small = "minute"  # the m of "2h17m"
    size = _part_size(left.unit.name, small, left.low, right.low)
    if size is None:
        return None
    left.low = left.high = add(multiply(left.low, size), right.low)
    left.unit = time_unit(small) if left.unit.kind is UnitKind.DURATION else other_unit(small)
    left.decimals, left.noun, left.plain = right.decimals, False, False
    left.number_stop, left.stop, left.after = right.number_stop, stop, right.after
    return left


def _part_size(large: str | None, small: str, whole: Decimal, rest: Decimal) -> Decimal | None:
    """How many of the small unit make one of the large, where the rest is less than one of it."""
    size = _PARTS.get((large or "", small))
    if size is None or whole < 0 or whole != whole.to_integral_value() or not 0 <= rest < size:
        return None
    return Decimal(size)


def join_listed_parts(text: str, found: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """ "24 hours, 39 minutes": parts written as a list make one quantity too; the others as they are. For who
    wants the sum; read_numbers tells the parts."""
    joined: list[Quantity] = []
    for quantity in found:
        whole = _join_listed(text, joined[-1], quantity) if joined else None
        joined[-1:] = [*joined[-1:], quantity] if whole is None else [whole]
    return tuple(joined)


def _join_listed(text: str, left: Quantity, right: Quantity) -> Quantity | None:
    if left.unit.kind not in _TOLD_IN_PARTS or right.unit.kind not in _TOLD_IN_PARTS:
        return None
    if left.modifier not in (Modifier.EXACT, Modifier.APPROX) or right.modifier is not Modifier.EXACT:
        return None
    if left.low is None or right.low is None or _LISTED_LINK.fullmatch(text, left.end, right.start) is None:
        return None
    small = right.unit.name or ""
    size = _part_size(left.unit.name, small, left.low, right.low)
    if size is None:
        return None
    value = add(multiply(left.low, size), right.low)
    return replace(
        left,
        surface=text[left.start : right.end],
        end=right.end,
        low=value,
        high=value,
        decimals=right.decimals,
        unit=time_unit(small) if left.unit.kind is UnitKind.DURATION else other_unit(small),
    )


def _ends_in_inches(tokens: Sequence[Token], atom: Atom) -> bool:
    """Whether the "in" behind a number of feet is inches: nothing follows that it could be the preposition of."""
    at = atom.number_stop
    if at >= len(tokens) or tokens[at].low != "in" or tokens[at].barrier:
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) and not tokens[at + 1].barrier else None
    return after is None or after.kind == SYM or after.low in _AFTER_INCHES


def join_cents(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """ "15 dollars 50", "15 dollars and 50 cents": one sum."""
    if left.unit is None or left.unit.kind is not UnitKind.CURRENCY or left.is_range or right.is_range:
        return None
    if (
        left.decimals not in (0, None)
        or left.exponent
        or left.after
        or not 0 <= right.low < 100
        or left.low < 0
    ):
        return None
    if right.base is not None or right.low != right.low.to_integral_value():
        return None
    words = words_between(tokens, left, right)
    cents = right.unit is not None and right.unit == _CENTS.get(left.unit.name or "")
    two = right.unit is None and right.plain and len(tokens[right.start_number].text) == 2
    named = left.stop > left.number_stop and tokens[left.stop - 1].kind == WORD
    if not (cents and words in _COMPOUND_LINKS) and not (two and named and words == []):
        return None
    left.low = left.high = add(left.low, shift(right.low, -2))
    left.decimals, left.plain = 2, False
    left.number_stop, left.stop, left.after = (
        right.number_stop,
        max(right.stop, right.number_stop),
        right.after,
    )
    return left


def raise_brackets(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "(0.28–0.42)×10⁻¹⁰ m", "3.5–6.1 (×10⁻⁴) wt%": the power behind or in the bracket is the whole range's."""
    kept: list[Atom] = []
    for atom in atoms:
        if kept and atom.first < kept[-1].number_stop:
            continue  # the ten and its exponent
        kept.append(atom)
        stop = max(atom.stop, atom.number_stop)
        wide = atom.is_range or atom.tolerance is not None
        if not (atom.live and wide and atom.unit is None) or stop + 2 >= len(tokens):
            continue
        signs = (tokens[stop].text, tokens[stop + 1].text)
        closing = signs[0] == ")" and atom.first > 0 and tokens[atom.first - 1].text == "("
        if not closing and signs != ("(", "×"):
            continue
        power = read_power(tokens, atom.start_number, stop + 1, Decimal(1))
        if power is None or (not closing and (power[2] >= len(tokens) or tokens[power[2]].text != ")")):
            continue
        end = power[2] if closing else power[2] + 1
        atom.low, atom.high = multiply(atom.low, power[0]), multiply(atom.high, power[0])
        atom.decimals = None if atom.decimals is None else atom.decimals + power[1]
        atom.first -= closing
        atom.stop = atom.number_stop = end
        match = match_unit(tokens, end, glued=tokens[end].glued) if end < len(tokens) else None
        if match is not None:
            atom.unit, atom.stop = match.unit, match.stop
    atoms[:] = kept


def reject_positions(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "(1/2, 1/2, 1/2)": three or more bare numbers in brackets, one a fraction, are a point in space."""
    group: list[Atom] = []
    for atom in atoms:
        if group and words_between(tokens, group[-1], atom) != [","]:
            group = []
        if not _may_place(atom):
            group = []
            continue
        if not group and (atom.first == 0 or tokens[atom.first - 1].text not in ("(", "[")):
            continue
        group.append(atom)
        closed = atom.number_stop < len(tokens) and tokens[atom.number_stop].text in (")", "]")
        if closed and len(group) > 2 and any(one.base is not None for one in group):
            for one in group:
                one.why, one.stop = "position", one.number_stop


def _may_place(atom: Atom) -> bool:
    return atom.live and (atom.unit is None or atom.unit == RATIO) and atom.form in ("digits", "fraction")


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
