"""A knowledge base of every released schema is brought to this one whole, or left as it was.

`released/NNNN.sql` is what the release that first had schema NNNN wrote, dumped; a release that brings a new
schema leaves its own dump here.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import StoreError, WriteError
from kb.store import ChainHead, Store
from kb.store.schema import REVISIONS
from kb.store.store import DATABASE
from tests.safety.fault_disk import FULL, IO_WRITE, faulty_disk
from tests.safety.ledger import Counted

DUMPS = sorted((Path(__file__).parent / "released").glob("*.sql"))
# The head of the verdict log in those dumps, as that release published it.
HEAD = ChainHead(number=6, sha256="dbd95694c8c1dec8cf395e58ec86857ca709936900636ff9765e1db229ca3039")


def unpack(dump: Path, home: Path) -> Path:
    home.mkdir()
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
        connection.commit()
    return home


def read_revision(home: Path) -> str:
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_there_is_a_dump_of_the_first_schema_and_each_is_of_a_known_one() -> None:
    assert DUMPS[0].stem == REVISIONS[0]
    assert {dump.stem for dump in DUMPS} <= set(REVISIONS)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_released_knowledge_base_is_brought_to_this_schema_whole(
    dump: Path, tmp_path: Path, counted: Counted
) -> None:
    home = unpack(dump, tmp_path / "home")
    assert read_revision(home) == dump.stem
    with Store.open(home) as store:
        assert store.check_integrity(deep=True) == ()
        assert store.verify_chain(HEAD) == ()
        assert [source.id for source in store.iter_sources()] == ["source-1", "source-2"]
        articles = [store.load_article(summary.id) for summary in store.iter_articles()]
        assert [len(article.claims) for article in articles] == [3, 3]
        assert store.list_claims().total == 6
        assert len(list(store.iter_passages())) == 10
        assert store.load_vectors("m")[0] == ["t-1"]
    assert read_revision(home) == REVISIONS[-1]
    counted("B2", f"knowledge bases of schema {dump.stem} brought to this one", tried=1)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_migration_that_meets_a_failing_disk_leaves_what_was_there(
    dump: Path, tmp_path: Path, counted: Counted
) -> None:
    tried = failed = 0
    for code in (FULL, IO_WRITE):
        for place in range(0, 40, 2):
            home = unpack(dump, tmp_path / f"home-{code}-{place}")
            with faulty_disk() as disk:
                disk.fail(place, code, stays=code == FULL)
                try:
                    Store.open(home).close()
                except (WriteError, StoreError):
                    failed += 1
            with Store.open(home) as store:  # on a sound disk again
                assert store.check_integrity(deep=True) == ()
                assert store.verify_chain(HEAD) == ()
                assert store.list_claims().total == 6
            assert read_revision(home) == REVISIONS[-1]
            tried += 1
    assert failed > 5
    counted("B2", f"migrations from {dump.stem} on a failing disk, whole or undone", tried=tried)


def test_a_knowledge_base_is_not_opened_for_reading_before_it_is_migrated(tmp_path: Path) -> None:
    home = unpack(DUMPS[0], tmp_path / "home")
    if DUMPS[0].stem != REVISIONS[-1]:
        with pytest.raises(StoreError, match="older schema"):
            Store.open(home, read_only=True)
        assert read_revision(home) == DUMPS[0].stem


def test_a_backup_of_an_older_schema_is_restored_and_brought_to_this_one(tmp_path: Path) -> None:
    home = unpack(DUMPS[0], tmp_path / "old")
    Store.restore(tmp_path / "new", home / DATABASE)
    with Store.open(tmp_path / "new") as store:
        assert store.verify_chain(HEAD) == ()
        assert store.check_integrity(deep=True) == ()
