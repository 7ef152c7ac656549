"""Opening a knowledge base: what is refused and why, the lock, migrations, what is loaded when."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import kb.migrations
from kb.errors import InputError, NotFoundError, StoreError, WriteError
from kb.store import Store
from kb.store.engine import open_engine
from kb.store.lock import LOCK, hold_lock
from kb.store.schema import REVISIONS, metadata
from kb.store.store import DATABASE
from tests.factories import make_source

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def run_sql(home: Path, *statements: str) -> None:
    connection = sqlite3.connect(home / DATABASE)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Store.open(tmp_path, create=True).close()
    return tmp_path


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("there", [True, False])
def test_a_missing_knowledge_base_is_told_with_what_to_do(tmp_path: Path, there: bool) -> None:
    home = tmp_path / "kb"
    if there:
        home.mkdir()
    with pytest.raises(StoreError, match=r"no knowledge base at .*kb; make one with `wherefrom init`"):
        Store.open(home)
    assert home.exists() is there


def test_opening_for_reading_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no knowledge base"):
        Store.open(tmp_path / "kb", create=True, read_only=True)
    assert not (tmp_path / "kb").exists()


def test_an_empty_file_is_not_a_knowledge_base_until_init(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    with pytest.raises(StoreError, match="is empty"):
        Store.open(tmp_path)
    with Store.open(tmp_path, create=True) as store:
        assert store.check_integrity() == ()


def test_a_file_that_is_no_database_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 500)
    with pytest.raises(StoreError, match=r"wherefrom\.db is damaged"):
        Store.open(tmp_path)


def test_broken_pages_are_found_and_named(home: Path) -> None:
    with Store.open(home) as store:
        for number in range(50):
            store.save_source(make_source(f"s-{number:02}", note="x" * 3000), origin="user", added_at=NOW)
    content = (home / DATABASE).read_bytes()
    half = len(content) // 2
    (home / DATABASE).write_bytes(content[:half] + b"\xff" * (len(content) - half))
    with Store.open(home) as store:
        assert any("damaged" in fault for fault in store.check_integrity())
        with pytest.raises(StoreError, match=r"wherefrom\.db is damaged"):
            list(store.iter_sources())


def test_a_file_cut_short_is_named_as_damaged(home: Path) -> None:
    content = (home / DATABASE).read_bytes()
    (home / DATABASE).write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreError, match=r"wherefrom\.db is damaged"):
        Store.open(home)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    run_sql(tmp_path, "CREATE TABLE notes (words TEXT)")
    before = (tmp_path / DATABASE).read_bytes()
    for create in (False, True):
        with pytest.raises(StoreError, match="is not a knowledge base of Wherefrom"):
            Store.open(tmp_path, create=create)
    assert (tmp_path / DATABASE).read_bytes() == before


def test_a_newer_schema_is_refused(home: Path) -> None:
    run_sql(home, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"has schema 9999, .* knows up to 0002; update Wherefrom"):
        Store.open(home)


def test_a_damaged_row_is_named(home: Path) -> None:
    with Store.open(home) as store:
        store.save_source(make_source("smith"), origin="user", added_at=NOW)
    run_sql(
        home,
        "DROP TRIGGER bodies_no_update",
        "UPDATE bodies SET body = replace(body, '\"tier\"', '\"tear\"')",
    )
    with Store.open(home) as store:
        with pytest.raises(StoreError, match=r"source smith can't be read: .*'tear'"):
            store.load_source("smith")
        assert any("smith" in fault for fault in store.check_integrity())
        assert any("bodies row" in fault for fault in store.check_integrity(deep=True))


def test_a_read_only_one_takes_nothing(home: Path) -> None:
    with Store.open(home, read_only=True) as store:
        with pytest.raises(StoreError, match="opened for reading only"):
            store.save_source(make_source(), origin="user", added_at=NOW)
        assert list(store.iter_sources()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match="cannot make the folder"):
        Store.open(tmp_path / "kb", create=True)


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="cannot make the folder"):
        Store.open(tmp_path / "file" / "kb", create=True)


def test_half_a_character_is_refused_and_nothing_is_saved(home: Path) -> None:
    with Store.open(home) as store:
        with pytest.raises(InputError, match="half of a character"):
            store.save_source(make_source("smith", title="lone \ud800"), origin="user", added_at=NOW)
        with pytest.raises(NotFoundError):
            store.load_source("smith")
        assert store.last_changed() is None


def test_a_time_without_a_zone_is_refused(home: Path) -> None:
    with Store.open(home) as store, pytest.raises(ValueError, match="with its zone"):
        store.save_source(make_source(), origin="user", added_at=datetime(2025, 3, 1))


@pytest.mark.parametrize("name", ["with space", "50%20off", "what?mode=ro", "hash#tag", "größe", "a'b\"c"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    with Store.open(tmp_path / name, create=True) as store:
        store.save_source(make_source(), origin="user", added_at=NOW)
    with Store.open(tmp_path / name, read_only=True) as store:
        assert len(list(store.iter_sources())) == 1
    assert (tmp_path / name / DATABASE).is_file()


# --------------------------------------------------------------------------- settings and the lock


def test_every_connection_is_set_for_safety(home: Path) -> None:
    wanted = {
        "journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000,
        "trusted_schema": 0, "cell_size_check": 1, "recursive_triggers": 1,
    }  # fmt: skip
    engine = open_engine(home / DATABASE)
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
    engine.dispose()
    assert found == wanted


def test_a_second_writer_waits_and_then_names_the_holder(home: Path) -> None:
    with Store.open(home, lock_timeout_s=0.1) as store, hold_lock(home / LOCK, timeout_s=1):
        with pytest.raises(
            StoreError, match=rf"being written by process {os.getpid()}; waited 0\.1 s"
        ) as caught:
            store.save_source(make_source(), origin="user", added_at=NOW)
        assert caught.value.attributes["holder"] == f"process {os.getpid()}"


def test_a_second_writer_goes_on_when_the_first_is_done(home: Path) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with hold_lock(home / LOCK, timeout_s=1):
            held.set()
            release.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    threading.Timer(0.1, release.set).start()
    with Store.open(home) as store:
        store.save_source(make_source(), origin="user", added_at=NOW)
        assert len(list(store.iter_sources())) == 1
    holder.join()


def test_a_busy_writer_does_not_pass_one_who_waits(tmp_path: Path) -> None:
    waiting, served = threading.Event(), threading.Event()
    passed = 0

    def write_without_a_break() -> None:
        nonlocal passed
        while not served.is_set():
            with hold_lock(tmp_path / LOCK, timeout_s=10):
                passed += waiting.is_set()
                time.sleep(0.01)

    busy = threading.Thread(target=write_without_a_break)
    busy.start()
    time.sleep(0.05)
    waiting.set()
    with hold_lock(tmp_path / LOCK, timeout_s=10):
        served.set()
    busy.join()
    assert passed <= 5


def test_the_lock_is_free_after_an_error(home: Path) -> None:
    with Store.open(home, lock_timeout_s=0.1) as store:
        with pytest.raises(ValueError, match="want the document"):
            store.save_source(make_source(), origin="user", passages=[None], added_at=NOW)  # type: ignore[list-item]
        store.save_source(make_source(), origin="user", added_at=NOW)


def test_readers_go_on_while_someone_writes(home: Path) -> None:
    with Store.open(home) as store:
        store.save_source(make_source("one"), origin="user", added_at=NOW)
        writer = sqlite3.connect(home / DATABASE, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE sources SET title = 'half-written'")
        with Store.open(home, read_only=True) as reader:
            assert [source.id for source in reader.iter_sources()] == ["one"]
            assert reader.check_integrity() == ()
        writer.execute("ROLLBACK")
        writer.close()


def test_one_may_save_while_walking_through_what_is_stored(home: Path) -> None:
    with Store.open(home) as store:
        for name in ("a", "b"):
            store.save_source(make_source(name), origin="user", added_at=NOW)
        for source in store.iter_sources():
            store.save_source(make_source(f"{source.id}2"), origin="user", added_at=NOW)
        assert [source.id for source in store.iter_sources()] == ["a", "a2", "b", "b2"]


def test_threads_share_one_store(home: Path) -> None:
    faults: list[BaseException] = []

    def work(store: Store, worker: int) -> None:
        try:
            for number in range(5):
                store.save_source(make_source(f"s-{worker}-{number}"), origin="user", added_at=NOW)
                store.list_claims()
                list(store.iter_sources())
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            faults.append(error)

    with Store.open(home) as store:
        threads = [threading.Thread(target=work, args=(store, worker)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(list(store.iter_sources())) == 20


# --------------------------------------------------------------------------- migrations, and what is imported


def test_migrations_make_the_schema_that_the_code_names(home: Path) -> None:
    engine = open_engine(home / DATABASE)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_code_knows_every_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(kb.migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS


def test_foreign_keys_hold_in_both_directions_of_a_circle(home: Path) -> None:
    connection = sqlite3.connect(home / DATABASE)
    targets = {
        table: {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
        for table in ("sources", "source_versions", "articles", "article_versions")
    }
    connection.close()
    assert "source_versions" in targets["sources"] and "sources" in targets["source_versions"]
    assert "runs" in targets["articles"] and "articles" in targets["article_versions"]


def run_python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_values_can_be_named_without_sqlalchemy() -> None:
    code = "import sys, kb.store; from kb.store import Change, ClaimPage; print('sqlalchemy' in sys.modules)"
    assert run_python(code) == "False\n"


def test_alembic_is_loaded_only_where_there_is_something_to_migrate(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kb.store import Store\n"
        "Store.open(Path(sys.argv[1]), create=True).close(); print('alembic' in sys.modules)"
    )
    assert run_python(code, str(home)) == "False\n"
    assert run_python(code, str(home / "new")) == "True\n"
