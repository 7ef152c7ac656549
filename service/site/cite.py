"""How to cite a verdict: one line of prose and BibTeX. Sources: service.citing. Knows no HTML."""

from __future__ import annotations

from datetime import UTC, datetime

from service.citing import escape_bibtex, write_bibtex
from service.site.render import shorten
from service.site.views import ClaimView
from service.site.words import format_date


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
        "title": escape_bibtex(f"{claim.badge.word}: “{shorten(claim.text, 160)}”"),
        "howpublished": escape_bibtex(f"Check of a claim in {shorten(article)}"),
        "year": str(day.year),
        "month": str(day.month),
        "note": escape_bibtex(f"Claim {claim.id}, verdict of {day.isoformat()}"),
        **({"url": url} if url else {}),
    }
    return write_bibtex("misc", claim.id, fields)
