"""Bounds and hedges around a number: "at least", "more than", "roughly", "or more", "100+".

Owns the phrase lexicon and how far a phrase reaches. Works on tokens; knows nothing of values and units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.number_spelling import NUMBER_WORDS
from kb.number_tokens import NUM, WORD, Token, tokenize
from kb.types import Modifier

_AT_LEAST, _AT_MOST, _APPROX = Modifier.AT_LEAST, Modifier.AT_MOST, Modifier.APPROX


@dataclass(frozen=True, slots=True)
class Cue:
    """What one phrase says. `strict`: the bound excludes its value."""

    modifier: Modifier
    strict: bool = False


_BEFORE: dict[Cue, str] = {
    Cue(_AT_LEAST): "at least|at the very least|at the least|no less than|no fewer than|not less than|not fewer than"
    "|a minimum of|minimum of|minimum|at a minimum|at minimum|min|as few as|as little as|as low as|upwards of|upward of"
    "|≥|no lower than|not lower than|not below|at or above|greater than or equal to|more than or equal to"
    "|equal to or more than|equal to or greater than|higher than or equal to|at least or equal to|starting at"
    "|higher or equal than|bigger or equal than|greater or equal than|more or equal than|larger or equal than",
    Cue(_AT_LEAST, True): "more than|over|above|greater than|higher than|larger than|bigger than|longer than|older than"
    "|exceeding|exceeds|exceeded|exceed|in excess of|surpassing|surpasses|surpassed|surpass|topping|topped|beyond"
    "|north of|upwards of more than|>|better than|faster than|heavier than|taller than|wider than|deeper than"
    "|further than|farther than|later than|stronger than|warmer than|hotter than",
    Cue(_AT_MOST): "up to|upto|up till|at most|at the most|at the very most|no more than|not more than|a maximum of"
    "|maximum of|maximum|max|as many as|as much as|as high as|as long as|as large as|as big as|as far as|as deep as"
    "|no greater than|no higher than|no longer than|no larger than|no later than|not exceeding|capped at|limited to"
    "|within|≤|at or below|less than or equal to|equal to or less than|not above|not over|fewer than or equal to"
    "|no older than|smaller or equal than|lower or equal than|less or equal than|up to and including|to within",
    Cue(_AT_MOST, True): "less than|fewer than|under|below|lower than|smaller than|shorter than|younger than|<|short of"
    "|beneath|earlier than|slower than|lighter than|cheaper than|cooler than|colder than",
    Cue(_APPROX): "roughly|about|around|approximately|approx|approx .|some|nearly|almost|close to|closer to|circa|ca"
    "|ca .|~|an estimated|estimated|estimated at|in the region of|in the order of|on the order of|of the order of"
    "|order of|somewhere around|perhaps|maybe|virtually|practically|an approximate|approximate|near|nearing"
    "|approaching|nearly as many as|almost as many as|more or less|in the neighborhood of|in the neighbourhood of"
    "|in the vicinity of|in the ballpark of|something like|anything like|probably|say|loosely|presumably"
    "|an est .|est .|just under|just over|just below|just above|just shy of|slightly over|slightly under"
    "|slightly more than|slightly less than|slightly above|slightly below|a little over|a little under"
    "|a little more than|a little less than|a bit more than|a bit over|a bit less than|a bit under|a touch over"
    "|a touch under|marginally over|marginally under|barely more than|barely over|an average of about|or so|≈|±"
    "|fewer than about|a reported|just short of|just about|in around|in about|very nearly|very roughly|very close to",
}  # fmt: skip


_AFTER: dict[Cue, str] = {
    Cue(_AT_LEAST): "or more|or higher|or greater|or above|or over|or older|or longer|or better|or larger|or bigger"
    "|and above|and up|and over|and more|and older|and upwards|and higher|plus|- plus|+|at least|at a minimum|at minimum"
    "|at the least|minimum|or greater than|or more than|or later",
    Cue(_AT_MOST): "or less|or fewer|or lower|or below|or under|or younger|or smaller|or shorter|and under|and below"
    "|and younger|at most|at the most|at maximum|max|maximum|tops|or less than|or earlier",
    Cue(_APPROX): "or so|ish|- ish|odd|- odd|give or take|or thereabouts|more or less|approximately|approx",
}  # fmt: skip


_DEGREE = frozenset(
    "only just well far much slightly already still even almost nearly roughly about around approximately somewhat "
    "considerably significantly substantially a bit little lot way merely mere barely perhaps maybe".split()
)


_Index = dict[str, list[tuple[tuple[str, ...], Cue]]]


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(token.low for token in tokenize(text, ()))


def _by_last(table: dict[Cue, str]) -> _Index:
    index: _Index = {}
    for cue, phrases in table.items():
        for phrase in phrases.split("|"):
            words = _phrase(phrase)
            index.setdefault(words[-1], []).append((words, cue))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


def _by_first(table: dict[Cue, str]) -> _Index:
    index: _Index = {}
    for cue, phrases in table.items():
        for phrase in phrases.split("|"):
            words = _phrase(phrase)
            index.setdefault(words[0], []).append((words, cue))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


_BEFORE_INDEX = _by_last(_BEFORE)


_AFTER_INDEX = _by_first(_AFTER)


_NEEDS_CARE = frozenset(
    ("min", "max", "minimum", "maximum", "near", "order of", "say", "some", "within", "probably")
)


@dataclass(frozen=True, slots=True)
class CuePhrase:
    """A cue at tokens[first:stop]."""

    cue: Cue
    first: int
    stop: int

    def words(self, tokens: Sequence[Token]) -> str:
        return " ".join(token.low for token in tokens[self.first : self.stop])


def find_before(tokens: Sequence[Token], index: int) -> CuePhrase | None:
    """The longest bound or hedge that ends right before tokens[index]."""
    if index == 0 or tokens[index].barrier:
        return None
    entries = _BEFORE_INDEX.get(tokens[index - 1].low)
    if entries is None:
        return None
    for words, cue in entries:
        first = index - len(words)
        if first < 0 or any(tokens[k].barrier for k in range(first + 1, index)):
            continue
        if all(tokens[first + k].low == word for k, word in enumerate(words)) and _fits(
            tokens, first, index, words
        ):
            return CuePhrase(cue, first, index)
    return None


def _fits(tokens: Sequence[Token], first: int, index: int, words: tuple[str, ...]) -> bool:
    if words[0] == ">" and tokens[first].line and not tokens[index].glued and _is_long_line(tokens, index):
        return False  # a block quotation's mark
    if words == ("-",):
        return False
    if words[0] in (">", "<") and first > 0 and tokens[first].glued and tokens[first - 1].text in "-–—=":
        return False  # an arrow
    if words == ("some",) and first > 0 and tokens[first - 1].low in ("and", "or", "then"):
        return False
    if words == ("over",) and any(tokens[at].low in _SPREAD_OVER for at in range(max(0, first - 3), first)):
        return False  # "the average win rate over 50 audits"
    if (
        words in (("over",), ("within",))
        and first > 0
        and tokens[first - 1].low in ("all", "took", "hand", "turned")
    ):
        return tokens[first - 1].low == "took"
    return not (
        words == ("say",) and first > 0 and tokens[first - 1].low not in (",", "(", "—", "–", "of", "by")
    )


_CELL = 5  # tokens: a line as short is a cell with a bound, not a block quotation


def _is_long_line(tokens: Sequence[Token], index: int) -> bool:
    stop = min(len(tokens), index + _CELL)
    return stop == index + _CELL and not any(tokens[at].line for at in range(index + 1, stop))


_SPREAD_OVER = frozenset(
    "averaged average averaging aggregated summed computed calculated taken pooled distributed spread mean measured "
    "repeated sampled iterated integrated spanning aggregate median means averages smoothed".split()
)


def find_after(tokens: Sequence[Token], index: int) -> CuePhrase | None:
    """The longest bound or hedge that begins at tokens[index], after a number or its unit."""
    if index >= len(tokens) or tokens[index].barrier:
        return None
    entries = _AFTER_INDEX.get(tokens[index].low)
    if entries is None:
        return None
    for words, cue in entries:
        stop = index + len(words)
        if stop > len(tokens) or any(tokens[k].barrier for k in range(index + 1, stop)):
            continue
        if not all(tokens[index + k].low == word for k, word in enumerate(words)):
            continue
        if words[0] == "+" and (not tokens[index].glued or _starts_number(tokens, stop)):
            continue
        if words[0] in ("ish", "odd", "-") and not tokens[index].glued:
            continue
        if words[0] in ("and", "or") and _starts_number(tokens, stop):
            continue
        if words[-1] == "than" and _starts_number(tokens, stop):
            continue
        if words in (("plus",), ("at", "least"), ("at", "most"), ("minimum",), ("maximum",), ("max",)) and (
            stop < len(tokens)
            and not tokens[stop].barrier
            and tokens[stop].kind in (WORD, NUM)
            and tokens[stop].low not in ("in", "of", "during", "for", "per", "when")
        ):
            continue
        return CuePhrase(cue, index, stop)
    return None


def _starts_number(tokens: Sequence[Token], index: int) -> bool:
    if index < len(tokens) and tokens[index].low in ("than", "a", "an"):
        index += 1
    if index >= len(tokens) or tokens[index].barrier:
        return False
    return tokens[index].kind == NUM or tokens[index].low in NUMBER_WORDS


def take_degree(tokens: Sequence[Token], first: int) -> int:
    """Moves the start of a cue over words of degree before it ("well over", "only about")."""
    while first > 0 and not tokens[first].barrier and tokens[first - 1].low in _DEGREE:
        low = tokens[first - 1].low
        if low == "a" or (
            low == "way" and tokens[first].low not in ("more", "less", "over", "under", "above", "below")
        ):
            break
        first -= 1
    return first
