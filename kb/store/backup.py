"""Copies of a knowledge base that are whole: made by SQLite's backup, never by copying the file, which
under load loses what is still in the log; knows no table."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kb.errors import StoreError, WriteError
from kb.store.engine import explained, open_engine
from kb.store.lock import LOCK, hold_lock
from kb.store.migrate import read_revision


def copy_database(origin: Path, target: Path) -> None:
    """Copy one moment of `origin` to `target`, which appears only when it is whole and synced; others may
    write meanwhile. WriteError where it can't be written, StoreError where the copy isn't sound."""
    if (
        target.name.startswith(origin.name)
        and target.parent.exists()
        and target.parent.samefile(origin.parent)
    ):
        raise WriteError(
            f"{target} is the knowledge base itself; give the copy another name", path=str(target)
        )
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with explained(origin, writing=False):
            source = sqlite3.connect(f"{origin.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
        with closing(source), explained(target, writing=True):
            draft.unlink(missing_ok=True)
            with closing(sqlite3.connect(draft)) as copy:
                source.backup(copy)  # all pages in one step: one moment, however many write
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
                _check_copy(copy, origin)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise WriteError(f"cannot write {target}: {error.strerror}", path=str(target)) from error
    finally:
        draft.unlink(missing_ok=True)


def restore_database(backup: Path, target: Path) -> None:
    """Put a backup in the place of a knowledge base that isn't there; StoreError where one is, or where the
    backup isn't one of ours."""
    if not backup.is_file():
        raise StoreError(f"no backup at {backup}", path=str(backup))
    engine = open_engine(backup, read_only=True)
    try:
        if read_revision(engine, backup) is None:
            raise StoreError(f"{backup} is empty", path=str(backup))
    finally:
        engine.dispose()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"cannot make the folder {target.parent}: {error.strerror}", path=str(target)
        ) from error
    with hold_lock(target.with_name(LOCK), timeout_s=1.0):
        # A log left behind by another file would be played into this one.
        for name in (target.name, f"{target.name}-wal", f"{target.name}-journal"):
            if target.with_name(name).exists():
                raise StoreError(
                    f"{target.with_name(name)} exists already; restore into an empty folder and keep the old one "
                    "until the new one is checked",
                    path=str(target),
                )
        copy_database(backup, target)


def _check_copy(copy: sqlite3.Connection, origin: Path) -> None:
    faults = [line for (line,) in copy.execute("PRAGMA integrity_check") if line != "ok"]
    if faults:
        raise StoreError(f"{origin} is damaged, a copy of it is no backup: {faults[0]}", path=str(origin))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
