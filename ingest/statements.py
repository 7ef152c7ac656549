"""The sentences, list items and table cells of a document that may state something, with what surrounds them.

Owns leaving out what states nothing (front matter, code, references, tables of contents), the headings
above, the lead-in of a list, a table's headers and row label. Refuses to know claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import join_lines, split_sentences
from ingest.visible import View, see_text, skip_markers
from kb.types import Block, BlockKind, Document, NoteMark

_LONGEST = 3000  # visible characters of a sentence: longer ones aren't prose
_SKIPPED = frozenset({BlockKind.METADATA, BlockKind.CODE, BlockKind.FOOTNOTE})
_REFERENCES = re.compile(
    r"^(?:\d+\.?\s+)?(?:(?:key |primary |selected |cited |all )?(?:sources?|references?|citations?|bibliography|works cited|further reading"
    r"|footnotes|endnotes|notes|external links|key links|see also|related (?:pages|posts|resources|reading|articles|work).*"
    r"|additional resources|table of contents|contents|learn more|read more|links))$",
    re.IGNORECASE,
)
_CODE_LIKE = re.compile(
    r"-->|-\.->|=>|^\s*[\w\"']+:\s*[\"\[{]|^\s*[\])}]+[,;]?$|^\s*(?:import|export|const|let|var|def|class)\s+\w+.*[={(;:]$"
    r"|^\s*style \w+ fill:|^\s*(?:flowchart|graph|sequenceDiagram|pie|gantt)\b|^\s*<[A-Z]\w*|^\s*\w+=\{|\}\s*/?>$|^\\(?:begin|end)\b|\\\\$|^\$\$"
)
_FURNITURE = re.compile(
    r"\b(?:reading time|min(?:ute)?s? read)\b|^(?:share|tweet|subscribe|follow|tags?|categor(?:y|ies)|posted|published|updated|by)\b[^.]{0,60}$"
    r"|^(?:image|photo|picture) (?:source|credit)",
    re.IGNORECASE,
)
_CELL = re.compile(r"(?<!\\)\|")
_RULE_ROW = re.compile(r"[\s|:=-]*$")
_WORDY = re.compile(r"[^\W\d_]{2,}")
_REFERENCE_ENTRY = re.compile(
    r"^(?:\*\*)?[A-Z][\w’'-]+(?:,? (?:[A-Z]\.|et al\.?|&|and|[A-Z][\w’'-]+),?)* \((?:19|20)\d\d[\w /]*\)[.:]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch whose sentences follow one another: a paragraph, a list item, a table cell."""

    number: int
    view: View
    start: int  # document offsets, behind a list or quotation marker
    end: int
    block: Block
    section: int  # counts headings: the same for all under one heading
    headings: tuple[str, ...]  # from the outermost to the nearest
    lead: str  # the sentence that introduces the list or table, or the item's own label
    row: str = ""  # the row's label cell
    column: str = ""  # the column's header
    cells: tuple[str, ...] = ()  # the visible text of all cells of the row
    whole: tuple[int, int] | None = None  # document offsets of a table row: the claim's sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence (or table cell): `view` is its visible text, `at` its offset in the run's view,
    `start`/`end` the document offsets of the sentence (of the row, for a cell)."""

    run: Run
    view: View
    at: int
    start: int
    end: int
    number: int  # position among the run's statements

    @property
    def text(self) -> str:
        return self.view.text

    @property
    def is_cell(self) -> bool:
        return self.run.whole is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """All statements in document order, and how many sentences were too long to be read."""

    found: tuple[Statement, ...]
    too_long: int = 0


def find_statements(document: Document, marks: Sequence[NoteMark] = ()) -> Statements:
    """The statements of a document. `marks` are hidden from the views, so that "32.8%.33" reads 32.8%."""
    hidden = [(mark.start, mark.end) for mark in marks]
    found: list[Statement] = []
    too_long = 0
    for run in _find_runs(document, hidden):
        if run.whole is not None:
            if 0 < len(run.view.text) <= _LONGEST:
                found.append(
                    Statement(run=run, view=run.view, at=0, start=run.whole[0], end=run.whole[1], number=0)
                )
            continue
        for ordinal, (low, high) in enumerate(split_sentences(run.view.text)):
            if high - low > _LONGEST:
                too_long += 1
                continue
            start, end = _edges(document.text, run, low, high)
            view = run.view.cut(low, high)
            found.append(Statement(run=run, view=view, at=low, start=start, end=end, number=ordinal))
    return Statements(found=tuple(found), too_long=too_long)


def _edges(text: str, run: Run, low: int, high: int) -> tuple[int, int]:
    """The document offsets of a sentence with the marks that belong to it: the bracket of a link that opens
    it, the emphasis around it, the note mark behind it."""
    offsets = run.view.offsets
    start = offsets[low - 1] + 1 if low > 0 else run.start
    end = offsets[high] if high < len(offsets) else run.end
    return _trim(text, start, end)


def _blocks_of(document: Document) -> Sequence[Block]:
    if document.blocks:
        return document.blocks
    return [Block(kind=BlockKind.PARAGRAPH, start=start, end=end) for start, end in join_lines(document.text)]


def _find_runs(document: Document, hidden: Sequence[tuple[int, int]]) -> Iterator[Run]:
    text = document.text
    path: list[tuple[int, str]] = []
    section = number = 0
    lead = ""
    previous = ""  # the last line of prose: it introduces what follows where it ends with a colon
    blocks = _blocks_of(document)
    for position, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            title = see_text(text, block.start, block.end, hidden).text
            level = block.level or 2
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, title))
            section += 1
            lead = previous = ""
        if block.kind in _SKIPPED or any(_REFERENCES.match(title.strip(" :#")) for _, title in path):
            continue
        headings = tuple(title for _, title in path)
        if block.kind is BlockKind.TABLE_ROW:
            following = blocks[position + 1] if position + 1 < len(blocks) else block
            if not block.headers and following.kind is BlockKind.TABLE_ROW and following.headers:
                continue  # the header row
            for run in _read_row(text, block, hidden, (number, section, headings, previous)):
                yield run
                number += 1
            continue
        inside_list = block.kind in (BlockKind.LIST_ITEM, BlockKind.QUOTE, BlockKind.CAPTION)
        for start, end in join_lines(text, block.start, block.end):
            view = see_text(text, start, end, hidden)
            if not _WORDY.search(view.text) or _CODE_LIKE.search(view.text[:400]) is not None:
                continue
            if _FURNITURE.search(view.text[:200]) is not None:
                continue
            if block.kind is BlockKind.LIST_ITEM and _REFERENCE_ENTRY.match(view.text) is not None:
                continue
            if _is_contents_line(view):
                continue
            if not inside_list:
                lead = ""
            yield Run(
                number=number,
                view=view,
                start=skip_markers(text, start, end),
                end=end,
                block=block,
                section=section,
                headings=headings,
                lead=lead or (previous if inside_list and previous.endswith(":") else ""),
            )
            number += 1
            if not inside_list:
                previous = _last_sentence(view.text)
                lead = previous if previous.endswith(":") else ""


def _is_contents_line(view: View) -> bool:
    """A line that is one link text and no sentence: a table of contents, a menu."""
    if len(view.linked) != 1 or len(view.text) > 120:
        return False
    low, high = view.linked[0]
    return low == 0 and high >= len(view.text) - 1 and not view.text.rstrip().endswith((".", "!"))


def _last_sentence(text: str) -> str:
    sentences = split_sentences(text[-600:])
    if not sentences:
        return ""
    low, high = sentences[-1]
    return text[-600:][low:high]


def _read_row(
    text: str, block: Block, hidden: Sequence[tuple[int, int]], frame: tuple[int, int, tuple[str, ...], str]
) -> Iterator[Run]:
    number, section, headings, lead = frame
    if _RULE_ROW.fullmatch(text, block.start, block.end) is not None:
        return
    views = [see_text(text, low, high, hidden) for low, high in split_cells(text, block.start, block.end)]
    cells = tuple(view.text for view in views)
    headers = tuple(header.strip(" *_") for header in block.headers)
    if headers and [cell.lower() for cell in cells] == [header.lower() for header in headers]:
        return
    label = next((cell for cell in cells if _WORDY.search(cell)), "")
    if cells and (not label or any(letter.isalpha() for letter in cells[0])):
        label = cells[0]  # "A", "n": short, but where a row's name stands
    for position, view in enumerate(views):
        if not view.text:
            continue
        yield Run(
            number=number + position,
            view=view,
            start=block.start,
            end=block.end,
            block=block,
            section=section,
            headings=headings,
            lead=lead if lead.endswith(":") else "",
            row="" if position == 0 else label,
            column=headers[position] if position < len(headers) else "",
            cells=cells,
            whole=_trim(text, block.start, block.end),
        )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def split_cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges between a row's bars (markdown) or tabs (other readers)."""
    bars = [match.start() for match in _CELL.finditer(text, start, end)]
    if bars:
        lows = [start, *(bar + 1 for bar in bars)]
        ranges = list(zip(lows, [*bars, end], strict=True))
        if not text[ranges[0][0] : ranges[0][1]].strip():
            ranges = ranges[1:]
        if ranges and not text[ranges[-1][0] : ranges[-1][1]].strip():
            ranges = ranges[:-1]
        return ranges
    ranges = []
    low = start
    while low <= end:
        tab = text.find("\t", low, end)
        high = end if tab < 0 else tab
        ranges.append((low, high))
        low = high + 1
    return ranges
