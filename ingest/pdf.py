"""PDF to a Reading: runs the worker, drops running heads, joins lines to paragraphs.

Owns the joining: a word parted at a line's end is put together, a range of numbers never is ("2-" and
"3 %" stay "2-3 %"). Refuses to open the file itself: only the worker's process touches the bytes.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.builder import TextBuilder
from ingest.limits import DEFAULT, Limits
from ingest.plain import find_bare_links, find_note_marks, known_marks
from ingest.reading import Reading, name_sections, warn
from ingest.sandbox import WorkerError, run_worker
from ingest.structure import clean_heading, find_addresses, read_date
from kb.errors import InputError, LimitError
from kb.types import Block, BlockKind, Issue, Note, NoteMark

READER = "pdf/1"
_WORKER = Path(__file__).with_name("pdf_worker.py")
_SUP = re.compile("\ue000([^\ue000\ue001]*)\ue001")
_MARKUP = re.compile("[\ue000\ue001]")

_TERMINAL = re.compile(r"[.!?:;][\"'”’»)\]]*(?:\ue000[^\ue001]*\ue001)?$")
_BULLET = re.compile(r"(?:[•‣◦▪●■–—*\-]|\(?\d{1,2}[.)]|\(?[a-z]\)|\([ivx]{1,4}\))\s+\S")
_CAPTION = re.compile(
    r"(?:Figure|Fig\.|Table|Algorithm|Listing|Box)\s+[A-Z]?\.?\d{1,3}[a-z]?\s*[.:|–—]", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,2}|[IVX]{1,4})\.?\s+[A-Z][^\n]{1,100}$"
)
_NAMED = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:abstract|introduction|background|related work|methods?|methodology|results|discussion"
    r"|conclusions?|limitations|references|bibliography|acknowledge?ments?|appendix(?: [A-Z])?|notes|summary)\.?$",
    re.IGNORECASE,
)
_ABSTRACT_RUN = re.compile(r"abstract\s*[.:—–-]\s*(?=\S)", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:references|bibliography|works cited|notes|literature cited)\.?$", re.IGNORECASE
)
_LABEL = re.compile(r"(?:\[([\w+-]{1,20})\]|(\d{1,3})\.)\s+")
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-–—(\[]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—)\]]?(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMERIC = re.compile(r"[+−-]?[$€£]?\d[\d.,:/%±()–-]*[%xk]?$|[–—-]$")
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}\S*\s+\[[\w.-]+\]\s+(\d{1,2}\s+\w{3,9}\s+\d{4})")
_POOR_TITLE = re.compile(r"untitled|microsoft word|\.(?:pdf|docx?|tex|indd|dvi|pptx?)\b|^\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    page: int
    x0: float
    x1: float
    y: float
    size: float
    turned: bool
    height: float  # of the page


@dataclass(slots=True, kw_only=True)
class _Paragraph:
    lines: list[_Line]

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        return self.lines[0].size


def read_pdf(content: bytes, name: str, url: str | None, *, limits: Limits = DEFAULT) -> Reading:
    """The text of a PDF. Raises InputError (damaged, encrypted, no text), LimitError (time, memory, pages)."""
    answer = _ask_worker(content, name, limits)
    lines = _read_lines(answer)
    _check_text(lines, answer, name)
    shown = [line for line in _drop_running_heads(lines) if not line.turned]
    size = _body_size(shown)
    paragraphs = _split_paragraphs(shown, size)
    builder, notes = _build(paragraphs, size, _count_words(shown))
    text = builder.text
    blocks = name_sections(builder.blocks, text, clean_heading)
    return Reading(
        reader=READER,
        text=text,
        url=url,
        title=_find_title(answer["meta"], shown, size, text),
        published=_find_date(lines),
        blocks=blocks,
        links=find_bare_links(text, blocks),
        note_marks=_all_marks(builder.marks, text, blocks, notes),
        notes=notes,
        issues=_find_issues(answer, name),
    )


# --------------------------------------------------------------------------- the worker's answer


def _ask_worker(content: bytes, name: str, limits: Limits) -> dict[str, Any]:
    bounds = {
        "pages": limits.pdf_pages,
        "text_chars": limits.text_chars,
        "memory_bytes": limits.pdf_memory_bytes,
        "cpu_s": limits.pdf_cpu_s,
    }
    try:
        answer = run_worker(
            _WORKER, content, bounds, wall_s=limits.pdf_wall_s, answer_bytes=limits.pdf_answer_bytes
        )
    except WorkerError as failure:
        if failure.kind == "crash":
            raise InputError(
                f"{name}: the PDF can't be read: {failure}", name=name, kind=failure.kind
            ) from failure
        raise LimitError(
            f"{name}: the PDF is over a limit: {failure}", name=name, kind=failure.kind
        ) from failure
    if answer.get("ok") is True and isinstance(answer.get("pages"), list):
        return answer
    code, message = str(answer.get("code")), str(answer.get("message"))
    if code == "over_limit":
        raise LimitError(f"{name}: the PDF is over a limit: {message}", name=name, kind=code)
    raise InputError(f"{name}: the PDF {message}", name=name, kind=code)


def _read_lines(answer: dict[str, Any]) -> list[_Line]:
    """The lines of all pages, stretches of one visual line put together again."""
    lines: list[_Line] = []
    for number, page in enumerate(answer["pages"], start=1):
        for found in page["lines"]:
            line = _Line(
                text=str(found["t"]),
                page=number,
                x0=float(found["x0"]),
                x1=float(found["x1"]),
                y=float(found["y"]),
                size=float(found["s"]),
                turned=bool(found["r"]),
                height=float(page["height"]),
            )
            last = lines[-1] if lines else None
            if last is not None and _is_same_line(last, line):
                tight = line.x0 - last.x1 < 0.12 * line.size or line.text[0] in ",.;:)]’”"
                joined = last.text + ("" if tight else " ") + line.text
                size = max(last, line, key=lambda part: len(part.text)).size
                lines[-1] = replace(last, text=joined, x1=max(last.x1, line.x1), size=size)
            else:
                lines.append(line)
    return lines


def _is_same_line(last: _Line, line: _Line) -> bool:
    if last.page != line.page or last.turned or line.turned or last.text.endswith("\x02"):
        return False
    gap = line.x0 - last.x1
    return (
        abs(last.y - line.y) < 0.35 * min(last.size, line.size) and -0.5 * line.size < gap < 1.5 * line.size
    )


def _check_text(lines: list[_Line], answer: dict[str, Any], name: str) -> None:
    letters = "".join(line.text for line in lines)
    readable = sum(1 for letter in letters if letter.isalnum())
    if readable == 0:
        hidden = sum(int(page["hidden"]) + int(page["outside"]) for page in answer["pages"])
        why = f"{hidden} hidden characters, none shown" if hidden else "scanned pages need OCR first"
        pages = len(answer["pages"])
        raise InputError(
            f"{name}: no text on {pages} page{'s' * (pages != 1)} ({why})", name=name, kind="no_text"
        )
    lost = sum(1 for letter in letters if letter == "\ufffd" or "\ue004" <= letter <= "\uf8ff")
    if lost > 0.3 * len(letters):
        raise InputError(
            f"{name}: the PDF's fonts don't say which letters they draw; give another copy, or one with OCR",
            name=name,
            kind="no_unicode",
        )


def _find_issues(answer: dict[str, Any], name: str) -> tuple[Issue, ...]:
    issues = []
    pages = answer["pages"]
    for key, code, what in (
        ("hidden", "hidden_text", "invisible characters were left out"),
        ("outside", "text_off_page", "characters outside the page were left out"),
        (
            "spoofed",
            "text_spoofed",
            "stretches of text claim other digits than the page draws; those drawn were read",
        ),
    ):
        counts = {number: int(page.get(key, 0)) for number, page in enumerate(pages, start=1)}
        total = sum(counts.values())
        if total:
            where = ", ".join(str(number) for number, count in counts.items() if count)[:80]
            issues.append(warn("ingest.pdf", code, f"{name}: {total} {what} (page {where})"))
    broken = answer.get("broken") or []
    if broken:
        where = ", ".join(map(str, broken))[:80]
        issues.append(warn("ingest.pdf", "page_unreadable", f"{name}: page {where} can't be read"))
    empty = [
        number for number, page in enumerate(pages, start=1) if not page["lines"] and number not in broken
    ]
    if empty and len(empty) < len(pages):
        where = ", ".join(map(str, empty))[:80]
        issues.append(warn("ingest.pdf", "page_without_text", f"{name}: page {where} holds no text"))
    return tuple(issues)


# --------------------------------------------------------------------------- lines to paragraphs


def _drop_running_heads(lines: list[_Line]) -> list[_Line]:
    """Lines without page numbers and what stands at the head or foot of many pages."""
    pages = len({line.page for line in lines})
    edge = [line for line in lines if _is_at_edge(line)]
    seen = Counter(key for key, _ in {(_edge_key(line), line.page) for line in edge})
    dropped = set()
    for line in edge:
        key = _edge_key(line)
        if _PAGE_NUMBER.match(line.text) or (
            seen[key] >= 3 and seen[key] >= 0.3 * pages and len(line.text) < 150
        ):
            dropped.add(id(line))
    return [line for line in lines if id(line) not in dropped]


def _is_at_edge(line: _Line) -> bool:
    return line.height > 0 and (line.y < 0.09 * line.height or line.y > 0.9 * line.height)


def _edge_key(line: _Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _body_size(lines: list[_Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 10.0


def _split_paragraphs(lines: list[_Line], body: float) -> list[_Paragraph]:
    if not lines:
        return []
    leading = _usual_leading(lines, body)
    rights = _column_rights(lines)
    paragraphs = [_Paragraph(lines=[lines[0]])]
    in_references = False
    for line in lines[1:]:
        open_paragraph = _find_interrupted(paragraphs, line)
        if open_paragraph is not None:
            open_paragraph.lines.append(line)
            paragraphs.remove(open_paragraph)
            paragraphs.append(open_paragraph)
            continue
        last = paragraphs[-1].lines[-1]
        first_text = _plain(paragraphs[-1].lines[0].text)
        in_references = in_references or _REFERENCES.match(first_text) is not None
        if _starts_paragraph(paragraphs[-1], last, line, leading, rights, in_references):
            paragraphs.append(_Paragraph(lines=[line]))
        else:
            paragraphs[-1].lines.append(line)
    return paragraphs


def _find_interrupted(paragraphs: list[_Paragraph], line: _Line) -> _Paragraph | None:
    """The paragraph that this line at the top of a column or page goes on with, where notes in smaller
    type or a caption stand between the two."""
    last = paragraphs[-1].lines[-1]
    moved = line.page != last.page or line.y > last.y + 0.5 * last.size
    if not moved or not line.text[:1].islower() or _same_size(last, line):
        return None
    for paragraph in reversed(paragraphs[-6:-1]):
        end = paragraph.lines[-1]
        if _same_size(end, line):
            return None if _TERMINAL.search(end.text) or line.page - end.page > 1 else paragraph
    return None


def _same_size(one: _Line, other: _Line) -> bool:
    return abs(one.size - other.size) <= 0.09 * max(one.size, other.size)


def _usual_leading(lines: list[_Line], body: float) -> float:
    steps = [
        round(last.y - line.y, 1)
        for last, line in itertools.pairwise(lines)
        if last.page == line.page and 0.6 * body < last.y - line.y < 3 * body
    ]
    return float(Counter(steps).most_common(1)[0][0]) if steps else 1.2 * body


def _column_rights(lines: list[_Line]) -> dict[tuple[int, int], float]:
    """The right edge of the lines that begin near one place of a page."""
    rights: dict[tuple[int, int], float] = {}
    for line in lines:
        key = (line.page, round(line.x0 / 40))
        rights[key] = max(rights.get(key, 0.0), line.x1)
    return rights


def _starts_paragraph(
    paragraph: _Paragraph,
    last: _Line,
    line: _Line,
    leading: float,
    rights: dict[tuple[int, int], float],
    in_references: bool,
) -> bool:
    before, text = _plain(last.text), _plain(line.text)
    if last.text.endswith("\x02"):
        return False
    if _CAPTION.match(text) or _NAMED.match(text) or _NAMED.match(before):
        return True
    if in_references and _LABEL.match(text):
        return True
    ended = _TERMINAL.search(last.text) is not None
    lowers = text[:1].islower()
    moved = line.page != last.page or line.y > last.y + 0.5 * last.size
    if not _same_size(last, line) and (moved or ended or not lowers):
        return True
    if moved:
        return ended or not (lowers or before.endswith("-") or _is_open(before))
    step = last.y - line.y
    if step > 1.45 * max(leading, 1.05 * line.size):
        return True
    if _BULLET.match(text) and (
        ended or _BULLET.match(_plain(paragraph.lines[0].text)) or before.endswith(",")
    ):
        return True
    if in_references:
        return ended and line.x0 < last.x0 - 0.5 * line.size
    if _is_row(before) or _is_row(text):
        return True
    right = max(rights.get((last.page, round(last.x0 / 40) + shift), 0.0) for shift in (-1, 0, 1))
    width = max(1.0, right - last.x0)
    if ended and not lowers:
        indented = line.x0 - last.x0 > 0.7 * line.size and len(paragraph.lines) > 1
        return indented or last.x1 < right - 0.1 * width
    return not lowers and last.x1 < last.x0 + 0.55 * width and len(before) > 1


def _is_open(text: str) -> bool:
    """Whether a line ends where a sentence can't: at a comma, a small word, an opening bracket."""
    last = text.split()[-1].lower() if text.split() else ""
    return text.endswith((",", "(", "—")) or last in (
        "the a an of and or in on to for with by from that as is are was were be we at our its their this".split()
    )


def _is_row(text: str) -> bool:
    """Whether a line is a row of a table: mostly numbers behind a label."""
    tokens = text.split()
    numbers = sum(1 for token in tokens if _NUMERIC.match(token))
    return len(tokens) >= 3 and numbers >= 2 and numbers >= 0.5 * len(tokens)


def _plain(text: str) -> str:
    return _MARKUP.sub("", text.replace("\x02", "-"))


# --------------------------------------------------------------------------- paragraphs to text


def _count_words(lines: list[_Line]) -> Counter[str]:
    """How often each word stands whole in the text: tells a parted word from a compound."""
    words: Counter[str] = Counter()
    for line in lines:
        found = _WORD.findall(_SUP.sub(" ", line.text.replace("\x02", "\x00")).lower())
        if line.text.endswith(("\x02", "-")) and found:
            found = found[:-1]
        words.update(found)
    return words


def _join(paragraph: _Paragraph, words: Counter[str]) -> str:
    text = paragraph.lines[0].text
    for line in paragraph.lines[1:]:
        text = _join_two(text, line.text, words)
    return text.replace("\x02", "-")


def _join_two(text: str, line: str, words: Counter[str]) -> str:
    if text.endswith(("\x02", "-")) and len(text) > 1:
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


def _build(
    paragraphs: list[_Paragraph], body: float, words: Counter[str]
) -> tuple[TextBuilder, tuple[Note, ...]]:
    builder = TextBuilder()
    notes: list[Note] = []
    in_references = False
    for paragraph in paragraphs:
        text = _join(paragraph, words)
        plain = _plain(text)
        kind, level = _classify(paragraph, plain, body)
        if kind is BlockKind.HEADING:
            in_references = _REFERENCES.match(plain) is not None
        elif in_references and kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            kind = BlockKind.FOOTNOTE
        if kind is BlockKind.FOOTNOTE:
            text = _add_note(notes, text)
        opening = _ABSTRACT_RUN.match(text) if kind is BlockKind.PARAGRAPH else None
        if opening is not None:
            builder.begin(BlockKind.HEADING, level=2, page=paragraph.page)
            builder.write("Abstract")
            text = text[opening.end() :]
        builder.begin(kind, level=level, page=paragraph.page)
        _write_raised(builder, text)
        builder.end()
    return builder, tuple(notes)


def _write_raised(builder: TextBuilder, text: str) -> None:
    position = 0
    for match in _SUP.finditer(text):
        builder.write(_MARKUP.sub("", text[position : match.start()]))
        raised = match.group(1)
        builder.write_raised(raised)
        if raised.endswith(" "):
            builder.write(" ")
        position = match.end()
    builder.write(_MARKUP.sub("", text[position:]))


def _classify(paragraph: _Paragraph, text: str, body: float) -> tuple[BlockKind, int]:
    first = paragraph.lines[0]
    if _CAPTION.match(text):
        return BlockKind.CAPTION, 0
    if _is_row(text) and len(paragraph.lines) == 1:
        return BlockKind.TABLE_ROW, 0
    if _NAMED.match(text):
        return BlockKind.HEADING, 2
    ended = text.endswith((".", ",", ";", ":"))
    numbered = _NUMBERED.match(text)
    short = len(paragraph.lines) <= 3 and len(text) <= 160
    if short and paragraph.size >= 1.12 * body and not ended and any(letter.isalpha() for letter in text):
        return BlockKind.HEADING, 1 if paragraph.size >= 1.4 * body else 2
    if (
        numbered
        and len(paragraph.lines) <= 2
        and not ended
        and len(text.split()) <= 14
        and paragraph.size >= 0.98 * body
    ):
        return BlockKind.HEADING, 2 + numbered.group(1).count(".")
    if first.text.startswith("\ue000") and paragraph.size <= 0.95 * body:
        return BlockKind.FOOTNOTE, 0
    if _BULLET.match(text):
        return BlockKind.LIST_ITEM, 0
    return BlockKind.PARAGRAPH, 0


def _add_note(notes: list[Note], text: str) -> str:
    """Record a note; returns its text as it goes into the document."""
    raised = _SUP.match(text)
    if raised is not None:
        label, content = raised.group(1).strip(), text[raised.end() :].strip()
        text = f"{label} {content}"
    else:
        match = _LABEL.match(text)
        label = "" if match is None else match.group(1) or match.group(2)
        content = text if match is None else text[match.end() :]
    shown = _MARKUP.sub("", content)
    notes.append(Note(label=label, text=shown, targets=find_addresses(shown)))
    return text


def _all_marks(
    found: list[NoteMark], text: str, blocks: tuple[Block, ...], notes: tuple[Note, ...]
) -> tuple[NoteMark, ...]:
    taken = {mark.start for mark in found}
    bare = (mark for mark in known_marks(find_note_marks(text, blocks), notes) if mark.start not in taken)
    return tuple(sorted([*found, *bare], key=lambda mark: (mark.start, mark.end, mark.label)))


def _find_title(meta: dict[str, str], lines: list[_Line], body: float, text: str) -> str | None:
    """The largest line of the first page's upper part, else the title in the file's properties."""
    top = [line for line in lines if line.page == 1 and line.y > 0.4 * line.height]
    largest = max((line.size for line in top), default=0.0)
    if largest >= 1.15 * body:
        run: list[str] = []
        for line in top:
            if line.size >= 0.95 * largest:
                run.append(_plain(_SUP.sub("", line.text)))
            elif run:
                break
        title = " ".join(" ".join(run).split())
        if 8 <= len(title) <= 300:
            return title
    title = " ".join(str(meta.get("Title", "")).split())
    return title if title and not _POOR_TITLE.search(title) and title.casefold() in text.casefold() else None


def _find_date(lines: list[_Line]) -> str | None:
    """The date that arXiv prints up the margin of a first page."""
    for line in lines:
        match = _STAMP.search(line.text) if line.page == 1 else None
        if match is not None:
            return read_date(match.group(1))
    return None
