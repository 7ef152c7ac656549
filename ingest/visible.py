"""What a reader sees of a marked-up stretch of text, with the place of every character in the original.

Owns dropping inline marks (emphasis, link targets, tags, ticks, escapes, note marks, list markers) so that
rules and the parser read plain words, and the way back to offsets. Refuses to know blocks and meaning.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.builder import is_exponent

_LEAD = re.compile(
    r"\s*(?:>\s?)*\s*(?:#{1,6}\s+)?(?:[-*+•‣◦▪●–]\s+(?:\[[ xX]\]\s+)?|\(?\d{1,3}[.)]\s+|\([a-z]\)\s+)?"
)
_MARK = re.compile(
    r"""(?P<note>\[\^[^\]\s]{1,80}\])
      | (?P<image>!\[[^\]\n]{0,300}\]\([^()\s]{0,2000}\))
      | (?P<target>\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:[ ]{1,4}"[^"\n]{0,300}")?\))
      | (?P<reference>\]\[[^\]\n]{0,80}\])
      | (?P<open>\[)
      | (?P<comment><!--)
      | (?P<tag></?[A-Za-z][\w.:-]{0,40}(?:\s[^<>]{0,400})?/?>)
      | (?P<stars>\*{1,3})
      | (?P<under>(?<![^\W_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![^\W_]))
      | (?P<tilde>~~)
      | (?P<tick>`{1,3})
      | (?P<math>(?<!\\)\$\$?)
      | (?P<escape>\\(?=[\\`*_{}\[\]()\#+.!$~|<>"'-]))
      | (?P<entity>&(?:amp|lt|gt|nbsp|quot|apos|ndash|mdash|hellip|\#39|\#x27);)
      | (?P<hidden>[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+)
      | (?P<space>\s{2,}|[\n\r\t\u2028\u2029])""",
    re.VERBOSE,
)
_ENTITIES = {
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&apos;": "'", "&#39;": "'",
    "&#x27;": "'", "&ndash;": "–", "&mdash;": "—", "&hellip;": "…",
}  # fmt: skip
_FORMULA = re.compile(r"[\\^_={}]|^[A-Za-z]$")
_BROKEN = re.compile(r"(?:[^\W_]-|\d–)$")
_WORD = re.compile(r"[^\W_]{1,40}")
_HANGING = frozenset({"and", "or", "to", "but", "versus", "vs"})
_MATH_LIMIT = 300
_RAISED = re.compile(r"\s{0,3}([^<>\s]{1,12})\s{0,3}</sup>", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<![\w.,])\d{1,12}\.\d{1,12}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Visible `text`; `offsets[i]` is the place of text[i] in the document, rising. `literal` are visible
    stretches that were code or formulas, `linked` those that were link texts."""

    text: str
    offsets: array[int]
    literal: tuple[tuple[int, int], ...] = ()
    linked: tuple[tuple[int, int], ...] = ()

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Document offsets of the non-empty visible stretch start:end."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def find(self, start: int, end: int) -> tuple[int, int]:
        """Visible offsets of what can be seen of the document's start:end."""
        return bisect_left(self.offsets, start), bisect_left(self.offsets, end)

    def cut(self, start: int, end: int) -> View:
        """The view of a part, without the white space around it."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return View(
            text=self.text[start:end],
            offsets=self.offsets[start:end],
            literal=_clip(self.literal, start, end),
            linked=_clip(self.linked, start, end),
        )

    def is_literal(self, start: int, end: int) -> bool:
        """Whether the stretch touches code or a formula."""
        first = bisect_right(self.literal, start, key=_high)
        return first < len(self.literal) and self.literal[first][0] < end


def _clip(stretches: Sequence[tuple[int, int]], start: int, end: int) -> tuple[tuple[int, int], ...]:
    parts = []
    for number in range(bisect_right(stretches, start, key=_high), len(stretches)):
        low, high = stretches[number]
        if low >= end:
            break
        parts.append((max(low, start) - start, min(high, end) - start))
    return tuple(parts)


def _high(stretch: tuple[int, int]) -> int:
    return stretch[1]


def skip_markers(text: str, start: int, end: int) -> int:
    """The offset behind the list, heading and quotation markers that a stretch opens with."""
    lead = _LEAD.match(text, start, end)
    return lead.end() if lead is not None else start


def see_text(text: str, start: int, end: int, hidden: Sequence[tuple[int, int]] = ()) -> View:
    """The view of text[start:end], without the leading list, heading and quotation markers and without
    the `hidden` stretches (note marks; sorted, not overlapping). Linear in its length."""
    builder = _Builder(text, skip_markers(text, start, end))
    first = bisect_left(hidden, (builder.position, 0))
    for low, high in hidden[first:]:
        if low >= end:
            break
        builder.read_to(low)
        builder.position = max(builder.position, high)
    builder.read_to(end)
    return builder.finish()


class _Builder:
    """Reads one stretch once, from left to right."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.parts: list[str] = []
        self.offsets: array[int] = array("Q")
        self.brackets: list[tuple[int, int]] = []  # index into parts, visible offset
        self.literal: list[tuple[int, int]] = []
        self.linked: list[tuple[int, int]] = []
        self.hopeless: set[str] = set()  # closing marks known not to come any more

    def read_to(self, end: int) -> None:
        while self.position < end:
            match = _MARK.search(self.text, self.position, end)
            if match is None:
                self.keep(end)
                return
            self.keep(match.start())
            self.position = match.end()
            self.read_mark(match, end)

    def keep(self, end: int) -> None:
        if end > self.position:
            self.parts.append(self.text[self.position : end])
            self.offsets.extend(range(self.position, end))
            self.position = end

    def add(self, character: str, offset: int) -> None:
        self.parts.append(character)
        self.offsets.append(offset)

    def read_mark(self, match: re.Match[str], end: int) -> None:
        name, mark, at = match.lastgroup, match.group(), match.start()
        if name == "open":
            self.brackets.append((len(self.parts), len(self.offsets)))
            self.add("[", at)
        elif name in ("target", "reference"):
            self.close_link(mark, at, match.end())
        elif name == "stars":
            self.read_stars(mark, at, end)
        elif name == "tag":
            self.read_tag(mark, at, end)
        elif name == "comment":
            self.read_closed("-->", at, end, keep=False)
        elif name == "tick":
            self.read_closed(mark, at, end, keep=True)
        elif name == "math":
            self.read_math(mark, at, end)
        elif name == "entity":
            self.add(_ENTITIES[mark], at)
        elif name == "space" and self.parts and not self.parts[-1][-1:].isspace():
            self.read_space(mark, at, end)

    def close_link(self, mark: str, at: int, after: int) -> None:
        if not self.brackets:
            self.position = at
            self.keep(after)
            return
        index, visible = self.brackets.pop()
        self.parts[index] = ""
        del self.offsets[visible]
        self.brackets.clear()
        if len(self.offsets) > visible:
            self.linked.append((visible, len(self.offsets)))
        for number in range(len(self.literal) - 1, -1, -1):
            low, high = self.literal[number]
            if low < visible:
                break
            self.literal[number] = (low - 1, high - 1)

    def read_stars(self, mark: str, at: int, end: int) -> None:
        before = self.text[at - 1] if at else " "
        after = self.text[at + len(mark)] if at + len(mark) < end else " "
        if (before.isspace() and after.isspace()) or (before.isdigit() and after.isdigit()):
            for number, character in enumerate(mark):
                self.add(character, at + number)

    def read_space(self, mark: str, at: int, end: int) -> None:
        if "\n" not in mark or not self.goes_on(end):
            self.add(" ", at)

    def goes_on(self, end: int) -> bool:
        """Whether a word or a range was broken at the hyphen that stands at the end of the line: "25-" and
        "39%" are "25-39%". A hyphen that hangs ("two- or three-fold") keeps its space."""
        if _BROKEN.search("".join(self.parts[-3:])[-3:]) is None:
            return False
        first = _WORD.match(self.text, self.position, end)
        return (
            first is not None
            and first.group() not in _HANGING
            and (self.parts[-1][-1] == "-" or first.group()[0].isdecimal())
        )

    def read_tag(self, mark: str, at: int, end: int) -> None:
        """Tags are not seen; a raised exponent gets the ^ that keeps it from its base's digits, any other
        raised number is a mark and not seen either."""
        raised = _RAISED.match(self.text, self.position, end) if mark.lower() == "<sup>" else None
        if raised is None:
            return
        before, letters = "".join(self.parts[-8:])[-40:], raised.group(1)
        if is_exponent(before, letters) or _DECIMAL.search(before) is not None:
            self.add("^", at)
        elif letters[0].isdecimal():
            self.position = raised.end()

    def read_closed(self, closing: str, at: int, end: int, *, keep: bool) -> None:
        found = -1 if closing in self.hopeless else self.text.find(closing, self.position, end)
        if found < 0:
            self.hopeless.add(closing)
            self.position = at
            self.keep(at + len(closing) if keep else at + 4)
            return
        if keep:
            low = len(self.offsets)
            self.keep(found)
            self.literal.append((low, len(self.offsets)))
        self.position = found + len(closing)

    def read_math(self, mark: str, at: int, end: int) -> None:
        begin = at + len(mark)
        found = self.text.find(mark, begin, min(end, begin + _MATH_LIMIT))
        inner = self.text[begin:found] if found > begin else ""
        low = len(self.offsets)
        self.position = at
        if not inner or inner[0].isspace() or inner[-1].isspace() or _FORMULA.search(inner) is None:
            self.keep(begin)
            return
        self.position = begin
        self.keep(found)
        self.literal.append((low, len(self.offsets)))
        self.position = found + len(mark)

    def finish(self) -> View:
        text = "".join(self.parts)
        view = View(text=text, offsets=self.offsets, literal=tuple(self.literal), linked=tuple(self.linked))
        return view.cut(0, len(text))
