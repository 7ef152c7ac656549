"""Which vector index answers: Chroma while it is sound and ours, exact search otherwise.

Owns the opening, checking, healing and closing of the Chroma directory and says what happened as issues.
Opens Chroma only when it is first needed: importing it takes most of a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from kb.ids import hash_parts
from kb.index.chroma import ChromaIndex, load_library, read_address, wipe
from kb.index.faults import DerivedFault
from kb.index.owner import OwnerLock
from kb.index.seal import Seal
from kb.index.types import VectorIndex
from kb.index.vectors import ExactIndex, VectorTable
from kb.types import Issue, Level

_STAGE = "kb.index"


class DenseSide:
    """Safe to share between threads. `folder` is the index folder, `url` a Chroma server instead of it."""

    def __init__(self, folder: Path, model: str, url: str | None, *, exact: bool = False) -> None:
        if url is not None:
            read_address(url)
        self._folder = folder / "chroma"
        self._place: Path | str = url if url is not None else self._folder
        # On a server many knowledge bases share one space of names.
        owner = hash_parts("home", str(folder.absolute()))[:12] if url is not None else "texts"
        self._name = f"{owner}-{model[:32]}"
        self._exact = exact  # Chroma is left alone and exact search answers
        self._lock = OwnerLock(folder / "owner.lock")
        self._seal = Seal(folder / "chroma.seal", self._folder)
        self._mutex = threading.RLock()
        self._chroma: ChromaIndex | None = None
        self._ready_for = ""  # the generation that the open collection was checked for
        self._tried_for = ""  # the generation for which opening was tried, so that it is tried once
        self._issues: list[Issue] = []

    @property
    def issues(self) -> tuple[Issue, ...]:
        return tuple(self._issues)

    def choose(self, vectors: VectorTable, exact: ExactIndex, generation: str) -> VectorIndex:
        """The index to ask for this generation. Writes nothing but the lock and the seal."""
        if not vectors.keys or self._exact:
            return exact
        # While another thread opens or writes Chroma, exact search answers: nobody waits.
        if self._ready_for != generation and self._mutex.acquire(blocking=False):
            try:
                self._try_to_open(vectors, generation)
            finally:
                self._mutex.release()
        chroma = self._chroma
        return chroma if chroma is not None and self._ready_for == generation else exact

    def condemn(self, fault: DerivedFault, index: VectorIndex) -> None:
        """An answer of `index` was wrong or none came: don't ask it again before it is healed."""
        with self._mutex:
            if self._chroma is not index or not self._ready_for:
                return  # it was closed or written meanwhile, which explains the answer
            self._tried_for = self._ready_for
            self._close_chroma()
            self._seal.take_off()  # so that it is made again
            self._say(Level.WARNING, "vector_index_unusable", _unusable(fault))

    def synchronise(
        self, vectors: VectorTable, generation: str, report: Callable[[int], None] | None = None
    ) -> None:
        """Bring Chroma to this generation, from nothing where it isn't sound. What can't be done is an issue:
        exact search goes on answering."""
        with self._mutex:
            self._issues.clear()
            self._tried_for = generation
            if self._exact:
                return
            if (not vectors.keys and not self._folder.exists()) or not self._take_ownership():
                return
            self._ready_for = ""  # whoever searches meanwhile asks the exact index
            try:
                load_library()
                known = self._chroma is not None or not isinstance(self._place, Path) or self._folder.exists()
                try:
                    if known:
                        self._open_checked(vectors, generation)
                    self._write(vectors, generation, report)
                except DerivedFault as fault:
                    if not known:
                        raise
                    self._drop()
                    self._write(vectors, generation, report)
                    note = f"The vector index was damaged ({fault}) and has been made again from the store."
                    self._say(Level.INFO, "vector_index_rebuilt", note)
            except (DerivedFault, OSError) as fault:
                self._close_chroma()
                self._say(Level.WARNING, "vector_index_unusable", _unusable(fault))

    def count(self, vectors: VectorTable, exact: ExactIndex, generation: str) -> int | None:
        """Texts in Chroma: 0 where it isn't sound, None where another process owns it."""
        chosen = self.choose(vectors, exact, generation)
        if isinstance(chosen, ChromaIndex):
            try:
                return chosen.count()
            except DerivedFault as fault:
                self.condemn(fault, chosen)
        with self._mutex:
            return None if any(issue.code == "vector_index_in_use" for issue in self._issues) else 0

    def wipe(self) -> None:
        """Forget everything, if it is ours to forget."""
        with self._mutex, suppress(DerivedFault):  # what a server says is said again when it is written
            if self._take_ownership():
                self._drop()

    def close(self) -> None:
        with self._mutex:
            self._close_chroma()
            self._lock.release()
            self._tried_for = ""

    def _try_to_open(self, vectors: VectorTable, generation: str) -> None:
        if generation in (self._tried_for, self._ready_for):
            return
        self._tried_for = generation
        try:
            self._open_sound(vectors, generation)
        except (DerivedFault, OSError) as fault:
            self._close_chroma()
            self._say(Level.WARNING, "vector_index_unusable", _unusable(fault))

    def _open_sound(self, vectors: VectorTable, generation: str) -> None:
        """Be ready for a generation; DerivedFault where it isn't there, of another state, or damaged."""
        if not self._take_ownership():
            return
        load_library()
        if self._open_checked(vectors, generation).generation() != generation:
            raise DerivedFault("it is of another state of the store")
        self._ready_for = generation

    def _open_checked(self, vectors: VectorTable, generation: str) -> ChromaIndex:
        """The collection, opened under its seal; DerivedFault where it can't be trusted."""
        if self._chroma is not None:
            return self._chroma
        with self._sealed():
            chroma = self._open_plainly()
            if chroma.generation() == generation:
                chroma.verify(vectors.keys, vectors.matrix)
        return chroma

    def _sealed(self) -> AbstractContextManager[None]:
        """What opening must go through; a server has no files to be sealed."""
        if not isinstance(self._place, Path):
            return nullcontext()
        self._seal.check()
        return self._seal.opening()

    def _write(self, vectors: VectorTable, generation: str, report: Callable[[int], None] | None) -> None:
        """Bring the collection, new or trusted, to a generation."""
        chroma = self._open_plainly()
        if chroma.generation() != generation:
            self._seal.take_off()
            chroma.update(vectors.keys, vectors.matrix, report)
            if isinstance(self._place, Path):
                self._seal.put()
            chroma.mark(generation)
        self._ready_for = generation

    def _open_plainly(self) -> ChromaIndex:
        if self._chroma is None:
            self._chroma = ChromaIndex.open(self._place, self._name)
        return self._chroma

    def _drop(self) -> None:
        if not isinstance(self._place, Path):
            self._open_plainly().drop()
        self._close_chroma()
        if isinstance(self._place, Path):
            wipe(self._folder)
            self._seal.take_off()

    def _close_chroma(self) -> None:
        self._ready_for = ""
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None

    def _take_ownership(self) -> bool:
        if not isinstance(self._place, Path) or self._lock.take():
            return True
        note = (
            "Another process has the vector index open, or its folder can't be written; exact search answers "
            "here, with the same hits."
        )
        self._say(Level.INFO, "vector_index_in_use", note)
        return False

    def _say(self, level: Level, code: str, message: str) -> None:
        issue = Issue(stage=_STAGE, level=level, code=code, message=message)
        if issue not in self._issues:
            self._issues.append(issue)


def _unusable(fault: Exception) -> str:
    return (
        f"The vector index can't be used: {fault}. Exact search answers meanwhile, with the same hits. "
        "Run `wherefrom reindex`."
    )
