"""Whose figure an article says it is, beside the source that has it: right words, wrong owner.

A figure that a source plainly gives is misattributed where the article ascribes it to another laboratory's study, or
says that a cited source states it which is another study altogether. A newspaper that retells a study is no owner:
only bodies that make studies count. Looks at names; the figure itself was compared before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from kb.judge.parts import name_source
from kb.origins import find_origin
from kb.types import Claim, Comparison, Evidence, Source, Stance

# Bodies that publish measurements of AI models, by the words of their names: a figure ascribed to one of them is
# said to be its own.
_BODIES = frozenset(
    "openai google deepmind anthropic meta microsoft xai apple nvidia amazon mistral deepseek alibaba bytedance huawei tencent "
    "stanford mit oxford cambridge berkeley harvard princeton yale cmu epfl tsinghua metr apollo palisade redwood rand aisi caisi "
    "nist epoch conjecture goodfire ebu lmarena".split()
)
_STUDY_BY = re.compile(
    r"\b(?:study|trial|paper|report|research|experiment|experiments|survey|audit|tests?|evaluation|researchers|scientists|team|authors)"
    r"\s+(?:by|from|at|of)\s+((?:the\s+)?[A-Z][\w&.-]*(?:\s+(?:of\s+)?[A-Z][\w&.-]*){0,4})"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]+")
_SAYS_BEFORE = re.compile(
    r"\b(?:says?|according to|writes?|reports?|reported|found by|shown in|states?|notes?|finds?|measured (?:in|by))\s+(?:the|a|an|its|their)?\s*\[?$",
    re.IGNORECASE,
)
_SAYS_AFTER = re.compile(
    r"^\]?(?:\([^()\s]*\))?\s*(?:that\s+)?(?:says?|found|finds?|shows?|showed|reports?|reported|states?|writes?|notes?|measured)\b",
    re.IGNORECASE,
)
_GATE = 0.5  # closeness from which a source plainly has the figure


def attributed_bodies(claim: Claim) -> frozenset[str]:
    """The names of the bodies that the claim ascribes its figure to, as lower-case words."""
    texts = [claim.attribution or ""]
    texts += [match.group(1) for match in _STUDY_BY.finditer(claim.sentence.exact)]
    words = {
        word.lower().removesuffix("'s") for text in texts for word in _WORD.findall(text.replace("’", "'"))
    }
    return frozenset(words & _BODIES)


def flag_misattributed(claim: Claim, evidence: Evidence, sources: Mapping[str, Source]) -> Evidence | None:
    """The same evidence as one against the attribution, or None where the attribution may stand."""
    source = sources[evidence.source_id]
    if evidence.stance is not Stance.SUPPORTS or evidence.score < _GATE:
        return None
    cited = {one for citation in claim.citations if citation.exact for one in citation.source_ids}
    if source.id in cited:
        return None
    bodies = attributed_bodies(claim)
    if bodies and not bodies & _words_about(source):
        named = " and ".join(sorted(bodies))
        return _turned(
            evidence, f"the figure is that of {name_source(source)}, not of a study by {_print(named, claim)}"
        )
    others = [sources[one] for one in sorted(cited) if one in sources]
    if (
        others
        and _is_said_of_citation(claim)
        and not any(_is_kin(source, other, sources) for other in others)
    ):
        return _turned(
            evidence,
            f"the figure is that of {name_source(source)}; the article cites {name_source(others[0])}",
        )
    return None


def _turned(evidence: Evidence, detail: str) -> Evidence:
    comparison = Comparison(
        relation="misattributed",
        detail=detail,
        claimed=evidence.comparison.claimed,
        found=evidence.comparison.found,
    )
    return replace(evidence, stance=Stance.REFUTES, reason="misattributed", comparison=comparison)


def _print(named: str, claim: Claim) -> str:
    """The body's name as the article writes it."""
    word: str
    for word in _WORD.findall(
        f"{claim.attribution or ''} {claim.sentence.exact}".replace("’s", "").replace("'s", "")
    ):
        if word.lower() == named:
            return word
    return named


def _words_about(source: Source) -> frozenset[str]:
    """Every word that ties a source to a body: who made it, what it is of, what its findings speak of."""
    parts = [
        source.title,
        source.publisher or "",
        source.note or "",
        source.url or "",
        *source.authors,
        *source.aliases,
    ]
    for finding in source.findings:
        parts += [
            finding.statement,
            finding.measured_entity or "",
            finding.population or "",
            finding.locator or "",
            *finding.models,
        ]
    return frozenset(word.lower() for part in parts for word in _WORD.findall(part))


def _is_said_of_citation(claim: Claim) -> bool:
    """Whether the sentence says that what it cites states the figure, and doesn't merely link from some words."""
    sentence = claim.sentence.exact
    for citation in claim.citations:
        low, high = citation.start - claim.sentence.start, citation.end - claim.sentence.start
        if citation.exact and 0 <= low < high <= len(sentence):
            after = sentence[high:]
            if (
                _SAYS_BEFORE.search(sentence[:low])
                or _SAYS_AFTER.search(after)
                or _SAYS_AFTER.search(citation.surface.rsplit(" ", 1)[-1])
            ):
                return True
    return False


def _is_kin(one: Source, other: Source, sources: Mapping[str, Source]) -> bool:
    """Whether two sources may tell the same study: one origin, one contests the other, shared authors or publisher."""
    if find_origin(one.id, sources) == find_origin(other.id, sources):
        return True
    if any(c.source_id == other.id for c in one.contests) or any(
        c.source_id == one.id for c in other.contests
    ):
        return True
    if _bodies_of(one) & _bodies_of(other):
        return True
    return bool(_surnames(one) & _surnames(other))


def _bodies_of(source: Source) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(source.publisher or "")) & _BODIES


def _surnames(source: Source) -> frozenset[str]:
    return frozenset(
        author.replace(" et al.", "").split()[-1].lower() for author in source.authors if author.split()
    )
