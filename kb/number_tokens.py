"""Tokens of the number grammar: a folded text of the same meaning, cut into numbers, words and signs.

Owns look-alike digits, invisible characters and the way back to the offsets of the original text. Knows
nothing of units, values or what a number counts.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NUM = "num"


WORD = "word"


SUP = "sup"


FRAC = "frac"


SYM = "sym"


MASK = "mask"


# Characters that print nothing and so can hide inside a number ("4<ZWSP>7%").
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e007f]"
)


_SPACES = frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


_PLAIN = {
    0x2010: "-", 0x2011: "-", 0x2012: "–", 0x2013: "–", 0x2014: "—", 0x2015: "—",
    0x2212: "−", 0xFE63: "−", 0xFF0D: "−",
    0x223C: "~", 0x2248: "~", 0x2243: "~", 0x2245: "~", 0x301C: "~", 0x02DC: "~",
    0x066A: "%", 0xFE6A: "%", 0x066B: ".", 0x066C: ",",
    0x2715: "×", 0x2716: "×", 0x2A2F: "×",
    0x22C5: "·", 0x2219: "·", 0x2044: "/", 0x2215: "/", 0x2019: "'", 0x2018: "'", 0x02BC: "'",
    0x201C: '"', 0x201D: '"', 0x201E: '"', 0x201F: '"',
    0x2A7D: "≤", 0x2266: "≤", 0x2A7E: "≥", 0x2267: "≥", 0x21D2: "→", 0x27F6: "→", 0x2794: "→", 0x279C: "→",
    0x2028: "\n", 0x2029: "\n", 0x0085: "\n", 0x000B: "\n", 0x000C: "\n", 0x000D: " ", 0x0009: " ",
    0x20AC: "€", 0xFFE1: "£", 0xFFE5: "¥",
}  # fmt: skip


_CIRCLED = re.compile(r"[\u2460-\u2468](?=\d)|(?<=\d)[\u2460-\u2468\u24ea]")


SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"


class _FoldTable(dict[int, str]):
    """Folds one character to one character, on demand: digits of every script to 0-9, signs to one form."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _fold_character(character)
        self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    code = ord(character)
    if character in _SPACES:
        return "\u00a0"
    if 0x207A <= code <= 0x208E:
        return character  # signs of raised and lowered numbers stay raised and lowered
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "No":
        return character
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


_FOLD = _FoldTable(_PLAIN)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, where characters were dropped, the original offset of each kept one."""

    text: str
    original: str
    offsets: tuple[int, ...] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of folded[start:end] (a non-empty stretch)."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """The text in one script of digits and signs; every folded character stands for one original one."""
    if text.isascii() and not _CONTROL.search(text):
        return Folded(text, text, None)
    offsets: tuple[int, ...] | None = None
    kept = text
    if _INVISIBLE.search(text):
        offsets = tuple(index for index, character in enumerate(text) if not _INVISIBLE.match(character))
        kept = _INVISIBLE.sub("", text)
    folded = kept.translate(_FOLD)
    if _CIRCLED.search(folded):
        folded = _CIRCLED.sub(lambda match: str(unicodedata.digit(match.group())), folded)
    return Folded(folded, text, offsets)


_CONTROL = re.compile(r"[\t\r\v\f]")


@dataclass(slots=True)
class Token:
    """One piece of the folded text. `glued`: no white space before it. `barrier`: a sentence, cell, list
    entry or block begins with it, so no reading crosses it. `line`: it is the first token of its line."""

    kind: str
    start: int
    end: int
    text: str
    low: str
    glued: bool = False
    barrier: bool = False
    line: bool = False


_NUMERIC_LETTERS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
)


_TOKEN = re.compile(
    r"(?P<num>\d+(?:[.,']\d+)*)"
    rf"|(?P<word>[^\W\d_{_NUMERIC_LETTERS}]+)"
    r"|(?P<sup>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)"
    rf"|(?P<frac>[{FRACTIONS}])"
    r"|(?P<dots>\.{2,})"
    r"|(?P<hash>#{1,6})"
    r"|(?P<arrow>(?<![-–—=])[-–—=]{1,9}>)"
    r"|(?P<bound>[<>] ?=|=[<>])"
    r"|(?P<sym>[^\s*_])"
)


_ABBREVIATIONS = frozenset(
    "e.g i.e eg ie vs approx ca cf al fig figs no nos sec secs eq eqs vol ch pp p etc dr mr mrs ms prof st jr sr "
    "inc ltd co corp dept est min max avg resp ref refs tab app art g e i v c u s".split()
)


_CLOSERS = frozenset("\"')]}»")


_LIST_SIGNS = frozenset("-–—+•#|>◦▪·")


def tokenize(text: str, masks: Sequence[tuple[int, int, str]], dropped: Iterable[int] = ()) -> list[Token]:
    """Tokens of a folded text. A masked stretch is one MASK token named for its rule; a mask whose name
    begins with "~" (markup) leaves no token. Characters at `dropped` offsets leave none either."""
    tokens: list[Token] = []
    skip = frozenset(dropped)
    position = 0
    for start, end, name in masks:
        _cut(text, position, start, tokens, skip)
        if not name.startswith("~"):
            tokens.append(Token(MASK, start, end, name, name))
        position = end
    _cut(text, position, len(text), tokens, skip)
    _mark_boundaries(text, tokens, masks)
    return tokens


def _cut(text: str, start: int, end: int, tokens: list[Token], skip: frozenset[int]) -> None:
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup or SYM
        begin = match.start()
        piece = match.group()
        if kind == NUM:
            for first, last in split_run(piece):
                part = piece[first:last]
                tokens.append(
                    Token(NUM if part[0].isdigit() else SYM, begin + first, begin + last, part, part)
                )
        elif kind in (WORD, SUP, FRAC):
            tokens.append(Token(kind, begin, match.end(), piece, piece.lower()))
        elif begin not in skip:
            if kind == "arrow":
                piece = "→"
            elif kind == "hash":
                piece = "#"
            elif kind == "dots":
                piece = "…"
            elif kind == "bound":
                piece = {"<=": "≤", "=<": "≤", ">=": "≥", "=>": "→"}[piece.replace(" ", "")]
            tokens.append(Token(SYM, begin, match.end(), piece, piece))


_GROUPED = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"  # 1,234,567.8
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?"  # 1,00,000
    r"|\d{1,3}(?:'\d{3})+(?:\.\d+)?"  # 1'000
    r"|\d{1,3}(?:\.\d{3})+,\d+"  # 1.234,56
    r"|[1-9]\d{0,2}(?:\.\d{3}){2,}"  # 1.234.567
    r"|\d+,\d{1,2}"  # 47,3: a decimal comma, or a list of two; the grammar decides by what follows
    r"|0,\d+"
    r"|\d+(?:\.\d+)*"
)


_PARTS = re.compile(r"\d+(?:\.\d+)*|[.,']")


def split_run(run: str) -> list[tuple[int, int]]:
    """Cuts a run of digits and separators into numbers and separators: "1,2,3" is three numbers, "1,234"
    one. Offsets into the run."""
    if run.isdigit() or _GROUPED.fullmatch(run):
        return [(0, len(run))]
    return [match.span() for match in _PARTS.finditer(run)]


def _mark_boundaries(text: str, tokens: list[Token], masks: Sequence[tuple[int, int, str]]) -> None:
    previous: Token | None = None
    before: Token | None = None
    gone = [start for start, _, name in masks if name.startswith("~")]
    for token in tokens:
        if previous is None:
            token.line = token.barrier = True
        else:
            between = text[previous.end : token.start]
            if not between:
                token.glued = True
            else:
                token.glued = not any(map(str.isspace, between)) and not _covers(
                    gone, previous.end, token.start
                )
            breaks = between.count("\n")
            token.line = breaks > 0
            token.barrier = (
                breaks > 1
                or (breaks == 1 and (token.text in _LIST_SIGNS or previous.text == "|"))
                or token.text == "|"
                or previous.text == "|"
                or (not token.glued and _ends_sentence(before, previous, token))
            )
        before, previous = previous, token


def _covers(sorted_starts: list[int], start: int, end: int) -> bool:
    index = bisect_left(sorted_starts, start)
    return index < len(sorted_starts) and sorted_starts[index] < end


def _ends_sentence(before: Token | None, last: Token, following: Token) -> bool:
    """Whether a sentence ends between `last` and `following`, which white space parts."""
    stop = last
    if last.text in _CLOSERS and before is not None and last.glued:
        stop, before = before, None
    elif last.kind == NUM and before is not None and last.glued and before.glued and before.text in ".!?\"'":
        return not following.text[:1].islower()  # "shut down.9 The"
    if stop.text in "!?":
        return True
    if stop.text != "." or following.text[:1].islower():
        return False
    return not (before is not None and before.kind == WORD and before.low in _ABBREVIATIONS)
