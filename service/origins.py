"""Which sources an article can't lean on because they lean on it, and which texts are copies of others: pure
functions over texts and links. Knows no store and decides no verdict.

A copy is told by its words: runs of eight words that stand in both texts. A source that says where it has a
figure from is told by the link in the very passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.types import CheckedClaim, Document, Stance
from sources.identifiers import read_address

_RUN = 8  # words: long enough that two independent texts share few
_SHARED = 0.8  # of the shorter text's runs: from here on one is a copy of the other
_MIN_WORDS = 120  # a shorter text can stand whole in another as a quotation
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*%?")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*%?")
_PLAIN = re.compile(r"\b[a-z]{2,20}(?: [a-z]{1,20}){3}\b")  # four words in small letters
_SAMPLES = 24
_MAX_CHANGED = 20  # figures named of a copy that differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """How a text stands to one that it is a copy of: figures that only one of them has, as written."""

    lost: tuple[str, ...]
    new: tuple[str, ...]


def is_copy(text: str, other: str) -> bool:
    """Whether the shorter of two texts stands nearly whole in the longer; figures don't count as words, so
    that a changed one doesn't hide a copy."""
    first, second = _find_runs(text), _find_runs(other)
    shorter, longer = sorted((first, second), key=len)
    return len(shorter) >= _MIN_WORDS - _RUN and len(shorter & longer) >= _SHARED * len(shorter)


def compare_copy(text: str, origin: str) -> Copy | None:
    """Which figures a copy has changed; None where it is no copy."""
    if not is_copy(text, origin):
        return None
    own, theirs = _FIGURE.findall(text), _FIGURE.findall(origin)
    return Copy(lost=_without(theirs, own), new=_without(own, theirs))


def _find_runs(text: str) -> set[tuple[str, ...]]:
    words = ["#" if word[0].isdigit() else word.lower() for word in _WORD.findall(text)]
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}


def _without(figures: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(dict.fromkeys(figure for figure in figures if figure not in known))[:_MAX_CHANGED]


class Texts(Protocol):
    """What is held of sources (service.library has it)."""

    def document_of(self, source_id: str) -> Document | None: ...
    def text_of(self, source_id: str) -> str | None: ...


def find_leaning(checked: Iterable[CheckedClaim], article: Document, texts: Texts) -> frozenset[str]:
    """Sources that speak for or against a claim and lean on the article: they are the article over again, or
    the very paragraph links to it as where the figure is from."""
    own = read_address(article.url) if article.url else None
    leaning: set[str] = set()
    read: set[str] = set()
    for one in checked:
        for evidence in one.evidence:
            if (
                evidence.stance is Stance.NEUTRAL
                or evidence.selector is None
                or evidence.source_id in leaning
            ):
                continue
            document = texts.document_of(evidence.source_id)
            if document is None:
                continue
            if own is not None and _links_to(own, document, evidence.selector.start, evidence.selector.end):
                leaning.add(evidence.source_id)
            elif evidence.source_id not in read:
                read.add(evidence.source_id)
                text = texts.text_of(evidence.source_id) or ""
                if _may_be_copy(article.text, text) and is_copy(article.text, text):
                    leaning.add(evidence.source_id)
    return frozenset(leaning)


def _may_be_copy(text: str, other: str) -> bool:
    """A cheap look first: whether runs of plain words of one stand letter for letter in the other."""
    return _count_shared(text, other) >= _SAMPLES // 4 or _count_shared(other, text) >= _SAMPLES // 4


def _count_shared(text: str, other: str) -> int:
    samples = (_PLAIN.search(text, place * len(text) // _SAMPLES) for place in range(_SAMPLES))
    return sum(sample is not None and sample[0] in other for sample in samples)


def _links_to(own: str, document: Document, start: int, end: int) -> bool:
    low, high = _block_around(document, start, end)
    return any(low <= link.start < high and read_address(link.target) == own for link in document.links)


def _block_around(document: Document, start: int, end: int) -> tuple[int, int]:
    """The paragraph that holds a passage's place."""
    for block in document.blocks:
        if block.start <= start < block.end:
            return block.start, max(block.end, end)
    return start, end
