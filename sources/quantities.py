"""Reads the figures of a finding, strictly; owns what a well-formed figure of the registry is.

A figure is a mapping with these keys, every value in quotes so that no YAML reader turns 47.30 into 47.3:

    value | low, high   one number, or the two ends; digits with at most one point, an exponent for
                        scaled numbers ("13e9"): the written places are the precision that is claimed
    unit                percent, percentage_point, basis_point, count, ratio, multiple, currency,
                        duration, flop, rank, score, date, other
    base                the N of "n of N"; with unit ratio, and only there
    name                the counted noun (count), ISO 4217 code (currency), time word (duration),
                        scale (score), percentile | top_percent | place (rank), the word (other)
    modifier            exact (default), approx, at_least, at_most, range
    strict              true for "more than" and "less than" in place of "at least" and "at most"
    aggregate           none (default), average, median, best, worst, total
    relation            level (default), change_relative, change_points, multiple
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from kb.types import Aggregate, Modifier, Quantity, Relation, Unit, UnitKind
from sources.strict_yaml import Faults, Fields, Node, Scalar

_KEYS = ("value", "low", "high", "unit", "base", "name", "modifier", "strict", "aggregate", "relation")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,24})(?:\.[0-9]{1,12})?(?:e[0-9]{1,2})?\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_TIME_WORDS = frozenset(
    {"millisecond", "second", "minute", "hour", "day", "week", "month", "year", "decade", "century"}
)
_RANK_NAMES = frozenset({"percentile", "top_percent", "place"})
_NAMELESS = frozenset(
    {
        UnitKind.PERCENT,
        UnitKind.PERCENTAGE_POINT,
        UnitKind.BASIS_POINT,
        UnitKind.RATIO,
        UnitKind.MULTIPLE,
        UnitKind.FLOP,
    }
)
_BOUNDS = (Modifier.AT_LEAST, Modifier.AT_MOST)

E = TypeVar("E", bound=StrEnum)


def read_quantity(node: Node, place: str, faults: Faults) -> Quantity | None:
    """One figure, or None after its faults were added."""
    if not isinstance(node, Fields):
        faults.add(node.line, place, "a figure must be a mapping with value (or low and high) and unit")
        return None
    before = faults.count
    for key, (line, _) in node.fields.items():
        if key not in _KEYS:
            faults.add(line, f"{place}.{key}", f"unknown key; a figure knows {', '.join(_KEYS)}")
    value = _read_number(node, "value", place, faults)
    low = _read_number(node, "low", place, faults)
    high = _read_number(node, "high", place, faults)
    base = _read_number(node, "base", place, faults)
    kind = read_enum(node, "unit", UnitKind, place, faults)
    modifier = read_enum(node, "modifier", Modifier, place, faults, default=Modifier.EXACT)
    aggregate = read_enum(node, "aggregate", Aggregate, place, faults, default=Aggregate.NONE)
    relation = read_enum(node, "relation", Relation, place, faults, default=Relation.LEVEL)
    name = _read_text(node, "name", place, faults)
    strict = _read_flag(node, "strict", place, faults)
    if faults.count > before or kind is None or modifier is None:
        return None
    _check_numbers(node, place, faults, modifier)
    _check_unit(node, place, faults, kind=kind, name=name, has_base=base is not None)
    if strict and modifier not in _BOUNDS:
        faults.add(node.fields["strict"][0], f"{place}.strict", "only at_least and at_most can be strict")
    if base is not None and base <= 0:
        faults.add(node.fields["base"][0], f"{place}.base", f"found {base}, wanted more than 0")
    if faults.count > before or aggregate is None or relation is None:
        return None
    ends = (value, value) if value is not None else (low, high)
    if value is not None and modifier in _BOUNDS:
        ends = (value, None) if modifier is Modifier.AT_LEAST else (None, value)
    unit = Unit(kind=kind, name=name)
    written = [number for number in (value, low, high) if number is not None]
    surface = write_surface(ends[0], ends[1], unit, modifier, base=base, strict=strict, relation=relation)
    return Quantity(
        surface=surface,
        start=0,
        end=len(surface),
        low=ends[0],
        high=ends[1],
        unit=unit,
        modifier=modifier,
        aggregate=aggregate,
        relation=relation,
        base=base,
        decimals=max(_count_decimals(number) for number in written),
        strict=strict,
    )


def read_enum(
    node: Fields, key: str, kinds: type[E], place: str, faults: Faults, *, default: E | None = None
) -> E | None:
    """The member that the key names as written (YAML's `no` is the word "no"); a missing key is the
    default, or a fault where there is none."""
    if key not in node.fields:
        if default is None:
            faults.add(node.line, f"{place}.{key}", f"missing; wanted one of {', '.join(kinds)}")
        return default
    line, child = node.fields[key]
    if isinstance(child, Scalar) and child.value in {member.value for member in kinds}:
        return kinds(child.value)
    found = f"{child.value[:60]!r}" if isinstance(child, Scalar) else "a list or a mapping"
    faults.add(line, f"{place}.{key}", f"found {found}, wanted one of {', '.join(kinds)}")
    return None


def write_surface(
    low: Decimal | None,
    high: Decimal | None,
    unit: Unit,
    modifier: Modifier,
    *,
    base: Decimal | None = None,
    strict: bool = False,
    relation: Relation = Relation.LEVEL,
) -> str:
    """A figure as a reader would write it: "47.3%", "79 of 100", "at least 16%", "around 250 documents"."""
    if low is not None and high is not None and low != high:
        return f"{_write_number(low, unit, relation)} to {_write_number(high, unit, relation)}"
    number = low if low is not None else high
    if number is None:
        return ""
    body = _write_number(number, unit, relation)
    if base is not None:
        body = f"{number:,f} of {base:,f}"
    if modifier is Modifier.APPROX:
        return f"about {body}"
    if low is None:
        return f"{'less than' if strict else 'at most'} {body}"
    if high is None:
        return f"{'more than' if strict else 'at least'} {body}"
    return body


def _write_number(number: Decimal, unit: Unit, relation: Relation) -> str:
    plain = f"{number:,f}"
    sign = "+" if relation is not Relation.LEVEL and number > 0 and unit.kind is UnitKind.PERCENT else ""
    plural = "" if number == 1 else "s"
    match unit.kind:
        case UnitKind.PERCENT:
            return f"{sign}{plain}%"
        case UnitKind.PERCENTAGE_POINT:
            return f"{plain} percentage point{plural}"
        case UnitKind.BASIS_POINT:
            return f"{plain} basis point{plural}"
        case UnitKind.MULTIPLE:
            return f"{plain} times"
        case UnitKind.CURRENCY:
            return f"{unit.name} {plain}"
        case UnitKind.DURATION:
            return f"{plain} {unit.name}{plural}"
        case UnitKind.FLOP:
            return f"{number} FLOP"
        case UnitKind.RANK if unit.name == "percentile":
            return f"{_write_ordinal(number)} percentile"
        case UnitKind.RANK if unit.name == "top_percent":
            return f"top {plain}%"
        case UnitKind.RANK:
            return f"{_write_ordinal(number)} place"
        case UnitKind.COUNT | UnitKind.OTHER:
            return f"{plain} {unit.name}" if unit.name else plain
        case _:
            return plain


def _write_ordinal(number: Decimal) -> str:
    plain = f"{number:f}"
    if not plain.isdigit() or plain[-2:] in ("11", "12", "13"):
        return f"{plain}th"
    return plain + {"1": "st", "2": "nd", "3": "rd"}.get(plain[-1], "th")


def _count_decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _read_number(node: Fields, key: str, place: str, faults: Faults) -> Decimal | None:
    if key not in node.fields:
        return None
    line, child = node.fields[key]
    if not isinstance(child, Scalar):
        faults.add(line, f"{place}.{key}", 'found a list or a mapping, wanted a number in quotes ("47.3")')
    elif child.kind != "text":
        faults.add(line, f"{place}.{key}", f'found {child.value[:60]} without quotes, wanted "{child.value}"')
    elif not _NUMBER.match(child.value):
        wanted = 'digits with at most one point and an exponent ("47.3", "13e9")'
        faults.add(line, f"{place}.{key}", f"found {child.value[:60]!r}, wanted {wanted}")
    else:
        return Decimal(child.value)
    return None


def _read_text(node: Fields, key: str, place: str, faults: Faults) -> str | None:
    if key not in node.fields:
        return None
    line, child = node.fields[key]
    if isinstance(child, Scalar) and child.kind == "text" and child.value.strip() and len(child.value) <= 80:
        return child.value.strip()
    faults.add(line, f"{place}.{key}", "wanted a short text")
    return None


def _read_flag(node: Fields, key: str, place: str, faults: Faults) -> bool:
    if key not in node.fields:
        return False
    line, child = node.fields[key]
    if isinstance(child, Scalar) and child.kind == "bool" and child.value in ("true", "false"):
        return child.value == "true"
    faults.add(line, f"{place}.{key}", "wanted true or false")
    return False


def _check_numbers(node: Fields, place: str, faults: Faults, modifier: Modifier) -> None:
    has = {key: key in node.fields for key in ("value", "low", "high")}
    if has["value"] == (has["low"] or has["high"]):
        found = "both" if has["value"] else "neither"
        faults.add(node.line, place, f"wanted either value or low and high, found {found}")
        return
    if has["value"]:
        if modifier is Modifier.RANGE:
            faults.add(node.line, place, "a range wants low and high in place of value")
        return
    if modifier in _BOUNDS:
        faults.add(node.line, place, f"{modifier} wants value in place of low and high")
    elif not (has["low"] and has["high"]):
        faults.add(node.line, place, "low and high go together; a bound is value with at_least or at_most")
    elif modifier is Modifier.EXACT:
        faults.add(node.line, place, "low and high want modifier: range (or approx)")
    else:
        low, high = node.fields["low"][1], node.fields["high"][1]
        if isinstance(low, Scalar) and isinstance(high, Scalar) and Decimal(low.value) >= Decimal(high.value):
            faults.add(node.line, place, f"low {low.value} is not under high {high.value}")


def _check_unit(
    node: Fields, place: str, faults: Faults, *, kind: UnitKind, name: str | None, has_base: bool
) -> None:
    line = node.fields["unit"][0]
    if has_base != (kind is UnitKind.RATIO):
        faults.add(
            line, f"{place}.unit", "unit ratio and key base go together: 79 of 100 is value 79, base 100"
        )
    wanted = None
    if kind in _NAMELESS and name is not None:
        wanted = f"unit {kind} takes no name"
    elif kind is UnitKind.CURRENCY and not (name and _CURRENCY.match(name)):
        wanted = "currency wants an ISO 4217 code as name (USD)"
    elif kind is UnitKind.DURATION and (name or "").partition("/")[0] not in _TIME_WORDS:
        wanted = f"duration wants one of {', '.join(sorted(_TIME_WORDS))} as name"
    elif kind is UnitKind.RANK and name not in _RANK_NAMES:
        wanted = f"rank wants one of {', '.join(sorted(_RANK_NAMES))} as name"
    elif kind is UnitKind.OTHER and name is None:
        wanted = "unit other wants the unit's word as name"
    if wanted:
        faults.add(line, f"{place}.name", f"found {name!r}: {wanted}")
