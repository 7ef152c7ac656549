"""Our own texts, from which pages are made and against which readings are held.

A text is a file of `texts/`: invented figures about invented models, written for this project. Its notation:
a head of `key: value` lines closed by `---`, then one block a line: `## heading`, `- item`, `1. item`,
`> quotation`, `!fig caption`, `!table caption` with `|h` header rows and `|` body rows below it (`^` goes on
with the cell above, `<` with the cell to the left), `note N: ...`, `ref N: ...`, else a paragraph. Inside a
line: `10^{25}`, `CO_{2}`, `[^1]` a note's mark, `[[1]]` a reference's mark, `[words](address)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).with_name("texts")
_INLINE = re.compile(
    r"\^\{(?P<raised>[^{}]+)\}|_\{(?P<lowered>[^{}]+)\}|\[\^(?P<mark>\w+)\]|\[\[(?P<cite>\w+)\]\]"
    r"|\[(?P<label>[^\[\]]+)\]\((?P<target>[^()\s]+)\)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a line. `kind`: text | raised | lowered | mark | cite | link."""

    kind: str
    text: str
    target: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it is set; `down` and `across` are how many rows and columns it fills."""

    line: Line
    header: bool
    down: int = 1
    across: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A block. `kind`: heading | paragraph | item | step | quote | figure | table."""

    kind: str
    line: Line
    level: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    label: str
    line: Line


@dataclass(slots=True, kw_only=True)
class Truth:
    name: str
    title: str
    authors: tuple[str, ...]
    published: str
    running: str
    parts: list[Part] = field(default_factory=list)
    notes: list[Entry] = field(default_factory=list)
    references: list[Entry] = field(default_factory=list)


def load_texts() -> tuple[Truth, ...]:
    return tuple(parse_text(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt")))


def parse_text(name: str, source: str) -> Truth:
    head, _, body = source.partition("\n---\n")
    keys = dict(line.split(": ", 1) for line in head.splitlines())
    truth = Truth(
        name=name,
        title=keys["title"],
        authors=tuple(keys["authors"].split("; ")),
        published=keys["published"],
        running=keys["running"],
    )
    lines = body.splitlines()
    index = 0
    while index < len(lines):
        rows = 0
        if lines[index].startswith("!table "):
            while index + 1 + rows < len(lines) and lines[index + 1 + rows].startswith("|"):
                rows += 1
        _add_part(truth, lines[index], lines[index + 1 : index + 1 + rows])
        index += 1 + rows
    return truth


def _add_part(truth: Truth, line: str, rows: Sequence[str]) -> None:
    entry = re.match(r"(note|ref) (\w+): (.+)$", line)
    heading = re.match(r"(#+) (.+)$", line)
    step = re.match(r"\d+\. (.+)$", line)
    if entry is not None:
        held = truth.notes if entry.group(1) == "note" else truth.references
        held.append(Entry(label=entry.group(2), line=parse_line(entry.group(3))))
    elif heading is not None:
        level = len(heading.group(1))
        truth.parts.append(Part(kind="heading", line=parse_line(heading.group(2)), level=level))
    elif line.startswith("!table "):
        truth.parts.append(Part(kind="table", line=parse_line(line[7:]), rows=_parse_rows(rows)))
    elif line.startswith("!fig "):
        truth.parts.append(Part(kind="figure", line=parse_line(line[5:])))
    elif line.startswith("- "):
        truth.parts.append(Part(kind="item", line=parse_line(line[2:])))
    elif line.startswith("> "):
        truth.parts.append(Part(kind="quote", line=parse_line(line[2:])))
    elif step is not None:
        truth.parts.append(Part(kind="step", line=parse_line(step.group(1))))
    else:
        truth.parts.append(Part(kind="paragraph", line=parse_line(line)))


def parse_line(source: str) -> Line:
    pieces = []
    position = 0
    for match in _INLINE.finditer(source):
        if match.start() > position:
            pieces.append(Piece(kind="text", text=source[position : match.start()]))
        if match["label"] is not None:
            pieces.append(Piece(kind="link", text=match["label"], target=match["target"]))
        else:
            kind = match.lastgroup or "text"
            pieces.append(Piece(kind=kind, text=match[kind]))
        position = match.end()
    if position < len(source):
        pieces.append(Piece(kind="text", text=source[position:]))
    return tuple(pieces)


def _parse_rows(rows: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    headers = [row.startswith("|h") for row in rows]
    grid = [[cell.strip() for cell in row.removeprefix("|h").removeprefix("|").split(" | ")] for row in rows]
    made = []
    for number, row in enumerate(grid):
        cells = []
        for column, shown in enumerate(row):
            if shown in ("^", "<"):
                continue
            down = across = 1
            while number + down < len(grid) and grid[number + down][column] == "^":
                down += 1
            while column + across < len(row) and row[column + across] == "<":
                across += 1
            cells.append(Cell(line=parse_line(shown), header=headers[number], down=down, across=across))
        made.append(tuple(cells))
    return tuple(made)


# --------------------------------------------------------------------------- what a reading should hold


def show_line(line: Line) -> str:
    """The words of a line as a reading shows them: powers with ^, marks left out."""
    shown = {"raised": "^{}", "mark": "", "cite": ""}
    return "".join(shown.get(piece.kind, "{}").format(piece.text) for piece in line).replace("  ", " ")


def show_parts(
    truth: Truth, *, spans: bool = True, below: bool = False, byline: bool = False
) -> Iterator[tuple[str, str]]:
    """(kind, words) of everything that the body of the text says, in order; a table's cells one by one, with
    `spans` written out as often as they fill a place, and its caption `below` it or above; with the authors
    under the title where the page shows them there."""
    yield "title", truth.title
    if byline:
        yield "byline", ", ".join(truth.authors)
    for part in truth.parts:
        if not below or part.kind != "table":
            yield part.kind, show_line(part.line).strip()
        if spans and part.rows:
            head, body = fill_grid(part)
            yield from (("cell", shown) for row in (head, *body) for shown in row)
        else:
            yield from (("cell", show_line(cell.line)) for row in part.rows for cell in row)
        if below and part.kind == "table":
            yield part.kind, show_line(part.line).strip()


def show_cells(part: Part) -> list[tuple[str, str, str]]:
    """(row header, column header, cell) of a table's body, as a person reads it."""
    head, body = fill_grid(part)
    return [(row[0], head[column], row[column]) for row in body for column in range(1, len(head))]


def fill_grid(part: Part) -> tuple[list[str], list[list[str]]]:
    """The columns' headers and the rows of a table with every spanned place filled."""
    width = max(sum(cell.across for cell in row) for row in part.rows[:1])
    grid: list[list[str]] = [[""] * width for _ in part.rows]
    taken = [[False] * width for _ in part.rows]
    heads = 0
    for number, row in enumerate(part.rows):
        heads += row[0].header
        column = 0
        for cell in row:
            while taken[number][column]:
                column += 1
            for low in range(number, number + cell.down):
                for right in range(column, column + cell.across):
                    taken[low][right] = True
                    grid[low][right] = show_line(cell.line)
    columns = [" ".join(dict.fromkeys(grid[row][column] for row in range(heads))) for column in range(width)]
    return columns, grid[heads:]
