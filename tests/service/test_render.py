"""The report on a terminal: summary first, claims in order, never colour alone, nothing hostile passed on."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from kb.types import CheckedClaim, Comparison, Label, Report, Selector, Stance, Step
from service.render import ReportPrinter
from tests.factories import make_checked, make_claim, make_document, make_evidence, make_report, make_source

TEXT = "The model lied in 47% of runs. Nobody had expected that."


def print_lines(lines: Any, *, width: int = 100, color: bool = False, encoding: str = "utf-8") -> str:
    """What a console of this kind would show."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    console = make_console(stream, width=width, color=color)
    for line in lines(ReportPrinter(console)):
        console.print(line, soft_wrap=True)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


def make_console(stream: Any, *, width: int, color: bool) -> Console:
    system = "standard" if color else None
    return Console(
        file=stream, width=width, color_system=system, force_terminal=color, highlight=False, markup=False
    )  # type: ignore[arg-type]


def contested_claim(**fields: Any) -> CheckedClaim:
    claim = make_claim()
    comparison = Comparison(relation="differs", detail="47% is not 37%", claimed="47%", found="37%")
    defaults: dict[str, Any] = {
        "kind": "passage",
        "statement": None,
        "selector": Selector(start=5, end=38, exact="We find that 37 percent of runs lie."),
        "stance": Stance.REFUTES,
        "comparison": comparison,
        "caveats": ("one model only",),
        "locator": "section 3",
    }
    evidence = make_evidence(claim, **{**defaults, **fields})
    return make_checked(
        claim,
        evidence,
        label=Label.CONTESTED,
        reason="figure_differs",
        explanation="The source gives 37%, not 47%.",
        correction="37%",
        trace=(Step(rule="compare", detail="47% against 37%"),),
    )


def report_of(*claims: CheckedClaim) -> Report:
    source = make_source(title="Lies at scale", publisher="Lab", url="https://example.org/lies")
    return make_report(make_document(TEXT), *claims, sources=(source,))


def test_the_summary_line_comes_first() -> None:
    report = report_of(contested_claim(), make_checked(make_claim(), label=None, reason="failed"))
    first = print_lines(lambda printer: printer.report(report)).splitlines()[0]
    assert first == "2 claims: 0 supported, 1 contested, 0 unsourced, 1 not checked"


def test_a_report_without_claims_says_so() -> None:
    report = make_report(make_document(TEXT), claims=())
    shown = print_lines(lambda printer: printer.report(report))
    assert shown == "0 claims: nothing in it that can be checked.\n"


def test_claims_come_in_the_order_of_the_article() -> None:
    report = report_of(make_checked(label=Label.UNSOURCED), contested_claim())
    shown = print_lines(lambda printer: printer.report(report))
    assert shown.index("  1  ? unsourced") < shown.index("  2  ≠ contested")


@pytest.mark.parametrize(
    "wanted",
    [
        "≠ contested · Figure differs",
        "The model lied in »47%« of runs.",
        "why        The source gives 37%, not 47%.",
        "claimed    47%",
        "found      37%",
        "should be  37%",
        "source     Lies at scale (Lab, 2025-01-15)",
        "https://example.org/lies",
        "passage    “We find that 37 percent of runs lie.” (section 3)",
        "left out   one model only",
    ],
)
def test_a_claim_shows_what_decides_it(wanted: str) -> None:
    assert wanted in print_lines(lambda printer: printer.report(report_of(contested_claim())))


def test_a_finding_is_our_words_and_never_in_quotation_marks() -> None:
    claim = contested_claim(kind="finding", selector=None, statement="In 37% of 200 runs the model lied.")
    shown = print_lines(lambda printer: printer.report(report_of(claim)))
    assert "finding    In 37% of 200 runs the model lied. (our words; section 3)" in shown
    assert "“" not in shown


def test_labels_are_words_and_signs_without_colour() -> None:
    shown = print_lines(lambda printer: printer.report(report_of(contested_claim())))
    assert "\x1b" not in shown


def test_an_output_without_utf_8_gets_plain_signs() -> None:
    shown = print_lines(lambda printer: printer.report(report_of(contested_claim())), encoding="ascii")
    assert "! contested - Figure differs" in shown
    assert ">>47%<<" in shown


def test_colour_marks_the_span_instead_of_signs() -> None:
    shown = print_lines(lambda printer: printer.report(report_of(contested_claim())), color=True)
    assert "\x1b[1;4m47%\x1b[0m" in shown
    assert "»" not in shown


def test_lines_keep_to_the_width_of_the_terminal() -> None:
    claim = contested_claim(selector=Selector(start=0, end=900, exact="a lie in many words " * 30))
    shown = print_lines(lambda printer: printer.report(report_of(claim)), width=60)
    assert max(map(len, shown.splitlines()[1:])) <= 60


def test_a_long_passage_is_cut_with_a_mark() -> None:
    claim = contested_claim(selector=Selector(start=0, end=4000, exact="a lie in many words " * 200))
    assert "[…]”" in print_lines(lambda printer: printer.report(report_of(claim)))


def test_hostile_text_is_made_visible() -> None:
    text = "The \x1b[2Jmodel lied in 4\u202e7% of runs."
    document = make_document(text)
    claim = make_claim(text, sentence=(0, len(text)), span=(22, 26))
    source = make_source(title="Lies\x07 at\u200b scale")
    evidence = make_evidence(claim, statement="Ru\x9bns", caveats=("a\x1b]0;title\x07b",))
    checked = make_checked(claim, evidence, explanation="be\x08cause")
    report = make_report(document, checked, sources=(source,))
    shown = print_lines(lambda printer: printer.report(report)) + print_lines(
        lambda printer: printer.trace(1, checked, {source.id: source})
    )
    assert not set("\x1b\x07\x08\x9b\u202e\u200b") & set(shown)
    assert "<U+001B>[2J" in shown
    assert "<U+202E>" in shown


def test_a_link_is_made_for_web_addresses_only() -> None:
    source = make_source(url="javascript:alert(1)")
    report = make_report(make_document(TEXT), contested_claim(), sources=(source,))
    assert "javascript" not in print_lines(lambda printer: printer.report(report), color=True)


def test_the_trace_shows_every_source_weighed_and_every_step() -> None:
    claim = make_claim()
    weighed = [make_evidence(claim, f"source-{n}", stance=Stance.NEUTRAL) for n in range(5)]
    checked = make_checked(
        claim, *weighed, label=Label.UNSOURCED, reason="source_silent", evidence_ids=(),
        trace=(Step(rule="link", detail="five sources fit"), Step(rule="decide", detail="all are silent")),
    )  # fmt: skip
    shown = print_lines(lambda printer: printer.trace(3, checked, {}))
    assert all(f"source-{n}" in shown for n in range(5))
    assert "link       five sources fit" in shown
    assert "decide     all are silent" in shown


def test_a_span_outside_its_sentence_marks_the_whole_sentence() -> None:
    claim = make_claim(TEXT, sentence=(0, 30), span=(40, 44))
    shown = print_lines(lambda printer: printer.claim(1, make_checked(claim), {}))
    assert "»The model lied in 47% of runs.«" in shown


def test_the_address_behind_a_markdown_link_is_left_out() -> None:
    text = "In [one study](https://example.org/a) the model lied in [47% of runs](https://example.org/b)."
    span = (text.index("47%"), text.index("47%") + 3)
    claim = make_claim(text, sentence=(0, len(text)), span=span)
    shown = print_lines(lambda printer: printer.claim(1, make_checked(claim), {}))
    assert "In one study the model lied in »47%« of runs." in shown


def test_sources_that_decide_nothing_are_named_in_one_line() -> None:
    claim = make_claim()
    weighed = [make_evidence(claim, f"source-{n}", stance=Stance.NEUTRAL) for n in range(5)]
    checked = make_checked(claim, *weighed, label=Label.UNSOURCED, reason="source_silent")
    shown = print_lines(lambda printer: printer.claim(1, checked, {}))
    assert "looked in  source-0; source-1 and 3 more" in shown
    assert "finding" not in shown
