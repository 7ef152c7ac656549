"""What linking reads and gives: the library it asks, a source's rank for a claim, and a claim with its candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.reader import Reader
from kb.types import Candidate, Claim, Passage, Route, Source, SourceFinding


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


class LinkSourceHit(Protocol):
    """What linking reads of a source that search found (kb.index.SourceHit)."""

    @property
    def source_id(self) -> str: ...
    @property
    def words(self) -> float: ...
    @property
    def topic(self) -> float: ...
    @property
    def nearest(self) -> float: ...
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
    def search_sources(self, queries: Sequence[str], *, limit: int) -> Sequence[Sequence[LinkSourceHit]]: ...
    def passages_of(self, source_id: str) -> Sequence[Passage]: ...
    def passage(self, passage_id: str) -> Passage | None: ...
    def finding(self, finding_id: str) -> SourceFinding | None: ...
    def text_of(self, source_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRank:
    """A source's rank for one claim. `route` says how it came in; `features` are what the score was made of, by
    name."""

    source_id: str
    score: float
    route: Route
    features: tuple[tuple[str, float], ...] = ()

    def feature(self, name: str) -> float:
        return dict(self.features).get(name, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedClaim:
    """`ranks` best first, both routes together; `cited` and `searched` are the two kept apart, each best first."""

    claim: Claim
    ranks: tuple[SourceRank, ...]
    candidates: tuple[Candidate, ...]

    @property
    def cited(self) -> tuple[SourceRank, ...]:
        """Sources that the article points at or names here."""
        return tuple(rank for rank in self.ranks if rank.route in (Route.CITED, Route.ATTRIBUTED))

    @property
    def searched(self) -> tuple[SourceRank, ...]:
        """Sources that only search brought in."""
        return tuple(rank for rank in self.ranks if rank.route is Route.SEARCHED)
