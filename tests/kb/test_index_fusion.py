"""Fusion of two rankings: bounded, order-free, and never sure of what only one side says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.fusion import fuse

_DENSE = st.one_of(st.floats(0, 1), st.just(float("nan")))
_PAIRS = st.lists(st.tuples(_DENSE, st.floats(0, 100)), min_size=1, max_size=30)


def fuse_pairs(pairs: list[tuple[float, float]]) -> list[float]:
    return [float(score) for score in fuse(np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]))]


@given(_PAIRS)
def test_scores_lie_between_nought_and_one(pairs: list[tuple[float, float]]) -> None:
    assert all(0 <= score <= 1 for score in fuse_pairs(pairs))


@given(_PAIRS, st.randoms())
def test_the_order_of_candidates_changes_no_score(pairs: list[tuple[float, float]], random: object) -> None:
    order = list(range(len(pairs)))
    random.shuffle(order)  # type: ignore[attr-defined]
    scores = fuse_pairs(pairs)
    assert fuse_pairs([pairs[place] for place in order]) == [scores[place] for place in order]


@given(_PAIRS)
def test_a_candidate_better_on_both_sides_is_not_ranked_lower(pairs: list[tuple[float, float]]) -> None:
    scores = fuse_pairs(pairs)
    for (dense, lexical), score in zip(pairs, scores, strict=True):
        for (other_dense, other_lexical), other_score in zip(pairs, scores, strict=True):
            if dense >= other_dense and lexical >= other_lexical:
                assert score >= other_score - 1e-12


def test_the_best_on_both_sides_scores_one_and_the_worst_nought() -> None:
    assert fuse_pairs([(0.9, 12.0), (0.5, 6.0), (0.1, 0.0)]) == [1.0, 0.5, 0.0]


@pytest.mark.parametrize("pairs", [[(0.9, 0.0), (0.4, 0.0)], [(0.0, 9.0), (0.0, 1.0)]])
def test_one_side_alone_ranks_but_is_at_most_half_sure(pairs: list[tuple[float, float]]) -> None:
    best, second = fuse_pairs(pairs)
    assert 0.5 == best > second > 0


def test_an_unknown_vector_is_not_held_against_a_candidate() -> None:
    verbatim, near, far = fuse_pairs([(float("nan"), 20.0), (0.8, 8.0), (0.2, 1.0)])
    assert verbatim == 1.0 > near > far


def test_nothing_found_on_either_side_scores_nothing() -> None:
    assert fuse_pairs([(0.0, 0.0), (0.0, 0.0)]) == [0.0, 0.0]
