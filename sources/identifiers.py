"""Normal forms of DOIs, arXiv ids and web addresses, so that two ways to write one pointer compare equal.

Pure text work: nothing is fetched, no redirect is followed. An address that names only a site (no path)
identifies no source and has no normal form here.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]{1,200}")
_ARXIV_NEW = r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}"
_ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7}"
ARXIV_ID = re.compile(rf"(?:{_ARXIV_NEW}|{_ARXIV_OLD})")

_ARXIV_MARKED = re.compile(
    rf"arxiv\s*(?:preprint\s*(?:arxiv)?\s*)?(?::|\s|/)\s*(?:abs/|pdf/)?({_ARXIV_NEW}|{_ARXIV_OLD})(?![0-9])",
    re.I,
)
_ARXIV_BARE = re.compile(rf"({_ARXIV_NEW}|{_ARXIV_OLD})(?:v[0-9]{{1,3}})?\Z")
_ARXIV_IN_PATH = re.compile(rf"/({_ARXIV_NEW}|{_ARXIV_OLD})(?:v[0-9]{{1,3}})?(?:\.pdf)?(?:/|\Z)")
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_NEW}|{_ARXIV_OLD})", re.I)
# Hosts whose pages are keyed by arXiv id and stand for the paper.
_ARXIV_HOSTS = frozenset(
    {
        "arxiv.org", "export.arxiv.org", "browse.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org",
        "alphaxiv.org", "emergentmind.com", "scholar.archive.org",
    }
)  # fmt: skip
_ADDRESS_IN_TEXT = re.compile(r"https?://[^\s<>\"“”]{3,2000}", re.I)
_DOI_IN_TEXT = re.compile(r"(?<![\w/.])10\.[0-9]{4,9}/[^\s\"<>“”]{1,200}")
_ARCHIVED = re.compile(
    r"/(?:web/)?[0-9]{4,14}(?:[a-z]{2}_)?/(https?:/{1,2}.+)\Z|/(?:o|newest)/(https?:/{1,2}.+)\Z", re.I
)
_ARCHIVE_HOSTS = frozenset(
    {
        "web.archive.org",
        "archive.org",
        "archive.today",
        "archive.ph",
        "archive.is",
        "archive.li",
        "archive.md",
    }
)
_REDIRECTS = {"google.com": ("url", "q"), "l.facebook.com": ("u",), "out.reddit.com": ("url",)}
_TRACKING = re.compile(
    r"(?:utm_.*|mtm_.*|pk_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|si|mc_cid|mc_eid"
    r"|_hsenc|_hsmi|hss_channel|ref|ref_src|ref_url|referrer|source|src|cmp|cmpid|ocid|smid|s_cid|trk|at_.*"
    r"|share|sharetoken|amp|outputtype|guccounter|guce_.*|fromsearch|oly_.*|vero_.*|_ga|spm)\Z",
    re.I,
)
_HOST_PREFIX = re.compile(r"(?:www[0-9]?|m|mobile|amp)\.(?=[^.]+\.[^.])")
_MOBILE_INSIDE = re.compile(r"\A([a-z]{2,3})\.m\.(?=[^.]+\.[^.])")  # en.m.wikipedia.org
_GOOGLE_AMP = re.compile(r"/amp/(s/)?(.+)\Z")
_NEWSLETTER = re.compile(r"/pub/([a-z0-9-]+)(/p/.+)\Z")  # open.substack.com/pub/NAME/p/... is NAME's own page
# Sites that moved, and mirrors that show the same posts under the same ids.
_SAME_HOST = {
    "twitter.com": "x.com",
    "alignmentforum.org": "lesswrong.com",
    "greaterwrong.com": "lesswrong.com",
}
# Sites whose addresses hold the very part of a DOI that is their own (their DOI prefix stands beside them).
_OWN_DOIS = (
    ("nature.com", re.compile(r"/articles/([a-z0-9-]+)(?:\.pdf)?/?\Z", re.I), "10.1038/"),
    (
        "nber.org",
        re.compile(r"/(?:system/files/working_)?papers/(w[0-9]{4,6})(?:/\1)?(?:\.pdf)?/?\Z", re.I),
        "10.3386/",
    ),
    ("ssrn.com", re.compile(r"/abstract=([0-9]{4,9})/?\Z"), "10.2139/ssrn."),
)
_SSRN_PAGE = re.compile(r"(?:\A|&)abstract_?id=([0-9]{4,9})(?:&|\Z)", re.I)
_FORUM_POST = re.compile(r"(/posts/[A-Za-z0-9]{17})(?:/[^/]*)?\Z")
_INDEX_PAGE = re.compile(r"/(?:index\.(?:html?|php|aspx?)|default\.aspx?)\Z", re.I)
_AMP_END = re.compile(r"(?:/amp/?|\.amp(?=\.html?\Z|\Z))\Z", re.I)
_TRAILING = ".,;:!?'’”\"»*_"


def read_doi(text: str) -> str | None:
    """The bare lower-case DOI of "doi:10.1/x", "https://doi.org/10.1/x" or a publisher's address that
    holds one; None where there is none. An arXiv DOI is an arXiv id, not this."""
    folded = unquote(text.strip())
    if _ARXIV_DOI.search(folded):
        return None
    parts = _split(folded)
    if parts is not None:
        host, path, query = parts
        for owner, form, prefix in _OWN_DOIS:
            own = form.match(path) if host == owner else None
            if own is not None:
                return f"{prefix}{own[1].lower()}"
        if host.endswith("ssrn.com") and (paper := _SSRN_PAGE.search(query)):
            return f"10.2139/ssrn.{paper[1]}"
        folded = path
        match = re.search(r"(?:/|\A)(10\.[0-9]{4,9}/.+)\Z", folded)
        if match is None:
            return None
        doi = re.sub(r"(?:/(?:full|abstract|pdf|epdf|meta|html|fulltext|v[0-9]+))+/?\Z|\.pdf\Z", "", match[1])
        return _trim(doi).rstrip("/").lower()
    match = re.match(r"(?:doi\s*:?\s*|info:doi/)?(10\.[0-9]{4,9}/\S{1,200})\Z", folded, re.I)
    return _trim(match[1]).lower() if match else None


def read_arxiv(text: str) -> str | None:
    """The arXiv id, without its version, of an id, an arXiv address in any of its forms, or an arXiv DOI."""
    folded = unquote(text.strip())
    doi = _ARXIV_DOI.search(folded)
    if doi:
        return doi[1].lower()
    parts = _split(folded)
    if parts is not None:
        host, path, _ = parts
        keyed = host in _ARXIV_HOSTS or (host == "huggingface.co" and path.startswith("/papers/"))
        match = _ARXIV_IN_PATH.search(path) if keyed else None
        return match[1].lower() if match else None
    marked = _ARXIV_MARKED.match(folded) or _ARXIV_BARE.match(folded)
    return marked[1].lower() if marked else None


def read_address(text: str) -> str | None:
    """A web address reduced to what identifies the page: host without www, m or amp, path without a
    trailing slash, parameters without tracking; no scheme, fragment or port 80/443. Archived copies and
    click redirects stand for the page behind them. None for other schemes and for a bare site."""
    current = text.strip()
    for _ in range(4):  # an archived copy of a redirect of ...; more layers are no honest link
        parts = _split(current)
        if parts is None:
            return None
        host, path, query = parts
        inner = _find_inner(host, path, query)
        if inner is None:
            break
        current = inner
    else:
        return None
    path = _AMP_END.sub("", _INDEX_PAGE.sub("", path))
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    path = quote(unquote(path), safe="/:@!$&'()*+,;=~-._")
    host = _SAME_HOST.get(host, host)
    newsletter = _NEWSLETTER.match(path) if host == "open.substack.com" else None
    if newsletter is not None:
        host, path = f"{newsletter[1]}.substack.com", newsletter[2]
    if host == "openreview.net" and path == "/pdf":
        path = "/forum"
    if host == "aclanthology.org":
        path = path.removesuffix(".pdf")
    if host == "lesswrong.com":
        path = _FORUM_POST.sub(r"\1", path)
    kept = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    if not path and not kept:
        return None
    return host + path + (f"?{urlencode(kept)}" if kept else "")


def is_web_address(text: str) -> bool:
    """An http(s) address with a host, without white space and without a user name in it."""
    return _split(text) is not None and "://" in text and not re.search(r"\s", text)


def find_pointers(text: str) -> tuple[str, ...]:
    """The addresses, DOIs and arXiv ids in running text, in order, each once."""
    found: list[tuple[int, str]] = []
    covered: list[tuple[int, int]] = []
    for match in _ADDRESS_IN_TEXT.finditer(text):
        found.append((match.start(), _trim(match[0])))
        covered.append(match.span())
    for grammar in (_DOI_IN_TEXT, _ARXIV_MARKED):
        for match in grammar.finditer(text):
            if not any(start <= match.start() < end for start, end in covered):
                found.append((match.start(), _trim(match[0])))
    return tuple(dict.fromkeys(pointer for _, pointer in sorted(found)))


def _find_inner(host: str, path: str, query: str) -> str | None:
    if host in _ARCHIVE_HOSTS:
        match = _ARCHIVED.search(f"{path}?{query}" if query else path)
        return re.sub(r"\A(https?):/+", r"\1://", match[1] or match[2], flags=re.I) if match else None
    if host in _REDIRECTS:
        for key, value in parse_qsl(query):
            if key in _REDIRECTS[host] and value.startswith(("http://", "https://")):
                return value
    amp = _GOOGLE_AMP.match(path) if host == "google.com" else None
    if amp is not None:
        return f"{'https' if amp[1] else 'http'}://{amp[2]}" + (f"?{query}" if query else "")
    if host.endswith(".cdn.ampproject.org"):
        match = re.match(r"/[cv]/(?:s/)?(.+)\Z", path)
        return f"https://{match[1]}" if match else None
    return None


def _split(text: str) -> tuple[str, str, str] | None:
    """Host, path and query of an http(s) address; None for anything else."""
    address = text.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    if not address.lower().startswith(("http://", "https://")) or len(address) > 4_000:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc or any(letter.isspace() for letter in host):
        return None
    host = _MOBILE_INSIDE.sub(r"\1.", _HOST_PREFIX.sub("", host.lower().rstrip(".")))
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    return host, parts.path, parts.query


def _trim(pointer: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays where it was opened."""
    text = pointer
    while text:
        last = text[-1]
        unopened = {")": "(", "]": "["}.get(last)
        if last not in _TRAILING and (unopened is None or text.count(last) <= text.count(unopened)):
            break
        text = text[:-1]
    return text
