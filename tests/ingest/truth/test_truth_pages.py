"""Laws of reading our own texts set as HTML, Markdown and plain text: nothing lost, nothing added."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from ingest.note_marks import find_note_marks
from ingest.passages import split_passages
from ingest.read import read_document
from kb.types import BlockKind, Document, PassageKind, Raw
from tests.ingest.truth import html_pages, text_pages
from tests.ingest.truth.measure import read_figures, score
from tests.ingest.truth.source import Truth, load_texts

TEXTS = {truth.name: truth for truth in load_texts()}
HTML = [(style, name) for style in html_pages.STYLES for name in TEXTS]
PLAIN = [(style, name) for style in text_pages.STYLES for name in TEXTS]
# Some figures of each text as a person reads them, so that grammar and readers can't err together.
FIGURES = {
    "compute": [("460000000000000000000000000", "flop"), ("63", "count"), ("35 to 45", "percent"), ("2.1", "currency"),
                ("9500 to 11000", "other"), ("1.3E+26", "flop")],
    "deception": [("99.62", "percent"), ("3118400", "count"), ("1 of 1000", "ratio"), ("0.02 to 0.05", "percent"),
                  ("1.6", "percent"), ("2200000", "currency")],
    "oversight": [("57.5", "percent"), ("22.5", "percentage_point"), ("42 to 72", "percent"), ("620", "currency"),
                  ("1 of 4", "ratio"), ("1.2", "percent")],
    "refusals": [("91.4", "percent"), ("39.4", "percentage_point"), ("1 of 14", "ratio"), ("7.2", "percent"),
                 ("10000000000000000000000000", "flop"), ("4300000", "currency")],
    "survey": [("5", "percent"), ("13.8", "percent"), ("37 to 41", "percent"), ("10.7", "percent"),
               ("3.8", "percentage_point"), ("9812", "count")],
    "transcripts": [("21.2", "percent"), ("14.8", "percentage_point"), ("16 to 50", "percent"), ("500", "currency"),
                    ("1 of 10", "ratio"), ("10000", "count")],
}  # fmt: skip


def read_page(style: str, name: str) -> Document:
    raw = Raw(
        name=f"{name}.html", content=html_pages.STYLES[style](TEXTS[name]).encode(), media_type="text/html"
    )
    return read_document(raw).items[0]


def read_text(style: str, name: str) -> Document:
    suffix = "md" if style == "markdown" else "txt"
    content = text_pages.STYLES[style](TEXTS[name]).encode()
    return read_document(Raw(name=f"{name}.{suffix}", content=content)).items[0]


def hold(truth: Truth, document: Document, style: str) -> None:
    found = score(truth, document, style)
    assert found.recall >= 0.98 and found.precision >= 0.98
    assert (found.lost, found.added) == ((), ())
    assert found.cells_lost == ()
    assert found.notes_lost == ()


@pytest.mark.parametrize(("style", "name"), HTML)
def test_a_page_is_read_as_it_was_written(style: str, name: str) -> None:
    hold(TEXTS[name], read_page(style, name), f"HTML, {style}")


@pytest.mark.parametrize(("style", "name"), PLAIN)
def test_a_text_is_read_as_it_was_written(style: str, name: str) -> None:
    hold(TEXTS[name], read_text(style, name), f"text, {style}")


@pytest.mark.parametrize("name", TEXTS)
def test_figures_are_those_that_a_person_reads(name: str) -> None:
    read = {(_ordered(value), unit) for value, unit, _ in read_figures(read_page("article", name))}
    wanted = {(_plain(value), unit) for value, unit in FIGURES[name]}
    assert wanted <= read


def _plain(value: str) -> str:
    return f"{Decimal(value):f}" if "E" in value else value


def _ordered(value: str) -> str:
    low, _, high = value.partition(" to ")
    return f"{high} to {low}" if high and float(high) < float(low) else value


def test_the_texts_hold_what_they_are_there_for() -> None:
    shown = {
        style: "\n".join(make(truth) for truth in TEXTS.values()) for style, make in text_pages.STYLES.items()
    }
    assert sum(len(make.split()) for make in [shown["plain"]]) > 4_500
    broken = [before for before, after in itertools.pairwise(shown["wrapped"].split("\n")) if before[-1:] == "-" and after[:1].isdigit()]  # fmt: skip
    assert len(broken) >= 1  # ranges parted at the end of a line
    assert "<sup>" in shown["markdown"] and "10²⁵" in shown["plain"]


@pytest.mark.parametrize("style", html_pages.STYLES)
def test_a_page_s_menus_banners_and_comments_are_left_out(style: str) -> None:
    text = "\n".join(read_page(style, name).text for name in TEXTS)
    for clutter in (
        "837 partners",
        "512 comments",
        "66%",
        "73%",
        "$5 a month",
        "Canal Street",
        "Rated 4.7",
        "World (214)",
    ):
        assert clutter not in text


@pytest.mark.parametrize("style", html_pages.STYLES)
def test_a_page_says_who_wrote_it_and_when(style: str) -> None:
    for name, truth in TEXTS.items():
        document = read_page(style, name)
        assert (document.title, document.published) == (truth.title, truth.published)
        assert document.authors[0] == truth.authors[0]


@pytest.mark.parametrize("style", html_pages.STYLES)
def test_references_are_notes_and_never_the_body(style: str) -> None:
    document = read_page(style, "oversight")
    listed = [note for note in document.notes if "Registered report" in note.text]
    assert len(listed) == 1 and "https://example.org/registry/4471" in listed[0].targets
    bodies = [
        document.text[block.start : block.end]
        for block in document.blocks
        if block.kind is not BlockKind.FOOTNOTE
    ]
    assert not any("Registered report" in body for body in bodies)
    kinds = {
        one.kind for one in split_passages(document, "s").items if "Registered report" in one.selector.exact
    }
    assert kinds == {PassageKind.FOOTNOTE}


@pytest.mark.parametrize("style", html_pages.STYLES)
def test_a_link_lies_over_its_words(style: str) -> None:
    document = read_page(style, "refusals")
    known = {(document.text[link.start : link.end], link.target) for link in document.links}
    targets = {target for _, target in known} | {target for note in document.notes for target in note.targets}
    assert "https://example.org/larch/protocol" in targets


@pytest.mark.parametrize("style", html_pages.STYLES)
def test_a_mark_stands_at_the_sentence_that_it_was_set_at(style: str) -> None:
    document = read_page(style, "refusals")
    marks = {mark.label: mark for mark in reversed(find_note_marks(document))}
    before = {
        label: document.text[mark.start - 12 : mark.start] for label, mark in marks.items() if label in "123"
    }
    assert before["1"].rstrip("[").endswith("52% and 61%.")
    assert before["2"].rstrip("[").endswith("n earlier.")
    assert before["3"].rstrip("[").endswith("n to apply.")


@pytest.mark.parametrize("style", ["article", "portal", "paper"])
def test_a_power_in_a_note_keeps_its_sign(style: str) -> None:
    notes = {note.label: note.text for note in read_page(style, "refusals").notes}
    assert notes["3"].startswith("The threshold of 10^25 FLOP")


def test_headings_lists_and_quotations_are_told_apart() -> None:
    document = read_page("article", "refusals")
    shown = {
        kind: [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]
        for kind in (BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE, BlockKind.CAPTION)
    }
    assert "What a refusal is" in shown[BlockKind.HEADING]
    assert len(shown[BlockKind.LIST_ITEM]) == 3
    assert len(shown[BlockKind.QUOTE]) == 1 and shown[BlockKind.QUOTE][0].startswith("“We wanted requests")
    assert [caption[:9] for caption in shown[BlockKind.CAPTION]] == ["Table 1. ", "Figure 1."]
