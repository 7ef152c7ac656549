"""Reads small texts the way the line does, for tests of what is found in them."""

from __future__ import annotations

from ingest.citations import find_citations
from ingest.claims import find_claims
from ingest.read import read_document
from kb.types import Claim, ClaimKind, Document, Raw


def read_text(text: str, name: str = "article.md") -> Document:
    return read_document(Raw(name=name, content=text.encode(), media_type="text/markdown")).items[0]


def claims_of(text: str, kind: ClaimKind | None = None) -> list[Claim]:
    """The claims of a markdown text, with citations, of one kind or of all."""
    document = read_text(text)
    claims = find_citations(document, find_claims(document).items).items
    return [claim for claim in claims if kind is None or claim.kind is kind]


def figures(text: str) -> list[str]:
    return [claim.span.exact for claim in claims_of(text, ClaimKind.QUANTITY)]


def quotations(text: str) -> list[str]:
    return [claim.span.exact for claim in claims_of(text, ClaimKind.QUOTATION)]


def findings(text: str) -> list[str]:
    return [claim.span.exact for claim in claims_of(text, ClaimKind.FINDING)]
