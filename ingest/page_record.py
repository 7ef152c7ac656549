"""What a publisher's page says about the work it shows, for programs: citation_* and Dublin Core meta
elements and JSON-LD. Gives identifiers and the addresses of the full text; refuses to know the text.

Names: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing and https://schema.org/ScholarlyArticle
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.html_meta import read_meta
from ingest.reading import is_web_address, resolve_target

_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"'<>]{1,200}")
_MAX_BYTES = 5_000_000
_MAX_JSON = 500_000
_TEXT_KEYS = ("citation_xml_url", "citation_fulltext_html_url", "citation_full_html_url", "citation_pdf_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """`texts` are addresses of the full text, best to read first; `is_paper` whether the page shows a work
    that has citation data of its own."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    texts: tuple[str, ...] = ()
    is_paper: bool = False


def read_page_record(content: bytes, url: str | None) -> PageRecord:
    """The record of a page; an empty one where the bytes are no HTML."""
    from lxml import etree
    from lxml import html as lxml_html

    if len(content) > _MAX_BYTES or b"<" not in content[:4096]:
        return PageRecord()
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, recover=True, encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return PageRecord()
    named = _named_values(tree)
    meta = read_meta(tree, url)
    linked = list(_linked_works(tree))
    texts = [resolve_target(url, value) for key in _TEXT_KEYS for value in named.get(key, ())]
    arxiv = next(iter(named.get("citation_arxiv_id", ())), None)
    return PageRecord(
        title=meta.title,
        authors=meta.authors,
        published=meta.published,
        publisher=_publisher(named, linked),
        url=meta.url,
        doi=_find_doi(named, linked),
        arxiv=re.sub(r"v[0-9]{1,3}\Z", "", arxiv) if arxiv else None,
        texts=tuple(dict.fromkeys(text for text in texts if is_web_address(text))),
        is_paper="citation_title" in named,
    )


def _named_values(tree: Any) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = " ".join((element.get("content") or "").split())
        if not value or len(value) > 2_000:
            continue
        for key in ("name", "property"):
            name = (element.get(key) or "").strip().lower().replace(":", "_").replace("dc.", "dc_")
            if name:
                named.setdefault(name, []).append(value)
    return named


def _linked_works(tree: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects of the page, outer ones first, a bounded number."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        content = script.text or ""
        if len(content) > _MAX_JSON:
            continue
        try:
            waiting: list[object] = [json.loads(content)]
        except (ValueError, RecursionError):
            continue
        for _ in range(200):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting.extend(node[:50])
            elif isinstance(node, dict):
                yield node
                waiting.extend(value for key, value in node.items() if key in ("@graph", "mainEntity"))


def _find_doi(named: dict[str, list[str]], linked: list[dict[str, Any]]) -> str | None:
    """The page's own DOI; not one that it only cites."""
    stated = [
        value
        for key in ("citation_doi", "dc_identifier", "dc_identifier.doi", "prism.doi", "bepress_citation_doi")
        for value in named.get(key, ())
    ]
    for work in linked:
        kinds = work.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and name.endswith(("Article", "Report", "Dataset")) for name in names):
            stated += [
                str(value) for key in ("identifier", "sameAs", "@id") for value in _values(work.get(key))
            ]
    for value in stated:
        match = _DOI.search(value)
        if match is not None:
            return match[0].rstrip(".,;)").lower()
    return None


def _values(value: object) -> Iterator[object]:
    for one in value if isinstance(value, list) else [value]:
        yield one.get("value") if isinstance(one, dict) else one


def _publisher(named: dict[str, list[str]], linked: list[dict[str, Any]]) -> str | None:
    for key in ("citation_journal_title", "citation_conference_title", "citation_publisher", "og_site_name"):
        if named.get(key):
            return named[key][0][:200]
    for work in linked:
        publisher = work.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        if isinstance(name, str) and name.strip():
            return " ".join(name.split())[:200]
    return None
