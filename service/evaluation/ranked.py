"""Measures over rankings: right one first, in the first so many, nDCG, reciprocal rank. Knows nothing of what is ranked."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from service.evaluation.protocol import Measure
from service.evaluation.scores import bootstrap, mean_of

_RRF_OFFSET = 60  # of plain reciprocal rank fusion, as usual


def hit_at(ranked: Sequence[str], right: Collection[str], depth: int) -> float:
    """1 where one of the right ones is among the first `depth`, else 0."""
    return float(any(one in right for one in ranked[:depth]))


def recall_at(ranked: Sequence[str], right: Collection[str], depth: int) -> float:
    """The share of the right ones that are among the first `depth`."""
    return sum(one in right for one in ranked[:depth]) / len(right)


def ndcg_at(ranked: Sequence[str], right: Collection[str], depth: int) -> float:
    """Normalised discounted cumulative gain of equal gains."""
    gained = sum(1 / math.log2(place + 2) for place, one in enumerate(ranked[:depth]) if one in right)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(depth, len(right))))


def reciprocal_rank(ranked: Sequence[str], right: Collection[str], depth: int) -> float:
    """1 / rank of the first right one among the first `depth`; 0 where there is none."""
    return next((1 / (place + 1) for place, one in enumerate(ranked[:depth]) if one in right), 0.0)


def measure_of(outcomes: Sequence[float], *, count: bool = False) -> Measure:
    """The mean with its bootstrap interval; with `count` also how many of how many."""
    return Measure(
        value=mean_of(outcomes),
        n=len(outcomes),
        interval=bootstrap(outcomes, mean_of),
        right=round(sum(outcomes)) if count else None,
        of=len(outcomes) if count else None,
    )


def order_by(scores: Mapping[str, float]) -> list[str]:
    """Best first, ties by name."""
    return sorted(scores, key=lambda name: (-scores[name], name))


def fuse_ranks(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Plain reciprocal rank fusion: the floor that any better fusion must beat."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (_RRF_OFFSET + place)
    return order_by(scores)
