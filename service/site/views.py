"""What each page shows, as typed values made from claims, sources and reports: the templates' contract.

Owns what is shown and in which order; refuses to know HTML, files and the store.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.types import CheckedClaim, Document, Evidence, Report, Source, SourceFinding, Stance, Verdict
from service.fragments import fragment_url, safe_url, source_url
from service.site import words
from service.site.marks import Segment, Span, mark_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A verdict in short: `key` chooses colour and icon, `word` is always printed beside them."""

    key: str
    word: str
    reason: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """A source as it is named under a passage. `id` is None where the source has no page of its own."""

    id: str | None
    title: str
    byline: str
    url: str | None
    host: str
    tier: str
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """`exact` are the source's words, `statement` ours: at most one of them is set."""

    source: SourceLink
    stance: str
    stance_word: str
    route: str
    exact: str | None
    statement: str | None
    place: str
    link: str | None
    link_words: str
    detail: str
    claimed: str | None
    found: str | None
    caveats: tuple[str, ...]
    later: bool
    decides: bool

    @property
    def speaks(self) -> bool:
        """Whether there are words to show."""
        return self.exact is not None or self.statement is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim with its verdict and evidence, as claim pages and an article's notes show it."""

    id: str
    number: int
    badge: Badge
    kind: str
    text: str
    segments: tuple[Segment, ...]
    span: str
    explanation: str
    correction: str | None
    confirmed_by: str | None
    change: str
    attribution: str | None
    speaker: str | None
    qualifiers: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    citations: tuple[str, ...]
    evidence: tuple[EvidenceView, ...]
    deciding: EvidenceView | None
    left_out: tuple[str, ...]
    trace: tuple[tuple[str, str], ...]

    @property
    def supporting(self) -> tuple[EvidenceView, ...]:
        return tuple(one for one in self.evidence if one.stance == "supports")

    @property
    def opposing(self) -> tuple[EvidenceView, ...]:
        return tuple(one for one in self.evidence if one.stance == "refutes")

    @property
    def neutral(self) -> tuple[EvidenceView, ...]:
        return tuple(one for one in self.evidence if one.stance == "neutral")

    @property
    def comparisons(self) -> tuple[EvidenceView, ...]:
        return tuple(one for one in self.evidence if one.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of an article with the claims made in it; `gap` where text was left out before it."""

    segments: tuple[Segment, ...]
    claims: tuple[ClaimView, ...]
    gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    statement: str
    figures: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    verified: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """One relation between two sources, told from this one's side."""

    relation: str
    source_id: str | None
    title: str
    says: str
    finding: str | None


def make_badge(verdict: Verdict) -> Badge:
    key = words.label_key(verdict.label)
    return Badge(
        key=key,
        word=words.LABEL_WORDS[key],
        reason=verdict.reason,
        title=words.reason_title(verdict.reason),
        meaning=words.reason_meaning(verdict.reason),
    )


def label_badge(key: str) -> Badge:
    """A label alone, without a reason."""
    return Badge(key=key, word=words.LABEL_WORDS[key], reason="", title="", meaning=words.LABEL_MEANINGS[key])


def make_claim(checked: CheckedClaim, number: int, sources: Mapping[str, Source]) -> ClaimView:
    """`sources` are those that have a page; evidence from another is named by its id alone."""
    claim, verdict = checked.claim, checked.verdict
    badge = make_badge(verdict)
    deciding = set(verdict.evidence_ids)
    evidence = tuple(
        make_evidence(one, sources.get(one.source_id), one.id in deciding) for one in checked.evidence
    )
    spoken = [one for one in evidence if one.decides and one.speaks]
    stated = spoken or [one for one in evidence if one.stance != "neutral" and one.speaks]
    left_out: dict[str, None] = {}
    for one in evidence:
        if one.stance == "supports" or one.decides:
            left_out.update(dict.fromkeys(one.caveats))
    sentence = claim.sentence
    span = Span(
        start=claim.span.start - sentence.start,
        end=claim.span.end - sentence.start,
        number=number,
        claim_id=claim.id,
        key=badge.key,
    )
    return ClaimView(
        id=claim.id,
        number=number,
        badge=badge,
        kind=words.KIND_WORDS[claim.kind],
        text=sentence.exact,
        segments=mark_text(sentence.exact, 0, len(sentence.exact), [span]),
        span=claim.span.exact,
        explanation=verdict.explanation,
        correction=verdict.correction,
        confirmed_by=verdict.confirmed_by,
        change=words.what_would_change(verdict.label, verdict.reason),
        attribution=claim.attribution,
        speaker=claim.speaker,
        qualifiers=claim.qualifiers,
        readings=tuple((q.surface, words.describe_quantity(q)) for q in claim.quantities),
        citations=tuple(words.describe_citation(citation) for citation in claim.citations),
        evidence=evidence,
        deciding=stated[0] if stated else None,
        left_out=tuple(left_out),
        trace=tuple((step.rule, step.detail) for step in verdict.trace),
    )


def make_source_link(source: Source | None, source_id: str) -> SourceLink:
    if source is None:
        return SourceLink(
            id=None, title=source_id, byline="", url=None, host="", tier="", warning="Not in the registry."
        )
    url = source_url(source.url, source.doi, source.arxiv)
    troubled = source.status.value != "current"
    return SourceLink(
        id=source.id,
        title=source.title,
        byline=words.describe_source(source),
        url=url,
        host=words.host_of(url),
        tier=source.tier.value,
        warning=words.STATUS_WORDS[source.status.value] if troubled else "",
    )


def make_evidence(evidence: Evidence, source: Source | None, decides: bool) -> EvidenceView:
    link = make_source_link(source, evidence.source_id)
    target = fragment_url(link.url, evidence.selector, evidence.page)
    is_finding = evidence.kind == "finding"
    selector = evidence.selector
    place = ", ".join(
        part
        for part in (
            evidence.section,
            evidence.locator if evidence.locator != evidence.section else None,
            f"page {evidence.page}" if evidence.page is not None else None,
        )
        if part
    )
    if evidence.page is not None:
        link_words = f"Open page {evidence.page}"
    else:
        link_words = "Open the passage" if target is not None else "Open the source"
    return EvidenceView(
        source=link,
        stance=evidence.stance.value,
        stance_word=words.STANCE_WORDS[evidence.stance],
        route=words.ROUTE_WORDS[evidence.route],
        exact=selector.exact if selector is not None and not is_finding else None,
        statement=evidence.statement if is_finding else None,
        place=place,
        link=target or link.url,
        link_words=f"{link_words} at {link.host}" if link.host else link_words,
        detail=evidence.comparison.detail,
        claimed=evidence.comparison.claimed,
        found=evidence.comparison.found,
        caveats=evidence.caveats,
        later=evidence.later_than_article,
        decides=decides and evidence.stance is not Stance.NEUTRAL,
    )


def make_passages(
    report: Report, sources: Mapping[str, Source], *, whole: bool = False
) -> tuple[Passage, ...]:
    """The article as its claims' sentences in order, or with `whole` all of its text, paragraph by
    paragraph (for a reader's own draft)."""
    text = report.document.text
    views = [make_claim(checked, number, sources) for number, checked in enumerate(report.claims, start=1)]
    spans = [
        Span(start=c.claim.span.start, end=c.claim.span.end, number=v.number, claim_id=v.id, key=v.badge.key)
        for c, v in zip(report.claims, views, strict=True)
    ]
    ranges = _paragraphs(report.document) if whole else _merge_sentences(report.claims)
    passages: list[Passage] = []
    previous_end = 0
    placed: set[int] = set()
    for start, end in ranges:
        here = [
            view
            for checked, view in zip(report.claims, views, strict=True)
            if view.number not in placed and start <= checked.claim.span.start < max(end, start + 1)
        ]
        placed.update(view.number for view in here)
        passages.append(
            Passage(
                segments=mark_text(text, start, end, spans),
                claims=tuple(here),
                gap=bool(text[previous_end:start].strip()),
            )
        )
        previous_end = end
    return tuple(passages)


def _merge_sentences(claims: Sequence[CheckedClaim]) -> list[tuple[int, int]]:
    """The claims' sentences in order; those that overlap are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted({(c.claim.sentence.start, c.claim.sentence.end) for c in claims}):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _paragraphs(document: Document) -> list[tuple[int, int]]:
    """The text cut where its blocks begin and at blank lines, without the white space between; nothing
    that can be read is left out."""
    text = document.text
    blank = (match.end() for match in re.finditer(r"\n[ \t\r]*\n", text))
    cuts = sorted({0, len(text), *blank, *(block.start for block in document.blocks)})
    ranges = []
    for start, end in itertools.pairwise(cuts):
        part = text[start:end]
        if part.strip():
            ranges.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
    return ranges


def make_finding(finding: SourceFinding) -> FindingView:
    facts = (
        ("Of", finding.measured_entity),
        ("Measured", finding.measured_property),
        ("Population", finding.population),
        ("Condition", finding.condition),
        ("Models", ", ".join(finding.models)),
        ("Sample", finding.sample_size),
        ("Interval", finding.interval),
        ("Where", finding.locator),
        ("Version", finding.version),
    )
    return FindingView(
        statement=finding.statement,
        figures=tuple(words.describe_quantity(quantity) for quantity in finding.quantities),
        facts=tuple((name, value) for name, value in facts if value),
        caveats=finding.caveats,
        verified=words.VERIFIED_WORDS[finding.verified.value],
        anchor="f-" + finding.id.rpartition("#")[2],
    )


def make_disputes(source: Source, sources: Mapping[str, Source]) -> tuple[DisputeView, ...]:
    """Both ways: what this source says against others, and what others say against it."""
    statements = {finding.id: finding.statement for one in sources.values() for finding in one.findings}
    own = [(words.CONTEST_WORDS[contest.kind][0], contest.source_id, contest) for contest in source.contests]
    others = [
        (words.CONTEST_WORDS[contest.kind][1], holder.id, contest)
        for holder in sources.values()
        for contest in holder.contests
        if contest.source_id == source.id and holder.id != source.id
    ]
    views = []
    for relation, other_id, contest in [*own, *others]:
        other = sources.get(other_id)
        views.append(
            DisputeView(
                relation=relation,
                source_id=other.id if other is not None else None,
                title=other.title if other is not None else other_id,
                says=contest.says,
                finding=statements.get(contest.finding_id) if contest.finding_id else None,
            )
        )
    return tuple(views)


def safe_link(url: str | None) -> str | None:
    """For templates: the only way in which an address of an article or source becomes a link."""
    return safe_url(url)
