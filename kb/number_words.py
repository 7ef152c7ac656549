"""Reads a number in words: "seventeen", "at least once", "doubled", "dozens of", and "one" the pronoun.

Owns which words count and which only look it. Knows nothing of digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kb.number_atoms import MULTIPLE, TIMES, Atom, atom_of, rejected, word_atom
from kb.number_halves import fraction_of_unit, read_article_fraction
from kb.number_spelling import NUMBER_WORDS, read_fraction, read_words
from kb.number_tokens import NUM, WORD, Token
from kb.number_units import apply_minus_word, apply_noun, apply_unit, finish_fraction, is_possessive
from kb.numerals import SCALES, SMALL, VAGUE, Numeral
from kb.types import Unit, UnitKind
from kb.units import match_rate, match_unit

_TIMES_WORDS = {"once": 1, "twice": 2, "thrice": 3}


_MULTIPLE_WORDS = {
    "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "triple": 3, "triples": 3, "tripled": 3, "tripling": 3,
    "quadruple": 4, "quadrupled": 4, "quadruples": 4, "quadrupling": 4, "quintuple": 5, "quintupled": 5,
    "treble": 3, "trebled": 3,
}  # fmt: skip


_HALVING = frozenset(("halve", "halved", "halving"))


_FOLDS = {f"{word}fold": value for word, value in SMALL.items() if value} | {
    "twentyfold": 20, "thirtyfold": 30, "fortyfold": 40, "fiftyfold": 50, "hundredfold": 100, "thousandfold": 1000,
}  # fmt: skip


_AFTER_DOUBLE = frozenset("the that its their his her as what those this our your my of digits".split())


_BEFORE_DOUBLE = frozenset(
    "than nearly almost about roughly approximately to would could will might may can more over just around least can't "
    "should and effectively essentially practically".split()
)


def read_word_atom(tokens: Sequence[Token], index: int) -> Atom | None:
    low = tokens[index].low
    if low in _TIMES_WORDS:
        return _read_times_word(tokens, index, _TIMES_WORDS[low])
    if low in _MULTIPLE_WORDS or low in _HALVING:
        return _read_multiple_word(tokens, index)
    if low in _FOLDS:
        atom = word_atom(index, index + 1, Decimal(_FOLDS[low]))
        atom.unit = MULTIPLE
        return atom
    if low in VAGUE or low == "tens":
        return _read_vague(tokens, index)
    if low in _SEVERAL:
        return _read_several(tokens, index)
    if low == "quarter" and index + 1 < len(tokens) and tokens[index + 1].low in SCALES:
        return fraction_of_unit(tokens, index, index, Decimal(1), Decimal(4))
    if low in ("a", "one") and index + 2 < len(tokens) and tokens[index + 1].low == "single":
        singled = _read_single(tokens, index)
        if singled is not None:
            return singled
    if low in ("quarter", "third", "half", "tenth") or low in ("a", "an"):
        fraction = read_article_fraction(tokens, index)
        if fraction is not None:
            return fraction
    if low not in NUMBER_WORDS and low not in ("a", "an"):
        return None
    if _is_name_part(tokens, index):
        return None
    if low == "an" or low == "a":
        order = index + 1 < len(tokens) and tokens[index + 1].low == "order"
        if order and index + 3 < len(tokens) and tokens[index + 3].low == "magnitude":
            atom = word_atom(index, index + 4, Decimal(10))
            atom.unit = MULTIPLE
            return atom
    numeral = read_fraction(tokens, index)
    if numeral is not None and numeral.base is not None:
        return finish_fraction(tokens, numeral)
    numeral = read_words(tokens, index)
    if numeral is None:
        return None
    return _finish_words(tokens, numeral) if numeral.base is None else finish_fraction(tokens, numeral)


_SINGLED_FROM = 4  # words between "a single" and "out of"


def _read_single(tokens: Sequence[Token], index: int) -> Atom | None:
    """ "a single sample out of one hundred" is one of them; "not a single one" is none, and isn't read."""
    before = tokens[index - 1].low if index and not tokens[index].barrier else ""
    if before in ("not", "without", "never", "nor", "hardly", "barely"):
        return None
    if tokens[index + 2].low == "one" and not any(one.barrier for one in tokens[index + 1 : index + 5]):
        after = (
            index + 5 if [one.low for one in tokens[index + 3 : index + 5]] == ["of", "the"] else index + 4
        )
        counted = after < len(tokens) and (tokens[after].kind == NUM or tokens[after].low in NUMBER_WORDS)
        if counted and tokens[index + 3].low == "of":
            return word_atom(index, index + 3, Decimal(1))
    for at in range(index + 2, min(index + 3 + _SINGLED_FROM, len(tokens) - 2)):
        if tokens[at].barrier or tokens[at].kind != WORD:
            return None
        if tokens[at].low == "out" and tokens[at + 1].low == "of":
            after = at + 3 if tokens[at + 2].low in ("the", "these", "all", "some") else at + 2
            leads = after < len(tokens) and (tokens[after].kind == NUM or tokens[after].low in NUMBER_WORDS)
            stop = index + 3 if tokens[index + 2].low == "one" else index + 2
            return word_atom(index, stop, Decimal(1)) if leads or _leads_to_number(tokens, at) else None
    return None


def _is_name_part(tokens: Sequence[Token], index: int) -> bool:
    """A capitalised number word inside a name: "Big Five", "Catch Twenty"."""
    token = tokens[index]
    if not token.text[:1].isupper() or token.barrier or index == 0:
        return False
    before = tokens[index - 1]
    return before.kind == WORD and before.text[:1].isupper() and not before.barrier and len(before.text) > 1


def _finish_words(tokens: Sequence[Token], numeral: Numeral) -> Atom | None:
    atom = atom_of(numeral)
    word = tokens[numeral.first].low
    single = numeral.stop == numeral.first + 1
    collective = tokens[numeral.stop - 1].low in ("dozen", "couple", "pair", "trio", "hundred", "million", "thousand",
                                                  "billion", "trillion")  # fmt: skip
    if collective:
        atom.form = "collective"
    if word in ("hundred", "thousand", "million", "billion", "trillion") and single:
        return None  # "per million", "the million-token context"
    before = tokens[numeral.first - 1] if numeral.first else None
    if _in_compound(tokens, numeral.first):
        return None
    apply_minus_word(tokens, atom)
    if word == "zero" and single and _is_hyphenated(tokens, numeral.stop):
        return rejected(numeral.first, numeral.stop, "compound_term")  # "zero-day", "zero-knowledge"
    apply_unit(tokens, atom)
    if atom.form == "collective":
        atom.form = "words"
    if atom.why is not None:
        return atom
    if word == "one" and single:
        reason = _refuse_one(tokens, atom)
        if reason is not None:
            return rejected(numeral.first, numeral.stop, reason)
    if word == "zero" and single and atom.unit is None and not _zero_counts(tokens, atom):
        return rejected(numeral.first, numeral.stop, "zero_word")
    if before is not None and atom.unit is None and before.low in ("chapter", "section", "part", "step", "phase",
                                                                   "number", "option", "figure", "table", "day",
                                                                   "level", "tier", "stage", "page", "act"):  # fmt: skip
        return rejected(numeral.first, numeral.stop, "label_number")
    return atom


def _is_hyphenated(tokens: Sequence[Token], stop: int) -> bool:
    return (
        stop + 1 < len(tokens) and tokens[stop].text == "-" and tokens[stop].glued and tokens[stop + 1].glued
    )


def _in_compound(tokens: Sequence[Token], index: int) -> bool:
    """ "catch-twenty", not "mid-twenties" or "one-in-four"."""
    if index < 2 or tokens[index - 1].text != "-" or not tokens[index].glued or not tokens[index - 1].glued:
        return False
    word = tokens[index - 2]
    return word.kind == WORD and word.low not in ("mid", "sub", "top", "in", "of", "to", "bottom")


_ONE_CUES = frozenset("only just exactly than least most every".split())


def _refuse_one(tokens: Sequence[Token], atom: Atom) -> str | None:
    """ "one" is a number before a unit, "in N", "of N" and after "only" or "at least"; else a pronoun."""
    first, stop = atom.start_number, atom.number_stop
    before = tokens[first - 1].low if first and not tokens[first].barrier else ""
    after = tokens[stop] if stop < len(tokens) and not tokens[stop].barrier else None
    if atom.unit is not None and not atom.noun:
        low = after.low if after is not None else ""
        if low in ("day", "time", "year", "night", "second", "bit") and before not in _ONE_CUES:
            return "one_pronoun" if low in ("day", "time", "bit") else None
        return None
    if after is None:
        return "one_pronoun"
    if before in ("minus", "negative"):
        return None
    following = tokens[stop + 1] if stop + 1 < len(tokens) else None
    if after.low in ("in", "of", "out", "or", "to", "-", "–", "/", "per") and following is not None:
        return None if _leads_to_number(tokens, stop) else "one_pronoun"
    if before in _ONE_CUES and (before != "every" or after.low == "in"):
        return None if atom.noun or before in ("least", "than", "most") else "one_pronoun"
    return "one_pronoun"


def _leads_to_number(tokens: Sequence[Token], index: int) -> bool:
    for at in range(index, min(index + 4, len(tokens))):
        token = tokens[at]
        if token.barrier:
            return False
        if token.kind == NUM or (token.low in NUMBER_WORDS and token.low not in ("half",)):
            return True
        if token.low in ("the", "these", "those", "its", "their"):
            return False
        if token.low not in (
            "in",
            "of",
            "out",
            "every",
            "or",
            "to",
            "-",
            "–",
            "/",
            "per",
            "a",
            "about",
            "roughly",
        ):
            return False
    return False


def _zero_counts(tokens: Sequence[Token], atom: Atom) -> bool:
    before = tokens[atom.first - 1].low if atom.first else ""
    return before in ("to", "at", "near", "than", "exactly", "was", "is", "were", "or", "from", "of")


def _read_times_word(tokens: Sequence[Token], index: int, value: int) -> Atom | None:
    atom = word_atom(index, index + 1, Decimal(value))
    after = tokens[index + 1] if index + 1 < len(tokens) and not tokens[index + 1].barrier else None
    low = after.low if after is not None else ""
    if value == 1:
        if not _once_counts(tokens, index):
            return rejected(index, index + 1, "once_adverb")
        atom.unit = TIMES
        return atom
    if after is not None and after.text == "-":
        return rejected(index, index + 1, "compound_term")
    if low in ("as", "the", "that", "its", "their", "his", "her", "what", "those", "our") or (
        after is not None and after.kind == WORD and is_possessive(tokens, index + 1)
    ):
        atom.unit = MULTIPLE
    else:
        atom.unit = TIMES
        rate = match_rate(tokens, atom.stop)
        if rate is not None:
            atom.unit, atom.stop = Unit(kind=UnitKind.COUNT, name=f"times/{rate[0]}"), rate[1]
    return atom


_BEFORE_ONCE = frozenset("least only just than so exactly did most happened occurred even".split())


def _once_counts(tokens: Sequence[Token], index: int) -> bool:
    """ "at least once", "did so once.", "once in 100 runs", "once a week"; not "once the model learns"."""
    before = tokens[index - 1].low if index and not tokens[index].barrier else ""
    after = tokens[index + 1] if index + 1 < len(tokens) and not tokens[index + 1].barrier else None
    if before in ("at", "all", "for", "this") and before != "least":
        return False
    if before in _BEFORE_ONCE:
        return True
    if after is None or after.text in ".;)":
        return bool(before) and before not in (",", "and", "but", "that", "(")
    if after.low in ("per", "every"):
        return True
    if after.low == "a":
        return match_rate(tokens, index + 1) is not None
    if after.low in ("in", "or"):
        return _leads_to_number(tokens, index + 1) or tokens[min(index + 2, len(tokens) - 1)].low in (
            "twice",
            "every",
        )
    return False


def _read_multiple_word(tokens: Sequence[Token], index: int) -> Atom | None:
    low = tokens[index].low
    value = Decimal("0.5") if low in _HALVING else Decimal(_MULTIPLE_WORDS[low])
    before = tokens[index - 1].low if index and not tokens[index].barrier else ""
    after = tokens[index + 1] if index + 1 < len(tokens) and not tokens[index + 1].barrier else None
    following = after.low if after is not None else ""
    if following in ("-", "down", "over", "check", "checks", "checked", "standard", "standards", "blind", "edged", "whammy",
                     "back", "click", "counting", "time", "times", "period", "periods", "rate", "rates", "agent", "bind", "digit", "digits", "as", "take", "pole"):  # fmt: skip
        return rejected(index, index + 1, "idiom")
    if before == "-" or (low in ("doubles", "triples") and before in ("the", "in", "mixed")):
        return rejected(index, index + 1, "idiom")
    sure = low in _HALVING or low.endswith(("d", "ing"))
    if not sure and not (following in _AFTER_DOUBLE or before in _BEFORE_DOUBLE):
        return rejected(index, index + 1, "idiom")
    atom = word_atom(index, index + 1, value)
    atom.unit = MULTIPLE
    return atom


_SEVERAL = frozenset(("several", "few"))
_GROUPS = {"dozen": 12, "hundred": 100, "score": 20, **{word: 10**power for word, power in SCALES.items()}}


def _read_several(tokens: Sequence[Token], index: int) -> Atom | None:
    """ "several dozen agencies", "a few hundred": at least two of them."""
    stop = index + 1
    value = Decimal(2)
    while (
        stop < len(tokens) and tokens[stop].low in _GROUPS and not tokens[stop].barrier and stop < index + 3
    ):
        value *= _GROUPS[tokens[stop].low]
        stop += 1
    if stop == index + 1:
        return None
    first = index
    if tokens[index].low == "few" and index and tokens[index - 1].low == "a" and not tokens[index].barrier:
        first = index - 1
    atom = word_atom(index, stop, value)
    atom.first = first
    atom.form = "vague"
    atom.vague = True
    apply_noun(tokens, atom, stop)
    return atom


def _read_vague(tokens: Sequence[Token], index: int) -> Atom | None:
    """ "dozens of agencies", "hundreds of thousands of users": at least that many."""
    low = tokens[index].low
    stop = index + 1
    value = Decimal(10 if low == "tens" else VAGUE[low])
    if low == "scores" and not (stop < len(tokens) and tokens[stop].low == "of"):
        return None
    while stop + 1 < len(tokens) and tokens[stop].low == "of" and tokens[stop + 1].low in VAGUE:
        value *= VAGUE[tokens[stop + 1].low]
        stop += 2
    if low == "tens" and stop == index + 1 and not (stop < len(tokens) and tokens[stop].low == "of"):
        return None
    before = tokens[index - 1].low if index and not tokens[index].barrier else ""
    if low == "scores" and before in ("the", "their", "its", "test", "of", "achieved", "model", "all"):
        return None
    atom = word_atom(index, stop, value)
    atom.form = "vague"
    atom.vague = True
    if stop < len(tokens) and tokens[stop].low == "of" and not tokens[stop].barrier:
        match = match_unit(tokens, stop + 1, glued=False) if stop + 1 < len(tokens) else None
        if match is not None:
            atom.unit, atom.stop = match.unit, match.stop
            return atom
    apply_noun(tokens, atom, stop)
    if atom.unit is None:
        return None if low == "scores" else atom
    return atom
