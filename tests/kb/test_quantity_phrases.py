"""Phrases of several numbers, ranks, powers and marks: each row is a text and all that is read in it."""

from __future__ import annotations

import pytest

from kb.quantity import find_quantities, read_numbers
from kb.types import Quantity


def describe(quantity: Quantity) -> str:
    """low..high/base unit modifier relation, as short as it tells them."""
    low, high = quantity.low, quantity.high
    value = str(low) if low == high else f"{low}..{high}"
    base = f"/{quantity.base}" if quantity.base is not None else ""
    name = f":{quantity.unit.name}" if quantity.unit.name else ""
    relation = "" if quantity.relation.value == "level" else f" {quantity.relation.value}"
    return f"{value}{base} {quantity.unit.kind.value}{name} {quantity.modifier.value}{relation}"


def read(text: str) -> list[str]:
    return [describe(quantity) for quantity in find_quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Success was {0, 2, 11}% across seeds.", ["0", "2", "11"]),
        ("It failed in (3, 5, 7)% of them.", ["3", "5", "7"]),
        ("Rates of 3, 5 and 7 percent", ["3", "5", "7"]),
        ("scored 45, 52, and 61% on them", ["45", "52", "61"]),
        ("10%, 15% and 20% respectively", ["10", "15", "20"]),
    ],
)
def test_the_unit_of_a_list_is_that_of_each_member(text: str, expected: list[str]) -> None:
    assert read(text) == [f"{value} percent exact" for value in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost 3, 5 and 7 million dollars.", ["3000000", "5000000", "7000000"]),
        ("It cost $3, $5 and $7 million.", ["3000000", "5000000", "7000000"]),
        ("It cost $500 and $1 million.", ["500", "1000000"]),
    ],
)
def test_the_scale_of_a_list_is_that_of_each_smaller_member(text: str, expected: list[str]) -> None:
    assert read(text) == [f"{value} currency:USD exact" for value in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ranked 3rd of 120.", "3/120 rank:place exact"),
        ("placed third out of 40 teams", "3/40 rank:place exact"),
        ("It ranked #2 on the leaderboard.", "2 rank:place exact"),
        ("Qwen ranks No. 4 among models", "4 rank:place exact"),
        ("was ranked number one in Europe", "1 rank:place exact"),
        ("ended in second place", "2 rank:place exact"),
        ("It came first overall.", "1 rank:place exact"),
        ("below the 69th percentile", "None..69 rank:percentile at_most"),
        ("above the 90th percentile", "90..None rank:percentile at_least"),
        ("at the 48th percentile", "48 rank:percentile exact"),
        ("in the top 10% of test takers", "10 rank:top_percent exact"),
    ],
)
def test_places_in_an_order_are_ranks(text: str, expected: str) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["The third experiment came next.", "first, second and third parties", "came first thing on Monday",
     "the fourth model", "It came the third time."],
)  # fmt: skip
def test_an_ordinal_without_a_word_of_ranking_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a rate of 10⁻⁵", "0.00001 score exact"),
        ("over 10**26 floating-point operations", f"{10**26}..None flop at_least"),
        ("10 to the 25 FLOP", f"{10**25} flop exact"),
        ("10 to the 26th FLOP", f"{10**26} flop exact"),
        ("10 to the power of 26 FLOPs", f"{10**26} flop exact"),
        ("10 to the 20 users", "10..20 count:users range"),
    ],
)
def test_powers_of_ten_are_read_however_they_are_set(text: str, expected: str) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It took 4 hours and 30 minutes.", "270 duration:minute exact"),
        ("in 2h17m", "137 duration:minute exact"),
        ("about 1 hour 17 minutes", "77 duration:minute approx"),
        ("aged 4 years and 6 months", "54 duration:month exact"),
        ("is 5 feet 10 inches tall", "70 other:inch exact"),
        ("12.3 (±0.4) ms", "12.3 duration:millisecond exact"),
        ("46.8% ± 1.6%", "46.8 percent exact"),
        ("between a quarter and a third of users", "3..4/12 ratio:users range"),
        ("a quarter to a third", "3..4/12 ratio range"),
        ("between a third and half of users", "2..3/6 ratio:users range"),
        ("several dozen agencies", "24..None count:agencies at_least"),
        ("a few hundred samples", "200..None count:samples at_least"),
        ("several hundred thousand users", "200000..None count:users at_least"),
        ("half the models", "1/2 ratio:models exact"),
    ],
)
def test_two_numbers_may_be_one_quantity(text: str, expected: str) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a third less likely", "1/3 ratio exact change_relative"),
        ("was cut in half", "1/2 ratio exact change_relative"),
        ("dropped by half", "1/2 ratio exact change_relative"),
        ("half as likely", "0.5 multiple exact multiple"),
        ("It increased fivefold.", "5 multiple exact multiple"),
    ],
)
def test_a_share_that_is_a_change_says_so(text: str, expected: str) -> None:
    assert read(text) == [expected]


def test_an_interval_is_told_apart_from_the_figure_that_it_is_of() -> None:
    assert read("97% (95% CI 96-98%, n = 1,000)") == [
        "97 percent exact",
        "95 percent:confidence exact",
        "96..98 percent:confidence_interval range",
        "1000 count:n exact",
    ]
    assert read("rose by 81.2% (95% CI [+26.0, +160.7])")[2] == "26.0..160.7 score:confidence_interval range"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an F1 score of 0.71", "0.71 score:f1 exact"),
        ("a p-value of 0.03", "0.03 score:p exact"),
        ("a p value below 0.05", "None..0.05 score:p at_most"),
        ("> 85%", "85..None percent at_least"),
    ],
)
def test_scores_carry_the_name_of_their_scale(text: str, expected: str) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("see §3.1 there", "section_number"),
        ("odds of 3:1", "ratio_notation"),
        ("a 16:9 screen", "ratio_notation"),
        ("with best-of-10 sampling", "metric_name"),
        ("the top-5 accuracy", "metric_name"),
        ("the Forbes 30 Under 30 list", "title"),
        ("ticket 1234 was", "label_number"),
        ("a seven-fold doubling time", "idiom"),
        ("grew in 2024.5 The rest", "year"),
    ],
)
def test_what_is_no_quantity_is_told_by_a_rule(text: str, why: str) -> None:
    assert why in [reading.why for reading in read_numbers(text) if reading.quantity is None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is above 1000 and below 1500", ["1000..1500 count range"]),
        ("at most 100 and at least 20 apples", ["20..100 count:apples range"]),
        ("rose by more than 10% and less than 20%", ["10..20 percent range change_relative"]),
        ("more than 40 and less than 10", ["40..None count at_least", "None..10 count at_most"]),
        ("p < .05 and n > 30", ["None..0.05 score:p at_most", "30..None count at_least"]),
    ],
)
def test_two_bounds_of_one_thing_are_a_range(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~1500–2000 g mol−1", "1500..2000 other:gram/mole range"),
        ("a flux of 7.85mWm−2", "7.85 other:milliwatt/metre^2 exact"),
        ("pulses of 0.5–0.6 nJ", "0.5..0.6 other:nanojoule range"),
    ],
)
def test_units_of_science_are_read_however_they_are_spaced(text: str, expected: str) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["Figures 3A and 3B", "Figs. 2a, 2b and 3C", "(Kennett and Stott 1991; Zachos et al., 2005)",
     "a piece of 60 × 10 × 3 mm", "of Ca10(PO4)6(OH)2", "complex 1 and clone 23"],
)  # fmt: skip
def test_labels_formulas_and_dimensions_hold_no_quantity(text: str) -> None:
    assert read(text) == []


def test_the_sign_of_an_upper_bound_of_an_interval_is_no_phone_number() -> None:
    assert {reading.why for reading in read_numbers("+26.0 and +160.7")} == {"score"}
    assert [reading.why for reading in read_numbers("+1 415 555 0100")] == ["phone"]
