"""Laws of linking, on a small library held in memory: routes, names, disputes, numbers, passages, the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.index import SourceHit
from kb.link import LinkedClaim, Weights, index_disputes, link_claims
from kb.quantity import find_quantities
from kb.reader import Reader
from kb.text import make_selector
from kb.types import (
    Citation,
    CitationKind,
    Claim,
    ClaimKind,
    Contest,
    ContestKind,
    Passage,
    Route,
    Source,
    SourceFinding,
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


class CountingLibrary:
    """Sources of one passage a sentence, searched by shared words; counts how often it is asked."""

    def __init__(self, texts: Mapping[str, str], *sources: Source) -> None:
        known = {source.id: source for source in sources}
        self.sources: Mapping[str, Source] = {name: known.get(name, make_source(name)) for name in texts}
        self.reader = Reader()
        self.asked = 0
        self._passages: dict[str, Passage] = {}
        for name, text in texts.items():
            document = make_document(text, name=f"{name}.txt")
            start = 0
            for sentence in text.split("\n"):
                passage = make_passage(document, name, start, start + len(sentence))
                self._passages[passage.id] = passage
                start += len(sentence) + 1

    def search_many(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> list[list[Hit]]:
        self.asked += 1
        answers = []
        for query in queries:
            hits = []
            for passage in self._passages.values():
                source_id = passage.source_id or ""
                if source_ids is None or source_id in source_ids:
                    share = coverage(content_stems(query), content_stems(passage.selector.exact))
                    hits.append(Hit(passage.id, "passage", source_id, share, share))
            answers.append(sorted(hits, key=lambda hit: (-hit.score, hit.entry_id))[:limit])
        return answers

    def search_sources(self, queries: Sequence[str], *, limit: int) -> list[list[SourceHit]]:
        answers = []
        for hits in self.search_many(queries, limit=1_000):
            best: dict[str, float] = {}
            for hit in hits:
                best.setdefault(hit.source_id, hit.score)
            answers.append(
                [
                    SourceHit(source_id=name, words=share, topic=share, nearest=share, score=share)
                    for name, share in sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
                ][:limit]
            )
        return answers

    def passages_of(self, source_id: str) -> Sequence[Passage]:
        return [p for p in self._passages.values() if p.source_id == source_id]

    def passage(self, passage_id: str) -> Passage | None:
        return self._passages.get(passage_id)

    def finding(self, finding_id: str) -> SourceFinding | None:
        return None

    def text_of(self, source_id: str) -> str | None:
        return None


def claim_of(sentence: str, *, at: int = 0, cites: str | None = None, exact: bool = True) -> Claim:
    quantities = find_quantities(sentence)
    citations: tuple[Citation, ...] = ()
    if cites is not None:
        citations = (
            Citation(
                surface="1", kind=CitationKind.FOOTNOTE, start=0, end=1, source_ids=(cites,), exact=exact
            ),
        )
    selector = make_selector(" " * at + sentence, at, at + len(sentence))
    return Claim(
        id=f"c-{at}",
        kind=ClaimKind.QUANTITY if quantities else ClaimKind.FINDING,
        sentence=selector,
        span=selector,
        quantities=quantities,
        citations=citations,
    )


def link(library: CountingLibrary, *claims: Claim, text: str = "") -> tuple[LinkedClaim, ...]:
    return link_claims(claims, library, document_text=text)


def first(linked: LinkedClaim) -> str:
    return linked.ranks[0].source_id


TEXTS = {
    "probes": "Linear probes flagged deception in most transcripts.\nProbes were trained on honest replies.",
    "sabotage": "Models sabotaged the shutdown script in 79 of 100 runs.\nThe script was left alone otherwise.",
}
PROBES = "Linear probes flagged deception in transcripts."
SABOTAGE = "Models sabotaged the shutdown script."


def test_a_claim_goes_to_the_source_that_speaks_of_it() -> None:
    library = CountingLibrary(TEXTS)
    assert [first(one) for one in link(library, claim_of(PROBES), claim_of(SABOTAGE, at=900))] == [
        "probes",
        "sabotage",
    ]


def test_a_cited_source_comes_first_and_by_its_own_route() -> None:
    linked = link(CountingLibrary(TEXTS), claim_of(PROBES, cites="sabotage"))[0]
    assert first(linked) == "sabotage"
    assert [rank.source_id for rank in linked.cited] == ["sabotage"]
    assert [rank.source_id for rank in linked.searched] == ["probes"]
    assert linked.ranks[0].route is Route.CITED


def test_a_source_that_words_only_suggest_does_not_beat_one_that_fits() -> None:
    linked = link(CountingLibrary(TEXTS), claim_of(PROBES, cites="sabotage", exact=False))[0]
    assert first(linked) == "probes"
    assert [rank.route for rank in linked.cited] == [Route.ATTRIBUTED]


def test_a_claim_without_words_of_its_own_goes_with_its_neighbours() -> None:
    library = CountingLibrary(TEXTS)
    vague = claim_of("Nobody had expected it.", at=120)
    linked = link(library, claim_of(SABOTAGE), vague, claim_of(SABOTAGE, at=200))
    assert first(linked[1]) == "sabotage"
    alone = link_claims(
        [claim_of(SABOTAGE), vague], library, weights=Weights(course=False, named_in_article=0)
    )
    chances = {rank.source_id: rank.feature("chance") for rank in alone[1].ranks}
    assert chances["sabotage"] == chances["probes"]


def test_a_name_in_the_article_leans_claims_to_its_source() -> None:
    library = CountingLibrary(
        {"a-lab": "Chat models refused to answer.", "palisade": "Chat models refused to answer."},
        make_source("palisade", publisher="Palisade Research"),
        make_source("a-lab", publisher=None, authors=()),
    )
    claim = claim_of("Chat models refused to answer.")
    assert first(link(library, claim)[0]) == "a-lab"  # equal: by id
    assert first(link(library, claim, text="A study by Palisade Research made news.")[0]) == "palisade"


def test_what_is_contested_comes_before_what_contests_it() -> None:
    texts = {
        "critic": "GPT-4 did not pass the bar exam in the top decile.",
        "report": "GPT-4 passed the bar exam in the top decile of test takers.",
    }
    claim = claim_of("It passed the bar exam in the top decile.")
    assert first(link(CountingLibrary(texts), claim)[0]) == "critic"
    contest = Contest(source_id="report", kind=ContestKind.DISPUTES, says="lower among those who pass")
    library = CountingLibrary(texts, make_source("critic", contests=(contest,)))
    assert [rank.source_id for rank in link(library, claim)[0].ranks] == ["report", "critic"]
    cited = claim_of("It passed the bar exam in the top decile.", cites="critic")
    assert first(link(library, cited)[0]) == "critic"


def test_the_claims_number_puts_its_passage_first() -> None:
    linked = link(CountingLibrary(TEXTS), claim_of("The shutdown script was left alone in 79 of 100 runs."))[
        0
    ]
    best = linked.candidates[0]
    assert best.passage is not None
    assert "79 of 100" in best.passage.selector.exact
    assert dict(best.features)["number"] == 1.0


def test_every_feature_has_a_name_and_a_value() -> None:
    linked = link(CountingLibrary(TEXTS), claim_of(SABOTAGE))[0]
    for features in (linked.ranks[0].features, linked.candidates[0].features):
        assert len({name for name, _ in features}) == len(features) > 3


def test_linking_twice_gives_the_same() -> None:
    claims = (claim_of(PROBES), claim_of(SABOTAGE, at=90))
    library = CountingLibrary(TEXTS)
    assert link(library, *claims) == link(library, *claims)
    reversed_library = CountingLibrary(dict(reversed(TEXTS.items())))
    assert link(reversed_library, *claims) == link(library, *claims)


def test_an_article_is_searched_for_at_once_however_many_its_claims() -> None:
    texts = {name: "\n".join(f"{text} Part {n}." for n in range(4)) for name, text in TEXTS.items()}
    few, many = CountingLibrary(texts), CountingLibrary(texts)
    link(few, claim_of(PROBES))
    link(many, *(claim_of(f"{PROBES} Again {n}.", at=80 * n) for n in range(40)))
    assert few.asked == many.asked


def test_no_claims_ask_for_nothing() -> None:
    library = CountingLibrary(TEXTS)
    assert link(library) == ()
    assert library.asked == 0


def test_disputes_are_read_once_and_asked_by_source() -> None:
    against = Contest(source_id="b", kind=ContestKind.REBUTS, says="no")
    disputes = index_disputes([make_source("c", contests=(against, against)), make_source("b")])
    assert disputes.sources_against("b") == ("c",)
    assert disputes.sources_against("c") == ()
    assert disputes.holders == {"c"}
    assert disputes.contests("c", "b")
    assert not disputes.contests("b", "c")
