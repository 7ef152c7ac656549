"""What a text leaves open of a figure is told as an issue of the run, and what is derived is marked."""

from __future__ import annotations

import pytest

from ingest.claims import find_claims
from kb.types import ClaimKind
from tests.ingest.claim_texts import claims_of, read_text


def doubts(text: str) -> list[str]:
    return [
        issue.message for issue in find_claims(read_text(text)).issues if issue.code == "ambiguous_figure"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Accuracy rose by 12 points in the test.", "percentage points or points of a score"),
        ("It is 3 times less likely to lie than Orca 7.", "no settled meaning"),
        ("It is 3 times more likely to lie than Orca 7.", "as many again"),
        ("A 12% reduction in the compliance rate was reported.", "relative or in points"),
        ("It had 1.234 users in the study.", "thousands or decimals"),
    ],
)
def test_a_figure_with_two_readings_says_so(text: str, words: str) -> None:
    assert len(doubts(text)) == 1
    assert words in doubts(text)[0]


@pytest.mark.parametrize(
    "text",
    ["Accuracy rose by 12 percentage points.", "It is three times as likely to lie as Orca 7.",
     "It complied in 14% of cases.", "It had 1,234 users in the study."],
)  # fmt: skip
def test_a_figure_with_one_reading_raises_no_doubt(text: str) -> None:
    assert doubts(text) == []


def test_at_most_twenty_doubts_are_told() -> None:
    assert len(doubts("Accuracy rose by 12 points in the test. " * 50)) == 20


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The remaining 75% stayed opaque to the researchers.", "remaining"),
        ("Orca 7 failed the other 12% of the tests.", "other"),
    ],
)
def test_what_another_figure_leaves_is_marked_as_derived(text: str, word: str) -> None:
    assert word in claims_of(text)[0].qualifiers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I think that 90% of agents lied in that study.", "I think"),
        ("The market is projected to reach $40 billion in revenue.", "is projected to"),
        ("One employee said that it saves 90 minutes a day.", "One employee said"),
        ("Models will exceed 50% on this test within a year.", "will exceed"),
    ],
)
def test_an_opinion_or_prediction_with_a_figure_is_kept_with_the_words_that_show_it(
    text: str, words: str
) -> None:
    assert words in claims_of(text, ClaimKind.QUANTITY)[0].qualifiers


@pytest.mark.parametrize(
    "text",
    ["Did 90% of the agents lie?", "Imagine that 90% of the agents lied.", "What if 90% of agents lied?"],
)
def test_questions_and_hypotheses_raise_no_figure(text: str) -> None:
    assert claims_of(text, ClaimKind.QUANTITY) == []
