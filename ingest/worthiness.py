"""How much a sentence is worth checking: named features of its words, with hand-set weights.

Owns the features and the weights; each can be read and argued with. Refuses to know figures, quotations
and verdicts: it says how much a sentence reads like a statement of fact that evidence could decide, not
whether it is true. Text only, no model: the cheap first look at every sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.worth_words import AFTER_PAST, FIRST_PERSON, LEXICON, NOT_PAST, SECOND_PERSON

# A sentence at or over it is a finding to check (see find_claims). Weights and threshold were set by hand
# on the open articles, with an eye on CheckThat! 2024 task 1 (train) and FactCheck-Bench subtask 1.
THRESHOLD = 1.0
CHECKABLE = -0.7  # the same for prose of any field, where the words of this one don't help (CheckThat! train)

WEIGHTS: Mapping[str, float] = {
    # what makes a statement checkable
    "bias": -1.2,
    "figure": 1.5,  # a number that isn't a year alone
    "year": 0.4,
    "reporting": 1.2,  # found, showed, reported, demonstrated ... by somebody
    "study": 0.6,  # a study, paper, experiment, survey, benchmark is spoken of
    "result": 1.0,  # a verb of outcome: reduced, complied, generalizes, exceeded
    "past": 0.8,  # a verb in the past tense: something happened
    "state": 0.3,  # is, are, has, have with a third person
    "field": 0.8,  # models, training, labs: the subject of this checker
    "name": 0.5,  # a name in the middle of the sentence
    "quantifier": 0.4,  # all, none, most, every, majority
    "comparison": 0.4,  # more than, fewer, highest, compared
    "negated_fact": 0.2,  # did not, cannot, no longer
    "subject_named": 0.5,  # opens with a name: Palisade Research, o3, Nvidia's Agent Toolkit
    "attributed": 0.5,  # somebody is said to say it, here or before
    "labelled": 0.5,  # stands under a heading or label of results
    "cited": 0.8,  # carries a link or note mark
    # what makes it none
    "question": -4.0,
    "first_person": -1.2,
    "we": -0.4,
    "second_person": -1.4,  # in the main clause
    "you": -0.5,  # elsewhere
    "modal": -0.9,  # may, might, could, should, would, must, will
    "opinion": -0.9,  # think, believe, hope, important, worrying
    "rhetoric": -0.5,  # not X but Y; the real risk is; this means
    "vague": -0.6,  # something, things, kind of
    "imperative": -1.6,
    "conditional": -0.9,
    "definition": -0.8,  # "X is a ...", "refers to", "is called" with no name
    "reflection": -1.5,  # the text speaks of itself: this section, this finding, the tradition
    "no_verb": -1.6,
    "short": -0.8,
    "long": -0.3,
}

_I = re.IGNORECASE


_TOKEN = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*|[.,;:)%]")
_PHRASES = re.compile(
    r"\b(?P<reporting>according to|(?:find|show|report|claim|note|state|suggest|warn)s? that|was named|named (?:it|him|her|them|the))\b"
    r"|\b(?P<vague>kind of|sort of|a lot)\b|\b(?P<negated_fact>no longer)\b",
    _I,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_IMPERATIVE = re.compile(
    r"^(?:please\s+)?(?:note|consider|imagine|suppose|watch|look|see|read|think|take|let|tell|give|ask|use|try|make|keep|get"
    r"|remember|follow|subscribe|click|drop|save|share|download|focus|ensure|avoid|build|start|stop|check|learn|include|don[’']t"
    r"|do not|add|install|run|choose|hold|go|refer|compare|contact|join|sign)\b(?!\s+(?:is|are|was|were|of)\b)",
    _I,
)
_CONDITIONAL = re.compile(
    r"^(?:[\w*]+,?\s+)?(?:if|whether|unless|suppose|supposing|imagine|as long as|assuming|were)\b|\bwhat if\b",
    _I,
)
_DEFINITION = re.compile(
    r"\b(?:refers? to|is (?:also )?(?:called|known as|defined as|termed)|are (?:called|known as|defined as)|(?:is|are) (?:a|an|the"
    r" (?:idea|concept|term|practice|process|study|problem|tendency|notion))\b|means that|occurs when|involves|aims? to|attempts? to)",
    _I,
)
_REFLECTION = re.compile(
    r"\b(?:this|the|that)\s+(?:finding|section|note|essay|entry|article|post|page|lens|vault|thread|tradition|reading|chapter|episode"
    r"|newsletter|series|piece|concept|parallel|primary lens|central|framing)\b|\bin[- ]vault\b|\bthe (?:two|three|four) findings\b"
    r"|\b(?:Disanalog|lens\b|phenomenolog|metaphys|contemplative|Sri Aurobindo)",
    _I,
)
_SUBJECT = re.compile(
    r"^(?!(?:An?|The|This|That|These|Those|In|On|At|By|For|But|And|So|When|While|If|As|To|From|With|AIs?|LLMs?|RLHF|RL|It|Its|Our|My|We|You|All|Most|Some)\b)"
    r"(?:[A-Z][\w’'.-]*(?: [A-Z][\w’'.&-]*)+|[A-Z][a-z]+[’']s [A-Z]\w+|\w{0,24}[A-Z]\w{0,24}[A-Z]\w{0,60}|[A-Z]?\w{0,8}-?\d[\w.-]{0,60})(?: et al\.?)?(?: \([^)]{1,60}\))?,? [a-z]"
)
_RHETORIC = re.compile(
    r"\b(?:not|n[’']t)\b[^.;]{1,80}[,—–-] ?\s?(?:but|it[’']s|it is)\b|^(?:so|but|and|therefore|thus|hence)?,?\s?(?:the|a|an)(?: \w+)? (?:real|true|actual|main|biggest"
    r"|underlying|bottom|lesson|risk|danger|point|answer|takeaway|key|challenge|upside|goal)\b|^(?:this|that|it|which) (?:means|simply|is (?:why|not|where|what|how))\b"
    r"|^(?:in other words|after all|simply put|to be clear|in short|of course)\b|\bnot just\b|\brather than\b.{0,40}\b(?:malice|intent|rebell)",
    _I,
)
_EARLY = 40  # characters: where the main clause's subject stands
_LONGEST = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Worthiness:
    """`score` is the sum of `features`, each named and already weighted; at or over THRESHOLD a sentence
    is worth checking. `probability` maps it to (0, 1), .5 at the threshold; it is no calibrated chance."""

    score: float
    features: tuple[tuple[str, float], ...]

    @property
    def probability(self) -> float:
        return 1 / (1 + math.exp(THRESHOLD - self.score))

    @property
    def worthy(self) -> bool:
        return self.score >= THRESHOLD


def score_worthiness(
    sentence: str, *, cited: bool = False, labelled: bool = False, attributed: bool = False
) -> Worthiness:
    """The worth of one visible sentence (no markup). `cited`: it carries a link or note mark; `labelled`:
    it stands under a heading or label that announces results; `attributed`: somebody is said to say it."""
    text = sentence[:_LONGEST]
    found = _find_features(text)
    given = (("cited", cited), ("labelled", labelled), ("attributed", attributed))
    found |= {name for name, holds in given if holds}
    features = tuple((name, weight) for name, weight in WEIGHTS.items() if name in found or name == "bias")
    return Worthiness(score=round(sum(weight for _, weight in features), 6), features=features)


def _find_features(text: str) -> set[str]:
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    found: set[str] = set()
    count = 0
    for number, (word, start) in enumerate(tokens):
        if word in ".,;:)%":
            continue
        count += 1
        following = tokens[number + 1][0] if number + 1 < len(tokens) else "."
        lower = word.lower().replace("’", "'")
        found.update(LEXICON.get(lower, ()))
        if lower.endswith("n't"):
            found.add("negated_fact")
        if word.replace("’", "'") in FIRST_PERSON:
            found.add("first_person")
        elif lower in SECOND_PERSON:
            found.add("second_person" if start < _EARLY else "you")
        elif word[0].isdigit():
            found.add("year" if _YEAR.fullmatch(word) is not None and following != "%" else "figure")
        elif len(lower) > 4 and lower.endswith("ed") and lower not in NOT_PAST and _acts(following):
            found.add("past")
        elif _is_name(word, number, text[:start]):
            found.add("name")
        if len(lower) > 3 and lower.endswith(("s", "ed")):
            found.add("verb")
    found.update(match.lastgroup for match in _PHRASES.finditer(text) if match.lastgroup is not None)
    found.update(name for name, pattern in _PATTERNS if pattern.search(text) is not None)
    if text.rstrip("\"'”’)» ").endswith("?") or text[:8].lower() == "whether ":
        found.add("question")
    if "definition" in found and found & {"name", "figure"}:
        found.discard("definition")
    if not found & (_VERBAL if text.endswith(_STOPS) else _SURELY_VERBAL):
        found.add("no_verb")  # in a label or cell, a word in -s is rather a plural
    if count < _SHORT or count > _LONG:
        found.add("short" if count < _SHORT else "long")
    return found


def _acts(following: str) -> bool:
    """Whether what follows an "-ed" word makes it a verb in the past."""
    return (
        following in ".,;:)%"
        or following.lower() in AFTER_PAST
        or following[0].isupper()
        or following[0].isdigit()
        or following.endswith("ly")
    )


def _is_name(token: str, number: int, before: str) -> bool:
    if not token[0].isupper():
        return False
    if len(token) > 1 and (token.isupper() or not token[1:].islower()):
        return True
    return number > 0 and before[-1:] == " " and before[-2:-1] not in ".!?"


_SHORT, _LONG = 5, 45  # words
_STOPS = (".", "!", "?", '"', "”", ":", ";", ")")
_SURELY_VERBAL = frozenset({"state", "past", "modal", "result", "reporting"})
_VERBAL = _SURELY_VERBAL | {"verb"}
_PATTERNS = (
    ("subject_named", _SUBJECT),
    ("rhetoric", _RHETORIC),
    ("imperative", _IMPERATIVE),
    ("conditional", _CONDITIONAL),
    ("definition", _DEFINITION),
    ("reflection", _REFLECTION),
)
