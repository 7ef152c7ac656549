"""Words that narrow a claim: models, scope words, time, conditions and populations of its clause.

Owns the patterns and how far a clause reaches. Refuses to know what is measured (ingest.measured).
"""

from __future__ import annotations

import re

from kb.names import find_models

_SCOPE = re.compile(
    r"\b(?:virtually all|nearly all|almost all|all|every|each|any|always|never|none|no|most|only|majority|minority|entire(?:ly)?"
    r"|universally|both)\b",
    re.I,
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_TIME = re.compile(
    r"\b(?:in|since|by|until|as of|during|between|before|after|from)\s+(?:early |mid-?|late |the end of |spring |summer |autumn |fall )?"
    rf"(?:{_MONTH}(?: \d{{1,2}},?)?(?: (?:19|20)\d\d)?|(?:19|20)\d\d)\b"
    r"|\bover the (?:past|last) [\w ]{2,20}?(?:years?|months?|weeks?|decades?)\b"
)
_CONDITION = re.compile(
    r"\b(?:when|if|unless|under|on|in|for|across|with|without|among|during|despite|after|before|against|even when|while|by|via|using|from)"
    r"\s+(?:[^,.;:()—–|]|\.(?=\d)){3,80}",
    re.I,
)
_CLAUSE_CUT = re.compile(
    r"[;|]\s|\s[–—]\s|—|,\s(?:and|but|while|whereas|versus|vs\.?|compared)\s|\s(?:while|whereas|versus|vs\.)\s"
)
_NEAR = 400  # characters around a figure that may narrow it


def find_qualifiers(text: str, start: int, end: int) -> tuple[str, ...]:
    """Words that narrow a figure or finding: models named, scope words and conditions of its clause, time."""
    first = max(0, start - _NEAR)
    text, start, end = text[first : end + _NEAR], start - first, end - first
    low, high = _clause(text, start, end)
    clause = text[low:high]
    found = [name.surface for name in find_models(clause)][:4]
    found += [match.group() for match in _SCOPE.finditer(clause)][:3]
    found += _find_rest(text, start, end)
    stance = _STANCE.search(clause)
    found += [stance.group()] if stance is not None else []
    found += [match.group() for match in _TIME.finditer(text)][:2]
    conditions = [match.group().strip() for match in _CONDITION.finditer(text[end:high])][:2]
    found += [condition for condition in conditions if _TIME.fullmatch(condition) is None]
    return tuple(dict.fromkeys(found))


# An opinion, a prediction or an anecdote that carries a figure is kept; these words among the qualifiers say so.
_STANCE = re.compile(
    r"\b(?:I|we) (?:think|believe|guess|suspect|expect|reckon|bet)\b|\bin my (?:view|opinion|experience)\b"
    r"|\b(?:is|are|was|were) (?:expected|projected|predicted|forecast|estimated|likely|poised|set) to\b"
    r"|\bwill (?:likely |probably |soon |eventually )?(?!be able)[a-z]+\b|\bby 20[2-9]\d\b(?=[^.]{0,40}\bwill\b)"
    r"|\b(?:anecdotally|one (?:user|employee|developer|engineer|customer|colleague) (?:said|says|told|reported|reports))\b",
    re.IGNORECASE,
)
_REST_BEFORE = re.compile(r"\b(?:remaining|other|rest|remainder|leftover)\b[^.;,]{0,12}$", re.IGNORECASE)
_REST_WITHIN = re.compile(r"\b(?:the rest|the remainder|the others|the balance)\b", re.IGNORECASE)


def _find_rest(text: str, start: int, end: int) -> list[str]:
    """The word by which a figure is what another leaves: "the remaining 75%", "the other half". A claim with
    it is derived: the source may state only the other part."""
    before = _REST_BEFORE.search(text, max(0, start - 30), start)
    if before is not None:
        return [re.split(r"\W", before.group())[0]]
    within = _REST_WITHIN.search(text, start, end)
    return [within.group()] if within is not None else []


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = 0, len(text)
    for match in _CLAUSE_CUT.finditer(text):
        if match.end() <= start:
            low = match.end()
        elif match.start() >= end:
            high = match.start()
            break
    return low, high
