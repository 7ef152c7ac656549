"""Years without a month: "since 2021", "(Zent, 1998)", and four digits that count something all the same.

Dates with months or dashes are known by their shape alone (kb.number_context).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_tokens import NUM, WORD, Token
from kb.numerals import Numeral

_DATE_WORDS = frozenset(
    "in since by until till from during of after before early late mid year years circa ca between around spring summer "
    "autumn fall winter fiscal calendar through to and or ago © copyright © class".split()
)


LAST_YEAR = 2100


_FIRST_YEAR = 1500


def find_year(
    tokens: Sequence[Token], index: int, numeral: Numeral, *, noun: str | None, hedged: bool
) -> str | None:
    """ "year" or "citation_year" for a plain four-digit number that is one. `noun`: the counted noun right
    after it; `hedged`: a bound or hedge stands before it."""
    if not _is_year(tokens, index, numeral, noun=noun, hedged=hedged):
        return None
    return "citation_year" if _is_cited(tokens, index) else "year"


def _is_cited(tokens: Sequence[Token], index: int) -> bool:
    """ "(Zent, 1998)", "Miller et al. (2010)", "Hillier 2003;"."""
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if before is None:
        return False
    closed = after is not None and (after.text in ");,:]" or (after.kind == WORD and after.glued))
    at = index - 1
    if before.text in ",(":
        at -= 1
    if at > 0 and tokens[at].text in ")," and before.text == "(":
        return False
    if at > 0 and (tokens[at].low == "al" or (tokens[at].text == "." and tokens[at - 1].low == "al")):
        return True
    named = at >= 0 and tokens[at].kind == WORD and tokens[at].text[:1].isupper() and len(tokens[at].text) > 1
    if named and closed and before is tokens[at]:
        return any(tokens[k].text == "(" for k in range(max(0, at - 6), at))  # "(Kennett and Stott 1991;"
    return named and closed and before.text in ",("


def _is_year(
    tokens: Sequence[Token], index: int, numeral: Numeral, *, noun: str | None, hedged: bool
) -> bool:
    value = numeral.value
    text = tokens[index].text
    if numeral.form != "digits" or numeral.scaled or len(text.split(".")[0]) != 4 or "," in text:
        return False
    if not numeral.plain:
        # "in 2024.5 The": a year with a mark glued behind its full stop
        whole, _, mark = text.partition(".")
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        ends = after is None or (not after.glued and (after.barrier or after.text[:1].isupper()))
        return ends and len(mark) <= 2 and 1900 <= int(whole) < LAST_YEAR
    if not _FIRST_YEAR <= value < LAST_YEAR + 100:
        return False
    before = tokens[index - 1].low if index > 0 and not tokens[index].barrier else ""
    if _opens_range(tokens, numeral.stop):
        return False
    if value < 1900:
        return (
            before in ("in", "since", "by", "until", "circa", "around", "year")
            and noun is None
            and not hedged
        )
    if value >= LAST_YEAR:
        return before in ("in", "since", "by", "until", "before") and noun is None
    if noun is not None:
        round_figure = value % 50 == 0
        if before in (
            "in",
            "since",
            "by",
            "until",
            "of",
            "early",
            "late",
            "mid",
            "from",
            "during",
            "the",
            "a",
            "'s",
        ):
            return not (round_figure and before in ("the", "of", "from"))
        return not (round_figure or hedged or tokens[index].barrier or value in _POWERS or before == "")
    if hedged and value % 100 == 0 and before not in ("around", "about"):
        return False
    after = tokens[numeral.stop] if numeral.stop < len(tokens) else None
    glued_hyphen = after is not None and after.text == "-" and after.glued
    return value not in _POWERS or glued_hyphen or before in _DATE_WORDS


def _opens_range(tokens: Sequence[Token], stop: int) -> bool:
    """Whether a range to a number that is no year goes on: "2000-2500 calories"."""
    if stop + 1 >= len(tokens) or tokens[stop].low not in ("-", "–", "to", "—"):
        return False
    following = tokens[stop + 1]
    if following.kind != NUM or following.barrier or not following.text.isdigit():
        return False
    year = tokens[stop - 1].text
    return len(following.text) > 4 or (
        len(following.text) == 4 and following.text >= "2100" and following.text > year
    )


_POWERS = frozenset((Decimal(2048),))
