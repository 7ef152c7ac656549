"""Who is said to say it, in a sentence and over the sentences behind it."""

from __future__ import annotations

import pytest

from ingest.attribution import Said, find_mentions, pick_mention, resolve_attributions


def named(sentence: str) -> str | None:
    mention = pick_mention(find_mentions(sentence))
    return None if mention is None else mention.surface


@pytest.mark.parametrize(
    ("sentence", "surface"),
    [
        ("A study published in Nature fine-tuned a model on insecure code.", "A study published in Nature"),
        ("A separate study stress-tested 16 models.", "A separate study"),
        ("The Leaderboard Illusion paper found that labs withheld models.", "The Leaderboard Illusion paper"),
        ("Anthropic’s research can trace those chains.", "Anthropic’s research"),
        ("METR's June 2025 evaluation found that o3 cheats.", "METR's June 2025 evaluation"),
        ("MacDiarmid et al. (Anthropic, with Redwood Research) trained a model.", "MacDiarmid et al."),
        ("Skalse et al. (2022) proved it.", "Skalse et al. (2022)"),
        ("In tests carried out by Palisade Research, models disobeyed.", "Palisade Research"),
        ("Other models complied, Palisade noted in its results.", "Palisade"),
        ("MIT Technology Review named it a breakthrough.", "MIT Technology Review"),
        ("Misalignment is rare, according to METR.", "METR"),
        ("The findings from Berkeley and Santa Cruz are clear.", "The findings from Berkeley and Santa Cruz"),
        ("Models can be trained to lie.", None),
        ("However, the weather was fine.", None),
        ("Claude 3 Opus showed the strongest effect.", None),
    ],
)
def test_the_words_that_name_a_source_are_found(sentence: str, surface: str | None) -> None:
    assert named(sentence) == surface


def resolve(*sentences: str, section: int = 0) -> list[str | None]:
    return resolve_attributions([Said(text=text, section=section, paragraph=0) for text in sentences])


def test_a_pronoun_stands_for_the_study_before() -> None:
    assert resolve("A study published in Nature trained a model.", "It became misaligned.") == [
        "A study published in Nature",
        "A study published in Nature",
    ]


def test_the_paper_stands_for_the_latest_named_one() -> None:
    resolved = resolve(
        "Betley et al. trained a model.", "Sharma et al. trained another.", "The paper says why."
    )
    assert resolved[-1] == "Sharma et al."


def test_a_source_does_not_reach_into_another_section() -> None:
    sentences = [
        Said(text="METR's report found cheating.", section=1, paragraph=1),
        Said(text="It was rare.", section=2, paragraph=2),
    ]
    assert resolve_attributions(sentences)[1] is None


def test_a_company_s_announcement_does_not_cover_what_another_company_does() -> None:
    resolved = resolve(
        "This week Nvidia announced a platform.",
        "Then Microsoft dropped three models.",
        "Microsoft sells them.",
    )
    assert resolved[0] == "Nvidia"
    assert resolved[2] is None


def test_the_study_without_an_antecedent_is_nobody() -> None:
    assert resolve("The study is old.") == [None]
