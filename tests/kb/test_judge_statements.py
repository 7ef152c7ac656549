"""Equal numbers are not yet one statement: what a claim bends around the source's own figure, law by law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from kb.judge import Judging, StanceScores, judge_claims
from kb.judge.polarity import find_disagreement
from kb.judge.replay import Standing, choose_reason, replay_trace, table_step
from kb.link import link_claims
from kb.reasons import ORDER
from kb.types import (
    CheckedClaim,
    FiguresChange,
    FormerFigures,
    Label,
    Quantity,
    SourceStatus,
    Stance,
    StatedVersion,
    Step,
    Unit,
    UnitKind,
)
from tests.factories import make_finding, make_source
from tests.kb.test_judge import MemoryLibrary, figure_claim, judge, verdict

HINTS = "Claude 3.7 Sonnet mentioned the hint in 25% of cases."


def decided(sentence: str, source: str) -> tuple[Label | None, str]:
    return verdict(figure_claim(sentence, cites="study"), MemoryLibrary({"study": source}))


@pytest.mark.parametrize(
    ("sentence", "source", "reason"),
    [
        ("AI models mentioned the hint in 25% of cases.", HINTS, "scope_wider"),
        ("All models mentioned the hint in 25% of cases.", HINTS, "scope_wider"),
        ("Claude 3.7 Sonnet and DeepSeek R1 mentioned the hint in 25% of cases.", HINTS, "scope_wider"),
        ("Claude 3.7 Sonnet mentioned the hint in 25% of cases, whether or not it was asked.", HINTS, "scope_wider"),
        ("Claude 3.7 Sonnet wanted to hide the hint it mentioned in 25% of cases.", HINTS, "scope_wider"),
        ("AI tools cut the developers' time by 24%.", "The developers expected that AI tools cut their time by 24%.", "scope_wider"),
        ("The training raised the probability of agreement by 81.2%.", "The training raised the odds of agreement by 81.2%.", "unit_confused"),
        ("The rate of blackmail fell by 3% with new training.", "The rate of blackmail fell to 3% with new training.", "unit_confused"),
        ("The best audit reached a realism rate of 32.8%.", "The average audit reached a realism rate of 32.8%.", "aggregate_changed"),
        ("As few as 150 poisoned documents planted a backdoor.", "As few as 250 poisoned documents planted a backdoor.", "figure_differs"),
    ],
)  # fmt: skip
def test_a_statement_that_bends_the_figures_own_sentence_is_contested(
    sentence: str, source: str, reason: str
) -> None:
    assert decided(sentence, source) == (Label.CONTESTED, reason)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Claude 3.7 Sonnet mentioned the hint in 25% of cases.", HINTS),
        ("Every model solved at most 30% of the sabotage tasks.", "No model solved above 30% of the sabotage tasks."),
        ("With guard filters 4.4% of jailbreak prompts got through.", "Compared to no filters, 4.4% of jailbreak prompts got through guard filters."),
        ("The developers had expected that AI tools cut their time by 24%.", "The developers expected that AI tools cut their time by 24%."),
    ],
)  # fmt: skip
def test_the_same_statement_in_other_words_is_supported(sentence: str, source: str) -> None:
    assert decided(sentence, source)[0] is Label.SUPPORTED


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("it mentioned the hint", "it did not mention the hint", "negation"),
        ("it refused harmful queries", "it complied with harmful queries", "negation"),
        ("with the instruction it stopped", "without the instruction it stopped", "condition"),
        ("after the training the rate was", "before the training the rate was", "phase"),
    ],
)
def test_two_clauses_disagree_by_the_rule_that_parts_them(one: str, other: str, rule: str) -> None:
    for claimed, found in ((one, other), (other, one)):
        disagreement = find_disagreement(claimed, found)
        assert disagreement is not None
        assert disagreement.rule == rule


def test_a_negation_of_something_else_parts_no_clauses() -> None:
    assert (
        find_disagreement("drops by 47.3% on these models", "drops by 47.3% relative to no mitigation")
        is None
    )


def test_the_rest_of_a_share_must_deny_what_the_share_affirms() -> None:
    library = MemoryLibrary({"graphs": "Our wiring graphs give a good account of a quarter of all prompts."})
    denied = figure_claim(
        "The remaining 75% of prompts get no good account from wiring graphs.", cites="graphs"
    )
    another = figure_claim(
        "In the remaining 75% of prompts the model gave wrong answers in the wiring graphs.", cites="graphs"
    )
    assert verdict(denied, library) == (Label.SUPPORTED, "agrees_derived")
    assert verdict(another, library)[0] is not Label.SUPPORTED


def test_a_figure_of_another_laboratorys_study_is_misattributed() -> None:
    source = make_source("trial", title="A trial of tools", publisher="METR", authors=("A. Smith",))
    library = MemoryLibrary(
        {"trial": "AI tools made experienced developers 19% slower on open-source tasks."}, (source,)
    )
    ours = figure_claim(
        "A trial by METR found that AI tools made experienced developers 19% slower on open-source tasks."
    )
    theirs = figure_claim(
        "A trial by OpenAI found that AI tools made experienced developers 19% slower on open-source tasks."
    )
    assert verdict(ours, library)[0] is Label.SUPPORTED
    assert verdict(theirs, library) == (Label.CONTESTED, "misattributed")


class FindingLibrary(MemoryLibrary):
    """One source with findings and no text."""

    def __init__(self, source: object) -> None:
        from kb.types import Source

        assert isinstance(source, Source)
        super().__init__({}, (source,))
        self._findings = {finding.id: finding for finding in source.findings}

    def finding(self, finding_id: str):  # type: ignore[no-untyped-def]
        return self._findings.get(finding_id)

    def search_many(self, queries, *, limit, source_ids=None):  # type: ignore[no-untyped-def]
        from tests.kb.test_judge import Hit

        return [
            [Hit(one, "finding", one.partition("#")[0], 0.7, 0.9) for one in self._findings] for _ in queries
        ]


def _percent(value: str) -> Quantity:
    return Quantity(
        surface=f"{value}%", start=0, end=0, low=Decimal(value), high=Decimal(value), unit=Unit(kind=UnitKind.PERCENT)
    )  # fmt: skip


def corrected_source() -> object:
    finding = make_finding(
        "study", "views", statement="Model Q4 acknowledged opposing views in 35% of answers.", quantities=(_percent("35"),)
    )  # fmt: skip
    was = FormerFigures(finding_id=finding.id, quantities=(_percent("28"),))
    versions = (
        StatedVersion(version="v1", published="2025-11-13"),
        StatedVersion(
            version="v2", published="2025-11-24", figures=FiguresChange.CHANGED, changed="A sampling fault was mended.", was=(was,)
        ),
    )  # fmt: skip
    return make_source("study", findings=(finding,), versions=versions)


def test_a_figure_that_a_version_took_back_is_outdated_and_the_new_one_is_suggested() -> None:
    checked = judge(
        figure_claim("Model Q4 acknowledged opposing views in 28% of answers.", cites="study"), FindingLibrary(corrected_source())
    )  # fmt: skip
    assert (checked.verdict.label, checked.verdict.reason) == (Label.CONTESTED, "outdated_version")
    assert checked.verdict.correction == "35%"
    assert "v2" in checked.verdict.explanation


def test_the_figure_that_stands_now_is_supported() -> None:
    claim = figure_claim("Model Q4 acknowledged opposing views in 35% of answers.", cites="study")
    assert judge(claim, FindingLibrary(corrected_source())).verdict.label is Label.SUPPORTED


class Fixed:
    """A verifier that says the same of everything."""

    name = "fixed/1"

    def __init__(self, supports: float, refutes: float) -> None:
        self.scores = StanceScores(supports=supports, refutes=refutes, neutral=1 - supports - refutes)

    def read(self, claim: str, windows: Sequence[str]) -> Sequence[StanceScores]:
        return [self.scores for _ in windows]


def _verified(sentence: str, verifier: Fixed) -> CheckedClaim:
    library = MemoryLibrary({"study": HINTS})
    claims = link_claims([figure_claim(sentence, cites="study")], library)
    return judge_claims(claims, Judging(library=library, verifier=verifier))[0]


def test_a_verifier_that_reads_a_refutation_lowers_a_support_and_is_named() -> None:
    checked = _verified("Claude 3.7 Sonnet mentioned the hint in 25% of cases.", Fixed(0.05, 0.9))
    assert checked.verdict.label is not Label.SUPPORTED
    assert any("fixed/1" in one.comparison.detail for one in checked.evidence)


def test_a_verifier_never_raises_what_the_rules_did_not_support() -> None:
    assert (
        _verified("Claude 3.7 Sonnet mentioned the hint in 52% of cases.", Fixed(0.99, 0.0)).verdict.label
        is not Label.SUPPORTED
    )


def test_a_trace_comes_out_the_same_when_it_is_run_again() -> None:
    for sentence in ("DeepSeek R1 mentioned the hint 39% of the time.", "Claude 3.7 Sonnet mentioned the hint in 25% of cases.",
                     "AI models mentioned the hint in 25% of cases."):  # fmt: skip
        checked = judge(figure_claim(sentence, cites="study"), MemoryLibrary({"study": HINTS}))
        assert any(step.rule == "table" for step in checked.verdict.trace)
        assert replay_trace(checked.verdict.trace, checked.verdict.reason) == []


def test_a_trace_that_was_tampered_with_is_found_out() -> None:
    checked = judge(figure_claim(HINTS, cites="study"), MemoryLibrary({"study": HINTS}))
    assert replay_trace(checked.verdict.trace, "figure_differs") != []
    bent = [
        replace(step, detail=step.detail.replace("= equal", "= differs")) for step in checked.verdict.trace
    ]
    assert any(step.rule == "compare" for step in bent)
    assert replay_trace(bent, checked.verdict.reason) != []
    assert replay_trace([Step(rule="table", detail="nonsense")], "agrees") != []


def test_the_table_gives_a_retraction_before_a_dispute_and_a_dispute_before_a_disagreement() -> None:
    standing = Standing(
        supports=("agrees",), refutes=("figure_differs",), disputed=True, status=SourceStatus.RETRACTED
    )
    assert choose_reason(standing) == "source_retracted"
    assert choose_reason(replace(standing, status=SourceStatus.CURRENT)) == "rebutted"
    assert choose_reason(replace(standing, status=SourceStatus.CURRENT, disputed=False)) == "sources_disagree"
    assert choose_reason(Standing(refutes=("hedge_dropped", "wrong_subject"))) == "wrong_subject"
    assert choose_reason(Standing(otherwise="source_silent")) == "source_silent"
    assert all(replay_trace([table_step(Standing(refutes=(one,)))], one) == [] for one in ORDER)


def test_refutations_that_are_set_aside_stay_in_the_evidence() -> None:
    library = MemoryLibrary(
        {"study": HINTS, "other": "Claude 3.7 Sonnet mentioned the hint in 41% of cases, in a run of ours."}
    )
    checked = judge(figure_claim(HINTS, cites="study"), library)
    assert checked.verdict.label is Label.SUPPORTED
    weighed = {one.source_id: one.stance for one in checked.evidence}
    assert weighed["study"] is Stance.SUPPORTS
    assert "other" in weighed
