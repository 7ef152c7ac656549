"""A word put in the place of another in a sentence that otherwise follows the source's own words.

Where a claim mirrors the source's sentence, what stands at one place on both sides must be the same thing: "hardware
engineers account for 19%" is not "software developers account for 19%". Where the two sentences are built otherwise,
places tell nothing, and this rule is silent. It makes no claim contested; it only keeps the figure from supporting it.
"""

from __future__ import annotations

import difflib
import re

from kb.words import content_stems, stem

# Share of words that follow each other on both sides, from which a claim mirrors the source.
_LEAST_ALIKE = 0.7
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
# Words that count, measure or tell, and stand for one another; and groups that mean one thing.
_FREE = frozenset(
    stem(word)
    for word in (
        "run runs sample samples case cases time times instance instances rollout trial trials prompt prompts test tests share rate rates "
        "number percent only just some about around roughly estimated relative overall average median score scored reach reached show "
        "showed find found report reported measure measured reduce reduced according say says write writes paper study authors models "
        "week weeks month months day days year years run-up lead-up ahead model brought came took made result resulting simulated leading tested total all every most"
    ).split()
)
_GROUPS = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "refuse block reject decline", "succeed manage solve achieve", "mention disclose acknowledge reveal", "participant people person",
        "comply obey", "lower reduce cut drop fall decrease bring", "raise increase rise lift grow", "jailbreak attack attempt",
        "scenario setting test", "sabotage tamper disable", "understanding insight", "response answer reply", "researcher author expert",
        "participant respondent", "variant version", "awareness aware", "blackmail extort", "try attempt", "poison malicious",
        "feign fake", "detect notice recognize spot", "developer programmer coder", "appropriate appropriately right correct",
    )
)  # fmt: skip


def find_substitution(claimed: str, found: str) -> tuple[str, str] | None:
    """(the claim's word, the source's word) at one place of two sentences that mirror each other, or None."""
    ours, theirs = _tell(claimed), _tell(found)
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < _LEAST_ALIKE:
        return None
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "replace":
            continue
        new = [word for word in ours[a:b] if word not in theirs and not any(c.isdigit() for c in word)]
        old = [word for word in theirs[c:d] if word not in ours and not any(c.isdigit() for c in word)]
        if new and old and not any(_are_one(one, other) for one in new for other in old):
            return new[0], old[0]
    return None


def _tell(text: str) -> list[str]:
    """The stems of a text's telling words, in order."""
    stems = []
    for match in _WORD.finditer(text):
        known = content_stems(match.group())
        if known:
            first = stem(match.group())
            if first not in _FREE:
                stems.append(first)
    return stems


def _are_one(one: str, other: str) -> bool:
    if one[:4] == other[:4] and len(one) >= 4:
        return True
    return any(one in group and other in group for group in _GROUPS)
