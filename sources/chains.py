"""Follows what a source says it has a figure from: article -> blog -> paper, as far as texts at hand go.

A link that leads to a source whose text isn't held is followed to that source and no further, and marked as
not read; one that leads to no known source ends the chain with its address. Knows no text itself: the caller
gives the links of those that are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.types import Source, Tier
from sources.resolve import SourceIndex

MAX_DEPTH = 4
MAX_CHAINS = 200
_MAX_LINKS = 400  # of one text that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One station: a known source, and whether its text was read to find the next."""

    source_id: str
    read: bool
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The stations from the one that an article cites to the one where it ends. `is_whole` says that the
    end is a primary source; else nobody at hand says where the figure is from."""

    links: tuple[ChainLink, ...]

    @property
    def end(self) -> ChainLink:
        return self.links[-1]

    @property
    def is_whole(self) -> bool:
        return self.end.primary


def follow_chains(
    cited: Iterable[str],
    index: SourceIndex,
    sources: Mapping[str, Source],
    links_of: Callable[[str], Sequence[str] | None],
) -> tuple[Chain, ...]:
    """The chains from each cited source: one that is primary ends there; a secondary one leads to what its
    text points at. `links_of` gives the addresses in a held text, None where the text isn't held."""
    chains: list[Chain] = []
    waiting: list[tuple[ChainLink, ...]] = []
    for source_id in dict.fromkeys(cited):
        if source_id in sources:
            waiting.append((_station(sources[source_id], links_of),))
    while waiting and len(chains) < MAX_CHAINS:
        path = waiting.pop(0)
        following = _follow(path, index, sources, links_of)
        if following:
            waiting.extend(following)
        else:
            chains.append(Chain(links=path))
    return tuple(chains)


def list_ends(chains: Iterable[Chain]) -> tuple[str, ...]:
    """The primary sources in which chains of more than one station end, in their order: what an article
    cites without naming it."""
    return tuple(
        dict.fromkeys(chain.end.source_id for chain in chains if chain.is_whole and len(chain.links) > 1)
    )


def describe_chain(chain: Chain) -> str:
    """ "a-blog-2025 (read) -> paper-2024 (not read)"."""
    return " -> ".join(f"{link.source_id} ({'read' if link.read else 'not read'})" for link in chain.links)


def _station(source: Source, links_of: Callable[[str], Sequence[str] | None]) -> ChainLink:
    return ChainLink(
        source_id=source.id,
        read=links_of(source.id) is not None,
        primary=source.tier is Tier.PRIMARY,
    )


def _follow(
    path: tuple[ChainLink, ...],
    index: SourceIndex,
    sources: Mapping[str, Source],
    links_of: Callable[[str], Sequence[str] | None],
) -> list[tuple[ChainLink, ...]]:
    last = path[-1]
    if last.primary or not last.read or len(path) >= MAX_DEPTH:
        return []
    known = {link.source_id for link in path}
    following = []
    targets = (links_of(last.source_id) or ())[:_MAX_LINKS]
    origin = sources[last.source_id].origin
    named = [origin.source_id] if origin is not None and origin.source_id is not None else []
    for source_id in dict.fromkeys((*named, *index.find_identified(dict.fromkeys(targets)))):
        if source_id not in known and source_id in sources:
            following.append((*path, _station(sources[source_id], links_of)))
    return following
