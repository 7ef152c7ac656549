"""How well each source fits each claim, in named features, and the sources' ranks that follow from it.

A fit adds up what search says of the source as a whole, the claim's number in one of its passages, and what the
article says there: a citation, a name. The course of the article (kb.link.course) turns fits into ranks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kb.link.course import Course, follow_course
from kb.link.disputes import Disputes
from kb.link.searching import Searched
from kb.link.values import SourceRank
from kb.types import Claim, Route

# The chance to stay with a source falls with the distance to the claim before, in characters.
_STAYING = 0.95
_STRETCH = 1500.0
_SCORE_PER_CHANCE = 2.0
_SCORE_PER_RELEVANCE = 0.25
_RANKS_KEPT = 12
_NONE: Mapping[str, float] = {}
# A source that contests another comes after it while that one is at least this much as likely.
_CONTESTED_FIRST = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Natural logs of how much likelier a source becomes. `relevance` is what a fit on SciFact's training claims
    gives (service.train.linking). The others are set by hand on the open articles, in the middle of where they
    matter little: half or double of any one moves at most two of 99 rows. `course` False looks at no other claim."""

    relevance: float = 25.0  # for each 1 of search's score
    least: float = 0.28  # search's score at which a source is as likely as none
    cited: float = 40.0  # more than any fit can outweigh: a claim is first weighed against what it points at
    attributed: float = 2.0  # of a first suggestion; halved, thirded for the second and third
    named_here: float = 1.5
    number: float = 1.0  # at most; less for a number that many of the sources hold
    named_in_article: float = 3.0
    document_cites: float = 2.0
    course: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the article says of sources by names and links: for each claim those named there, for the whole those
    named anywhere (weights in [0, 1]), and those that a link anywhere points at."""

    here: Sequence[Mapping[str, float]]
    anywhere: Mapping[str, float]
    cites: frozenset[str]


def rank_sources(
    claims: Sequence[Claim],
    searched: Sequence[Searched],
    naming: Naming,
    disputes: Disputes,
    known: frozenset[str],
    weights: Weights = Weights(),
) -> list[tuple[SourceRank, ...]]:
    """The ranks of every claim, in the claims' order."""
    cited = [_citations_of(claim) for claim in claims]
    pool = {source for one in searched for source in one.relevance}
    pool |= {source for one in cited for source in one} | {source for here in naming.here for source in here}
    sources = sorted(pool & known)
    if not sources:
        return [() for _ in claims]
    place_of = {source: place for place, source in enumerate(sources)}
    features = [_features_of(one, cited[t], naming, t) for t, one in enumerate(searched)]
    fits = np.full((len(claims), len(sources)), -weights.relevance * weights.least)
    for t, mine in enumerate(features):
        for source, named in mine.items():
            if source in place_of:
                fits[t, place_of[source]] = _fit_of(named, weights)
    leaning = np.array(
        [
            weights.named_in_article * naming.anywhere.get(source, 0.0)
            + weights.document_cites * (source in naming.cites)
            for source in sources
        ]
    )
    course = follow_course(fits, leaning, _staying_of(claims), alone=not weights.course)
    peaks = (float(course.share.max()) or 1.0, course.around.max(axis=1))
    return [
        _rank_claim(t, sources, features[t], cited[t], naming, course, peaks, disputes)
        for t in range(len(claims))
    ]


def _citations_of(claim: Claim) -> dict[str, tuple[float, Route]]:
    """What the claim's citations point at: (weight in [0, 1], route)."""
    weights: dict[str, tuple[float, Route]] = {}
    for citation in claim.citations:
        for place, source_id in enumerate(citation.source_ids):
            weight, route = (1.0, Route.CITED) if citation.exact else (0.5 / (1 + place), Route.ATTRIBUTED)
            if weight > weights.get(source_id, (0.0, route))[0]:
                weights[source_id] = (weight, route)
    return weights


def _features_of(
    searched: Searched, cited: Mapping[str, tuple[float, Route]], naming: Naming, position: int
) -> dict[str, dict[str, float]]:
    here = naming.here[position]
    features: dict[str, dict[str, float]] = {}
    for source in sorted({*searched.relevance, *cited, *here}):
        features[source] = {
            "search": searched.relevance.get(source, 0.0),
            "cosine": searched.nearest.get(source, 0.0),
            "cited": cited.get(source, (0.0, Route.SEARCHED))[0],
            "named_here": here.get(source, 0.0),
            "number": searched.numbers.get(source, 0.0),
        }
    return features


def _fit_of(features: Mapping[str, float], weights: Weights) -> float:
    cited = features["cited"]
    return (
        weights.relevance * (features["search"] - weights.least)
        + (weights.cited if cited >= 1.0 else 2 * weights.attributed * cited)
        + weights.named_here * features["named_here"]
        + weights.number * features["number"]
    )


def _staying_of(claims: Sequence[Claim]) -> list[float]:
    staying = [0.0]
    for before, claim in pairwise(claims):
        gap = max(0, claim.sentence.start - before.sentence.end)
        same = claim.sentence.start == before.sentence.start
        staying.append(0.99 if same else _STAYING * math.exp(-gap / _STRETCH))
    return staying


def _rank_claim(
    position: int,
    sources: Sequence[str],
    features: Mapping[str, dict[str, float]],
    cited: Mapping[str, tuple[float, Route]],
    naming: Naming,
    course: Course,
    peaks: tuple[float, NDArray[np.float64]],
    disputes: Disputes,
) -> tuple[SourceRank, ...]:
    search = [features.get(source, _NONE).get("search", 0.0) for source in sources]
    scores = _SCORE_PER_CHANCE * course.here[position] + _SCORE_PER_RELEVANCE * np.array(search)
    scores = np.round(scores, 6)
    ranks = []
    for place in np.argsort(-scores, kind="stable")[
        :_RANKS_KEPT
    ]:  # sources are by id, and so are equal scores
        source = sources[place]
        named = {
            **features.get(source, {}),
            "document_cites": 1.0 if source in naming.cites else 0.0,
            "named_in_article": naming.anywhere.get(source, 0.0),
            "article": float(course.share[place]) / peaks[0],
            "near": float(course.around[position, place] / (peaks[1][position] or 1.0)),
            "chance": float(course.here[position, place]),
        }
        ranks.append(
            SourceRank(
                source_id=source,
                score=float(scores[place]),
                route=cited.get(source, (0.0, Route.SEARCHED))[1],
                features=tuple((name, round(value, 6)) for name, value in named.items()),
            )
        )
    return tuple(_put_contested_first(ranks, disputes))


def _put_contested_first(ranks: list[SourceRank], disputes: Disputes) -> list[SourceRank]:
    """What is contested before what contests it, where search ranks the two close together: a claim rests on the
    first and is weighed against the second. A source that the article cites keeps its place."""
    if len(ranks) < 2 or ranks[0].route is Route.CITED:
        return ranks
    first = ranks[0]
    for place, rank in enumerate(ranks[1:], start=1):
        near = rank.feature("chance") >= _CONTESTED_FIRST * first.feature("chance")
        if near and disputes.contests(first.source_id, rank.source_id):
            return [rank, first, *ranks[1:place], *ranks[place + 1 :]]
    return ranks
