"""Exact arithmetic on Decimal for the number grammar: no float, and no rounding but that of a third or a
seventh, which no decimal holds.

Knows nothing of texts.
"""

from __future__ import annotations

from decimal import Context, Decimal

EXACT = Context(prec=200)


_DIVIDE = Context(prec=30)


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent (2.3E+9 -> 2300000000)."""
    return Decimal(format(number, "f")) if number.is_finite() else number


def shift(number: Decimal, power: int) -> Decimal:
    """number * 10 ** power, exactly."""
    return plain(number.scaleb(power, context=EXACT))


def add(left: Decimal, right: Decimal) -> Decimal:
    """left + right, exactly within 200 digits."""
    return EXACT.add(left, right)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """left * right, exactly within 200 digits."""
    return plain(EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal:
    """left / right to 30 digits (exact where a decimal holds it)."""
    return plain(_DIVIDE.divide(left, right))
