"""Average, median, best, worst, total: what a figure sums up, told by a word near it in its clause.

Works on tokens; knows nothing of values and units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.number_tokens import MASK, SYM, Token
from kb.types import Aggregate

_AGGREGATE_BEFORE = {
    "average": Aggregate.AVERAGE, "averages": Aggregate.AVERAGE, "averaged": Aggregate.AVERAGE,
    "averaging": Aggregate.AVERAGE, "mean": Aggregate.AVERAGE, "avg": Aggregate.AVERAGE,
    "median": Aggregate.MEDIAN, "best": Aggregate.BEST, "highest": Aggregate.BEST, "peak": Aggregate.BEST,
    "peaked": Aggregate.BEST, "maximal": Aggregate.BEST, "worst": Aggregate.WORST,
    "lowest": Aggregate.WORST, "total": Aggregate.TOTAL, "totals": Aggregate.TOTAL, "totaling": Aggregate.TOTAL,
    "totalling": Aggregate.TOTAL, "totaled": Aggregate.TOTAL, "totalled": Aggregate.TOTAL,
    "combined": Aggregate.TOTAL, "altogether": Aggregate.TOTAL, "cumulative": Aggregate.TOTAL,
    "cumulatively": Aggregate.TOTAL,
}  # fmt: skip


_AGGREGATE_AFTER = {
    "average": Aggregate.AVERAGE, "mean": Aggregate.AVERAGE, "median": Aggregate.MEDIAN, "total": Aggregate.TOTAL,
    "combined": Aggregate.TOTAL, "altogether": Aggregate.TOTAL, "all": Aggregate.TOTAL,
}  # fmt: skip


_PLACES = frozenset(
    "across over among within for with from in on by under after using between per than as to".split()
)


_CLAUSE_ENDS = frozenset(";:|()[]")


_REACH_BEFORE = 9


_REACH_AFTER = 7


_SUBJECT_WORDS = frozenset(
    "not n't doesn does don do to would could might may will i you we they it this that".split()
)


def find_aggregate(
    tokens: Sequence[Token], first: int, stop: int, others: Iterable[int], *, counted: bool
) -> Aggregate:
    """Average, median, best, worst or total, told by a word near tokens[first:stop] in its clause and not
    nearer to another number (`others`: token indices of numbers). `counted`: the number counts a noun, so
    that "the average over 50 audits" is no average of audits."""
    taken = frozenset(others)
    at = first - 1
    while at >= 0 and first - at <= _REACH_BEFORE and not tokens[at + 1].barrier:
        token = tokens[at]
        if token.text in _CLAUSE_ENDS or at in taken or (token.text == "," and first - at > 2):
            break
        if counted and token.low in _PLACES:
            break
        found = _AGGREGATE_BEFORE.get(token.low)
        if found is not None and at - 1 in taken and found is Aggregate.TOTAL:
            break  # "671B total and 37B active": it is said of the number before
        if found is not None and _is_aggregate(tokens, at):
            return found
        at -= 1
    at = stop
    while at < len(tokens) and at - stop < _REACH_AFTER and not tokens[at].barrier:
        token = tokens[at]
        if token.text in _CLAUSE_ENDS - {"(", "["} or at in taken:
            break
        found = _AGGREGATE_AFTER.get(token.low)
        if found is not None and _closes(tokens, at, stop):
            return found
        at += 1
    return Aggregate.NONE


_BEFORE_BEST = frozenset("at their do one second".split())
_AFTER_BEST = frozenset(
    "of to for known way practices practice friend judgment judgement guess guesses estimate estimates interest interests "
    "available effort efforts explanation evidence model models selling described understood thing and".split()
)


def _is_aggregate(tokens: Sequence[Token], at: int) -> bool:
    low = tokens[at].low
    before = tokens[at - 1].low if at > 0 and not tokens[at].barrier else ""
    after = tokens[at + 1].low if at + 1 < len(tokens) and not tokens[at + 1].barrier else ""
    if low == "mean":
        return before not in _SUBJECT_WORDS and after not in ("that", "to", "by", "anything", "what")
    if low == "average":
        return before not in ("above", "below", "than")
    if low in ("best", "worst"):
        return before not in _BEFORE_BEST and after not in _AFTER_BEST
    if low in ("highest", "lowest"):
        earlier = tokens[at - 2].low if at > 1 else ""
        return before != "second" and not (before == "-" and earlier in ("second", "third", "next"))
    if low == "combined":
        return after not in ("with", "into", "in")
    return not (low == "total" and after in ("war", "control", "factor"))


def _closes(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """ "on average", "in total", "in all", "combined", "(median)": the aggregate said after the number."""
    low = tokens[at].low
    before = tokens[at - 1].low if at > 0 else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    ends = after is None or after.barrier or after.kind == SYM or after.kind == MASK or after.low in (
        "across", "in", "over", "for", "when", "and", "of", "per", "to", "with", "by", "from", "on", "among"
    )  # fmt: skip
    if low == "all":
        return before == "in" and (after is None or after.barrier or after.text in ",.;)")
    if low == "total" and at == stop and ends:
        return True
    if low in ("average", "total"):
        return before in ("on", "in", "a", "(", "the") and ends
    if low == "combined" and after is not None and after.low == "with":
        return False
    if low in ("mean", "median"):
        return before in ("(", "the", "a") and ends
    return ends and before not in ("the", "a")
