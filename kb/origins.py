"""Which sources have one origin, so that evidence from one origin counts once; knows no claim and no text.

Sources whose `origin` leads to one another, or which share an origin's key, are one group, however long
the chain (an article retells a press release that announces a paper). The group is named by its root: the
source that all of them lead to, or the key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from kb.types import OriginKind, Source

# Kinds whose text is the other text again: such a source is no evidence for what it copies. A study told
# again by its own authors is: an announcement may misstate its own paper.
COPIES = frozenset({OriginKind.WIRE_COPY, OriginKind.REPRINT, OriginKind.TRANSLATION})

T = TypeVar("T")


def find_origin(source_id: str, sources: Mapping[str, Source]) -> str:
    """The name of the source's origin: the id of the source where its chain ends, or "key:" and the key.
    A source without an origin is its own; a circle (which the registry's checks refuse) is named by its
    smallest id."""
    path: list[str] = []
    current = source_id
    while current not in path:
        path.append(current)
        source = sources.get(current)
        origin = source.origin if source is not None else None
        if origin is None:
            return current
        if origin.source_id is None:
            return f"key:{origin.key}"
        current = origin.source_id
    return min(path[path.index(current) :])


def keep_first_of_each_origin(
    ranked: Iterable[tuple[str, T]], sources: Mapping[str, Source]
) -> tuple[tuple[str, T], ...]:
    """Of (source id, what it says), best first, the first of each origin: copies of one origin count once.
    Several entries of one and the same source stay."""
    holder: dict[str, str] = {}
    kept = []
    for source_id, said in ranked:
        origin = find_origin(source_id, sources)
        if holder.setdefault(origin, source_id) == source_id:
            kept.append((source_id, said))
    return tuple(kept)


def count_origins(source_ids: Iterable[str], sources: Mapping[str, Source]) -> int:
    """How many independent origins these sources have."""
    return len({find_origin(source_id, sources) for source_id in source_ids})


def find_copies(source_ids: Collection[str], sources: Mapping[str, Source]) -> frozenset[str]:
    """These sources and those whose text is theirs again (wire copies, reprints, translations, either way
    round): if an article is one of them, none of them is evidence for it."""
    links: dict[str, set[str]] = {}
    for source in sources.values():
        origin = source.origin
        if origin is not None and origin.kind in COPIES:
            root = origin.source_id or f"key:{origin.key}"
            links.setdefault(root, set()).add(source.id)
            links.setdefault(source.id, set()).add(root)
    found = set(source_ids)
    waiting = list(found)
    while waiting:
        for other in links.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(one for one in found if not one.startswith("key:"))
