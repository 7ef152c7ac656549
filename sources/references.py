"""Errors in an article's own reference list: another title, other authors, another year than the work has
that the reference's identifier names.

Looks only at references whose DOI, arXiv id or address leads to a known source, and only says what it is sure
of: a part of a reference that can't be told apart is not judged. Knows no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.text import fold_text
from kb.types import Issue, Level, Note, Source
from sources.identifiers import find_pointers
from sources.resolve import SourceIndex, read_surname

_STAGE = "sources.references"
_SAME_TITLE = 75.0  # of rapidfuzz's 100: a title shortened or with another case passes, another title doesn't
_MIN_TITLE_WORDS = 4
_MAX_NOTE = 2_000
_QUOTED = re.compile(r"[“\"]([^“”\"]{12,300})[”\"]")
_AFTER_YEAR = re.compile(r"\((?:19|20)\d\d[a-z]?(?:, [^()]{1,30})?\)[.,:]?\s+([^.?!]{12,300})[.?!]")
_YEAR = re.compile(r"(?<![\d./:-])((?:19|20)\d\d)[a-z]?(?![\d/-])")
_ADDRESS = re.compile(r"https?://\S+|(?:doi\s*:?\s*)?10\.\d{4,9}/\S+|arxiv\s*:?\s*\S+", re.IGNORECASE)
# "Smith, J.", "J. Smith", "Smith J", "Jane Smith" at the head of a reference.
_NAME = r"[^\W\d_][^\W\d_’'-]*(?:[’'-][^\W\d_]+)*"
_SURNAME_FIRST = re.compile(
    rf"\s*(?:\[\d{{1,3}}\]|\d{{1,3}}[.)])?\s*((?:(?:van|von|de|der|del|di|la)\s+)*{_NAME}),\s+(?:[A-Z]\.|{_NAME})"
)
_AL_FIRST = re.compile(
    rf"\s*(?:\[\d{{1,3}}\]|\d{{1,3}}[.)])?\s*({_NAME})(?:,?\s+(?:[A-Z]\.?\s*)*)?\s*,?\s+(?:et al|and (?:others|colleagues))\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misreference:
    """One part of a reference that isn't what the work has: `part` title | authors | year."""

    label: str
    source_id: str
    part: str
    found: str
    wanted: str


def check_references(
    notes: Iterable[Note], index: SourceIndex, sources: Mapping[str, Source]
) -> tuple[Misreference, ...]:
    """The errors of an article's notes, in their order. A note that names several known works is left
    alone: which words belong to which can't be told."""
    found: list[Misreference] = []
    for note in notes:
        text = note.text[:_MAX_NOTE]
        pointed = index.find_identified(dict.fromkeys((*note.targets, *find_pointers(text))))
        if len(pointed) != 1 or pointed[0] not in sources:
            continue
        found.extend(_check(note.label or f"“{text[:40].strip()}”", text, sources[pointed[0]]))
    return tuple(found)


def tell_misreferences(found: Iterable[Misreference]) -> tuple[Issue, ...]:
    """As issues of a report."""
    return tuple(
        Issue(
            stage=_STAGE,
            level=Level.WARNING,
            code=f"reference_{one.part}_differs",
            message=f"reference {one.label}: gives the {one.part} as {one.found!r}, but what it points at "
            f"({one.source_id}) has {one.wanted!r}",
        )
        for one in found
    )


def _check(label: str, text: str, source: Source) -> Iterator[Misreference]:
    words = _ADDRESS.sub(" ", text)
    title = _find_title(words)
    if title is not None and not _is_title_of(title, source):
        yield Misreference(label=label, source_id=source.id, part="title", found=title, wanted=source.title)
    author = _find_first_author(words)
    if author is not None and not _is_author_of(author, source):
        yield Misreference(
            label=label, source_id=source.id, part="authors", found=author, wanted=_name_authors(source)
        )
    years = [int(year) for year in _YEAR.findall(_without(words, title))]
    known = _find_years(source)
    if years and known and not set(years) & known:
        yield Misreference(
            label=label,
            source_id=source.id,
            part="year",
            found=", ".join(map(str, dict.fromkeys(years))),
            wanted=" or ".join(map(str, sorted(known))),
        )


def _without(text: str, title: str | None) -> str:
    """A year inside a title is no date of the work."""
    return text if title is None else text.replace(title, " ")


def _find_title(text: str) -> str | None:
    """What the reference plainly marks as the title: in quotation marks, or the sentence after "(2024)."."""
    match = _QUOTED.search(text) or _AFTER_YEAR.search(text)
    title = match[1].strip(" ,.") if match else None
    return title if title and len(title.split()) >= _MIN_TITLE_WORDS else None


def _is_title_of(title: str, source: Source) -> bool:
    from rapidfuzz.fuzz import partial_ratio, token_set_ratio

    said = _fold(title)
    for known in (source.title, *source.aliases):
        folded = _fold(known)
        if not folded or "://" in known:
            continue
        if token_set_ratio(said, folded) >= _SAME_TITLE:
            return True
        shorter = min(len(said.split()), len(folded.split()))
        if shorter >= 2 and partial_ratio(said, folded) >= 90:
            return True
    return False


def _find_first_author(text: str) -> str | None:
    """The surname that the reference begins with, where its form tells that it is one."""
    head = re.split(r"[“\"(]|(?<=[a-z])\. ", text, maxsplit=1)[0][:120]
    for pattern in (_SURNAME_FIRST, _AL_FIRST):
        match = pattern.match(head if pattern is _SURNAME_FIRST else text[:160])
        if match is not None and not _is_year_like(match[1]):
            return match[1]
    return None


def _is_year_like(text: str) -> bool:
    return any(letter.isdecimal() for letter in text)


def _is_author_of(author: str, source: Source) -> bool:
    surnames = {read_surname(name) for name in source.authors} - {None}
    if not surnames:
        return True
    folded = read_surname(author) or ""
    if folded in surnames:
        return True
    makers = _fold(" ".join((*source.authors, source.publisher or ""))).split()
    return all(word in makers for word in _fold(author).split())


def _find_years(source: Source) -> set[int]:
    """The years in which the work was published, as a preprint and in its versions."""
    dates = [source.published, *(version.published for version in source.versions)]
    years = {int(date[:4]) for date in dates if date}
    if source.arxiv and re.match(r"\d{4}\.", source.arxiv):
        years.add(2000 + int(source.arxiv[:2]))
    return years


def _name_authors(source: Source) -> str:
    return ", ".join(source.authors[:3]) + (" et al." if len(source.authors) > 3 else "")


def _fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold_text(text)))
