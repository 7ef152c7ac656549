"""Links claims to sources: the cited route first, then search, fused with what the rest of the article is about.

Proposes candidates (passages and registry findings) with named features; decides nothing. A source's
rank for a claim adds up: how well its best passage fits, whether the article cites or names it there,
and how much of the article (and of the claim's neighbourhood) deals with it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from kb.compare import plain
from kb.reader import Reader
from kb.source_names import index_names
from kb.text import clause_around, strip_markup
from kb.types import (
    Candidate,
    Claim,
    ClaimKind,
    ContestKind,
    Passage,
    Quantity,
    Route,
    Source,
    SourceFinding,
    UnitKind,
)

# Weights of a source's rank, set on the open articles and rounded to one digit on purpose.
_WEIGHT_CITED = 1.0
_WEIGHT_NAMED = 0.5
_WEIGHT_ARTICLE = 0.3
_WEIGHT_NEAR = 0.5
_WEIGHT_DOCUMENT_CITES = 0.2
_WEIGHT_NUMBER = 0.25
_WEIGHT_NAME_HERE = 0.5
# A source that the article names by a name of its own counts for this much more in what the article deals with.
_NAMED_FACTOR = 2.0
# A long source has more passages that may fit by chance: its vote shrinks with the logarithm of their number.
_LENGTH_PENALTY = 0.5
_LENGTH_WEIGHT = 0.05  # taken off a rank for each e-fold of a source's passages
_WEIGHT_NAME_IN_ARTICLE = 0.2
_NEIGHBOURS = 4
_HITS = 40
_SOURCES_WEIGHED = 6
_PASSAGES_PER_SOURCE = 6
_RELEVANT = 0.3  # cosine under which a hit says nothing about what an article deals with

DISPUTING = frozenset(
    {ContestKind.REBUTS, ContestKind.DISPUTES, ContestKind.FAILS_TO_REPLICATE, ContestKind.CORRECTS}
)


class LinkHit(Protocol):
    """What linking reads of a search hit (kb.index.Hit)."""

    @property
    def entry_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def dense(self) -> float: ...
    @property
    def score(self) -> float: ...


class Library(Protocol):
    """What linking and judging read: sources, their passages and findings, and a search over both."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def reader(self) -> Reader: ...
    def search_many(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> Sequence[Sequence[LinkHit]]: ...
    def passages_of(self, source_id: str) -> Sequence[Passage]: ...
    def passage(self, passage_id: str) -> Passage | None: ...
    def finding(self, finding_id: str) -> SourceFinding | None: ...
    def text_of(self, source_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRank:
    """A source's rank for one claim. `route` says how it came in; features add up to `score`."""

    source_id: str
    score: float
    route: Route
    features: tuple[tuple[str, float], ...] = ()

    def feature(self, name: str) -> float:
        return dict(self.features).get(name, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedClaim:
    claim: Claim
    ranks: tuple[SourceRank, ...]
    candidates: tuple[Candidate, ...]


@dataclass(slots=True)
class _Scores:
    best: dict[str, float] = field(default_factory=dict)
    dense: dict[str, float] = field(default_factory=dict)
    entries: dict[str, dict[str, tuple[float, float]]] = field(default_factory=lambda: defaultdict(dict))
    lengths: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prior:
    """What the article says of sources beside the claim itself: how much of it deals with each, how much
    of the claim's neighbourhood, which it cites anywhere, which are named near the claim or anywhere."""

    article: Mapping[str, float]
    near: Mapping[str, float]
    cites: frozenset[str]
    here: Mapping[str, float]
    named: Mapping[str, float]


def query_of(claim: Claim) -> str:
    """The words to search by: the sentence without marks of markup and footnotes."""
    return strip_markup(claim.sentence.exact)[:1200]


def clause_query(claim: Claim) -> str:
    """The clause that holds the span: what is measured, without what else the sentence says."""
    sentence = claim.sentence.exact
    start = max(0, claim.span.start - claim.sentence.start)
    low, high = clause_around(sentence, start, min(len(sentence), start + len(claim.span.exact)))
    return strip_markup(sentence[low:high])[:800]


def _wide_query(claim: Claim) -> str:
    parts = (claim.context, claim.attribution or "", query_of(claim))
    return " ".join(part for part in parts if part)[:1600]


def link_claims(
    claims: Sequence[Claim],
    library: Library,
    *,
    document_cites: frozenset[str] = frozenset(),
    document_text: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LinkedClaim, ...]:
    """Rank the sources and gather the candidates of every claim, in the claims' order."""
    if not claims:
        return ()
    scores = _search(claims, library)
    names = index_names(library.sources.values())
    named = names.weigh(document_text)
    votes = [_votes(one, named) for one in scores]
    article = _article_prior(votes)
    linked = []
    for position, claim in enumerate(claims):
        near = _near_prior(votes, position)
        here = names.weigh(claim.attribution or "") or names.weigh(f"{claim.context} {claim.sentence.exact}")
        prior = _Prior(article=article, near=near, cites=document_cites, here=here, named=named)
        ranks = _rank_sources(claim, scores[position], prior, library)
        linked.append(
            LinkedClaim(claim=claim, ranks=ranks, candidates=_gather(claim, ranks, scores[position], library))
        )
        if progress is not None:
            progress(position + 1, len(claims))
    return tuple(linked)


def _search(claims: Sequence[Claim], library: Library) -> list[_Scores]:
    queries: dict[str, int] = {}
    for claim in claims:
        for query in (query_of(claim), _wide_query(claim), clause_query(claim)):
            queries.setdefault(query, len(queries))
    answers = library.search_many(list(queries), limit=_HITS)
    result = []
    for claim in claims:
        scores = _Scores()
        shares: dict[str, float] = defaultdict(float)
        for query, share in ((query_of(claim), 0.4), (_wide_query(claim), 0.3), (clause_query(claim), 0.3)):
            shares[query] += share
        merged: dict[str, list[float]] = {}
        owner: dict[str, str] = {}
        for query, share in shares.items():
            for hit in answers[queries[query]]:
                entry = merged.setdefault(hit.entry_id, [0.0, 0.0])
                entry[0] += share * hit.score
                entry[1] = max(entry[1], hit.dense)
                owner[hit.entry_id] = hit.source_id
        for entry_id, (score, dense) in merged.items():
            source_id = owner[entry_id]
            scores.entries[source_id][entry_id] = (score, dense)
            scores.best[source_id] = max(scores.best.get(source_id, 0.0), score)
            scores.dense[source_id] = max(scores.dense.get(source_id, 0.0), dense)
        scores.lengths = {source_id: len(library.passages_of(source_id)) for source_id in scores.best}
        result.append(scores)
    return result


def _votes(scores: _Scores, named: Mapping[str, float]) -> dict[str, float]:
    """How much one claim says that the article deals with a source: its three best, by absolute cosine."""
    top = sorted(scores.best, key=lambda source: (-scores.best[source], source))[:3]
    votes = {}
    for source in top:
        length = 1 + _LENGTH_PENALTY * math.log(max(1, scores.lengths.get(source, 1)))
        name = 1 + _NAMED_FACTOR * named.get(source, 0.0)
        votes[source] = max(0.0, scores.dense[source] - _RELEVANT) * scores.best[source] * name / length
    return votes


def _scaled(votes: dict[str, float]) -> dict[str, float]:
    peak = max(votes.values(), default=0.0)
    return {source: vote / peak for source, vote in votes.items()} if peak > 0 else {}


def _article_prior(votes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for one in votes:
        for source, vote in one.items():
            total[source] += vote
    return _scaled(total)


def _near_prior(votes: Sequence[Mapping[str, float]], position: int) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for other in range(max(0, position - _NEIGHBOURS), min(len(votes), position + _NEIGHBOURS + 1)):
        share = 1.0 / (1 + abs(other - position))
        for source, vote in votes[other].items():
            total[source] += share * vote
    return _scaled(total)


def _citation_weights(claim: Claim) -> dict[str, tuple[float, Route]]:
    weights: dict[str, tuple[float, Route]] = {}
    for citation in claim.citations:
        for place, source_id in enumerate(citation.source_ids):
            weight, route = (
                (_WEIGHT_CITED, Route.CITED)
                if citation.exact
                else (_WEIGHT_NAMED / (1 + place), Route.ATTRIBUTED)
            )
            if weight > weights.get(source_id, (0.0, route))[0]:
                weights[source_id] = (weight, route)
    return weights


def _rank_sources(claim: Claim, scores: _Scores, prior: _Prior, library: Library) -> tuple[SourceRank, ...]:
    cited = _citation_weights(claim)
    about = {source for source, share in prior.article.items() if share >= 0.5}
    named = {source for source, weight in prior.here.items() if weight >= 0.3}
    pool = sorted({*scores.best, *cited, *about, *named} & set(library.sources))
    numbers = number_pattern(claim.quantities) if claim.kind is ClaimKind.QUANTITY else None
    provisional = []
    for source_id in pool:
        weight, route = cited.get(source_id, (0.0, Route.SEARCHED))
        features = {
            "search": scores.best.get(source_id, 0.0),
            "cosine": scores.dense.get(source_id, 0.0),
            "cited": weight,
            "article": prior.article.get(source_id, 0.0),
            "near": prior.near.get(source_id, 0.0),
            "document_cites": 1.0 if source_id in prior.cites else 0.0,
            "named_here": prior.here.get(source_id, 0.0),
            "named_in_article": prior.named.get(source_id, 0.0),
        }
        total = (
            features["search"]
            + weight
            + _WEIGHT_ARTICLE * features["article"]
            + _WEIGHT_NEAR * features["near"]
            + _WEIGHT_DOCUMENT_CITES * features["document_cites"]
            + _WEIGHT_NAME_HERE * features["named_here"] * features["search"]
            + _WEIGHT_NAME_IN_ARTICLE
            * features["named_in_article"]
            * max(features["search"], features["article"])
            - _LENGTH_WEIGHT * math.log(max(1, scores.lengths.get(source_id, 1)))
        )
        provisional.append((total, source_id, route, features))
    provisional.sort(key=lambda row: (-row[0], row[1]))
    ranked = []
    for place, (total, source_id, route, features) in enumerate(provisional):
        score = total
        if (
            numbers is not None
            and place < 2 * _SOURCES_WEIGHED
            and _holds_number(source_id, scores, numbers, library)
        ):
            features["number"] = 1.0
            score += _WEIGHT_NUMBER
        ranked.append(
            SourceRank(
                source_id=source_id, score=round(score, 6), route=route, features=tuple(features.items())
            )
        )
    ranked.sort(key=lambda rank: (-rank.score, rank.source_id))
    return tuple(ranked[: 2 * _SOURCES_WEIGHED])


def _entry_text(entry_id: str, library: Library) -> str:
    passage = library.passage(entry_id)
    if passage is not None:
        return passage.selector.exact
    finding = library.finding(entry_id)
    return "" if finding is None else finding.statement


def _holds_number(source_id: str, scores: _Scores, pattern: re.Pattern[str], library: Library) -> bool:
    """Whether one of the source's passages that search brought up holds the claim's number."""
    return any(pattern.search(_entry_text(entry, library)) for entry in scores.entries.get(source_id, ()))


_WORDS_FOR = {
    1: "one|once|single", 2: "two|twice|double|doubled|both|pair", 3: "three|triple", 4: "four", 5: "five", 6: "six",
    7: "seven", 8: "eight", 9: "nine", 10: "ten|tenfold", 11: "eleven", 12: "twelve|dozen", 13: "thirteen",
    14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty",
    30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety",
    100: "hundred",
}  # fmt: skip
_SHARE_WORDS = {
    "25": "quarter|one in four|1 in 4", "75": "three[- ]quarters|quarter", "50": "half|one in two", "20": "fifth|one in five",
    "33": "third", "33.3": "third", "67": "two[- ]thirds", "66.7": "two[- ]thirds", "10": "tenth|one in ten|90th", "0": "never|none",
    "100": "all|always|every", "40": "two[- ]fifths", "60": "three[- ]fifths", "80": "four[- ]fifths|four in five",
}  # fmt: skip


def number_pattern(quantities: Iterable[Quantity]) -> re.Pattern[str] | None:
    """A pattern that finds the claim's numbers as they may be written in a source: digits with and
    without separators, words, common fractions, and the rest to 100% of a share."""
    options: list[str] = []
    for quantity in quantities:
        share = quantity.unit.kind in (UnitKind.PERCENT, UnitKind.RANK)
        values = {value for value in (quantity.low, quantity.high) if value is not None}
        if quantity.base:
            values |= {value * 100 / quantity.base for value in list(values)}
            share = True
        for value in sorted(values):
            if value != value.to_integral_value():
                value = round(value, 3)
            text = plain(value)
            options.append(rf"(?<![\d.,]){re.escape(text)}(?![\d]|[.,]\d)")
            if value >= 1000 and value == value.to_integral_value():
                options.append(re.escape(f"{int(value):,}"))
            if value == value.to_integral_value() and int(value) in _WORDS_FOR:
                options.append(rf"\b(?:{_WORDS_FOR[int(value)]})\b")
            if share and text in _SHARE_WORDS:
                options.append(rf"\b(?:{_SHARE_WORDS[text]})")
            if share and Decimal(0) < value < Decimal(100):
                options.append(rf"(?<![\d.,]){re.escape(plain(100 - value))}(?=\s?%|\s?per|th)")
    return re.compile("|".join(dict.fromkeys(options)), re.IGNORECASE) if options else None


def contesting_sources(source_id: str, library: Library) -> tuple[str, ...]:
    """Sources of the registry that contest this one, by id."""
    return tuple(
        other.id
        for other in library.sources.values()
        if any(contest.source_id == source_id for contest in other.contests)
    )


def _gather(
    claim: Claim, ranks: Sequence[SourceRank], scores: _Scores, library: Library
) -> tuple[Candidate, ...]:
    weighed = list(ranks[:_SOURCES_WEIGHED])
    known = {rank.source_id for rank in weighed}
    for rank in list(weighed[:3]):
        for other in contesting_sources(rank.source_id, library):
            if other not in known:
                known.add(other)
                weighed.append(SourceRank(source_id=other, score=rank.score / 2, route=Route.CONTESTING))
    numbers = number_pattern(claim.quantities) if claim.quantities else None
    candidates: list[Candidate] = []
    missing = [rank.source_id for rank in weighed if len(scores.entries.get(rank.source_id, ())) < 3]
    extra: dict[str, dict[str, tuple[float, float]]] = {}
    if missing:
        limit = 2 * _PASSAGES_PER_SOURCE * len(missing)
        for hit in library.search_many([query_of(claim)], limit=limit, source_ids=frozenset(missing))[0]:
            extra.setdefault(hit.source_id, {})[hit.entry_id] = (hit.score * 0.5, hit.dense)
    for rank in weighed:
        entries = {**extra.get(rank.source_id, {}), **scores.entries.get(rank.source_id, {})}
        best = sorted(entries, key=lambda entry: (-entries[entry][0], -entries[entry][1], entry))[
            :_PASSAGES_PER_SOURCE
        ]
        chosen = dict.fromkeys(best)
        if numbers is not None:
            for passage in library.passages_of(rank.source_id):
                if passage.id not in chosen and numbers.search(passage.selector.exact):
                    chosen[passage.id] = None
        for entry_id in chosen:
            score, dense = entries.get(entry_id, (0.0, 0.0))
            passage_found = library.passage(entry_id)
            finding = None if passage_found is not None else library.finding(entry_id)
            if passage_found is None and finding is None:
                continue
            candidates.append(
                Candidate(
                    source_id=rank.source_id,
                    route=rank.route,
                    score=rank.score,
                    passage=passage_found,
                    finding=finding,
                    features=(("search", score), ("cosine", dense)),
                )
            )
    return tuple(candidates)
