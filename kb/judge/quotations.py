"""Weighs quoted words against the text of the sources that may hold them, offset-safe and word by word."""

from __future__ import annotations

import re

from kb.ids import evidence_id
from kb.link import Library, LinkedClaim, SourceRank
from kb.quote_match import QuoteLevel, QuoteMatch, match_folded
from kb.reader import Reader
from kb.text import make_selector
from kb.types import Claim, Comparison, Evidence, Route, Stance

# A single quoted word counts only in a source that is cited or named right there.
# A quotation of fewer words is found in many texts by chance: it counts only in a source that the article
# points at.
_TELLING_WORDS = 5
_WORD = re.compile(r"[^\W_]+")


def weigh_quotation(linked: LinkedClaim, library: Library, reader: Reader) -> list[Evidence]:
    """Evidence from every ranked source in which the words, or nearly the words, stand."""
    claim = linked.claim
    words = len(_WORD.findall(claim.span.exact))
    evidence = []
    for place, rank in enumerate(linked.ranks):
        if words < _TELLING_WORDS and not _is_near(rank, place):
            continue
        if words == 1 and rank.feature("cited") <= 0:
            continue
        text = library.text_of(rank.source_id)
        if text is None:
            continue
        match = match_folded(claim.span.exact, reader.folded(text), text)
        if match is None:
            continue
        if match.level is QuoteLevel.ALTERED and not _is_near(rank, place):
            continue
        evidence.append(_evidence_of(claim, rank, match, library))
    return evidence


def _is_near(rank: SourceRank, place: int) -> bool:
    """Cited or named here, or what this part of the article is about."""
    return rank.feature("cited") > 0 or (
        place < 2 and max(rank.feature("article"), rank.feature("near")) >= 0.6
    )


_REASONS = {
    QuoteLevel.VERBATIM: (Stance.SUPPORTS, "quote_verbatim"),
    QuoteLevel.ELIDED: (Stance.SUPPORTS, "quote_elided"),
    QuoteLevel.DISTORTED: (Stance.REFUTES, "quote_distorted"),
    QuoteLevel.ALTERED: (Stance.REFUTES, "quote_altered"),
}


def _evidence_of(claim: Claim, rank: SourceRank, match: QuoteMatch, library: Library) -> Evidence:
    stance, reason = _REASONS[match.level]
    text = library.text_of(rank.source_id) or ""
    start, end = _widen(text, match.start, match.end)
    detail = {
        QuoteLevel.VERBATIM: "the quoted words stand there",
        QuoteLevel.ELIDED: "the quoted parts stand there in this order",
        QuoteLevel.DISTORTED: f"left out: “{'; '.join(match.omitted)}”",
        QuoteLevel.ALTERED: "changed: " + "; ".join(match.difference),
    }[match.level]
    return Evidence(
        id=evidence_id(claim.id, f"{rank.source_id}:{start}", reason),
        kind="passage",
        source_id=rank.source_id,
        route=rank.route if rank.route is not Route.CONTESTING else Route.SEARCHED,
        stance=stance,
        reason=reason,
        comparison=Comparison(
            relation=match.level.value,
            detail=detail,
            claimed=claim.span.exact,
            found=text[match.start : match.end],
        ),
        selector=make_selector(text, start, end),
        score=round(match.similarity, 4),
    )


def _widen(text: str, start: int, end: int, most: int = 160) -> tuple[int, int]:
    """The sentence around a short match, so that a reader sees the words in their place."""
    if end - start >= most:
        return start, end
    left = max(text.rfind(mark, max(0, start - most), start) for mark in (". ", "\n", "? ", "! "))
    right_options = [
        p for mark in (". ", ".\n", "\n", "? ", "! ") if (p := text.find(mark, end - 1, end + most)) >= 0
    ]
    low = left + 1 if left >= 0 else start
    high = min(right_options) + 1 if right_options else end
    while low < start and text[low].isspace():
        low += 1
    high = max(high, end)
    while high > end and text[high - 1].isspace():
        high -= 1
    return low, high
