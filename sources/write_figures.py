"""Writes the figures of a finding as sources.quantities reads them; knows no other part of a file."""

from __future__ import annotations

import json
from decimal import Decimal

from kb.types import Modifier, Quantity
from sources.fields import MAX_TEXT
from sources.quantities import read_quantity
from sources.strict_yaml import Faults, read_nodes


def write_quantity(quantity: Quantity) -> str:
    """A figure as the flow mapping of sources.quantities."""
    pairs: dict[str, str] = {}
    low, high = quantity.low, quantity.high
    modifier = quantity.modifier
    if low is not None and high is not None and low != high:
        pairs |= {"low": _number(low), "high": _number(high)}
        modifier = Modifier.RANGE if modifier is Modifier.EXACT else modifier
    else:
        number = low if low is not None else high
        if number is None:
            raise ValueError(f"the figure {quantity.surface!r} has no number")
        pairs["value"] = _number(number)
        if (low is None) != (high is None):
            modifier = Modifier.AT_LEAST if high is None else Modifier.AT_MOST
    pairs["unit"] = quantity.unit.kind.value
    if quantity.base is not None:
        pairs["base"] = _number(quantity.base)
    if quantity.unit.name is not None:
        pairs["name"] = quote_text(quantity.unit.name)
    if modifier is not Modifier.EXACT:
        pairs["modifier"] = modifier.value
    if quantity.strict and modifier in (Modifier.AT_LEAST, Modifier.AT_MOST):
        pairs["strict"] = "true"
    if quantity.aggregate.value != "none":
        pairs["aggregate"] = quantity.aggregate.value
    if quantity.relation.value != "level":
        pairs["relation"] = quantity.relation.value
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


def _number(number: Decimal) -> str:
    """As the registry writes it: digits, one point, an exponent for scaled numbers; the places stay."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        digits = "".join(map(str, number.as_tuple().digits)).lstrip("0") or "0"
        return f'"{"-" if number.is_signed() else ""}{digits}e{exponent}"'
    return f'"{number:f}"'


def is_writable(quantity: Quantity) -> bool:
    """Whether the registry has a way to write this figure: what its reader refuses (a count of what isn't
    named, a duration without a time word) can't stand in a file."""
    faults = Faults(path="")
    try:
        node = read_nodes(write_quantity(quantity).encode(), faults)
    except ValueError:
        return False
    return node is not None and read_quantity(node, "", faults) is not None


def quote_text(text: str) -> str:
    """A double-quoted scalar on one line; JSON's escapes are YAML's."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return json.dumps(" ".join(clean.split())[:MAX_TEXT], ensure_ascii=False)
