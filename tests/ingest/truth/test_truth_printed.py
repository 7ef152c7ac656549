"""Laws of reading our own texts printed as PDF: a report, a two-column paper, a narrow brief."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.limits import DEFAULT
from ingest.passages import split_passages
from ingest.pdf import ask_worker
from ingest.pdf_lines import SOFT, read_lines
from ingest.read import read_document
from kb.types import BlockKind, Document, Raw
from tests.browser.conftest import browser as browser
from tests.ingest.truth.measure import score
from tests.ingest.truth.print_pages import STYLES, print_texts
from tests.ingest.truth.source import load_texts

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEXTS = {truth.name: truth for truth in load_texts()}
PRINTED = sorted(Path(__file__).with_name("printed").glob("*.pdf"))
# A row's name that wraps inside a cell that spans rows can't be told from two names: the rows of "Tern 5 mini".
UNTOLD = {("paper", "deception"): "Tern 5 mini"}

Printed = dict[tuple[str, str], bytes]


# Two columns are the hard case; the others are printed whole by `python -m tests.ingest.truth`.
NAMES = {"paper": tuple(TEXTS), "report": ("deception", "survey"), "brief": ("compute", "transcripts")}


@pytest.fixture(scope="module")
def printed(browser: Browser) -> Printed:
    made: Printed = {}
    for style, names in NAMES.items():
        made.update(print_texts([TEXTS[name] for name in names], browser, [style]))
    return made


def read(content: bytes, name: str = "text.pdf") -> Document:
    return read_document(Raw(name=name, content=content, media_type="application/pdf")).items[0]


def hold(style: str, name: str, document: Document) -> None:
    found = score(TEXTS[name], document, f"PDF, {style}")
    assert found.recall >= 0.98 and found.precision >= 0.98
    assert (found.lost, found.added) == ((), ())
    assert {row for row, _, _ in found.cells_lost} <= {UNTOLD.get((style, name))}
    assert found.notes_lost == ()


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_a_kept_pdf_is_read_as_it_was_written(path: Path) -> None:
    style, _, name = path.stem.partition("-")
    hold(style, name, read(path.read_bytes()))


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_running_heads_and_page_numbers_are_dropped_and_pages_kept(path: Path) -> None:
    style, _, name = path.stem.partition("-")
    document = read(path.read_bytes())
    heads = [document.text[block.start : block.end] for block in document.blocks]
    assert TEXTS[name].running not in heads
    assert not any(re.fullmatch(r"(?:Page )?\d+(?: of \d+)?", head) for head in heads)
    assert "Invented Institute" not in document.text
    pages = [passage.page for passage in split_passages(document, "s").items]
    assert None not in pages and max(filter(None, pages)) >= 2
    assert len(document.blocks) > 20 and style in STYLES


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_printed_references_are_separate(path: Path) -> None:
    name = path.stem.partition("-")[2]
    document = read(path.read_bytes())
    for reference in TEXTS[name].references:
        start = reference.line[0].text[:24]
        held = [block for block in document.blocks if start in document.text[block.start : block.end]]
        assert [block.kind for block in held] == [BlockKind.FOOTNOTE]
        assert any(note.label == reference.label and start in note.text for note in document.notes)


def test_a_printed_table_has_rows_with_headers() -> None:
    document = read(next(path for path in PRINTED if "oversight" in path.stem).read_bytes())
    rows = [block for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
    shown = [(document.text[row.start : row.end], row.headers) for row in rows]
    headers = ("Condition", "Attacks Caught", "Attacks Missed", "Time Minutes a day")
    assert shown == [
        (" | ".join(headers), ()),
        ("No checklist | 23 | 17 | 41", headers),
        ("Checklist | 32 | 8 | 52", headers),
        ("Checklist and second reader | 37 | 3 | 97", headers),
    ]


@pytest.mark.browser
@pytest.mark.parametrize("style", STYLES)
def test_a_printed_text_is_read_as_it_was_written(printed: Printed, style: str) -> None:
    for name in NAMES[style]:
        hold(style, name, read(printed[style, name]))


@pytest.mark.browser
def test_the_print_holds_what_it_is_there_for(printed: Printed) -> None:
    lines = [
        line.text
        for name in ("compute", "survey", "oversight")
        for line in read_lines(ask_worker(printed["paper", name], "text.pdf", DEFAULT))
    ]
    assert any(re.search(r"\d[-–\x02\x04]$", line) for line in lines)  # a range that is parted
    assert sum(line.endswith(SOFT) for line in lines) >= 12
    assert sum(line.startswith("\ue000") for line in lines) >= 4  # notes at the foot of a page
