"""How a claim's numbers may stand in a source: digits with and without separators, words, common fractions, the
rest to 100% of a share. Only proposes where to look; kb.compare decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kb.compare import plain
from kb.types import Quantity, UnitKind

_WORDS_FOR = {
    1: "one|once|single", 2: "two|twice|double|doubled|both|pair", 3: "three|triple", 4: "four", 5: "five", 6: "six",
    7: "seven", 8: "eight", 9: "nine", 10: "ten|tenfold", 11: "eleven", 12: "twelve|dozen", 13: "thirteen",
    14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty",
    30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety",
    100: "hundred",
}  # fmt: skip
_SHARE_WORDS = {
    "25": "quarter|one in four|1 in 4", "75": "three[- ]quarters|quarter", "50": "half|one in two", "20": "fifth|one in five",
    "33": "third", "33.3": "third", "67": "two[- ]thirds", "66.7": "two[- ]thirds", "10": "tenth|one in ten|90th", "0": "never|none",
    "100": "all|always|every", "40": "two[- ]fifths", "60": "three[- ]fifths", "80": "four[- ]fifths|four in five",
}  # fmt: skip


def number_pattern(quantities: Iterable[Quantity]) -> re.Pattern[str] | None:
    """A pattern that finds the claim's numbers as they may be written in a source: digits with and
    without separators, words, common fractions, and the rest to 100% of a share."""
    options: list[str] = []
    for quantity in quantities:
        share = quantity.unit.kind in (UnitKind.PERCENT, UnitKind.RANK)
        values = {value for value in (quantity.low, quantity.high) if value is not None}
        if quantity.base:
            values |= {value * 100 / quantity.base for value in list(values)}
            share = True
        for value in sorted(values):
            if value != value.to_integral_value():
                value = round(value, 3)
            text = plain(value)
            options.append(rf"(?<![\d.,]){re.escape(text)}(?![\d]|[.,]\d)")
            if value >= 1000 and value == value.to_integral_value():
                options.append(re.escape(f"{int(value):,}"))
            if value == value.to_integral_value() and int(value) in _WORDS_FOR:
                options.append(rf"\b(?:{_WORDS_FOR[int(value)]})\b")
            if share and text in _SHARE_WORDS:
                options.append(rf"\b(?:{_SHARE_WORDS[text]})")
            if share and Decimal(0) < value < Decimal(100):
                options.append(rf"(?<![\d.,]){re.escape(plain(100 - value))}(?=\s?%|\s?per|th)")
    return re.compile("|".join(dict.fromkeys(options)), re.IGNORECASE) if options else None
