"""Finds the stored claims that say what a text says: by words and by number, with why.

Owns the index over the claims in memory and the score. A number counts as a number: "25%", "a quarter" and
"one in four" are one, and 75% is named as what remains. Refuses to know protocols and to judge.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kb.compare import AGREEING, compare, compare_complement, family_of, scale_of
from kb.quantity import find_quantities
from kb.types import Quantity
from kb.words import content_stems

if TYPE_CHECKING:
    from kb.store import Store, StoredClaim

MAX_CANDIDATES = 2_000
_WEIGHT_WORDS = 0.65  # the rest is the number's, where the text has one
_REMAINDER = 0.6  # what an equal remainder counts beside an equal figure
_LEAST = 0.2
SAME_SCORE = 0.85  # at and above, and with no figure that differs, two texts make one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMatch:
    """A claim with its closeness to a text: `score` in [0, 1], `same` where it makes the same statement,
    `reasons` in words, such as "the same figure: 25%"."""

    claim: StoredClaim
    score: float
    same: bool
    reasons: tuple[str, ...]


class ClaimMatcher:
    """An index over claims; make a new one where they have changed."""

    def __init__(self, claims: Iterable[StoredClaim]) -> None:
        self.claims: list[StoredClaim] = []
        self._stems: list[dict[str, float]] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._figures: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
        for row, stored in enumerate(claims):
            claim = stored.checked.claim
            words = f"{claim.sentence.exact} {claim.measured_entity or ''} {claim.measured_property or ''}"
            stems = content_stems(words)
            self.claims.append(stored)
            self._stems.append(stems)
            for root in stems:
                self._postings[root].append(row)
            for quantity in claim.quantities:
                for value in _values(quantity):
                    self._figures[family_of(quantity), value].append(row)

    @classmethod
    def of_store(cls, store: Store) -> ClaimMatcher:
        """Over every claim that the stored articles make now."""
        claims: list[StoredClaim] = []
        cursor: str | None = None
        while True:
            page = store.list_claims(limit=1_000, after=cursor)
            claims += page.items
            cursor = page.next
            if cursor is None:
                return cls(claims)

    def find(self, text: str, limit: int = 20) -> list[ClaimMatch]:
        """The closest claims, best first; ties by the claim's id."""
        wanted = {root: weight * self._rarity(root) for root, weight in content_stems(text).items()}
        figures = find_quantities(text)
        found = []
        for row in self._candidates(wanted, figures):
            match = self._score(row, wanted, figures)
            if match is not None:
                found.append(match)
        found.sort(key=lambda match: (-match.score, match.claim.checked.claim.id))
        return found[:limit]

    def _rarity(self, root: str) -> float:
        return math.log1p(len(self.claims) / (1 + len(self._postings.get(root, ()))))

    def _candidates(self, wanted: dict[str, float], figures: Sequence[Quantity]) -> list[int]:
        """Rows that share a figure or a word with the text, the rarest words first."""
        rows: dict[int, None] = {}
        for quantity in figures:
            for value in _values(quantity):
                near = {value, Decimal(100) - value} if family_of(quantity) == "share" else {value}
                for one in sorted(near):
                    rows.update(
                        dict.fromkeys(self._figures.get((family_of(quantity), one), ())[:MAX_CANDIDATES])
                    )
        for root in sorted(wanted, key=lambda root: (len(self._postings.get(root, ())), root)):
            if len(rows) >= MAX_CANDIDATES:
                break
            rows.update(dict.fromkeys(self._postings.get(root, ())))
        return list(rows)[: 2 * MAX_CANDIDATES]

    def _score(self, row: int, wanted: dict[str, float], figures: Sequence[Quantity]) -> ClaimMatch | None:
        having = self._stems[row]
        shared = [root for root in wanted if root in having]
        asked = sum(wanted.values())
        ours = sum(weight * self._rarity(root) for root, weight in having.items())
        common = sum(wanted[root] for root in shared)
        words = 2 * common / (asked + ours) if asked + ours > 0 else 0.0
        told = common / asked if asked > 0 else 0.0
        words = max(words, 0.9 * told)  # a short query that the claim holds whole
        number, reasons, differs = _compare_figures(figures, self.claims[row].checked.claim.quantities)
        if not figures:
            score = words
        elif asked <= 0:
            score = number
        else:
            score = _WEIGHT_WORDS * words + (1 - _WEIGHT_WORDS) * number
        if score < _LEAST:
            return None
        if shared:
            reasons.append(
                "shared words: " + ", ".join(sorted(shared, key=lambda root: (-wanted[root], root))[:6])
            )
        return ClaimMatch(
            claim=self.claims[row],
            score=round(min(1.0, score), 4),
            same=score >= SAME_SCORE and not differs and asked > 0,
            reasons=tuple(reasons),
        )


def _values(quantity: Quantity) -> list[Decimal]:
    """The ends of a quantity on its family's scale, with trailing zeros off so that 25 and 25.0 meet."""
    scale = scale_of(quantity)
    ends = (end * scale for end in (quantity.low, quantity.high) if end is not None and end.is_finite())
    return sorted({end.normalize() for end in ends})


def _compare_figures(asked: Sequence[Quantity], having: Sequence[Quantity]) -> tuple[float, list[str], bool]:
    """(share of the asked figures that the claim has, in words, whether one differs)."""
    if not asked:
        return 0.0, [], False
    reached, reasons = 0.0, []
    for quantity in asked:
        best = 0.0
        words = ""
        for other in having:
            if compare(quantity, other).relation in AGREEING:
                best, words = 1.0, f"the same figure: {other.surface}"
                break
            complement = compare_complement(quantity, other)
            if complement is not None and best < _REMAINDER:
                best, words = _REMAINDER, f"what remains of {other.surface}"
        reached += best
        if words:
            reasons.append(words)
    return reached / len(asked), reasons, reached < len(asked)
