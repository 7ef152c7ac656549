"""Which process owns the Chroma directory: a lock on a file, dropped by the kernel when its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class OwnerLock:
    """Held from `take` until `release`. A second holder, in this process or another, is refused at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def take(self) -> bool:
        """Whether the lock is ours now; False when another holds it or the folder can't be written."""
        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
