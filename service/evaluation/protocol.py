"""The values that every evaluation takes and gives, and the list of evaluations. See the package's docstring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from kb.types import Issue

Progress = Callable[[str, int, int], None]  # the set's name, rows done, rows in all

EVALUATIONS: Mapping[str, str] = {
    "linking": "service.evaluation.linking:evaluate_linking",
    "verdict": "service.evaluation.verdict:evaluate_verdict",
    "reading": "service.evaluation.reading:evaluate_reading",
}


def ignore(title: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """`split` None takes each set's own default; `sets` None all; `peer` names a reader to put beside ours;
    `cache` a folder where vectors of public sets are kept between runs; `against` a stored run, whose flipped rows are
    wanted."""

    split: str | None = None
    sets: tuple[str, ...] | None = None
    peer: str | None = None
    cases: bool = False
    cache: Path | None = None
    against: Path | None = None
    progress: Progress = ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`value` in [0, 1]; `n` the gold's units behind it; `interval` the 95% bootstrap interval; `right` and `of`
    where the value is a share of something countable; `peer` what the peer reaches on the same rows."""

    value: float
    n: int
    interval: tuple[float, float] | None = None
    right: int | None = None
    of: int | None = None
    peer: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    name: str
    split: str | None
    golds: Mapping[str, str]
    measures: Mapping[str, Measure]
    cases: tuple[Mapping[str, Any], ...] = ()
    issues: tuple[Issue, ...] = field(default=())


Evaluate = Callable[[Path, EvaluationOptions], Evaluation]


def load_evaluation(name: str) -> Evaluate:
    """The function of that name; imported only now, since it may load models. KeyError for another name."""
    module, _, function = EVALUATIONS[name].partition(":")
    evaluate: Evaluate = getattr(import_module(module), function)
    return evaluate


def to_mapping(evaluation: Evaluation) -> dict[str, Any]:
    """For --json: figures rounded to 4 digits, absent fields left out."""
    mapping: dict[str, Any] = {
        "evaluation": evaluation.name,
        "split": evaluation.split,
        "golds": dict(evaluation.golds),
        "measures": {name: _measure_mapping(measure) for name, measure in evaluation.measures.items()},
        "issues": [
            {"stage": i.stage, "level": i.level.value, "code": i.code, "message": i.message}
            for i in evaluation.issues
        ],
    }
    if evaluation.cases:
        mapping["cases"] = [dict(case) for case in evaluation.cases]
    return mapping


def _measure_mapping(measure: Measure) -> dict[str, Any]:
    figures: dict[str, Any] = {"value": round(measure.value, 4), "n": measure.n}
    if measure.interval is not None:
        figures["interval95"] = [round(bound, 4) for bound in measure.interval]
    if measure.of is not None:
        figures["right"], figures["of"] = measure.right, measure.of
    if measure.peer is not None:
        figures["peer"] = round(measure.peer, 4)
    return figures
