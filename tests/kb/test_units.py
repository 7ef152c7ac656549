"""Which words and signs after a number are a unit, and the one name each has."""

from __future__ import annotations

import pytest

from kb.number_tokens import fold, tokenize
from kb.types import UnitKind
from kb.unit_names import SYMBOLS, WORD_UNITS
from kb.units import match_currency_before, match_rate, match_unit, unit_words


def unit_after(text: str, *, glued: bool = False) -> tuple[str, str | None, int] | None:
    tokens = tokenize(fold(text).text, ())
    for token in tokens:
        token.barrier = False
    match = match_unit(tokens, 0, glued=glued)
    return None if match is None else (match.unit.kind.value, match.unit.name, match.stop)


@pytest.mark.parametrize(
    ("text", "kind", "name", "stop"),
    [
        ("% of", "percent", None, 1),
        ("%-points", "percentage_point", None, 3),
        ("percentage points", "percentage_point", None, 2),
        ("per cent of", "percent", None, 2),
        ("minutes a day", "duration", "minute/day", 3),
        ("barrels per day", "other", "barrel/day", 3),
        ("km/h", "other", "kilometre/hour", 3),
        ("mg/L", "other", "milligram/litre", 3),
        ("m s−1", "other", "metre/second", 4),
        ("W/m²", "other", "watt/metre^2", 4),
        ("degrees Celsius", "other", "celsius", 2),
        ("°C", "other", "celsius", 2),
        ("Australian dollars", "currency", "AUD", 2),
        ("square metres", "other", "square metre", 2),
        ("year-old", "duration", "year", 3),
        ("m.p.h. there", "other", "mile/hour", 6),
        ("floating-point operations", "flop", None, 4),
        ("wt.% of", "percent", None, 3),
    ],
)
def test_a_unit_has_one_name_however_written(text: str, kind: str, name: str | None, stop: int) -> None:
    assert unit_after(text) == (kind, name, stop)


@pytest.mark.parametrize(
    "text", ["models", "a day", "and", "A levels", "Stone", "D printing", "in all", "as"]
)
def test_words_that_are_no_unit_are_left(text: str) -> None:
    assert unit_after(text) is None


def test_one_letter_units_stand_only_where_a_name_cannot() -> None:
    assert unit_after("m tall") == ("other", "metre", 1)
    assert unit_after("A of them") is None
    assert unit_after("G", glued=True) is None  # "5G" is a generation


@pytest.mark.parametrize(
    ("text", "code"),
    [("$5", "USD"), ("US$5", "USD"), ("A$5", "AUD"), ("HK $ 5", "HKD"), ("£5", "GBP"), ("EUR 5", "EUR"), ("Rs 5", "INR"),
     ("$US5", "USD"), ("¥5", "JPY"), ("RM5", "MYR")],
)  # fmt: skip
def test_currencies_before_a_number_are_named_by_their_code(text: str, code: str) -> None:
    tokens = tokenize(fold(text).text, ())
    index = next(at for at, token in enumerate(tokens) if token.text == "5")
    found = match_currency_before(tokens, index)
    assert found is not None
    assert (found[0].name, found[1]) == (code, 0)


def test_rates_need_a_time_or_a_per() -> None:
    def rate(text: str) -> str | None:
        tokens = tokenize(text, ())
        for token in tokens:
            token.barrier = False
        found = match_rate(tokens, 0)
        return None if found is None else found[0]

    assert rate("a day") == "day"
    assert rate("per user") == "user"
    assert rate("a model") is None
    assert rate("a second opinion") is None


def test_every_lexicon_entry_is_read_as_the_unit_it_names() -> None:
    for alias, unit in WORD_UNITS.items():
        found = unit_after(alias)
        if found is None:
            continue  # a word that needs its context ("bar", "won")
        assert found[0] == unit.kind.value, alias


def test_symbols_never_shadow_common_words() -> None:
    assert not {
        "a",
        "I",
        "as",
        "at",
        "am",
        "us",
        "do",
        "in",
        "is",
        "it",
        "my",
        "no",
        "go",
        "he",
        "or",
        "so",
    } & {symbol for symbol in SYMBOLS if symbol not in ("a",)}


def test_units_are_written_so_that_they_can_be_read() -> None:
    from kb.types import Unit

    assert unit_words(Unit(kind=UnitKind.PERCENT)) == "%"
    assert unit_words(Unit(kind=UnitKind.PERCENT, name="percent/year")) == "% per year"
    assert unit_words(Unit(kind=UnitKind.PERCENTAGE_POINT)) == " percentage points"
    assert unit_words(Unit(kind=UnitKind.COUNT, name="models")) == " models"
    assert unit_words(Unit(kind=UnitKind.MULTIPLE)) == "x"
