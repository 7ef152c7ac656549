"""The noun phrase that a figure counts, by a sentence's grammar.

Owns the counted noun and how far a figure's span goes ("roughly 25% of prompts", "12% sabotage rate").
Refuses to know whether a figure is a claim and what it measures.
"""

from __future__ import annotations

import re

from ingest.language_parts import FINITE_TAGS, NOUN_TAGS, Parse, Token
from kb.types import Quantity, UnitKind

_WORD = re.compile(r"[^\W_]+(?:[’'./-][^\W_]+)*")
_STOP_NOUN = frozenset({"ago", "later"})
_LIMIT = 90  # characters that a figure's noun phrase may add
_REACH = 6  # tokens between a figure and the noun that it modifies
_LONGEST_CHUNK = 14
_RELATION_AFTER = re.compile(
    r"^\s+(?:that|those|its|their|the|his|her|what|as (?:many|much|often|likely|high|common|large))\b", re.I
)
_HYPHENED = re.compile(r"(?:[-–][A-Za-z]\w*)+")
_CHUNK_INNER = NOUN_TAGS | {
    "JJ", "JJR", "JJS", "VBG", "VBN", "HYPH", "POS", "CD", "RB", "AFX", "FW", "``", "''",
}  # fmt: skip
_MODIFIES = frozenset({"nummod", "compound", "amod", "nmod", "npadvmod", "quantmod", "poss"})
_BETWEEN = NOUN_TAGS | {"JJ", "JJR", "JJS", "HYPH", "POS", "CD", "AFX", "``", "''"}
_VERBS_AFTER = frozenset(
    "stay stays remain remains correspond corresponds compound compounds reflect reflects represent represents mean means suggest "
    "suggests show shows mark marks say says report reports come comes go goes fail fails use uses agree agrees believe think want "
    "surviving using showing stem stems".split()
)
_SHORT = 10  # tokens
_AUXILIARIES = frozenset("is are was were has have had does do did".split())
_PLURALS = (
    ("analogies", "analogy"), ("ies", "y"), ("theses", "thesis"), ("teria", "terion"), ("omena", "omenon"),
    ("axes", "axis"), ("lenses", "lens"), ("sses", "ss"), ("xes", "x"),
)  # fmt: skip


def singular(noun: str) -> str:
    """A noun's singular, roughly."""
    word = noun.lower()
    for plural, single in _PLURALS:
        if word.endswith(plural):
            return word[: -len(plural)] + single
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def counted_noun(text: str, quantity: Quantity, parse: Parse | None) -> str | None:
    """The noun that a count counts ("three core setups": setups), None where it stands alone."""
    if quantity.unit.name and quantity.unit.kind is UnitKind.COUNT:
        words = _WORD.findall(quantity.unit.name)
        if words:
            last: str = words[-1]
            return last
    if parse is None:
        match = re.match(r"(?:\s+[a-z][\w-]*){0,2}?\s+([a-z][\w-]*s)\b", text[quantity.end :])
        return match.group(1) if match is not None else None
    chunk = find_chunk(parse, quantity.end)
    return parse.tokens[chunk[-1]].text if chunk else None


def find_chunk(parse: Parse, offset: int, *, fragment: bool = False) -> list[int]:
    """Indices of the words from an offset to the head of the noun phrase that they begin, [] where none
    does. In a `fragment` (a table cell) a word that the tagger took for a verb may be its last noun."""
    first = parse.at(offset)
    if first is None or offset < parse.tokens[first].start - 2:
        return []
    tokens = parse.tokens
    last_noun = -1
    for position in range(first, min(len(tokens), first + _LONGEST_CHUNK)):
        token = tokens[position]
        following = tokens[position + 1].tag if position + 1 < len(tokens) else ""
        if _in_hyphened(tokens, position):
            continue  # state-of-the-art
        if fragment and last_noun >= 0 and token.tag in ("VBZ", "VBG", "VBP") and _closes(following):
            last_noun = position
            break
        if token.tag not in _CHUNK_INNER:
            break
        if last_noun >= 0 and token.tag in ("VBN", "VBG", "CD"):
            break  # "questions asked", "models trained": the phrase has ended
        if token.tag == "RB" and following not in ("JJ", "VBN", "HYPH"):
            break
        if token.tag in NOUN_TAGS and token.lower not in _STOP_NOUN:
            apart = last_noun >= 0 and position - last_noun > 1
            if apart and tokens[position - 1].tag not in ("HYPH", "POS", "JJ", "``", "''"):
                break
            last_noun = position
    return list(range(first, last_noun + 1)) if last_noun >= first else []


def _closes(tag: str) -> bool:
    return tag in ("", ",", ".", ":", "-RRB-", "-LRB-", "CC", "IN")


def _in_hyphened(tokens: tuple[Token, ...], position: int) -> bool:
    """Whether a word is an inner part of a hyphenated one."""
    return (
        0 < position < len(tokens) - 1
        and tokens[position - 1].text == "-"
        and tokens[position - 1].end == tokens[position].start
        and tokens[position + 1].text == "-"
        and tokens[position].end == tokens[position + 1].start
    )


def extend_figure(text: str, quantity: Quantity, parse: Parse | None, limit: int) -> tuple[int, int]:
    """The figure with the noun phrase that it counts: "roughly 25% of prompts", "12% sabotage rate",
    "double that of Codex-mini"; never into the next figure, which begins at `limit`."""
    start, end = quantity.start, quantity.end
    if parse is None:
        return start, _extend_by_words(text, end, limit)
    grown = _grow(parse, quantity)
    hyphened = _HYPHENED.match(text, grown)
    if hyphened is not None:
        grown = hyphened.end()
    return start, grown if grown <= min(limit, end + _LIMIT) else end


def _grow(parse: Parse, quantity: Quantity) -> int:
    tokens, end = parse.tokens, quantity.end
    if parse.text[end : end + 1] == "-":
        chunk = find_chunk(parse, end)
        end = tokens[chunk[-1]].end if chunk else end
    head = _head_noun(parse, quantity.start, end)
    if head is not None:
        end = tokens[head].end
    elif _RELATION_AFTER.match(parse.text[end:]) is not None and quantity.unit.kind is not UnitKind.COUNT:
        index = parse.at(end)
        if index is not None:
            inner = find_chunk(parse, tokens[index].end)
            following = tokens[index + 1].lower if index + 1 < len(tokens) else ""
            if inner or following in ("of", "for", "in", "seen"):
                end = tokens[inner[-1]].end if inner else tokens[index].end
    elif _is_fragment(parse) if quantity.unit.kind is not UnitKind.COUNT else quantity.unit.name is None:
        chunk = find_chunk(parse, end, fragment=_is_fragment(parse))
        end = tokens[chunk[-1]].end if chunk else end
    return _grow_of(parse, end)


def _grow_of(parse: Parse, end: int) -> int:
    """Past one "of" phrase."""
    tokens = parse.tokens
    following = parse.at(end)
    if following is None or tokens[following].lower != "of":
        return end
    position = following + 1
    while position < len(tokens) and tokens[position].tag in ("DT", "PRP$", "PDT", "WDT", "CD", "RB"):
        position += 1
    fragment = _is_fragment(parse)
    inner = find_chunk(parse, tokens[position].start, fragment=fragment) if position < len(tokens) else []
    if inner:
        return tokens[inner[-1]].end
    return tokens[position - 1].end if position > following + 1 else end


def _head_noun(parse: Parse, start: int, end: int) -> int | None:
    """The noun behind a figure that the figure modifies: 12% [sabotage] rate."""
    inside = parse.covering(start, end)
    if not inside:
        return None
    last = inside[-1]
    for index in reversed(inside):
        token = parse.tokens[index]
        if (
            token.dep in _MODIFIES
            and last < token.head <= last + _REACH
            and parse.tokens[token.head].tag in NOUN_TAGS
            and all(between.tag in _BETWEEN for between in parse.tokens[last + 1 : token.head])
        ):
            return _before_verb(parse, last, token.head)
    return None


def _before_verb(parse: Parse, last: int, head: int) -> int | None:
    """The head noun, or the noun before it where the "noun" is a verb that the tagger misread ("the
    remaining 75% stay opaque", "the 78% rate corresponds to")."""
    for index in range(last + 1, head + 1):
        if parse.tokens[index].lower in _VERBS_AFTER:
            return index - 1 if index - 1 > last else None
    return head


def _is_fragment(parse: Parse) -> bool:
    """A cell or label without a verb: its nouns belong together. What the tagger takes for a present-tense
    verb in a few words ("task attempts") may be a noun."""
    if parse.text.endswith("."):
        return False
    sure = FINITE_TAGS if len(parse.tokens) > _SHORT else frozenset({"VBD", "MD"})
    return not any(token.tag in sure or token.lower in _AUXILIARIES for token in parse.tokens)


def _extend_by_words(text: str, end: int, limit: int) -> int:
    match = re.match(
        r"(?:\s+of)?(?:\s+(?:the|all|its|their))?((?:[\s-]+[A-Za-z][\w-]*){1,4}?s)\b",
        text[end : min(limit, end + _LIMIT)],
    )
    return end + match.end() if match is not None else end
