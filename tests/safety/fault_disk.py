"""A disk under SQLite that remembers every write and fails where it is told to: a VFS put around the system's
own through ctypes, in the SQLite that Python itself is linked with.

`faulty_disk()` makes it the default VFS of this process until the block ends. Not a test.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FULL = 13  # SQLITE_FULL
IO_WRITE, IO_SYNC, IO_TRUNCATE = 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8  # SQLITE_IOERR_...

_OK, _MEMORY = 0, 7
_FILE = ctypes.c_void_p
# Names are plain pointers: SQLite keeps the one that it hands over, so it must get back the very same.
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, _FILE, ctypes.c_int, ctypes.c_void_p)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs as sqlite3.h has it; what isn't replaced is a plain pointer."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("path_size", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("delete", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 13),
    ]


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", ctypes.c_void_p),
        ("truncate", ctypes.c_void_p),
        ("sync", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 13),
    ]


@dataclass(frozen=True)
class Step:
    """One thing that was done to a file (by name), or that was acknowledged to a caller."""

    kind: Literal["write", "truncate", "sync", "delete", "acknowledge"]
    name: str = ""
    offset: int = 0  # of a write; the new size of a truncation
    content: bytes = b""


@dataclass
class Disk:
    """`steps` in their order, less those that failed; `failed` counts these."""

    steps: list[Step] = field(default_factory=list)
    failed: int = 0
    _place: int | None = None
    _code: int = FULL
    _stays: bool = False
    _number: int = 0

    def acknowledge(self) -> None:
        self.steps.append(Step("acknowledge"))

    def fail(self, place: int, code: int, *, stays: bool) -> None:
        """Answer with `code` at this place, counted from now, or from there on (`stays`). FULL counts writes
        only, for a full disk still cuts and syncs; other codes count syncs and truncations too."""
        self._place, self._code, self._stays, self._number = place, code, stays, 0

    def mend(self) -> None:
        self._place = None

    def note(self, step: Step) -> int:
        """What the disk answers: 0 for done."""
        if self._place is not None and (step.kind == "write" or self._code != FULL):
            number, self._number = self._number, self._number + 1
            if number == self._place or (self._stays and number > self._place):
                self.failed += 1
                return {"sync": IO_SYNC, "truncate": IO_TRUNCATE}.get(step.kind, self._code)
        self.steps.append(step)
        return _OK


_LIBRARY = ctypes.CDLL(_sqlite3.__file__)
_KEPT: list[Any] = []  # SQLite keeps pointers to these for as long as a file is open


@contextmanager
def faulty_disk() -> Iterator[Disk]:
    """Every database opened inside goes through the disk that is given."""
    find = _LIBRARY.sqlite3_vfs_find
    find.restype = ctypes.POINTER(_Vfs)
    system = find(None)
    disk = Disk()
    names: dict[int, str] = {}
    patched: dict[int, _Methods] = {}

    def patch(file: int, methods: int) -> None:
        """Put our write, truncate and sync into the methods of an open file."""
        if methods not in patched:
            original = _Methods.from_address(methods)
            write, cut, sync = _WRITE(original.write), _TRUNCATE(original.truncate), _SYNC(original.sync)

            def on_write(handle: int, content: int, size: int, offset: int) -> int:
                step = Step("write", names.get(handle, ""), offset, ctypes.string_at(content, size))
                return disk.note(step) or int(write(handle, content, size, offset))

            def on_truncate(handle: int, size: int) -> int:
                return disk.note(Step("truncate", names.get(handle, ""), size)) or int(cut(handle, size))

            def on_sync(handle: int, flags: int) -> int:
                return disk.note(Step("sync", names.get(handle, ""))) or int(sync(handle, flags))

            ours = _Methods.from_buffer_copy(original)
            calls = (_WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync))
            ours.write, ours.truncate, ours.sync = (ctypes.cast(c, ctypes.c_void_p).value for c in calls)
            _KEPT.extend((ours, calls))
            patched[methods] = ours
        ctypes.c_void_p.from_address(file).value = ctypes.addressof(patched[methods])

    open_file, delete_file = _OPEN(system.contents.open), _DELETE(system.contents.delete)

    def on_open(vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        code = int(open_file(ctypes.addressof(system.contents), name, file, flags, out))
        methods = ctypes.c_void_p.from_address(file).value
        if code == _OK and name is not None and methods:
            names[file] = Path(ctypes.string_at(name).decode()).name
            patch(file, methods)
        return code

    def on_delete(vfs: int, name: bytes, sync: int) -> int:
        disk.steps.append(Step("delete", Path(name.decode()).name))
        return int(delete_file(ctypes.addressof(system.contents), name, sync))

    around = _Vfs.from_buffer_copy(system.contents)
    around.name, around.next = b"faulty", None
    calls = (_OPEN(on_open), _DELETE(on_delete))
    around.open, around.delete = (ctypes.cast(c, ctypes.c_void_p).value for c in calls)
    _KEPT.extend((around, calls))
    _LIBRARY.sqlite3_vfs_register(ctypes.byref(around), 1)
    try:
        yield disk
    finally:
        _LIBRARY.sqlite3_vfs_register(system, 1)
        _LIBRARY.sqlite3_vfs_unregister(ctypes.byref(around))


# --------------------------------------------------------------------------- the power goes


def files_after_power_loss(
    before: dict[str, bytes], steps: list[Step], keep: Literal["all", "none", "some"], chance: random.Random
) -> dict[str, bytes]:
    """What lies on the disk when the power goes after these steps: all that was synced, and of each file's
    later writes all, none, or some (each by chance, the last perhaps in half: a torn write)."""
    synced: dict[str, bytearray] = {name: bytearray(content) for name, content in before.items()}
    waiting: dict[str, list[Step]] = {}
    for step in steps:
        if step.kind == "sync":
            content = synced.setdefault(step.name, bytearray())
            for earlier in waiting.pop(step.name, []):
                _apply(content, earlier)
        elif step.kind == "delete":
            synced.pop(step.name, None)
            waiting.pop(step.name, None)
        elif step.kind != "acknowledge":
            waiting.setdefault(step.name, []).append(step)
    for name, later in waiting.items():
        kept = [step for step in later if keep == "all" or (keep == "some" and chance.random() < 0.5)]
        if keep == "some" and kept and kept[-1].kind == "write" and chance.random() < 0.5:
            last = kept[-1]
            kept[-1] = Step("write", name, last.offset, last.content[: len(last.content) // 2])
        if kept or name in synced:
            content = synced.setdefault(name, bytearray())
            for step in kept:
                _apply(content, step)
    return {name: bytes(content) for name, content in synced.items()}


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.offset :]
        content.extend(b"\0" * (step.offset - len(content)))
        return
    content.extend(b"\0" * (step.offset - len(content)))
    content[step.offset : step.offset + len(step.content)] = step.content


def linked_version() -> str:
    """The version of the library that was found, which must be the one that Python uses."""
    version = _LIBRARY.sqlite3_libversion
    version.restype = ctypes.c_char_p
    found = bytes(version()).decode()
    if found != sqlite3.sqlite_version:
        raise RuntimeError(f"found SQLite {found}, Python uses {sqlite3.sqlite_version}")
    return found
