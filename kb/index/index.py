"""The index of one knowledge base: finds the passages and findings that may bear on a sentence.

Owns the folder `index` of the home, its upkeep, and the state that says how the
index stands to the store. Everything here is derived: whatever is missing, torn or stale is said, worked
around at once, and made again by `refresh` or `rebuild`.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from kb.index.dense import DenseSide
from kb.index.entries import EntryTable, iter_entries, read_table, text_key
from kb.index.faults import DerivedFault
from kb.index.generations import Generation, drop_older
from kb.index.lexical import LexicalIndex
from kb.index.search import Searcher, make_issue
from kb.index.state import StateFile, read_state, remove_state, write_state
from kb.index.types import EntryStore, Hit, IndexState, IndexStatus, SourceHit
from kb.index.vectors import VectorTable, load_matrix
from kb.index.view import View, make_view
from kb.types import Issue

if TYPE_CHECKING:
    from kb.embed import Embedder

_EMBED_BATCH = 64  # texts embedded between two saves: what a kill can lose

Progress = Callable[[int, int], None]


class Index:
    """Use as a context manager, or call close(). Safe to share between threads; a refresh in one doesn't stop
    searches in others."""

    def __init__(
        self,
        store: EntryStore,
        embedder: Embedder,
        *,
        chroma_url: str | None = None,
        queries: Embedder | None = None,
        exact: bool = False,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._folder = store.home / "index"
        self._mutex = threading.Lock()
        self._dense = DenseSide(self._folder, embedder.sha256, chroma_url, exact=exact)
        self._searcher = Searcher(store, self._folder, self._dense, queries or embedder)
        self._view = self._load_view()

    @classmethod
    def open(
        cls,
        store: EntryStore,
        embedder: Embedder,
        *,
        chroma_url: str | None = None,
        queries: Embedder | None = None,
        exact: bool = False,
    ) -> Index:
        """The index under `store.home`; embeds nothing and writes nothing. `issues` says what is missing;
        `refresh` brings it up to the store. `chroma_url` names a Chroma server to use instead of the
        embedded one, `exact` uses none at all; `queries` embeds what is searched for, where that is not to be
        `embedder` itself."""
        return cls(store, embedder, chroma_url=chroma_url, queries=queries, exact=exact)

    def close(self) -> None:
        """Let go of the Chroma directory, so that another process can own it."""
        self._dense.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What is wrong with the index as far as it has been used: Chroma is opened by the first search."""
        return self._view.issues + self._dense.issues

    def is_current(self) -> bool:
        """Whether the store is as it was when this index last looked; cheap."""
        return self._view.ground == self._store.ground()

    # ----------------------------------------------------------------------- searching

    def search(
        self, query: str, *, limit: int = 20, source_ids: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """The best `limit` entries for a text, best first, ties by id; only those of `source_ids` where given.
        Any string is a query; one without a letter or digit finds nothing."""
        return self.search_many([query], limit=limit, source_ids=source_ids)[0]

    def search_many(
        self, queries: Sequence[str], *, limit: int = 20, source_ids: frozenset[str] | None = None
    ) -> tuple[tuple[Hit, ...], ...]:
        """`search` for each query, on one state of the index."""
        return self._searcher.search_many(queries, limit=limit, source_ids=source_ids)

    def search_sources(self, queries: Sequence[str], *, limit: int = 20) -> tuple[tuple[SourceHit, ...], ...]:
        """For each query the best `limit` sources by all of their text, best first, ties by id."""
        return self._searcher.search_sources(queries, limit=limit)

    def count_texts(self, source_id: str) -> int:
        """How many texts (passages, findings, their sentences) the index holds of a source."""
        sources = self._view.sources
        place = sources.place_of.get(source_id)
        return 0 if place is None else int(sources.count_texts(np.array([place]))[0])

    @property
    def _view(self) -> View:
        return self._searcher.view

    @_view.setter
    def _view(self, view: View) -> None:
        self._searcher.view = view

    def _generation(self, table: EntryTable, *, whole: bool) -> Generation:
        return Generation(self._store, self._folder, table, whole=whole)

    # ----------------------------------------------------------------------- keeping up with the store

    def refresh(self, progress: Progress | None = None) -> None:
        """Index what the store has and the index lacks, drop what is gone. Repeatable, and it goes on where
        a kill stopped it: vectors are saved every 64 texts. `progress` is told texts done and in all."""
        with self._mutex:
            self._refresh(progress)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make the whole folder again from the store, whose sound vectors are used."""
        with self._mutex:
            remove_state(self._folder)
            self._dense.wipe()
            shutil.rmtree(self._folder / "lexical", ignore_errors=True)
            self._refresh(progress)
            self._store.prune_vectors(self._embedder.sha256, self._view.table.live_keys())

    def _refresh(self, progress: Progress | None) -> None:
        ground, table, vectors = self._read_store()
        total = len(vectors.missing) + len(table.live_keys())
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(min(done, total), total)

        if vectors.missing:
            advance(0)
            self._embed_missing(vectors, advance)
            ground, table, vectors = self._read_store()
        issues: list[Issue] = []
        lexical = self._publish(table, issues, whole=False)
        whole = self._publish(table, issues, whole=True)
        self._view = make_view(ground, table, vectors, lexical, whole, tuple(issues))
        self._dense.synchronise(vectors, table.digest, advance)
        write_state(self._folder, StateFile(generation=table.digest, ground=ground, entries=len(table)))
        drop_older(self._folder, table)
        advance(total - done)

    def _embed_missing(self, vectors: VectorTable, advance: Callable[[int], None]) -> None:
        lacking = set(vectors.missing)
        _, cards = read_table(self._store, self._embedder.sha256)
        texts = {key: text for key, text in cards.items() if key in lacking}
        for entry in iter_entries(self._store):
            for text in (entry.text, *entry.sentences):
                key = text_key(text)
                if key in lacking:
                    texts[key] = text
        keys = sorted(texts)
        for start in range(0, len(keys), _EMBED_BATCH):
            batch = keys[start : start + _EMBED_BATCH]
            matrix = self._embedder.embed([texts[key] for key in batch]).astype("<f4")
            rows = [(key, matrix[row].tobytes()) for row, key in enumerate(batch)]
            self._store.save_vectors(self._embedder.sha256, rows)
            advance(len(batch))

    def _publish(self, table: EntryTable, issues: list[Issue], *, whole: bool) -> LexicalIndex | None:
        generation = self._generation(table, whole=whole)
        lexical = generation.open()
        if lexical is None:
            try:
                lexical = generation.publish()
            except DerivedFault as fault:
                note = f"The lexical index can't be kept: {fault}. Run `wherefrom reindex`."
                issues.append(make_issue("lexical_index_unusable", note))
                lexical = generation.build()
        return lexical

    # ----------------------------------------------------------------------- state

    def state(self) -> IndexState:
        """How the index stands to the store as it is now."""
        view = self._view if self.is_current() else self._load_view()
        digest = view.table.digest
        published = self._generation(view.table, whole=False).open()
        whole = self._generation(view.table, whole=True).open()
        texts = len(view.table.live_keys())
        # Chroma is asked for the state that is searched, lest it be closed for another's sake.
        mine = self._view
        chroma = self._dense.count(mine.vectors, mine.exact, mine.table.digest)
        state = read_state(self._folder)
        status, message = IndexStatus.OK, "The index is up to date."
        if len(view.table) or state is not None:
            if state is None:
                status, message = IndexStatus.MISSING, "There is no index yet. Run `wherefrom reindex`."
            elif state.generation != digest or view.vectors.missing or published is None or whole is None:
                status = IndexStatus.STALE
                message = "The index isn't up to date with the store. Run `wherefrom reindex`."
            elif chroma is not None and chroma != texts:
                status = IndexStatus.STALE
                message = "The vector index isn't up to date or is damaged. Run `wherefrom reindex`."
        return IndexState(
            status=status,
            message=message,
            generation=digest,
            entries=len(view.table),
            texts=texts,
            vectors=view.vectors.count_complete(view.table),
            lexical=0 if published is None else len(published),
            chroma=chroma,
        )

    def _read_store(self) -> tuple[str, EntryTable, VectorTable]:
        """The entries and vectors of one ground: read again while a writer is at it."""
        ground = self._store.ground()
        while True:
            table, _ = read_table(self._store, self._embedder.sha256)
            after = self._store.ground()
            if after == ground:
                break
            ground = after
        keys, matrix = load_matrix(self._store, self._embedder.sha256, self._embedder.dimensions)
        return ground, table, VectorTable(table, keys, matrix)

    def _load_view(self) -> View:
        ground, table, vectors = self._read_store()
        issues: list[Issue] = []
        state = read_state(self._folder)
        if len(table):
            if state is None:
                issues.append(make_issue("index_missing", "There is no index yet. Run `wherefrom reindex`."))
            elif state.generation != table.digest:
                note = "The search index is older than the store. Run `wherefrom reindex`."
                issues.append(make_issue("index_stale", note))
        if vectors.missing:
            lacking = len(table) - vectors.count_complete(table)
            note = (
                f"{lacking} of {len(table)} entries can't be found by meaning yet. Run `wherefrom reindex`."
            )
            issues.append(make_issue("vectors_missing", note))
        entries, sources = (self._generation(table, whole=whole) for whole in (False, True))
        published, published_whole = entries.open(), sources.open()
        lexical, whole = published or entries.build(), published_whole or sources.build()
        if (published is None or published_whole is None) and len(table) and not issues:
            issues.append(
                make_issue("lexical_index_missing", "The lexical index is gone; one in memory answers.")
            )
        if lexical is None or whole is None:
            note = "The lexical index is missing: search goes by meaning alone. Run `wherefrom reindex`."
            issues.append(make_issue("lexical_index_unusable", note))
        return make_view(ground, table, vectors, lexical, whole, tuple(issues))
