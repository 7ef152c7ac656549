"""Makes text safe to print: what a terminal would obey, or hide, is shown as <U+001B>. Articles and sources
are hostile, and a bidirectional override can turn a figure round before a reader's eyes."""

from __future__ import annotations

import re

# C0 but line feed and tab, DEL, C1, marks and overrides of direction, zero-width and other invisible
# characters, tags, variation selectors' supplement, surrogates, the two Unicode line separators.
_UNSAFE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSAFE_CHARACTER = re.compile(f"[{_UNSAFE}]")
_LINE_BREAKS = re.compile(r"\r\n?")
_SPACE = re.compile(r"[ \t\n]+")


def make_visible(text: str) -> str:
    """The text with every character that a terminal obeys or hides written out; line ends are kept."""
    return _UNSAFE_CHARACTER.sub(lambda match: f"<U+{ord(match[0]):04X}>", _LINE_BREAKS.sub("\n", text))


def make_visible_line(text: str) -> str:
    """The same on one line: white space is collapsed."""
    return make_visible(_SPACE.sub(" ", _LINE_BREAKS.sub("\n", text)).strip())


def escape_json(document: str) -> str:
    r"""The same JSON with those characters as \u escapes: equal when read, harmless when printed. They can
    stand in strings only, for outside them JSON allows no other white space than the line end."""
    return _UNSAFE_CHARACTER.sub(_escape, document)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
