"""How the database file is opened, how a transaction begins and ends, and what SQLite's errors mean to a
person; knows no table.

Readers see one moment (BEGIN) and are never blocked; writers take the lock file, then BEGIN IMMEDIATE, so
that a read that turns into a write can't fail half-way. Every commit is synced to the disk.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from kb.errors import InputError, StoreError, WriteError

_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA recursive_triggers = ON",  # or REPLACE would delete rows without asking the triggers
    "PRAGMA mmap_size = 0",
)
_NO_WRITE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN", "SQLITE_IOERR")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


def open_engine(path: Path, *, read_only: bool = False, create: bool = False) -> Engine:
    """An engine over the file; nothing is opened before the first connection. Without `create` a missing
    file is an error and not an empty database."""

    def connect() -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc" if create else "rw"
        address = f"{path.absolute().as_uri()}?mode={mode}"
        if (
            read_only
            and not path.with_name(path.name + "-wal").exists()
            and not os.access(path.parent, os.W_OK)
        ):
            address += "&immutable=1"  # on a medium that nobody can write, where SQLite can't make its index
        connection = sqlite3.connect(
            address, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    # Readers in a thread pool must not wait for each other: connections to a file are cheap.
    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=-1
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("wherefrom_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine, path: Path) -> Iterator[Connection]:
    """One moment of the database; nothing in it can be written."""
    with explained(path, writing=False), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """One transaction: all of it or nothing. The caller holds the lock file."""
    with explained(path, writing=True), engine.connect() as plain:
        connection = plain.execution_options(wherefrom_writing=True)
        with connection.begin():
            yield connection


@contextmanager
def explained(path: Path, *, writing: bool) -> Iterator[None]:
    """Turn what the driver raises into errors that name the file and say what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = explain(error.orig if isinstance(error, DBAPIError) else error, path, writing=writing)
        if told is None:
            raise
        raise told from error
    except UnicodeEncodeError as error:
        raise InputError(
            f"a text holds {error.object[error.start : error.start + 1]!r}, half of a character, and can't be "
            "kept; read the input again with such halves replaced"
        ) from error


def explain(error: Any, path: Path, *, writing: bool) -> StoreError | WriteError | None:
    """The error to raise for an error of sqlite3; None where it is a fault of the code."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(_DAMAGED):
        return StoreError(
            f"{path} is damaged ({error}); keep a copy and restore a backup", path=str(path), cause=name
        )
    if name.startswith(_BUSY):
        return StoreError(
            f"{path} is locked by a program that doesn't keep to the lock file; close it and try again",
            path=str(path),
            cause=name,
        )
    if name.startswith(_NO_WRITE):
        if writing:
            return WriteError(
                f"nothing could be written to {path} ({error}); what was there is kept; "
                "free some space or check permissions, then run the same command again",
                path=str(path),
                cause=name,
            )
        return StoreError(f"{path} can't be read ({error})", path=str(path), cause=name)
    return None
