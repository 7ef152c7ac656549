"""Writes a quantity in plain words, or in an exact notation where words would not read back.

Knows nothing of reading text; kb.quantity chooses between the two.
"""

from __future__ import annotations

import json
from decimal import Context, Decimal, InvalidOperation

from kb.number_arithmetic import plain, shift
from kb.numerals import SCALES, SMALL, TENS
from kb.types import Aggregate, Modifier, Quantity, Relation, Unit, UnitKind
from kb.unit_names import CURRENCY_CODES
from kb.units import unit_words


def write_words(quantity: Quantity) -> str:
    """A quantity in plain words; ValueError where it has no bound to write."""
    parts: list[str] = []
    if quantity.aggregate is not Aggregate.NONE:
        parts.append(_AGGREGATE_WORDS[quantity.aggregate])
    if quantity.relation is Relation.CHANGE_RELATIVE:
        parts.append("change of")
    parts.append(_format_bound(quantity))
    return " ".join(part for part in parts if part)


_AGGREGATE_WORDS = {
    Aggregate.AVERAGE: "average of",
    Aggregate.MEDIAN: "median of",
    Aggregate.BEST: "best:",
    Aggregate.WORST: "worst:",
    Aggregate.TOTAL: "total of",
}


_LETTER_SIGNS = {
    (Modifier.EXACT, False): "=",
    (Modifier.APPROX, False): "~",
    (Modifier.AT_LEAST, False): "≥",
    (Modifier.AT_LEAST, True): ">",
    (Modifier.AT_MOST, False): "≤",
    (Modifier.AT_MOST, True): "<",
}


def _format_letter(quantity: Quantity) -> str | None:
    """ "p < 0.05": a scale named by a letter takes a sign."""
    sign = _LETTER_SIGNS.get((quantity.modifier, quantity.strict))
    if quantity.unit.kind is not UnitKind.SCORE or len(quantity.unit.name or "") != 1 or sign is None:
        return None
    value = quantity.low if quantity.low is not None else quantity.high
    return f"{quantity.unit.name} {sign} {_format_number(value or Decimal(0), quantity.decimals)}"


def _format_bound(quantity: Quantity) -> str:
    low, high = quantity.low, quantity.high
    letter = _format_letter(quantity)
    if letter is not None:
        return letter
    hedge = f"{quantity.hedge} " if quantity.hedge else ""
    if quantity.modifier is Modifier.AT_LEAST and low is not None:
        if quantity.hedge in ("dozens", "hundreds", "thousands", "millions", "billions", "trillions", "tens"):
            return _format_vague(quantity)
        word = "more than " if quantity.strict else "at least "
        return word + hedge + _format_value(quantity, low)
    if quantity.modifier is Modifier.AT_MOST and high is not None:
        word = "less than " if quantity.strict else "at most "
        return word + hedge + _format_value(quantity, high)
    if low is None or high is None:
        raise ValueError(f"a quantity without its bound can't be written: {quantity}")
    if quantity.modifier is Modifier.RANGE:
        return hedge + _format_range(quantity, low, high)
    if quantity.hedge == "a couple" and low == 2:
        return _place_unit(quantity, "a couple of")
    return hedge + _format_value(quantity, low)


def _format_range(quantity: Quantity, low: Decimal, high: Decimal) -> str:
    if quantity.base is not None:
        return f"{_format_number(low, quantity.decimals)} to {_format_value(quantity, high)}"
    return f"between {_format_number(low, quantity.decimals)} and {_format_value(quantity, high)}"


def _format_vague(quantity: Quantity) -> str:
    words = {
        Decimal(12): "dozens", Decimal(100): "hundreds", Decimal(1000): "thousands", Decimal(10**4): "tens of thousands",
        Decimal(10**5): "hundreds of thousands", Decimal(10**6): "millions", Decimal(10**7): "tens of millions",
        Decimal(10**8): "hundreds of millions", Decimal(10**9): "billions", Decimal(10**12): "trillions",
        Decimal(10): "tens",
    }  # fmt: skip
    word = words.get(quantity.low or Decimal(0))
    if word is None:
        return f"at least {_format_value(quantity, quantity.low or Decimal(0))}"
    name = quantity.unit.name or "of them"
    return f"{word} of {name}" if quantity.unit.name else word


def _format_value(quantity: Quantity, value: Decimal) -> str:
    if quantity.base is not None:
        noun = f" {quantity.unit.name}" if quantity.unit.name else ""
        if quantity.decimals is None:
            return f"{_format_number(value, None)} in {_format_number(quantity.base, None)}{noun}"
        return f"{_format_number(value, quantity.decimals)} out of {plain(quantity.base)}{noun}"
    return _place_unit(quantity, _format_number(value, quantity.decimals))


def _place_unit(quantity: Quantity, number: str) -> str:
    unit = quantity.unit
    if unit.kind is UnitKind.RANK:
        if unit.name in ("top_percent", "bottom_percent"):
            return f"{unit.name.split('_')[0]} {number}%"
        if unit.name in ("top", "bottom"):
            return f"{unit.name} {number}"
        return f"{number}th {unit.name}"
    if unit.kind is UnitKind.SCORE:
        return f"{unit.name.replace('_', ' ')} of {number}" if unit.name else number
    if unit.kind is UnitKind.MULTIPLE:
        return f"{number}x" if number[-1:].isdigit() else f"{number} times as many"
    if unit.kind is UnitKind.CURRENCY and unit.name and unit.name.split("/")[0] in CURRENCY_CODES:
        code, _, per = unit.name.partition("/")
        return f"{code} {number}" + (f" per {per}" if per else "")
    if unit.kind is UnitKind.PERCENT and unit.name == "confidence":
        return f"{number}% confidence interval"
    if unit.name and "/" in unit.name and unit.kind in (UnitKind.COUNT, UnitKind.DURATION, UnitKind.CURRENCY):
        above, _, below = unit.name.partition("/")
        return f"{number} {above} per {below}"
    words = unit_words(unit)
    return number + (" percent" + words[1:] if words.startswith("%") and not number[-1:].isdigit() else words)


def _format_number(value: Decimal, decimals: int | None) -> str:
    if decimals is None:
        return spell(value)
    if decimals >= 0:
        return format(_to_places(value, decimals), "f")
    for exponent, word in ((3, "thousand"), (6, "million"), (9, "billion"), (12, "trillion")):
        places = exponent + decimals
        if places >= 0:
            return f"{format(_to_places(shift(value, -exponent), places), 'f')} {word}"
    mantissa = _to_places(shift(value, decimals), 0)
    return f"10^{-decimals}" if mantissa == 1 else f"{format(mantissa, 'f')}×10^{-decimals}"


_EXACT = Context(prec=250)


def _to_places(value: Decimal, places: int) -> Decimal:
    """The value with this many decimal places, or as it is where that would change it."""
    try:
        rounded = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    except InvalidOperation:
        return value
    return rounded if rounded == value else value


_ONES = {number: word for word, number in SMALL.items()}


_TENS_WORDS = {number: word for word, number in TENS.items() if word != "fourty"}


def spell(value: Decimal) -> str:
    """A number in words; with digits where words would not be exact."""
    whole = value.to_integral_value()
    if value != whole:
        if value * 2 == (value * 2).to_integral_value() and value > 0:
            floor = int(value)
            return f"{spell(Decimal(floor))} and a half" if floor else "half a"
        return format(value, "f")
    number = int(whole)
    if number < 0 or number >= 10**15:
        return str(number)
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS_WORDS[tens * 10] + (f"-{_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {spell(Decimal(rest))}" if rest else "")
    for word, exponent in sorted(SCALES.items(), key=lambda pair: -pair[1]):
        if number >= 10**exponent:
            above, rest = divmod(number, 10**exponent)
            tail = ""
            if rest:
                tail = f" and {spell(Decimal(rest))}" if rest < 100 else f" {spell(Decimal(rest))}"
            return f"{spell(Decimal(above))} {word}{tail}"
    return str(number)


# --------------------------------------------------------------------------- exact notation


def write_exact(quantity: Quantity) -> str:
    """Every field but surface and offsets, as one line of JSON."""
    fields: dict[str, object] = {
        "low": None if quantity.low is None else str(quantity.low),
        "high": None if quantity.high is None else str(quantity.high),
        "unit": quantity.unit.kind.value,
        "name": quantity.unit.name,
        "modifier": quantity.modifier.value,
        "aggregate": quantity.aggregate.value,
        "relation": quantity.relation.value,
        "base": None if quantity.base is None else str(quantity.base),
        "decimals": quantity.decimals,
        "strict": quantity.strict,
        "hedge": quantity.hedge,
    }
    return json.dumps(fields, ensure_ascii=False)


def read_exact(text: str) -> Quantity:
    """The quantity that write_exact wrote; ValueError for anything else."""
    try:
        fields = json.loads(text)
        low, high, base = (
            None if fields[key] is None else Decimal(str(fields[key])) for key in ("low", "high", "base")
        )
        name, hedge, decimals = fields["name"], fields["hedge"], fields["decimals"]
        if not all(item is None or isinstance(item, str) for item in (name, hedge)):
            raise ValueError("name and hedge are text or null")
        if not (decimals is None or (isinstance(decimals, int) and not isinstance(decimals, bool))):
            raise ValueError("decimals is a whole number or null")
        if any(end is not None and not end.is_finite() for end in (low, high, base)):
            raise ValueError("low, high and base are finite numbers or null")
        return Quantity(
            surface=text,
            start=0,
            end=len(text),
            low=low,
            high=high,
            unit=Unit(kind=UnitKind(fields["unit"]), name=name),
            modifier=Modifier(fields["modifier"]),
            aggregate=Aggregate(fields["aggregate"]),
            relation=Relation(fields["relation"]),
            base=base,
            decimals=decimals,
            strict=bool(fields["strict"]),
            hedge=hedge,
        )
    except (KeyError, TypeError, InvalidOperation, RecursionError) as error:
        raise ValueError(f"not a quantity in exact notation: {text[:80]!r} ({error!r})") from error
