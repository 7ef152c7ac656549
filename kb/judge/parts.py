"""What weighing shares: a source's text unit (passage sentence or finding), evidence building, source names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kb.compare import family_of, scale_of
from kb.ids import evidence_id
from kb.judge.polarity import with_negated_bound
from kb.reader import Reader
from kb.text import make_selector
from kb.types import (
    Candidate,
    Claim,
    Comparison,
    Evidence,
    Quantity,
    Route,
    Selector,
    Source,
    SourceFinding,
    Stance,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence of a passage, or a registry finding: the least text that can decide a claim. `window` is
    the text around it, for words only."""

    candidate: Candidate
    text: str
    window: str
    start: int | None  # offset of `text` in the source's document; None for findings
    quantities: tuple[Quantity, ...]
    cosine: float
    search: float


def units_of(candidate: Candidate, reader: Reader) -> Iterator[Unit]:
    """The units of a candidate, in text order."""
    features = dict(candidate.features)
    cosine, search = features.get("cosine", 0.0), features.get("search", 0.0)
    finding, passage = candidate.finding, candidate.passage
    if finding is not None:
        parts = (finding.measured_entity, finding.measured_property, finding.population, finding.condition)
        window = " . ".join(part for part in (finding.statement, *parts, *finding.models) if part)
        yield Unit(
            candidate=candidate,
            text=finding.statement,
            window=window,
            start=None,
            quantities=_place_quantities(finding, reader),
            cosine=cosine,
            search=search,
        )
    elif passage is not None:
        whole = passage.selector.exact
        window = f"{passage.context} . {whole}"
        spans = passage.sentences or ((passage.selector.start, passage.selector.end),)
        for start, end in spans:
            text = whole[start - passage.selector.start : end - passage.selector.start]
            if text.strip():
                yield Unit(
                    candidate=candidate,
                    text=text,
                    window=window,
                    start=start,
                    quantities=reader.quantities(text),
                    cosine=cosine,
                    search=search,
                )


def _place_quantities(finding: SourceFinding, reader: Reader) -> tuple[Quantity, ...]:
    """A finding's typed quantities, placed where its statement says them; at 0:0 where it says them in
    other words."""
    read = tuple(
        with_negated_bound(quantity, finding.statement) for quantity in reader.quantities(finding.statement)
    )
    placed = []
    for quantity in finding.quantities:
        same = next(
            (q for q in read if family_of(q) == family_of(quantity) and _share(q) == _share(quantity)), None
        )
        start, end = (0, 0) if same is None else (same.start, same.end)
        placed.append(replace(quantity, start=start, end=end))
    return tuple(placed)


def _share(quantity: Quantity) -> tuple[Decimal | None, Decimal | None]:
    scale = scale_of(quantity)
    low, high = quantity.low, quantity.high
    return (None if low is None else low * scale, None if high is None else high * scale)


def make_evidence(
    claim: Claim,
    unit: Unit,
    *,
    stance: Stance,
    reason: str,
    comparison: Comparison,
    score: float,
    caveats: tuple[str, ...] = (),
) -> Evidence:
    """Evidence that rests on one unit: the verbatim sentence, or the finding in our words."""
    candidate = unit.candidate
    passage, finding = candidate.passage, candidate.finding
    selector: Selector | None = None
    if passage is not None and unit.start is not None:
        offset = unit.start - passage.selector.start
        inner = make_selector(passage.selector.exact, offset, offset + len(unit.text))
        selector = Selector(
            start=unit.start,
            end=unit.start + len(unit.text),
            exact=unit.text,
            prefix=inner.prefix or passage.selector.prefix,
            suffix=inner.suffix or passage.selector.suffix,
        )
    name = finding.id if finding is not None else f"{candidate.source_id}:{unit.start}"
    return Evidence(
        id=evidence_id(claim.id, name, reason),
        kind="finding" if finding is not None else "passage",
        source_id=candidate.source_id,
        route=candidate.route,
        stance=stance,
        reason=reason,
        comparison=comparison,
        selector=selector,
        statement=None if finding is None else finding.statement,
        finding_id=None if finding is None else finding.id,
        passage_id=None if passage is None else passage.id,
        page=None if passage is None else passage.page,
        section=None if passage is None else passage.section,
        locator=None if finding is None else finding.locator,
        caveats=caveats,
        score=round(min(1.0, max(0.0, score)), 4),
    )


def silent_evidence(claim: Claim, source_id: str, route: Route, reason: str, detail: str) -> Evidence:
    """A source that was weighed and says nothing that decides."""
    return Evidence(
        id=evidence_id(claim.id, source_id, reason),
        kind="passage",
        source_id=source_id,
        route=route,
        stance=Stance.NEUTRAL,
        reason=reason,
        comparison=Comparison(relation="none", detail=detail),
    )


def short_title(source: Source) -> str:
    """A source's title for a sentence: up to the colon where what stands before it is a name of its own."""
    head, _, rest = source.title.partition(": ")
    title = head if rest and len(head) >= 12 else source.title
    return title if len(title) <= 90 else title[:87].rstrip() + "..."


def name_source(source: Source) -> str:
    """ "Title (Publisher, year)" for print."""
    year = (source.published or "")[:4]
    publisher = (source.publisher or "").split(" (")[0]
    inner = ", ".join(part for part in (publisher, year) if part)
    return f"{short_title(source)} ({inner})" if inner else short_title(source)
