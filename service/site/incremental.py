"""Builds again only what changed: the state of the last build, and the writer that keeps files which still hold.

Owns the state file and how an unchanged file gets into the new folder (a link to the old one, else a copy). A
page's key covers everything it is made of; where keys differ it is made again, and counts as written only if
its bytes differ. Refuses to know what a page is made of.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from kb.ids import hash_bytes
from service.site.render import find_folder

STATE = ".build.json"
_FORMAT = 1
_PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Files that are made together, and the key of what they are made of. `make` gives those of `paths` and
    may give more (the tables of a page's pictures)."""

    key: str
    paths: tuple[str, ...]
    make: Callable[[], Mapping[str, bytes]]


@dataclass(slots=True, kw_only=True)
class State:
    """What the last build left: `pages` the key of each file, `extras` the further files of a job by its
    first one, `claims` their short forms, `index` the hash of the search index."""

    pages: dict[str, str] = field(default_factory=dict)
    extras: dict[str, list[str]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    index: str = ""


def read_state(out: Path, program: str) -> State:
    """An empty state where there is none, it can't be read, or another program wrote it."""
    try:
        held = orjson.loads((out / STATE).read_bytes())
        if held["format"] != _FORMAT or held["program"] != program:
            return State()
        pages, extras, claims = dict(held["pages"]), dict(held["extras"]), dict(held["claims"])
        return State(pages=pages, extras=extras, claims=claims, index=str(held["index"]))
    except (OSError, ValueError, TypeError, KeyError):
        return State()


def write_state(state: State, program: str) -> bytes:
    fields = {
        "format": _FORMAT, "program": program, "index": state.index, "pages": state.pages,
        "extras": state.extras, "claims": state.claims,
    }  # fmt: skip
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


@cache
def hash_program() -> str:
    """Of all code and templates that a page may depend on: a new version builds everything again."""
    folders = [_PACKAGES / "service", _PACKAGES / "kb", find_folder("templates"), find_folder("static")]
    lines = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in (".py", ".html", ".css", ".js", ".svg"):
                lines.append(f"{path.relative_to(folder).as_posix()} {hash_bytes(path.read_bytes())}")
    return hash_bytes("\n".join(lines).encode())


def hash_key(*parts: object) -> str:
    return hash_bytes("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"))[:20]


class SiteWriter:
    """Writes into `folder`; `old` is the site before, `state` what it was made of."""

    def __init__(self, folder: Path, old: Path, state: State, advance: Callable[[], None]) -> None:
        self.folder = folder
        self.old = old
        self.state = state
        self.advance = advance
        self.keys: dict[str, str] = {}
        self.extras: dict[str, list[str]] = {}
        self.changed: list[str] = []  # the files whose bytes are new
        self._folders: set[Path] = set()

    def holds(self, job: Job) -> bool:
        """Whether its files of the last build still hold."""
        paths = (*job.paths, *self.state.extras.get(job.paths[0], ()))
        return all(self.state.pages.get(path) == job.key for path in paths)

    def run(self, job: Job) -> None:
        extras = self.state.extras.get(job.paths[0], [])
        if self.holds(job) and all((self.old / path).is_file() for path in (*job.paths, *extras)):
            for path in (*job.paths, *extras):
                self._keep(path)
        else:
            made = job.make()
            if not set(job.paths) <= set(made):
                raise ValueError(f"a job for {job.paths} made {sorted(made)}")
            extras = sorted(set(made) - set(job.paths))
            for path, content in made.items():
                self._write(path, content)
        self.keys.update(dict.fromkeys((*job.paths, *extras), job.key))
        if extras:
            self.extras[job.paths[0]] = extras
        for _ in job.paths:
            self.advance()

    def write(self, path: str, content: bytes) -> None:
        """A file that is made each time."""
        self._write(path, content)
        self.keys[path] = ""
        self.advance()

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def _write(self, path: str, content: bytes) -> None:
        with contextlib.suppress(OSError):
            if (self.old / path).stat().st_size == len(content) and (self.old / path).read_bytes() == content:
                self._keep(path)
                return
        self._place(path).write_bytes(content)
        self.changed.append(path)

    def _keep(self, path: str) -> None:
        target = self._place(path)
        try:
            os.link(self.old / path, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(self.old / path, target)

    def _place(self, path: str) -> Path:
        target = self.folder / path
        if target.parent not in self._folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(target.parent)
        return target
