"""Laws of reading markdown in place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.markdown import looks_like_markdown, read_markdown
from ingest.reading import Reading
from kb.types import BlockKind


def shown(reading: Reading, kind: BlockKind) -> list[str]:
    return [reading.text[block.start : block.end] for block in reading.blocks if block.kind is kind]


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\ntext",
        "see [here](https://example.org/x)",
        "a note[^1]",
        "a | b\n--- | ---\n1 | 2",
        "```\ncode\n```",
    ],
)
def test_markdown_is_known_by_its_marks(text: str) -> None:
    assert looks_like_markdown(text)


@pytest.mark.parametrize(
    "text", ["Plain text. #tag and 5 * 3 * 2.", "a - b", "[sic] he said", "He is No. 1 | 2"]
)
def test_plain_text_is_not_taken_for_markdown(text: str) -> None:
    assert not looks_like_markdown(text)


def test_the_text_stays_as_it_is() -> None:
    text = "---\ntitle: T\n---\n# **Bold** title\r\n\r\nSee [this](https://e.org/a_(b)).\r\n"
    assert read_markdown(text).text == text


def test_front_matter_is_metadata_and_describes_the_document() -> None:
    text = (
        'https://e.org/x   \n---\ntitle: "A title: with a colon"\ndate: 2024-12-18\nauthors:\n  - A. Smith\n'
        "  - B. Jones\n---\n\n## Summary\n\nText.\n"
    )
    reading = read_markdown(text)
    assert (reading.title, reading.published, reading.authors, reading.url) == (
        "A title: with a colon", "2024-12-18", ("A. Smith", "B. Jones"), "https://e.org/x",
    )  # fmt: skip
    assert [block.kind.value for block in reading.blocks] == ["metadata", "metadata", "heading", "paragraph"]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    reading = read_markdown("---\n\nA paragraph. key: value\n\n---\n\nMore.\n")
    assert BlockKind.METADATA not in {block.kind for block in reading.blocks}


def test_headings_nest_and_name_sections() -> None:
    reading = read_markdown("# A\n\n## B\n\n### C\n\ntext c\n\n## D\n\ntext d\n")
    assert [(block.level, block.section) for block in reading.blocks] == [
        (1, None), (2, "A"), (3, "B"), (0, "C"), (2, "A"), (0, "D"),
    ]  # fmt: skip


def test_table_rows_carry_the_headers_of_their_columns() -> None:
    reading = read_markdown(
        "| **Model** | [Rate](https://e.org) |\n|---|:-:|\n| A \\| B | 12% |\n| C | 3% |\n\nText.\n"
    )
    rows = [block for block in reading.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [row.headers for row in rows] == [(), ("Model", "Rate"), ("Model", "Rate")]
    assert shown(reading, BlockKind.TABLE_ROW)[1] == "| A \\| B | 12% |"


def test_links_span_their_label_and_are_made_absolute() -> None:
    text = (
        "A [label *x*](../b \"Title\"), ![image](i.png), <a href='https://e.org/h'>tag</a>, [ref][1], "
        "https://e.org/bare. and [p](https://e.org/a_(b)_c).\n\n[1]: https://e.org/ref\n"
    )
    reading = read_markdown(text, "https://e.org/a/c")
    links = {text[link.start : link.end]: link.target for link in reading.links}
    assert links["label *x*"] == "https://e.org/b"
    assert links["tag"] == "https://e.org/h"
    assert links["ref"] == "https://e.org/ref"
    assert links["https://e.org/bare"] == "https://e.org/bare"
    assert links["p"] == "https://e.org/a_(b)_c"
    assert not any("png" in target for target in links.values())


def test_footnotes_are_marks_and_notes() -> None:
    text = "It refused.[^a] It did not.[^rc-12]\n\n[^a]: See [this](https://e.org/1), p. 5.\n[^rc-12]: Second\n    line of it.\n"
    reading = read_markdown(text)
    assert [(mark.label, text[mark.start : mark.end]) for mark in reading.note_marks] == [
        ("a", "[^a]"), ("rc-12", "[^rc-12]"),
    ]  # fmt: skip
    assert [(note.label, note.text, note.targets) for note in reading.notes] == [
        ("a", "See this, p. 5.", ("https://e.org/1",)), ("rc-12", "Second line of it.", ()),
    ]  # fmt: skip


def test_numbered_entries_under_footnotes_are_notes() -> None:
    text = "# T\n\nText2 here.\n\n#### Footnotes\n\n1. First note.\n\n2. Second note, with https://e.org.\n\n## Next\n\n1. An item.\n"
    reading = read_markdown(text)
    assert [(note.label, note.text) for note in reading.notes] == [
        ("1", "First note."),
        ("2", "Second note, with https://e.org."),
    ]
    assert shown(reading, BlockKind.LIST_ITEM) == ["1. An item."]


def test_a_list_that_numbers_itself_gets_its_numbers() -> None:
    reading = read_markdown("# T\n\nx\n\n## References\n\n1. One, 2020.\n1. Two, 2021.\n")
    assert [note.label for note in reading.notes] == ["1", "2"]


def test_code_components_comments_and_images_are_no_prose() -> None:
    text = (
        "import {A} from '@c/w';\n\n<Mermaid chart={`\nflowchart TD\n  A --> B[x<br/>y]\n`} />\n\n```\nx = 99\n```\n\n"
        "<!-- a comment\nover lines -->\n\n![](https://e.org/1.png)\n\nOne <b>sentence</b> of prose.\n"
    )
    reading = read_markdown("# T\n\n" + text)
    assert shown(reading, BlockKind.PARAGRAPH) == ["One <b>sentence</b> of prose."]
    assert len(shown(reading, BlockKind.CODE)) == 3


def test_quotations_are_quotes() -> None:
    assert shown(
        read_markdown("# T\n\n> I must inform you\n> that it is so.\n\nText.\n"), BlockKind.QUOTE
    ) == ["> I must inform you\n> that it is so."]


def test_underlined_titles_are_headings_and_rules_are_not() -> None:
    reading = read_markdown("# X\n\nTitle here\n===\n\nText that ends.\n---\n\nMore.\n")
    assert shown(reading, BlockKind.HEADING) == ["X", "Title here"]


@pytest.mark.parametrize(
    "part",
    ["<!--\n", "<Abc\n", "```\n", "[a](", "| a\n", "[^1]: x\n", "**a\n", "> \n", "- \n", '<a href="x">'],
)
def test_hostile_repetition_is_read_in_time(part: str) -> None:
    read_markdown("# T\n\n" + part * 5_000)


@given(st.text(alphabet='ab1.\n #|-[]()*`<>!^:/_"= \t', max_size=300))
def test_blocks_and_links_lie_in_the_text_in_order(text: str) -> None:
    reading = read_markdown(text)
    position = 0
    for block in reading.blocks:
        assert position <= block.start < block.end <= len(text)
        position = block.end
    for link in reading.links:
        assert 0 <= link.start < link.end <= len(text)
    for mark in reading.note_marks:
        assert 0 <= mark.start < mark.end <= len(text)


def test_a_raised_power_is_no_note_mark() -> None:
    reading = read_markdown("# T\n\nIt took 10<sup>25</sup> FLOP.<sup>3</sup> So it was said.\n")
    assert [mark.label for mark in reading.note_marks] == ["3"]


def test_a_power_in_a_note_keeps_its_sign() -> None:
    reading = read_markdown("# T\n\nSo it is.[^1]\n\n[^1]: Above 10<sup>25</sup> FLOP<sup>2</sup>.\n")
    assert reading.notes[0].text == "Above 10^25 FLOP[2]."
