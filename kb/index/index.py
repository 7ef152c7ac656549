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
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from kb.index.dense import DenseSide
from kb.index.entries import EntryTable, iter_entries, text_key
from kb.index.faults import DerivedFault
from kb.index.fusion import fuse
from kb.index.lexical import LexicalIndex, drop_generations
from kb.index.state import StateFile, make_write_error, read_state, remove_state, write_state
from kb.index.types import EntryStore, Hit, IndexState, IndexStatus, VectorIndex
from kb.index.vectors import ExactIndex, Floats, Ordinals, VectorTable, load_matrix
from kb.types import Issue, Level

if TYPE_CHECKING:
    from kb.embed import Embedder

# Candidates of either side before fusion. More of them change no figure on SciFact (kb/models/CARD.md).
_NEAREST_TEXTS = 128
_LEXICAL_HITS = 100
_PER_HIT = 6  # texts to look at for each hit that is asked for, beyond those
# Up to here every answer of Chroma is completed by an exact scan (1 to 4 ms): its graph differs from build to
# build and misses a text now and then, and the same input must give the same report.
_CHECKED_TEXTS = 50_000
_EMBED_BATCH = 64  # texts embedded between two saves: what a kill can lose
# Built in memory at once while no lexical index is published; beyond it, search is dense alone until then.
_MEMORY_ENTRIES = 50_000
_DIGITS = 6  # of a score; also what makes equal scores equal

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the store, as a search sees it from beginning to end."""

    ground: str
    table: EntryTable
    vectors: VectorTable
    exact: ExactIndex
    lexical: LexicalIndex | None
    allowed_by_source: dict[str, list[int]]
    issues: tuple[Issue, ...] = ()


class Index:
    """Use as a context manager, or call close(). Safe to share between threads; a refresh in one doesn't stop
    searches in others."""

    def __init__(self, store: EntryStore, embedder: Embedder, *, chroma_url: str | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._folder = store.home / "index"
        self._mutex = threading.Lock()
        self._dense = DenseSide(self._folder, embedder.sha256, chroma_url)
        self._view = self._load_view()

    @classmethod
    def open(cls, store: EntryStore, embedder: Embedder, *, chroma_url: str | None = None) -> Index:
        """The index under `store.home`; embeds nothing and writes nothing. `issues` says what is missing;
        `refresh` brings it up to the store. `chroma_url` names a Chroma server to use instead of the
        embedded one."""
        return cls(store, embedder, chroma_url=chroma_url)

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
        if limit < 1:
            raise ValueError(f"a search must ask for at least one hit, not {limit}")
        view = self._view
        allowed: Ordinals | None = None
        if source_ids is not None:
            places = [place for source in source_ids for place in view.allowed_by_source.get(source, ())]
            allowed = np.array(sorted(places), dtype=np.int64)
        return tuple(self._search(view, query, limit, source_ids, allowed) for query in queries)

    def _search(
        self,
        view: _View,
        query: str,
        limit: int,
        source_ids: frozenset[str] | None,
        allowed: Ordinals | None,
    ) -> tuple[Hit, ...]:
        if not re.search(r"[^\W_]", query) or (allowed is not None and not len(allowed)):
            return ()
        vector = self._embedder.embed([query])[0]
        rows = self._nearest_rows(view, vector, max(_NEAREST_TEXTS, _PER_HIT * limit), allowed)
        near = view.vectors.owners_of(rows)
        if allowed is not None:
            near = np.intersect1d(near, allowed)
        words = self._ask_words(view, query, max(_LEXICAL_HITS, 2 * limit), source_ids=source_ids)
        union = np.union1d(near, np.array(sorted(words), dtype=np.int64))
        if not len(union):
            return ()
        rest = [int(place) for place in union if int(place) not in words]
        if rest:
            words |= self._ask_words(view, query, len(rest), ordinals=rest)
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

    def _nearest_rows(self, view: _View, vector: Floats, limit: int, allowed: Ordinals | None) -> list[int]:
        """The rows of the `limit` nearest texts. Of Chroma twice as many are asked for, and the first half by
        exact cosine kept; what its graph missed is added where looking at every row is cheap."""
        vectors, exact = view.vectors, view.exact
        if allowed is not None:  # a filter in Chroma is 30 to 140 times slower than none: look at these rows
            return vectors.nearest(vector, vectors.rows_of(allowed), limit)
        chosen = self._dense.choose(vectors, exact, view.table.digest)
        keys = set() if chosen is exact else self._ask_chroma(chosen, view, vector, 2 * limit)
        if len(vectors.keys) <= _CHECKED_TEXTS or not keys:
            sure = exact.query(vector, limit)
            if len(keys.intersection(sure)) < len(sure) / 2 and keys:
                fault = DerivedFault(f"it missed more than half of the {len(sure)} nearest texts")
                self._dense.condemn(fault, chosen)
            keys.update(sure)
        rows = sorted(vectors.row_of[key] for key in keys)
        return vectors.nearest(vector, np.array(rows, dtype=np.int64), limit)

    def _ask_chroma(self, chosen: VectorIndex, view: _View, vector: Floats, wanted: int) -> set[str]:
        """What Chroma gives; nothing, and Chroma is asked no more, where it fails or gives strays."""
        row_of = view.vectors.row_of
        try:
            keys = {key for key in chosen.query(vector, wanted) if key in row_of}
            if len(keys) < min(wanted, len(row_of)):
                raise DerivedFault(f"it gave {len(keys)} known texts where {wanted} were asked for")
        except DerivedFault as fault:
            self._dense.condemn(fault, chosen)
            return set()
        return keys

    def _ask_words(
        self,
        view: _View,
        query: str,
        limit: int,
        *,
        source_ids: frozenset[str] | None = None,
        ordinals: Sequence[int] | None = None,
    ) -> dict[int, tuple[float, float]]:
        """(BM25, share) by entry. A published index that breaks while it is asked is replaced in memory."""
        lexical = view.lexical
        for _ in range(2):
            if lexical is None:
                break
            try:
                found = lexical.query(query, limit, source_ids=source_ids, ordinals=ordinals)
                return {hit.ordinal: (hit.score, hit.share) for hit in found}
            except DerivedFault as fault:
                note = f"The lexical index can't be used: {fault}. Run `wherefrom reindex`."
                lexical = self._memory_lexical(view.table)
                if self._view is view:
                    issues = (*view.issues, _issue("lexical_index_unusable", note))
                    self._view = replace(view, lexical=lexical, issues=issues)
        return {}

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
        mine = (
            self._view
        )  # Chroma is asked for the state that is searched, lest it be closed for another's sake
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
                issues.append(
                    _issue("index_missing", "There is no search index yet. Run `wherefrom reindex`.")
                )
            elif state.generation != table.digest:
                note = "The search index is older than the store. Run `wherefrom reindex`."
                issues.append(_issue("index_stale", note))
        if vectors.missing:
            lacking = len(table) - vectors.count_complete(table)
            note = (
                f"{lacking} of {len(table)} entries can't be found by meaning yet. Run `wherefrom reindex`."
            )
            issues.append(_issue("vectors_missing", note))
        lexical = _open_lexical(self._folder, table) or self._memory_lexical(table)
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
