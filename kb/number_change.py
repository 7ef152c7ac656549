"""Words of change around a number: "rose by 5%", "a 12% drop", "30% more", "from 13% to 0.4%".

Owns the lexicon of change and its direction. Works on tokens; knows nothing of values and units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.number_tokens import WORD, Token

_UP_VERBS = (
    "rise rises rose risen rising increase increases increased increasing grow grows grew grown growing climb climbs "
    "climbed climbing jump jumps jumped jumping surge surges surged surging soar soars soared soaring gain gains gained "
    "gaining improve improves improved improving raise raises raised raising boost boosts boosted boosting expand "
    "expands expanded expanding up upped lift lifts lifted lifting accelerate accelerated accelerates spike spiked "
    "skyrocketed ballooned rallied rebounded advanced appreciated elevated elevates amplified amplifies uplift "
    "strengthened strengthens quicken quickens speed speeds sped add adds added adding advancing surged firmed "
    "advance advances skyrocket skyrockets skyrocketing balloon balloons ballooning rally rallies rallying rebound "
    "rebounds rebounding appreciates appreciating accelerating spiking strengthening quickening upping leap leaps leapt "
    "leaped leaping swell swells swelled swelling widen widens widened widening escalate escalates escalated escalating "
    "heighten heightens heightened mushroomed creep creeps crept hiked hiking bolstered bolsters"
)


_DOWN_VERBS = (
    "fall falls fell fallen falling drop drops dropped dropping decrease decreases decreased decreasing decline declines "
    "declined declining reduce reduces reduced reducing cut cuts cutting shrink shrinks shrank shrunk shrinking plunge "
    "plunges plunged plunging plummet plummets plummeted slump slumps slumped slide slides slid sliding lower lowers "
    "lowered lowering slash slashes slashed slashing shed sheds shedding lose loses lost losing dip dips dipped dipping "
    "sink sinks sank sunk tumble tumbled tumbles ease eased eases down downed slow slows slowed slowing weaken weakened "
    "depreciated narrowed contracted contracts retreated suppress suppresses suppressed degrade degrades degraded "
    "diminish diminishes diminished mitigate mitigates mitigated lessen lessens lessened worsen worsens worsened "
    "trim trimmed trims collapse collapsed collapses crash crashed nosedived erode eroded "
    "plummeting trimming tumble tumbling easing slowing weakens weakening depreciates depreciating narrow narrows "
    "narrowing contracting retreat retreats retreating suppressing degrading diminishing mitigating lessening worsening "
    "collapsing crashing nosedive nosedives nosediving eroding erodes pare pares pared paring shave shaves shaved shaving "
    "slip slips slipped slipping sag sags sagged sagging dwindle dwindles dwindled dwindling recede recedes receded "
    "subside subsided curb curbs curbed curbing tank tanked tanking"
)


_NEUTRAL_VERBS = (
    "go goes went gone going move moves moved moving shift shifts shifted shifting change changes changed changing "
    "swing swings swung bring brings brought drive drives drove driven push pushes pushed pushing take takes took taken "
    "taking turn turned extend extended extends revise revised adjusted jump-started pulled converted update "
    "updates updated updating correct corrected corrects amended amends restated transition transitioned progressed"
)


_UP_NOUNS = (
    "increase increases rise rises gain gains growth jump surge improvement improvements boost uplift speedup speedups "
    "hike hikes spike uptick climb increment bump appreciation expansion acceleration"
)


_DOWN_NOUNS = (
    "decrease decreases drop drops decline declines reduction reductions cut cuts fall falls loss losses dip slump "
    "shrinkage slowdown degradation deterioration savings saving discount plunge downturn contraction depreciation"
)


_NEUTRAL_NOUNS = "change changes shift swing difference differences movement variation"


UP = frozenset(_UP_VERBS.split()) | frozenset(_UP_NOUNS.split())


DOWN = frozenset(_DOWN_VERBS.split()) | frozenset(_DOWN_NOUNS.split())


CHANGE_VERBS = frozenset((*_UP_VERBS.split(), *_DOWN_VERBS.split(), *_NEUTRAL_VERBS.split()))


CHANGE_NOUNS = frozenset((*_UP_NOUNS.split(), *_DOWN_NOUNS.split(), *_NEUTRAL_NOUNS.split()))


_CHANGE = CHANGE_VERBS | CHANGE_NOUNS


_RANGING = frozenset(
    "range ranges ranged ranging vary varies varied varying anywhere somewhere between spanning".split()
)


COMPARATIVES = frozenset(
    "more less fewer higher lower greater larger smaller bigger faster slower better worse longer shorter cheaper "
    "likelier stronger weaker easier harder older younger heavier lighter quicker poorer richer "
    "above below".split()
)


_SKIPPED = frozenset(
    "an a the estimated further additional relative absolute net year-over-year annual annualised annualized average "
    "overall total potential cumulative steep sharp sudden big large small modest significant nearly almost by as "
    "another full whopping staggering mean median performance approximate massive slight greater relative".split()
)


_HALVERS = frozenset("cut cuts cutting slashed slashes slash chopped sliced reduced".split())


_REACH_CHANGE = 14


@dataclass(frozen=True, slots=True)
class Change:
    """A change told around a number: `kind` is "by" (the number is the difference) or "to" (it is the new
    level); `direction` up, down or None."""

    kind: str
    direction: str | None


def direction_of(word: str) -> str | None:
    """up, down or None for a word of change."""
    if word in UP:
        return "up"
    return "down" if word in DOWN else None


_NEEDS_SHARE = frozenset(
    ("lost", "lose", "loses", "losing", "gain", "gains", "gained", "gaining", "add", "adds", "added")
)


_NOT_BARE = frozenset(
    "take takes took taken taking bring lower going go goes went drive turned drives driven drove brings speed uplift "
    "changed change changes brought extend extended extends".split()
)


def find_change(tokens: Sequence[Token], first: int, stop: int, *, share: bool) -> Change | None:
    """How the words around tokens[first:stop] make the number a change; None where they don't. `share`:
    the number is a percentage or in points, which a bare "gained 3%" makes a change."""
    before = tokens[first - 1].low if first > 0 and not tokens[first].barrier else ""
    if before in ("to", "from"):
        verb = _find_back(tokens, first - 1)
        return Change("to", direction_of(verb)) if verb and before == "to" else None
    after = _find_noun_after(tokens, stop)
    if after is not None:
        return after
    if before == "in" and first >= 2 and tokens[first - 2].low in _HALVERS:
        return Change("by", "down")  # "cut in half"
    if before == "at":
        return None
    if before == "by":
        verb = _find_back(tokens, first - 1)
        return Change("by", direction_of(verb)) if verb else None
    if before == "of" and first >= 2 and tokens[first - 2].low in CHANGE_NOUNS:
        return Change("by", direction_of(tokens[first - 2].low))
    at = first - 1
    while at >= 0 and not tokens[at + 1].barrier and tokens[at].low in _SKIPPED and first - at < 4:
        at -= 1
    if at >= 0 and not tokens[at + 1].barrier and tokens[at].kind == WORD:
        low = tokens[at].low
        if tokens[first].low == "between" and low.startswith(("fall", "fell")):
            return None  # "most fell between 50 and 95%"
        if low in CHANGE_VERBS and low not in _NOT_BARE and (share or low not in _NEEDS_SHARE):
            return Change("by", direction_of(low))
    return None


def _find_back(tokens: Sequence[Token], index: int) -> str | None:
    """The nearest word of change before tokens[index] in its sentence."""
    at = index - 1
    while at >= 0 and index - at <= _REACH_CHANGE and not tokens[at + 1].barrier:
        if tokens[at].text == ";":
            return None
        low = tokens[at].low
        if low in _CHANGE and tokens[at].kind == WORD:
            return low
        at -= 1
    return None


def _find_noun_after(tokens: Sequence[Token], stop: int) -> Change | None:
    """ "12% drop", "12% relative increase", "12% more", "12% faster"."""
    for offset in range(3):
        at = stop + offset
        if at >= len(tokens) or tokens[at].barrier:
            return None
        token = tokens[at]
        if token.kind != WORD and token.text != "-":
            return None
        low = token.low
        following = tokens[at + 1].low if at + 1 < len(tokens) and not tokens[at + 1].barrier else ""
        if low in CHANGE_NOUNS:
            if offset == 0 or low not in ("cut", "cuts", "gain", "gains", "rises", "falls", "drops"):
                return Change("by", direction_of(low))
            return None
        if low in COMPARATIVES:
            if low in ("more", "less", "above", "below") and following in ("or", "than"):
                return Change("by", None) if following == "than" else None
            return Change(
                "by", "down" if low in ("less", "fewer", "lower", "smaller", "slower", "below") else "up"
            )
        if (
            low not in _SKIPPED
            and not low.endswith(("ed", "al", "ive", "ity"))
            and offset == 0
            and not _is_lower_noun(token)
        ):
            return None
        if low in (
            "of",
            "in",
            "to",
            "for",
            "on",
            "and",
            "or",
            "from",
            "at",
            "by",
            "than",
            "with",
            "across",
            "after",
        ):
            return None
    return None


def _is_lower_noun(token: Token) -> bool:
    return token.kind == WORD and token.text.islower() and len(token.text) > 3


def governs_change(tokens: Sequence[Token], index: int, stop: int) -> bool:
    """Whether "from A to B", beginning at tokens[index] and ending at `stop`, tells a change, not a range."""
    at = index - 1
    while at >= 0 and index - at <= _REACH_CHANGE and not tokens[at + 1].barrier:
        low = tokens[at].low
        if low in _RANGING:
            return False
        if low in _CHANGE and tokens[at].kind == WORD:
            return True
        if tokens[at].text == ";":
            break
        at -= 1
    following = tokens[stop].low if stop < len(tokens) and not tokens[stop].barrier else ""
    return following in CHANGE_NOUNS
