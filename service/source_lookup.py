"""The sources that stored claims rest on, read once each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.errors import NotFoundError
from kb.types import Source

if TYPE_CHECKING:
    from kb.store import Store, StoredClaim


def sources_of(
    store: Store, claims: Iterable[StoredClaim], known: dict[str, Source] | None = None
) -> list[Source]:
    """The sources that the claims' evidence names; `known` keeps those read before."""
    cache = {} if known is None else known
    wanted: dict[str, None] = {}
    for claim in claims:
        pieces = [*claim.checked.evidence, *(piece for record in claim.history for piece in record.evidence)]
        wanted.update(dict.fromkeys(piece.source_id for piece in pieces))
    for source_id in wanted:
        if source_id not in cache:
            try:
                cache[source_id] = store.load_source(source_id)
            except NotFoundError:  # weighed once, no longer held
                continue
    return [cache[source_id] for source_id in wanted if source_id in cache]
