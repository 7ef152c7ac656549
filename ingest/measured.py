"""What a figure measures: the thing, the property, and the words that narrow it.

Owns reading them off a sentence's grammar or a table's headers. Refuses to know whether a figure is a
claim. What the sentence doesn't settle stays None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.language_parts import FINITE_TAGS, NOUN_TAGS, VERB_TAGS, Parse
from ingest.noun_phrases import singular
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
_MEASURES = frozenset(
    "rate share percentage proportion number amount score accuracy probability likelihood frequency level price cost value size length "
    "average mean median total sum count fraction ratio gap difference increase decrease reduction rise drop growth improvement decline "
    "budget revenue funding investment staff performance success error odds risk chance correlation effect width height weight age "
    "duration time speed temperature salary spending capacity margin confidence compliance prevalence incidence majority minority "
    "precision recall auroc auc f1 loss compute range threshold limit maximum minimum horizon area density rating dose concentration "
    "depth distance pressure power energy mass volume frequency yield efficiency latency throughput".split()
)
_BARE_VERBS = frozenset("is are was were be been being 's 're has have had do does did".split())
_CLAUSE_CUT = re.compile(
    r"[;|]\s|\s[–—]\s|—|,\s(?:and|but|while|whereas|versus|vs\.?|compared)\s|\s(?:while|whereas|versus|vs\.)\s"
)
_ARTICLE = re.compile(r"^(?:the|an?|these|those|this|that|its|their)\s+", re.I)
_PHRASE_TAGS = NOUN_TAGS | {"JJ", "JJR", "JJS", "VBG", "VBN", "HYPH", "POS", "CD", "AFX"}
_LONGEST = 120
_NEAR = 400  # characters around a figure that may narrow it

Measured = tuple[str | None, str | None]  # the thing, the property


def measure_cell(row: str, column: str, noun: str) -> Measured:
    """The measured thing and property of a table cell's figure, from its row's and column's labels."""
    thing = row or None
    if not column:
        return thing, noun or None
    return thing, f"{column}: {noun}" if noun else column


def measure_figure(parse: Parse, start: int, end: int, span_end: int) -> Measured:
    """The thing and the property that the figure at start:end measures; its noun phrase ends at span_end."""
    label = re.match(r"^([^:()]{3,90}):\s[^:]{0,40}$", parse.text[:start])
    if label is not None and not any(
        token.tag in FINITE_TAGS for token in parse.tokens if token.end <= label.end(1)
    ):
        words = label.group(1).strip(" -*")
        return (None, words) if _names_measure(words) else (words, _noun_of(parse, start, span_end))
    opened = parse.text.rfind("(", 0, start)
    if opened >= 0 and ")" not in parse.text[opened:start]:
        phrase = _phrase_before(parse, opened)
        if phrase:
            return phrase, _inner_label(parse.text[opened + 1 : start]) or _noun_of(parse, end, span_end)
    return _measure_by_clause(parse, start, end, span_end)


def _measure_by_clause(parse: Parse, start: int, end: int, span_end: int) -> Measured:
    tokens = parse.tokens
    inside = set(parse.covering(start, max(end, span_end)))
    if not inside:
        return None, None
    thing = _noun_of(parse, start, span_end)
    head = _top_of(parse, sorted(inside))
    named = _measure_by_preposition(parse, start, thing)
    if named is not None:
        return named
    verb = parse.clause_of(head)
    if tokens[verb].tag not in VERB_TAGS:
        above = next(
            (i for i in parse.ancestors(head) if tokens[i].tag in NOUN_TAGS and i not in inside), None
        )
        if above is not None and _is_measure(parse, above):
            return thing or _complement_of(parse, above), _name_noun(parse, above)
        return thing or (_name_noun(parse, above) if above is not None else None), None
    subject = parse.subject_of(verb)
    if subject is None:
        return thing, _predicate(parse, verb, inside)
    if subject in inside or inside & set(parse.subtree(subject)):
        if subject not in inside and _is_measure(parse, subject):
            return thing, _name_noun(parse, subject)
        return thing, _predicate(parse, verb, inside, subject)
    if _is_measure(parse, subject):
        return _complement_of(parse, subject), _name_noun(parse, subject)
    return _resolve_subject(parse, subject, verb), _predicate(parse, verb, inside, subject) or thing


def _measure_by_preposition(parse: Parse, start: int, thing: str | None) -> Measured | None:
    """ "a KL divergence of 10 nats", "with a response of 73%": the noun before "of" is the property."""
    first = parse.at(start)
    if first is None or first < 2 or parse.tokens[first - 1].lower != "of":
        return None
    noun = parse.tokens[first - 1].head
    if parse.tokens[noun].tag not in NOUN_TAGS or noun >= first:
        return None
    owner = _complement_of(parse, noun, before=first - 1)
    if owner is None:
        verb = parse.clause_of(noun)
        subject = parse.subject_of(verb) if parse.tokens[verb].tag in VERB_TAGS else None
        if subject is not None and noun not in parse.subtree(subject):
            owner = _resolve_subject(parse, subject, verb)
    return owner or thing, _name_noun(parse, noun, end=first - 1)


def _is_measure(parse: Parse, index: int) -> bool:
    return singular(parse.tokens[index].lower) in _MEASURES or parse.tokens[index].lower in _MEASURES


def _names_measure(words: str) -> bool:
    return any(singular(word) in _MEASURES for word in re.findall(r"[a-z]+", words.lower()))


def _noun_of(parse: Parse, start: int, span_end: int) -> str | None:
    """What is counted, without the number: "three OpenAI models" -> "OpenAI models"."""
    kept = [
        index
        for index in parse.covering(start, span_end)
        if parse.tokens[index].start >= start and parse.tokens[index].end <= span_end
    ]
    while kept and (
        parse.tokens[kept[0]].tag not in _PHRASE_TAGS
        or parse.tokens[kept[0]].tag in ("CD", "HYPH")
        or len(parse.tokens[kept[0]].text) == 1
        or parse.tokens[kept[0]].lower
        in ("%", "percent", "more", "less", "fewer", "least", "most", "pp", "times")
        or any(character.isdigit() for character in parse.tokens[kept[0]].text)
    ):
        kept.pop(0)
    words = _ARTICLE.sub("", parse.words(kept)) if kept else ""
    return words or None


def _top_of(parse: Parse, indices: Sequence[int]) -> int:
    inside = set(indices)
    for index in indices:
        if parse.tokens[index].head not in inside or parse.tokens[index].head == index:
            return index
    return indices[0]


def _inner_label(words: str) -> str | None:
    label = words.strip(" ~≈=:<>")
    return label if re.search(r"[A-Za-z]", label) is not None and len(label) < 60 else None


def _phrase_before(parse: Parse, offset: int) -> str | None:
    """The noun phrase that ends right before an offset."""
    position = sum(1 for token in parse.tokens if token.end <= offset) - 1
    last = position
    while position >= 0 and parse.tokens[position].tag in _PHRASE_TAGS and last - position < 7:
        position -= 1
    return parse.words(list(range(position + 1, last + 1))) or None


def _name_noun(parse: Parse, index: int, end: int | None = None) -> str:
    """A noun with what stands before it, and a short "of" phrase behind it that ends before token `end`; a
    model's name whole."""
    token = parse.tokens[index]
    for name in find_models(parse.text):
        if name.start <= token.start and token.end <= name.end:
            return name.surface
    kept = [index]
    for child in parse.children[index]:
        part = parse.tokens[child]
        if child < index and part.dep in (
            "amod",
            "compound",
            "nummod",
            "poss",
            "nmod",
            "det",
            "npadvmod",
            "quantmod",
        ):
            kept.extend(i for i in parse.subtree(child) if i < index)
        elif child > index and part.dep == "prep" and part.lower == "of":
            objects = [i for i in parse.subtree(child) if i > index]
            if 0 < len(objects) <= 8 and (end is None or objects[-1] < end):
                kept.extend(objects)
    return _ARTICLE.sub("", parse.words(kept))[:_LONGEST]


def _resolve_subject(parse: Parse, subject: int, verb: int) -> str | None:
    """A subject's words: a relative pronoun's antecedent, nothing for other pronouns; what stands before a
    bracket where the parser took a word inside it for the subject."""
    tokens = parse.tokens
    if tokens[subject].tag in ("WDT", "WP", "IN"):
        antecedent = tokens[verb].head
        return _name_noun(parse, antecedent) if tokens[verb].dep == "relcl" else None
    if tokens[subject].tag in ("PRP", "DT", "EX", "WRB"):
        return None
    opened = parse.text.rfind("(", 0, tokens[subject].start)
    if opened > 0 and ")" not in parse.text[opened : tokens[subject].start]:
        closed = parse.text.find(")", tokens[subject].end, tokens[verb].start)
        if closed > 0:
            return _phrase_before(parse, opened)
    return _name_noun(parse, subject)


def _complement_of(parse: Parse, index: int, before: int | None = None) -> str | None:
    """Whose rate it is: the possessor or the phrase behind a measure (that begins before token `before`)."""
    for child in parse.children[index]:
        if before is not None and child >= before:
            break
        token = parse.tokens[child]
        if token.dep == "poss" and token.tag != "PRP$":
            return parse.words([i for i in parse.subtree(child) if parse.tokens[i].tag != "POS"])
        if token.dep == "prep" and token.lower in ("of", "for", "in", "among", "by"):
            objects = [i for i in parse.subtree(child) if i != child]
            if objects:
                return _ARTICLE.sub("", parse.words(objects[:12]))
    return None


def _predicate(parse: Parse, verb: int, inside: set[int], subject: int | None = None) -> str | None:
    """The verb with its object, without the figure."""
    if parse.tokens[verb].tag not in VERB_TAGS:
        return None
    kept = [verb]
    for child in parse.children[verb]:
        token = parse.tokens[child]
        branch = parse.subtree(child)
        if token.dep in ("dobj", "attr", "acomp", "prt", "neg", "aux", "auxpass") and not inside & set(
            branch
        ):
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


def find_qualifiers(text: str, start: int, end: int) -> tuple[str, ...]:
    """Words that narrow a figure or finding: models named, scope words and conditions of its clause, time."""
    first = max(0, start - _NEAR)
    text, start, end = text[first : end + _NEAR], start - first, end - first
    low, high = _clause(text, start, end)
    clause = text[low:high]
    found = [name.surface for name in find_models(clause)][:4]
    found += [match.group() for match in _SCOPE.finditer(clause)][:3]
    found += [match.group() for match in _TIME.finditer(text)][:2]
    conditions = [match.group().strip() for match in _CONDITION.finditer(text[end:high])][:2]
    found += [condition for condition in conditions if _TIME.fullmatch(condition) is None]
    return tuple(dict.fromkeys(found))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = 0, len(text)
    for match in _CLAUSE_CUT.finditer(text):
        if match.end() <= start:
            low = match.end()
        elif match.start() >= end:
            high = match.start()
            break
    return low, high


def subject_before(parse: Parse, start: int) -> int | None:
    """Where the subject begins whose measure a figure states outright ("the best-case realism rate is
    32.8%"): the offset, None where the figure isn't stated so."""
    index = parse.at(start)
    if index is None:
        return None
    verb = parse.clause_of(index)
    token = parse.tokens[verb]
    if token.lower not in ("is", "are", "was", "were") or not 0 < start - token.end <= 12:
        return None
    subject = parse.subject_of(verb)
    if subject is None or subject > verb or not _is_measure(parse, subject):
        return None
    first = parse.tokens[min(parse.subtree(subject))].start
    return first if token.start - first <= 60 else None
