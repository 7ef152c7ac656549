"""What a figure measures: the thing and the property, read off a sentence's grammar or a table's headers.

Owns the order of the readings, surest first: a label, a bracket, a sign ("n = 12"), a measure ("a rate of
12%"), the noun that the figure modifies, the clause. Refuses to know whether a figure is a claim. What the
sentence doesn't settle stays None; a measure without an owner is the thing itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.language_parts import FINITE_TAGS, NOUN_TAGS, VERB_TAGS, Parse
from ingest.measured_words import (
    cut_article,
    find_owner,
    is_measure,
    name_noun,
    name_predicate,
    name_subject,
    names_measure,
    phrase_before,
)
from kb.types import Quantity, UnitKind
from kb.unit_names import SYMBOLS, WORD_UNITS

Measured = tuple[str | None, str | None]  # the thing, the property

_COUNTED = frozenset({UnitKind.COUNT, UnitKind.RATIO})
_SIGN_BEFORE = re.compile(r"(?P<name>[^\W\d_][\w′'/.]{0,11})\s?[=≈~∼<>≤≥]{1,2}\s?$")
_LABEL = re.compile(r"^([^:()]{3,90}):\s[^:]{0,40}$")
_NAMED = re.compile(r"[^\W\d_]{3,}(?: [^\W\d_]{3,}){0,3}")
_COPULAS = frozenset("is are was were be been being remains remained equals reached reaches".split())
_HAVING = frozenset(
    "has have had having shows showed shown with exhibits exhibited displays yields yielded gave gives".split()
)
_RESPECTIVELY = 160  # characters behind a figure in which the word may stand


def measure_cell(row: str, column: str, noun: str) -> Measured:
    """The measured thing and property of a table cell's figure, from its row's and column's labels."""
    thing = row or None
    if not column:
        return thing, noun or None
    return thing, f"{column}: {noun}" if noun else column


def measure_figure(parse: Parse, quantity: Quantity, span_end: int) -> Measured:
    """The thing and the property that a figure measures; its noun phrase ends at span_end."""
    thing, measured = _measure(parse, quantity, span_end)
    thing = None if thing is not None and _is_no_thing(parse, thing) else thing
    if measured is not None and measured.lower() in _EMPTY_VERBS:
        measured = None  # "scale bars represent 10 μm" says not what has 10 μm
    if thing is None and measured is not None and names_measure(measured):
        return measured, None
    return thing, (None if measured == thing else measured)


_SIZES = frozenset({UnitKind.OTHER, UnitKind.DURATION, UnitKind.SCORE, UnitKind.FLOP})
# Verbs that alone, without an object, tell no property of anything.
_EMPTY_VERBS = frozenset(
    "represent represents represented representing yield yields yielded yielding obtain obtained obtains reveal reveals "
    "revealed range ranges ranged ranging produce produces produced producing find finds found finding use uses used "
    "using show shows showed shown occur occurs occurred occurring follow follows followed following lead leads led "
    "leading correspond corresponds corresponded consider considered include includes included including see seen give "
    "gives gave given get gets got make makes made making do does did done become becomes became set sets vary varies "
    "varied exceed exceeds exceeded remain remains remained".split()
)


def _is_no_thing(parse: Parse, words: str) -> bool:
    """A bare adjective, adverb or unit: no thing that could have a measure."""
    if words.lower() in WORD_UNITS or words in SYMBOLS:
        return True
    if " " in words:
        return False
    tags = {token.tag for token in parse.tokens if token.text == words}
    return bool(tags) and tags <= _NO_THING_TAGS and not words[:1].isupper()


_NO_THING_TAGS = frozenset("JJ JJR JJS RB RBR RBS IN DT CC MD".split())


def _measure(parse: Parse, quantity: Quantity, span_end: int) -> Measured:
    start = quantity.start
    counted = _counted_noun(parse, quantity, span_end)
    label = _LABEL.match(parse.text[:start])
    if label is not None and not any(t.tag in FINITE_TAGS for t in parse.tokens if t.end <= label.end(1)):
        words = label.group(1).strip(" -*")
        return (None, words) if names_measure(words) else (words, counted)
    opened = parse.text.rfind("(", 0, start)
    bracketed = opened >= 0 and ")" not in parse.text[opened:start]
    colon = parse.text[:start].rstrip()
    if colon.endswith(":") and bracketed:
        words = re.split(r"[(;,]", colon[:-1])[-1].strip()
        return phrase_before(parse, opened), words or None
    sign = _SIGN_BEFORE.search(parse.text[max(0, start - 20) : _past_sign(parse.text, start)])
    if sign is not None:
        name_start = max(0, start - 20) + sign.start()
        return phrase_before(parse, opened if bracketed else name_start), sign.group("name")
    if bracketed and start - opened <= 60:
        inside = parse.text[opened + 1 : start].strip(" ~≈=:<>,;")
        phrase = phrase_before(parse, opened)
        told = inside.rpartition(";")[2].strip()
        if quantity.unit.kind in _SIZES and _NAMED.fullmatch(told) and not names_measure(told):
            return told, None  # "(scale bar, 50 μm)"
        if phrase and (counted is None or not inside):
            worded = re.search(r"[A-Za-z]", inside) is not None
            return phrase, (inside if worded and len(inside) < 40 else counted)
    if quantity.unit.kind in _COUNTED and counted is not None:
        return _measure_count(parse, quantity, counted)
    modified = _measure_by_noun(parse, quantity, span_end)
    if modified is not None:
        return modified
    named = _measure_by_preposition(parse, quantity, counted)
    if named is not None:
        return named
    return _measure_by_clause(parse, quantity, span_end, counted)


def _past_sign(text: str, start: int) -> int:
    """The end of a sign that the figure's own surface begins with ("≥16", "< .001")."""
    at = start
    while at < len(text) and text[at] in "=≈~∼<>≤≥":
        at += 1
    return at


# --------------------------------------------------------------------------- counts


def _counted_noun(parse: Parse, quantity: Quantity, span_end: int) -> str | None:
    """What is counted, without the number: "three OpenAI models" -> "OpenAI models"; for other units the
    noun phrase behind the unit ("12% sabotage rate" -> "sabotage rate")."""
    counts = quantity.unit.kind in _COUNTED
    first = quantity.start if counts else quantity.end
    kept = [
        index
        for index in parse.covering(first, span_end)
        if parse.tokens[index].start >= first and parse.tokens[index].end <= span_end
    ]
    while kept and _opens_nothing(parse, kept[0]):
        kept.pop(0)
    return (cut_article(parse.words(kept)) or None) if kept else None


_PHRASE_TAGS = NOUN_TAGS | {"JJ", "VBG", "VBN", "POS", "AFX"}
_NUMBER_WORDS = frozenset(
    "% percent more less fewer than least most at pp times out of in every up to only about over under".split()
)


def _opens_nothing(parse: Parse, index: int) -> bool:
    token = parse.tokens[index]
    return (
        token.tag not in _PHRASE_TAGS
        or len(token.text) == 1
        or token.lower in _NUMBER_WORDS
        or any(character.isdigit() for character in token.text)
    )


def _measure_count(parse: Parse, quantity: Quantity, counted: str) -> Measured:
    """A count of things: the things are measured; what they do is the property, where they are the subject
    of a verb with more to it than being there."""
    tokens = parse.tokens
    inside = set(parse.covering(quantity.start, quantity.end))
    head = _top_of(parse, sorted(inside))
    verb = parse.clause_of(head)
    if tokens[verb].tag not in VERB_TAGS:
        return counted, None
    subject = parse.subject_of(verb)
    if subject is None:
        return counted, None
    if subject in inside or inside & set(parse.subtree(subject)):
        return counted, (
            name_predicate(parse, verb, inside, subject) if quantity.unit.kind is UnitKind.RATIO else None
        )
    if quantity.unit.kind is UnitKind.RATIO:
        owner = name_subject(parse, subject, verb)
        return owner, name_predicate(parse, verb, inside, subject) or counted
    return counted, None


# --------------------------------------------------------------------------- measures


def _measure_by_noun(parse: Parse, quantity: Quantity, span_end: int) -> Measured | None:
    """ "a 12% increase in risk", "a 40 Hz frequency", "a 7-month period": the noun that the figure modifies."""
    first = parse.at(quantity.end)
    if first is None or span_end <= quantity.end:
        return None
    noun = None
    for index in parse.covering(quantity.end, span_end):
        token = parse.tokens[index]
        if token.tag in NOUN_TAGS and token.end <= span_end and token.start >= quantity.end:
            noun = index
        elif token.lower in ("of", "in", "for") and noun is None:
            noun = None
    if noun is None:
        return None
    behind = parse.text[quantity.end : parse.tokens[noun].start].strip(" -").lower()
    if f"{behind} ".startswith("of "):
        if _is_adverbial(parse, quantity, span_end):
            return None
        whole = cut_article(parse.text[quantity.end : span_end].strip().removeprefix("of ").strip())
        return whole, _what_whole_does(parse, quantity, span_end)
    if not is_measure(parse, noun):
        words = cut_article(parse.text[quantity.end : parse.tokens[noun].end].strip(" -"))
        return words or None, None
    owner = find_owner(parse, noun)
    words = cut_article(parse.text[quantity.end : parse.tokens[noun].end].strip(" -"))
    return owner or _owner_in_clause(parse, noun), words


def _owner_in_clause(parse: Parse, noun: int) -> str | None:
    """Whose measure it is, by its clause: the subject, or where the measure is the subject itself, what a
    phrase behind the verb names ("a value of 111 MPa was measured for the polymer")."""
    verb = parse.clause_of(noun)
    if parse.tokens[verb].tag not in VERB_TAGS:
        return None
    subject = parse.subject_of(verb)
    if subject is None:
        return None
    if noun not in parse.subtree(subject):
        return name_subject(parse, subject, verb)
    return find_owner(parse, verb) if subject == noun else None


def _is_adverbial(parse: Parse, quantity: Quantity, span_end: int) -> bool:
    """Whether a share tells how often its clause holds ("it lied in 25% of runs"), not what is spoken of
    ("25% of prompts were refused")."""
    top = _top_of(parse, parse.covering(quantity.start, span_end))
    above = parse.tokens[parse.tokens[top].head]
    governed = parse.tokens[above.head].tag in VERB_TAGS
    return above.dep == "prep" and above.lower in ("in", "on", "at", "for", "to") and governed


def _what_whole_does(parse: Parse, quantity: Quantity, span_end: int) -> str | None:
    """ "25% of prompts were refused": what is said of the share."""
    inside = set(parse.covering(quantity.start, span_end))
    head = _top_of(parse, sorted(inside))
    verb = parse.clause_of(head)
    if parse.tokens[verb].tag not in VERB_TAGS:
        return None
    subject = parse.subject_of(verb)
    return name_predicate(parse, verb, inside, subject)


def _measure_by_preposition(parse: Parse, quantity: Quantity, counted: str | None) -> Measured | None:
    """ "a KL divergence of 10 nats", "a response of 73%": the noun before "of" is the property."""
    first = parse.at(quantity.start)
    if first is None or first < 2:
        return None
    first = _list_start(parse, first)
    before = parse.tokens[first - 1]
    if before.lower not in ("of", "at", "to"):
        return None
    noun = before.head
    if before.lower != "of" and not (parse.tokens[noun].tag in NOUN_TAGS and is_measure(parse, noun)):
        return None
    if parse.tokens[noun].tag not in NOUN_TAGS or noun >= first:
        return None
    owner = find_owner(parse, noun, before=first - 1)
    owner = owner or _owner_in_clause(parse, noun)
    return owner or counted, name_noun(parse, noun, end=first - 1, owned=owner is not None)


_LISTING = frozenset((",", "and", "or", "&", "/"))
_LONGEST_LIST = 24  # tokens


def _list_start(parse: Parse, index: int) -> int:
    """Where the list of figures begins that a figure goes on: what is said of the first is said of each."""
    tokens = parse.tokens
    at = start = index
    while at > 1 and index - at < _LONGEST_LIST:
        before = tokens[at - 1]
        number = before.text[:1].isdigit()
        unit = (
            tokens[at - 2].text[:1].isdigit()
            and before.lower not in _LISTING
            and tokens[at].lower in _LISTING
        )
        if not number and not unit and before.lower not in _LISTING:
            break
        at -= 1
        if number:
            start = at
    return start if start > 1 else index


# --------------------------------------------------------------------------- clauses


def _measure_by_clause(parse: Parse, quantity: Quantity, span_end: int, counted: str | None) -> Measured:
    tokens = parse.tokens
    inside = set(parse.covering(quantity.start, max(quantity.end, span_end)))
    if not inside:
        return None, None
    head = _top_of(parse, sorted(inside))
    verb = parse.clause_of(head)
    if tokens[verb].tag not in VERB_TAGS:
        above = next(
            (i for i in parse.ancestors(head) if tokens[i].tag in NOUN_TAGS and i not in inside), None
        )
        if above is None:
            return counted, None
        if is_measure(parse, above):
            owner = find_owner(parse, above)
            return owner or counted, name_noun(parse, above, owned=owner is not None)
        return name_noun(parse, above), counted
    subject = parse.subject_of(verb)
    if subject is None:
        return counted, name_predicate(parse, verb, inside)
    if subject in inside or inside & set(parse.subtree(subject)):
        if subject not in inside and is_measure(parse, subject):
            return counted or find_owner(parse, subject), name_noun(parse, subject)
        return counted or find_owner(parse, verb), name_predicate(parse, verb, inside, subject)
    subject = _respective(parse, subject, quantity)
    if is_measure(parse, subject):
        owner = find_owner(parse, subject)
        predicate = None if tokens[verb].lower in _COPULAS else name_predicate(parse, verb, inside, subject)
        if owner is None and predicate is not None:
            return name_noun(parse, subject), predicate
        return owner, name_noun(parse, subject, owned=owner is not None)
    return name_subject(parse, subject, verb), name_predicate(parse, verb, inside, subject) or counted


def _respective(parse: Parse, subject: int, quantity: Quantity) -> int:
    """The member of a joined subject that a figure of a joined list belongs to ("sensitivity and specificity
    were 89% and 86%, respectively")."""
    if "respectively" not in parse.text[quantity.end : quantity.end + _RESPECTIVELY]:
        return subject
    members = [subject]
    while True:
        joined = [c for c in parse.children[members[-1]] if parse.tokens[c].dep == "conj"]
        if not joined:
            break
        members.append(joined[0])
    verb = parse.clause_of(subject)
    numbers = [i for i in range(verb, len(parse.tokens)) if parse.tokens[i].tag == "CD"]
    at = parse.at(quantity.start)
    place = next((n for n, i in enumerate(numbers) if at is not None and i >= at), None)
    return members[place] if place is not None and len(numbers) == len(members) else subject


def _top_of(parse: Parse, indices: Sequence[int]) -> int:
    inside = set(indices)
    for index in indices:
        if parse.tokens[index].head not in inside or parse.tokens[index].head == index:
            return index
    return indices[0]


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
    if subject is None or subject > verb or not is_measure(parse, subject):
        return None
    first = parse.tokens[min(parse.subtree(subject))].start
    return first if token.start - first <= 60 else None
