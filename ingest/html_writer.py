"""Writes a tree of HTML, or of trafilatura's own elements, into a TextBuilder: blocks, links, marks.

Owns which element opens which block. Refuses to know which part of a page is its main text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.builder import TextBuilder
from ingest.html_notes import CAPTION_TOKEN, PRIVATE, TOKEN, Tokens
from ingest.html_tables import TABLE_TOKEN, Grid, Piece
from ingest.reading import is_web_address, resolve_target
from kb.types import BlockKind

_LEVELS = {f"h{number}": number for number in range(1, 7)}


class PageWriter:
    """Walks a tree of HTML or of trafilatura's own elements (head, list, item, row, cell, hi, ref, lb)."""

    def __init__(
        self, builder: TextBuilder, base: str | None, tokens: Tokens, grids: Sequence[Grid] = ()
    ) -> None:
        self.builder = builder
        self.base = base
        self.tokens = tokens
        self.grids = grids
        builder.known = tokens.known

    def write_children(self, element: Any) -> None:
        self._write_text(element.text)
        for child in element:
            self._write_element(child)
            self._write_text(child.tail)

    def _write_element(self, element: Any) -> None:
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag == "head" or tag in _LEVELS:
            rend = (element.get("rend") or "h2").lower()
            self._write_block(element, BlockKind.HEADING, level=_LEVELS.get(tag, _LEVELS.get(rend, 2)))
        elif tag in ("p", "dd", "dt", "address", "center"):
            self._write_block(element, BlockKind.PARAGRAPH)
        elif tag in ("item", "li"):
            self._write_item(element)
        elif tag in ("quote", "blockquote"):
            self._write_quote(element)
        elif tag == "table":
            self._write_table(element)
        elif tag in ("code", "pre"):
            self._write_code(element)
        elif tag in ("ref", "a"):
            self._write_link(element)
        elif tag in ("lb", "br"):
            self.builder.break_line()
        elif tag in ("graphic", "img", "title"):
            return
        elif tag in ("hi", "b", "i", "em", "strong", "span", "u", "sub", "small", "mark", "abbr", "cite", "q", "del",
                     "time", "font", "sup", "kbd", "var", "samp", "ins", "s", "big", "tt", "label", "bdi", "wbr"):  # fmt: skip
            self.write_children(element)
        else:
            self.builder.end()
            self.write_children(element)
            self.builder.end()

    def _write_block(self, element: Any, kind: BlockKind, level: int = 0) -> None:
        first = (element.text or "").lstrip()
        if kind is BlockKind.PARAGRAPH and first.startswith(CAPTION_TOKEN):
            kind = BlockKind.CAPTION
        self.builder.begin(kind, level=level)
        self.write_children(element)
        self.builder.end()

    def _write_item(self, element: Any) -> None:
        level = sum(1 for parent in element.iterancestors() if parent.tag in ("list", "ul", "ol"))
        self.builder.begin(BlockKind.LIST_ITEM, level=max(0, level - 1))
        self._write_text(element.text)
        for child in element:
            if child.tag in ("p", "div") and child.getprevious() is None and not (element.text or "").strip():
                self.write_children(child)  # a list item whose text is wrapped in a paragraph
            else:
                self._write_element(child)
            self._write_text(child.tail)
        self.builder.end()

    def _write_quote(self, element: Any) -> None:
        blocks = [child for child in element if child.tag in ("p", "div", "list", "ul", "ol", "head")]
        if not blocks:
            self._write_block(element, BlockKind.QUOTE)
            return
        self.builder.begin(BlockKind.QUOTE)
        self._write_text(element.text)
        for child in element:
            if child.tag in ("p", "div"):
                self.builder.begin(BlockKind.QUOTE)
                self.write_children(child)
                self.builder.end()
            else:
                self._write_element(child)
            self._write_text(child.tail)
        self.builder.end()

    def _write_code(self, element: Any) -> None:
        text = TOKEN.sub("", PRIVATE.sub("", "".join(map(str, element.itertext()))))
        if "\n" not in text.strip() and element.tag == "code" and not self._stands_alone(element):
            self.builder.write(text)
            return
        self.builder.begin(BlockKind.CODE)
        self.builder.write_lines(text.strip())
        self.builder.end()

    def _stands_alone(self, element: Any) -> bool:
        parent = element.getparent()
        return parent is not None and parent.tag in ("body", "main", "div", "pre")

    def _write_link(self, element: Any) -> None:
        target = element.get("target") or element.get("href") or ""
        absolute = resolve_target(self.base, target) if target and not target.startswith("#") else ""
        if is_web_address(absolute):
            self.builder.open_link(absolute)
            self.write_children(element)
            self.builder.close_link()
        else:
            self.write_children(element)

    def _write_table(self, table: Any) -> None:
        token = TABLE_TOKEN.search("".join(map(str, table.itertext())))
        if token is not None and int(token.group(1)) < len(self.grids):
            self._write_grid(self.grids[int(token.group(1))])
        else:
            self._write_ungridded(table)

    def _write_grid(self, grid: Grid) -> None:
        if grid.headers:
            self.builder.begin(BlockKind.TABLE_ROW)
            self.builder.write(" | ".join(grid.headers))
            self.builder.end()
        for row in grid.rows:
            self.builder.begin(BlockKind.TABLE_ROW, headers=grid.headers if len(row) > 1 else ())
            for number, cell in enumerate(row):
                if number:
                    self.builder.write(" | ")
                for piece in cell:
                    self._write_piece(piece)
            self.builder.end()

    def _write_piece(self, piece: Piece) -> None:
        target = "" if piece.target is None else resolve_target(self.base, piece.target)
        if is_web_address(target):
            self.builder.open_link(target)
            self._write_text(piece.text)
            self.builder.close_link()
        else:
            self._write_text(piece.text)

    def _write_ungridded(self, table: Any) -> None:
        """A table that only places parts of a page, or one too large to be a grid."""
        rows = [row for row in table.iter("row", "tr") if _table_of(row) is table]
        cells = [[cell for cell in row if cell.tag in ("cell", "td", "th")] for row in rows]
        if max((len(row) for row in cells), default=0) <= 1 or any(_is_layout(row) for row in cells):
            for row in cells:
                for cell in row:
                    self.builder.end()
                    self.write_children(cell)
                    self.builder.end()
            return
        for row in cells:
            self._write_row(row)

    def _write_row(self, row: list[Any]) -> None:
        self.builder.begin(BlockKind.TABLE_ROW)
        for number, cell in enumerate(row):
            if number:
                self.builder.write(" | ")
            for node in _inline(cell):
                if isinstance(node, str):
                    self._write_text(node)
                else:
                    self._write_link(node)
        self.builder.end()

    def _write_text(self, text: str | None) -> None:
        if text:
            self.tokens.write(self.builder, TABLE_TOKEN.sub("", text))


def _table_of(row: Any) -> Any:
    return next((parent for parent in row.iterancestors() if parent.tag == "table"), None)


def _is_layout(row: list[Any]) -> bool:
    """Whether a table only places parts of a page: a cell with headings, lists, tables or long text."""
    return any(
        cell.find(".//table") is not None
        or cell.find(".//list") is not None
        or cell.find(".//head") is not None
        or len(str("".join(map(str, cell.itertext())))) > 1_500
        for cell in row
    )


def _inline(cell: Any) -> Iterator[Any]:
    """The text of a cell with its links, all other elements left out, parts parted by a space."""
    if cell.text:
        yield cell.text
    for child in cell:
        if child.tag in ("ref", "a"):
            yield child
        elif isinstance(child.tag, str):
            if child.tag in ("p", "lb", "br", "div", "item", "li"):
                yield " "
            yield from _inline(child)
        if child.tail:
            yield child.tail
