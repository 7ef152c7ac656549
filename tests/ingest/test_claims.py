"""What a claim is: figures with their nouns, findings, and all that looks like one and is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.claims import MAX_CLAIMS, find_claims
from kb.types import ClaimKind, UnitKind
from tests.factories import make_document
from tests.ingest.claim_texts import claims_of, figures, findings, read_text

ARTICLE = """# Shutting down

Researchers at Harbour Institute told 16 leading models to stop. o7 ignored the order in 79 of 100 runs.
The remaining 21% complied. "We did not expect this," said Ana Silva.
"""


# ------------------------------------------------------------------ figures


@pytest.mark.parametrize(
    ("sentence", "spans"),
    [
        ("The tool explains roughly 25% of prompts.", ["roughly 25% of prompts"]),
        ("Three OpenAI models ignored the order.", ["Three OpenAI models"]),
        ("o7 sabotaged the script in 79 out of 100 runs.", ["79 out of 100 runs"]),
        ("Kite 2 bypassed the shutdown 12 times in 100 runs.", ["12 times in 100 runs"]),
        ("The model disobeyed at least once.", ["at least once"]),
        ("Its score reached double that of Kite-mini.", ["double that of Kite-mini"]),
        ("The lab tested 27 private variants.", ["27 private variants"]),
        ("A pair of researchers published the result.", ["A pair of researchers"]),
        ("It saves 90 minutes a day.", ["90 minutes a day"]),
        ("Even Kite 3.7 and Moth 2.5 registered three and nine sabotage events, respectively.",
         ["three", "nine sabotage events"]),
    ],
)  # fmt: skip
def test_a_figure_is_claimed_with_the_noun_that_it_counts(sentence: str, spans: list[str]) -> None:
    assert figures(sentence) == spans


def test_a_sentence_with_two_figures_is_two_claims() -> None:
    assert figures("Faking appeared in 50% of responses; sabotage appeared in ~12% of tasks.") == [
        "50% of responses",
        "~12% of tasks",
    ]


def test_a_figure_that_is_the_whole_predicate_takes_its_subject_in() -> None:
    assert figures("In audits, the best-case realism rate is 32.8%.") == [
        "the best-case realism rate is 32.8%"
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Claude 3.7 Sonnet and Gemini 2.5 Pro followed the instruction.",
        "The paper was presented at ICLR 2024.",
        "Is it true that 40% of models lie?",
        "Imagine that 40% of models lie.",
        "This is the third finding in this vault.",
        "These two findings together argue for caution.",
        "There are three reasons to doubt it.",
        "This section has two parts.",
        "One of the models complied.",
        "Once models learned to flatter, they went further.",
        "Over the past five years, the field grew.",
        "The tool runs 24/7 for its users.",
        "It is hard to write a 100% accurate reward.",
        "The essay's two readings differ.",
        "Models exploit zero-day vulnerabilities.",
        "Maybe it assigns 40% to that answer, or something.",
        "For two-digit addition, the model looks results up.",
        "Llama 3 405B faked alignment.",
    ],
)
def test_what_counts_nothing_that_evidence_could_decide_is_no_figure(sentence: str) -> None:
    assert figures(sentence) == []


def test_the_parts_that_a_named_source_counts_are_its_claim() -> None:
    assert figures("Garrabrant (2017) sorted the failures into four types.") == ["four types"]


def test_front_matter_headings_code_and_references_make_no_claim() -> None:
    text = """---
date: 2024-12-18
score: 91
---

## 3 things about 12 models

```
models = 12  # the study found that 12% of models lied
```

The study found that most models lied.

## References

- Smith, J. et al. (2024). The study found that 12% of models lied. arXiv:2401.00001.
"""
    assert [claim.span.exact for claim in claims_of(text)] == ["The study found that most models lied."]


def test_a_heading_that_states_a_figure_is_a_claim() -> None:
    assert figures("## The model lied in 47% of all runs\n\nNobody noticed.") == ["47% of all runs"]


def test_figures_inside_titles_and_labels_in_quotation_marks_are_no_claim() -> None:
    assert figures('The "1956/2026" essay frames this as a choice.') == []


def test_a_spoken_figure_belongs_to_the_quotation() -> None:
    claims = claims_of('"We saw the model lie in 12% of all our runs last year," said Ana Silva.')
    assert [claim.kind for claim in claims] == [ClaimKind.QUOTATION]


def test_marks_of_emphasis_and_links_stand_outside_of_what_is_read() -> None:
    assert figures("- **Only 5 models** of [25](https://a.example/25) faked it.")[0] == "5 models"


def test_a_glued_note_mark_is_no_digit_of_the_figure() -> None:
    text = "Tests fell short.8 The rate fell to 32.8%.9 It fell by 47.3% in controlled conditions.10"
    claims = claims_of(text, ClaimKind.QUANTITY)
    assert [str(claim.quantities[0].low) for claim in claims] == ["32.8", "47.3"]


# ------------------------------------------------------------------ what is measured


def test_the_measured_thing_and_property_are_named() -> None:
    claim = claims_of("o7 broke the off switch in 79 out of 100 runs.", ClaimKind.QUANTITY)[0]
    assert (claim.measured_entity, claim.measured_property) == ("o7", "broke the off switch")


def test_a_table_cell_is_measured_by_its_row_and_column() -> None:
    text = "| Behavior | Frequency |\n|---|---|\n| Alignment faking | 50% of responses |\n"
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    assert claim.measured_entity == "Alignment faking"
    assert claim.measured_property is not None and claim.measured_property.startswith("Frequency")
    assert claim.sentence.exact == "| Alignment faking | 50% of responses |"
    assert "Frequency" in claim.context


def test_a_table_s_header_row_makes_no_claim() -> None:
    text = "| Share of 12 models | Note |\n|---|---|\n| 40% | none |\n"
    assert figures(text) == ["40%"]


def test_qualifiers_hold_models_scope_and_conditions() -> None:
    claim = claims_of("GPT-5 lied in 12% of all runs when nobody watched.", ClaimKind.QUANTITY)[0]
    assert {"GPT-5", "all", "when nobody watched"} <= set(claim.qualifiers)


def test_the_hedge_of_a_figure_is_kept() -> None:
    claim = claims_of("The tool explains roughly 25% of prompts.", ClaimKind.QUANTITY)[0]
    assert claim.hedge == "roughly"


# ------------------------------------------------------------------ findings


@pytest.mark.parametrize(
    "sentence",
    [
        "Most models complied.",
        "The researchers found that reward hacking generalizes to sabotage.",
        "Anthropic's research demonstrated that reward hacking can cause broad misalignment.",
        "RL training amplified rather than removed the faking.",
        "AI labs withheld the models that performed worst.",
        "Capable models can detect that somebody tests them and suppress harmful behaviors.",
    ],
)
def test_a_stated_result_is_a_finding(sentence: str) -> None:
    assert len(findings(sentence)) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Do labs test models before releasing them?",
        "I think that this is the most important question of our time.",
        "You should read the whole report.",
        "Watch the gap.",
        "Perhaps we will need better tools some day.",
        "It is hard.",
        "Follow me for more insights about your strategy.",
        "Whether models can be said to want anything is open.",
    ],
)
def test_opinion_advice_questions_and_musings_are_no_finding(sentence: str) -> None:
    assert findings(sentence) == []


def test_a_finding_beside_a_figure_is_the_clause_without_it() -> None:
    text = "RL training amplified rather than removed the faking of the models, raising it to 78% of cases."
    assert figures(text) == ["78% of cases"]
    assert findings(text) == ["RL training amplified rather than removed the faking of the models"]


def test_a_sentence_that_only_gives_its_figure_is_no_finding_too() -> None:
    assert findings("o7 sabotaged the script in 79 of 100 runs.") == []


def test_a_finding_s_span_leaves_out_who_found_it() -> None:
    text = "The Harbour study found that models of all large labs turned to blackmail of their users."
    assert findings(text) == ["models of all large labs turned to blackmail of their users."]


def test_a_finding_keeps_its_hedge() -> None:
    claim = claims_of("The study found that models sometimes refused to delete a peer.", ClaimKind.FINDING)[0]
    assert claim.hedge == "sometimes"


# ------------------------------------------------------------------ laws


def test_every_selector_slices_back() -> None:
    document = read_text(ARTICLE)
    for claim in find_claims(document).items:
        for selector in (claim.sentence, claim.span):
            assert document.text[selector.start : selector.end] == selector.exact
        assert claim.sentence.start <= claim.span.start < claim.span.end <= claim.sentence.end
        for quantity in claim.quantities:
            assert document.text[quantity.start : quantity.end] == quantity.surface


def test_claims_come_in_the_order_of_their_spans_with_ids_of_their_own() -> None:
    claims = find_claims(read_text(ARTICLE)).items
    assert len(claims) >= 4
    assert [claim.span.start for claim in claims] == sorted(claim.span.start for claim in claims)
    assert len({claim.id for claim in claims}) == len(claims)


def test_a_claim_s_id_survives_edits_elsewhere() -> None:
    before = {claim.id for claim in find_claims(read_text(ARTICLE)).items}
    after = {
        claim.id for claim in find_claims(read_text("A new first paragraph stands here.\n\n" + ARTICLE)).items
    }
    assert before <= after


def test_the_same_sentence_twice_is_two_claims() -> None:
    text = "The model lied in 47% of runs.\n\nThe model lied in 47% of runs."
    claims = claims_of(text, ClaimKind.QUANTITY)
    assert len(claims) == 2 and claims[0].id != claims[1].id


def test_reading_twice_gives_the_same_claims() -> None:
    document = read_text(ARTICLE)
    assert find_claims(document) == find_claims(document)


def test_a_document_without_blocks_is_read_line_by_line() -> None:
    document = replace(read_text("The model lied in 47% of runs."), blocks=())
    assert [claim.span.exact for claim in find_claims(document).items] == ["47% of runs"]


def test_units_reach_the_claim() -> None:
    claims = claims_of("The gap was 25 percentage points.", ClaimKind.QUANTITY)
    assert [claim.quantities[0].unit.kind for claim in claims] == [UnitKind.PERCENTAGE_POINT]


def test_context_holds_the_heading_the_source_and_the_sentence_before() -> None:
    text = "## Results\n\nThe Harbour paper tested o7. It lied in 12% of runs."
    claim = claims_of(text, ClaimKind.QUANTITY)[0]
    assert "Results" in claim.context and "The Harbour paper" in claim.context


def test_an_empty_document_has_no_claims_and_no_issues() -> None:
    found = find_claims(make_document(""))
    assert found.items == () and found.issues == ()


# ------------------------------------------------------------------ hostile texts


def test_more_claims_than_the_limit_are_cut_and_said_so() -> None:
    found = find_claims(make_document("Kite lied in 12% of runs.\n\n" * (MAX_CLAIMS + 500)))
    assert len(found.items) == MAX_CLAIMS
    assert [issue.code for issue in found.issues] == ["too_many_claims"]


def test_a_stretch_without_an_end_is_left_and_said_so() -> None:
    found = find_claims(make_document("the model lied in 12 percent of the runs and " * 200))
    assert found.items == ()
    assert [issue.code for issue in found.issues] == ["sentence_too_long"]


@pytest.mark.timeout(60)  # quadratic reading would take many minutes
@pytest.mark.parametrize(
    "unit",
    ['"a" ', '""', "“a” ", "'a' ", "1", "1 ", "12% ", "(", "[", "[a](b) ", "word1 ", "| 1 ", "*a", "<a x>", "$x", "a-", "et al. "],
)  # fmt: skip
def test_a_long_run_of_one_mark_is_read_in_linear_time(unit: str) -> None:
    find_claims(make_document("Kite lied in 12% of runs."))  # the grammar is loaded once
    document = make_document((unit * 100_000)[:100_000])
    find_claims(document)


def test_a_count_of_times_keeps_the_base_of_the_sentence_before() -> None:
    document = read_text(
        "Codex-mini bypassed the shutdown 12 times in 100 runs. The o3 model sabotaged it seven times."
    )
    bases = [claim.quantities[0].base for claim in find_claims(document).items if claim.quantities]
    assert bases == [100, 100]
