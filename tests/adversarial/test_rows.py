"""Claims written against the shipped registry, honest and bent, through the whole line: what they must come to.

The short form takes every sixth row that isn't held out; the whole runs under the marker `soak` and holds the floors,
which the held-out rows have too: those are scored, and not looked at when a rule is mended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.evaluation.adversarial import AdversarialRow, Outcome, check_rows, open_library, read_rows
from service.evaluation.files import hash_files
from service.evaluation.floors import check_measures
from service.evaluation.protocol import Evaluation
from service.evaluation.verdict import measure_outcomes
from service.workbench import Workbench
from sources.registry import read_registry
from tests.adversarial.altering import find_survivors

ROWS = Path(__file__).resolve().parent / "rows.yml"
FLOORS = Path(__file__).resolve().parents[1] / "floors" / "verdict.json"
SHORT = 6  # one row in so many
ALTERED = ("w06-01", "w14-01", "w16-01", "w13-15", "w11-07", "w02-01")  # one of each kind of figure


@pytest.fixture(scope="module")
def rows() -> tuple[AdversarialRow, ...]:
    return read_rows(read_registry().sources, ROWS)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with open_library(tmp_path_factory.mktemp("rows"), read_registry().sources) as opened:
        yield opened


def test_there_are_at_least_six_rows_of_each_way_and_half_of_them_are_bent(
    rows: tuple[AdversarialRow, ...],
) -> None:
    ways = Counter(row.way for row in rows)
    assert set(ways) == set(range(1, 18))
    assert min(ways.values()) >= 6
    assert len(rows) >= 200
    assert sum(row.bent for row in rows) * 2 == len(rows)
    assert len({row.id for row in rows}) == len(rows)


@pytest.mark.timeout(300)
def test_no_bent_row_of_the_short_form_is_supported(
    rows: tuple[AdversarialRow, ...], workbench: Workbench
) -> None:
    outcomes = check_rows([row for row in rows if not row.held_out][1::SHORT], workbench)
    assert _bent_and_supported(outcomes) == []


@pytest.mark.timeout(300)
def test_no_altered_figure_of_the_short_form_stays_supported(
    rows: tuple[AdversarialRow, ...], workbench: Workbench
) -> None:
    chosen = [row for row in rows if row.id in ALTERED]
    survivors: list[str] = []
    tried = 0
    for row in chosen:
        found, count = find_survivors(row, workbench)
        survivors += found
        tried += count
    assert survivors == []
    assert tried >= 10 * len(chosen)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_all_rows_hold_their_floors(rows: tuple[AdversarialRow, ...], workbench: Workbench) -> None:
    outcomes = check_rows(rows, workbench)
    assert _bent_and_supported(tuple(one for one in outcomes if not one.row.held_out)) == []
    measures = {f"adversarial.{name}": measure for name, measure in measure_outcomes(outcomes).items()}
    evaluation = Evaluation(
        name="verdict", split=None, golds={"adversarial": hash_files([ROWS])}, measures=measures
    )
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert check_measures(evaluation, {"adversarial": floors["adversarial"]}) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_no_altered_figure_of_any_honest_row_stays_supported(
    rows: tuple[AdversarialRow, ...], workbench: Workbench
) -> None:
    honest = [row for row in rows if not row.bent and not row.held_out]
    survivors = [one for row in honest for one in find_survivors(row, workbench)[0]]
    assert survivors == []


def _bent_and_supported(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [
        f"{one.row.id}: {one.row.text} -> {one.reason}"
        for one in outcomes
        if one.row.bent and one.label == "supported"
    ]
