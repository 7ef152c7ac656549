"""Links claims to sources: the cited route and the searched route, and what the rest of the article is about.

Proposes candidates (passages and registry findings) with named features; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.link.candidates import gather_candidates
from kb.link.disputes import DISPUTING, Disputes, index_disputes
from kb.link.numbers import number_pattern
from kb.link.queries import clause_query, query_of
from kb.link.ranking import Naming, Weights, rank_sources
from kb.link.searching import Searched, search_claims
from kb.link.values import Library, LinkedClaim, LinkHit, LinkSourceHit, SourceRank
from kb.source_names import index_names
from kb.types import Claim

__all__ = [
    "DISPUTING",
    "Disputes",
    "Library",
    "LinkHit",
    "LinkSourceHit",
    "LinkedClaim",
    "Reading",
    "SourceRank",
    "Weights",
    "clause_query",
    "index_disputes",
    "link_claims",
    "link_reading",
    "number_pattern",
    "query_of",
    "read_claims",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that is known of an article's claims and a library's sources before they are ranked."""

    claims: tuple[Claim, ...]
    searched: tuple[Searched, ...]
    naming: Naming
    disputes: Disputes

    def rank(self, known: frozenset[str], weights: Weights) -> list[tuple[SourceRank, ...]]:
        """The ranks of every claim among these sources, in the claims' order."""
        return rank_sources(self.claims, self.searched, self.naming, self.disputes, known, weights)


def read_claims(
    claims: Sequence[Claim], library: Library, *, document_cites: frozenset[str], document_text: str
) -> Reading:
    """Search for every claim, and find what the article calls its sources."""
    names = index_names(library.sources.values())
    naming = Naming(
        here=[
            names.weigh(claim.attribution or "") or names.weigh(f"{claim.context} {claim.sentence.exact}")
            for claim in claims
        ],
        anywhere=names.weigh(document_text),
        cites=document_cites,
    )
    return Reading(
        claims=tuple(claims),
        searched=tuple(search_claims(claims, library)),
        naming=naming,
        disputes=index_disputes(library.sources.values()),
    )


def link_claims(
    claims: Sequence[Claim],
    library: Library,
    *,
    document_cites: frozenset[str] = frozenset(),
    document_text: str = "",
    weights: Weights = Weights(),  # noqa: B008 - frozen
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LinkedClaim, ...]:
    """Rank the sources and gather the candidates of every claim, in the claims' order. `document_cites` are the
    sources that a link anywhere in the article points at, `document_text` is read for their names."""
    if not claims:
        return ()
    reading = read_claims(claims, library, document_cites=document_cites, document_text=document_text)
    return link_reading(reading, library, weights=weights, progress=progress)


def link_reading(
    reading: Reading,
    library: Library,
    *,
    weights: Weights = Weights(),  # noqa: B008 - frozen
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LinkedClaim, ...]:
    """`link_claims` for claims that have been searched for already."""
    claims = reading.claims
    ranks = reading.rank(frozenset(library.sources), weights)
    candidates = gather_candidates(claims, ranks, reading.searched, reading.disputes, library)
    linked = []
    for position, claim in enumerate(claims):
        linked.append(LinkedClaim(claim=claim, ranks=ranks[position], candidates=candidates[position]))
        if progress is not None:
            progress(position + 1, len(claims))
    return tuple(linked)
