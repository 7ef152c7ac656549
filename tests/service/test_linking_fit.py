"""The fit of linking's weights: it finds the weights that made the choices, whatever their order."""

from __future__ import annotations

import numpy as np

from service.train.linking import fit, measure_loss

TRUE = np.array([6.0, 2.0, 9.0])


def make_lists(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lists of 20 sources, one of them drawn with the chances that the true weights give."""
    generator = np.random.default_rng(7)
    lists = []
    for _ in range(count):
        features = generator.random((20, 3))
        chances = np.exp(features @ TRUE)
        right = np.zeros(20, dtype=bool)
        right[generator.choice(20, p=chances / chances.sum())] = True
        lists.append((features, right))
    return lists


def test_the_weights_that_made_the_choices_are_found() -> None:
    found = fit(make_lists(1_500))
    assert np.allclose(found / found.sum(), TRUE / TRUE.sum(), atol=0.03)
    assert 0.85 < found.sum() / TRUE.sum() <= 1.02  # held back a little, never driven up


def test_features_of_small_steps_do_not_drive_the_fit_astray() -> None:
    lists = [(features / 50, right) for features, right in make_lists(300)]
    found = fit(lists)
    assert measure_loss(lists, found) < measure_loss(lists, np.ones(3))
    assert np.all(measure_loss(lists, found) <= measure_loss(lists, found * 1.05) + 1e-9)
    assert np.all(measure_loss(lists, found) <= measure_loss(lists, found * 0.95) + 1e-9)


def test_the_order_of_lists_and_of_sources_changes_nothing_that_counts() -> None:
    lists = make_lists(200)
    shuffled = [(features[::-1], right[::-1]) for features, right in reversed(lists)]
    assert np.allclose(fit(lists), fit(shuffled))
