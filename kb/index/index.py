"""The index of one knowledge base: finds the passages and findings that may bear on a sentence.

Owns the folder `index` of the home, the order of the steps of a search, and the state that says how the
index stands to the store. Everything here is derived: whatever is missing, torn or stale is said, worked
around at once, and made again by `refresh` or `rebuild`.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from kb.index.dense import DenseSide
from kb.index.entries import EntryTable, iter_entries, text_key
from kb.index.faults import DerivedFault
from kb.index.fusion import fuse, fuse_sources
from kb.index.generations import Generation, drop_older
from kb.index.lexical import LexicalIndex
from kb.index.state import StateFile, read_state, remove_state, write_state
from kb.index.types import EntryStore, Hit, IndexState, IndexStatus, SourceHit, VectorIndex
from kb.index.vectors import Floats, Ordinals, VectorTable, load_matrix
from kb.index.view import View, make_view
from kb.types import Issue, Level

if TYPE_CHECKING:
    from kb.embed import Embedder

# Candidates of either side before fusion. More of them change no figure on SciFact (kb/models/CARD.md).
_NEAREST_TEXTS = 128
_LEXICAL_HITS = 100
_TOPICS = 64  # sources nearest by their mean vector
_PER_HIT = 6  # texts to look at for each hit that is asked for, beyond those
# Up to here every answer of Chroma is completed by an exact scan (1 to 4 ms): its graph differs from build to
# build and misses a text now and then, and the same input must give the same report.
_CHECKED_TEXTS = 50_000
_EMBED_BATCH = 64  # texts embedded between two saves: what a kill can lose
_DIGITS = 6  # of a score; also what makes equal scores equal

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
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._queries = queries or embedder
        self._folder = store.home / "index"
        self._mutex = threading.Lock()
        self._dense = DenseSide(self._folder, embedder.sha256, chroma_url)
        self._view = self._load_view()

    @classmethod
    def open(
        cls,
        store: EntryStore,
        embedder: Embedder,
        *,
        chroma_url: str | None = None,
        queries: Embedder | None = None,
    ) -> Index:
        """The index under `store.home`; embeds nothing and writes nothing. `issues` says what is missing;
        `refresh` brings it up to the store. `chroma_url` names a Chroma server to use instead of the
        embedded one; `queries` embeds what is searched for, where that is not to be `embedder` itself."""
        return cls(store, embedder, chroma_url=chroma_url, queries=queries)

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
        _check_limit(limit)
        view = self._view
        allowed: Ordinals | None = None
        if source_ids is not None:
            places = [view.sources.place_of[one] for one in source_ids if one in view.sources.place_of]
            mine = [view.sources.entries[place] for place in sorted(places)]
            allowed = np.unique(np.concatenate(mine)) if mine else np.empty(0, dtype=np.int64)
        if allowed is not None and not len(allowed):
            return tuple(() for _ in queries)
        near = self._find_near(view, queries, max(_NEAREST_TEXTS, _PER_HIT * limit), allowed)
        answers: list[tuple[Hit, ...]] = []
        for query in queries:
            if query in near:
                answers.append(self._search(view, query, *near[query], limit, source_ids, allowed))
            else:
                answers.append(())
        return tuple(answers)

    def search_sources(self, queries: Sequence[str], *, limit: int = 20) -> tuple[tuple[SourceHit, ...], ...]:
        """For each query the best `limit` sources by all of their text, best first, ties by id."""
        _check_limit(limit)
        view = self._view
        near = self._find_near(view, queries, max(_NEAREST_TEXTS, _PER_HIT * limit), None)
        return tuple(
            self._search_sources(view, query, *near[query], limit) if query in near else ()
            for query in queries
        )

    def _find_near(
        self, view: View, queries: Sequence[str], limit: int, allowed: Ordinals | None
    ) -> dict[str, tuple[Floats, list[int]]]:
        """The vector and the nearest rows of each query that holds a letter or digit."""
        asked = [query for query in dict.fromkeys(queries) if re.search(r"[^\W_]", query)]
        if not asked:
            return {}
        vectors = self._queries.embed(asked)
        rows = self._nearest_rows(view, vectors, limit, allowed)
        return {query: (vectors[place], rows[place]) for place, query in enumerate(asked)}

    def _search(
        self,
        view: View,
        query: str,
        vector: Floats,
        rows: Sequence[int],
        limit: int,
        source_ids: frozenset[str] | None,
        allowed: Ordinals | None,
    ) -> tuple[Hit, ...]:
        near = view.vectors.owners_of(rows)
        if allowed is not None:
            near = np.intersect1d(near, allowed)
        words = self._ask_words(query, max(_LEXICAL_HITS, 2 * limit), source_ids=source_ids)
        union, words = self._complete(query, near, words)
        if not len(union):
            return ()
        dense = view.vectors.score(vector, union)
        lexical = np.array([words.get(int(place), (0.0, 0.0))[0] for place in union])
        scores = np.round(fuse(dense, lexical), _DIGITS)
        dense = np.nan_to_num(dense)
        ids = view.table.ids
        order = sorted(range(len(union)), key=lambda row: (-scores[row], ids[union[row]]))[:limit]
        return tuple(
            Hit(
                entry_id=ids[union[row]],
                kind=view.table.kinds[union[row]],
                source_id=view.table.source_ids[union[row]],
                lexical=round(words.get(int(union[row]), (0.0, 0.0))[1], _DIGITS),
                dense=round(float(dense[row]), _DIGITS),
                score=float(scores[row]),
            )
            for row in order
        )

    def _search_sources(
        self, view: View, query: str, vector: Floats, rows: Sequence[int], limit: int
    ) -> tuple[SourceHit, ...]:
        near = view.sources.owners_of(view.vectors.owners_of(rows))
        near = np.union1d(near, view.sources.nearest_topics(vector, max(_TOPICS, limit)))
        words = self._ask_words(query, max(_LEXICAL_HITS, 2 * limit), whole=True)
        union, words = self._complete(query, near, words, whole=True)
        if not len(union):
            return ()
        topic, nearest = view.sources.score(vector, union)
        shares = np.array([words.get(int(place), (0.0, 0.0))[1] for place in union])
        scores = np.round(fuse_sources(shares, topic, nearest), _DIGITS)
        topic, nearest = np.nan_to_num(topic), np.nan_to_num(nearest)
        ids = view.sources.ids
        order = sorted(range(len(union)), key=lambda row: (-scores[row], ids[union[row]]))[:limit]
        return tuple(
            SourceHit(
                source_id=ids[union[row]],
                words=round(float(shares[row]), _DIGITS),
                topic=round(float(topic[row]), _DIGITS),
                nearest=round(float(nearest[row]), _DIGITS),
                score=float(scores[row]),
            )
            for row in order
        )

    def _complete(
        self, query: str, near: Ordinals, words: dict[int, tuple[float, float]], *, whole: bool = False
    ) -> tuple[Ordinals, dict[int, tuple[float, float]]]:
        """All candidates of both sides, and the lexical scores of those that only the other side found."""
        union = np.union1d(near, np.array(sorted(words), dtype=np.int64))
        rest = [int(place) for place in union if int(place) not in words]
        if rest:
            words = words | self._ask_words(query, len(rest), ordinals=rest, whole=whole)
        return union, words

    def _nearest_rows(
        self, view: View, queries: Floats, limit: int, allowed: Ordinals | None
    ) -> list[list[int]]:
        """For each vector the rows of its `limit` nearest texts. Of Chroma twice as many are asked for, and the
        first half by exact cosine kept; what its graph missed is added where looking at every row is cheap."""
        vectors, exact = view.vectors, view.exact
        if allowed is not None:  # a filter in Chroma is 30 to 140 times slower than none: look at these rows
            rows = vectors.rows_of(allowed)
            return [vectors.nearest(vector, rows, limit) for vector in queries]
        chosen = self._dense.choose(vectors, exact, view.table.digest)
        given = (
            [set()] * len(queries) if chosen is exact else self._ask_chroma(chosen, view, queries, 2 * limit)
        )
        if len(vectors.keys) > _CHECKED_TEXTS and all(given):
            return [
                vectors.nearest(vector, np.array(sorted(mine), dtype=np.int64), limit)
                for vector, mine in zip(queries, given, strict=True)
            ]
        sure = exact.query_rows(queries, limit)
        for mine, rows_found in zip(given, sure, strict=True):
            if mine and len(mine.intersection(rows_found)) < len(rows_found) / 2:
                fault = DerivedFault(f"it missed more than half of the {len(rows_found)} nearest texts")
                self._dense.condemn(fault, chosen)
                break
        return sure

    def _ask_chroma(self, chosen: VectorIndex, view: View, queries: Floats, wanted: int) -> list[set[int]]:
        """The rows that Chroma gives for each vector; none, and Chroma is asked no more, where it fails or
        gives strays."""
        row_of = view.vectors.row_of
        found: list[set[int]] = []
        try:
            for keys in chosen.query_many(queries, wanted):
                rows = {row_of[key] for key in keys if key in row_of}
                if len(rows) < min(wanted, len(row_of)):
                    raise DerivedFault(f"it gave {len(rows)} known texts where {wanted} were asked for")
                found.append(rows)
        except DerivedFault as fault:
            self._dense.condemn(fault, chosen)
            return [set() for _ in queries]
        return found

    def _ask_words(
        self,
        query: str,
        limit: int,
        *,
        source_ids: frozenset[str] | None = None,
        ordinals: Sequence[int] | None = None,
        whole: bool = False,
    ) -> dict[int, tuple[float, float]]:
        """(BM25, share) by entry, or by source. A published index that breaks while it is asked is replaced
        in memory."""
        view = self._view
        lexical = view.whole if whole else view.lexical
        for _ in range(2):
            if lexical is None:
                break
            try:
                found = lexical.query(query, limit, source_ids=source_ids, ordinals=ordinals)
                return {hit.ordinal: (hit.score, hit.share) for hit in found}
            except DerivedFault as fault:
                note = f"The lexical index can't be used: {fault}. Run `wherefrom reindex`."
                lexical = self._generation(view.table, whole=whole).build()
                if self._view is view:
                    issues = (*view.issues, _issue("lexical_index_unusable", note))
                    changed = {"whole" if whole else "lexical": lexical}
                    self._view = replace(view, issues=issues, **changed)
        return {}

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
        lexical, issues = self._publish_lexical(table)
        self._view = self._make_view(ground, table, vectors, lexical, issues)
        self._dense.synchronise(vectors, table.digest, advance)
        write_state(self._folder, StateFile(generation=table.digest, ground=ground, entries=len(table)))
        drop_generations(self._folder / "lexical", _lexical_name(table))
        advance(total - done)

    def _embed_missing(self, vectors: VectorTable, advance: Callable[[int], None]) -> None:
        lacking = set(vectors.missing)
        texts: dict[str, str] = {}
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

    def _publish_lexical(self, table: EntryTable) -> tuple[LexicalIndex | None, tuple[Issue, ...]]:
        lexical = _open_lexical(self._folder, table)
        if lexical is not None:
            return lexical, ()
        try:
            lexical = LexicalIndex.publish(iter_entries(self._store), _lexical_folder(self._folder, table))
            if len(lexical) != len(table):
                raise DerivedFault("the store was changed while it was written")
        except OSError as error:
            raise make_write_error(self._folder, error) from error
        except DerivedFault as fault:
            note = f"The lexical index can't be kept: {fault}. Run `wherefrom reindex`."
            return self._memory_lexical(table), (_issue("lexical_index_unusable", note),)
        return lexical, ()

    # ----------------------------------------------------------------------- state

    def state(self) -> IndexState:
        """How the index stands to the store as it is now."""
        view = self._view if self.is_current() else self._load_view()
        digest = view.table.digest
        published = _open_lexical(self._folder, view.table)
        texts = len(view.table.live_keys())
        # Chroma is asked for the state that is searched, lest it be closed for another's sake.
        mine = self._view
        chroma = self._dense.count(mine.vectors, mine.exact, mine.table.digest)
        state = read_state(self._folder)
        status, message = IndexStatus.OK, "The index is up to date."
        if len(view.table) or state is not None:
            if state is None:
                status, message = IndexStatus.MISSING, "There is no index yet. Run `wherefrom reindex`."
            elif state.generation != digest or view.vectors.missing or published is None:
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
            table = EntryTable(iter_entries(self._store), self._embedder.sha256)
            after = self._store.ground()
            if after == ground:
                break
            ground = after
        keys, matrix = load_matrix(self._store, self._embedder.sha256, self._embedder.dimensions)
        return ground, table, VectorTable(table, keys, matrix)

    def _load_view(self) -> _View:
        ground, table, vectors = self._read_store()
        issues: list[Issue] = []
        state = read_state(self._folder)
        if len(table):
            if state is None:
                issues.append(_issue("index_missing", "There is no index yet. Run `wherefrom reindex`."))
            elif state.generation != table.digest:
                note = "The search index is older than the store. Run `wherefrom reindex`."
                issues.append(_issue("index_stale", note))
        if vectors.missing:
            lacking = len(table) - vectors.count_complete(table)
            note = (
                f"{lacking} of {len(table)} entries can't be found by meaning yet. Run `wherefrom reindex`."
            )
            issues.append(_issue("vectors_missing", note))
        published = _open_lexical(self._folder, table)
        lexical = published or self._memory_lexical(table)
        if published is None and len(table) and not issues:
            issues.append(
                _issue("lexical_index_missing", "The lexical index is gone; one in memory answers.")
            )
        if lexical is None:
            note = "The lexical index is missing: search goes by meaning alone. Run `wherefrom reindex`."
            issues.append(_issue("lexical_index_unusable", note))
        return self._make_view(ground, table, vectors, lexical, tuple(issues))

    def _memory_lexical(self, table: EntryTable) -> LexicalIndex | None:
        if len(table) > _MEMORY_ENTRIES:
            return None
        try:
            lexical = LexicalIndex.build(iter_entries(self._store))
        except DerivedFault:
            return None
        return lexical if len(lexical) == len(table) else None

    @staticmethod
    def _make_view(
        ground: str,
        table: EntryTable,
        vectors: VectorTable,
        lexical: LexicalIndex | None,
        issues: tuple[Issue, ...],
    ) -> _View:
        by_source: dict[str, list[int]] = {}
        for place, source_id in enumerate(table.source_ids):
            by_source.setdefault(source_id, []).append(place)
        return _View(ground, table, vectors, ExactIndex(vectors), lexical, by_source, issues)


def _lexical_name(table: EntryTable) -> str:
    return table.digest[:32]


def _lexical_folder(folder: Path, table: EntryTable) -> Path:
    return folder / "lexical" / _lexical_name(table)


def _open_lexical(folder: Path, table: EntryTable) -> LexicalIndex | None:
    """The published generation of exactly these entries, if it is there and whole."""
    try:
        lexical = LexicalIndex.open(_lexical_folder(folder, table))
    except DerivedFault:
        return None
    return lexical if len(lexical) == len(table) else None


def _issue(code: str, message: str) -> Issue:
    return Issue(stage="kb.index", level=Level.WARNING, code=code, message=message)
