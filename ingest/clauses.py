"""The subject and the predicate of a sentence by its words alone, for sentences that no grammar has read.

Owns finding the first finite verb, what stands before it, and how far the predicate goes. Looks at closed
lists of words and at endings; a sentence that it can't split gives nothing. Refuses to know claims.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.worth_words import AFTER_PAST, LEXICON, NOT_PAST

_TOKEN = re.compile(r"[^\W_]+(?:[’'./-][^\W_]+)*|[.,;:()—–\"“”]")
_AUXILIARIES = frozenset(
    "is are was were am has have had do does did can could may might must will would should shall cannot".split()
)
_NEGATED = re.compile(r"n[’']t$")
_IRREGULAR = frozenset(
    "became began came gave got grew held kept knew led left lost made met paid ran said saw sent spent took told went won wrote "
    "built bought brought chose fell rose withdrew found showed withheld lied cheated did caught drew felt let put set shut thought "
    "understood beat broke hid forgave stole struck learned spread".split()
)
_DETERMINERS = frozenset(
    "the a an this that these those its their his her our my your some any no each every all both of in on at by for with from to "
    "and or than as into about under over after before between such most many more less other first".split()
)
_OPENERS = frozenset(
    "in on at by for with when while if as after before during since until although though because despite under among across "
    "according unlike given without through once whereas based".split()
)
_JOINERS = frozenset(
    "but and yet so or still however moreover meanwhile thus hence then also instead indeed even".split()
)
_RELATIVE = frozenset("that which who whose whom where".split())
_PRONOUNS = frozenset(
    "it they he she this that these those we you i there which who what one someone nobody everyone".split()
)
_PREDICATE_END = re.compile(
    r"[;:—–]|,|\.\s|\s\(|\s(?:when|if|unless|while|because|after|before|although|though|whereas|even when|despite|which|who)\b"
)
_ARTICLE = re.compile(r"^(?:the|an?|these|those|this|that|its|their|his|her|our)\s+", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?<![\s,—–])(?:[\s,—–]+(?:also|all|both|each|often|not|never|now|just|only|still|then|[a-z]{3,20}ly)){1,6}$"
)
_LONGEST = 120
_MAX_SUBJECT = 22  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What a sentence is about and what it says of it, in its own words; `pronoun`: the subject is one."""

    subject: str
    predicate: str
    pronoun: bool


def split_clause(text: str) -> Clause | None:
    """The first clause of a statement; None where no finite verb shows."""
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text[:600])]
    first = _skip_opening(tokens)
    verb = _find_verb(tokens, first)
    if verb is None or verb == first:
        return None
    start = tokens[verb][1]
    subject = _TRAILING.sub("", text[tokens[first][1] : start].strip(" ,—–"))
    end = _PREDICATE_END.search(text, tokens[verb][2])
    predicate = text[start : end.start() if end is not None else len(text)].strip(" .,;:")
    if not subject or not predicate:
        return None
    pronoun = subject.lower() in _PRONOUNS
    return Clause(
        subject=_ARTICLE.sub("", subject)[:_LONGEST] or subject,
        predicate=predicate[:_LONGEST],
        pronoun=pronoun,
    )


def _skip_opening(tokens: list[tuple[str, int, int]]) -> int:
    """Past "But", and past "In a study," or "When asked,"."""
    at = 0
    while at < len(tokens) and (tokens[at][0].lower() in _JOINERS or not tokens[at][0][0].isalnum()):
        at += 1
    if at < len(tokens) and tokens[at][0].lower() in _OPENERS:
        for number in range(at + 1, min(len(tokens) - 1, at + 30)):
            if tokens[number][0] == ",":
                return number + 1
    return min(at, max(0, len(tokens) - 1))


def _find_verb(tokens: list[tuple[str, int, int]], first: int) -> int | None:
    """The main clause's finite verb: the surest of the candidates before the clause's end."""
    guess: int | None = None
    relative = False
    depth = 0
    words = 0
    for at in range(first + 1, len(tokens)):
        word = tokens[at][0]
        low = word.lower()
        depth += (word == "(") - (word == ")")
        if depth > 0 or (word == "." and tokens[at - 1][0] in ("al", "vs")):
            continue
        words += 1
        if word in ";:." or words > _MAX_SUBJECT or (guess is not None and word in ",—–"):
            break
        if low in _RELATIVE and tokens[at - 1][0].lower() not in _DETERMINERS:
            relative = True
            continue
        sure = low in _AUXILIARIES or low in _IRREGULAR or _NEGATED.search(low) is not None
        likely = not sure and _may_be_verb(tokens, at, surely=guess is not None)
        if not sure and not likely:
            continue
        if relative:
            relative = False
            continue
        if sure:
            return at
        following = tokens[at + 1][0].lower() if at + 1 < len(tokens) else "."
        if (
            low.endswith("ed")
            and following in ("by", "to", "on", "in", "with", "for", "at")
            and guess is None
        ):
            guess = at  # "models trained on it cheated": the next verb is the clause's, if there is one
            continue
        return at
    return guess


def _may_be_verb(tokens: list[tuple[str, int, int]], at: int, *, surely: bool) -> bool:
    """`surely`: a participle stands before it, so that a verb is still to come."""
    word = tokens[at][0]
    low = word.lower()
    before = tokens[at - 1][0].lower()
    following = tokens[at + 1][0] if at + 1 < len(tokens) else "."
    if before in _DETERMINERS or not (before[0].isalnum() or before in ").") or not word.islower():
        return False
    features = LEXICON.get(low, ())
    follows = LEXICON.get(following.lower(), ())
    if low.endswith("ed") and len(low) > 4:
        named = before in ").," or tokens[at - 1][0][0].isupper() or before.endswith("s") or surely
        acts = following in ".,;:)" or following.lower() in AFTER_PAST or not following[0].islower()
        told = acts or named or following.endswith("ly") or "result" in features or "figure" in follows
        return low not in NOT_PAST and told
    if "result" not in features and "reporting" not in features and "past" not in features:
        return False
    return following.lower() not in ("of", "is", "are", "was", "were", "has", "have", "had")


def find_antecedent(before: str, pronoun: str) -> str | None:
    """What "it" or "they" means, by the sentence before: its subject, where the number agrees."""
    clause = split_clause(before)
    if clause is None or clause.pronoun:
        return None
    head = clause.subject.split(" of ")[0].split(" in ")[0]
    plural = head.endswith("s") and not head.endswith(("ss", "us", "is", "’s", "'s"))
    plural = (
        plural or " and " in head or head.split()[-1].lower() in ("researchers", "people", "authors", "team")
    )
    wanted = pronoun.lower() in ("they", "these", "those")
    return clause.subject if wanted == plural else None
