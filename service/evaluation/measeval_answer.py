"""A reader's answer in MeasEval's manner: counts without their noun, dates too, a change from A to B as one span,
a list that writes its unit once as one, bounds as ranges.

Owns those conventions, all seen on the train split. Refuses to know the gold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.figures import Surroundings, find_figures
from ingest.language_parts import parse_sentences
from ingest.sentences import split_sentences
from kb.quantity import find_quantities
from kb.types import Aggregate, Modifier, UnitKind
from service.evaluation.measeval_score import ENTITY, PROPERTY, QUALIFIER, QUANTITY, Annotation
from service.evaluation.readers import ReadQuantity

ALSO_LABELLED = frozenset(("year", "date", "time_of_day", "dimensions", "coordinates"))
_TOLERANCE = re.compile(r"±|\+/-|\+/−|\bplus or minus\b")
_JOINED = re.compile(r"\s*(?:,|;|/|,?\s*(?:and|or|&))\s*(?:the\s)?\s*")
_BOUND_BEHIND = re.compile(
    r"\s*\bor (?:more|less|fewer|higher|lower|greater|older|younger|above|below|over|under)$"
)
_AGE = re.compile(r"(?<=[a-z])[\s-]?old$")
_DATES_JOINED = re.compile(r"\s*(?:to|–|—|-|and|until|through)\s*")
_CONDITION = re.compile(
    r"(?:when|if|unless|under|on|in|for|across|with|without|among|during|despite|after|before|against|while|by|via"
    r"|using|from|at|since|between|compared)\b",
    re.IGNORECASE,
)
_RESPECTIVELY = 200  # characters behind a list in which the word may stand


def annotate(text: str, quantities: Sequence[ReadQuantity]) -> list[Annotation]:
    """Quantities in the set's manner, one annotation set each."""
    found = []
    for group, one in enumerate(_join(text, quantities), start=1):
        found.append(
            Annotation(
                type=QUANTITY,
                group=group,
                id=f"Q{group}",
                start=one.start,
                end=one.end,
                text=text[one.start : one.end],
                unit=one.unit,
                mods=one.mods,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    start: int
    end: int
    unit: str
    mods: tuple[str, ...]
    last: ReadQuantity


def _join(text: str, quantities: Sequence[ReadQuantity]) -> Iterator[_Span]:
    """Spans of single quantities; a change's two ends, and a list that writes its unit once, become one."""
    pending: _Span | None = None
    for quantity in quantities:
        span = _span_of(text, quantity)
        if pending is None:
            pending = span
        elif quantity.change == "to" and pending.last.change == "from":
            start = pending.start - 5 if text[: pending.start].endswith("from ") else pending.start
            pending = replace(span, start=start, mods=_merge(pending.mods, span.mods, "IsRange"))
        elif _is_period(text, pending, span):
            start = _open_period(text, pending.start)
            pending = replace(span, start=start, mods=_merge(pending.mods, span.mods, "IsRange"))
        elif _is_list(text, pending, span):
            pending = replace(span, start=pending.start, mods=_merge(pending.mods, span.mods, "IsList"))
        else:
            yield pending
            pending = span
    if pending is not None:
        yield pending


def _is_period(text: str, one: _Span, other: _Span) -> bool:
    """Two dates that bound a stretch of time; "and" only behind "between"."""
    if not one.last.kind is other.last.kind is UnitKind.DATE:
        return False
    between = text[one.end : other.start]
    if _DATES_JOINED.fullmatch(between) is None:
        return False
    return between.strip() != "and" or _open_period(text, one.start) < one.start


def _open_period(text: str, start: int) -> int:
    """Where the words begin that open a stretch of time."""
    for words in ("between ", "from "):
        if text[:start].lower().endswith(words):
            return start - len(words)
    return start


def _is_list(text: str, one: _Span, other: _Span) -> bool:
    same = (one.last.kind, one.last.name) == (other.last.kind, other.last.name)
    shared = not one.unit and bool(other.unit) and one.last.kind is not UnitKind.COUNT
    if "respectively" in text[other.end : other.end + _RESPECTIVELY]:
        return False  # two quantities of two things
    return same and shared and _JOINED.fullmatch(text[one.end : other.start]) is not None


def _merge(one: tuple[str, ...], other: tuple[str, ...], mod: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other, mod)))


def _span_of(text: str, quantity: ReadQuantity) -> _Span:
    """The span without the noun that a count counts."""
    counts = quantity.kind in (UnitKind.COUNT, UnitKind.RATIO)
    end = quantity.number[1] if counts else quantity.end
    return _Span(
        start=quantity.start,
        end=end,
        unit="" if counts or quantity.kind is UnitKind.DATE else _written_unit(text, quantity),
        mods=_modifiers(text[quantity.start : end], quantity),
        last=quantity,
    )


def _written_unit(text: str, quantity: ReadQuantity) -> str:
    """The unit as written behind the numeral, without the words of a bound; money's sign may stand before it."""
    after = text[quantity.number[1] : quantity.end].strip(" -‐‑–()").removeprefix("of ")
    after = _BOUND_BEHIND.sub("", after)
    after = _AGE.sub("", after)
    if after or quantity.kind is not UnitKind.CURRENCY:
        return after
    return text[quantity.start : quantity.number[0]].strip(" -‐‑–()~∼≈<>≤≥±").rpartition(" ")[2]


def _modifiers(surface: str, quantity: ReadQuantity) -> tuple[str, ...]:
    mods = []
    if quantity.kind is UnitKind.COUNT and quantity.modifier is not Modifier.RANGE:
        mods.append("IsCount")
    if quantity.modifier is Modifier.APPROX or quantity.hedged:
        mods.append("IsApproximate")
    if quantity.modifier in (Modifier.RANGE, Modifier.AT_LEAST, Modifier.AT_MOST):
        mods.append("IsRange")
    if quantity.aggregate is Aggregate.AVERAGE:
        mods.append("IsMean")
    if quantity.aggregate is Aggregate.MEDIAN:
        mods.append("IsMedian")
    if _TOLERANCE.search(surface) is not None:
        mods.append("HasTolerance")
    return tuple(mods)


def annotate_measured(text: str, quantities: Sequence[Annotation]) -> list[Annotation]:
    """What our reader says is measured at each of the quantities: entity, property, qualifiers."""
    found: list[Annotation] = []
    sentences = split_sentences(text)
    read = [find_quantities(text[low:high]) for low, high in sentences]
    wanted = [number for number, inside in enumerate(read) if inside]
    parses = parse_sentences([text[slice(*sentences[number])] for number in wanted])
    for number, parse in zip(wanted, parses, strict=True):
        low, high = sentences[number]
        around = Surroundings(ascribed=True)
        for figure in find_figures(text[low:high], read[number], parse, around):
            at = (low + figure.quantity.start, low + figure.quantity.end)
            group = next((q.group for q in quantities if q.start < at[1] and at[0] < q.end), None)
            if group is None or any(a.group == group for a in found):
                continue
            found += _place(text, (low, high), at, group, figure.entity, figure.measured, figure.qualifiers)
    return found


def _place(
    text: str,
    sentence: tuple[int, int],
    at: tuple[int, int],
    group: int,
    thing: str | None,
    measured: str | None,
    qualifiers: Sequence[str],
) -> Iterator[Annotation]:
    """The words found for a quantity, where they stand in its sentence; words that don't stand there are left."""
    property_span = _nearest(text, sentence, at, measured)
    entity_span = _nearest(text, sentence, at, thing)
    quantity = f"Q{group}"
    if property_span is not None:
        yield _annotation(text, PROPERTY, group, f"P{group}", property_span, ("HasQuantity", quantity))
    if entity_span is not None:
        relation = ("HasQuantity", quantity) if property_span is None else ("HasProperty", f"P{group}")
        yield _annotation(text, ENTITY, group, f"E{group}", entity_span, relation)
    # Scope words and models that narrow a claim aren't this set's qualifiers; it has one for a quantity at most.
    condition = next((words for words in qualifiers if _CONDITION.match(words) is not None), None)
    span = _nearest(text, sentence, at, condition)
    if span is not None and span not in (property_span, entity_span):
        yield _annotation(text, QUALIFIER, group, f"L{group}", span, ("Qualifies", quantity))


def _annotation(
    text: str, kind: str, group: int, name: str, span: tuple[int, int], relation: tuple[str, str]
) -> Annotation:
    return Annotation(
        type=kind,
        group=group,
        id=name,
        start=span[0],
        end=span[1],
        text=text[slice(*span)],
        relation=relation,
    )


def _nearest(
    text: str, sentence: tuple[int, int], at: tuple[int, int], words: str | None
) -> tuple[int, int] | None:
    """Where the words stand in the sentence, nearest to the quantity."""
    if not words:
        return None
    found = []
    start = text.find(words, *sentence)
    while start >= 0:
        found.append((start, start + len(words)))
        start = text.find(words, start + 1, sentence[1])
    return min(found, key=lambda s: (max(at[0] - s[1], s[0] - at[1], 0), s[0]), default=None)
