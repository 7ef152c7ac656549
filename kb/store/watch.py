"""Whether the database has changed since it was last asked, by this process or another, in microseconds.

Owns one connection of its own that reads nothing but SQLite's data_version. Refuses to know what changed.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


class ChangeWatch:
    """For one thread at a time. The number that `read` gives differs from the one before it where any other
    connection has committed in between; numbers of two watches mean nothing to each other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def read(self) -> int | None:
        """None where the database can't be read just now: nothing is then known to be unchanged."""
        try:
            if self._connection is None:
                address = f"{self._path.absolute().as_uri()}?mode=ro"
                self._connection = sqlite3.connect(
                    address, uri=True, timeout=0.0, isolation_level=None, check_same_thread=False
                )
            row = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self.close()
            return None
        return int(row[0])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
