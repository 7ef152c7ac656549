"""What an HTML page says about itself: title, authors, date of publication, its own address.

Reads meta elements and JSON-LD, never the clock: a date in the future is kept as stated. Refuses to
know the page's text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ingest.inline import read_date
from ingest.reading import is_web_address, resolve_target

_TITLE_NAMES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title", "parsely-title")
_AUTHOR_NAMES = (
    "citation_author", "dc.creator", "dcterms.creator", "article:author", "author", "parsely-author", "byl",
    "sailthru.author",
)  # fmt: skip
_DATE_NAMES = (
    "article:published_time", "og:published_time", "citation_publication_date", "citation_online_date",
    "citation_date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publish-date", "publication_date", "date",
)  # fmt: skip
_ISO = re.compile(r"((?:19|20)\d\d)(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?!\d)")
_SITE_TAIL = re.compile(r" [|–—·»] [^|–—·»]{2,60}$| - [^-]{2,40}$")
_MAX_JSON = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta:
    title: str | None
    authors: tuple[str, ...]
    published: str | None
    url: str | None


def read_meta(tree: Any, url: str | None) -> PageMeta:
    """What the head of this lxml tree states."""
    named = _named_values(tree)
    linked = _read_linked_data(tree)
    title = _first(named, _TITLE_NAMES) or linked.get("title") or _title_element(tree)
    authors = _authors(named) or linked.get("authors", ())
    published = next(
        (date for name in _DATE_NAMES for value in named.get(name, ()) if (date := iso_date(value))), None
    )
    canonical = next(iter(tree.xpath("//link[@rel='canonical']/@href")), None)
    own = resolve_target(url, str(canonical)) if canonical else _first(named, ("og:url",))
    return PageMeta(
        title=title,
        authors=authors,
        published=published or linked.get("published") or _time_element(tree),
        url=own if own and is_web_address(own) else None,
    )


def iso_date(value: str) -> str | None:
    """The date at the front of a machine-written time, or a date written out; None for anything else."""
    match = _ISO.match(value.strip())
    if match is None:
        return read_date(value) if len(value) < 60 else None
    year, month, day = match.groups()
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        return None
    if day is None:
        return f"{year}-{int(month):02d}"
    return f"{year}-{int(month):02d}-{int(day):02d}" if 1 <= int(day) <= 31 else None


def _named_values(tree: Any) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        if not content or len(content) > 2_000:
            continue
        for key in ("name", "property", "itemprop"):
            name = (meta.get(key) or "").strip().lower()
            if name:
                named.setdefault(name, []).append(content)
    return named


def _first(named: dict[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((named[name][0] for name in names if named.get(name)), None)


def _authors(named: dict[str, list[str]]) -> tuple[str, ...]:
    for name in _AUTHOR_NAMES:
        values = [value for value in named.get(name, ()) if not is_web_address(value)]
        if name == "citation_author":
            values = [" ".join(reversed(value.split(", ", 1))) for value in values]
        elif len(values) == 1:
            values = re.split(r"(?<!\s)\s*[,;]\s*|(?<!\s)\s+and\s+", values[0])
        if values:
            return tuple(dict.fromkeys(value for value in values if value))
    return ()


def _title_element(tree: Any) -> str | None:
    headings = [" ".join(str(h.text_content()).split()) for h in tree.iter("h1")]
    headings = [heading for heading in headings if heading]
    title = next((" ".join(str(t.text_content()).split()) for t in tree.iter("title")), "")
    if len(headings) == 1:
        return headings[0][:300]
    if title:
        return (_SITE_TAIL.sub("", title) or title)[:300]
    return headings[0][:300] if headings else None


def _time_element(tree: Any) -> str | None:
    for element in tree.iter("time"):
        found = iso_date(element.get("datetime") or str(element.text_content())[:80])
        if found is not None:
            return found
    return None


def _read_linked_data(tree: Any) -> dict[str, Any]:
    """Title, authors and date of the first article in the page's JSON-LD."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        content = script.text or ""
        if len(content) > _MAX_JSON:
            continue
        try:
            parsed = json.loads(content)
        except (ValueError, RecursionError):
            continue
        article = _find_article(parsed)
        if article is not None:
            title = article.get("headline") or article.get("name")
            published = article.get("datePublished")
            return {
                "title": " ".join(title.split()) if isinstance(title, str) and title.strip() else None,
                "authors": _linked_names(article.get("author")),
                "published": iso_date(published) if isinstance(published, str) else None,
            }
    return {}


def _find_article(parsed: object) -> dict[str, Any] | None:
    waiting = [parsed]
    for _ in range(200):
        if not waiting:
            return None
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node[:50])
        elif isinstance(node, dict):
            kinds = node.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(n, str) and n.endswith(("Article", "Posting", "Report")) for n in names):
                return node
            waiting.extend(value for key, value in node.items() if key in ("@graph", "mainEntity"))
    return None


def _linked_names(author: object) -> tuple[str, ...]:
    people = author if isinstance(author, list) else [author]
    names = []
    for person in people[:200]:
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, str) and name.strip() and not is_web_address(name):
            names.append(" ".join(name.split())[:200])
    return tuple(dict.fromkeys(names))
