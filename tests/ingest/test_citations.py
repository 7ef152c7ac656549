"""Which citations a claim gets: links, note marks, identifiers, names, and those it inherits."""

from __future__ import annotations

import pytest

from ingest.citations import find_citations
from ingest.note_marks import find_note_marks
from kb.types import CitationKind, ClaimKind
from tests.factories import make_document
from tests.ingest.claim_texts import claims_of, read_text


def cited(text: str, kind: ClaimKind = ClaimKind.QUANTITY) -> list[tuple[CitationKind, str]]:
    claim = claims_of(text, kind)[0]
    return [(citation.kind, citation.surface) for citation in claim.citations]


def labels(text: str) -> list[str]:
    return [mark.label for mark in find_note_marks(make_document(text))]


# ------------------------------------------------------------------ note marks in plain text


def test_marks_glued_to_words_and_stops_are_found() -> None:
    text = (
        "A study published in Nature8 trained a model. They were shut down.9 It is a “breakthrough.”10 "
        "Their research11 is new. The rate is 32.8%.12"
    )
    assert labels(text) == ["8", "9", "10", "11", "12"]


@pytest.mark.parametrize(
    "text",
    [
        "GPT4 and Llama4 beat Qwen2.5 and o3.",
        "The rate rose from 3.5 to 4.2 in 2024.",
        "Use python3 or sha256 on an H100.",
        "See section 3.2 and version v1.12 there.",
        "It costs $4.50 or 12,000 yen at 10:30.",
        "An area of 20 m² or 10² cells.",
        "Write to a.b12@c.example or https://a.example/x.9 today.",
    ],
)
def test_names_decimals_versions_and_units_are_no_marks(text: str) -> None:
    assert labels(text) == []


def test_superscripts_and_brackets_are_marks() -> None:
    assert labels("Models lied.¹² Others did not [13], and some may.[14,15]") == ["12", "13", "14,15"]


def test_a_name_that_carries_other_numbers_is_no_mark() -> None:
    text = "It stopped.4 Then it began again.5 Kites6 flew with Kite 2 and Falcon4 or Falcon 3.7 there."
    assert "4" in labels(text) and labels(text).count("4") == 1


def test_known_notes_decide_which_labels_are_marks() -> None:
    document = read_text("Models lied.7 They stopped.[^7]\n\n[^7]: Smith, https://a.example/smith\n")
    assert {mark.label for mark in find_note_marks(document)} == {"7"}


# ------------------------------------------------------------------ what applies to a claim


def test_a_link_of_the_sentence_applies() -> None:
    text = "The model lied in 47% of runs ([METR](https://metr.example/report)). Others [did](https://b.example)."
    assert cited(text)[0] == (CitationKind.LINK, "METR")
    assert (CitationKind.LINK, "did") not in cited(text)


def test_links_inside_the_page_are_none() -> None:
    assert cited("The model lied in 47% of [runs](#runs).") == []


def test_a_note_s_text_and_addresses_come_with_its_mark() -> None:
    text = "The model lied in 47% of runs.[^1]\n\n[^1]: Silva 2025, https://a.example/silva\n"
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    footnote = next(one for one in claim.citations if one.kind is CitationKind.FOOTNOTE)
    assert footnote.targets == ("https://a.example/silva",)
    assert footnote.note is not None and "Silva 2025" in footnote.note


def test_identifiers_in_the_text_apply() -> None:
    text = "The model lied in 47% of runs (doi:10.1234/abc.5, arXiv:2412.14093, https://a.example/x)."
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    targets = {citation.kind: citation.targets for citation in claim.citations}
    assert targets[CitationKind.DOI] == ("doi:10.1234/abc.5",)
    assert targets[CitationKind.ARXIV] == ("arXiv:2412.14093",)
    assert targets[CitationKind.URL] == ("https://a.example/x",)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("The model lied in 47% of runs (Smith et al., 2025).", "Smith et al., 2025"),
        ("Amin and Singh (2016) saw it in 47% of runs.", "Amin and Singh (2016)"),
        ("Betley et al. saw it in 47% of runs.", "Betley et al."),
        ("It happens in 47% of runs (Ng & Russell, 2000).", "Ng & Russell, 2000"),
    ],
)
def test_author_year_forms_apply(text: str, surface: str) -> None:
    assert (CitationKind.AUTHOR_YEAR, surface) in cited(text)


def test_venues_and_months_are_no_authors() -> None:
    assert cited("The model lied in 47% of runs (ICLR 2024, March 2025).") == []


def test_an_author_year_form_finds_its_reference() -> None:
    text = (
        "It happens in 47% of runs (Smith et al., 2025).\n\n## References\n\n"
        "- Smith, J., & Lee, K. (2025). Lying kites. https://a.example/kites\n- Lee, K. (2021). Old kites.\n"
    )
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    found = next(one for one in claim.citations if one.kind is CitationKind.AUTHOR_YEAR)
    assert found.targets == ("https://a.example/kites",)


def test_a_named_mention_applies() -> None:
    assert cited("Anthropic's research traces 25% of prompts.")[0] == (
        CitationKind.MENTION,
        "Anthropic's research",
    )


def test_a_link_text_is_not_told_twice() -> None:
    text = "[Anthropic's research](https://a.example) traces 25% of prompts."
    assert cited(text) == [(CitationKind.LINK, "Anthropic's research")]


def test_a_bare_link_behind_the_sentence_applies() -> None:
    text = "The model lied in 47% of runs. ([Source](https://a.example/s)) Others slept."
    assert (CitationKind.LINK, "Source") in cited(text)


def test_a_claim_inherits_the_citation_of_the_study_that_it_speaks_on_about() -> None:
    text = "A study published in Nature[^8] trained a model. It lied in 47% of runs.\n\n[^8]: Betley, https://a.example\n"
    assert (CitationKind.FOOTNOTE, "[^8]") in cited(text)


def test_items_inherit_the_citations_of_the_line_that_introduces_them() -> None:
    text = "[METR's report](https://metr.example/r) lists these cases:\n\n- The kite lied in 47% of runs.\n"
    assert cited(text)[0] == (CitationKind.LINK, "METR's report")


def test_front_matter_s_source_comes_last() -> None:
    text = "---\ntitle: A note\nsource: https://arxiv.org/abs/2412.14093\n---\n\nBetley et al. saw it in 47% of runs.\n"
    found = cited(text)
    assert found[0][0] is CitationKind.AUTHOR_YEAR
    assert found[-1] == (CitationKind.URL, "https://arxiv.org/abs/2412.14093")


def test_the_row_s_citations_apply_to_its_cells_the_nearest_first() -> None:
    text = (
        "| Act | Source | Share |\n|---|---|---|\n"
        "| Lie | [A](https://a.example) | 47% of runs ([B](https://b.example)) |\n"
    )
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    assert [citation.surface for citation in claim.citations][:2] == ["B", "A"]


def test_claims_are_otherwise_unchanged_and_in_order() -> None:
    document = read_text(
        "The model lied in 47% of runs. The [lab](https://a.example) told 16 models to stop."
    )
    from ingest.claims import find_claims

    before = find_claims(document).items
    after = find_citations(document, before).items
    assert [claim.id for claim in after] == [claim.id for claim in before]
    assert all(not citation.source_ids for claim in after for citation in claim.citations)


def test_no_claims_need_no_reading() -> None:
    assert find_citations(make_document("text"), ()).items == ()


def test_a_mark_that_hides_behind_a_version_is_known_by_its_place_in_the_sequence() -> None:
    text = "It lied.1 It used GPT-4.2 Models from it failed.3 Later GPT-5.2 Models failed again.4"
    marks = find_note_marks(read_text(text, "a.txt"))
    assert [(mark.label, text[: mark.start].count("GPT")) for mark in marks] == [
        ("1", 0),
        ("2", 1),
        ("3", 1),
        ("4", 2),
    ]
