"""A text with mark-up beside it, as editors send it, and the way back from the plain text to what they sent.

Owns the two forms (a plain text; pieces of text and mark-up) and offsets in UTF-16 units of the whole. Refuses
to know what is checked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.schemas import UTF16, Offsets

MAX_PIECES = 500_000  # some editors send one piece for each character


@dataclass(frozen=True, slots=True)
class _Piece:
    """`plain` code points from `start` of the plain text stand for `units` UTF-16 units from `offset` of the
    original. Mark-up is one whole: any character that it is read as stands for all of it."""

    start: int
    offset: int
    units: int
    markup: bool


class AnnotatedText:
    """The plain text to check (`plain`), and `locate` from its code points to the original's UTF-16 units."""

    def __init__(self, pieces: Sequence[tuple[str, str | None]]) -> None:
        """`pieces` are (text, None), or (mark-up, what it is read as)."""
        plain: list[str] = []
        found: list[_Piece] = []
        start = offset = 0
        for original, read_as in pieces:
            shown = original if read_as is None else read_as
            units = count_units(original)
            if shown:
                found.append(_Piece(start, offset, units, read_as is not None))
                plain.append(shown)
                start += len(shown)
            offset += units
        self.plain = "".join(plain)
        self._pieces = found
        self._starts = [piece.start for piece in found]
        self._units = Offsets(self.plain, UTF16)

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """(offset, length) in UTF-16 units of the original for the plain text's code points [start, end)."""
        if not self._pieces or start >= end:
            return 0, 0
        low = self._unit_of(start, after=False)
        high = self._unit_of(end - 1, after=True)
        return low, max(0, high - low)

    def _unit_of(self, position: int, *, after: bool) -> int:
        row = max(0, bisect_right(self._starts, position) - 1)
        piece = self._pieces[row]
        if piece.markup:
            return piece.offset + (piece.units if after else 0)
        until = position + 1 if after else position
        return piece.offset + self._units.convert(until) - self._units.convert(piece.start)


def count_units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(1 for character in text if character > "\uffff")


def read_annotation(value: Any) -> AnnotatedText:
    """The text of a `data` object: {"text": ...} or {"annotation": [{"text": ...} | {"markup": ...,
    "interpretAs": ...}, ...]}. ValueError, with words for the caller, where it is neither."""
    if not isinstance(value, dict):
        raise ValueError("'data' must be a JSON object")
    text, annotation = value.get("text"), value.get("annotation")
    if (text is None) == (annotation is None):
        raise ValueError("'data' must have either 'text' or 'annotation'")
    if text is not None:
        if not isinstance(text, str):
            raise ValueError("'text' in 'data' must be a string")
        return AnnotatedText([(text, None)])
    if not isinstance(annotation, list) or len(annotation) > MAX_PIECES:
        raise ValueError(f"'annotation' must be a list of at most {MAX_PIECES:,} pieces")
    pieces: list[tuple[str, str | None]] = []
    for number, part in enumerate(annotation):
        if not isinstance(part, dict) or ("text" in part) == ("markup" in part):
            raise ValueError(f"piece {number} of 'annotation' must have either 'text' or 'markup'")
        words = part.get("text", part.get("markup"))
        read_as = part.get("interpretAs", "") if "markup" in part else None
        if not isinstance(words, str) or not isinstance(read_as, str | None):
            raise ValueError(f"piece {number} of 'annotation' must hold strings")
        pieces.append((words, read_as))
    return AnnotatedText(_merge(pieces))


def _merge(pieces: Sequence[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Neighbouring texts become one piece, in linear time."""
    merged: list[tuple[str, str | None]] = []
    waiting: list[str] = []
    for words, read_as in pieces:
        if read_as is None:
            waiting.append(words)
            continue
        if waiting:
            merged.append(("".join(waiting), None))
            waiting = []
        merged.append((words, read_as))
    if waiting:
        merged.append(("".join(waiting), None))
    return merged
