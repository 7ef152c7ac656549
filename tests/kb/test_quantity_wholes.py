"""What is written as two numbers and is one, what is written as one and is none, and the words of a change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.quantity import find_quantities, read_numbers
from kb.types import Modifier, Quantity, Relation, UnitKind


def read_one(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, [quantity.surface for quantity in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("The fund raised 75 USD million.", 75_000_000, "USD"),
        ("They paid 1.5 EUR bn.", 1_500_000_000, "EUR"),
        ("The grant is 2 dollars million.", 2_000_000, "USD"),
        ("The fund raised 30 MUSD.", 30_000_000, "USD"),
        ("The fund raised MEUR 60.", 60_000_000, "EUR"),
        ("The fund raised EURm 60.", 60_000_000, "EUR"),
        ("The fund raised 5 kUSD.", 5_000, "USD"),
        ("It costs 3 hundred and 21 yuan.", 321, "CNY"),
        ("It costs 3 thousand and 21 yuan.", 3021, "CNY"),
        ("It costs 3 hundred and 21 thousand yuan.", 321_000, "CNY"),
        ("It costs 15 dollars 50.", "15.50", "USD"),
        ("It costs 15 euros and 50 cents.", "15.50", "EUR"),
    ],
)
def test_a_sum_of_money_is_read_with_its_scale_and_its_cents(
    text: str, value: int | str, currency: str
) -> None:
    quantity = read_one(text)
    assert (quantity.low, quantity.unit.kind, quantity.unit.name) == (
        Decimal(value),
        UnitKind.CURRENCY,
        currency,
    )
    assert quantity.low == quantity.high


def test_both_ends_of_a_range_and_a_list_have_the_scale_of_the_code() -> None:
    ranged = read_one("a cost of 5-10 MUSD")
    assert (ranged.low, ranged.high) == (Decimal(5_000_000), Decimal(10_000_000))
    assert [quantity.low for quantity in find_quantities("5 and 10 MUSD")] == [5_000_000, 10_000_000]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("He paid 15 dollars 50 times.", ["15 dollars", "50 times"]),
        ("He paid 15 euros 50 people came.", ["15 euros", "50 people"]),
        ("They sold 3 thousand and 4 hundred thousand.", ["3 thousand", "4 hundred thousand"]),
        ("It was 12 ft 2 in 2019.", ["12 ft", "2"]),
        ("The talk took 2 hours and 5 people left.", ["2 hours", "5 people"]),
    ],
)
def test_two_figures_stay_two_where_the_second_counts_something_else(text: str, surfaces: list[str]) -> None:
    assert [quantity.surface for quantity in find_quantities(text)] == surfaces


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("He is 5 feet 2 inches tall.", 62, "inch"),
        ("It is 12 ft 2 in long.", 146, "inch"),
        ("It took 1 hour 17 minutes.", 77, "minute"),
        ("It took 2h17m.", 137, "minute"),
        ("It took 4 years and 6 months.", 54, "month"),
    ],
)
def test_a_length_or_a_time_in_two_units_is_one_number(text: str, value: int, unit: str) -> None:
    (reading,) = [reading for reading in read_numbers(text) if reading.quantity is not None]
    assert reading.quantity is not None
    assert (reading.quantity.low, reading.quantity.unit.name) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1 over 3", (1, 3)),
        ("twenty one fifths", (21, 5)),
        ("twenty-one fifths of it", (21, 5)),
        ("a single sample out of one hundred", (1, 100)),
        ("a single one out of the 100 models", (1, 100)),
        ("a single one of the 100 models", (1, 100)),
    ],
)
def test_a_share_in_words_has_its_base(text: str, share: tuple[int, int]) -> None:
    quantity = read_one(text)
    assert (quantity.low, quantity.base, quantity.unit.kind) == (*share, UnitKind.RATIO)


def test_not_a_single_one_is_not_one() -> None:
    assert all(quantity.low != 1 for quantity in find_quantities("Not a single sample out of 100 failed."))


def test_a_blood_pressure_bounds_nothing() -> None:
    assert {reading.why for reading in read_numbers("It was 120 over 80.")} == {"ratio_notation"}


@pytest.mark.parametrize(
    ("text", "modifier"), [("x < = 100", Modifier.AT_MOST), ("> = 5 users", Modifier.AT_LEAST)]
)
def test_a_sign_of_two_characters_with_a_space_in_it_is_a_bound(text: str, modifier: Modifier) -> None:
    assert read_one(text).modifier is modifier


@pytest.mark.parametrize(
    "text", ["about 5–20%", "∼5 to 20%", "between roughly 5 and 20%", "approximately 5-20%"]
)
def test_an_approximate_range_keeps_its_hedge(text: str) -> None:
    quantity = read_one(text)
    assert (quantity.modifier, quantity.low, quantity.high) == (Modifier.RANGE, Decimal(5), Decimal(20))
    assert quantity.hedge in ("about", "~", "roughly", "approximately")


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("It holds 1.1(2) wt% of it.", "1.1", UnitKind.PERCENT),
        ("A cell of 4.2153(4) Å.", "4.2153", UnitKind.OTHER),
        ("At 285(2) K it melts.", "285", UnitKind.OTHER),
    ],
)
def test_a_doubt_in_brackets_parts_no_figure_from_its_unit(text: str, value: str, kind: UnitKind) -> None:
    quantity = read_one(text)
    assert (quantity.low, quantity.unit.kind) == (Decimal(value), kind)


def test_a_note_in_brackets_behind_a_whole_number_is_no_doubt() -> None:
    assert [quantity.surface for quantity in find_quantities("It rose to 47(2) then.")] == ["47"]


@pytest.mark.parametrize("text", ["at (1/2, 1/2, 1/2)", "at [0, 0, 1/2] there"])
def test_a_point_in_space_counts_nothing(text: str) -> None:
    assert find_quantities(text) == ()


def test_two_shares_in_brackets_are_shares() -> None:
    assert len(find_quantities("failed in both groups (1/20, 3/20)")) == 2


@pytest.mark.parametrize("text", ["Two years later it rose.", "It fell silent six minutes later."])
def test_later_is_no_rise(text: str) -> None:
    (reading,) = [reading for reading in read_numbers(text) if reading.quantity is not None]
    assert reading.direction is None


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Shares plummeting 5%", "down"),
        ("They trimmed 5% of it", "down"),
        ("trimming 5%", "down"),
        ("Profits advance 5%", "up"),
        ("Sales slipped 5%", "down"),
        ("Sales dwindled by 5%", "down"),
        ("Costs skyrocketing 5%", "up"),
        ("Costs leapt 5%", "up"),
    ],
)
def test_a_verb_of_change_gives_its_direction(text: str, direction: str) -> None:
    (reading,) = [reading for reading in read_numbers(text) if reading.quantity is not None]
    assert reading.direction == direction
    assert reading.quantity is not None and reading.quantity.relation is Relation.CHANGE_RELATIVE


def test_a_change_told_twice_is_the_same_change() -> None:
    first, second = read_numbers("The index lost 190 points, or 0.6%.")
    assert first.direction == second.direction == "down"
    assert second.quantity is not None and second.quantity.relation is Relation.CHANGE_RELATIVE


def test_the_level_that_a_change_leads_to_is_no_change_in_other_words() -> None:
    _, second = read_numbers("It rose to 190 points, or 60% of them.")
    assert second.direction is None
