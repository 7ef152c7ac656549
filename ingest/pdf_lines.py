"""The lines of a PDF as they stand on its pages, without running heads and page numbers.

Owns what one visual line is: stretches at one height put together, raised marks in their line. Refuses to
know paragraphs and tables, and to open the file itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

SUP_OPEN, SUP_CLOSE = "\ue000", "\ue001"
HARD = "\x04"  # a hyphen at the end of a line that is known to be a word's own
HYPHEN = "\x02"  # a hyphen at the end of a line that may be a word's own
SOFT = "\x03"  # one that was only set to break the word
_SET_HYPHENS = ("\u2010", "\u00ad")
_GAP = 0.7  # of the line's height: from here two stretches stand apart
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-–—(\[]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—)\]]?(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A stretch of a line that stands apart; x in points from the page's left edge."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`text` holds raised stretches between SUP_OPEN and SUP_CLOSE and ends in HYPHEN or SOFT where a word is
    broken. x, y, size and height (of the page) in points, y from the bottom. `cells` are its stretches where it
    has more than one. `row` is set for a row of a table that was read as one: its text then has bars, its
    columns have `headers`."""

    text: str
    page: int
    x0: float
    x1: float
    y: float
    size: float
    turned: bool = False
    height: float = 0.0
    cells: tuple[Cell, ...] = ()
    row: bool = False
    headers: tuple[str, ...] = ()


def read_lines(answer: dict[str, Any]) -> list[Line]:
    """The lines of all pages, stretches of one visual line put together again."""
    lines: list[Line] = []
    for number, page in enumerate(answer["pages"], start=1):
        for found in page["lines"]:
            line = _read_line(found, number, float(page["height"]))
            last = lines[-1] if lines else None
            if last is not None and _is_same_line(last, line):
                lines[-1] = _join_stretches(last, line)
            elif last is not None and _is_raised(last, line):
                lines[-1] = _add_raised(last, line)
            elif last is not None and _is_raised_before(last, line):
                lines[-1] = replace(
                    line, text=f"{SUP_OPEN}{last.text}{SUP_CLOSE} {line.text}", x0=last.x0, cells=()
                )
            else:
                lines.append(line)
    return _tell_hyphens(lines)


def _read_line(found: dict[str, Any], page: int, height: float) -> Line:
    parts = str(found["t"]).split("\t")
    edges = found.get("c") or []
    cells: tuple[Cell, ...] = ()
    if len(parts) > 1 and len(edges) == len(parts):
        cells = tuple(
            Cell(text=part.strip(), x0=float(low), x1=float(high))
            for part, (low, high) in zip(parts, edges, strict=True)
            if part.strip()
        )
    return Line(
        text=" ".join(" ".join(parts).split()),
        page=page,
        x0=float(found["x0"]),
        x1=float(found["x1"]),
        y=float(found["y"]),
        size=float(found["s"]),
        turned=bool(found["r"]),
        height=height,
        cells=cells,
    )


def _is_same_line(last: Line, line: Line) -> bool:
    if last.page != line.page or last.turned or line.turned or last.text.endswith(HYPHEN):
        return False
    gap = line.x0 - last.x1
    return (
        abs(last.y - line.y) < 0.35 * min(last.size, line.size) and -0.5 * line.size < gap < 1.5 * line.size
    )


def _join_stretches(last: Line, line: Line) -> Line:
    gap = line.x0 - last.x1
    glue = "" if gap < 0.12 * line.size or line.text[0] in ",.;:)]’”" else " "
    size = max(last, line, key=lambda part: len(part.text)).size
    before, after = as_cells(last), as_cells(line)
    cells: tuple[Cell, ...] = ()
    if gap > _GAP * size:
        cells = (*before, *after)
    elif last.cells or line.cells:
        middle = Cell(text=before[-1].text + glue + after[0].text, x0=before[-1].x0, x1=after[0].x1)
        cells = (*before[:-1], middle, *after[1:])
    return replace(last, text=last.text + glue + line.text, x1=max(last.x1, line.x1), size=size, cells=cells)


def as_cells(line: Line) -> tuple[Cell, ...]:
    """The stretches of a line; the line itself where it has but one."""
    return line.cells or (Cell(text=line.text, x0=line.x0, x1=line.x1),)


def _is_raised(last: Line, line: Line) -> bool:
    """Whether this is the mark of a note that stands right behind a line, a little higher and smaller."""
    if last.page != line.page or last.turned or line.turned or len(line.text) > 8 or SUP_OPEN in line.text:
        return False
    higher = line.y - last.y
    return (
        line.size < 0.82 * last.size
        and 0.1 * last.size < higher < 0.7 * last.size
        and -0.2 * last.size < line.x0 - last.x1 < 0.3 * last.size
    )


def _add_raised(last: Line, line: Line) -> Line:
    raised = f"{SUP_OPEN}{line.text}{SUP_CLOSE}"
    cells = last.cells
    if cells:
        cells = (*cells[:-1], replace(cells[-1], text=cells[-1].text + raised, x1=line.x1))
    return replace(last, text=last.text + raised, x1=line.x1, cells=cells)


def _is_raised_before(last: Line, line: Line) -> bool:
    """Whether the line before this one is the number of the note that this line opens."""
    if last.page != line.page or last.turned or line.turned or len(last.text) > 3:
        return False
    higher = last.y - line.y
    return (
        last.size < 0.82 * line.size
        and 0.1 * line.size < higher < 0.7 * line.size
        and -0.2 * line.size < line.x0 - last.x1 < 0.6 * line.size
    )


def _tell_hyphens(lines: list[Line]) -> list[Line]:
    """Where a text breaks its words with a hyphen of its own kind, a plain one at a line's end is a word's
    own ("slow-down"); else that can't be told here."""
    told = any(line.text.endswith(_SET_HYPHENS) and line.text[-2:-1].islower() for line in lines)
    out = []
    for line in lines:
        shown = line.text
        if shown.endswith(_SET_HYPHENS) and len(shown) > 1:
            shown = shown[:-1] + SOFT
        elif told and shown.endswith(HYPHEN):
            shown = shown[:-1] + HARD
        shown = shown.replace("\u00ad", "")
        if shown:
            out.append(line if shown == line.text else replace(line, text=shown))
    return out


# --------------------------------------------------------------------------- running heads


def drop_running_heads(lines: list[Line]) -> list[Line]:
    """The lines without page numbers and without what stands at the head or foot of many pages, or at the
    same place of the few that there are."""
    pages = len({line.page for line in lines})
    edge = [line for line in lines if _is_at_edge(line)]
    seen = Counter(key for key, _ in {(_edge_key(line), line.page) for line in edge})
    placed = Counter(place for place, _ in {(_edge_place(line), line.page) for line in edge})
    dropped = set()
    for line in edge:
        key = _edge_key(line)
        often = seen[key] >= 3 and seen[key] >= 0.3 * pages
        few = pages <= 4 and placed[_edge_place(line)] >= 2
        if _PAGE_NUMBER.match(line.text) or ((often or few) and len(line.text) < 150):
            dropped.add(id(line))
    return [line for line in lines if id(line) not in dropped]


def _is_at_edge(line: Line) -> bool:
    return line.height > 0 and (line.y < 0.09 * line.height or line.y > 0.9 * line.height)


def _edge_key(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _edge_place(line: Line) -> tuple[str, int]:
    return _edge_key(line), round(line.y / 2)
