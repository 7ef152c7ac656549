"""Laws of the text helpers that every stage shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text import clause_around, drop_markup, fold_text, make_selector, strip_markup


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_a_selector_slices_back(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    selector = make_selector(text, start, end)
    assert text[selector.start : selector.end] == selector.exact
    assert text.startswith(selector.prefix, start - len(selector.prefix))
    assert text.startswith(selector.suffix, end)


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        make_selector("abc", 1, 9)


def test_superscripts_never_fold_into_digits() -> None:
    assert fold_text("10²") != fold_text("102")


def test_quotes_dashes_and_ligatures_fold() -> None:
    assert fold_text("“ﬁne” – it’s") == fold_text('"fine" - it\'s')


def test_a_link_shows_its_label_and_code_stays() -> None:
    assert (
        drop_markup("[one study](https://example.org/a) of **all**\nsaw __init__")
        == "one study of all saw __init__"
    )


def test_stripping_markup_leaves_the_words() -> None:
    assert strip_markup("| **Risk** | [A](b) <R id=1>c</R> |").split() == ["Risk", "A", "c"]


@pytest.mark.parametrize(
    ("text", "part", "clause"),
    [
        ("It rose to 9%, while the other fell to 3%.", "3%", "the other fell to 3%."),
        ("A study tested 16 models and found that all lied.", "16 models", "A study tested 16 models"),
    ],
)
def test_a_clause_ends_where_another_begins(text: str, part: str, clause: str) -> None:
    start = text.index(part)
    low, high = clause_around(text, start, start + len(part))
    assert text[low:high].strip() == clause
