"""Progress of long work on stderr: a bar on a terminal, a plain line now and then elsewhere, nothing when
quiet. Owns no work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# Called with (done, total); a total of 0 means unknown.
Advance = Callable[[int, int], None]

LINE_INTERVAL_S = 5.0


def ignore_progress(done: int, total: int) -> None:
    """An `Advance` that tells nobody."""


@contextmanager
def show_progress(title: str, stream: TextIO, *, color: bool = True) -> Iterator[Advance]:
    """Yields the function that the work calls as it goes on."""
    if stream.isatty() and color:
        with _show_bar(title, stream) as advance:
            yield advance
    else:
        yield _LineProgress(title, stream)


@contextmanager
def _show_bar(title: str, stream: TextIO) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(file=stream, highlight=False)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


class _LineProgress:
    """Says nothing of work that is soon done; then one line every few seconds."""

    def __init__(self, title: str, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._stream = stream
        self._clock = clock
        self._last = clock()

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now - self._last < LINE_INTERVAL_S:
            return
        self._last = now
        of = f" of {total}" if total else ""
        self._stream.write(f"{self._title}: {done}{of}\n")
        self._stream.flush()
