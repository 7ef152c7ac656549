"""The page on quantities shows what the reader reads: each row of its tables is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.quantity import find_quantities, read_numbers
from kb.types import Quantity

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "quantities.md").read_text(encoding="utf-8")


def rows(name: str) -> list[tuple[str, str]]:
    table = PAGE.partition(f"<!-- {name}:")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \| (.+?) \|$", table, re.MULTILINE)


def describe(quantity: Quantity) -> str:
    low, high = quantity.low, quantity.high
    value = str(low) if low == high else f"{low}..{high}"
    base = f"/{quantity.base}" if quantity.base is not None else ""
    name = f":{quantity.unit.name}" if quantity.unit.name and quantity.unit.name != "points" else ""
    relation = "" if quantity.relation.value == "level" else f" {quantity.relation.value}"
    return f"{value}{base} {quantity.unit.kind.value}{name} {quantity.modifier.value}{relation}"


@pytest.mark.parametrize(("text", "reading"), rows("examples"))
def test_an_example_is_read_as_the_page_says(text: str, reading: str) -> None:
    assert [describe(quantity) for quantity in find_quantities(text)] == [reading]


@pytest.mark.parametrize(("text", "rule"), rows("rejected"))
def test_what_is_no_quantity_is_told_by_the_rule_that_the_page_names(text: str, rule: str) -> None:
    assert rule in {reading.why for reading in read_numbers(text) if reading.quantity is None}


def test_the_page_has_examples() -> None:
    assert len(rows("examples")) > 40
    assert len(rows("rejected")) > 20
