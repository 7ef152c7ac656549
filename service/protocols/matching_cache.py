"""The matcher over the stored claims, made anew where the knowledge base has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.matching import ClaimMatch, ClaimMatcher

if TYPE_CHECKING:
    from kb.store import Store


class MatcherCache:
    """For one thread (the worker's): reading and replacing are not guarded."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._matcher: ClaimMatcher | None = None
        self._state: object = None

    def current(self) -> ClaimMatcher:
        state = (self._store.last_changed(), self._store.ground())
        if self._matcher is None or state != self._state:
            self._matcher = ClaimMatcher.of_store(self._store)
            self._state = state
        return self._matcher

    def find(self, text: str, limit: int) -> list[ClaimMatch]:
        return self.current().find(text, limit)

    def newest(self, limit: int) -> list[ClaimMatch]:
        """Every claim, the latest saved first, without a score."""
        claims = sorted(
            self.current().claims, key=lambda one: (-one.article.saved_at.timestamp(), one.checked.claim.id)
        )
        return [ClaimMatch(claim=one, score=0.0, same=False, reasons=()) for one in claims[:limit]]
