"""Asks search for every claim of an article at once, and gathers what it says of each source and each passage."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.link.numbers import number_pattern
from kb.link.queries import Query, queries_of
from kb.link.values import Library, LinkHit, LinkSourceHit
from kb.types import Claim, ClaimKind

_HITS = 40  # passages and findings for each query
_SOURCES = 64  # sources for each query


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What search says for one claim. By source id: `relevance` (over the claim's queries, in [0, 1]), `nearest`
    (best cosine of a passage), `numbers` (0 where no passage that came up holds the claim's number, up to 1 where
    this source's does and hardly another's). `entries[source][entry]` is (score, cosine) of passages and findings."""

    relevance: Mapping[str, float]
    nearest: Mapping[str, float]
    numbers: Mapping[str, float]
    entries: Mapping[str, Mapping[str, tuple[float, float]]]


def search_claims(claims: Sequence[Claim], library: Library) -> list[Searched]:
    """In the claims' order; each text is asked once, however many claims share it."""
    asked = [queries_of(claim) for claim in claims]
    texts = list(dict.fromkeys(query.text for queries in asked for query in queries))
    hits = dict(zip(texts, library.search_many(texts, limit=_HITS), strict=True))
    sources = dict(zip(texts, library.search_sources(texts, limit=_SOURCES), strict=True))
    return [
        _gather(claim, queries, hits, sources, library) for claim, queries in zip(claims, asked, strict=True)
    ]


def _gather(
    claim: Claim,
    queries: Sequence[Query],
    hits: Mapping[str, Sequence[LinkHit]],
    sources: Mapping[str, Sequence[LinkSourceHit]],
    library: Library,
) -> Searched:
    entries: dict[str, dict[str, tuple[float, float]]] = {}
    nearest: dict[str, float] = {}
    for query in queries:
        for hit in hits[query.text]:
            mine = entries.setdefault(hit.source_id, {})
            score, cosine = mine.get(hit.entry_id, (0.0, 0.0))
            mine[hit.entry_id] = (score + query.share * hit.score, max(cosine, hit.dense))
            nearest[hit.source_id] = max(nearest.get(hit.source_id, 0.0), hit.dense)
    relevance: dict[str, float] = {}
    found = [{hit.source_id: hit.score for hit in sources[query.text]} for query in queries]
    for source_id in sorted({source_id for one in found for source_id in one}):
        total = 0.0
        for query, one in zip(queries, found, strict=True):
            least = min(
                one.values(), default=0.0
            )  # what wasn't among the best is no better than the last of them
            total += query.share * one.get(source_id, least)
        relevance[source_id] = total
    return Searched(
        relevance=relevance,
        nearest=nearest,
        numbers=_find_numbers(claim, entries, library),
        entries=entries,
    )


def _find_numbers(
    claim: Claim, entries: Mapping[str, Mapping[str, tuple[float, float]]], library: Library
) -> dict[str, float]:
    """For each source whose passages hold the claim's number, how telling that is."""
    pattern = number_pattern(claim.quantities) if claim.kind is ClaimKind.QUANTITY else None
    if pattern is None or not entries:
        return {}
    holding = [source for source in sorted(entries) if _holds(pattern, entries[source], library)]
    if not holding:
        return {}
    telling = math.log(len(entries) / len(holding) + 1.0) / math.log(len(entries) + 1.0)
    return dict.fromkeys(holding, telling)


def _holds(pattern: re.Pattern[str], entries: Mapping[str, tuple[float, float]], library: Library) -> bool:
    return any(pattern.search(text_of_entry(entry_id, library)) for entry_id in entries)


def text_of_entry(entry_id: str, library: Library) -> str:
    """The words of a passage or the statement of a finding; "" for neither."""
    passage = library.passage(entry_id)
    if passage is not None:
        return passage.selector.exact
    finding = library.finding(entry_id)
    return "" if finding is None else finding.statement
