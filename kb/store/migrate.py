"""Brings a database file to the schema of this code, or says why it can't; the steps are kb.migrations.

alembic is only loaded where there is something to do.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

import kb.migrations
from kb.errors import StoreError
from kb.store.engine import explained, reading, writing
from kb.store.schema import APPLICATION_ID, REVISIONS
from kb.store.sources import renew_grounds

HEAD = REVISIONS[-1]


def read_revision(engine: Engine, path: Path) -> str | None:
    """The schema that the file has, None for an empty file; StoreError for a file that isn't ours or is
    newer than this code."""
    with reading(engine, path) as connection:
        return _read_revision(connection, path)


def upgrade(engine: Engine, path: Path) -> None:
    """Bring the file to HEAD in one transaction, what is kept beside the truth too. The caller holds the
    lock file."""
    use_log(engine, path)
    with writing(engine, path) as connection:
        if _read_revision(connection, path) != HEAD:  # another process may have been faster
            _run_migrations(connection)
            renew_grounds(connection)


def use_log(engine: Engine, path: Path) -> None:
    """Make the file keep a write-ahead log; it stays so. The caller holds the lock file."""
    with explained(path, writing=True), engine.connect() as connection:
        # At the driver: SQLAlchemy would begin a transaction first, and SQLite refuses it inside one.
        driver = connection.connection.cursor()
        try:
            mode = driver.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        finally:
            driver.close()
    if mode != "wal":
        raise StoreError(
            f"{path} lies where SQLite can't keep its log ({mode}); use a local disk", path=str(path)
        )


def keeps_log(engine: Engine, path: Path) -> bool:
    with reading(engine, path) as connection:
        return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal")


def _read_revision(connection: Connection, path: Path) -> str | None:
    tables = {
        name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not tables:
        return None
    identity = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if identity != APPLICATION_ID or "alembic_version" not in tables:
        raise StoreError(f"{path} is not a knowledge base of Wherefrom; give another folder", path=str(path))
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    if found not in REVISIONS:
        raise StoreError(
            f"{path} has schema {found}, and this Wherefrom knows up to {HEAD}; update Wherefrom",
            path=str(path),
            expected=HEAD,
            actual=found,
        )
    return str(found)


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(kb.migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
