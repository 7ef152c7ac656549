"""Paragraphs of a PDF to blocks: headings, captions, rows, list items, notes, references.

Refuses to know lines and how they were joined (ingest.pdf_paragraphs).
"""

from __future__ import annotations

import re
from collections import Counter

from ingest.builder import TextBuilder
from ingest.inline import find_addresses
from ingest.pdf_lines import SUP_CLOSE, SUP_OPEN
from ingest.pdf_paragraphs import (
    BULLET,
    CAPTION,
    LABEL,
    NAMED,
    REFERENCES,
    Paragraph,
    is_row,
    join_lines,
    plain_text,
)
from kb.types import BlockKind, Note

SUP = re.compile(f"{SUP_OPEN}([^{SUP_OPEN}{SUP_CLOSE}]*){SUP_CLOSE}")
_MARKUP = re.compile(f"[{SUP_OPEN}{SUP_CLOSE}]")
_NUMBERED = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,2}|[IVX]{1,4})\.?\s+[A-Z][^\n]{1,100}$"
)
_ABSTRACT_RUN = re.compile(r"abstract\s*[.:—–-]\s*(?=\S)", re.IGNORECASE)


def build_text(
    paragraphs: list[Paragraph], body: float, words: Counter[str]
) -> tuple[TextBuilder, tuple[Note, ...]]:
    builder = TextBuilder(known=_find_labels(paragraphs, body))
    notes: list[Note] = []
    in_references = False
    for paragraph in paragraphs:
        first = paragraph.lines[0]
        if first.row:
            builder.begin(BlockKind.TABLE_ROW, headers=first.headers, page=paragraph.page)
            _write_raised(builder, first.text)
            builder.end()
            continue
        text = join_lines(paragraph, words)
        plain = plain_text(text)
        kind, level = _classify(paragraph, plain, body)
        if kind is BlockKind.HEADING:
            in_references = REFERENCES.match(plain) is not None
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


def _find_labels(paragraphs: list[Paragraph], body: float) -> frozenset[str]:
    """The labels of the notes that stand in smaller type behind a raised number of their own."""
    found = (SUP.match(one.lines[0].text) for one in paragraphs if one.size <= 0.95 * body)
    return frozenset(match.group(1).strip() for match in found if match is not None)


def _write_raised(builder: TextBuilder, text: str) -> None:
    position = 0
    for match in SUP.finditer(text):
        builder.write(_MARKUP.sub("", text[position : match.start()]))
        raised = match.group(1)
        builder.write_raised(raised)
        if raised.endswith(" "):
            builder.write(" ")
        position = match.end()
    builder.write(_MARKUP.sub("", text[position:]))


def _classify(paragraph: Paragraph, text: str, body: float) -> tuple[BlockKind, int]:
    first = paragraph.lines[0]
    if CAPTION.match(text):
        return BlockKind.CAPTION, 0
    if is_row(text) and len(paragraph.lines) == 1:
        return BlockKind.TABLE_ROW, 0
    if NAMED.match(text):
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
    if BULLET.match(text):
        return BlockKind.LIST_ITEM, 0
    return BlockKind.PARAGRAPH, 0


def _add_note(notes: list[Note], text: str) -> str:
    """Record a note; returns its text as it goes into the document."""
    raised = SUP.match(text)
    if raised is not None:
        label, content = raised.group(1).strip(), text[raised.end() :].strip()
        text = f"{label} {content}"
    else:
        match = LABEL.match(text)
        label = "" if match is None else match.group(1) or match.group(2)
        content = text if match is None else text[match.end() :]
    written = TextBuilder()
    _write_raised(written, content)
    shown = written.text
    notes.append(Note(label=label, text=shown, targets=find_addresses(shown)))
    return text
