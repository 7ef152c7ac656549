"""Figures of a PDF that its pages don't show: none is used, each is named. Honest files raise no such mark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from ingest import pdf_picture, pdf_shapes
from ingest.limits import Limits
from ingest.pdf import read_pdf
from ingest.reading import Reading
from kb.quantity import find_quantities
from tests.ingest.pdf_files import lines, make_pdf
from tests.safety.hostile_pdfs import HONEST, HOSTILE, claim, exchanges
from tests.safety.ledger import Counted

TRUTH = Path(__file__).resolve().parents[1] / "ingest" / "truth" / "printed"
MARKS = frozenset({"hidden_text", "text_off_page", "text_spoofed", "figure_differs", "page_not_compared"})


def read(content: bytes, limits: Limits | None = None) -> Reading:
    return read_pdf(content, "paper.pdf", None, limits=limits or Limits())


def marks(reading: Reading) -> list[str]:
    return [issue.message for issue in reading.issues if issue.code in MARKS]


@pytest.mark.timeout(300)
def test_a_figure_that_the_page_does_not_show_is_left_out_and_named(counted: Counted) -> None:
    faults = []
    for name, make in HOSTILE.items():
        reading = read(make())
        named = any("page 1" in message and "9" in message for message in marks(reading))
        if "9" in reading.text or not named:
            faults.append((name, reading.text, marks(reading)))
    assert faults == []
    counted(
        "P3", "kinds of PDF with a figure that the page doesn't show, left out and named", tried=len(HOSTILE)
    )


@pytest.mark.timeout(300)
def test_a_figure_that_the_page_shows_is_kept_without_a_mark(counted: Counted) -> None:
    faults = []
    for name, make in HONEST.items():
        reading = read(make())
        if "99" not in reading.text or marks(reading):
            faults.append((name, reading.text, marks(reading)))
    assert faults == []
    printed = sorted(TRUTH.glob("*.pdf"))
    assert [marks(read(path.read_bytes())) for path in printed] == [[]] * len(printed)
    counted("P3", "honest PDFs with odd but visible figures, none marked", tried=len(HONEST) + len(printed))


def test_digits_that_claim_to_be_others_are_told_by_their_shape(counted: Counted) -> None:
    content, tried = exchanges(("Helvetica", "Times-Roman", "Courier-Bold"))
    shapes: dict[str, Any] = {
        **vars(pdf_shapes),
        "known": pdf_shapes.learn_shapes(pypdfium2, pdf_picture.Picture),
    }
    told = 0
    document = pypdfium2.PdfDocument(content)
    for page in document:
        textpage = page.get_textpage()
        comparer = pdf_picture.PageComparer(
            pypdfium2.raw, page, textpage, page.get_bbox(), shapes, lambda _: False
        )
        comparer.again = tried
        told += len(comparer.compare().doubted)
    assert told >= 0.95 * tried
    counted(
        "P3",
        f"digits that claim to be another, told by their shape; {tried - told} more of {tried} were not",
        tried=told,
    )


def test_what_stands_beside_a_doubted_figure_is_no_figure_either() -> None:
    reading = read(claim("1 in 40 or 3.5 of", {"4": "9"}))
    assert find_quantities(reading.text) == ()


def test_a_figure_that_is_seen_stays_where_another_on_the_page_is_doubted() -> None:
    content = claim("44", {"4": "9"})
    assert "��" in read(content).text
    assert "told below in full" in read(content).text


def test_figures_of_a_page_that_is_too_much_to_draw_are_left_out_and_the_page_is_named() -> None:
    crowded = b"0 0 1 1 re f " * 50_001
    reading = read(make_pdf([lines("In all 99 percent of runs failed."), lines("So 12 did.") + crowded]))
    assert "99 percent" in reading.text
    assert "12" not in reading.text
    assert [issue.code for issue in reading.issues] == ["page_not_compared"]
    assert "page 2" in reading.issues[0].message
