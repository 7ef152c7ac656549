"""Answers of Crossref, arXiv and OpenAlex are read as their documentation has them, and never trusted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from sources.lookups import Pointer, Services, read_pointer
from sources.records import Notice, join_records, read_arxiv_feed, read_crossref, read_openalex
from tests.service.publishers import atom, crossref, no_paper, openalex


def test_crossref_gives_names_dates_and_what_updated_the_work() -> None:
    record = read_crossref(
        crossref(
            **{
                "updated-by": [{"DOI": "10.1/R", "type": "retraction", "updated": {"date-parts": [[2026, 2]]}}, {"type": "new_edition"}],
                "relation": {"has-preprint": [{"id-type": "arxiv", "id": "https://arxiv.org/abs/2412.14093"}]},
            }
        )
    )  # fmt: skip
    assert (record.title, record.authors) == ("Lies told to auditors", ("Ann Smith", "Audit Group"))
    assert (record.published, record.kind, record.arxiv) == ("2025-03-07", "paper", "2412.14093")
    assert record.notices == (Notice(kind="retraction", doi=None, published="2026-02"),)


@pytest.mark.parametrize(
    ("parts", "published"),
    [([2025], "2025"), ([2025, 3], "2025-03"), ([2025, 13], None), ([None], None), (["2025"], None)],
)
def test_a_date_in_parts_is_kept_as_far_as_it_goes(parts: list[object], published: str | None) -> None:
    assert read_crossref(crossref(published={"date-parts": [parts]})).published == published


def test_links_of_a_closed_work_are_no_open_texts() -> None:
    link = [{"URL": "https://publisher.example/x.pdf", "intended-application": "text-mining"}]
    assert read_crossref(crossref(link=link)).texts == ()
    licence = [{"URL": "https://creativecommons.org/licenses/by/4.0/"}]
    assert [text.url for text in read_crossref(crossref(link=link, license=licence)).texts] == [
        "https://publisher.example/x.pdf"
    ]


def test_arxiv_gives_the_first_day_and_the_latest_version() -> None:
    record = read_arxiv_feed(atom(version=3))
    assert (record.published, record.version, record.updated) == ("2024-12-18", "v3", "2025-03-15")
    assert record.authors == ("Ann Smith", "Bo Li")


def test_a_withdrawn_preprint_is_told() -> None:
    withdrawn = atom().replace(
        b"<summary>", b"<arxiv:comment>Withdrawn by the authors</arxiv:comment><summary>"
    )
    assert [notice.kind for notice in read_arxiv_feed(withdrawn).notices] == ["retraction"]


@pytest.mark.parametrize(
    "content",
    [
        no_paper(),
        b"",
        b"<html>",
        b"{}",
        b'<!DOCTYPE a [<!ENTITY b "c">]><feed/>',
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
    ],
)
def test_an_answer_without_a_paper_is_an_error(content: bytes) -> None:
    with pytest.raises(InputError):
        read_arxiv_feed(content)


def test_openalex_gives_open_texts_best_first_and_retractions() -> None:
    more = {
        "is_retracted": True,
        "locations": [
            {"is_oa": False, "pdf_url": "https://closed.example/a"},
            {"is_oa": True, "landing_page_url": "https://arxiv.org/abs/2412.14093"},
        ],
    }
    record = read_openalex(openalex("https://open.example/a.pdf", **more))
    assert [text.url for text in record.texts] == [
        "https://open.example/a.pdf",
        "https://arxiv.org/abs/2412.14093",
    ]
    assert (record.arxiv, [notice.kind for notice in record.notices]) == ("2412.14093", ["retraction"])


def test_what_one_registry_leaves_open_is_filled_by_the_next() -> None:
    joined = join_records(read_openalex(openalex("https://a.example/x")), read_crossref(crossref()))
    assert (joined.doi, joined.published, joined.told_by) == (
        "10.1234/trial.7",
        "2025-03-07",
        "OpenAlex, Crossref",
    )
    assert len(joined.texts) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["title", "author", "published", "date-parts", "DOI", "given", "link", "URL", "updated-by", "relation", "has-preprint", "display_name", "authorships", "locations", "best_oa_location", "pdf_url"]), inner, max_size=4), max_leaves=20
)  # fmt: skip


@given(answer=_JSON)
def test_no_answer_is_more_than_refused(answer: object) -> None:
    for content in (json.dumps({"message": answer}).encode(), json.dumps(answer).encode()):
        for read in (read_crossref, read_openalex):
            try:
                read(content)
            except InputError:
                continue


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("2412.14093", Pointer(arxiv="2412.14093")),
        ("arXiv:2412.14093v2", Pointer(arxiv="2412.14093")),
        ("https://doi.org/10.48550/arXiv.2412.14093", Pointer(arxiv="2412.14093")),
        ("10.1038/s41586-025-09937-5", Pointer(doi="10.1038/s41586-025-09937-5")),
        ("https://www.nature.com/articles/s41586-025-09937-5", Pointer(doi="10.1038/s41586-025-09937-5")),
        ("https://example.org/post", Pointer(url="https://example.org/post")),
        ("paper.pdf", Pointer()),
        ("", Pointer()),
    ],
)
def test_a_pointer_is_told_from_a_file_name(name: str, pointer: Pointer) -> None:
    assert read_pointer(name) == pointer


def test_addresses_of_services_hold_the_identifier_encoded() -> None:
    assert Services().crossref_work("10.1/a b#c").endswith("/works/10.1%2Fa%20b%23c")
    assert Services().arxiv_texts("2412.14093", "v2")[1] == "https://arxiv.org/pdf/2412.14093v2"
