"""One state of the store as a search sees it from beginning to end: entries, vectors, lexical generations."""

from __future__ import annotations

from dataclasses import dataclass

from kb.index.entries import EntryTable
from kb.index.lexical import LexicalIndex
from kb.index.sources import SourceTable
from kb.index.vectors import ExactIndex, VectorTable
from kb.types import Issue


@dataclass(frozen=True, slots=True)
class View:
    """`lexical` finds entries by their words, `whole` sources by all of their words; None where neither the
    published generation nor one in memory can be had."""

    ground: str
    table: EntryTable
    vectors: VectorTable
    exact: ExactIndex
    sources: SourceTable
    lexical: LexicalIndex | None
    whole: LexicalIndex | None
    issues: tuple[Issue, ...] = ()


def make_view(
    ground: str,
    table: EntryTable,
    vectors: VectorTable,
    lexical: LexicalIndex | None,
    whole: LexicalIndex | None,
    issues: tuple[Issue, ...],
) -> View:
    return View(
        ground, table, vectors, ExactIndex(vectors), SourceTable(table, vectors), lexical, whole, issues
    )
