"""Fits how a source's words, topic and nearest text are weighed (kb.index.fusion.SOURCE_WEIGHTS) and what a unit of
the score is worth (kb.link.ranking.Weights.relevance), on SciFact's training claims; needs no torch.

    python -m service.train.linking --data DIR [--cache DIR]

DIR holds scifact/. A listwise logistic regression: for each claim, the chance of each source that search proposes is
the softmax of the weighted features, and the log chance of the abstracts that it cites is made greatest by Newton's
method. Three weights and 809 claims: nothing is held out, and the figure that counts is that on the development split.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.index.fusion import fair_nearest
from service.evaluation.abstracts import make_claim, open_abstracts, read_abstracts, read_scifact_claims

if TYPE_CHECKING:
    from kb.types import Issue

Matrix = NDArray[np.float64]
_PROPOSED = 300  # sources for each claim, of which the right ones must be told
_ROUNDS = 25  # of Newton's method; the third digit stands after ten
_RIDGE = 1e-4  # so that the weights stay where little speaks for them
_LEAST_STEP = 1e-9


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of linking on SciFact's training claims.")
    parser.add_argument("--data", type=Path, required=True, help="a folder that holds scifact/")
    parser.add_argument("--cache", type=Path, help="a folder to keep vectors in")
    given = parser.parse_args()
    lists = read_lists(given.data / "scifact", given.cache)
    weights = fit(lists)
    total = float(weights.sum())
    sys.stdout.write(
        f"claims {len(lists)}\nweights words, topic, nearest: {np.round(weights / total, 3).tolist()}\n"
        f"worth of a unit of the score: {total:.1f}\n"
    )


def read_lists(folder: Path, cache: Path | None) -> list[tuple[Matrix, NDArray[np.bool_]]]:
    """For each training claim with a right source among those proposed: features (one row a source), which are
    right."""
    issues: list[Issue] = []
    claims = read_scifact_claims(folder / "claims_train.jsonl", issues)
    abstracts = read_abstracts(folder / "corpus.jsonl", "doc_id", issues)
    lists = []
    with open_abstracts(abstracts, cache, lambda done, total: None) as library:
        for asked in claims:
            query = make_claim(asked).sentence.exact
            hits = sorted(library.search_sources([query], limit=_PROPOSED)[0], key=lambda hit: hit.source_id)
            texts = np.array([library.index.count_texts(hit.source_id) for hit in hits], dtype=np.float64)
            nearest = fair_nearest(np.array([hit.nearest for hit in hits]), texts)
            features = np.column_stack([[hit.words for hit in hits], [hit.topic for hit in hits], nearest])
            right = np.array([hit.source_id in asked.source_ids for hit in hits])
            if right.any():
                lists.append((features, right))
    return lists


def fit(lists: Sequence[tuple[Matrix, NDArray[np.bool_]]]) -> NDArray[np.float64]:
    """The weights under which the right sources are likeliest."""
    width = lists[0][0].shape[1]
    weights = np.ones(width)
    loss = measure_loss(lists, weights)
    for _ in range(_ROUNDS):
        slope = -_RIDGE * weights
        bend = _RIDGE * np.eye(width)
        for features, right in lists:
            chances = _chances(features, weights)
            mean = chances @ features
            slope += (features[right].mean(axis=0) - mean) / len(lists)
            centred = features - mean
            bend += (centred.T * chances) @ centred / len(lists)
        step = np.linalg.solve(bend, slope)
        # A whole step may overshoot far from the optimum: halve it until it helps.
        while (ahead := measure_loss(lists, weights + step)) > loss and np.abs(step).max() > _LEAST_STEP:
            step = step / 2
        if ahead > loss:
            break
        weights, loss = weights + step, ahead
    return weights


def measure_loss(lists: Sequence[tuple[Matrix, NDArray[np.bool_]]], weights: NDArray[np.float64]) -> float:
    """Mean negative log chance of the right sources, with the ridge."""
    loss = sum(-float(np.log(_chances(features, weights)[right]).mean()) for features, right in lists)
    return loss / len(lists) + _RIDGE / 2 * float(weights @ weights)


def _chances(features: Matrix, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    fits = features @ weights
    chances: NDArray[np.float64] = np.exp(np.clip(fits - fits.max(), -700.0, 0.0))
    chances /= chances.sum()
    return chances


if __name__ == "__main__":
    main()
