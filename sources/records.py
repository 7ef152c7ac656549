"""What a registry of publications says about one work: the value, and the answers of Crossref, arXiv and
OpenAlex read into it. Takes bytes; refuses to know where they came from.

Answers are untrusted: a field of another type than its documentation says is left out, an answer that is
no record raises InputError. Formats: https://api.crossref.org/swagger-ui (works),
https://info.arxiv.org/help/api/user-manual.html (Atom), https://docs.openalex.org (works).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kb.errors import InputError
from sources.fields import is_date
from sources.identifiers import is_web_address, read_arxiv, read_doi

_MAX_AUTHORS = 60
_MAX_LINE = 500
_CROSSREF_KINDS = {
    "journal-article": "paper", "proceedings-article": "paper", "posted-content": "paper", "book-chapter": "paper",
    "report": "report", "report-component": "report", "dataset": "dataset", "book": "report", "monograph": "report",
}  # fmt: skip
_OPENALEX_KINDS = {
    "article": "paper", "preprint": "paper", "report": "report", "dataset": "dataset", "book-chapter": "paper",
}  # fmt: skip
_RETRACTIONS = frozenset({"retraction", "withdrawal", "removal", "partial_retraction"})
_CORRECTIONS = frozenset({"correction", "corrigendum", "erratum", "addendum", "expression_of_concern"})
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenText:
    """An address at which a work's text is said to be open."""

    url: str
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A publication that says something about this one: `kind` retraction | correction."""

    kind: str
    doi: str | None
    published: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One work as one registry describes it; `told_by` names the registry. `version` is the latest one
    ("v3", arXiv only) and `updated` its day."""

    told_by: str
    title: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    publisher: str | None = None
    kind: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    version: str | None = None
    updated: str | None = None
    texts: tuple[OpenText, ...] = ()
    notices: tuple[Notice, ...] = ()


def read_crossref(content: bytes) -> Record:
    """The work of `GET /works/{doi}`."""
    work = _read_object(content, "Crossref").get("message")
    if not isinstance(work, dict):
        raise InputError("Crossref's answer holds no work (no key `message`)")
    title = _line(_first(work.get("title")))
    if title is None:
        raise InputError("Crossref's answer holds a work without a title")
    relation = work.get("relation")
    preprint = _first(relation.get("has-preprint")) if isinstance(relation, dict) else None
    arxiv = read_arxiv(str(preprint.get("id", ""))) if isinstance(preprint, dict) else None
    doi = _doi(work.get("DOI"))
    return Record(
        told_by="Crossref",
        title=title,
        authors=tuple(_crossref_names(work.get("author"))),
        published=_date_parts(work.get("published")) or _date_parts(work.get("issued")),
        publisher=_line(_first(work.get("container-title"))) or _line(work.get("publisher")),
        kind=_CROSSREF_KINDS.get(str(work.get("type"))),
        doi=doi,
        arxiv=arxiv or (read_arxiv(str(work.get("DOI"))) if doi is None else None),
        url=_address(work.get("URL")),
        texts=tuple(_crossref_texts(work)),
        notices=tuple(_crossref_notices(work.get("updated-by"))),
    )


def read_openalex(content: bytes) -> Record:
    """The work of `GET /works/doi:{doi}`."""
    work = _read_object(content, "OpenAlex")
    title = _line(work.get("display_name")) or _line(work.get("title"))
    if title is None:
        raise InputError("OpenAlex's answer holds no work with a title")
    names = (
        _line(one["author"].get("display_name"))
        for one in _objects(work.get("authorships"))
        if isinstance(one.get("author"), dict)
    )
    primary = work.get("primary_location")
    held_by = primary.get("source") if isinstance(primary, dict) else None
    published = work.get("publication_date")
    doi = _doi(work.get("doi"))
    notices = (
        (Notice(kind="retraction", doi=None, published=None),) if work.get("is_retracted") is True else ()
    )
    return Record(
        told_by="OpenAlex",
        title=title,
        authors=tuple(dict.fromkeys(name for name in names if name))[:_MAX_AUTHORS],
        published=published if isinstance(published, str) and is_date(published) else None,
        publisher=_line(held_by.get("display_name")) if isinstance(held_by, dict) else None,
        kind=_OPENALEX_KINDS.get(str(work.get("type"))),
        doi=doi,
        arxiv=_openalex_arxiv(work),
        texts=tuple(_openalex_texts(work)),
        notices=notices,
    )


def read_arxiv_feed(content: bytes) -> Record:
    """The one entry of `GET /api/query?id_list={id}`. InputError where arXiv knows no such paper."""
    from lxml import etree

    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content[:2000], re.IGNORECASE):
        raise InputError("arXiv's answer declares entities; a feed has none")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        feed = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise InputError(f"arXiv's answer is no feed ({str(fault)[:100]})") from None
    entry = next(feed.iter("{*}entry"), None)
    address = _text(entry, "id") if entry is not None else ""
    title = _line(_text(entry, "title")) if entry is not None else None
    identifier = read_arxiv(address)
    if entry is None or identifier is None or title is None:
        raise InputError("arXiv knows no paper under this id")
    version = re.search(r"v([0-9]{1,3})\Z", address)
    names = (_line(_text(author, "name")) for author in entry.findall("{*}author"))
    comment = _text(entry, "comment").lower()
    withdrawn = "withdrawn" in comment
    updated = _text(entry, "updated")[:10]
    return Record(
        told_by="arXiv",
        title=title,
        authors=tuple(dict.fromkeys(name for name in names if name))[:_MAX_AUTHORS],
        published=_text(entry, "published")[:10] if is_date(_text(entry, "published")[:10]) else None,
        publisher="arXiv",
        kind="paper",
        doi=_doi(_text(entry, "doi")),
        arxiv=identifier,
        url=f"https://arxiv.org/abs/{identifier}",
        version=f"v{version[1]}" if version else None,
        updated=updated if is_date(updated) else None,
        notices=(Notice(kind="retraction", doi=None, published=None),) if withdrawn else (),
    )


def join_records(first: Record, *others: Record) -> Record:
    """The first record with what it leaves open filled from the others, and all their texts and notices."""
    joined = first
    for other in others:
        filled = {
            name: getattr(joined, name) or getattr(other, name)
            for name in (
                "authors",
                "published",
                "publisher",
                "kind",
                "doi",
                "arxiv",
                "url",
                "version",
                "updated",
            )
        }
        known = {text.url for text in joined.texts}
        notices = dict.fromkeys((*joined.notices, *other.notices))
        joined = replace(
            joined,
            told_by=f"{joined.told_by}, {other.told_by}",
            texts=(*joined.texts, *(text for text in other.texts if text.url not in known)),
            notices=tuple(notices),
            **filled,
        )
    return joined


# --------------------------------------------------------------------------- parts of answers


def _read_object(content: bytes, who: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(f"{who}'s answer is no JSON") from None
    if not isinstance(answer, dict):
        raise InputError(f"{who}'s answer is no JSON object")
    return answer


def _first(value: object) -> Any:
    return value[0] if isinstance(value, list) and value else value if not isinstance(value, list) else None


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value[:500] if isinstance(one, dict))


def _line(value: object) -> str | None:
    """One line of plain text: tags of titles ("<i>") dropped, control characters too."""
    if not isinstance(value, str):
        return None
    text = "".join(letter if letter.isprintable() else " " for letter in _TAG.sub("", value[:5_000]))
    return " ".join(text.split())[:_MAX_LINE] or None


def _address(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 2_000 and is_web_address(value) else None


def _doi(value: object) -> str | None:
    return read_doi(value) if isinstance(value, str) and len(value) <= 500 else None


def _text(element: Any, key: str) -> str:
    found = element.find(f"{{*}}{key}")
    return "" if found is None else (found.text or "").strip()


def _date_parts(value: object) -> str | None:
    """{"date-parts": [[2025, 3, 7]]} as "2025-03-07"."""
    parts = _first(value.get("date-parts")) if isinstance(value, dict) else None
    if not isinstance(parts, list) or not parts or not all(type(part) is int for part in parts[:3]):
        return None
    written = "-".join(f"{part:04d}" if place == 0 else f"{part:02d}" for place, part in enumerate(parts[:3]))
    return written if is_date(written) else None


def _crossref_names(value: object) -> Iterator[str]:
    for author in list(_objects(value))[:_MAX_AUTHORS]:
        given, family = _line(author.get("given")), _line(author.get("family"))
        name = " ".join(part for part in (given, family) if part) or _line(author.get("name"))
        if name:
            yield name


def _crossref_texts(work: dict[str, Any]) -> Iterator[OpenText]:
    licence = next((_address(one.get("URL")) for one in _objects(work.get("license"))), None)
    if licence is None or "creativecommons.org" not in licence:
        return  # the links of closed works lead to a paywall
    for link in _objects(work.get("link")):
        url = _address(link.get("URL"))
        if url is not None and link.get("intended-application") != "similarity-checking":
            yield OpenText(url=url, licence=licence)


def _crossref_notices(value: object) -> Iterator[Notice]:
    for update in _objects(value):
        kind = str(update.get("type", "")).replace("-", "_")
        known = "retraction" if kind in _RETRACTIONS else "correction" if kind in _CORRECTIONS else None
        if known is not None:
            yield Notice(
                kind=known, doi=_doi(update.get("DOI")), published=_date_parts(update.get("updated"))
            )


def _openalex_texts(work: dict[str, Any]) -> Iterator[OpenText]:
    best = work.get("best_oa_location")
    places = [best] if isinstance(best, dict) else []
    places += [place for place in _objects(work.get("locations")) if place.get("is_oa") is True]
    seen = set()
    for place in places:
        licence = _line(place.get("license"))
        for key in ("pdf_url", "landing_page_url"):
            url = _address(place.get(key))
            if url is not None and url not in seen:
                seen.add(url)
                yield OpenText(url=url, licence=licence)


def _openalex_arxiv(work: dict[str, Any]) -> str | None:
    own = read_arxiv(str(work.get("doi") or ""))
    if own is not None:
        return own
    for place in _objects(work.get("locations")):
        for key in ("landing_page_url", "pdf_url"):
            found = read_arxiv(str(place.get(key) or ""))
            if found is not None:
                return found
    return None
