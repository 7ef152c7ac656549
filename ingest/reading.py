"""What a reader of one format hands back to `ingest.read`; refuses to know ids, hashes and formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from kb.types import Block, BlockKind, Issue, Level, Link, Note, NoteMark

_Spanned = TypeVar("_Spanned", Link, NoteMark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text with its structure, as one reader sees it. `reader` is name and version."""

    reader: str
    text: str
    url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    note_marks: tuple[NoteMark, ...] = ()
    notes: tuple[Note, ...] = ()
    issues: tuple[Issue, ...] = ()


def warn(stage: str, code: str, message: str, level: Level = Level.WARNING) -> Issue:
    """An issue of this package."""
    return Issue(stage=stage, level=level, code=code, message=message)


def resolve_target(base: str | None, target: str) -> str:
    """A link's target made absolute where it can be; as it is where it can't. White space inside, as
    browsers do, is dropped."""
    clean = "".join(target.split())
    if base is None:
        return clean
    try:
        return urljoin(base, clean)
    except ValueError:
        return clean


def keep_outside(found: Iterable[_Spanned], covered: Iterable[tuple[int, int]]) -> list[_Spanned]:
    """Those that touch no covered stretch, in order of their starts. The stretches don't overlap each other."""
    stretches = sorted(covered)
    kept = []
    index = 0
    for one in sorted(found, key=lambda span: span.start):
        while index < len(stretches) and stretches[index][1] <= one.start:
            index += 1
        if index == len(stretches) or one.end <= stretches[index][0]:
            kept.append(one)
    return kept


def is_web_address(target: str) -> bool:
    """Whether this is an absolute http(s) address with a host."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def name_sections(
    blocks: Iterable[Block], text: str, clean: Callable[[str], str] = str.strip
) -> tuple[Block, ...]:
    """Give every block the nearest heading above it as its section; a heading has that of the nearest
    higher heading. `clean` makes a heading's text fit for print."""
    path: list[tuple[int, str]] = []
    named = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            while path and path[-1][0] >= block.level:
                path.pop()
        named.append(replace(block, section=path[-1][1] if path else None))
        if block.kind is BlockKind.HEADING:
            path.append((block.level, " ".join(clean(text[block.start : block.end]).split())[:200]))
    return tuple(named)
