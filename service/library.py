"""What linking and judging may read of an open knowledge base: sources, passages, texts, search; each read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.embed import Embedder
from kb.index import Hit, Index, SourceHit
from kb.reader import Reader
from kb.source_names import SourceNames, index_names
from kb.store import Store
from kb.types import BlockKind, Document, Passage, Source, SourceFinding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class CheckVectors:
    """An embedder that embeds each query of one check once. `forget` drops what it holds: a draft must not
    outlive its check."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self.sha256 = embedder.sha256
        self.dimensions = embedder.dimensions
        self._embedder = embedder
        self._held: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._held]
        if new:
            self._held.update(zip(new, self._embedder.embed(new), strict=True))
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([self._held[text] for text in texts])

    def forget(self) -> None:
        self._held.clear()


@dataclass(slots=True)
class StoreLibrary:
    """kb.link.Library over a store and its index. Holds what it has read until it is dropped; make a new
    one when the store has changed (`Workbench` does)."""

    store: Store
    index: Index
    reader: Reader = field(default_factory=Reader)
    _names: SourceNames | None = None
    _sources: dict[str, Source] | None = None
    _findings: dict[str, SourceFinding] = field(default_factory=dict)
    _by_source: dict[str, tuple[Passage, ...]] = field(default_factory=dict)
    _passages: dict[str, Passage | None] = field(default_factory=dict)
    _documents: dict[str, Document | None] = field(default_factory=dict)
    _texts: dict[str, str | None] = field(default_factory=dict)

    @property
    def names(self) -> SourceNames:
        """By which names an article may speak of the sources."""
        if self._names is None:
            self._names = index_names(self.sources.values())
        return self._names

    @property
    def sources(self) -> Mapping[str, Source]:
        if self._sources is None:
            self._sources = {source.id: source for source in self.store.iter_sources()}
            self._findings = {
                finding.id: finding for source in self._sources.values() for finding in source.findings
            }
        return self._sources

    def search_many(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> Sequence[Sequence[Hit]]:
        """Without `source_ids` the reviewed sources are searched: a page that nobody has looked at can be
        stuffed with the words of claims, and would push out what could decide. Cited, it is weighed."""
        return self.search_all(
            queries, limit=limit, source_ids=self._reviewed_ids() if source_ids is None else source_ids
        )

    def _reviewed_ids(self) -> frozenset[str] | None:
        """None where every source is reviewed, which is the quick way to search."""
        reviewed = frozenset(source.id for source in self.sources.values() if source.reviewed_by is not None)
        return None if len(reviewed) == len(self.sources) else reviewed

    def search_all(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> Sequence[Sequence[Hit]]:
        """What `search_many` does, over all sources: for a person who looks for something."""
        answers = self.index.search_many(queries, limit=limit, source_ids=source_ids)
        wanted = {hit.entry_id for hits in answers for hit in hits if hit.kind == "passage"}
        missing = sorted(wanted - self._passages.keys())
        if missing:
            found = self.store.load_passages(missing)
            self._passages.update({passage_id: found.get(passage_id) for passage_id in missing})
        return answers

    def search_sources(self, queries: Sequence[str], *, limit: int) -> Sequence[Sequence[SourceHit]]:
        """The reviewed sources alone, as in `search_many`."""
        reviewed = self._reviewed_ids()
        if reviewed is None:
            return self.index.search_sources(queries, limit=limit)
        wide = self.index.search_sources(queries, limit=limit + len(self.sources) - len(reviewed))
        return [[hit for hit in hits if hit.source_id in reviewed][:limit] for hits in wide]

    def passages_of(self, source_id: str) -> Sequence[Passage]:
        if source_id not in self._by_source:
            passages = tuple(self.store.iter_passages(source_id))
            self._by_source[source_id] = passages
            self._passages.update({passage.id: passage for passage in passages})
        return self._by_source[source_id]

    def passage(self, passage_id: str) -> Passage | None:
        if passage_id not in self._passages:
            self._passages[passage_id] = self.store.load_passages([passage_id]).get(passage_id)
        return self._passages[passage_id]

    def finding(self, finding_id: str) -> SourceFinding | None:
        if self._sources is None:
            _ = self.sources
        return self._findings.get(finding_id)

    def document_of(self, source_id: str) -> Document | None:
        if source_id not in self._documents:
            self._documents[source_id] = self.store.load_source_document(source_id)
        return self._documents[source_id]

    def text_of(self, source_id: str) -> str | None:
        """The source's text with its address lines and front matter blanked, offsets kept: those are no
        words of the source."""
        if source_id not in self._texts:
            document = self.document_of(source_id)
            self._texts[source_id] = None if document is None else _without_metadata(document)
        return self._texts[source_id]


def _without_metadata(document: Document) -> str:
    text = document.text
    for block in document.blocks:
        if block.kind is BlockKind.METADATA:
            text = text[: block.start] + " " * (block.end - block.start) + text[block.end :]
    return text
