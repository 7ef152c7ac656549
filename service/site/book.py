"""What the pages of a site say of other claims, kept from one build to the next: a row, its neighbours, feeds.

Owns the short form of a claim and which claims stand beside which; a claim whose mark is unchanged isn't read
again. Refuses to know HTML and files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.site.views import Badge

if TYPE_CHECKING:
    from kb.store import ClaimMark

RELATED = 4
_AMONG = 20  # claims of one label among which the related ones are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """A claim in a list."""

    id: str
    text: str
    badge: Badge
    article_id: str
    article_title: str
    source_title: str
    recorded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortClaim:
    """`key` covers all that its own pages are made of, but for the claims beside it; `deciding` are the
    sources that decided it; `version` tells two verdicts on it apart; `record` is its page for the indexer;
    `former` is the label of the verdict before, in words."""

    key: str
    row: ClaimRow
    deciding: tuple[str, ...]
    explanation: str
    version: str
    record: str
    former: str


def write_short(short: ShortClaim) -> dict[str, Any]:
    return asdict(short)


def read_short(fields: dict[str, Any]) -> ShortClaim:
    row = dict(fields["row"])
    row["badge"] = Badge(**row["badge"])
    return ShortClaim(**{**fields, "row": ClaimRow(**row), "deciding": tuple(fields["deciding"])})


class ClaimBook:
    """Every claim of a site, in the order of articles and places."""

    def __init__(self, marks: Sequence[ClaimMark], shorts: dict[str, ShortClaim]) -> None:
        self.marks = marks
        self.shorts = shorts
        self._place = {mark.id: at for at, mark in enumerate(marks)}

    def find(
        self, *, source: str | None = None, article: str | None = None, topic: str | None = None
    ) -> list[ShortClaim]:
        """The claims that cite or name a source or are decided by it, or are of an article or topic; without
        any of them all."""
        if source is not None:
            return self._take(self._by_source[source])
        if article is not None:
            return self._take(self._by_article[article])
        if topic is not None:
            return self._take(self._by_topic[topic])
        return [self.shorts[mark.id] for mark in self.marks]

    def related(self, claim_id: str) -> list[ShortClaim]:
        """Others that the same source decided, what was contested first."""
        deciding = self.shorts[claim_id].deciding
        if not deciding:
            return []
        return [one for one in self._by_deciding[deciding[0]] if one.row.id != claim_id][:RELATED]

    def neighbours(self, claim_id: str) -> list[ShortClaim]:
        """The claims before and after it in its article."""
        at = self._place[claim_id]
        own = self.marks[at].article_id
        beside = [self.marks[i] for i in (at - 1, at + 1) if 0 <= i < len(self.marks)]
        return [self.shorts[mark.id] for mark in beside if mark.article_id == own]

    def latest(self, claims: Iterable[ShortClaim], ranks: dict[str, int]) -> list[ShortClaim]:
        """Newest verdict first; of one moment, by the ranks of their labels."""
        listed = sorted(claims, key=lambda one: ranks[one.row.badge.key])
        listed.sort(key=lambda one: one.row.recorded_at, reverse=True)
        return listed

    def _take(self, ids: Iterable[str]) -> list[ShortClaim]:
        return [self.shorts[one] for one in ids]

    @cached_property
    def _by_source(self) -> defaultdict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for mark in self.marks:
            for source in mark.linked:
                found[source].append(mark.id)
        return found

    @cached_property
    def _by_article(self) -> defaultdict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for mark in self.marks:
            found[mark.article_id].append(mark.id)
        return found

    @cached_property
    def _by_topic(self) -> defaultdict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for mark in self.marks:
            for topic in mark.topics:
                found[topic].append(mark.id)
        return found

    @cached_property
    def _by_deciding(self) -> dict[str, list[ShortClaim]]:
        found: dict[str, dict[str, list[ShortClaim]]] = {}
        for mark in self.marks:
            short = self.shorts[mark.id]
            for source in dict.fromkeys(short.deciding):
                labels = found.setdefault(source, {"contested": [], "supported": []})
                listed = labels.get(short.row.badge.key)
                if listed is not None and len(listed) < _AMONG:
                    listed.append(short)
        ordered = {source: [*two["contested"], *two["supported"]] for source, two in found.items()}
        return defaultdict(list, ordered)
