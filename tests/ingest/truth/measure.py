"""Holds a reading against the truth it was made from: words, figures, cells, notes.

Recall and precision are shares of word 5-grams. Figures are read by `kb.quantity` on both sides, sentence by
sentence, so that a difference is the reader's and not the grammar's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.note_marks import find_note_marks
from ingest.sentences import join_lines, split_sentences
from ingest.statements import find_statements, split_cells
from ingest.visible import see_text
from kb.quantity import find_quantities
from kb.text import fold_text
from kb.types import BlockKind, Document
from tests.ingest.truth.source import Truth, show_cells, show_line, show_parts

_POWER = re.compile(r"\^?([⁰¹²³⁴-⁹⁻]+)")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", "0123456789-0123456789")
_EDGE = "\"'.,;:!?()[]{}|-*_#>…"
Figure = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a reading got of its text. Figures and cells are listed where they differ from the truth."""

    recall: float
    precision: float
    figures: int
    lost: tuple[Figure, ...]
    added: tuple[Figure, ...]
    cells: int
    cells_lost: tuple[tuple[str, str, str], ...]
    notes: int
    notes_lost: tuple[str, ...]


def score(truth: Truth, document: Document, style: str = "") -> Score:
    """`style` is how the text was set: where captions stand below, and whether the authors are on the page."""
    parts = show_parts(truth, below=style == "HTML, divs", byline=style.startswith("PDF"))
    wanted = _grams(word for _, shown in parts for word in _words(shown))
    read = _grams(word for shown in visible_parts(document) for word in _words(shown))
    shared = (wanted & read).total()
    figures, found = Counter(true_figures(truth)), Counter(read_figures(document))
    cells = [cell for part in truth.parts if part.kind == "table" for cell in show_cells(part)]
    held = set(read_cells(document))
    notes = {entry.label: show_line(entry.line) for entry in truth.notes}
    return Score(
        recall=shared / max(1, wanted.total()),
        precision=shared / max(1, read.total()),
        figures=figures.total(),
        lost=tuple((figures - found).elements()),
        added=tuple((found - figures).elements()),
        cells=len(cells),
        cells_lost=tuple(cell for cell in cells if tuple(map(_fold_cell, cell)) not in held),
        notes=len(notes),
        notes_lost=tuple(label for label, words in notes.items() if not _is_linked(document, label, words)),
    )


def visible_parts(document: Document) -> list[str]:
    """What a person sees of the body: no notes, no references, no byline; the marks of notes left out."""
    hidden = [(mark.start, mark.end) for mark in find_note_marks(document)]
    out = []
    for block in document.blocks:
        if block.kind in (BlockKind.FOOTNOTE, BlockKind.METADATA, BlockKind.CODE):
            continue
        if block.kind is BlockKind.HEADING and _is_list_heading(document.text[block.start : block.end]):
            continue
        ranges = [(block.start, block.end)]
        if block.kind is BlockKind.TABLE_ROW:
            ranges = split_cells(document.text, block.start, block.end)
        out += [see_text(document.text, start, end, hidden).text for start, end in ranges]
    return out


def _is_list_heading(heading: str) -> bool:
    return heading.strip(" #*:").lower() in ("notes", "references", "footnotes")


def _words(shown: str) -> list[str]:
    """Words for comparison: folded, without punctuation at their edges, powers written with ^."""
    powers = _POWER.sub(lambda match: "^" + match.group(1).translate(_PLAIN), shown).translate(_PLAIN)
    words = (word.strip(_EDGE) for word in fold_text(powers).split())
    return [word for word in words if any(letter.isalnum() for letter in word)]


def _grams(words: Iterable[str]) -> Counter[tuple[str, ...]]:
    listed = list(words)
    return Counter(zip(*(listed[shift:] for shift in range(5)), strict=False))


# --------------------------------------------------------------------------- figures


def figures_of(sentence: str) -> list[Figure]:
    """(value, unit, bounds' kind) of the quantities of a sentence."""
    out = []
    for quantity in find_quantities(sentence):
        values = {f"{value.normalize():f}" for value in (quantity.low, quantity.high) if value is not None}
        base = "" if quantity.base is None else f" of {quantity.base.normalize():f}"
        out.append((" to ".join(sorted(values)) + base, quantity.unit.kind.value, quantity.modifier.value))
    return out


def true_figures(truth: Truth) -> list[Figure]:
    """Of the sentences and cells of the body."""
    shown = [words for kind, words in show_parts(truth) if kind not in ("title", "heading")]
    sentences = [words[start:end] for words in shown for start, end in split_sentences(words)]
    return [figure for sentence in sentences for figure in figures_of(sentence)]


def read_figures(document: Document) -> list[Figure]:
    """Of the statements of a document that are no headings, as the claim finder sees them; header rows and
    captions too."""
    marks = find_note_marks(document)
    hidden = [(mark.start, mark.end) for mark in marks]
    found = find_statements(document, marks).found
    shown = [one.text for one in found if one.run.block.kind is not BlockKind.HEADING]
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    read = {one.run.block.start for one in found}
    for row in rows:
        if row.start not in read:
            cells = split_cells(document.text, row.start, row.end)
            shown += [see_text(document.text, start, end, hidden).text for start, end in cells]
    return [figure for sentence in shown for figure in figures_of(sentence)]


def lines_of(text: str) -> list[str]:
    return [text[start:end] for start, end in join_lines(text)]


# --------------------------------------------------------------------------- cells and notes


def _fold_cell(cell: str) -> str:
    return " ".join(_words(cell))


def read_cells(document: Document) -> list[tuple[str, str, str]]:
    """(row header, column header, cell), folded, as the claim finder gets them."""
    found = find_statements(document, find_note_marks(document)).found
    return [
        (_fold_cell(one.run.row), _fold_cell(one.run.column), _fold_cell(one.text))
        for one in found
        if one.is_cell
    ]


def _is_linked(document: Document, label: str, words: str) -> bool:
    """Whether the note is held, its mark is known in the text, and the mark's label leads to the note's words."""
    notes = [note for note in document.notes if note.label == label]
    marks = [mark for mark in find_note_marks(document) if mark.label == label]
    wanted = _words(words)
    held = any(_covers(_words(note.text), wanted) for note in notes)
    bodies = [(block.start, block.end) for block in document.blocks if block.kind is not BlockKind.FOOTNOTE]
    return held and any(start <= mark.start < end for mark in marks for start, end in bodies)


def _covers(read: list[str], wanted: list[str]) -> bool:
    return len(read) <= len(wanted) + 3 and sum((Counter(wanted) & Counter(read)).values()) >= 0.97 * len(
        wanted
    )
