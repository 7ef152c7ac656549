"""Tables of a PDF, read from where their cells stand: rows with bars, columns with headers.

A table is a run of lines of one page whose stretches fall into columns that no stretch crosses. Lines of
justified prose with wide gaps don't: their gaps don't stand below each other. Refuses to know ruled lines,
captions and tables that are pictures.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.pdf_lines import HARD, HYPHEN, SOFT, SUP_CLOSE, SUP_OPEN, Cell, Line, as_cells

_FIGURE = re.compile(r"[^\w]{0,3}\d")
_LONGEST = 70  # characters of a cell
_MOST_LINES = 400  # of one table
_CAPTION = re.compile(r"(?:table|tab\.)\s", re.IGNORECASE)
_RAISED = re.compile(f"{SUP_OPEN}[^{SUP_OPEN}{SUP_CLOSE}]*{SUP_CLOSE}")

_SET = (SOFT, "\u2010", "\u00ad")

Column = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class _Row:
    y: float
    cells: dict[int, str]  # by column
    size: float

    def first_letter(self) -> str:
        return next(iter(self.cells.values()), "")[:1]


def read_tables(lines: Sequence[Line]) -> list[Line]:
    """The lines with those of tables replaced by one line a row, in order."""
    out: list[Line] = []
    index = 0
    while index < len(lines):
        end = _find_end(lines, index)
        rows = _read_rows(lines[index:end], _is_captioned(out)) if end - index >= 2 else []
        while not rows and end - index > 3 and len(as_cells(lines[end - 1])) == 1:
            end -= 1  # perhaps the lines below belong to the text again
            rows = _read_rows(lines[index:end], _is_captioned(out))
        if rows:
            out.extend(rows)
            index = end
        else:
            out.append(lines[index])
            index += 1
    return out


def _is_captioned(before: Sequence[Line]) -> bool:
    return any(_CAPTION.match(line.text) for line in before[-3:])


def _find_end(lines: Sequence[Line], start: int) -> int:
    """Behind the last line that may belong to a table that begins here."""
    first = lines[start]
    if first.turned or not _opens(lines, start):
        return start
    end = start + 1
    right = max(line.x1 for line in lines[start : start + 3] if line.page == first.page)
    low = first.y
    while end < len(lines) and end - start < _MOST_LINES:
        line = lines[end]
        step = low - line.y
        if (
            line.page != first.page
            or line.turned
            or step > 2.6 * first.size
            or line.y > first.y + 0.5 * first.size
        ):
            break
        if abs(line.size - first.size) > 0.15 * first.size or line.x0 < first.x0 - 2 * first.size:
            break
        if len(as_cells(line)) == 1 and len(line.text) > _LONGEST:
            break
        low, right = min(low, line.y), max(right, line.x1)
        end += 1
    return end


def _opens(lines: Sequence[Line], start: int) -> bool:
    """Whether a line has stretches, or one that follows stands beside it."""
    first = lines[start]
    if len(first.cells) > 1:
        return True
    return any(
        line.page == first.page
        and abs(line.y - first.y) < 0.35 * first.size
        and line.x0 > first.x1 + 0.5 * first.size
        and len(first.text) <= _LONGEST
        for line in lines[start + 1 : start + 4]
    )


def _read_rows(lines: Sequence[Line], captioned: bool) -> list[Line]:
    """The rows of a table; none where these lines are no table."""
    placed = sorted(
        ((line.y, cell) for line in lines for cell in as_cells(line)), key=lambda one: (-one[0], one[1].x0)
    )
    size = lines[0].size
    grouped: list[tuple[float, list[Cell]]] = []
    for y, cell in placed:
        if grouped and grouped[-1][0] - y < 0.35 * size:
            grouped[-1][1].append(cell)
        else:
            grouped.append((y, [cell]))
    columns = _find_columns([cells for _, cells in grouped])
    if len(columns) < 2:
        return []
    rows = [_Row(y=y, cells=_place(cells, columns), size=size) for y, cells in grouped]
    if any(not row.cells for row in rows) or not _is_table(rows, len(columns), captioned):
        return []
    heads = _count_heads(rows)
    headers = _join_heads(rows[:heads], len(columns))
    body = _join_wrapped(rows[heads:])
    named: tuple[str, ...] = tuple(_RAISED.sub("", header) for header in headers)
    top = [_as_line(lines[0], rows[0].y, headers, ())] if heads else []
    out = list(top)
    label = ""
    for row in body:
        cells = [row.cells.get(column, "") for column in range(len(columns))]
        if len(row.cells) == 1 and cells[0]:
            out.append(_as_line(lines[0], row.y, (cells[0],), ()))
            label = ""
            continue
        label = cells[0] or label
        cells[0] = label  # a label that stands for several rows
        out.append(_as_line(lines[0], row.y, tuple(cells), named))
    return out


def _as_line(first: Line, y: float, cells: tuple[str, ...], headers: tuple[str, ...]) -> Line:
    shown = " | ".join(cells)
    return replace(first, text=shown, y=y, cells=(), row=True, headers=headers)


def _find_columns(rows: list[list[Cell]]) -> list[Column]:
    """The columns of the rows with the most cells: stretches that overlap each other, none that crosses."""
    most = max(len(cells) for cells in rows)
    full = [cells for cells in rows if len(cells) == most]
    if most < 2 or len(full) < 2:
        return []
    columns: list[Column] = []
    for number in range(most):
        low = min(cells[number].x0 for cells in full)
        high = max(cells[number].x1 for cells in full)
        columns.append((low, high))
    apart = all(before[1] < after[0] for before, after in pairwise(columns))
    return columns if apart else []


def _place(cells: Sequence[Cell], columns: list[Column]) -> dict[int, str]:
    """Each cell in the columns that it stands over; empty where one fits in none or two share one."""
    placed: dict[int, str] = {}
    for cell in cells:
        over = [
            number
            for number, (low, high) in enumerate(columns)
            if min(high, cell.x1) - max(low, cell.x0) > 0.3 * min(high - low, cell.x1 - cell.x0)
            or low <= (cell.x0 + cell.x1) / 2 <= high
        ]
        if not over:
            nearest = min(range(len(columns)), key=lambda number: abs(columns[number][0] - cell.x0))
            over = [nearest]
        for number in over:
            if number in placed:
                return {}
            placed[number] = cell.text
    return placed


def _is_table(rows: list[_Row], width: int, captioned: bool) -> bool:
    several = sum(len(row.cells) >= 2 for row in rows)
    if several < (2 if captioned else 3) or several < 0.5 * len(rows):
        return False
    cells = [cell for row in rows for column, cell in row.cells.items() if column > 0]
    if any(len(cell) > _LONGEST for row in rows for cell in row.cells.values()):
        return False
    figures = sum(_FIGURE.match(cell) is not None for cell in cells)
    return captioned or (2 * figures >= len(cells) and width >= 2)


def _has_figures(row: _Row) -> bool:
    others = [cell for column, cell in row.cells.items() if column > 0]
    return bool(others) and 2 * sum(_FIGURE.match(cell) is not None for cell in others) >= len(others)


def _count_heads(rows: list[_Row]) -> int:
    """The rows above the first with figures; one where no row has any; none where the first has."""
    first = next((number for number, row in enumerate(rows) if _has_figures(row)), None)
    if first is None:
        return 1
    return first if first <= 4 else 1


def _join_heads(rows: list[_Row], width: int) -> tuple[str, ...]:
    columns: list[list[str]] = [[] for _ in range(width)]
    for above, row in enumerate(rows):
        for column in range(width):
            shown = row.cells.get(column, "")
            if not shown and above == 0 and row.cells:
                shown = _spanned(row, column, rows[1:])
            if shown and shown not in columns[column]:
                columns[column].append(shown)
    return tuple(functools.reduce(_glue, column, "") for column in columns)


def _glue(above: str, below: str) -> str:
    """Two lines of one cell as one."""
    if above.endswith(_SET):
        return above[:-1] + below
    if above.endswith((HARD, HYPHEN)):
        return above[:-1] + "-" + below
    return f"{above} {below}" if above and not above.endswith("-") else above + below


def _spanned(row: _Row, column: int, below: Sequence[_Row]) -> str:
    """A header that stands over its own column and this one: the one to the left, where both have a header
    below it and that one's is its own."""
    left = max((number for number in row.cells if number < column), default=None)
    if not left or not any(column in one.cells and left in one.cells for one in below):
        return ""
    return row.cells[left]


def _goes_on(above: _Row, row: _Row, usual: float) -> bool:
    """Whether a row holds the second line of cells of the row above: it has fewer cells, none where that has
    none, and stands nearer than rows do, or alone and in small letters."""
    if len(row.cells) >= len(above.cells) or any(column not in above.cells for column in row.cells):
        return False
    step = above.y - row.y
    broken = any(above.cells[column].endswith((*_SET, HYPHEN, HARD)) for column in row.cells)
    nearer = step < 0.93 * usual
    return step < 1.5 * row.size and (
        broken or nearer or (len(row.cells) == 1 and row.first_letter().islower())
    )


def _join_wrapped(rows: list[_Row]) -> list[_Row]:
    """A row that only goes on with cells of the row above it is put there."""
    out: list[_Row] = []
    full = [above.y - row.y for above, row in pairwise(rows) if len(row.cells) == len(above.cells) > 1]
    usual = min(full, default=0.0)
    for row in rows:
        above = out[-1] if out else None
        if above is not None and _goes_on(above, row, usual):
            for column, words in row.cells.items():
                above.cells[column] = _glue(above.cells[column], words)
            above.y = row.y
        else:
            out.append(row)
    return out
