"""Which addresses answer questions about a work: its record, its versions, its open text. Asks nothing.

`Services` holds the hosts, so that a house with a mirror, and tests, can name others.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sources.identifiers import read_arxiv, read_doi


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Base addresses without a trailing slash."""

    crossref: str = "https://api.crossref.org"
    openalex: str = "https://api.openalex.org"
    arxiv_api: str = "https://export.arxiv.org"
    arxiv: str = "https://arxiv.org"
    doi: str = "https://doi.org"

    def crossref_work(self, doi: str) -> str:
        return f"{self.crossref}/works/{quote(doi, safe='')}"

    def openalex_work(self, *, doi: str | None = None, arxiv: str | None = None) -> str:
        name = doi if doi is not None else f"10.48550/arxiv.{arxiv}"
        return f"{self.openalex}/works/doi:{quote(name, safe='/')}"

    def arxiv_record(self, identifier: str) -> str:
        return f"{self.arxiv_api}/api/query?id_list={quote(identifier, safe='/')}&max_results=1"

    def arxiv_texts(self, identifier: str, version: str | None = None) -> tuple[str, ...]:
        """HTML first: its tables and notes are read best; not every paper has it."""
        named = quote(identifier, safe="/") + (version or "")
        return (f"{self.arxiv}/html/{named}", f"{self.arxiv}/pdf/{named}")

    def doi_page(self, doi: str) -> str:
        return f"{self.doi}/{quote(doi, safe='/')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What a user named: at most one of the three is set; none means a file."""

    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None


def read_pointer(name: str) -> Pointer:
    """A DOI, an arXiv id or an http(s) address in any of its forms; empty for anything else (a file name).
    An address that holds a DOI or an arXiv id is both, and the identifier counts."""
    text = name.strip()
    arxiv = read_arxiv(text)
    if arxiv is not None:
        return Pointer(arxiv=arxiv)
    doi = read_doi(text)
    is_address = text.lower().startswith(("http://", "https://"))
    return Pointer(doi=doi, url=text if is_address and doi is None else None)
