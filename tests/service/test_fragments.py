"""Laws of the links that open a source at the words quoted."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text import make_selector
from kb.types import Selector
from service.fragments import fragment_url, safe_url, source_url

PAGE = "https://lab.example/post"


def _directive(text: str, start: int = 0, end: int | None = None, url: str = PAGE) -> str:
    link = fragment_url(url, make_selector(text, start, len(text) if end is None else end))
    assert link is not None
    return link.split(":~:text=")[1]


def test_hyphen_comma_and_ampersand_are_percent_encoded() -> None:
    assert _directive("state-of-the-art, R&D costs rose by 5%") == (
        "state%2Dof%2Dthe%2Dart%2C%20R%26D%20costs%20rose%20by%205%25"
    )


def test_a_long_passage_is_given_by_its_start_and_end() -> None:
    words = " ".join(f"word{i}" for i in range(60))
    start, end = _directive(words).split(",")
    assert unquote(start) == "word0 word1 word2 word3 word4 word5"
    assert unquote(end) == "word54 word55 word56 word57 word58 word59"


def test_a_passage_over_two_blocks_is_given_by_its_start_and_end() -> None:
    assert _directive("first block ends here\n\nand the next begins") == (
        "first%20block%20ends%20here,and%20the%20next%20begins"
    )


def test_a_short_passage_names_its_neighbours_in_whole_words() -> None:
    text = "Of all the runs that we saw, some 25% failed under the strict setting of the test."
    start = text.index("25%")
    assert _directive(text, start, start + 3) == (
        "that%20we%20saw%2C%20some-,25%25,-failed%20under%20the%20strict"
    )


def test_neighbours_in_another_block_are_given_without_the_line_break() -> None:
    text = "A heading\n25% failed"
    assert _directive(text, 10, 13) == "heading-,25%25"  # the first word may be cut, so it is dropped
    assert _directive("intro\nA heading\n25%", 16, 19) == "A%20heading-,25%25"


def test_a_pdf_page_is_opened_by_number() -> None:
    selector = make_selector("some words", 0, 4)
    assert fragment_url("https://lab.example/a.pdf#x", selector, 7) == "https://lab.example/a.pdf#page=7"


def test_a_page_of_an_arxiv_paper_is_a_page_of_its_pdf() -> None:
    assert fragment_url("https://arxiv.org/abs/2505.05410v2", None, 3) == (
        "https://arxiv.org/pdf/2505.05410v2#page=3"
    )


def test_an_address_with_a_fragment_keeps_it() -> None:
    link = fragment_url(PAGE + "#results", make_selector("five words stand in here", 0, 24))
    assert link == PAGE + "#results:~:text=five%20words%20stand%20in%20here"


def test_nothing_to_point_at_gives_no_link() -> None:
    assert fragment_url(PAGE, None) is None
    assert fragment_url(None, make_selector("words", 0, 5)) is None
    assert fragment_url(PAGE, make_selector(" \n ", 0, 3)) is None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "//evil.example/x", "/local",
        "https:", "https://", "http://a b", 'https://x.example/"onmouseover="x', "https://u:p@x.example/",
        "https://x.example\\@y.example/", "https://[::1", "https://x.example/\x00", "https://x/" + "a" * 3000,
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_ever_links(url: str) -> None:
    assert safe_url(url) is None
    assert fragment_url(url, make_selector("words", 0, 5)) is None


def test_a_source_without_an_address_is_reached_by_doi_then_arxiv() -> None:
    assert source_url(None, "10.1038/s41586-025-1", "2401.1") == "https://doi.org/10.1038/s41586-025-1"
    assert source_url("javascript:1", None, "2401.05566") == "https://arxiv.org/abs/2401.05566"
    assert source_url(None) is None


@given(st.text(max_size=400), st.text(max_size=32), st.text(max_size=32))
def test_a_fragment_is_ascii_and_its_syntax_is_ours_alone(exact: str, prefix: str, suffix: str) -> None:
    selector = Selector(start=0, end=len(exact), exact=exact, prefix=prefix, suffix=suffix)
    link = fragment_url(PAGE, selector)
    if link is None:
        return
    directive = link.removeprefix(PAGE + "#:~:text=")
    assert directive.isascii()
    assert directive.count(",") <= 2
    assert "&" not in directive
    assert directive.replace("-,", "").replace(",-", "").count("-") == 0


@given(st.text())
def test_any_address_is_judged_without_an_error(url: str) -> None:
    safe = safe_url(url)
    assert safe is None or safe.lower().startswith(("http://", "https://"))
