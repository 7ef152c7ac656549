"""JATS (the XML of PubMed Central and most journals) to a Reading: rewritten as a plain HTML page, which
ingest.html then reads, so that tables, notes, formulas and exponents mean the same in both.

The XML is parsed without entities, DTDs and the net. Owns what the elements of JATS mean; refuses to know
offsets. Elements: https://jats.nlm.nih.gov/archiving/tag-library/1.3/
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

from ingest.html import read_html
from ingest.limits import DEFAULT, Limits
from ingest.reading import Reading
from kb.errors import InputError, LimitError

READER = "jats/1"

_INLINE = {
    "italic": "em", "bold": "strong", "sup": "sup", "sub": "sub", "monospace": "code", "underline": "u",
}  # fmt: skip
_BLOCKS = {"p": "p", "disp-quote": "blockquote", "list-item": "li", "def-item": "div", "term": "p", "def": "div",
           "verse-group": "blockquote", "verse-line": "p", "attrib": "p", "statement": "div", "boxed-text": "div",
           "table-wrap-foot": "div", "preformat": "pre", "code": "pre"}  # fmt: skip
_TABLE = {
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tfoot": "tfoot",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
_DROPPED = frozenset({"front-stub", "object-id", "alternatives-graphic", "graphic", "media", "supplementary-material",
                      "related-article", "counts", "custom-meta-group", "permissions"})  # fmt: skip
# An XML declaration, comments and a DOCTYPE, each bounded, then <article (PMC wraps it in other elements).
_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,300}\?>\s*)?(?:<!--[^>]{0,500}-->\s*|<\?[^>]{0,300}\?>\s*)*"
    rb"(?:<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,2000}\]\s*)?>\s*)?(?:<(?:pmc-articleset|OAI-PMH|metadata|record)\b[^>]{0,500}>\s*){0,3}<article\b[^>]{0,2000}",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def looks_like_jats(head: bytes) -> bool:
    """Whether these first bytes are a JATS article's: its DOCTYPE, or an <article> with JATS's own parts."""
    start = _START.match(head)
    if start is None:
        return False
    if re.search(rb"JATS|NLM//DTD|journalpublishing|archivearticle", start[0]):
        return True
    return re.search(rb"<front[\s>]", head[start.end() :]) is not None


def read_jats(content: bytes, name: str, url: str | None, *, limits: Limits = DEFAULT) -> Reading:
    """The article's text with its sections, tables, captions, notes and references. Raises InputError for
    XML that can't be read, LimitError over a limit."""
    article = _parse(content, name, limits)
    front = article.find("front")
    meta = front.find("article-meta") if front is not None else None
    title = _plain(meta.find("title-group/article-title")) if meta is not None else ""
    parts = [f"<h1>{html.escape(title)}</h1>"] if title else []
    for abstract in meta.findall("abstract") if meta is not None else ():
        if abstract.get("abstract-type") in ("graphical", "teaser", "toc"):
            continue
        if abstract.find("title") is None:
            parts.append("<h2>Abstract</h2>")
        parts.append(_write_children(abstract, 2))
    body = article.find("body")
    if body is not None:
        parts.append(_write_children(body, 1))
    back = article.find("back")
    if back is not None:
        parts.append(_write_back(back))
    page = f"<html><body>{''.join(parts)}</body></html>".encode()
    reading = read_html(
        page, name, url or _address(meta), "text/html; charset=utf-8", limits=limits, whole=True
    )
    return replace(
        reading,
        reader=READER,
        title=title or reading.title,
        authors=_authors(meta),
        published=_published(meta),
    )


def _parse(content: bytes, name: str, limits: Limits) -> Any:
    from lxml import etree

    if len(content) > limits.html_bytes:
        raise LimitError(f"{name}: the XML is larger than {limits.html_bytes:,} bytes", name=name)
    if re.search(rb"<!ENTITY", content, re.IGNORECASE):
        raise InputError(
            f"{name}: the XML defines entities, which are not read; give it without them", name=name
        )
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True,
        remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise InputError(f"{name}: is no well-formed XML ({str(fault)[:150]})", name=name) from None
    if sum(1 for _ in root.iter()) > limits.html_nodes:
        raise LimitError(f"{name}: the XML has more than {limits.html_nodes:,} elements", name=name)
    for element in root.iter():  # some senders put JATS into a namespace; the names are what counts
        if isinstance(element.tag, str) and "}" in element.tag and "MathML" not in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    article = root if root.tag == "article" else next(root.iter("article"), None)
    if article is None:
        raise InputError(f"{name}: is XML, but holds no <article>; give JATS, HTML, PDF or text", name=name)
    return article


def _plain(element: Any) -> str:
    return "" if element is None else " ".join(" ".join(element.itertext()).split())


# --------------------------------------------------------------------------- the text


def _write_children(element: Any, level: int) -> str:
    parts = [html.escape(element.text or "")]
    for child in element:
        parts.append(_write(child, level))
        parts.append(html.escape(child.tail or ""))
    return "".join(parts)


def _write(element: Any, level: int) -> str:
    """One element as HTML; one that JATS doesn't know is its content."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _DROPPED:
        return ""
    if tag == "sec":
        return _write_children(element, min(level + 1, 6))
    if tag in ("title", "subtitle"):
        return f"<h{level}>{_write_children(element, level)}</h{level}>"
    if tag == "label":
        return f"{_write_children(element, level)} "
    if tag in _INLINE:
        return f"<{_INLINE[tag]}>{_write_children(element, level)}</{_INLINE[tag]}>"
    if tag == "list":
        kind = "ol" if element.get("list-type") in ("order", "ordered") else "ul"
        return f"<{kind}>{_write_children(element, level)}</{kind}>"
    if tag == "table-wrap":
        return _write_table(element, level)
    if tag in ("fig", "fig-group"):
        return _write_figure(element, level)
    if tag in _TABLE:
        spans = "".join(
            f' {key}="{html.escape(element.get(key))}"' for key in ("colspan", "rowspan") if element.get(key)
        )
        return f"<{_TABLE[tag]}{spans}>{_write_children(element, level)}</{_TABLE[tag]}>"
    if tag == "xref":
        return _write_reference(element, level)
    if tag in ("ext-link", "uri"):
        return _write_link(element, level)
    if tag == "email":
        return html.escape(_plain(element))
    if tag == "tex-math":
        return f'<math alttext="{html.escape(_plain(element))}"></math>'
    if tag in ("inline-formula", "disp-formula"):
        return _write_formula(element)
    if tag.endswith("}math"):
        return f"<math>{html.escape(_plain(element))}</math>"
    if tag == "break":
        return "<br>"
    if tag in _BLOCKS:
        inner = _write_children(element, level)
        return f"<{_BLOCKS[tag]}>{inner}</{_BLOCKS[tag]}>"
    return _write_children(element, level)


def _write_formula(element: Any) -> str:
    tex = next(element.iter("tex-math"), None)
    if tex is not None:
        written = re.sub(
            r"\\(?:documentclass|usepackage|setlength|begin\{document\}|end\{document\})\S*", "", _plain(tex)
        )
        return f'<math alttext="{html.escape(written)}"></math>'
    return f"<math>{html.escape(_plain(element))}</math>"


def _caption(element: Any) -> str:
    label, caption = element.find("label"), element.find("caption")
    parts = [_plain(label).rstrip(".:") + "." if label is not None else ""]
    if caption is not None:
        parts += [_write_children(child, 6) for child in caption if isinstance(child.tag, str)]
    return " ".join(part for part in parts if part)


def _write_table(element: Any, level: int) -> str:
    tables = [_write(table, level) for table in element.iter("table")]
    foot = element.find("table-wrap-foot")
    caption = _caption(element)
    if tables and caption:
        tables[0] = re.sub(r"\A<table>", lambda match: f"<table><caption>{caption}</caption>", tables[0])
    return "".join(tables) + (_write(foot, level) if foot is not None else "")


def _write_figure(element: Any, level: int) -> str:
    inner = [_write_figure(fig, level) for fig in element.findall("fig")]
    caption = _caption(element)
    own = f"<figure><figcaption>{caption}</figcaption></figure>" if caption else ""
    return own + "".join(inner)


def _write_reference(element: Any, level: int) -> str:
    """A mark that points at a note or an entry of the reference list; any other cross-reference is words."""
    inner = _write_children(element, level)
    if element.get("ref-type") in ("bibr", "fn") and element.get("rid"):
        target = html.escape(element.get("rid").split()[0])
        words = _plain(element)
        if not any(letter.isalpha() for letter in words):
            inner = re.sub(r"</?sup>", "", inner)
            return f'<sup><a href="#ref-{target}">{inner}</a></sup>'
        return f'<a href="#ref-{target}">{inner}</a>'
    return inner


def _write_link(element: Any, level: int) -> str:
    href = element.get("{http://www.w3.org/1999/xlink}href") or _plain(element)
    if not href.lower().startswith(("http://", "https://")):
        return _write_children(element, level)
    return f'<a href="{html.escape(href)}">{_write_children(element, level)}</a>'


def _write_back(back: Any) -> str:
    parts = []
    for section in back.iter("ack", "app", "sec"):
        if not any(parent.tag in ("app", "sec") for parent in section.iterancestors()):
            parts.append(_write_children(section, 2))
    notes = [(one.get("id"), _write_entry(one)) for one in back.iter("fn")]
    references = [(one.get("id"), _write_entry(one)) for one in back.iter("ref")]
    for heading, entries in (("Notes", notes), ("References", references)):
        if entries:
            items = "".join(
                f'<li id="ref-{html.escape(key or "")}">{text}</li>' for key, text in entries if text.strip()
            )
            kind = "footnotes" if heading == "Notes" else "references"
            parts.append(f'<h2>{heading}</h2><ol class="{kind}">{items}</ol>')
    return "".join(parts)


def _write_entry(entry: Any) -> str:
    """A note or a reference as one line, its DOI as an address, without its own label."""
    label = entry.find("label")
    if label is not None:
        label.text, tail = "", label.tail
        for child in list(label):
            label.remove(child)
        label.tail = tail
    text = " ".join(_write_inline(entry).split())
    for identifier in entry.iter("pub-id"):
        if identifier.get("pub-id-type") == "doi" and identifier.text:
            doi = html.escape(identifier.text.strip())
            text += f' <a href="https://doi.org/{doi}">https://doi.org/{doi}</a>'
        elif identifier.get("pub-id-type") == "arxiv" and identifier.text:
            arxiv = html.escape(re.sub(r"\A\s*arxiv:", "", identifier.text.strip(), flags=re.IGNORECASE))
            text += f' <a href="https://arxiv.org/abs/{arxiv}">https://arxiv.org/abs/{arxiv}</a>'
    return text


def _write_inline(element: Any) -> str:
    parts = [html.escape(element.text or "")]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("pub-id", "label"):
            link = child.tag in ("ext-link", "uri")
            parts.append((_write_link(child, 2) if link else _write_inline(child)) + " ")
        parts.append(html.escape(child.tail or ""))
    return "".join(parts)


# --------------------------------------------------------------------------- what it says of itself


def _address(meta: Any) -> str | None:
    if meta is None:
        return None
    for identifier in meta.findall("article-id"):
        if identifier.get("pub-id-type") == "doi" and identifier.text:
            return f"https://doi.org/{identifier.text.strip()}"
    return None


def _authors(meta: Any) -> tuple[str, ...]:
    if meta is None:
        return ()
    names = []
    for contributor in meta.findall("contrib-group/contrib"):
        if contributor.get("contrib-type") not in (None, "author"):
            continue
        given, family = _plain(contributor.find(".//given-names")), _plain(contributor.find(".//surname"))
        group = _plain(contributor.find("collab"))
        names.append(f"{given} {family}".strip() or group)
    return tuple(dict.fromkeys(name for name in names if name))


def _published(meta: Any) -> str | None:
    """The earliest full date of publication that is stated."""
    dates = []
    for date in meta.findall("pub-date") if meta is not None else ():
        year, month, day = (_plain(date.find(key)) for key in ("year", "month", "day"))
        if not re.fullmatch(r"(?:19|20)\d\d", year):
            continue
        number = (
            int(month)
            if month.isdecimal()
            else next((n for n, short in enumerate(_MONTHS, start=1) if month.lower().startswith(short)), 0)
        )
        if not 1 <= number <= 12:
            dates.append(year)
        elif day.isdecimal() and 1 <= int(day) <= 31:
            dates.append(f"{year}-{number:02d}-{int(day):02d}")
        else:
            dates.append(f"{year}-{number:02d}")
    return min(dates, key=lambda date: (-len(date), date)) if dates else None
