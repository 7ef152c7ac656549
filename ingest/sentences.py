"""Where sentences begin and end, by rule, with exact offsets.

Owns line joining (hard wraps), abbreviations, footnote marks glued to a full stop. Refuses to know
what a sentence says, which blocks a document has, and any model: the same text gives the same offsets.
"""

from __future__ import annotations

import itertools
import re

_MAX_WRAP_WIDTH = 130  # a file whose lines are longer than this isn't hard-wrapped
_MIN_WRAP_WIDTH = 45  # a shorter line was ended on purpose (a heading, a byline, a line of a list)
_WRAP_FILL = 0.75  # a wrapped line is full: with the next word it would pass this share of the width

_BULLET = re.compile(
    r"(?<![ \t])[ \t]*(?:[-*+•‣◦▪●–—·]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\[\^?[\w-]{1,20}\]:?)[ \t]+\S"
)
_MARKER = re.compile(r"(?:(?:[-*+•‣◦▪●–—·>]|#{1,6})[ \t]+)+(?=\S)")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_RULE = re.compile(r"[ \t]{0,3}(?:[-*_=][ \t]*){3,}$")
_ROW = re.compile(r"[ \t]*\|")
_QUOTE_LINE = re.compile(r"[ \t]{0,3}>")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
_TAG_LINE = re.compile(r"(?<![ \t])[ \t]*</?[A-Za-z]")

_CLOSERS = "\"'”’»)\\]}*_`"
_DIGITS = r"\d{1,3}(?:[,–-]\d{1,3})*|[⁰¹²³⁴-⁹]+"
_DECIMAL_END = re.compile(r"(?<![\w.])[^\w\s.]?\d{1,12}\.\d{1,6}$")
_LINE_END = re.compile(rf"[.!?…:][{_CLOSERS}]*(?:\[\^?[\w-]{{1,20}}\]|{_DIGITS})?[{_CLOSERS}]*[ \t]*$")

_END = re.compile(rf"[.!?…。！？]+[{_CLOSERS}]*")
_GLUED_MARK = re.compile(
    rf"(?:{_DIGITS}|(?:\[\^?[\w-]{{1,20}}(?:[,–-] ?[\w-]{{1,20}})*\])+)[{_CLOSERS}]*(?=\s|$)"
)
_SPACED_MARK = re.compile(
    r"[ \t]?(?:\[\^?\d{1,3}(?:[,–-] ?\d{1,3})*\])+(?=\s|$)|[ \t]?\[(?:\.\.\.|…)\](?=\s|$)"
)
_NEXT_WORD = re.compile(r"[\"'“‘«(\[*_`¿¡]*([^\W_][\w’'-]*)")
_LAST_WORD = re.compile(r"([^\W_][\w.&’'-]*)$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]{1,2}$")
_LABEL = re.compile(
    r"[*_]*(?:fig(?:ure)?\.?|table|box|chart|exhibit|footnote|note|appendix|algorithm|listing|section|chapter|step)"
    r"\s+[A-Z]?\.?(?:\d{1,3}|[ivxlc]{1,5})?(?:\.\d{1,2}){0,3}[a-z]?",
    re.IGNORECASE,
)
_MIXED = re.compile(r"[a-z]+[-]?[A-Z\d]")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# No line that ends in one of these was ended on purpose.
_OPEN_WORDS = _words(
    "a an the in on at of to for from with by and or but that than as is are was were its their"
)

# Never the end of a sentence, whatever follows.
_NEVER = _words(
    "e.g i.e cf vs viz dr mr mrs ms mx prof messrs gen sen rep gov hon rev sgt capt lt col adm cmdr"
    " fig figs eq eqs eqn secs refs chap vol vols thm approx ca resp v w.r.t a.k.a incl excl esp"
    " dept univ assoc asst"
)
# The end only before a word that opens sentences.
_SELDOM = _words(
    "al inc corp ltd co llc plc bros jr sr ph.d m.d b.a m.a m.sc b.sc a.m p.m u.s u.k u.n e.u d.c u.s.a"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun ave blvd"
    " n.b s.a eds ed trans op sec min max avg est ex def app tab ref st mt ft ch prop lem pres"
)
# Never the end before a number.
_BEFORE_NUMBER = _words(
    "no nos p pp art arts para paras pt pts cl nr item sec ch app tab ref jan feb mar apr jun jul aug sep"
    " sept oct nov dec ex def prop lem ca"
)
_OPENERS = _words(
    "the this these those that it its in on at by for from with we our they their there he she his her i you"
    " your but and or so yet however if when while as although though because since after before once until"
    " a an another each every some most many few all both no not nor one two what why how who which where"
    " such then thus hence here now today still instead overall indeed moreover furthermore meanwhile also"
    " according under over across among between within without despite unlike given based using to"
)


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the sentences of text[start:end], in order, without the white space
    them. Every character that isn't white space lies in exactly one. A footnote mark glued to a full
    stop ("shut down.9 The"), and "[12]" after it, belong to the sentence that they follow."""
    stop = len(text) if end is None else min(end, len(text))
    sentences: list[tuple[int, int]] = []
    for run_start, run_end in join_lines(text, start, stop):
        sentences.extend(_split_run(text, run_start, run_end))
    return tuple(sentences)


def join_lines(text: str, start: int = 0, end: int | None = None) -> tuple[tuple[int, int], ...]:
    """Offsets of the stretches that sentences can't cross: single lines, or lines that a hard wrap has
    broken. A blank line, a list item, a table row, a heading, a quoted line, a rule and a line that was
    clearly ended on purpose all part stretches."""
    stop = len(text) if end is None else min(end, len(text))
    runs: list[tuple[int, int]] = []
    paragraph: list[tuple[int, int]] = []
    for line_start, line_end in _lines(text, start, stop):
        if text[line_start:line_end].strip():
            paragraph.append((line_start, line_end))
        else:
            runs.extend(_join_paragraph(text, paragraph))
            paragraph = []
    runs.extend(_join_paragraph(text, paragraph))
    return tuple(runs)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    lines = []
    position = start
    while position < end:
        newline = text.find("\n", position, end)
        line_end = end if newline < 0 else newline
        returned = line_end > position and text[line_end - 1] == "\r"
        lines.append((position, line_end - 1 if returned else line_end))
        position = line_end + 1
    return lines


def _join_paragraph(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if not lines:
        return []
    width = max(line_end - line_start for line_start, line_end in lines)
    runs = [_trim(text, *lines[0])]
    for (before_start, before_end), (line_start, line_end) in itertools.pairwise(lines):
        before = text[before_start:before_end]
        line = text[line_start:line_end]
        if _is_wrapped(before, line, width):
            runs[-1] = (runs[-1][0], _trim(text, line_start, line_end)[1])
        else:
            runs.append(_trim(text, line_start, line_end))
    return runs


def _is_wrapped(before: str, line: str, width: int) -> bool:
    """Whether the line break between two lines of a paragraph is only a wrap."""
    if starts_structure(line) or _HEADING.match(before) or _RULE.match(before) or _ROW.match(before):
        return False
    if before.endswith("  ") or before.rstrip().endswith((":", "\\")):
        return False
    full = before.rstrip()
    first = line.split(None, 1)[0]
    ended = _ends_sentence(full) and (first[0].isupper() or _DECIMAL_END.search(full[-20:]) is None)
    if width > _MAX_WRAP_WIDTH:
        return not ended and first[0].islower() and _MIXED.match(first) is None
    if not ended and first[0].islower():
        return True
    if ended:
        return False
    if full.rsplit(None, 1)[-1].lower() in _OPEN_WORDS and len(full.split()) > 1:
        return True
    return len(full) >= _MIN_WRAP_WIDTH and len(full) + 1 + len(first) > _WRAP_FILL * width


def _ends_sentence(line: str) -> bool:
    if _LINE_END.search(line[-60:]) is None:
        return False
    last = re.search(r"([^\W\d_][\w.]{0,60})\.$", line[-60:])
    if last is None:
        return True
    word = last.group(1).lower()
    return word not in _NEVER | _SELDOM and not (len(word) == 1 and word.isalpha())


def starts_structure(line: str) -> bool:
    """Whether a line opens a list item, heading, table row, quotation, rule, fence or tag."""
    return any(
        pattern.match(line) for pattern in (_BULLET, _HEADING, _ROW, _QUOTE_LINE, _RULE, _FENCE, _TAG_LINE)
    )


def _skip_marker(text: str, start: int, end: int) -> int:
    marker = _MARKER.match(text, start, end)
    return start if marker is None else marker.end()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _split_run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if start >= end:
        return []
    if text[start] == "|":
        return [(start, end)]
    sentences = []
    first = _skip_marker(text, start, end)
    for match in _END.finditer(text, start, end):
        if match.start() < first:
            continue
        boundary = _find_boundary(text, first, match, end)
        if boundary is None or boundary >= end:
            continue
        sentences.append(_trim(text, first, boundary))
        first = boundary
        while first < end and text[first].isspace():
            first += 1
    if first < end:
        sentences.append(_trim(text, first, end))
    return sentences


def _find_boundary(text: str, first: int, match: re.Match[str], end: int) -> int | None:
    """The offset just behind a sentence that ends at this stop, None where it doesn't end."""
    stop = match.end()
    dot = match.start()
    glued = False
    if stop < end and not text[stop].isspace():
        mark = _GLUED_MARK.match(text, stop, end)
        if mark is None:
            return None
        if mark.group()[0].isdecimal() and stop == dot + 1 and _is_decimal(text, first, dot):
            return None
        glued = True
        stop = mark.end()
    spaced = _SPACED_MARK.match(text, stop, end)
    if spaced is not None and not _is_bracketed_ellipsis(text, dot):
        stop = spaced.end()
        glued = True
    if stop >= end:
        return end
    if _is_bracketed_ellipsis(text, dot):
        return None
    after = _NEXT_WORD.match(text, _skip_space(text, stop, end), end)
    word = after.group(1) if after is not None else ""
    if word and word[0].islower() and _MIXED.match(word) is None and not _follows_plain_word(text, match):
        return None
    if text[dot] == "." and dot + 1 >= match.end() - _closer_count(match.group()):
        ends = _ends_at_dot(text, first, dot, word, glued)
        return stop if ends else None
    return stop


def _follows_plain_word(text: str, match: re.Match[str]) -> bool:
    """Whether one bare full stop follows an ordinary long word: then even a small letter opens a
    sentence ("... the script. codex-mini did the same")."""
    if match.group() != ".":
        return False
    word = re.search(r"[^\W\d_]{5,}$", text[max(0, match.start() - 30) : match.start()])
    return word is not None and word.group().lower() not in _NEVER | _SELDOM


def _closer_count(group: str) -> int:
    return len(group) - len(group.rstrip("\"'”’»)]}*_`"))


def _skip_space(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position


def _is_bracketed_ellipsis(text: str, dot: int) -> bool:
    return dot > 0 and text[dot - 1] == "[" and text[dot : dot + 4] in ("...]", "…]")


def _is_decimal(text: str, first: int, dot: int) -> bool:
    """Whether the digits behind this dot are decimals and no footnote mark: "3.5", but not "in 2024.12"."""
    if dot == first or not text[dot - 1].isdecimal():
        return False
    if opens_after_mark(text, dot + 1):
        return False
    number = re.search(r"[\w.,$€£-]+$", text[max(first, dot - 12) : dot])
    return number is None or re.fullmatch(r"(?:19|20)\d\d", number.group()) is None


_SURE_OPENER = re.compile(
    r"\d{1,3}[ \t]{1,3}(?:They|It|He|She|We|This|These|Those|However|But|Meanwhile|Yet|Moreover|Instead|Its|Their)\b"
)


def opens_after_mark(text: str, position: int) -> bool:
    """Whether digits at `position`, behind a number's point, are a note's mark: a word that only opens a
    sentence follows ("Llama 4.3 They found": the sentence ends with Llama 4, its note is 3)."""
    return _SURE_OPENER.match(text, position) is not None


def _ends_at_dot(text: str, first: int, dot: int, following: str, glued: bool) -> bool:
    """Whether a single full stop ends the sentence that began at `first`."""
    last = _LAST_WORD.search(text, max(first, dot - 40), dot)
    if last is None:
        return True
    word = last.group(1)
    lower = word.lower().lstrip("'’")
    before = text[first : last.start()].rstrip()
    at_start = before.endswith((":", ";")) or not before.strip("\"'“‘«(*_#-•> \t")
    if _LABEL.fullmatch(text[first:dot]) is not None:
        return False  # "Figure 2a. Rates by model"
    opener = following.lower() in _OPENERS
    if lower in _NEVER:
        return False
    if lower in _BEFORE_NUMBER and following[:1].isdecimal():
        return False
    if at_start and (re.fullmatch(r"\d{1,3}|[A-Za-z]|[ivxIVX]{1,4}", word) is not None):
        return False  # the label of an item: "1. The", "A. The"
    if lower in _SELDOM or _DOTTED.fullmatch(word) is not None:
        return opener or glued
    if len(word) == 1 and word.isalpha() and word.isupper():
        return opener or glued  # an initial: "Samuel R. Bowman"
    return True
