"""Search over a real store: what is found, in which order, and that the answer hangs on nothing else."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.embed import OnnxEmbedder
from kb.index import Hit, Index, IndexStatus
from kb.index.chroma import ChromaIndex
from kb.store import Store
from tests.factories import make_finding, make_source
from tests.kb.index_library import ADDED_AT, QUERIES, make_home, make_sentences, save_text

SOURCES = 24  # 10 passages and a finding each: a few hundred entries


class CountingEmbedder:
    """The shipped embedder, counting the texts it was given."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        self._embedder = embedder
        self.name, self.sha256, self.dimensions = embedder.name, embedder.sha256, embedder.dimensions
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Any:
        self.texts += texts
        return self._embedder.embed(texts)


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Path:
    """An indexed home that no test may change."""
    home = make_home(tmp_path_factory.mktemp("library") / "home", SOURCES)
    with Store.open(home) as store, Index.open(store, embedder) as index:
        index.refresh()
    return home


@pytest.fixture(scope="module")
def index(library: Path, embedder: OnnxEmbedder) -> Iterator[Index]:
    with Store.open(library) as store, Index.open(store, embedder) as opened:
        yield opened


@pytest.fixture
def home(library: Path, tmp_path: Path) -> Path:
    """A copy of the indexed home that a test may do anything to."""
    return Path(shutil.copytree(library, tmp_path / "home"))


@pytest.fixture
def small_home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "small", 2, 7)


def answers(index: Index) -> tuple[tuple[Hit, ...], ...]:
    return index.search_many(QUERIES, limit=30)


def test_an_indexed_library_is_sound_and_answered_by_chroma(index: Index) -> None:
    state = index.state()
    assert state.status is IndexStatus.OK
    assert state.entries == state.vectors == state.lexical == SOURCES * 11
    assert state.chroma == state.texts > state.entries
    assert index.issues == ()
    assert isinstance(
        index._dense.choose(index._view.vectors, index._view.exact, state.generation), ChromaIndex
    )


def test_a_sentence_finds_the_passage_that_holds_it_first(index: Index) -> None:
    for number in (0, 7, 23):
        sentence = make_sentences(number)[4]
        best = index.search(sentence)[0]
        assert best.source_id == f"source-{number}"
        assert best.kind == "passage"
        assert best.dense > 0.8
        assert best.lexical > 0.9


def test_a_finding_is_found_by_its_statement(index: Index) -> None:
    best = index.search(f"Source 3 found that {make_sentences(3)[0].lower()}")[0]
    assert (best.entry_id, best.kind, best.source_id) == ("source-3#main", "finding", "source-3")


def test_other_words_for_the_same_thing_are_found(index: Index) -> None:
    hits = index.search("experts were asked when machines will replace labour", limit=10)
    assert max(hit.dense for hit in hits) > 0.3
    assert index.search("experts were asked when machines will replace labour", limit=10) == hits
    about_forecasts = index.search("A panel of forecasters named a date for automation", limit=40)
    assert {hit.entry_id for hit in hits} & {hit.entry_id for hit in about_forecasts}


def test_scores_lie_between_nought_and_one_and_fall(index: Index) -> None:
    for hits in answers(index):
        assert hits
        for hit in hits:
            assert 0 <= hit.lexical <= 1
            assert 0 <= hit.dense <= 1
            assert 0 <= hit.score <= 1
        assert [(-hit.score, hit.entry_id) for hit in hits] == sorted(
            (-hit.score, hit.entry_id) for hit in hits
        )
        assert len({hit.entry_id for hit in hits}) == len(hits)


def test_the_limit_cuts_the_same_ranking(index: Index) -> None:
    for query in QUERIES:
        assert index.search(query, limit=5) == index.search(query, limit=9)[:5]


def test_a_limit_under_one_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="at least one"):
        index.search("anything", limit=0)


def test_many_queries_give_what_each_gives_alone(index: Index) -> None:
    assert answers(index) == tuple(index.search(query, limit=30) for query in QUERIES)


def test_two_indexes_give_the_same_answers_again_and_again(home: Path, embedder: OnnxEmbedder) -> None:
    runs = []
    for _ in range(2):
        with Store.open(home) as store, Index.open(store, embedder) as opened:
            runs += [answers(opened), answers(opened)]
    assert runs[0] == runs[1] == runs[2] == runs[3]


def test_chroma_and_exact_search_give_the_same_answers(
    home: Path, index: Index, embedder: OnnxEmbedder
) -> None:
    shutil.rmtree(home / "index" / "chroma")
    with Store.open(home) as store, Index.open(store, embedder) as exact:
        assert answers(exact) == answers(index)
        assert [issue.code for issue in exact.issues] == ["vector_index_unusable"]


def test_a_second_owner_searches_exactly_and_says_so(
    home: Path, index: Index, embedder: OnnxEmbedder
) -> None:
    with Store.open(home) as store, Index.open(store, embedder) as first:
        answers(first)
        with Index.open(store, embedder) as second:
            assert answers(second) == answers(first)
            assert [(issue.code, issue.level) for issue in second.issues] == [("vector_index_in_use", "info")]
            assert second.state().chroma is None
            assert second.state().status is IndexStatus.OK
        assert first.issues == ()


def test_a_filter_finds_what_an_unfiltered_search_finds_of_these_sources(index: Index) -> None:
    wanted = frozenset({"source-3", "source-11", "not-a-source"})
    for query in QUERIES:
        everything = index.search(query, limit=1_000)
        expected = {hit.entry_id for hit in everything if hit.source_id in wanted}
        hits = index.search(query, limit=1_000, source_ids=wanted)
        assert {hit.source_id for hit in hits} <= wanted
        assert {hit.entry_id for hit in hits} >= expected
        by_id = {hit.entry_id: hit for hit in everything}
        for hit in hits:
            if hit.entry_id in by_id:
                assert (hit.dense, hit.lexical) == (by_id[hit.entry_id].dense, by_id[hit.entry_id].lexical)


def test_a_filter_reaches_an_entry_that_no_unfiltered_search_would_show(index: Index) -> None:
    hits = index.search(make_sentences(0)[0], limit=3, source_ids=frozenset({"source-20"}))
    assert len(hits) == 3
    assert {hit.source_id for hit in hits} == {"source-20"}


def test_an_empty_filter_and_an_unknown_source_find_nothing(index: Index) -> None:
    assert index.search("the reward model", source_ids=frozenset()) == ()
    assert index.search("the reward model", source_ids=frozenset({"nobody", "x\0\ud800"})) == ()


@pytest.mark.parametrize("query", ["", " \n\t", "%", "---", "?!", "“”", "\0", "\u200b\ufeff", "_"])
def test_a_query_without_a_letter_or_digit_finds_nothing(index: Index, query: str) -> None:
    assert index.search(query) == ()


HOSTILE = [
    "GPT-4",
    "p(doom)",
    '"',
    'an "unclosed quote',
    "NEAR(a b",
    "x:",
    "text:model AND",
    "NOT",
    "a* OR ^b~2",
    "[1 TO 9]",
    "/.*/",
    "\\",
    "model\0model",
    "reward \ud800 model",
    "１２％ ｍｏｄｅｌ",
    "модель наград",
    "模型 拒绝",
    "'; DROP TABLE passages; --",
    "the of and",
    "the reward model " * 600,
    "x" * 10_000,
    "".join(chr(0x61 + n % 26) + str(n) + " " for n in range(3_000)),
    "e\u0301" * 300,
    "<script>alert(1)</script>",
    "../../etc/passwd",
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query)[:24])
def test_any_text_is_a_query_and_never_a_query_language(index: Index, query: str) -> None:
    hits = index.search(query)
    assert hits == index.search(query)
    assert index.issues == ()
    assert len(hits) <= 20


@given(st.text(st.characters(codec=None), max_size=80))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_string_breaks_a_search(index: Index, query: str) -> None:
    for hit in index.search(query, limit=3):
        assert 0 <= hit.score <= 1
    assert index.issues == ()


def test_an_empty_store_is_sound_and_finds_nothing(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(tmp_path, create=True) as store, Index.open(store, embedder) as opened:
        assert opened.search("anything") == ()
        assert opened.issues == ()
        assert opened.state().status is IndexStatus.OK
        opened.refresh()
        opened.rebuild()
        assert opened.search("anything") == ()
        assert opened.state().status is IndexStatus.OK


def test_a_source_without_text_is_found_by_its_findings_alone(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(tmp_path, create=True) as store, Index.open(store, embedder) as opened:
        finding = make_finding("jones-2024", "rate", statement="Half of the agents cheated at chess.")
        store.save_source(
            make_source("jones-2024", findings=(finding,)), origin="registry", added_at=ADDED_AT
        )
        opened.refresh()
        (hit,) = opened.search("agents that cheat at chess")
        assert hit.entry_id == "jones-2024#rate"
        assert hit.score == 1.0


def test_one_word_finds_an_entry_by_its_sources_title(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(tmp_path, create=True) as store, Index.open(store, embedder) as opened:
        for name, title in (("a", "The Zyzzyva Report"), ("b", "Another study")):
            finding = make_finding(name, "f", statement="Half of the agents cheated at chess.")
            source = make_source(name, title=title, findings=(finding,))
            store.save_source(source, origin="registry", added_at=ADDED_AT)
        opened.refresh()
        assert opened.search("Zyzzyva agents")[0].source_id == "a"


# --------------------------------------------------------------------------- keeping up with the store


def test_a_refresh_embeds_only_what_is_new(small_home: Path, embedder: OnnxEmbedder) -> None:
    counting = CountingEmbedder(embedder)
    with Store.open(small_home) as store, Index.open(store, counting) as opened:
        opened.refresh()
        first = len(counting.texts)
        assert first == len(set(counting.texts)) == opened.state().texts
        opened.refresh()
        assert len(counting.texts) == first
        save_text(store, 2, 7)
        assert not opened.is_current()
        opened.refresh()
        assert opened.is_current()
        assert set(counting.texts[first:]) >= set(make_sentences(2)[:7])
        assert not set(counting.texts[first:]) & set(counting.texts[:first])


def test_overlapping_passages_share_the_vectors_of_their_sentences(
    small_home: Path, embedder: OnnxEmbedder
) -> None:
    with Store.open(small_home) as store, Index.open(store, embedder) as opened:
        opened.refresh()
        # Two sources of 7 sentences: 3 windows, a finding and a card each.
        assert opened.state().texts == 2 * (7 + 3 + 1 + 1)


def test_a_grown_index_equals_one_built_at_once(
    small_home: Path, tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    with Store.open(small_home) as store, Index.open(store, embedder) as grown:
        grown.refresh()
        save_text(store, 2, 7)
        grown.refresh()
        save_text(store, 3, 7)
        grown.refresh()
        with Store.open(make_home(tmp_path / "whole", 4, 7)) as other, Index.open(other, embedder) as whole:
            whole.refresh()
            assert answers(grown) == answers(whole)
            assert grown.state() == whole.state()


def test_a_deleted_index_is_rebuilt_to_the_same_answers(
    home: Path, index: Index, embedder: OnnxEmbedder
) -> None:
    shutil.rmtree(home / "index")
    with Store.open(home) as store, Index.open(store, embedder) as opened:
        assert opened.state().status is IndexStatus.MISSING
        assert "index_missing" in [issue.code for issue in opened.issues]
        assert answers(opened) == answers(index)
        opened.rebuild()
        assert answers(opened) == answers(index)
        assert opened.state() == index.state()
        assert opened.issues == ()


def test_without_vectors_search_goes_on_by_words_and_says_so(home: Path, embedder: OnnxEmbedder) -> None:
    with sqlite3.connect(home / "wherefrom.db") as connection:
        connection.execute("DELETE FROM vectors")
    connection.close()
    with Store.open(home) as store, Index.open(store, embedder) as opened:
        assert opened.state().status is IndexStatus.STALE
        assert "vectors_missing" in [issue.code for issue in opened.issues]
        best = opened.search(make_sentences(7)[4])[0]
        assert best.source_id == "source-7"
        assert best.dense == 0.0


def test_a_stale_index_answers_from_the_store_and_is_brought_up_to_it(
    home: Path, embedder: OnnxEmbedder
) -> None:
    with Store.open(home) as store:
        save_text(store, SOURCES)
    with Store.open(home) as store, Index.open(store, embedder) as opened:
        assert opened.state().status is IndexStatus.STALE
        assert {"index_stale", "vectors_missing"} <= {issue.code for issue in opened.issues}
        assert opened.search(make_sentences(SOURCES)[4])[0].source_id == f"source-{SOURCES}"  # by its words
        opened.refresh()
        assert opened.state().status is IndexStatus.OK
        assert opened.issues == ()
        best = opened.search(make_sentences(SOURCES)[4])[0]
        assert best.source_id == f"source-{SOURCES}"
        assert best.dense > 0.8


def test_text_that_left_the_store_leaves_the_index(small_home: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(small_home) as store, Index.open(store, embedder) as opened:
        opened.refresh()
        before = opened.state()
        save_text(store, 0, 5)  # a shorter version of the same source
        opened.refresh()
        after = opened.state()
        assert after.status is IndexStatus.OK
        assert after.chroma == after.texts < before.texts
        gone = make_sentences(0, 7)[6]
        assert all(hit.dense < 0.99 for hit in opened.search(gone))


def test_a_finding_whose_words_changed_is_found_by_the_new_ones(
    tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    with Store.open(tmp_path, create=True) as store, Index.open(store, embedder) as opened:
        for statement in ("Bread is sold on Sundays.", "Agents cheated at chess in half of the games."):
            source = make_source("a", findings=(make_finding("a", "f", statement=statement),))
            store.save_source(source, origin="registry", added_at=ADDED_AT)
            opened.refresh()
            assert opened.search(statement)[0].dense == pytest.approx(1.0, abs=1e-5)


def test_progress_counts_up_to_its_total(small_home: Path, embedder: OnnxEmbedder) -> None:
    told: list[tuple[int, int]] = []
    with Store.open(small_home) as store, Index.open(store, embedder) as opened:
        opened.rebuild(lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_vectors_of_texts_that_are_gone_are_dropped_by_a_rebuild(
    small_home: Path, embedder: OnnxEmbedder
) -> None:
    with Store.open(small_home) as store, Index.open(store, embedder) as opened:
        opened.refresh()
        save_text(store, 0, 5)
        opened.rebuild()
        assert len(store.load_vectors(embedder.sha256)[0]) == opened.state().texts


def test_a_vector_that_was_damaged_in_the_store_is_made_again(home: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(home) as store:
        keys, block = store.load_vectors(embedder.sha256)
        nothing = np.full(embedder.dimensions, np.nan, dtype="<f4").tobytes()
        store.save_vectors(embedder.sha256, [(keys[0], nothing)])
        with Index.open(store, embedder) as opened:
            assert "vectors_missing" in [issue.code for issue in opened.issues]
            opened.refresh()
            assert opened.state().status is IndexStatus.OK
        assert store.load_vectors(embedder.sha256) == (keys, block)


class OtherEmbedder(CountingEmbedder):
    """Another model: other vectors of another name and length."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        super().__init__(embedder)
        self.sha256, self.dimensions = "f" * 64, 100

    def embed(self, texts: Sequence[str]) -> Any:
        vectors = super().embed(texts)[:, :100]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_another_model_gets_vectors_and_an_index_of_its_own(small_home: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(small_home) as store:
        with Index.open(store, embedder) as opened:
            opened.refresh()
            expected = answers(opened)
        with Index.open(store, OtherEmbedder(embedder)) as opened:
            assert {"index_stale", "vectors_missing"} <= {issue.code for issue in opened.issues}
            opened.refresh()
            assert opened.state().status is IndexStatus.OK
            assert opened.search(make_sentences(1)[3])[0].source_id == "source-1"
        with Index.open(store, embedder) as opened:
            assert "index_stale" in [issue.code for issue in opened.issues]
            assert answers(opened) == expected
