"""The noun that a number counts: "27 private variants" -> variants, without a statistical tagger.

Owns a small shape grammar of English noun phrases after a number. Knows nothing of values and units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.number_tokens import NUM, SYM, WORD, Token

_STOP = frozenset(
    "of in on at to for from by with without within into onto over under between among across against during after "
    "before since until till about around through throughout toward towards upon via per than as like near off out up "
    "down and or but nor so yet if then when while where whereas because although though unless whether that which who "
    "whom whose what why how the a an this these those my your his her its our their i you he she it we they me him us "
    "above below ourselves themselves itself them is are was were be been being am has have had having do does did doing will would can could shall should may "
    "might must not no never also just only even still already again too very quite rather ever always often sometimes "
    "respectively last next each every either neither both all any there here now later ago apart away back together "
    "yesterday today tomorrow according instead however therefore thus hence except versus vs including respectively "
    "said says say told tells tell got get gets made make makes came come comes went go goes took take takes gave give "
    "gives found find finds found shows show showed shown seems seem seemed became become becomes began begin begins "
    "remained remain remains agreed agree agrees refused refuse refuses complied comply complies failed fail fails "
    "died die dies lived live lives reported report reports used use uses using sabotaged received receive receives "
    "responded respond won win wins lost lose loses led leads lead wrote write writes saw see sees let lets put puts "
    "scored score scores rated rates achieved achieves reached reaches behaved reward-hacked resisted resist resists "
    "followed follow follows passed pass passes worked works resulted results happened occur occurred occurs".split()
)


_NOT_PLURAL = frozenset(
    "series this thus always perhaps across various previous serious is was has does its us as less analysis basis crisis "
    "bias news physics economics mathematics politics ethics emphasis consensus status focus campus corpus bonus virus "
    "process access success progress excess address business class press loss gross cross mass glass plus versus "
    "famous obvious religious dangerous continuous autonomous anonymous numerous enormous curious malicious suspicious "
    "conscious precious anxious ambiguous simultaneous homogeneous heterogeneous yes apparatus nexus genus census "
    "besides afterwards upwards downwards towards sometimes nowadays indoors outdoors overseas hers ours yours theirs "
    "deceptive cases' times'".split()
) - {"cases'", "times'"}


_IRREGULAR = frozenset(
    "people men women children data criteria phenomena mice feet teeth geese media alumni bacteria species "
    "sheep fish aircraft spacecraft police staff personnel cattle hypotheses theses analyses syntheses indices matrices "
    "vertices appendices axes crises bases parentheses respondents folk folks oxen lice crew faculty formulae "
    "nuclei stimuli fungi curricula memoranda strata spectra quanta schemata corpora genera opera loci foci "
    "offspring headquarters means police dozen hundred percent samples classes processes losses masses glasses".split()
)


_SINGULAR_MEN = frozenset(
    "specimen abdomen regimen acumen omen semen stamen yemen amen gentlemen".split()
) - {"gentlemen"}


# -s words that may follow a number as its noun although they are also verbs are plural here; after a
# number, English has a noun far more often than a verb.
_LIMIT = 6


NUMBER_ADJECTIVES = frozenset(
    "consecutive straight full more additional extra working business calendar whole other further long short solid "
    "different separate new distinct unique total independent individual main major key simple random previous".split()
)


@dataclass(frozen=True, slots=True)
class CountedNoun:
    """The head noun as written (lower case unless a name) and the token after it. `plural`: told by its form."""

    name: str
    stop: int
    plural: bool


def is_plural(word: str) -> bool:
    """Whether a word looks like a plural noun."""
    low = word.lower()
    if low in _IRREGULAR or (low.endswith("men") and low not in _SINGULAR_MEN):
        return True
    if word[-1:] == "s" and word[-2:-1].isupper():
        return True  # "APIs"
    if low in _NOT_PLURAL or len(low) < 3:
        return False
    return low.endswith("s") and not low.endswith(("ss", "us", "is", "ous"))


def find_noun(tokens: Sequence[Token], index: int, *, singular: bool = False) -> CountedNoun | None:
    """The noun counted by a number that ends before tokens[index]; None where no noun can be told.

    A plural noun within a few words is it. Else, after a number other than one, the first of two plain
    words ("a three course meal"); after one (`singular`), the last of at most three."""
    at = index
    words = 0
    first: CountedNoun | None = None
    last: CountedNoun | None = None
    if at < len(tokens) and tokens[at].text == "-" and tokens[at].glued:
        at += 1
    while at < len(tokens) and words < _LIMIT:
        token = tokens[at]
        if token.barrier:
            break
        if _is_passed_over(tokens, index, at, words, singular=singular):
            at += 1
            continue
        if token.text == "(" and words and _is_acronym(tokens, at):
            at += 3
            continue
        if token.kind != WORD:
            break
        if _is_initial(tokens, at):
            at += 2
            words += 1
            continue
        chain = _chain_end(tokens, at)
        if chain == at and token.low in _STOP and not _is_use_case(tokens, at):
            break
        word = tokens[chain]
        if not singular and word.kind == WORD and is_plural(word.text):
            return CountedNoun(_written(word), chain + 1, True)
        words += 1
        if chain == at and singular:
            if token.low.endswith(("ed", "ing")) and last is not None:
                break
            last = CountedNoun(_written(token), at + 1, False)
            if words >= 3:
                break
        elif chain == at and words == 1 and token.text.islower() and len(token.text) > 2:
            first = CountedNoun(token.low, at + 1, False)
        at = chain + 1
    if (
        first is None
        or words < 2
        or first.name.endswith(_ADJECTIVE_ENDINGS)
        or first.name in NUMBER_ADJECTIVES
    ):
        return last
    return first


def _is_passed_over(tokens: Sequence[Token], index: int, at: int, words: int, *, singular: bool) -> bool:
    """Signs and words inside a noun phrase: an opening quote, the comma between two adjectives, the number of
    a model's name, the "and" between two modifiers."""
    token = tokens[at]
    if token.text in ('"', "'", "["):
        return words == 0 and not token.glued
    if token.text == ",":
        return not singular and words == 1 and _adjective(tokens[at - 1]) and _goes_on(tokens, at)
    if token.kind == NUM:
        named = at > index and tokens[at - 1].kind == WORD and words > 0
        return named and (
            token.glued or tokens[at - 1].text[:1].isupper()
        )  # "two o3 runs", "63,000 Model 3 sedans"
    return token.low in ("and", "or") and words > 0 and not singular and _pairs_modifiers(tokens, at)


_ADJECTIVE_ENDINGS = (
    "ed",
    "ing",
    "al",
    "ive",
    "ous",
    "ful",
    "less",
    "able",
    "ible",
    "ic",
    "ly",
    "ent",
    "ant",
    "ary",
    "er",
)


def _chain_end(tokens: Sequence[Token], at: int) -> int:
    """The last word of a hyphenated word that begins at tokens[at]; `at` where it has no hyphen."""
    end = at
    while end + 2 < len(tokens) and end - at < 12 and tokens[end + 1].text in ("-", "–") and tokens[end + 1].glued and (
        tokens[end + 2].glued and tokens[end + 2].kind in (WORD, NUM)
    ):  # fmt: skip
        end += 2
    return end


def _is_acronym(tokens: Sequence[Token], at: int) -> bool:
    """ "natural language understanding (NLU) tasks"."""
    if at + 2 >= len(tokens) or tokens[at + 2].text != ")":
        return False
    return tokens[at + 1].kind == WORD and tokens[at + 1].text[:2].isupper()


def _is_use_case(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].low == "use" and at + 1 < len(tokens) and tokens[at + 1].low == "cases"


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Whether a second adjective follows a comma: "27 private, unreleased variants"."""
    if at + 2 >= len(tokens) or len(tokens[at - 1].text) < 3:
        return False
    word, after = tokens[at + 1], tokens[at + 2]
    return word.text.islower() and word.low not in _STOP and after.kind == WORD and after.text.islower()


def _pairs_modifiers(tokens: Sequence[Token], at: int) -> bool:
    """ "digital and physical sales", "Kia and Hyundai vehicles": one noun for two modifiers."""
    if at + 2 >= len(tokens):
        return False
    left, right, noun = tokens[at - 1], tokens[at + 1], tokens[at + 2]
    if left.kind != WORD or right.kind != WORD or noun.kind != WORD or right.low in _STOP or right.barrier:
        return False
    alike = left.text[:1].isupper() == right.text[:1].isupper()
    return (
        alike and not is_plural(right.text) and is_plural(noun.text) and not left.low.endswith(("ed", "ly"))
    )


def _adjective(token: Token) -> bool:
    return token.kind == WORD and token.text.islower() and not is_plural(token.text)


def _written(token: Token) -> str:
    return token.low if token.text[:1].isupper() and token.text[1:].islower() else token.text


def _is_initial(tokens: Sequence[Token], at: int) -> bool:
    """A letter of an abbreviation: the U of "U.S. states"."""
    return (
        len(tokens[at].text) == 1
        and tokens[at].text.isupper()
        and at + 1 < len(tokens)
        and tokens[at + 1].text == "."
        and tokens[at + 1].glued
        and tokens[at + 1].kind == SYM
    )
