"""Laws of comparing a claimed figure with a found one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kb.compare import AGREEING, compare, compare_complement
from kb.types import Aggregate, Modifier, Quantity, Relation, Unit, UnitKind


def quantity(
    value: str | None, kind: UnitKind = UnitKind.PERCENT, name: str | None = None, **fields: Any
) -> Quantity:
    number = None if value is None else Decimal(value)
    decimals = 0 if value is None else max(0, -int(Decimal(value).as_tuple().exponent))
    defaults: dict[str, Any] = {
        "surface": f"{value} {kind.value}", "start": 0, "end": 1, "low": number, "high": number,
        "unit": Unit(kind=kind, name=name), "decimals": decimals,
    }  # fmt: skip
    return Quantity(**{**defaults, **fields})


def relation(claimed: Quantity, found: Quantity) -> str:
    return compare(claimed, found).relation


@pytest.mark.parametrize(
    ("claimed", "found", "expected"),
    [("47", "47.3", "rounds_to"), ("47.3", "47.3", "equal"), ("47", "46.5", "rounds_to"), ("47", "47.6", "differs"),
     ("47.3", "47", "differs"), ("0.4", "0.38", "rounds_to")],
)  # fmt: skip
def test_the_written_precision_is_the_tolerance(claimed: str, found: str, expected: str) -> None:
    assert relation(quantity(claimed), quantity(found)) == expected


def test_percentage_points_are_not_percent() -> None:
    points = quantity("20", UnitKind.PERCENTAGE_POINT)
    assert relation(quantity("20"), points) == "unit_confused"
    assert relation(quantity("20"), quantity("30", UnitKind.PERCENTAGE_POINT)) == "incomparable"


def test_a_relative_change_is_not_a_level() -> None:
    change = quantity("47.3", relation=Relation.CHANGE_RELATIVE)
    assert relation(quantity("47.3"), change) not in AGREEING
    assert relation(change, change) == "equal"


def test_counts_are_exact_unless_hedged() -> None:
    assert relation(quantity("300", UnitKind.COUNT), quantity("301", UnitKind.COUNT)) == "differs"
    hedged = quantity("300", UnitKind.COUNT, modifier=Modifier.APPROX, hedge="about")
    assert relation(hedged, quantity("301", UnitKind.COUNT)) == "within_hedge"


def test_a_hedged_claim_is_wider_but_not_boundless() -> None:
    hedged = quantity("40", modifier=Modifier.APPROX, hedge="roughly")
    assert relation(hedged, quantity("38")) == "within_hedge"
    assert relation(hedged, quantity("52")) == "differs"


def test_nearly_is_not_more_than() -> None:
    nearly = quantity("60", modifier=Modifier.APPROX, hedge="nearly")
    assert relation(nearly, quantity("58")) == "within_hedge"
    assert relation(nearly, quantity("63")) == "differs"


def test_a_fraction_equals_its_share() -> None:
    quarter = quantity("1", UnitKind.RATIO, base=Decimal(4), decimals=None)
    assert relation(quantity("25"), quarter) == "equal"
    assert relation(quarter, quantity("25")) == "equal"
    assert relation(quantity("79"), quantity("79", UnitKind.RATIO, base=Decimal(100))) == "equal"


def test_a_third_rounds_to_thirty_three_percent() -> None:
    third = quantity("1", UnitKind.RATIO, base=Decimal(3), decimals=None)
    assert relation(quantity("33"), third) == "rounds_to"
    assert relation(quantity("35"), third) == "differs"


@pytest.mark.parametrize(
    ("claimed", "found", "expected"), [("30", "34.5", "satisfies_bound"), ("30", "29", "differs"), ("10", "79", "satisfies_bound_loosely")]
)  # fmt: skip
def test_at_least_holds_for_that_much_or_more(claimed: str, found: str, expected: str) -> None:
    bound = quantity(claimed, high=None, modifier=Modifier.AT_LEAST)
    assert relation(bound, quantity(found)) == expected


def test_more_than_excludes_its_value() -> None:
    strict = quantity("10", UnitKind.COUNT, high=None, modifier=Modifier.AT_LEAST, strict=True)
    assert relation(strict, quantity("10", UnitKind.COUNT)) == "differs"


def test_up_to_is_not_at_least() -> None:
    claimed = quantity("97", high=None, modifier=Modifier.AT_LEAST)
    found = quantity("97", low=None, modifier=Modifier.AT_MOST)
    assert relation(claimed, found) in ("bound_reversed", "incomparable")
    assert relation(claimed, found) not in AGREEING


def test_a_bound_told_flatly_is_no_agreement() -> None:
    assert relation(quantity("50"), quantity("50", low=None, modifier=Modifier.AT_MOST)) == "bound_dropped"


def test_an_average_is_not_a_best_case() -> None:
    best, average = quantity("32.8", aggregate=Aggregate.BEST), quantity("32.8", aggregate=Aggregate.AVERAGE)
    assert relation(best, average) == "aggregate_changed"
    assert relation(quantity("32.8"), average) == "equal"


def test_a_point_at_the_end_of_a_claimed_range_is_no_agreement() -> None:
    merged = quantity("25", high=Decimal(39), modifier=Modifier.RANGE)
    assert relation(merged, quantity("25")) == "range_end"
    assert relation(merged, quantity("30")) == "within_range"


def test_one_figure_out_of_a_source_range_is_narrower() -> None:
    assert relation(quantity("2"), quantity("1", high=Decimal(2), modifier=Modifier.RANGE)) == "narrower"


def test_currencies_do_not_compare_with_each_other() -> None:
    dollars, euros = quantity("5", UnitKind.CURRENCY, "USD"), quantity("5", UnitKind.CURRENCY, "EUR")
    assert relation(dollars, euros) == "incomparable"


def test_durations_compare_across_units() -> None:
    assert (
        relation(quantity("2", UnitKind.DURATION, "hour"), quantity("120", UnitKind.DURATION, "minute"))
        == "equal"
    )


def test_top_ten_percent_is_the_ninetieth_percentile() -> None:
    top, percentile = (
        quantity("10", UnitKind.RANK, "top_percent"),
        quantity("90", UnitKind.RANK, "percentile"),
    )
    assert relation(top, percentile) == "equal"
    assert relation(top, quantity("62", UnitKind.RANK, "percentile")) == "differs"


def test_a_complement_makes_up_the_whole() -> None:
    quarter = quantity("1", UnitKind.RATIO, base=Decimal(4), decimals=None)
    assert compare_complement(quantity("75"), quarter) is not None
    assert compare_complement(quantity("70"), quarter) is None
    assert compare_complement(quantity("52.7"), quantity("47.3", relation=Relation.CHANGE_RELATIVE)) is None


def test_comparing_names_both_figures() -> None:
    answer = compare(quantity("17", UnitKind.COUNT), quantity("16", UnitKind.COUNT))
    assert (answer.claimed, answer.found) == ("17 count", "16 count")
