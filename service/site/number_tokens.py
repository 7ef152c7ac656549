"""Numbers as exact words for a search index that knows no numbers: "25%", "a quarter" and "1 in 4" are
`share:25`.

Owns the tokens of a figure and what is asked for by one in a query; the reading itself is kb.quantity's.
`site/static/numbers.js` reads queries in the browser and must give the same tokens. Refuses to know the index.

Tokens: `share:25` (percent, n of N, a bare number between 0 and 1), `points:10` (percentage points),
`times:3` (multiples), `n:25` (the number as written, whatever its unit), `near:25` (a share that is 25 when
rounded to whole percents; `near:24.8` to tenths).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from kb.compare import family_of, scale_of
from kb.quantity import find_quantities
from kb.types import Quantity, UnitKind

_FAMILIES = {"share": "share", "points": "points", "multiple": "times"}
_PLACES = Decimal("0.000001")
_TENTH, _WHOLE = Decimal("0.1"), Decimal(1)
_HUNDRED = Decimal(100)
_LARGEST = 60  # digits before the point; longer ones are no figure anybody looks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one figure of a query asks for, each a list of tokens of which one is enough: the same number,
    one that rounds to it, and what remains of a whole (`rest_of` says of what, in percent)."""

    same: tuple[str, ...]
    near: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    rest_of: str = ""


def write_plain(number: Decimal) -> str:
    """At most six decimal places, no trailing zeros, no exponent."""
    with localcontext() as context:
        context.prec = _LARGEST + 10
        rounded = number.quantize(_PLACES, rounding=ROUND_HALF_UP)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def find_tokens(quantities: Iterable[Quantity]) -> list[str]:
    """The tokens under which a claim or finding with these figures is found, sorted."""
    found: set[str] = set()
    for quantity in quantities:
        for written in _ends(quantity):
            found.add(f"n:{write_plain(written)}")
            scaled = written * scale_of(quantity)
            family = _FAMILIES.get(family_of(quantity))
            if family is not None:
                found.add(f"{family}:{write_plain(scaled)}")
            if family == "share":
                found |= {f"near:{_round(scaled, step)}" for step in (_WHOLE, _TENTH)}
            elif _may_be_share(quantity) and 0 < written < 1:
                found.add(f"share:{write_plain(written * 100)}")
                found |= {f"near:{_round(written * 100, step)}" for step in (_WHOLE, _TENTH)}
    return sorted(found)


def read_query(query: str) -> tuple[Wanted, ...]:
    """What the figures of a query ask for, in their order."""
    return tuple(wanted for quantity in find_quantities(query) if (wanted := _ask(quantity)) is not None)


def _ask(quantity: Quantity) -> Wanted | None:
    ends = _ends(quantity)
    if not ends:
        return None
    family = _FAMILIES.get(family_of(quantity))
    if family == "share":
        scale = scale_of(quantity)
        shares = [end * scale for end in ends]
        exact = quantity.base is None
        near = [_nearby(share, quantity.decimals or 0, exact) for share in shares]
        return Wanted(
            same=tuple(f"share:{write_plain(share)}" for share in shares),
            near=tuple(dict.fromkeys(token for tokens in near for token in tokens)),
            rest=_remain(shares, quantity.decimals or 0, exact),
            rest_of=write_plain(_HUNDRED - shares[0]) if len(shares) == 1 and 0 < shares[0] < 100 else "",
        )
    if family is not None:
        scale = scale_of(quantity)
        return Wanted(same=tuple(f"{family}:{write_plain(end * scale)}" for end in ends))
    same = [f"n:{write_plain(end)}" for end in ends]
    if _may_be_share(quantity):
        same += [f"share:{write_plain(end * 100)}" for end in ends if 0 < end < 1]
    return Wanted(same=tuple(same))


def _remain(shares: list[Decimal], decimals: int, exact: bool) -> tuple[str, ...]:
    if len(shares) != 1 or not 0 < shares[0] < _HUNDRED:
        return ()
    rest = _HUNDRED - shares[0]
    return (f"share:{write_plain(rest)}", *_nearby(rest, decimals, exact))


def _nearby(share: Decimal, decimals: int, exact: bool) -> tuple[str, ...]:
    """A written percentage asks for what rounds to it; "a third" for what a third rounds to."""
    if exact:
        return (f"near:{write_plain(share)}",) if decimals <= 1 else ()
    return tuple(dict.fromkeys(f"near:{_round(share, step)}" for step in (_WHOLE, _TENTH)))


def _round(share: Decimal, step: Decimal) -> str:
    return write_plain(share.quantize(step, rounding=ROUND_HALF_UP))


def _may_be_share(quantity: Quantity) -> bool:
    bare = (UnitKind.RATIO, UnitKind.SCORE, UnitKind.COUNT)
    return quantity.base is None and quantity.unit.kind in bare


def _ends(quantity: Quantity) -> list[Decimal]:
    ends = [
        end
        for end in (quantity.low, quantity.high)
        if end is not None and end.is_finite() and (end == 0 or -20 < end.adjusted() < _LARGEST)
    ]
    return list(dict.fromkeys(ends))
