"""Laws of MeasEval's official matching, each on spans small enough to count by hand."""

from __future__ import annotations

import pytest

from kb.types import Modifier, UnitKind
from service.evaluation.measeval_answer import annotate, annotate_measured
from service.evaluation.measeval_score import (
    ENTITY,
    PROPERTY,
    QUALIFIER,
    QUANTITY,
    Annotation,
    mean_exact,
    mean_overlap,
    overlap_f1,
    score_document,
    shared_length,
)
from service.evaluation.readers import ReadQuantity, read_ours

TEXT = "the first probe reached 12 km above 300 m in two hours"


def span(kind: str, words: str, group: int = 1, name: str = "Q1", **fields: object) -> Annotation:
    start = TEXT.index(words)
    return Annotation(
        type=kind, group=group, id=name, start=start, end=start + len(words), text=words, **fields
    )  # type: ignore[arg-type]


def score(ours: list[Annotation], gold: list[Annotation], kind: str = QUANTITY) -> tuple[float, float]:
    rows = [score_document(ours, gold).rows]
    return mean_overlap(rows, kind), mean_exact(rows, kind)


def test_an_equal_span_is_exact_and_overlaps_wholly() -> None:
    assert score([span(QUANTITY, "12 km")], [span(QUANTITY, "12 km")]) == (1.0, 1.0)


def test_overlap_is_f1_over_words_cut_at_spaces() -> None:
    assert overlap_f1(span(QUANTITY, "reached 12 km"), span(QUANTITY, "12 km")) == pytest.approx(0.8)


def test_spans_that_only_touch_match_as_officially() -> None:
    assert score([span(QUANTITY, "12 km")], [span(QUANTITY, " above")])[0] == pytest.approx(0.5)


def test_what_one_side_alone_has_counts_as_a_row_of_zero() -> None:
    both = [span(QUANTITY, "12 km"), span(QUANTITY, "300 m", 2, "Q2")]
    assert score(both, both[:1])[0] == 0.5
    assert score(both[:1], both)[0] == 0.5


def test_a_span_over_two_gold_ones_makes_two_rows_of_its_best() -> None:
    wide = [span(QUANTITY, "12 km above 300 m")]
    gold = [span(QUANTITY, "12 km"), span(QUANTITY, "300 m", 2, "Q2")]
    best = max(overlap_f1(wide[0], one) for one in gold)
    rows = score_document(wide, gold).rows[QUANTITY]
    assert (rows.matched, rows.overlap) == (2, 2 * best)


def test_units_and_modifiers_count_only_in_an_aligned_set() -> None:
    gold = [span(QUANTITY, "12 km", unit="km", mods=("IsRange",))]
    same = span(QUANTITY, "12 km", 7, "X", unit="km", mods=("IsRange",))
    elsewhere = span(QUANTITY, "300 m", 7, "X", unit="km", mods=("IsRange",))
    assert score([same], gold, "Unit")[0] == score([same], gold, "Modifier")[0] == 1.0
    assert score([elsewhere], gold, "Unit")[0] == score([elsewhere], gold, "Modifier")[0] == 0.0


def test_an_entity_counts_only_beside_its_own_quantity() -> None:
    gold = [span(QUANTITY, "12 km"), span(ENTITY, "probe", name="E1", relation=("HasQuantity", "Q1"))]
    right = [
        span(QUANTITY, "12 km", 5, "A"),
        span(ENTITY, "first probe", 5, "B", relation=("HasQuantity", "A")),
    ]
    wrong = [
        span(QUANTITY, "300 m", 5, "A"),
        span(ENTITY, "first probe", 5, "B", relation=("HasQuantity", "A")),
    ]
    assert score(right, gold, ENTITY)[0] == pytest.approx(2 / 3)
    assert score(right, gold, "HasQuantity")[0] == 1.0
    assert score(wrong, gold, ENTITY)[0] == score(wrong, gold, "HasQuantity")[0] == 0.0


def test_a_relation_needs_both_ends() -> None:
    gold = [
        span(QUANTITY, "12 km"),
        span(PROPERTY, "reached", name="P1", relation=("HasQuantity", "Q1")),
        span(ENTITY, "probe", name="E1", relation=("HasProperty", "P1")),
    ]
    ours = [
        span(QUANTITY, "12 km", name="A"),
        span(ENTITY, "probe", name="B", relation=("HasQuantity", "A")),
    ]
    rows = score_document(ours, gold).rows
    assert (rows[ENTITY].matched, rows["HasProperty"].gold_only, rows["HasQuantity"].ours_only) == (1, 1, 1)


def test_an_empty_answer_scores_nothing_and_raises_nothing() -> None:
    assert score([], [span(QUANTITY, "12 km")]) == (0.0, 0.0)
    assert score([], []) == (0.0, 0.0)


def test_shared_length_counts_a_span_once() -> None:
    wide = [span(QUANTITY, "12 km above 300 m")]
    gold = [span(QUANTITY, "12 km"), span(QUANTITY, "300 m", 2, "Q2")]
    assert shared_length(wide, gold) == pytest.approx(2 * 5 / (17 + 5))


# ------------------------------------------------------------------ the set's manner


def test_a_count_is_written_without_its_noun_and_a_unit_as_in_the_text() -> None:
    text = "We took three samples of 12 kg at about 38 °C."
    told = [(one.text, one.unit, one.mods) for one in annotate(text, read_ours(text))]
    assert told == [
        ("three", "", ("IsCount",)),
        ("12 kg", "kg", ()),
        ("about 38 °C", "°C", ("IsApproximate",)),
    ]


def test_a_change_from_one_value_to_another_is_one_range() -> None:
    text = "It fell from 13% to 0.4% in a year."
    told = annotate(text, read_ours(text))[0]
    assert (told.text, told.mods) == ("from 13% to 0.4%", ("IsRange",))


def test_a_list_that_writes_its_unit_once_is_one_span_unless_it_is_of_two_things() -> None:
    def one(start: int, end: int, number_end: int) -> ReadQuantity:
        return ReadQuantity(
            start=start, end=end, number=(start, number_end), low=None, high=None, kind=UnitKind.OTHER, name="metre",
            modifier=Modifier.EXACT,
        )  # fmt: skip

    listed = "at 100 and 150 m deep"
    quantities = [one(3, 6, 6), one(11, 16, 14)]
    assert [(a.text, a.mods) for a in annotate(listed, quantities)] == [("100 and 150 m", ("IsList",))]
    assert len(annotate(listed.replace("deep", "deep, respectively"), quantities)) == 2


def test_two_dates_that_bound_a_stretch_of_time_are_one_range() -> None:
    for text, whole in (
        ("It ran from 1985 to 1988 in all.", "from 1985 to 1988"),
        ("It ran between 2005 and 2010 in all.", "between 2005 and 2010"),
    ):
        told = annotate(text, read_ours(text, ("year", "date")))
        assert [(a.text, a.mods) for a in told] == [(whole, ("IsRange",))]
    apart = "Floods came in 1985 and 1988 alike."
    assert len(annotate(apart, read_ours(apart, ("year", "date")))) == 2


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("It held 70 kg or more.", "kg"),
        ("A tree that is 10-year-old.", "year"),
        ("It cost $5.", "$"),
        ("Its share was 10% or higher.", "%"),
    ],
)
def test_a_unit_is_written_without_the_words_of_a_bound_or_an_age(text: str, unit: str) -> None:
    assert [a.unit for a in annotate(text, read_ours(text))] == [unit]


def test_of_what_narrows_a_quantity_one_condition_is_the_sets_qualifier() -> None:
    text = "All samples lost 12 kg in the second week of the trial."
    quantities = annotate(text, read_ours(text))
    found = [a for a in annotate_measured(text, quantities) if a.type == QUALIFIER]
    assert [a.relation for a in found] == [("Qualifies", "Q1")]
    assert found[0].text.startswith("in the second week")
