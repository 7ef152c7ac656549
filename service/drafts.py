"""Checking while someone types: a draft in paragraphs, each judged once and not again until it changes.

A paragraph is judged with what the whole draft names and links, so that the same words in the same draft get the
same verdict wherever they stand. Owns the cutting into paragraphs, what a paragraph's verdict hangs on, and how
long it is remembered: in memory alone, under keyed hashes, for ten minutes. Refuses to know protocols. A whole
article is better checked whole (`Workbench.check`): then "the study" of the paragraph before is known too.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import LanguageError
from kb.types import Raw, Report

if TYPE_CHECKING:
    from service.workbench import Workbench

KEPT_S = 600.0
MAX_KEPT = 4_000
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# Editors send a paragraph a line; a block of long lines is cut at them, one of short lines is wrapped text.
_LONG_LINE = 200
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"]{4,300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A paragraph's report; its offsets count from `start` of the draft."""

    start: int
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """The parts of a draft in their order. `judged` is how many were judged just now; `unread` holds why a
    part could not be read, one message for each kind."""

    text: str
    parts: tuple[Part, ...]
    judged: int
    unread: tuple[str, ...] = ()


class DraftChecker:
    """For one thread (the worker's). `clock` gives seconds, for tests."""

    def __init__(
        self, workbench: Workbench, *, kept_s: float = KEPT_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workbench = workbench
        self._kept_s = kept_s
        self._clock = clock
        self._key = secrets.token_bytes(32)  # so that nobody can look for a text among the hashes
        self._kept: OrderedDict[bytes, tuple[float, Report | None, str]] = OrderedDict()

    def check(self, text: str) -> DraftReport:
        """The reports on every paragraph of a plain text."""
        now = self._clock()
        self._drop_old(now)
        surroundings = self._read_surroundings(text)
        parts: list[Part] = []
        unread: dict[str, None] = {}
        judged = 0
        for start, end in cut_paragraphs(text):
            words = text[start:end]
            name = self._name(words, surroundings)
            held = self._kept.get(name)
            if held is None:
                held = (now, *self._judge(words, surroundings))
                judged += 1
            self._kept[name] = (now, held[1], held[2])
            self._kept.move_to_end(name)
            if held[1] is not None:
                parts.append(Part(start=start, report=held[1]))
            elif held[2]:
                unread[held[2]] = None
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return DraftReport(text=text, parts=tuple(parts), judged=judged, unread=tuple(unread))

    def forget(self) -> None:
        self._kept.clear()

    def _judge(self, words: str, surroundings: str) -> tuple[Report | None, str]:
        raw = Raw(name="-", content=words.encode("utf-8", "replace"), media_type="text/plain")
        try:
            return self._workbench.check(raw, surroundings=surroundings), ""
        except LanguageError as error:
            return None, error.message

    def _read_surroundings(self, text: str) -> str:
        """The sources that the draft names anywhere, and the addresses in it: in an order of their own, so
        that moving a paragraph changes nothing."""
        sources = self._workbench.library.sources
        named = sorted(self._workbench.library.names.weigh(text))
        titles = [
            " ".join((sources[source_id].publisher or "", *sources[source_id].authors[:3]))
            for source_id in named
        ]
        return "\n".join([*titles, *sorted(set(_ADDRESS.findall(text)))])

    def _name(self, words: str, surroundings: str) -> bytes:
        digest = hashlib.blake2b(key=self._key, digest_size=32)
        for part in (self._workbench.checker, self._workbench.current_ground(), surroundings, words):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        return digest.digest()

    def _drop_old(self, now: float) -> None:
        while self._kept:
            name, (used, _, _) = next(iter(self._kept.items()))
            if now - used <= self._kept_s:
                return
            del self._kept[name]


def cut_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every paragraph: blocks between blank lines, and each line of a block of long lines."""
    start = 0
    for gap in [*_BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap is not None else len(text)
        if text[start:end].strip():
            yield from _cut_lines(text, start, end)
        start = gap.end() if gap is not None else end


def _cut_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    lines = text[start:end].split("\n")
    if len(lines) < 2 or max(len(line) for line in lines) < _LONG_LINE:
        yield start, end
        return
    for line in lines:
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1
