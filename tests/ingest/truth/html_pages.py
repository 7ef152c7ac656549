"""Sets our texts as HTML in the ways that sites do: each style with its own structure, notes and clutter.

The clutter (menus, banners, related articles, comments) is full of figures: none of them may be read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from html import escape

from tests.ingest.truth.source import Line, Part, Piece, Truth

ADDRESS = "https://example.org/2026/03/04/story"

_MENU = (
    '<ul class="menu"><li><a href="/">Home</a></li><li><a href="/world">World (214)</a></li>'
    '<li><a href="/money">Money</a></li><li><a href="/subscribe">Subscribe for $5 a month</a></li></ul>'
)
_BANNER = (
    '<div id="cookie-banner" class="cookie-consent" role="dialog"><p>We and our 837 partners store cookies. 98% of '
    "visitors accept them.</p><button>Accept all</button></div>"
)
_RELATED = (
    '<div class="related-articles"><h3>More from this section</h3><ul><li><a href="/a">Heat pumps: sales up 73%</a></li>'
    '<li><a href="/b">The $4 trillion question</a></li><li><a href="/c">Ten charts for 2027</a></li></ul></div>'
)
_COMMENTS = (
    '<div id="comments" class="comments"><h3>512 comments</h3><div class="comment"><p>I think it is more like 66%.</p>'
    '</div><div class="comment"><p>Nobody has ever seen 77 of them.</p></div></div>'
)
_FOOT = (
    '<p class="copyright">© 2026 Example Media, 31 Canal Street. Reading time: 8 minutes. Rated 4.7 of 5.</p>'
)


def set_article(truth: Truth) -> str:
    """One <article>, notes in a section at its end, marks in <sup>."""

    def inline(piece: Piece) -> str:
        if piece.kind == "mark":
            return f'<sup id="fnref{piece.text}"><a href="#fn{piece.text}" role="doc-noteref">{piece.text}</a></sup>'
        if piece.kind == "cite":
            return f'[<a href="#ref{piece.text}">{piece.text}</a>]'
        return _plain_piece(piece)

    body = set_parts(truth, inline, caption="inside")
    notes = "".join(
        f'<li id="fn{note.label}"><p>{_set(note.line, inline)} <a href="#fnref{note.label}" role="doc-backlink">↩</a></p></li>'
        for note in truth.notes
    )
    references = "".join(f'<li id="ref{ref.label}">{_set(ref.line, inline)}</li>' for ref in truth.references)
    lists = f'<section class="footnotes" role="doc-endnotes"><ol>{notes}</ol></section>'
    if references:
        lists += f"<h2>References</h2><ol>{references}</ol>"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8>{_head(truth)}</head><body>"
        f"<header><nav>{_MENU}</nav></header><main><article><header><h1>{escape(truth.title)}</h1>"
        f'<p class="byline">By {escape(" and ".join(truth.authors))}, <time datetime="{truth.published}">{truth.published}</time></p>'
        f"</header>{body}{lists}</article></main><aside>{_RELATED}</aside><footer>{_FOOT}</footer></body></html>"
    )


def set_portal(truth: Truth) -> str:
    """A news portal: banner, menus, comments; notes as encyclopedias write them; linked data."""

    def inline(piece: Piece) -> str:
        if piece.kind == "mark":
            label = piece.text
            return f'<sup id="cite_ref-{label}" class="reference"><a href="#cite_note-{label}">[{label}]</a></sup>'
        if piece.kind == "cite":
            return f'<sup class="reference"><a href="#cite_note-r{piece.text}">[R{piece.text}]</a></sup>'
        return _plain_piece(piece).replace(" %", "&nbsp;%")

    notes = "".join(
        f'<li id="cite_note-{note.label}"><span class="mw-cite-backlink"><a href="#cite_ref-{note.label}">^</a></span> '
        f'<span class="reference-text">{_set(note.line, inline)}</span></li>'
        for note in truth.notes
    )
    notes += "".join(
        f'<li id="cite_note-r{ref.label}"><span class="reference-text">{_set(ref.line, inline)}</span></li>'
        for ref in truth.references
    )
    people = ",".join(f'{{"@type":"Person","name":"{name}"}}' for name in truth.authors)
    linked = (
        f'{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{truth.title}",'
        f'"datePublished":"{truth.published}T08:00:00Z","author":[{people}]}}'
    )
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{escape(truth.title)} | The Portal</title>"
        f'<script type="application/ld+json">{linked}</script><style>p{{margin:0}}</style></head><body>{_BANNER}'
        f'<div class="site-header"><nav>{_MENU}</nav></div><main id="content"><div class="story">'
        f"<h1>{escape(truth.title)}</h1><div class=story-body>{set_parts(truth, inline, caption='inside')}</div>"
        f'<h2 id="notes">Notes</h2><ol class="references">{notes}</ol></div>{_RELATED}{_COMMENTS}</main>'
        f'<footer class="site-footer"><nav>{_MENU}</nav>{_FOOT}</footer></body></html>'
    )


def set_divs(truth: Truth) -> str:
    """No element says what it is: nested divs, soft hyphens and hard spaces in the words, a newsletter's notes."""

    def inline(piece: Piece) -> str:
        if piece.kind == "mark":
            label = piece.text
            return f'<a data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-{label}" href="#footnote-{label}" class="footnote-anchor">{label}</a>'
        if piece.kind == "cite":
            return f"[{piece.text}]"
        shown = _plain_piece(piece)
        if piece.kind == "text":
            shown = re.sub(r"[a-z]{11,}", lambda word: soften(word.group(), "&shy;"), shown)
            shown = re.sub(r"(\d) (?=[a-z])", r"\1&#160;", shown)
            shown = shown.replace("’", "&rsquo;").replace("–", "&ndash;")
        return shown

    notes = "".join(
        f'<div class="footnote"><a id="footnote-{note.label}" href="#footnote-anchor-{note.label}" class="footnote-number">'
        f'{note.label}</a><div class="footnote-content"><p>{_set(note.line, inline)}</p></div></div>'
        for note in truth.notes
    )
    references = "".join(f"<li>{_set(ref.line, inline)}</li>" for ref in truth.references)
    if references:
        references = f"<h3>References</h3><ol>{references}</ol>"
    body = set_parts(truth, inline, caption="below", headers=False)
    return (
        f"<html><head><meta http-equiv=Content-Type content='text/html; charset=utf-8'>{_head(truth)}</head><body>"
        f'<div class="page"><div class="topbar nav">{_MENU}</div><div class="wrap"><div class="col"><div class="post">'
        f'<h1 class="post-title">{escape(truth.title)}</h1><div class="body markup">{body}{references}</div>{notes}</div></div>'
        f'<div class="sidebar">{_RELATED}</div></div><div class="bottom footer">{_FOOT}</div></div></body></html>'
    )


def set_paper(truth: Truth) -> str:
    """A preprint turned into HTML: numbered sections, formulas, notes where they are marked."""
    notes = {note.label: note.line for note in truth.notes}

    def inline(piece: Piece) -> str:
        if piece.kind == "mark":
            label = piece.text
            return (
                f'<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">{label}</sup>'
                f'<span class="ltx_note_outer"><span class="ltx_note_content"><sup class="ltx_note_mark">{label}</sup>'
                f'<span class="ltx_tag ltx_tag_note">{label}</span>{_set(notes[label], inline)}</span></span></span>'
            )
        if piece.kind == "cite":
            return f'<cite class="ltx_cite">[<a href="#bib.bib{piece.text}" class="ltx_ref">{piece.text}</a>]</cite>'
        return _plain_piece(piece)

    def with_formulas(shown: str) -> str:
        return re.sub(
            r"(10|0\.8|R)<sup>([−-]?\d+)</sup>",
            r'<math alttext="\1^{\2}" display="inline"><semantics><msup><mn>\1</mn><mn>\2</mn></msup></semantics></math>',
            shown,
        )

    references = "".join(
        f'<li id="bib.bib{ref.label}" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[{ref.label}]</span>'
        f'<span class="ltx_bibblock">{_set(ref.line, inline)}</span></li>'
        for ref in truth.references
    )
    body = with_formulas(set_parts(truth, inline, caption="figure"))
    listed = (
        f'<section id="bib" class="ltx_bibliography"><h2>References</h2><ul class="ltx_biblist">{references}</ul></section>'
        if references
        else ""
    )
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{escape(truth.title)}</title>"
        f'<meta name="citation_title" content="{escape(truth.title)}"><meta name="citation_date" content="{truth.published}">'
        + "".join(f'<meta name="citation_author" content="{escape(name)}">' for name in truth.authors)
        + f'</head><body><nav class="ltx_page_navbar">{_MENU}</nav><div class="ltx_page_main"><div class="ltx_page_content">'
        f'<article class="ltx_document"><h1 class="ltx_title">{escape(truth.title)}</h1>{body}{listed}</article></div>'
        f'<footer class="ltx_page_footer">{_FOOT}</footer></div></body></html>'
    )


STYLES: dict[str, Callable[[Truth], str]] = {
    "article": set_article,
    "portal": set_portal,
    "divs": set_divs,
    "paper": set_paper,
}

# --------------------------------------------------------------------------- what the styles share


def _head(truth: Truth) -> str:
    people = "".join(f'<meta name="author" content="{escape(name)}">' for name in truth.authors[:1])
    return (
        f'<title>{escape(truth.title)}</title><meta property="article:published_time" content="{truth.published}T09:30:00+00:00">'
        f'<link rel="canonical" href="{ADDRESS}/{truth.name}">{people}'
    )


def _plain_piece(piece: Piece) -> str:
    shown = escape(piece.text)
    if piece.kind == "raised":
        return f"<sup>{shown.replace('-', '−')}</sup>"
    if piece.kind == "lowered":
        return f"<sub>{shown}</sub>"
    if piece.kind == "link":
        return f'<a href="{escape(piece.target)}">{shown}</a>'
    return shown


def _set(line: Line, inline: Callable[[Piece], str]) -> str:
    return "".join(map(inline, line))


def soften(word: str, mark: str) -> str:
    """A long word with a break offered behind every third letter or so, never at its edges."""
    return word[:4] + mark + word[4:7] + mark + word[7:]


def set_parts(truth: Truth, inline: Callable[[Piece], str], *, caption: str, headers: bool = True) -> str:
    out = []
    for kind, group in itertools.groupby(truth.parts, key=lambda part: part.kind):
        parts = list(group)
        if kind in ("item", "step"):
            tag = "ul" if kind == "item" else "ol"
            out.append(f"<{tag}>" + "".join(f"<li>{_set(p.line, inline)}</li>" for p in parts) + f"</{tag}>")
            continue
        for part in parts:
            shown = _set(part.line, inline)
            if kind == "heading":
                out.append(f"<h{part.level}>{shown}</h{part.level}>")
            elif kind == "quote":
                out.append(f"<blockquote><p>{shown}</p></blockquote>")
            elif kind == "figure":
                out.append(
                    f'<figure><img src="f.png" alt="a chart"><figcaption>{shown}</figcaption></figure>'
                )
            elif kind == "table":
                out.append(_set_table(part, inline, caption=caption, headers=headers))
            else:
                out.append(f"<p>{shown}</p>")
    return "\n".join(out)


def _set_table(part: Part, inline: Callable[[Piece], str], *, caption: str, headers: bool) -> str:
    rows = []
    for row in part.rows:
        cells = []
        for number, cell in enumerate(row):
            spans = f' rowspan="{cell.down}"' * (cell.down > 1) + f' colspan="{cell.across}"' * (
                cell.across > 1
            )
            shown = _set(cell.line, inline)
            if headers:
                tag = "th" if cell.header or number == 0 else "td"
                scope = ' scope="col"' if cell.header else ' scope="row"' * (tag == "th")
                cells.append(f"<{tag}{scope}{spans}>{shown}</{tag}>")
            else:
                cells.append(f"<td{spans}>{f'<strong>{shown}</strong>' if cell.header else shown}</td>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    title = _set(part.line, inline)
    heads = sum(row[0].header for row in part.rows)
    whole = (
        f"<thead>{''.join(rows[:heads])}</thead><tbody>{''.join(rows[heads:])}</tbody>"
        if headers
        else "".join(rows)
    )
    if caption == "inside":
        return f"<table><caption>{title}</caption>{whole}</table>"
    if caption == "figure":
        return f'<figure class="ltx_table"><figcaption class="ltx_caption">{title}</figcaption><table>{whole}</table></figure>'
    return f'<div class="table-wrap"><table>{whole}</table></div><p class="caption">{title}</p>'
