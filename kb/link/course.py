"""The course of an article: which source each claim goes back to, given all claims before and after it.

An article stays with a source for a while and then moves to another. That is a chain: at each claim it either
stays or turns to a source that the article as a whole deals with. How well each source fits each claim is given;
the chain's posterior (forward and backward sums) says how likely each source is there, and how likely none of
them. Knows nothing of words and vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_ROUNDS = 3  # of reading off what the article deals with; more move nothing that is shown
_DOUBT = 0.5  # the share of what the article deals with that stays spread over all sources
_TEMPER = (
    0.5  # what a neighbour's fit counts for: claims of one article share their words, and so their errors
)


@dataclass(frozen=True, slots=True)
class Course:
    """Rows are claims, columns sources. `here` is the posterior, `around` what the neighbours alone say, `share`
    of each source in the article; the rest to 1 in a row of `here` is "none of them"."""

    here: Matrix
    around: Matrix
    share: NDArray[np.float64]


def follow_course(
    fits: Matrix, leaning: NDArray[np.float64], staying: Sequence[float], *, alone: bool = False
) -> Course:
    """`fits[t, s]` is the log of how much likelier claim t is if it goes back to source s than if it goes back to
    none; `leaning[s]` at least 0 how much the article leans to a source by names and links, in log units;
    `staying[t]` the chance that claim t goes back to the same source as the claim before. `alone` looks at no
    other claim."""
    claims = len(fits)
    fits = np.hstack([np.zeros((claims, 1)), fits])
    fits = fits - fits.max(axis=1, keepdims=True)
    own, passed_on = np.exp(fits), np.exp(_TEMPER * fits)
    lean = np.concatenate([[1.0], np.exp(leaning)])
    turning = lean / lean.sum()
    here = around = np.empty((0, 0))
    if alone:
        here = turning * own
        here /= here.sum(axis=1, keepdims=True)
        return Course(here[:, 1:], np.tile(turning[1:], (claims, 1)), turning[1:])
    for _ in range(_ROUNDS):
        around = _look_around(passed_on, turning, staying)
        here = around * own
        here /= here.sum(axis=1, keepdims=True)
        turning = (1.0 - _DOUBT) * here.mean(axis=0) + _DOUBT * lean / lean.sum()
    return Course(here[:, 1:], around[:, 1:], turning[1:])


def _look_around(emission: Matrix, turning: NDArray[np.float64], staying: Sequence[float]) -> Matrix:
    """What the claims before and after each claim say of the source that it goes back to."""
    claims, states = emission.shape
    forward = np.empty((claims, states))  # what the claims before say, and the claim's own fit not yet
    passed = turning
    for t in range(claims):
        stay = staying[t] if t else 0.0
        forward[t] = stay * passed + (1.0 - stay) * turning
        passed = forward[t] * emission[t]
        passed = passed / passed.sum()
    backward = np.ones((claims, states))
    for t in range(claims - 2, -1, -1):
        ahead = backward[t + 1] * emission[t + 1]
        stay = staying[t + 1]
        backward[t] = stay * ahead + (1.0 - stay) * float(turning @ ahead)
        backward[t] /= backward[t].max()
    around = forward * backward
    around /= around.sum(axis=1, keepdims=True)
    return around
