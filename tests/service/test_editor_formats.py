"""Reports as SARIF and as Vale's JSON: places, levels, fixes."""

from __future__ import annotations

import dataclasses
from typing import Any

from kb.types import Label, Report
from service.editor_formats import Lines, make_sarif, make_vale, severity_of
from tests.service import report_builders as build


def report() -> Report:
    return build.report()


def results(made: Report) -> list[dict[str, Any]]:
    runs: Any = make_sarif([("drafts/an article.txt", made)], "1.2.3")["runs"]
    return list(runs[0]["results"])


def test_a_region_gives_the_marked_words_back_in_utf16_units() -> None:
    made = report()
    wide = made.document.text.encode("utf-16-le")
    found = results(made)
    assert found
    for result in found:
        region = result["locations"][0]["physicalLocation"]["region"]
        start, length = region["charOffset"], region["charLength"]
        assert wide[2 * start : 2 * (start + length)].decode("utf-16-le") == region["snippet"]["text"]
        line = made.document.text.split("\n")[region["startLine"] - 1].encode("utf-16-le")
        assert (
            line[2 * (region["startColumn"] - 1) :]
            .decode("utf-16-le")
            .startswith(region["snippet"]["text"].split("\n")[0])
        )


def test_only_what_needs_notice_is_a_result() -> None:
    made = report()
    wanted = [one.claim.id for one in made.claims if severity_of(one) is not None]
    assert [one["partialFingerprints"]["claim/v1"] for one in results(made)] == wanted
    labels = {one.verdict.label for one in made.claims if severity_of(one) is None}
    assert labels <= {Label.SUPPORTED, None}


def test_every_result_names_a_rule_that_the_log_describes() -> None:
    run: Any = make_sarif([("a.txt", report())], "1.2.3")["runs"][0]  # type: ignore[index]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_correction_is_a_fix_of_the_figure_alone() -> None:
    made = report()
    chosen = next(one for one in made.claims if one.claim.quantities and severity_of(one) is not None)
    surface = chosen.claim.quantities[0].surface
    placed = dataclasses.replace(
        chosen.claim, quantities=(build.quantity(made.document.text, surface, "40"),)
    )
    bent = dataclasses.replace(
        chosen, claim=placed, verdict=dataclasses.replace(chosen.verdict, correction="41.3%")
    )
    (result,) = results(dataclasses.replace(made, claims=(bent,)))
    replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"] == "41.3%"
    assert replacement["deletedRegion"]["snippet"]["text"] == surface


def test_a_name_becomes_a_reference_that_may_stand_in_an_address() -> None:
    location = results(report())[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "drafts/an%20article.txt"


def test_vales_span_counts_characters_from_one_with_both_ends() -> None:
    made = report()
    alerts: Any = make_vale([("a.txt", made)])["a.txt"]
    assert alerts
    for alert in alerts:
        line = made.document.text.split("\n")[alert["Line"] - 1]
        first, last = alert["Span"]
        assert line[first - 1 : last] == alert["Match"]
        assert alert["Severity"] in ("error", "warning", "suggestion")


def test_a_line_ends_at_its_line_feed() -> None:
    lines = Lines("ab\n\U0001f600c\n")
    assert lines.place(0, utf16=True) == (1, 1)
    assert lines.place(4, utf16=True) == (2, 3)
    assert lines.place(4, utf16=False) == (2, 2)
