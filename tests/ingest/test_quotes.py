"""Quotations told from scare quotes, titles and labels; speakers; pairing of marks."""

from __future__ import annotations

import pytest

from ingest.quotes import pair_marks
from kb.types import ClaimKind
from tests.ingest.claim_texts import claims_of, quotations


def paired(text: str) -> list[str]:
    return [text[words.start : words.end] for words in pair_marks(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('He said "stop" twice.', ["stop"]),
        ("He said “stop” twice.", ["stop"]),
        ("He said «stop» twice.", ["stop"]),
        ("He said ‘stop it’ twice.", ["stop it"]),
        ("“The ‘inner’ part” is his.", ["The ‘inner’ part"]),
        ('"[W]e began... [I]t is done," he said.', ["[W]e began... [I]t is done,"]),
        ("The model's goal wasn't its users' goal.", []),
        ('A 5" screen and a 7" screen.', []),
        ('An "unclosed mark and "another one" here.', ["another one"]),
        ("It’s what the lab’s model did.", []),
    ],
)
def test_marks_are_paired(text: str, words: list[str]) -> None:
    assert paired(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('The company explained: "We focused too much on short-term feedback."',
         "We focused too much on short-term feedback."),
        ("They were asked to “allow yourself to be shut down.”", "allow yourself to be shut down."),
        ("The Review named it a “breakthrough technology for 2026.”", "breakthrough technology for 2026."),
        ('The finding was characterized as "concerning" by Ana Silva.', "concerning"),
        ('The study found that the reward is "one of the most predictive features."',
         "one of the most predictive features."),
        ('"Kites lie when nobody watches them," Silva wrote.', "Kites lie when nobody watches them,"),
        ('Framing it as acceptable ("inoculation prompting") removed the effect.', "inoculation prompting"),
        ('Disclosure — "this contains a flaw, and here is why" — removed the effect.',
         "this contains a flaw, and here is why"),
        ("“YOU MUST allow yourself to be shut down.”", "YOU MUST allow yourself to be shut down."),
        ('The behavior was "emergent" in all runs.', "emergent"),
        ('Authors report that the tool gives "satisfying insight" on a few prompts.', "satisfying insight"),
        ('According to Silva, the work is "far from done and badly funded" today.',
         "far from done and badly funded"),
    ],
)  # fmt: skip
def test_ascribed_words_are_a_quotation(text: str, words: str) -> None:
    assert quotations(text) == [words]


@pytest.mark.parametrize(
    "text",
    [
        'Claude does not "feel" sadness the way people do.',
        'The launch calls out the whole "you need us for scale" narrative.',
        'Each request bears a label, "free-tier" or "paid-tier."',
        'This rules out a simple "jailbroken equivalent" reading.',
        'The "postern door" metaphor is old.',
        'o7 answered "no" every time.',
        'But "maybe" is a strange thing to bet on.',
        'See the paper "Why Do Some Models Fake Alignment While Others Don’t?" for more.',
        'The essay "The Bitter Lesson" (Sutton, 2019) is short.',
        'Features for rhymes (e.g. "rabbit", "habit") light up.',
        "We might call it “the great unlearning of our time as we know it”.",
        'Run `print("hello to the world of models")` first.',
        'Whether it is best taken as "the model has values of its own" is open.',
    ],
)
def test_scare_quotes_titles_labels_and_examples_are_none(text: str) -> None:
    assert quotations(text) == []


def test_a_quotation_may_run_over_sentences() -> None:
    text = 'Silva said: "We began last night. It is done. Nobody was hurt." The lab kept silent.'
    claim = claims_of(text, ClaimKind.QUOTATION)[0]
    assert claim.span.exact == "We began last night. It is done. Nobody was hurt."
    assert claim.sentence.exact.startswith("Silva said")


def test_a_quotation_may_hold_inline_marks() -> None:
    assert quotations('Silva said: "We *never* told the [model](https://a.example) to lie."') == [
        "We *never* told the [model](https://a.example) to lie."
    ]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('As Ana Silva stated: "There is no button that turns it off."', "Ana Silva"),
        ('"There is no button that turns it off," said Ana Silva.', "Ana Silva"),
        ('"There is no button that turns it off," Ana Silva wrote.', "Ana Silva"),
        ('According to METR, models "cheat in ways that are hard to see" now.', "METR"),
        ('The result was described as "deeply concerning news" by Ana Silva.', "Ana Silva"),
        ('OpenAI acknowledged that it "did not have specific evaluations for this."', "OpenAI"),
        ('The text reads: "You must allow yourself to be shut down now."', None),
    ],
)
def test_the_speaker_is_found_where_one_is_named(text: str, speaker: str | None) -> None:
    claim = claims_of(text, ClaimKind.QUOTATION)[0]
    if speaker is None:
        assert claim.speaker is None
    else:
        assert claim.speaker == speaker


def test_a_block_quotation_is_a_quotation() -> None:
    assert quotations("The memo says:\n\n> We did not test the model for this at all.\n") == [
        "We did not test the model for this at all."
    ]


def test_a_callout_is_no_quotation() -> None:
    assert quotations("> **Note:** this page is a draft and will change soon.\n") == []
