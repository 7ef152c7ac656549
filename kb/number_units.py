"""Gives a number its unit, its counted noun, or the reading of "times" and "points" after it.

Works on atoms and tokens. Knows nothing of what stands before the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_arithmetic import divide, shift
from kb.number_atoms import MULTIPLE, RATIO, TIMES, Atom, atom_of
from kb.number_cues import find_after
from kb.number_money import scale_money
from kb.number_nouns import NUMBER_ADJECTIVES, find_noun
from kb.number_tokens import MASK, NUM, SUP, WORD, Token
from kb.numerals import Numeral
from kb.types import Unit, UnitKind
from kb.unit_names import BARE_POINTS, CURRENCY_SIGNS, WORD_UNITS
from kb.units import match_rate, match_unit

_TERMS = frozenset(
    "shot sum way sided sided dimensional dim hop hot day-old off time tailed class order person-shooter click fits size "
    "stop liner word based d hand handed party to on up digit level levels tier pronged factor body tail fer man bedroom "
    "star storey story star dimension speed cylinder door bed".split()
)


def apply_sign(tokens: Sequence[Token], atom: Atom) -> None:
    index = atom.first
    if index == 0 or not tokens[index].glued:
        return
    sign = tokens[index - 1]
    if sign.text not in ("-", "−", "+", "–"):
        return
    if index > 1 and sign.text == "-" and sign.glued and tokens[index - 2].low in ("minus", "negative"):
        return
    before = tokens[index - 2] if index > 1 else None
    if (
        before is not None
        and sign.glued
        and (before.kind in (WORD, NUM, MASK, SUP) or before.text in "%)]\"'")
    ):
        return
    if before is not None and before.kind == NUM and sign.text != "−":
        return
    if sign.text == "–" and not sign.barrier and before is not None and before.kind == WORD:
        return
    atom.first -= 1
    if sign.text == "+":
        atom.explicit_sign = True
    else:
        atom.low = atom.high = -atom.low
    atom.plain = False


def apply_minus_word(tokens: Sequence[Token], atom: Atom) -> None:
    """ "minus 5", "negative ten", "minus-1.4"."""
    at = atom.first
    if at > 1 and tokens[at - 1].text == "-" and tokens[at - 1].glued and tokens[at].glued:
        at -= 1
    if at > 0 and not tokens[at].barrier and tokens[at - 1].low in ("minus", "negative") and atom.low > 0:
        atom.first = at - 1
        atom.low, atom.high, atom.plain = -atom.low, -atom.high, False


def apply_unit(tokens: Sequence[Token], atom: Atom) -> None:
    """Finds the unit or counted noun after a number, past words like "or more"."""
    at = atom.number_stop
    cue = find_after(tokens, at)
    if cue is not None and tokens[at].text not in ("at", "max", "min"):
        atom.after.append(cue)
        at = cue.stop
    hyphen = (
        at + 1 < len(tokens) and tokens[at].text in ("-", "–") and tokens[at].glued and tokens[at + 1].glued
    )
    begin = at + 1 if hyphen else at
    if begin < len(tokens) and not tokens[begin].barrier:
        if _apply_times(tokens, atom, begin):
            return
        if scale_money(tokens, atom, begin):
            _take_after(tokens, atom)
            return
        glued = hyphen or tokens[begin].glued
        match = match_unit(tokens, begin, glued=glued)
        if match is not None and not _is_false_unit(tokens, begin, match.stop, hyphen=hyphen):
            atom.unit, atom.stop = match.unit, match.stop
            _scale_flop(atom, tokens[begin].low)
            _take_after(tokens, atom)
            return
        if tokens[begin].low in ("points", "pts") and _is_points(tokens, atom):
            atom.unit, atom.stop = BARE_POINTS, begin + 1
            _take_after(tokens, atom)
            return
        if hyphen and tokens[begin].low == "point":
            if _is_change_noun(tokens, begin + 1):
                atom.unit, atom.stop = BARE_POINTS, begin + 1
            else:
                _count_hyphenated(atom, "point", begin + 1)
            return
        if hyphen and tokens[begin].kind == WORD:
            if tokens[begin].low in _TERMS or len(tokens[begin].text) > 12:
                atom.why = "compound_term"
            elif tokens[begin].text.islower():
                _count_hyphenated(atom, tokens[begin].low, begin + 1)
            return
    if atom.after and atom.after[-1].stop > atom.stop:
        atom.stop = atom.after[-1].stop
    rate = match_rate(tokens, begin) if begin < len(tokens) and not hyphen else None
    if rate is not None and tokens[begin].low in ("per", "/") and tokens[begin + 1].kind == WORD:
        atom.unit, atom.stop = Unit(kind=UnitKind.COUNT, name=f"/{rate[0]}"), rate[1]
        return
    if _apply_unknown_unit(tokens, atom, at):
        return
    apply_noun(tokens, atom, at)


def _count_hyphenated(atom: Atom, name: str, stop: int) -> None:
    """ "a 30-item list": the noun after the hyphen is what is counted."""
    atom.unit, atom.stop, atom.noun, atom.sure = Unit(kind=UnitKind.COUNT, name=name), stop, True, True


def _apply_unknown_unit(tokens: Sequence[Token], atom: Atom, at: int) -> bool:
    """ "15.3 ppg,", "(0.5 WAR)": one short word between a decimal and a stop is its unit, whatever it is."""
    if not atom.decimals or atom.decimals < 0 or at + 1 >= len(tokens) or tokens[at].barrier:
        return False
    word, after = tokens[at], tokens[at + 1]
    if (
        word.kind != WORD
        or not 2 <= len(word.text) <= 5
        or after.text not in ",;)."
        or not after.glued
        or word.glued
    ):
        return False
    if word.low in ("and", "or", "in", "on", "to", "for", "of", "at", "by", "so", "too", "now", "then", "again", "here",
                    "there", "as", "it", "them", "him", "her", "us", "also", "each", "both", "alone", "out", "up", "down",
                    "off", "only", "is", "was", "are", "were", "auroc", "auc", "elo"):  # fmt: skip
        return False
    if not (word.text.islower() or word.text.isupper()):
        return False
    atom.unit, atom.stop, atom.guessed = Unit(kind=UnitKind.OTHER, name=word.text), at + 1, True
    return True


_SIZED = frozenset(
    "model models llm llms variant variants version versions transformer network checkpoint".split()
)


_FLOP_SCALES = {
    "giga": 9,
    "g": 9,
    "tera": 12,
    "t": 12,
    "peta": 15,
    "p": 15,
    "exa": 18,
    "e": 18,
    "zetta": 21,
    "yotta": 24,
}


def _scale_flop(atom: Atom, word: str) -> None:
    """ "225 TFLOPs" are 225e12 FLOP."""
    exponent = _FLOP_SCALES.get(word.partition("flop")[0], 0) if "flop" in word else 0
    if exponent:
        atom.low, atom.high = shift(atom.low, exponent), shift(atom.high, exponent)
        atom.decimals = None if atom.decimals is None else atom.decimals - exponent


def _take_after(tokens: Sequence[Token], atom: Atom) -> None:
    cue = find_after(tokens, atom.stop)
    if cue is not None:
        atom.after.append(cue)
        atom.stop = cue.stop


def _is_false_unit(tokens: Sequence[Token], begin: int, stop: int, *, hyphen: bool) -> bool:
    low = tokens[begin].low
    after = tokens[stop].low if stop < len(tokens) and not tokens[stop].barrier else ""
    if low == "second" and begin + 1 == stop and not hyphen and tokens[begin - 1].kind != NUM:
        return True  # "one second opinion"
    if low == "score" or (low == "bar" and after == "exam"):
        return True
    return low in ("day", "time") and after in ("one",)


def _apply_times(tokens: Sequence[Token], atom: Atom, begin: int) -> bool:
    """ "43x", "3×", "ten times its rate" are multiples; "12 times" counts."""
    token = tokens[begin]
    following = tokens[begin + 1] if begin + 1 < len(tokens) and not tokens[begin + 1].barrier else None
    if token.text in ("x", "X", "×") and not (following is not None and following.kind == NUM):
        if token.text in ("x", "X") and not token.glued:
            return False
        atom.unit, atom.stop = MULTIPLE, begin + 1
        _take_after(tokens, atom)
        return True
    if token.low in ("times", "-times"):
        multiple = following is not None and _is_comparison(tokens, begin + 1)
        atom.unit, atom.stop = (MULTIPLE if multiple else TIMES), begin + 1
        if not multiple:
            rate = match_rate(tokens, atom.stop)
            if rate is not None:
                atom.unit, atom.stop = Unit(kind=UnitKind.COUNT, name=f"times/{rate[0]}"), rate[1]
            _take_after(tokens, atom)
        return True
    orders = token.low in ("order", "orders") and [item.low for item in tokens[begin + 1 : begin + 3]]
    if (
        orders in (["of", "magnitude"], ["of", "magnitudes"])
        and 0 < atom.low <= 30
        and _is_integral(atom.low)
    ):
        atom.unit, atom.stop = Unit(kind=UnitKind.MULTIPLE, name="orders"), begin + 3
        return True
    return False


def _is_integral(value: Decimal) -> bool:
    return value == value.to_integral_value()


_COMPARED = frozenset(
    "more higher lower greater larger bigger smaller faster slower better worse longer shorter cheaper likelier easier "
    "stronger weaker fewer less as the its that their his her what those our my your this older younger heavier denser "
    "farther further quicker richer safer harder harsher wider deeper taller brighter hotter colder richer poorer "
    "today current previous baseline human normal usual chance".split()
)


def _is_comparison(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.low not in _COMPARED:
        return token.kind == WORD and token.text[:1].isupper() and is_possessive(tokens, index)
    if token.low in ("the", "this", "that", "what", "its", "their", "as"):
        following = tokens[index + 1].low if index + 1 < len(tokens) else ""
        if token.low == "as":
            return following not in ("a", "the", "it", "they", "we", "well", "if")
        return following not in ("model", "agent", "user", "ai", "system")
    return True


def is_possessive(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 2 < len(tokens)
        and tokens[index + 1].text == "'"
        and tokens[index + 1].glued
        and tokens[index + 2].low == "s"
    )


_CHANGE_AFTER = frozenset(
    "increase decrease drop gain rise fall lead gap swing improvement reduction jump decline advantage margin difference "
    "boost loss deficit uplift hit shift bump dip edge penalty spread".split()
)


def _is_change_noun(tokens: Sequence[Token], index: int) -> bool:
    for at in range(index, min(index + 3, len(tokens))):
        if tokens[at].low in _CHANGE_AFTER:
            return True
        if tokens[at].kind != WORD:
            return False
    return False


def _is_points(tokens: Sequence[Token], atom: Atom) -> bool:
    """Whether bare "points" are percentage points: in digits, or where a change or a percentage says so."""
    before = tokens[atom.first - 1].low if atom.first else ""
    if atom.form == "digits":
        return before not in ("these", "those", "all", "first", "following", "main", "key", "last")
    return before in ("by", "of") or _is_change_noun(tokens, atom.number_stop + 1)


def apply_noun(tokens: Sequence[Token], atom: Atom, at: int) -> None:
    if at < len(tokens) and tokens[at].low == "of" and (atom.vague or atom.form in ("collective",)):
        at += 1
        while at < len(tokens) and tokens[at].low in ("the", "these", "those", "its", "their", "other"):
            at += 1
    noun = find_noun(tokens, at, singular=atom.low == 1 and atom.form != "vague")
    if noun is None:
        _name_after_of(tokens, atom, at)
        return
    unit = WORD_UNITS.get(noun.name.lower())
    between = [tokens[k].low for k in range(at, noun.stop - 1)]
    measured = unit is not None and (
        unit.kind is UnitKind.DURATION or (between and unit.kind is UnitKind.OTHER)
    )
    if measured and all(word in NUMBER_ADJECTIVES for word in between):
        atom.unit, atom.stop = unit, noun.stop
        _add_rate(tokens, atom)
        return
    if unit is not None and unit.kind is UnitKind.CURRENCY and between and noun.stop - at <= 3:
        atom.unit, atom.stop = unit, noun.stop
        return
    if noun.name.lower() in ("times",):
        atom.unit = TIMES if atom.vague else atom.unit
        return
    if atom.exponent and tokens[atom.number_stop - 1].text in ("B", "M", "T", "b") and noun.name in _SIZED:
        atom.unit, atom.noun = Unit(kind=UnitKind.COUNT, name="parameters"), True
        return
    if atom.decimals is not None and atom.decimals > 0 and not atom.exponent and noun.stop - at > 2:
        return
    atom.unit, atom.stop, atom.noun = Unit(kind=UnitKind.COUNT, name=noun.name), noun.stop, True
    atom.sure = noun.plural
    _add_rate(tokens, atom)
    _take_after(tokens, atom)


def _name_after_of(tokens: Sequence[Token], atom: Atom, at: int) -> None:
    """ "three of the models", "two of Johnson's deputies": the noun names the count, the surface stays short."""
    if at + 1 >= len(tokens) or tokens[at].low != "of" or tokens[at].barrier or atom.decimals:
        return
    at += 1
    if tokens[at].low in ("the", "these", "those", "its", "their", "our", "his", "her", "my", "them"):
        at += 1
    elif tokens[at].text[:1].isupper() and at + 2 < len(tokens) and tokens[at + 1].text == "'":
        at += 3 if tokens[at + 2].low == "s" else 2
    else:
        return
    noun = find_noun(tokens, at) if at < len(tokens) else None
    if noun is not None:
        atom.unit, atom.noun = Unit(kind=UnitKind.COUNT, name=noun.name), True


def _add_rate(tokens: Sequence[Token], atom: Atom) -> None:
    rate = match_rate(tokens, atom.stop)
    if (
        rate is not None
        and atom.unit is not None
        and atom.unit.name is not None
        and "/" not in atom.unit.name
    ):
        atom.unit = Unit(kind=atom.unit.kind, name=f"{atom.unit.name}/{rate[0]}")
        atom.stop = rate[1]


def add_money_rate(tokens: Sequence[Token], atom: Atom) -> None:
    at = atom.number_stop
    cue = find_after(tokens, at)
    if cue is not None:
        atom.after.append(cue)
        atom.stop = cue.stop
    # "$5 million dollars", "$58 US"
    if at < len(tokens) and not tokens[at].barrier and atom.unit is not None:
        named = match_unit(tokens, at, glued=tokens[at].glued)
        if (
            named is not None
            and named.unit.kind is UnitKind.CURRENCY
            and tokens[at].text not in CURRENCY_SIGNS
        ):
            if atom.unit.name == "USD" or named.unit.name == atom.unit.name:
                atom.unit, atom.stop = named.unit, named.stop
            return
    _add_rate(tokens, atom)


def finish_fraction(tokens: Sequence[Token], numeral: Numeral) -> Atom:
    """A fraction of something is a ratio n of N; a fraction of a unit ("½ hour", "1/4 mile") is a number of it."""
    atom = atom_of(numeral)
    atom.base = numeral.base
    atom.unit = RATIO
    base = numeral.base or Decimal(1)
    at = numeral.stop
    if (
        at < len(tokens)
        and tokens[at].low == "of"
        and at + 1 < len(tokens)
        and tokens[at + 1].low in ("a", "an", "one")
    ):
        unit = match_unit(tokens, at + 2, glued=False) if at + 2 < len(tokens) else None
    elif at < len(tokens):
        hyphen = tokens[at].text == "-" and tokens[at].glued and at + 1 < len(tokens)
        unit = match_unit(tokens, at + 1 if hyphen else at, glued=tokens[at].glued)
    else:
        unit = None
    if unit is not None and base <= 100 and unit.unit.kind is not UnitKind.MULTIPLE:
        atom.low = atom.high = divide(numeral.value, base)
        atom.base, atom.decimals = None, None
        atom.unit, atom.stop = unit.unit, unit.stop
        return atom
    if numeral.plain:  # written n/N: the counted noun belongs to it
        noun = find_noun(tokens, numeral.stop)
        if noun is not None and noun.plural:
            atom.unit, atom.stop = Unit(kind=UnitKind.RATIO, name=noun.name), noun.stop
    return atom
