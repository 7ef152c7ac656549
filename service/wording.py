"""What a printed report says of a value: labels, titles, places, figures, the parts of a sentence. Strings
only; refuses to know colours and widths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kb.types import (
    Aggregate,
    CheckedClaim,
    Evidence,
    Label,
    Modifier,
    Quantity,
    Relation,
    Source,
    Stance,
)
from service.schemas import plain_number
from service.visible import make_visible_line

_MAX_SHOWN = 700  # characters of a passage
_MAX_TITLE = 70

LABEL_WORDS: dict[str, str] = {
    "supported": "supported", "contested": "contested", "unsourced": "unsourced", "not_checked": "not checked",
}  # fmt: skip
_MARKDOWN_LINK = re.compile(r"\[(?P<words>[^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")


def label_key(label: Label | None) -> str:
    return "not_checked" if label is None else label.value


def split_evidence(checked: CheckedClaim) -> tuple[list[Evidence], list[Evidence]]:
    """The pieces that speak for or against the claim and that the verdict names, in its order; and the
    others that were weighed, best first."""
    by_id = {evidence.id: evidence for evidence in checked.evidence}
    named = [by_id[name] for name in checked.verdict.evidence_ids if name in by_id]
    deciding = [evidence for evidence in named if evidence.stance is not Stance.NEUTRAL]
    chosen = {evidence.id for evidence in deciding}
    return deciding, [evidence for evidence in checked.evidence if evidence.id not in chosen]


def make_visible_part(text: str) -> str:
    """As `make_visible_line`, but keeping one space at the ends where there was white space."""
    line = make_visible_line(text)
    before = " " if text[:1].isspace() and line else ""
    after = " " if text[-1:].isspace() and line else ""
    return f"{before}{line}{after}" if line else (" " if text else "")


def split_span(checked: CheckedClaim) -> Iterator[str]:
    """Before, inside and after the span; a span that isn't inside its sentence is marked as the whole.
    The addresses behind Markdown links are left out."""
    sentence, span = checked.claim.sentence, checked.claim.span
    start, end = span.start - sentence.start, span.end - sentence.start
    if not 0 <= start <= end <= len(sentence.exact):
        start, end = 0, len(sentence.exact)
    hidden = [
        place
        for link in _MARKDOWN_LINK.finditer(sentence.exact)
        for place in ((link.start(), link.start("words")), (link.end("words"), link.end()))
    ]
    for first, last in ((0, start), (start, end), (end, len(sentence.exact))):
        yield _leave_out(sentence.exact, first, last, hidden)


def _leave_out(text: str, start: int, end: int, hidden: Sequence[tuple[int, int]]) -> str:
    kept = []
    for first, last in hidden:
        if start < last and first < end:
            kept.append(text[start : max(start, first)])
            start = min(end, last)
    return "".join((*kept, text[start:end]))


def title_of(evidence: Evidence, sources: Mapping[str, Source]) -> str:
    """The source's title, or its id where the source isn't at hand."""
    source = sources.get(evidence.source_id)
    return make_visible_line(source.title if source is not None else evidence.source_id)


def shorten_title(title: str) -> str:
    """A title in a list: without its subtitle, and not longer than a line."""
    title = title.split(": ")[0]
    return title if len(title) <= _MAX_TITLE else title[:_MAX_TITLE].rsplit(" ", 1)[0] + " …"


def publisher_of(source: Source | None) -> str | None:
    """ "Anthropic, 2025-06-20"."""
    if source is None:
        return None
    return ", ".join(part for part in (source.publisher, source.published) if part) or None


def places_of(evidence: Evidence) -> list[str]:
    """Where in its source the evidence stands: page, section, locator."""
    parts = [f"page {evidence.page}"] if evidence.page is not None else []
    return parts + [make_visible_line(part) for part in (evidence.section, evidence.locator) if part]


def cut_words(words: str, *, whole: bool) -> str:
    """At most so much as a reader of a list wants; what is cut is marked."""
    if whole or len(words) <= _MAX_SHOWN:
        return words
    return words[:_MAX_SHOWN].rsplit(" ", 1)[0] + " […]"


def label_word(label: Label | None) -> str:
    return LABEL_WORDS[label_key(label)]


def describe_quantity(quantity: Quantity) -> str:
    """Everything that was read of a figure, for the trace."""
    bounds = [plain_number(bound) or "" for bound in (quantity.low, quantity.high) if bound is not None]
    value = bounds[0] if len(set(bounds)) == 1 else " to ".join(bounds)
    if quantity.base is not None:
        value += f" of {plain_number(quantity.base)}"
    unit = quantity.unit.kind.value + (f" ({quantity.unit.name})" if quantity.unit.name else "")
    words = [f"{quantity.surface!r}: {value} {unit}"]
    if quantity.modifier is not Modifier.EXACT:
        words.append(quantity.modifier.value)
    if quantity.aggregate is not Aggregate.NONE:
        words.append(quantity.aggregate.value)
    if quantity.relation is not Relation.LEVEL:
        words.append(quantity.relation.value)
    return ", ".join(words)
