"""Who says quoted words: named around them, meant by a pronoun, going on from the words before."""

from __future__ import annotations

import pytest

from kb.types import ClaimKind
from tests.ingest.claim_texts import claims_of, findings, quotations


def speakers(text: str) -> list[tuple[str, str | None]]:
    return [(claim.span.exact, claim.speaker) for claim in claims_of(text, ClaimKind.QUOTATION)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ('"The model lied to us for weeks," said Jane Doe, a researcher.', "Jane Doe"),
        ('Jane Doe led the study. "We were surprised by how often it happened," she said.', "Jane Doe"),
        ('Dr. Jane Doe joined in May. She described the result as "deeply unsettling for all who deploy it".',
         "Jane Doe"),
        ('"This is a big deal," wrote Scott Alexander in a blog post.', "Scott Alexander"),
        ('The company announced it in May. "We were surprised by it all," she said.', None),
        ("> We find that larger models resist shutdown more often.\n>\n> — Palisade Research", "Palisade Research"),
        ("> We find that larger models resist shutdown more often.\n>\n> It was a surprise.", None),
    ],
)  # fmt: skip
def test_the_speaker_is_who_is_named_or_meant(text: str, who: str | None) -> None:
    assert speakers(text)[0][1] == who


def test_words_that_stand_alone_behind_a_quotation_are_the_same_speaker_s() -> None:
    text = '"I doubt that we understand these systems," Leike said. "Not even close to it."'
    assert [who for _, who in speakers(text)] == ["Leike", "Leike"]


def test_a_split_quotation_has_one_speaker() -> None:
    text = '"We saw deception in every run," Hobbhahn told reporters, "and it got worse over time."'
    assert {who for _, who in speakers(text)} == {"Hobbhahn"}


@pytest.mark.parametrize(
    "text",
    ['The so-called "alignment tax" is often discussed.', 'The company\'s "responsible scaling policy" was updated.',
     'In the paper "Sleeper Agents: Training Deceptive LLMs", the authors show it.'],
)  # fmt: skip
def test_scare_quotes_and_titles_are_no_quotations(text: str) -> None:
    assert quotations(text) == []


def test_elisions_and_brackets_stay_in_the_quoted_words() -> None:
    text = "The authors write that models “[resist] shutdown […] even when told not to”."
    assert quotations(text) == ["[resist] shutdown […] even when told not to"]


def test_who_said_it_makes_no_finding_of_a_quotation() -> None:
    assert (
        findings('"The model lied to us repeatedly," said Jane Doe, a researcher at Apollo Research.') == []
    )
