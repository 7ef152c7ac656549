"""The passages and findings of the best sources that may decide a claim, each with the features of its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.link.disputes import Disputes
from kb.link.numbers import number_pattern
from kb.link.queries import query_of
from kb.link.searching import Searched
from kb.link.values import Library, SourceRank
from kb.types import Candidate, Claim, Route

_SOURCES_WEIGHED = 6
_PASSAGES_PER_SOURCE = 6
_DISPUTED = 3  # the best sources whose critics are weighed too
_FEW = 3  # passages found of a source, under which it is searched on its own
_SECOND_SEARCH = 0.5  # worth of a score that ranks within one source, against one that ranks among all

Entries = Mapping[str, tuple[float, float]]


def weighed_sources(ranks: Sequence[SourceRank], disputes: Disputes) -> list[SourceRank]:
    """The sources to weigh: the best, and what the registry says contests the very best."""
    weighed = list(ranks[:_SOURCES_WEIGHED])
    known = {rank.source_id for rank in weighed}
    for rank in ranks[:_DISPUTED]:
        for other in disputes.sources_against(rank.source_id):
            if other not in known:
                known.add(other)
                weighed.append(SourceRank(source_id=other, score=rank.score / 2, route=Route.CONTESTING))
    return weighed


def gather_candidates(
    claims: Sequence[Claim],
    ranks: Sequence[Sequence[SourceRank]],
    searched: Sequence[Searched],
    disputes: Disputes,
    library: Library,
) -> list[tuple[Candidate, ...]]:
    """Of every claim, source by source as ranked, each source's best first."""
    gathered = []
    for claim, mine, found in zip(claims, ranks, searched, strict=True):
        weighed = weighed_sources(mine, disputes)
        missing = [rank.source_id for rank in weighed if len(found.entries.get(rank.source_id, ())) < _FEW]
        extra = _search_within(claim, missing, library)
        candidates: list[Candidate] = []
        for rank in weighed:
            entries = {**extra.get(rank.source_id, {}), **found.entries.get(rank.source_id, {})}
            candidates += _candidates_of(claim, rank, entries, library)
        gathered.append(tuple(candidates))
    return gathered


def _search_within(claim: Claim, source_ids: Sequence[str], library: Library) -> dict[str, Entries]:
    if not source_ids:
        return {}
    limit = 2 * _PASSAGES_PER_SOURCE * len(source_ids)
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for hit in library.search_many([query_of(claim)], limit=limit, source_ids=frozenset(source_ids))[0]:
        found.setdefault(hit.source_id, {})[hit.entry_id] = (hit.score * _SECOND_SEARCH, hit.dense)
    return dict(found)


def _candidates_of(claim: Claim, rank: SourceRank, entries: Entries, library: Library) -> list[Candidate]:
    order = sorted(entries, key=lambda entry: (-entries[entry][0], -entries[entry][1], entry))
    chosen = dict.fromkeys(order[:_PASSAGES_PER_SOURCE])
    numbers = number_pattern(claim.quantities) if claim.quantities else None
    if numbers is not None:
        for held in library.passages_of(rank.source_id):
            if held.id not in chosen and numbers.search(held.selector.exact):
                chosen[held.id] = None
    candidates = []
    for entry_id in chosen:
        score, dense = entries.get(entry_id, (0.0, 0.0))
        passage = library.passage(entry_id)
        finding = None if passage is not None else library.finding(entry_id)
        if passage is not None or finding is not None:
            candidates.append(
                Candidate(
                    source_id=rank.source_id,
                    route=rank.route,
                    score=rank.score,
                    passage=passage,
                    finding=finding,
                    features=(("search", score), ("cosine", dense)),
                )
            )
    return candidates
