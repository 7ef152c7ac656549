"""Finds and fetches the open text of a work: tries its addresses in order, keeps every answer as a capture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kb.errors import FetchError, InputError
from kb.ids import hash_bytes
from kb.types import Document, Issue, Level, Raw, Source
from service.gather.manners import MannerlyFetcher
from sources.lookups import Services

if TYPE_CHECKING:
    from kb.store import Capture

_STAGE = "service.gather"
WHOLE, ABSTRACT = "whole", "abstract"
_MIN_WORDS = 120  # of a text; what is shorter is a notice or a login page


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlace:
    """An address that may hold a text, and how much of it: `whole` or `abstract`."""

    url: str
    holds: str = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedText:
    """A text that was fetched and can be read."""

    raw: Raw
    document: Document
    place: TextPlace
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What trying the addresses brought: `captures` with their bytes, one for each address asked."""

    text: FetchedText | None
    captures: tuple[tuple[Capture, bytes | None], ...]
    issues: tuple[Issue, ...]


def list_places(
    source: Source, services: Services, *, version: str | None = None, more: Iterable[TextPlace] = ()
) -> tuple[TextPlace, ...]:
    """Where the text of a source may stand, best first: arXiv, then what is said to be open, then its own
    page; a page behind a DOI often shows the abstract alone."""
    places = (
        [TextPlace(url=url) for url in services.arxiv_texts(source.arxiv, version)] if source.arxiv else []
    )
    places += more
    if source.url and not (source.arxiv and "arxiv.org" in source.url):
        closed = source.doi is not None
        places.append(TextPlace(url=source.url, holds=ABSTRACT if closed else WHOLE))
    if source.doi and not source.url:
        places.append(TextPlace(url=services.doi_page(source.doi), holds=ABSTRACT))
    once: dict[str, TextPlace] = {}
    for place in places:
        once.setdefault(place.url, place)
    return tuple(once.values())


def fetch_first(
    source_id: str,
    places: Iterable[TextPlace],
    fetcher: MannerlyFetcher,
    now: Callable[[], datetime],
) -> Attempt:
    """The first address whose text can be read. Raises nothing: what failed is a capture and an issue."""
    captures: list[tuple[Capture, bytes | None]] = []
    issues: list[Issue] = []
    for place in places:
        raw, capture = fetch_capture(source_id, place.url, fetcher, now)
        captures.append((capture, None if raw is None else raw.content))
        if raw is None:
            issues.append(_warn("not_fetched", capture.problem or "could not be fetched"))
            continue
        try:
            text = read_text(raw, place)
        except InputError as error:
            issues.append(_warn(error.code, error.message))
            continue
        return Attempt(text=text, captures=tuple(captures), issues=tuple(issues))
    return Attempt(text=None, captures=tuple(captures), issues=tuple(issues))


def fetch_capture(
    source_id: str, url: str, fetcher: MannerlyFetcher, now: Callable[[], datetime]
) -> tuple[Raw | None, Capture]:
    """The bytes at one address and the record of the fetch."""
    from kb.store import Capture

    try:
        raw = fetcher.fetch_text(url)
    except FetchError as error:
        status = error.attributes.get("status")
        return None, Capture(
            source_id=source_id,
            asked=url,
            fetched_at=now(),
            status=status if isinstance(status, int) else None,
            problem=error.message[:500],
        )
    return raw, Capture(
        source_id=source_id,
        asked=url,
        url=raw.url,
        fetched_at=now(),
        status=200,
        media_type=raw.media_type,
        sha256=hash_bytes(raw.content),
    )


def read_text(raw: Raw, place: TextPlace, *, min_words: int = _MIN_WORDS) -> FetchedText:
    """InputError where the bytes hold no text worth keeping: a page of a few words is a notice or a login."""
    from ingest.read import read_document

    found = read_document(raw)
    document = found.items[0]
    words = len(document.text.split())
    if words < min_words:
        raise InputError(f"{raw.name}: holds only {words} words, no text of a source", name=raw.name)
    return FetchedText(raw=raw, document=document, place=place, issues=found.issues)


def mark_holding(source: Source, text: FetchedText) -> Source:
    """The source with how much of its text is held, where it doesn't say so itself."""
    return source if source.text_status else replace(source, text_status=text.place.holds)


def _warn(code: str, message: str) -> Issue:
    return Issue(stage=_STAGE, level=Level.WARNING, code=code, message=message)
