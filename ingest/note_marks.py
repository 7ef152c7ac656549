"""Where a text refers to its notes: marks known from markup, and marks that lost it.

Plain text glues footnote numbers to words and stops ("in Nature8 fine-tuned", "shut down.9", "32.8%.33").
Owns telling those from model names, versions and decimals, by where they stand and by whether their
numbers make a sequence. Refuses to know what a note says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.sentences import opens_after_mark
from kb.types import BlockKind, Document, NoteMark

_LABEL = r"\d{1,3}(?:[,–-]\d{1,3}){0,5}"
_AFTER = r"(?=$|[\s.,;:!?)\]\"'”’—–|])"
_AFTER_STOP = re.compile(rf"(?:(?<=[.!?…,;:])|(?<=[.!?…,;][\"'”’)\]])|(?<=[\"”’)]))({_LABEL}){_AFTER}")
_AFTER_WORD = re.compile(rf"(?<![\w.@#/_-])([A-Za-z][a-z’']{{3,24}})({_LABEL}){_AFTER}")
_SUPERSCRIPT = re.compile(r"(?<=[a-z.,;:!?)\]\"'”’%])([⁰¹²³⁴-⁹]{1,3}(?:[,⋅˒‚][⁰¹²³⁴-⁹]{1,3}){0,4})(?![\w⁻])")
_BRACKETED = re.compile(rf"(?<=[\w.,;:!?)\"'”’%\]\s])\[(\^[\w-]{{1,60}}|{_LABEL})\](?![(\[:]|\w)")
_SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_UNIT_BEFORE = re.compile(r"(?:^|[^A-Za-z])(?:[kcmdnμµ]?m|km|ft|in|yd|mi|s|x|y|r|n|e|cm|mm)$")
# Words that carry a number of their own: names of models, formats and algorithms.
_NUMBERED = frozenset(
    "claude gemini grok llama qwen gemma mistral opus sonnet haiku codex deepseek chatgpt sora phi falcon vicuna "
    "olmo command base python covid base utf word table figure section chapter appendix equation version step "
    "level tier phase stage page type class group part block layer head task http https ipv arxiv".split()
)
_NUMBERED_NAME = re.compile(r"(?<![A-Za-z])([A-Z][a-z’']{3,24})[ -]?(\d{1,3}(?:\.\d+)?)\b")
_MAX_LABEL = 400
_NEAR = 10  # marks of one text rarely leap further than this from the nearest other label


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    start: int
    end: int
    label: str
    word: str  # the word it is glued to, "" behind a stop

    @property
    def first(self) -> int:
        return int(re.split(r"[,–-]", self.label)[0])


def find_note_marks(document: Document) -> tuple[NoteMark, ...]:
    """All note marks of a document in text order, not overlapping: those that its reader knew, and those
    that are only visible in the text."""
    marks = {(mark.start, mark.end): mark for mark in document.note_marks}
    known = frozenset(note.label.strip("^[]. ") for note in document.notes)
    closed = [
        (block.start, block.end)
        for block in document.blocks
        if block.kind in (BlockKind.CODE, BlockKind.METADATA)
    ]
    own = {block.start for block in document.blocks if block.kind is BlockKind.FOOTNOTE}
    text = document.text
    found = [
        NoteMark(start=match.start(1), end=match.end(1), label=match.group(1).translate(_SUPERSCRIPT_DIGITS))
        for match in _SUPERSCRIPT.finditer(text)
        if _UNIT_BEFORE.search(text[max(0, match.start() - 3) : match.start()]) is None
    ]
    found += [
        NoteMark(start=match.start(), end=match.end(), label=match.group(1).lstrip("^"))
        for match in _BRACKETED.finditer(text)
    ]
    found += _glued_marks(text, known)
    for mark in found:
        if mark.start in own:
            continue  # the label of a note, at its head
        marks.setdefault((mark.start, mark.end), mark)
    return _drop_overlaps(sorted(marks.values(), key=lambda mark: (mark.start, -mark.end)), closed)


def _drop_overlaps(marks: list[NoteMark], closed: list[tuple[int, int]]) -> tuple[NoteMark, ...]:
    kept: list[NoteMark] = []
    limit = 0
    number = 0
    for mark in marks:
        while number < len(closed) and closed[number][1] <= mark.start:
            number += 1
        inside = number < len(closed) and closed[number][0] <= mark.start
        if mark.start >= limit and not inside and mark.end > mark.start:
            kept.append(mark)
            limit = mark.end
    return tuple(kept)


def _glued_marks(text: str, known: frozenset[str]) -> list[NoteMark]:
    stops = [
        _Candidate(start=match.start(1), end=match.end(1), label=match.group(1), word="")
        for match in _AFTER_STOP.finditer(text)
        if _can_follow_stop(text, match.start(1))
    ]
    words = [
        _Candidate(start=match.start(2), end=match.end(2), label=match.group(2), word=match.group(1))
        for match in _AFTER_WORD.finditer(text)
        if match.group(1).lower() not in _NUMBERED
    ]
    stops = [one for one in stops if 0 < one.first <= _MAX_LABEL]
    words = [one for one in words if 0 < one.first <= _MAX_LABEL]
    labels = sorted({one.first for one in stops} | {one.first for one in words if one.word.islower()})
    named = _numbers_by_word(text) if words else {}
    accepted = [one for one in stops if _label_known(one, known) or (not known and _fits(one, labels, text))]
    for one in words:
        if one.word.islower():
            fits = _has_neighbour(one.first, labels)
        else:
            fits = _has_neighbour(one.first, labels) and len(named.get(one.word, ())) < 2
        if _label_known(one, known) or (not known and fits):
            accepted.append(one)
    marks = [NoteMark(start=one.start, end=one.end, label=one.label) for one in accepted]
    return marks + _fill_gaps(text, sorted(marks, key=lambda mark: mark.start))


_POINT_MARK = re.compile(r"(?<=\d)\.(\d{1,3})(?=[ \t]+[A-Z])")


def _fill_gaps(text: str, marks: list[NoteMark]) -> list[NoteMark]:
    """The mark that a sequence lacks, where it hides behind a number ("... GPT-4.6 Models lied." between the
    marks 5 and 7) and nothing else between them could be it."""
    filled = []
    for one, other in pairwise(marks):
        if not (one.label.isdigit() and other.label.isdigit() and int(other.label) - int(one.label) == 2):
            continue
        wanted = str(int(one.label) + 1)
        found = [m for m in _POINT_MARK.finditer(text, one.end, other.start) if m.group(1) == wanted]
        if len(found) == 1:
            filled.append(NoteMark(start=found[0].start(1), end=found[0].end(1), label=wanted))
    return filled


def _label_known(one: _Candidate, known: frozenset[str]) -> bool:
    return bool(known) and all(part in known for part in re.split(r"[,–-]", one.label))


def _fits(one: _Candidate, labels: list[int], text: str) -> bool:
    """A mark behind a stop stands on its own when a sentence ends there, else it needs a neighbour."""
    following = text[one.end : one.end + 3].lstrip()
    ends = text[one.start - 1] in ".!?…\"'”’)" and (not following or following[0].isupper())
    return ends or _has_neighbour(one.first, labels)


def _has_neighbour(label: int, labels: list[int]) -> bool:
    return any(other != label and abs(other - label) <= _NEAR for other in labels)


def _numbers_by_word(text: str) -> dict[str, set[str]]:
    """The numbers that each capitalised word carries: names of models have several ("Llama 3", "Llama 4")."""
    numbers: dict[str, set[str]] = {}
    for match in _NUMBERED_NAME.finditer(text):
        numbers.setdefault(match.group(1), set()).add(match.group(2))
    return numbers


def _can_follow_stop(text: str, start: int) -> bool:
    """Whether digits behind a stop can be a mark: not decimals, thousands, times, versions or sections."""
    stop = start - 1
    while stop > 0 and text[stop] in "\"'”’)]":
        stop -= 1
    if text[stop] not in ".!?…,;:":
        stop += 1  # only quotation marks or brackets stand before the digits
        inside = text[stop:start]
        return (
            inside in ("”", '"', "’”", ")")
            and stop > 0
            and (text[stop - 1].isalpha() or text[stop - 1] in ".!?,")
        )
    before = text[stop - 1] if stop else " "
    if before.isdigit() and stop == start - 1:
        return opens_after_mark(text, start)
    if before.isspace():
        return False
    word = re.search(r"[\w.@/-]+$", text[max(0, stop - 20) : stop])
    if word is None:
        return before in "%)]\"'”’…?!."
    if text[stop] == "." and stop == start - 1:
        # "v1.2", "e.g.5", "no.5", "vs.3" and addresses are none; "down.9" and "AI.12" are
        piece = word.group()
        return (
            len(piece) >= 2 and "." not in piece and "@" not in piece and "/" not in piece
        ) and piece.lower() not in (
            "no",
            "vol",
            "fig",
            "eq",
            "sec",
            "ch",
            "pp",
            "vs",
            "art",
            "ver",
            "cf",
            "al",
        )
    return word.group()[-1:].isalpha() or text[stop] != ":"
