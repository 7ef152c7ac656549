"""Follows an article's citations through the texts that are held to their primary ends; says how far it came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from kb.types import Document, Issue, Level, Source
from sources.chains import Chain, describe_chain, follow_chains, list_ends
from sources.resolve import SourceIndex

_MAX_TOLD = 20


class Held(Protocol):
    """What is held (service.library has it)."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    def document_of(self, source_id: str) -> Document | None: ...


def follow_cited(
    cited: Collection[str], library: Held, index: SourceIndex
) -> tuple[frozenset[str], tuple[Issue, ...]]:
    """The primary sources that the cited ones lead to, and one line for each chain of more than one station.
    An end counts as cited by the article: the verdict rests on it, not on who told of it."""

    def links_of(source_id: str) -> Sequence[str] | None:
        document = library.document_of(source_id)
        if document is None:
            return None
        targets = [link.target for link in document.links]
        return [*targets, *(target for note in document.notes for target in note.targets)]

    chains = follow_chains(sorted(cited), index, library.sources, links_of)
    told = [chain for chain in chains if len(chain.links) > 1][:_MAX_TOLD]
    return frozenset(list_ends(chains)), tuple(map(_tell, told))


def _tell(chain: Chain) -> Issue:
    end = "" if chain.is_whole else "; no primary source at its end is known"
    return Issue(
        stage="sources.chains",
        level=Level.INFO,
        code="citation_chain" if chain.is_whole else "citation_chain_broken",
        message=f"cited at second hand: {describe_chain(chain)}{end}",
    )
