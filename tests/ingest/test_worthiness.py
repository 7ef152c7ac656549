"""Check-worthiness: named features that add up, and say what reads like a statement of fact."""

from __future__ import annotations

import pytest

from ingest.worthiness import THRESHOLD, WEIGHTS, score_worthiness

FACTS = [
    "The researchers found that models of all large labs turned to blackmail.",
    "Unemployment fell to 3.9 percent in 2018.",
    "RL training amplified the faking instead of removing it.",
    "Anthropic trained the model on real coding environments.",
]
TALK = [
    "I think we should all hope for the best.",
    "What does that mean for you?",
    "Let me tell you something.",
    "You should subscribe to our newsletter.",
]


def test_the_score_is_the_sum_of_its_features() -> None:
    worth = score_worthiness(FACTS[0])
    assert worth.score == pytest.approx(sum(weight for _, weight in worth.features))
    assert all(weight == WEIGHTS[name] for name, weight in worth.features)


@pytest.mark.parametrize("sentence", FACTS)
def test_facts_are_worth_checking(sentence: str) -> None:
    assert score_worthiness(sentence).score >= THRESHOLD


@pytest.mark.parametrize("sentence", TALK)
def test_talk_is_not(sentence: str) -> None:
    assert score_worthiness(sentence).score < THRESHOLD


def test_every_fact_stands_before_every_talk() -> None:
    assert min(score_worthiness(s).score for s in FACTS) > max(score_worthiness(s).score for s in TALK)


def test_a_link_a_label_and_a_source_speak_for_a_sentence() -> None:
    plain = score_worthiness("The effect persisted.").score
    assert score_worthiness("The effect persisted.", cited=True).score > plain
    assert score_worthiness("The effect persisted.", labelled=True).score > plain
    assert score_worthiness("The effect persisted.", attributed=True).score > plain


def test_a_figure_speaks_for_a_sentence_and_a_year_less() -> None:
    base = score_worthiness("It cost money.").score
    year = score_worthiness("It cost money in 2019.").score
    assert base < year < score_worthiness("It cost 12 dollars.").score


def test_a_question_is_never_worth_checking() -> None:
    assert not score_worthiness("Did the researchers find that 12% of models lied?").worthy


def test_probability_is_a_half_at_the_threshold_and_rises() -> None:
    low, high = score_worthiness(TALK[0]), score_worthiness(FACTS[0])
    assert 0 < low.probability < 0.5 <= high.probability < 1


def test_nothing_scores_low() -> None:
    assert not score_worthiness("").worthy
