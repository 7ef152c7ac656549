"""Numerals in words and fractions: "seventeen", "two hundred and five", "half a million", "two-thirds", "7/32".

Works on tokens; knows nothing of units or of what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_arithmetic import add, shift
from kb.number_tokens import FRAC, NUM, SYM, WORD, Token
from kb.numerals import DENOMINATORS, SCALES, SMALL, TENS, VULGAR, Numeral, read_part, read_run

NUMBER_WORDS = frozenset(SMALL) | frozenset(TENS) | frozenset(SCALES) | {"hundred", "dozen", "half"}


def read_words(tokens: Sequence[Token], index: int) -> Numeral | None:
    """The number in words that begins at tokens[index]: "seventeen", "two hundred and five", "a dozen",
    "half a million", "two and a half", "two point five million". None where none begins there."""
    first = index
    low = tokens[index].low
    if low in ("a", "an"):
        index += 1
        if index >= len(tokens) or tokens[index].barrier or tokens[index].low not in _AFTER_ARTICLE:
            return None
        return _read_words(tokens, first, index, article=True)
    if low == "half":
        return _read_half_of_scale(tokens, index)
    return _read_words(tokens, first, index, article=False)


_AFTER_ARTICLE = frozenset(SCALES) | {"hundred", "dozen", "couple", "pair", "trio"}


def _read_half_of_scale(tokens: Sequence[Token], index: int) -> Numeral | None:
    at = index + 1
    if at < len(tokens) and tokens[at].low in SCALES and not tokens[at].barrier:
        half = shift(Decimal(5), SCALES[tokens[at].low] - 1)
        return Numeral(index, at + 1, half, None, "words", exponent=SCALES[tokens[at].low])
    if at < len(tokens) and not tokens[at].barrier and tokens[at].low in ("a", "of", "-"):
        at += 1
    if at < len(tokens) and not tokens[at].barrier and at > index + 1:
        word = tokens[at].low
        if word == "dozen":
            return Numeral(index, at + 1, Decimal(6), None, "words")
        if word in SCALES:
            return Numeral(index, at + 1, Decimal(5 * 10 ** (SCALES[word] - 1)), None, "words")
    return None


def _read_words(tokens: Sequence[Token], first: int, index: int, *, article: bool) -> Numeral | None:
    total = group = 0
    seen = ""  # the class of the last word read: small, tens, hundred, scale
    last_scale = 99
    stop = first
    if article:
        group, seen = 1, "small"
    while index < len(tokens) and index - first < 80:
        token = tokens[index]
        if index > first and token.barrier:
            break
        low = token.low
        if seen and token.text == "-" and token.glued and index + 1 < len(tokens) and tokens[index + 1].glued:
            if seen == "tens" and 1 <= SMALL.get(tokens[index + 1].low, 0) <= 9:
                index += 1
                continue
            if seen in ("small", "tens") and tokens[index + 1].low in _AFTER_ARTICLE - {
                "couple",
                "pair",
                "trio",
            }:
                index += 1
                continue
            break
        if low == "and" and read_part(tokens, index) is not None:
            break
        if low == "and" and seen in ("hundred", "scale") and index + 1 < len(tokens):
            following = tokens[index + 1].low
            if following in SMALL or following in TENS:
                index += 1
                low = following
                if following == "zero":
                    break
            else:
                break
        if low in SMALL and tokens[index].kind == WORD:
            number = SMALL[low]
            if seen == "" or seen in ("hundred", "scale") or (seen == "tens" and 1 <= number <= 9):
                group += number
                seen = "small" if number or seen == "" else seen
            else:
                break
        elif low in TENS:
            if seen not in ("", "hundred", "scale"):
                break
            group += TENS[low]
            seen = "tens"
        elif low == "hundred" and 0 < group < 100 and seen in ("small", "tens"):
            group *= 100
            seen = "hundred"
        elif low in SCALES and group and SCALES[low] < last_scale:
            last_scale = SCALES[low]
            total += group * 10**last_scale
            group = 0
            seen = "scale"
        elif low in ("dozen", "dozens") and group and not total and not (article and low == "dozens"):
            return Numeral(first, index + 1, Decimal(group * 12), None, "words")
        elif article and low in ("couple", "pair", "trio") and stop == first:
            return Numeral(first, index + 1, Decimal(3 if low == "trio" else 2), None, "words")
        elif low in ("hundred", *SCALES) and stop == first and not article and not group:
            if low == "hundred":
                group, seen = 100, "hundred"  # "hundred thousand dollars"
            else:
                last_scale = SCALES[low]
                total, seen = 10**last_scale, "scale"
        else:
            break
        index += 1
        stop = index
    if stop == first:
        return None
    exponent = last_scale if seen == "scale" and total % 10**last_scale == 0 and last_scale < 99 else 0
    numeral = Numeral(first, stop, Decimal(total + group), None, "words", scaled=total > 0, exponent=exponent)
    parts = _parts_of(tokens, stop) if 20 < total + group < 1000 and not exponent else None
    if parts is not None:
        return Numeral(first, parts[1], numeral.value, None, "fraction", base=parts[0])
    return _extend_words(tokens, numeral)


def _parts_of(tokens: Sequence[Token], stop: int) -> tuple[Decimal, int] | None:
    """ "twenty one fifths": what the counted parts are of one, and their end. Quarters may be of years."""
    at = stop + 1 if stop < len(tokens) and tokens[stop].text == "-" and tokens[stop].glued else stop
    if at >= len(tokens) or tokens[at].barrier or tokens[at].low in ("quarters", "halves"):
        return None
    word = tokens[at].low
    base = DENOMINATORS.get(word[:-1], 0) if word.endswith("s") else 0
    return (Decimal(base), at + 1) if base else None


def _extend_words(tokens: Sequence[Token], numeral: Numeral) -> Numeral:
    """ "... and a half", "... point five", "... and three quarters", then a scale: "two and a half million"."""
    stop = numeral.stop
    value = numeral.value
    low = [tokens[k].low if k < len(tokens) and not tokens[k].barrier else "" for k in range(stop, stop + 3)]
    part = read_part(tokens, stop)
    if part is not None:
        # "two and a half", "one million and a half": the part is of the last scale
        value = add(value, shift(part[0], numeral.exponent))
        stop = part[1]
    elif low[0] == "point" and low[1] in SMALL and SMALL[low[1]] < 10:
        digits = ""
        at = stop + 1
        while at < len(tokens) and at < stop + 12 and SMALL.get(tokens[at].low, 10) < 10:
            digits += str(SMALL[tokens[at].low])
            at += 1
        value, stop = add(value, Decimal("0." + digits)), at
    if stop == numeral.stop:
        return numeral
    exponent = 0
    if not numeral.scaled and stop < len(tokens) and tokens[stop].low in SCALES:
        exponent = SCALES[tokens[stop].low]
        value, stop = shift(value, exponent), stop + 1
    return Numeral(
        numeral.first, stop, value, None, "words", scaled=numeral.scaled or exponent > 0, exponent=exponent
    )


def read_fraction(tokens: Sequence[Token], index: int) -> Numeral | None:
    """A fraction in words or signs: "two-thirds", "three quarters", "one fifth", "½", "1/4", "7/32,768".

    Says nothing about "a quarter" and "half", which depend on what follows (kb.number_grammar)."""
    token = tokens[index]
    if token.kind == FRAC:
        numerator, denominator = VULGAR[token.text]
        return Numeral(index, index + 1, Decimal(numerator), None, "fraction", base=Decimal(denominator))
    if token.kind == NUM:
        return _read_slash(tokens, index)
    if token.low not in SMALL or not 0 < SMALL[token.low] < 20:
        return None
    at = index + 1
    if at < len(tokens) and tokens[at].text == "-" and tokens[at].glued:
        at += 1
    if at >= len(tokens) or tokens[at].barrier:
        return None
    count = SMALL[token.low]
    word = tokens[at].low
    denominator = DENOMINATORS.get(word if count == 1 else word[:-1] if word.endswith("s") else "", 0)
    if word == "halves":
        denominator = 2
    if count != 1 and token.low != "one" and not denominator and tokens[at - 1].text == "-":
        denominator = DENOMINATORS.get(word, 0)  # "a two-third majority"
    if not denominator or (count == 1 and word in ("second",)):
        return None
    return Numeral(index, at + 1, Decimal(count), None, "fraction", base=Decimal(denominator))


def _read_slash(tokens: Sequence[Token], index: int) -> Numeral | None:
    if index + 2 >= len(tokens):
        return None
    slash, below = tokens[index + 1], tokens[index + 2]
    if slash.text != "/" or below.kind != NUM or slash.glued != below.glued:
        return None
    above_value = read_run(tokens[index].text)
    below_value = read_run(below.text)
    if above_value is None or below_value is None or below_value[0] == 0 or below_value[1]:
        return None
    if above_value[2] or below_value[2]:
        return None
    if above_value[0] > below_value[0]:
        return None
    after = tokens[index + 3] if index + 3 < len(tokens) else None
    stop = index + 3
    if after is not None and after.glued:
        if after.text == "/":
            return None
        if after.kind == WORD:
            if after.low not in ("th", "ths", "rd", "rds", "nd", "st"):
                return None
            stop += 1
    return Numeral(
        index, stop, above_value[0], above_value[1], "fraction", base=below_value[0], plain=slash.kind == SYM
    )
