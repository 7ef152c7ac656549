"""Digits glued to letters or signs: "GPT-4o", "Nature8", "48th", "90s", "1920x1080", "down.9".

Says why such digits count nothing. Works on tokens, by shape; what a word with a space before a number
makes of it is in kb.number_labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.number_labels import FAMILIES, STRONG
from kb.number_tokens import MASK, NUM, WORD, Token
from kb.numerals import Numeral

_GLUABLE = frozenset("mid sub top pre post non circa ca under over near approx about around ~ bottom".split())


_ORDINALS = frozenset(("st", "nd", "rd", "th", "ths", "rds", "nds", "sts"))


_CLOSERS = frozenset("\"'”’)]%!?…»")


def glued_before(tokens: Sequence[Token], index: int) -> str | None:
    """Why a number at tokens[index] is part of a word, a mark or an identifier that it is glued to."""
    token = tokens[index]
    if index == 0 or not token.glued:
        return None
    before = tokens[index - 1]
    earlier = tokens[index - 2] if index > 1 else None
    if before.kind == WORD:
        return _glued_to_word(tokens, index)
    if before.kind == MASK:
        if before.text in ("date", "year", "code", "email", "url") and is_mark(tokens, index):
            return "citation_mark"
        return {"sup": "citation_mark", "sub": "subscript"}.get(before.text, "identifier")
    text = before.text
    touching = earlier is not None and before.glued
    if text in "-‐" and touching and earlier is not None:
        if earlier.kind == WORD:
            if earlier.low in _GLUABLE or _ends_chain_word(tokens, index) or _is_suffix(tokens, index - 2):
                return None
            return "model_name"
        return "identifier" if earlier.kind == NUM and _in_chain(tokens, index - 2) else None
    if text in "–−" and touching and earlier is not None and earlier.kind == WORD:
        return "exponent" if text == "−" else ("model_name" if earlier.text[-1:].isupper() else None)
    if text == "." and touching and earlier is not None:
        if earlier.kind == WORD:
            if earlier.low in STRONG or earlier.low in ("no", "p"):
                return "label_number"
            return "citation_mark" if is_mark(tokens, index) else "identifier"
        if earlier.text in _CLOSERS or earlier.kind in (NUM, MASK):
            return "citation_mark" if is_mark(tokens, index) else "identifier"
        return None
    if (
        text in ",;:!?"
        and touching
        and earlier is not None
        and earlier.kind != NUM
        and is_mark(tokens, index)
    ):
        follows_word = earlier.kind == WORD or earlier.text in _CLOSERS
        return "citation_mark" if follows_word and (text != ":" or _ends_here(tokens, index)) else None
    if text in "\"')]" and touching and earlier is not None and is_mark(tokens, index):
        closes = earlier.kind in (WORD, NUM, MASK) or earlier.text in ".,;:!?%…\"')"
        return "citation_mark" if closes and not _opens_quote(tokens, index - 1) else None
    if text == ")" and touching and earlier is not None and earlier.kind in (WORD, NUM):
        beyond = tokens[index + 1] if index + 1 < len(tokens) else None
        if beyond is not None and beyond.glued and beyond.text in "(→)":
            return "identifier"  # Ca10(PO4)6(OH)2
    if text == "%" and is_mark(tokens, index):
        return "citation_mark"
    if text == "§":
        return "section_number"
    if text in "@#_\\" or (text == "/" and touching and earlier is not None and earlier.kind == WORD):
        return "identifier"
    if text == "^":
        return "exponent"
    return None


def _glued_to_word(tokens: Sequence[Token], index: int) -> str | None:
    word = tokens[index - 1]
    if word.low in ("h", "hr", "d", "m", "min") and index > 1 and tokens[index - 2].kind == NUM:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if word.glued and after is not None and after.glued and after.low in ("h", "m", "min", "s", "sec"):
            return None  # "2h17m"
    if word.low in ("e", "x") and index > 1 and tokens[index - 2].kind == NUM:
        return "identifier"
    shaped_as_mark = is_mark(tokens, index) and len(word.text) > 3 and word.text[1:].islower()
    if shaped_as_mark and word.text.islower():
        return "citation_mark"
    if shaped_as_mark and _follows_small_word(tokens, index) and word.low not in FAMILIES:
        return "citation_mark"
    return "model_name" if word.text[-1:].isalpha() and word.text[:1].isupper() else "identifier"


def is_lettered_label(tokens: Sequence[Token], index: int) -> bool:
    """ "Figures 3A and 3B", "Figs. 2a-2c": a number with one letter glued to it, in a list behind a label."""
    at = index
    for _ in range(12):
        if at == 0 or tokens[at].barrier:
            return False
        at -= 1
        token = tokens[at]
        if token.low in STRONG:
            return True
        lettered = token.kind == NUM or (token.kind == WORD and len(token.text) == 1 and token.glued)
        if not lettered and token.low not in (",", "and", "-", "–", "&", ".", "(", ";"):
            return False
    return False


def _follows_small_word(tokens: Sequence[Token], index: int) -> bool:
    """Whether running text in lower case goes on after "Nature8": a name would too, so a sentence's middle
    before it is asked for as well ("published in Nature8 fine-tuned")."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    before = tokens[index - 2] if index > 1 else None
    return after is not None and before is not None and before.kind == WORD and before.text.islower()


def _ends_chain_word(tokens: Sequence[Token], index: int) -> bool:
    """ "n-of-100", "best-of-10": a number after a chain of small words isn't a name's version."""
    return tokens[index - 2].low in ("of", "at", "in", "to", "by", "than", "and") and tokens[index - 2].glued


_SUFFIXES = frozenset(
    "k m b t bn mn tn x km cm mm kg mg gb mb tb min mins hr hrs h s pp pct usd gbp eur".split()
)


def _is_suffix(tokens: Sequence[Token], index: int) -> bool:
    """ "50K-1M", "5km-10km": the word before the hyphen is a number's own suffix."""
    if tokens[index].low not in _SUFFIXES or index == 0 or tokens[index - 1].kind != NUM:
        return False
    return index < 2 or not tokens[index - 1].glued or tokens[index - 2].kind not in (WORD, NUM)


def _in_chain(tokens: Sequence[Token], index: int) -> bool:
    """Whether the number at tokens[index] belongs to a hyphenated name ("Llama-3-8B", "hSOX2-23")."""
    for at in range(index, max(0, index - 8), -1):
        if not tokens[at].glued:
            return False
        if tokens[at - 1].kind == WORD:
            return True
        if tokens[at - 1].kind != NUM and tokens[at - 1].text not in "-–.":
            return False
    return False


def _opens_quote(tokens: Sequence[Token], index: int) -> bool:
    return not tokens[index].glued


def is_mark(tokens: Sequence[Token], index: int) -> bool:
    """Whether the number at tokens[index] has the shape of a note's mark: up to three digits, then space."""
    text = tokens[index].text
    if not (text.isdigit() and len(text) <= 3 and text[0] != "0"):
        return False
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None or not after.glued:
        return True
    return after.text in ",;:)]\"'.!?|—–" or after.kind == MASK


def _ends_here(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 >= len(tokens) or not tokens[index + 1].glued


def glued_after(tokens: Sequence[Token], numeral: Numeral) -> str | None:
    """Why what is glued to a number's end makes it no quantity: "4o", "48th", "90s", "3D", "1920x1080"."""
    if numeral.stop >= len(tokens):
        return None
    after = tokens[numeral.stop]
    if not after.glued:
        return None
    following = tokens[numeral.stop + 1] if numeral.stop + 1 < len(tokens) else None
    if after.kind == WORD:
        if after.low in _ORDINALS:
            return "ordinal"
        if after.low in ("x", "×") and following is not None and following.kind == NUM and following.glued:
            return "dimensions"
        if after.low == "s":
            return "decade"
        return "identifier"
    if after.text == "×" and following is not None and following.kind == NUM and following.text != "10":
        return "dimensions"
    if after.text == "'" and following is not None and following.low == "s" and following.glued:
        if not numeral.plain:
            return None
        return "year" if 1900 <= numeral.value < 2100 else "decade"
    if after.text == ":" and following is not None and following.kind == NUM and following.glued:
        return "ratio_notation"
    if after.text == "/" and following is not None and following.glued and following.kind == NUM:
        return "slash_pair"
    if after.text in "@_\\" or (after.text == "." and following is not None and following.glued and (
        following.kind == NUM or (following.kind == WORD and following.text.islower())
    )):  # fmt: skip
        return "identifier"
    return None


def is_ordinal_rank(tokens: Sequence[Token], stop: int) -> bool:
    """ "48th percentile"."""
    at = stop + 1
    if at < len(tokens) and tokens[at].text == "-":
        at += 1
    return at < len(tokens) and tokens[at].low in (
        "percentile",
        "percentiles",
        "decile",
        "quartile",
        "quantile",
    )
