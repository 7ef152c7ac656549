"""`wherefrom eval linking`: its measures, what it does with folders that lack or break things, and its floors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InputError
from service.evaluation.floors import check_measures
from service.evaluation.linking import evaluate_linking
from service.evaluation.protocol import Evaluation, EvaluationOptions
from service.evaluation.ranked import fuse_ranks, hit_at, ndcg_at, order_by, recall_at, reciprocal_rank
from tests.floors.linking import FLOORS, HELD

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
present = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled sets aren't beside the checkout")
ABSTRACTS = {
    "1": ("Sleep and memory", ["Rats that slept remembered the maze.", "Rats kept awake did not."]),
    "2": ("Vitamin B12 and homocysteine", ["A deficiency of vitamin B12 raised homocysteine in blood."]),
    "3": ("Probes for deception", ["Linear probes flagged deceptive transcripts in 95% of cases."]),
}
CLAIMS = {
    "11": ("Sleep helps rats to remember a maze.", ["1"]),
    "12": ("Lack of vitamin B12 increases homocysteine.", ["2"]),
    "13": ("Probes detect deceptive transcripts.", ["3"]),
}


def write_scifact(folder: Path, *, split: str = "dev", extra: str = "") -> Path:
    base = folder / "scifact"
    base.mkdir(parents=True, exist_ok=True)
    corpus = [
        {"doc_id": int(key), "title": title, "abstract": lines} for key, (title, lines) in ABSTRACTS.items()
    ]
    claims = [
        {"id": int(key), "claim": text, "evidence": {}, "cited_doc_ids": list(map(int, cited))}
        for key, (text, cited) in CLAIMS.items()
    ]
    (base / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), "utf-8")
    (base / f"claims_{split}.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in claims) + extra, "utf-8"
    )
    return folder


def test_measures_of_a_ranking_are_those_of_the_textbook() -> None:
    ranked = ["a", "b", "c", "d"]
    assert hit_at(ranked, {"b"}, 1) == 0
    assert hit_at(ranked, {"b"}, 2) == 1
    assert recall_at(ranked, {"b", "x"}, 4) == 0.5
    assert reciprocal_rank(ranked, {"c"}, 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranked, {"c"}, 2) == 0
    assert ndcg_at(ranked, {"a"}, 10) == 1
    assert ndcg_at(ranked, {"b"}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at(ranked, {"a", "b"}, 10) == pytest.approx(1)


def test_equal_scores_are_ordered_by_name() -> None:
    assert order_by({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]
    assert fuse_ranks([["a", "b"], ["b", "a"]]) == ["a", "b"]


def test_abstracts_are_found_and_scored_beside_their_floors(tmp_path: Path) -> None:
    evaluation = evaluate_linking(write_scifact(tmp_path), EvaluationOptions(cases=True))
    assert set(evaluation.golds) == {"scifact"}
    assert evaluation.measures["scifact.first"].value == 1.0
    assert evaluation.measures["scifact.ndcg_10"].value == 1.0
    for way in ("words_only", "vectors_only", "plain_fusion"):
        assert evaluation.measures[f"scifact.{way}.first"].of == 3
    assert evaluation.cases == ()
    assert [issue.code for issue in evaluation.issues] == ["set_absent", "set_absent"]


def test_another_split_is_scored_by_its_name(tmp_path: Path) -> None:
    folder = write_scifact(tmp_path, split="held-out")
    assert evaluate_linking(folder, EvaluationOptions(split="held-out")).measures["scifact.first"].of == 3
    with pytest.raises(InputError, match="scifact/dev was skipped"):
        evaluate_linking(folder, EvaluationOptions())


def test_faulty_rows_are_issues_and_the_rest_is_scored(tmp_path: Path) -> None:
    extra = '{"id": 14, "claim": "Nothing is cited."}\nnot json\n'
    evaluation = evaluate_linking(write_scifact(tmp_path, extra=extra), EvaluationOptions(sets=("scifact",)))
    assert evaluation.measures["scifact.first"].of == 3
    messages = [issue.message for issue in evaluation.issues]
    assert any("line 4" in message and "cites no abstract" in message for message in messages)
    assert any("line 5" in message and "not JSON" in message for message in messages)


def test_an_unknown_set_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no set is called 'nothing'"):
        evaluate_linking(tmp_path, EvaluationOptions(sets=("nothing",)))
    with pytest.raises(InputError, match="holds no labelled set"):
        evaluate_linking(tmp_path, EvaluationOptions())


def test_kept_vectors_give_the_same_figures_and_torn_ones_are_made_again(tmp_path: Path) -> None:
    folder, cache = write_scifact(tmp_path / "sets"), tmp_path / "cache"
    fresh = evaluate_linking(folder, EvaluationOptions(cache=cache))
    (block,) = cache.glob("*.bin")
    held = block.read_bytes()
    assert evaluate_linking(folder, EvaluationOptions(cache=cache)).measures == fresh.measures
    block.write_bytes(held[:-7])
    assert evaluate_linking(folder, EvaluationOptions(cache=cache)).measures == fresh.measures
    assert block.read_bytes() == held


def read_floors(*names: str) -> dict[str, Any]:
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert set(names) <= set(floors)
    return {name: floors[name] for name in names}


def check(evaluation: Evaluation, *names: str) -> list[str]:
    assert set(names) <= set(evaluation.golds)
    return check_measures(evaluation, read_floors(*names))


def test_every_measure_that_is_held_has_a_floor() -> None:
    for name, floor in read_floors(*HELD).items():
        assert set(floor["bounds"]) == {f"{name}.{key}" for key in HELD[name]}


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.timeout(900)
@present
def test_linking_on_the_claim_gold_keeps_its_floors() -> None:
    evaluation = evaluate_linking(SHARED, EvaluationOptions(sets=("claims",)))
    assert check(evaluation, "claims") == []
    measures = evaluation.measures
    for group in ("figures_and_quotations", "findings"):
        ours = measures[f"claims.{group}.first"].value
        assert all(
            ours > measures[f"claims.{group}.first.{way}"].value
            for way in ("words_only", "vectors_only", "plain_fusion")
        )


@pytest.mark.corpus
@pytest.mark.soak
@present
def test_linking_on_public_abstracts_keeps_its_floors() -> None:
    evaluation = evaluate_linking(SHARED, EvaluationOptions(sets=("check_covid", "scifact")))
    assert check(evaluation, "check_covid", "scifact") == []
    for name, measure in (("check_covid", "first"), ("scifact", "ndcg_10")):
        ours = evaluation.measures[f"{name}.{measure}"].value
        for way in ("words_only", "vectors_only", "plain_fusion"):
            assert ours > evaluation.measures[f"{name}.{way}.{measure}"].value
