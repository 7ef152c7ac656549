"""Citations that reference managers read back as they were meant, whatever a title holds."""

from __future__ import annotations

import json

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import given
from hypothesis import strategies as st

from service.citing import BIBTEX, CSL, RIS, cite_as, cite_as_bibtex, cite_as_csl, cite_as_ris, cite_in_prose
from sources.registry import read_registry
from tests.factories import make_source

_PAPER = make_source(
    "betley-2026",
    title="100% of “GPT-4o” & friends: {narrow} tasks_1 cost $5 #really ~ a\\b ^2",
    authors=(
        "Jan Betley",
        "Anna Sztyber-Betley",
        "Teun van der Weij",
        "UK AI Safety Institute",
        "Others et al.",
    ),
    published="2026-01-14",
    publisher="Nature & Co",
    doi="10.1038/s41586-025-09937-5",
    arxiv="2502.17424",
    url="https://example.org/a_b?c=%7Bd%7D&e=1",
)


def _read_bibtex(text: str) -> tuple[str, dict[str, str]]:
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert (library.failed_blocks, len(library.entries)) == ([], 1)
    entry = library.entries[0]
    return entry.entry_type, {name: field.value for name, field in entry.fields_dict.items()}


def test_bibtex_is_read_back_with_every_character_of_the_title() -> None:
    kind, fields = _read_bibtex(cite_as_bibtex(_PAPER))
    assert kind == "article"
    title = fields["title"].replace("ˆ", "^")  # what TeX prints for its escape
    assert title.strip("{}").replace(" ", "") == _PAPER.title.replace(" ", "")
    assert (fields["year"], fields["month"], fields["journal"]) == ("2026", "1", "Nature & Co")
    assert (fields["doi"], fields["eprint"], fields["archiveprefix"]) == (_PAPER.doi, _PAPER.arxiv, "arXiv")


def test_bibtex_tells_persons_from_bodies_and_says_that_there_are_more() -> None:
    library = bibtexparser.parse_string(cite_as_bibtex(_PAPER), append_middleware=[SeparateCoAuthors()])
    assert library.entries[0]["author"] == [
        "Betley, Jan", "Sztyber-Betley, Anna", "van der Weij, Teun", "{UK AI Safety Institute}", "{Others}", "others",
    ]  # fmt: skip


def test_ris_is_read_back() -> None:
    record = rispy.loads(cite_as_ris(_PAPER))[0]
    assert record["type_of_reference"] == "JOUR"
    assert record["title"] == _PAPER.title
    assert record["authors"][:3] == ["Betley, Jan", "Sztyber-Betley, Anna", "van der Weij, Teun"]
    assert (record["year"], record["doi"], record["urls"]) == ("2026", _PAPER.doi, [_PAPER.url])
    assert record["secondary_title"] == "Nature & Co"


def test_csl_gives_names_and_dates_in_parts() -> None:
    item = json.loads(json.dumps(cite_as_csl(_PAPER)))
    assert item["author"][2] == {"family": "van der Weij", "given": "Teun"}
    assert item["author"][3] == {"literal": "UK AI Safety Institute"}
    assert item["issued"] == {"date-parts": [[2026, 1, 14]]}
    assert (item["type"], item["container-title"]) == ("article-journal", "Nature & Co")


@given(title=st.text(min_size=1, max_size=80), author=st.text(max_size=40), publisher=st.text(max_size=40))
def test_no_title_author_or_publisher_breaks_an_entry(title: str, author: str, publisher: str) -> None:
    source = make_source(title=title, authors=(author,) if author else (), publisher=publisher or None)
    library = bibtexparser.parse_string(cite_as_bibtex(source))
    assert (library.failed_blocks, len(library.entries)) == ([], 1)

    assert len(rispy.loads(cite_as_ris(source))) == 1
    json.dumps(cite_as_csl(source))
    assert "\n" not in cite_in_prose(source)


@pytest.mark.timeout(120)
def test_every_source_that_ships_is_cited_so_that_parsers_read_it() -> None:
    for source in read_registry().sources:
        kind, fields = _read_bibtex(cite_as_bibtex(source))
        assert kind in ("article", "misc", "techreport"), source.id
        assert fields["title"], source.id
        assert rispy.loads(cite_as_ris(source))[0]["title"] == " ".join(source.title.split()), source.id


def test_prose_names_six_authors_and_says_that_there_are_more() -> None:
    many = make_source(authors=tuple(f"A{letter} Smith" for letter in "bcdefghi"), title="T")
    assert cite_in_prose(many).startswith(
        "Ab Smith, Ac Smith, Ad Smith, Ae Smith, Af Smith, Ag Smith et al. (2025). T."
    )


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BIBTEX, f"{BIBTEX}; charset=utf-8"),
        (f"{RIS}, */*;q=0.1", f"{RIS}; charset=utf-8"),
        (CSL, CSL),
        ("application/json", None),
        ("*/*", None),
        ("", None),
        (f"application/json, {BIBTEX}", None),
    ],
)
def test_the_first_format_that_is_asked_for_is_given(accept: str, media_type: str | None) -> None:
    cited = cite_as(_PAPER, accept)
    assert (None if cited is None else cited[1]) == media_type
