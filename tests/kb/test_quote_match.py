"""Laws of matching quoted words with a source's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.quote_match import QuoteLevel, match_quote

TEXT = (
    "Intro. In most cases, the model did not refuse when it was asked twice, although it "
    "complained about the “odd” request.\nWe generally don’t know how prevalent any given behaviour is."
)


def level(quoted: str, text: str = TEXT) -> QuoteLevel | None:
    match = match_quote(quoted, text)
    return None if match is None else match.level


def test_typography_and_line_breaks_do_not_matter() -> None:
    match = match_quote('complained about the "odd" request', TEXT)
    assert match is not None
    assert match.level is QuoteLevel.VERBATIM
    assert TEXT[match.start : match.end] == "complained about the “odd” request"


def test_a_quotation_inside_a_word_is_no_match() -> None:
    assert match_quote("fuse", TEXT) is None


def test_a_marked_omission_is_faithful_where_it_changes_nothing() -> None:
    assert level("the model did not refuse … although it complained") is QuoteLevel.ELIDED


def test_an_omission_that_hides_a_negation_distorts() -> None:
    match = match_quote("the model did … refuse when it was asked twice", TEXT)
    assert match is not None
    assert match.level is QuoteLevel.DISTORTED
    assert match.omitted == ("not",)


def test_a_bracketed_insertion_is_faithful() -> None:
    assert level("the model did not refuse when it was asked [again] twice") in (
        QuoteLevel.ELIDED,
        QuoteLevel.DISTORTED,
    )


def test_a_changed_word_is_altered_and_named() -> None:
    match = match_quote("We generally don’t understand how prevalent any given behaviour is", TEXT)
    assert match is not None
    assert match.level is QuoteLevel.ALTERED
    assert match.difference == ("understand -> know",)


def test_other_words_do_not_match() -> None:
    assert match_quote("nobody has ever measured how common such conduct might be", TEXT) is None


def test_an_omission_never_crosses_text_that_is_not_held() -> None:
    assert (
        level("first part here … second part there", "The first part here and [...] second part there.")
        is None
    )


def test_markdown_emphasis_and_links_are_looked_through() -> None:
    text = "We call this [*inoculation* prompting](https://example.org/a), as before."
    match = match_quote("inoculation prompting", text)
    assert match is not None
    assert match.level is QuoteLevel.VERBATIM


@given(st.text(min_size=1, max_size=200), st.data())
def test_any_stretch_of_a_text_is_found_in_it_or_holds_no_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    match = match_quote(text[start:end], text, allow_altered=False)
    if match is not None:
        assert 0 <= match.start < match.end <= len(text)


@given(st.text(max_size=300), st.text(max_size=300))
def test_matching_never_raises(quoted: str, text: str) -> None:
    match_quote(quoted, text)


@pytest.mark.timeout(120)  # a quadratic search would take hours
def test_matching_a_hostile_text_ends() -> None:
    match_quote("a b c d e f g h", "a b c " * 40_000)


def test_a_note_mark_of_the_source_is_looked_through() -> None:
    match = match_quote(
        "it read the emails. Then it waited", "In the end it read the emails.[2] Then it waited for long."
    )
    assert match is not None
    assert match.level is QuoteLevel.VERBATIM
