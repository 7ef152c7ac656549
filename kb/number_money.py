"""Money whose scale stands with its currency: "75 USD million", "30 MUSD", "MEUR 60".

Owns codes with a scale of their own. Knows nothing of how a number or a plain currency is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.number_atoms import Atom
from kb.number_tokens import NUM, WORD, Token
from kb.numerals import SCALES
from kb.types import Unit, UnitKind
from kb.unit_names import CURRENCY_CODES, money_unit
from kb.units import match_rate, match_unit

_SHORT = {"mn": 6, "mln": 6, "mio": 6, "bn": 9, "bln": 9, "tn": 12, "trn": 12, "lakh": 5, "crore": 7}
_LETTERS = {"k": 3, "K": 3, "m": 6, "M": 6}
_ENDINGS = {"m": 6, "M": 6, "mn": 6, "mln": 6, "k": 3, "bn": 9}
# "TEUR" is a thousand in one country and a trillion in another, so no T.
_SCALED: dict[str, tuple[Unit, int]] = {
    written: (money_unit(code.replace("RMB", "CNY")), power)
    for code in sorted(CURRENCY_CODES)
    for written, power in (
        *((letter + code, power) for letter, power in _LETTERS.items()),
        *((code + ending, power) for ending, power in _ENDINGS.items()),
    )
}


def scaled_money_before(tokens: Sequence[Token], index: int) -> tuple[Unit, int] | None:
    """A code with its scale right before a number ("MEUR 60"): its unit and power of ten."""
    if index == 0 or tokens[index].barrier or tokens[index].start - tokens[index - 1].end > 1:
        return None
    return _SCALED.get(tokens[index - 1].text)


def scale_money(tokens: Sequence[Token], atom: Atom, at: int) -> bool:
    """Whether a currency with a scale of its own stands at tokens[at], behind a number without one: the number
    is raised by it."""
    found = _match_scaled(tokens, at)
    if found is None or atom.exponent:
        return False
    unit, power, stop = found
    atom.raise_by(power)
    rate = match_rate(tokens, stop)
    if rate is not None:
        unit, stop = Unit(kind=UnitKind.CURRENCY, name=f"{unit.name}/{rate[0]}"), rate[1]
    atom.unit, atom.stop = unit, stop
    return True


def _match_scaled(tokens: Sequence[Token], at: int) -> tuple[Unit, int, int] | None:
    if tokens[at].kind != WORD:
        return None
    scaled = _SCALED.get(tokens[at].text)
    if scaled is not None:
        return None if _is_number_glued(tokens, at + 1) else (*scaled, at + 1)
    match = match_unit(tokens, at, glued=False)
    if match is None or match.unit.kind is not UnitKind.CURRENCY or match.stop >= len(tokens):
        return None
    word = tokens[match.stop]
    if word.barrier or "/" in (match.unit.name or "") or _is_number_glued(tokens, match.stop + 1):
        return None
    power = SCALES.get(word.low) or _SHORT.get(word.low)
    return None if power is None else (match.unit, power, match.stop + 1)


def _is_number_glued(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].kind == NUM and tokens[index].glued
