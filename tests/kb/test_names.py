"""Laws of model names and of whose number a figure is."""

from __future__ import annotations

import pytest

from kb.names import find_models, owners_of, same_model


def surfaces(text: str) -> list[str]:
    return [name.surface for name in find_models(text)]


@pytest.mark.parametrize(
    "name",
    ["Claude 3.7 Sonnet", "GPT-4o", "o3", "o4-mini", "DeepSeek-R1", "Gemini 2.5 Flash", "Zephyr 12 Ultra"],
)
def test_a_model_name_is_found_by_its_shape(name: str) -> None:
    assert name in surfaces(f"Then {name} refused.")


@pytest.mark.parametrize(
    "text",
    [
        "In 2024 it fell.",
        "Table 3 shows it.",
        "About 25% of them.",
        "Section 4.2 says so.",
        "In March 12 people left.",
    ],
)
def test_other_numbers_are_no_model(text: str) -> None:
    assert surfaces(text) == []


def owner(text: str, figure: str, *others: str) -> list[str]:
    def span(part: str) -> tuple[int, int]:
        return text.index(part), text.index(part) + len(part)

    return [
        n.surface for n in owners_of(text, *span(figure), find_models(text), tuple(span(o) for o in others))
    ]


def test_a_figure_belongs_to_the_name_after_for() -> None:
    text = "It named the hint 25% of the time for Claude 3.7 Sonnet and 39% of the time for DeepSeek R1."
    assert owner(text, "25%", "39%") == ["Claude 3.7 Sonnet"]
    assert owner(text, "39%", "25%") == ["DeepSeek R1"]


def test_a_figure_in_brackets_belongs_to_the_name_before() -> None:
    text = "GPT-4.1 (80%) and DeepSeek-R1 (79%) did so."
    assert owner(text, "80%", "79%") == ["GPT-4.1"]
    assert owner(text, "79%", "80%") == ["DeepSeek-R1"]


def test_a_shorter_name_may_mean_the_longer() -> None:
    one, other, third = find_models("Opus 4, Claude Opus 4, Claude Opus 4.5")
    assert same_model(one, other)
    assert not same_model(other, third)


def test_respectively_deals_figures_out_in_order() -> None:
    text = "Claude 3.7 and Gemini 2.5 registered 3 and 9 events, respectively."
    assert owner(text, "9 events", "3 and") == ["Gemini 2.5"]
    assert owner(text, "3 and", "9 events") == ["Claude 3.7"]


@pytest.mark.parametrize("text", ["EIN 93-12", "Form 990 was filed.", "Approximately 50 people came."])
def test_labels_and_hedges_are_no_model(text: str) -> None:
    assert surfaces(text) == []


def test_a_name_ends_at_a_word() -> None:
    assert surfaces("Claude 3 Opus produced it.") == ["Claude 3 Opus"]
