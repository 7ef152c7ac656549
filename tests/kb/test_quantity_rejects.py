"""What looks like a quantity and is none, each by the rule that says why."""

from __future__ import annotations

import pytest

from kb.quantity import find_quantities, read_numbers


def reasons(text: str) -> list[tuple[str, str]]:
    return [(reading.surface, reading.why) for reading in read_numbers(text) if reading.quantity is None]


@pytest.mark.parametrize(
    "text",
    [
        "We asked Claude 3.7 Sonnet first.",
        "We asked GPT-4 and GPT-4o and GPT-4.1-mini.",
        "We asked Llama 4 Maverick and Grok 3.",
        "We asked Qwen2.5-Coder-32B-Instruct.",
        "We asked o3 and o4-mini.",
        "We asked Claude 3.5 and 3.7 Sonnet.",
        "We asked Claude Opus 4, 4.1 and 4.5.",
        "Our 4.5 models did better.",
        "We asked Llama 3 405B and Mistral 7B.",
        "We asked Llama-3-8B.",
        "Zorblax 7 Ultra was released, and Zorblax 8 will follow.",
        "They ported it to iPhone 11 Pro cameras.",
        "The S&P 500 closed.",
        "The H100 and the A100 are chips.",
        "We asked claude-3-opus and gpt-4.",
    ],
)
def test_model_names_are_told_by_their_shape(text: str) -> None:
    assert find_quantities(text) == ()
    assert {why for _, why in reasons(text)} <= {"model_name", "identifier"}


@pytest.mark.parametrize(
    ("text", "surface", "why"),
    [
        ("It was written on 2024-12-18.", "2024-12-18", "date"),
        ("It was written on 16 March 2026.", "16 March 2026", "date"),
        ("It was written on March 16th, 2026.", "March 16th, 2026", "date"),
        ("It was written in November 2025.", "November 2025", "date"),
        ("It was popular in the 1990s.", "1990s", "date"),
        ("It was made in Q3 2024.", "Q3 2024", "date"),
        ("It grew over 2021–2023.", "2021–2023", "date"),
        ("It has grown since 2021.", "2021", "year"),
        ("A 2024 study found it.", "2024", "year"),
        ("It won at ICLR 2024 there.", "2024", "year"),
        ("The essay is called 1956/2026.", "1956/2026", "date"),
        ("So it was found (Smith, 2020).", "2020", "citation_year"),
        ("Smith et al. (2020) found it.", "2020", "citation_year"),
        ("He spoke (00:33:13) then.", "00:33:13", "time_of_day"),
        ("It began at 9:30 pm.", "9:30 pm", "time_of_day"),
        ("A study in Nature8 tuned a model.", "8", "citation_mark"),
        ("It was shut down.9 The rest stayed.", "9", "citation_mark"),
        ("It said so.”36 The rest stayed.", "36", "citation_mark"),
        ("It said so[12] before.", "[12]", "citation_mark"),
        ("It said so[^a1] before.", "[^a1]", "citation_mark"),
        ("It was Nature<sup>8</sup> again.", "8", "citation_mark"),
        ("See Section 3.2 for more.", "3.2", "section_number"),
        ("See § 4 for more.", "4", "section_number"),
        ("See Figure 3 for more.", "3", "label_number"),
        ("See fig. 3 for more.", "3", "label_number"),
        ("See Table 2 for more.", "2", "label_number"),
        ("See p. 12 for more.", "12", "label_number"),
        ("This is step 3 of it.", "3", "label_number"),
        ("Part 4 looks at it.", "4", "label_number"),
        ("We took samples 1 and 2 away.", "1", "label_number"),
        ("## 3 Results of it", "3", "section_number"),
        ("1. Train it", "1", "list_index"),
        ("2) Train it", "2", "list_index"),
        ("First (1) train it.", "1", "list_index"),
        ("### 1. Frontier models", "1", "list_index"),
        ("Call +1 415 555 0100 now.", "+1 415 555 0100", "phone"),
        ("Call (415) 555-0100 now.", "(415) 555-0100", "phone"),
        ("37 min read", "37 min read", "reading_time"),
        ("See arXiv:2412.14093 there.", "arXiv:2412.14093", "arxiv_id"),
        ("See 10.1038/s41586-025-1234 there.", "10.1038/s41586-025-1234", "doi"),
        ("See https://x.org/2024/05 there.", "https://x.org/2024/05", "url"),
        ("Mail a1@x.org there.", "a1@x.org", "email"),
        ("Open report-2024.pdf there.", "report-2024.pdf", "file_name"),
        ("Run `--n 100` there.", "`--n 100`", "code"),
        ("See #123 there.", "#123", "id"),
        ("Use version 2.1 there.", "version 2.1", "version"),
        ("Use v1.2.3 there.", "v1.2.3", "version"),
        ("They won 3-1 there.", "3", "score_line"),
        ("A 1920x1080 screen", "1920", "dimensions"),
        ("They work 24/7 there.", "24/7", "idiom"),
        ("It came 3rd there.", "3", "ordinal"),
        ("A zero-shot test", "zero", "compound_term"),
        ("No one came.", "one", "one_pronoun"),
        ("The one that came", "one", "one_pronoun"),
        ("One of the best came.", "One", "one_pronoun"),
        ("Once the model learns it", "Once", "once_adverb"),
        ("A double-blind test", "double", "idiom"),
        ("where $s_0$ is fixed", "$s_0$", "formula"),
    ],
)  # fmt: skip
def test_numbers_that_count_nothing_have_a_named_rule(text: str, surface: str, why: str) -> None:
    assert (surface, why) in reasons(text)
    assert surface not in {quantity.surface for quantity in find_quantities(text)}


@pytest.mark.parametrize(
    "text",
    [
        "This is the third finding of its kind, the second in a row.",
        "| Year | Model |\n|---|---|\n| 2023 | GPT-4 |",
        '---\nquality: 60\nratings:\n  novelty: 4.5\ndate: 2025-01-02\n---\n\nText.',
        'See [the page](https://x.org/a-2024-05/page_3(1).html "12").',
        '<EntityLink id="E201" data-n="12">METR</EntityLink>',
        "<!-- 12% of it -->",
        "```\nx = 12\n```",
        "hash 0009e83d6d1b45039e098da317b3b3e8ed0f3e35a37ab584d",
        "\u2460 one \u2461",
    ],
)  # fmt: skip
def test_markup_and_ordinals_hold_no_quantity(text: str) -> None:
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Study Finds 16 Leading Models Cheat",
        "Across 16 models it held.",
        "Meta tested 27 variants.",
        "More than 2000 people were asked.",
        "It used 2048 tokens.",
        "About 12 models, e.g. GPT-4, failed.",
        "It took 3 steps.",
        "We ran 3 trials.",
        "MMLU 86.4 was reached.",
        "Exactly 12 of them stayed.",
        "- 28 countries signed it",
        "Table 2 shows 12 models.",
        "They will release 27 models.",
        "---\n\nAccuracy: 85.3%\n\n---\n",
        "latency of 200ms",
        "It cut 3 of its teams to one.",
    ],
)
def test_rules_leave_real_counts_alone(text: str) -> None:
    assert len(find_quantities(text)) == 1


def test_a_version_carries_over_to_the_next_in_its_list_but_not_to_a_count() -> None:
    (quantity,) = find_quantities("We ran Claude 3 and 12 other models.")
    assert quantity.surface == "12 other models"
