"""Laws of the sentence splitter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import join_lines, split_sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Smith et al. (2024) measured it.",
        "Smith et al. Nature 2024 measured it.",
        "The rate of 3.5 Rises slowly.",
        "See Fig. 3 and Eq. 4 for details.",
        "The U.S. Senate heard it.",
        "Humans vs. Models was the title.",
        "Samuel R. Bowman and J. K. Smith wrote it.",
        "Use a tool, e.g. Petri, for it.",
        "It began on Jan. 5 and ended at 3 p.m. Tuesday.",
        "1. The first rule is short.",
        "Figure 2a. Rates of refusal by model.",
        "Table 3.1. The Scores of all models.",
        "Dr. Jones asked No. 5 of them.",
        "The models (GPT-4o vs. Claude 3.5 Sonnet) differ.",
        "It said [...] Nothing more.",
        "“Why?” he asked them.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("They were shut down.9 The cause is known.", ["They were shut down.9", "The cause is known."]),
        ("The best rate is 32.8%.33 The rest fell.", ["The best rate is 32.8%.33", "The rest fell."]),
        ("“In target models.”36 The truth stays.", ["“In target models.”36", "The truth stays."]),
        ("It was so in 2024.12 The next year fell.", ["It was so in 2024.12", "The next year fell."]),
        ("It fell.[3] Then it rose.", ["It fell.[3]", "Then it rose."]),
        ("It fell. [3] Then it rose.", ["It fell. [3]", "Then it rose."]),
        ("It fell.[^a] Then it rose.", ["It fell.[^a]", "Then it rose."]),
        ("It fell.¹² Then it rose.", ["It fell.¹²", "Then it rose."]),
        ("It fell.9,10 Then it rose.", ["It fell.9,10", "Then it rose."]),
    ],
)
def test_a_footnote_mark_stays_with_the_sentence_before_it(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is. o3 resisted. xAI did not.", ["It is.", "o3 resisted.", "xAI did not."]),
        ("They met in the U.S. The law passed.", ["They met in the U.S.", "The law passed."]),
        ("It replaced the script. codex-mini too.", ["It replaced the script.", "codex-mini too."]),
        ("(One.) Two! Three?! Four…", ["(One.)", "Two!", "Three?!", "Four…"]),
        ("**Bold.** Plain.", ["**Bold.**", "Plain."]),
        ("Reasons: 1. One. 2. Two.", ["Reasons: 1. One.", "2. Two."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_a_hard_wrap_does_not_end_a_sentence() -> None:
    text = (
        "The first line of this paragraph was broken by an editor at\n"
        "Berkeley after some sixty letters and goes on until here. And\nthen it ends."
    )
    assert len(split(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "One line\n\nanother",
        "Alpha\n- beta",
        "Alpha\n| beta |",
        "# Alpha\nbeta",
        "Alpha\n1. beta",
        "Alpha:\nBeta",
    ],
)
def test_structure_parts_sentences_without_a_stop(text: str) -> None:
    assert len(split(text)) == 2


def test_a_table_row_is_one_sentence() -> None:
    assert split("| High. Very. | 3 |\n| Low. | 4 |") == ["| High. Very. | 3 |", "| Low. | 4 |"]


def test_bullets_and_heading_marks_lie_outside_the_sentence() -> None:
    assert split("## Title\n- item one") == ["Title", "item one"]


def test_only_the_asked_range_is_read() -> None:
    text = "One. Two. Three."
    assert split_sentences(text, 5, 9) == ((5, 9),)


@given(st.text(alphabet='aB1. ?!\n[]9”"-|#U.S,', max_size=200))
def test_sentences_are_ordered_disjoint_trimmed_and_lose_no_letter(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    covered = set()
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        position = end
        covered.update(range(start, end))
    assert all(i in covered for i, letter in enumerate(text) if letter.isalnum())


@given(st.text(max_size=120))
def test_any_text_is_split_without_a_fault(text: str) -> None:
    assert all(start < end for start, end in split_sentences(text))
    assert all(start < end for start, end in join_lines(text))


def test_a_long_row_of_stops_is_read_in_linear_time() -> None:
    assert split_sentences("." * 200_000) == ((0, 200_000),)


def test_a_line_that_ends_in_a_preposition_goes_on_in_the_next() -> None:
    text = "It runs into the same wall. In\n[one study](https://example.org/a/very/long/address) the share fell to 3%."
    sentences = [text[start:end] for start, end in split_sentences(text)]
    assert sentences[1].startswith("In\n[one study]")


def test_a_mark_behind_a_version_ends_the_sentence_where_only_a_sentence_can_begin() -> None:
    text = "Meta tested 27 variants of Llama 4.3 They found that 12% of runs failed."
    parts = [text[start:end] for start, end in split_sentences(text)]
    assert parts == ["Meta tested 27 variants of Llama 4.3", "They found that 12% of runs failed."]
    kept = "It beat Claude Sonnet 4.5 Models from it lost."
    assert [kept[start:end] for start, end in split_sentences(kept)] == [kept]
