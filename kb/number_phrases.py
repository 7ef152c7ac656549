"""From single numbers to what a phrase says: ranges, "n of N", tolerances, changes from A to B.

Works on atoms in place, in a few passes over neighbouring pairs. Knows nothing of the words that bound or
hedge a number (kb.quantity, kb.number_cues).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from kb.number_arithmetic import shift
from kb.number_atoms import MULTIPLE, TIMES, Atom
from kb.number_change import governs_change
from kb.number_compounds import (
    join_cents,
    join_fractions,
    join_parts,
    join_tolerance,
    raise_brackets,
    reject_positions,
)
from kb.number_sharing import (
    DETERMINERS,
    HEDGES,
    carry_base,
    hedged_start,
    in_interval,
    mark_intervals,
    share_forward,
    share_scales,
    share_sets,
    share_units,
    word_before,
    words_between,
)
from kb.number_tokens import NUM, Token
from kb.types import Unit, UnitKind

_DASHES = frozenset("-–—−~")


_ARROWS = frozenset("→")


def join_atoms(tokens: Sequence[Token], atoms: list[Atom]) -> list[Atom]:
    """All pairwise readings, in the order in which they take effect."""
    _reject_dimensions(tokens, atoms)
    atoms = _join(tokens, atoms, join_tolerance)
    atoms = _join(tokens, atoms, join_parts)
    atoms = _join(tokens, atoms, join_cents)
    reject_positions(tokens, atoms)
    _reject_score_lines(tokens, atoms)
    atoms = _join(tokens, atoms, _join_dash)
    raise_brackets(tokens, atoms)
    _mark_changes(tokens, atoms)
    atoms = _join(tokens, atoms, _join_ratio)
    atoms = _join(tokens, atoms, _join_range)
    _mark_arrows(tokens, atoms)
    share_sets(tokens, atoms)
    share_units(tokens, atoms)
    share_scales(tokens, atoms)
    share_forward(tokens, atoms)
    mark_intervals(tokens, atoms)
    carry_base(tokens, atoms)
    return atoms


def _reject_dimensions(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "1920x1080", "60 × 10 × 3 mm": lengths of the sides of one thing, not numbers to compare."""
    for left, right in pairwise(atoms):
        if left.why not in (None, "dimensions") or not right.live:
            continue
        words = words_between(tokens, left, right)
        if words in (["×"], ["x"]) or (words == [] and left.live and left.unit == MULTIPLE):
            left.why = right.why = "dimensions"
            right.first, left.stop = left.first, left.first  # one stretch, told by the last
    atoms[:] = [atom for atom in atoms if atom.why != "dimensions" or atom.stop > atom.first]


def _join(tokens: Sequence[Token], atoms: list[Atom], rule: object) -> list[Atom]:
    joined: list[Atom] = []
    for atom in atoms:
        if joined and joined[-1].live and atom.live:
            merged = rule(tokens, joined[-1], atom)  # type: ignore[operator]
            if merged is not None:
                joined[-1] = merged
                continue
        joined.append(atom)
    return joined


def _join_ratio(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """ "79 out of 100 trials", "one in four", "12 times in 100 runs", "two of the 16 models"."""
    if left.base is not None or right.base is not None or right.is_range or left.is_range:
        return None
    if not _is_whole(left) or not _is_whole(right) or right.low < 1:
        return None
    if not (_is_bare(left) or (left.unit == TIMES and left.form != "vague")):
        return None
    if not _is_bare(right) and right.unit != TIMES:
        return None
    near = words_between(tokens, left, right, past_unit=False)
    kind = _ratio_kind(near, left)
    if kind is None or (kind == "over" and (right.unit is not None or right.low < 2)):
        return None
    if left.low > right.low or (kind in ("in", "of") and right.low < 2):
        return None
    if kind == "in" and not _believable_in(tokens, left, right):
        return None
    if (
        kind == "of"
        and left.low == 1
        and left.form == "words"
        and "the" in near
        and not _is_singled(tokens, left)
    ):
        return None
    name = right.unit.name if right.noun and right.unit is not None else None
    left.base = right.low
    left.unit = Unit(kind=UnitKind.RATIO, name=name)
    left.noun = False
    left.number_stop = right.number_stop
    left.stop = max(right.stop, right.number_stop)
    left.after = right.after
    left.vague = False
    return left


def _is_whole(atom: Atom) -> bool:
    return atom.low == atom.high and atom.low == atom.low.to_integral_value() and atom.low >= 0


def _is_bare(atom: Atom) -> bool:
    return atom.unit is None or atom.noun


def _ratio_kind(words: list[str], left: Atom) -> str | None:
    if not words or words == ["|"] or len(words) > 8:
        return None
    if "out" in words:
        at = words.index("out")
        rest = words[at + 1 :]
        if rest[:1] != ["of"] or any(word not in DETERMINERS for word in rest[1:]):
            return None
        return "out of" if at <= 4 and not any(word in ",;:()." for word in words[:at]) else None
    if words[0] == "of" and left.unit != TIMES:
        return "of" if all(word in DETERMINERS for word in words[1:]) else None
    if left.unit == TIMES:
        body = words[1:] if words[0] == "times" else words
        if body and body[0] in ("in", "of") and all(word in DETERMINERS for word in body[1:]):
            return "times"
        return None
    if words == ["over"] and left.unit is None and left.form in ("digits", "words"):
        return "over"
    stripped = [word for word in words if word != "-"]
    if stripped in (["in"], ["in", "every"], ["of", "every"], ["for", "every"], ["in", "a"]):
        return "in"
    if stripped == ["per"]:
        return "per"
    return None


def _believable_in(tokens: Sequence[Token], left: Atom, right: Atom) -> bool:
    """ "one in four (people)", "9 in 10"; not "3 in 2024" or "5 in 12 months"."""
    if right.low <= left.low:
        return False
    if left.noun and left.low != 1:
        return False
    text = tokens[right.start_number].text
    if left.low == 1 and right.unit is None and right.plain and not 1500 <= right.low < 2200:
        return True  # "1 in 77"
    return right.form in ("words", "collective") or right.low <= 20 or right.low % 10 == 0 or "," in text


def _is_singled(tokens: Sequence[Token], left: Atom) -> bool:
    before = tokens[left.first - 1].low if left.first else ""
    if tokens[left.number_stop - 1].low == "one" and tokens[left.number_stop - 2].low == "single":
        return True
    return before in ("only", "just", "least", "exactly", "but", "than")


def _mark_changes(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "from 13% to 0.4%" under a word of change: two levels, not a range."""
    live = [atom for atom in atoms if atom.live]
    for left, right in pairwise(live):
        words = words_between(tokens, left, right)
        if "to" not in words or len(words) > 6 or any(word in ";:" for word in words):
            continue
        before = word_before(tokens, left)
        if before != "from":
            continue
        falls = left.low > right.high and not _shares_scale(left, right)
        if falls or governs_change(tokens, hedged_start(tokens, left) - 1, right.stop):
            left.change, right.change = "from", "to"


def _mark_arrows(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "12-24% → 78%": a change that begins and ends with a level."""
    for left, right in pairwise([atom for atom in atoms if atom.live]):
        words = words_between(tokens, left, right)
        if words and all(word in _ARROWS for word in words):
            left.change = left.change or "from"
            right.change = "to"


def _join_range(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """Two numbers that are the ends of one: "12-24%", "between 5 and 10", "from 5 to 10", "20 to 50 percent"."""
    if left.change is not None or right.change is not None or left.is_range or right.is_range:
        return None
    if left.base is not None or right.base is not None:
        joined = join_fractions(
            left, right, _strip(words_between(tokens, left, right)), word_before(tokens, left)
        )
        if joined is not None and word_before(tokens, left) == "between":
            joined.first = _range_start(tokens, joined, "between")
        return joined
    words = words_between(tokens, left, right)
    link = _range_link(tokens, left, right, words)
    if link is None or not _units_fit(left, right):
        return None
    low, high = left.low, right.high
    if _shares_scale(left, right):
        low = shift(low, right.exponent)
    if low > high and (link == "between" or high < 0):
        low, high = high, low
    if low >= high:
        return None
    if link in ("or", "dash") and not _believable_range(tokens, left, right, link):
        return None
    left.first = _range_start(tokens, left, link)
    places = (left.decimals, right.decimals)
    if low != left.low and left.decimals is not None:
        places = (left.decimals - right.exponent, right.decimals)
    left.decimals = None if None in places else max(place for place in places if place is not None)
    left.low, left.high = low, high
    if right.unit is not None:
        left.unit, left.noun = right.unit, right.noun
    left.number_stop = right.number_stop
    left.stop = max(right.stop, right.number_stop)
    left.after = right.after
    left.is_range = True
    left.plain = False
    return left


def _join_dash(tokens: Sequence[Token], left: Atom, right: Atom) -> Atom | None:
    """Ranges that a dash makes bind before "from ... to"."""
    words = words_between(tokens, left, right)
    return _join_range(tokens, left, right) if len(words) == 1 and words[0] in _DASHES else None


def _reject_score_lines(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "a 2-1 win", "3-1", "89-89": two bare numbers, the first not the smaller, joined by a tight hyphen."""
    for left, right in pairwise(atoms):
        if not (left.live and right.live and left.unit is None and (right.unit is None or right.noun)):
            continue
        falls = left.plain and right.plain and left.low > right.low and right.unit is None
        if falls and words_between(tokens, left, right) == ["over"]:
            left.why = right.why = "ratio_notation"  # a blood pressure of 120 over 80
            continue
        if not (left.plain and right.plain and left.low >= right.low) or words_between(
            tokens, left, right
        ) not in (["-"], ["–"]):
            continue
        if tokens[right.first - 1].glued and tokens[right.first].glued:
            left.why = right.why = "score_line"
            right.stop = right.number_stop


def _range_link(tokens: Sequence[Token], left: Atom, right: Atom, words: list[str]) -> str | None:
    before = word_before(tokens, left)
    if before == "between" and _strip(words) in (["and"], ["to"]):
        apart = {
            "difference",
            "gap",
            "split",
            "choose",
            "disparity",
            "differences",
            "distance",
            "choice",
            "correlation",
        }
        earlier = {tokens[at].low for at in range(max(0, left.first - 5), left.first)}
        return None if apart & earlier else "between"
    core = _strip(words)
    if core in (["to"], ["through"], ["till"], ["until"]):
        if before == "by" and left.unit is not None and right.unit is not None and right.low > 3 * left.low:
            return None  # "increased by $43 billion to $419 billion"
        if before == "from":
            return "from"
        return "to" if core in (["to"], ["through"]) and _plain_to(tokens, left, right, before) else None
    if len(words) == 1 and words[0] in _DASHES:
        dash = tokens[right.first - 1]
        if words[0] == "~" and not (dash.glued and tokens[right.first].glued):
            return None
        if words[0] == "—" and not (dash.glued and tokens[right.first].glued):
            return None
        return "dash"
    if len(words) == 3 and words[0] == "-" and words[1] == "to" and words[2] == "-":
        return "to"
    if core == ["or"] and "-" not in words:
        return "or"
    if in_interval(tokens, left) and core in ([","], [";"], ["and"]):
        return "interval"
    return None


def _strip(words: list[str]) -> list[str]:
    return [word for word in words if (word not in HEDGES and word not in ("-", "and")) or word == "and"]


def _plain_to(tokens: Sequence[Token], left: Atom, right: Atom, before: str) -> bool:
    """ "20 to 50 percent": the first number has no noun of its own, and the second isn't a place or a time."""
    if left.noun or before in ("scale", "ratio", "rate", "lost", "won", "beat", "voted"):
        return False
    if right.unit is None and left.unit is not None:
        return False
    if left.unit is not None and right.unit is not None and not _units_fit(left, right):
        return False
    return not (left.unit is not None and left.unit.kind is UnitKind.MULTIPLE)


def _units_fit(left: Atom, right: Atom) -> bool:
    if left.unit is None or right.unit is None:
        if left.unit is not None and right.unit is None:
            return left.unit.kind is UnitKind.CURRENCY or (
                left.unit.kind is UnitKind.SCORE or (left.noun is False and left.unit.kind is UnitKind.RANK)
            )
        return True
    if left.noun:
        return right.noun and left.unit == right.unit
    if left.unit.kind is not right.unit.kind:
        return False
    base, _, _ = (left.unit.name or "").partition("/")
    return left.unit == right.unit or base == (right.unit.name or "").partition("/")[0]


def _shares_scale(left: Atom, right: Atom) -> bool:
    """ "5 to 10 million": the first number has the second's scale where it is the smaller as written."""
    if not right.exponent or left.exponent:
        return False
    return left.low < shift(right.low, -right.exponent) and abs(left.low) < 1000


def _believable_range(tokens: Sequence[Token], left: Atom, right: Atom, link: str) -> bool:
    if link == "or":
        # "two or three", "20 or 30 lines": neighbours; "50 or 100 rows" are two
        near = right.low - left.low <= max(Decimal(1), left.low / 2)
        return near and left.unit is None and (left.form == "words" or (left.plain and right.plain))
    dash = tokens[right.first - 1]
    tight = dash.glued and tokens[right.first].glued
    broken = dash.glued and tokens[right.first].line
    spaced = not dash.glued and not tokens[right.first].glued and dash.text in "–-"
    if not (tight or broken or spaced):
        return False
    if spaced and left.unit is not None and right.unit is None:
        return False
    after = tokens[right.number_stop] if right.number_stop < len(tokens) else None
    chained = (
        after is not None and after.text == "-" and after.glued and _number_follows(tokens, right.number_stop)
    )
    return not chained


def _number_follows(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].kind == NUM and tokens[index + 1].glued


def _range_start(tokens: Sequence[Token], left: Atom, link: str) -> int:
    """The range's surface begins with "between" or "from"."""
    if link not in ("between", "from"):
        return left.first
    at = hedged_start(tokens, left)
    return at - 1 if at > 0 else left.first
