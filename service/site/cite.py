"""How to cite a verdict and a source: one line of prose and BibTeX. Knows no HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kb.types import Source
from service.fragments import source_url
from service.site.render import clean_text, shorten
from service.site.views import ClaimView
from service.site.words import format_date, join_authors

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
    "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def claim_citation(claim: ClaimView, article: str, moment: datetime, url: str | None) -> str:
    day = moment.astimezone(UTC).date()
    where = url or f"claim {claim.id}"
    return (
        f"Wherefrom. “{shorten(claim.text, 160)}” ({article}). {claim.badge.word}: "
        f"{claim.badge.title.lower()}. {format_date(day.isoformat())}. {where}"
    )


def claim_bibtex(claim: ClaimView, article: str, moment: datetime, url: str | None) -> str:
    day = moment.astimezone(UTC).date()
    fields = {
        "author": "{Wherefrom}",
        "title": _escape(f"{claim.badge.word}: “{shorten(claim.text, 160)}”"),
        "howpublished": _escape(f"Check of a claim in {shorten(article)}"),
        "year": str(day.year),
        "month": str(day.month),
        "note": _escape(f"Claim {claim.id}, verdict of {day.isoformat()}"),
        **({"url": url} if url else {}),
    }
    return _bibtex("misc", claim.id, fields)


def source_citation(source: Source) -> str:
    authors = join_authors(source.authors, limit=6)
    year = f" ({source.published[:4]})" if source.published else ""
    parts = [f"{authors}{year}".strip(), source.title]
    if source.publisher and source.publisher != authors:
        parts.append(source.publisher)
    url = source_url(source.url, source.doi, source.arxiv)
    return ". ".join(part.rstrip(".") for part in parts if part) + "." + (f" {url}" if url else "")


def source_bibtex(source: Source) -> str:
    url = source_url(source.url, source.doi, source.arxiv)
    fields = {
        **({"author": " and ".join(_escape(author) for author in source.authors)} if source.authors else {}),
        "title": "{" + _escape(source.title) + "}",
        **({"year": source.published[:4]} if source.published else {}),
        **({"publisher": _escape(source.publisher)} if source.publisher else {}),
        **({"doi": _escape(source.doi)} if source.doi else {}),
        **({"eprint": source.arxiv, "archiveprefix": "arXiv"} if source.arxiv else {}),
        **({"url": url} if url else {}),
    }
    return _bibtex("article" if source.doi else "misc", source.id, fields)


def _bibtex(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{re.sub(r'[^A-Za-z0-9-]', '-', key)},", *lines, "}"])


def _escape(text: str) -> str:
    line = " ".join(clean_text(text).split())
    return "".join(_SPECIAL.get(character, character) for character in line)
