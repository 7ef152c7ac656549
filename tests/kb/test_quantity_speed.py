"""Nothing in a text makes the reader slow: its work grows as the text does.

Work is counted in lines of Python that run, never in seconds, so that no machine's speed decides. What a regular
expression does inside is no line: tests/ingest/test_read_patterns.py runs every one of them on hostile text under
a watchdog, and the soak below repeats it with strings of the number grammar.
"""

from __future__ import annotations

import re
import sys
from types import FrameType
from typing import Any

import pytest

from kb import number_context, number_tokens, numerals
from kb.quantity import find_quantities, read_numbers

_CHARACTERS = "aA1 .,-–/[](<>{}`~#@&:;'\"|\n\\$%x_*\u00a0²½?e+=^0v—→±×"
_SEQUENCES = (
    "](", "](a", "](x(y)", "<a ", "<!--", "<!--a-", "1.", "1,", "1-", "a.", "a-", "a@", "1/1/", "20 ", "2020-", "2020–",
    "2020,", "1:11", "Jan ", "1 Jan ", "+1 ", "tel ", "[1,", "`a", "``a", "&a", "10.1234/", "arxiv ", "http://", "www.",
    "read time", "aA1", "1 ", "January 1", "isbn 1", "(1", "1'", "#a", "12 ", "[^a", "\\[", "[a", "[1 , ", "call (",
    "0x", "q1 ", "$a", "$$", "$a$", "a: 1\n", "---\n", "a1", "f0", "1° ", "--", "—", "==",
)  # fmt: skip
_PHRASES = (
    "1 ", "1,", "1/", "1 of ", "1 to ", "(1", "$1 ", "½", "1²", "—", "1e", "one ", "one hundred ", "and ", "a-1-",
    "models ", "state-of-the-art ", "16 state-of-the-art ", "]( ", "<a ", "$a$", "from 1 to ", "between 1 and ", "rose ",
    "average 1 ", "1 times ", "12 times in 100 runs. seven times ", "Claude 3 ", "m s-1 ", "\u200b1", "1(2) ", "5 ft ",
    "3 hundred and ", "1 over ", "5 dollars 5 ", "a single ", "1 USD ",
)  # fmt: skip


def _repeat(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def _count_steps(text: str) -> int:
    """Lines of Python that reading a text's quantities runs."""
    steps = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_quantities(text)
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("unit", _PHRASES, ids=repr)
def test_four_times_the_text_takes_about_four_times_the_steps(unit: str) -> None:
    short, long = _count_steps(_repeat(unit, 500)), _count_steps(_repeat(unit, 2_000))
    assert long < 6 * short + 5_000  # a square would take sixteen times


def test_a_square_would_be_seen() -> None:
    def steps_of(count: int) -> int:
        steps = 0
        for _ in range(count):
            for _ in range(count):
                steps += 1
        return steps

    assert steps_of(400) > 6 * steps_of(100) + 5_000


@pytest.mark.timeout(240)
def test_all_patterns_together_end_on_every_character() -> None:
    for unit in (*_CHARACTERS, *_SEQUENCES):
        text = _repeat(unit, 10_000)
        number_context.find_masks(text)
        number_context.find_markup(text)


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = [(f"{name}[{index}]", pattern) for index, (name, pattern) in enumerate(number_context.RULES)]
    for module in (number_context, number_tokens, numerals):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found.append((f"{module.__name__}.{name}", value))
    return found


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "pattern"), _patterns(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_pattern_takes_the_square_of_the_text(name: str, pattern: re.Pattern[str]) -> None:
    for unit in (*_CHARACTERS, *_SEQUENCES):
        for _ in pattern.finditer(_repeat(unit, 100_000)):
            pass


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("unit", _PHRASES, ids=repr)
def test_a_hundred_kilobytes_of_one_phrase_are_read(unit: str) -> None:
    read_numbers(_repeat(unit, 100_000))
