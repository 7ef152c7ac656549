"""Laws of the number reader that hold for every text and every quantity it reads."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.quantity import find_quantities, format_quantity, parse_quantity, read_numbers
from kb.types import Modifier, Quantity

_PIECES = (
    "12", "3.5", "0.4", "1,234", "1 000", "2024", "1/4", "7/10", "half", "a quarter", "two-thirds", "seventeen",
    "two hundred and five", "one", "once", "twice", "doubled", "dozens of", "10^25", "2.3 million", "$5bn", "€3",
    "%", " %", " percent", " points", "pp", "x", " times", "-fold", " minutes", " years", " models", " FLOP", "°C",
    " of ", " out of ", " in ", " to ", "-", "–", " and ", " or ", ", ", ". ", "\n", " between ", " from ", " by ",
    "at least ", "more than ", "up to ", "roughly ", "~", "≥", "<", " or more", "+", "(", ")", "[12]", "GPT-4", "Claude 3.7",
    " rose ", " fell ", " increase", " drop", "average ", "median ", " in total", "AUROC ", "p ", "= ", "±", "→", "×", "top ",
    "th percentile", "95% CI ", "| ", "Section 3", "²", "½", "\u200b", "٣", "５", "$", "^", "{", "}", "<sup>", "https://x.org/1 ",
)  # fmt: skip
_texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=14).map("".join),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=14).map("".join),
    st.text(max_size=60),
)


@given(_texts)
@settings(max_examples=400, deadline=None)
@example("1^[")
@example("\ud800 12%")
@example("$-")
@example("3.77/1900")
@example("1/0 and 5/1950")
def test_every_reading_is_the_text_at_its_offsets_in_order(text: str) -> None:
    last = 0
    for reading in read_numbers(text):
        assert text[reading.start : reading.end] == reading.surface
        assert reading.surface
        assert last <= reading.start < reading.end <= len(text)
        assert reading.start <= reading.number[0] < reading.number[1] <= reading.end
        assert reading.why
        last = reading.end
        if reading.quantity is not None:
            assert (reading.quantity.start, reading.quantity.end) == (reading.start, reading.end)
            assert reading.quantity.surface == reading.surface


@given(_texts)
@settings(max_examples=400, deadline=None)
def test_bounds_are_ordered_exact_decimals(text: str) -> None:
    for quantity in find_quantities(text):
        ends = [end for end in (quantity.low, quantity.high) if end is not None]
        assert ends
        assert all(isinstance(end, Decimal) and end.is_finite() for end in ends)
        assert ends == sorted(ends)
        assert (quantity.low is None) is (quantity.modifier is Modifier.AT_MOST)
        assert (quantity.high is None) is (quantity.modifier is Modifier.AT_LEAST)
        assert (quantity.low != quantity.high) is (quantity.modifier in _OPEN)
        assert quantity.base is None or (isinstance(quantity.base, Decimal) and quantity.base > 0)


_OPEN = (Modifier.AT_LEAST, Modifier.AT_MOST, Modifier.RANGE)


def _bare(quantity: Quantity) -> Quantity:
    return replace(quantity, surface="", start=0, end=0)


@given(_texts)
@settings(max_examples=400, deadline=None)
def test_a_written_quantity_reads_back_as_itself(text: str) -> None:
    for quantity in find_quantities(text):
        written = format_quantity(quantity)
        assert _bare(parse_quantity(written)) == _bare(quantity), written


@given(_texts, st.sampled_from(("\n\nAnother 5% came.", "\n\nNo more.", "\n\n| 3 |", "\n\n12 models")))
@settings(max_examples=200, deadline=None)
@example("1 000", "\n\n12 models")
@example("12 or more", "\n\n12 models")
def test_a_paragraph_after_it_changes_no_reading(text: str, more: str) -> None:
    text = (
        text.replace("<", "(").replace("$", "€").replace("`", "'")
    )  # an open tag, formula or code may close in it
    alone = find_quantities(text)
    assert find_quantities(text + more)[: len(alone)] == alone


_DIGITS = {"fullwidth": 0xFF10, "arabic": 0x0660, "devanagari": 0x0966, "bold": 0x1D7CE}


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(sorted(_DIGITS)))
@settings(deadline=None)
def test_digits_of_every_script_have_one_value(whole: int, places: int, script: str) -> None:
    plain = f"It was {whole}.{places:02d}% of them."
    zero = _DIGITS[script]
    other = "".join(chr(zero + int(c)) if c.isdigit() else c for c in plain)
    (expected,) = find_quantities(plain)
    (found,) = find_quantities(other)
    assert (found.low, found.high, found.unit, found.decimals) == (
        expected.low, expected.high, expected.unit, expected.decimals,
    )  # fmt: skip


@given(st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False))
@settings(deadline=None)
def test_a_number_in_digits_is_read_exactly(number: Decimal) -> None:
    (found,) = find_quantities(f"The rate was {number:f}% there.")
    assert found.low == found.high == number
    assert found.decimals == 3


@given(st.integers(2, 10**15 - 1))
@settings(deadline=None)
def test_a_number_in_words_has_the_value_of_its_digits(number: int) -> None:
    from kb.quantity_text import spell

    (found,) = find_quantities(f"There were {spell(Decimal(number))} models there.")
    assert found.low == number
    assert found.unit.name in ("models", "model")
