"""Laws of reading PDFs."""

from __future__ import annotations

import pytest

from ingest.limits import Limits
from ingest.pdf import read_pdf
from ingest.reading import Reading
from kb.errors import InputError, LimitError
from kb.types import BlockKind
from tests.ingest.pdf_files import lines, make_objects, make_pdf, packed, stream, text


def read(content: bytes, limits: Limits | None = None) -> Reading:
    return read_pdf(content, "paper.pdf", None, limits=limits or Limits())


def test_lines_become_paragraphs_and_sentences() -> None:
    page = lines(
        "We tested sixteen models from all developers in a simulated company and",
        "found that most of them resorted to blackmail in at least some of the",
        "cases.",
    ) + lines("A second paragraph stands further down.", y=640)
    reading = read(make_pdf([page]))
    assert reading.text == (
        "We tested sixteen models from all developers in a simulated company and found that most of them "
        "resorted to blackmail in at least some of the cases.\n\nA second paragraph stands further down."
    )
    assert [block.page for block in reading.blocks] == [1, 1]


def test_a_word_parted_at_a_line_end_is_put_together() -> None:
    page = lines("The compiler that we present here is able to com-", "pile the whole program in one go.")
    assert "able to compile the whole" in read(make_pdf([page])).text


def test_a_compound_keeps_its_hyphen_where_the_text_knows_both_words() -> None:
    page = lines(
        "We study what age means and which things are related to it in age-",
        "related decline of all kinds.",
    )
    assert "in age-related decline" in read(make_pdf([page])).text


def test_a_range_broken_over_a_line_stays_a_range() -> None:
    page = lines("The dose was set for every animal in the group to be 2-", "3 % of body mass at the start.")
    assert "2-3 % of body" in read(make_pdf([page])).text


def test_a_raised_number_behind_ten_is_an_exponent() -> None:
    page = text(72, 700, "It took 10") + text(123, 704, "25", 6) + text(134, 700, "FLOP to train the model.")
    reading = read(make_pdf([page + lines("Another line of text in the usual size of ten.", y=680)]))
    assert "10^25 FLOP" in reading.text
    assert "1025" not in reading.text


def test_a_raised_number_behind_a_word_is_a_note_mark() -> None:
    page = text(72, 700, "They refused") + text(130.5, 704, "12", 6) + text(140, 700, "in most of the cases.")
    reading = read(make_pdf([page + lines("Another line of text in the usual size of ten.", y=680)]))
    assert "refused[12] in most" in reading.text
    assert [(mark.label, reading.text[mark.start : mark.end]) for mark in reading.note_marks] == [
        ("12", "[12]")
    ]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        text(72, 760, f"Journal of Things, vol. {number}") + lines(f"Page text number {number} is here.") + text(300, 30, str(number))
        for number in range(1, 6)
    ]  # fmt: skip
    reading = read(make_pdf(pages))
    assert "Journal" not in reading.text
    assert reading.text.count("Page text number") == 5
    assert [block.page for block in reading.blocks] == [1, 2, 3, 4, 5]


def test_headings_captions_and_references_are_told_apart() -> None:
    page = (
        text(72, 740, "A Large Title of the Paper", 18)
        + lines("Abstract", y=700)
        + lines("This paper shows a thing that was not known before it was shown.", y=685)
        + lines("Figure 1: The share of runs, by model.", y=650)
        + lines("References", y=620)
        + lines(
            "[1] A. Smith. A paper on things. 2020. doi:10.1234/abc.",
            "[2] B. Jones. Other things. 2021.",
            y=600,
        )
    )
    reading = read(make_pdf([page]))
    assert reading.title == "A Large Title of the Paper"
    kinds = [block.kind for block in reading.blocks]
    assert kinds == [
        BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.CAPTION, BlockKind.HEADING,
        BlockKind.FOOTNOTE, BlockKind.FOOTNOTE,
    ]  # fmt: skip
    assert [(note.label, note.targets) for note in reading.notes] == [
        ("1", ("https://doi.org/10.1234/abc",)),
        ("2", ()),
    ]


@pytest.mark.parametrize(
    "drawn",
    [
        b"1 1 1 rg " + text(72, 600, "99 percent of runs failed."),
        text(72, 600, "99 percent of runs failed.", 0.5),
        text(72, 600, "99 percent of runs failed.", mode=3),
    ],
    ids=["white", "tiny", "invisible"],
)
def test_text_that_nobody_sees_is_left_out_and_said(drawn: bytes) -> None:
    reading = read(make_pdf([lines("The page shows that one percent of runs failed.") + drawn]))
    assert "99" not in reading.text
    assert [issue.code for issue in reading.issues] == ["hidden_text"]


def test_white_text_on_a_dark_ground_is_read() -> None:
    page = b"0 0 0 rg 0 590 612 30 re f 1 1 1 rg " + text(72, 600, "In all 12 percent failed.")
    assert read(make_pdf([page])).text == "In all 12 percent failed."


def test_invisible_text_over_a_scan_is_its_text() -> None:
    image = stream(
        b"\x00", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    page = b"q 612 0 0 792 0 0 cm /I Do Q\n" + text(72, 600, "Scanned words of a page.", mode=3)
    reading = read(make_pdf([page], extra=(image,), resources=b"/XObject<</I 6 0 R>>"))
    assert reading.text == "Scanned words of a page."


def test_text_outside_the_page_is_left_out_and_said() -> None:
    page = lines("Only this sentence is on the page.") + text(5000, 400, "99 percent")
    reading = read(make_pdf([page]))
    assert "99" not in reading.text
    assert [issue.code for issue in reading.issues] == ["text_off_page"]


def test_a_replacement_with_other_digits_is_not_believed() -> None:
    page = b"/Span <</ActualText (99 percent)>> BDC\n" + lines("1 percent of runs failed in all.") + b"EMC\n"
    reading = read(make_pdf([page]))
    assert reading.text == "1 percent of runs failed in all."
    assert [issue.code for issue in reading.issues] == ["text_spoofed"]


def test_a_replacement_with_the_same_digits_is_no_issue() -> None:
    page = b"/Span <</ActualText (1 percent)>> BDC\n" + lines("1 percent of runs failed in all.") + b"EMC\n"
    assert read(make_pdf([page])).issues == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "damaged"),
        (make_pdf([b"0 0 m 10 10 l S"]), "OCR"),
        (make_objects([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]), "damaged"),
        (make_objects([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"]), "no text"),
    ],
)  # fmt: skip
def test_what_holds_no_text_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(content)


def test_an_encrypted_file_needs_its_password() -> None:
    encrypt = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4"
        b"/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>/ID[<00112233445566778899aabbccddeeff><00>]"
    )
    content = make_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R>>",
        ],
        encrypt,
    )
    with pytest.raises(InputError, match="password") as caught:
        read(content)
    assert caught.value.attributes["kind"] == "needs_password"


def test_any_truncation_is_read_or_refused() -> None:
    whole = make_pdf([lines("A sentence on the only page of this file.")])
    for length in range(0, len(whole), 40):
        try:
            read(b"%PDF-1.7\n"[: length or 1] + whole[9:length])
        except InputError:
            continue


def forms(depth: int) -> bytes:
    """A page that draws a form ten times, which draws a form ten times, and so on."""
    extra = []
    for level in range(depth):
        last = level == depth - 1
        resources = b"/Font<</F 3 0 R>>" if last else b"/XObject<</X %d 0 R>>" % (7 + level)
        drawn = text(72, 700, "deep") if last else b"/X Do " * 10
        extra.append(
            stream(drawn, b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<%s>>" % resources)
        )
    return make_pdf([b"/X Do " * 10], extra=tuple(extra), resources=b"/XObject<</X 6 0 R>>")


def flate_twice() -> bytes:
    import zlib

    content = zlib.compress(zlib.compress(b"\x00" * 400_000_000, 9), 9)
    return make_pdf([stream(content, b"/Filter[/FlateDecode/FlateDecode]")])


BOMBS = {
    "flate twice": flate_twice,
    "forms in forms": lambda: forms(10),
    "a long line of text": lambda: make_pdf(
        [packed(b"BT /F 9 Tf 72 700 Td " + b"(Hello) Tj " * 1_500_000 + b" ET")]
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_inside_the_limits_and_the_next_file_is_read(name: str) -> None:
    limits = Limits(pdf_memory_bytes=400_000_000, pdf_cpu_s=10)
    with pytest.raises(LimitError):
        read(BOMBS[name](), limits)
    assert read(make_pdf([lines("The next one is fine.")]), limits).text == "The next one is fine."


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(LimitError, match="3 pages"):
        read(make_pdf([lines("x")] * 3), Limits(pdf_pages=2))


def test_too_much_text_is_refused() -> None:
    with pytest.raises(LimitError, match="characters of text"):
        read(make_pdf([lines("many words on a page")] * 3), Limits(text_chars=30))
