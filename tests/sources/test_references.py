"""Errors in a reference list are told where the reference's identifier names a known work, and only there."""

from __future__ import annotations

import pytest

from kb.types import Note, StatedVersion
from sources.references import Misreference, check_references, tell_misreferences
from sources.resolve import index_sources
from tests.factories import make_source

_PAPER = make_source(
    "greenblatt-2024",
    title="Alignment faking in large language models",
    authors=("Ryan Greenblatt", "Carson Denison", "Benjamin Wright et al."),
    published="2024-12",
    publisher="Anthropic and Redwood Research (arXiv)",
    arxiv="2412.14093",
    aliases=("Alignment Faking",),
)
_JOURNAL = make_source(
    "betley-2026",
    title="Training large language models on narrow tasks can lead to broad misalignment",
    authors=("Jan Betley", "Teun van der Weij"),
    published="2026-01-14",
    publisher="Nature",
    doi="10.1038/s41586-025-09937-5",
    arxiv="2502.17424",
    versions=(StatedVersion(version="v1", published="2025-02-24"),),
)
_SOURCES = {source.id: source for source in (_PAPER, _JOURNAL)}


def _check(text: str, *targets: str) -> list[Misreference]:
    note = Note(label="3", text=text, targets=targets)
    return list(check_references([note], index_sources(tuple(_SOURCES.values())), _SOURCES))


@pytest.mark.parametrize(
    "text",
    [
        "Greenblatt, R. et al. (2024). Alignment faking in large language models. arXiv:2412.14093.",
        "R. Greenblatt, C. Denison, “Alignment Faking in Large Language Models,” arXiv:2412.14093, 2024.",
        "[3] Greenblatt et al., Alignment faking in LLMs, 2024, https://arxiv.org/abs/2412.14093",
        "Anthropic (2024). Alignment faking in large language models: https://arxiv.org/abs/2412.14093",
        "https://arxiv.org/abs/2412.14093",
        "arXiv:2412.14093v2, accessed 12 March 2024",
        "See “Alignment faking” (arXiv:2412.14093).",
        "Betley, J. et al. (2025). Training large language models on narrow tasks can lead to broad misalignment. arXiv:2502.17424.",
        "van der Weij, T. and Betley, J. (2026). Training LLMs on narrow tasks can lead to broad misalignment. doi:10.1038/s41586-025-09937-5",
        "Smith, J. (1999). Something else entirely about dogs. https://example.org/dogs",
    ],
)
def test_a_sound_reference_or_an_unknown_work_has_no_error(text: str) -> None:
    assert _check(text) == []


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("Greenblatt, R. et al. (2024). Sleeper agents that persist through safety training. arXiv:2412.14093.",
         "title", "Sleeper agents that persist through safety training"),
        ("R. Greenblatt et al., “Deceptive models and how to train them well,” 2024. arXiv:2412.14093.",
         "title", "Deceptive models and how to train them well"),
        ("Hubinger, E. et al. (2024). Alignment faking in large language models. arXiv:2412.14093.", "authors", "Hubinger"),
        ("Hubinger et al., 2024. arXiv:2412.14093", "authors", "Hubinger"),
        ("Greenblatt, R. et al. (2021). Alignment faking in large language models. arXiv:2412.14093.", "year", "2021"),
    ],
)  # fmt: skip
def test_a_wrong_part_is_told_with_what_the_work_has(text: str, part: str, found: str) -> None:
    (error,) = _check(text)
    assert (error.part, error.found, error.source_id) == (part, found, "greenblatt-2024")


def test_the_target_of_a_link_counts_as_the_identifier() -> None:
    assert [error.part for error in _check("Hubinger et al., 2024.", "https://arxiv.org/abs/2412.14093")] == [
        "authors"
    ]


def test_a_note_that_names_two_works_is_left_alone() -> None:
    text = "Hubinger et al. (2019). Some other title of a paper. arXiv:2412.14093 and arXiv:2502.17424."
    assert _check(text) == []


def test_an_issue_names_the_reference_what_was_found_and_what_is_wanted() -> None:
    (issue,) = tell_misreferences(_check("Hubinger et al., 2024. arXiv:2412.14093"))
    assert issue.code == "reference_authors_differs"
    assert issue.message == (
        "reference 3: gives the authors as 'Hubinger', but what it points at (greenblatt-2024) has "
        "'Ryan Greenblatt, Carson Denison, Benjamin Wright et al.'"
    )
