"""Vectors of the entries in memory: their exact scores, and the exact search that is always there.

Owns the rows, their order and the arithmetic of a dense score. Every score is summed for its row alone, so
that it is the same whichever rows are asked for with it. Knows no Chroma and no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.errors import StoreError
from kb.index.entries import EntryTable
from kb.index.types import EntryStore

Floats = NDArray[np.float32]
Ordinals = NDArray[np.int64]
_SCAN_CELLS = 8_000_000  # cosines held at once by a scan for many queries: 32 MB


class VectorTable:
    """The vectors that a table's entries need, one row a key, rows sorted by key.

    `missing` are the keys without a sound vector; entries ask their rows by ordinal (place in the table).
    """

    def __init__(self, table: EntryTable, keys: Sequence[str], matrix: Floats) -> None:
        wanted = table.live_keys()
        held = {key: row for row, key in enumerate(keys)}
        self.keys: list[str] = [key for key in wanted if key in held]
        self.missing: list[str] = [key for key in wanted if key not in held]
        if self.keys == list(keys):
            self.matrix = matrix
        else:
            self.matrix = matrix[np.array([held[key] for key in self.keys], dtype=np.int64)]
        self.row_of: dict[str, int] = {key: row for row, key in enumerate(self.keys)}
        self._window = np.full(len(table), -1, dtype=np.int64)
        offsets = np.zeros(len(table) + 1, dtype=np.int64)
        rows: list[int] = []
        for ordinal, entry_keys in enumerate(table.keys):
            found = [self.row_of[key] for key in entry_keys if key in self.row_of]
            self._window[ordinal] = self.row_of.get(entry_keys[0], -1)
            rows += found
            offsets[ordinal + 1] = len(rows)
        self._offsets = offsets  # rows of entry n: _rows[_offsets[n]:_offsets[n + 1]], its text's among them
        self._rows = np.array(rows, dtype=np.int64)
        owners = np.repeat(np.arange(len(table), dtype=np.int64), np.diff(offsets))
        order = np.argsort(self._rows, kind="stable")
        self._owners = owners[order]  # entries by row, the other way round
        self._owner_offsets = np.searchsorted(self._rows[order], np.arange(len(self.keys) + 1))

    def count_complete(self, table: EntryTable) -> int:
        """How many entries have all their vectors."""
        lacking = set(self.missing)
        return sum(1 for keys in table.keys if not lacking.intersection(keys)) if lacking else len(table)

    def owners_of(self, rows: Sequence[int]) -> Ordinals:
        """The entries that hold one of these rows, ascending."""
        if not len(rows):
            return np.empty(0, dtype=np.int64)
        starts = self._owner_offsets[np.asarray(rows, dtype=np.int64)]
        lengths = self._owner_offsets[np.asarray(rows, dtype=np.int64) + 1] - starts
        return np.unique(self._owners[spread(starts, lengths)])

    def rows_of(self, ordinals: Ordinals) -> Ordinals:
        """Every row of these entries once, ascending."""
        if not len(ordinals):
            return np.empty(0, dtype=np.int64)
        starts = self._offsets[ordinals]
        return np.unique(self._rows[spread(starts, self._offsets[ordinals + 1] - starts)])

    def nearest(self, vector: Floats, rows: Ordinals, limit: int) -> list[int]:
        """The `limit` rows among these that are nearest, nearest first, ties by row."""
        cosines = dot_rows(self.matrix[rows], vector)
        order = np.lexsort((rows, -cosines))[:limit]
        return [int(row) for row in rows[order]]

    def score(self, vector: Floats, ordinals: Ordinals) -> NDArray[np.float64]:
        """Dense score of each entry: the mean of its text's cosine and its best cosine, in [0, 1]; NaN
        for an entry whose text has no vector."""
        scores = np.full(len(ordinals), np.nan, dtype=np.float64)
        known = np.flatnonzero(self._window[ordinals] >= 0)
        if not len(known):
            return scores
        held = ordinals[known]
        lengths = self._offsets[held + 1] - self._offsets[held]
        mine = self._rows[spread(self._offsets[held], lengths)]
        rows, place = np.unique(mine, return_inverse=True)
        cosines = dot_rows(self.matrix[rows], vector)
        best = np.maximum.reduceat(cosines[place], np.cumsum(lengths) - lengths)
        whole = cosines[np.searchsorted(rows, self._window[held])]
        scores[known] = np.clip((whole + best) / 2, 0.0, 1.0)
        return scores


class ExactIndex:
    """The reference vector index: every row compared. Answers while Chroma is missing or owned elsewhere."""

    def __init__(self, vectors: VectorTable) -> None:
        self._vectors = vectors

    def query(self, vector: Floats, limit: int) -> list[str]:
        """Keys of the nearest texts, nearest first, ties by key."""
        return [self._vectors.keys[row] for row in self.query_rows(vector[np.newaxis], limit)[0]]

    def query_many(self, vectors: Floats, limit: int) -> list[list[str]]:
        """The same for each row of `vectors`."""
        return [[self._vectors.keys[row] for row in rows] for rows in self.query_rows(vectors, limit)]

    def query_rows(self, vectors: Floats, limit: int) -> list[list[int]]:
        """For each of several vectors, the rows of the nearest texts, nearest first, ties by row."""
        return [rows for rows, _ in self.scan(vectors, limit)]

    def scan(self, vectors: Floats, limit: int) -> Iterator[tuple[list[int], Floats]]:
        """For each of several vectors, its nearest rows and its cosine to every row. Those cosines are quick
        and good to about 1e-6: what is ranked by them is to be summed again."""
        matrix = self._vectors.matrix
        every = np.arange(len(matrix), dtype=np.int64)
        step = max(1, _SCAN_CELLS // max(1, len(matrix)))
        for start in range(0, len(vectors), step):
            block = vectors[start : start + step]
            quick = block @ matrix.T
            for vector, cosines in zip(block, quick, strict=True):
                rows = every
                if len(matrix) > 4 * limit:
                    # A little more than is wanted; the exact sums settle the order.
                    rows = np.sort(np.argpartition(-cosines, 2 * limit)[: 2 * limit])
                yield self._vectors.nearest(vector, rows, limit), cosines


def load_matrix(store: EntryStore, model: str, dimensions: int) -> tuple[list[str], Floats]:
    """Keys and sound vectors of a model in the store; a row that isn't of length 1 counts as missing."""
    keys, block = store.load_vectors(model)
    flat = np.frombuffer(block, dtype="<f4")
    if len(flat) != len(keys) * dimensions:
        raise StoreError(
            f"The knowledge base holds vectors of the model {model[:12]} that don't have its {dimensions} "
            "numbers. Run `wherefrom doctor`, then restore a backup.",
            expected=len(keys) * dimensions,
            actual=len(flat),
        )
    matrix = flat.reshape(len(keys), dimensions).astype(np.float32, copy=False)
    with np.errstate(all="ignore"):
        lengths = np.einsum("ij,ij->i", matrix, matrix)
    sound = np.abs(lengths - 1.0) < 1e-3  # False for NaN
    if bool(sound.all()):
        return keys, matrix
    return [key for key, good in zip(keys, sound, strict=True) if good], matrix[sound]


def spread(starts: Ordinals, lengths: Ordinals) -> Ordinals:
    """The numbers of all these ranges one after another: (3, 7), (2, 1) gives 3, 4, 7."""
    ends = np.cumsum(lengths)
    places: Ordinals = np.repeat(starts - (ends - lengths), lengths) + np.arange(
        int(ends[-1]) if len(ends) else 0
    )
    return places


def dot_rows(matrix: Floats, vector: Floats) -> NDArray[np.float64]:
    """Row-wise dot products. A matrix product may sum a row in another order when other rows are asked for
    with it, and the last digits would move; this doesn't."""
    products: NDArray[np.float64] = (matrix * vector).sum(axis=1, dtype=np.float64)
    return products
