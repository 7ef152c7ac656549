"""Figures that a text leaves open: each with the two readings, of which one was chosen.

Owns the list of doubts. A doubt never changes what is read; it is told to whoever checks the claim.
"""

from __future__ import annotations

import re

from kb.types import Quantity, UnitKind
from kb.unit_names import BARE_POINTS

_THREE_PLACES = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
_TIMES_LESS = re.compile(r"\s(?:less|fewer|lower|smaller|cheaper|slower|shorter)\b", re.IGNORECASE)
_TIMES_MORE = re.compile(r"\s(?:more|higher|greater|larger|faster)\b", re.IGNORECASE)
_OF_WHAT = re.compile(
    r"\b(?:percent|%) (?:improvement|reduction|increase|decrease|drop|gain|rise)\b", re.IGNORECASE
)
_SHARES = re.compile(
    r"\b(?:rate|share|percentage|proportion|accuracy|compliance|probability)\b", re.IGNORECASE
)
_NEAR = 60  # characters behind a change in which a share may be named


def find_doubt(text: str, quantity: Quantity) -> str | None:
    """What a figure's words leave open, None where they settle it. Offsets of the quantity are of `text`."""
    if quantity.unit == BARE_POINTS:
        return "points may be percentage points or points of a score; read as percentage points"
    if quantity.unit.kind is UnitKind.COUNT and quantity.unit.name and _THREE_PLACES.search(quantity.surface):
        return "the point may part thousands or decimals; read as a decimal point"
    after = text[quantity.end : quantity.end + _NEAR]
    if quantity.unit.kind is UnitKind.MULTIPLE and quantity.surface.endswith(("times", "x", "×")):
        if _TIMES_LESS.match(after) is not None:
            return "“times less” has no settled meaning; read as a factor"
        if _TIMES_MORE.match(after) is not None and "as" not in after.split()[:1]:
            return "“times more” may mean as many again; read as times as many"
    if (
        quantity.unit.kind is UnitKind.PERCENT
        and _OF_WHAT.search(f"{quantity.surface}{after[:20]}") is not None
    ):
        named = _SHARES.search(after)
        if named is not None and quantity.relation.value == "change_relative":
            return "a change of a share in percent may be relative or in points; read as relative"
    return None
