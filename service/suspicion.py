"""What an article or a new source should make a person suspicious of: addresses that look like others, and
texts that are another source's with other figures. Warns; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from kb.index import Hit
from kb.types import Document, Issue, Level, Source
from service.origins import compare_copy
from sources.lookalikes import find_lookalikes

_ALWAYS_KNOWN = ("arxiv.org", "doi.org")
_LINES = 6  # of a new text's longest lines, to find the text that it may be a copy of
_LINE_CHARACTERS = 400


class Searched(Protocol):
    """What is held and how it is searched (service.library has it)."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    def text_of(self, source_id: str) -> str | None: ...
    def search_all(self, queries: Sequence[str], *, limit: int) -> Sequence[Sequence[Hit]]: ...


def warn_of_lookalikes(document: Document, library: Searched) -> list[Issue]:
    """Links of an article whose host looks like that of a source and isn't it."""
    targets = [link.target for link in document.links]
    targets += [target for note in document.notes for target in note.targets]
    if not targets:
        return []
    known = [urlsplit(source.url).netloc for source in library.sources.values() if source.url]
    return [
        _warn(
            "link_looks_alike",
            f"The article links to {host}, which looks like {other} and isn't: check the address.",
        )
        for host, other in find_lookalikes(targets, [*known, *_ALWAYS_KNOWN]).items()
    ]


def warn_of_changed_copies(document: Document, source_id: str, library: Searched) -> list[Issue]:
    """Sources that a new source's text is a copy of, but for its figures."""
    longest = sorted(document.text.splitlines(), key=len)[-_LINES:]
    hits = library.search_all([line[:_LINE_CHARACTERS] for line in longest], limit=_LINES)
    issues = []
    for other in sorted({hit.source_id for found in hits for hit in found} - {source_id}):
        text = library.text_of(other)
        copy = compare_copy(document.text, text) if text else None
        if copy is not None and (copy.new or copy.lost):
            own, theirs = ", ".join(copy.new) or "none", ", ".join(copy.lost) or "none"
            issues.append(
                _warn(
                    "copy_differs",
                    f"{source_id} is a copy of {other} with other figures: {own} where that has {theirs}. Find "
                    "out which is right before either is relied on.",
                )
            )
    return issues


def _warn(code: str, message: str) -> Issue:
    return Issue(stage="sources", level=Level.WARNING, code=code, message=message)
