"""Laws of the report's JSON: its keys, its numbers, its offsets, its bytes."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.schemas import Offsets, dumps, plain_number, report_to_json, source_to_json
from tests.service import report_builders as build

CLAIM_KEYS = [
    "id", "kind", "start", "end", "text", "span", "quantities", "measured_entity", "measured_property",
    "qualifiers", "attribution", "speaker", "hedge", "citations", "verdict", "evidence",
]  # fmt: skip
EVIDENCE_KEYS = [
    "kind", "source_id", "source_title", "url", "doi", "arxiv", "tier", "route", "stance", "exact", "start",
    "end", "page", "fragment_url", "comparison", "caveats", "score",
]  # fmt: skip
QUANTITY_KEYS = ["surface", "low", "high", "unit", "modifier", "aggregate", "relation", "base"]


def _claims() -> list[dict[str, object]]:
    return json.loads(dumps(report_to_json(build.report())))["claims"]


def test_keys_stand_in_the_documented_order() -> None:
    report = json.loads(dumps(report_to_json(build.report())))
    assert list(report) == ["ok", "document", "summary", "checker", "ground", "claims", "issues"]
    assert list(report["document"])[:6] == ["id", "title", "url", "media_type", "length", "offset_unit"]
    assert list(report["summary"]) == ["claims", "supported", "contested", "unsourced", "not_checked"]
    claim = report["claims"][0]
    assert list(claim)[: len(CLAIM_KEYS)] == CLAIM_KEYS
    assert list(claim["quantities"][0])[: len(QUANTITY_KEYS)] == QUANTITY_KEYS
    assert list(claim["citations"][0])[:5] == ["surface", "kind", "start", "end", "source_id"]
    assert list(claim["verdict"])[:5] == ["label", "reason", "explanation", "confidence", "confirmed_by"]
    assert list(claim["evidence"][0])[: len(EVIDENCE_KEYS)] == EVIDENCE_KEYS
    assert list(report["issues"][0]) == ["stage", "level", "code", "message"]


def test_the_summary_counts_a_claim_that_was_not_checked_apart() -> None:
    summary = report_to_json(build.report())["summary"]
    assert summary == {"claims": 5, "supported": 2, "contested": 1, "unsourced": 1, "not_checked": 1}
    assert _claims()[4]["verdict"]["label"] is None  # type: ignore[index]


def test_numbers_of_claims_are_strings_without_an_exponent() -> None:
    quantities = _claims()[0]["quantities"]
    assert quantities[0]["low"] == "40"  # type: ignore[index]
    assert plain_number(Decimal("1E+2")) == "100"
    assert plain_number(Decimal("1E-7")) == "0.0000001"
    assert plain_number(Decimal("47.30")) == "47.30"
    assert plain_number(Decimal("1E+25")) == "1" + "0" * 25
    assert plain_number(None) is None


def test_an_absurd_exponent_fills_no_memory() -> None:
    assert plain_number(Decimal("1E+999999")) == "1E+999999"


def test_a_finding_has_a_statement_and_no_exact_words() -> None:
    finding = _claims()[0]["evidence"][1]  # type: ignore[index]
    assert finding["kind"] == "finding"
    assert finding["exact"] is None
    assert finding["start"] is None
    assert finding["statement"] == "Two of the graders were counted twice."
    assert finding["fragment_url"] is None


def test_evidence_is_at_most_ten() -> None:
    report = build.report()
    first = report.claims[0]
    many = dataclasses.replace(first, evidence=first.evidence[:1] * 14)
    crowded = dataclasses.replace(report, claims=(many,))
    assert len(report_to_json(crowded)["claims"][0]["evidence"]) == 10  # type: ignore[index]


def test_spans_slice_back_in_code_points() -> None:
    report = report_to_json(build.report())
    for claim in report["claims"]:  # type: ignore[attr-defined]
        assert build.TEXT[claim["start"] : claim["end"]] == claim["text"]
        span = claim["span"]
        assert build.TEXT[span["start"] : span["end"]] == span["text"]


def test_spans_slice_back_in_utf16_units() -> None:
    units = build.TEXT.encode("utf-16-le")
    report = report_to_json(build.report(), offset_unit="utf16")
    assert report["document"]["length"] == len(units) // 2  # type: ignore[index]
    for claim in report["claims"]:  # type: ignore[attr-defined]
        span = claim["span"]
        assert units[2 * span["start"] : 2 * span["end"]].decode("utf-16-le") == span["text"]


def test_an_unknown_offset_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        report_to_json(build.report(), offset_unit="bytes")


def test_the_same_report_gives_the_same_bytes() -> None:
    assert dumps(report_to_json(build.report())) == dumps(report_to_json(build.report()))


def test_an_unsafe_source_address_is_left_out() -> None:
    unsafe = build.source(url="javascript:alert(1)")
    assert source_to_json(unsafe)["url"] is None


def test_a_lone_surrogate_takes_nothing_else_with_it() -> None:
    assert json.loads(dumps({"a": ["x\ud800y", 1], "b": None})) == {"a": ["x\ufffdy", 1], "b": None}


@given(st.text(st.characters(codec=None, exclude_categories=("Cs",))))
def test_utf16_offsets_equal_the_length_of_what_precedes(text: str) -> None:
    offsets = Offsets(text, "utf16")
    for position in range(len(text) + 1):
        assert offsets.convert(position) == len(text[:position].encode("utf-16-le")) // 2


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_a_plain_number_reads_back_as_the_same_number(number: Decimal) -> None:
    assume(abs(number.adjusted()) <= 400)
    written = plain_number(number)
    assert written is not None
    assert "E" not in written.upper()
    assert Decimal(written) == number
