"""Laws of the pictures: a mark stands where its value is, what can't be compared isn't drawn, tables are whole."""

from __future__ import annotations

import csv
import dataclasses
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.types import (
    FiguresChange,
    FormerFigures,
    Label,
    SourceFinding,
    StatedVersion,
    UnitKind,
    Verified,
)
from service.site.charts import AxisRow, Mark, draw_axis, draw_bars, make_axis, write_csv
from service.site.pages import Pages
from service.site.pictures import (
    picture_counts,
    picture_disputed,
    picture_intervals,
    picture_properties,
    picture_topics,
    picture_versions,
)
from tests.service import report_builders as build

values = st.decimals(
    min_value=Decimal("-1e9"), max_value=Decimal("1e9"), allow_nan=False, allow_infinity=False, places=3
)


def mark(value: str, role: str = "found", **more: object) -> Mark:
    number = Decimal(value)
    fields: dict[str, object] = {"role": role, "low": number, "high": number, "words": f"{value}%", **more}
    return Mark(**fields)  # type: ignore[arg-type]


def finding(slug: str, surface: str, value: str, **more: object) -> SourceFinding:
    fields: dict[str, object] = {
        "id": f"harbour-graders#{slug}",
        "statement": f"{surface} of {slug} were fooled.",
        "quantities": (build.quantity(surface, surface, value),),
        "measured_entity": slug,
        "measured_property": "share fooled",
        "verified": Verified.TEXT,
    }
    fields.update(more)
    return SourceFinding(**fields)  # type: ignore[arg-type]


@given(st.lists(values, min_size=1, max_size=8), st.booleans())
def test_every_value_lies_on_the_axis_and_in_its_order(found: list[Decimal], percent: bool) -> None:
    axis = make_axis(found, percent=percent)
    if axis is None:
        assert all(value == found[0] for value in found) or max(map(abs, found)) == 0
        return
    places = [axis.place(value) for value in sorted(found)]
    assert places == sorted(places)
    assert all(Decimal(6) <= place <= Decimal(94) for place in places)
    assert axis.low <= min(found) <= max(found) <= axis.high
    assert 2 <= len(axis.ticks) <= 8


@pytest.mark.parametrize("wild", ["NaN", "Infinity", "1E+400", "1E-400"])
def test_what_no_axis_can_hold_is_not_drawn(wild: str) -> None:
    assert make_axis([Decimal(wild), Decimal(1)], percent=False) is None


def test_a_share_stands_between_nought_and_a_hundred() -> None:
    picture = draw_axis(
        "p", title="t", description="d", unit="%", rows=[AxisRow(name="r", marks=(mark("50"),))], header=(), table=()
    )  # fmt: skip
    assert picture is not None
    assert (picture.ticks[0][1], picture.ticks[-1][1]) == ("0%", "100%")
    assert picture.drawn[0].marks[0].x == "50%"


def test_values_that_would_run_together_are_written_once() -> None:
    row = AxisRow(name="r", marks=(mark("40"), mark("41", "claimed"), mark("42", "claimed")))
    picture = draw_axis("p", title="t", description="d", unit="%", rows=[row], header=(), table=())
    assert picture is not None
    assert [one.words for one in picture.drawn[0].marks] == ["40%", "41%", ""]


@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=4, max_size=4).filter(any))
def test_the_parts_of_a_bar_fill_it_and_none_is_lost(counts: list[int]) -> None:
    keys = ("supported", "contested", "unsourced", "not_checked")
    picture = draw_bars(
        "b", title="t", description="d", bars=[("", list(zip(keys, counts, strict=True)))], header=(), table=()
    )  # fmt: skip
    parts = picture.bars[0].stretches
    assert [part.key for part in parts] == [key for key, count in zip(keys, counts, strict=True) if count]
    assert abs(sum(Decimal(part.width[:-1]) for part in parts) - 100) < Decimal("0.05")


def test_a_table_cell_is_never_a_formula_and_numbers_stay_numbers() -> None:
    cells = ("=1+1", "+cmd|' /C calc'!A0", "@x", "\t=1", "-5", "+47.3", 'say "so"', "a\nb")
    read = list(csv.reader(io.StringIO(write_csv(("h",), [cells]).decode())))[1]
    assert read == ["'=1+1", "'+cmd|' /C calc'!A0", "'@x", "'=1", "-5", "+47.3", 'say "so"', "a b"]


# ------------------------------------------------------------------------ what is drawn


def test_a_contested_figure_is_drawn_beside_what_was_claimed(tmp_path: Path) -> None:
    report = build.report()
    first = report.claims[0]
    contested = dataclasses.replace(
        first, verdict=dataclasses.replace(first.verdict, label=Label.CONTESTED, reason="figure_differs")
    )
    with build.fill_store(
        tmp_path / "kb", dataclasses.replace(report, claims=(contested, *report.claims[1:]))
    ) as store:
        claims = list(Pages(store).iter_claims(source="harbour-graders"))
    (picture,) = picture_disputed(build.source(), claims)
    assert picture.title == "The source has 41.3%; an article claims roughly 40%"
    assert [(one.role, one.words) for one in picture.drawn[0].marks] == [("found", "41.3%"), ("claimed", "roughly 40%")]  # fmt: skip
    assert ("roughly 40%", "Contested") in {(row[2], row[4]) for row in picture.rows}


def test_a_source_whose_claims_all_agree_has_no_disputed_figure(tmp_path: Path) -> None:
    with build.fill_store(tmp_path / "kb") as store:
        claims = list(Pages(store).iter_claims(source="harbour-graders"))
    assert picture_disputed(build.source(), claims) == ()


def test_a_figure_is_told_from_version_to_version() -> None:
    version = StatedVersion(
        version="v2", figures=FiguresChange.CHANGED,
        was=(FormerFigures(finding_id="harbour-graders#a", quantities=(build.quantity("60%", "60%", "60"),)),),
    )  # fmt: skip
    (picture,) = picture_versions(
        build.source(findings=(finding("a", "41.3%", "41.3"),), versions=(version,))
    )
    assert picture.title.endswith("60% before v2, 41.3% since v2")
    assert [row.marks[0].role for row in picture.drawn] == ["former", "found"]


def test_figures_of_other_units_never_share_an_axis() -> None:
    points = finding("b", "12 points", "12")
    other = dataclasses.replace(
        points, quantities=(build.quantity("12 points", "12 points", "12", UnitKind.PERCENTAGE_POINT),)
    )
    assert picture_properties([build.source(findings=(finding("a", "41%", "41"), other))], alone=True) == ()


def test_n_of_m_is_drawn_as_its_share() -> None:
    counts = [
        finding(slug, f"{low} of {base}", low, quantities=(build.quantity(f"{low} of {base}", f"{low} of {base}", low, UnitKind.RATIO, base=Decimal(base)),))
        for slug, low, base in (("a", "3", "4"), ("b", "10", "100"))
    ]  # fmt: skip
    (picture,) = picture_properties([build.source(findings=tuple(counts))], alone=True)
    assert picture.title == "Share fooled: between 10 of 100 and 3 of 4"
    assert [row.marks[0].x for row in picture.drawn] == ["72%", "14.8%"]


@pytest.mark.parametrize(
    ("interval", "drawn"), [("95% CI 38% to 45%", True), ("50% to 60%", False), ("wide", False), (None, False)]
)  # fmt: skip
def test_an_interval_is_drawn_only_around_its_own_figure(interval: str | None, drawn: bool) -> None:
    source = build.source(findings=(finding("a", "41%", "41", interval=interval),))
    pictures = picture_intervals(source)
    assert bool(pictures) is drawn
    if drawn:
        assert pictures[0].drawn[0].marks[0].line == ("39.44%", "45.6%")


def test_a_plus_sign_of_the_registry_is_not_shown_as_a_rise() -> None:
    source = build.source(findings=(finding("a", "+47.3%", "47.3"), finding("b", "+10%", "10")))
    (picture,) = picture_properties([source], alone=True)
    assert picture.title == "Share fooled: between 10% and 47.3%"


def test_the_bar_of_labels_tells_the_finding() -> None:
    picture = picture_counts({"claims": 5, "supported": 2, "contested": 1, "unsourced": 1, "not_checked": 1})
    assert picture is not None
    assert picture.title == "2 of 5 claims have the support of a primary source"
    assert picture_counts({"claims": 0}) is None


def test_topics_without_a_claim_are_left_out() -> None:
    picture = picture_topics([("Empty", {}), ("One", {"contested": 2, "supported": 1})])
    assert picture is not None
    assert picture.title == "One has the most contested claims: 2"
    assert [row[0] for row in picture.rows] == ["One"]
    assert picture_topics([("Empty", {})]) is None


def test_the_table_of_a_picture_is_found_under_its_address(tmp_path: Path) -> None:
    with build.fill_store(tmp_path / "kb") as store:
        pages = Pages(store, live=True)
        article = next(iter(pages.articles))
        found = pages.find(f"articles/{article}.mix.csv")
        assert found is not None
        assert found[1].startswith("text/csv")
        assert pages.find(f"articles/{article}.other.csv") is None
        assert pages.find("articles/a-0000000000.mix.csv") is None
