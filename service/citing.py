"""How to cite a source: one line of prose, BibTeX, RIS and CSL-JSON, each escaped as its readers want it.

Knows no HTML and no store. CSL-JSON: https://docs.citationstyles.org; RIS: the tags that Zotero and EndNote
read; BibTeX: braces keep a title's capitals, special characters are escaped.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from kb.types import Source
from service.fragments import source_url

BIBTEX = "application/x-bibtex"
RIS = "application/x-research-info-systems"
CSL = "application/vnd.citationstyles.csl+json"
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
    "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_MAX_AUTHORS = 6  # named in the line of prose
_PARTICLES = frozenset("van von de der den del della di da dos du la le ter ten zu el al bin ibn".split())
_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})
_BODIES = re.compile(
    r"\b(?:institute|team|group|research|labs?|laboratory|university|foundation|centre|center|agency|commission|"
    r"parliament|council|organi[sz]ation|company|corporation|inc|ltd|security|safety|project|consortium|union|staff)\b",
    re.IGNORECASE,
)
_CSL_TYPES = {
    "paper": "article", "report": "report", "post": "post-weblog", "system_card": "report", "article": "article-magazine",
    "press_release": "webpage", "press": "article-newspaper", "law": "legislation", "dataset": "dataset",
}  # fmt: skip
_RIS_TYPES = {
    "paper": "UNPB", "report": "RPRT", "post": "BLOG", "system_card": "RPRT", "article": "MGZN",
    "press_release": "ELEC", "press": "NEWS", "law": "STAT", "dataset": "DATA",
}  # fmt: skip
_BIBTEX_TYPES = {"report": "techreport", "system_card": "techreport"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An author: a person's family and given names, or a body's `literal` name."""

    family: str = ""
    given: str = ""
    literal: str = ""


def read_names(source: Source) -> tuple[tuple[Name, ...], bool]:
    """The authors, and whether there are more than are named ("et al.")."""
    names: list[Name] = []
    more = False
    for author in source.authors:
        plain = re.sub(r",?\s*\b(?:et al\.?|and others)\s*\Z", "", _clean(author), flags=re.IGNORECASE)
        more = more or plain != _clean(author)
        if plain:
            names.append(_read_name(plain, source.publisher))
    return tuple(names), more


def cite_in_prose(source: Source) -> str:
    """Authors (year). Title. Publisher. Address."""
    names, more = read_names(source)
    shown = [name.literal or f"{name.given} {name.family}".strip() for name in names]
    if len(shown) > _MAX_AUTHORS or more:
        authors = ", ".join(shown[:_MAX_AUTHORS]) + " et al."
    else:
        authors = ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + (shown[-1] if shown else "")
    year = f" ({source.published[:4]})" if source.published else ""
    parts = [f"{authors}{year}".strip(), _clean(source.title)]
    if source.publisher and source.publisher != authors:
        parts.append(_clean(source.publisher))
    url = source_url(source.url, source.doi, source.arxiv)
    return ". ".join(part.rstrip(".") for part in parts if part) + "." + (f" {url}" if url else "")


def cite_as_bibtex(source: Source) -> str:
    """One entry; arXiv papers as arXiv itself gives them (eprint, archiveprefix)."""
    names, more = read_names(source)
    written = [_bibtex_name(name) for name in names] + (["others"] if more and names else [])
    url = source_url(source.url, source.doi, source.arxiv)
    journal = _is_journal(source)
    kind = "article" if journal else _BIBTEX_TYPES.get(source.kind, "misc")
    publisher = {"article": "journal", "techreport": "institution"}.get(kind, "publisher")
    fields = {
        **({"author": " and ".join(written)} if written else {}),
        "title": "{" + escape_bibtex(source.title) + "}",
        **({"year": source.published[:4]} if source.published else {}),
        **(
            {"month": str(int(source.published[5:7]))}
            if source.published and len(source.published) > 4
            else {}
        ),
        **({publisher: escape_bibtex(source.publisher)} if source.publisher else {}),
        **({"doi": escape_bibtex(source.doi)} if source.doi else {}),
        **({"eprint": source.arxiv, "archiveprefix": "arXiv"} if source.arxiv else {}),
        **({"url": _escape_url(url)} if url else {}),
    }
    return write_bibtex(kind, source.id, fields)


def cite_as_ris(source: Source) -> str:
    """One record, each line ended as the format wants it."""
    names, more = read_names(source)
    journal = _is_journal(source)
    lines = [("TY", "JOUR" if journal else _RIS_TYPES.get(source.kind, "GEN")), ("ID", source.id)]
    lines += [("AU", name.literal or f"{name.family}, {name.given}".rstrip(", ")) for name in names]
    lines += [("AU", "et al.")] if more and names else []
    lines.append(("TI", _clean(source.title)))
    if source.published:
        year, month, day = (*source.published.split("-"), "", "")[:3]
        lines += [("PY", year), ("DA", f"{year}/{month}/{day}")]
    if source.publisher:
        lines.append(("T2" if journal else "PB", _clean(source.publisher)))
    lines += [("DO", _clean(source.doi))] if source.doi else []
    lines += [("AN", f"arXiv:{source.arxiv}")] if source.arxiv else []
    url = source_url(source.url, source.doi, source.arxiv)
    lines += [("UR", _clean(url))] if url else []
    return "".join(f"{tag}  - {value}\r\n" for tag, value in (*lines, ("ER", "")))


def cite_as_csl(source: Source) -> dict[str, Any]:
    """One item of CSL-JSON."""
    names, more = read_names(source)
    authors: list[dict[str, str]] = [
        {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
        for name in names
    ]
    authors += [{"literal": "others"}] if more and names else []
    journal = _is_journal(source)
    url = source_url(source.url, source.doi, source.arxiv)
    return {
        "id": source.id,
        "type": "article-journal" if journal else _CSL_TYPES.get(source.kind, "document"),
        "title": _clean(source.title),
        **({"author": authors} if authors else {}),
        **(
            {"issued": {"date-parts": [[int(part) for part in source.published.split("-")]]}}
            if source.published
            else {}
        ),
        **(
            {"container-title" if journal else "publisher": _clean(source.publisher)}
            if source.publisher
            else {}
        ),
        **({"DOI": source.doi} if source.doi else {}),
        **({"archive": "arXiv", "archive_location": source.arxiv} if source.arxiv else {}),
        **({"version": source.versions[-1].version} if source.versions else {}),
        **({"URL": url} if url else {}),
    }


def cite_as(source: Source, accept: str) -> tuple[bytes, str] | None:
    """The citation in the first format that an Accept header names and its media type; None where it names
    none of them, or JSON before them."""
    for part in accept.lower().split(","):
        wanted = part.split(";")[0].strip()
        if wanted in ("application/json", "*/*", "text/html"):
            return None
        if wanted == BIBTEX:
            return cite_as_bibtex(source).encode(), f"{BIBTEX}; charset=utf-8"
        if wanted == RIS:
            return cite_as_ris(source).encode(), f"{RIS}; charset=utf-8"
        if wanted == CSL:
            return json.dumps([cite_as_csl(source)], ensure_ascii=False).encode(), CSL
    return None


def write_bibtex(kind: str, key: str, fields: dict[str, str]) -> str:
    """An entry; the values are escaped already."""
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{re.sub(r'[^A-Za-z0-9-]', '-', key)},", *lines, "}"])


def escape_bibtex(text: str) -> str:
    """One line in which no character means anything to BibTeX or TeX."""
    return "".join(_SPECIAL.get(character, character) for character in _clean(text))


def _escape_url(url: str) -> str:
    """Braces would end the field; everything else stays, because \\url takes it as it is."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace(" ", "%20")


def _clean(text: str) -> str:
    """One line without control or invisible characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _is_journal(source: Source) -> bool:
    """Published under a DOI of its own, not only as a preprint."""
    return source.kind == "paper" and source.doi is not None


def _read_name(plain: str, publisher: str | None) -> Name:
    words = plain.split()
    if plain.count(",") == 1:
        family, given = (part.strip() for part in plain.split(","))
        if family and given and given not in _SUFFIXES:
            return Name(family=family, given=given)
    if len(words) == 1 or plain == publisher or _BODIES.search(plain) or any(ch.isdecimal() for ch in plain):
        return Name(literal=plain)
    if len(words) > 5 or any(word.isupper() and len(word) > 2 and word.isalpha() for word in words):
        return Name(literal=plain)
    last = len(words) - 1
    suffix = ""
    if words[last].rstrip(",") in _SUFFIXES and last > 1:
        suffix, last = " " + words[last], last - 1
    first = last
    while first > 1 and words[first - 1].lower() in _PARTICLES and words[first - 1].islower():
        first -= 1
    family = " ".join(words[first : last + 1]).rstrip(",")
    return Name(family=family + suffix.replace(",", ""), given=" ".join(words[:first]))


def _bibtex_name(name: Name) -> str:
    if name.literal:
        return "{" + escape_bibtex(name.literal) + "}"
    family, given = escape_bibtex(name.family), escape_bibtex(name.given)
    return f"{family}, {given}"
