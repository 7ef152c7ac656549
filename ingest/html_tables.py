"""The tables of a page as grids: every cell with its column's header, spans written out.

Works on the page's own tree before the main text is cut out of it, because that step drops empty cells and
spans, and with them the columns; a token in the first cell leads back to the grid. A cell that spans rows
or columns stands in each of them. Refuses to know how a grid is shown and tables that only place things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.html_notes import Tokens

TABLE_TOKEN = re.compile("\ue003(\\d+)\ue003")
_MOST_CELLS = 20_000  # of one grid, spans written out: what has more is left as it stands
_LONGEST = 1_500  # characters of a cell: what is longer places a part of the page
_SPAN = re.compile(r"\s*(\d{1,5})")
_BLOCKS = ("p", "div", "br", "li", "dd", "dt")
_FIGURE = re.compile(r"[^\w]{0,3}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a cell; `target` is None for what is no link."""

    text: str
    target: str | None = None


Cell = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`headers` are the columns' (empty where the table has none), `rows` the others. A row with a single
    cell stands for the whole width: a sub-heading inside the table."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(slots=True)
class _Row:
    cells: list[Cell] = field(default_factory=list)
    heads: list[bool] = field(default_factory=list)
    single: bool = False  # one cell over the whole width
    bold: bool = False


def take_tables(tree: Any, tokens: Tokens) -> tuple[Grid, ...]:
    """The grids of a page's tables; puts a token with a grid's number into the first cell of each."""
    grids: list[Grid] = []
    for table in list(tree.iter("table")):
        grid = _read_table(table, tokens)
        if next(table.iterancestors("table"), None) is None:
            for cell in table.iter("td", "th"):  # what reads the tree next would write out spans without end
                cell.attrib.pop("rowspan", None)
                cell.attrib.pop("colspan", None)
        if grid is None:
            continue
        first = next(table.iter("td", "th"))
        first.text = f"\ue003{len(grids)}\ue003{first.text or ''}"
        grids.append(grid)
    return tuple(grids)


def _show(cell: Cell, tokens: Tokens) -> str:
    """A cell's words, without the marks of notes."""
    return tokens.show("".join(piece.text for piece in cell), marks=False)


def _read_table(table: Any, tokens: Tokens) -> Grid | None:
    if next(table.iterancestors("table"), None) is not None or table.find(".//table") is not None:
        return None
    listed = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    listed = [row for row in listed if row]
    if max((len(row) for row in listed), default=0) <= 1 or _places_parts(listed):
        return None
    rows = _write_spans(listed, tokens)
    if rows is None:
        return None
    count = _count_heads(rows, listed, tokens)
    headers, body = rows[:count], rows[count:]
    titles = [row.cells[:1] for row in headers if row.single]
    named = [row for row in headers if not row.single]
    return Grid(
        headers=_join_headers(named, tokens),
        rows=(
            *(tuple(title) for title in titles),
            *(tuple(row.cells[:1] if row.single else row.cells) for row in body),
        ),
    )


def _places_parts(rows: list[list[Any]]) -> bool:
    return any(
        cell.find(".//h2") is not None
        or cell.find(".//h3") is not None
        or cell.find(".//ul") is not None
        or len(str(cell.text_content())) > _LONGEST
        for row in rows
        for cell in row
    )


def _write_spans(listed: list[list[Any]], tokens: Tokens) -> list[_Row] | None:
    """The rows with every spanned place filled; None where that would be too many cells."""
    rows: list[_Row] = []
    open_spans: dict[int, tuple[int, Cell, bool]] = {}  # column: rows still to fill, cell, whether a header
    count = 0
    for number, elements in enumerate(listed):
        row = _Row(bold=all(_is_bold(element) for element in elements))
        left = len(listed) - number
        for element in elements:
            _fill(row, open_spans)
            across, down = _span(element, "colspan"), min(_span(element, "rowspan", whole=left), left)
            count += across * down
            if count > _MOST_CELLS:
                return None
            cell, head = _read_cell(element), element.tag == "th"
            for place in range(across):
                copied = cell if place == 0 else _copy(cell, tokens)
                if down > 1:
                    open_spans[len(row.cells)] = (down - 1, _copy(cell, tokens), head)
                row.cells.append(copied)
                row.heads.append(head)
        row.single = len(elements) == 1 and len(row.cells) > 1
        _fill(row, open_spans)
        rows.append(row)
    width = max(len(row.cells) for row in rows)
    for row in rows:
        row.single = row.single and len(row.cells) == width
    return [row for row in rows if any(_show(cell, tokens) for cell in row.cells)]


def _fill(row: _Row, open_spans: dict[int, tuple[int, Cell, bool]]) -> None:
    """Put the cells that come down from above at the next places."""
    while len(row.cells) in open_spans:
        column = len(row.cells)
        left, cell, head = open_spans.pop(column)
        if left > 1:
            open_spans[column] = (left - 1, cell, head)
        row.cells.append(cell)
        row.heads.append(head)


def _span(element: Any, name: str, whole: int = 1) -> int:
    match = _SPAN.match(element.get(name) or "")
    number = int(match.group(1)) if match is not None else 1
    return min(number, 1_000) or whole


def _copy(cell: Cell, tokens: Tokens) -> Cell:
    """A cell as it stands in the further places that it spans: its words, not its links and marks."""
    return (Piece(text=_show(cell, tokens)),)


def _read_cell(element: Any) -> Cell:
    return tuple(_pieces(element))


def _pieces(element: Any) -> Iterator[Piece]:
    if element.text:
        yield Piece(text=str(element.text))
    for child in element:
        if child.tag == "a" and child.get("href"):
            yield Piece(text=str(child.text_content()), target=str(child.get("href")))
        elif isinstance(child.tag, str):
            if child.tag in _BLOCKS:
                yield Piece(text=" ")
            yield from _pieces(child)
        if child.tail:
            yield Piece(text=str(child.tail))


def _is_bold(element: Any) -> bool:
    """Whether a cell is a header, empty, or holds nothing but bold words."""
    words = str(element.text_content()).strip()
    if element.tag == "th" or not words:
        return True
    bold = "".join(str(part.text_content()) for part in element.xpath(".//b | .//strong")).strip()
    return bold == words


def _count_heads(rows: list[_Row], listed: list[list[Any]], tokens: Tokens) -> int:
    """How many rows at the top are headers: those of <thead>, those of <th> alone, else a first row that is
    bold, or that has no figure where the rows below it have some."""
    count = 0
    while count < len(rows) - 1 and (all(rows[count].heads) or _is_in_head(listed, count)):
        count += 1
    if count or len(rows) < 2:
        return count
    first, others = rows[0], rows[1:]
    if first.single:
        return 0
    if first.bold and not all(row.bold for row in others):
        return next(number for number, row in enumerate(rows) if not row.bold)
    top = [_show(cell, tokens) for cell in first.cells[1:]]
    below = [_show(cell, tokens) for row in others for cell in row.cells[1:]]
    named = all(words and _FIGURE.match(words) is None for words in top)
    figures = sum(_FIGURE.match(words) is not None for words in below)
    return int(named and figures >= len(others) and not any(map(any, (row.heads[1:] for row in others))))


def _is_in_head(listed: list[list[Any]], number: int) -> bool:
    return number < len(listed) and next(listed[number][0].iterancestors("thead", "table")).tag == "thead"


def _join_headers(rows: list[_Row], tokens: Tokens) -> tuple[str, ...]:
    if not rows:
        return ()
    width = max(len(row.cells) for row in rows)
    columns = []
    for column in range(width):
        shown = [_show(row.cells[column], tokens) for row in rows if column < len(row.cells)]
        columns.append(" ".join(dict.fromkeys(words for words in shown if words)))
    return tuple(columns)
