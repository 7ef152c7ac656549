"""The JSON of reports, claims, sources and articles: the one place where its keys and their order are set.

Owns the mapping from values to JSON (numbers of claims as strings in plain notation, offsets in code
points or UTF-16 units) and its bytes. Refuses to know HTTP, HTML and the store's workings; the pydantic
models that describe this JSON to API clients are in service.api_models.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson

from kb.reasons import REASONS
from kb.types import (
    CheckedClaim,
    Citation,
    Claim,
    Contest,
    Evidence,
    Issue,
    Origin,
    Quantity,
    Report,
    Source,
    SourceFinding,
    StatedVersion,
    Verdict,
    count_labels,
)
from service.fragments import fragment_url, safe_url, source_url
from service.policies import policy_to_json

if TYPE_CHECKING:
    from kb.store import ArticleSummary, Capture, SourceVersion, StoredClaim, VerdictRecord

Json = dict[str, object]

CODEPOINT = "codepoint"
UTF16 = "utf16"
_MAX_EVIDENCE = 10
_PLAIN_EXPONENT = 400  # beyond so many places a number is written with an exponent, or it would fill memory


class Offsets:
    """Turns code point offsets of one text into the unit asked for."""

    def __init__(self, text: str, unit: str = CODEPOINT) -> None:
        if unit not in (CODEPOINT, UTF16):
            raise ValueError(f"offset unit {unit!r} is unknown: use {CODEPOINT!r} or {UTF16!r}")
        self.unit = unit
        wide = unit == UTF16 and not text.isascii()
        # Positions of the characters that take two units; few, so a search is cheaper than a table.
        self._astral = [i for i, character in enumerate(text) if character > "\uffff"] if wide else []

    def convert(self, offset: int) -> int:
        return offset + bisect.bisect_left(self._astral, offset)


def dumps(value: object, *, indent: bool = False) -> bytes:
    """Deterministic UTF-8 JSON: keys in the order given; a lone surrogate becomes U+FFFD, for a text that
    can't be written as UTF-8 must not take the rest of a report with it."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE if indent else 0
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        return orjson.dumps(_without_surrogates(value), option=option)


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(inner) for inner in value]
    return value


def plain_number(number: Decimal | None) -> str | None:
    """A claim's number as a string without an exponent ("100", never "1E+2")."""
    if number is None:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _PLAIN_EXPONENT:
        return str(number)
    return format(number, "f")


def report_to_json(report: Report, *, offset_unit: str = CODEPOINT) -> Json:
    """The report as documented: offsets into the article are in `offset_unit`; offsets of evidence index
    the source's text and are always code points."""
    document = report.document
    offsets = Offsets(document.text, offset_unit)
    sources = {source.id: source for source in report.sources}
    return {
        "ok": True,
        "document": {
            "id": document.id,
            "title": document.title,
            "url": document.url,
            "media_type": document.media_type,
            "length": offsets.convert(len(document.text)),
            "offset_unit": offset_unit,
            "name": document.name,
            "sha256": document.sha256,
            "authors": list(document.authors),
            "published": document.published,
            "reader": document.reader,
        },
        "summary": dict(count_labels(report.claims)),
        "checker": report.checker,
        **({"policy": policy_to_json(report.policy)} if report.policy is not None else {}),
        "ground": report.ground,
        "claims": [checked_to_json(checked, sources, offsets) for checked in report.claims],
        "issues": [issue_to_json(issue) for issue in report.issues],
    }


def checked_to_json(
    checked: CheckedClaim, sources: Mapping[str, Source], offsets: Offsets | None = None
) -> Json:
    """One claim of a report with its verdict and its evidence, best first, at most 10."""
    return {
        **_claim_fields(checked.claim, offsets or Offsets("")),
        "verdict": verdict_to_json(checked.verdict),
        "evidence": [
            evidence_to_json(evidence, sources.get(evidence.source_id))
            for evidence in checked.evidence[:_MAX_EVIDENCE]
        ],
    }


def claim_to_json(stored: StoredClaim, sources: Iterable[Source] = ()) -> Json:
    """A stored claim: as in a report, then the article it stands in and its verdicts over time, oldest
    first. `sources` are those that the evidence names; one that is absent has null metadata."""
    known = {source.id: source for source in sources}
    article = stored.article
    return {
        **checked_to_json(stored.checked, known),
        "topics": list(stored.checked.claim.topics),
        "current": stored.current,
        "article": {
            "id": article.id,
            "title": article.title,
            "url": safe_url(article.url),
            "name": public_name(article.name),
            "published": article.published,
            "fragment_url": fragment_url(article.url, stored.checked.claim.sentence),
        },
        "history": [_record_to_json(record, known) for record in stored.history],
    }


def source_to_json(source: Source, versions: Sequence[SourceVersion] = ()) -> Json:
    return {
        "id": source.id,
        "title": source.title,
        "authors": list(source.authors),
        "kind": source.kind,
        "tier": source.tier.value,
        "publisher": source.publisher,
        "published": source.published,
        "url": safe_url(source.url),
        "doi": source.doi,
        "arxiv": source.arxiv,
        "status": source.status.value,
        "text_status": source.text_status,
        "aliases": list(source.aliases),
        "topics": list(source.topics),
        "note": source.note,
        "reviewed_by": source.reviewed_by,
        "reviewed_on": source.reviewed_on,
        "findings": [_finding_to_json(finding) for finding in source.findings],
        "contests": [_contest_to_json(contest) for contest in source.contests],
        "origin": _origin_to_json(source.origin) if source.origin is not None else None,
        "published_versions": [_stated_version_to_json(version) for version in source.versions],
        "versions": [
            {
                "sha256": version.sha256,
                "media_type": version.media_type,
                "added_at": format_time(version.added_at),
                "current": version.current,
                "readable": version.readable,
                "size_bytes": version.size_bytes,
            }
            for version in versions
        ],
    }


def summary_to_json(article: ArticleSummary) -> Json:
    """An article in a list: its counts by label, without its claims."""
    return {
        "id": article.id,
        "title": article.title,
        "name": public_name(article.name),
        "url": safe_url(article.url),
        "published": article.published,
        "sha256": article.sha256,
        "summary": dict(article.counts),
        "checker": article.checker,
        "ground": article.ground,
        "saved_at": format_time(article.saved_at),
    }


def article_to_json(report: Report, summary: ArticleSummary | None = None) -> Json:
    """A stored article with its latest verdicts: the report, and when it was saved. The article's text
    is not in it beyond the sentences that its claims need."""
    saved_at = format_time(summary.saved_at) if summary is not None else None
    document = dataclasses.replace(report.document, name=public_name(report.document.name))
    return {**report_to_json(dataclasses.replace(report, document=document)), "saved_at": saved_at}


def verdict_to_json(verdict: Verdict) -> Json:
    known = REASONS.get(verdict.reason)
    return {
        "label": verdict.label.value if verdict.label is not None else None,
        "reason": verdict.reason,
        "explanation": verdict.explanation,
        "confidence": verdict.confidence,
        "confirmed_by": verdict.confirmed_by,
        "title": known.title if known is not None else None,
        "correction": verdict.correction,
        "trace": [{"rule": step.rule, "detail": step.detail} for step in verdict.trace],
    }


def evidence_to_json(evidence: Evidence, source: Source | None) -> Json:
    selector = evidence.selector
    url = source_url(source.url, source.doi, source.arxiv) if source is not None else None
    comparison = evidence.comparison
    return {
        "kind": evidence.kind,
        "source_id": evidence.source_id,
        "source_title": source.title if source is not None else None,
        "url": url,
        "doi": source.doi if source is not None else None,
        "arxiv": source.arxiv if source is not None else None,
        "tier": source.tier.value if source is not None else None,
        "route": evidence.route.value,
        "stance": evidence.stance.value,
        "exact": selector.exact if selector is not None else None,
        "start": selector.start if selector is not None else None,
        "end": selector.end if selector is not None else None,
        "page": evidence.page,
        "fragment_url": fragment_url(url, selector, evidence.page),
        "comparison": {
            "relation": comparison.relation,
            "detail": comparison.detail,
            "claimed": comparison.claimed,
            "found": comparison.found,
        },
        "caveats": list(evidence.caveats),
        "score": round(evidence.score, 4),
        "id": evidence.id,
        "statement": evidence.statement,
        "reason": evidence.reason,
        "locator": evidence.locator,
        "section": evidence.section,
        "finding_id": evidence.finding_id,
        "passage_id": evidence.passage_id,
        "source_status": source.status.value if source is not None else None,
        "published": source.published if source is not None else None,
        "later_than_article": evidence.later_than_article,
    }


def capture_to_json(capture: Capture) -> Json:
    return {
        "asked": capture.asked,
        "url": safe_url(capture.url),
        "fetched_at": format_time(capture.fetched_at),
        "status": capture.status,
        "media_type": capture.media_type,
        "sha256": capture.sha256,
        "problem": capture.problem,
    }


def issue_to_json(issue: Issue) -> Json:
    return {"stage": issue.stage, "level": issue.level.value, "code": issue.code, "message": issue.message}


def quantity_to_json(quantity: Quantity) -> Json:
    return {
        "surface": quantity.surface,
        "low": plain_number(quantity.low),
        "high": plain_number(quantity.high),
        "unit": quantity.unit.kind.value,
        "modifier": quantity.modifier.value,
        "aggregate": quantity.aggregate.value,
        "relation": quantity.relation.value,
        "base": plain_number(quantity.base),
        "unit_name": quantity.unit.name,
        "decimals": quantity.decimals,
        "strict": quantity.strict,
    }


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds ("2026-11-20T09:30:00Z")."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def public_name(name: str) -> str:
    """An article's name without the folders of the machine that it was read on; an address stays whole."""
    return name if safe_url(name) is not None else re.split(r"[/\\]", name.rstrip("/\\"))[-1] or name


def _claim_fields(claim: Claim, offsets: Offsets) -> Json:
    sentence, span = claim.sentence, claim.span
    return {
        "id": claim.id,
        "kind": claim.kind.value,
        "start": offsets.convert(sentence.start),
        "end": offsets.convert(sentence.end),
        "text": sentence.exact,
        "span": {
            "start": offsets.convert(span.start),
            "end": offsets.convert(span.end),
            "text": span.exact,
        },
        "quantities": [quantity_to_json(quantity) for quantity in claim.quantities],
        "measured_entity": claim.measured_entity,
        "measured_property": claim.measured_property,
        "qualifiers": list(claim.qualifiers),
        "attribution": claim.attribution,
        "speaker": claim.speaker,
        "hedge": claim.hedge,
        "citations": [_citation_to_json(citation, offsets) for citation in claim.citations],
    }


def _citation_to_json(citation: Citation, offsets: Offsets) -> Json:
    return {
        "surface": citation.surface,
        "kind": citation.kind.value,
        "start": offsets.convert(citation.start),
        "end": offsets.convert(citation.end),
        "source_id": citation.source_ids[0] if citation.source_ids else None,
        "source_ids": list(citation.source_ids),
        "exact": citation.exact,
        "targets": list(citation.targets),
    }


def _record_to_json(record: VerdictRecord, sources: Mapping[str, Source]) -> Json:
    return {
        "recorded_at": format_time(record.recorded_at),
        "checker": record.checker,
        "ground": record.ground,
        "verdict": verdict_to_json(record.verdict),
        "evidence": [
            evidence_to_json(evidence, sources.get(evidence.source_id))
            for evidence in record.evidence[:_MAX_EVIDENCE]
        ],
    }


def _finding_to_json(finding: SourceFinding) -> Json:
    return {
        "id": finding.id,
        "statement": finding.statement,
        "quantities": [quantity_to_json(quantity) for quantity in finding.quantities],
        "measured_entity": finding.measured_entity,
        "measured_property": finding.measured_property,
        "population": finding.population,
        "condition": finding.condition,
        "models": list(finding.models),
        "sample_size": finding.sample_size,
        "interval": finding.interval,
        "locator": finding.locator,
        "version": finding.version,
        "verified": finding.verified.value,
        "caveats": list(finding.caveats),
    }


def _origin_to_json(origin: Origin) -> Json:
    return {
        "kind": origin.kind.value,
        "source_id": origin.source_id,
        "key": origin.key,
        "says": origin.says,
    }


def _stated_version_to_json(version: StatedVersion) -> Json:
    return {
        "version": version.version,
        "published": version.published,
        "url": safe_url(version.url),
        "figures": version.figures.value,
        "changed": version.changed,
        "was": [
            {
                "finding_id": former.finding_id,
                "quantities": [quantity_to_json(quantity) for quantity in former.quantities],
            }
            for former in version.was
        ],
    }


def _contest_to_json(contest: Contest) -> Json:
    return {
        "source_id": contest.source_id,
        "kind": contest.kind.value,
        "finding_id": contest.finding_id,
        "says": contest.says,
    }
