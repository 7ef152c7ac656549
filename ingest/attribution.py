"""Who is said to say it: studies, organisations and authors named in a sentence or in the ones before.

Owns the forms in which a text names a source ("Anthropic's research", "A study published in Nature",
"Betley et al.", "according to METR") and carrying them over sentences that speak on about it. Refuses to
know which source is meant: the words are kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from kb.names import find_models

_CAP = r"(?<![A-Za-z])(?:[A-Z][\w’&.-]{0,40}\w|[A-Z])"
_ORG = rf"(?:the )?{_CAP}(?:(?: (?:of|for|and|&|on|the|in)){{0,2}} {_CAP}){{0,6}}"
_NAME = rf"{_CAP}(?: (?:{_CAP}|[A-Z]\.)){{0,4}}"
_WORK = (
    r"(?:research(?: papers?| posts?)?|study|studies|papers?|reports?|evaluations?|findings|posts?|analys[ie]s|system cards?|surveys?"
    r"|work|experiments?|benchmarks?|postmortem|preprints?|audits?|investigations?|tests?|press release|statement|blog post"
    r"|announcement|essay|assessments?|white paper|letter|results|data|index|taxonomy|leaderboard)"
)
_MIDDLE = r"(?!(?:of|in|to|that|for|by|with|is|was|are|were|has|have|published|released|found|shows?|showed|says?|said) )[\w’-]+"
_PLAIN = r"[a-z][\w-]*"
_OF = r"(?:by|from|at|of|in|published (?:in|by|on)|conducted (?:by|at)|carried out (?:by|at)|released by|presented at|led by|out of)"

POSSESSIVE = re.compile(
    rf"(?P<who>{_ORG})(?:’s|'s|s’|s')(?: (?:own|recent|latest|new))? (?:[“\"'][^”\"\n]{{1,80}}[”\"'] |{_MIDDLE} ){{0,4}}?{_WORK}\b"
    rf"(?: on {_PLAIN}(?: {_PLAIN}){{0,2}})?"
)
AUTHORS = re.compile(
    rf"{_CAP}(?:(?:,| and| &) {_CAP}){{0,4}},? et al\b\.?(?:,? ?\(?(?:19|20)\d\d[a-z]?\)?)?"
    rf"|{_CAP}(?: and | & |, ){_CAP},? \((?:19|20)\d\d[a-z]?\)|{_CAP} \((?:19|20)\d\d[a-z]?\)"
)
STUDY = re.compile(
    rf"\b(?:(?:[Aa]n?|[Tt]he|[Oo]ne|[Aa]nother|[Ii]ts|[Tt]heir|[Rr]ecent|[Nn]ew|[Ii]n an?)\s+(?:{_MIDDLE} ){{0,4}}?{_WORK}|[Rr]esearch|[Ww]ork)\s+"
    rf"(?:[\w-]+ ){{0,2}}?{_OF} (?:researchers (?:at|from) |the )?(?P<who>{_NAME}(?:(?:,| and|, and) {_NAME}){{0,3}})"
)
TITLED = re.compile(
    rf"\b[Tt]he (?:[“\"‘']?(?P<who>{_CAP}(?: (?:{_CAP}|of|the|and|to|in|for)){{0,8}})[”\"’']?) {_WORK}\b"
)
SEPARATE = re.compile(
    r"\b(?:[Aa]|[Aa]nother|[Oo]ne|[Tt]he|[Tt]his)\s+(?:(?!(?:of|in|to|that|for|by|and|with|is|was) )[\w’-]+ ){0,3}?(?:study|paper|survey|preprint|experiment|audit|meta-analysis"
    r"|investigation|report|evaluation|poll)\b"
)
PEOPLE = re.compile(
    rf"\b(?:[Rr]esearchers?|[Ss]cientists|[Tt]eams?|[Aa]uthors|[Ee]ngineers|[Ii]nvestigators|[Aa]nalysts|[Ff]indings|[Pp]rofessors?)"
    rf"(?: {_NAME}(?:(?:,| and|, and) {_NAME}){{0,6}})? (?:at|from|with) (?P<who>{_ORG}(?:(?:,| and|, and) {_ORG}){{0,3}})"
)
ACCORDING = re.compile(
    rf"\b(?:[Aa]ccording to|[Aa]s per|[Pp]er|[Rr]eported by|[Cc]arried out by|[Cc]onducted by|[Pp]ublished by|[Rr]eleased by"
    rf"|[Dd]ocumented by|as reported (?:in|by)|shown by|found by|cited by)"
    rf" (?P<who>(?:the |an? )?(?:[a-z-]+ ){{0,3}}?{_NAME}(?:[’']s(?: [\w-]+){{0,4}})?)"
)
_SAYS = (
    r"(?:found|finds|showed|shows|shown|reported|reports|demonstrated|demonstrates|revealed|reveals|observed|observes|observe|noted|notes"
    r"|said|says|stated|states|concluded|concludes|estimated|estimates|discovered|documented|documents|warned|warns|claimed|claims"
    r"|argued|argues|wrote|writes|announced|announces|confirmed|described|describes|named|calls|called|acknowledged|explained"
    r"|identified|identifies|suggests|suggested|predicts|predicted|published|asserts|contends|emphasized|acknowledges|maintains"
    r"|details|outlines|commented)"
)
_VERB = rf"(?:{_SAYS}|tested|examined|studied|analyzed|analysed|measured|surveyed|evaluated|recorded|counted|proved|ran|trained|fine-tuned)"
ACTOR = re.compile(
    rf"(?:^|(?<=[.;:,—–(] )|(?<=[—–(])|\b(?:but|and|while|as|that|what|when|which|where|though|although) )"
    rf"(?:(?:[Tt]his|[Ll]ast|[Ee]arlier this) (?:week|month|year|spring|summer|fall|autumn|winter),? |(?:In|On|By) (?:{_CAP} )?\d{{1,4}},? (?:\d{{4}},? )?)?"
    rf"(?P<who>{_ORG}(?: \([^()\n]{{1,40}}\))?)"
    rf"(?:,? (?:also|later|recently|itself|has|have|had|further|first|explicitly|separately|independently)){{0,2}} {_SAYS}\b"
)
_LINKED = re.compile(rf"^(?P<who>{_NAME} (?:19|20)\d\d)\b")
_ANAPHORA = re.compile(
    r"^(?:(?:[Bb]ut|[Aa]nd|[Yy]et|[Hh]owever|[Ss]till|[Aa]lso|[Ii]n addition|[Mm]oreover|[Ff]urthermore|[Cc]rucially|[Aa]dditionally|[Ii]nstead)"
    r",? )?(?:[Ii]t|[Tt]hey|[Ii]ts|[Tt]heir|[Hh]e|[Ss]he|[Tt]hese|[Tt]hose|[Tt]his|[Tt]he (?:same )?(?:study|paper|authors?|researchers?|team|report|company"
    r"|organi[sz]ation|institute|lab|group|models?|results?|experiments?|findings?|tests?|figures?|benchmark|survey|work|article|post"
    r"|analysis|effect|remaining|rest|other|fine-tuned|trained|system|agents?|remainder|pattern|behaviou?r|probes?|program|data|others?)"
    r"|[Rr]esearchers|[Ss]cientists|[Aa]uthors|[Mm]odels|[Aa]cross|[Oo]f (?:the|these|those)|[Ii]n (?:one|some|other|another|the|these|all|most)|[Mm]ost|[Aa]ll|[Nn]one|[Oo]nly"
    r"|[Oo]verall|[Ww]hen|[Ee]ven|[Aa]nother|[Oo]thers?|[Oo]ne|[Ff]or (?:example|instance)|[Ss]imilarly|[Ss]pecifically|[Nn]otably)\b"
)
_BACKWARD = re.compile(
    r"\b(?:the|this|that|same) (?:study|paper|authors|researchers|team|report|organi[sz]ation|company|survey|preprint|work|experiments?|tests?|article)\b"
    r"|\bresearchers (?:also |then |later )?(?:found|removed|tried|told|asked|gave|observed|noted|tested|saw|added|changed|measured|showed)\b",
    re.IGNORECASE,
)
# Capitalised words that open sentences and are no names.
_NO_NAMES = frozenset(
    "the this that these those it its they their he she his her i we you in on at by for from with as but and or so yet if when while "
    "although though because since after before once until a an another each every some most many few all both no not one two three "
    "what why how who which where such then thus hence here now today still instead overall indeed moreover furthermore meanwhile also "
    "according under over across among between within without despite unlike given based using to there our my your models model "
    "researchers research critics early recent new further additional other others several results studies study papers paper evidence "
    "only even however training alignment reward section figure table key main notable however more however experiments tests "
    "sycophancy misalignment january february march april may june july august september october november december however".split()
)
_WINDOW = 6  # sentences that a named study is carried over
_INHERIT = 2  # sentences behind an attributed one, in its paragraph, that go on about it


class Strength(IntEnum):
    """How clearly words name a source: a bare "a study", a named body or work, who reports in so many words."""

    BARE = 1
    NAMED = 2
    REPORTING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name a source: `start`/`end` in the sentence's visible text; `who` the body or authors."""

    start: int
    end: int
    surface: str
    who: str | None
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What attribution reads of a sentence: its visible text, its section and its paragraph."""

    text: str
    section: int
    paragraph: int


_FORMS = (
    (ACCORDING, Strength.REPORTING),
    (ACTOR, Strength.REPORTING),
    (POSSESSIVE, Strength.NAMED),
    (AUTHORS, Strength.NAMED),
    (STUDY, Strength.NAMED),
    (PEOPLE, Strength.NAMED),
    (TITLED, Strength.NAMED),
    (_LINKED, Strength.NAMED),
    (SEPARATE, Strength.BARE),
)
_REPORTS = re.compile(rf"^[^.;]{{0,80}}?\b{_VERB}\b")
_LONGEST = 1500


def find_mentions(text: str, names: frozenset[str] | None = None) -> tuple[Mention, ...]:
    """The words of a sentence that name a source, in text order, the clearest where they overlap. `names`
    are the words that the document uses as names (see names_of): they tell a name that opens a sentence
    from any other word."""
    found: list[Mention] = []
    for form, strength in _FORMS:
        for match in form.finditer(text[:_LONGEST]):
            mention = _read_mention(match, strength)
            if mention is not None and not _is_opening_word(mention, match.re, names):
                found.append(mention)
    found.sort(key=lambda mention: (-mention.strength, mention.start - mention.end, mention.start))
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda mention: mention.start))


def _is_opening_word(mention: Mention, form: re.Pattern[str], names: frozenset[str] | None) -> bool:
    """Whether a single capitalised word is only the sentence's first."""
    if form is not ACTOR or names is None or mention.start > 0 or " " in mention.surface:
        return False
    return mention.surface not in names


def _read_mention(match: re.Match[str], strength: Strength) -> Mention | None:
    text = match.string
    groups = match.re.groupindex
    who = match.group("who") if "who" in groups else None
    start, end = match.span()
    if match.re is ACTOR or match.re is ACCORDING:
        start, end = match.span("who")
        if (
            match.re is ACTOR
            and who is not None
            and (find_models(who) or (who.lower().startswith("the ") and " " not in who[4:]))
        ):
            return None
    if who is not None:
        first = who.removeprefix("the ").split()[0].strip("’'").lower()
        if first in _NO_NAMES:
            shorter = re.match(r"(?:the )?\S+ ", who)
            rest = who[shorter.end() :] if shorter is not None else ""
            if not rest or not rest[0].isupper() or rest.split()[0].lower() in _NO_NAMES:
                return None
            moved = match.start("who") + len(who) - len(rest)
            start = max(start, moved) if start <= match.start("who") else start
            who = rest
    surface = text[start:end].strip(" ,;:")
    if surface.endswith(")") and "(" not in surface:
        surface = surface[:-1]
    if match.re is AUTHORS and surface.split()[0].lower() in _NO_NAMES:
        return None
    if strength is Strength.NAMED and _REPORTS.match(text[end:]) is not None:
        strength = Strength.REPORTING
    return Mention(start=start, end=start + len(surface), surface=surface, who=who, strength=strength)


def pick_mention(mentions: Sequence[Mention]) -> Mention | None:
    """The mention that a sentence is ascribed to: who reports in so many words before who is only named."""
    best: Mention | None = None
    for mention in mentions:
        if best is None or mention.strength > best.strength:
            best = mention
    return best


@dataclass(slots=True)
class _Study:
    """The source last named: where, and whether it is a work (a study goes on being told; a company that
    announced something doesn't, once somebody else acts)."""

    surface: str
    number: int
    paragraph: int
    is_work: bool


_ANNOUNCES = re.compile(r"\s(?:\w+ly )?(?:announce[sd]|published|describe[sd]|named|call(?:s|ed))\b")


def resolve_attributions(sentences: Sequence[Said]) -> list[str | None]:
    """For every sentence, in document order, who is said to say it: named in it, or the latest study of
    its section where the sentence speaks on about it; None where nobody is."""
    names = names_of(sentences)
    resolved: list[str | None] = []
    last: _Study | None = None
    section = -1
    for number, sentence in enumerate(sentences):
        if sentence.section != section:
            section = sentence.section
            last = None
        mention = pick_mention(find_mentions(sentence.text, names))
        if mention is not None and (
            mention.strength >= Strength.NAMED or _DEFINITE.match(mention.surface) is None
        ):
            last = _Study(
                surface=mention.surface,
                number=number,
                paragraph=sentence.paragraph,
                is_work=_ANNOUNCES.match(sentence.text, mention.end) is None,
            )
            resolved.append(mention.surface)
            continue
        if last is not None and _speaks_on(sentence, number, last, names):
            resolved.append(last.surface)
            continue
        resolved.append(None)
    return resolved


def _speaks_on(sentence: Said, number: int, last: _Study, names: frozenset[str]) -> bool:
    distance = number - last.number
    if distance > _WINDOW:
        return False
    if _BACKWARD.search(sentence.text) is not None:
        return True
    anaphoric = _ANAPHORA.match(sentence.text) is not None
    if sentence.paragraph != last.paragraph:
        return distance == 1 and anaphoric
    if anaphoric:
        return True
    first = _FIRST_WORD.match(sentence.text)
    acts = (
        first is not None
        and first.group(1) in names
        and first.group(1) not in last.surface
        and not any(name.start <= first.end(1) for name in find_models(sentence.text))
    )
    return distance <= _INHERIT and (not acts or (last.is_work and distance == 1))


_DEFINITE = re.compile(r"(?:the|this)\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"(?:(?:But|And|Even|Yet|So|While) )?([A-Z][\w-]*)")
_CAPITAL = re.compile(r"(?<=[a-z,;:] )[A-Z][\w-]*")
_SMALL = re.compile(r"(?<![\w’'-])[a-z][\w-]*")


def names_of(sentences: Sequence[Said]) -> frozenset[str]:
    """Words that are names: capitalised inside sentences, or only ever at their beginning."""
    capital: set[str] = set()
    small: set[str] = set()
    first: set[str] = set()
    for sentence in sentences:
        text = sentence.text[:_LONGEST]
        capital.update(_CAPITAL.findall(text))
        small.update(_SMALL.findall(text))
        opening = _FIRST_WORD.match(text)
        if opening is not None:
            first.add(opening.group(1))
    return frozenset(
        word for word in capital | first if word.lower() not in small and word.lower() not in _NO_NAMES
    )
