"""Where the lexical generations of one state of the store stand, and how each is had: opened, published, or
built in memory while there is none. A generation is two indexes: of the entries, and of whole sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.index.entries import EntryTable, iter_entries, iter_source_entries
from kb.index.faults import DerivedFault
from kb.index.lexical import LexicalIndex, drop_generations
from kb.index.state import make_write_error
from kb.index.types import Entry, EntryStore

# Built in memory at once while no lexical index is published; beyond it, search is dense alone until then.
_MEMORY_ENTRIES = 50_000


class Generation:
    """The lexical side of a table's entries (`whole` False) or of its sources (`whole` True)."""

    def __init__(self, store: EntryStore, folder: Path, table: EntryTable, *, whole: bool) -> None:
        self._store = store
        self._folder = folder / "lexical" / _name(table, whole=whole)
        self._whole = whole
        self._held = len(table)
        self.count = len(set(table.source_ids)) if whole else len(table)

    def open(self) -> LexicalIndex | None:
        """The published generation, if it is there and whole."""
        try:
            lexical = LexicalIndex.open(self._folder)
        except DerivedFault:
            return None
        return lexical if len(lexical) == self.count else None

    def publish(self) -> LexicalIndex:
        """Made anew and put in place. DerivedFault where it can't be kept, WriteError where nothing can."""
        try:
            lexical = LexicalIndex.publish(self._entries(), self._folder)
        except OSError as error:
            raise make_write_error(self._folder.parent.parent, error) from error
        if len(lexical) != self.count:
            raise DerivedFault("the store was changed while it was written")
        return lexical

    def build(self) -> LexicalIndex | None:
        """In memory; None for too many entries, or where the store has changed meanwhile."""
        if self._held > _MEMORY_ENTRIES:
            return None
        try:
            lexical = LexicalIndex.build(self._entries())
        except DerivedFault:
            return None
        return lexical if len(lexical) == self.count else None

    def _entries(self) -> Iterator[Entry]:
        return iter_source_entries(self._store) if self._whole else iter_entries(self._store)


def drop_older(folder: Path, table: EntryTable) -> None:
    """Remove the generations of other states."""
    drop_generations(folder / "lexical", _name(table, whole=False), _name(table, whole=True))


def _name(table: EntryTable, *, whole: bool) -> str:
    return table.digest[:32] + ("-sources" if whole else "")
