"""A report as a file: what it says in every form, escaped, the same bytes twice."""

from __future__ import annotations

import dataclasses
import io
import json

import docx
import pytest
from lxml import html

from kb.types import Label, Report
from service.report_export import FORMATS, export_report, list_corrections
from service.schemas import report_to_json
from tests.service import report_builders as build

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(2)) \x00\x1b[31m \"' `"


def contested() -> Report:
    """The example report with its first figure contested and a right figure known."""
    made = build.report()
    chosen = next(one for one in made.claims if one.claim.quantities)
    verdict = dataclasses.replace(
        chosen.verdict,
        label=Label.CONTESTED,
        reason="figure_differs",
        correction="41.3%",
        explanation="It is 41.3%.",
    )
    bent = dataclasses.replace(chosen, verdict=verdict)
    return dataclasses.replace(made, claims=tuple(bent if one is chosen else one for one in made.claims))


def hostile() -> Report:
    made = contested()
    claims = tuple(
        dataclasses.replace(
            one,
            claim=dataclasses.replace(
                one.claim, sentence=dataclasses.replace(one.claim.sentence, exact=HOSTILE)
            ),
            verdict=dataclasses.replace(one.verdict, explanation=HOSTILE),
        )
        for one in made.claims
    )
    return dataclasses.replace(
        made, claims=claims, document=dataclasses.replace(made.document, title=HOSTILE)
    )


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_gives_the_same_bytes(form: str) -> None:
    assert export_report(contested(), form) == export_report(contested(), form)


def test_every_claim_stands_in_the_word_file() -> None:
    made = contested()
    text = "\n".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(export_report(made, "docx"))).paragraphs
    )
    for checked in made.claims:
        assert " ".join(checked.claim.sentence.exact.split()) in text
        assert checked.verdict.explanation in text


def test_every_claim_stands_in_the_page() -> None:
    made = contested()
    page = html.fromstring(export_report(made, "html"))
    assert len(page.findall(".//section")) == len(made.claims)
    quoted = [one.text_content() for one in page.findall(".//blockquote")]
    assert quoted == [" ".join(one.claim.sentence.exact.split()) for one in made.claims]


def test_json_is_the_report_itself() -> None:
    assert json.loads(export_report(contested(), "json")) == json.loads(
        json.dumps(report_to_json(contested()))
    )


def test_corrections_name_the_figure_and_what_it_should_be() -> None:
    lines = list_corrections(contested())
    surface = next(one for one in contested().claims if one.claim.quantities).claim.quantities[0].surface
    assert f"“{surface}” → “41.3%”" in lines


def test_a_report_without_a_contested_claim_says_so() -> None:
    made = contested()
    calm = tuple(one for one in made.claims if one.verdict.label is not Label.CONTESTED)
    assert "No claim" in list_corrections(dataclasses.replace(made, claims=calm))


@pytest.mark.parametrize("form", ["html", "md", "docx", "txt"])
def test_hostile_words_stay_words(form: str) -> None:
    content = export_report(hostile(), form)
    if form == "docx":
        text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
        assert "<script>alert(1)</script>" in text
        return
    shown = content.decode()
    assert "\x1b" not in shown
    if form == "html":
        assert "<script" not in shown
        assert not [
            a for a in html.fromstring(content).findall(".//a") if "javascript:" in (a.get("href") or "")
        ]
    if form == "md":
        assert "<script" not in shown.replace("\\<script", "")
        assert "[x](" not in shown


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        export_report(contested(), "exe")
