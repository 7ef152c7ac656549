"""Nothing in a text makes the reader slow: every pattern and the whole reader are linear."""

from __future__ import annotations

import re
import time

import pytest

from kb import number_context, number_tokens, numerals
from kb.quantity import read_numbers

_CHARACTERS = "aA1 .,-–/[](<>{}`~#@&:;'\"|\n\\$%x_*\u00a0²½?e+=^0v—→±×"
_SEQUENCES = (
    "](", "](a", "](x(y)", "<a ", "<!--", "<!--a-", "1.", "1,", "1-", "a.", "a-", "a@", "1/1/", "20 ", "2020-", "2020–",
    "2020,", "1:11", "Jan ", "1 Jan ", "+1 ", "tel ", "[1,", "`a", "``a", "&a", "10.1234/", "arxiv ", "http://", "www.",
    "read time", "aA1", "1 ", "January 1", "isbn 1", "(1", "1'", "#a", "12 ", "[^a", "\\[", "[a", "[1 , ", "call (",
    "0x", "q1 ", "$a", "$$", "$a$", "a: 1\n", "---\n", "a1", "f0", "1° ", "--", "—", "==",
)  # fmt: skip
_LENGTH = 100_000
_LIMIT_S = 0.1


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = [(f"{name}[{index}]", pattern) for index, (name, pattern) in enumerate(number_context.RULES)]
    for module in (number_context, number_tokens, numerals):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found.append((f"{module.__name__}.{name}", value))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pattern"), _patterns(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_pattern_is_slow_on_its_worst_character(name: str, pattern: re.Pattern[str]) -> None:
    for unit in (*_CHARACTERS, *_SEQUENCES):
        text = (unit * (_LENGTH // len(unit) + 1))[:_LENGTH]
        # Another process may hold the core for a while: three tries before it counts.
        assert any(_time(pattern, text) < _LIMIT_S for _ in range(3)), f"{name} is slow on {unit!r}"


def _time(pattern: re.Pattern[str], text: str) -> float:
    started = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - started


@pytest.mark.parametrize("unit", [*_CHARACTERS, *_SEQUENCES], ids=repr)
def test_all_patterns_together_are_linear_in_the_text(unit: str) -> None:
    text = (unit * 10_000)[:10_000]
    started = time.process_time()
    number_context.find_masks(text)
    number_context.find_markup(text)
    assert time.process_time() - started < 1.0


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["1 ", "1,", "1/", "1 of ", "1 to ", "(1", "$1 ", "½", "1²", "—", "1e", "one ", "one hundred ", "and ", "a-1-", "models ",
     "state-of-the-art ", "16 state-of-the-art ", "]( ", "<a ", "$a$", "from 1 to ", "between 1 and ", "rose ", "average 1 ",
     "1 times ", "12 times in 100 runs. seven times ", "Claude 3 ", "m s-1 ", "\u200b1"],
)  # fmt: skip
def test_the_reader_takes_twice_the_time_for_twice_the_text(unit: str) -> None:
    def read(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        started = time.process_time()
        read_numbers(text)
        return time.process_time() - started

    short, long = read(25_000), read(100_000)
    assert long < 10 * short + 0.3


@pytest.mark.slow
def test_prose_is_read_at_least_at_100_kilobytes_a_second() -> None:
    sentence = (
        "In 2024 the lab said that Claude 3.7 Sonnet failed in roughly 25% of 1,200 prompts, up from 13% a year "
        "before; three of the 16 models (see Table 2) cheated 12 times in 100 runs.\n"
    )
    text = sentence * 1000
    started = time.process_time()
    read_numbers(text)
    assert len(text) / 1000 / (time.process_time() - started) > 100
