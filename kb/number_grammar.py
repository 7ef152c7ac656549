"""From tokens to numbers with their units: one pass that reads every number, and says what is none.

Owns the order of reading. Ranges, "n of N" and modifiers, which need two numbers or the words around, are
in kb.number_phrases.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.number_atoms import Atom, rejected
from kb.number_digits import read_digit_atom
from kb.number_labels import continues_list
from kb.number_ranks import ORDINALS, read_rank
from kb.number_spelling import read_fraction
from kb.number_tokens import FRAC, MASK, NUM, SUP, WORD, Token
from kb.number_units import finish_fraction
from kb.number_words import read_word_atom
from kb.numerals import SMALL
from kb.types import Unit, UnitKind

_AGE = Unit(kind=UnitKind.DURATION, name="year")


def read_atoms(tokens: Sequence[Token], text: str) -> list[Atom]:
    """Every number of the text, in order, accepted or rejected, not overlapping."""
    atoms: list[Atom] = []
    index = 0
    entry = 0  # the number of the list entry that was read last
    while index < len(tokens):
        atom = _read_atom(tokens, index, text, atoms[-1] if atoms else None)
        if atom is None:
            index += 1
            continue
        if atom.plain and atom.live and atom.unit is None and continues_list(tokens, index, entry):
            atom = rejected(index, index + 1, "list_index")
        if atom.why == "list_index" and tokens[index].text.isdigit() and len(tokens[index].text) < 4:
            entry = int(tokens[index].text)
        atoms.append(atom)
        index = max(atom.number_stop, index + 1)
    return atoms


def _read_atom(tokens: Sequence[Token], index: int, text: str, previous: Atom | None) -> Atom | None:
    token = tokens[index]
    if token.kind == NUM or token.low in ORDINALS or token.low in SMALL:
        rank = read_rank(tokens, index)
        if rank is not None:
            return rank
    if token.kind == NUM:
        return read_digit_atom(tokens, index, text, previous)
    if token.kind == FRAC:
        if token.glued and index and tokens[index - 1].kind == WORD:
            return rejected(index, index + 1, "identifier")
        numeral = read_fraction(tokens, index)
        return None if numeral is None else finish_fraction(tokens, numeral)
    if token.kind == SUP and token.glued:
        before = tokens[index - 1].text if index else ""
        if not any(character.isdigit() for character in before) or before == "%":
            return rejected(index, index + 1, "citation_mark")
        return rejected(index, index + 1, "citation_mark")
    if token.kind == MASK:
        return rejected(index, index + 1, token.text) if _holds_digit(text, token) else None
    if token.kind == WORD:
        return read_word_atom(tokens, index)
    return None


def _holds_digit(text: str, token: Token) -> bool:
    return any(character.isdigit() for character in text[token.start : token.end])
