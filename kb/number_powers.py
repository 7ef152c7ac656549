"""Powers in digits, signs and words: "10^25", "10²⁵", "3.2×10^-5", "1e25", "10**26", "10 to the 26th".

Works on tokens behind a first number. Knows nothing of scales ("million") and units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from kb.number_arithmetic import EXACT, plain, shift
from kb.number_tokens import NUM, SUP, SUPERSCRIPTS, WORD, Token

_MAX_POWER = 90


def read_power(
    tokens: Sequence[Token], index: int, stop: int, value: Decimal
) -> tuple[Decimal, int, int] | None:
    """A power ("10^25", "10²⁵", "2^16", "3.2×10^-5", "1e25") after the first number: value, decimals, end."""
    following = tokens[stop] if stop < len(tokens) else None
    if following is None:
        return None
    places = decimal_places(value)
    glued_e = following.kind == WORD and following.low == "e" and following.glued
    if glued_e:
        exponent = _read_exponent(tokens, stop + 1, glued=True)
        if exponent is not None and abs(exponent[0]) <= _MAX_POWER:
            return shift(value, exponent[0]), places - exponent[0], exponent[1]
        return None
    if following.text in ("×", "x", "·", "X", "*") or following.low == "times":
        ten = stop + 1
        if ten < len(tokens) and tokens[ten].text == "10":
            exponent = _read_raised(tokens, ten + 1, loose=True)
            if exponent is not None and abs(exponent[0]) <= _MAX_POWER:
                return shift(value, exponent[0]), places - exponent[0], exponent[1]
        # "6 × 106 kg": a raised exponent that lost its place on the way through a plain text
        if ten < len(tokens) and value < 10 and re.fullmatch(r"10[1-9]\d?", tokens[ten].text):
            lost = int(tokens[ten].text[2:])
            if following.text == "×" and lost <= 30:
                return shift(value, lost), places - lost, ten + 1
        return None
    raised = _read_raised(tokens, stop, loose=value == 10 and following.text == "−")
    if raised is None and value == 10 and following.low == "to":
        raised = _read_power_in_words(tokens, stop)
    if raised is None:
        return None
    exponent_value, end = raised
    if value == 10 and abs(exponent_value) <= _MAX_POWER:
        return shift(Decimal(1), exponent_value), -exponent_value, end
    caret = following.text == "^"
    if (caret or value == 2) and places == 0 and 0 < exponent_value <= 64 and value <= 1000:
        return plain(EXACT.power(value, exponent_value)), 0, end
    return None


_POWER_WORDS = ((("to", "the", "power", "of"), False), (("to", "the"), True))


def _read_power_in_words(tokens: Sequence[Token], index: int) -> tuple[int, int] | None:
    """ "10 to the power of 26", "10 to the 26th (power)"."""
    for words, ordinal in _POWER_WORDS:
        at = index + len(words)
        if at >= len(tokens) or any(t.barrier for t in tokens[index : at + 1]):
            continue
        if tuple(t.low for t in tokens[index:at]) != words or not tokens[at].text.isdigit():
            continue
        if len(tokens[at].text) > 2:
            return None
        stop = at + 1
        if ordinal:
            suffixed = (
                stop < len(tokens) and tokens[stop].glued and tokens[stop].low in ("th", "rd", "nd", "st")
            )
            stop += suffixed
            named = stop < len(tokens) and tokens[stop].low in ("power", "flop", "flops", "floating")
            if not (suffixed or named):
                return None
            stop += stop < len(tokens) and tokens[stop].low == "power"
        return int(tokens[at].text), stop
    return None


def decimal_places(number: Decimal) -> int:
    """How many places behind the point a number is written with; negative for trailing zeros of an exponent."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _read_raised(tokens: Sequence[Token], index: int, *, loose: bool) -> tuple[int, int] | None:
    """An exponent written ²⁵, ^25, ^{25}, **25, <sup>25</sup>, or (loose) a sign and digits set plain."""
    if index >= len(tokens) or not tokens[index].glued:
        return None
    token = tokens[index]
    if token.kind == SUP:
        digits = token.text.translate(SUPERSCRIPTS)
        return (int(digits), index + 1) if re.fullmatch(r"[+-]?\d{1,3}", digits) else None
    if token.start - tokens[index - 1].end == 2:  # "10**25": asterisks are no tokens
        return _read_exponent(tokens, index, glued=True)
    if token.text == "\\" and index + 1 < len(tokens):
        index += 1
        token = tokens[index]
    if token.text == "^":
        index += 1
        brace = index < len(tokens) and tokens[index].text in "{("
        exponent = _read_exponent(tokens, index + brace, glued=True)
        if exponent is None:
            return None
        value, stop = exponent
        return value, stop + (brace and stop < len(tokens) and tokens[stop].text in "})")
    if token.text == "sup":
        return _read_exponent(tokens, index + 1, glued=True)
    if loose and token.text in "-−–":
        return _read_exponent(tokens, index, glued=True)
    return None


def _read_exponent(tokens: Sequence[Token], index: int, *, glued: bool) -> tuple[int, int] | None:
    sign = 1
    if index < len(tokens) and tokens[index].text in ("-", "−", "–", "+") and tokens[index].glued == glued:
        sign = 1 if tokens[index].text == "+" else -1
        index += 1
    if index < len(tokens) and tokens[index].kind == NUM and tokens[index].glued:
        text = tokens[index].text
        if text.isdigit() and len(text) <= 3:
            return sign * int(text), index + 1
    return None
