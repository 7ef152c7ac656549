"""What a trained verifier gives the judge, and how far the judge listens: it may lower a "supports", never raise one.

A verifier reads a claim beside a window of a source and says how likely the window supports it, refutes it or says
nothing of it. Figures are compared by rule; what the rules can't see (another property, a negation in other words) a
verifier may, so a typed "supports" that it reads as refuted is set aside. None is shipped: without one nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kb.text import strip_markup
from kb.types import Claim, Evidence, Stance

# Where both are under it nothing is said, where both are above it the window says both (a first verifier's dev runs).
DECISIVE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceScores:
    """Probabilities in [0, 1] that sum to 1."""

    supports: float
    refutes: float
    neutral: float


class Verifier(Protocol):
    """`name` tells model and version: it is part of what makes a verdict, hence of the checker's name."""

    @property
    def name(self) -> str: ...

    def read(self, claim: str, windows: Sequence[str]) -> Sequence[StanceScores]:
        """One score for each window, in order; a window is up to three sentences of a source, or a finding. The same
        input gives the same scores, whatever stands beside it."""
        ...


def apply_veto(claim: Claim, evidence: Sequence[Evidence], verifier: Verifier | None) -> list[Evidence]:
    """The same evidence in order; a support that the verifier plainly reads as a refutation turns neutral."""
    if verifier is None:
        return list(evidence)
    supports = [one for one in evidence if one.stance is Stance.SUPPORTS]
    scores = dict(
        zip(
            (one.id for one in supports),
            verifier.read(strip_markup(claim.sentence.exact), [_words_of(one) for one in supports])
            if supports
            else (),
            strict=True,
        )
    )
    return [
        _set_aside(one, scores[one.id], verifier) if one.id in scores and _is_refuted(scores[one.id]) else one
        for one in evidence
    ]


def _is_refuted(scores: StanceScores) -> bool:
    return scores.refutes >= DECISIVE > scores.supports


def _words_of(evidence: Evidence) -> str:
    return evidence.selector.exact if evidence.selector is not None else evidence.statement or ""


def _set_aside(evidence: Evidence, scores: StanceScores, verifier: Verifier) -> Evidence:
    detail = f"{evidence.comparison.detail}; set aside: {verifier.name} reads it as a refutation ({scores.refutes:.2f})"
    return replace(
        evidence,
        stance=Stance.NEUTRAL,
        comparison=replace(evidence.comparison, relation="vetoed", detail=detail),
    )
