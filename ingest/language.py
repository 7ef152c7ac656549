"""Which language a text is in, so that a German article is never "0 claims"; reads English alone.

Owns the sample that is judged and the list of languages that are told apart. Refuses to know formats.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import Protocol

from kb.errors import LanguageError

_NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip
_CHUNK = 1_200  # characters judged together: more dilutes a mixed text, fewer misjudge names and tables
_CHUNKS = 8
_SAMPLE = 400_000  # characters looked at
_NOISE = re.compile(r"</?[A-Za-z][^<>]{0,500}>|\]\([^()\s]{0,2000}\)|[|#*_`{}=\\]+")


# Words that English has and its neighbours don't, or hardly: of running English text they make up 20 to 30%,
# of German, Dutch, French or Scots under 5%. Looking for them saves loading the identifier for most texts.
_ENGLISH_WORDS = frozenset(
    "the of and that with was were for are this from by not have has had which they their been than would when what "
    "there can could who will about into more its it".split()
)
_ENGLISH_SHARE = 0.17
_WORD = re.compile(r"[^\W\d_]+")


def _is_plainly_english(chunk: str) -> bool:
    words = _WORD.findall(chunk.lower())
    return len(words) >= 20 and sum(word in _ENGLISH_WORDS for word in words) >= _ENGLISH_SHARE * len(words)


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@functools.cache
def _load_identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = set(identifier.labels)  # type: ignore[attr-defined]
    identifier.set_languages(sorted(set(_NAMES) & known))  # type: ignore[attr-defined]
    return identifier


def find_language(text: str, *, min_letters: int) -> str | None:
    """The ISO 639-1 code of most of the text, None where it is too short to tell."""
    words = _NOISE.sub(" ", text[:_SAMPLE]).split()
    clean = " ".join(word for word in words if "://" not in word and not any(map(str.isdecimal, word)))
    if sum(1 for letter in clean[:20_000] if letter.isalpha()) < min_letters:
        return None
    step = max(_CHUNK, len(clean) // _CHUNKS)
    votes: Counter[str] = Counter()
    for start in range(0, len(clean), step):
        chunk = clean[start : start + _CHUNK]
        letters = sum(1 for letter in chunk if letter.isalpha())
        if letters >= min(min_letters, 100):
            votes["en" if _is_plainly_english(chunk) else _load_identifier().classify(chunk)[0]] += letters
    if not votes:
        return None
    best, _ = max(votes.items(), key=lambda vote: (vote[1], vote[0]))
    return best


def check_english(text: str, name: str, *, min_letters: int) -> None:
    """Raise LanguageError unless the text is English or too short to tell."""
    language = find_language(text, min_letters=min_letters)
    if language is None or language == "en":
        return
    found = _NAMES.get(language, language)
    raise LanguageError(
        f"{name}: the text is in {found}; Wherefrom reads English only", name=name, language=language
    )
