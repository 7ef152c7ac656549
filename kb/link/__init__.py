"""Links claims to sources: the cited route and the searched route, and what the rest of the article is about.

Proposes candidates (passages and registry findings) with named features; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.link.candidates import gather_candidates
from kb.link.disputes import DISPUTING, Disputes, index_disputes
from kb.link.numbers import number_pattern
from kb.link.queries import clause_query, query_of
from kb.link.ranking import Naming, rank_sources
from kb.link.searching import search_claims
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
    "SourceRank",
    "clause_query",
    "index_disputes",
    "link_claims",
    "number_pattern",
    "query_of",
]


def link_claims(
    claims: Sequence[Claim],
    library: Library,
    *,
    document_cites: frozenset[str] = frozenset(),
    document_text: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LinkedClaim, ...]:
    """Rank the sources and gather the candidates of every claim, in the claims' order. `document_cites` are the
    sources that a link anywhere in the article points at, `document_text` is read for their names."""
    if not claims:
        return ()
    searched = search_claims(claims, library)
    names = index_names(library.sources.values())
    naming = Naming(
        here=[
            names.weigh(claim.attribution or "") or names.weigh(f"{claim.context} {claim.sentence.exact}")
            for claim in claims
        ],
        anywhere=names.weigh(document_text),
        cites=document_cites,
    )
    disputes = index_disputes(library.sources.values())
    ranks = rank_sources(claims, searched, naming, disputes, frozenset(library.sources))
    candidates = gather_candidates(claims, ranks, searched, disputes, library)
    linked = []
    for position, claim in enumerate(claims):
        linked.append(LinkedClaim(claim=claim, ranks=ranks[position], candidates=candidates[position]))
        if progress is not None:
            progress(position + 1, len(claims))
    return tuple(linked)
