"""Checking while someone types: what is judged again, and that nothing else changes by it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.types import Raw, Report
from service.drafts import DraftChecker, cut_paragraphs
from service.workbench import Workbench
from sources.registry import read_registry

FIGURE = "Claude 3.7 Sonnet mentioned the hint only 39% of the time, Anthropic found."
FILLER = (
    "The committee met again in spring. It heard what there was to hear and went on with its work as before. "
    * 3
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench.open(tmp_path_factory.mktemp("home") / "kb", create=True) as opened:
        for source in read_registry().sources:
            if source.id in (
                "chen-2025-cot-faithfulness",
                "openai-2023-gpt4-report",
                "martinez-2024-bar-exam",
            ):
                opened.store.save_source(source, origin="registry", added_at=datetime(2026, 1, 1, tzinfo=UTC))
        opened.refresh_index()
        yield opened


def draft(paragraphs: int = 50) -> list[str]:
    """About 3,000 words; each paragraph has words of its own."""
    return [f"Part {number} begins here. {FILLER}" for number in range(paragraphs - 1)] + [FIGURE]


def test_an_edited_paragraph_of_a_long_draft_is_the_only_one_judged_again(workbench: Workbench) -> None:
    checker = DraftChecker(workbench)
    paragraphs = draft()
    text = "\n\n".join(paragraphs)
    assert len(text.split()) >= 3_000
    assert checker.check(text).judged == len(paragraphs)
    assert checker.check(text).judged == 0
    paragraphs[20] += " In one trial 12 of 40 members slept."
    assert checker.check("\n\n".join(paragraphs)).judged == 1


def test_what_was_remembered_is_what_would_be_judged_now(workbench: Workbench) -> None:
    checker = DraftChecker(workbench)
    paragraphs = draft(6)
    checker.check("\n\n".join(paragraphs))
    paragraphs[2] += " GPT-4 scored in the top 10% of test takers on the bar exam, OpenAI reported."
    text = "\n\n".join(paragraphs)
    assert checker.check(text).parts == DraftChecker(workbench).check(text).parts


def test_a_moved_paragraph_is_not_judged_again(workbench: Workbench) -> None:
    checker = DraftChecker(workbench)
    paragraphs = draft(6)
    checker.check("\n\n".join(paragraphs))
    assert checker.check("\n\n".join(reversed(paragraphs))).judged == 0


def test_a_paragraph_is_judged_with_the_sources_that_the_draft_names_elsewhere(workbench: Workbench) -> None:
    checker = DraftChecker(workbench)
    first = "The model mentioned the hint only 39% of the time."
    checker.check(first)
    assert checker.check(f"{first}\n\nAnthropic published the work in spring, it said.").judged == 2


def test_a_claims_offsets_count_from_its_part(workbench: Workbench) -> None:
    text = f"\U0001f600 {FILLER}\n\n  \n{FIGURE}"
    found = DraftChecker(workbench).check(text)
    (place,) = [
        (part.start + quantity.start, part.start + quantity.end)
        for part in found.parts
        for checked in part.report.claims
        for quantity in checked.claim.quantities
        if quantity.surface == "39%"
    ]
    assert text[slice(*place)] == "39%"


def test_what_was_judged_is_forgotten_after_a_while(workbench: Workbench) -> None:
    clock = Clock()
    checker = DraftChecker(workbench, kept_s=600, clock=clock)
    checker.check(FIGURE)
    clock.now = 599
    assert checker.check(FIGURE).judged == 0
    clock.now = 599 + 601
    assert checker.check(FIGURE).judged == 1


def test_a_changed_knowledge_base_judges_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Workbench.open(tmp_path_factory.mktemp("home") / "kb", create=True) as opened:
        checker = DraftChecker(opened)
        checker.check(FIGURE)
        source = next(one for one in read_registry().sources if one.id == "chen-2025-cot-faithfulness")
        opened.add_source(
            source, Raw(name="a.txt", content=b"The hint was rarely named.", media_type="text/plain")
        )
        again = checker.check(FIGURE)
        assert again.judged == 1
        assert again.parts[0].report.claims[0].verdict.reason == "wrong_subject"


def test_a_text_is_not_to_be_found_in_what_is_kept(workbench: Workbench) -> None:
    checker = DraftChecker(workbench)
    checker.check(FIGURE)
    one, other = DraftChecker(workbench), DraftChecker(workbench)
    one.check(FIGURE)
    other.check(FIGURE)
    assert not set(one._kept) & set(other._kept)


@given(st.text(alphabet="ab \n\t.", max_size=60))
def test_paragraphs_hold_every_word_once_and_in_order(text: str) -> None:
    places = list(cut_paragraphs(text))
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))
    assert sum(len(text[start:end].split()) for start, end in places) == len(text.split())


def test_a_report_is_of_its_paragraph_alone(workbench: Workbench) -> None:
    found = DraftChecker(workbench).check(f"{FILLER}\n\n{FIGURE}")
    reports: list[Report] = [part.report for part in found.parts]
    assert [report.document.text for report in reports][-1] == FIGURE
