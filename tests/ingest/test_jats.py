"""JATS articles: sections, tables, notes and references are read; entities and DTDs never."""

from __future__ import annotations

import pytest

from ingest.jats import looks_like_jats
from ingest.limits import Limits
from ingest.read import read_document
from kb.errors import InputError, LimitError
from kb.types import BlockKind, Document, Raw

_DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.3 20210610//EN" "JATS.dtd">'
_FRONT = """<front><article-meta><article-id pub-id-type="doi">10.1234/trial.7</article-id>
<title-group><article-title>Do models <italic>lie</italic> to auditors?</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Smith</surname><given-names>Ann</given-names></name>
</contrib><contrib contrib-type="author"><collab>Audit Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib></contrib-group>
<pub-date pub-type="ppub"><year>2025</year></pub-date>
<pub-date pub-type="epub"><day>7</day><month>Mar</month><year>2025</year></pub-date>
<abstract><p>We tested 12 models. In 47.3% of 200 audits the model lied to the auditor.</p></abstract>
</article-meta></front>"""
_BODY = """<body><sec><title>Results</title>
<p>Earlier work found 52%<xref ref-type="bibr" rid="B1"><sup>1</sup></xref> with 10<sup>25</sup> operations.</p>
<table-wrap id="T1"><label>Table 1</label><caption><title>Rates of lying</title></caption>
<table><thead><tr><th>Model</th><th>Rate</th></tr></thead><tbody><tr><td>Model A</td><td>47.3%</td></tr></tbody></table>
</table-wrap><p>As <inline-formula><tex-math>$p &lt; 0.05$</tex-math></inline-formula>, it holds; see
<ext-link xlink:href="https://example.org/code">our code</ext-link>.</p></sec></body>"""
_BACK = """<back><ref-list><title>References</title><ref id="B1"><label>1.</label><element-citation>
<article-title>Lies</article-title><year>2024</year><pub-id pub-id-type="doi">10.1038/x.1</pub-id>
</element-citation></ref></ref-list></back>"""


def _article(doctype: str = _DOCTYPE, *, body: str = _BODY) -> bytes:
    opening = '<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article">'
    return f'<?xml version="1.0"?>{doctype}{opening}{_FRONT}{body}{_BACK}</article>'.encode()


def _read(content: bytes) -> Document:
    return read_document(Raw(name="a.xml", content=content)).items[0]


@pytest.mark.parametrize("doctype", [_DOCTYPE, ""])
def test_an_article_says_who_wrote_it_and_when(doctype: str) -> None:
    document = _read(_article(doctype))
    assert document.media_type == "application/jats+xml"
    assert document.title == "Do models lie to auditors?"
    assert document.authors == ("Ann Smith", "Audit Group")
    assert document.published == "2025-03-07"
    assert document.url == "https://doi.org/10.1234/trial.7"


def test_tables_captions_formulas_and_exponents_are_read() -> None:
    document = _read(_article())
    blocks = [(b.kind, document.text[b.start : b.end], b.section) for b in document.blocks]
    assert (BlockKind.CAPTION, "Table 1. Rates of lying", "Results") in blocks
    assert (BlockKind.TABLE_ROW, "Model A | 47.3%", "Results") in blocks
    assert "52%[1] with 10^25 operations" in document.text
    assert "As p < 0.05, it holds" in document.text
    row = next(b for b in document.blocks if "47.3%" in document.text[b.start : b.end] and b.headers)
    assert row.headers == ("Model", "Rate")


def test_a_mark_leads_to_its_reference_and_the_reference_to_its_doi() -> None:
    document = _read(_article())
    assert [mark.label for mark in document.note_marks] == ["1"]
    assert document.notes[0].targets == ("https://doi.org/10.1038/x.1",)
    assert next(link.target for link in document.links) == "https://example.org/code"


def test_jats_inside_a_namespace_and_a_set_is_read() -> None:
    wrapped = _article("").replace(b'<?xml version="1.0"?>', b'<?xml version="1.0"?><pmc-articleset>')
    wrapped = (
        wrapped.replace(b"<article ", b'<article xmlns="https://jats.nlm.nih.gov" ') + b"</pmc-articleset>"
    )
    assert _read(wrapped).title == "Do models lie to auditors?"


def test_entities_are_refused() -> None:
    bomb = _article().replace(
        _DOCTYPE.encode(), b'<!DOCTYPE article [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
    )
    with pytest.raises(InputError):
        _read(bomb)


def test_a_file_named_in_a_doctype_is_never_opened() -> None:
    with pytest.raises(InputError):
        _read(
            _article().replace(
                _DOCTYPE.encode(), b'<!DOCTYPE article [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            )
        )


def test_broken_xml_is_named() -> None:
    with pytest.raises(InputError, match="no well-formed XML"):
        _read(_article().replace(b"</body>", b""))


def test_too_much_xml_is_refused() -> None:
    with pytest.raises(LimitError, match="larger than"):
        read_document(Raw(name="a.xml", content=_article()), limits=Limits(html_bytes=500))


@pytest.mark.parametrize(
    "head",
    [
        b"<html><body><article><p>x</p></article>",
        b"<article class='post'><h1>x</h1>",
        b"{}",
        b"<?xml version='1.0'?><rss/>",
    ],
)
def test_a_page_with_an_article_is_no_jats(head: bytes) -> None:
    assert not looks_like_jats(head)
