"""Laws of `wherefrom eval reading`: any folder of the layout is scored, what is absent or faulty is said."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.types import Level
from service.evaluation import check_worthiness, newsquant, recognizers
from service.evaluation.floors import check_measures
from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure, to_mapping
from service.evaluation.reading import evaluate_reading
from service.evaluation.scores import Counts, bootstrap, f1_of, mean_of
from tests.service.command_line import Run, make_run
from tests.service.labelled_sets import (
    claim_row,
    news_row,
    quantity_row,
    write_checkthat,
    write_claims,
    write_measeval,
    write_newsquant,
    write_specification,
)

ALL = EvaluationOptions(cases=True)


@pytest.fixture
def wherefrom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return make_run(capsys, monkeypatch)


def said(evaluation: Evaluation, code: str) -> list[str]:
    return [issue.message for issue in evaluation.issues if issue.code == code]


# ------------------------------------------------------------------ splits and sets


def test_every_set_that_is_there_is_scored_and_the_others_are_said(tmp_path: Path) -> None:
    write_newsquant(tmp_path, [news_row("Prices rose 5%.", ("up", "5", "percentage"))])
    evaluation = evaluate_reading(tmp_path, ALL)
    assert set(evaluation.golds) == {"newsquant"}
    assert evaluation.measures["newsquant.value_unit_direction_f1"].value == 1.0
    absent = " ".join(said(evaluation, "set_absent"))
    for name in ("claims", "measeval", "recognizers", "policlaim", "checkthat"):
        assert f"{name} was skipped" in absent


@pytest.mark.parametrize("below", ["", "data", "corpus"])
def test_a_set_is_found_in_the_folder_or_one_below(tmp_path: Path, below: str) -> None:
    write_claims(tmp_path / below)
    assert evaluate_reading(tmp_path, ALL).measures["claims.quantities_exact"].value == 1.0


def test_a_split_of_any_name_is_scored(tmp_path: Path) -> None:
    rows = [quantity_row(1, "12 kg", {"unit": "kg"}), quantity_row(2, "5 h", {"unit": "h"})]
    write_measeval(tmp_path, "held-out-3", rows)
    evaluation = evaluate_reading(tmp_path, EvaluationOptions(split="held-out-3"))
    assert evaluation.measures["measeval/held-out-3.quantity_found_f1"].value == pytest.approx(4 / 5)
    assert evaluation.measures["measeval/held-out-3.unit_overlap_f1"].value == pytest.approx(2 / 3)


def test_a_split_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    write_measeval(tmp_path, "eval", [quantity_row(1, "12 kg", {"unit": "kg"})])
    write_newsquant(tmp_path, [])
    evaluation = evaluate_reading(tmp_path, EvaluationOptions(split="test"))
    assert "measeval/eval" not in evaluation.golds
    assert any("split test (it has eval)" in message for message in said(evaluation, "set_absent"))


def test_train_is_scored_only_when_it_is_asked_for(tmp_path: Path) -> None:
    for split in ("train", "eval"):
        write_measeval(tmp_path, split, [quantity_row(1, "12 kg", {"unit": "kg"})])
    assert set(evaluate_reading(tmp_path, ALL).golds) == {"measeval/eval"}
    assert set(evaluate_reading(tmp_path, EvaluationOptions(split="train")).golds) == {"measeval/train"}


def test_a_folder_without_any_set_is_an_error_that_names_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cqe_newsquant"):
        evaluate_reading(tmp_path, ALL)


def test_an_unknown_set_is_an_error_that_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="measeval"):
        evaluate_reading(tmp_path, EvaluationOptions(sets=("measurements",)))


def test_claims_of_another_split_are_left_out(tmp_path: Path) -> None:
    write_claims(
        tmp_path, [claim_row("47%", 47, "percent"), claim_row("300 runs", 3, "count", split="closed")]
    )
    measures = evaluate_reading(tmp_path, EvaluationOptions(split="open")).measures
    assert (measures["claims.quantities_exact"].right, measures["claims.quantities_exact"].of) == (1, 1)


# ------------------------------------------------------------------ faulty rows


def test_a_faulty_row_is_said_with_file_and_line_and_the_rest_is_scored(tmp_path: Path) -> None:
    good = quantity_row(1, "12 kg", {"unit": "kg"})
    write_measeval(tmp_path, "eval", ["1\tQuantity\t5\t99999\tT9\t{}", "nonsense", good])
    write_claims(
        tmp_path,
        ["{not json", "[]", '{"id": "A"}', claim_row("47%", 47, "percent", start="x"), claim_row("47%", 47, "percent")],
    )  # fmt: skip
    write_newsquant(
        tmp_path, [{"text": "x"}, 7, news_row("Prices rose 5%.", ("sideways", "5", "%")), news_row("", ("=", "-", "-"))]
    )  # fmt: skip
    write_specification(tmp_path, "NumberModel", [{"Input": "12"}, {"Input": "12", "Results": [{"Resolution": {"value": "12"}}]}])  # fmt: skip
    write_checkthat(tmp_path, "dev", [("We spent 5 million dollars.", "Yes"), ("So be it.", "Maybe")])
    evaluation = evaluate_reading(tmp_path, ALL)
    faults = " ".join(said(evaluation, "row_unreadable"))
    for place in (
        "tsv/P-1.tsv, line 2", "tsv/P-1.tsv, line 3", "gold/claims.jsonl, line 1", "gold/claims.jsonl, line 2",
        "gold/claims.jsonl, line 3", "offsets are ['x'", "NewsQuant.json, line 1", "NewsQuant.json, line 2",
        "NewsQuant.json, line 3", "NewsQuant.json, line 4", "NumberModel.json, line 1", "_dev.tsv, line 3",
    ):  # fmt: skip
        assert place in faults, place
    measures = evaluation.measures
    assert measures["claims.quantities_exact"].value == 1.0
    assert measures["recognizers.number_recall"].value == 1.0
    assert measures["measeval/eval.quantity_overlap_f1"].n == 1
    assert measures["checkthat/dev.f1"].n == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": 1}', b"PK\x03\x04broken"])
def test_a_file_of_any_content_raises_nothing_but_a_stated_error(tmp_path: Path, content: bytes) -> None:
    write_newsquant(tmp_path, [])
    for path in (
        write_newsquant(tmp_path / "x", []),
        write_specification(tmp_path / "x", "NumberModel", []),
        write_checkthat_in(tmp_path / "x"),
        write_claims(tmp_path / "x"),
    ):
        path.write_bytes(content)
    speeches = tmp_path / "x" / "policlaim"
    speeches.mkdir()
    (speeches / "AK2022_human_eval.xlsx").write_bytes(content)
    (tmp_path / "x" / "gold" / "seed_gold.json").write_bytes(content)
    write_measeval(tmp_path / "x", "eval", [])
    (tmp_path / "x" / "measeval" / "data" / "eval" / "tsv" / "P-1.tsv").write_bytes(content)
    evaluate_reading(tmp_path / "x", ALL)


def write_checkthat_in(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return write_checkthat(folder, "dev", [])


def test_an_article_named_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    write_claims(tmp_path, [claim_row("47%", 47, "percent", article="../../secret.txt")])
    evaluation = evaluate_reading(tmp_path, ALL)
    assert "is no file name" in " ".join(said(evaluation, "row_unreadable"))


# ------------------------------------------------------------------ agreement


@pytest.mark.parametrize(
    ("text", "wanted", "agrees"),
    [
        ("Prices rose 5%.", ("up", "5", "percentage"), (True, True, True)),
        ("Prices rose 5%.", ("down", "5", "percentage"), (True, True, False)),
        ("Prices rose 5%.", ("up", "5", "dollar"), (True, False, True)),
        ("It costs more than $5 million.", (">", "5000000", "dollar"), (True, True, True)),
        ("About 40 people came.", ("~", "40", "people"), (True, True, True)),
        ("About 40 people came.", ("~", "41", "people"), (False, False, False)),
        ("Shares rose about 5%.", ("up", "5", "percentage"), (True, True, True)),
        ("Shares climbed to $12.", ("=", "12", "dollar"), (True, True, True)),
        ("Dozens of people came.", ("=", "12-120", "people"), (True, True, True)),
        ("Between 5 and 10 km away.", ("=", "5-10", "kilometre"), (True, True, True)),
    ],
)
def test_value_unit_and_direction_agree_each_for_itself(
    tmp_path: Path, text: str, wanted: tuple[str, str, str], agrees: tuple[bool, ...]
) -> None:
    write_newsquant(tmp_path, [news_row(text, wanted)])
    measures = evaluate_reading(tmp_path, ALL).measures
    names = ("value_f1", "value_unit_f1", "value_direction_f1")
    assert tuple(measures[f"newsquant.{name}"].value == 1.0 for name in names) == agrees


def test_a_reading_serves_one_labelled_quantity_only() -> None:
    quantity = newsquant.read_ours("It took 5 hours.")
    wanted = newsquant.Wanted(low=Decimal(5), high=Decimal(5), unit="hour", written="hours", direction="=")
    pairs = newsquant.match_sentence(quantity, [wanted, wanted])
    assert [found is not None for _, found in pairs] == [True, False]


def test_a_specification_without_a_number_asks_for_nothing(tmp_path: Path) -> None:
    results = [{"Resolution": {"value": value}} for value in ("null", "12%")]
    write_specification(tmp_path, "PercentModel", [{"Input": "12% of the %", "Results": results}])
    measure = evaluate_reading(tmp_path, ALL).measures["recognizers.percent_recall"]
    assert (measure.right, measure.of) == (1, 1)


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ("20 through 100", "[20,100)", True),
        ("12 of 48", "25%", True),
        ("47%", "47%", True),
        ("47%", "48%", False),
        ("47%", "not a number", False),
        ("47%", "NaN", False),
        ("47%", "[1,2,3]", False),
    ],
)
def test_a_value_fits_its_specification(text: str, value: str, fits: bool) -> None:
    assert recognizers.find_values(recognizers.read_ours(text), [value]) == [fits]


# ------------------------------------------------------------------ thresholds


ROWS = [("We spent 5 million dollars on schools in 2011.", "Yes"), ("God bless you all.", "No")]


def test_the_threshold_is_fitted_on_train_alone(tmp_path: Path) -> None:
    write_checkthat(tmp_path, "train", ROWS)
    write_checkthat(tmp_path, "dev", ROWS)
    first = said(evaluate_reading(tmp_path, ALL), "threshold_fitted")
    write_checkthat(tmp_path, "dev", [(text, "No") for text, _ in ROWS])
    evaluation = evaluate_reading(tmp_path, ALL)
    assert said(evaluation, "threshold_fitted") == first != []
    assert "checkthat/dev.f1_fitted" in evaluation.measures
    assert "checkthat/train.f1" not in evaluation.measures


def test_scoring_train_itself_fits_nothing(tmp_path: Path) -> None:
    write_checkthat(tmp_path, "train", ROWS)
    evaluation = evaluate_reading(tmp_path, EvaluationOptions(split="train"))
    assert "checkthat/train.f1" in evaluation.measures
    assert "checkthat/train.f1_fitted" not in evaluation.measures


def test_the_fitted_threshold_is_the_best_of_all() -> None:
    sentences = [
        check_worthiness.Sentence(number, text, worthy)
        for number, (text, worthy) in enumerate(
            [("Crime fell by 12% in 2011.", True), ("Taxes rose.", True), ("Thank you.", False), ("Why?", False)]
        )
    ]  # fmt: skip

    def f1(limit: float) -> float:
        given = [check_worthiness.score_worthiness(s.text).score >= limit for s in sentences]
        return f1_of(Counts(yes and s.worthy, yes, s.worthy) for s, yes in zip(sentences, given, strict=True))

    best = f1(check_worthiness.fit_threshold(sentences))
    assert all(f1(limit / 10) <= best for limit in range(-100, 100))


def write_speech(folder: Path, name: str, rows: list[tuple[object, ...]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (folder / "policlaim").mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "policlaim" / f"{name}_human_eval.xlsx")


def test_speeches_are_scored_together_or_by_name(tmp_path: Path) -> None:
    head = ("SENTENCES", "Q1_1", "Golden")
    write_speech(
        tmp_path, "XX2031", [head, ("We spent 5 million dollars in 2011.", "A", 1), ("Thank you.", "C", 0)]
    )
    write_speech(
        tmp_path, "YY2031", [head, ("Crime fell by 12% in 2011.", "A", "1"), ("Well.", "C", "perhaps")]
    )
    evaluation = evaluate_reading(tmp_path, ALL)
    assert (evaluation.measures["policlaim.f1"].n, evaluation.measures["policlaim.digit_f1"].n) == (3, 2)
    assert "YY2031_human_eval.xlsx, line 3" in " ".join(said(evaluation, "row_unreadable"))
    alone = evaluate_reading(tmp_path, EvaluationOptions(split="XX"))
    assert alone.measures["policlaim.f1"].n == 2


def test_without_a_reader_of_spreadsheets_the_set_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_newsquant(tmp_path, [])
    write_speech(tmp_path, "XX2031", [("SENTENCES", "Golden")])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    evaluation = evaluate_reading(tmp_path, ALL)
    assert "policlaim" not in evaluation.golds
    assert "pip install openpyxl" in " ".join(said(evaluation, "set_unreadable"))


# ------------------------------------------------------------------ peers, scores, floors


def test_a_peer_that_is_not_installed_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_newsquant(tmp_path, [])
    monkeypatch.setitem(sys.modules, "quantulum3", None)
    with pytest.raises(InputError, match="pip install"):
        evaluate_reading(tmp_path, EvaluationOptions(peer="quantulum3"))


def test_an_unknown_peer_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="quantulum3"):
        evaluate_reading(tmp_path, EvaluationOptions(peer="somebody"))


def test_the_peer_reads_the_same_rows_through_the_same_scorer(tmp_path: Path) -> None:
    pytest.importorskip("quantulum3")
    rows = [
        news_row("The bridge is 12 km long.", ("=", "12", "kilometre")),
        news_row("They asked Claude 3.7 Sonnet."),
    ]
    write_newsquant(tmp_path, rows)
    measure = evaluate_reading(tmp_path, EvaluationOptions(peer="quantulum3")).measures["newsquant.value_f1"]
    assert measure.value == 1.0
    assert measure.peer == pytest.approx(2 / 3)  # it finds a quantity in the model's name


def test_the_bootstrap_gives_the_same_interval_twice_and_holds_the_value() -> None:
    outcomes = [True] * 30 + [False] * 10
    low, high = bootstrap(outcomes, mean_of)
    assert (low, high) == bootstrap(outcomes, mean_of)
    assert low < mean_of(outcomes) < high
    assert bootstrap([], mean_of) == (0.0, 0.0)


def test_a_measure_under_its_floor_is_a_fault_and_another_gold_too() -> None:
    measures = {"s.f1": Measure(value=0.7, n=9), "s.alarms": Measure(value=0.2, n=9)}
    evaluation = Evaluation(name="reading", split=None, golds={"s": "a"}, measures=measures)

    def faults(gold: str, **bounds: dict[str, float]) -> list[str]:
        named = {f"s.{name}": bound for name, bound in bounds.items()}
        return check_measures(evaluation, {"s": {"gold_sha256": gold, "bounds": named}})

    assert faults("a", f1={"least": 0.7}, alarms={"most": 0.2}) == []
    assert "s.f1 is 0.7" in faults("a", f1={"least": 0.701})[0]
    assert "s.alarms is 0.2" in faults("a", alarms={"most": 0.1})[0]
    assert "gold" in faults("b", f1={"least": 0.1})[0]
    assert "not measured" in faults("a", recall={"least": 0.1})[0]


def test_absent_parts_of_a_measure_are_left_out_of_the_json() -> None:
    measures = {"s.f1": Measure(value=0.12345, n=9)}
    mapping = to_mapping(Evaluation(name="reading", split=None, golds={"s": "a"}, measures=measures))
    assert mapping["measures"] == {"s.f1": {"value": 0.1235, "n": 9}}


def test_a_set_that_could_not_be_read_is_a_warning() -> None:
    from service.evaluation.files import absent_set

    assert absent_set("x", "y").level is Level.WARNING


# ------------------------------------------------------------------ the verb


def test_the_verb_gives_json_on_stdout_and_talk_on_stderr(wherefrom: Run, tmp_path: Path) -> None:
    write_newsquant(tmp_path, [news_row("Prices rose 5%.", ("down", "5", "percentage"))])
    ended = wherefrom("eval", "reading", "--data", tmp_path, "--cases", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["measures"]["newsquant.value_f1"]["value"] == 1.0
    assert told["cases"][0]["what"] == "direction"
    assert {issue["code"] for issue in told["issues"]} == {"set_absent"}


def test_the_verb_gives_a_table_with_a_line_for_each_case(wherefrom: Run, tmp_path: Path) -> None:
    write_newsquant(tmp_path, [news_row("Prices rose 5%.", ("down", "5", "percentage"))])
    ended = wherefrom("eval", "reading", "--data", tmp_path, "--cases", "--set", "newsquant")
    assert "value direction f1" in ended.out
    assert "what=direction" in ended.out
    assert ended.code == 0


def test_a_folder_that_is_not_there_or_holds_nothing_ends_with_3(wherefrom: Run, tmp_path: Path) -> None:
    for folder in (tmp_path / "nothing", tmp_path):
        ended = wherefrom("eval", "reading", "--data", folder)
        assert (ended.code, ended.out) == (3, "")
        assert folder.name in ended.err
