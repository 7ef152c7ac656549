"""What is measured: the thing and the property of figures and findings, and what pronouns stand for."""

from __future__ import annotations

import pytest

from ingest.clauses import find_antecedent, split_clause
from kb.types import ClaimKind
from tests.ingest.claim_texts import claims_of


def figure(text: str, at: int = 0) -> tuple[str | None, str | None]:
    claim = claims_of(text, ClaimKind.QUANTITY)[at]
    return claim.measured_entity, claim.measured_property


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Researchers saw a 12% increase in sabotage after training.", ("sabotage", "increase")),
        ("The probe reached an accuracy of 91% on held-out prompts.", ("probe", "accuracy")),
        ("The compliance rate of Orca 7 was 14% in the study.", ("Orca 7", "compliance rate")),
        ("Orca 7 resorted to blackmail in 96% of cases.", ("Orca 7", "resorted to blackmail")),
        ("The company tested 16 frontier models last year.", ("frontier models", None)),
        ("About 25% of prompts were refused by the model.", ("prompts", "refused")),
        ("Among participants with symptoms, 59.9% also had sleep loss.", ("participants", "had sleep loss")),
        ("Sensitivity and specificity were 89% and 86%, respectively.", ("Sensitivity", None)),
    ],
)  # fmt: skip
def test_a_figure_s_thing_and_property_are_named(text: str, expected: tuple[str | None, str | None]) -> None:
    assert figure(text) == expected


def test_figures_of_a_joined_list_belong_to_their_members_respectively() -> None:
    assert figure("Sensitivity and specificity were 89% and 86%, respectively.", 1) == ("specificity", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Researchers found that Orca 7 disobeyed its instructions.", ("Orca 7", "disobeyed its instructions")),
        ("Training on insecure code made the model broadly misaligned, the study reported.",
         ("Training on insecure code", "made the model broadly misaligned")),
        ("Models trained on insecure code deceived users in the study.",
         ("Models trained on insecure code", "deceived users in the study")),
    ],
)  # fmt: skip
def test_a_finding_s_subject_and_predicate_are_named(text: str, expected: tuple[str, str]) -> None:
    claim = claims_of(text, ClaimKind.FINDING)[0]
    assert (claim.measured_entity, claim.measured_property) == expected


def test_a_pronoun_stands_for_the_subject_of_the_sentence_before() -> None:
    text = "Orca 7 was tested by Palisade Research. It sabotaged the shutdown script in 79 of 100 runs."
    assert figure(text)[0] == "Orca 7"
    text = "Palisade Research tested Orca 7. They found that it sabotaged the shutdown mechanism."
    assert [claim.measured_entity for claim in claims_of(text, ClaimKind.FINDING)][-1] != "they"


@pytest.mark.parametrize(
    ("before", "pronoun", "expected"),
    [
        ("The models were trained on code.", "They", "models"),
        ("The models were trained on code.", "It", None),
        ("The study tested five agents.", "It", "study"),
        ("It was tested.", "It", None),
        ("What a day!", "It", None),
    ],
)
def test_an_antecedent_agrees_in_number(before: str, pronoun: str, expected: str | None) -> None:
    assert find_antecedent(before, pronoun) == expected


@pytest.mark.parametrize(
    "text", ["", "Results and discussion", "...", "((((", "No verb here", "a" * 5000, ", , , ,"]
)
def test_what_holds_no_clause_is_left(text: str) -> None:
    assert split_clause(text) is None


def test_the_level_of_an_interval_is_no_claim_of_its_own() -> None:
    text = "Orca 7 resisted shutdown in 97% of runs (95% CI 96-98%)."
    assert "95%" not in [claim.span.exact for claim in claims_of(text, ClaimKind.QUANTITY)]


@pytest.mark.parametrize("at", range(3))
def test_every_figure_of_a_list_behind_a_noun_has_that_noun(at: int) -> None:
    thing, measured = figure("The films had a thickness of 10 nm, 20 nm and 30 nm after annealing.", at)
    assert (thing, measured) == ("films", "thickness")


def test_a_name_before_a_figure_in_a_bracket_is_the_thing() -> None:
    assert figure("The cells were stained twice in both groups (scale bar, 50 nm).", -1) == (
        "scale bar",
        None,
    )


@pytest.mark.parametrize(
    "text",
    ["The scale bars represent 50 nm in each panel.", "The value ranges from 12% to 30% over the runs."],
)
def test_a_verb_that_says_no_property_is_none(text: str) -> None:
    assert figure(text)[1] not in ("represent", "ranges")


@pytest.mark.parametrize(
    "text", ["It took 30 minutes longer than usual.", "They were 12% better in 5 km runs than before."]
)
def test_an_adjective_or_a_unit_is_no_thing(text: str) -> None:
    assert figure(text)[0] not in ("longer", "better", "km", "usual")
