"""Vectors by model and entry, and copies of the whole."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kb.errors import StoreError, WriteError
from kb.store import Change, Store
from kb.store.store import DATABASE
from tests.factories import make_report, make_source

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "kb", create=True) as opened:
        yield opened


def pack(*numbers: float) -> bytes:
    return np.array(numbers, dtype="<f4").tobytes()


def test_vectors_come_in_the_order_of_their_entries_as_one_block(store: Store) -> None:
    store.save_vectors("m", [("b", pack(3, 4)), ("a", pack(1, 2))])
    store.save_vectors("other", [("a", pack(9, 9, 9))])
    keys, block = store.load_vectors("m")
    assert keys == ["a", "b"]
    assert np.frombuffer(block, dtype="<f4").reshape(2, 2).tolist() == [[1, 2], [3, 4]]
    assert store.load_vectors("other") == (["a"], pack(9, 9, 9))
    assert store.load_vectors("unknown") == ([], b"")


def test_a_vector_saved_again_replaces_the_old_one(store: Store) -> None:
    store.save_vectors("m", [("a", pack(1, 2)), ("b", pack(3, 4))])
    store.save_vectors("m", [("a", pack(5, 6))])
    store.save_vectors("m", [])
    assert store.load_vectors("m") == (["a", "b"], pack(5, 6, 3, 4))


@pytest.mark.parametrize("vector", [b"", b"12345", pack(1, 2, 3)])
def test_a_vector_of_another_length_is_refused_and_none_is_saved(store: Store, vector: bytes) -> None:
    store.save_vectors("m", [("a", pack(1, 2))])
    with pytest.raises(ValueError, match="bytes"):
        store.save_vectors("m", [("b", pack(1, 2)), ("c", vector)])
    with pytest.raises(ValueError, match="bytes"):
        store.save_vectors("new", [("b", b"123"), ("c", vector)])
    assert store.load_vectors("m")[0] == ["a"]
    assert store.load_vectors("new") == ([], b"")


def test_vectors_of_entries_that_are_gone_are_pruned(store: Store) -> None:
    store.save_vectors("m", [(f"e{n:04}", pack(n, n)) for n in range(1200)])
    store.save_vectors("other", [("gone", pack(1))])
    keep = {f"e{n:04}" for n in range(0, 1200, 2)}
    assert store.prune_vectors("m", keep | {"never"}) == 600
    assert set(store.load_vectors("m")[0]) == keep
    assert store.prune_vectors("m", keep) == 0
    assert store.prune_vectors("unknown", set()) == 0
    assert store.load_vectors("other")[0] == ["gone"]


def test_vectors_change_neither_ground_nor_date(store: Store) -> None:
    before = store.ground(), store.last_changed()
    store.save_vectors("m", [("a", pack(1))])
    assert (store.ground(), store.last_changed()) == before


def test_a_torn_vector_is_named(store: Store) -> None:
    store.save_vectors("m", [("a", pack(1, 2))])
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    with pytest.raises(StoreError, match="vector of a has 1 bytes and not 8"):
        store.load_vectors("m")


# --------------------------------------------------------------------------- copies of the whole


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def fill(store: Store, count: int = 3, prefix: str = "s") -> None:
    for number in range(count):
        store.save_source(make_source(f"{prefix}-{number}"), origin="user", raw=b"x" * 10_000, added_at=NOW)


def test_a_backup_restored_into_an_empty_folder_is_equal(store: Store, tmp_path: Path) -> None:
    fill(store)
    report = make_report()
    store.save_article(report, raw=report.document.text.encode(), saved_at=NOW)
    store.backup(tmp_path / "copy.db")
    Store.restore(tmp_path / "new" / "kb", tmp_path / "copy.db")
    with Store.open(tmp_path / "new" / "kb") as other:
        assert other.check_integrity(deep=True) == ()
        assert (other.ground(), other.chain_head()) == (store.ground(), store.chain_head())
        assert other.load_article(report.document.id) == report
        assert other.save_article(report, raw=report.document.text.encode(), saved_at=NOW) is Change.UNCHANGED
    assert dump(tmp_path / "new" / "kb" / DATABASE) == dump(store.path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "kb", "new"]


def test_every_backup_under_load_is_whole(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            fill(store, 1, f"w{number}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(12):
            known = {source.id for source in store.iter_sources()}
            store.backup(tmp_path / f"{number}.db")
            Store.restore(tmp_path / f"home-{number}", tmp_path / f"{number}.db")
            with Store.open(tmp_path / f"home-{number}", read_only=True) as copy:
                assert copy.check_integrity(deep=True) == ()
                assert known <= {source.id for source in copy.iter_sources()}
    finally:
        stop.set()
        writer.join()


def test_a_backup_replaces_the_one_before_it(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "copy.db")
    fill(store)
    store.backup(tmp_path / "copy.db")
    Store.restore(tmp_path / "new", tmp_path / "copy.db")
    with Store.open(tmp_path / "new") as other:
        assert len(list(other.iter_sources())) == 3


def test_a_backup_that_cannot_be_written_is_told_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"copy\.db"):
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert not (tmp_path / "nowhere").exists()


def test_restoring_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    fill(store)
    store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="exists already; restore into an empty folder"):
        Store.restore(store.home, tmp_path / "copy.db")


@pytest.mark.parametrize("left", ["-wal", "-journal"])
def test_a_log_left_by_another_file_is_not_played_into_a_restored_one(
    store: Store, tmp_path: Path, left: str
) -> None:
    store.backup(tmp_path / "copy.db")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / f"{DATABASE}{left}").write_bytes(b"old")
    with pytest.raises(StoreError, match="exists already"):
        Store.restore(tmp_path / "new", tmp_path / "copy.db")


@pytest.mark.parametrize("name", [DATABASE, f"{DATABASE}-wal"])
def test_a_backup_does_not_overwrite_what_it_copies(store: Store, name: str) -> None:
    fill(store)
    with pytest.raises(WriteError, match="is the knowledge base itself"):
        store.backup(store.home / name)
    assert store.check_integrity() == ()


@pytest.mark.parametrize("content", [None, b"", b"no backup at all" * 100])
def test_what_is_no_backup_is_not_restored(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"copy\.db"):
        Store.restore(tmp_path / "kb", tmp_path / "copy.db")
    assert not (tmp_path / "kb" / DATABASE).exists()


def test_a_damaged_knowledge_base_gives_no_backup(store: Store, tmp_path: Path) -> None:
    fill(store, 20)
    store.close()
    content = store.path.read_bytes()
    store.path.write_bytes(content[: len(content) // 2] + b"\xff" * (len(content) // 2))
    with pytest.raises(StoreError, match="damaged"):
        store.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
