"""The file `state.json`: which state of the store the index was last completed for. Written last, whole or
not at all; anything unreadable counts as no state."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.errors import WriteError

_NAME = "state.json"
_MAX_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFile:
    """`generation`: digest of the entries and the model; `ground`: of the store, for people to compare."""

    generation: str
    ground: str
    entries: int


def read_state(folder: Path) -> StateFile | None:
    """None where there is none or it isn't whole."""
    try:
        with (folder / _NAME).open("rb") as handle:
            content = json.loads(handle.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    generation, ground, entries = content.get("generation"), content.get("ground"), content.get("entries")
    if not isinstance(generation, str) or not isinstance(ground, str) or not isinstance(entries, int):
        return None
    return StateFile(generation=generation, ground=ground, entries=entries)


def write_state(folder: Path, state: StateFile) -> None:
    content = {"entries": state.entries, "generation": state.generation, "ground": state.ground}
    work = folder / f"{_NAME}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with work.open("w", encoding="ascii") as handle:
            json.dump(content, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        work.replace(folder / _NAME)
    except OSError as error:
        with suppress(OSError):
            work.unlink()
        raise make_write_error(folder, error) from error


def remove_state(folder: Path) -> None:
    try:
        (folder / _NAME).unlink(missing_ok=True)
    except OSError as error:
        raise make_write_error(folder, error) from error


def make_write_error(folder: Path, error: OSError) -> WriteError:
    """The error for an index folder that can't be written."""
    return WriteError(
        f"The index can't be written to {folder}: {error}. Free some space or check permissions, then run "
        "`wherefrom reindex`.",
        path=str(folder),
    )
