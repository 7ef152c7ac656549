"""Who says quoted words, as far as the sentence names somebody.

Owns looking before and behind the words, and the subject or agent of the verb. Refuses to know whether the
words are a quotation (ingest.quotes) and whether they were said.
"""

from __future__ import annotations

import re

from ingest.language_parts import Parse
from ingest.quotes import Quoted, Setting
from ingest.speech import ACCORDING, FOUND, NAMED_BEFORE, SAY_AFTER, SAY_BEFORE

_PRONOUNS = frozenset("he she they it i we you who that this".split())
_SPEAKER_CUT = re.compile(
    r"(?<!\s)\s*(?:,| (?:in|on|at|during|after|before) (?:an?|the|his|her|their|its|X|Twitter|LinkedIn|Reddit|[A-Z][a-z]+day)\b| who\b| which\b| that\b| \(| —| –|:|;).*$",
    re.DOTALL,
)


def find_speaker(quoted: Quoted, setting: Setting) -> str | None:
    """Who says the quoted words, as named in the sentence; None where nobody is, or only a pronoun."""
    text = setting.view.text
    before = text[setting.low : quoted.start - 1]
    after = text[quoted.end + 1 : setting.high]
    follow = SAY_AFTER.match(after)
    if follow is not None and (follow.group("late") or follow.group("early")):
        return _clean_speaker(follow.group("late") or follow.group("early"))
    agent = re.match(r"\s{0,4}(?:[\w\s]{0,30}?\s)?by ((?:[A-Z][\w’.-]*(?:\s|$)){1,5})", after)
    verb = SAY_BEFORE.search(before) or NAMED_BEFORE.search(before)
    if agent is not None and verb is not None:
        return _clean_speaker(agent.group(1))
    if verb is not None and setting.parse is not None:
        speaker = _subject_at(setting.parse, verb.start())
        if speaker is not None:
            return _clean_speaker(speaker)
    according = ACCORDING.search(before) or ACCORDING.search(after)
    if according is not None:
        return _clean_speaker(according.group("who"))
    introduced = re.search(
        r"(?:^|[.:] )((?:[A-Z][\w’.-]*|of|the)(?:\s(?:[A-Z][\w’.-]*|of|the)){0,6})\s*[:—–]\s*$", before
    )
    if introduced is not None:
        return _clean_speaker(introduced.group(1))
    if setting.parse is not None:
        found = FOUND.search(before)
        if found is not None:
            subject = _subject_at(setting.parse, found.start())
            if subject is not None:
                return _clean_speaker(subject)
    return None


_HE_SAYS = re.compile(r"\b(?P<who>[Hh]e|[Ss]he|[Tt]hey)\s+(?:\w+ly |also |later |had |has |have )?[a-z]+\b")
_PERSON = re.compile(
    r"(?:(?:Dr|Prof|Mr|Ms|Mrs|Professor|Sir)\.? )?(?<![A-Za-z])(?P<name>[A-Z][\w’'-]{1,40}(?: [A-Z]\.)?(?: (?:van|von|de|der|da|al|bin))?(?: [A-Z][\w’'-]{1,40}){1,2})"
    r"(?=,| (?:said|says|told|led|wrote|argued|warned|who|is|was|has|joined|left|found|posted)\b|’s\b|'s\b)"
)


def says_pronoun(quoted: Quoted, setting: Setting) -> bool:
    """Whether the quoted words are ascribed to "he", "she" or "they"."""
    text = setting.view.text
    before = text[max(setting.low, quoted.start - 90) : max(setting.low, quoted.start - 1)]
    after = text[quoted.end + 1 : min(setting.high, quoted.end + 60)]
    follow = SAY_AFTER.match(after)
    if follow is not None:
        who = (follow.group("late") or follow.group("early") or "").split()
        return bool(who) and who[0].lower() in ("he", "she", "they")
    verb = SAY_BEFORE.search(before) or NAMED_BEFORE.search(before)
    return verb is not None and _HE_SAYS.search(before) is not None


def find_person(text: str) -> str | None:
    """The last person whom a sentence names as acting: the one whom "she" in the next may mean."""
    names = [match.group("name") for match in _PERSON.finditer(text[:1500])]
    return names[-1] if names else None


def _subject_at(parse: Parse, offset: int) -> str | None:
    """The words of the subject of the verb at an offset; the agent's where the verb is passive."""
    index = parse.at(offset)
    if index is None:
        return None
    subject = parse.subject_of(index)
    if subject is None:
        return None
    if parse.tokens[subject].dep == "nsubjpass":
        for child in parse.children[index]:
            if parse.tokens[child].dep == "agent" and parse.children[child]:
                return parse.words(parse.subtree(parse.children[child][0]))
        return None
    return parse.words(parse.subtree(subject))


def _clean_speaker(words: str) -> str | None:
    speaker = _SPEAKER_CUT.sub("", words.strip(" ,.;:—–\"“”'‘’([")).strip()
    speaker = re.sub(r"^(?:as|and|but|while|when|that)\s+", "", speaker, flags=re.IGNORECASE)
    if not speaker or speaker.lower() in _PRONOUNS or len(speaker) > 120:
        return None
    named = re.sub(r"^(?:The|A|An|This|Some|Many|Most|One|Its|Their|His|Her|Other|Several)\b", "", speaker)
    if not re.search(r"[A-Z]", named) and not re.search(
        r"\b(?:researchers?|authors?|stud(?:y|ies)|paper|report|company|scientists?|team|spokes\w+|critics?|officials?|commenters?|experts?|founder|models?|review(?:er)?s?|surveys?|evaluation|analysis|agency|institute|labs?|group|government|ministry|organi[sz]ation|developers?|users?|participants?|employees?|assistant|chatbot|essay|article|report|statement|postmortem|blog)\b",
        speaker,
    ):
        return None
    return speaker
