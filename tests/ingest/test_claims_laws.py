"""Laws of the claim finder over any text: nothing raises, every offset slices back."""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.citations import find_citations
from ingest.claims import find_claims
from ingest.visible import see_text
from kb.errors import InputError
from tests.factories import make_document
from tests.ingest.claim_texts import read_text

PIECES = st.sampled_from(
    [
        "The model lied in 47% of runs. ", "“We saw it,” said Ana Silva. ", "**bold** ", "[link](https://a.example/x) ",
        "found that ", "12 of 100 ", "Smith et al. (2024) ", "| a | 12% |\n", "\n\n", "\n", "- ", "1. ", "## ", "> ", '"', "“", "”",
        "'", "(", ")", "[", "]", "[^1]", "*", "_", "`", "$", "<R id=\"x\">", "</R>", "research11 ", "down.9 ", "%", "½", "²", "…",
        "\u202e", "\u0000", "\ufeff", "é", "数", "🚨", "https://a.example/b_(c) ", "doi:10.1234/ab.c ", "arXiv:2401.00001 ", "one in four ",
        "as many as ", "who ", "it ", "the study ", "According to METR, ", "? ", ". ", "—", " – ", "\t", "\r\n",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text_gives_claims_whose_offsets_slice_back(text: str) -> None:
    documents = [make_document(text)]
    with contextlib.suppress(InputError):  # no text at all, by the reader's own rules
        documents.append(read_text(text + "\nThe end of it all has come."))
    for document in documents:
        found = find_claims(document)
        for claim in find_citations(document, found.items).items:
            assert document.text[claim.span.start : claim.span.end] == claim.span.exact
            assert document.text[claim.sentence.start : claim.sentence.end] == claim.sentence.exact
            assert claim.sentence.start <= claim.span.start < claim.span.end <= claim.sentence.end
            for part in (*claim.quantities, *claim.citations):
                assert document.text[part.start : part.end] == part.surface


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_is_visible_is_in_the_text_at_its_place(text: str) -> None:
    view = see_text(text, 0, len(text))
    assert len(view.offsets) == len(view.text)
    assert list(view.offsets) == sorted(set(view.offsets))
    for character, offset in zip(view.text, view.offsets, strict=True):
        assert character == text[offset] or text[offset] == "&" or text[offset].isspace()
