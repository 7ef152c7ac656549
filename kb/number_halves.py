"""Fractions that depend on what follows: "a quarter of", "half the users", "half an hour", "the first half".

Knows nothing of numerators other than one (kb.number_spelling).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_arithmetic import divide
from kb.number_atoms import MULTIPLE, Atom, word_atom
from kb.number_tokens import Token
from kb.number_units import apply_unit, finish_fraction
from kb.numerals import DENOMINATORS, SCALES, Numeral
from kb.types import UnitKind
from kb.units import match_unit


def read_article_fraction(tokens: Sequence[Token], index: int) -> Atom | None:
    """ "a quarter (of)", "a third of", "half of", "half the"; None where it is no fraction."""
    low = tokens[index].low
    at = index + 1 if low in ("a", "an") else index
    if at >= len(tokens) or (at > index and tokens[at].barrier):
        return None
    word = tokens[at].low
    if word not in DENOMINATORS or (word in ("halves", "fourth") and at == index):
        return None
    after = tokens[at + 1] if at + 1 < len(tokens) and not tokens[at + 1].barrier else None
    following = after.low if after is not None else ""
    before = tokens[index - 1].low if index and not tokens[index].barrier else ""
    article = at > index
    if word == "half":
        if not _half_counts(tokens, index, at, before, following, article=article):
            return _maybe_half_unit(tokens, index, at)
    elif not article:
        return None
    elif following == "of":
        beyond = tokens[at + 2].low if at + 2 < len(tokens) else ""
        if word == "quarter" and beyond in ("2", "growth"):
            return None
    elif word == "quarter":
        if following == "to" and at + 2 < len(tokens) and tokens[at + 2].low in ("a", "one", "half"):
            pass
        elif following in (
            "century",
            "hour",
            "mile",
            "million",
            "billion",
            "pound",
            "final",
            "finals",
            "back",
            "past",
            "to",
        ):
            return fraction_of_unit(tokens, index, at, Decimal(1), Decimal(4))
        elif before in ("each", "per", "last", "this", "for") or following in (
            "earlier",
            "later",
            "ago",
            "ended",
            "when",
        ):
            return None
    elif not (after is None or after.text in ".,;:)—–" or following in (
        "fewer", "more", "less", "as", "lower", "higher", "to", "compared", "and", "or", "said", "were", "are"
    )):  # fmt: skip
        return None
    if following == "as":
        beyond = tokens[at + 2].low if at + 2 < len(tokens) else ""
        if beyond in (
            "many",
            "much",
            "likely",
            "often",
            "long",
            "large",
            "big",
            "fast",
            "high",
            "good",
            "well",
            "far",
        ):
            atom = word_atom(index, at + 1, divide(Decimal(1), Decimal(DENOMINATORS[word])))
            atom.unit = MULTIPLE  # "half as likely"
            return atom
    numeral = Numeral(index, at + 1, Decimal(1), None, "fraction", base=Decimal(DENOMINATORS[word]))
    return finish_fraction(tokens, numeral)


def _half_counts(
    tokens: Sequence[Token], index: int, at: int, before: str, following: str, *, article: bool
) -> bool:
    if tokens[at].glued and tokens[at - 1].text == "-" if at else False:
        return False
    if following in ("-", "life", "time", "way", "hour", "dozen", "a", "an", "million", "century", "mile", "staff", "day",
                     "year", "marathon", "baked", "hearted"):  # fmt: skip
        return False
    if before in ("first", "second", "other", "latter", "later", "back", "top", "bottom", "better", "one", "final", "this",
                  "and", "upper", "lower", "each", "either", "last", "next"):  # fmt: skip
        return before == "and" and following == "of"
    if following in ("of", "the", "its", "their", "those", "as", "these", "that", "our", "all", "his", "her"):
        return True
    return before in ("than", "by", "about", "roughly", "nearly", "almost", "over", "under", "least", "only", "to",
                      "approximately", "around", "below", "above", "in", "just")  # fmt: skip


def _maybe_half_unit(tokens: Sequence[Token], index: int, at: int) -> Atom | None:
    """ "half an hour", "a half mile", "half-century"."""
    stop = at + 1
    if stop < len(tokens) and (
        tokens[stop].low in ("a", "an") or (tokens[stop].text == "-" and tokens[stop].glued)
    ):
        stop += 1
    if stop >= len(tokens) or tokens[stop].barrier or stop == at + 1:
        return None
    unit = match_unit(tokens, stop, glued=False)
    if unit is None or unit.unit.kind not in (UnitKind.DURATION, UnitKind.OTHER, UnitKind.PERCENT,
                                              UnitKind.PERCENTAGE_POINT):  # fmt: skip
        return None
    atom = word_atom(index, unit.stop, Decimal("0.5"))
    atom.unit = unit.unit
    atom.number_stop = at + 1
    return atom


def fraction_of_unit(
    tokens: Sequence[Token], index: int, at: int, numerator: Decimal, denominator: Decimal
) -> Atom | None:
    word = tokens[at + 1].low
    value = divide(numerator, denominator)
    if word in SCALES:
        atom = word_atom(index, at + 2, value.scaleb(SCALES[word]))
        apply_unit(tokens, atom)
        return atom
    unit = match_unit(tokens, at + 1, glued=False)
    if unit is None:
        return None
    atom = word_atom(index, unit.stop, value)
    atom.unit = unit.unit
    atom.number_stop = at + 1
    return atom
