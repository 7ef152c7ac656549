"""Weighs a finding in words by cautious rules, and abstains where they don't settle it.

A passage supports a finding only where it stands in the source that the claim is linked to first (or that
is cited for it), holds most of the words of the finding's clause in one sentence, is near in meaning, and
has the same polarity, the same figures and models, and no narrower scope. It never refutes by wording alone:
what these rules can see of a refutation is a scope that the claim widens. A trained verifier takes this
module's place through the same function.
"""

from __future__ import annotations

import re

from kb.judge.context import (
    Closeness,
    direction_of,
    dropped_conditions,
    dropped_hedges,
    is_negated,
    is_scope_wider,
    is_tentative,
    measure_closeness,
    wanted_words,
)
from kb.judge.parts import Unit, make_evidence, units_of
from kb.link import LinkedClaim
from kb.names import find_models, same_model
from kb.reader import Reader
from kb.text import strip_markup
from kb.types import Comparison, Evidence, Route, Stance
from kb.words import content_stems, coverage

# Set on the open articles of the corpus, with room: each alone lets wrong passages through.
_SUPPORT_COVERED = 0.6  # weighted share of the clause's words that one sentence of the source must hold
_SUPPORT_PREDICATE = 0.5  # the same, of the words that are no names: what is said, not of whom
_SUPPORT_COSINE = 0.6  # scaled cosine, see kb.judge.context.scale_cosine
_SUPPORT_SCORE = 0.55
_LEAST_WORDS = 5  # content words under which a clause says too little to be matched by words
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def weigh_finding(linked: LinkedClaim, reader: Reader) -> list[Evidence]:
    """The best supporting or scope-narrowing unit of each source, if any."""
    claim = linked.claim
    clause = claim.span.exact
    wanted = wanted_words(claim)
    clause_words = content_stems(strip_markup(clause))
    predicate_words = {root: weight for root, weight in clause_words.items() if weight <= 1.0}
    if len(clause_words) < _LEAST_WORDS:
        return []
    likely = {rank.source_id for rank in linked.ranks if rank.route is Route.CITED}
    likely.update(rank.source_id for rank in linked.ranks[:1])
    best: dict[str, tuple[float, Evidence]] = {}
    for candidate in linked.candidates:
        if candidate.source_id not in likely:
            continue
        for unit in units_of(candidate, reader):
            closeness = measure_closeness(wanted, unit.text, unit.window, unit.cosine, reader)
            covered = coverage(clause_words, reader.stems(unit.text))
            said = coverage(predicate_words, reader.stems(unit.text)) if predicate_words else 0.0
            if (
                covered < _SUPPORT_COVERED
                or said < _SUPPORT_PREDICATE
                or closeness.cosine < _SUPPORT_COSINE
                or closeness.score < _SUPPORT_SCORE
            ):
                continue
            evidence = _evidence_of(linked, unit, closeness, reader)
            if evidence is None:
                continue
            known = best.get(candidate.source_id)
            if known is None or closeness.score > known[0]:
                best[candidate.source_id] = (closeness.score, evidence)
    return [evidence for _, (_, evidence) in sorted(best.items())]


def _evidence_of(linked: LinkedClaim, unit: Unit, closeness: Closeness, reader: Reader) -> Evidence | None:
    claim = linked.claim
    clause = claim.span.exact
    if is_negated(clause) != is_negated(unit.text):
        return None
    if direction_of(clause) * direction_of(unit.text) == -1:
        return None
    if is_tentative(unit.text) and not is_tentative(clause):
        return None
    if not set(_NUMBER.findall(_without_names(clause))) <= set(_NUMBER.findall(unit.text)):
        return None
    names = find_models(clause)
    theirs = reader.models(unit.window)
    if names and theirs and not all(any(same_model(one, other) for other in theirs) for one in names):
        return None
    comparison = Comparison(
        relation="same_words", detail="the passage says what the claim says", claimed=clause
    )
    if is_scope_wider(clause, unit.text):
        return make_evidence(
            claim, unit, stance=Stance.REFUTES, reason="scope_wider",
            comparison=Comparison(relation="scope_wider", detail="the source says it of some, the claim of all", claimed=clause),
            score=closeness.score,
        )  # fmt: skip
    surroundings = f"{claim.context} {claim.sentence.exact}"
    caveats = list(unit.candidate.finding.caveats) if unit.candidate.finding is not None else []
    hedges = dropped_hedges(surroundings, unit.text)
    if hedges:
        caveats.append(f"the source says “{hedges[0]}”")
    conditions = dropped_conditions(surroundings, unit.text)
    if conditions:
        caveats.append(f"the source's setting is one it calls “{conditions[0]}”")
    return make_evidence(
        claim, unit, stance=Stance.SUPPORTS, reason="agrees_with_caveat" if caveats else "agrees",
        comparison=comparison, score=closeness.score, caveats=tuple(caveats),
    )  # fmt: skip


def _without_names(text: str) -> str:
    for name in reversed(find_models(text)):
        text = text[: name.start] + text[name.end :]
    return text
