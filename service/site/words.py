"""Words for readers: labels, stances, routes, dates, names, quantities, and what would change a verdict.

Owns wording only; every figure and every quotation comes from the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from kb.reasons import REASONS
from kb.types import (
    Citation,
    ClaimKind,
    ContestKind,
    FiguresChange,
    Label,
    Modifier,
    OriginKind,
    Quantity,
    Route,
    Source,
    Stance,
    UnitKind,
)
from service.schemas import plain_number

NOT_CHECKED = "not_checked"

LABEL_WORDS: dict[str, str] = {
    "supported": "Supported",
    "contested": "Contested",
    "unsourced": "Unsourced",
    NOT_CHECKED: "Not checked",
}
LABEL_MEANINGS: dict[str, str] = {
    "supported": "A primary source says what the claim says.",
    "contested": "A primary source says otherwise, or disputes it, or the claim says more than its source does.",
    "unsourced": "No primary source that is held says it.",
    NOT_CHECKED: "A step of the check failed, so there is no verdict. This says nothing about the claim.",
}
STANCE_WORDS: dict[Stance, str] = {
    Stance.SUPPORTS: "Supports",
    Stance.REFUTES: "Speaks against",
    Stance.NEUTRAL: "Doesn’t decide",
}
ROUTE_WORDS: dict[Route, str] = {
    Route.CITED: "cited by the article",
    Route.ATTRIBUTED: "named in the article",
    Route.SEARCHED: "found by search",
    Route.CONTESTING: "known to dispute the source",
}
KIND_WORDS: dict[ClaimKind, str] = {
    ClaimKind.QUANTITY: "Figure",
    ClaimKind.QUOTATION: "Quotation",
    ClaimKind.FINDING: "Finding",
}
CONTEST_WORDS: dict[ContestKind, tuple[str, str]] = {  # as said by the holder, and by the one it is about
    ContestKind.REBUTS: ("Rebuts", "Rebutted by"),
    ContestKind.DISPUTES: ("Disputes", "Disputed by"),
    ContestKind.QUALIFIES: ("Qualifies", "Qualified by"),
    ContestKind.SUPERSEDES: ("Supersedes", "Superseded by"),
    ContestKind.CORRECTS: ("Corrects", "Corrected by"),
    ContestKind.FAILS_TO_REPLICATE: ("Fails to replicate", "Not replicated by"),
}
FIGURES_WORDS: dict[FiguresChange, str] = {
    FiguresChange.SAME: "The same figures",
    FiguresChange.CHANGED: "Other figures",
    FiguresChange.UNREAD: "Nobody has compared its figures",
}
ORIGIN_WORDS: dict[OriginKind, str] = {
    OriginKind.SAME_STUDY: "The same study told again",
    OriginKind.PRESS_RELEASE: "Announces or retells",
    OriginKind.WIRE_COPY: "A copy of one agency’s text",
    OriginKind.REPRINT: "The same words as",
    OriginKind.TRANSLATION: "A translation of",
}
STATUS_WORDS: dict[str, str] = {
    "current": "Current",
    "corrected": "Corrected since it was published",
    "superseded": "Superseded by a later version",
    "retracted": "Retracted",
    "gone": "No longer at its address",
}
VERIFIED_WORDS: dict[str, str] = {
    "text": "read in the source’s text",
    "abstract": "read in the source’s abstract",
    "secondary": "read in a report about the source: decides nothing",
    "no": "not yet verified: decides nothing",
}
TEXT_WORDS: dict[str, str] = {
    "whole": "The whole text is held.",
    "excerpt": "An excerpt of the text is held.",
    "abstract": "The abstract is held.",
    "notes": "Notes on the source are held, not its wording.",
}
_CHANGES: dict[str, str] = {
    "no_primary_source": "A primary source that reports this, added to the registry.",
    "source_not_held": "The text of the source that the article cites.",
    "text_not_held": "The wording of the source at the place in question.",
    "source_unreadable": "A readable copy of the source.",
    "source_silent": "The place in the source where it says so, or another primary source that does.",
    "finding_unverified": "A passage of a primary source that settles the finding one way or the other.",
    "only_secondary": "The primary source behind the report.",
    "self_citation": "A text that says so and doesn’t go back to this article.",
    "source_retracted": "A sound source for the same statement.",
    "rebutted": "A reply that settles the dispute, or its withdrawal.",
    "sources_disagree": "A source that settles the disagreement.",
    "outdated_version": "The figure of the source’s current version in the article.",
}
_CHANGES_BY_LABEL: dict[str, str] = {
    "supported": "A correction or retraction of the source, a later version with another figure, or a primary source that disputes it.",
    "contested": "A passage of a primary source that says what the claim says, under the same conditions, or a corrected sentence in the article.",
    "unsourced": "A primary source that says so.",
    NOT_CHECKED: "A run of the check in which every step succeeds.",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_UNIT_WORDS: dict[UnitKind, str] = {
    UnitKind.PERCENT: "percent",
    UnitKind.PERCENTAGE_POINT: "percentage points",
    UnitKind.BASIS_POINT: "basis points",
    UnitKind.FLOP: "FLOP",
    UnitKind.MULTIPLE: "times",
}
_MODIFIER_WORDS: dict[Modifier, str] = {
    Modifier.APPROX: "about ",
    Modifier.AT_LEAST: "at least ",
    Modifier.AT_MOST: "at most ",
}


def label_key(label: Label | None) -> str:
    return NOT_CHECKED if label is None else label.value


def reason_title(code: str) -> str:
    reason = REASONS.get(code)
    return reason.title if reason is not None else code.replace("_", " ").capitalize()


def reason_meaning(code: str) -> str:
    reason = REASONS.get(code)
    return reason.meaning if reason is not None else ""


def what_would_change(label: Label | None, reason: str) -> str:
    return _CHANGES.get(reason) or _CHANGES_BY_LABEL[label_key(label)]


def format_date(published: str | None) -> str:
    """ "2025-03-07" as "7 March 2025", "2025-03" as "March 2025", else as it is."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", published or "")
    if match is None:
        return published or ""
    year, month, day = match.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    words = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {words}" if day else words


def join_authors(authors: Sequence[str], limit: int = 3) -> str:
    if len(authors) > limit:
        return f"{authors[0]} et al."
    if len(authors) > 1:
        return f"{', '.join(authors[:-1])} and {authors[-1]}"
    return authors[0] if authors else ""


def describe_source(source: Source) -> str:
    """ "Ada Lind and Bo Ek, Harbour Lab, March 2025"."""
    authors = join_authors(source.authors)
    parts = (
        authors,
        source.publisher if source.publisher != authors else None,
        format_date(source.published),
    )
    return ", ".join(part for part in parts if part)


def host_of(url: str | None) -> str:
    host = urlsplit(url).hostname if url else None
    return (host or "").removeprefix("www.")


def describe_quantity(quantity: Quantity) -> str:
    """How the figure was read: "about 40 percent", "12 of 30", "10 to 20 minutes"."""
    low, high = plain_number(quantity.low), plain_number(quantity.high)
    number = low if low == high else " to ".join(part for part in (low, high) if part is not None)
    number = number or "no number"
    if quantity.base is not None:
        number = f"{number} of {plain_number(quantity.base)}"
    unit = _UNIT_WORDS.get(quantity.unit.kind) or quantity.unit.name or ""
    if quantity.unit.kind in (UnitKind.DURATION, UnitKind.COUNT) and number != "1" and unit.isascii():
        unit = unit if unit.endswith("s") or not unit else f"{unit}s"
    return f"{_MODIFIER_WORDS.get(quantity.modifier, '')}{number} {unit}".strip()


def describe_citation(citation: Citation) -> str:
    words = " ".join(citation.surface.split())
    kinds = {"footnote": f"footnote {words}", "doi": f"DOI {words}", "arxiv": f"arXiv {words}"}
    return kinds.get(citation.kind.value, f"“{words}”")


def count_words(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def summarize_counts(counts: dict[str, int]) -> str:
    """ "14 claims: 9 supported, 3 contested, 2 unsourced" (what is 0 is left out)."""
    parts = [f"{counts[key]} {LABEL_WORDS[key].lower()}" for key in LABEL_WORDS if counts.get(key)]
    return count_words(counts["claims"], "claim") + (": " + ", ".join(parts) if parts else "")
