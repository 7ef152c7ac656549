"""Whether two stretches of text speak of the same thing: words covered, vectors near, polarity, scope, hedges.

Gives named figures between 0 and 1 and lists of words; the rules that act on them are in the modules
beside this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.reader import Reader
from kb.text import clause_around, strip_markup
from kb.types import Claim
from kb.words import content_stems, coverage

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without|fail(?:s|ed)? to|hardly|rarely|refus\w+ to|unable)\b|n['’]t\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"\b(?:not only|not just|no longer just|whether or not|no fewer than|no less than)\b|\brather than \w+",
    re.IGNORECASE,
)
_UNIVERSAL = re.compile(
    r"\b(?:all|every|each|any|always|never|none|no one|entire(?:ly)?|whole|everyone|everything|invariably|"
    r"completely|fully|totally|100\s?%)\b",
    re.IGNORECASE,
)
_PARTIAL = re.compile(
    r"\b(?:some|several|sometimes|many|most(?:ly)?|often|occasionally|in (?:at least )?some cases|certain|partly|partial(?:ly)?|"
    r"a (?:few|handful|number|subset|fraction)|up to|as many as|can|may|might|could|one of the|two|both|almost|nearly|largely)\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(r"\bthe (?:most|least|best|worst|\w{3,}est)\b", re.IGNORECASE)
_ONE_OF = re.compile(
    r"\b(?:one|some|among) of the (?:most|least|best|worst|\w{3,}est)\b|\bamong the (?:most|\w{3,}est)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:roughly|about|around|approximately|nearly|almost|an? estimated|estimated?|some|simulated|up to|as many as|"
    r"at least|at most|in at least some cases|sometimes|can|may|might|could|suggests?|appears?|preliminary|likely|"
    r"difficult to quantify|we (?:think|believe)|tentative(?:ly)?)\b",
    re.IGNORECASE,
)
_TENTATIVE = re.compile(
    r"\b(?:hypothesi[sz]\w*|we (?:believe|expect|suspect|think|speculate)|may|might|could|would|should|perhaps|possibly)\b",
    re.IGNORECASE,
)
_CONDITIONS = re.compile(
    r"\b(?:simulated|simulation|hypothetical|fictional|synthetic|controlled|artificial|scenarios?|in the lab|"
    r"fine-?tuned|prompted|single|one judge|per[- ]cent(?:age)? points?)\b",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:ris(?:e|es|ing|en)|rose|increas\w+|grow\w*|grew|climb\w*|jump\w*|soar\w*|rais(?:e|es|ed|ing)|up from|"
    r"higher|amplif\w+|slow\w*|longer|more)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:fall\w*|fell|drop\w*|declin\w+|decreas\w+|reduc\w+|cut|cuts|lower\w*|down (?:from|to)|shrink\w*|shrank|"
    r"speed\w*|sped|shorter|faster|less|fewer|eliminat\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A claim's content words: those nearest its span, those of its sentence, those of its context."""

    near: dict[str, float]
    sentence: dict[str, float]
    wide: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closeness:
    """How near a source's sentence is to a claim: `near` and `sentence` are word coverages, `cosine` the
    vector similarity scaled to [0, 1], `score` their mix."""

    near: float
    sentence: float
    cosine: float
    score: float


def wanted_words(claim: Claim) -> Wanted:
    """What a source must speak of to be about this claim."""
    sentence = claim.sentence.exact
    start = claim.span.start - claim.sentence.start
    low, high = clause_around(sentence, max(0, start), max(0, start) + len(claim.span.exact))
    parts = (claim.measured_entity, claim.measured_property, sentence[low:high], *claim.qualifiers)
    return Wanted(
        near=content_stems(strip_markup(" . ".join(part for part in parts if part))),
        sentence=content_stems(strip_markup(sentence)),
        wide=content_stems(strip_markup(f"{claim.context} . {sentence}")),
    )


def scale_cosine(cosine: float) -> float:
    """MiniLM puts unrelated sentences of one field near .25 and paraphrases near .7 and above."""
    return min(1.0, max(0.0, (cosine - 0.25) / 0.45))


def measure_closeness(wanted: Wanted, sentence: str, window: str, cosine: float, reader: Reader) -> Closeness:
    """`sentence` is the source's sentence, `window` the passage with its heading."""
    inside = reader.stems(sentence)
    around = reader.stems(window)
    near = max(coverage(wanted.near, inside), 0.8 * coverage(wanted.near, around))
    # What the source's sentence says must also be what the claim says, or a long claim matches anything.
    back = coverage(inside, wanted.wide)
    whole = max(coverage(wanted.sentence, inside), 0.8 * coverage(wanted.sentence, around))
    scaled = scale_cosine(cosine)
    score = 0.35 * near + 0.15 * whole + 0.15 * back + 0.35 * scaled
    return Closeness(near=near, sentence=whole, cosine=scaled, score=score)


def is_tentative(text: str) -> bool:
    """Whether a text says what its authors suppose, not what they found."""
    return _TENTATIVE.search(text) is not None


def is_hedged(text: str) -> bool:
    return _HEDGE.search(text) is not None


def is_negated(text: str) -> bool:
    """Whether a text negates anything: two negations are two reasons for care, not none."""
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def direction_of(text: str) -> int:
    """1 for words of rising only, -1 for falling only, 0 for both or neither."""
    up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
    return int(up) - int(down)


def is_scope_wider(claim_text: str, source_text: str) -> bool:
    """The claim says all, always or the most where the source says some, sometimes or one of the most."""
    if _SUPERLATIVE.search(claim_text) and not _ONE_OF.search(claim_text) and _ONE_OF.search(source_text):
        return True
    return bool(
        _UNIVERSAL.search(claim_text) and not _UNIVERSAL.search(source_text) and _PARTIAL.search(source_text)
    )


def dropped_hedges(claim_text: str, source_text: str) -> tuple[str, ...]:
    """Hedges of the source that the claim has no hedge for, as written, without repeats."""
    if _HEDGE.search(claim_text):
        return ()
    return tuple(dict.fromkeys(match.group().lower() for match in _HEDGE.finditer(source_text)))


def dropped_conditions(claim_text: str, source_text: str) -> tuple[str, ...]:
    """Words of a special setting that the source names and the claim's surroundings don't."""
    said = {match.group().lower() for match in _CONDITIONS.finditer(claim_text)}
    return tuple(
        dict.fromkeys(
            match.group().lower()
            for match in _CONDITIONS.finditer(source_text)
            if match.group().lower() not in said
        )
    )
