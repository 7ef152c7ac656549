"""One run's two streams: results on stdout (text or JSON), talk, progress and errors on stderr; and the exit
code that the run will end with. Refuses to know what is being said."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.errors import InputError, NotFoundError, RegistryError, StoreError, WherefromError, WriteError
from service.progress import Advance, ignore_progress, show_progress
from service.settings import Settings
from service.visible import escape_json, make_visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from kb.types import Issue

EXIT_DONE = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_KNOWLEDGE_BASE = 4
EXIT_WRITE = 5
EXIT_FAULT = 70  # a fault in Wherefrom itself, as sysexits.h numbers it
EXIT_INTERRUPTED = 130

_PIPE_WIDTH = 100  # columns where stdout is no terminal, so that a file reads the same from anywhere
_MAX_WIDTH = 120  # beyond it lines of prose get hard to read


class UsageError(WherefromError):
    """What was asked for can't be done as it was asked (exit 2)."""

    code = "usage"


_CODES: tuple[tuple[type[WherefromError], int], ...] = (
    (UsageError, EXIT_USAGE),
    (InputError, EXIT_INPUT),
    (NotFoundError, EXIT_INPUT),
    (RegistryError, EXIT_KNOWLEDGE_BASE),
    (StoreError, EXIT_KNOWLEDGE_BASE),
    (WriteError, EXIT_WRITE),
)


class Terminal:
    """Streams are looked up when used: a test or a caller may have replaced them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.exit_code = EXIT_DONE
        self._console: Console | None = None
        self._has_bar = False

    # ------------------------------------------------------------------ results

    @property
    def console(self) -> Console:
        """For results. Wraps at the terminal's width, and at a fixed one where there is none."""
        if self._console is None:
            self._console = make_console(color=self.settings.color)
        return self._console

    def put_lines(self, lines: Sequence[Text]) -> None:
        for line in lines:
            self.console.print(line, soft_wrap=True)

    def put_text(self, text: str) -> None:
        sys.stdout.write(make_visible(text) + "\n")

    def put_json(self, value: object, *, one_line: bool = False) -> None:
        from service.schemas import dumps

        text = escape_json(dumps(value, indent=not one_line).decode("utf-8"))
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    # ------------------------------------------------------------------ talk

    def say(self, message: str) -> None:
        """Talk beside the result: silent with --quiet."""
        if not self.settings.quiet:
            _write_error(make_visible(message))

    def say_issues(self, issues: Sequence[Issue], name: str | None = None) -> None:
        """Issues of a run, each once: errors even with --quiet. In JSON they are part of the result."""
        if self.settings.json:
            return
        said: set[str] = set()
        for issue in issues:
            where = f"{name}: " if name is not None else ""
            line = f"{issue.level.value}: {where}{issue.message}"
            if line in said:
                continue
            said.add(line)
            if issue.level.value == "error":
                _write_error(make_visible(line))
            elif issue.level.value == "warning":
                self.say(line)

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        if self.settings.quiet:
            yield ignore_progress
            return
        self._has_bar = True
        try:
            with show_progress(title, sys.stderr, color=self.settings.color) as advance:
                yield advance
        finally:
            self._has_bar = False

    @contextmanager
    def working(self, message: str) -> Iterator[None]:
        """Shows that one step is under way, on a terminal only, and not beside a bar."""
        if self.settings.quiet or self._has_bar or not (sys.stderr.isatty() and self.settings.color):
            yield
            return
        from rich.console import Console
        from rich.text import Text

        with Console(file=sys.stderr, highlight=False).status(Text(make_visible(message))):
            yield

    # ------------------------------------------------------------------ ends

    def raise_exit(self, code: int) -> None:
        """A batch ends with the highest code that it met."""
        self.exit_code = max(self.exit_code, code)

    def fail(self, error: WherefromError, *, name: str | None = None, one_line: bool = False) -> None:
        """Reports one deliberate error and notes its exit code; the caller goes on or ends."""
        code = exit_code_of(error)
        self.raise_exit(code)
        put_error(self.settings, error.code, error.message, code, name=name, one_line=one_line,
                  attributes=error.attributes)  # fmt: skip


def make_console(*, color: bool) -> Console:
    from rich.console import Console

    on_terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        color_system="auto" if color and on_terminal else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if on_terminal else _PIPE_WIDTH,
    )
    if console.width > _MAX_WIDTH:
        console.width = _MAX_WIDTH
    return console


def exit_code_of(error: WherefromError) -> int:
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return EXIT_FAULT


def put_error(
    settings: Settings,
    code: str,
    message: str,
    exit_code: int,
    *,
    name: str | None = None,
    one_line: bool = False,
    attributes: dict[str, object] | None = None,
) -> None:
    """One error: a line on stderr, or with --json an object on stdout (and nothing on stderr), so that a
    program reads one stream only."""
    if settings.json:
        from service.schemas import dumps

        error: dict[str, object] = {"code": code, "message": message, "exit_code": exit_code}
        if name is not None:
            error["input"] = name
        details = {key: _plain(value) for key, value in (attributes or {}).items()}
        if details:
            error["details"] = details
        text = dumps({"ok": False, "error": error}, indent=not one_line).decode("utf-8")
        sys.stdout.write(escape_json(text.rstrip("\n")) + "\n")
        sys.stdout.flush()
        return
    _write_error("error: " + make_visible(message))


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return str(value)


def _write_error(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def explain_os_error(error: OSError) -> str:
    """A sentence for an error of the operating system that nobody below has put into words."""
    where = f" {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    words = {
        errno.ENOSPC: "the disk is full; free some space and run the same command again",
        errno.EACCES: "permission is denied; choose a place that you may write to, e.g. with --home",
        errno.EPERM: "permission is denied; choose a place that you may write to, e.g. with --home",
        errno.EROFS: "the file system is read-only; choose another place, e.g. with --home",
    }.get(error.errno or 0, (error.strerror or str(error)).lower())
    return f"Could not write{where}: {words}."
