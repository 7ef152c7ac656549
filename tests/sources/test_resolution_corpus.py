"""Resolution scored on real articles: every link or identifier of a known source leads to it, and to nothing
else. What is right is told here by a plain comparison of its own, not by the code that is scored."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from ingest.citations import find_citations
from ingest.claims import find_claims
from ingest.read import read_document, read_file
from kb.types import Source
from sources.registry import read_registry
from sources.resolve import SourceIndex, index_sources, resolve_citations

_CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not _CORPUS.is_dir(), reason="../shared/corpus is not here"),
]

_FLOOR = 0.98
_POINTER = re.compile(
    r"https?://[^\s<>\"”\])]+|(?<![\w/.])10\.\d{4,9}/[^\s\])<>\"]+|arXiv:\s*\d{4}\.\d{4,5}", re.IGNORECASE
)


@cache
def _sources() -> tuple[Source, ...]:
    return read_registry().sources


@cache
def _index() -> SourceIndex:
    return index_sources(_sources())


def _reduce(address: str) -> str:
    bare = re.sub(r"\Ahttps?://(?:www\.)?", "", address.lower().split("#")[0].split("?")[0])
    return bare.rstrip("/").removesuffix(".html")


def _find_truth(pointer: str) -> frozenset[str]:
    """Ids of the sources whose DOI, arXiv id or address stands in the pointer."""
    low, right = pointer.lower(), set()
    for source in _sources():
        addresses = [text for text in (source.url, *source.aliases) if text and text.startswith("http")]
        if source.arxiv and re.search(rf"(?<!\d){re.escape(source.arxiv)}(?!\d)", low):
            right.add(source.id)
        if source.doi and source.doi.lower() in low:
            right.add(source.id)
        if low.startswith("http") and any(_reduce(address) == _reduce(pointer) for address in addresses):
            right.add(source.id)
    return frozenset(right)


@cache
def _pointers() -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path in [*sorted(_CORPUS.glob("articles/*.txt")), *sorted(_CORPUS.glob("seeds/*.txt"))]:
        for match in _POINTER.finditer(path.read_text(encoding="utf-8")):
            found[match[0].rstrip(".,;:*_")] = None
    return tuple(found)


def test_every_link_and_identifier_of_a_known_source_leads_to_it_and_to_nothing_else() -> None:
    known = [pointer for pointer in _pointers() if _find_truth(pointer)]
    missed = [
        pointer for pointer in known if not _find_truth(pointer) & set(_index().find_identified([pointer]))
    ]
    wrong = [
        pointer for pointer in _pointers() if set(_index().find_identified([pointer])) - _find_truth(pointer)
    ]
    assert len(known) >= 15
    assert 1 - len(missed) / len(known) >= _FLOOR, missed
    assert wrong == []


@pytest.mark.parametrize(
    "write",
    [
        lambda url: url.replace("https://", "http://"),
        lambda url: url.replace("https://", "https://www.") if "://www." not in url else url,
        lambda url: url + "/" if "?" not in url else url,
        lambda url: url + ("&" if "?" in url else "?") + "utm_source=news&utm_medium=mail&fbclid=1",
        lambda url: url + "#results",
        lambda url: f"https://web.archive.org/web/20250101000000/{url}",
        lambda url: f"https://www.google.com/url?q={quote(url, safe='')}&sa=D",
        lambda url: re.sub(r"arxiv\.org/abs/([\d.]+)", r"arxiv.org/pdf/\1v2.pdf", url),
        lambda url: re.sub(r"arxiv\.org/abs/([\d.]+)", r"arxiv.org/html/\1v1", url),
    ],
    ids=["http", "www", "slash", "tracking", "fragment", "archived", "redirect", "pdf", "html"],
)
def test_the_addresses_of_all_that_ship_resolve_in_every_form_that_articles_use(write: object) -> None:
    missed = []
    for source in _sources():
        if source.url is None or not _index().find_identified([source.url]):
            continue  # a bare site, which identifies nothing
        assert callable(write)
        if source.id not in _index().find_identified([write(source.url)]):
            missed.append(write(source.url))
    assert missed == []


def test_no_citation_of_an_article_is_called_exact_without_its_identifier() -> None:
    checked = 0
    rows = (_CORPUS / "gold" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [_CORPUS / "articles" / json.loads(row)["file"] for row in rows]
    for path in [*labelled, *sorted(_CORPUS.glob("seeds/*.txt"))]:
        document = read_document(read_file(path)).items[0]
        claims = find_citations(document, find_claims(document).items).items
        for claim in resolve_citations(claims, _index()):
            for citation in claim.citations:
                if citation.exact:
                    checked += 1
                    pointed = (*citation.targets, citation.note or "", citation.surface)
                    right = frozenset().union(*(_find_truth(text) for text in pointed))
                    assert set(citation.source_ids) <= right, (path.name, citation)
    assert checked >= 10
