"""A store of sources held in memory, for evaluations over thousands of abstracts: what kb.index and service.library
read of kb.store, without its files. Vectors may be kept in a folder between runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from kb.errors import WriteError
from kb.ids import hash_parts
from kb.types import Document, Passage, Source


class MemoryStore:
    """`home` is a folder for the lexical index; `cache`, where given, keeps vectors by model."""

    def __init__(self, home: Path, cache: Path | None = None) -> None:
        self.home = home
        self._cache = cache
        self._sources: dict[str, Source] = {}
        self._documents: dict[str, Document] = {}
        self._passages: dict[str, Passage] = {}
        self._by_source: dict[str, list[str]] = {}
        self._vectors: dict[str, dict[str, bytes]] = {}

    def add(self, source: Source, document: Document, passages: Iterable[Passage]) -> None:
        self._sources[source.id] = source
        self._documents[source.id] = document
        self._by_source[source.id] = []
        for passage in sorted(passages, key=lambda passage: passage.id):
            self._passages[passage.id] = passage
            self._by_source[source.id].append(passage.id)

    def iter_sources(self) -> Iterator[Source]:
        return iter([self._sources[source_id] for source_id in sorted(self._sources)])

    def iter_passages(self, source_id: str | None = None) -> Iterator[Passage]:
        ids = sorted(self._passages) if source_id is None else self._by_source.get(source_id, [])
        return iter([self._passages[passage_id] for passage_id in ids])

    def load_passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        return {passage_id: self._passages[passage_id] for passage_id in ids if passage_id in self._passages}

    def load_source_document(self, source_id: str) -> Document | None:
        return self._documents.get(source_id)

    def ground(self) -> str:
        return hash_parts(*sorted(self._passages))

    def save_vectors(self, model: str, rows: Iterable[tuple[str, bytes]]) -> None:
        self._vectors.setdefault(model, self._read_cache(model)).update(rows)

    def load_vectors(self, model: str) -> tuple[list[str], bytes]:
        held = self._vectors.setdefault(model, self._read_cache(model))
        keys = sorted(held)
        return keys, b"".join(held[key] for key in keys)

    def prune_vectors(self, model: str, keep: Collection[str]) -> int:
        return 0

    def keep_vectors(self) -> None:
        """Write the vectors to the cache folder, if there is one. WriteError where it can't be written."""
        if self._cache is None:
            return
        for model, held in self._vectors.items():
            keys = sorted(held)
            path = self._cache / f"vectors-{model[:16]}"
            try:
                self._cache.mkdir(parents=True, exist_ok=True)
                for suffix, content in (
                    (".bin", b"".join(held[key] for key in keys)),
                    (".json", json.dumps(keys).encode("ascii")),
                ):
                    work = path.with_suffix(f"{suffix}.new")
                    work.write_bytes(content)
                    work.replace(path.with_suffix(suffix))
            except OSError as error:
                raise WriteError(
                    f"The vectors can't be kept in {self._cache} ({error.strerror}): name a folder that can be "
                    "written, or none.",
                    path=str(self._cache),
                ) from error

    def _read_cache(self, model: str) -> dict[str, bytes]:
        """What the folder holds; nothing where it is missing, torn or of other lengths."""
        if self._cache is None:
            return {}
        path = self._cache / f"vectors-{model[:16]}"
        try:
            keys = json.loads(path.with_suffix(".json").read_bytes())
            block = path.with_suffix(".bin").read_bytes()
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(keys, list) or not keys or len(block) % len(keys):
            return {}
        size = len(block) // len(keys)
        return {str(key): block[row * size : (row + 1) * size] for row, key in enumerate(keys)}
