"""Places in an order: "ranked third", "3rd of 120", "in second place", "ranked #2".

An ordinal counts nothing by itself ("the third experiment"): only words of ranking around it make it a
rank. Percentiles and "top 10%" are in kb.number_scales and kb.number_digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_atoms import Atom, word_atom
from kb.number_tokens import NUM, WORD, Token
from kb.numerals import SMALL, read_run
from kb.types import Unit, UnitKind

_PLACE = Unit(kind=UnitKind.RANK, name="place")
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_SUFFIXES = frozenset(("st", "nd", "rd", "th"))
_RANKING = frozenset(
    "rank ranks ranked ranking place places placed placing came comes finish finishes finished finishing".split()
)
_BETWEEN = frozenset("in at as joint tied only just a the position".split())
_SIGNS = frozenset(("#", "no", "nos", "number", "."))
_PLACES = frozenset(("place", "position", "rank"))
_AFTER = frozenset("out of in among amongst on overall behind worldwide globally nationally and with for after place position".split())  # fmt: skip
_MOST = 100_000


def read_rank(tokens: Sequence[Token], index: int) -> Atom | None:
    """The rank whose number begins at tokens[index], with the N of "third of 120" as its base."""
    read = _read_place(tokens, index)
    if read is None:
        return None
    value, stop, ordinal = read
    first = _start_of(tokens, index, ordinal=ordinal)
    after = tokens[stop].low if stop < len(tokens) and not tokens[stop].barrier else ""
    named = ordinal and after in _PLACES
    if first is None and not named:
        return None
    if first is not None and not named and after and after not in _AFTER and tokens[stop].kind == WORD:
        return None  # "came first thing", "placed third parties"
    atom = word_atom(index, stop, Decimal(value))
    atom.decimals = 0
    atom.form = "rank"
    atom.unit = _PLACE
    if first is not None and not ordinal:
        atom.first = first
    if named:
        stop += 1
    atom.base, atom.stop = _read_base(tokens, stop, value)
    return atom


def _read_place(tokens: Sequence[Token], index: int) -> tuple[int, int, bool] | None:
    """The place as a number, the token behind it, and whether it is written as an ordinal."""
    token = tokens[index]
    if token.low in ORDINALS:
        return ORDINALS[token.low], index + 1, True
    if token.low in SMALL and SMALL[token.low] and index and tokens[index - 1].low in _SIGNS:
        return SMALL[token.low], index + 1, False
    if token.kind != NUM:
        return None
    run = read_run(token.text)
    if run is None or run[1] or not 0 < run[0] < _MOST:
        return None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is not None and following.glued and following.low in _SUFFIXES:
        return int(run[0]), index + 2, True
    marked = index > 0 and not token.barrier and tokens[index - 1].low in _SIGNS
    return (int(run[0]), index + 1, False) if marked else None


def _start_of(tokens: Sequence[Token], index: int, *, ordinal: bool) -> int | None:
    """Where "#" or "No." before the place begins, after a verb of ranking; None without one."""
    at = index
    while at > 0 and not tokens[at].barrier and tokens[at - 1].low in _SIGNS and not ordinal:
        at -= 1
    start = at
    steps = 0
    while at > 0 and not tokens[at].barrier and tokens[at - 1].low in _BETWEEN and steps < 2:
        at -= 1
        steps += 1
    if at == 0 or tokens[at].barrier or tokens[at - 1].low not in _RANKING:
        return None
    if steps and tokens[at].low == "the":
        return None  # "came the third report"
    return start


def _read_base(tokens: Sequence[Token], stop: int, value: int) -> tuple[Decimal | None, int]:
    """The N of "of 120", "out of 40 teams", and where the rank ends."""
    at = stop
    if at < len(tokens) and tokens[at].low == "out" and not tokens[at].barrier:
        at += 1
    if at + 1 >= len(tokens) or tokens[at].low != "of" or tokens[at].barrier:
        return None, stop
    at += 1
    while at < len(tokens) and tokens[at].low in ("the", "all", "some", "these"):
        at += 1
    number = tokens[at] if at < len(tokens) else None
    if number is None or number.kind != NUM:
        return None, stop
    run = read_run(number.text)
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    glued = following is not None and following.glued and following.text not in ".,;:)"
    if run is None or run[1] or run[0] < value or glued:
        return None, stop
    return run[0], at + 1
