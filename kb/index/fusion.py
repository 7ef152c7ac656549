"""Two rankings made one. On SciFact's development claims min-max with equal weights was best or as good as any
(kb/models/CARD.md); weights from .4 to .7 do alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_RANK_OFFSET = 20  # of reciprocal ranks; 20 did better than the usual 60 on the same claims
# Of a source's words, topic and nearest text: from a listwise logistic fit on SciFact's training claims
# (`python -m service.train.linking`). The optimum is flat: .43, .22, .35, where the likelihood is greatest, gives
# nDCG@10 .755 on those claims, and so do these.
SOURCE_WEIGHTS = (0.48, 0.24, 0.28)
# The greatest of n cosines lies about sqrt(2 ln n) standard deviations above their mean; this is the deviation of
# cosines between claims and sentences of their field.
_CHANCE = 0.08

Scores = NDArray[np.float64]


def fuse(dense: Scores, lexical: Scores) -> Scores:
    """One score in [0, 1] for each candidate. Where one side found nothing (all zero or unknown), the other's
    ranks alone, at most one half: nobody confirmed them. A dense score of NaN is unknown: a candidate that
    has no vector yet goes by its words, and isn't held to be unlike."""
    known = ~np.isnan(dense)
    dense = np.where(known, dense, 0.0)
    if not dense.any() or not lexical.any():
        return _reciprocal_ranks(lexical if lexical.any() else dense) / 2
    words = _min_max(lexical, lexical)
    return (np.where(known, _min_max(dense, dense[known]), words) + words) / 2


def fuse_sources(words: Scores, topic: Scores, nearest: Scores, texts: Scores) -> Scores:
    """One score in [0, 1] for each source, the same whichever others are ranked with it. The nearest of many
    texts is near by chance alone, so a source's number of texts is held against it. A topic or nearest text that
    is unknown (NaN) is taken to be as the words are."""
    fair = fair_nearest(nearest, texts)
    total: Scores = (
        SOURCE_WEIGHTS[0] * words
        + SOURCE_WEIGHTS[1] * np.where(np.isnan(topic), words, topic)
        + SOURCE_WEIGHTS[2] * np.where(np.isnan(fair), words, fair)
    )
    return total


def fair_nearest(nearest: Scores, texts: Scores) -> Scores:
    """The cosine of the nearest of so many texts, less what it would be expected to gain by their number."""
    fair: Scores = np.clip(nearest - _CHANCE * np.sqrt(2.0 * np.log(np.maximum(texts, 1.0))), 0.0, 1.0)
    return fair


def _min_max(scores: Scores, over: Scores) -> Scores:
    low, high = float(over.min()), float(over.max())
    if high == low:
        return np.ones_like(scores)
    scaled: Scores = (scores - low) / (high - low)
    return scaled


def _reciprocal_ranks(scores: Scores) -> Scores:
    """(k + 1) / (k + rank) with equal scores sharing the best rank; 0 for a score of 0."""
    better = np.searchsorted(np.sort(-scores), -scores, side="left")
    ranks: Scores = (_RANK_OFFSET + 1) / (_RANK_OFFSET + 1 + better)
    return np.where(scores > 0, ranks, 0.0)
