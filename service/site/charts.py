"""Pictures of figures as plain values: marks on one axis, and bars of shares, each with its table.

Owns the geometry: positions are percentages of the picture's width, so that words keep their size on every
screen, and the same values give the same bytes. No float: every figure is a Decimal until it is printed.
Refuses to know HTML (the template draws) and what a picture is of (service.site.pictures).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

ROW_HEIGHT = 88  # pixels: the row's name, a value above the line, the line, a value below it
LOW_ROW_HEIGHT = 68  # pixels: without values below the line
BAR_HEIGHT = 56  # pixels: the row's name and its bar
_LEFT, _WIDTH = Decimal(6), Decimal(88)  # percent of the picture's width that the axis takes
_NEAR = Decimal(11)  # percent of the width within which two values below the line would run together
_MAX_DIGITS = 15  # beyond these a scale has no meaning for a reader
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value on an axis. `role` is found | claimed | former; None for `low` or `high` is an open end.
    `spread` is the interval that the source states around it."""

    role: str
    low: Decimal | None
    high: Decimal | None
    words: str
    spread: tuple[Decimal, Decimal] | None = None

    def bounds(self) -> tuple[Decimal, ...]:
        ends = (self.low, self.high, *(self.spread or ()))
        return tuple(end for end in ends if end is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisRow:
    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMark:
    """`x` is where the symbol stands, `line` from where to where its range or interval reaches."""

    role: str
    x: str
    line: tuple[str, str] | None
    words: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow:
    name: str
    top: int
    marks: tuple[DrawnMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a bar: `key` chooses the colour; `count` is printed in it where there is room."""

    key: str
    x: str
    width: str
    middle: str
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBar:
    name: str
    top: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`title` says the finding, `description` tells in words what is drawn. `header` and `rows` are its
    table; `csv` is the name of the file that holds it, beside the page."""

    id: str
    title: str
    description: str
    height: int
    ticks: tuple[tuple[str, str], ...] = ()
    drawn: tuple[DrawnRow, ...] = ()
    bars: tuple[DrawnBar, ...] = ()
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    csv: str = ""

    @property
    def roles(self) -> tuple[str, ...]:
        present = {mark.role for row in self.drawn for mark in row.marks}
        return tuple(role for role in ("found", "former", "claimed") if role in present)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of its bars' stretches, each once, in the order of the bars."""
        return tuple(dict.fromkeys(part.key for bar in self.bars for part in bar.stretches))

    @property
    def has_spread(self) -> bool:
        return any(mark.line for row in self.drawn for mark in row.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]

    def place(self, value: Decimal) -> Decimal:
        """Percent of the picture's width."""
        inside = min(max(value, self.low), self.high)
        return _LEFT + _WIDTH * (inside - self.low) / (self.high - self.low)


def make_axis(values: Sequence[Decimal], *, percent: bool) -> Axis | None:
    """An axis from 0 (or below) past the largest value in round steps; None where the values span too much
    to be told apart on one line."""
    if not values or any(not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS for value in values):
        return None
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    if percent and low >= 0 and Decimal(20) <= high <= 100:
        low, high = Decimal(0), Decimal(100)
    if low == high:
        return None
    step = _round_step((high - low) / 4)
    first = (low / step).to_integral_value(ROUND_FLOOR) * step
    last = (high / step).to_integral_value(ROUND_CEILING) * step
    count = int((last - first) / step)
    return Axis(low=first, high=last, ticks=tuple(first + step * i for i in range(count + 1)))


def _round_step(wanted: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `wanted`."""
    power = Decimal(10) ** wanted.adjusted()
    return next(step * power for step in map(Decimal, ("1", "2", "2.5", "5", "10")) if step * power >= wanted)


def draw_axis(
    name: str,
    *,
    title: str,
    description: str,
    unit: str,
    rows: Sequence[AxisRow],
    header: Sequence[str],
    table: Sequence[Sequence[str]],
) -> Picture | None:
    """Rows of marks on one axis; None where they don't fit on one. `unit` is written after each tick."""
    values = [end for row in rows for mark in row.marks for end in mark.bounds()]
    axis = make_axis(values, percent=unit == "%")
    if axis is None:
        return None
    low = all(mark.role == "found" for row in rows for mark in row.marks)
    row_height = LOW_ROW_HEIGHT if low else ROW_HEIGHT
    drawn = tuple(
        DrawnRow(name=row.name, top=i * row_height, marks=_draw_marks(row.marks, axis))
        for i, row in enumerate(rows)
    )
    return Picture(
        id=name,
        title=title,
        description=description,
        height=len(rows) * row_height + 26,
        ticks=tuple((_percent(axis.place(tick)), f"{_plain(tick)}{unit}") for tick in axis.ticks),
        drawn=drawn,
        header=tuple(header),
        rows=tuple(tuple(row) for row in table),
    )


def _draw_marks(marks: Sequence[Mark], axis: Axis) -> tuple[DrawnMark, ...]:
    drawn: list[DrawnMark] = []
    taken: list[Decimal] = []  # where a value is written below the line
    for mark in sorted(marks, key=lambda one: (one.role != "found", one.low or one.high or 0, one.words)):
        value = mark.low if mark.low is not None else mark.high
        if value is None:
            continue
        if mark.spread is not None:
            ends: tuple[Decimal, Decimal] | None = mark.spread
        elif mark.low != mark.high:
            ends = (
                mark.low if mark.low is not None else axis.low,
                mark.high if mark.high is not None else axis.high,
            )
        else:
            ends = None
        x = axis.place(value)
        words = mark.words
        if mark.role != "found":
            if any(abs(x - other) < _NEAR for other in taken):
                words = ""
            else:
                taken.append(x)
        drawn.append(
            DrawnMark(
                role=mark.role,
                x=_percent(x),
                line=(_percent(axis.place(ends[0])), _percent(axis.place(ends[1]))) if ends else None,
                words=words,
                anchor="start" if x < 18 else "end" if x > 82 else "middle",
            )
        )
    return tuple(drawn)


def draw_bars(
    name: str,
    *,
    title: str,
    description: str,
    bars: Sequence[tuple[str, Sequence[tuple[str, int]]]],
    header: Sequence[str],
    table: Sequence[Sequence[str]],
) -> Picture:
    """Each bar is (name, ((key, count), ...)) drawn over the whole width as shares. One bar has no name."""
    named = len(bars) > 1
    height = BAR_HEIGHT if named else 30
    return Picture(
        id=name,
        title=title,
        description=description,
        height=len(bars) * height + (4 if named else 0),
        bars=tuple(
            DrawnBar(
                name=bar if named else "", top=i * height + (22 if named else 2), stretches=_share(parts)
            )
            for i, (bar, parts) in enumerate(bars)
        ),
        header=tuple(header),
        rows=tuple(tuple(row) for row in table),
    )


def _share(parts: Sequence[tuple[str, int]]) -> tuple[Stretch, ...]:
    total = sum(count for _, count in parts)
    stretches, before = [], 0
    for key, count in parts:
        if count:
            left = Decimal(100) * before / total
            width = Decimal(100) * count / total
            stretches.append(
                Stretch(
                    key=key,
                    x=_percent(left),
                    width=_percent(width),
                    middle=_percent(left + width / 2),
                    count=str(count) if width >= 7 else "",
                )
            )
            before += count
    return tuple(stretches)


def write_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The table as CSV (RFC 4180). A cell that a spreadsheet would run as a formula gets an apostrophe;
    one that is a plain number stays one."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_guard(cell) for cell in row])
    return written.getvalue().encode("utf-8", "replace")


def _guard(cell: str) -> str:
    text = " ".join(cell.split())
    is_number = text[:1] in "+-" and text[1:].replace(".", "", 1).isdecimal()
    return "'" + text if text.startswith(_FORMULA_STARTS) and not is_number else text


def _percent(value: Decimal) -> str:
    return f"{_plain(value.quantize(Decimal('0.01'), ROUND_HALF_EVEN))}%"


def _plain(value: Decimal) -> str:
    """Without an exponent or idle zeros; thousands are parted."""
    text = f"{value.normalize():,f}"
    return "0" if text in ("-0", "0") else text
