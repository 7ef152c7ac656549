"""Whether the figures of a finding stand in the text that it was read in, by our own reader of quantities.

A finding that says `verified: text` must be found there: the same number of the same kind (a share, a count,
a length of time), bounds and ranges by their ends. Knows no file and no store; the text is given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.compare import family_of, plain, scale_of
from kb.quantity import find_quantities
from kb.types import Quantity, SourceFinding, Verified

_STRETCH = 20_000  # characters read at once, so that one long text doesn't make one long reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFigures:
    """The figures of one text: their ends by family, and the text for what is only written in signs."""

    ends: frozenset[tuple[str, Decimal]]
    text: str


def read_figures(text: str) -> ReadFigures:
    ends: set[tuple[str, Decimal]] = set()
    for stretch in _cut(text):
        for quantity in find_quantities(stretch):
            ends.update(_ends_of(quantity))
    return ReadFigures(ends=frozenset(ends), text=re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))


def find_unheld(finding: SourceFinding, figures: ReadFigures) -> tuple[Quantity, ...]:
    """The finding's figures that the text doesn't hold; () for a finding that wasn't read in the text."""
    if finding.verified is not Verified.TEXT:
        return ()
    return tuple(quantity for quantity in finding.quantities if not holds(figures, quantity))


def holds(figures: ReadFigures, quantity: Quantity) -> bool:
    """Whether each end of the figure is an end of one in the text."""
    if quantity.base is not None and quantity.low is not None:
        pair = rf"(?<![\d.]){_digits(quantity.low)}\s*(?:/|of|out of)\s*(?:the\s+)?{_digits(quantity.base)}(?![\d.]*\d)"
        if re.search(pair, figures.text):
            return True
    wanted = _ends_of(quantity)
    return bool(wanted) and all(_stands(end, figures) for end in wanted)


def _stands(end: tuple[str, Decimal], figures: ReadFigures) -> bool:
    """The very number, or its complement's sign ("down 5%" is -5 in one place and 5 in another)."""
    family, number = end
    return end in figures.ends or (family, -number) in figures.ends


def _ends_of(quantity: Quantity) -> Sequence[tuple[str, Decimal]]:
    family, scale = family_of(quantity), scale_of(quantity)
    return [(family, (end * scale).normalize()) for end in (quantity.low, quantity.high) if end is not None]


def _digits(number: Decimal) -> str:
    return re.escape(plain(number))


def _cut(text: str) -> list[str]:
    """Stretches that end at line ends, where no figure is."""
    stretches: list[str] = []
    start = 0
    while start < len(text):
        end = min(len(text), start + _STRETCH)
        line_end = text.rfind("\n", start, end) if end < len(text) else -1
        stop = line_end + 1 if line_end > start else end
        stretches.append(text[start:stop])
        start = stop
    return stretches
