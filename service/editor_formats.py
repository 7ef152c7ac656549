"""Reports in the shapes that editors' and newsrooms' checks read: SARIF 2.1.0 and Vale's JSON.

Owns the levels of the reasons, places as lines and columns, and the two shapes. Refuses to know how a report
was made and where it is printed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from urllib.parse import quote

from kb.reasons import REASONS
from kb.types import CheckedClaim, Label, Report
from service.fragments import safe_url, source_url
from service.protocols.annotated import count_units
from service.schemas import Json

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SOFT = frozenset(
    {"scope_wider", "hedge_dropped", "aggregate_changed", "outdated_version", "source_retracted", "sources_disagree", "rebutted"}
)  # fmt: skip
_SARIF_LEVELS = {"error": "error", "warning": "warning", "suggestion": "note"}


def severity_of(checked: CheckedClaim) -> str | None:
    """error, warning or suggestion; None for what needs no notice (a plain agreement)."""
    verdict = checked.verdict
    if verdict.label is Label.CONTESTED:
        return "warning" if verdict.reason in _SOFT else "error"
    if verdict.label is Label.UNSOURCED or verdict.reason == "agrees_with_caveat":
        return "suggestion"
    return None


class Lines:
    """Lines and columns of a text, both from 1; a column counts UTF-16 units or code points."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for position, character in enumerate(text):
            if character == "\n":
                self._starts.append(position + 1)

    def place(self, offset: int, *, utf16: bool) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        before = self._text[self._starts[line - 1] : offset]
        return line, (count_units(before) if utf16 else len(before)) + 1


def make_sarif(reports: Sequence[tuple[str, Report]], version: str) -> Json:
    """One SARIF run over (name as given, report) pairs. Columns are UTF-16 units."""
    used = sorted(
        {one.verdict.reason for _, report in reports for one in report.claims if severity_of(one) is not None}
    )
    numbers = {reason: number for number, reason in enumerate(used)}
    results: list[Json] = []
    notices: list[Json] = []
    for name, report in reports:
        lines = Lines(report.document.text)
        results += [
            _sarif_result(checked, report, name, lines, numbers)
            for checked in report.claims
            if severity_of(checked) is not None
        ]
        notices += [
            {
                "level": "error" if issue.level.value == "error" else "warning",
                "message": {"text": f"{name}: {issue.message}"},
                "descriptor": {"id": issue.code},
            }
            for issue in report.issues
        ]
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Wherefrom", "semanticVersion": version, "rules": [_sarif_rule(reason) for reason in used]}},
                "columnKind": "utf16CodeUnits",
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
                "artifacts": [{"location": {"uri": _uri(name)}} for name, _ in reports],
                "results": results,
            }
        ],
    }  # fmt: skip


def make_vale(reports: Sequence[tuple[str, Report]]) -> Json:
    """Vale's JSON: file -> alerts. `Span` counts code points from 1, both ends included."""
    found: dict[str, list[Json]] = {}
    for name, report in reports:
        lines = Lines(report.document.text)
        for checked in report.claims:
            severity = severity_of(checked)
            if severity is None:
                continue
            start, end = _marked(checked)
            line, column = lines.place(start, utf16=False)
            words = report.document.text[start:end]
            shown = words.partition("\n")[0]
            correction = checked.verdict.correction
            found.setdefault(name, []).append(
                {
                    "Action": {"Name": "replace", "Params": [correction]} if correction else {"Name": "", "Params": None},
                    "Check": "Wherefrom." + "".join(part.title() for part in checked.verdict.reason.split("_")),
                    "Description": REASONS[checked.verdict.reason].meaning,
                    "Line": line,
                    "Link": _link(checked, report) or "",
                    "Message": checked.verdict.explanation,
                    "Severity": severity,
                    "Span": [column, column + max(1, len(shown)) - 1],
                    "Match": shown,
                }
            )  # fmt: skip
    return dict(found)


def _sarif_rule(reason: str) -> Json:
    known = REASONS[reason]
    level = "error" if known.label is Label.CONTESTED and reason not in _SOFT else "warning"
    if known.label is not Label.CONTESTED:
        level = "note"
    return {
        "id": reason,
        "name": "".join(part.title() for part in reason.split("_")),
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.meaning},
        "defaultConfiguration": {"level": level},
    }


def _sarif_result(
    checked: CheckedClaim, report: Report, name: str, lines: Lines, numbers: Mapping[str, int]
) -> Json:
    start, end = _marked(checked)
    region = _region(start, end, report.document.text, lines)
    result: Json = {
        "ruleId": checked.verdict.reason,
        "ruleIndex": numbers[checked.verdict.reason],
        "level": _SARIF_LEVELS[severity_of(checked) or "suggestion"],
        "message": {"text": checked.verdict.explanation},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(name)}, "region": region}}],
        "partialFingerprints": {"claim/v1": checked.claim.id},
    }
    link = _link(checked, report)
    if link is not None:
        result["hostedViewerUri"] = link
    if checked.verdict.correction is not None:
        replacement = {"deletedRegion": region, "insertedContent": {"text": checked.verdict.correction}}
        change = {"artifactLocation": {"uri": _uri(name)}, "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": "What the source says"}, "artifactChanges": [change]}]
    return result


def _region(start: int, end: int, text: str, lines: Lines) -> Json:
    line, column = lines.place(start, utf16=True)
    last_line, last_column = lines.place(end, utf16=True)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": last_line,
        "endColumn": last_column,
        "charOffset": count_units(text[:start]),
        "charLength": count_units(text[start:end]),
        "snippet": {"text": text[start:end]},
    }


def _marked(checked: CheckedClaim) -> tuple[int, int]:
    """What to mark: the figure where it is to be replaced, else the span."""
    claim = checked.claim
    if checked.verdict.correction is not None and claim.quantities:
        return claim.quantities[0].start, claim.quantities[0].end
    return claim.span.start, claim.span.end


def _link(checked: CheckedClaim, report: Report) -> str | None:
    """The address of the source that decides."""
    by_id = {evidence.id: evidence for evidence in checked.evidence}
    sources = {source.id: source for source in report.sources}
    for name in checked.verdict.evidence_ids:
        evidence = by_id.get(name)
        source = sources.get(evidence.source_id) if evidence is not None else None
        if source is not None:
            return source_url(source.url, source.doi, source.arxiv)
    return None


def _uri(name: str) -> str:
    """The input's name as a relative reference; an address as it is."""
    address = safe_url(name)
    if address is not None:
        return address
    return "stdin" if name == "-" else quote(PurePath(name).as_posix())
