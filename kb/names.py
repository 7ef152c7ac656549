"""Names of models in a text, by their shape, and which name a figure in a sentence belongs to.

Works by shape (capitalised words with a version, letter-digit names), so that next year's model works
too. Knows no list of models beyond a few family words that have no digit of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.words import is_function_word

_VERSION = r"\d+(?:\.\d+)*(?:[a-z]|B)?(?![\d%]|\.\d)"
_CAP = r"[A-Z][A-Za-z]+"
_NAME = re.compile(
    rf"""(?<![\w.$€£-])(?:
        (?:{_CAP}[ -])?{_CAP}(?:[ -]{_CAP})?[ -]?{_VERSION}(?:[ -](?:{_CAP}(?:[ -]{_VERSION})?|(?:mini|nano|preview|pro|high|low)(?!\w)))*   # Claude 3.7 Sonnet, Gemini 2.5 Pro
      | (?:{_CAP}[ -])?(?:[A-Z]{{2,6}})-?{_VERSION}(?:-(?:mini|nano|turbo|[A-Za-z]+))*   # GPT-4o, GPT-4.1-mini
      | (?:{_CAP}[ -])?[A-Z]\d(?![\d%])(?:\.\d)?                                          # DeepSeek-R1
      | o\d(?:-(?:mini|preview|pro))?(?![\w%])                                           # o3, o4-mini
      | [Cc]odex-mini
      | (?:Claude|Gemini|Grok|Llama|Mistral|Qwen|DeepSeek|ChatGPT|Copilot|Slackbot|Mythos|Sonnet|Opus|Haiku)(?:[ -]{_CAP})*(?![\w])
    )""",
    re.VERBOSE,
)
_NOT_NAMES = frozenset(
    "section table figure fig chapter page part step appendix version level phase stage day week month year article "
    "january february march april may june july august september october november december spring summer autumn fall "
    "winter in on at since until by from of about around only over under more than the a an nearly roughly some all "
    "both these those when after before between round even most also while but and or though later earlier newer older like such unlike with using group tier type class option scenario experiment example form ein item chapter no number issue volume rule law act article across among amid through throughout during within without per via against towards toward above below beneath beyond despite except plus out just still yet then today now here there where which what who how why if so no not never every each any few many much several other another next last first second third once twice down up off near past versus against being given taken using based including excluding between total averaging averaged fully only exactly precisely approximately almost half".split()
)
_HIGHEST_VERSION = 60
_LEAD = re.compile(r"([A-Za-z]+)[ -]+")
_FAMILIES = frozenset(
    {
        "claude",
        "gpt",
        "gemini",
        "grok",
        "llama",
        "qwen",
        "deepseek",
        "openai",
        "chatgpt",
        "google",
        "anthropic",
        "xai",
        "meta",
    }
)
_GENERIC = frozenset({"mini", "preview", "beta", "alpha", "model", "instruct"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModel:
    start: int
    end: int
    surface: str
    key: frozenset[str]  # lower-case words and version numbers


def _key(surface: str) -> frozenset[str]:
    return frozenset(token for token in re.findall(r"[a-z]+|\d+(?:\.\d+)*[a-z]?", surface.lower()) if token)


def find_models(text: str) -> tuple[NamedModel, ...]:
    """Model names in text order."""
    names = []
    for match in _NAME.finditer(text):
        start = match.start()
        surface = match.group().rstrip(" -")
        while (lead := _LEAD.match(surface)) is not None and is_no_name(lead.group(1)):
            start += lead.end()
            surface = surface[lead.end() :]
        first = re.match(r"[A-Za-z]+", surface)
        if first is None or not _NAME.fullmatch(surface):
            continue
        if any(_is_no_version(number) for number in re.findall(r"\d+(?:\.\d+)*(?!\d*B)", surface)):
            continue
        if any(is_no_name(word) for word in re.findall(r"[A-Za-z]+", surface)[:2] if word[0].isupper()):
            continue
        names.append(NamedModel(start=start, end=start + len(surface), surface=surface, key=_key(surface)))
    return tuple(names)


def _is_no_version(number: str) -> bool:
    """A whole number of three digits or more, or above 60, is no version that products have had."""
    return "." not in number and int(number) > _HIGHEST_VERSION


def is_no_name(word: str) -> bool:
    """Whether a capitalised word is one that opens a sentence or a label, not a product."""
    lower = word.lower()
    return lower in _NOT_NAMES or lower.endswith("ly") or is_function_word(lower)


def same_model(one: NamedModel, other: NamedModel) -> bool:
    """Whether two names may mean one model: the versions agree and one's words are among the other's
    ("Opus 4" and "Claude Opus 4"); a bare family ("Claude") may be any of its models."""
    versions = {t for t in one.key if t[0].isdigit()}, {t for t in other.key if t[0].isdigit()}
    words = (
        {t for t in one.key if not t[0].isdigit()} - _GENERIC,
        {t for t in other.key if not t[0].isdigit()} - _GENERIC,
    )
    if versions[0] and versions[1] and versions[0] != versions[1]:
        return False
    if not versions[0] or not versions[1]:
        bare = words[0] if not versions[0] else words[1]
        return bool(words[0] & words[1]) and (
            bare <= _FAMILIES or words[0] <= words[1] or words[1] <= words[0]
        )
    smaller, larger = sorted(words, key=len)
    return smaller <= larger or ((smaller - _FAMILIES) <= (larger - _FAMILIES) and bool(smaller & larger))


_NEAR_AFTER = 40  # characters within which a name after a figure may own it without a preposition
_AFTER = re.compile(
    r"^(?:(?!\band\b|,)[^.;:]){0,25}?\b(?:for|by|in|with|from|on|of|using|against)\s+(?:the\s+|its\s+|[A-Z]\w+[’']s\s+)?$"
)


def owners_of(
    text: str, start: int, end: int, names: tuple[NamedModel, ...], others: tuple[tuple[int, int], ...]
) -> tuple[NamedModel, ...]:
    """The names that the figure at start:end belongs to, in its sentence `text`: "q for NAME" and
    "NAME (q)" first, else the names joined right before it, else the nearest after. `others` are the
    spans of the sentence's other figures. Empty where no name stands in the sentence."""
    if not names:
        return ()
    following = [name for name in names if name.start >= end]
    preceding = [name for name in names if name.end <= start]
    if "respectively" in text and len(names) > 1:
        figures = sorted([(start, end), *others])
        position = figures.index((start, end))
        if len(figures) == len(names) and all(n.end <= figures[0][0] for n in names):
            return (names[position],)
    for name in following[:1]:
        between = text[end : name.start]
        blocked = any(end <= other_start < name.start for other_start, _ in others)
        if not blocked and _AFTER.match(between):
            return _joined(following, text)
    if preceding:
        last_figure = max((other_end for _, other_end in others if other_end <= start), default=0)
        inside = [name for name in preceding if name.end > last_figure]
        if inside:
            return _joined(list(reversed(inside)), text)
        return (preceding[-1],)
    if following and following[0].start - end <= _NEAR_AFTER:
        return _joined(following, text)
    return ()


def _joined(names: list[NamedModel], text: str) -> tuple[NamedModel, ...]:
    """The first of the names and those joined to it by commas and "and"."""
    chosen = [names[0]]
    for name in names[1:]:
        one, other = sorted((chosen[-1], name), key=lambda n: n.start)
        between = text[one.end : other.start].strip().lower()
        if between in (",", "and", ", and", "&", "or", "/", "-", "–"):
            chosen.append(name)
        else:
            break
    return tuple(chosen)
