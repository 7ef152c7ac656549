"""Laws of telling formats apart and of making documents."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.limits import Limits
from ingest.read import read_document, read_file, read_stdin
from kb.errors import InputError, LanguageError, LimitError
from kb.ids import document_id, hash_bytes
from kb.types import Document, Raw
from tests.ingest.pdf_files import lines, make_pdf

ENGLISH = (
    "The labs say that they are managing the gap between what the models can do and what they should do. "
    "This paragraph only exists so that there is enough English text to be told from other languages, and it "
    "goes on for a little while longer so that nobody can be in doubt about that."
)
HTML = f"<!doctype html><html><body><p>{ENGLISH}</p></body></html>".encode()
PDF = make_pdf([lines("A short page of a small paper.")])


def document(
    content: bytes, name: str = "a", media_type: str | None = None, url: str | None = None
) -> Document:
    return read_document(Raw(name=name, content=content, media_type=media_type, url=url)).items[0]


@pytest.mark.parametrize(
    ("content", "name", "media_type", "expected"),
    [
        (ENGLISH.encode(), "a.txt", None, "text/1"),
        (ENGLISH.encode(), "-", None, "text/1"),
        (b"# Title\n\n" + ENGLISH.encode(), "-", None, "markdown/2"),
        (ENGLISH.encode(), "a.md", None, "markdown/2"),
        (HTML, "a.html", "text/html", "html/2"),
        (HTML, "a", None, "html/2"),
        (b"\xef\xbb\xbf\n <!-- x -->\n" + HTML, "a", None, "html/2"),
        (b"<p>Only a fragment of a page.</p>", "a.html", None, "html/2"),
        (b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Some text.</p></body></html>',
         "a", None, "html/2"),
        (PDF, "a.pdf", "application/pdf", "pdf/2"),
        (b"junk before\n" + PDF, "a", None, "pdf/2"),
    ],
)  # fmt: skip
def test_the_format_is_told_from_the_bytes(
    content: bytes, name: str, media_type: str | None, expected: str
) -> None:
    assert document(content, name, media_type).reader == expected


@pytest.mark.parametrize(
    ("content", "name", "media_type", "expected"),
    [
        (HTML, "paper.pdf", "application/pdf", "html/2"),
        (PDF, "page.html", "text/html", "pdf/2"),
        (ENGLISH.encode(), "paper.pdf", None, "text/1"),
        (PDF, "a.txt", "text/plain", "pdf/2"),
    ],
)
def test_the_bytes_win_over_name_and_media_type_and_it_is_said(
    content: bytes, name: str, media_type: str | None, expected: str
) -> None:
    found = read_document(Raw(name=name, content=content, media_type=media_type))
    assert found.items[0].reader == expected
    assert "media_type_differs" in [issue.code for issue in found.issues]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest of it", "ZIP"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "XML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", "XML"),
        (b"\x00\x01\x02\x03" * 100, "NUL"),
        (b"", "empty"),
        (b"  \n", "empty"),
    ],
)
def test_what_is_not_read_is_named(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        document(content)


def test_a_file_given_as_pdf_that_is_none_says_so() -> None:
    with pytest.raises(InputError, match="%PDF-"):
        document(b"\x00\xff\xfe\x80" * 50, "a.pdf")


def test_a_document_is_named_by_its_address_and_hashed_by_its_bytes() -> None:
    made = document(ENGLISH.encode(), "page.txt", url="https://e.org/x")
    assert (made.id, made.sha256, made.url) == (
        document_id("https://e.org/x"), hash_bytes(ENGLISH.encode()), "https://e.org/x",
    )  # fmt: skip
    assert document(ENGLISH.encode(), "page.txt").id == document_id("page.txt")


def test_a_plain_text_is_kept_letter_for_letter() -> None:
    text = "\r\n  " + ENGLISH + "\r\n\r\nMore\ttext\u200b here.\n"
    assert document(text.encode()).text == text


def test_the_same_bytes_give_the_same_document() -> None:
    for content in (HTML, PDF, ENGLISH.encode(), b"# T\n\n" + ENGLISH.encode()):
        assert document(content) == document(content)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Labore sagen, dass sie die Lücke zwischen dem, was die Modelle können, und dem, was sie tun sollten, im "
         "Griff haben. Dieser Absatz steht nur hier, damit genug deutscher Text vorhanden ist und niemand zweifelt.",
         "German"),
        ("Les laboratoires disent qu'ils gèrent l'écart entre ce que les modèles peuvent faire et ce qu'ils devraient "
         "faire. Ce paragraphe existe seulement pour qu'il y ait assez de texte français, et il continue encore.",
         "French"),
    ],
)  # fmt: skip
def test_another_language_is_an_error_that_names_it(text: str, language: str) -> None:
    with pytest.raises(LanguageError, match=language):
        document(text.encode() * 2)


def test_a_text_too_short_to_tell_is_read() -> None:
    assert document(b"Das ist kurz.").text == "Das ist kurz."


def test_english_with_quotations_from_elsewhere_is_english() -> None:
    assert document((ENGLISH * 3 + " “Ich bin ein Berliner”, he said, “et vous aussi”.").encode())


def test_a_table_of_figures_is_not_taken_for_another_language() -> None:
    rows = "".join(f"| gpt-{n} | {n / 7:.3f} | {n * 3} |\n" for n in range(200))
    assert document(f"| model | score | n |\n|---|---|---|\n{rows}\n{ENGLISH}\n".encode())


# --------------------------------------------------------------------------- limits and files


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="characters"):
        read_document(Raw(name="a", content=ENGLISH.encode()), limits=Limits(text_chars=50))


def test_bytes_over_the_limit_are_refused() -> None:
    with pytest.raises(LimitError, match="larger"):
        read_document(Raw(name="a", content=ENGLISH.encode()), limits=Limits(file_bytes=50))


def test_a_file_is_read_with_its_media_type(tmp_path: Path) -> None:
    path = tmp_path / "a.HTML"
    path.write_bytes(HTML)
    raw = read_file(path)
    assert (raw.content, raw.media_type, raw.name) == (HTML, "text/html", str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: None, "no such file"),
        (lambda p: p.mkdir(), "directory"),
        (lambda p: p.write_bytes(b""), "empty"),
        (lambda p: p.write_bytes(b"x" * 200), "larger"),
        (lambda p: os.mkfifo(p), "regular file"),
        (lambda p: p.symlink_to(p), "could not be read|no such file"),
    ],
    ids=["missing", "directory", "empty", "large", "pipe", "loop"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "input.txt"
    make(path)  # type: ignore[operator]
    with pytest.raises(InputError, match=words) as caught:
        read_file(path, limits=Limits(file_bytes=100))
    assert "input.txt" in str(caught.value)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5_000])
def test_an_impossible_name_says_so(name: str) -> None:
    with pytest.raises(InputError):
        read_file(name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(InputError, match="permission"):
        read_file(path)


def test_standard_input_is_read_to_its_end() -> None:
    assert read_stdin(io.BytesIO(b"words")) == Raw(name="-", content=b"words")
    with pytest.raises(LimitError):
        read_stdin(io.BytesIO(b"x" * 101), limits=Limits(file_bytes=100))
    with pytest.raises(InputError, match="standard input"):
        read_stdin(io.BytesIO(b""))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_document_or_a_refusal(content: bytes) -> None:
    for prefix in (b"", b"<html>", b"# T\n"):
        try:
            made = document(prefix + content)
        except InputError:
            continue
        assert all(made.text[block.start : block.end] for block in made.blocks)
