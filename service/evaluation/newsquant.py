"""NewsQuant: value, unit and direction of the quantities in sentences of news.

Owns reading its rows and when a reading agrees with one. A quantity right in one respect counts once: found
among the reader's, each used once, those whose unit agrees first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

from kb.types import Issue, Modifier, UnitKind
from service.evaluation.files import faulty_row, read_text
from service.evaluation.protocol import Measure, Progress
from service.evaluation.readers import Reader, ReadQuantity, read_ours
from service.evaluation.scores import Counts, bootstrap, f1_of, precision_of, recall_of

_DIRECTIONS = frozenset(("=", "~", "up", "down", ">", "<"))
_CURRENCIES = {
    "USD": "dollar", "JPY": "yen", "CNY": "yuan", "EUR": "euro", "AUD": "dollar", "ILS": "shekel", "GBP": "sterling",
    "MYR": "ringgit", "HKD": "dollar", "CAD": "dollar", "NZD": "dollar", "SGD": "dollar", "DKK": "krone", "INR": "rupee",
    "ZAR": "rand", "HRK": "kuna", "CHF": "franc", "SEK": "krona", "NOK": "krone", "KRW": "won", "RUB": "rouble",
    "BRL": "real", "MXN": "peso", "TRY": "lira", "THB": "baht", "PLN": "zloty",
}  # fmt: skip
_RANGE = re.compile(r"(-?[0-9.]+)-([0-9.]+)")
_PRECISION = Decimal("1e-6")  # relative: the set's values were written by floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One gold quantity; `unit` as normalised by the set, `written` as in the text."""

    low: Decimal
    high: Decimal
    unit: str
    written: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    number: int  # of the row, from 1
    text: str
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class _Scores:
    value: Counts
    unit: Counts
    direction: Counts
    all: Counts


def find_files(root: Path) -> list[Path]:
    """The set's files: those of its own sentences, not of the sets that lie beside it."""
    return sorted((root / "data" / "formatted_test_set").glob("NewsQuant*.json"))


def read_sentences(path: Path, issues: list[Issue]) -> Iterator[Sentence]:
    """Rows that can be read; a faulty one is an issue (its number stands for the line)."""
    try:
        rows = json.loads(read_text(path, issues))
    except (ValueError, RecursionError) as error:
        issues.append(faulty_row(path, 1, f"not JSON ({error})"))
        return
    if not isinstance(rows, list):
        issues.append(faulty_row(path, 1, "not a list of sentences"))
        return
    for number, row in enumerate(rows, start=1):
        try:
            wanted = tuple(_read_wanted(quantity) for quantity in row["quantities"])
            yield Sentence(number=number, text=str(row["text"]), wanted=wanted)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            issues.append(faulty_row(path, number, f"row {number} is no labelled sentence ({error!r})"))


def _read_wanted(quantity: Mapping[str, Any]) -> Wanted:
    value = re.sub(r"[^0-9.\-]", "", str(quantity["value"]))
    span = _RANGE.fullmatch(value)
    low, high = (Decimal(span[1]), Decimal(span[2])) if span else (Decimal(value), Decimal(value))
    direction = str(quantity["change"])
    if direction not in _DIRECTIONS:
        raise ValueError(f"change {direction!r}")
    return Wanted(
        low=low,
        high=high,
        unit=str(quantity["normalized_unit"]).lower(),
        written=str(quantity["unit"]),
        direction=direction,
    )


# --------------------------------------------------------------------------- agreement


def value_of(quantity: ReadQuantity) -> tuple[Decimal, Decimal] | None:
    """Low and high, the one that is known where the other is open, n of N as a share."""
    low = quantity.low if quantity.low is not None else quantity.high
    if low is None:
        return None
    if quantity.base:
        return low / quantity.base, low / quantity.base
    high = quantity.high if quantity.high is not None else low
    return low, high


def direction_of(quantity: ReadQuantity) -> str:
    """In the set's signs; a bound is told before a change, a change before an approximation. The ends of a change
    are levels to that set, and "dozens" is what it is: "rose about 3% to $5" labels 3% as up, $5 as it is."""
    match quantity.modifier:
        case Modifier.AT_LEAST if not quantity.vague:
            return ">"
        case Modifier.AT_MOST:
            return "<"
    if quantity.direction is not None and quantity.change is None:
        return quantity.direction
    return "~" if quantity.modifier is Modifier.APPROX else "="


def unit_agrees(quantity: ReadQuantity, wanted: Wanted) -> bool:
    """Whether the unit is the one labelled, by kind or by a word of its name."""
    unit = wanted.unit
    name = (quantity.name or "").split("/")[0]
    words = _stems(f"{unit} {wanted.written}")
    match quantity.kind:
        case UnitKind.PERCENT:
            return unit.startswith(("percentage", "%"))
        case UnitKind.PERCENTAGE_POINT:
            return "point" in unit
        case UnitKind.BASIS_POINT:
            return unit == "basis point"
        case UnitKind.MULTIPLE:
            return unit in ("-", "count")
        case UnitKind.CURRENCY:
            return unit == "-" or _CURRENCIES.get(name, name).rpartition(" ")[2] in unit
        case UnitKind.RATIO:
            shares = unit.startswith(("%", "percentage")) or unit in ("-", "count")
            return shares or bool(_stems(name) & words)
        case _:
            if not name:
                return unit in ("-", "count", "age", "point")
            return bool(_stems(name) & words) or unit == "count"


def _stems(text: str) -> set[str]:
    return {re.sub(r"(?<=..)s$", "", word) for word in re.findall(r"[a-z%$°]+", text.lower())}


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= abs(other) * _PRECISION


def match_sentence(
    quantities: Sequence[ReadQuantity], wanted: Sequence[Wanted]
) -> list[tuple[Wanted, ReadQuantity | None]]:
    """Each labelled quantity with the one that reads its value (the second of two that it spans), or None."""
    left = [quantity for quantity in quantities if value_of(quantity) is not None]
    pairs: list[tuple[Wanted, ReadQuantity | None]] = []
    for one in wanted:
        used = _find(left, one)
        pairs.append((one, used[-1] if used else None))
        left = [quantity for quantity in left if all(quantity is not other for other in used)]
    return pairs


def _find(left: Sequence[ReadQuantity], wanted: Wanted) -> list[ReadQuantity]:
    for one, other in pairwise(left):
        # the set writes many a change from A to B as one range
        ends = (value_of(one) or (None,))[0], (value_of(other) or (None,))[0]
        spans = wanted.low != wanted.high and set(ends) == {wanted.low, wanted.high}
        if spans and (one.change, other.change) == ("from", "to"):
            return [one, other]
    equal = [quantity for quantity in left if _value_agrees(quantity, wanted)]
    agreeing = [quantity for quantity in equal if unit_agrees(quantity, wanted)]
    return (agreeing or equal)[:1]


def _value_agrees(quantity: ReadQuantity, wanted: Wanted) -> bool:
    value = value_of(quantity)
    if value is None:
        return False
    vague = wanted.low != wanted.high and quantity.low == wanted.low and quantity.high is None
    return vague or (_same(value[0], wanted.low) and _same(value[1], wanted.high))


# --------------------------------------------------------------------------- scoring

_PARTS: Mapping[str, Callable[[_Scores], Counts]] = {
    "value": attrgetter("value"),
    "value_unit": attrgetter("unit"),
    "value_direction": attrgetter("direction"),
    "value_unit_direction": attrgetter("all"),
}


def score_files(
    name: str, files: Sequence[Path], peer: Reader | None, issues: list[Issue], progress: Progress
) -> tuple[dict[str, Measure], list[dict[str, Any]]]:
    """F1 of values, values with unit, values with direction, and of all three together."""
    sentences = [sentence for path in files for sentence in read_sentences(path, issues)]
    ours: list[_Scores] = []
    theirs: list[_Scores] = []
    cases: list[dict[str, Any]] = []
    for done, sentence in enumerate(sentences):
        progress(name, done, len(sentences))
        quantities = read_ours(sentence.text)
        pairs = match_sentence(quantities, sentence.wanted)
        ours.append(_count(quantities, pairs))
        cases += _find_cases(name, sentence, quantities, pairs)
        if peer is not None:
            given = peer(sentence.text)
            theirs.append(_count(given, match_sentence(given, sentence.wanted)))
    count = sum(len(sentence.wanted) for sentence in sentences)
    measures = {}
    for part, counts_of in _PARTS.items():
        for score, statistic in (("f1", f1_of), ("precision", precision_of), ("recall", recall_of)):
            if score != "f1" and part != "value":
                continue
            counts = [counts_of(one) for one in ours]
            measures[f"{name}.{part}_{score}"] = Measure(
                value=statistic(counts),
                n=count,
                interval=bootstrap(counts, statistic),
                peer=statistic([counts_of(one) for one in theirs]) if theirs else None,
            )
    return measures, cases


def _count(
    quantities: Sequence[ReadQuantity], pairs: Sequence[tuple[Wanted, ReadQuantity | None]]
) -> _Scores:
    hits = [(wanted, read) for wanted, read in pairs if read is not None]
    given = len(quantities) - sum(wanted.low != wanted.high and read.change == "to" for wanted, read in hits)
    units = [unit_agrees(read, wanted) for wanted, read in hits]
    directions = [direction_of(read) == wanted.direction for wanted, read in hits]

    def counts(agreed: Iterable[bool]) -> Counts:
        return Counts(sum(agreed), given, len(pairs))

    return _Scores(
        value=counts(True for _ in hits),
        unit=counts(units),
        direction=counts(directions),
        all=counts(a and b for a, b in zip(units, directions, strict=True)),
    )


def _find_cases(
    name: str,
    sentence: Sentence,
    quantities: Sequence[ReadQuantity],
    pairs: Sequence[tuple[Wanted, ReadQuantity | None]],
) -> Iterator[dict[str, Any]]:
    used = [read for _, read in pairs if read is not None]
    ends = {id(q) for q in quantities if q.change == "from"} if any(r.change == "to" for r in used) else set()

    def case(what: str, wanted: str | None, read: str | None) -> dict[str, Any]:
        return {"set": name, "row": sentence.number, "what": what, "wanted": wanted, "read": read,
                "text": sentence.text}  # fmt: skip

    for wanted, read in pairs:
        value = f"{wanted.low}" if wanted.low == wanted.high else f"{wanted.low} to {wanted.high}"
        if read is None:
            yield case("missed", f"{value} {wanted.written}", None)
            continue
        surface = sentence.text[read.start : read.end]
        if not unit_agrees(read, wanted):
            yield case(
                "unit", f"{value} {wanted.unit}", f"{surface}: {read.kind.value} {read.name or ''}".strip()
            )
        if direction_of(read) != wanted.direction:
            yield case("direction", f"{wanted.direction} {value}", f"{direction_of(read)} {surface}")
    for quantity in quantities:
        if all(quantity is not other for other in used) and id(quantity) not in ends:
            yield case("invented", None, sentence.text[quantity.start : quantity.end])
