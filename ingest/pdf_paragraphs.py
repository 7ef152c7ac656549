"""Lines of a PDF to paragraphs, and the lines of a paragraph to one text.

Owns the joining: a word parted at a line's end is put together, a range of numbers never is ("2-" and
"3 %" stay "2-3 %"). Refuses to know what kind of block a paragraph is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from ingest.pdf_lines import HARD, HYPHEN, SOFT, SUP_CLOSE, SUP_OPEN, Line

_SUP = re.compile(f"{SUP_OPEN}[^{SUP_OPEN}{SUP_CLOSE}]*{SUP_CLOSE}")
_HYPHENS = {ord(mark): "-" for mark in (HARD, HYPHEN, SOFT)}
_MARKUP = re.compile(f"[{SUP_OPEN}{SUP_CLOSE}]")
_TERMINAL = re.compile(r"[.!?:;][\"'”’»)\]]*(?:\ue000[^\ue001]*\ue001)?$")
BULLET = re.compile(r"(?:[•‣◦▪●■–—*\-]|\(?\d{1,2}[.)]|\(?[a-z]\)|\([ivx]{1,4}\))\s+\S")
CAPTION = re.compile(
    r"(?:Figure|Fig\.|Table|Algorithm|Listing|Box)\s+[A-Z]?\.?\d{1,3}[a-z]?\s*[.:|–—]", re.IGNORECASE
)
NAMED = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:abstract|introduction|background|related work|methods?|methodology|results|discussion"
    r"|conclusions?|limitations|references|bibliography|acknowledge?ments?|appendix(?: [A-Z])?|notes|summary)\.?$",
    re.IGNORECASE,
)
REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:references|bibliography|works cited|notes|literature cited)\.?$", re.IGNORECASE
)
LABEL = re.compile(r"(?:\[([\w+-]{1,20})\]|(\d{1,3})\.)\s+")
_NOTE_LINE = re.compile(f"{SUP_OPEN}\\d{{1,3}}\\s*{SUP_CLOSE}\\s*\\S")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMERIC = re.compile(r"[+−-]?[$€£]?\d[\d.,:/%±()–-]*[%xk]?$|[–—-]$")


@dataclass(slots=True, kw_only=True)
class Paragraph:
    lines: list[Line]

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        return self.lines[0].size


def body_size(lines: list[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 10.0


def split_paragraphs(lines: list[Line], body: float) -> list[Paragraph]:
    if not lines:
        return []
    leading = _usual_leading(lines, body)
    rights = _column_rights(lines)
    paragraphs = [Paragraph(lines=[lines[0]])]
    in_references = False
    for line in lines[1:]:
        open_paragraph = _find_interrupted(paragraphs, line, rights)
        if open_paragraph is not None:
            open_paragraph.lines.append(line)
            paragraphs.remove(open_paragraph)
            paragraphs.append(open_paragraph)
            continue
        last = paragraphs[-1].lines[-1]
        first_text = plain_text(paragraphs[-1].lines[0].text)
        in_references = in_references or REFERENCES.match(first_text) is not None
        if _starts_paragraph(paragraphs[-1], last, line, leading, rights, in_references):
            paragraphs.append(Paragraph(lines=[line]))
        else:
            paragraphs[-1].lines.append(line)
    return paragraphs


def _find_interrupted(
    paragraphs: list[Paragraph], line: Line, rights: dict[tuple[int, int, int], float]
) -> Paragraph | None:
    """The paragraph that this line at the top of a column or page goes on with, where notes in smaller
    type or a caption stand between the two."""
    last = paragraphs[-1].lines[-1]
    moved = line.page != last.page or line.y > last.y + 0.5 * last.size
    if not moved or line.row or _same_size(last, line):
        return None
    for paragraph in reversed(paragraphs[-6:-1]):
        end = paragraph.lines[-1]
        if _same_size(end, line):
            if _TERMINAL.search(end.text) or end.row or line.page - end.page > 1:
                return None
            prose = len(paragraph.lines) > 1 or len(end.text) > 80  # and no heading
            begun = line.text[:1].islower() or (prose and _is_full(end, plain_text(line.text), rights))
            return paragraph if begun else None
    return None


def _same_size(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= 0.09 * max(one.size, other.size)


def _usual_leading(lines: list[Line], body: float) -> float:
    steps = [
        round(last.y - line.y, 1)
        for last, line in itertools.pairwise(lines)
        if last.page == line.page and 0.6 * body < last.y - line.y < 3 * body
    ]
    return float(Counter(steps).most_common(1)[0][0]) if steps else 1.2 * body


def _column_rights(lines: list[Line]) -> dict[tuple[int, int, int], float]:
    """The right edge of the lines of one size that begin near one place of a page."""
    rights: dict[tuple[int, int, int], float] = {}
    for line in lines:
        key = (line.page, round(line.x0 / 40), round(line.size))
        rights[key] = max(rights.get(key, 0.0), line.x1)
    return rights


def _starts_paragraph(
    paragraph: Paragraph,
    last: Line,
    line: Line,
    leading: float,
    rights: dict[tuple[int, int, int], float],
    in_references: bool,
) -> bool:
    before, text = plain_text(last.text), plain_text(line.text)
    if last.row or line.row:
        return True
    if last.text.endswith((HARD, HYPHEN, SOFT)):
        return False
    if CAPTION.match(text) or NAMED.match(text) or NAMED.match(before):
        return True
    if in_references and LABEL.match(text):
        return True
    ended = _TERMINAL.search(last.text) is not None
    if _NOTE_LINE.match(line.text) and (ended or line.size < 0.95 * last.size):
        return True
    lowers = text[:1].islower()
    moved = line.page != last.page or line.y > last.y + 0.5 * last.size
    if not _same_size(last, line) and (moved or ended or not lowers):
        return True
    if moved and in_references:
        return ended
    if moved:
        begun = lowers or before.endswith("-") or _is_open(before)
        return ended or not (begun or (_same_size(last, line) and _is_full(last, text, rights)))
    step = last.y - line.y
    if step > 1.45 * max(leading, 1.05 * line.size):
        return True
    if BULLET.match(text) and (
        ended or BULLET.match(plain_text(paragraph.lines[0].text)) or before.endswith(",")
    ):
        return True
    if in_references:
        return ended and line.x0 < last.x0 - 0.5 * line.size
    if (is_row(before) or is_row(text)) and not (not ended and _is_full(last, text, rights)):
        return True
    right = max(
        rights.get((last.page, round(last.x0 / 40) + shift, round(last.size)), 0.0) for shift in (-1, 0, 1)
    )
    width = max(1.0, right - last.x0)
    if ended and not lowers:
        indented = line.x0 - last.x0 > 0.7 * line.size and len(paragraph.lines) > 1
        return indented or last.x1 < right - 0.1 * width
    return not lowers and last.x1 < last.x0 + 0.55 * width and len(before) > 1


def _is_full(last: Line, following: str, rights: dict[tuple[int, int, int], float]) -> bool:
    """Whether a line was ended because the next word didn't fit, and that word opens no part of its own."""
    if BULLET.match(following) or len(last.text) < 20 or not following:
        return False
    letter = (last.x1 - last.x0) / len(last.text)
    right = rights.get((last.page, round(last.x0 / 40), round(last.size)), 0.0)
    return last.x1 + letter * (len(following.split(None, 1)[0]) + 0.5) >= right


def _is_open(text: str) -> bool:
    """Whether a line ends where a sentence can't: at a comma, a small word, an opening bracket."""
    last = text.split()[-1].lower() if text.split() else ""
    return text.endswith((",", "(", "—")) or last in (
        "the a an of and or in on to for with by from that as is are was were be we at our its their this".split()
    )


def is_row(text: str) -> bool:
    """Whether a line is a row of a table: mostly numbers behind a label."""
    tokens = text.split()
    numbers = sum(1 for token in tokens if _NUMERIC.match(token))
    return len(tokens) >= 3 and numbers >= 2 and numbers >= 0.5 * len(tokens)


def plain_text(text: str) -> str:
    return _MARKUP.sub("", text.translate(_HYPHENS))


def count_words(lines: list[Line]) -> Counter[str]:
    """How often each word stands whole in the text: tells a parted word from a compound."""
    words: Counter[str] = Counter()
    for line in lines:
        found = _WORD.findall(_SUP.sub(" ", line.text).lower())
        if line.text.endswith((HARD, HYPHEN, SOFT, "-")) and found:
            found = found[:-1]
        words.update(found)
    return words


def join_lines(paragraph: Paragraph, words: Counter[str]) -> str:
    text = paragraph.lines[0].text
    for line in paragraph.lines[1:]:
        text = _join_two(text, line.text, words)
    return text.translate(_HYPHENS)


def _join_two(text: str, line: str, words: Counter[str]) -> str:
    if text.endswith(SOFT) and len(text) > 1 and text[-2].islower() and line[0].islower():
        return text[:-1] + line
    if text.endswith(HARD):
        return text[:-1] + "-" + line
    if text.endswith((HYPHEN, SOFT, "-")) and len(text) > 1:
        stem = text[:-1]
        before, after = stem[-1], line[0]
        if before.islower() and after.islower():
            return stem + ("-" if _is_compound(stem, line, words) else "") + line
        if before.islower() and after.isupper() and _is_whole(stem, line, words):
            return stem + line
        if before.isalnum() and after.isalnum():
            return stem + "-" + line
        return stem + "-" + ("" if before.isalnum() and not after.isspace() else " ") + line
    last = text.rsplit(None, 1)[-1] if text.split() else ""
    if text.endswith("—") or (
        text.endswith("–") and len(text) > 1 and text[-2].isdecimal() and line[0].isdecimal()
    ):
        return text + line
    if re.match(r"(?:https?://|www\.|doi\.org)", last) and last.endswith(
        ("/", "-", "_", "=", "&", "?", "%", ".")
    ):
        return text + line
    return f"{text} {line}"


def _is_whole(stem: str, line: str, words: Counter[str]) -> bool:
    """Whether the two halves stand together elsewhere in the text and never with a hyphen ("TraceMonkey")."""
    first, second = _WORD.findall(stem.lower()), _WORD.match(line.lower())
    if not first or second is None:
        return False
    left, right = first[-1], second.group()
    return words[left + right] > 0 and words[f"{left}-{right}"] == 0


def _is_compound(stem: str, line: str, words: Counter[str]) -> bool:
    """Whether the hyphen at a line's end belongs to the word ("age-related"), told from this text's own words."""
    first = _WORD.findall(stem.lower())
    second = _WORD.match(line.lower())
    if not first or second is None:
        return False
    left, right = first[-1].split("-")[-1], second.group().split("-")[0]
    whole, hyphened = words[left + right], words[f"{left}-{right}"]
    if whole or hyphened:
        return hyphened > whole
    return len(left) >= 3 and len(right) >= 3 and words[left] > 0 and words[right] > 0
