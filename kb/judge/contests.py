"""What was weighed for a claim, which of it may decide, and the registry's disputes against what supports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kb.judge.parts import silent_evidence
from kb.link import DISPUTING, Library, LinkedClaim
from kb.types import Claim, Contest, ContestKind, Evidence, Route, Source, Stance, Step, Tier, Verified

# Score from which a contesting source's passage counts as speaking of the claim's own point.
_GATE_CONTEST = 0.38


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """All that was weighed for one claim. `contesting` maps a contesting source's id to how near its best
    passage is to the claim, and that passage as evidence."""

    linked: LinkedClaim
    evidence: tuple[Evidence, ...]
    contesting: Mapping[str, Evidence]
    self_sources: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()


def may_decide(source: Source) -> bool:
    """Primary and reviewed: a secondary source never decides alone, an unreviewed one not at all."""
    return source.tier is Tier.PRIMARY and source.reviewed_by is not None


def is_verified(evidence: Evidence, source: Source) -> bool:
    if evidence.kind != "finding":
        return True
    for finding in source.findings:
        if finding.id == evidence.finding_id:
            return finding.verified in (Verified.TEXT, Verified.ABSTRACT)
    return False


def apply_contests(
    best: Evidence, weighing: Weighing, library: Library, trace: list[Step]
) -> tuple[Evidence, list[Evidence]]:
    """Disputes of the registry against the best supporting source: a contesting one that speaks of the
    claim's point contests the verdict, any other is a caveat."""
    disputes: list[Evidence] = []
    caveats: list[str] = []
    for source in sorted(library.sources.values(), key=lambda s: s.id):
        for contest in source.contests:
            if contest.source_id != best.source_id or source.id in weighing.self_sources:
                continue
            if (
                contest.finding_id is not None
                and best.finding_id is not None
                and contest.finding_id != best.finding_id
            ):
                continue
            near = weighing.contesting.get(source.id)
            if near is not None and not is_verified(near, source):
                near = None
            bears = near is not None and near.score >= _GATE_CONTEST
            if (
                contest.kind in DISPUTING
                and source.reviewed_by is not None
                and (bears or contest.finding_id == best.finding_id is not None)
            ):
                trace.append(
                    Step(rule="contest", detail=f"{source.id} {contest.kind.value} {best.source_id}")
                )
                disputes.append(_dispute_evidence(weighing.linked.claim, source, contest, near))
            elif contest.kind is not ContestKind.SUPERSEDES:
                caveats.append(_contest_caveat(source, contest))
    if caveats and not disputes:
        best = replace(best, reason="agrees_with_caveat", caveats=(*best.caveats, *caveats))
    return best, disputes


def _contest_caveat(source: Source, contest: Contest) -> str:
    verb = {
        ContestKind.QUALIFIES: "qualifies this",
        ContestKind.DISPUTES: "disputes this source on other points",
        ContestKind.REBUTS: "rebuts this source on other points",
    }.get(contest.kind, "bears on this source")
    says = f": {contest.says.rstrip('.')}" if contest.says else ""
    return f"“{source.title}” {verb}{says}"


def _dispute_evidence(claim: Claim, source: Source, contest: Contest, near: Evidence | None) -> Evidence:
    if near is not None:
        return replace(near, stance=Stance.REFUTES, reason="rebutted", route=Route.CONTESTING)
    silent = silent_evidence(
        claim, source.id, Route.CONTESTING, "rebutted", contest.says or "disputes the finding"
    )
    return replace(silent, kind="finding", stance=Stance.REFUTES, statement=contest.says or None)
