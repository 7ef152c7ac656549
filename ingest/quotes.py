"""Quotations: which words in quotation marks are somebody's.

Owns pairing marks (straight, curly, single, angled, nested) and telling quotations from scare quotes,
titles and labels by named features with hand-set weights. Refuses to know whether the words were really
said: that is decided against the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.language_parts import NOUN_TAGS, Parse
from ingest.speech import ACCORDING, FOUND, NAMED_BEFORE, SAY_AFTER, SAY_BACK, SAY_BEFORE
from ingest.visible import View

THRESHOLD = 1.5  # a quotation scores this or more; weights and threshold set by hand on the open articles

WEIGHTS: Mapping[str, float] = {
    "said_before": 2.5,  # stated: "...", asked to "..."
    "said_after": 2.5,  # "...," she said
    "named": 2.2,  # called it "...", described as "..."
    "according": 1.5,
    "found": 1.5,  # the study found that X is "..."
    "colon": 1.2,
    "whole_sentence": 1.5,
    "sentence_like": 1.0,  # a finite verb, five words or more
    "long": 1.0,  # eight words or more
    "closed_inside": 0.5,  # the full stop stands inside the marks
    "cited": 0.8,  # a note mark or link follows at once
    "predicate": 1.5,  # the behavior was "emergent", is "far more effective"
    "purpose": 0.8,  # aims to "..."
    "set_off": 1.0,  # between dashes
    "gloss": 1.6,  # a term in parentheses behind what it names
    "term": 1.6,  # a term of several words that a statement is about
    "coined": 1.6,  # the concept of "...", a technique called "..."
    "adopted": 1.6,  # developed "...": the maker's own term
    "title": -4.0,
    "title_case": -2.0,
    "literal": -4.0,
    "answer": -3.0,  # answered "no"
    "one_word": -2.0,
    "modifies": -1.5,  # the "..." narrative
    "determined": -1.0,  # the "..."
    "own_term": -2.5,  # what I call "..."
    "example": -2.0,  # e.g. "...", prompts and triggers
    "question_inside": -0.6,
    "after_preposition": -0.7,  # beyond flattery to "..."
    "hypothetical": -1.5,  # would say, might ask
}

_PURPOSE = re.compile(
    r"\b(?:aim(?:s|ed)?|plan(?:s|ned)?|pledg(?:es|ed)|vow(?:s|ed)|agreed|committ(?:ed|ing)|seeks?|sought|intend(?:s|ed)|designed|mission is|mandate is|goal is"
    r"|goal of|allows? \w+)\b[^.!?“”\"]{0,30}\bto\s*$",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"^(?:far|much|very|especially|particularly|highly|more|less|most|least|not|too|so|quite|extremely|\w+ly)\s",
    re.IGNORECASE,
)
_GAP_STOPS = re.compile(r"[—–]|\b(?:but|because|which|who|when|while|although|if|so)\b", re.IGNORECASE)
_SAID_BY = re.compile(r"^\s*by\b")
_COIN = re.compile(
    r"\b(?:concepts?|terms?|notions?|labels?|names?|phrases?|phenomen(?:on|a)|techniques?|methods?|effects?|words?|form|finding|idea"
    r"|coined|introduc(?:ed|es|ing)|(?:researchers?|scientists?|authors?|they|experts?|engineers?) (?:call|term|dub|refer to))"
    r"(?: of| called| named| termed| known as| dubbed| for| as| is| was)?(?: the| an?| this| it)?\s*[(:,—]?\s*$",
    re.IGNORECASE,
)
_ADOPTED = re.compile(
    r"\b(?:develop(?:ed|s)|creat(?:ed|es)|propos(?:ed|es)|defin(?:ed|es)|us(?:ed|es) (?:a technique|a method)|appl(?:ied|ies)|test(?:ed|s)|tried|exhibit(?:ed|s)?|produc(?:ed|es)) (?:an? |the )?$",
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(
    r"\b(?:paper|papers|stud(?:y|ies)|essay|books?|novel|articles?|report|posts?|titled|entitled|film|movie|song|episode|talk|course|op-ed|section|chapter"
    r"|see|thread|podcast|series|blog|preprint|newsletter|keynote|poem|documentary|lecture|title|headline|headlined|column|renam(?:ed|ing) (?:from|to)|from|excursus on)"
    r"\s*(?:on|is|was|by|called|named|,|\()?\s*[\[(]?$",
    re.IGNORECASE,
)
_TITLE_AFTER = re.compile(
    r"^[\])]*\s*(?:\((?:[A-Z][\w’-]+(?: et al\.?| and [A-Z][\w’-]+| & [A-Z][\w’-]+)?,? )?(?:19|20)\d\d\)|\([A-Z][\w’-]+ (?:et al\.?|(?:19|20)\d\d|and )"
    r"|(?:paper|study|essay|article|report|post|book|benchmark|dataset|section|thread|system card|research|blog|proof-of-concept|podcast|series|project|episode)\b"
    r"|by [A-Z])",
)
_EXAMPLE_BEFORE = re.compile(
    r"(?:\be\.g\.,?|\bfor example,?|\bsuch as|\blike|\bprompted with|\bwhen given|\bprompts? (?:as|like)|\btriggers?|\bstrings?|\bkeywords?|\bbuttons?|\btagged as"
    r"|\bin response to|\binput|\bfile names are|\bvs\.?|\bversus|\bversion of|\bcriterion|\btoken|\bsaid aloud)\s*:?\s*(?:[\"“”'‘’][^\"“”]{0,60}[\"“”'‘’],?\s*(?:or|and)?\s*){0,6}[(]?$",
    re.IGNORECASE,
)
_OWN_TERM = re.compile(
    r"\b(?:what (?:I|we) (?:call|would call)|I(?:[’']d| would)? call(?: it| this| them)?|we (?:will |might )?call|call it|think of (?:it|this|them) as|in the sense of|not in the|as if|so-called|so to speak|sort of|kind of)\s*(?:a |an |the )?$",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:would|might|could|may|imagine|suppose|if|people (?:will|often|always)|you (?:can|could|might)|want to|we[’']re like|you[’']re like|I[’']m like)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^(?:yes|no|maybe|true|false|ok|okay|correct|incorrect|[\d.,%\s–-]+)[.,!?]?$", re.IGNORECASE
)
_COPULA = re.compile(
    r"\b(?:is|are|was|were|be|been|being|as|seems?|became|remains?)(?: (?:both|also|just|really|truly|either|even|very))?\s*"
    r"(?:[\"“][^\"“”]{1,40}[\"”],? (?:and|or) ?){0,2}$",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\b(?:the|a|an|this|that|these|those|its|their|his|her|our|your|my|any|some|no|of)\s*$", re.IGNORECASE
)
_PREPOSITION = re.compile(r"\b(?:of|on|towards?|to|about|with|from|into|for|in|between)\s*$", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|be|has|have|had|do|does|did|can|cannot|could|will|would|may|might|should|must|\w+n[’']t|\w+[’'](?:s|re|ve|ll|m|d)"
    r"|allow|please|let|make|contains?|know|think|said|need|want|\w{3,}ed|\w{3,}[^s\W]s)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_SMALL = frozenset(
    "a an the of in on at to for from with and or but by as is are was were be not vs via into how why what do does".split()
)
_FUNCTION_NEXT = frozenset(
    "and or but in on at of to for from with by as is are was were be been has have had that which who when while if than then so because "
    "about after before into over today yesterday tomorrow now here there again last this next only also even under during per via does did do can cannot could may might will would should must not it they we i you he she".split()
)
_PAIRS = {"“": "”", "„": "“”", "«": "»", "‘": "’", "‹": "›"}
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words between marks: `start`/`end` without the marks, visible offsets; `mark` is the opening one."""

    start: int
    end: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether words in marks are a quotation: `score` is the sum of the weighted `features`."""

    score: float
    features: tuple[tuple[str, float], ...]

    @property
    def ascribed(self) -> bool:
        return self.score >= THRESHOLD


def pair_marks(text: str) -> tuple[Quoted, ...]:
    """The outermost quoted stretches of a paragraph, in order. A mark that is never closed, an apostrophe
    and an inch sign open nothing. One pass."""
    found: list[Quoted] = []
    opened: tuple[int, str] | None = None
    for match in _MARKS.finditer(text):
        at, mark = match.start(), match.group()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        if opened is not None:
            start, opening = opened
            if at - start > _LONGEST:
                opened = None
            elif _closes(opening, mark, before, after):
                if at > start and text[start:at].strip():
                    found.append(Quoted(start=start, end=at, mark=opening))
                opened = None
                continue
            elif not (mark == opening and mark in '"“' and _opens(mark, before, after)):
                continue
        if _opens(mark, before, after):
            opened = (at + 1, mark)
    return tuple(found)


_MARKS = re.compile(r"[\"“”„«»‘’'‹›]")


def _opens(mark: str, before: str, after: str) -> bool:
    if mark in _PAIRS and mark != "‘":
        return not after.isspace()
    if mark in "\"'‘":
        return (
            not before.isalnum()
            and not after.isspace()
            and (mark == '"' or after.isalpha() or after in '[“"')
        )
    return False


def _closes(opening: str, mark: str, before: str, after: str) -> bool:
    if opening in ("'", "‘"):
        return mark in "’'" and not before.isspace() and not after.isalnum()
    if opening == '"':
        return mark in '"”' and not before.isspace() and not after.isalpha()
    return mark in _PAIRS[opening]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stands around quoted words: `text` is the paragraph, `low`/`high` the sentences that hold them,
    `parse` that of those sentences where there is one; `cited`: a mark or link follows at once."""

    view: View
    low: int
    high: int
    parse: Parse | None = None
    cited: bool = False


def judge_quoted(quoted: Quoted, setting: Setting) -> Judged:
    """Weigh whether quoted words are ascribed to somebody."""
    text = setting.view.text
    inner = text[quoted.start : quoted.end].strip()
    before = text[setting.low : quoted.start - 1]
    after = text[quoted.end + 1 : setting.high]
    words = _WORD.findall(inner)
    found = _find_setting_features(quoted, setting, before, after, len(words))
    found += _find_inner_features(inner, words, before)
    if _is_title(inner, words, before, after, found):
        found.append("title")
    elif _in_title_case(words) and not {"coined", "named"} & set(found) and len(words) > 1:
        found.append("title_case")
    if len(words) == 1 and "predicate" not in found:
        found.append("one_word")
    if not {"said_before", "said_after", "named", "coined", "whole_sentence"} & set(found):
        if _modifies(quoted, setting, after):
            found.append("modifies")
        determiner = _DETERMINER.search(before)
        if determiner is not None and (len(words) < 8 or determiner.group().strip() == "of"):
            found.append("determined")
        if not {"found", "according", "purpose"} & set(found) and _PREPOSITION.search(before) is not None:
            found.append("after_preposition")
    features = tuple((name, WEIGHTS[name]) for name in dict.fromkeys(found))
    return Judged(score=round(sum(weight for _, weight in features), 6), features=features)


def _find_setting_features(
    quoted: Quoted, setting: Setting, before: str, after: str, words: int
) -> list[str]:
    found = []
    said = SAY_BEFORE.search(before)
    if said is not None and _SAID_BY.match(said.group("gap")) is None and _governs(said, setting):
        found.append("said_before")
    if (SAY_AFTER.match(after) is not None and (words > 2 or after[:1] == ",")) or SAY_BACK.match(
        after
    ) is not None:
        found.append("said_after")
    named = NAMED_BEFORE.search(before)
    if named is not None and _governs(named, setting):
        found.append("named")
    if words > 4 and _PURPOSE.search(before) is not None:
        found.append("purpose")
    if ACCORDING.search(before) is not None or ACCORDING.search(after) is not None:
        found.append("according")
    if "said_before" not in found and words > 1 and FOUND.search(before) is not None:
        found.append("found")
    if before.rstrip().endswith(":"):
        found.append("colon")
    stripped_after = after.strip(" .!?,;)”\"’'")
    if not before.strip(' (“"') and not stripped_after:
        found.append("term" if words < 4 and setting.low == 0 and words > 1 else "whole_sentence")
    elif (
        not before.strip(' (“"')
        and 1 < words < 6
        and not _in_title_case(_WORD.findall(setting.view.text[quoted.start : quoted.end]))
    ):
        found.append("term")
    if before.rstrip().endswith(("—", "–", " -")) and (not stripped_after or after.lstrip()[:1] in "—–-"):
        found.append("set_off")
    if before.endswith("(") and after.startswith(")") and words > 1:
        found.append("gloss")
    if _COIN.search(before) is not None:
        found.append("coined")
    elif words > 1 and _ADOPTED.search(before) is not None:
        found.append("adopted")
    if setting.cited:
        found.append("cited")
    if setting.view.is_literal(quoted.start, quoted.end):
        found.append("literal")
    if _EXAMPLE_BEFORE.search(before[-300:]) is not None:
        found.append("example")
    if _OWN_TERM.search(before) is not None:
        found.append("own_term")
    if _HYPOTHETICAL.search(before) is not None or before[:8].lower() == "whether ":
        found.append("hypothetical")
    return found


def _governs(match: re.Match[str], setting: Setting) -> bool:
    """Whether a verb of saying is about the quoted words: nothing cuts between, and it is no noun there."""
    gap = match.group("gap")
    if _GAP_STOPS.search(gap) is not None or gap.count("(") > gap.count(")"):
        return False
    if setting.parse is None or gap.strip() in ("", ":", ",", "that"):
        return True
    index = setting.parse.at(match.start())
    return index is None or setting.parse.tokens[index].tag not in NOUN_TAGS


def _find_inner_features(inner: str, words: list[str], before: str) -> list[str]:
    found = []
    if len(words) >= 5 and _FINITE.search(inner) is not None:
        found.append("sentence_like")
    if len(words) >= 8:
        found.append("long")
    if len(words) >= 4 and inner[-1:] in ".!?…":
        found.append("closed_inside")
    if inner.endswith("?"):
        found.append("question_inside")
    if _ANSWER.fullmatch(inner) is not None:
        found.append("answer")
    if _COPULA.search(before) is not None and (
        (len(words) == 1 and _is_adjective(inner))
        or (1 < len(words) < 6 and _DEGREE.match(inner) is not None)
    ):
        found.append("predicate")
    return found


def _is_adjective(word: str) -> bool:
    return (
        re.fullmatch(r"[a-z-]+(?:ent|ant|ed|ive|ous|al|ic|ful|less|able|ible|ing|y|ish)[.,]?", word)
        is not None
    )


def _in_title_case(words: list[str]) -> bool:
    content = [word for word in words if word.lower() not in _SMALL]
    capital = sum(word[0].isupper() or word[0].isdigit() for word in content)
    if len(content) < 2 or all(word.isupper() for word in content):
        return False
    return capital >= 0.75 * len(content)


def _is_title(inner: str, words: list[str], before: str, after: str, found: list[str]) -> bool:
    if _TITLE_AFTER.match(after) is not None and len(words) > 1 and words[0][0].isupper():
        return True
    cue = _TITLE_BEFORE.search(before)
    if cue is None or before.rstrip().endswith(":"):
        return False
    return _in_title_case(words) or (bool(words) and words[0][0].isupper() and "said_before" not in found)


def _modifies(quoted: Quoted, setting: Setting, after: str) -> bool:
    """Whether the quoted words stand before a noun as its attribute: the "..." narrative."""
    match = re.match(r"\s([A-Za-z][\w-]*)", after)
    if match is None:
        return False
    word = match.group(1).lower()
    if word in _FUNCTION_NEXT:
        return False
    if setting.parse is not None:
        index = setting.parse.at(quoted.end + 1 + match.start(1) - setting.low)
        if index is not None:
            return setting.parse.tokens[index].tag in ("NN", "NNS", "NNP", "NNPS", "JJ")
    return True
