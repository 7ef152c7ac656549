"""Word documents: their words, tables and notes are read; what else an archive may hold stays shut."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.limits import Limits
from ingest.read import read_document
from kb.errors import InputError, LimitError
from kb.types import BlockKind, Document, Raw
from tests.ingest.docx_files import FOOTNOTE_MARK, make_docx, paragraph, table

_PROSE = (
    "The auditors tested twelve models over three weeks, and in most of these audits the model told them what it "
    "had done before they asked for it."
)
_BODY = (
    paragraph("Results", "Heading1")
    + paragraph(_PROSE)
    + paragraph("The rate was 47.3%", more=FOOTNOTE_MARK)
    + table(("Model", "Rate"), ("Model A", "47.3%"))
)


def _read(content: bytes, **limits: int) -> Document:
    return read_document(Raw(name="a.docx", content=content), limits=Limits(**limits)).items[0]  # type: ignore[arg-type]


def test_headings_tables_notes_and_properties_are_read() -> None:
    document = _read(make_docx(_BODY, footnote="See https://example.org/trial for the data."))
    blocks = [(b.kind, document.text[b.start : b.end], b.section, b.headers) for b in document.blocks]
    assert (BlockKind.HEADING, "Results", None, ()) in blocks
    assert (BlockKind.PARAGRAPH, "The rate was 47.3%[1]", "Results", ()) in blocks
    assert any(text == "Model A | 47.3%" for _, text, _, _ in blocks)
    assert document.notes[0].targets == ("https://example.org/trial",)
    assert (document.title, document.authors, document.published) == (
        "Audits of model A",
        ("Ann Smith",),
        "2025-03-07",
    )


def test_a_link_keeps_its_target() -> None:
    linked = '<w:hyperlink r:id="rId9"><w:r><w:t>the paper</w:t></w:r></w:hyperlink>'
    document = _read(make_docx(paragraph(_PROSE, more=linked), link="https://arxiv.org/abs/2412.14093"))
    assert [link.target for link in document.links] == ["https://arxiv.org/abs/2412.14093"]


def test_pictures_and_what_a_document_points_at_are_not_opened() -> None:
    document = _read(
        make_docx(
            _BODY,
            footnote="A note.",
            parts={"word/media/image1.png": b"\x89PNG", "word/vbaProject.bin": b"x"},
        )
    )
    assert "47.3%" in document.text


def test_tracked_changes_are_said() -> None:
    inserted = "<w:ins w:id='1'><w:r><w:t> It fell.</w:t></w:r></w:ins>"
    found = read_document(Raw(name="a.docx", content=make_docx(paragraph(_PROSE, more=inserted))))
    assert [issue.code for issue in found.issues] == ["tracked_changes"]


def _zip(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (_zip(**{"xl/workbook.xml": b"<a/>"}), "is a spreadsheet"),
        (_zip(**{"ppt/presentation.xml": b"<a/>"}), "is a presentation"),
        (_zip(mimetype=b"application/epub+zip"), "EPUB"),
        (_zip(readme=b"hello"), "no Word document"),
        (make_docx(_BODY)[:700], "damaged Word document"),
        (make_docx("<w:p>"), "damaged Word document"),
        (
            make_docx("", parts={"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "declares entities",
        ),
    ],
)
def test_what_is_no_word_document_is_named(content: bytes, wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        _read(content)


def test_a_bomb_is_counted_while_it_unpacks() -> None:
    with pytest.raises(LimitError, match="unpacks to more than"):
        _read(make_docx("<w:p>" + " " * 3_000_000), html_bytes=1_000_000)


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + paragraph("x") + "</w:sdtContent></w:sdt>" * 5_000
    with pytest.raises(InputError):
        _read(make_docx(deep))
