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
