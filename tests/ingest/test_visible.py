"""Laws of the visible text of markdown."""

from __future__ import annotations

from ingest.visible import see_text


def visible(text: str) -> str:
    return see_text(text, 0, len(text)).text


def test_an_escaped_dollar_is_a_dollar_and_opens_no_formula() -> None:
    assert (
        visible(r"It raised \$250,000 in 2023 and \$410,000 in 2024.")
        == "It raised $250,000 in 2023 and $410,000 in 2024."
    )


def test_plain_dollars_are_no_formula() -> None:
    assert visible("It cost $5 or $6.") == "It cost $5 or $6."


def test_a_raised_power_keeps_a_sign_between_its_digits_and_its_base() -> None:
    assert (
        visible("It took 10<sup>25</sup> FLOP, or 0.8<sup>20</sup> of it.")
        == "It took 10^25 FLOP, or 0.8^20 of it."
    )


def test_a_raised_number_that_is_no_power_never_joins_a_figure() -> None:
    assert visible("In 47%<sup>3</sup> of runs in 2023<sup>4</sup>.") == "In 47% of runs in 2023."


def test_letters_that_are_raised_or_lowered_stay() -> None:
    assert visible("The 5<sup>th</sup> of H<sub>2</sub>O.") == "The 5th of H2O."


def test_a_range_broken_at_its_hyphen_is_one_range() -> None:
    assert visible("between 25-\n39% of them, or 35–\n45") == "between 25-39% of them, or 35–45"


def test_a_word_broken_at_its_own_hyphen_keeps_it() -> None:
    assert visible("an age-\nrelated effect") == "an age-related effect"


def test_a_hyphen_that_hangs_keeps_its_space() -> None:
    assert visible("a two-\nor three-fold rise") == "a two- or three-fold rise"
