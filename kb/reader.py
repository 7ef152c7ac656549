"""Reads sources' texts for judging, each text once: its numbers, model names, content words, folded form.

Holds only what it is given; a reader for the sources of a knowledge base may live as long as they stand,
one for a draft must not outlive its check.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kb.names import NamedModel, find_models
from kb.quantity import find_quantities
from kb.quote_match import FoldedText, fold_with_offsets
from kb.types import Quantity
from kb.words import content_stems

_MOST_TEXTS = 50_000  # held of each kind; past that all are dropped and read anew


@dataclass(slots=True)
class Reader:
    _quantities: dict[str, tuple[Quantity, ...]] = field(default_factory=dict)
    _models: dict[str, tuple[NamedModel, ...]] = field(default_factory=dict)
    _stems: dict[str, dict[str, float]] = field(default_factory=dict)
    _folded: dict[str, FoldedText] = field(default_factory=dict)

    def quantities(self, text: str) -> tuple[Quantity, ...]:
        if text not in self._quantities:
            _make_room(self._quantities)
            self._quantities[text] = find_quantities(text)
        return self._quantities[text]

    def models(self, text: str) -> tuple[NamedModel, ...]:
        if text not in self._models:
            _make_room(self._models)
            self._models[text] = find_models(text)
        return self._models[text]

    def stems(self, text: str) -> dict[str, float]:
        if text not in self._stems:
            _make_room(self._stems)
            self._stems[text] = content_stems(text)
        return self._stems[text]

    def folded(self, text: str) -> FoldedText:
        if text not in self._folded:
            _make_room(self._folded)
            self._folded[text] = fold_with_offsets(text)
        return self._folded[text]


def _make_room(held: dict[str, Any]) -> None:
    if len(held) >= _MOST_TEXTS:
        held.clear()
