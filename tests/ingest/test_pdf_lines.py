"""Laws of putting a PDF's lines together, on lines as the worker answers them."""

from __future__ import annotations

from typing import Any

from ingest.pdf import read_answer
from ingest.reading import Reading
from kb.types import BlockKind


def line(text: str, y: float, x: float = 72.0, width: float = 400.0, size: float = 10.0) -> dict[str, Any]:
    """A line of the worker's; cells parted by tabs stand 100 points apart."""
    cells = text.split("\t")
    edges = [[x + 100 * number, x + 100 * number + 60] for number in range(len(cells))]
    return {"t": text, "c": edges, "x0": x, "x1": x + width, "y": y, "s": size, "r": False}


def read(*pages: list[dict[str, Any]]) -> Reading:
    held = [
        {"lines": lines, "hidden": 0, "outside": 0, "spoofed": 0, "width": 612.0, "height": 792.0}
        for lines in pages
    ]
    return read_answer({"ok": True, "pages": held, "meta": {}, "broken": []}, "paper.pdf", None)


def rows(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (reading.text[block.start : block.end], block.headers)
        for block in reading.blocks
        if block.kind is BlockKind.TABLE_ROW
    ]


def test_a_word_broken_by_a_set_hyphen_is_put_together() -> None:
    text = read(
        [line("The work of sixty people who super\u2010", 700), line("vised it was paid by the day.", 688)]
    ).text
    assert "who supervised it" in text


def test_a_plain_hyphen_stays_where_words_are_broken_by_another_kind() -> None:
    text = read(
        [
            line("The work of sixty people who super\u2010", 700),
            line("vised it shows no sign of any slow\x02", 688),
            line("down at all, the authors say.", 676),
        ]
    ).text
    assert "slow-down" in text


def test_a_soft_hyphen_inside_a_line_is_no_letter() -> None:
    assert (
        read([line("Their con\u00adfidence is 49-55% in all.", 700)]).text
        == "Their confidence is 49-55% in all."
    )


def test_a_mark_that_was_drawn_as_a_line_of_its_own_belongs_to_its_line() -> None:
    reading = read(
        [
            line("Some countries begin to apply.", 700, width=150),
            line("3", 703.5, x=222.5, width=3, size=6.0),
            line("Its training took 0.8% of that.", 700, x=228, width=150),
        ]
    )
    assert reading.text == "Some countries begin to apply.[3] Its training took 0.8% of that."


def test_notes_at_the_foot_are_found_whichever_way_their_number_was_drawn() -> None:
    body = [
        line(f"A sentence of the body that says that it is line number {n} of it.", 700 - 12 * n)
        for n in range(9)
    ]
    reading = read(
        [
            *body,
            line("\ue0001 \ue001The first note says so.", 66, size=8.0),
            line("2", 60, x=72, width=3, size=5.0),
            line("The second speaks of 10\ue00025\ue001 FLOP.", 56, x=77, size=8.0),
        ]
    )
    assert [(note.label, note.text) for note in reading.notes] == [
        ("1", "The first note says so."),
        ("2", "The second speaks of 10^25 FLOP."),
    ]


def test_stretches_that_stand_below_each_other_are_a_table() -> None:
    reading = read(
        [
            line("Table 1. Shares of all runs.", 700),
            line("Model\tRate\tRuns", 688),
            line("Larch\t12%\t400", 676),
            line("Tern\t3.5%\t380", 664),
            line("The text goes on below the table with a long line of words that fills the page.", 640),
        ]
    )
    headers = ("Model", "Rate", "Runs")
    assert rows(reading) == [
        ("Model | Rate | Runs", ()),
        ("Larch | 12% | 400", headers),
        ("Tern | 3.5% | 380", headers),
    ]
    assert reading.text.endswith("fills the page.")


def test_prose_with_wide_gaps_is_no_table() -> None:
    lines = [line("one word\tanother word\tand a third", 700), line("here it is\twritten wide\tto fill", 688)]
    lines[1]["c"] = [[72.0, 150.0], [210.0, 290.0], [330.0, 400.0]]
    assert rows(read(lines)) == []


def test_an_empty_place_under_a_row_s_name_is_that_name() -> None:
    reading = read(
        [
            line("Table 2. Errors.", 700),
            line("Model\tSetting\tErrors", 688),
            line("Heron\tdefault\t4", 676),
            {**line("terse\t6", 664, x=172), "c": [[172.0, 232.0], [272.0, 332.0]]},
        ]
    )
    assert [shown for shown, _ in rows(reading)][1:] == ["Heron | default | 4", "Heron | terse | 6"]


def test_a_head_at_the_same_place_of_two_pages_is_no_text() -> None:
    def page(words: str) -> list[dict[str, Any]]:
        return [line("Refusals of the models", 760, size=8.0), line(words, 600), line("1", 20, width=4)]

    text = read(page("The first page says one thing."), page("The second page says another.")).text
    assert "Refusals" not in text


def test_a_sentence_goes_on_over_a_page_and_the_notes_between() -> None:
    body = [
        line(f"A sentence of the body that says that it is line number {n} of it.", 700 - 12 * n)
        for n in range(9)
    ]
    end = line("and in all of these runs the work took three times the 10\ue00024\ue001", 590)
    note = line("\ue0001 \ue001A note that stands at the foot of the page.", 60, size=8.0)
    text = read([*body, end, note], [line("FLOP that were planned for it at the outset.", 700)]).text
    assert "the 10^24 FLOP that were planned" in text


def test_letters_are_kept_as_they_were_drawn() -> None:
    assert (
        read([line("In all ４７% and 𝟒𝟕% and ½ of ①, ﬁne Å.", 700)]).text
        == "In all ４７% and 𝟒𝟕% and ½ of ①, ﬁne Å."
    )
