"""The vector index: a Chroma collection of the texts' vectors, checked before it is believed.

Owns one collection a model, in a directory that one process owns (or on a Chroma server). Everything in it
is derived: its keys are made of the texts, so a write can be repeated, and whatever is torn, stray or of
another generation is dropped and made again. What was seen of chromadb 1.5.9 and is guarded against here:
a missing or cut file is often not noticed (wrong answers, right count), a garbled one can kill the process,
`add` keeps an old vector silently, metadata filters are slow, telemetry and a default embedder are on.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from kb.errors import StoreError
from kb.index.faults import DerivedFault, contained

# At 15,000 sentences of abstracts 1 query in 60 misses one of the 128 nearest texts among the first 256 (1 in 5
# with ef 100 and 400); a query takes 1 to 2 ms more.
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 1000, "max_neighbors": 16}}
_BATCH = 2_000  # rows a write; chromadb 1.5.9 takes 5,461 at most
_PROBES = 32
_PROBES_FOUND = 30  # a graph index may miss one; a torn one misses many
_MAX_DISTANCE = 1e-3  # of a vector to itself, in float32
_MARKER = "generation"

Floats = NDArray[np.float32]


class ChromaIndex:
    """An open collection. Every method raises DerivedFault when Chroma fails, whatever it raised."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, place: Path | str, name: str) -> ChromaIndex:
        """The collection `name` in a directory (Path) or on a server (address), made where it is missing;
        collections of other models in the directory are dropped."""
        with contained(f"the vector index in {place} can't be opened"):
            client = _connect(place)
            try:
                if isinstance(place, Path):
                    for other in client.list_collections():
                        if other.name != name:
                            client.delete_collection(other.name)
                collection = client.get_or_create_collection(
                    name, embedding_function=None, configuration=_CONFIGURATION, metadata={_MARKER: ""}
                )
                collection = client.get_collection(name, embedding_function=None)
            except BaseException:
                _close_quietly(client)
                raise
            return cls(client, collection)

    def close(self) -> None:
        _close_quietly(self._client)

    def generation(self) -> str:
        """The digest of the entries that the collection was last completed for; "" while it is written."""
        with contained("the vector index can't be read"):
            return str((self._collection.metadata or {}).get(_MARKER, ""))

    def drop(self) -> None:
        """Delete the collection (on a server, where no folder can be wiped)."""
        with contained("the vector index can't be dropped"):
            self._client.delete_collection(self._collection.name)

    def count(self) -> int:
        with contained("the vector index can't be counted"):
            return int(self._collection.count())

    def query(self, vector: Floats, limit: int) -> list[str]:
        """Keys of about the `limit` nearest texts, nearest first."""
        return self.query_many(vector[np.newaxis], limit)[0]

    def query_many(self, vectors: Floats, limit: int) -> list[list[str]]:
        """The same for each row of `vectors`, in one call."""
        with contained("the vector index can't be asked"):
            found = self._collection.query(query_embeddings=vectors, n_results=limit, include=[])
            return [[str(key) for key in keys] for keys in found["ids"]]

    def update(
        self, keys: Sequence[str], matrix: Floats, report: Callable[[int], None] | None = None
    ) -> None:
        """Make the collection hold exactly these rows; its generation is "" until `mark`. Repeatable after a
        kill at any point. `report` is told how many rows each write brought."""
        with contained("the vector index can't be written"):
            self._collection.modify(metadata={_MARKER: ""})
            held = set(self._collection.get(include=[])["ids"])
            wanted = set(keys)
            gone = sorted(held - wanted)
            for start in range(0, len(gone), _BATCH):
                self._collection.delete(ids=gone[start : start + _BATCH])
            new = np.array([row for row, key in enumerate(keys) if key not in held], dtype=np.int64)
            for start in range(0, len(new), _BATCH):
                rows = new[start : start + _BATCH]
                self._collection.upsert(ids=[keys[row] for row in rows], embeddings=matrix[rows])
                if report is not None:
                    report(len(rows))
        self.verify(keys, matrix)

    def mark(self, generation: str) -> None:
        """Say that the collection is complete."""
        with contained("the vector index can't be written"):
            self._collection.modify(metadata={_MARKER: generation})

    def verify(self, keys: Sequence[str], matrix: Floats) -> None:
        """DerivedFault unless the collection has as many rows as `keys` and finds rows by their own vectors:
        a count comes from another file than the answers and stays right when those are lost."""
        held = self.count()
        if held != len(keys):
            raise DerivedFault(f"the vector index holds {held} texts and should hold {len(keys)}")
        if not len(keys):
            return
        probes = np.unique(np.linspace(0, len(keys) - 1, _PROBES).astype(np.int64))
        with contained("the vector index can't be asked"):
            found = self._collection.query(
                query_embeddings=matrix[probes], n_results=min(3, len(keys)), include=["distances"]
            )
            nearest = [min(distances, default=2.0) for distances in found["distances"]]
        right = sum(1 for distance in nearest if distance <= _MAX_DISTANCE)
        if right * _PROBES < _PROBES_FOUND * len(probes):
            raise DerivedFault(f"the vector index finds {right} of {len(probes)} texts by their own vectors")


def load_library() -> None:
    """Import chromadb; DerivedFault where that fails, which says nothing about a directory."""
    with contained("chromadb can't be loaded"):
        importlib.import_module("chromadb")


def read_address(url: str) -> tuple[str, int, bool]:
    """Host, port and whether it is https, of a Chroma server's address; StoreError where it isn't one."""
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        address, port = urlsplit(""), None
    if address.scheme not in ("http", "https") or not address.hostname:
        raise StoreError(
            f"The address of the Chroma server {url!r} isn't one; write it as http://host:8000.", url=url
        )
    secure = address.scheme == "https"
    return address.hostname, port or (443 if secure else 8000), secure


def wipe(folder: Path) -> None:
    """Remove a Chroma directory that no client of this process has open."""
    shutil.rmtree(folder, ignore_errors=True)


def _connect(place: Path | str) -> Any:
    # chromadb reads a file `.env` of the working directory as it is imported; ours must not.
    import chromadb
    from chromadb.config import Settings

    settings = Settings(_env_file=None, anonymized_telemetry=False)
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        try:
            return chromadb.PersistentClient(str(place), settings=settings)
        except BaseException:
            # chromadb 1.5.9 keeps the system that failed to start, and would hand it out for a healed folder.
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient._identifier_to_system.pop(str(place), None)
            SharedSystemClient._identifier_to_refcount.pop(str(place), None)
            raise
    host, port, secure = read_address(place)
    return chromadb.HttpClient(host=host, port=port, ssl=secure, settings=settings)


def _close_quietly(client: Any) -> None:
    try:
        with contained("the vector index can't be closed"):
            client.close()
    except DerivedFault:
        return  # whatever state it left is checked when it is next opened
