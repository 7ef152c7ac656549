"""Which figures of a sentence are claims.

Owns telling a claim's figure from counts of the text's own parts, ordinals, dates and figures of speech;
each refusal has a name. Refuses to read numbers (kb.quantity), to know what is measured (ingest.measured)
and to judge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.language_parts import Parse
from ingest.measured import measure_cell, measure_figure, subject_before
from ingest.noun_phrases import counted_noun, extend_figure, singular
from ingest.qualifiers import find_qualifiers
from kb.names import find_models
from kb.types import Quantity, UnitKind

_ONE = re.compile(r"^(?:one|an?|single|a single|1|each|another)\b(?!\s*(?:in|of|out|to|\d))", re.I)
_NAME_REACH = 60  # characters before a number in which a model's name may begin
_SMALL = 12  # a text counts its own parts in small numbers
# What texts count of themselves or of thought at large; a count of it is a claim only about a named source.
_OWN = frozenset(
    "reason way thing point lesson takeaway question issue aspect sense kind sort type form piece side hand possibility option example "
    "instance idea argument theme observation conclusion caveat problem step part section chapter reading account interpretation "
    "disanalogy analogy tension lens perspective axis direction word sentence paragraph note finding essay thread angle shape sub-shape "
    "distinction discrimination component story headline item bullet role factor category level dimension loop concept hypothesis "
    "explanation insight claim view camp meaning column quadrant layer principle pillar theme challenge consideration approach element "
    "criterion clue hint phenomenon structure mechanism umbrella pattern link contribution shift priority failure driver sentence piece minute look order end place front fact world extreme".split()
)
_ALWAYS_OWN = frozenset(
    "section chapter paragraph note reading disanalogy lens essay thread sentence vault bullet headline tension takeaway".split()
)
_REFERRING = re.compile(
    r"\b(?:the|these|those|both|its|their|our|my|this|that|other|earlier|previous|first|last|next|all)\s+(?:[\w-]+\s+){0,1}$",
    re.I,
)
_TIME_BEFORE = re.compile(
    r"\b(?:past|last|next|coming|recent|previous|following|first|every|within|another)\s+(?:(?:roughly|about|few|couple of|some|around|approximately)\s+)?$",
    re.I,
)
_TIME_AFTER = re.compile(r"^\s+(?:ago|later|earlier|before|after|from now|since)\b", re.I)
_RANK_AFTER = re.compile(
    r"^[\s-](?:place|rank|position|percentile|largest|biggest|highest|lowest|smallest|most|best|worst|out of|of \d|quartile|decile)\b",
    re.I,
)
_RANK_BEFORE = re.compile(
    r"\b(?:rank(?:ed|s|ing)?|placed?|came|finish(?:ed|es)|position|top|bottom)\s+(?:(?:in|at|only|just)\s+)?$",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"^(?:(?:so|now|but|and|for example|say|because|like|yeah),?\s+)*(?:imagine|suppose|supposing|picture|assume|let[’']s say|say you|what if|pretend)\b"
    r"|\b(?:maybe|suppose|imagine|say|let[’']s say) (?:it|you|we|they|there|someone|I)\b|\b(?:or something|something like that|I don[’']t know,)"
    r"|^(?:so |but |and )?if (?:you|we|I|someone|a model)\b.{0,80}(?:[’']d\b|\b(?:would|could|had)\b)|\byou could have\b",
    re.I,
)
_ONCE_ENDS = re.compile(
    r"^\s*(?:$|[.,;:)\]—–]|(?:in|per|during|every|a|daily|and|but|out|for|with|when|while)\b)", re.I
)
_ONLY = re.compile(
    r"\b(?:only|just|at least|exactly|not even|no more than|fewer than|more than|less than|all but|every)\s*$",
    re.I,
)
_IDIOM_100 = re.compile(
    r"^\s+(?:accurate|sure|certain|safe|right|correct|rolled|reliable|guaranteed|true|confident|clear|real|serious|secure|honest)\b",
    re.I,
)
_AROUND_CLOCK = re.compile(r"(?<![\d/])(?:24/7|9/11|50/50|50[-–]50)(?![\d/%])")
_COMPOUND = re.compile(r"^(?:[a-z]+|\d+)-[a-z]+\b", re.I)
_REFLECTIVE = re.compile(
    r"\b(?:vault|essay|thread|lens|lenses|tradition|this (?:finding|section|post|article|entry|note)|the finding|reading)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that is a claim. Offsets are of the sentence's visible text; `start`/`end` take in the noun
    phrase counted, the quantity's own stay its own."""

    quantity: Quantity
    start: int
    end: int
    entity: str | None
    measured: str | None
    qualifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a figure's sentence stands in: `quoted` are stretches of words in marks that are no quotation of
    somebody (titles, examples, labels), `row`/`column` the labels of a table cell, `ascribed` whether
    somebody is said to say the sentence."""

    quoted: Sequence[tuple[int, int]] = ()
    literal: Sequence[tuple[int, int]] = ()
    row: str = ""
    column: str = ""
    ascribed: bool = False
    cell: bool = False
    lead: str = ""


def find_figures(
    text: str, quantities: Sequence[Quantity], parse: Parse | None, around: Surroundings
) -> tuple[Figure, ...]:
    """The figures of a sentence that evidence could decide, in text order."""
    if text.rstrip("\"'”’)»* ").endswith("?") or _HYPOTHETICAL.search(text) is not None:
        return ()
    figures = []
    for number, quantity in enumerate(quantities):
        if refuse_figure(text, quantity, around, parse) is not None:
            continue
        limit = quantities[number + 1].start if number + 1 < len(quantities) else len(text)
        start, end = extend_figure(text, quantity, parse, limit)
        thing: str | None = None
        measured: str | None = None
        if around.cell:
            noun = text[quantity.end : end].strip(" ,;()").removeprefix("of ")
            thing, measured = measure_cell(around.row, around.column, noun)
        elif parse is not None:
            thing, measured = measure_figure(parse, quantity, end)
            start = _start_of(parse, quantity, start, quantities[number - 1].end if number else 0)
        figures.append(
            Figure(
                quantity=quantity,
                start=start,
                end=end,
                entity=thing or around.lead.rstrip(" :.") or None,
                measured=measured,
                qualifiers=find_qualifiers(text, start, end),
            )
        )
    return tuple(figures)


def _start_of(parse: Parse, quantity: Quantity, start: int, floor: int) -> int:
    """A figure that is a subject's whole predicate takes the subject in: "the realism rate is 32.8%"."""
    subject = subject_before(parse, quantity.start)
    return start if subject is None or subject < floor else min(start, subject)


def refuse_figure(
    text: str, quantity: Quantity, around: Surroundings, parse: Parse | None = None
) -> str | None:
    """The name of the rule by which a quantity is no claim, None where it is one."""
    before, after = text[: quantity.start], text[quantity.end :]
    surface = quantity.surface.lower()
    kind = quantity.unit.kind
    if kind is UnitKind.DATE:
        return "date"
    if surface.startswith("zero-"):
        return "compound"  # zero-day
    if _inside(quantity, around.literal):
        return "code"
    if _inside(quantity, around.quoted):
        return "in_words_quoted"
    if _AROUND_CLOCK.search(text[max(0, quantity.start - 4) : quantity.end + 3]) is not None:
        return "idiom"
    if kind is UnitKind.RANK and not _is_rank(text, quantity):
        return "ordinal"
    if kind is UnitKind.PERCENT and surface.startswith("100") and _IDIOM_100.match(after):
        return "idiom"
    if surface == "once" and _ONCE_ENDS.match(after) is None:
        return "conjunction"
    if kind is UnitKind.DURATION and (_TIME_BEFORE.search(before) or _TIME_AFTER.match(after)):
        return "time_of_the_claim"
    if kind is UnitKind.PERCENT and quantity.unit.name == "confidence":
        return "confidence_level"  # the 95% of a 95% interval
    if kind is UnitKind.COUNT:
        return _refuse_count(text, quantity, around, parse)
    return None


def _refuse_count(text: str, quantity: Quantity, around: Surroundings, parse: Parse | None) -> str | None:
    before, after = text[: quantity.start], text[quantity.end :]
    if (
        quantity.low == quantity.high == 1
        and _ONE.match(quantity.surface) is not None
        and _ONLY.search(before) is None
    ):
        return "article"
    small = quantity.high is not None and quantity.high <= _SMALL
    if small and _COMPOUND.match(quantity.surface) is not None:
        return "compound"  # two-digit addition, three-way split
    if quantity.unit.name is None and _names_size(text, quantity):
        return "model_size"  # Llama 3 405B
    noun = counted_noun(text, quantity, parse)
    if not small:
        return None
    if noun is None:
        if around.cell or "respectively" in text:
            return None
        if _REFERRING.search(before) is not None:
            return "points_back"  # the three, all four
        if after.startswith(" of ") and _REFLECTIVE.search(text) is not None:
            return "own_part"  # three of the essay's arguments
        bare = after.lstrip()[:1] in ",.;:()" or not after.strip()
        return "no_referent" if bare and not around.lead else None
    single = singular(noun)
    if single in _ALWAYS_OWN:
        return "own_part"
    own = single in _OWN
    if own and (
        not around.ascribed or _REFERRING.search(before) is not None or _REFLECTIVE.search(text) is not None
    ):
        return "own_part"
    return None


def _names_size(text: str, quantity: Quantity) -> bool:
    """Whether a number is the last part of a model's name."""
    first = max(0, quantity.start - _NAME_REACH)
    start = quantity.start - first
    return any(
        name.end <= start <= name.end + 1 or name.start < start < name.end
        for name in find_models(text[first : quantity.end])
    )


def _inside(quantity: Quantity, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(low <= quantity.start and quantity.end <= high for low, high in stretches)


def _is_rank(text: str, quantity: Quantity) -> bool:
    if quantity.unit.name in ("percentile", "top_percent", "bottom_percent", "quartile", "decile"):
        return True
    if "%" in quantity.surface or "percent" in quantity.surface.lower():
        return True
    return (
        _RANK_AFTER.match(text[quantity.end :]) is not None
        or _RANK_BEFORE.search(text[: quantity.start]) is not None
        or re.search(r"\b(?:place|rank|percentile|top|number|no\.)\b", quantity.surface, re.I) is not None
    )
