"""Sentences cut into marked and unmarked stretches, so that a template can draw claims inside them.

Owns the geometry of overlapping spans; refuses to know HTML and what a mark means.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A marked stretch of a text: claim `number` of the page, its id and its label's key."""

    start: int
    end: int
    number: int
    claim_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of text inside the same marks. `key` is that of the shortest mark around it (None:
    unmarked); `ends` are the marks that end with it, where their numbers are printed."""

    text: str
    key: str | None = None
    ends: tuple[Span, ...] = ()


def mark_text(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[Segment, ...]:
    """text[start:end] as segments. Spans are offsets into `text`; parts outside start:end are cut off.
    The segments' texts join to text[start:end]."""
    inside = sorted(
        (span for span in spans if max(span.start, start) < min(span.end, end)),
        key=lambda span: (span.start, span.end, span.number),
    )
    cuts = sorted({start, end} | {c for span in inside for c in (span.start, span.end) if start < c < end})
    segments = []
    for left, right in itertools.pairwise(cuts):
        around = [span for span in inside if span.start < right and span.end > left]
        shortest = min(around, key=lambda span: (span.end - span.start, span.number), default=None)
        ends = tuple(span for span in around if min(span.end, end) == right)
        segments.append(
            Segment(text=text[left:right], key=shortest.key if shortest is not None else None, ends=ends)
        )
    return tuple(segments)
