"""Shares, F1 and bootstrap intervals. Knows nothing of what is counted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

RESAMPLES = 1000  # of the bootstrap; seeded, so that the same rows give the same interval
_SEED = 0

Unit = TypeVar("Unit")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one unit (a document, a sentence): how much was matched, given and wanted. `matched` may be a sum of
    overlaps, hence a float."""

    matched: float
    given: float
    wanted: float


def f1_of(units: Iterable[Counts]) -> float:
    """Harmonic mean of precision and recall over the sums of the units; 0 where nothing is given nor wanted."""
    matched = both = 0.0
    for unit in units:
        matched += unit.matched
        both += unit.given + unit.wanted
    return 2 * matched / both if both else 0.0


def precision_of(units: Iterable[Counts]) -> float:
    units = list(units)
    given = sum(unit.given for unit in units)
    return sum(unit.matched for unit in units) / given if given else 0.0


def recall_of(units: Iterable[Counts]) -> float:
    units = list(units)
    wanted = sum(unit.wanted for unit in units)
    return sum(unit.matched for unit in units) / wanted if wanted else 0.0


def mean_of(outcomes: Sequence[float]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def bootstrap(
    units: Sequence[Unit], statistic: Callable[[Sequence[Unit]], float], resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The middle 95% of the statistic over resampled units; (0, 0) of nothing."""
    if not units:
        return (0.0, 0.0)
    generator = random.Random(_SEED)  # noqa: S311 - a seeded bootstrap, nothing secret
    values = sorted(statistic(generator.choices(units, k=len(units))) for _ in range(resamples))
    return values[int(0.025 * resamples)], values[int(0.975 * resamples) - 1]


def share_of(outcomes: Iterable[bool], *, floor: float | None = None) -> dict[str, Any]:
    """How many of how many, the share, its interval and the floor that a simple method reaches."""
    outcomes = list(outcomes)
    low, high = bootstrap(outcomes, mean_of)
    share: dict[str, Any] = {
        "right": sum(outcomes),
        "of": len(outcomes),
        "share": round(mean_of(outcomes), 3),
        "interval95": [round(low, 3), round(high, 3)],
    }
    if floor is not None:
        share["floor"] = round(floor, 3)
    return share


def macro_f1(pairs: Sequence[tuple[str, str | None]], labels: Sequence[str]) -> float:
    """Mean F1 over those labels that the gold holds; a row without a prediction counts as missed.
    `pairs` are (gold, predicted)."""
    scores = []
    for label in labels:
        wanted = sum(gold == label for gold, _ in pairs)
        if not wanted:
            continue
        hit = sum(gold == label == predicted for gold, predicted in pairs)
        given = sum(predicted == label for _, predicted in pairs)
        scores.append(2 * hit / (wanted + given))
    return sum(scores) / len(scores) if scores else 0.0
