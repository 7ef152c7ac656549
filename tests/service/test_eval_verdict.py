"""Laws of `eval verdict`: what it names as flipped, how its figures are counted, what it does without its sets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.errors import InputError
from service.evaluation.floors import check_measures
from service.evaluation.protocol import EvaluationOptions
from service.evaluation.verdict import evaluate_verdict, find_flips, measure_labels, read_stored_cases

FLOORS = Path(__file__).resolve().parents[1] / "floors" / "verdict.json"
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def case(row: str, given: str, *, right: bool = True) -> dict[str, object]:
    return {"set": "claims", "id": row, "given": given, "right": right}


def test_a_row_flipped_where_its_verdict_is_another_than_in_the_stored_run(tmp_path: Path) -> None:
    stored = tmp_path / "run.json"
    stored.write_text(
        json.dumps({"cases": [case("a", "supported/agrees"), case("b", "unsourced/source_silent")]})
    )
    flips = find_flips(
        [
            case("a", "contested/figure_differs", right=False),
            case("b", "unsourced/source_silent"),
            case("c", "x/y"),
        ],
        read_stored_cases(stored),
    )
    assert [(one["id"], one["before"], one["was_right"]) for one in flips] == [
        ("a", "supported/agrees", True)
    ]


@pytest.mark.parametrize("content", ["", "{}", '{"cases": [1]}'])
def test_a_file_that_is_no_stored_run_is_named(tmp_path: Path, content: str) -> None:
    stored = tmp_path / "run.json"
    stored.write_text(content)
    with pytest.raises(InputError, match=r"run\.json"):
        read_stored_cases(stored)


def test_a_wrong_supported_counts_among_the_supported_given() -> None:
    pairs = [
        ("supported", "supported"),
        ("unsourced", "supported"),
        ("contested", "unsourced"),
        ("supported", None),
    ]
    measures = measure_labels("figures", pairs)
    assert (measures["figures.wrong_supported"].right, measures["figures.wrong_supported"].of) == (1, 2)
    assert measures["figures.supported_told_as_no_verdict"].value == 0.5


def test_absent_sets_are_said_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    evaluation = evaluate_verdict(tmp_path, EvaluationOptions(sets=("claims", "scitab")))
    assert [issue.code for issue in evaluation.issues] == ["set_absent", "set_absent"]
    assert evaluation.measures == {}
    with pytest.raises(InputError, match="adversarial"):
        evaluate_verdict(tmp_path, EvaluationOptions(sets=("nonsense",)))


@pytest.mark.corpus
@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled corpus isn't here")
def test_verdicts_on_the_claim_gold_hold_their_floors() -> None:
    evaluation = evaluate_verdict(CORPUS, EvaluationOptions(sets=("claims",)))
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert check_measures(evaluation, {"claims": floors["claims"]}) == []
