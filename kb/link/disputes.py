"""Which sources of a registry contest which: read once for all claims of a check, then asked by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.types import Contest, ContestKind, Source

DISPUTING = frozenset(
    {ContestKind.REBUTS, ContestKind.DISPUTES, ContestKind.FAILS_TO_REPLICATE, ContestKind.CORRECTS}
)


@dataclass(frozen=True, slots=True)
class Disputes:
    """`against[id]` are the sources that say something against that source, with what they say, by id;
    `holders` are all sources that contest another."""

    against: Mapping[str, tuple[tuple[Source, Contest], ...]]
    holders: frozenset[str]

    def sources_against(self, source_id: str) -> tuple[str, ...]:
        """Ids of the sources that contest this one, each once, in order."""
        return tuple(dict.fromkeys(source.id for source, _ in self.against.get(source_id, ())))

    def contests(self, source_id: str, other: str) -> bool:
        """Whether the first of the two contests the second."""
        return any(source.id == source_id for source, _ in self.against.get(other, ()))


def index_disputes(sources: Iterable[Source]) -> Disputes:
    """All contests of these sources, by the source that they are against."""
    against: dict[str, list[tuple[Source, Contest]]] = {}
    holders = set()
    for source in sorted(sources, key=lambda source: source.id):
        for contest in source.contests:
            holders.add(source.id)
            against.setdefault(contest.source_id, []).append((source, contest))
    return Disputes({key: tuple(rows) for key, rows in against.items()}, frozenset(holders))
