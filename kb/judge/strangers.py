"""A name that the source never uses: a claim about Kestrel-5 can't rest on a source that knows no Kestrel.

Looks at the names with a version or a model's shape in the claim's clause, and asks whether the source names
them anywhere: in its title or other names, its findings, its text. It makes no claim contested; it only keeps
a support from a claim of something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.judge.figure_pairs import clause_of_claim
from kb.link import Library
from kb.names import NamedModel, find_models
from kb.text import strip_markup
from kb.types import Claim, Evidence, Source, Stance

_LEAST_SURFACE = 4


def keep_from_strangers(claim: Claim, weighed: Sequence[Evidence], library: Library) -> list[Evidence]:
    """The evidence, a support made neutral where the claim's clause names what its source never names."""
    if not any(evidence.stance is Stance.SUPPORTS for evidence in weighed):
        return list(weighed)
    named = _named_in(claim)
    if not named:
        return list(weighed)
    return [
        _doubt(evidence, stranger)
        if evidence.stance is Stance.SUPPORTS
        and (stranger := _find_stranger(named, evidence.source_id, library)) is not None
        else evidence
        for evidence in weighed
    ]


def _named_in(claim: Claim) -> dict[str, re.Pattern[str]]:
    """The names in the claim's clause, each with the pattern of how a source may write it. Names of who says so,
    and of what is cited, are no subject."""
    clause = strip_markup(clause_of_claim(claim))
    for surface in (claim.attribution, *(citation.surface for citation in claim.citations)):
        if surface and len(surface) >= _LEAST_SURFACE:
            clause = clause.replace(strip_markup(surface), " ")
    return {name.surface: _pattern_of(name, clause) for name in find_models(clause)}


def _pattern_of(name: NamedModel, clause: str) -> re.Pattern[str]:
    """A word of the name beside its version, either first; without a version any of its words. At the clause's
    end "Llama 4.3" may be Llama 4 with the mark of note 3."""
    versions = sorted(token for token in name.key if token[0].isdigit())
    if not clause[name.end :].strip(" .,;:!?)"):
        versions += [version.rpartition(".")[0] for version in versions if "." in version]
    words = "|".join(re.escape(token) for token in sorted(name.key) if not token[0].isdigit())
    if not versions or not words:
        tokens = "|".join(re.escape(token) for token in sorted(name.key))
        return re.compile(rf"(?<![a-z0-9])(?:{tokens})(?![a-z0-9])")
    version = "|".join(re.escape(token) for token in versions)
    return re.compile(
        rf"(?<![a-z])(?:{words})[ -]?(?:{version})(?!\.?\d)|(?<![\d.])(?:{version})[ -](?:{words})(?![a-z])"
    )


def _find_stranger(named: Mapping[str, re.Pattern[str]], source_id: str, library: Library) -> str | None:
    source = library.sources.get(source_id)
    if source is None:
        return None
    told = _told_by(source).lower()
    text: str | None = None
    for surface, pattern in named.items():
        if pattern.search(told):
            continue
        if text is None:
            text = (library.text_of(source_id) or "").lower()
        if not pattern.search(text):
            return surface
    return None


def _told_by(source: Source) -> str:
    """Everything that the registry says of a source."""
    parts = [source.title, *source.aliases, source.publisher or "", source.note or "", *source.authors]
    for finding in source.findings:
        parts += [
            finding.statement, finding.measured_entity or "", finding.measured_property or "", finding.population or "",
            finding.condition or "", *finding.models, *finding.caveats,
        ]  # fmt: skip
    return " \n ".join(parts)


def _doubt(evidence: Evidence, stranger: str) -> Evidence:
    comparison = replace(
        evidence.comparison,
        relation="other_name",
        detail=f"the claim is about {stranger}, which the source never names",
    )
    return replace(evidence, stance=Stance.NEUTRAL, comparison=comparison, caveats=())
