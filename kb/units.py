"""Units after and before a number: which words and signs name one, and how they combine.

Owns matching ("percentage points", "km/h", "$ ... a day") over the lexicon of kb.unit_names, and writing a
unit so that it reads back. Knows nothing of numbers, hedges or sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.number_tokens import NUM, SUP, SUPERSCRIPTS, SYM, WORD, Token
from kb.types import Unit, UnitKind
from kb.unit_names import (
    CURRENCY_CODES,
    CURRENCY_PREFIX_WORDS,
    CURRENCY_SIGNS,
    DOLLAR_PREFIXES,
    FIRST_WORDS,
    LONGEST,
    LOWER_ONLY,
    PER_NOUNS,
    PER_WORDS,
    PERCENT,
    POINT,
    SYMBOL_TIMES,
    SYMBOLS,
    WEAK,
    WEAK_GLUED,
    WORD_UNITS,
    money_unit,
    other_unit,
    time_unit,
)


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A unit and the index of the token after it."""

    unit: Unit
    stop: int


def match_unit(tokens: Sequence[Token], index: int, *, glued: bool) -> UnitMatch | None:
    """The unit that begins at tokens[index]; `glued`: it follows its number without a space or by a hyphen."""
    if index >= len(tokens) or tokens[index].barrier:
        return None
    token = tokens[index]
    match: UnitMatch | None = None
    if token.text == "%":
        match = _match_percent_sign(tokens, index)
    elif token.text == "″" and token.glued:
        match = UnitMatch(other_unit("inch"), index + 1)
    elif token.text in ("°", "º", "℃", "℉"):
        match = _match_degrees(tokens, index)
    elif token.text in CURRENCY_SIGNS and token.glued and glued:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is None or after.kind != NUM or not after.glued:
            match = UnitMatch(money_unit(CURRENCY_SIGNS[token.text]), index + 1)
    elif token.kind == WORD or token.text in ("‰", "σ", "¢"):
        match = (
            _match_weighted_percent(tokens, index)
            or _match_words(tokens, index)
            or _match_dotted(tokens, index)
            or _match_symbols(tokens, index, glued=glued)
        )
        if match is None and token.text == "p" and glued and token.glued:
            match = UnitMatch(money_unit("penny"), index + 1)
        if match is None and token.text in CURRENCY_CODES and not _is_glued_number(tokens, index + 1):
            match = UnitMatch(money_unit(token.text.replace("RMB", "CNY")), index + 1)
    if match is None:
        return None
    return _with_rate(tokens, match)


def _is_glued_number(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].kind == NUM and tokens[index].glued


def _match_percent_sign(tokens: Sequence[Token], index: int) -> UnitMatch:
    at = index + 1
    if at < len(tokens) and tokens[at].text == "-" and tokens[at].glued:
        at += 1
    if at < len(tokens) and not tokens[at].barrier and tokens[at].low in ("points", "pts", "point", "pt"):
        return UnitMatch(POINT, at + 1)
    return UnitMatch(PERCENT, index + 1)


def _match_dotted(tokens: Sequence[Token], index: int) -> UnitMatch | None:
    """An abbreviation with points: "m.p.h."."""
    letters = ""
    at = index
    while at + 1 < len(tokens) and len(letters) < 4 and len(tokens[at].text) == 1 and tokens[at].kind == WORD:
        if tokens[at + 1].text != "." or not tokens[at + 1].glued or (letters and not tokens[at].glued):
            break
        letters += tokens[at].low
        at += 2
    unit = WORD_UNITS.get(letters) if len(letters) > 2 else None
    return UnitMatch(unit, at) if unit is not None else None


def _match_degrees(tokens: Sequence[Token], index: int) -> UnitMatch:
    if tokens[index].text in "℃℉":
        return UnitMatch(other_unit("celsius" if tokens[index].text == "℃" else "fahrenheit"), index + 1)
    if index + 1 < len(tokens):
        letter = tokens[index + 1]
        near = letter.glued or letter.start - tokens[index].end == 1
        if near and letter.text in ("C", "F", "K"):
            name = {"C": "celsius", "F": "fahrenheit", "K": "kelvin"}[letter.text]
            return UnitMatch(other_unit(name), index + 2)
    return UnitMatch(other_unit("degree"), index + 1)


def _match_words(tokens: Sequence[Token], index: int) -> UnitMatch | None:
    """The longest unit in words; words may be parted by spaces or hyphens."""
    if tokens[index].low not in FIRST_WORDS:
        return None
    best: UnitMatch | None = None
    phrase = ""
    at = index
    for _ in range(LONGEST):
        if at >= len(tokens) or (at > index and tokens[at].barrier):
            break
        if tokens[at].kind != WORD and tokens[at].text not in ("‰", "σ", "¢", "/"):
            break
        phrase = f"{phrase} {tokens[at].low}" if phrase else tokens[at].low
        at += 1
        unit = WORD_UNITS.get(phrase)
        if unit is not None and _may_stand(tokens, index, at, phrase):
            best = UnitMatch(unit, at)
        if at + 1 < len(tokens) and tokens[at].text == "-" and tokens[at].glued and tokens[at + 1].glued:
            at += 1
    return best


def _may_stand(tokens: Sequence[Token], index: int, stop: int, phrase: str) -> bool:
    """Refuses words that are units only sometimes: "second" the ordinal, "fold" the verb, "stone", "bars"."""
    after = tokens[stop] if stop < len(tokens) and not tokens[stop].barrier else None
    if _is_glued_number(tokens, stop):
        return False
    if phrase in LOWER_ONLY and not tokens[index].text.islower():
        return False
    if phrase in ("bit", "bar", "bars", "stone", "rand", "won", "sen", "kilo", "deg", "pc", "lira") and (
        after is not None and after.kind == WORD and after.low in ("of", "more", "less", "too", "the", "and")
    ):
        return phrase in ("rand", "won") and after.low == "and"
    if phrase in ("hp", "ps", "mp", "sd", "gal", "pc") and not tokens[index].text.islower():
        return phrase in ("hp", "mp", "sd", "ps") and tokens[index].text.isupper()
    return not (phrase == "sec" and after is not None and after.kind == NUM)


def _match_weighted_percent(tokens: Sequence[Token], index: int) -> UnitMatch | None:
    """ "wt%", "wt.%", "vol %": a percentage by weight or volume."""
    if tokens[index].low not in ("wt", "vol", "at", "mol"):
        return None
    at = index + 1
    if at < len(tokens) and tokens[at].text == "." and tokens[at].glued:
        at += 1
    if at < len(tokens) and tokens[at].text == "%" and not tokens[at].barrier:
        return UnitMatch(PERCENT, at + 1)
    return None


def _match_symbols(tokens: Sequence[Token], index: int, *, glued: bool) -> UnitMatch | None:
    """SI-like symbols, alone or composed: "km/h", "mg/L", "m s−1", "W/m2"."""
    token = tokens[index]
    pair = _split_symbols(tokens, index)
    if (token.text not in SYMBOLS and pair is None) or _followed_by_letters(tokens, index):
        return None
    name, stop, raised = _read_factor(tokens, index, pair[1] if pair else None)
    parts = [pair[0], " " + name if not name.startswith("/") else name] if pair else [name]
    while stop < len(tokens) and len(parts) < 5:
        link = tokens[stop]
        if link.text in ("/", "·") and stop + 1 < len(tokens) and tokens[stop + 1].text in SYMBOLS:
            name, after, _ = _read_factor(tokens, stop + 1)
            parts.append(("/" if link.text == "/" else "·") + name)
            stop, raised = after, True
            continue
        spaced = link.kind == WORD and link.text in SYMBOLS and not link.barrier and not link.line
        if spaced and link.start - tokens[stop - 1].end <= 1:
            name, after, negative = _read_factor(tokens, stop)
            if negative or (
                link.text in ("h", "m", "A") and tokens[stop - 1].text in ("mA", "kW", "N", "MW")
            ):
                parts.append(" " + name if not name.startswith("/") else name)
                stop, raised = after, True
                continue
        break
    base = token.text
    if not raised and not _symbol_stands(tokens, base, stop, glued=glued):
        return None
    name = "".join(parts)
    if name in SYMBOL_TIMES:
        return UnitMatch(time_unit(name), stop)
    return UnitMatch(other_unit(name), stop)


def _split_symbols(tokens: Sequence[Token], index: int) -> tuple[str, str] | None:
    """The names of two symbols written as one word before a negative exponent ("mWm−2", "gL−1")."""
    text = tokens[index].text
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    raised = after is not None and after.glued and (after.text in "−-–" or after.text[:1] in "⁻")
    if text in SYMBOLS or len(text) > 6 or after is None or not raised:
        return None
    for cut in range(len(text) - 1, 0, -1):
        if text[:cut] in SYMBOLS and text[cut:] in SYMBOLS:
            return SYMBOLS[text[:cut]], SYMBOLS[text[cut:]]
    return None


def _symbol_stands(tokens: Sequence[Token], symbol: str, stop: int, *, glued: bool) -> bool:
    after = tokens[stop] if stop < len(tokens) and not tokens[stop].barrier else None
    if after is not None and after.text == "'" and after.glued:
        return False
    if glued:
        return symbol not in WEAK_GLUED
    return symbol not in WEAK


def _followed_by_letters(tokens: Sequence[Token], index: int) -> bool:
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None or not after.glued:
        return False
    return after.kind == WORD or (after.text == "-" and _is_word_glued(tokens, index + 2))


def _is_word_glued(tokens: Sequence[Token], index: int) -> bool:
    return (
        index < len(tokens)
        and tokens[index].kind == WORD
        and tokens[index].glued
        and (tokens[index].text not in SYMBOLS)
    )


def _read_factor(tokens: Sequence[Token], index: int, known: str | None = None) -> tuple[str, int, bool]:
    """A symbol with its exponent: name, end, whether the exponent is negative ("s−1" -> "/second"). `known`:
    the name, where the symbol is only the end of tokens[index]."""
    name = known or SYMBOLS[tokens[index].text]
    at = index + 1
    if at >= len(tokens):
        return name, at, False
    token = tokens[at]
    exponent = 1
    stop = at
    if token.kind == SUP and token.glued:
        digits = token.text.translate(SUPERSCRIPTS)
        if digits.lstrip("-+").isdigit() and len(digits) <= 2:
            exponent, stop = int(digits), at + 1
    elif token.kind == NUM and token.glued and token.text in ("2", "3"):
        exponent, stop = int(token.text), at + 1
    elif token.text in ("−", "-", "–", "^") and token.glued and at + 1 < len(tokens):
        start = at + 1
        sign = -1
        if token.text == "^":
            sign = 1
            if tokens[start].text in ("−", "-", "–") and start + 1 < len(tokens):
                sign, start = -1, start + 1
        digit = tokens[start]
        if (
            digit.kind == NUM
            and digit.text in ("1", "2", "3", "4")
            and digit.start - tokens[start - 1].end <= 1
        ):
            exponent, stop = sign * int(digit.text), start + 1
    if exponent < 0:
        return f"/{name}" if exponent == -1 else f"/{name}^{-exponent}", stop, True
    return (name if exponent == 1 else f"{name}^{exponent}"), stop, False


def _with_rate(tokens: Sequence[Token], match: UnitMatch) -> UnitMatch:
    """Adds "a day", "per year", "/month" to a unit: its name becomes "minute/day", "USD/month"."""
    rate = match_rate(tokens, match.stop)
    if rate is None:
        return match
    if match.unit.kind in (UnitKind.PERCENTAGE_POINT, UnitKind.BASIS_POINT, UnitKind.MULTIPLE, UnitKind.FLOP):
        base = match.unit.kind.value
    else:
        base = match.unit.name or match.unit.kind.value
    return UnitMatch(Unit(kind=match.unit.kind, name=f"{base}/{rate[0]}"), rate[1])


_POINTS_IN_TIME = frozenset("earlier ago later before after prior previously hence old".split())


def match_rate(tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """ "per second", "a day", "/month" at tokens[index]: the name below the line, and the end."""
    if index + 1 >= len(tokens) or tokens[index].barrier or tokens[index + 1].barrier:
        return None
    token = tokens[index]
    below = tokens[index + 1]
    if token.text == "-" and token.glued and token.low == "-" and below.low in PER_WORDS:
        return match_rate(tokens, index + 1)
    if token.low not in PER_WORDS and token.text != "/":
        return None
    slash = token.text == "/"
    unit = WORD_UNITS.get(below.low)
    stop = index + 2
    if (
        unit is not None
        and unit.kind is UnitKind.DURATION
        and not (token.low == "a" and below.low == "second")
    ):
        name = unit.name or below.low
        after = tokens[stop].low if stop < len(tokens) and not tokens[stop].barrier else ""
        if token.low in ("a", "an") and (below.low.endswith("s") or after in _POINTS_IN_TIME):
            return None  # "12% a year earlier"
        return name, stop
    if slash and below.text in SYMBOLS and below.glued:
        name, stop, _ = _read_factor(tokens, index + 1)
        return name, stop
    if token.low in ("a", "an", "per") or slash:
        if token.low == "per" and below.kind == WORD:
            if unit is not None:
                longer = _match_words(tokens, index + 1)
                if longer is not None:
                    return longer.unit.name or longer.unit.kind.value, longer.stop
            symbol = SYMBOLS.get(below.text)
            return symbol or PER_NOUNS.get(below.low, below.low), stop
        if (
            below.low in PER_NOUNS
            and token.low in ("a", "an")
            and below.low in ("share", "barrel", "gallon", "game")
        ):
            return PER_NOUNS[below.low], stop
    return None


def match_currency_before(tokens: Sequence[Token], index: int) -> tuple[Unit, int] | None:
    """A currency sign, code or name that ends just before tokens[index]: the unit and its first token."""
    if index == 0 or tokens[index].barrier:
        return None
    sign = tokens[index - 1]
    near = tokens[index].start - sign.end <= 1
    if sign.kind == SYM and sign.text in CURRENCY_SIGNS and near:
        first = index - 1
        code = CURRENCY_SIGNS[sign.text]
        if first > 0 and tokens[first - 1].kind == WORD and not sign.barrier:
            prefix = tokens[first - 1]
            known = DOLLAR_PREFIXES.get(prefix.low) if sign.text == "$" else None
            if known and (sign.glued or (prefix.text.isupper() and len(prefix.text) > 1)):
                return money_unit(known), first - 1
            if prefix.text in CURRENCY_CODES:
                return money_unit(prefix.text.replace("RMB", "CNY")), first - 1
        return money_unit(code), first
    behind = tokens[index - 2] if index > 1 else None
    if sign.kind == WORD and tokens[index].glued and behind is not None and behind.text == "$" and sign.glued:
        prefixed = DOLLAR_PREFIXES.get(sign.low)  # "$US113 million"
        if prefixed is not None:
            return money_unit(prefixed), index - 2
    if sign.kind == WORD and near:
        if sign.text in CURRENCY_CODES:
            return money_unit(sign.text.replace("RMB", "CNY")), index - 1
        if sign.low in CURRENCY_PREFIX_WORDS and (sign.text[0].isupper() or sign.low == "rs"):
            return money_unit(CURRENCY_PREFIX_WORDS[sign.low]), index - 1
    if sign.text == "." and index > 1 and tokens[index - 2].low == "rs" and sign.glued:
        return money_unit("INR"), index - 2
    return None


def unit_words(unit: Unit) -> str:
    """How a unit is written after its number, so that it reads back as the same unit."""
    if unit.kind is UnitKind.PERCENT:
        return "%" + _rate_words(unit.name, "percent")
    if unit.kind is UnitKind.PERCENTAGE_POINT:
        if unit.name == "points":
            return " points"
        return " percentage points" + _rate_words(unit.name, "percentage_point")
    if unit.kind is UnitKind.BASIS_POINT:
        return " basis points" + _rate_words(unit.name, "basis_point")
    if unit.kind is UnitKind.FLOP:
        return " FLOP" + _rate_words(unit.name, "flop")
    if unit.kind is UnitKind.MULTIPLE:
        return "x"
    return f" {unit.name}" if unit.name else ""


def _rate_words(name: str | None, base: str) -> str:
    if name and name.startswith(base + "/"):
        return " per " + name[len(base) + 1 :]
    return ""
