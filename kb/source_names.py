"""The names by which an article may speak of a source: its publisher, its authors' surnames.

A name that many sources share (a large lab) points at none of them; one that a single source has points
at it. Looks only at words; identifiers are for sources.resolve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.types import Source

_TOKEN = re.compile(r"[^\W\d_][\w’'-]*")
_PARTS = re.compile(r"[(),;&/]|\band\b")
_GENERIC = frozenset(
    "research university institute safety press lab labs laboratory team the of for and arxiv openreview thread group "
    "center centre inc corp corporation company ltd newsroom blog security international national united states kingdom "
    "college school department alignment science sciences preprint".split()
)
_LEAST_LENGTH = 4  # letters of a name of one word
_LONGEST = 5  # words of a name


@dataclass(frozen=True, slots=True)
class SourceNames:
    """`holders` maps a name, as a tuple of lower-case words, to the ids of the sources that bear it."""

    holders: dict[tuple[str, ...], tuple[str, ...]]

    def weigh(self, text: str) -> dict[str, float]:
        """For each source named in a text: 1 where a name is its alone, less the more sources share it."""
        weights: dict[str, float] = {}
        tokens = [(match.group(), _plain(match.group())) for match in _TOKEN.finditer(text)]
        for position, (written, _) in enumerate(tokens):
            if not written[0].isupper():
                continue
            for length in range(1, _LONGEST + 1):
                name = tuple(word for _, word in tokens[position : position + length])
                bearers = self.holders.get(name, ())
                for source_id in bearers:
                    weights[source_id] = max(weights.get(source_id, 0.0), 1.0 / len(bearers))
        return weights


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def _publisher_names(publisher: str) -> Iterable[tuple[str, ...]]:
    """Each part of a publisher's name, whole and without the generic words at its end ("Palisade
    Research" is also "Palisade")."""
    for part in _PARTS.split(publisher):
        words = [_plain(token) for token in _TOKEN.findall(part)]
        while words and words[0] in ("the", "of", "by"):
            words = words[1:]
        if not words or all(word in _GENERIC for word in words):
            continue
        yield tuple(words[:_LONGEST])
        kept = len(words)
        while kept > 1 and words[kept - 1] in _GENERIC:
            kept -= 1
        yield tuple(words[:kept])


def index_names(sources: Iterable[Source]) -> SourceNames:
    """Names of all sources, each with the sources that bear it."""
    holders: dict[tuple[str, ...], dict[str, None]] = {}
    for source in sources:
        names = set(_publisher_names(source.publisher or ""))
        for author in source.authors[:8]:
            tokens = _TOKEN.findall(re.sub(r"\bet al\b\.?", "", author))
            names.update((_plain(token),) for token in tokens[-1:])
        for name in names:
            if len(name) > 1 or (len(name[0]) >= _LEAST_LENGTH and name[0] not in _GENERIC):
                holders.setdefault(name, {})[source.id] = None
    return SourceNames({name: tuple(bearers) for name, bearers in holders.items()})
