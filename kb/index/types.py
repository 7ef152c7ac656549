"""The values of the search index, what it reads of a store, and the face of a vector index; no behaviour."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kb.types import Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PASSAGE = "passage"
FINDING = "finding"
SOURCE = "source"  # a whole source: an entry of the sources' own lexical index, never a hit


class EntryStore(Protocol):
    """What the index reads and keeps in the store (kb.store.Store has it)."""

    @property
    def home(self) -> Path: ...
    def iter_sources(self) -> Iterator[Source]: ...
    def iter_passages(self, source_id: str | None = None) -> Iterator[Passage]: ...
    def save_vectors(self, model: str, rows: Iterable[tuple[str, bytes]]) -> None: ...
    def load_vectors(self, model: str) -> tuple[list[str], bytes]: ...
    def prune_vectors(self, model: str, keep: Collection[str]) -> int: ...
    def ground(self) -> str: ...


class VectorIndex(Protocol):
    """Finds the stored texts nearest to a vector. Keys are those of `kb.index.entries.text_key`."""

    def query(self, vector: NDArray[np.float32], limit: int) -> Sequence[str]:
        """Keys of about the `limit` nearest texts by cosine, nearest first."""
        ...

    def query_many(self, vectors: NDArray[np.float32], limit: int) -> Sequence[Sequence[str]]:
        """`query` for each row of `vectors`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that search can find: a passage (id of the passage) or a finding (id of the finding).

    `text` is what is embedded and found by its words, with white space collapsed; `sentences` are its
    sentences (empty where it is one); `context` are words around it that only the lexical side reads.
    """

    id: str
    kind: str
    source_id: str
    text: str
    sentences: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that may bear on a query.

    `dense`: cosine to the query, mean of the entry's and of its best sentence's, 0 where it is negative.
    `lexical`: the share of the query's words that the entry holds, weighted by their rarity, at most 1.
    `score`: both scaled to [0, 1] over this query's candidates and averaged: it ranks the hits of one
    answer and says nothing across answers.
    """

    entry_id: str
    kind: str
    source_id: str
    lexical: float
    dense: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHit:
    """A source that may bear on a query, by all of its text.

    `words`: BM25 of the query in the whole source, of the most that it could be.
    `topic`: cosine of the query to what the source is about (title and abstract), 0 where it is negative.
    `nearest`: cosine to the nearest sentence, passage or finding of it, 0 where it is negative.
    `score`: the three in one (kb.index.fusion), in [0, 1]; comparable across queries.
    """

    source_id: str
    words: float
    topic: float
    nearest: float
    score: float


class IndexStatus(StrEnum):
    OK = "ok"
    STALE = "stale"  # the store has changed, or vectors are missing
    MISSING = "missing"  # there is no index, or it can't be read


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """How the index stands to the store. `vectors`: entries whose vectors are all there; `lexical`: entries
    in the published lexical index; `chroma`: texts in the vector index (None: another process owns it),
    of `texts` that there are. Search answers in every state; `message` says what to do."""

    status: IndexStatus
    message: str
    generation: str
    entries: int
    texts: int
    vectors: int
    lexical: int
    chroma: int | None
