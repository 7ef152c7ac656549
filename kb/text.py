"""Small facts about text that every stage shares: selectors, folding for comparison, content words."""

from __future__ import annotations

import re
import unicodedata

from kb.types import Selector

_CONTEXT = 32  # characters of prefix and suffix in a selector, as W3C annotators commonly keep

_FOLD = {
    ord("\u2018"): "'", ord("\u2019"): "'", ord("\u201a"): "'", ord("\u201b"): "'", ord("\u2032"): "'",
    ord("\u201c"): '"', ord("\u201d"): '"', ord("\u201e"): '"', ord("\u201f"): '"', ord("\u2033"): '"',
    ord("\u00ab"): '"', ord("\u00bb"): '"',
    ord("\u2010"): "-", ord("\u2011"): "-", ord("\u2012"): "-", ord("\u2013"): "-", ord("\u2014"): "-",
    ord("\u2015"): "-", ord("\u2212"): "-",
    ord("\u00a0"): " ", ord("\u2007"): " ", ord("\u2009"): " ", ord("\u200a"): " ", ord("\u202f"): " ",
}  # fmt: skip


def make_selector(text: str, start: int, end: int) -> Selector:
    """The selector of text[start:end]; raises ValueError outside the text."""
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"span {start}:{end} lies outside a text of {len(text)} characters")
    return Selector(
        start=start,
        end=end,
        exact=text[start:end],
        prefix=text[max(0, start - _CONTEXT) : start],
        suffix=text[end : end + _CONTEXT],
    )


def fold_character(character: str) -> str:
    """One character's form for comparing wording: quotes, dashes and spaces made plain, invisible format
    characters dropped (""), letters case-folded and ligatures opened. Superscripts and vulgar fractions
    are left as they are: 10² must never compare equal to 102."""
    plain = _FOLD.get(ord(character))
    if plain is not None:
        return plain
    category = unicodedata.category(character)
    if category in ("Cf", "Cc") and character not in "\n\t\r":
        return ""
    if character.isspace():
        return " "
    if category[0] == "L":
        return unicodedata.normalize("NFKC", character).casefold()
    return character


def fold_text(text: str) -> str:
    """Fold every character and collapse white space: a key for comparing wording, never stored as text."""
    return re.sub(r" +", " ", "".join(map(fold_character, text))).strip()


_LINK_TARGET = re.compile(r"\]\([^()\s]{0,2000}\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_MARKS = re.compile(r"[*_|`\[\]#]")


def strip_markup(text: str) -> str:
    """A text's words without markdown marks, link targets and tags; for search and comparison only."""
    return _MARKS.sub(" ", _TAG.sub(" ", _LINK_TARGET.sub(" ", text)))


_CUT = re.compile(
    r"[;:|]\s|\s[–—-]\s|—|,\s(?:and|but|while|whereas|versus|vs\.?|compared)\s|\s(?:and|but),\s|"
    r"\s(?:while|whereas|versus|vs\.)\s|\s(?:and|which|but)\s(?=(?:found|finds|showed|shows|reported|reports|concluded)\b)"
)


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of text that holds start:end, cut at semicolons, colons, dashes, bars and at ", and",
    "while", "whereas", "versus" and their like."""
    low, high = 0, len(text)
    for match in _CUT.finditer(text):
        if match.end() <= start:
            low = match.end()
        elif match.start() >= end:
            high = match.start()
            break
    return low, high


_LINK_LABEL = re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\s]{1,2000}\)")
_WRAP = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*")
_EMPHASIS = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*")


def drop_markup(text: str) -> str:
    """A text as a reader of markdown sees it: links as their labels, no emphasis marks, wrapped lines
    joined; for display only."""
    return _WRAP.sub(" ", _EMPHASIS.sub("", _LINK_LABEL.sub(r"\1", text)))
