"""How often a verdict is right: claims of a labelled corpus, claims written to trip the judge, public pairs.

`evaluate_verdict` scores three families of sets: "claims" (a corpus folder: articles, sources, gold), "adversarial"
(the rows that ship with the tests, against the shipped registry) and the public sets of service.evaluation.pairs.
Beside the claims stand floors that a simple method reaches on the same rows, and what flipped against a stored run.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.types import CheckedClaim, ClaimKind, Issue, Raw
from service.evaluation.adversarial import SHIPPED_ROWS, Outcome, score_adversarial
from service.evaluation.corpus import add_sources
from service.evaluation.files import absent_set, hash_files
from service.evaluation.gold import Row, match_row, read_gold
from service.evaluation.pairs import PAIR_SETS, find_pair_set, score_pairs
from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure
from service.evaluation.scores import bootstrap, macro_f1, mean_of
from service.evaluation.verdict_floors import FLOORS, guess_by_floor
from service.workbench import Workbench

LABELS = ("supported", "contested", "unsourced")
SETS = ("claims", "adversarial", *PAIR_SETS)

Pair = tuple[str, str | None]  # wanted label, label given


def evaluate_verdict(data: Path, options: EvaluationOptions) -> Evaluation:
    """Every set that is there (or that is asked for), each with its hash; the others are issues."""
    unknown = [name for name in options.sets or () if name not in SETS]
    if unknown:
        raise InputError(f"There is no set {unknown[0]}: the sets are {', '.join(SETS)}.")
    issues: list[Issue] = []
    golds: dict[str, str] = {}
    measures: dict[str, Measure] = {}
    cases: list[dict[str, Any]] = []
    for name in options.sets or SETS:
        scored = _score_set(name, data, options, issues)
        if scored is not None:
            golds[name], found, rows = scored
            measures.update({f"{name}.{key}": measure for key, measure in found.items()})
            cases += rows
    if options.against is not None:
        cases = find_flips(cases, read_stored_cases(options.against))
    elif not options.cases:
        cases = []
    return Evaluation(
        name="verdict", split=options.split, golds=golds, measures=measures, cases=tuple(cases), issues=tuple(issues)
    )  # fmt: skip


def _score_set(
    name: str, data: Path, options: EvaluationOptions, issues: list[Issue]
) -> tuple[str, dict[str, Measure], list[dict[str, Any]]] | None:
    """(hash of the gold, measures, cases) or None, said as an issue, where the set isn't there."""
    if name == "claims":
        root = next(
            (root for root in (data, data / "corpus") if (root / "gold" / "claims.jsonl").is_file()), None
        )
        if root is None:
            issues.append(absent_set(name, "gold/claims.jsonl"))
            return None
        return _score_claims(root, options)
    if name == "adversarial":
        if not SHIPPED_ROWS.is_file():
            issues.append(absent_set(name, "tests/adversarial/rows.yml (it is part of the source tree)"))
            return None
        outcomes = score_adversarial(options.progress)
        return (
            hash_files([SHIPPED_ROWS]),
            measure_outcomes(outcomes),
            [describe_outcome(one) for one in outcomes],
        )
    found = find_pair_set(name, data, options.split)
    if found is None:
        issues.append(absent_set(name, f"the folder {name}"))
        return None
    return score_pairs(name, found, options, issues)


# --------------------------------------------------------------------------- the claim gold


def _score_claims(
    root: Path, options: EvaluationOptions
) -> tuple[str, dict[str, Measure], list[dict[str, Any]]]:
    rows, _, gold_hash = read_gold(root)
    rows = [row for row in rows if row.checkable and row.verdict is not None]
    found: dict[str, CheckedClaim | None] = {}
    guesses: dict[str, dict[str, str]] = defaultdict(dict)
    files = sorted({row.file for row in rows})
    with (
        tempfile.TemporaryDirectory(prefix="wherefrom-verdict-") as home,
        Workbench.open(Path(home), create=True) as workbench,
    ):
        add_sources(workbench, root, options.progress)
        for position, file in enumerate(files):
            options.progress("claims", position, len(files))
            path = root / file
            claims = workbench.check(Raw(name=path.name, content=path.read_bytes())).claims
            for row in (row for row in rows if row.file == file):
                checked = found[row.id] = match_row(row, claims)
                if checked is not None:
                    for floor in FLOORS:
                        guesses[floor][row.id] = guess_by_floor(floor, checked.claim, workbench)
    return (
        gold_hash,
        _measure_claims(rows, found, guesses),
        [_describe_row(row, found[row.id]) for row in rows],
    )


def label_of(checked: CheckedClaim | None) -> str | None:
    return None if checked is None or checked.verdict.label is None else checked.verdict.label.value


def _measure_claims(
    rows: Sequence[Row], found: Mapping[str, CheckedClaim | None], guesses: Mapping[str, Mapping[str, str]]
) -> dict[str, Measure]:
    groups = {
        "figures": [row for row in rows if row.kind is ClaimKind.QUANTITY],
        "quotations": [row for row in rows if row.kind is ClaimKind.QUOTATION],
        "figures_and_quotations": [row for row in rows if row.kind is not ClaimKind.FINDING],
        "findings": [row for row in rows if row.kind is ClaimKind.FINDING],
        "all": list(rows),
    }
    measures: dict[str, Measure] = {}
    for name, group in groups.items():
        pairs = [(row.verdict or "", label_of(found[row.id])) for row in group]
        measures |= measure_labels(name, pairs)
        majority = Counter(gold for gold, _ in pairs).most_common(1)[0][0] if pairs else ""
        measures[f"{name}.floor_majority.macro_f1"] = _macro([(gold, majority) for gold, _ in pairs])
        for floor in FLOORS:
            guessed = [(row.verdict or "", guesses[floor].get(row.id)) for row in group]
            measures[f"{name}.floor_{floor}.macro_f1"] = _macro(guessed)
            measures[f"{name}.floor_{floor}.wrong_supported"] = _wrong_supported(guessed)
    for kind, key in (("reason", _reason), ("route", _route)):
        by: dict[str, list[bool]] = defaultdict(list)
        for row in rows:
            by[key(found[row.id])].append(label_of(found[row.id]) == row.verdict)
        for value, outcomes in sorted(by.items()):
            measures[f"by_{kind}.{value}"] = _share(outcomes)
    return measures


def _reason(checked: CheckedClaim | None) -> str:
    return "no_claim" if checked is None else checked.verdict.reason


def _route(checked: CheckedClaim | None) -> str:
    return checked.evidence[0].route.value if checked is not None and checked.evidence else "none"


def _describe_row(row: Row, checked: CheckedClaim | None) -> dict[str, Any]:
    return _case(
        "claims",
        row.id,
        row.kind.value,
        row.verdict or "",
        checked,
        row.text,
        label_of(checked) == row.verdict,
    )


# --------------------------------------------------------------------------- the adversarial rows


def measure_outcomes(outcomes: Sequence[Outcome]) -> dict[str, Measure]:
    """Label and reason right, over all rows, the held-out third, the honest and the bent, and each way of bending."""
    groups: dict[str, list[Outcome]] = {
        "all": list(outcomes),
        "held_out": [one for one in outcomes if one.row.held_out],
        "honest": [one for one in outcomes if not one.row.bent],
        "bent": [one for one in outcomes if one.row.bent],
    }
    measures: dict[str, Measure] = {}
    for name, group in groups.items():
        measures[f"{name}.label_right"] = _share([one.label_right for one in group])
        measures[f"{name}.reason_right"] = _share([one.reason_right for one in group])
    measures["bent.supported"] = _share([one.label == "supported" for one in groups["bent"]])
    measures["honest.contested"] = _share([one.label == "contested" for one in groups["honest"]])
    for way in sorted({one.row.way for one in outcomes}):
        measures[f"way_{way:02}.label_right"] = _share(
            [one.label_right for one in outcomes if one.row.way == way]
        )
    return measures


def describe_outcome(one: Outcome) -> dict[str, Any]:
    wanted = " ".join(f"{label}/{'|'.join(sorted(reasons))}" for label, reasons in one.row.want.items())
    figure = one.row.text[one.row.start : one.row.end]
    return _case(
        "adversarial",
        one.row.id,
        "bent" if one.row.bent else "honest",
        wanted,
        one.checked,
        figure,
        one.reason_right,
    )


# --------------------------------------------------------------------------- measures and cases


def measure_labels(name: str, pairs: Sequence[Pair]) -> dict[str, Measure]:
    """Macro-F1, share right, "supported" that the gold calls otherwise, and the confusion as shares of each gold label."""
    measures = {
        f"{name}.macro_f1": _macro(pairs),
        f"{name}.right": _share([gold == given for gold, given in pairs]),
        f"{name}.wrong_supported": _wrong_supported(pairs),
    }
    for gold in LABELS:
        of_gold = [given or "no_verdict" for wanted, given in pairs if wanted == gold]
        for given in (*LABELS, "no_verdict"):
            if given in of_gold:
                measures[f"{name}.{gold}_told_as_{given}"] = _share([one == given for one in of_gold])
    return measures


def _macro(pairs: Sequence[Pair]) -> Measure:
    def statistic(sample: Sequence[Pair]) -> float:
        return macro_f1(sample, LABELS)

    return Measure(value=statistic(pairs), n=len(pairs), interval=bootstrap(pairs, statistic))


def _wrong_supported(pairs: Sequence[Pair]) -> Measure:
    return _share([gold != "supported" for gold, given in pairs if given == "supported"])


def _share(outcomes: Iterable[bool]) -> Measure:
    told = list(outcomes)
    return Measure(
        value=mean_of(told), n=len(told), interval=bootstrap(told, mean_of), right=sum(told), of=len(told)
    )


def _case(
    of: str, row_id: str, kind: str, wanted: str, checked: CheckedClaim | None, text: str, right: bool
) -> dict[str, Any]:
    return {
        "set": of,
        "id": row_id,
        "kind": kind,
        "right": right,
        "wanted": wanted,
        "given": f"{label_of(checked) or 'no verdict'}/{_reason(checked)}",
        "text": text,
        "explanation": "" if checked is None else checked.verdict.explanation,
    }


def read_stored_cases(path: Path) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The cases of a run that was stored with --json --cases, by set and row id. Raises InputError."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        return {(str(case["set"]), str(case["id"])): case for case in stored["cases"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} holds no stored run: a file written by `eval verdict --json --cases` was wanted ({error}).",
            path=str(path),
        ) from error


def find_flips(
    cases: Sequence[dict[str, Any]], before: Mapping[tuple[str, str], Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows whose verdict is another than in the stored run, with both."""
    flips = []
    for case in cases:
        old = before.get((case["set"], case["id"]))
        if old is not None and old["given"] != case["given"]:
            flips.append({**case, "before": old["given"], "was_right": old["right"]})
    return flips
