"""Builds a document's text with its blocks, links and note marks, for readers whose format has no plain text.

Owns white space, and what a raised character means: a note mark is written "[3]", so that it never joins
a figure, an exponent "^25", so that 10 to the 25th never reads 1025. Refuses to know formats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kb.types import Block, BlockKind, Link, NoteMark

_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_MARK_LABEL = re.compile(r"[\[(]?(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*|[a-z]|[ivx]{1,5})[\])]?[,.]?$")
_SYMBOLS = frozenset("*∗†‡§¶#+‖$")
_EXPONENT = re.compile(r"[+\-−–]\s?\d{1,4}$|[−-]?\d{1,4}$|[−-]?[a-zA-Z](?:[+\-−]\d)?$")
_UNITS = frozenset(
    {"m", "km", "cm", "mm", "nm", "μm", "µm", "s", "ms", "ft", "in", "mi", "yd", "kg", "j", "w", "hz"}
)
_BASE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*|[^\W\d_]+)$")


def is_exponent(before: str, raised: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a raised `raised` behind the text `before` is an exponent (10 to the 25th, km squared) and no
    note mark. Years and long numbers carry notes; 10, 2, single digits and single letters carry exponents,
    and decimals (0.8 to the 20th) where the labels of the text's notes are `known` and this is none of them."""
    if _EXPONENT.fullmatch(raised) is None:
        return False
    if raised[0] in "+-−–":
        return before[-1:].isalnum() or before[-1:] in ")]"
    match = _BASE.search(before[-40:])
    if match is None:
        return False
    base = match.group(1)
    if base[0].isdecimal():
        if raised.isalpha() and raised not in ("n", "k", "x"):
            return False
        if "." in base and known and raised not in known:
            return True
        return base in ("10", "2") or (len(base) == 1 and raised not in ("st", "nd", "rd", "th"))
    if base.lower() in _UNITS and raised in ("2", "3", "4"):
        return True
    return len(base) == 1 and base not in ("a", "A", "I") and (raised in "23456789" or raised.isalpha())


def read_label(raised: str) -> str | None:
    """The label that a raised character or a bracketed number stands for; None where it is none."""
    match = _MARK_LABEL.match(raised)
    if match is not None:
        return match.group(1)
    if raised and all(letter in _SYMBOLS for letter in raised) and len(raised) <= 3:
        return raised
    return None


@dataclass
class TextBuilder:
    """Text so far and what lies over it. Inside a block white space collapses; blocks are parted by
    blank lines, rows and items by line ends."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    marks: list[NoteMark] = field(default_factory=list)
    known: frozenset[str] = frozenset()  # labels of the text's notes, where they are known
    _block: tuple[BlockKind, int, tuple[str, ...], int | None] | None = None
    _start: int = 0
    _tail: str = ""  # the end of the current block's text, for what comes behind it
    _space: bool = False  # white space seen and not yet written
    _break: bool = False  # a line end seen and not yet written
    _targets: list[tuple[str, int]] = field(default_factory=list)

    def begin(
        self, kind: BlockKind, *, level: int = 0, headers: tuple[str, ...] = (), page: int | None = None
    ) -> None:
        """Open a block; one that is open is closed first."""
        self.end()
        self._block = (kind, level, headers, page)

    def write(self, text: str) -> None:
        """Text of the open block; opens a paragraph where none is open and there is something to write."""
        words = text.split()
        if not words:
            self._space = self._space or bool(text)
            return
        if text[0].isspace():
            self._space = True
        self._append(" ".join(words))
        self._space = text[-1].isspace()

    def write_lines(self, text: str) -> None:
        """Text whose white space counts (code)."""
        self._append(text.strip("\n"))

    def break_line(self) -> None:
        """A line end inside a block, written when something follows it."""
        self._break = bool(self._tail)

    def write_raised(self, raised: str, label: str | None = None) -> None:
        """A superscript. `label` is given where the format itself says that it marks a note."""
        shown = "".join(raised.split())
        if not shown:
            return
        if shown.lower() in _ORDINALS and self._tail[-1:].isdecimal():
            self._append(shown)
        elif label is not None:
            self._write_note(shown.strip("[]()"), label)
        elif is_exponent(self._tail, shown, self.known):
            self._space = False
            self._append("^" + shown.replace("−", "-"))
        else:
            self._write_unresolved(shown)

    def _write_unresolved(self, shown: str) -> None:
        """A raised stretch that no note is known for: numbers and letters mark one, symbols (affiliations
        of authors) are left out, all else is text."""
        found = read_label(shown)
        if found is None:
            self._append(shown)
        elif found[0] not in _SYMBOLS:
            self._write_note(found, found)

    def _write_note(self, shown: str, label: str) -> None:
        self._space = False
        self._append("[" + shown + "]")
        end = self.length
        self.marks.append(NoteMark(start=end - len(shown) - 2, end=end, label=label))

    def write_mark(self, text: str, label: str) -> None:
        """A note mark that is text of its own, as "12" in "[12]" or "Smith, 2024" is."""
        self._flush_space()
        start = self.length
        self.write(text)
        self.marks.append(NoteMark(start=start, end=self.length, label=label))

    def open_link(self, target: str) -> None:
        self._flush_space()
        self._targets.append((target, self.length))

    def close_link(self) -> None:
        target, start = self._targets.pop()
        if self.length > start:
            self.links.append(Link(start=start, end=self.length, target=target))

    def end(self) -> None:
        """Close the open block; an empty one leaves nothing."""
        if self._block is not None and self._tail:
            kind, level, headers, page = self._block
            self.blocks.append(
                Block(kind=kind, start=self._start, end=self.length, level=level, headers=headers, page=page)
            )
        self._block = None
        self._tail = ""
        self._space = self._break = False
        self._targets = [(target, self.length) for target, _ in self._targets]

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def _flush_space(self) -> None:
        """White space that belongs in front of what is opened next, not inside it."""
        if (self._space or self._break) and self._tail and not self._tail[-1].isspace():
            self._append("")

    def _append(self, text: str) -> None:
        if self._block is None:
            self._block = (BlockKind.PARAGRAPH, 0, (), None)
        if not self._tail:
            if not text.strip():
                return
            gap = self._gap()
            self.parts.append(gap)
            self.length += len(gap)
            self._start = self.length
            self._targets = [(target, self.length) for target, _ in self._targets]
            self._space = False
        elif self._break:
            text = "\n" + text
        elif self._space and not self._tail[-1].isspace():
            text = " " + text
        self._space = self._break = False
        self.parts.append(text)
        self.length += len(text)
        self._tail = (self._tail + text)[-60:]

    def _gap(self) -> str:
        if not self.blocks:
            return ""
        tight = (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.FOOTNOTE)
        kind = self._block[0] if self._block is not None else BlockKind.PARAGRAPH
        return "\n" if kind in tight and self.blocks[-1].kind is kind else "\n\n"
