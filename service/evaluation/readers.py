"""Readers of quantities that are put beside each other: ours, and quantulum3 as the floor to beat.

Both give the same value, so that one scorer counts both. Refuses to know any labelled set.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kb.errors import InputError
from kb.quantity import NumberReading, read_numbers
from kb.types import Aggregate, Modifier, Quantity, Relation, Unit, UnitKind

PEERS = ("quantulum3",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuantity:
    """One quantity of a text. `start`/`end` cover it with its unit, `number` the numeral alone. `low` and
    `high` are None where unbounded; `base` is the N of "n of N". `name` says more about the unit (see
    kb.types.Unit). `direction` is up, down or None (None too for the level that a change leads to); `change` is
    "from" or "to" at the ends of a change. `vague` is a lower bound that a word like "dozens" makes;
    `hedged` says that a word of approximation stands with it, whatever the modifier is."""

    start: int
    end: int
    number: tuple[int, int]
    low: Decimal | None
    high: Decimal | None
    kind: UnitKind
    name: str | None = None
    modifier: Modifier = Modifier.EXACT
    aggregate: Aggregate = Aggregate.NONE
    base: Decimal | None = None
    direction: str | None = None
    change: str | None = None
    vague: bool = False
    hedged: bool = False

    def as_quantity(self) -> Quantity:
        """The same as our own value, for comparisons that are written for it."""
        return Quantity(
            surface="",
            start=self.start,
            end=self.end,
            low=self.low,
            high=self.high,
            unit=Unit(kind=self.kind, name=self.name),
            modifier=self.modifier,
            aggregate=self.aggregate,
            base=self.base,
        )


Reader = Callable[[str], Sequence[ReadQuantity]]


def load_reader(name: str) -> Reader:
    """The peer of that name. Raises InputError where it isn't known or not installed."""
    if name not in PEERS:
        raise InputError(f"{name!r} is no reader to compare with; known: {', '.join(PEERS)}.", peer=name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that its classifier is absent, which is meant so
        try:
            from quantulum3 import parser
        except ImportError as error:
            raise InputError(
                "quantulum3 isn't installed, so it can't be put beside our reader; install it with"
                ' `pip install "quantulum3==0.10.0"` or leave --peer out.',
                peer=name,
            ) from error
    return lambda text: _read_with(parser, text)


def read_ours(text: str, also: Collection[str] = ()) -> list[ReadQuantity]:
    """Our reader's quantities; `also` names kinds of numbers that are none ("year", "date", see
    NumberReading.why) which a set labels nevertheless: they come as dates without a value."""
    found = []
    for reading in read_numbers(text):
        quantity = reading.quantity
        if quantity is None:
            if reading.why in also:
                found.append(
                    ReadQuantity(
                        start=reading.start,
                        end=reading.end,
                        number=reading.number,
                        low=None,
                        high=None,
                        kind=UnitKind.DATE,
                    )
                )
            continue
        found.append(
            ReadQuantity(
                start=reading.start,
                end=reading.end,
                number=reading.number,
                low=quantity.low,
                high=quantity.high,
                kind=quantity.unit.kind,
                name=quantity.unit.name,
                modifier=quantity.modifier,
                aggregate=quantity.aggregate,
                base=quantity.base,
                direction=None if _is_reached(text, reading) else reading.direction,
                change=reading.change,
                hedged=any(role == "hedge" for role, _ in reading.cues),
                vague=quantity.high is None and all(role != "bound" for role, _ in reading.cues),
            )
        )
    return found


def _is_reached(text: str, reading: NumberReading) -> bool:
    """Whether a level is told that a change led to ("rose 3% to $5"): the change goes up, the level is what it is."""
    quantity = reading.quantity
    if quantity is None or quantity.relation is not Relation.LEVEL:
        return False
    return text[: reading.start].rstrip().lower().endswith((" to", " at"))


def _read_with(parser: Any, text: str) -> list[ReadQuantity]:
    """quantulum3's quantities; a text on which it raises has none, as its user would have none."""
    try:
        quantities = parser.parse(text)
    except Exception:  # noqa: BLE001 - whatever the peer raises, it has read nothing
        return []
    found = []
    for quantity in quantities:
        value = Decimal(str(quantity.value))
        spread = Decimal(str(quantity.uncertainty)) if quantity.uncertainty else Decimal(0)
        kind, name = _unit_of(quantity.unit)
        start, end = quantity.span
        found.append(
            ReadQuantity(
                start=start,
                end=end,
                number=_numeral(text, start, end),
                low=value - spread,
                high=value + spread,
                kind=kind,
                name=name,
                modifier=Modifier.RANGE if spread else Modifier.EXACT,
            )
        )
    return found


def _unit_of(unit: Any) -> tuple[UnitKind, str | None]:
    if unit.name == "percentage":
        return UnitKind.PERCENT, None
    if unit.name == "dimensionless":
        return UnitKind.COUNT, None
    if unit.entity.name == "currency":
        return UnitKind.CURRENCY, unit.currency_code or unit.name
    return UnitKind.OTHER, unit.name


def _numeral(text: str, start: int, end: int) -> tuple[int, int]:
    """From the first to the last digit of the span; all of it where the number is in words."""
    digits = [at for at in range(start, end) if text[at].isdigit()]
    return (digits[0], digits[-1] + 1) if digits else (start, end)
