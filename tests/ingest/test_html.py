"""Laws of reading HTML pages."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.builder import TextBuilder, is_exponent, read_label
from ingest.html import read_html
from ingest.html_tree import clean_tex
from ingest.limits import Limits
from ingest.reading import Reading
from kb.errors import InputError, LimitError
from kb.types import BlockKind

FILL = (
    "<p>This paragraph is here so that the page has a main text that is long enough to be found as such.</p>"
)


def read(
    body: str, *, head: str = "", url: str | None = "https://e.org/a/b", limits: Limits | None = None
) -> Reading:
    page = (
        f"<!doctype html><html><head>{head}</head><body><article>{FILL}{body}{FILL}</article></body></html>"
    )
    return read_html(page.encode(), "page", url, "text/html; charset=utf-8", limits=limits or Limits())


def marks(reading: Reading) -> list[tuple[str, str]]:
    """(label, letters in the text) of each mark."""
    return [(mark.label, reading.text[mark.start : mark.end]) for mark in reading.note_marks]


def shown(reading: Reading, kind: BlockKind) -> list[str]:
    return [reading.text[block.start : block.end] for block in reading.blocks if block.kind is kind]


# --------------------------------------------------------------------------- raised numbers


def test_a_power_of_ten_is_never_a_longer_number() -> None:
    text = read("<p>The threshold is 10<sup>25</sup> FLOP, or 10<sup>−3</sup>.</p>").text
    assert "10^25 FLOP, or 10^-3." in text


def test_a_note_mark_never_joins_a_figure() -> None:
    reading = read("<p>In 47%<sup>3</sup> of runs in 2023<sup>4</sup>, and in 1,024<sup>5</sup> cases.</p>")
    assert "In 47%[3] of runs in 2023[4], and in 1,024[5] cases." in reading.text
    assert [label for label, _ in marks(reading)] == ["3", "4", "5"]


def test_units_ordinals_and_formulas_keep_their_raised_parts() -> None:
    text = read(
        "<p>An area of 12 km<sup>2</sup>, the 5<sup>th</sup> of x<sup>n</sup> and H<sub>2</sub>O.</p>"
    ).text
    assert "12 km^2, the 5th of x^n and H2O." in text


@pytest.mark.parametrize(
    ("before", "raised", "expected"),
    [
        ("10", "25", True), ("about 10", "6", True), ("2", "32", True), ("km", "2", True), ("x", "2", True),
        ("2023", "4", False), ("84", "5", False), ("model", "9", False), ("47%", "3", False), ("end.", "1", False),
        ("1,024", "2", False), ("a", "1", False), ("10.5", "2", False), ("10", "−25", True), ("", "2", False),
    ],
)  # fmt: skip
def test_what_carries_an_exponent(before: str, raised: str, expected: bool) -> None:
    assert is_exponent(before, raised) is expected


@pytest.mark.parametrize(
    ("raised", "label"), [("12", "12"), ("[3]", "3"), ("a", "a"), ("†", "†"), ("TM", None), ("", None)]
)
def test_labels_are_told_from_other_raised_letters(raised: str, label: str | None) -> None:
    assert read_label(raised) == label


def test_formulas_become_a_line_of_text() -> None:
    text = read('<p>They reach <math alttext="97\\%\\sim 10^{25}"><mi>9</mi></math> of it.</p>').text
    assert "They reach 97%~10^25 of it." in text
    assert clean_tex(r"\frac{1}{2} \times \text{rate}") == "1/2 × rate"


# --------------------------------------------------------------------------- notes


def test_a_footnote_list_is_resolved_from_the_page_itself() -> None:
    reading = read(
        '<p>Nature<sup><a href="#fn1">1</a></sup> says so.<a href="#fn2" role="doc-noteref">2</a></p>'
        '<ol><li id="fn1">Betley et al., <a href="https://doi.org/10.1/x">Nature</a>. <a href="#fnref1">↩</a></li>'
        '<li id="fn2">A second note, see <a href="/c">here</a>.</li></ol>'
    )
    assert [(note.label, note.text, note.targets) for note in reading.notes] == [
        ("1", "Betley et al., Nature.", ("https://doi.org/10.1/x",)),
        ("2", "A second note, see here.", ("https://e.org/c",)),
    ]
    assert marks(reading) == [("1", "[1]"), ("2", "[2]")]
    assert "Nature[1] says so.[2]" in reading.text
    assert shown(reading, BlockKind.FOOTNOTE) == [
        "[1] Betley et al., Nature.",
        "[2] A second note, see here.",
    ]


@pytest.mark.parametrize(
    ("mark", "entry"),
    [
        ('<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>',
         '<ol class="references"><li id="cite_note-1"><a href="#cite_ref-1">^</a> Smith, 2020.</li></ol>'),
        ('<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>',
         '<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>'
         '<div class="footnote-content"><p>Smith, 2020.</p></div></div>'),
        ('<a href="#_ftn1" name="_ftnref1">[1]</a>', '<p><a href="#_ftnref1" name="_ftn1">[1]</a> Smith, 2020.</p>'),
        ('<sup><a href="#user-content-fn-1" data-footnote-ref>1</a></sup>',
         '<section class="footnotes"><ol><li id="user-content-fn-1"><p>Smith, 2020. '
         '<a href="#user-content-fnref-1" class="data-footnote-backref">↩</a></p></li></ol></section>'),
        ('<sup><a href="#ref-CR1">1</a></sup>', '<ol><li><p id="ref-CR1">Smith, 2020.</p></li></ol>'),
        ('<d-footnote>Smith, 2020.</d-footnote>', ""),
        ('<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer">'
         '<span class="ltx_note_content"><sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>'
         "Smith, 2020.</span></span></span>", ""),
    ],
    ids=["wikipedia", "substack", "word", "github", "nature", "distill", "arxiv"],
)  # fmt: skip
def test_the_ways_that_sites_write_footnotes(mark: str, entry: str) -> None:
    reading = read(f"<p>It was refused in most of the cases.{mark} The rest agreed.</p>{entry}")
    assert [(note.label, note.text) for note in reading.notes] == [("1", "Smith, 2020.")]
    assert marks(reading) == [("1", "[1]")]
    assert "of the cases.[1] The rest" in reading.text


def test_citations_in_brackets_stay_in_the_text_and_are_marks() -> None:
    reading = read(
        '<p>As shown [<a href="#bib.bib2" class="ltx_ref">2</a>] by <cite class="ltx_cite">'
        '<a class="ltx_ref" href="#bib.bib1">Greenblatt et al. (2024)</a></cite>.</p>'
        '<ul class="ltx_biblist"><li class="ltx_bibitem" id="bib.bib1"><span class="ltx_tag">Greenblatt et al. (2024)'
        '</span> Alignment faking. arXiv:2412.14093.</li><li class="ltx_bibitem" id="bib.bib2">Doe. Things. 2020.</li></ul>'
    )
    assert "As shown [2] by Greenblatt et al. (2024)." in reading.text
    spans = [(mark.label, reading.text[mark.start : mark.end]) for mark in reading.note_marks]
    assert spans == [("2", "2"), ("Greenblatt et al. (2024)", "Greenblatt et al. (2024)")]
    assert {target for note in reading.notes for target in note.targets} == {
        "https://arxiv.org/abs/2412.14093"
    }


def test_a_link_to_a_section_is_no_note() -> None:
    reading = read('<p>See section <a href="#s2">2</a> of this page.</p><h2 id="s2">Second part</h2>')
    assert reading.notes == () and reading.note_marks == ()


# --------------------------------------------------------------------------- structure


def test_structure_becomes_blocks() -> None:
    reading = read(
        "<h2>Numbers</h2><ul><li>first <b>item</b> here</li><li><p>second item here</p></li></ul>"
        "<blockquote><p>We generally don’t know.</p></blockquote>"
        "<figure><img src=x.png><figcaption>Figure 1: Share of runs, 33%.</figcaption></figure>"
        "<table><caption>Table 1. Scores.</caption><tr><th>Model</th><th>Score</th></tr>"
        "<tr><td>GPT-4o</td><td>12.5</td></tr></table><p>One<br>two.</p>"
    )
    assert shown(reading, BlockKind.HEADING) == ["Numbers"]
    assert shown(reading, BlockKind.LIST_ITEM) == ["first item here", "second item here"]
    assert shown(reading, BlockKind.QUOTE) == ["We generally don’t know."]
    assert shown(reading, BlockKind.CAPTION) == ["Figure 1: Share of runs, 33%.", "Table 1. Scores."]
    rows = [block for block in reading.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [(reading.text[row.start : row.end], row.headers) for row in rows] == [
        ("Model | Score", ()), ("GPT-4o | 12.5", ("Model", "Score")),
    ]  # fmt: skip
    assert {block.section for block in reading.blocks if block.start > reading.text.index("first")} >= {
        "Numbers"
    }


def test_links_span_their_words_and_are_absolute() -> None:
    reading = read(
        '<p>See <a href="../c?d=1">the paper</a>, <a href="#x">x</a> and <a href="javascript:alert(1)">y</a>.</p>'
    )
    assert [(reading.text[link.start : link.end], link.target) for link in reading.links] == [
        ("the paper", "https://e.org/c?d=1")
    ]


def test_what_a_reader_does_not_see_is_left_out() -> None:
    reading = read(
        '<p style="display:none">99 percent hidden</p><p hidden>98 percent</p><script>var x = "97 percent"</script>'
        "<style>p{}</style><!-- 96 percent --><template><p>95 percent</p></template>"
    )
    assert "percent" not in reading.text


def test_markup_is_never_text() -> None:
    reading = read(
        "<p>A &lt;script&gt; tag in words, <img src=x onerror=alert(1)> and <svg><script>alert(1)</script></svg>.</p>"
    )
    assert "alert" not in reading.text
    assert "A <script> tag in words" in reading.text


# --------------------------------------------------------------------------- what a page says of itself


def test_meta_elements_describe_the_page() -> None:
    head = (
        '<title>Models that fake | The Site</title><meta property="article:published_time" content="2026-03-04T10:00:00Z">'
        '<meta name="author" content="Jane Roe and John Doe">'
    )
    reading = read("", head=head)
    assert (reading.title, reading.published, reading.authors) == (
        "Models that fake",
        "2026-03-04",
        ("Jane Roe", "John Doe"),
    )


def test_linked_data_describes_the_page() -> None:
    head = (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "A head line",'
        '"datePublished": "2025-01-02", "author": [{"name": "A. Smith"}]}]}</script>'
    )
    reading = read("", head=head)
    assert (reading.title, reading.published, reading.authors) == ("A head line", "2025-01-02", ("A. Smith",))


@pytest.mark.parametrize(
    "content", ["{", '{"@type": ["x"]}', "[" * 5_000, "null", '{"@type": "Article", "author": 5}']
)
def test_broken_linked_data_is_no_fault(content: str) -> None:
    read("", head=f'<script type="application/ld+json">{content}</script>')


# --------------------------------------------------------------------------- bytes and limits


@pytest.mark.parametrize(
    ("encoding", "head"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("cp1252", "<meta charset=iso-8859-1>"),
     ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">')],
)  # fmt: skip
def test_a_page_is_decoded_as_it_says(encoding: str, head: str) -> None:
    page = f"<html><head>{head}</head><body>{FILL}<p>The café’s rate is 5 € in all.</p>{FILL}</body></html>"
    assert "The café’s rate is 5 € in all." in read_html(page.encode(encoding), "p", None, None).text


@pytest.mark.parametrize(
    "page", [b"<html></html>", b"<html><body><script>x()</script></body></html>", b"<p> </p>"]
)
def test_a_page_without_text_is_refused(page: bytes) -> None:
    with pytest.raises(InputError, match="no text"):
        read_html(page, "p", None, None)


def test_a_page_nested_too_deep_is_over_a_limit_and_never_empty() -> None:
    page = "<div>" * 3_000 + "text" + "</div>" * 3_000
    with pytest.raises(LimitError, match="nested"):
        read(page)


def test_a_page_of_too_many_elements_is_over_a_limit() -> None:
    with pytest.raises(LimitError, match="elements"):
        read("<b>x</b>" * 5_000, limits=Limits(html_nodes=4_000))


def test_a_page_of_too_many_bytes_is_over_a_limit() -> None:
    with pytest.raises(LimitError, match="larger"):
        read("x" * 1_000, limits=Limits(html_bytes=500))


def test_nothing_that_a_page_names_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise RuntimeError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    read(
        '<base href="http://127.0.0.1/"><link rel=stylesheet href="http://127.0.0.1/x.css"><iframe src="http://127.0.0.1/">'
        '</iframe><img src="http://127.0.0.1/i.png"><object data="http://127.0.0.1/o"></object>'
    )


def test_entities_are_not_expanded() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'
        '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<html><body>{FILL}<p>One &c; and &x; two.</p></body></html>"
    )
    text = read_html(page.encode(), "p", None, None).text
    assert "aaaaaaaaaa" not in text.split("One")[-1]
    assert "root:" not in text


@given(st.lists(st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<table><tr><td>", "</td></tr></table>", "<sup>", "</sup>", "<a href='#fn1'>", "</a>",
     "<li id=fn1>", "<ol>", "</ol>", "1", " words of text. ", "<b>", "<br>", "\ue000", "\ue0000\ue001", "<math alttext='x^{2}'>",
     "<blockquote>", "<figure><figcaption>", "</figcaption></figure>", "<code>", "</code>", "<h2>", "</h2>", "\x00", "&amp;"]
), max_size=40))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_soup_gives_blocks_in_order_or_a_refusal(parts: list[str]) -> None:
    try:
        reading = read_html("".join(parts).encode(), "p", "https://e.org/", None)
    except InputError:
        return
    position = 0
    for block in reading.blocks:
        assert position <= block.start < block.end <= len(reading.text)
        assert reading.text[block.start : block.end].strip() == reading.text[block.start : block.end]
        position = block.end
    for span in (*reading.links, *reading.note_marks):
        assert 0 <= span.start <= span.end <= len(reading.text)


def test_a_builder_collapses_white_space_inside_a_block() -> None:
    builder = TextBuilder()
    builder.begin(BlockKind.PARAGRAPH)
    for part in (" a ", "\n b", "c", " ", "d "):
        builder.write(part)
    builder.end()
    assert builder.text == "a bc d"


# --------------------------------------------------------------------------- tables


def rows(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (reading.text[block.start : block.end], block.headers)
        for block in reading.blocks
        if block.kind is BlockKind.TABLE_ROW
    ]


def test_cells_that_span_rows_and_columns_stand_in_each_of_them() -> None:
    reading = read(
        "<table><tr><th rowspan=2>Model</th><th colspan=2>Rate</th></tr><tr><th>before</th><th>after</th></tr>"
        "<tr><th rowspan=2>Larch</th><td>12%</td><td>3%</td></tr><tr><td>14%</td><td>4%</td></tr></table>"
    )
    headers = ("Model", "Rate before", "Rate after")
    assert rows(reading) == [
        (" | ".join(headers), ()),
        ("Larch | 12% | 3%", headers),
        ("Larch | 14% | 4%", headers),
    ]


def test_an_empty_cell_keeps_its_column() -> None:
    reading = read(
        "<table><tr><th>Model</th><th>May</th><th>June</th></tr><tr><td>A</td><td></td><td>5%</td></tr></table>"
    )
    assert rows(reading)[1] == ("A | | 5%", ("Model", "May", "June"))


def test_a_first_row_of_words_over_figures_is_a_header_without_being_marked_as_one() -> None:
    reading = read(
        "<table><tr><td><b>Model</b></td><td><b>At least 10%</b></td></tr><tr><td>A</td><td>5%</td></tr>"
        "<tr><td>B</td><td>7%</td></tr></table>"
        "<table><tr><td>Model</td><td>Rate</td></tr><tr><td>A</td><td>5%</td></tr></table>"
    )
    assert [headers for _, headers in rows(reading)] == [
        (), ("Model", "At least 10%"), ("Model", "At least 10%"), (), ("Model", "Rate"),
    ]  # fmt: skip


def test_a_table_without_headers_has_none() -> None:
    reading = read("<table><tr><td>A</td><td>5%</td></tr><tr><td>B</td><td>7%</td></tr></table>")
    assert rows(reading) == [("A | 5%", ()), ("B | 7%", ())]


def test_a_sub_heading_inside_a_table_is_said_once() -> None:
    reading = read(
        "<table><tr><th>Model</th><th>Rate</th></tr><tr><td colspan=2>Open models</td></tr>"
        "<tr><td>A</td><td>5%</td></tr></table>"
    )
    assert rows(reading)[1] == ("Open models", ())


def test_links_marks_and_powers_in_cells_are_kept() -> None:
    reading = read(
        '<table><tr><th>Model</th><th>10<sup>24</sup> FLOP</th></tr><tr><td><a href="/a">A</a></td>'
        "<td>5%<sup>3</sup></td></tr></table>"
    )
    assert rows(reading)[1] == ("A | 5%[3]", ("Model", "10^24 FLOP"))
    assert [link.target for link in reading.links] == ["https://e.org/a"]


def test_spans_without_end_are_bounded() -> None:
    row = "<tr>" + "<td rowspan=65534 colspan=1000>1</td>" * 50 + "</tr>"
    assert len(read(f"<table>{row * 50}</table>").text) < 100_000


# --------------------------------------------------------------------------- captions, notes and powers


def test_a_caption_stands_where_the_page_has_it() -> None:
    reading = read(
        "<figure><figcaption>Table 1. Above.</figcaption><table><tr><th>Model</th><th>Rate</th></tr>"
        "<tr><td>A</td><td>5%</td></tr></table></figure>"
        "<div><table><tr><th>Model</th><th>Rate</th></tr><tr><td>B</td><td>6%</td></tr></table></div>"
        '<p class="caption">Table 2. Below, 10,000 answers.</p>'
    )
    kinds = [reading.text[block.start : block.end][:12] for block in reading.blocks[1:-1]]
    assert kinds == ["Table 1. Abo", "Model | Rate", "A | 5%", "Model | Rate", "B | 6%", "Table 2. Bel"]
    assert len(shown(reading, BlockKind.CAPTION)) == 2


def test_a_power_in_a_note_is_never_a_longer_number() -> None:
    reading = read(
        '<p>So it is.<sup><a href="#fn1">1</a></sup></p><ol><li id="fn1">Above 10<sup>25</sup> FLOP, see'
        '<sup><a href="#fn2">2</a></sup>.</li><li id="fn2">Another note of ours.</li></ol>'
    )
    assert reading.notes[0].text == "Above 10^25 FLOP, see[2]."


def test_a_raised_number_behind_a_decimal_is_a_power_where_no_note_has_it() -> None:
    note = '<sup><a href="#fn1">1</a></sup></p><ol><li id="fn1">A note of ours.</li></ol>'
    assert "0.8^20 of" in read(f"<p>The chance is 0.8<sup>20</sup> of it.{note}").text
    assert "0.8[1] of" in read(f"<p>The kappa is 0.8<sup>1</sup> of it.{note}").text


def test_a_mark_that_only_its_raised_holder_calls_a_reference_is_one() -> None:
    reading = read(
        '<p>It is so.<sup class="reference"><a href="#cite_note-r1">[R1]</a></sup></p>'
        '<ol class="references"><li id="cite_note-r1">Smith, 2020, a source.</li></ol>'
    )
    assert marks(reading) == [("R1", "[R1]")]


def test_letters_are_kept_as_they_were_written() -> None:
    assert (
        "In all ４７% and 𝟒𝟕% and ½ of ①, ﬁne Å."
        in read("<p>In all ４７% and 𝟒𝟕% and ½ of ①, ﬁne Å.</p>").text
    )
