"""Laws of reading plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.plain import date_from_address, decode_text, expand_labels, find_address_line, read_plain
from kb.errors import InputError
from kb.types import BlockKind

LONG = (
    "This paragraph is long enough to be one, and it ends as paragraphs of running text do, with a full stop."
)


def kinds(text: str) -> list[BlockKind]:
    return [block.kind for block in read_plain(text).blocks]


# --------------------------------------------------------------------------- bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_byte_order_mark_tells_the_encoding_and_leaves_the_text(encoding: str) -> None:
    text, issues = decode_text("\ufeffThe “rate” is 5 %.".encode(encoding), "a.txt")
    assert text == "The “rate” is 5 %."
    assert [issue.code for issue in issues] == ["byte_order_mark"]


def test_western_text_is_read_and_said() -> None:
    text, issues = decode_text("The “caf\xe9” costs 5 \x80.".encode("latin-1", "replace"), "a.txt")
    assert "café" in text
    assert [issue.code for issue in issues] == ["encoding_guessed"]


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    content = ("“Naïve” words. " * 50).encode() + b"\xe2\x80"
    text, issues = decode_text(content, "a.txt")
    assert text.count("“Naïve”") == 50
    assert [issue.code for issue in issues] == ["damaged_utf8"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"text\x00more text here", "NUL"),
        (bytes(range(1, 32)) * 20, "control"),
        (bytes(range(128, 256)) * 20, "UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_what_was_found(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        decode_text(content, "a.bin")
    assert "a.bin" in str(caught.value)


def test_line_ends_are_kept_as_they_are() -> None:
    assert decode_text(b"a\r\nb", "a.txt")[0] == "a\r\nb"


# --------------------------------------------------------------------------- blocks


@pytest.mark.parametrize(
    "line",
    ["https://example.org/a/b", "https://example.org/a/b      ", "https://example.org/a/b | excerpt",
     "https://example.org/a/b (a note in brackets) | abstract", "  <https://example.org/a/b>"],
)  # fmt: skip
def test_a_first_line_that_is_only_an_address_names_the_document(line: str) -> None:
    text = f"{line}\n{LONG}\n"
    reading = read_plain(text)
    assert reading.url == "https://example.org/a/b"
    assert [block.kind for block in reading.blocks] == [BlockKind.METADATA, BlockKind.PARAGRAPH]
    assert reading.text == text


@pytest.mark.parametrize(
    "line", ["See https://example.org for more.", "ftp://example.org", "https://example.org says so"]
)
def test_a_sentence_with_an_address_is_no_address_line(line: str) -> None:
    assert find_address_line(line) == (0, None)


def test_a_line_like_a_title_above_a_paragraph_is_a_heading_and_names_its_section() -> None:
    reading = read_plain(f"{LONG}\nWhy this is a problem of systems\n{LONG}")
    assert [block.kind.value for block in reading.blocks] == ["paragraph", "heading", "paragraph"]
    assert reading.blocks[2].section == "Why this is a problem of systems"


@pytest.mark.parametrize("line", ["It ended there.", "and then it went on", "He said, “no”", "Two things:"])
def test_other_short_lines_are_no_headings(line: str) -> None:
    assert BlockKind.HEADING not in kinds(f"{line}\n{LONG}")


def test_list_items_and_rows_are_blocks_of_their_own() -> None:
    text = f"{LONG}\n• one of them\n• two of them\n\nModel\tScore\nA\t3\nB\t4\n"
    assert kinds(text) == [BlockKind.PARAGRAPH, *[BlockKind.LIST_ITEM] * 2, *[BlockKind.TABLE_ROW] * 3]
    assert read_plain(text).blocks[-1].headers == ("Model", "Score")


def test_a_date_line_is_metadata_and_dates_the_document() -> None:
    reading = read_plain(f"A title of some words\n\nThursday, April 9, 2026\n\n{LONG}")
    assert reading.published == "2026-04-09"
    assert reading.blocks[1].kind is BlockKind.METADATA


def test_a_caption_is_a_caption() -> None:
    assert kinds(f"{LONG}\n\nFigure 2: Rates by model.\n\n{LONG}")[1] is BlockKind.CAPTION


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = "The first line of a paragraph that was broken by an editor at some\nsixty letters goes on in a second line.\n"
    assert kinds(text) == [BlockKind.PARAGRAPH]


def test_entries_under_references_become_notes() -> None:
    text = (
        f"{LONG} It was shown [1] and again [2,3].\n\nReferences\n[1] A. Smith. Things. 2020. https://example.org/x.\n"
        "[2] B. Jones. More things. arXiv:2401.00001.\n[3] C. Doe. Most things. 2022.\n"
    )
    reading = read_plain(text)
    assert [(note.label, note.targets) for note in reading.notes] == [
        ("1", ("https://example.org/x",)),
        ("2", ("https://arxiv.org/abs/2401.00001",)),
        ("3", ()),
    ]
    assert [mark.label for mark in reading.note_marks] == ["1", "2,3"]
    assert [block.kind.value for block in reading.blocks][-3:] == ["footnote"] * 3


def test_a_contents_line_that_says_references_opens_no_list() -> None:
    reading = read_plain(f"Contents\n\nBackground\n\nReferences\n\n{LONG}\n\n{LONG}")
    assert reading.notes == ()


def test_superscript_digits_behind_a_word_are_a_mark_and_behind_ten_are_not() -> None:
    reading = read_plain("They refused it.¹² The threshold is 10²⁵ FLOP and 5 km² of land.")
    assert [mark.label for mark in reading.note_marks] == ["12"]


def test_labels_are_expanded() -> None:
    assert expand_labels("1, 3-5; 9") == ("1", "3", "4", "5", "9")
    assert expand_labels("1–900") == ("1", "900")


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://axrp.net/episode/2025/06/06/x.html", "2025-06-06"),
        ("https://example.org/posts/2024-11-28-title/", "2024-11-28"),
        ("https://example.org/2024/11/title", "2024-11"),
        ("https://example.org/2024/99/title", None),
        ("https://example.org/title", None),
        (None, None),
    ],
)
def test_an_address_can_date_its_page(url: str | None, date: str | None) -> None:
    assert date_from_address(url) == date


@given(st.text(alphabet="aB1.\n #|-[]•\t:\r§²(ftp", max_size=300))
def test_blocks_are_ordered_disjoint_and_lie_in_the_text(text: str) -> None:
    position = 0
    for block in read_plain(text).blocks:
        assert position <= block.start < block.end <= len(text)
        assert not text[block.start].isspace() and not text[block.end - 1].isspace()
        position = block.end
