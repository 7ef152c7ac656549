"""Makes the tree of a page fit to be read: what nobody sees is dropped, formulas become a line of text,
captions paragraphs of their own.

Refuses to know notes and tables (ingest.html_notes, ingest.html_tables) and what the main text is.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.html_notes import CAPTION_TOKEN, replace_with_text

_DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "input", "button",
            "select", "textarea", "canvas", "video", "audio", "map", "dialog")  # fmt: skip
_SHOWN = ("img", "table", "picture", "svg", "video", "pre", "code")
_CAPTION_CLASS = re.compile(r"(?:^|[\s_-])caption(?:[\s_-]?text)?(?:\s|$)", re.IGNORECASE)
_LONGEST_CAPTION = 1_500  # characters
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TEX_WORDS = {
    "sim": "~", "approx": "≈", "times": "×", "cdot": "·", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "to": "→", "rightarrow": "→", "infty": "∞", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "epsilon": "ε", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "theta": "θ",
    "chi": "χ", "log": "log", "ldots": "…", "dots": "…", "quad": " ", "qquad": " ", "lt": "<", "gt": ">",
}  # fmt: skip


def drop_unseen(tree: Any) -> None:
    """Drop what a reader doesn't see."""
    for element in list(tree.iter()):
        if element.getparent() is None:
            continue
        if not isinstance(element.tag, str):
            replace_with_text(element, "")
            continue
        if element.tag == "script" and (element.get("type") or "").startswith("math/tex"):
            replace_with_text(element, clean_tex(element.text or ""))
        elif element.tag in _DROPPED or (element.tag != "body" and _is_hidden(element)):
            replace_with_text(element, " ")


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style") or "") is not None


def write_formulas(tree: Any) -> None:
    """Formulas become a line of text, exponents as ^."""
    for element in tree.xpath("//span[contains(concat(' ', @class, ' '), ' katex ')]"):
        source = element.xpath(".//*[local-name()='annotation']/text()")
        if source and element.getparent() is not None:
            replace_with_text(element, clean_tex(str(source[0])))
    for element in tree.xpath("//*[local-name()='math']"):
        if element.getparent() is None:
            continue
        source = element.get("alttext") or next(
            iter(element.xpath(".//*[local-name()='annotation']/text()")), ""
        )
        written = clean_tex(str(source)) if source else " ".join(str(element.text_content()).split())
        replace_with_text(element, written)


def clean_tex(source: str) -> str:
    """A short formula as a line of text: 10^{25} is 10^25, 97\\% is 97%."""
    text = source[:2_000]
    text = re.sub(
        r"\\(?:text|mathrm|mathbf|mathit|mathsf|texttt|textbf|textit|operatorname|bm|rm|bf)\b\*?\s*", "", text
    )
    text = re.sub(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\\(?:left|right|big|Big|displaystyle|,|;|!|:|\s)", "", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda match: _TEX_WORDS.get(match.group(1), match.group(1)), text)
    text = re.sub(r"\\([%$&#_{}])", r"\1", text)
    return re.sub(r"~ (?=\d)", "~", " ".join(re.sub(r"[{}$]", "", text).split()))


def unlink_inside(tree: Any) -> None:
    """Links that lead nowhere outside the page become plain words."""
    for link in list(tree.iter("a")):
        href = "".join((link.get("href") or "").split()).lower()
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", href)
        if (
            not href
            or href.startswith("#")
            or (scheme is not None and scheme.group(1) not in ("http", "https"))
        ):
            link.drop_tag()


def mark_captions(tree: Any) -> None:
    """Captions become paragraphs of their own, with a sign that they are captions: in front of what they
    describe where they stand there, else behind it."""
    from lxml import etree

    for element in list(tree.iter("figcaption", "caption")):
        holder = next((p for p in element.iterancestors("figure", "table")), None)
        if holder is None or holder.getparent() is None or not str(element.text_content()).strip():
            continue
        leads = holder.tag == "table" or not any(
            str(before.text_content()).strip() or before.find(".//img") is not None or before.tag in _SHOWN
            for before in element.itersiblings(preceding=True)
            if isinstance(before.tag, str)
        )
        paragraph = etree.SubElement(holder.getparent(), "p")
        paragraph.text = CAPTION_TOKEN + (element.text or "")
        for child in list(element):
            paragraph.append(child)
        if element.getparent() is not None:
            element.tail = None
            element.getparent().remove(element)
        if leads:
            holder.addprevious(paragraph)
        else:
            paragraph.tail, holder.tail = holder.tail, None
            holder.addnext(paragraph)
    for element in list(tree.iter("p", "div", "span")):
        if _is_caption(element):
            element.attrib.clear()
            element.tag = "p"
            element.text = CAPTION_TOKEN + (element.text or "")


def _is_caption(element: Any) -> bool:
    """Whether a page's own class calls this short stretch a caption."""
    if _CAPTION_CLASS.search(element.get("class") or "") is None:
        return False
    words = str(element.text_content()).strip()
    if not 0 < len(words) <= _LONGEST_CAPTION or CAPTION_TOKEN in words:
        return False
    return (
        next(element.iter("img", "table", "p" if element.tag != "p" else "div", "h1", "h2", "h3"), None)
        is None
    )
