"""What one number takes from its neighbours: a unit ("12 and 24 percent"), a base, a noun, an interval.

Works on atoms in place. Knows nothing of hedges and bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from kb.number_arithmetic import shift
from kb.number_atoms import RATIO, TIMES, Atom
from kb.number_nouns import find_noun
from kb.number_tokens import NUM, WORD, Token
from kb.types import Unit, UnitKind
from kb.units import match_unit

DETERMINERS = frozenset(
    "top the these those all its their our his her every each a an total of about roughly some".split()
)


def words_between(tokens: Sequence[Token], left: Atom, right: Atom, *, past_unit: bool = True) -> list[str]:
    """The lower-case words between two atoms; ["|"] where a boundary parts them."""
    start = max(left.number_stop, left.stop if past_unit else 0)
    if right.first < start:
        return ["|"]
    for at in range(start, right.first + 1):
        if tokens[at].barrier:
            return ["|"]
    return [tokens[at].low for at in range(start, right.first)]


def hedged_start(tokens: Sequence[Token], atom: Atom) -> int:
    """The first token of an atom, past hedges between it and "from"."""
    at = atom.first
    while at > 0 and not tokens[at].barrier and tokens[at - 1].low in HEDGES:
        at -= 1
    return at


HEDGES = frozenset(
    "> < ≥ ≤ about around roughly approximately nearly almost some ~ just only over under a an the below above".split()
)


def word_before(tokens: Sequence[Token], atom: Atom) -> str:
    at = hedged_start(tokens, atom)
    return tokens[at - 1].low if at > 0 and not tokens[at].barrier else ""


_INTERVAL_WORDS = frozenset(("ci", "cri", "hdi", "interval", "intervals", "iqr", "cis"))


def in_interval(tokens: Sequence[Token], atom: Atom) -> bool:
    """Whether the number stands right after "CI", "95% confidence interval", "[" or "(" allowed between."""
    for at in range(atom.first - 1, max(-1, atom.first - 7), -1):
        token = tokens[at]
        if tokens[at + 1].barrier or token.kind == NUM:
            return False
        if token.low in _INTERVAL_WORDS:
            return True
        if token.kind == WORD and token.low not in ("from", "of", "is", "was", "between", "range"):
            return False
    return False


def mark_intervals(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """Names the level of a confidence interval, and an interval that has no unit of its own."""
    for atom in atoms:
        if not atom.live:
            continue
        if atom.unit is not None and atom.unit.kind is UnitKind.PERCENT and atom.unit.name is None:
            if not atom.is_range and _level_follows(tokens, atom.stop):
                atom.unit = Unit(kind=UnitKind.PERCENT, name="confidence")
            elif atom.is_range and in_interval(tokens, atom):
                atom.unit = Unit(kind=UnitKind.PERCENT, name="confidence_interval")
        elif atom.is_range and atom.unit is None and in_interval(tokens, atom):
            atom.unit = Unit(kind=UnitKind.SCORE, name="confidence_interval")


def _level_follows(tokens: Sequence[Token], index: int) -> bool:
    words = [tokens[at].low for at in range(index, min(index + 3, len(tokens))) if not tokens[at].barrier]
    if not words:
        return False
    if words[0] in ("ci", "cis", "cri", "hdi") or words[:2] == ["c", "i"]:
        return True
    return words[0] in ("confidence", "credible", "prediction") and len(words) > 1 and words[1] in (
        "interval", "intervals", "level", "bound", "bounds", "limits", "region", "cis", "ci"
    )  # fmt: skip


_SET_CLOSERS = {"}": "{", ")": "(", "]": "["}


def share_sets(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "{0, 2, 3, 6, 11}%": the unit behind the bracket is that of every number inside it."""
    for number, atom in enumerate(atoms):
        close = atom.number_stop
        if not atom.live or close + 1 >= len(tokens) or tokens[close].text not in _SET_CLOSERS:
            continue
        opener = _SET_CLOSERS[tokens[close].text]
        first = number
        while first > 0 and _in_list(tokens, atoms[first - 1], atoms[first]):
            first -= 1
        begin = atoms[first].first
        if first == number or begin == 0 or tokens[begin - 1].text != opener:
            continue
        match = match_unit(tokens, close + 1, glued=tokens[close + 1].glued)
        if match is None or tokens[close + 1].barrier:
            continue
        for member in atoms[first : number + 1]:
            if member.unit is None or member.noun:
                member.unit, member.noun = match.unit, False


def _in_list(tokens: Sequence[Token], left: Atom, right: Atom) -> bool:
    if not left.live or not right.live:
        return False
    return set(words_between(tokens, left, right)) <= {",", ";", "and", "or", "/"}


def share_scales(tokens: Sequence[Token], atoms: Sequence[Atom]) -> None:
    """ "3, 5 and 7 million dollars": the numbers before the last of a list have its scale, where they are
    smaller as written and share its unit."""
    for at in range(len(atoms) - 1, 0, -1):
        left, right = atoms[at - 1], atoms[at]
        if not (left.live and right.live) or left.unit != right.unit or left.is_range or right.is_range:
            continue
        if not right.exponent or left.exponent or left.decimals is None or not left.low.is_finite():
            continue
        words = words_between(tokens, left, right)
        if not words or any(word not in (",", "and", "or", "&") for word in words):
            continue
        if abs(left.low) < 1000 and left.low < shift(right.low, -right.exponent):
            left.low, left.high = shift(left.low, right.exponent), shift(left.high, right.exponent)
            left.decimals -= right.exponent
            left.exponent = right.exponent


_SHARE_LINKS = frozenset((",", "and", "or", "&", "/", "vs", "versus", ".", "→", "to", "then", "both", ";"))


def share_units(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """A bare number takes the unit of the next in its list: "three and nine events", "12 and 24 percent"."""
    following: Atom | None = None
    strong = False
    for atom in reversed(atoms):
        if not atom.live:
            following, strong = None, False
            continue
        if following is not None and atom.unit is None and atom.base is None:
            words = words_between(tokens, atom, following)
            links = [word for word in words if word not in HEDGES and word != "from"]
            if links[:1] == ["-"] and len(links) > 1:
                links = links[1:]  # "7- or 8-inch"
            joined = bool(links) and len(links) <= 2 and all(word in _SHARE_LINKS for word in links)
            has_word = any(word in ("and", "or", "&", "vs", "versus", "→", "to") for word in links)
            if joined and "." in links and "vs" not in links:
                joined = False
            if any(word in ("a", "an", "the") for word in words):
                joined = False  # "a 40% chance of 1, and a 40% chance of 2"
            if "to" in links and atom.change != "from":
                joined = False
            rising = links == [","] and atom.plain and following.low > atom.low and _is_timed(following)
            unit = following.unit if joined and (has_word or (strong and links == [","]) or rising) else None
            if unit is not None and unit.kind not in (UnitKind.RATIO, UnitKind.SCORE):
                atom.unit, atom.noun = unit, following.noun
                strong = True
                following = atom
                continue
        following, strong = atom, False


def _is_timed(atom: Atom) -> bool:
    """ "15, 30 minutes"."""
    return atom.unit is not None and atom.unit.kind is UnitKind.DURATION


_COMPARED_WITH = frozenset(
    tuple(phrase.split())
    for phrase in (
        "up from", "down from", "compared with", "compared to", "vs", "vs .", "versus", "against", "than", "and up from",
        "and down from", "compared with just", "compared to just", "up from just", "down from just",
    )
)  # fmt: skip


def share_forward(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "from 208 pounds to 193", "3.9 million headsets, up from 2.4 million": the second number has the first's unit."""
    live = [atom for atom in atoms if atom.live]
    for left, right in pairwise(live):
        if right.unit is not None or right.base is not None or left.unit is None or left.base is not None:
            continue
        words = words_between(tokens, left, right)
        if words == ["|"] or len(words) > 8:
            continue
        bare = tuple(word for word in words if word not in HEDGES and word not in (",", "(", "—", "–"))
        paired = (left.change == "from" and right.change == "to") or bare in _COMPARED_WITH
        if paired and left.unit.kind not in (
            UnitKind.RATIO,
            UnitKind.SCORE,
            UnitKind.MULTIPLE,
            UnitKind.RANK,
        ):
            right.unit, right.noun = left.unit, left.noun


_CARRY_SENTENCES = 1


def carry_base(tokens: Sequence[Token], atoms: list[Atom]) -> None:
    """ "12 times in 100 runs. The other did so seven times, the third once": counts of times that follow a
    "n times in N" in its sentence or the next are of the same N."""
    base: Decimal | None = None
    name: str | None = None
    last = 0
    for atom in atoms:
        if not atom.live or atom.unit is None:
            continue
        if base is not None and _sentences_between(tokens, last, atom.first) > _CARRY_SENTENCES:
            base = None
        if atom.unit.kind is UnitKind.RATIO and atom.base is not None and atom.form in ("digits", "words"):
            if any(tokens[at].low in ("times", "once", "twice") for at in range(atom.first, atom.stop)):
                base, name, last = atom.base, atom.unit.name, atom.first
            else:
                base = None
        elif atom.unit == TIMES and base is not None and atom.low <= base and _is_single(tokens, atom):
            atom.base = base
            atom.unit = Unit(kind=UnitKind.RATIO, name=name)
            atom.carried = True


def _is_single(tokens: Sequence[Token], atom: Atom) -> bool:
    before = tokens[atom.first - 1].low if atom.first else ""
    return not atom.is_range and before not in ("least", "than", "most", "a", "the", "these", "those", "to")


def _sentences_between(tokens: Sequence[Token], start: int, stop: int) -> int:
    return sum(1 for at in range(start + 1, stop + 1) if tokens[at].barrier)


def fill_nouns(tokens: Sequence[Token], atom: Atom) -> None:
    """A ratio in words takes the noun after "of": "two-thirds of the models", "a quarter of prompts"."""
    if atom.unit != RATIO or atom.stop >= len(tokens) or tokens[atom.stop].barrier:
        return
    halved = tokens[atom.stop - 1].low == "half" and tokens[atom.stop].low in DETERMINERS
    if tokens[atom.stop].low != "of" and not halved:
        return
    at = atom.stop + (not halved)
    while at < len(tokens) and tokens[at].low in DETERMINERS and not tokens[at].barrier:
        at += 1
    noun = find_noun(tokens, at) if at < len(tokens) else None
    if noun is not None:
        atom.unit = Unit(kind=UnitKind.RATIO, name=noun.name)
