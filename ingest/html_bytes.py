"""The bytes of an HTML page to a tree: its encoding, and the limits of depth and size.

A page is decoded as browsers do, but never against valid UTF-8. Refuses to know what elements mean.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.limits import Limits
from kb.errors import InputError, LimitError

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)
_XML_CHARSET = re.compile(
    rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE
)
_CHARSETS = re.compile(
    r"(?:utf-?8|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|us-ascii|ascii|koi8-[ru]|shift[-_]jis|euc-(?:jp|kr)"
    r"|gb(?:k|2312|18030)|big5)$",
    re.IGNORECASE,
)
# A start tag as the parser reads it: a quotation mark opens a value only behind "=".
_START_TAG = re.compile(r"<[A-Za-z](?:[^=>]++|=\s*+(?:\"[^\"]*+\"?|'[^']*+'?)?+)*+")
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+)")
# Of one element: the parser compares each with all before it, and pages of people's own have a few dozen.
_MAX_ATTRIBUTES = 1_000
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


def decode_page(content: bytes, media_type: str | None) -> str:
    """The letters of a page, by its byte order mark, as UTF-8 where it is that, else as it says of itself."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, "replace")
    said = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", media_type or "", re.IGNORECASE)
    found = _META_CHARSET.search(content[:4096]) or _XML_CHARSET.match(content[:400])
    charset = said.group(1) if said else (found.group(1).decode("ascii") if found else "")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _CHARSETS.match(charset) and not charset.lower().startswith("utf"):
        western = charset.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "iso8859-1")
        return content.decode("cp1252" if western else charset, "replace")
    damaged = content.decode("utf-8", "replace")
    if charset.lower().startswith("utf") or damaged.count("\ufffd") <= 0.001 * len(damaged):
        return damaged
    return content.decode("cp1252", "replace")


def parse_page(text: str, name: str, limits: Limits) -> Any:
    """The lxml tree of a page. Raises InputError where it holds nothing, LimitError where it is too deep or
    has too many elements."""
    from lxml import etree
    from lxml import html as lxml_html

    if text.count("<") > 3 * limits.html_nodes:
        raise LimitError(f"{name}: the page has more than {limits.html_nodes:,} elements", name=name)
    text = _XML_DECLARATION.sub("", text).replace("\x00", "")
    if any(
        len(tag[0]) > 2 * _MAX_ATTRIBUTES and _count_attributes(tag[0]) > _MAX_ATTRIBUTES
        for tag in _START_TAG.finditer(text)
    ):
        raise LimitError(
            f"{name}: an element of the page has more than {_MAX_ATTRIBUTES:,} attributes", name=name
        )
    parser = lxml_html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, no_network=True, recover=True, encoding="utf-8"
    )
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise InputError(f"{name}: the page holds no text ({fault})", name=name) from fault
    depth = deepest = nodes = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        nodes += event == "start"
        deepest = max(deepest, depth)
        if deepest > limits.html_depth:
            raise LimitError(f"{name}: elements are nested more than {limits.html_depth} deep", name=name)
        if nodes > limits.html_nodes:
            raise LimitError(f"{name}: the page has more than {limits.html_nodes:,} elements", name=name)
    return tree


def _count_attributes(tag: str) -> int:
    """How many attributes a start tag has at most: names stand between white space, slashes and values."""
    return len(_VALUE.sub(" = ", tag).replace("/", " ").replace("=", " ").split()) - 1
