"""Weighs candidates and decides claims: candidate -> evidence -> verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kb.judge.context import measure_closeness, wanted_words
from kb.judge.decide import Weighing, decide_claim, failed_claim
from kb.judge.figures import weigh_figure
from kb.judge.findings import weigh_finding
from kb.judge.parts import Unit, make_evidence, units_of
from kb.judge.policy import apply_policy
from kb.judge.quotations import weigh_quotation
from kb.judge.remainders import derive_remainders
from kb.judge.strangers import keep_from_strangers
from kb.judge.verifier import StanceScores, Verifier, apply_veto
from kb.link import Library, LinkedClaim
from kb.reader import Reader
from kb.types import CheckedClaim, Claim, ClaimKind, Comparison, Evidence, Policy, Stance

__all__ = ["Judging", "StanceScores", "Verifier", "failed_claim", "judge_claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What judging needs beside the claims: what it may read, the article's own date, sources that are
    the article itself, sources whose text could not be read, a trained verifier if there is one, a
    newsroom's policy if it has one."""

    library: Library
    published: str | None = None
    self_sources: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    verifier: Verifier | None = None
    policy: Policy | None = None


def judge_claims(
    linked: Sequence[LinkedClaim], judging: Judging, *, progress: Callable[[int, int], None] | None = None
) -> tuple[CheckedClaim, ...]:
    """The verdict of every claim, in order."""
    reader, draft = judging.library.reader, Reader()
    contesting = {source.id for source in judging.library.sources.values() if source.contests}
    checked = []
    for position, one in enumerate(linked):
        checked.append(
            decide_claim(
                Weighing(
                    linked=one,
                    evidence=tuple(_weigh(one, judging, draft)),
                    contesting=_weigh_contesting(one, contesting, reader),
                    self_sources=judging.self_sources,
                    unreadable=judging.unreadable,
                ),
                judging.library,
                judging.published,
            )
        )
        if progress is not None:
            progress(position + 1, len(linked))
    return derive_remainders(checked, judging)


def _weigh(one: LinkedClaim, judging: Judging, draft: Reader) -> list[Evidence]:
    weighed = keep_from_strangers(one.claim, _weigh_by_rule(one, judging.library, draft), judging.library)
    quoted = one.claim.kind is ClaimKind.QUOTATION  # words are compared as words
    heard = weighed if quoted else apply_veto(one.claim, weighed, judging.verifier)
    return apply_policy(heard, judging.policy, judging.library.sources)


def _weigh_by_rule(one: LinkedClaim, library: Library, draft: Reader) -> list[Evidence]:
    match one.claim.kind:
        case ClaimKind.QUANTITY:
            return weigh_figure(one, library.reader, draft, library.sources)
        case ClaimKind.QUOTATION:
            return weigh_quotation(one, library, library.reader)
        case ClaimKind.FINDING:
            return weigh_finding(one, library.reader)


def _may_contest(claim: Claim, unit: Unit) -> bool:
    """A figure is contested only by a text that gives a figure of its kind; a general dispute is a caveat."""
    if claim.kind is not ClaimKind.QUANTITY or not claim.quantities:
        return True
    kind = claim.quantities[0].unit.kind
    return any(quantity.unit.kind is kind for quantity in unit.quantities)


def _weigh_contesting(one: LinkedClaim, contesting: Collection[str], reader: Reader) -> dict[str, Evidence]:
    """For each source that contests another, and for the one ranked first: its unit nearest to the claim,
    as evidence, for the registry's contests to use."""
    asked = set(contesting) | {rank.source_id for rank in one.ranks[:1]}
    wanted = wanted_words(one.claim)
    best: dict[str, tuple[float, Unit]] = {}
    for candidate in one.candidates:
        if candidate.source_id not in asked:
            continue
        for unit in units_of(candidate, reader):
            if not _may_contest(one.claim, unit):
                continue
            score = measure_closeness(wanted, unit.text, unit.window, unit.cosine, reader).score
            known = best.get(candidate.source_id)
            if known is None or score > known[0]:
                best[candidate.source_id] = (score, unit)
    return {
        source_id: make_evidence(
            one.claim,
            unit,
            stance=Stance.NEUTRAL,
            reason="rebutted",
            comparison=Comparison(relation="speaks_of_it", detail="speaks of the same point"),
            score=score,
        )
        for source_id, (score, unit) in best.items()
    }
