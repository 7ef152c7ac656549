"""Reads the quantities of a text, and says of every other number why it is none.

Owns the public reader: find_quantities, read_numbers, parse_quantity, and format_quantity (written in
kb.quantity_text). The grammar is in kb.number_*, units in kb.units. Refuses to know what is measured: that
is the claim's business.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kb.number_aggregates import find_aggregate
from kb.number_arithmetic import shift
from kb.number_atoms import COUNT, TIMES, Atom
from kb.number_change import COMPARATIVES, direction_of, find_change
from kb.number_compounds import join_listed_parts
from kb.number_context import find_markup, find_masks
from kb.number_cues import CuePhrase, find_after, find_before, take_degree
from kb.number_grammar import read_atoms
from kb.number_phrases import join_atoms
from kb.number_readings import NumberReading, join_bounds, share_aggregate, share_direction, share_hedge
from kb.number_scales import name_scale
from kb.number_sharing import fill_nouns
from kb.number_tokens import Folded, Token, fold, tokenize
from kb.quantity_text import read_exact, write_exact, write_words
from kb.types import Aggregate, Modifier, Quantity, Relation, Unit, UnitKind

__all__ = [
    "NumberReading",
    "carry_bases",
    "find_quantities",
    "format_quantity",
    "parse_quantity",
    "read_numbers",
]


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text, in order, not overlapping; text[q.start:q.end] == q.surface. Two numbers
    in a list may make one quantity ("24 hours, 39 minutes")."""
    found = (reading.quantity for reading in read_numbers(text) if reading.quantity is not None)
    return join_listed_parts(text, found)


def read_numbers(text: str) -> tuple[NumberReading, ...]:
    """Every number of a text in order, not overlapping: quantities, and what only looks like one."""
    folded = fold(text)
    tokens = tokenize(folded.text, find_masks(folded.text), find_markup(folded.text))
    atoms = join_atoms(tokens, read_atoms(tokens, folded.text))
    number_tokens = [at for atom in atoms if atom.live for at in range(atom.start_number, atom.number_stop)]
    readings: list[NumberReading] = []
    last_end = 0
    for atom in atoms:
        reading = _read(folded, tokens, atom, number_tokens)
        if reading is None:
            continue
        if reading.start < last_end:
            continue
        if reading.change == "to" and readings:
            reading = share_aggregate(readings[-1], reading)
        elif readings and text[last_end : reading.start].strip(" ,") in ("and", "or", "&", "but", ""):
            between = join_bounds(text, readings[-1], reading)
            if between is not None:
                readings[-1] = between
                last_end = between.end
                continue
            reading = share_direction(text, readings[-1], share_hedge(readings[-1], reading))
        readings.append(reading)
        last_end = reading.end
    return tuple(readings)


def carry_bases(before: Sequence[Quantity], found: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The quantities of a sentence, where "seven times" or "once" follows a sentence with "12 times in 100
    runs": such counts are of the same N. For callers that read a paragraph sentence by sentence;
    read_numbers does it inside one text."""
    base = next((one for one in reversed(before) if one.base is not None), None)
    if base is None or not _TIMES_WORD.search(base.surface):
        return tuple(found)
    carried: list[Quantity] = []
    for quantity in found:
        if quantity.base is not None:
            break  # a base of its own begins anew
        fits = quantity.low is not None and base.base is not None and quantity.low <= base.base
        if quantity.unit == TIMES and quantity.modifier is Modifier.EXACT and fits:
            quantity = replace(quantity, base=base.base, unit=base.unit)
        carried.append(quantity)
    return (*carried, *found[len(carried) :])


_TIMES_WORD = re.compile(r"\b(?:times|once|twice)\b")


def _read(
    folded: Folded, tokens: Sequence[Token], atom: Atom, number_tokens: Sequence[int]
) -> NumberReading | None:
    if not atom.live:
        start, end = folded.origin(tokens[atom.first].start, tokens[max(atom.first, atom.stop - 1)].end)
        surface = folded.original[start:end]
        return NumberReading(
            start=start, end=end, surface=surface, quantity=None, why=atom.why or "", number=(start, end)
        )
    fill_nouns(tokens, atom)
    bounds, first = _collect_before(tokens, atom)
    first, stop = name_scale(tokens, atom, first)
    after = list(atom.after)
    if not after:
        late = find_after(tokens, stop)
        if late is not None:
            after.append(late)
            stop = late.stop
    unit = atom.unit or _bare_unit(atom)
    modifier, strict, hedge = _weigh_cues(tokens, atom, bounds, after)
    relation, direction = _relate(tokens, atom, unit, first, stop)
    aggregate = find_aggregate(
        tokens, first, stop, _nearby(number_tokens, first, stop), counted=_is_counted(atom)
    )
    low, high = _bound_values(atom, modifier)
    start, end = folded.origin(tokens[first].start, tokens[stop - 1].end)
    quantity = Quantity(
        surface=folded.original[start:end],
        start=start,
        end=end,
        low=low,
        high=high,
        unit=_final_unit(unit),
        modifier=modifier,
        aggregate=aggregate,
        relation=relation,
        base=atom.base,
        decimals=atom.decimals,
        strict=strict,
        hedge=hedge,
    )
    return NumberReading(
        start=start,
        end=end,
        surface=quantity.surface,
        quantity=quantity,
        why=unit.kind.value,
        number=folded.origin(tokens[atom.start_number].start, tokens[atom.number_stop - 1].end),
        direction=direction,
        change=atom.change,
        cues=_list_cues(tokens, bounds, after, aggregate, relation, direction),
    )


_WINDOW = 24


def _nearby(number_tokens: Sequence[int], first: int, stop: int) -> list[int]:
    begin = bisect_left(number_tokens, first - _WINDOW)
    end = bisect_left(number_tokens, stop + _WINDOW)
    return [at for at in number_tokens[begin:end] if not first <= at < stop]


def _is_counted(atom: Atom) -> bool:
    """Whether a preposition parts the number from an average before it ("the highest rate in 50 years")."""
    return atom.noun or (atom.unit is not None and atom.unit.kind is UnitKind.DURATION)


def _collect_before(tokens: Sequence[Token], atom: Atom) -> tuple[list[CuePhrase], int]:
    """Bounds and hedges right before the number, nearest first, and the first token of them all."""
    found: list[CuePhrase] = []
    first = atom.first
    ranked = atom.unit is not None and atom.unit.kind is UnitKind.RANK
    if ranked and first > 1 and tokens[first - 1].low == "the" and not tokens[first].barrier:
        phrase = find_before(tokens, first - 1)  # "below the 69th percentile"
        first = first if phrase is None else first - 1
    for _ in range(3):
        phrase = find_before(tokens, first)
        if phrase is None:
            break
        if _is_false_cue(tokens, atom, phrase):
            break
        found.append(phrase)
        first = (
            take_degree(tokens, phrase.first) if phrase.cue.modifier is not Modifier.APPROX else phrase.first
        )
    inner = _inner_hedges(tokens, atom)
    return found + inner, first


def _inner_hedges(tokens: Sequence[Token], atom: Atom) -> list[CuePhrase]:
    """A hedge inside a range: "between roughly 5 and 10", "from about 5 to 10"."""
    if not atom.is_range or atom.first >= atom.start_number:
        return []
    phrase = find_before(tokens, atom.start_number)
    return [phrase] if phrase is not None and phrase.first >= atom.first else []


_DURING = frozenset("for of took takes take taking last lasted lasting spent just well slightly with is was were by to "
                    "and in are that had be been being than far little bit worth the".split())  # fmt: skip


def _is_false_cue(tokens: Sequence[Token], atom: Atom, phrase: CuePhrase) -> bool:
    """ "over three years" is a span of time, not more than three; "within two papers" is a place."""
    words = phrase.words(tokens)
    before = tokens[phrase.first - 1].low if phrase.first and not tokens[phrase.first].barrier else ""
    kind = atom.unit.kind if atom.unit is not None else None
    if words == "over" and kind is UnitKind.DURATION:
        return before not in _DURING
    if words == "within":
        return kind in (None, UnitKind.COUNT, UnitKind.RATIO)
    if words == "about" and atom.noun and before in ("paper", "papers", "talk", "think", "thinking", "story", "information",
                                                     "questions", "question", "article", "claims", "worried"):  # fmt: skip
        return True
    if (
        words in ("above", "below", "beyond", "near", "under")
        and atom.noun
        and atom.low <= 3
        and atom.form == "words"
    ):
        return True
    if words in ("min", "max") and kind is None:
        return True
    return words == "some" and atom.low == 1


def _bare_unit(atom: Atom) -> Unit:
    if atom.base is not None:
        return Unit(kind=UnitKind.RATIO)
    if atom.decimals is not None and atom.decimals > 0:
        return Unit(kind=UnitKind.SCORE)
    return COUNT


def _final_unit(unit: Unit) -> Unit:
    if unit.kind is UnitKind.MULTIPLE and unit.name == "orders":
        return Unit(kind=UnitKind.MULTIPLE)
    return unit


def _weigh_cues(
    tokens: Sequence[Token], atom: Atom, before: list[CuePhrase], after: list[CuePhrase]
) -> tuple[Modifier, bool, str | None]:
    """One modifier from all cues: a bound beats a hedge, a range beats both; hedges are kept as written."""
    hedges = [cue for cue in (*reversed(before), *after) if cue.cue.modifier is Modifier.APPROX]
    hedge = " ".join(cue.words(tokens).replace(" .", ".") for cue in hedges) or None
    if atom.is_range:
        return Modifier.RANGE, False, hedge
    bounds = [cue for cue in (*before, *after) if cue.cue.modifier is not Modifier.APPROX]
    if atom.vague and not bounds:
        return Modifier.AT_LEAST, False, hedge or tokens[atom.start_number].low
    if bounds:
        cue = bounds[0].cue
        return cue.modifier, cue.strict, hedge
    if hedges or tokens[atom.number_stop - 1].low == "couple":
        return Modifier.APPROX, False, hedge or "a couple"
    return Modifier.EXACT, False, None


def _bound_values(atom: Atom, modifier: Modifier) -> tuple[Decimal | None, Decimal | None]:
    low, high = atom.low, atom.high
    if atom.unit is not None and atom.unit.kind is UnitKind.MULTIPLE and atom.unit.name == "orders":
        low, high = shift(Decimal(1), int(low)), shift(Decimal(1), int(high))
        atom.decimals = None
    if modifier is Modifier.AT_LEAST:
        return low, None
    if modifier is Modifier.AT_MOST:
        return None, high
    return low, high


def _relate(
    tokens: Sequence[Token], atom: Atom, unit: Unit, first: int, stop: int
) -> tuple[Relation, str | None]:
    share = unit.kind in (UnitKind.PERCENT, UnitKind.PERCENTAGE_POINT, UnitKind.BASIS_POINT)
    change = find_change(tokens, first, stop, share=share)
    direction = change.direction if change is not None else None
    if unit.kind is UnitKind.MULTIPLE:
        word = tokens[atom.start_number].low
        return Relation.MULTIPLE, direction or ("down" if word.startswith("halv") else None)
    if unit.kind in (UnitKind.PERCENTAGE_POINT, UnitKind.BASIS_POINT):
        return Relation.CHANGE_POINTS, direction
    if atom.change is not None or change is None or change.kind == "to":
        return Relation.LEVEL, direction if change is not None and change.kind == "to" else None
    if unit.kind is UnitKind.PERCENT and unit.name not in ("confidence", "confidence_interval"):
        return Relation.CHANGE_RELATIVE, direction
    if unit.kind is UnitKind.RATIO and direction is not None:
        before = tokens[first - 1].low if first else ""
        after = tokens[stop].low if stop < len(tokens) else ""
        if before in ("by", "in") or direction_of(after) or after in COMPARATIVES:
            return Relation.CHANGE_RELATIVE, direction
        return Relation.LEVEL, direction
    return Relation.LEVEL, direction


def _list_cues(
    tokens: Sequence[Token],
    before: list[CuePhrase],
    after: list[CuePhrase],
    aggregate: Aggregate,
    relation: Relation,
    direction: str | None,
) -> tuple[tuple[str, str], ...]:
    cues = [
        ("hedge" if cue.cue.modifier is Modifier.APPROX else "bound", cue.words(tokens))
        for cue in (*reversed(before), *after)
    ]
    if aggregate is not Aggregate.NONE:
        cues.append(("aggregate", aggregate.value))
    if relation is not Relation.LEVEL:
        cues.append(("relation", relation.value))
    if direction is not None:
        cues.append(("direction", direction))
    return tuple(cues)


def parse_quantity(text: str) -> Quantity:
    """The one quantity that a short text states ("roughly 25%", "79 of 100 runs"), or that
    format_quantity wrote.

    Raises ValueError where it holds none, or more than one.
    """
    if text.lstrip().startswith("{"):
        return read_exact(text)
    found = find_quantities(text)
    if len(found) != 1:
        shown = text if len(text) <= 80 else text[:77] + "..."
        what = "none" if not found else ", ".join(repr(quantity.surface) for quantity in found[:5])
        raise ValueError(f"expected one quantity in {shown!r}, found {what}")
    return found[0]


def format_quantity(quantity: Quantity) -> str:
    """A quantity in plain words where they read back as it, else in an exact notation: parse_quantity
    reads both, up to surface and offsets."""
    try:
        words = write_words(quantity)
        if _is_same(parse_quantity(words), quantity):
            return words
    except ValueError:
        pass
    return write_exact(quantity)


def _is_same(one: Quantity, other: Quantity) -> bool:
    return replace(one, surface="", start=0, end=0) == replace(other, surface="", start=0, end=0)
