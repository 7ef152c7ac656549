"""What fetching brought is kept as it came: bytes under their hash, and what failed with its reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

import kb.migrations
from kb.ids import hash_bytes
from kb.store import Capture, Store
from kb.store.engine import open_engine, writing
from kb.store.store import DATABASE
from tests.factories import make_source

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = b"<p>It was 47%.</p>"


def _capture(**fields: object) -> Capture:
    sound: dict[str, object] = {"source_id": "smith", "asked": "https://example.org/a", "fetched_at": NOW}
    return Capture(**{**sound, **fields})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, create=True) as opened:
        opened.save_source(make_source("smith"), origin="user", added_at=NOW)
        yield opened


def test_captures_come_back_as_they_were_saved_oldest_first(store: Store) -> None:
    came = _capture(url="https://example.org/b", status=200, media_type="text/html", sha256=hash_bytes(PAGE))
    failed = _capture(status=404, problem="answered with status 404", fetched_at=NOW + timedelta(hours=1))
    store.save_capture(came, raw=PAGE)
    store.save_capture(failed)
    assert store.load_captures("smith") == (came, failed)
    assert store.load_raw(hash_bytes(PAGE)) == PAGE


def test_a_capture_whose_bytes_are_others_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="its bytes are"):
        store.save_capture(_capture(sha256="0" * 64), raw=PAGE)
    assert store.load_captures("smith") == ()


def test_a_capture_is_never_changed(store: Store, tmp_path: Path) -> None:
    store.save_capture(_capture(problem="timeout"))
    connection = sqlite3.connect(tmp_path / DATABASE)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE captures SET problem = NULL")
    connection.close()


def test_captures_decide_nothing(store: Store) -> None:
    before = store.ground()
    store.save_capture(_capture(sha256=hash_bytes(PAGE)), raw=PAGE)
    assert store.ground() == before


def test_a_knowledge_base_of_the_first_schema_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / DATABASE, create=True)
    with writing(engine, tmp_path / DATABASE) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(kb.migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with Store.open(tmp_path) as opened:
        opened.save_source(make_source("smith"), origin="user", added_at=NOW)
        opened.save_capture(_capture(problem="timeout"))
        assert len(opened.load_captures("smith")) == 1
        assert opened.check_integrity() == ()
