"""Whole sources as search sees them: which entries are theirs, how near a query lies to what a source is about
(its card's vector) and to the nearest of its texts. Owns the order of sources (by id); knows no words, no Chroma and no store."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kb.index.entries import EntryTable
from kb.index.vectors import Floats, Ordinals, VectorTable, dot_rows, spread

Scores = NDArray[np.float64]
_QUICK_ERROR = 1e-5  # a quick cosine may be off by a tenth of this


class SourceTable:
    """`ids[n]` is the n-th source. Sources are asked for by their places in it."""

    def __init__(self, table: EntryTable, vectors: VectorTable) -> None:
        self.ids: list[str] = sorted(set(table.source_ids))
        self.place_of: dict[str, int] = {source_id: place for place, source_id in enumerate(self.ids)}
        entries: list[list[int]] = [[] for _ in self.ids]
        for ordinal, source_id in enumerate(table.source_ids):
            entries[self.place_of[source_id]].append(ordinal)
        self.entries: list[Ordinals] = [np.array(mine, dtype=np.int64) for mine in entries]
        self._source_of = np.array(
            [self.place_of[source_id] for source_id in table.source_ids], dtype=np.int64
        )
        rows = [vectors.rows_of(mine) for mine in self.entries]
        self._lengths = np.array([len(mine) for mine in rows], dtype=np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._rows = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        self._matrix = vectors.matrix
        self._cards = np.array(
            [vectors.row_of.get(table.cards.get(source_id, ""), -1) for source_id in self.ids], dtype=np.int64
        )

    def __len__(self) -> int:
        return len(self.ids)

    def owners_of(self, entries: Ordinals) -> Ordinals:
        """The sources of these entries, ascending, each once."""
        return np.unique(self._source_of[entries])

    def nearest_topics(self, vector: Floats, limit: int) -> Ordinals:
        """The `limit` sources whose cards lie nearest, ascending."""
        held = np.flatnonzero(self._cards >= 0)
        fast = self._matrix[self._cards[held]] @ vector
        if len(held) > 2 * limit:
            held = np.sort(held[np.argpartition(-fast, 2 * limit)[: 2 * limit]])
        order = np.lexsort((held, -dot_rows(self._matrix[self._cards[held]], vector)))[:limit]
        return np.sort(held[order])

    def count_texts(self, places: Ordinals) -> Scores:
        """How many texts (passages, findings and their sentences) each source has a vector for."""
        return self._lengths[places].astype(np.float64)

    def score(self, vector: Floats, places: Ordinals, quick: Floats | None) -> tuple[Scores, Scores]:
        """(topic, nearest) of each source in [0, 1]; NaN for a source none of whose texts has a vector. `quick`
        are the cosines of every row, where they were already had."""
        topic = np.full(len(places), np.nan, dtype=np.float64)
        nearest = np.full(len(places), np.nan, dtype=np.float64)
        cards = self._cards[places]
        carded = np.flatnonzero(cards >= 0)
        topic[carded] = np.clip(dot_rows(self._matrix[cards[carded]], vector), 0.0, 1.0)
        lengths = self._lengths[places]
        known = np.flatnonzero(lengths)
        if len(known):
            rows = self._rows[spread(self._starts[places[known]], lengths[known])]
            nearest[known] = np.clip(self._find_best(vector, rows, lengths[known], quick), 0.0, 1.0)
        return topic, nearest

    def _find_best(self, vector: Floats, rows: Ordinals, lengths: Ordinals, quick: Floats | None) -> Scores:
        """The greatest cosine of each run of rows, summed exactly: of the rows that come near it, no others."""
        cosines = quick[rows] if quick is not None else self._matrix[rows] @ vector
        starts = np.cumsum(lengths) - lengths
        runs = np.repeat(np.arange(len(lengths)), lengths)
        near = np.flatnonzero(cosines >= np.maximum.reduceat(cosines, starts)[runs] - _QUICK_ERROR)
        exact = dot_rows(self._matrix[rows[near]], vector)
        firsts = np.searchsorted(runs[near], np.arange(len(lengths)))
        best: Scores = np.maximum.reduceat(exact, firsts)
        return best
