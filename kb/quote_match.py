"""Finds quoted words in a text, offset-safe: verbatim, apart from typography, or faithfully shortened.

Works on a folded copy of both sides whose every character knows its place in the original, so that what
is returned is always the source's own words. Decides nothing about speakers or sources.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from kb.text import fold_character


class QuoteLevel(StrEnum):
    VERBATIM = "verbatim"  # the same words; typography, case of the first letter and markup may differ
    ELIDED = "elided"  # parts in order, omissions marked with … or [ ]
    DISTORTED = "distorted"  # parts in order, but an omission hides a negation or a hedge
    ALTERED = "altered"  # nearly the words: some were changed


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMatch:
    """start/end: the stretch of the text that matches. `difference` lists changed words as
    "quoted -> found"; `omitted` the text that an ellipsis left out."""

    level: QuoteLevel
    start: int
    end: int
    similarity: float
    difference: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text and, for each of its characters, the offset in the original."""

    text: str
    offsets: tuple[int, ...]


_MARKUP = set("*_`")
_ELLIPSIS = re.compile(r"(?<!\s)\s*(?:\[\s*(?:\.{3}|…)\s*\]|…|\.\s?\.\s?\.)\s*")
_INSERTION = re.compile(r"\[[^\]\[]{1,60}\]")
_LINK_TARGET = re.compile(r"\]\([^()\s]{1,500}\)")
_NOTE_MARK = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9}\]")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_UNHELD = re.compile(r"\[\s*(?:\.{3}|…)\s*\]")  # a source's own mark for text that isn't there
_EDGE_PUNCTUATION = " .,;:!?\"'()-"
# An omission that holds one of these may turn a quotation's sense.
_SENSE_WORDS = frozenset(
    "not no never none nor cannot without hardly rarely unless except but however although though may might "
    "could sometimes some perhaps possibly likely unlikely if only few".split()
)
_MINIMUM_PART_WORDS = 2  # a part of a shortened quotation with fewer words says nothing of its place
_ALTERED_RATIO = 0.78  # word-level similarity from which a passage counts as the same sentence, reworded
_ALTERED_MINIMUM_WORDS = 6


def fold_with_offsets(text: str) -> FoldedText:
    """Fold for comparing words: typography plain, case folded, markdown emphasis and link targets dropped,
    white space collapsed; note marks like [3] and the brackets of links are dropped."""
    skip: set[int] = {
        place for mark in _NOTE_MARK.finditer(text) for place in range(mark.start(), mark.end())
    }
    for match in _LINK_TARGET.finditer(text):
        skip.update(range(match.start(), match.end()))
        opening = text.rfind("[", max(0, match.start() - 300), match.start())
        if opening >= 0:
            skip.add(opening)
    letters: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        if position in skip or character in _MARKUP:
            continue
        folded = fold_character(character)
        if folded == " " and letters and letters[-1] == " ":
            continue
        for letter in folded:
            letters.append(letter)
            offsets.append(position)
    return FoldedText("".join(letters), tuple(offsets))


def _parts_of(quoted: str) -> list[str]:
    """The stretches of a quotation between marked omissions and insertions, folded."""
    pieces = [
        re.sub(r"\s+", " ", fold_with_offsets(_piece).text).strip(_EDGE_PUNCTUATION)
        for segment in _ELLIPSIS.split(quoted)
        for _piece in _INSERTION.split(segment)
    ]
    return [piece for piece in pieces if piece]


def _find_word_bounded(needle: str, haystack: str, start: int) -> int:
    position = haystack.find(needle, start)
    while position >= 0:
        end = position + len(needle)
        before = position == 0 or not (haystack[position - 1].isalnum() and needle[0].isalnum())
        after = end == len(haystack) or not (haystack[end].isalnum() and needle[-1].isalnum())
        if before and after:
            return position
        position = haystack.find(needle, position + 1)
    return -1


def _original_span(folded: FoldedText, start: int, end: int) -> tuple[int, int]:
    return folded.offsets[start], folded.offsets[end - 1] + 1


def match_quote(
    quoted: str, text: str, *, window: int = 600, allow_altered: bool = True
) -> QuoteMatch | None:
    """The best match of `quoted` in `text`, or None.

    Parts of a shortened quotation must follow each other within `window` characters. With
    `allow_altered` a reworded sentence is found too (level ALTERED), never for under six words.
    """
    return match_folded(quoted, fold_with_offsets(text), text, window=window, allow_altered=allow_altered)


def match_folded(
    quoted: str, folded: FoldedText, text: str, *, window: int = 600, allow_altered: bool = True
) -> QuoteMatch | None:
    """As match_quote, on a text that was folded once for many quotations."""
    parts = _parts_of(quoted)
    if not parts:
        return None
    marked_gap = len(parts) > 1
    if not marked_gap:
        position = _find_word_bounded(parts[0], folded.text, 0)
        if position >= 0:
            start, end = _original_span(folded, position, position + len(parts[0]))
            return QuoteMatch(level=QuoteLevel.VERBATIM, start=start, end=end, similarity=1.0)
    elif all(len(_WORD.findall(part)) >= _MINIMUM_PART_WORDS for part in parts[:1]):
        elided = _match_parts(parts, folded, text, window)
        if elided is not None:
            return elided
    return _match_altered(parts, folded, text) if allow_altered else None


def _match_parts(parts: list[str], folded: FoldedText, text: str, window: int) -> QuoteMatch | None:
    first = _find_word_bounded(parts[0], folded.text, 0)
    while first >= 0:
        gaps: list[tuple[int, int]] = []
        cursor = first + len(parts[0])
        for part in parts[1:]:
            position = _find_word_bounded(part, folded.text, cursor)
            if position < 0 or position - cursor > window:
                break
            gaps.append((cursor, position))
            cursor = position + len(part)
        else:
            start, end = _original_span(folded, first, cursor)
            if not _UNHELD.search(text[start:end]):
                omitted = tuple(folded.text[a:b].strip(_EDGE_PUNCTUATION) for a, b in gaps)
                loaded = any(word in _SENSE_WORDS for gap in omitted for word in _WORD.findall(gap)) or any(
                    "n't" in gap for gap in omitted
                )
                level = QuoteLevel.DISTORTED if loaded else QuoteLevel.ELIDED
                return QuoteMatch(level=level, start=start, end=end, similarity=1.0, omitted=omitted)
        first = _find_word_bounded(parts[0], folded.text, first + 1)
    return None


def _match_altered(parts: list[str], folded: FoldedText, text: str) -> QuoteMatch | None:
    """The stretch whose words are nearly the quotation's: anchored on shared four-word runs, so that the
    work stays proportional to the text."""
    wanted = [word for part in parts for word in _WORD.findall(part)]
    if len(wanted) < _ALTERED_MINIMUM_WORDS:
        return None
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(folded.text)]
    words = [token[0] for token in tokens]
    run = 3
    anchors: dict[tuple[str, ...], int] = {}
    for index in range(len(wanted) - run + 1):
        anchors.setdefault(tuple(wanted[index : index + run]), index)
    votes: dict[int, int] = {}
    for index in range(len(words) - run + 1):
        place = anchors.get(tuple(words[index : index + run]))
        if place is not None:
            offset = max(0, index - place)
            votes[offset] = votes.get(offset, 0) + 1
    best: QuoteMatch | None = None
    for offset in sorted(votes, key=lambda start: (-votes[start], start))[:5]:
        stretch = words[offset : offset + len(wanted) + max(2, len(wanted) // 5)]
        matcher = difflib.SequenceMatcher(None, wanted, stretch, autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        if not blocks:
            continue
        matched = sum(block.size for block in blocks)
        first = blocks[0].b
        last = blocks[-1].b + blocks[-1].size
        similarity = 2 * matched / (len(wanted) + (last - first))
        if similarity < _ALTERED_RATIO or (best is not None and similarity <= best.similarity):
            continue
        changes = tuple(
            f"{' '.join(wanted[a:b]) or '(nothing)'} -> {' '.join(stretch[c:d]) or '(nothing)'}"
            for tag, a, b, c, d in matcher.get_opcodes()
            if tag != "equal" and c >= first and d <= last
        )
        start, end = _original_span(folded, tokens[offset + first][1], tokens[offset + last - 1][2])
        if not changes and first == 0 and last - first == len(wanted):
            return QuoteMatch(level=QuoteLevel.VERBATIM, start=start, end=end, similarity=1.0)
        if _UNHELD.search(text[start:end]):
            continue
        best = QuoteMatch(
            level=QuoteLevel.ALTERED, start=start, end=end, similarity=similarity, difference=changes
        )
    return best
