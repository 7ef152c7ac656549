"""The passages and findings of the best sources that may decide a claim, each with the features of its score."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.link.disputes import Disputes
from kb.link.numbers import number_pattern
from kb.link.queries import clause_query, query_of
from kb.link.searching import Searched
from kb.link.values import Library, SourceRank
from kb.text import fold_text
from kb.types import Candidate, Claim, ClaimKind, Route
from kb.words import content_stems, coverage

_SOURCES_WEIGHED = 6
_PASSAGES_PER_SOURCE = 6
_DISPUTED = 3  # the best sources whose critics are weighed too
_FEW = 3  # passages found of a source, under which it is searched on its own
_SECOND_SEARCH = 0.5  # worth of a score that ranks within one source, against one that ranks among all

# Of a passage's features in its order among those of its source; in rough steps on the open articles.
_PASSAGE_WEIGHTS = (("search", 0.5), ("cosine", 1.0), ("number", 0.3), ("parts", 0.7), ("wording", 2.0))
_SHORTEST_QUOTED = 8  # characters of a quotation that are looked for as they are

Entries = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a passage should hold: the claim's numbers, the content words of its clause and parts, quoted words."""

    numbers: re.Pattern[str] | None
    parts: dict[str, float]
    quoted: str


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
        wanted = _read_wanted(claim)
        candidates: list[Candidate] = []
        for rank in weighed:
            entries = {**extra.get(rank.source_id, {}), **found.entries.get(rank.source_id, {})}
            candidates += _candidates_of(wanted, rank, entries, library)
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


def _candidates_of(wanted: _Wanted, rank: SourceRank, entries: Entries, library: Library) -> list[Candidate]:
    order = sorted(entries, key=lambda entry: (-entries[entry][0], -entries[entry][1], entry))
    chosen = dict.fromkeys(order[:_PASSAGES_PER_SOURCE])
    if wanted.numbers is not None:
        for held in library.passages_of(rank.source_id):
            if held.id not in chosen and wanted.numbers.search(held.selector.exact):
                chosen[held.id] = None
    candidates = []
    for entry_id in chosen:
        score, dense = entries.get(entry_id, (0.0, 0.0))
        passage = library.passage(entry_id)
        finding = None if passage is not None else library.finding(entry_id)
        if passage is None and finding is None:
            continue
        text = passage.selector.exact if passage is not None else finding.statement if finding else ""
        features = {
            "search": score,
            "cosine": dense,
            "number": 1.0 if wanted.numbers is not None and wanted.numbers.search(text) else 0.0,
            "parts": coverage(wanted.parts, library.reader.stems(text)),
            "wording": 1.0 if wanted.quoted and wanted.quoted in library.reader.folded(text).text else 0.0,
        }
        candidates.append(
            Candidate(
                source_id=rank.source_id,
                route=rank.route,
                score=rank.score,
                passage=passage,
                finding=finding,
                features=tuple((name, round(value, 6)) for name, value in features.items()),
            )
        )
    return sorted(candidates, key=_place_in_source)


def _place_in_source(candidate: Candidate) -> tuple[float, str]:
    features = dict(candidate.features)
    worth = sum(weight * features[name] for name, weight in _PASSAGE_WEIGHTS)
    held = candidate.passage or candidate.finding
    return (-round(worth, 6), held.id if held is not None else "")


def _read_wanted(claim: Claim) -> _Wanted:
    quoted = claim.span.exact if claim.kind is ClaimKind.QUOTATION else ""
    words = fold_text(quoted).strip("\"'.,;: ")
    return _Wanted(
        numbers=number_pattern(claim.quantities) if claim.quantities else None,
        parts=content_stems(clause_query(claim)),
        quoted=words if len(words) >= _SHORTEST_QUOTED else "",
    )
