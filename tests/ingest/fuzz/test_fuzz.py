"""Nothing that a document holds makes a reader or the claim finder raise, or breaks an offset.

Bounded by the number of examples; `make soak` runs some twenty times as many, drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ingest.citations import find_citations
from ingest.claims import find_claims
from ingest.passages import split_passages
from ingest.pdf import read_answer
from ingest.read import read_document
from ingest.reading import Reading
from kb.errors import InputError
from kb.types import Document, Raw
from tests.factories import make_document
from tests.ingest.fuzz import hostile

# Many cheap examples, few dear ones. With spaCy a whole text takes half a second: claims are sought in a part.
PAGES, FILES, ANSWERS, PRINTS, STRINGS = 250, 200, 400, 40, 10
SOAK = 20
_PART = 1_500  # characters in which claims are sought


def few(examples: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def hold_offsets(one: Document | Reading) -> None:
    position = 0
    for block in one.blocks:
        assert position <= block.start < block.end <= len(one.text)
        position = block.end
    for span in (*one.links, *one.note_marks):
        assert 0 <= span.start <= span.end <= len(one.text)


def hold_claims(document: Document) -> None:
    for claim in find_citations(document, find_claims(document).items).items:
        assert document.text[claim.span.start : claim.span.end] == claim.span.exact
        assert document.text[claim.sentence.start : claim.sentence.end] == claim.sentence.exact
        for part in (*claim.quantities, *claim.citations):
            assert document.text[part.start : part.end] == part.surface


def read_or_refuse(raw: Raw, *, claims: bool) -> None:
    try:
        document = read_document(raw).items[0]
    except InputError as fault:  # LimitError and LanguageError are kinds of it
        assert raw.name in str(fault)
        return
    hold_offsets(document)
    for passage in split_passages(document, "s").items:
        assert document.text[passage.selector.start : passage.selector.end] == passage.selector.exact
    if claims:
        hold_claims(_part(document))


def _part(document: Document) -> Document:
    """A document's middle, cut at blocks, so that the claim finder sees what the reader made of the change."""
    if len(document.text) <= _PART:
        return document
    middle = len(document.text) // 2
    kept = [
        block
        for block in document.blocks
        if abs(block.start - middle) < _PART / 2 and block.end - block.start < 2 * _PART
    ]
    return make_document(
        document.text, blocks=tuple(kept), links=document.links, note_marks=document.note_marks, notes=document.notes
    ) if kept else make_document(document.text[middle : middle + _PART])  # fmt: skip


def check_page(page: str) -> None:
    read_or_refuse(
        Raw(name="page", content=page.encode("utf-8", "replace"), media_type="text/html"), claims=False
    )


def check_page_claims(page: str) -> None:
    read_or_refuse(
        Raw(name="page", content=page.encode("utf-8", "replace"), media_type="text/html"), claims=True
    )


def check_file(text: str) -> None:
    raw = Raw(name="file.md" if len(text) % 2 else "file.txt", content=text.encode("utf-8", "replace"))
    read_or_refuse(raw, claims=False)


def check_file_claims(text: str) -> None:
    raw = Raw(name="file.md" if len(text) % 2 else "file.txt", content=text.encode("utf-8", "replace"))
    read_or_refuse(raw, claims=True)


def check_print(content: bytes) -> None:
    read_or_refuse(Raw(name="print", content=content, media_type="application/pdf"), claims=False)


def check_answer(answer: dict[str, Any]) -> None:
    try:
        reading = read_answer(answer, "print", None)
    except InputError:
        return
    hold_offsets(reading)


FORMS: dict[str, tuple[Callable[[Any], None], Any, int]] = {
    "a page": (check_page, hostile.hostile_pages(), PAGES),
    "a page's claims": (check_page_claims, hostile.hostile_pages(), 40),
    "a text": (check_file, hostile.hostile_files(), FILES),
    "a text's claims": (check_file_claims, hostile.hostile_files(), 60),
    "a PDF": (check_print, hostile.hostile_prints(), PRINTS),
    "a PDF's lines": (check_answer, hostile.hostile_answers(), ANSWERS),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("form", FORMS)
def test_nothing_makes_a_reader_raise(form: str) -> None:
    check, strategy, examples = FORMS[form]
    few(examples)(given(strategy)(check))()


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS)
def test_nothing_makes_a_reader_raise_at_length(form: str) -> None:
    check, strategy, examples = FORMS[form]
    few(SOAK * examples)(given(strategy)(check))()


SENTENCE = "The model failed in 47% of the runs{}, and {} of 100 people said “{}” in 2025 (see {}).\n"


def test_every_naughty_string_is_read_as_text_and_in_a_page() -> None:
    """All strings, a few dozen to a document, in the places where figures, quotations, links and cells stand."""
    strings = hostile.naughty_strings()
    for start in range(0, len(strings), 40):
        some = strings[start : start + 40]
        text = "A heading of ours\n\n" + "\n".join(SENTENCE.format(one, one, one, one) for one in some)
        read_or_refuse(Raw(name="file.txt", content=text.encode("utf-8", "replace")), claims=True)
        cells = "".join(f"<tr><th>{one}</th><td>{one}</td><td>12%</td></tr>" for one in some)
        body = "".join(
            f"<p id='{one}' class='{one}'>{SENTENCE.format(one, one, one, one)}<a href='{one}'>{one}</a></p>"
            for one in some
        )
        page = f"<article><h1>Ours</h1>{body}<table><caption>{some[0]}</caption>{cells}</table></article>"
        read_or_refuse(
            Raw(name="page", content=page.encode("utf-8", "replace"), media_type="text/html"), claims=False
        )
