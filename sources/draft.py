"""Makes a source of what is known about a work: an id, a kind, fields that the strict reader takes.

Knows which of several statements goes first; nothing about files, stores and the net.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from kb.ids import slugify
from kb.types import FiguresChange, Source, SourceStatus, StatedVersion, Tier
from kb.words import is_function_word
from sources.fields import MAX_SLUG, is_date
from sources.identifiers import ARXIV_ID, DOI, is_web_address
from sources.records import Record
from sources.resolve import read_surname

_TITLE_WORDS = 3
_NEWS_HOSTS = re.compile(
    r"(?:^|\.)(?:reuters|apnews|bloomberg|nytimes|theguardian|bbc|cnn|venturebeat|wired|theverge|techcrunch)\."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What somebody says about a work: a person, a registry, the text itself."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    publisher: str | None = None
    kind: str | None = None
    tier: Tier | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None


def join_known(*statements: Known) -> Known:
    """Field by field, the first statement that says something."""
    joined = Known()
    for statement in statements:
        values = {
            name: getattr(joined, name) or getattr(statement, name)
            for name in ("title", "authors", "published", "publisher", "kind", "tier", "doi", "arxiv", "url")
        }
        joined = Known(**values)
    return joined


def know_record(record: Record) -> Known:
    return Known(
        title=record.title,
        authors=record.authors,
        published=record.published,
        publisher=record.publisher,
        kind=record.kind,
        doi=record.doi,
        arxiv=record.arxiv,
        url=record.url,
    )


def draft_source(known: Known, *, taken: Collection[str], source_id: str | None = None) -> Source | None:
    """A source that nobody has reviewed yet; None where not even its title is known. What the schema
    wouldn't take (a date that is none, an address that isn't http) is left out."""
    title = _line(known.title)
    if title is None:
        return None
    url = known.url if known.url and is_web_address(known.url) and len(known.url) <= 2_000 else None
    doi = known.doi if known.doi and DOI.fullmatch(known.doi) else None
    arxiv = known.arxiv if known.arxiv and ARXIV_ID.fullmatch(known.arxiv) else None
    source = Source(
        id=source_id or "draft",
        title=title,
        authors=tuple(dict.fromkeys(filter(None, map(_line, known.authors)))),
        kind=known.kind or _guess_kind(url, doi, arxiv),
        tier=known.tier or _guess_tier(url),
        publisher=_line(known.publisher) or _host_name(url),
        published=known.published if known.published and is_date(known.published) else None,
        url=url or (f"https://doi.org/{doi}" if doi else f"https://arxiv.org/abs/{arxiv}" if arxiv else None),
        doi=doi,
        arxiv=arxiv,
    )
    return source if source_id else replace(source, id=make_id(source, taken))


def make_id(source: Source, taken: Collection[str]) -> str:
    """surname-year-words, as the registry's ids are; a number where that is taken."""
    author = read_surname(source.authors[0]) if source.authors else None
    words = [word for word in re.findall(r"[a-z0-9]+", source.title.lower()) if not is_function_word(word)]
    parts = [slugify(author or source.publisher or "source", 30), (source.published or "")[:4]]
    base = slugify("-".join(part for part in (*parts, *words[:_TITLE_WORDS]) if part), MAX_SLUG - 4)
    chosen, number = base, 2
    while chosen in taken:
        chosen, number = f"{base}-{number}", number + 1
    return chosen


def add_version(source: Source, record: Record) -> Source:
    """The source with the version that a registry names, where it isn't listed yet; nobody has compared its
    figures."""
    if record.version is None or any(version.version == record.version for version in source.versions):
        return source
    found = StatedVersion(
        version=record.version,
        published=record.updated,
        url=f"https://arxiv.org/abs/{record.arxiv}{record.version}" if record.arxiv else None,
        figures=FiguresChange.UNREAD,
    )
    last = source.versions[-1].published if source.versions else None
    if last and found.published and found.published < last[: len(found.published)]:
        return source  # older than what is listed: somebody has read a later one
    return replace(source, versions=(*source.versions, found))


def apply_notices(source: Source, record: Record) -> Source:
    """The source with the worst status that a registry's notices say; never better than it was."""
    kinds = {notice.kind for notice in record.notices}
    if "retraction" in kinds:
        return replace(source, status=SourceStatus.RETRACTED)
    if "correction" in kinds and source.status is SourceStatus.CURRENT:
        return replace(source, status=SourceStatus.CORRECTED)
    return source


def _guess_kind(url: str | None, doi: str | None, arxiv: str | None) -> str:
    if doi or arxiv:
        return "paper"
    if url and _NEWS_HOSTS.search(urlsplit(url).hostname or ""):
        return "press"
    return "post" if url else "report"


def _guess_tier(url: str | None) -> Tier:
    return Tier.SECONDARY if url and _NEWS_HOSTS.search(urlsplit(url).hostname or "") else Tier.PRIMARY


def _host_name(url: str | None) -> str | None:
    host = urlsplit(url).hostname if url else None
    if host is None or host in ("doi.org", "dx.doi.org"):
        return None
    return re.sub(r"\Awww\.", "", host)


def _line(text: str | None) -> str | None:
    """One printable line of at most 500 characters."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(clean.split())[:500] or None
