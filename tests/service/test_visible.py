"""What a terminal would obey or hide is shown."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.visible import escape_json, make_visible, make_visible_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("bell\x07", "bell<U+0007>"),
        ("csi\x9b2J", "csi<U+009B>2J"),
        ("a\u202e123\u202cb", "a<U+202E>123<U+202C>b"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("soft\u00adhyphen", "soft<U+00AD>hyphen"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("lone\ud800", "lone<U+D800>"),
        ("back\x08space", "back<U+0008>space"),
        ("Zürich, “94 %” – 日本", "Zürich, “94 %” – 日本"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_a_line_is_one_line() -> None:
    assert make_visible_line("  two\r\nlines\tand\n\na tab ") == "two lines and a tab"


@given(st.text(st.characters()))
def test_nothing_shown_moves_or_colours_a_terminal(text: str) -> None:
    shown = make_visible(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t" for c in shown)


@given(
    st.recursive(st.text(st.characters()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_escaped_json_reads_as_the_same_value(value: object) -> None:
    escaped = escape_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(escaped) == value
    assert "\x1b" not in escaped
    assert "\u202e" not in escaped
