"""One search from query to ranked hits: what either side proposes, scored by both, fused, cut.

Owns the order of the steps and what happens when a side fails in the middle of them. Keeps nothing of a
query. The view may be exchanged by another thread at any time; a search stays on the one it began with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb.index.dense import DenseSide
from kb.index.faults import DerivedFault
from kb.index.fusion import fuse, fuse_sources
from kb.index.generations import Generation
from kb.index.types import EntryStore, Hit, SourceHit, VectorIndex
from kb.index.vectors import Floats, Ordinals
from kb.index.view import View
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
_PROBED = 16  # texts asked of Chroma where an exact scan settles what is nearest
_DIGITS = 6  # of a score; also what makes equal scores equal


@dataclass(frozen=True, slots=True)
class _Near:
    """A query's vector, the rows of the texts nearest to it, and its quick cosine to every row, where all were
    looked at."""

    vector: Floats
    rows: Sequence[int]
    cosines: Floats | None = None


class Searcher:
    """Searches `view`, which its owner sets before the first search. Safe to share between threads."""

    view: View

    def __init__(self, store: EntryStore, folder: Path, dense: DenseSide, queries: Embedder) -> None:
        self._store = store
        self._folder = folder
        self._dense = dense
        self._queries = queries

    def search_many(
        self, queries: Sequence[str], *, limit: int = 20, source_ids: frozenset[str] | None = None
    ) -> tuple[tuple[Hit, ...], ...]:
        """See kb.index.Index."""
        _check_limit(limit)
        view = self.view
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
                answers.append(self._search(view, query, near[query], limit, source_ids, allowed))
            else:
                answers.append(())
        return tuple(answers)

    def search_sources(self, queries: Sequence[str], *, limit: int = 20) -> tuple[tuple[SourceHit, ...], ...]:
        """See kb.index.Index."""
        _check_limit(limit)
        view = self.view
        near = self._find_near(view, queries, max(_NEAREST_TEXTS, _PER_HIT * limit), None, check=False)
        return tuple(
            self._search_sources(view, query, near[query], limit) if query in near else ()
            for query in queries
        )

    def _find_near(
        self,
        view: View,
        queries: Sequence[str],
        limit: int,
        allowed: Ordinals | None,
        *,
        check: bool = True,
    ) -> dict[str, _Near]:
        """What is known of each query that holds a letter or digit. With `check` Chroma is held to an exact scan
        where there is one."""
        asked = [query for query in dict.fromkeys(queries) if re.search(r"[^\W_]", query)]
        if not asked:
            return {}
        vectors = self._queries.embed(asked)
        return dict(zip(asked, self._look_near(view, vectors, limit, allowed, check=check), strict=True))

    def _search(
        self,
        view: View,
        query: str,
        seen: _Near,
        limit: int,
        source_ids: frozenset[str] | None,
        allowed: Ordinals | None,
    ) -> tuple[Hit, ...]:
        near = view.vectors.owners_of(seen.rows)
        if allowed is not None:
            near = np.intersect1d(near, allowed)
        most = max(_LEXICAL_HITS, 2 * limit)
        words = self._ask_words(view, query, most, source_ids=source_ids)
        union, words = self._complete(view, query, near, words, most)
        if not len(union):
            return ()
        dense = view.vectors.score(seen.vector, union)
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

    def _search_sources(self, view: View, query: str, seen: _Near, limit: int) -> tuple[SourceHit, ...]:
        near = view.sources.owners_of(view.vectors.owners_of(seen.rows))
        near = np.union1d(near, view.sources.nearest_topics(seen.vector, max(_TOPICS, limit)))
        most = max(_LEXICAL_HITS, 2 * limit)
        words = self._ask_words(view, query, most, whole=True)
        union, words = self._complete(view, query, near, words, most, whole=True)
        if not len(union):
            return ()
        topic, nearest = view.sources.score(seen.vector, union, seen.cosines)
        shares = np.array([words.get(int(place), (0.0, 0.0))[1] for place in union])
        scores = np.round(fuse_sources(shares, topic, nearest, view.sources.count_texts(union)), _DIGITS)
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
        self,
        view: View,
        query: str,
        near: Ordinals,
        words: dict[int, tuple[float, float]],
        most: int,
        *,
        whole: bool = False,
    ) -> tuple[Ordinals, dict[int, tuple[float, float]]]:
        """All candidates of both sides, and the lexical scores of those that only the other side found. `most` were
        asked for by words: where fewer came, the rest hold none of them."""
        union = np.union1d(near, np.array(sorted(words), dtype=np.int64))
        rest = [int(place) for place in union if int(place) not in words]
        if rest and len(words) >= most:
            words = words | self._ask_words(view, query, len(rest), ordinals=rest, whole=whole)
        return union, words

    def _look_near(
        self, view: View, queries: Floats, limit: int, allowed: Ordinals | None, *, check: bool
    ) -> list[_Near]:
        """For each vector the rows of its `limit` nearest texts. Of Chroma twice as many are asked for, and the
        first half by exact cosine kept; where looking at every row is cheap, that settles what is nearest, and of
        Chroma a few are asked for, to see that it is sound."""
        vectors, exact = view.vectors, view.exact
        if allowed is not None:  # a filter in Chroma is 30 to 140 times slower than none: look at these rows
            rows = vectors.rows_of(allowed)
            return [_Near(vector, vectors.nearest(vector, rows, limit)) for vector in queries]
        scanned = len(vectors.keys) <= _CHECKED_TEXTS
        chosen = exact if scanned and not check else self._dense.choose(vectors, exact, view.table.digest)
        given: list[set[int]] = [set()] * len(queries)
        if chosen is not exact:
            given = self._ask_chroma(chosen, view, queries, _PROBED if scanned else 2 * limit)
        if not scanned and all(given):
            return [
                _Near(vector, vectors.nearest(vector, np.array(sorted(mine), dtype=np.int64), limit))
                for vector, mine in zip(queries, given, strict=True)
            ]
        near = [
            _Near(vector, rows, cosines)
            for vector, (rows, cosines) in zip(queries, exact.scan(queries, limit), strict=True)
        ]
        for mine, sure in zip(given, near, strict=True):
            nearest = sure.rows[: len(mine)]
            if mine and len(mine.intersection(nearest)) < len(nearest) / 2:
                fault = DerivedFault(f"it missed more than half of the {len(nearest)} nearest texts")
                self._dense.condemn(fault, chosen)
                break
        return near

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
        view: View,
        query: str,
        limit: int,
        *,
        source_ids: frozenset[str] | None = None,
        ordinals: Sequence[int] | None = None,
        whole: bool = False,
    ) -> dict[int, tuple[float, float]]:
        """(BM25, share) by entry, or (BM25, part) by source. A published index that breaks while it is asked is replaced
        in memory."""
        lexical = view.whole if whole else view.lexical
        for _ in range(2):
            if lexical is None:
                break
            try:
                found = lexical.query(query, limit, source_ids=source_ids, ordinals=ordinals)
                return {hit.ordinal: (hit.score, hit.part if whole else hit.share) for hit in found}
            except DerivedFault as fault:
                note = f"The lexical index can't be used: {fault}. Run `wherefrom reindex`."
                lexical = Generation(self._store, self._folder, view.table, whole=whole).build()
                if self.view is view:
                    issues = (*view.issues, make_issue("lexical_index_unusable", note))
                    self.view = (
                        replace(view, issues=issues, whole=lexical)
                        if whole
                        else replace(view, issues=issues, lexical=lexical)
                    )
        return {}


def make_issue(code: str, message: str) -> Issue:
    return Issue(stage="kb.index", level=Level.WARNING, code=code, message=message)


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise ValueError(f"a search must ask for at least one hit, not {limit}")
