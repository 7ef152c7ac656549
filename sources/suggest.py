"""Suggests findings of a text for a person to accept: sentences with figures, with their exact words.

A suggestion is no finding: it says where a figure stands and how our reader reads it, and never what it
means. Knows nothing of files and stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.reader import Reader
from kb.types import BlockKind, Document, Passage, PassageKind, Quantity, UnitKind
from sources.write_figures import is_writable

MAX_SUGGESTIONS = 12
_MAX_WORDS = 80  # of one sentence; a longer one is no single finding
# Kinds of figure that a finding states; a bare count or a date is often only how something was done.
_TELLING = frozenset(
    {
        UnitKind.PERCENT, UnitKind.PERCENTAGE_POINT, UnitKind.RATIO, UnitKind.MULTIPLE, UnitKind.RANK,
        UnitKind.SCORE, UnitKind.DURATION,
    }
)  # fmt: skip
_RESULT = re.compile(
    r"\b(?:we (?:find|found|show|observe|measure|estimate)|results?|found|shows?|achiev\w+|reach\w*|increas\w+|"
    r"decreas\w+|reduc\w+|drop\w*|rose|fell|rate|accuracy|of the time|on average|median|compared)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\bwe (?:find|found|show|observe|measure|estimate)", re.IGNORECASE)
_PRIOR = re.compile(r"\bet al\.|\b(?:prior|previous|earlier) work\b|\(\d{4}\)|\[\d{1,3}\]", re.IGNORECASE)
_SECTION = re.compile(
    r"\b(?:abstract|summary|results?|findings?|conclusions?|key|overview|introduction)\b", re.IGNORECASE
)
_SKIPPED = re.compile(
    r"\b(?:references?|bibliography|acknowledg\w+|related work|author contributions?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A sentence that seems to state a finding: `exact == document.text[start:end]`. `entity` is the one
    model named in it, where there is just one."""

    exact: str
    start: int
    end: int
    quantities: tuple[Quantity, ...]
    models: tuple[str, ...] = ()
    entity: str | None = None
    section: str | None = None
    page: int | None = None

    @property
    def locator(self) -> str | None:
        """Where it stands, as a finding's locator says it."""
        parts = [self.section, f"page {self.page}" if self.page is not None else None]
        return ", ".join(part for part in parts if part) or None


def suggest_findings(
    document: Document, passages: Sequence[Passage], *, limit: int = MAX_SUGGESTIONS
) -> tuple[Suggestion, ...]:
    """The most telling sentences, in the order of the text, at most `limit`."""
    reader = Reader()
    headings = {document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.HEADING}
    scored: list[tuple[float, int, Suggestion]] = []
    seen: set[str] = set()
    for suggestion in _read_sentences(document, passages, reader):
        folded = " ".join(suggestion.exact.split()).lower()
        if folded in seen or suggestion.exact in headings:
            continue
        seen.add(folded)
        scored.append((-_score(suggestion), suggestion.start, suggestion))
    best = sorted(scored, key=lambda row: row[:2])[:limit]
    return tuple(suggestion for *_, suggestion in sorted(best, key=lambda row: row[1]))


def _read_sentences(document: Document, passages: Sequence[Passage], reader: Reader) -> Iterator[Suggestion]:
    done: set[tuple[int, int]] = set()
    for passage in passages:
        if passage.kind is PassageKind.FOOTNOTE or _SKIPPED.search(passage.section or ""):
            continue
        for start, end in passage.sentences or ((passage.selector.start, passage.selector.end),):
            exact = document.text[start:end]
            if (start, end) in done or not exact.strip() or len(exact.split()) > _MAX_WORDS:
                continue
            done.add((start, end))
            told = [q for q in reader.quantities(exact) if q.unit.kind in _TELLING and is_writable(q)]
            if not told:
                continue
            models = tuple(dict.fromkeys(exact[m.start : m.end] for m in reader.models(exact)))
            yield Suggestion(
                exact=exact,
                start=start,
                end=end,
                quantities=tuple(told[:4]),
                models=models[:6],
                entity=models[0] if len(models) == 1 else None,
                section=passage.section,
                page=passage.page,
            )


def _score(suggestion: Suggestion) -> float:
    words = len(suggestion.exact.split())
    score = min(len(suggestion.quantities), 3) * 0.5
    score += 1.0 if _RESULT.search(suggestion.exact) else 0.0
    score += 0.5 if _OWN.search(suggestion.exact) else 0.0
    score += 1.0 if _SECTION.search(suggestion.section or "") else 0.0
    score += 0.5 if suggestion.models else 0.0
    score -= 1.0 if _PRIOR.search(suggestion.exact) else 0.0
    score -= 1.0 if words < 6 else 0.0
    return score
