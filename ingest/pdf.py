"""PDF to a Reading: runs the worker over the bytes and puts together what the parts make of its answer.

Owns what is refused and what is an issue, title and date. Refuses to open the file itself: only the worker's
process touches the bytes. Lines: ingest.pdf_lines; tables: ingest.pdf_tables; paragraphs:
ingest.pdf_paragraphs; blocks: ingest.pdf_text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ingest.inline import clean_heading, read_date
from ingest.limits import DEFAULT, Limits
from ingest.pdf_lines import Line, drop_running_heads, read_lines
from ingest.pdf_paragraphs import body_size, count_words, plain_text, split_paragraphs
from ingest.pdf_tables import read_tables
from ingest.pdf_text import SUP, build_text
from ingest.plain import find_bare_links, find_note_marks, known_marks
from ingest.reading import Reading, name_sections, warn
from ingest.sandbox import WorkerError, run_worker
from kb.errors import InputError, LimitError
from kb.types import Block, Issue, Note, NoteMark

READER = "pdf/2"
_TOLD = 8  # figures that one issue names
_WORKER = Path(__file__).with_name("pdf_worker.py")
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}\S*\s+\[[\w.-]+\]\s+(\d{1,2}\s+\w{3,9}\s+\d{4})")
_POOR_TITLE = re.compile(r"untitled|microsoft word|\.(?:pdf|docx?|tex|indd|dvi|pptx?)\b|^\s*$", re.IGNORECASE)


def read_pdf(content: bytes, name: str, url: str | None, *, limits: Limits = DEFAULT) -> Reading:
    """The text of a PDF. Raises InputError (damaged, encrypted, no text), LimitError (time, memory, pages)."""
    return read_answer(ask_worker(content, name, limits), name, url)


def read_answer(answer: dict[str, Any], name: str, url: str | None) -> Reading:
    """What a worker's answer says. Raises InputError where it holds no text."""
    lines = read_lines(answer)
    _check_text(lines, answer, name)
    shown = [line for line in drop_running_heads(lines) if not line.turned]
    size = body_size(shown)
    words = count_words(shown)
    builder, notes = build_text(split_paragraphs(read_tables(shown), size), size, words)
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


def ask_worker(content: bytes, name: str, limits: Limits) -> dict[str, Any]:
    """The worker's answer to these bytes: pages with their lines. Raises InputError, LimitError."""
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


def _check_text(lines: list[Line], answer: dict[str, Any], name: str) -> None:
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
    told = _find_figures(pages)
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
            among = f"; among them {told[code]}" if told[code] else ""
            issues.append(warn("ingest.pdf", code, f"{name}: {total} {what} (page {where}{among})"))
    if told["figure_differs"]:
        said = (
            f"the page shows otherwise than its text says: {told['figure_differs']}; left out as unreadable"
        )
        issues.append(warn("ingest.pdf", "figure_differs", f"{name}: figures that {said}"))
    apart = ", ".join(str(number) for number, page in enumerate(pages, 1) if not page.get("compared", True))
    if apart:
        said = (
            "was not compared with what it shows: the time for that was used up, or the page is too much to draw "
            "(then its figures were left out)"
        )
        issues.append(warn("ingest.pdf", "page_not_compared", f"{name}: page {apart[:80]} {said}"))
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


def _find_figures(pages: list[dict[str, Any]]) -> dict[str, str]:
    """The figures that a page has in its text and doesn't show so, by the issue that tells of them."""
    told: dict[str, list[str]] = {
        "hidden_text": [],
        "text_off_page": [],
        "text_spoofed": [],
        "figure_differs": [],
    }
    for number, page in enumerate(pages, start=1):
        for figure, why in page.get("figures", ()):
            code = "hidden_text" if why == "unseen" else "figure_differs"
            told[code].append(f'"{figure}" on page {number}')
        told["text_off_page"].extend(f'"{figure}" on page {number}' for figure in page.get("afar", ()))
        told["text_spoofed"].extend(f'"{figure}" on page {number}' for figure in page.get("claimed", ()))
    return {
        code: ", ".join(found[:_TOLD]) + (f" and {len(found) - _TOLD} more" if len(found) > _TOLD else "")
        for code, found in told.items()
    }


# --------------------------------------------------------------------------- marks, title and date


def _all_marks(
    found: list[NoteMark], text: str, blocks: tuple[Block, ...], notes: tuple[Note, ...]
) -> tuple[NoteMark, ...]:
    taken = {mark.start for mark in found}
    bare = (mark for mark in known_marks(find_note_marks(text, blocks), notes) if mark.start not in taken)
    return tuple(sorted([*found, *bare], key=lambda mark: (mark.start, mark.end, mark.label)))


def _find_title(meta: dict[str, str], lines: list[Line], body: float, text: str) -> str | None:
    """The largest line of the first page's upper part, else the title in the file's properties."""
    top = [line for line in lines if line.page == 1 and line.y > 0.4 * line.height]
    largest = max((line.size for line in top), default=0.0)
    if largest >= 1.15 * body:
        run: list[str] = []
        for line in top:
            if line.size >= 0.95 * largest:
                run.append(plain_text(SUP.sub("", line.text)))
            elif run:
                break
        title = " ".join(" ".join(run).split())
        if 8 <= len(title) <= 300:
            return title
    title = " ".join(str(meta.get("Title", "")).split())
    return title if title and not _POOR_TITLE.search(title) and title.casefold() in text.casefold() else None


def _find_date(lines: list[Line]) -> str | None:
    """The date that arXiv prints up the margin of a first page."""
    for line in lines:
        match = _STAMP.search(line.text) if line.page == 1 else None
        if match is not None:
            return read_date(match.group(1))
    return None
