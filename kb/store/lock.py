"""One writer at a time: a lock file beside the database, held for one transaction; knows no SQL.

SQLite as Python links it may be older than 3.51.3, where two connections that write or checkpoint at the
same moment can corrupt a WAL database, so writers queue here and not inside SQLite. The kernel drops the
lock when its holder dies, however it dies; the number in the file only says whom to ask.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import StoreError, WriteError

LOCK = "write.lock"  # the file's name in a home folder
_QUEUE_POLL_S = 0.005  # a save of one article takes some 30 ms, most of it the disk's
_LOCK_POLL_S = 0.001  # at most one writer polls at this pace


@contextmanager
def hold_lock(path: Path, *, timeout_s: float) -> Iterator[None]:
    """Hold the lock file; StoreError naming its holder after `timeout_s`, WriteError where the file can't
    be made. Not reentrant: a second call waits for the first, in the same thread too.

    Before the lock comes a place in front of it: one writer stands there, and who has just written can't
    pass it. Without it a busy writer takes the lock again and again, and others wait for ever.
    """
    deadline = time.monotonic() + timeout_s
    lock = _open(path)
    try:
        front = _open(path.with_name(path.name + ".next"))
        try:
            if not (_take(front, deadline, _QUEUE_POLL_S) and _take(lock, deadline, _LOCK_POLL_S)):
                holder = _read_holder(lock)
                raise StoreError(
                    f"the knowledge base at {path.parent} is being written by {holder}; "
                    f"waited {timeout_s:g} s; try again when it is done",
                    path=str(path),
                    holder=holder,
                )
        finally:
            os.close(front)
        _sign(lock)
        yield
    finally:
        os.close(lock)  # drops the lock


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WriteError(
            f"cannot write to {path.parent}: {error.strerror}; check its owner and permissions",
            path=str(path),
        ) from error


def _take(file: int, deadline: float, poll_s: float) -> bool:
    """Lock a file; False where the deadline comes first."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(poll_s)
        else:
            return True


def _read_holder(file: int) -> str:
    digits = os.pread(file, 20, 0).decode("ascii", "replace").strip()
    return f"process {digits}" if digits.isdigit() else "another process"


def _sign(file: int) -> None:
    """Say who holds the lock. On a full disk the lock still holds, only without a name."""
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, b"%d\n" % os.getpid(), 0)
    except OSError:
        return
