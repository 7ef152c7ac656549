"""Two ways to write one pointer compare equal; two pointers stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.identifiers import find_pointers, is_web_address, read_address, read_arxiv, read_doi


@pytest.mark.parametrize(
    "pointer",
    [
        "2412.14093", "arXiv:2412.14093", "arxiv:2412.14093v3", "arXiv preprint arXiv:2412.14093",
        "arXiv:2412.14093v1 [cs.AI]", "https://arxiv.org/abs/2412.14093", "http://www.arxiv.org/abs/2412.14093v2",
        "https://arxiv.org/pdf/2412.14093", "https://arxiv.org/pdf/2412.14093v1.pdf", "https://arxiv.org/html/2412.14093v2",
        "https://export.arxiv.org/abs/2412.14093", "https://ar5iv.labs.arxiv.org/html/2412.14093",
        "https://ar5iv.org/abs/2412.14093", "https://doi.org/10.48550/arXiv.2412.14093",
        "10.48550/arXiv.2412.14093", "doi:10.48550/ARXIV.2412.14093", "https://huggingface.co/papers/2412.14093",
        "https://www.alphaxiv.org/abs/2412.14093v2", "https://arxiv.org/abs/2412.14093?context=cs#S1",
    ],
)  # fmt: skip
def test_every_form_of_an_arxiv_id_is_one(pointer: str) -> None:
    assert read_arxiv(pointer) == "2412.14093"


@pytest.mark.parametrize(
    "pointer", ["2412.1409345", "2413.14093", "https://example.org/abs/2412.14093", "v2412.14093x"]
)
def test_what_only_looks_like_an_arxiv_id_is_none(pointer: str) -> None:
    assert read_arxiv(pointer) is None


def test_old_arxiv_ids_are_read() -> None:
    assert read_arxiv("https://arxiv.org/abs/hep-th/9901001v2") == "hep-th/9901001"


@pytest.mark.parametrize(
    "pointer",
    [
        "10.1007/s10506-024-09396-9", "doi:10.1007/S10506-024-09396-9", "DOI: 10.1007/s10506-024-09396-9",
        "https://doi.org/10.1007/s10506-024-09396-9", "http://dx.doi.org/10.1007/s10506-024-09396-9",
        "https://link.springer.com/article/10.1007/s10506-024-09396-9",
        "https://link.springer.com/content/pdf/10.1007/s10506-024-09396-9.pdf",
        "https://doi.org/10.1007%2Fs10506-024-09396-9",
    ],
)  # fmt: skip
def test_every_form_of_a_doi_is_one(pointer: str) -> None:
    assert read_doi(pointer) == "10.1007/s10506-024-09396-9"


def test_a_nature_address_holds_its_doi() -> None:
    assert read_doi("https://www.nature.com/articles/s41586-025-09937-5.pdf") == "10.1038/s41586-025-09937-5"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.org/a/b", "http://example.org/a/b/", "HTTPS://EXAMPLE.ORG/a/b", "//example.org/a/b",
        "https://example.org:443/a/b#part", "https://example.org/a/b?utm_source=x&utm_medium=y&fbclid=z",
        "https://m.example.org/a/b", "https://amp.example.org/a/b/amp/", "https://example.org/a/b/index.html",
        "https://example.org/a//b", "https://example.org/a/%62",
        "https://web.archive.org/web/20250620010203/https://example.org/a/b",
        "https://web.archive.org/web/20250620id_/http://www.example.org/a/b/",
        "https://archive.ph/2025/https://example.org/a/b",
        "https://www.google.com/url?q=https://example.org/a/b&sa=D",
    ],
)  # fmt: skip
def test_every_form_of_an_address_is_one(address: str) -> None:
    assert read_address(address) == "example.org/a/b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a?page=1", "https://example.org/a?page=2"),
        ("https://example.org/a", "https://blog.example.org/a"),
        ("https://example.org/a", "https://example.org:8080/a"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert read_address(one) != read_address(other)


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "https://example.org/", "mailto:a@example.org", "javascript:alert(1)", "file:///etc/passwd",
     "https://example.org@evil.org/a", "http://[::1", "example.org/a", ""],
)  # fmt: skip
def test_a_bare_site_or_another_scheme_identifies_nothing(address: str) -> None:
    assert read_address(address) is None


def test_an_archived_copy_of_an_archived_copy_without_end_is_given_up() -> None:
    address = "https://example.org/a"
    for _ in range(20):
        address = f"https://web.archive.org/web/2025/{address}"
    assert read_address(address) is None


def test_a_forum_post_is_the_same_on_its_mirrors_with_and_without_its_title() -> None:
    short = read_address("https://www.alignmentforum.org/posts/wnzkjSmrgWZaBa2aC/")
    assert short == read_address("https://www.lesswrong.com/posts/wnzkjSmrgWZaBa2aC/a-title-of-the-post")


@pytest.mark.parametrize(
    "text", ["https://example.org/a b", "example.org", "ftp://example.org/a", "https://a@b.org/"]
)
def test_only_a_clean_web_address_counts_as_one(text: str) -> None:
    assert not is_web_address(text)


def test_pointers_in_a_note_come_in_order_without_the_sentence_around_them() -> None:
    note = "See Smith (https://example.org/a_(b)), arXiv:2412.14093, and doi.org: 10.1007/s10506-024-09396-9."
    assert find_pointers(note) == (
        "https://example.org/a_(b)",
        "arXiv:2412.14093",
        "10.1007/s10506-024-09396-9",
    )


_SEGMENT = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)


@given(
    st.lists(_SEGMENT, min_size=1, max_size=4),
    st.sampled_from(["http", "https"]),
    st.booleans(),
    st.booleans(),
)
def test_scheme_www_slash_and_tracking_never_matter(
    segments: list[str], scheme: str, www: bool, tracked: bool
) -> None:
    path = "/".join(segments)
    plain = read_address(f"https://example.org/{path}")
    dressed = (
        f"{scheme}://{'www.' if www else ''}example.org/{path}/{'?utm_campaign=x' if tracked else ''}#top"
    )
    assert read_address(dressed) == plain


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_doi(text)
    read_arxiv(text)
    read_address(text)
    read_address(f"https://{text}")
    find_pointers(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://en.m.wikipedia.org/wiki/AI_safety", "https://en.wikipedia.org/wiki/AI_safety"),
        ("https://www.google.com/amp/s/www.example.org/news/a", "https://example.org/news/a"),
        (
            "https://open.substack.com/pub/thelab/p/a-post?utm_source=x",
            "https://thelab.substack.com/p/a-post",
        ),
        ("https://openreview.net/pdf?id=Ab1-_c", "https://openreview.net/forum?id=Ab1-_c"),
        ("https://aclanthology.org/2024.acl-long.1.pdf", "https://aclanthology.org/2024.acl-long.1/"),
        ("http://m.example.org/a/", "https://www.example.org/a"),
        ("https://amp.example.org/a?amp=1", "https://example.org/a"),
    ],
)
def test_mobile_amp_and_mirror_addresses_are_the_page(one: str, other: str) -> None:
    assert read_address(one) == read_address(other) is not None


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://www.nber.org/papers/w32487", "10.3386/w32487"),
        ("https://www.nber.org/system/files/working_papers/w32487/w32487.pdf", "10.3386/w32487"),
        ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4475995", "10.2139/ssrn.4475995"),
        ("https://ssrn.com/abstract=4475995", "10.2139/ssrn.4475995"),
        ("https://www.nber.org/papers", None),
        ("https://papers.ssrn.com/sol3/papers.cfm", None),
    ],
)
def test_an_address_that_holds_its_own_doi_is_that_doi(address: str, doi: str | None) -> None:
    assert read_doi(address) == doi
