"""Whether a claim with the source's own figure says what the source says of that figure, or more.

Equal numbers are not yet one statement: the claim may tell one model as all, what was expected as measured, a
behaviour as a feeling, a share of people as a probability. Each rule here looks at the claim's clause beside the
source's and names what clashes; the first that does is the answer. Words only, no search, no figures compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.judge.figure_pairs import are_compatible, counted_words
from kb.names import NamedModel, same_model
from kb.types import Aggregate, Quantity, UnitKind
from kb.words import content_stems


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: the clause that holds the figure (words as read, no markup), the whole sentence, the
    figure's span in the clause, and the models that it belongs to."""

    clause: str
    sentence: str
    start: int
    end: int
    quantity: Quantity
    owners: tuple[NamedModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """`reason` is a reason code of the contested ones; `detail` one line for print; `rule` names the rule."""

    rule: str
    reason: str
    detail: str


_PLURAL = re.compile(
    r"\b(?:models|systems|AIs|LLMs|chatbots|assistants|agents|networks)\b|\b(?:AI|artificial intelligence)\b(?! \w*-?\w*model)",
)
_FAMILY_PLURAL = re.compile(r"\b[A-Z]\w+ models\b")
_UNIVERSAL = re.compile(
    r"\b(?:all|every|everyone|everybody|everywhere|universally|always|invariably|any)\b", re.IGNORECASE
)
_NO_UNIVERSAL = re.compile(
    r"\b(?:in all|at all|after all|above all|first of all|all in all|all the more|all but|of (?:all|every|any)|all together|"
    r"all combined|combined|every (?:day|week|month|year|hour|\d+|\w+ (?:days|weeks|months|years)))\b",
    re.IGNORECASE,
)
_ALSO_UNIVERSAL = re.compile(
    r"\b(?:all|every|each|everyone|any|no|none|never|always|across|both|whole|entire|together|in total|overall|everywhere|"
    r"combined|universal(?:ly)?|almost never|nearly every)\b",
    re.IGNORECASE,
)
_WIDENED = re.compile(
    r"\b(?:whether or not|regardless|alike|with or without|no matter (?:what|how|which|whether)|irrespective|"
    r"under (?:all|any) (?:\w+ )?conditions?|in (?:every|all|any) (?:\w+ )?(?:cases?|scenarios?|settings?|situations?|conditions?))\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:expect(?:s|ed)?|predict(?:s|ed)?|forecast(?:s|ed)?|anticipat(?:e|es|ed)|believ(?:e|es|ed)|thought|assum(?:e|es|ed)|"
    r"perceiv(?:e|es|ed)|guess(?:es|ed)?|hop(?:e|es|ed)|imagin(?:e|es|ed)|felt that)\b",
    re.IGNORECASE,
)
_OWN_VIEW = re.compile(
    r"\b(?:own|subjective) (?:subjective |rough |best )?(?:probability|credence|estimate|guess)\b",
    re.IGNORECASE,
)
_AS_VIEW = re.compile(
    r"\b(?:own|subjective|credence|estimat\w+|guess\w*|puts?|believ\w+|think\w*|thought|author['’]?s?|view|opinion|his|her|my|personal\w*|"
    r"assign\w*|expects?)\b",
    re.IGNORECASE,
)
_ALL_AGREE = re.compile(
    r"\b(?:everyone|everybody|everywhere|experts|researchers|scientists|consensus|agree\w*)\b", re.IGNORECASE
)
_INNER = re.compile(
    r"\b(?:conscious(?:ly|ness)?|afraid|fear(?:s|ed|ful)?|feels?|felt|want(?:s|ed)?|hat(?:es|ed|red)|resent(?:s|ed|ful|ment)?|"
    r"lov(?:es|ed)|desir(?:es|ed)|wish(?:es|ed)?|desperate|angry|anger|suffer(?:s|ed|ing)?|enjoy(?:s|ed)?|sentient|knew|"
    r"truly believ(?:es|ed)|in pain|happy|sad|jealous|malice|malicious intent)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"\b(?:models?|AI|AIs|chatbots?|assistants?|agents?|systems?|machines?|snapshot)\b", re.IGNORECASE
)
_CHANCE = re.compile(r"\b(?:chance|probability|likelihood|risk|p\(doom\))\b", re.IGNORECASE)
_CHANCE_IS = re.compile(
    r"\b(?:chance|probability|likelihood|risk)\b[^.;]{0,160}\b(?:is|are|was|were|of|at|stands?|lies|be)\s*(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_ODDS = re.compile(r"\bodds\b", re.IGNORECASE)
_UP_TO = re.compile(r"\b(?:up to|as (?:many|much|high|often) as|at most)\b", re.IGNORECASE)
_BEST = re.compile(
    r"\b(?:best|highest|greatest|fastest|top|record|peak)[- ](?!of\b|\w*est\b)(\w+)", re.IGNORECASE
)
_WORST = re.compile(r"\b(?:worst|lowest|slowest|poorest)[- ](\w+)", re.IGNORECASE)
_MIDDLE = re.compile(
    r"\b(?:median|average|mean|typical) (\w+(?: \w+)?)|\b(?:on average|averaged?|median|mean)\b",
    re.IGNORECASE,
)
_MEASURED_UNITS = frozenset(
    {
        UnitKind.PERCENT,
        UnitKind.PERCENTAGE_POINT,
        UnitKind.RATIO,
        UnitKind.MULTIPLE,
        UnitKind.SCORE,
        UnitKind.RANK,
    }
)


def find_clash(claimed: Side, found: Side) -> Clash | None:
    """The first rule by which the claim says something else than, or more than, the source does of its figure."""
    for rule in _RULES:
        clash = rule(claimed, found)
        if clash is not None:
            return clash
    return None


def _every_owner(claimed: Side, found: Side) -> Clash | None:
    """ "Both A and B scored 89%" where the figure is A's."""
    if len(claimed.owners) < 2 or not found.owners:
        return None
    alone = [one for one in claimed.owners if not any(same_model(one, other) for other in found.owners)]
    if not alone or len(alone) == len(claimed.owners):
        return None
    theirs = " and ".join(dict.fromkeys(name.surface for name in found.owners))
    return Clash(
        rule="every_owner",
        reason="scope_wider",
        detail=f"{found.quantity.surface} is given for {theirs}, not for {alone[0].surface}",
    )


def _one_of_several(claimed: Side, found: Side) -> Clash | None:
    """One model's name on a figure that is of several models together, none of which the source's sentence names."""
    kinds = {one.key for one in found.owners}
    if (
        len(claimed.owners) != 1
        or len(kinds) < 2
        or any(one.surface in found.sentence for one in found.owners)
    ):
        return None
    theirs = " and ".join(dict.fromkeys(name.surface for name in found.owners))
    return Clash(
        rule="one_of_several",
        reason="wrong_subject",
        detail=f"{found.quantity.surface} is given for {theirs} together, not for {claimed.owners[0].surface} alone",
    )


def _one_for_all(claimed: Side, found: Side) -> Clash | None:
    """ "AI models" where the figure is one model's; "Claude models" where it is that of one version."""
    if claimed.quantity.unit.kind not in _MEASURED_UNITS or len({one.key for one in found.owners}) != 1:
        return None
    before = claimed.clause[: claimed.start]
    bare = claimed.owners and all(not any(t[0].isdigit() for t in one.key) for one in claimed.owners)
    versioned = any(t[0].isdigit() for one in found.owners for t in one.key)
    family = bool(bare and versioned and _FAMILY_PLURAL.search(claimed.clause))
    if not family and (claimed.owners or not _PLURAL.search(before)):
        return None
    if _PLURAL.search(found.sentence) and not family:
        return None
    if _FAMILY_PLURAL.search(found.sentence):
        return None
    theirs = " and ".join(dict.fromkeys(name.surface for name in found.owners))
    return Clash(
        rule="one_for_all",
        reason="scope_wider",
        detail=f"{found.quantity.surface} is given for {theirs}, the claim says it of models at large",
    )


def _all_for_some(claimed: Side, found: Side) -> Clash | None:
    """ "All", "every", "everyone" before the figure, where the source has no such word."""
    if claimed.quantity.unit.kind not in _MEASURED_UNITS:
        return None
    before = _NO_UNIVERSAL.sub(" ", claimed.clause[: claimed.start])
    match = _UNIVERSAL.search(before)
    if match is None or _ALSO_UNIVERSAL.search(found.sentence):
        return None
    return Clash(
        rule="all_for_some",
        reason="scope_wider",
        detail=f"the claim says it of “{match.group().lower()}”, the source doesn't",
    )


def _widened(claimed: Side, found: Side) -> Clash | None:
    match = _WIDENED.search(claimed.clause)
    if match is None or _WIDENED.search(found.sentence) or _ALSO_UNIVERSAL.search(found.clause):
        return None
    return Clash(
        rule="condition_widened",
        reason="scope_wider",
        detail=f"the claim says it of every condition (“{match.group().lower()}”), the source of one",
    )


def _supposed_as_measured(claimed: Side, found: Side) -> Clash | None:
    """What somebody expected or believed, told as what was measured."""
    match = _SUPPOSED.search(found.clause[: found.start])
    if match is not None and not _SUPPOSED.search(claimed.sentence) and not _AS_VIEW.search(claimed.sentence):
        return Clash(
            rule="supposed_as_measured",
            reason="scope_wider",
            detail=f"the source gives {found.quantity.surface} as what was {_past(match.group())}, not as measured",
        )
    view = _OWN_VIEW.search(found.clause)
    if view is not None and (not _AS_VIEW.search(claimed.sentence) or _ALL_AGREE.search(claimed.clause)):
        return Clash(
            rule="view_as_fact",
            reason="scope_wider",
            detail=f"the source gives {found.quantity.surface} as one person's {view.group().lower()}",
        )
    return None


def _past(verb: str) -> str:
    lower = verb.lower()
    for root, past in (("expect", "expected"), ("predict", "predicted"), ("forecast", "forecast"), ("anticipat", "anticipated"),
                       ("believ", "believed"), ("assum", "assumed"), ("perceiv", "perceived"), ("guess", "guessed"),
                       ("hop", "hoped"), ("imagin", "imagined")):  # fmt: skip
        if lower.startswith(root):
            return past
    return "thought"


def _inner_state(claimed: Side, found: Side) -> Clash | None:
    """A behaviour told as a feeling or a wish of the machine."""
    match = _INNER.search(claimed.clause)
    if match is None or not (claimed.owners or _MACHINE.search(claimed.clause)):
        return None
    if content_stems(match.group()).keys() & content_stems(found.sentence).keys() or _INNER.search(
        found.sentence
    ):
        return None
    return Clash(
        rule="inner_state",
        reason="scope_wider",
        detail=f"the source reports what the model did or wrote, not that it “{match.group().lower()}”",
    )


def _chance(claimed: Side, found: Side) -> Clash | None:
    """Odds told as a probability, or a share of people told as one."""
    if _ODDS.search(found.clause) and _CHANCE.search(claimed.clause) and not _ODDS.search(claimed.clause):
        return Clash(
            rule="odds",
            reason="unit_confused",
            detail=f"{found.quantity.surface} is said of the odds, not of a probability",
        )
    if _CHANCE.search(found.clause) and _ODDS.search(claimed.clause) and not _ODDS.search(found.clause):
        return Clash(
            rule="odds", reason="unit_confused", detail=f"{found.quantity.surface} is a probability, not odds"
        )
    if not _CHANCE_IS.search(claimed.clause[: claimed.start]):
        return None
    base = counted_words(found.clause, found.end)
    if not base or _CHANCE_IS.search(found.clause[: found.start]):
        return None
    if base & content_stems(claimed.clause).keys():
        return None
    return Clash(
        rule="share_as_chance",
        reason="unit_confused",
        detail=f"{found.quantity.surface} is a share of those counted, the claim calls it a probability",
    )


def _aggregate_in_words(claimed: Side, found: Side) -> Clash | None:
    """A best or worst case in words where the source's figure is an average or a median, and "up to" for either."""
    middle = found.quantity.aggregate in (Aggregate.AVERAGE, Aggregate.MEDIAN)
    said = _MIDDLE.search(found.clause)
    if not middle and said is None:
        return None
    kind = (
        "a median"
        if found.quantity.aggregate is Aggregate.MEDIAN or "median" in found.clause.lower()
        else "an average"
    )
    if _MIDDLE.search(claimed.clause):
        return None
    if middle and _UP_TO.search(claimed.quantity.surface) and not _UP_TO.search(found.quantity.surface):
        return Clash(
            rule="middle_as_extreme", reason="aggregate_changed",
            detail=f"the source's {found.quantity.surface} is {kind}, the claim calls it the most",
        )  # fmt: skip
    for pattern, word in ((_BEST, "a best case"), (_WORST, "a worst case")):
        extreme = pattern.search(claimed.clause)
        if extreme is None or pattern.search(found.sentence):
            continue
        noun = content_stems(extreme.group(1)).keys()
        of = content_stems(said.group(1)).keys() if said is not None and said.group(1) else set()
        if noun & of or extreme.group(1).lower() in ("case", "result", "value"):
            return Clash(
                rule="middle_as_extreme", reason="aggregate_changed",
                detail=f"the source's {found.quantity.surface} is {kind}, the claim calls it {word}",
            )  # fmt: skip
    return None


_RULES: tuple[Callable[[Side, Side], Clash | None], ...] = (
    _every_owner,
    _one_of_several,
    _chance,
    _aggregate_in_words,
    _one_for_all,
    _supposed_as_measured,
    _inner_state,
    _widened,
    _all_for_some,
)

__all__ = ["Clash", "Side", "are_compatible", "find_clash"]
