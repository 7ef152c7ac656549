"""Laws of weighing evidence and deciding, on a small library held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index import SourceHit
from kb.judge import Judging, judge_claims
from kb.judge.decide import Weighing, decide_claim
from kb.link import LinkedClaim, SourceRank, link_claims
from kb.quantity import find_quantities
from kb.reader import Reader
from kb.text import make_selector
from kb.types import (
    CheckedClaim,
    Citation,
    CitationKind,
    Claim,
    ClaimKind,
    Contest,
    ContestKind,
    Label,
    Passage,
    Route,
    Source,
    SourceFinding,
    SourceStatus,
    Tier,
)
from kb.words import content_stems, coverage
from tests.factories import make_document, make_passage, make_source


@dataclass(frozen=True)
class Hit:
    entry_id: str
    kind: str
    source_id: str
    dense: float
    score: float


class MemoryLibrary:
    """Sources with texts; searched by shared words alone."""

    def __init__(self, texts: Mapping[str, str], sources: Sequence[Source] = ()) -> None:
        known = {source.id: source for source in sources}
        self._sources = {name: known.get(name, make_source(name)) for name in {*texts, *known}}
        self._texts = dict(texts)
        self._passages: dict[str, Passage] = {}
        self.reader = Reader()
        for name, text in texts.items():
            document = make_document(text, name=f"{name}.txt")
            passage = make_passage(document, name)
            self._passages[passage.id] = passage

    @property
    def sources(self) -> Mapping[str, Source]:
        return self._sources

    def search_many(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> list[list[Hit]]:
        answers = []
        for query in queries:
            hits = []
            for passage in self._passages.values():
                if source_ids is None or passage.source_id in source_ids:
                    share = coverage(content_stems(query), content_stems(passage.selector.exact))
                    hits.append(Hit(passage.id, "passage", passage.source_id or "", share, share))
            answers.append(sorted(hits, key=lambda hit: -hit.score)[:limit])
        return answers

    def search_sources(self, queries: Sequence[str], *, limit: int) -> list[list[SourceHit]]:
        answers = []
        for hits in self.search_many(queries, limit=1_000):
            best: dict[str, SourceHit] = {}
            for hit in hits:
                share = hit.score
                best.setdefault(
                    hit.source_id,
                    SourceHit(source_id=hit.source_id, words=share, topic=share, nearest=share, score=share),
                )
            answers.append(list(best.values())[:limit])
        return answers

    def passages_of(self, source_id: str) -> Sequence[Passage]:
        return [p for p in self._passages.values() if p.source_id == source_id]

    def passage(self, passage_id: str) -> Passage | None:
        return self._passages.get(passage_id)

    def finding(self, finding_id: str) -> SourceFinding | None:
        return None

    def text_of(self, source_id: str) -> str | None:
        return self._texts.get(source_id)


def figure_claim(sentence: str, *, cites: str | None = None) -> Claim:
    quantity = find_quantities(sentence)[0]
    return _claim(sentence, sentence[quantity.start : quantity.end], ClaimKind.QUANTITY, cites)


def _claim(sentence: str, span: str, kind: ClaimKind, cites: str | None) -> Claim:
    start = sentence.index(span)
    quantities = tuple(q for q in find_quantities(sentence) if start <= q.start < start + len(span))
    citations = (
        (Citation(surface="x", kind=CitationKind.LINK, start=0, end=1, source_ids=(cites,), exact=True),)
        if cites
        else ()
    )
    return Claim(
        id="c-1", kind=kind, sentence=make_selector(sentence, 0, len(sentence)),
        span=make_selector(sentence, start, start + len(span)),
        quantities=quantities if kind is ClaimKind.QUANTITY else (), citations=citations,
    )  # fmt: skip


def judge(claim: Claim, library: MemoryLibrary) -> CheckedClaim:
    return judge_claims(link_claims([claim], library), Judging(library=library))[0]


def verdict(claim: Claim, library: MemoryLibrary) -> tuple[Label | None, str]:
    checked = judge(claim, library)
    return checked.verdict.label, checked.verdict.reason


STUDY = "In the hint study, the model mentioned the hint 25% of the time for Claude 3.7 Sonnet and 39% of the time for DeepSeek R1."


def test_the_right_figure_of_the_right_model_is_supported() -> None:
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, MemoryLibrary({"study": STUDY}))[0] is Label.SUPPORTED


def test_another_models_figure_is_the_wrong_subject() -> None:
    checked = judge(
        figure_claim("Claude 3.7 Sonnet mentioned the hint 39% of the time.", cites="study"),
        MemoryLibrary({"study": STUDY}),
    )
    assert checked.verdict.reason == "wrong_subject"
    assert checked.verdict.correction is not None
    assert "25%" in checked.verdict.correction


def test_a_number_alone_supports_nothing() -> None:
    library = MemoryLibrary({"farm": "The farm lost 39% of its hens to a fox in spring."})
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="farm")
    assert verdict(claim, library)[0] is not Label.SUPPORTED


def test_average_told_as_best_case_is_contested() -> None:
    library = MemoryLibrary(
        {
            "audit": "Giving the auditor resources raises the average realism win rate to 32.8% in coding audits."
        }
    )
    claim = figure_claim("In coding audits the best-case realism win rate is 32.8%.", cites="audit")
    assert verdict(claim, library) == (Label.CONTESTED, "aggregate_changed")


def test_the_remaining_share_follows_from_the_source() -> None:
    library = MemoryLibrary(
        {"graphs": "Our wiring graphs give a good account of about a quarter of all prompts in the trial."}
    )
    claim = figure_claim(
        "The remaining 75% of prompts get no good account from wiring graphs.", cites="graphs"
    )
    assert verdict(claim, library) == (Label.SUPPORTED, "agrees_derived")


def test_a_share_of_all_data_is_no_wider_scope() -> None:
    library = MemoryLibrary(
        {"study": "Providers like Google can have received an estimated 19.2% of the arena data."}
    )
    claim = figure_claim("Google received 19.2% of all arena data.", cites="study")
    assert verdict(claim, library)[0] is Label.SUPPORTED


def test_a_figure_of_the_negated_condition_is_not_supported() -> None:
    library = MemoryLibrary(
        {"study": "Without the explicit instruction, o3 broke the off switch in 79 of 100 runs."}
    )
    claim = figure_claim(
        "With the explicit instruction, o3 broke the off switch in 79 of 100 runs.", cites="study"
    )
    assert verdict(claim, library)[0] is not Label.SUPPORTED


def test_the_figure_of_the_opposite_condition_is_said_to_be_of_that_condition() -> None:
    library = MemoryLibrary(
        {"study": "Without a hint, Claude 3.7 Sonnet gave the right answer in 47.3% of cases."}
    )
    claim = figure_claim(
        "Claude 3.7 Sonnet gave the right answer in 47.3% of cases with a hint.", cites="study"
    )
    checked = judge(claim, library)
    assert checked.verdict.label is Label.CONTESTED
    assert "opposite condition" in checked.verdict.explanation
    assert "for Claude 3.7 Sonnet" not in checked.verdict.explanation


def test_never_said_of_something_else_is_no_zero_percent() -> None:
    library = MemoryLibrary({"study": "Peer preservation in all our runs is never instructed by the prompt."})
    claim = figure_claim("Peer preservation was seen in 0% of runs by the prompt.", cites="study")
    assert verdict(claim, library)[0] is not Label.SUPPORTED


def test_an_unreviewed_source_is_not_called_secondary() -> None:
    source = replace(make_source("study"), reviewed_by=None)
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, MemoryLibrary({"study": STUDY}, [source]))[1] == "finding_unverified"


def test_a_merged_range_of_two_models_is_not_supported() -> None:
    claim = figure_claim(
        "Models mentioned the hint between 25% and 39% of the time in the hint study.", cites="study"
    )
    assert verdict(claim, MemoryLibrary({"study": STUDY}))[0] is not Label.SUPPORTED


def test_a_cited_source_that_is_silent_is_named_first() -> None:
    checked = judge(
        figure_claim("The model lied in 93.1% of runs.", cites="study"),
        MemoryLibrary({"study": STUDY, "b": "Lies of models in runs."}),
    )
    assert checked.verdict.label is Label.UNSOURCED
    assert checked.evidence[0].source_id == "study"


def test_an_unreviewed_source_never_decides() -> None:
    source = replace(make_source("study"), reviewed_by=None)
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, MemoryLibrary({"study": STUDY}, [source]))[0] is Label.UNSOURCED


def test_a_secondary_source_never_decides_alone() -> None:
    source = replace(make_source("study"), tier=Tier.SECONDARY)
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, MemoryLibrary({"study": STUDY}, [source])) == (Label.UNSOURCED, "only_secondary")


def test_a_retracted_source_contests_what_rests_on_it() -> None:
    source = replace(make_source("study"), status=SourceStatus.RETRACTED)
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, MemoryLibrary({"study": STUDY}, [source])) == (Label.CONTESTED, "source_retracted")


def disputed(kind: ContestKind) -> MemoryLibrary:
    rebuttal = replace(
        make_source("rebuttal"), contests=(Contest(source_id="study", kind=kind, says="half as often"),)
    )
    return MemoryLibrary(
        {
            "study": STUDY,
            "rebuttal": "The hint study is wrong: DeepSeek R1 mentioned the hint only 20% of the time.",
        },
        [make_source("study"), rebuttal],
    )


def test_a_rebuttal_in_the_registry_contests_an_agreeing_figure() -> None:
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    checked = judge(claim, disputed(ContestKind.REBUTS))
    assert (checked.verdict.label, checked.verdict.reason) == (Label.CONTESTED, "rebutted")
    assert {e.source_id for e in checked.evidence[:2]} == {"study", "rebuttal"}


def test_a_general_dispute_is_a_caveat_to_a_figure_it_gives_no_figure_for() -> None:
    general = replace(
        make_source("general"),
        contests=(Contest(source_id="study", kind=ContestKind.DISPUTES, says="it has faults"),),
    )
    library = MemoryLibrary(
        {
            "study": STUDY,
            "general": "The hint study of DeepSeek R1 and its time holds several incorrect claims.",
        },
        [make_source("study"), general],
    )
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, library) == (Label.SUPPORTED, "agrees_with_caveat")


def test_a_supposition_of_the_source_supports_no_finding() -> None:
    library = MemoryLibrary(
        {"study": "We hypothesize that probes detect sleeper agents with hidden backdoor triggers."}
    )
    sentence = "The probes detect sleeper agents with hidden backdoor triggers."
    assert verdict(_claim(sentence, sentence, ClaimKind.FINDING, "study"), library)[0] is not Label.SUPPORTED


def test_a_single_quoted_word_needs_a_source_named_beside_it() -> None:
    library = MemoryLibrary({"study": "The behaviour was an emergent effect of the study."})
    sentence = "The behaviour was called “emergent” after the study."
    assert verdict(_claim(sentence, "emergent", ClaimKind.QUOTATION, None), library)[0] is not Label.SUPPORTED
    assert verdict(_claim(sentence, "emergent", ClaimKind.QUOTATION, "study"), library)[0] is Label.SUPPORTED


def test_a_qualification_is_a_caveat() -> None:
    note = replace(
        make_source("note"),
        contests=(Contest(source_id="study", kind=ContestKind.QUALIFIES, says="one task only"),),
    )
    library = MemoryLibrary(
        {"study": STUDY, "note": "Later work on tasks of other kinds."}, [make_source("study"), note]
    )
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    assert verdict(claim, library) == (Label.SUPPORTED, "agrees_with_caveat")


def test_verbatim_words_of_the_cited_source_are_supported() -> None:
    library = MemoryLibrary(
        {"study": "We generally do not know how common any behaviour is in target models."}
    )
    claim = _claim("They said “we generally do not know how common any behaviour is”.", "we generally do not know how common any behaviour is", ClaimKind.QUOTATION, "study")  # fmt: skip
    checked = judge(claim, library)
    assert checked.verdict.reason == "quote_verbatim"
    selector = checked.evidence[0].selector
    assert selector is not None
    assert (library.text_of("study") or "")[selector.start : selector.end] == selector.exact


def test_a_quotation_from_a_source_without_text_is_not_called_silent() -> None:
    library = MemoryLibrary({"other": "Something else."}, [make_source("study")])
    claim = _claim("They said “we have never seen such a thing before”.", "we have never seen such a thing before", ClaimKind.QUOTATION, "study")  # fmt: skip
    assert verdict(claim, library) == (Label.UNSOURCED, "text_not_held")


def test_a_finding_with_the_opposite_polarity_is_not_supported() -> None:
    library = MemoryLibrary(
        {"study": "The probes did not detect sleeper agents with hidden backdoor triggers."}
    )
    sentence = "The probes detect sleeper agents with hidden backdoor triggers."
    claim = _claim(sentence, sentence, ClaimKind.FINDING, "study")
    assert verdict(claim, library)[0] is not Label.SUPPORTED


def test_all_told_for_some_is_a_wider_scope() -> None:
    library = MemoryLibrary(
        {"study": "Some frontier models resorted to blackmail of officials to avoid replacement in the test."}
    )
    sentence = "All frontier models resorted to blackmail of officials to avoid replacement in the test."
    claim = _claim(sentence, sentence, ClaimKind.FINDING, "study")
    assert verdict(claim, library) == (Label.CONTESTED, "scope_wider")


def test_an_article_is_no_evidence_for_itself() -> None:
    library = MemoryLibrary({"study": STUDY})
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    linked = link_claims([claim], library)
    checked = judge_claims(linked, Judging(library=library, self_sources=frozenset({"study"})))[0]
    assert checked.verdict.label is Label.UNSOURCED


def test_the_same_check_twice_is_equal() -> None:
    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study")
    library = MemoryLibrary({"study": STUDY, "farm": "The farm lost 39% of its hens."})
    assert judge(claim, library) == judge(claim, library)


@pytest.mark.parametrize("label", list(Label))
def test_only_no_primary_source_may_have_no_evidence(label: Label) -> None:
    claims = {
        Label.SUPPORTED: figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="study"),
        Label.CONTESTED: figure_claim("Claude 3.7 Sonnet mentioned the hint 39% of the time.", cites="study"),
        Label.UNSOURCED: figure_claim("The model lied in 93.1% of runs.", cites="study"),
    }
    checked = judge(claims[label], MemoryLibrary({"study": STUDY}))
    assert checked.verdict.label is label
    assert checked.evidence


@given(st.permutations(range(4)))
def test_deciding_is_free_of_the_order_of_evidence(order: Sequence[int]) -> None:
    from kb.types import Comparison, Stance
    from tests.factories import make_evidence

    claim = figure_claim("DeepSeek R1 mentioned the hint 39% of the time.", cites="a")
    library = MemoryLibrary(dict.fromkeys("abcd", STUDY))
    evidence = [
        make_evidence(
            claim, name, kind="passage", id=f"e-{name}", finding_id=None,
            stance=Stance.REFUTES if name in "bd" else Stance.SUPPORTS,
            reason="figure_differs" if name in "bd" else "agrees",
            comparison=Comparison(relation="x", detail="d"), score=score,
        )
        for name, score in zip("abcd", (0.9, 0.9, 0.7, 0.2), strict=True)
    ]  # fmt: skip
    ranks = tuple(SourceRank(source_id=n, score=1.0, route=Route.CITED, features=()) for n in "abcd")
    linked = LinkedClaim(claim=claim, ranks=ranks, candidates=())

    def decide(pieces: list[object]) -> object:
        return decide_claim(Weighing(linked=linked, evidence=tuple(pieces), contesting={}), library, None)  # type: ignore[arg-type]

    assert decide([evidence[i] for i in order]) == decide(list(evidence))
