"""Numerals in digits: grouped, scaled, raised to a power, mixed with a fraction; exact Decimal values.

Works on tokens; knows nothing of number words (kb.number_spelling), units, hedges or what is counted. No
float, and no rounding but that of a third or a seventh, which no decimal holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.number_arithmetic import add, divide, multiply, shift
from kb.number_powers import decimal_places, read_power
from kb.number_tokens import FRAC, NUM, WORD, Token

MAX_DIGITS = 40  # longer runs are identifiers


SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}


TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
} | {"fourty": 40}


SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15, "quintillion": 18}


_SCALE_AFTER_DIGITS = (
    SCALES
    | {
        "hundred": 2,
        "lakh": 5,
        "lakhs": 5,
        "crore": 7,
        "crores": 7,
        "bn": 9,
        "mn": 6,
        "mln": 6,
        "bln": 9,
        "tn": 12,
        "tln": 12,
    }
    | {"trn": 12, "thousands": 3, "millions": 6, "billions": 9, "trillions": 12}
)


_GLUED_SCALE = {
    "k": 3,
    "K": 3,
    "M": 6,
    "mn": 6,
    "bn": 9,
    "B": 9,
    "tn": 12,
    "T": 12,
    "bil": 9,
    "mil": 6,
}


_MONEY_SCALE = {"m": 6, "M": 6, "b": 9, "B": 9, "t": 12, "T": 12, "k": 3, "K": 3, "mm": 6, "MM": 6} | {
    "mn": 6, "bn": 9, "tn": 12, "mil": 6, "bil": 9, "mio": 6, "mrd": 9,
}  # fmt: skip


DENOMINATORS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "fifteenth": 15, "sixteenth": 16, "twentieth": 20,
    "hundredth": 100, "thousandth": 1000, "millionth": 10**6, "billionth": 10**9, "trillionth": 10**12,
}  # fmt: skip


VULGAR = {
    "¼": (1, 4), "½": (1, 2), "¾": (3, 4), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10), "⅓": (1, 3), "⅔": (2, 3),
    "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8),
    "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip


VAGUE = {
    "dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1000, "millions": 10**6, "billions": 10**9,
    "trillions": 10**12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number over tokens[first:stop]. `value` is the numerator where `base` is set. `decimals` counts
    the written decimal places after scaling, None for words. `form`: digits, words, fraction, vague."""

    first: int
    stop: int
    value: Decimal
    decimals: int | None
    form: str
    base: Decimal | None = None
    scaled: bool = False
    plain: bool = False  # an unscaled integer in digits: may be a year, an index, a mark
    comma: bool = False  # a decimal comma, to be believed only before a unit
    exponent: int = 0  # of the scale word or letter ("2.3 million": 6)


_GROUPS = re.compile(r"[,']")


_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")


_EUROPEAN_WHOLE = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}")


_COMMA = re.compile(r"\d{1,40},\d{1,2}|0,\d{1,40}")


_DOTTED = re.compile(r"\d{1,40}(?:\.\d{1,40}){2,20}")


def read_run(run: str) -> tuple[Decimal, int, bool] | None:
    """Value, decimals and "by a decimal comma" of one written number; None for a dotted identifier
    (3.2.1), or more digits than a quantity has."""
    if len(run) > MAX_DIGITS:
        return None
    comma = False
    if _EUROPEAN.fullmatch(run):
        run = run.replace(".", "").replace(",", ".")
    elif _EUROPEAN_WHOLE.fullmatch(run):
        run = run.replace(".", "")
    elif _COMMA.fullmatch(run):
        run = run.replace(",", ".")
        comma = True
    elif _DOTTED.fullmatch(run):
        return None
    else:
        run = _GROUPS.sub("", run)
    _, _, decimals = run.partition(".")
    return Decimal(run), len(decimals), comma


def read_digits(tokens: Sequence[Token], index: int, *, money: bool = False) -> Numeral | None:
    """The number in digits that begins at a NUM token: grouped by spaces, with a power of ten, a vulgar
    fraction or a scale ("10²⁵", "1 000", "2½", "2.3 million", "5bn")."""
    token = tokens[index]
    read = read_run(token.text)
    if read is None:
        return None
    value, comma = read[0], read[2]
    decimals: int | None = read[1]
    stop = index + 1
    if token.text.isdigit():
        stop = _join_groups(tokens, index)
        if stop > index + 1:
            value = Decimal("".join(tokens[k].text for k in range(index, stop)))
            decimals = max(0, decimal_places(value))
    if token.text[0] == "0" and len(token.text) > 1 and token.text.isdigit():
        return Numeral(index, stop, value, 0, "digits", plain=True)
    power = read_power(tokens, index, stop, value)
    if power is not None:
        value, decimals, stop = power
        return Numeral(index, stop, value, decimals, "digits", scaled=True)
    mixed = _read_mixed(tokens, stop) if decimals == 0 else None
    if mixed is not None:
        fraction, stop = mixed
        value, decimals = add(value, fraction), None
    scale = _read_scale(tokens, stop, money=money)
    if (
        scale is None
        and stop < len(tokens)
        and tokens[stop].low in ("dozen", "dozens")
        and not tokens[stop].barrier
    ):
        return Numeral(index, stop + 1, multiply(value, Decimal(12)), None, "digits", scaled=True)
    if scale is None:
        is_plain = decimals == 0 and "," not in token.text and "'" not in token.text
        return Numeral(index, stop, value, decimals, "digits", plain=is_plain, comma=comma)
    exponent, stop = scale
    places = None if decimals is None else decimals - exponent
    added = _read_remainder(tokens, stop, exponent) if decimals == 0 else None
    if added is not None:
        value, stop = add(shift(value, exponent), added[0]), added[1]
        last = _read_scale(tokens, stop, money=money) if exponent == 2 else None
        more, stop = last if last is not None else (0, stop)
        return Numeral(index, stop, shift(value, more), None, "digits", scaled=True, exponent=more)
    part = read_part(tokens, stop)
    if part is not None and not decimals:
        total = add(shift(value, exponent), shift(part[0], exponent))
        return Numeral(index, part[1], total, None, "digits", scaled=True, exponent=exponent)
    return Numeral(
        index, stop, shift(value, exponent), places, "digits", scaled=True, comma=comma, exponent=exponent
    )


def _read_remainder(tokens: Sequence[Token], stop: int, exponent: int) -> tuple[Decimal, int] | None:
    """ "3 hundred and 21": what is added behind a scale in words, smaller than it; and its end."""
    if exponent not in (2, 3) or tokens[stop - 1].low not in ("hundred", "thousand"):
        return None
    at = stop + 1 if stop < len(tokens) and tokens[stop].low == "and" else stop
    if at >= len(tokens) or any(one.barrier for one in tokens[stop : at + 1]) or tokens[at].kind != NUM:
        return None
    digits = tokens[at].text
    if not digits.isdigit() or digits[0] == "0" or len(digits) > exponent or tokens[at].glued:
        return None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.glued and after.text not in ".,;:)!?%":
        return None
    if after is not None and not after.barrier and after.low in ("thousand", "hundred") and exponent == 3:
        return None  # "3 thousand and 4 hundred"
    return Decimal(digits), at + 1


def _join_groups(tokens: Sequence[Token], index: int) -> int:
    """The end of a number grouped by spaces ("1 000 000"); index + 1 where it isn't."""
    if len(tokens[index].text) > 3 or tokens[index].text[0] == "0":
        return index + 1
    stop = index + 1
    while stop < len(tokens) and stop - index < 12:
        token = tokens[stop]
        gap = token.start - tokens[stop - 1].end
        whole, point, places = token.text.partition(".")
        if token.kind != NUM or len(whole) != 3 or not whole.isdigit() or gap != 1 or token.line:
            break
        stop += 1
        if point:
            if not places.isdigit():
                return index + 1
            break
    if stop == index + 1:
        return stop
    beside = tokens[index - 1] if index and not tokens[index].barrier else None
    after = tokens[stop] if stop < len(tokens) and not tokens[stop].barrier else None
    if (beside is not None and beside.kind == NUM) or (after is not None and after.kind == NUM):
        return index + 1
    if beside is not None and beside.kind == WORD and beside.text[:1].isupper() and len(beside.text) > 3:
        return index + 1  # "Claude 4 200"
    sure = stop - index > 2 or tokens[stop - 1].text == "000"
    return stop if sure or (after is not None and after.kind == WORD and not after.glued) else index + 1


def _read_mixed(tokens: Sequence[Token], stop: int) -> tuple[Decimal, int] | None:
    """A fraction after a whole number: "2½", "10 1/2"; its value and end."""
    if stop >= len(tokens):
        return None
    token = tokens[stop]
    if token.kind == FRAC and not token.barrier:
        numerator, denominator = VULGAR[token.text]
        return divide(Decimal(numerator), Decimal(denominator)), stop + 1
    if (
        token.kind == NUM
        and stop + 2 < len(tokens)
        and token.start - tokens[stop - 1].end == 1
        and tokens[stop + 1].text == "/"
        and tokens[stop + 1].glued
        and tokens[stop + 2].glued
        and len(token.text) == 1
        and tokens[stop + 2].text in ("2", "3", "4", "5", "8", "16")
        and int(token.text) < int(tokens[stop + 2].text)
        and int(token.text) > 0
    ):
        return divide(Decimal(token.text), Decimal(tokens[stop + 2].text)), stop + 3
    return None


def _read_scale(tokens: Sequence[Token], stop: int, *, money: bool) -> tuple[int, int] | None:
    """A scale after digits: exponent and end. Twice for "hundred thousand", "thousand billion"."""
    if stop >= len(tokens):
        return None
    token = tokens[stop]
    hyphen = token.text == "-" and token.glued and stop + 1 < len(tokens) and tokens[stop + 1].glued
    at = stop + 1 if hyphen else stop
    word = tokens[at]
    if word.kind != WORD or word.barrier:
        return None
    exponent: int | None
    if money and word.text in _MONEY_SCALE and not hyphen:
        exponent = _MONEY_SCALE[word.text]
    elif word.text == "m" and word.glued and _counts_millions(tokens, stop):
        exponent = 6
    elif word.text == "b" and word.glued and "." in tokens[stop - 1].text and not hyphen:
        exponent = 9  # "1.2b users"
    elif word.glued and not hyphen:
        exponent = _GLUED_SCALE.get(word.text, _SCALE_AFTER_DIGITS.get(word.low))
    else:
        exponent = _SCALE_AFTER_DIGITS.get(word.low)
    if exponent is None:
        return None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.kind == NUM and after.glued:
        return None  # "M4", "5k2"
    if (
        after is not None
        and not after.barrier
        and after.low in SCALES
        and word.low in ("hundred", "thousand")
    ):
        return exponent + SCALES[after.low], at + 2
    return exponent, at + 1


_LENGTHS = frozenset(
    "tall long wide high deep thick away apart above below from sprint race races hurdles freestyle depth height width length "
    "distance resolution diameter radius pool track swell waves square cubic into off up down".split()
)


def _counts_millions(tokens: Sequence[Token], index: int) -> bool:
    """Whether the m glued to digits is millions, not metres: "35m of its devices", "5m users", "2.1m"."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    digits = tokens[index - 1].text
    if after is not None and not after.barrier:
        if (after.glued and after.text in "/²³^-–−") or after.low in _LENGTHS:
            return False
        counted = after.low in ("of", "people", "tons", "tonnes") or after.low.endswith("s")
        if counted and after.kind == WORD and not after.glued and after.text.islower():
            return after.low not in ("is", "was", "has", "as", "this", "across")
    return "." in digits and not digits.startswith("0")


def read_part(tokens: Sequence[Token], index: int) -> tuple[Decimal, int] | None:
    """ "and a half", "and three quarters" at tokens[index]: the fraction and its end."""
    if (
        index + 2 >= len(tokens)
        or tokens[index].low != "and"
        or any(t.barrier for t in tokens[index : index + 3])
    ):
        return None
    article, word = tokens[index + 1].low, tokens[index + 2].low
    if article in ("a", "an", "one") and word in DENOMINATORS:
        return divide(Decimal(1), Decimal(DENOMINATORS[word])), index + 3
    count = SMALL.get(article, 0)
    if count > 1 and word.endswith("s") and word[:-1] in DENOMINATORS:
        return divide(Decimal(count), Decimal(DENOMINATORS[word[:-1]])), index + 3
    return None
