"""Laws of scoring: what matches a row, what counts as exact, what a macro-F1 is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kb.errors import InputError
from kb.types import ClaimKind, Modifier, Quantity, Unit, UnitKind
from service.evaluation.corpus_scores import LABELS
from service.evaluation.floors import check_floors
from service.evaluation.gold import Row, expected_values, match_row, read_gold, reads_exactly
from service.evaluation.scores import macro_f1
from tests.factories import make_checked, make_claim

TEXT = "The model lied in 47% of runs. Nobody had expected that."


def row(span: tuple[int, int], kind: ClaimKind = ClaimKind.QUANTITY) -> Row:
    return Row(
        id="R", file="f", kind=kind, checkable=True, sentence=(0, 30), span=span, text=TEXT[slice(*span)],
        source_ids=(), verdict="unsourced", quantity=None, exact=False,
    )  # fmt: skip


def test_a_claim_matches_a_row_of_which_it_covers_half() -> None:
    claim = make_checked(make_claim(TEXT, (0, 30), (18, 21)))
    assert match_row(row((18, 24)), [claim]) is claim
    assert match_row(row((18, 29)), [claim]) is None


def test_a_finding_matches_by_its_sentence() -> None:
    finding = make_checked(make_claim(TEXT, (0, 30), (4, 9), kind=ClaimKind.FINDING))
    assert match_row(row((18, 29), ClaimKind.FINDING), [finding]) is finding


def test_a_claim_of_another_kind_matches_nothing() -> None:
    quotation = make_checked(make_claim(TEXT, (0, 30), (18, 21), kind=ClaimKind.QUOTATION))
    assert match_row(row((18, 21)), [quotation]) is None


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ({"value": 47, "modifier": "exact"}, (Decimal(47), Decimal(47), None)),
        ({"value": "79/100", "modifier": "exact"}, (Decimal(79), Decimal(79), Decimal(100))),
        ({"value": "1-2", "low": 1, "high": 2, "modifier": "range"}, (Decimal(1), Decimal(2), None)),
        ({"value": 1, "modifier": "at_least"}, (Decimal(1), None, None)),
    ],
)
def test_a_gold_value_is_read_as_bounds_and_base(gold: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert expected_values(gold) == expected


def quantity(**fields: Any) -> Quantity:
    defaults: dict[str, Any] = {
        "surface": "47%", "start": 0, "end": 3, "low": Decimal(47), "high": Decimal(47), "unit": Unit(kind=UnitKind.PERCENT),
    }  # fmt: skip
    return Quantity(**{**defaults, **fields})


def test_reading_is_exact_only_with_value_unit_and_modifier() -> None:
    gold = {"value": 47, "unit": "percent", "modifier": "exact"}
    assert reads_exactly(gold, quantity())
    assert not reads_exactly(gold, quantity(low=Decimal(48), high=Decimal(48)))
    assert not reads_exactly(gold, quantity(unit=Unit(kind=UnitKind.COUNT)))
    assert not reads_exactly(gold, quantity(modifier=Modifier.APPROX))


def test_macro_f1_counts_a_row_without_verdict_as_missed() -> None:
    assert macro_f1([("supported", "supported"), ("unsourced", None)], LABELS) == 0.5
    assert macro_f1([("supported", "supported"), ("unsourced", "unsourced")], LABELS) == 1.0


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Any) -> None:
    with pytest.raises(InputError, match=r"claims\.jsonl"):
        read_gold(tmp_path)


def test_floors_speak_only_of_the_gold_they_were_set_on() -> None:
    floors = {"gold_sha256": "a", "bounds": {"x.y": {"least": 0.5}}}
    assert check_floors({"corpus": {"gold_sha256": "b"}, "x": {"y": 0.1}}, floors) != []
    assert check_floors({"corpus": {"gold_sha256": "a"}, "x": {"y": 0.6}}, floors) == []
    assert "x.y is 0.1" in check_floors({"corpus": {"gold_sha256": "a"}, "x": {"y": 0.1}}, floors)[0]
