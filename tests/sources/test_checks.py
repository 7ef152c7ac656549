"""What only a set of sources can show: circles, doubles, missing places."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.types import (
    Contest,
    ContestKind,
    Origin,
    OriginKind,
    Quantity,
    Relation,
    Source,
    SourceFinding,
    SourceStatus,
    StatedVersion,
    Unit,
    UnitKind,
    Verified,
)
from sources.checks import check_registry

_TOPICS = ("auditing",)


def _source(source_id: str, **more: object) -> Source:
    sound: dict[str, object] = {
        "title": "T", "url": f"https://example.org/{source_id}", "reviewed_by": "Ann", "reviewed_on": "2026-11-21"
    }  # fmt: skip
    return Source(id=source_id, **{**sound, **more})  # type: ignore[arg-type]


def _finding(source_id: str, **more: object) -> SourceFinding:
    quantity = Quantity(
        surface="40%", start=0, end=3, low=Decimal(40), high=Decimal(40), unit=Unit(kind=UnitKind.PERCENT)
    )
    sound: dict[str, object] = {
        "id": f"{source_id}#rate", "statement": "A failed in 40% of cases.", "quantities": (quantity,),
        "measured_entity": "A", "measured_property": "rate", "locator": "page 3", "verified": Verified.TEXT,
    }  # fmt: skip
    return SourceFinding(**{**sound, **more})  # type: ignore[arg-type]


def _contest(
    source_id: str, kind: ContestKind = ContestKind.SUPERSEDES, finding_id: str | None = None
) -> Contest:
    return Contest(source_id=source_id, kind=kind, finding_id=finding_id, says="No.")


def _check(*sources: Source) -> str:
    return "\n".join(check_registry(sources, topics=_TOPICS))


def test_sound_sources_have_no_fault() -> None:
    assert _check(_source("a", findings=(_finding("a"),), topics=("auditing",)), _source("b")) == ""


def test_a_contest_that_leads_nowhere_is_a_fault() -> None:
    assert "a: contests b, which is no source" in _check(_source("a", contests=(_contest("b"),)))
    fault = _check(_source("a", contests=(_contest("b", ContestKind.REBUTS, "b#x"),)), _source("b"))
    assert "a: contests b#x, which is no finding" in fault


def test_a_contest_of_itself_is_a_fault() -> None:
    assert "a: contests itself" in _check(_source("a", contests=(_contest("a"),)))


def test_sources_that_supersede_each_other_in_a_circle_are_a_fault() -> None:
    ring = [
        _source(one, contests=(_contest(other),), status=SourceStatus.SUPERSEDED)
        for one, other in ("ab", "bc", "ca")
    ]
    assert "a -> b -> c -> a: supersede each other in a circle" in _check(*ring)


def test_a_chain_that_ends_is_no_circle() -> None:
    chain = (
        _source("a", contests=(_contest("b"), _contest("c"))),
        _source("b", contests=(_contest("c"),), status=SourceStatus.SUPERSEDED),
        _source("c", status=SourceStatus.SUPERSEDED),
    )
    assert _check(*chain) == ""


def test_a_long_chain_needs_no_deep_stack() -> None:
    count = 5_000
    chain = [
        _source(
            f"s{n}",
            contests=(_contest(f"s{n + 1}"),) if n + 1 < count else (),
            status=SourceStatus.SUPERSEDED,
        )
        for n in range(count)
    ]
    assert "circle" not in _check(*chain)


def test_a_superseded_source_must_say_so() -> None:
    assert "b: is superseded by a, but its status says current" in _check(
        _source("a", contests=(_contest("b"),)), _source("b")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"doi": "10.1234/x"}, {"aliases": ("https://doi.org/10.1234/X",)}),
        ({"arxiv": "2501.00001"}, {"url": "https://arxiv.org/abs/2501.00001v2"}),
        ({"url": "https://www.example.org/p/"}, {"url": "http://example.org/p?utm_source=x"}),
    ],
)
def test_one_identifier_on_two_sources_is_a_fault(one: dict[str, object], other: dict[str, object]) -> None:
    assert "a, b: share the" in _check(_source("a", **one), _source("b", **other))


def test_an_unknown_topic_is_a_fault() -> None:
    assert "a: topic gardening is not defined" in _check(_source("a", topics=("gardening",)))


def test_a_source_without_any_address_is_a_fault() -> None:
    assert "nobody can look it up" in _check(_source("a", url=None))


def test_a_host_in_imitating_letters_is_a_fault() -> None:
    assert "imitate" in _check(_source("a", url="https://аnthropic.com/research"))
    assert "imitate" in _check(_source("a", url="https://xn--nthropic-8fg.com/research"))


def test_a_source_published_after_its_review_is_a_fault() -> None:
    assert "after its review" in _check(_source("a", published="2027-01-01"))


@pytest.mark.parametrize("verified", [Verified.TEXT, Verified.ABSTRACT])
def test_a_verified_finding_without_locator_is_a_fault(verified: Verified) -> None:
    assert "names no locator" in _check(
        _source("a", findings=(_finding("a", locator=None, verified=verified),))
    )


def test_an_unverified_finding_may_lack_a_locator() -> None:
    assert _check(_source("a", findings=(_finding("a", locator=None, verified=Verified.NO),))) == ""


def test_a_verified_finding_of_a_source_that_nobody_reviewed_is_a_fault() -> None:
    source = _source("a", reviewed_by=None, reviewed_on=None, findings=(_finding("a"),))
    assert "nobody reviewed" in _check(source)


@pytest.mark.parametrize("missing", ["measured_entity", "measured_property"])
def test_a_finding_says_what_was_measured(missing: str) -> None:
    assert "says not what was measured" in _check(_source("a", findings=(_finding("a", **{missing: None}),)))


def test_a_statement_must_hold_its_figures() -> None:
    finding = _finding("a", statement="A failed in 14.0% or 400 cases.")
    assert "doesn't hold the figure 40" in _check(_source("a", findings=(finding,)))


@pytest.mark.parametrize(
    "statement", ["A failed in 40 percent.", "A failed in 40% of cases, says B.", "At 40, A failed."]
)
def test_a_figure_may_stand_in_any_form(statement: str) -> None:
    assert _check(_source("a", findings=(_finding("a", statement=statement),))) == ""


def test_points_and_percent_are_not_mixed_up() -> None:
    finding = _finding("a")
    points = replace(finding.quantities[0], unit=Unit(kind=UnitKind.PERCENTAGE_POINT))
    assert "is in points" in _check(_source("a", findings=(replace(finding, quantities=(points,)),)))
    wrong = replace(finding.quantities[0], relation=Relation.CHANGE_POINTS)
    assert "is no change in points" in _check(_source("a", findings=(replace(finding, quantities=(wrong,)),)))


def _from(source_id: str) -> Origin:
    return Origin(kind=OriginKind.SAME_STUDY, source_id=source_id)


def test_sources_that_come_from_each_other_are_a_fault() -> None:
    faults = _check(_source("a", origin=_from("b")), _source("b", title="U", origin=_from("a")))
    assert "a: comes from itself through its origins" in faults
    assert "b: comes from itself through its origins" in faults


def test_an_origin_that_is_no_source_is_a_fault() -> None:
    assert "a: has its origin in b, which is no source" in _check(_source("a", origin=_from("b")))


def test_one_title_twice_is_a_fault_unless_the_origin_is_one() -> None:
    twice = (
        _source("a", title="A Trial", authors=("Ann",)),
        _source("b", title="a trial!", authors=("Ann",)),
    )
    assert "a, b: have the same title and first author" in _check(*twice)
    told = (twice[0], _source("b", title="a trial!", authors=("Ann",), origin=_from("a")))
    assert _check(*told) == ""


def test_a_finding_read_in_an_unlisted_version_is_a_fault() -> None:
    versions = (StatedVersion(version="v1"),)
    assert "was read in version v2" in _check(
        _source("a", versions=versions, findings=(_finding("a", version="v2"),))
    )
    assert _check(_source("a", versions=versions, findings=(_finding("a", version="v1"),))) == ""
