"""The words for what is measured: nouns with what belongs to them, their owners, predicates.

Owns how far each phrase goes. Refuses to choose between them (ingest.measured).
"""

from __future__ import annotations

import re

from ingest.language_parts import NOUN_TAGS, VERB_TAGS, Parse
from ingest.noun_phrases import singular
from kb.names import find_models

_MEASURES = frozenset(
    "rate share percentage proportion number amount score accuracy probability likelihood frequency level price cost value size length "
    "average mean median total sum count fraction ratio gap difference increase decrease reduction rise drop growth improvement decline "
    "budget revenue funding investment staff performance success error odds risk chance correlation effect width height weight age "
    "duration time speed temperature salary spending capacity margin confidence compliance prevalence incidence majority minority "
    "precision recall auroc auc f1 loss compute range threshold limit maximum minimum horizon area density rating dose concentration "
    "depth distance pressure power energy mass volume yield efficiency latency throughput sensitivity specificity resolution thickness "
    "diameter radius deviation variance uncertainty interval period velocity acceleration force voltage current resistance wavelength "
    "bandwidth intensity flux abundance content humidity altitude lifetime angle slope coefficient factor offset shift magnification "
    "survival mortality turnover salinity viscosity purity stress strength toughness modulus potential bias band".split()
)
_BARE_VERBS = frozenset("is are was were be been being 's 're has have had do does did".split())
_ARTICLE = re.compile(r"^(?:the|an?|these|those|this|that|its|their|all|both|his|her|our)\s+", re.I)
_BEFORE_TAGS = NOUN_TAGS | {"JJ", "JJR", "JJS", "VBG", "VBN", "HYPH", "POS", "CD", "AFX", "DT", "``", "''"}
_BEFORE_NOUN = ("amod", "compound", "nummod", "poss", "nmod", "det", "npadvmod", "quantmod")
_OWNING = ("of", "for", "in", "among", "by", "between")
_LONGEST = 120
_MAX_OBJECTS = 8  # tokens of a phrase behind a noun


def cut_article(words: str) -> str:
    return _ARTICLE.sub("", words)


def is_measure(parse: Parse, index: int) -> bool:
    word = parse.tokens[index].lower
    return singular(word) in _MEASURES or word in _MEASURES


def names_measure(words: str) -> bool:
    return any(singular(word) in _MEASURES for word in re.findall(r"[a-z]+", words.lower()))


def name_noun(parse: Parse, index: int, end: int | None = None, *, owned: bool = False) -> str:
    """A noun with what stands before it, and, unless its owner is told apart (`owned`), a short "of" phrase
    behind it that ends before token `end`; a model's name whole."""
    token = parse.tokens[index]
    for name in find_models(parse.text[max(0, token.start - 80) : token.end + 80]):
        shift = max(0, token.start - 80)
        if name.start + shift <= token.start and token.end <= name.end + shift:
            return name.surface
    kept = [index]
    for child in parse.children[index]:
        part = parse.tokens[child]
        if child < index and part.dep in _BEFORE_NOUN:
            if part.dep == "poss" and owned:
                continue
            kept.extend(i for i in parse.subtree(child) if i < index)
        elif child > index and part.dep == "prep" and part.lower == "of" and not owned:
            objects = [i for i in parse.subtree(child) if i > index]
            if 0 < len(objects) <= _MAX_OBJECTS and (end is None or objects[-1] < end):
                kept.extend(objects)
    first = min(kept)
    while first < index and parse.tokens[first].tag in ("POS", "DT", "PDT"):
        first += 1
    return cut_article(parse.text[parse.tokens[first].start : parse.tokens[max(kept)].end])[:_LONGEST]


def name_subject(parse: Parse, subject: int, verb: int) -> str | None:
    """A subject's words: a relative pronoun's antecedent, nothing for other pronouns; what stands before a
    bracket where the parser took a word inside it for the subject."""
    tokens = parse.tokens
    if tokens[subject].tag in ("WDT", "WP", "IN"):
        antecedent = tokens[verb].head
        return name_noun(parse, antecedent) if tokens[verb].dep == "relcl" else None
    if tokens[subject].tag in ("PRP", "DT", "EX", "WRB"):
        return None
    opened = parse.text.rfind("(", 0, tokens[subject].start)
    if opened > 0 and ")" not in parse.text[opened : tokens[subject].start]:
        closed = parse.text.find(")", tokens[subject].end, tokens[verb].start)
        if closed > 0:
            return phrase_before(parse, opened)
    return name_noun(parse, subject)


def find_owner(parse: Parse, index: int, before: int | None = None) -> str | None:
    """Whose rate it is: the possessor or the phrase behind a measure (that begins before token `before`)."""
    for child in parse.children[index]:
        if before is not None and child >= before:
            break
        token = parse.tokens[child]
        if token.dep == "poss" and token.tag != "PRP$":
            return cut_article(parse.words([i for i in parse.subtree(child) if parse.tokens[i].tag != "POS"]))
        if token.dep == "prep" and token.lower in _OWNING:
            noun = next((c for c in parse.children[child] if parse.tokens[c].dep == "pobj"), None)
            if noun is None or any(c.isdigit() for c in parse.tokens[noun].text[:1]):
                continue
            return name_noun(parse, noun)
    return None


def name_predicate(parse: Parse, verb: int, inside: set[int], subject: int | None = None) -> str | None:
    """The verb with its object, without the figure."""
    if parse.tokens[verb].tag not in VERB_TAGS:
        return None
    kept = [verb]
    if parse.tokens[verb].dep == "xcomp" and parse.tokens[verb].head < verb:
        kept.append(parse.tokens[verb].head)  # "resorted to blackmail"
    for child in parse.children[verb]:
        token = parse.tokens[child]
        branch = parse.subtree(child)
        if token.dep in ("dobj", "attr", "acomp", "prt", "neg") and not inside & set(branch):
            kept.extend(i for i in branch if i != subject)
    ordered = sorted(i for i in kept if i not in inside)
    if not ordered or (len(ordered) == 1 and parse.tokens[ordered[0]].lower in _BARE_VERBS):
        return None
    run = [ordered[0]]
    for index in ordered[1:]:
        if index - run[-1] > 3:
            break
        run.append(index)
    words = re.split(r"[:;(—]", parse.words(run))[0].strip()
    return words[:_LONGEST] or None


def phrase_before(parse: Parse, offset: int) -> str | None:
    """The noun phrase that ends right before an offset."""
    position = sum(1 for token in parse.tokens if token.end <= offset) - 1
    last = position
    while position >= 0 and parse.tokens[position].tag in _BEFORE_TAGS and last - position < 7:
        position -= 1
    words = parse.words(list(range(position + 1, last + 1)))
    return cut_article(words) or None
