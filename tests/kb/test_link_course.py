"""Laws of the course of an article: chances, neighbours, what it leans to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.link.course import follow_course

_FITS = st.lists(st.lists(st.floats(-20, 20), min_size=3, max_size=3), min_size=1, max_size=8)


def follow(fits: list[list[float]], leaning: list[float] | None = None, staying: float = 0.8) -> np.ndarray:
    matrix = np.array(fits)
    lean = np.array(leaning or [0.0] * matrix.shape[1])
    return follow_course(matrix, lean, [staying] * len(matrix)).here


@given(_FITS)
def test_the_chances_of_a_claim_are_no_more_than_one_together(fits: list[list[float]]) -> None:
    here = follow(fits)
    assert np.all(here >= 0)
    assert np.all(here.sum(axis=1) <= 1 + 1e-9)


@given(_FITS)
def test_a_single_claim_goes_to_its_best_fit(fits: list[list[float]]) -> None:
    here = follow(fits[:1])
    assert here[0].argmax() == np.array(fits[0]).argmax() or here[0].max() == pytest.approx(
        here[0][np.array(fits[0]).argmax()]
    )


def test_a_claim_that_fits_two_sources_alike_goes_with_its_neighbours() -> None:
    here = follow([[3.0, -3.0], [0.5, 0.5], [3.0, -3.0]])
    assert here[1, 0] > 2 * here[1, 1]


def test_a_clear_fit_stands_against_its_neighbours() -> None:
    here = follow([[4.0, -3.0], [-4.0, 6.0], [4.0, -3.0]])
    assert here[1, 1] > 0.9


def test_neighbours_that_are_far_away_say_less() -> None:
    fits = [[3.0, -3.0], [0.5, 0.5], [3.0, -3.0]]
    near, far = follow(fits, staying=0.9), follow(fits, staying=0.1)
    assert near[1, 0] > far[1, 0]


def test_a_name_that_the_article_uses_leans_it_to_its_source() -> None:
    fits = [[0.5, 0.6], [0.4, 0.5]]
    assert np.all(follow(fits)[:, 1] > follow(fits)[:, 0])
    leant = follow(fits, leaning=[3.0, 0.0])
    assert np.all(leant[:, 0] > leant[:, 1])


def test_what_fits_worse_than_nothing_is_unlikely() -> None:
    assert follow([[-4.0, -5.0], [-4.0, -4.0]]).sum(axis=1).max() < 0.2


def test_alone_no_claim_looks_at_another() -> None:
    fits = np.array([[3.0, -3.0], [0.4, 0.5]])
    both = follow_course(fits, np.zeros(2), [0.0, 0.9], alone=True).here
    one = follow_course(fits[1:], np.zeros(2), [0.0], alone=True).here
    assert both[1] == pytest.approx(one[0])
