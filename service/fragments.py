"""Links that open a source at the words quoted: text fragments for pages, page numbers for PDFs.

Owns the spelling of the fragment and which addresses may ever be links; refuses to know what is linked.
Grammar: https://wicg.github.io/scroll-to-text-fragment/ (`#:~:text=[prefix-,]start[,end][,-suffix]`).
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from kb.types import Selector

# An exact match this long still survives a browser's search; beyond it, or across lines, start,end is safer.
_LONG_CHARACTERS = 160
_EDGE_WORDS = 6  # words in each half of a start,end pair
# Fewer words than this may stand in a page more than once, so the neighbours are named too.
_SHORT_WORDS = 5
_MAX_URL = 2048
_ARXIV_ABSTRACT = re.compile(r"^https?://(?:www\.)?arxiv\.org/abs/(?P<id>[\w./-]+)$")


def safe_url(url: str | None) -> str | None:
    """The address if it may be a link (http or https with a host, nothing invisible in it), else None."""
    if url is None or len(url) > _MAX_URL or re.search(r"[\s\x00-\x1f\x7f\\<>\"'`{}|^\ud800-\udfff]", url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return url


def source_url(url: str | None, doi: str | None = None, arxiv: str | None = None) -> str | None:
    """The best address of a source: its own, else that of its DOI, else that of its arXiv id."""
    address = safe_url(url)
    if address is None and doi:
        address = safe_url("https://doi.org/" + quote(doi, safe="/"))
    if address is None and arxiv:
        address = safe_url("https://arxiv.org/abs/" + quote(arxiv, safe="/"))
    return address


def fragment_url(url: str | None, selector: Selector | None, page: int | None = None) -> str | None:
    """A link to the passage: `#page=N` where a page is known (PDF), else a text fragment; None without
    an address that may be linked, or without anything to point at."""
    address = safe_url(url)
    if address is None:
        return None
    if page is not None:
        abstract = _ARXIV_ABSTRACT.match(address)
        if abstract is not None:  # the abstract's page has no pages; the PDF has
            address = f"https://arxiv.org/pdf/{abstract['id']}"
        return f"{address.partition('#')[0]}#page={page}"
    directive = _text_directive(selector) if selector is not None else None
    if directive is None:
        return None
    joint = ":~:" if "#" in address else "#:~:"
    return f"{address.partition(':~:')[0].rstrip('#')}{joint}text={directive}"


def _text_directive(selector: Selector) -> str | None:
    lines = [line for line in (_squash(part) for part in selector.exact.splitlines()) if line]
    if not lines:
        return None
    words = " ".join(lines).split(" ")
    if len(lines) > 1 or len(" ".join(lines)) > _LONG_CHARACTERS:
        first, last = lines[0].split(" ")[:_EDGE_WORDS], lines[-1].split(" ")[-_EDGE_WORDS:]
        if len(lines) > 1 or len(words) > 2 * _EDGE_WORDS:
            return f"{_encode(' '.join(first))},{_encode(' '.join(last))}"
    exact = _encode(" ".join(lines))
    if len(words) >= _SHORT_WORDS:
        return exact
    prefix, suffix = _last_words(selector.prefix), _first_words(selector.suffix)
    before = f"{_encode(prefix)}-," if prefix else ""
    after = f",-{_encode(suffix)}" if suffix else ""
    return f"{before}{exact}{after}"


def _last_words(prefix: str) -> str:
    """The whole words just before the passage, from one line: the first may be cut, so it is dropped.
    A prefix that runs into the passage without a space ("$" before "25") is kept, browsers allow it."""
    lines = prefix.splitlines()
    line = next((part for part in reversed(lines) if part.strip()), "")
    words = _squash(line).split(" ")
    whole = words if len(lines) > 1 and line is not lines[0] else words[1:]
    return " ".join(whole[-4:])


def _first_words(suffix: str) -> str:
    lines = suffix.splitlines()
    line = next((part for part in lines if part.strip()), "")
    words = _squash(line).split(" ")
    whole = words if len(lines) > 1 and line is not lines[-1] else words[:-1]
    return " ".join(whole[:4])


def _squash(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _encode(text: str) -> str:
    """Percent-encode all that encodeURIComponent would, and the hyphen, which is part of the grammar."""
    return quote(text, safe="", errors="replace").replace("-", "%2D")
