"""One search over all that is held: claims by their words and their numbers, sources by words and meaning.

Owns how the two ways of finding a claim are joined: what the matcher finds comes first, with why; claims that
merely hold every word follow. Refuses to know how either searches, and how an answer looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.store import StoredClaim
    from service.matching import ClaimMatch
    from service.protocols.matching_cache import MatcherCache
    from service.workbench import SearchHit, Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """`claims` best first; `matches` say of those that the matcher found how near they are and why."""

    claims: tuple[StoredClaim, ...]
    matches: tuple[ClaimMatch, ...]
    hits: tuple[SearchHit, ...]


def search_all(workbench: Workbench, matchers: MatcherCache, query: str, limit: int) -> Findings:
    """At most `limit` claims and as many passages and findings; for the worker's thread."""
    answer = workbench.search(query, limit)
    matches = matchers.find(query, limit)
    found = {match.claim.checked.claim.id: match.claim for match in matches}
    for claim in answer.claims:
        found.setdefault(claim.checked.claim.id, claim)
    return Findings(claims=tuple(found.values())[:limit], matches=tuple(matches), hits=answer.hits)
