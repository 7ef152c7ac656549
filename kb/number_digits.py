"""Reads a number in digits: its value, sign, currency and unit, or the rule by which it counts nothing.

Owns the order in which the rejecting rules (kb.number_glue, kb.number_labels, kb.number_years) are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_atoms import Atom, atom_of, rejected
from kb.number_compounds import take_uncertainty
from kb.number_cues import find_before
from kb.number_glue import glued_after, glued_before, is_lettered_label, is_ordinal_rank
from kb.number_labels import (
    continues_label,
    is_generation,
    is_heading_number,
    is_list_index,
    is_numbered_list,
    named_before,
)
from kb.number_money import scaled_money_before
from kb.number_spelling import read_fraction
from kb.number_tokens import NUM, WORD, Token
from kb.number_units import add_money_rate, apply_minus_word, apply_sign, apply_unit, finish_fraction
from kb.number_years import find_year
from kb.numerals import MAX_DIGITS, Numeral, read_digits, read_run
from kb.types import Unit, UnitKind
from kb.units import match_currency_before

_IDIOMS = frozenset((("24", "7"), ("9", "11"), ("50", "50"), ("7", "24"), ("80", "20")))


def read_digit_atom(tokens: Sequence[Token], index: int, text: str, previous: Atom | None) -> Atom:
    token = tokens[index]
    glued = glued_before(tokens, index)
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    lettered = after is not None and after.glued and after.kind == WORD and len(after.text) == 1
    if lettered and is_lettered_label(tokens, index):
        return rejected(index, index + 2, "label_number")
    if glued is not None and not _is_money_code(tokens, index):
        return rejected(index, index + 1, glued)
    if len(token.text) > MAX_DIGITS:
        return rejected(index, index + 1, "id")
    if read_run(token.text) is None:
        return rejected(index, index + 1, "section_number" if tokens[index].line else "version")
    scaled = scaled_money_before(tokens, index)
    money = match_currency_before(tokens, index) if scaled is None else (scaled[0], index - 1)
    if (
        money is None
        and index > 1
        and tokens[index - 1].text in "-−"
        and tokens[index - 1].glued
        and token.glued
    ):
        money = match_currency_before(tokens, index - 1)
        if money is not None:
            atom = _read_money_below_zero(tokens, index, money)
            if atom is not None:
                return atom
            money = None
    if money is not None and _is_mathematics(tokens, index):
        money = None
    numeral = None if money else _read_fraction_in_digits(tokens, index)
    if numeral is not None and numeral.base is not None:
        reason = _refuse_slash(tokens, numeral)
        if reason:
            return rejected(index, numeral.stop, reason)
        atom = finish_fraction(tokens, numeral)
        apply_sign(tokens, atom)
        return atom
    if money is None and _is_idiom(tokens, index):
        return rejected(index, index + 3, "idiom")
    numeral = read_digits(tokens, index, money=money is not None)
    if numeral is None:
        return rejected(index, index + 1, "version")
    atom = atom_of(numeral)
    _apply_leading_point(tokens, atom, text)
    apply_sign(tokens, atom)
    apply_minus_word(tokens, atom)
    if money is not None and scaled is not None:
        atom.raise_by(scaled[1])
    if money is not None:
        atom.unit, atom.first = money[0], money[1]
        apply_sign(tokens, atom)
        add_money_rate(tokens, atom)
        return atom
    take_uncertainty(tokens, atom)
    apply_unit(tokens, atom)
    why = _refuse_digits(tokens, atom, numeral, text, previous)
    if why is not None:
        stop = {
            "identifier": index + 1,
            "slash_pair": numeral.stop + 2,
            "ratio_notation": numeral.stop + 2,
        }.get(why, numeral.stop)
        return rejected(index, stop, why)
    if atom.comma and atom.unit is None and token.text[0] != "0":
        return rejected(index, numeral.stop, "ambiguous_comma")
    return atom


def _read_money_below_zero(tokens: Sequence[Token], index: int, money: tuple[Unit, int]) -> Atom | None:
    """ "$-50.8bn"."""
    numeral = read_digits(tokens, index, money=True)
    if numeral is None:
        return None
    atom = atom_of(numeral)
    atom.low = atom.high = -atom.low
    atom.unit, atom.first = money[0], money[1]
    add_money_rate(tokens, atom)
    return atom


def _is_money_code(tokens: Sequence[Token], index: int) -> bool:
    if tokens[index - 1].kind != WORD:
        return False
    return match_currency_before(tokens, index) is not None or scaled_money_before(tokens, index) is not None


def _is_mathematics(tokens: Sequence[Token], index: int) -> bool:
    """ "$10^{25}$", "$0.5$": the dollar sign opens a formula that the next dollar sign closes."""
    if tokens[index - 1].text != "$":
        return False
    for at in range(index + 1, min(index + 9, len(tokens))):
        if tokens[at].text == "$":
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            return tokens[at].glued and not (after is not None and after.kind == NUM and after.glued)
        if not tokens[at].glued and tokens[at].text not in "+-=<>×^{}":
            return False
    return False


def _read_fraction_in_digits(tokens: Sequence[Token], index: int) -> Numeral | None:
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return read_fraction(tokens, index) if following is not None and following.text == "/" else None


def _is_idiom(tokens: Sequence[Token], index: int) -> bool:
    """ "24/7", "50/50"."""
    if index + 2 >= len(tokens) or tokens[index + 1].text != "/" or not tokens[index + 2].glued:
        return False
    return (tokens[index].text, tokens[index + 2].text) in _IDIOMS


def _refuse_slash(tokens: Sequence[Token], numeral: Numeral) -> str | None:
    above, below = tokens[numeral.first].text, tokens[numeral.first + 2].text
    if (above, below) in _IDIOMS:
        return "idiom"
    if all(len(run) == 4 and run.isdigit() and 1900 <= int(run) < 2100 for run in (above, below)):
        return "year"
    return None


def _apply_leading_point(tokens: Sequence[Token], atom: Atom, text: str) -> None:
    """ ".83" is 0.83 where nothing but white space or an opening sign stands before the point."""
    if atom.first == 0 or not tokens[atom.first].glued or tokens[atom.first - 1].text != ".":
        return
    point = tokens[atom.first - 1]
    if point.glued and atom.first > 1 and tokens[atom.first - 2].text not in ("(", "[", "=", "<", ">", "~", "≤", "≥",
                                                                              "-", "–", "−", "+", "$", "±", "|", "/"):  # fmt: skip
        return
    digits = tokens[atom.first].text
    if not digits.isdigit() or atom.number_stop != atom.first + 1:
        return
    atom.low = atom.high = Decimal(f"0.{digits}")
    atom.decimals = len(digits)
    atom.first -= 1
    atom.plain = False


def _refuse_digits(
    tokens: Sequence[Token], atom: Atom, numeral: Numeral, text: str, previous: Atom | None
) -> str | None:
    """Why a number in digits counts nothing; None where it does."""
    if atom.unit is None or atom.noun:
        glued = glued_after(tokens, numeral)
        if glued == "ordinal" and is_ordinal_rank(tokens, numeral.stop):
            return _as_percentile(tokens, atom)
        if glued is not None:
            return glued
    index = numeral.first
    real_unit = atom.unit is not None and not atom.noun and not atom.guessed
    text_of = tokens[index].text
    if text_of[0] == "0" and len(text_of) > 1 and text_of.isdigit() and not real_unit and atom.first == index:
        return "id"
    after = tokens[numeral.stop] if numeral.stop < len(tokens) else None
    if after is not None and after.text == "=" and not after.glued and numeral.plain and not after.barrier:
        return "label_number"
    if not real_unit and is_list_index(tokens, index, numeral):
        return "list_index"
    counted = tokens[max(atom.stop, atom.number_stop) - 1].text if atom.noun else None
    if not real_unit and is_heading_number(tokens, index, numeral, text, noun=counted):
        return "section_number"
    if real_unit and not _is_lone_symbol(tokens, atom):
        strong = None
    else:
        told = atom.unit is not None and (atom.sure or not atom.noun)
        noun = tokens[max(atom.stop, atom.number_stop) - 1].text if told else None
        strong = named_before(tokens, index, numeral, noun=noun)
    if strong is not None:
        return strong
    if real_unit and not _is_year_label(tokens, atom):
        return None
    if is_generation(tokens, numeral):
        return "model_name"
    sized = previous is not None and previous.why == "model_name" and previous.stop == index and not atom.noun
    if sized and numeral.exponent and tokens[numeral.stop - 1].text in "BMT":
        return "model_name"  # "Llama 3 405B"
    if not atom.sure and is_numbered_list(tokens, index, numeral):
        return "label_number"
    spreads = previous is not None and previous.why in _SPREADING and not _has_near_noun(tokens, atom)
    if previous is not None and spreads and continues_label(tokens, previous.stop, index):
        return previous.why
    hedged = find_before(tokens, atom.first) is not None
    close_noun = _close_noun(tokens, atom)
    year = find_year(tokens, index, numeral, noun=close_noun, hedged=hedged)
    if year is not None:
        return year
    if _is_address(tokens, numeral.stop):
        return "address"
    return None


_SPREADING = frozenset(("label_number", "section_number", "model_name", "version", "year", "citation_year"))


def _is_year_label(tokens: Sequence[Token], atom: Atom) -> bool:
    """ "Our 2025 Year in Review": no two thousand years."""
    word = tokens[atom.number_stop]
    return word.low == "year" and word.text[:1].isupper() and len(tokens[atom.start_number].text) == 4


def _is_lone_symbol(tokens: Sequence[Token], atom: Atom) -> bool:
    """A one-letter unit ("3 J", "5s"), which after a name or a label is a letter of it."""
    last = tokens[atom.stop - 1]
    return atom.number_stop < atom.stop <= atom.number_stop + 2 and len(last.text) == 1 and last.kind == WORD


def _has_near_noun(tokens: Sequence[Token], atom: Atom) -> bool:
    """A counted noun that isn't a clause of its own ("phases 5 and 7 providing baseline measures")."""
    if not atom.sure:
        return False
    after = tokens[atom.number_stop]
    return not after.low.endswith("ing")


def _close_noun(tokens: Sequence[Token], atom: Atom) -> str | None:
    if not atom.noun or atom.unit is None:
        return None
    # the counted noun of a year-like number must be right behind it, in lower case
    after = tokens[atom.number_stop]
    return atom.unit.name if atom.stop == atom.number_stop + 1 and after.text.islower() else None


_STREETS = frozenset("street st avenue ave road rd boulevard blvd lane drive square broadway".split())


def _is_address(tokens: Sequence[Token], stop: int) -> bool:
    for at in range(stop, min(stop + 4, len(tokens))):
        if tokens[at].kind != WORD or not tokens[at].text[:1].isupper() or tokens[at].barrier:
            return False
        if at > stop and tokens[at].low in _STREETS:
            return True
    return False


def _as_percentile(tokens: Sequence[Token], atom: Atom) -> str | None:
    at = atom.number_stop + 1
    if tokens[at].text == "-":
        at += 1
    atom.unit = Unit(kind=UnitKind.RANK, name=tokens[at].low.removesuffix("s"))
    atom.stop = at + 1
    atom.noun = False
    return None
