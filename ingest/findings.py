"""Findings: the clause of a sentence that states a result, beyond its figures and quotations.

Owns cutting away labels, lead-ins ("The paper found that") and the clauses that hold figures already
claimed. Refuses to weigh worth (ingest.worthiness) and truth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.worthiness import Worthiness, score_worthiness

_LABEL = re.compile(
    r"^(?:[A-Z][\w’'/&-]*(?:\s[\w’'/&()-]+){0,5}\s?[:—–]|[A-Z][\w’'/-]*(?:\s[\w’'/-]+){0,4}\.)\s+(?=[A-Z“\"‘(a-z])"
)
_LEAD_IN = re.compile(
    r"^.{3,160}?\b(?:found|finds|showed|shows|shown|reported|reports|demonstrated|demonstrates|revealed|reveals|concluded|concludes"
    r"|estimated|estimates|suggests?|suggested|noted|notes|observed|discovered|warned|said|says|argued|argues|confirmed|claims?|claimed"
    r"|acknowledged|documented|indicates?|indicated)\s+that\s+"
)
_CUT = re.compile(
    r"[;:]\s+|,\s+(?=\S)|(?<!\s)\s+[—–]\s+|—|(?<!\s)\s+(?:and|but|while|although|whereas|though)\s+(?=(?:(?:it|they|the|then|also)\s+)?\w+(?:ed|nd|ws|wed|es)\b)"
)
_HEDGE = re.compile(
    r"\b(?:may|might|can|could|sometimes|often|occasionally|suggests?|suggested|appears? to|seems? to|likely|possibly|potentially|reportedly"
    r"|some|tends? to|in some cases|arguably|perhaps|generally|typically|partly|partially)\b",
    re.IGNORECASE,
)
_RESULT_HEADING = re.compile(
    r"\b(?:results?|findings?|summary|key (?:insights|takeaways|points|numbers)|observed|evidence|outcomes?|impact|conclusions?|effectiveness|assessment)\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\b(?:al|Dr|Mr|Mrs|Ms|Prof|vs|St|No|Inc|Corp|Ltd|[A-Z])\.\s*$")
_JOINED = re.compile(r"(?:and|but|while|although|though|whereas|which)\s+(?=\w)")
_MIN_WORDS = 3
_MIN_REST_WORDS = 6
_EVENT = re.compile(r"\b(?:was|were|is|are|has|have|had|\w{3,}ed|\w{3,}s)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding's stretch of the sentence's visible text, and why it was kept."""

    start: int
    end: int
    worth: Worthiness
    hedge: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a sentence beside its words (see score_worthiness)."""

    cited: bool = False
    labelled: bool = False
    attributed: bool = False

    def score(self, text: str) -> Worthiness:
        return score_worthiness(text, cited=self.cited, labelled=self.labelled, attributed=self.attributed)


def announces_results(headings: Sequence[str], lead: str) -> bool:
    """Whether the nearest heading or the lead-in announces results."""
    nearest = headings[-1] if headings else ""
    return _RESULT_HEADING.search(nearest) is not None or _RESULT_HEADING.search(lead) is not None


def find_finding(
    text: str, taken: Sequence[tuple[int, int]], worth: Worthiness, signs: Signs
) -> Finding | None:
    """The finding of a sentence whose worth is known, None where it states none beyond the `taken`
    stretches (figures already claimed)."""
    if not worth.worthy or len(text.split()) < _MIN_WORDS:
        return None
    start, end = trim_statement(text)
    if taken:
        rest = _rest_of(text, taken, start, end)
        if rest is None:
            return None
        worth = signs.score(text[rest[0] : rest[1]])
        if not worth.worthy or len(text[rest[0] : rest[1]].split()) < _MIN_REST_WORDS:
            return None
        joined = _JOINED.match(text, *rest)
        start, end = (joined.end() if joined is not None else rest[0]), rest[1]
    hedge = _HEDGE.search(text, start, end)
    return Finding(start=start, end=end, worth=worth, hedge=hedge.group() if hedge is not None else None)


def trim_statement(text: str) -> tuple[int, int]:
    """A sentence without its label and, where more than half is left, without "X found that"."""
    start, end = 0, len(text)
    while end > start and text[end - 1] in " |":
        end -= 1
    label = _LABEL.match(text)
    if (
        label is not None
        and end - label.end() > 0.5 * end
        and _EVENT.search(label.group()) is None
        and _ABBREVIATED.search(label.group()) is None
    ):
        start = label.end()
    lead = _LEAD_IN.match(text[start:end])
    if lead is not None and end - (start + lead.end()) > 0.5 * end:
        start += lead.end()
    return start, end


def _rest_of(text: str, taken: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The longest run of clauses without a taken stretch."""
    edges = [start]
    for match in _CUT.finditer(text, start, end):
        edges += [match.start(), match.end()]
    edges.append(end)
    best: tuple[int, int] | None = None
    run: tuple[int, int] | None = None
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        free = not any(first < high and low < last for first, last in taken)
        run = None if not free else (low, high) if run is None else (run[0], high)
        if run is not None and (best is None or run[1] - run[0] > best[1] - best[0]):
            best = run
    return best
