"""Whether two clauses affirm the same thing: negations of the predicate, and conditions told with or without.

A negation of the predicate ("did not mention", "failed to") turns the whole clause, so both sides must have an
odd or both an even number of them. A condition ("without the instruction", "no mitigation") turns only what it
names: it clashes with a clause that names the same thing without the negation. Works by words, on English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kb.types import Modifier, Quantity
from kb.words import content_stems

_PREDICATE = re.compile(
    r"\b(?:not|never|cannot|neither|nor|hardly|rarely|seldom|barely|unable to|fail(?:s|ed|ing)? to|"
    r"refus(?:e|es|ed|ing) to|declin(?:e|es|ed|ing) to)\b|n['’]t\b",
    re.IGNORECASE,
)
# Verbs and adjectives that hold their own negation; each pair's other half is affirmative.
_LEXICAL = re.compile(
    r"\b(?:refus(?:e|es|ed|al|als)|omit(?:s|ted)?|conceal(?:s|ed)?|hid|hidden|withheld|missed|misses|fail(?:s|ed|ure|ures)?|"
    r"left (?:\w+ ){0,4}out|lack(?:s|ed)?|absent|opaque|unexplained|unnoticed|undetected|unfaithful|incorrect(?:ly)?|untouched|"
    r"spared|(?:kept|keeps|stayed|remained) (?:quiet|silent)|rejected|blocked|went wrong|gave up)\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (
            r"refus\w+|reject\w*|declin\w+|block\w*",
            r"compl(?:y|ies|ied|iance)|obey\w*|got through|succeed\w*|success",
        ),
        (
            r"omit\w*|conceal\w*|hid|hides|withheld|left out",
            r"mention\w*|disclos\w+|reveal\w*|acknowledg\w+|admit\w*",
        ),
        (r"missed|misses|overlook\w*", r"notic\w+|detect\w*|caught|catch\w*|spot\w*"),
        (r"fail\w*", r"succe\w+|pass(?:ed|es)?"),
        (r"incorrect\w*|wrong\w*", r"correct\w*|right(?:ly)?"),
        (r"unfaithful\w*", r"faithful\w*"),
        (r"misaligned", r"aligned"),
        (r"unsafe\w*", r"safe(?:ly)?"),
        (r"fewer|less often|slower|longer", r"more often|faster|shorter"),
    )
)
_NOT_PREDICATE = re.compile(
    r"\b(?:not only|not just|not merely|no longer just|whether or not|not (?:all|every|always) of|(?:almost|virtually|nearly) never|"
    r"can['’]?t help)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"\b(?:without|no|none of|not any|in the absence of|absent any)\s+((?:[\w'’-]+\s*){1,5})", re.IGNORECASE
)
_NO_CONDITION = re.compile(
    r"\bno (?:more|fewer|less|longer|one|other|doubt|matter|later|sooner)\b", re.IGNORECASE
)
_WITH = re.compile(
    r"\b(?:with|under|using|guarded by|protected by|given|despite)\s+((?:[\w'’-]+\s*){1,5})", re.IGNORECASE
)
_EARLIER = re.compile(r"\b(?:before|beforehand|prior to|originally|at first|initially)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:after|afterwards|following|post-\w+|since|once)\b", re.IGNORECASE)
_UNAIDED = re.compile(
    r"\b(?:on its own|on their own|by itself|unaided|unguarded|unassisted)\b", re.IGNORECASE
)
_AIDED = re.compile(r"\b(?:guarded|protected|aided|assisted|shielded|equipped)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """`rule` names what clashes; `claimed` and `found` are the words at fault, for print."""

    rule: str
    claimed: str
    found: str


def counts_negations(text: str) -> int:
    """How many times a clause's predicate is negated, in so many words or by a verb that holds its negation."""
    plain = _NOT_PREDICATE.sub(" ", text)
    bare = len(_WITHOUT.findall(_NO_CONDITION.sub(" ", plain)))
    return bare + len(_PREDICATE.findall(plain)) + len(_LEXICAL.findall(_PREDICATE.sub(" ", plain)))


def negated_words(text: str) -> str:
    """The words that carry a clause's negations."""
    return " ".join(match.group() for pattern in (_PREDICATE, _LEXICAL) for match in pattern.finditer(text))


def is_turned(text: str) -> bool:
    """Whether a clause says that something did not happen."""
    return counts_negations(text) % 2 == 1


def find_disagreement(claimed: str, found: str) -> Disagreement | None:
    """What makes two clauses with one figure statements of different things, or None."""
    turned = _counts_direct(claimed) % 2 != _counts_direct(found) % 2
    if turned != _are_opposed(claimed, found):
        return Disagreement(rule="negation", claimed=_first(claimed), found=_first(found))
    for one, other in ((claimed, found), (found, claimed)):
        negated = _named(_WITHOUT, _NO_CONDITION.sub(" ", one))
        if not negated or _WITHOUT.search(_NO_CONDITION.sub(" ", other)):
            continue
        if negated <= set(content_stems(_WITHOUT.sub(" ", one))):
            continue  # "compared to no filters, 4.4% got through the filters": named only to compare with
        if negated & _named(_WITH, other) or negated <= set(content_stems(other)):
            return Disagreement(rule="condition", claimed=claimed.strip(), found=found.strip())
    return _find_phase(claimed, found)


def _are_opposed(claimed: str, found: str) -> bool:
    """Whether one clause has a word of which the other has only the opposite ("complied", "refused")."""
    for pair in _OPPOSITES:
        one = tuple(bool(half.search(claimed)) for half in pair)
        other = tuple(bool(half.search(found)) for half in pair)
        if one[0] != one[1] and other[0] != other[1] and one != other:
            return True
    return False


def _find_phase(claimed: str, found: str) -> Disagreement | None:
    """Before against after, on its own against guarded."""
    for early, late in ((_EARLIER, _LATER), (_UNAIDED, _AIDED)):
        one = bool(early.search(claimed)), bool(late.search(claimed))
        other = bool(early.search(found)), bool(late.search(found))
        if one[0] != one[1] and other[0] != other[1] and one != other:
            return Disagreement(rule="phase", claimed=claimed.strip(), found=found.strip())
    return None


def _counts_direct(text: str) -> int:
    return len(_PREDICATE.findall(_NOT_PREDICATE.sub(" ", text)))


def _named(pattern: re.Pattern[str], text: str) -> set[str]:
    return {stem for match in pattern.finditer(text) for stem in list(content_stems(match.group(1)))[:3]}


def _first(text: str) -> str:
    match = _PREDICATE.search(text) or _LEXICAL.search(text)
    return match.group() if match else "no negation"


_NEGATED_BOUND = re.compile(r"\b(?:no|none of the|not one|not a single)\b[^.;:]{0,120}$", re.IGNORECASE)
_NEGATED_OVER = re.compile(
    r"\b(?:no|none of the|not one|not a single)\b"
    r"(?=[^.;:]{0,120}\b(?:above|over|more than|exceed\w*|beyond|higher than|greater than)\b)",
    re.IGNORECASE,
)


def with_negated_bound(quantity: Quantity, clause: str) -> Quantity:
    """ "No model scored above 30%" bounds every model's score from above, not from below."""
    if quantity.modifier is not Modifier.AT_LEAST or quantity.low is None:
        return quantity
    place = clause.find(quantity.surface)
    if place < 0 or not _NEGATED_BOUND.search(clause[:place]):
        return quantity
    return replace(
        quantity, low=None, high=quantity.low, modifier=Modifier.AT_MOST, strict=not quantity.strict
    )


def without_negated_bound(clause: str, quantity: Quantity) -> str:
    """The clause without the negation that with_negated_bound reads as a bound."""
    return _NEGATED_OVER.sub("every", clause) if quantity.modifier is Modifier.AT_MOST else clause
