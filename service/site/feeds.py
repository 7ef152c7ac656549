"""Feeds of the latest verdicts (Atom, JSON Feed 1.1) and the sitemap, as bytes.

Owns their formats. Written by hand on purpose: one claim with a character that XML can't hold must never
take the whole feed with it. Refuses to know pages and the store.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from service.schemas import dumps
from service.site.render import clean_text

_NAME = "Wherefrom: latest verdicts"
_SUBTITLE = "Claims about AI alignment, each traced to its primary source."
MAX_ENTRIES = 50
MAX_SITEMAP = 50_000  # addresses in one file, https://www.sitemaps.org/protocol.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One verdict: `path` is its page's address in the site, `version` what tells two verdicts on the same
    claim apart."""

    claim_id: str
    version: str
    path: str
    title: str
    summary: str
    recorded_at: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Of what: `path` is its address without ending, `page` the page that it follows."""

    path: str = "feed"
    title: str = _NAME
    page: str = "index.html"

    @property
    def root(self) -> str:
        """From the feed to the site's root."""
        return "../" * self.path.count("/")


WHOLE = Feed()


def entry_id(entry: Entry, base_url: str | None) -> str:
    """A tag: URI on the site's host, or a name-based UUID where the host isn't known."""
    specific = f"claims/{entry.claim_id}/{entry.version}"
    host = urlsplit(base_url).hostname if base_url else None
    if host is None:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"wherefrom:{specific}").urn
    return f"tag:{host},{entry.recorded_at[:10]}:{specific}"


def make_atom(entries: Sequence[Entry], *, base_url: str | None, changed: str, feed: Feed = WHOLE) -> bytes:
    updated = max((entry.recorded_at for entry in entries), default=changed) or "1970-01-01T00:00:00Z"
    own = f"{base_url}{feed.path}.atom" if base_url else f"{feed.path.rpartition('/')[2]}.atom"
    feed_id = own if base_url else uuid.uuid5(uuid.NAMESPACE_URL, f"wherefrom:{feed.path}").urn
    root = base_url or feed.root
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"  <id>{_text(feed_id)}</id>",
        f"  <title>{_text(feed.title)}</title>",
        f"  <subtitle>{_text(_SUBTITLE)}</subtitle>",
        f"  <updated>{_text(updated)}</updated>",
        "  <author><name>Wherefrom</name></author>",
        f'  <link rel="self" type="application/atom+xml" href={_attribute(own)}/>',
        f'  <link rel="alternate" type="text/html" href={_attribute(root + feed.page)}/>',
    ]
    for entry in entries:
        lines += [
            "  <entry>",
            f"    <id>{_text(entry_id(entry, base_url))}</id>",
            f'    <title type="text">{_text(entry.title)}</title>',
            f"    <updated>{_text(entry.recorded_at)}</updated>",
            f'    <link rel="alternate" type="text/html" href={_attribute(root + entry.path)}/>',
            *(f"    <category term={_attribute(tag)}/>" for tag in entry.tags),
            f'    <summary type="text">{_text(entry.summary)}</summary>',
            "  </entry>",
        ]
    lines.append("</feed>\n")
    return "\n".join(lines).encode()


def make_json_feed(entries: Sequence[Entry], *, base_url: str | None, feed: Feed = WHOLE) -> bytes:
    fields: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_text(feed.title),
        "description": _SUBTITLE,
        "language": "en",
        **(
            {"home_page_url": base_url + feed.page, "feed_url": f"{base_url}{feed.path}.json"}
            if base_url
            else {}
        ),
        "items": [
            {
                "id": entry_id(entry, base_url),
                "url": (base_url or feed.root) + entry.path,
                "title": clean_text(entry.title),
                "content_text": clean_text(entry.summary),
                "date_published": entry.recorded_at,
                "tags": list(entry.tags),
            }
            for entry in entries
        ],
    }
    return dumps(fields, indent=True)


def make_sitemaps(paths: Sequence[str], base_url: str) -> list[tuple[str, bytes]]:
    """(file name, content): one file, or an index and its parts where there are too many addresses."""
    parts = [paths[start : start + MAX_SITEMAP] for start in range(0, len(paths), MAX_SITEMAP)] or [[]]
    if len(parts) == 1:
        return [("sitemap.xml", _sitemap(parts[0], base_url))]
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    rows = "".join(f"  <sitemap><loc>{_text(base_url + name)}</loc></sitemap>\n" for name in names)
    index = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>\n'
    )
    return [
        ("sitemap.xml", index.encode()),
        *((name, _sitemap(part, base_url)) for name, part in zip(names, parts, strict=True)),
    ]


def _sitemap(paths: Sequence[str], base_url: str) -> bytes:
    rows = "".join(f"  <url><loc>{_text(base_url + path)}</loc></url>\n" for path in paths)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    ).encode()


def _text(text: str) -> str:
    return escape(clean_text(text))


def _attribute(text: str) -> str:
    return quoteattr(clean_text(text))
