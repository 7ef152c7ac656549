"""What other pages show of a claim without a script: a card in a frame, an SVG badge, and its oEmbed answer.

Owns their form and the marks in a page's head for machines (ClaimReview, citation_* tags). Refuses to know the
store and how claims are decided.
"""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

from kb.types import Source
from service.fragments import safe_url
from service.schemas import dumps
from service.site.book import ClaimRow
from service.site.render import clean_text, shorten

CARD_WIDTH, CARD_HEIGHT = 560, 260
_INK = {"supported": "#1b6e3c", "contested": "#9a3412", "unsourced": "#5b5675", "not_checked": "#555b61"}
_GLYPHS = {
    "supported": '<path d="M5 10.5l3.2 3.3 6.3-7.3"/>',
    "contested": '<path d="M5.5 8h9M5.5 12h9M12.5 5l-5 10"/>',
    "unsourced": '<path d="M7.4 7.6a2.6 2.6 0 1 1 3.8 2.3c-.8.4-1.2.9-1.2 1.7v.3M10 14.6v.1"/>',
    "not_checked": '<path d="M5.5 10h9"/>',
}  # fmt: skip
_CHARACTER = 7.1  # px, mean width of a character of 13 px sans-serif; the text is fitted to it
# ClaimReview's scale: https://developers.google.com/search/docs/appearance/structured-data/factcheck
_RATINGS = {"supported": 5, "contested": 1}


def make_badge(row: ClaimRow) -> bytes:
    """ "Wherefrom | contested" as an SVG image with its words as a title, for an <img>."""
    left, right = "Wherefrom", row.badge.word
    first, second = round(len(left) * _CHARACTER) + 16, round(len(right) * _CHARACTER) + 36
    width = first + second
    title = escape(clean_text(f"{row.badge.word}: {row.badge.title}. “{shorten(row.text, 160)}”"))
    ink = _INK[row.badge.key]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" viewBox="0 0 {width} 20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<rect width="{width}" height="20" rx="3" fill="{ink}"/><path d="M3 0h{first - 3}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" '
        f'fill="#2b2f36"/><g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        f'transform="translate({first + 2})">{_GLYPHS[row.badge.key]}</g>'
        f'<g fill="#fff" font-family="system-ui,-apple-system,Segoe UI,Liberation Sans,sans-serif" font-size="13">'
        f'<text x="8" y="14.5" textLength="{first - 16}" lengthAdjust="spacingAndGlyphs">{left}</text>'
        f'<text x="{first + 26}" y="14.5" textLength="{second - 36}" lengthAdjust="spacingAndGlyphs">{escape(right)}</text>'
        "</g></svg>\n"
    ).encode()


def make_oembed(row: ClaimRow, base_url: str) -> bytes:
    """The oEmbed answer (https://oembed.com, rich) as a file: a frame without scripts."""
    frame = (
        f'<iframe src="{escape(f"{base_url}embed/{row.id}.html")}" width="{CARD_WIDTH}" height="{CARD_HEIGHT}" '
        f'title="{escape(clean_text(f"Wherefrom on: {shorten(row.text, 90)}"))}" loading="lazy" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" '
        'style="border:0;max-width:100%"></iframe>'
    )
    return dumps(
        {
            "version": "1.0",
            "type": "rich",
            "title": clean_text(f"{row.badge.word}: “{shorten(row.text, 140)}”"),
            "provider_name": "Wherefrom",
            "provider_url": base_url,
            "url": f"{base_url}claims/{row.id}.html",
            "width": CARD_WIDTH,
            "height": CARD_HEIGHT,
            "html": frame,
            "cache_age": 86400,
        },
        indent=True,
    )


def claim_meta(row: ClaimRow, canonical: str | None) -> list[tuple[str, str]]:
    """Tags that reference managers read (Highwire Press, https://www.zotero.org/support/dev/exposing_metadata)."""
    tags = [
        ("citation_title", f"{row.badge.word}: “{shorten(row.text, 200)}”"),
        ("citation_author", "Wherefrom"),
        ("citation_publication_date", row.recorded_at[:10].replace("-", "/")),
        ("citation_language", "en"),
    ]
    return [*tags, ("citation_public_url", canonical)] if canonical else tags


def source_meta(source: Source) -> list[tuple[str, str]]:
    """The source itself, so that saving its page saves the source."""
    tags = [("citation_title", source.title), *(("citation_author", name) for name in source.authors)]
    if source.published:
        tags.append(("citation_publication_date", source.published.replace("-", "/")))
    if source.publisher:
        tags.append(("citation_publisher", source.publisher))
    if source.doi:
        tags.append(("citation_doi", source.doi))
    if source.arxiv:
        tags.append(("citation_arxiv_id", source.arxiv))
    address = safe_url(source.url)
    return [*tags, ("citation_public_url", address)] if address else tags


def make_claim_review(
    row: ClaimRow,
    explanation: str,
    confirmed_by: str | None,
    page: str | None,
    article: tuple[str | None, str | None, str | None],
) -> Markup:
    """ClaimReview JSON-LD as a data block, for a verdict that a person confirmed; else nothing. `article` is
    its (name, address, date)."""
    if not confirmed_by or page is None or row.badge.key not in ("supported", "contested", "unsourced"):
        return Markup("")
    name, url, published = article
    rating: dict[str, object] = {
        "@type": "Rating",
        "alternateName": f"{row.badge.word}: {row.badge.title}",
        "ratingExplanation": explanation,
    }
    if row.badge.key in _RATINGS:
        rating |= {"ratingValue": _RATINGS[row.badge.key], "bestRating": 5, "worstRating": 1}
    address = safe_url(url)
    said = {
        "@type": "Claim",
        **({"author": {"@type": "Organization", "name": name}} if name else {}),
        **({"datePublished": published} if published else {}),
        **({"appearance": {"@type": "CreativeWork", "url": address}} if address else {}),
    }
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": page,
        "claimReviewed": shorten(row.text, 200),
        "datePublished": row.recorded_at[:10],
        "author": {"@type": "Organization", "name": "Wherefrom", "url": page.partition("claims/")[0]},
        "reviewRating": rating,
        "itemReviewed": said,
    }
    text = dumps(_clean(review)).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - escaped above


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return clean_text(re.sub(r"\s+", " ", value)) if isinstance(value, str) else value
