"""Evidence -> verdict, by one table: which evidence may decide, which reason wins, what is said of it.

Order-free: the same evidence in any order gives the same verdict. Knows nothing of how evidence was won.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.judge.attribution import flag_misattributed
from kb.judge.contests import Weighing, apply_contests, is_verified, may_decide
from kb.judge.explain import explain_verdict, suggest_correction
from kb.judge.parts import silent_evidence
from kb.judge.replay import Standing, choose_reason, compare_steps, table_step
from kb.link import Library, LinkedClaim, SourceRank
from kb.reasons import ORDER, REASONS
from kb.types import (
    CheckedClaim,
    Claim,
    ClaimKind,
    Evidence,
    Label,
    Route,
    SourceStatus,
    Stance,
    Step,
    Verdict,
)

_MOST_EVIDENCE = 10
_GATE_DISPUTED = 0.55  # score from which a source plainly speaks of a finding
# Reasons for which a source stands against another that agrees; a dropped hedge of one doesn't.
_FIGURE_REFUTES = frozenset({"figure_differs", "direction_reversed", "bound_reversed", "quote_altered"})
# A source ranks as "the one that would hold it" when cited or named here, or when the article deals with it.
_GATE_SILENT = 1.0
_GATE_SPEAKS = (
    0.45  # and, unless it is named by a name of its own, with a passage at least this near (cosine)
)


def decide_claim(weighing: Weighing, library: Library, published: str | None) -> CheckedClaim:
    """The verdict on one claim and the evidence that it shows, best first, at most ten."""
    claim = weighing.linked.claim
    trace: list[Step] = [_link_step(weighing.linked)]
    deciding: list[Evidence] = []
    secondary: list[Evidence] = []
    unverified: list[Evidence] = []
    for one in sorted(weighing.evidence, key=lambda e: e.id):
        source = library.sources[one.source_id]
        if one.source_id in weighing.self_sources:
            trace.append(
                Step(rule="self_citation", detail=f"{one.source_id} is the article itself: not weighed")
            )
        elif source.reviewed_by is None or not is_verified(one, source):
            unverified.append(one)
        elif not may_decide(source):
            secondary.append(one)
        else:
            deciding.append(one)
    ranks = {rank.source_id: rank for rank in weighing.linked.ranks}
    supports = [e for e in deciding if e.stance is Stance.SUPPORTS]
    refutes = [e for e in deciding if e.stance is Stance.REFUTES]
    for one in (*supports, *refutes):
        trace.append(
            Step(
                rule="weigh",
                detail=f"{one.source_id}: {one.stance.value}, {one.reason}; {one.comparison.detail}",
            )
        )
    supports, refutes = _ascribe(claim, supports, refutes, library, trace)
    everything = (*supports, *refutes, *(e for e in deciding if e.stance is Stance.NEUTRAL))
    supports, refutes = _heed_citation(supports, refutes, ranks, trace)
    supports.sort(key=lambda e: _strength(e, ranks))
    refutes.sort(key=lambda e: _strength(e, ranks))
    disputes: list[Evidence] = []
    if supports:
        supports, refutes = _settle(supports, refutes, trace)
    if supports:
        supports[0], disputes = apply_contests(supports[0], weighing, library, trace)
    reason, shown = _reason_of(
        claim, supports, refutes, disputes, secondary, unverified, weighing, library, trace
    )
    shown = _complete(
        claim, shown, (*supports, *refutes, *disputes, *everything, *secondary, *unverified), weighing
    )
    shown = [_mark_later(e, library, published) for e in shown][:_MOST_EVIDENCE]
    label = REASONS[reason].label
    trace.append(Step(rule="decide", detail=f"{label.value}/{reason}"))
    verdict = Verdict(
        claim_id=claim.id,
        label=label,
        reason=reason,
        explanation=explain_verdict(claim, reason, shown, library.sources),
        evidence_ids=tuple(e.id for e in shown),
        correction=suggest_correction(claim, reason, shown),
        trace=tuple(trace),
    )
    return CheckedClaim(claim=claim, verdict=verdict, evidence=tuple(shown))


def _strength(evidence: Evidence, ranks: Mapping[str, SourceRank]) -> tuple[float, int, str]:
    rank = ranks.get(evidence.source_id)
    standing = 0.0 if rank is None else rank.score
    return (-(evidence.score + 0.5 * standing), ORDER[evidence.reason], evidence.id)


def _ascribe(
    claim: Claim, supports: list[Evidence], refutes: list[Evidence], library: Library, trace: list[Step]
) -> tuple[list[Evidence], list[Evidence]]:
    """Supports from a source that is not the one the article names, where no other supports: misattributed."""
    if claim.kind is not ClaimKind.QUANTITY or not supports:
        return supports, refutes
    flagged = [flag_misattributed(claim, one, library.sources) for one in supports]
    turned = [one for one in flagged if one is not None]
    if len(turned) < len(supports):
        return [one for one, flag in zip(supports, flagged, strict=True) if flag is None], refutes
    for one in turned:
        trace.append(Step(rule="attribution", detail=f"{one.source_id}: {one.comparison.detail}"))
    return [], [*refutes, *turned]


def _heed_citation(
    supports: list[Evidence], refutes: list[Evidence], ranks: Mapping[str, SourceRank], trace: list[Step]
) -> tuple[list[Evidence], list[Evidence]]:
    """Where a source that the article cites for the claim speaks of it, other sources don't decide: that another
    study has the figure makes no claim about the cited one true."""
    cited = {source_id for source_id, rank in ranks.items() if rank.route is Route.CITED}
    speaking = {e.source_id for e in (*supports, *refutes) if e.source_id in cited}
    if not speaking or all(
        e.source_id in speaking or e.stance is Stance.REFUTES for e in (*supports, *refutes)
    ):
        return supports, refutes
    aside = [e for e in supports if e.source_id not in speaking]
    trace.append(
        Step(
            rule="cited_first",
            detail=f"{', '.join(sorted(speaking))} cited and speaking of it; "
            f"{', '.join(sorted({e.source_id for e in aside}))} not asked",
        )
    )
    return [e for e in supports if e.source_id in speaking], refutes


def _settle(
    supports: list[Evidence], refutes: list[Evidence], trace: list[Step]
) -> tuple[list[Evidence], list[Evidence]]:
    """A refutation stands beside the best support only where it is about as near to the claim, or comes
    from the same source (which then disagrees with itself); a far one is another measurement."""
    best = supports[0]
    strong = [
        e
        for e in refutes
        if e.reason in _FIGURE_REFUTES and (e.score >= best.score or e.source_id == best.source_id)
    ]
    weak = len(refutes) - len(strong)
    if weak:
        trace.append(
            Step(
                rule="set_aside",
                detail=f"{weak} differing figure(s) less near to the claim than {best.source_id}",
            )
        )
    return supports, strong


def _reason_of(
    claim: Claim,
    supports: Sequence[Evidence],
    refutes: Sequence[Evidence],
    disputes: Sequence[Evidence],
    secondary: Sequence[Evidence],
    unverified: Sequence[Evidence],
    weighing: Weighing,
    library: Library,
    trace: list[Step],
) -> tuple[str, list[Evidence]]:
    status = library.sources[supports[0].source_id].status if supports else SourceStatus.CURRENT
    told = [e for e in secondary if e.stance is Stance.SUPPORTS]
    otherwise, silent = "no_primary_source", []
    if not supports and not refutes:
        own = [
            e
            for e in weighing.evidence
            if e.source_id in weighing.self_sources and e.stance is Stance.SUPPORTS
        ]
        if told:
            otherwise, silent = "only_secondary", told
        elif own:
            otherwise, silent = "self_citation", own
        else:
            otherwise, silent = _unsourced_reason(claim, unverified, weighing, library, trace)
    standing = Standing(
        supports=tuple(e.reason for e in supports), refutes=tuple(e.reason for e in refutes), disputed=bool(disputes),
        status=status, otherwise=otherwise,
    )  # fmt: skip
    reason = choose_reason(standing)
    trace += [*compare_steps(claim, (*supports, *refutes)), table_step(standing)]
    ordered = sorted(refutes, key=lambda e: (ORDER[e.reason], -e.score, e.id))
    if not supports:
        return reason, ordered or silent
    if reason in ("rebutted", "sources_disagree"):
        return reason, [supports[0], *disputes, *([] if disputes else refutes)]
    return reason, list(supports)


def _unsourced_reason(
    claim: Claim, unverified: Sequence[Evidence], weighing: Weighing, library: Library, trace: list[Step]
) -> tuple[str, list[Evidence]]:
    ranks = weighing.linked.ranks
    first = ranks[0] if ranks else None
    cited_unknown = any(citation.targets and not citation.source_ids for citation in claim.citations)
    cited_known = [rank for rank in ranks if rank.route is Route.CITED]
    disputed = _disputed_source(claim, weighing, library, trace)
    if disputed:
        return "rebutted", disputed
    if unverified:
        return "finding_unverified", list(unverified)
    if cited_unknown and not any(rank.route is Route.CITED for rank in ranks):
        trace.append(
            Step(
                rule="cited_source",
                detail="the article cites an address that no source in the knowledge base has",
            )
        )
        return "source_not_held", []
    pointed = cited_known[0] if cited_known else first
    if pointed is None or (not cited_known and not _deals_with(pointed)):
        return "no_primary_source", []
    if pointed.source_id in weighing.unreadable:
        return "source_unreadable", [_silence(claim, pointed, "source_unreadable")]
    if claim.kind is not ClaimKind.FINDING and library.text_of(pointed.source_id) is None:
        return "text_not_held", [_silence(claim, pointed, "text_not_held")]
    if pointed.source_id in weighing.self_sources:
        return "self_citation", [_silence(claim, pointed, "self_citation")]
    reason = "finding_unverified" if claim.kind is ClaimKind.FINDING else "source_silent"
    return reason, [_silence(claim, pointed, reason)]


def _disputed_source(claim: Claim, weighing: Weighing, library: Library, trace: list[Step]) -> list[Evidence]:
    """A finding ascribed to a source that plainly speaks of it, where the registry holds a dispute that bears
    on the same point: contested, though the wording was not enough to say that the source agrees."""
    first = weighing.linked.ranks[0] if weighing.linked.ranks else None
    if claim.kind is not ClaimKind.FINDING or first is None or first.feature("cited") <= 0:
        return []
    near = weighing.contesting.get(first.source_id)
    source = library.sources[first.source_id]
    if near is None or near.score < _GATE_DISPUTED or not may_decide(source):
        return []
    if near.source_id in weighing.self_sources:
        return []
    _, disputes = apply_contests(near, weighing, library, trace)
    if not disputes:
        return []
    speaks = replace(near, reason="finding_unverified", stance=Stance.NEUTRAL)
    return [speaks, *disputes]


def _deals_with(rank: SourceRank) -> bool:
    """Whether a source that isn't cited deals with the claim's matter at all."""
    near_enough = rank.feature("cosine") >= _GATE_SPEAKS or rank.feature("named_here") >= 1.0
    return rank.score >= _GATE_SILENT and near_enough


_SILENT_DETAIL = {
    "source_silent": "held, and nothing in it states this",
    "finding_unverified": "deals with this, but nothing in it settles the claim",
    "text_not_held": "known, but its wording isn't held",
    "source_unreadable": "held, but it could not be read",
    "self_citation": "the article itself",
}


def _silence(claim: Claim, rank: SourceRank, reason: str) -> Evidence:
    return silent_evidence(
        claim, rank.source_id, rank.route, reason, _SILENT_DETAIL.get(reason, "nothing in it states this")
    )


def _complete(
    claim: Claim, shown: Sequence[Evidence], others: Sequence[Evidence], weighing: Weighing
) -> list[Evidence]:
    """The evidence that decides, then everything else weighed, then ranked sources that stayed silent."""
    complete = list(shown)
    known = {e.id for e in complete}
    for one in others:
        if one.id not in known:
            known.add(one.id)
            complete.append(one)
    sources = {e.source_id for e in complete}
    for rank in weighing.linked.ranks[:5]:
        if rank.source_id not in sources and rank.source_id not in weighing.self_sources:
            complete.append(_silence(claim, rank, "source_silent"))
    return complete


def _mark_later(evidence: Evidence, library: Library, published: str | None) -> Evidence:
    date = library.sources[evidence.source_id].published
    if published and date and date[: len(published)] > published[: len(date)]:
        return replace(evidence, later_than_article=True)
    return evidence


def _link_step(linked: LinkedClaim) -> Step:
    tops = "; ".join(
        f"{rank.source_id} ({rank.route.value}, {rank.score:.2f}: "
        + ", ".join(f"{name} {value:.2f}" for name, value in rank.features if value)
        + ")"
        for rank in linked.ranks[:3]
    )
    return Step(rule="link", detail=tops or "no source came near")


def failed_claim(claim: Claim, what: str) -> CheckedClaim:
    """A claim whose check failed: no label, the reason says what failed."""
    verdict = Verdict(
        claim_id=claim.id, label=None, reason="not_checked", explanation=f"Not checked: {what}."
    )
    return CheckedClaim(claim=claim, verdict=verdict)


__all__ = ["Label", "Weighing", "decide_claim", "failed_claim", "may_decide"]
