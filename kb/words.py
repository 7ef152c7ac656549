"""Content words of a text as light stems, with weights: how much of what one text says another says too.

Lexical only, on purpose: the figure it gives is explainable word by word. Knows nothing of numbers or
meaning; similarity in vectors is kb.index's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_STOP = frozenset(
    "a about above after again against all also although am an and another any are as at be became because become been "
    "before being below between both but by can cannot could did do does doing done down during each either else even "
    "every few for from further get gets give given gives go goes going got had has have having he her here hers him "
    "his how however i if in into is it its itself just like made make makes many may me might more most much must my "
    "neither no nor not now of off often on once one only onto or other others our out over own per quite rather s same "
    "say says said she should since so some something still such t than that the their theirs them then there these "
    "they this those though through thus to too toward towards under until up upon us use used uses using very via was "
    "we well went were what when where whether which while who whom whose why will with within without would yet you "
    "your according yes new first second two three ten found find finds shows show showed shown reported reports "
    "report paper study studies research researchers author authors team article post result results".split()
)
# Words that nearly every text of the field holds: they say little about whether two texts mean the same.
_COMMON = frozenset(
    "model ai system llm language large data test time case rate number percent percentage user human people response "
    "lab company work level type set base high low increase decrease reduce different general".split()
)
_COMMON_WEIGHT = 0.4
_NAME_WEIGHT = 1.6
_SUFFIXES = (
    ("ization", "ize"), ("isation", "ize"), ("ations", "at"), ("ation", "at"), ("ingly", ""), ("edly", ""),
    ("fulness", "ful"), ("iveness", "ive"), ("ments", ""), ("ment", ""), ("ness", ""), ("ably", "abl"),
    ("ible", "ibl"), ("able", "abl"), ("ical", "ic"), ("ally", "al"), ("ying", "y"), ("ings", ""), ("ing", ""),
    ("ised", "ize"), ("ized", "ize"), ("ises", "ize"), ("izes", "ize"), ("ied", "y"), ("ies", "y"), ("ers", "er"),
    ("ions", ""), ("ion", ""), ("ors", "or"), ("ely", ""), ("ed", ""), ("ly", ""), ("es", ""), ("s", ""),
)  # fmt: skip
_SYNONYMS = {
    stem: group[0]
    for group in (
        ("prompt", "query", "question", "request"),
        ("finetun", "fine-tun"),
        ("shutdown", "shut", "turn-off"),
        ("developer", "programmer", "coder"),
        ("free", "free-ti", "free-tier"),
        ("paid", "paid-ti", "paid-tier"),
        ("recogniz", "detect", "notic"),
    )
    for stem in group
}


def is_function_word(lower: str) -> bool:
    """Whether a lower-case word carries no content of its own."""
    return lower in _STOP


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light stem: plural, -ing, -ed, -ly and -ation endings off, at least three letters kept, a final e
    and a doubled final consonant dropped; words of one field meaning are mapped onto one of them."""
    word = word.lower().replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    if any(character.isdigit() for character in word):
        return word
    if not word.endswith(("ss", "us", "is")):
        for suffix, replacement in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word = word[: -len(suffix)] + replacement
                break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return _SYNONYMS.get(word, word)


def content_stems(text: str) -> dict[str, float]:
    """Stems of a text's content words with weights; numbers and function words are left out, hyphenated
    words count whole and in parts."""
    weights: dict[str, float] = {}
    for match in _WORD.finditer(text):
        word = match.group()
        pieces = [word, *word.split("-")] if "-" in word else [word]
        for piece in pieces:
            lower = piece.lower()
            if lower in _STOP or len(piece) < 2 or piece[0].isdigit() or lower.rstrip("'s’") in _STOP:
                continue
            root = stem(piece)
            weight = 1.0
            if root in _COMMON or lower in _COMMON:
                weight = _COMMON_WEIGHT
            elif piece[0].isupper() and match.start() > 0:
                weight = _NAME_WEIGHT
            weights[root] = max(weights.get(root, 0.0), weight)
    return weights


def coverage(wanted: dict[str, float], having: Iterable[str]) -> float:
    """The weighted share of `wanted` that `having` holds, in [0, 1]; 0 for nothing wanted."""
    total = sum(wanted.values())
    if total <= 0:
        return 0.0
    present = having if isinstance(having, (set, frozenset, dict)) else set(having)
    return sum(weight for root, weight in wanted.items() if root in present) / total
