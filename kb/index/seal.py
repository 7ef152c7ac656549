"""The seal of a Chroma directory: a file that says what its graph files were when it was last complete.

chromadb maps those files into memory unchecked: a cut or garbled one gives wrong answers or kills the process
(seen with 1.5.9). So a directory is only opened under an unbroken seal. It is off while the directory is
written, and aside while it is opened: whoever dies meanwhile leaves a directory that is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.index.faults import DerivedFault

_DATABASE = "chroma.sqlite3"  # checks itself, and changes with every opening
_PERSISTED = "index_metadata.pickle"  # beside graph files that are in use; before that they hold nothing yet


class Seal:
    """The seal at `path` of the directory `folder`."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._aside = path.with_name(path.name + ".opening")
        self._folder = folder

    def check(self) -> None:
        """DerivedFault unless the directory is as it was when it was sealed."""
        if not self._folder.is_dir():
            raise DerivedFault("there is none yet")
        if self._aside.exists():
            raise DerivedFault("the process that opened it last ended while it was opening it")
        try:
            sealed = json.loads(self._path.read_bytes())
        except FileNotFoundError as error:
            raise DerivedFault("it isn't complete") from error
        except (OSError, ValueError, RecursionError) as error:
            raise DerivedFault("its seal can't be read") from error
        if sealed != self._describe():
            raise DerivedFault("its files aren't as they were written")

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Set the seal aside, and put it back if nothing was raised."""
        self._path.replace(self._aside)
        yield
        self._aside.replace(self._path)

    def put(self) -> None:
        work = self._path.with_name(self._path.name + ".new")
        work.write_text(json.dumps(self._describe(), indent=1, sort_keys=True), encoding="utf-8")
        work.replace(self._path)
        self._aside.unlink(missing_ok=True)

    def take_off(self) -> None:
        self._path.unlink(missing_ok=True)
        self._aside.unlink(missing_ok=True)

    def _describe(self) -> dict[str, str]:
        """sha256 by name of the graph files; only the size of those that aren't in use yet."""
        described = {}
        try:
            for path in sorted(self._folder.rglob("*")):
                if not path.is_file() or path.name.startswith(_DATABASE):
                    continue
                name = path.relative_to(self._folder).as_posix()
                if (path.parent / _PERSISTED).exists():
                    with path.open("rb") as handle:
                        described[name] = hashlib.file_digest(handle, "sha256").hexdigest()
                else:
                    described[name] = f"{path.stat().st_size} bytes"
        except OSError as error:
            raise DerivedFault(f"its files can't be read ({error.strerror})") from error
        return described
