"""The working value of the number grammar: one number with its unit, or the rule that rejected it.

Owned by kb.number_grammar and its parts; nothing outside the reader sees it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kb.number_arithmetic import shift
from kb.number_cues import CuePhrase
from kb.numerals import Numeral
from kb.types import Unit, UnitKind

COUNT = Unit(kind=UnitKind.COUNT)


TIMES = Unit(kind=UnitKind.COUNT, name="times")


MULTIPLE = Unit(kind=UnitKind.MULTIPLE)


RATIO = Unit(kind=UnitKind.RATIO)


@dataclass(slots=True)
class Atom:
    """One number in the text: tokens[first:stop] with sign, currency and unit. `unit` None: a bare number.
    `why` names the rule that rejected it, else None. `low`/`high` differ once a range is made of two."""

    first: int
    stop: int
    start_number: int
    number_stop: int
    low: Decimal
    high: Decimal
    decimals: int | None
    form: str
    unit: Unit | None = None
    base: Decimal | None = None
    why: str | None = None
    exponent: int = 0
    plain: bool = False
    comma: bool = False
    noun: bool = False  # the unit is a counted noun
    sure: bool = False  # the counted noun is a plural, not a guess
    guessed: bool = False  # the unit is a word that no lexicon knows
    is_range: bool = False
    vague: bool = False
    explicit_sign: bool = False
    after: list[CuePhrase] = field(default_factory=list)
    change: str | None = None  # "from" or "to" of a change from A to B
    tolerance: Decimal | None = None
    carried: bool = False

    def raise_by(self, power: int) -> None:
        """Multiplies a number without a scale by a power of ten that stands with its unit ("30 MUSD")."""
        if self.exponent:
            return
        self.low, self.high = shift(self.low, power), shift(self.high, power)
        self.decimals = None if self.decimals is None else self.decimals - power
        self.exponent, self.plain = power, False

    @property
    def live(self) -> bool:
        return self.why is None


def rejected(first: int, stop: int, why: str) -> Atom:
    return Atom(first, stop, first, stop, Decimal(0), Decimal(0), None, "none", why=why)


def atom_of(numeral: Numeral) -> Atom:
    return Atom(
        first=numeral.first,
        stop=numeral.stop,
        start_number=numeral.first,
        number_stop=numeral.stop,
        low=numeral.value,
        high=numeral.value,
        decimals=numeral.decimals,
        form=numeral.form,
        exponent=numeral.exponent,
        plain=numeral.plain,
        comma=numeral.comma,
    )


def word_atom(first: int, stop: int, value: Decimal) -> Atom:
    return Atom(first, stop, first, stop, value, value, None, "words")
