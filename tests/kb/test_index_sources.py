"""Laws of searching whole sources: by all their words, by what they are about, by their nearest text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.embed import OnnxEmbedder
from kb.index import Index
from kb.index.entries import Leads, iter_entries, iter_source_entries
from kb.index.fusion import fair_nearest, fuse_sources
from kb.index.vectors import spread
from kb.store import Store
from tests.factories import make_document, make_finding, make_passage, make_source
from tests.kb.index_library import ADDED_AT, QUERIES, make_home, make_sentences

_SHARE = st.floats(0, 1)


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Path:
    folder = make_home(tmp_path_factory.mktemp("sources") / "home", 5, 9)
    with Store.open(folder) as store:
        store.save_source(
            make_source("no-text", title="Weather balloons", findings=(make_finding("no-text"),)),
            origin="registry",
            added_at=ADDED_AT,
        )
        with Index.open(store, embedder, exact=True) as index:
            index.refresh()
    return folder


@pytest.fixture
def index(home: Path, embedder: OnnxEmbedder) -> Iterator[Index]:
    with Store.open(home) as store, Index.open(store, embedder, exact=True) as opened:
        yield opened


def test_a_sentence_finds_its_source_first(index: Index) -> None:
    for number in range(5):
        best = index.search_sources([make_sentences(number)[3]])[0][0]
        assert best.source_id == f"source-{number}"
        assert best.nearest > 0.9


def test_words_that_no_passage_holds_together_find_the_source_that_holds_them_all(index: Index) -> None:
    first, last = make_sentences(2)[0], make_sentences(2)[8]
    hits = index.search_sources([f"{first.split(' of ')[1]} {last.split(' of ')[1]}"])[0]
    assert max(hits, key=lambda hit: hit.words).source_id == "source-2"


def test_a_source_without_text_is_found_by_what_it_is_about(index: Index) -> None:
    hits = {hit.source_id: hit for hit in index.search_sources(["weather balloons"])[0]}
    assert max(hits.values(), key=lambda hit: hit.topic).source_id == "no-text"


def test_many_queries_give_what_each_gives_alone(index: Index) -> None:
    assert index.search_sources(QUERIES) == tuple(index.search_sources([query])[0] for query in QUERIES)


def test_the_limit_cuts_the_same_ranking(index: Index) -> None:
    for query in QUERIES:
        assert index.search_sources([query], limit=2)[0] == index.search_sources([query], limit=6)[0][:2]
    with pytest.raises(ValueError, match="at least one"):
        index.search_sources(QUERIES, limit=0)


def test_figures_of_a_hit_lie_between_nought_and_one(index: Index) -> None:
    for hits in index.search_sources(QUERIES):
        assert [(-hit.score, hit.source_id) for hit in hits] == sorted(
            (-hit.score, hit.source_id) for hit in hits
        )
        for hit in hits:
            assert all(0 <= value <= 1 for value in (hit.words, hit.topic, hit.nearest, hit.score))


def test_a_query_without_a_letter_or_digit_finds_nothing(index: Index) -> None:
    assert index.search_sources(["...", "!"]) == ((), ())


def test_a_published_generation_that_is_gone_is_worked_around_with_the_same_answers(
    home: Path, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    import shutil

    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    with Store.open(copy) as store, Index.open(store, embedder, exact=True) as index:
        expected = index.search_sources(QUERIES)
    for folder in (copy / "index" / "lexical").glob("*-sources"):
        shutil.rmtree(folder)
    with Store.open(copy) as store, Index.open(store, embedder, exact=True) as index:
        assert index.search_sources(QUERIES) == expected
        assert [issue.code for issue in index.issues] == ["lexical_index_missing"]
        index.refresh()
        assert index.issues == ()


def test_a_whole_source_holds_each_sentence_once_in_order(home: Path) -> None:
    with Store.open(home) as store:
        whole = {entry.source_id: entry for entry in iter_source_entries(store)}
    text = whole["source-1"].text
    places = [text.index(sentence) for sentence in make_sentences(1, 9)]
    assert places == sorted(places)
    assert text.count(make_sentences(1)[2]) == 1
    assert list(whole) == sorted(whole)


def test_what_a_source_is_about_is_its_title_and_how_it_begins(tmp_path: Path) -> None:
    document = make_document("First comes this. " + "Then more of it follows here. " * 80, name="long.txt")
    with Store.open(tmp_path / "home", create=True) as store:
        store.save_source(
            make_source("long", title="On beginnings"),
            origin="added",
            document=document,
            raw=document.text.encode(),
            passages=[
                make_passage(document, "long", 0, 17),
                make_passage(document, "long", 18, len(document.text)),
            ],
            added_at=ADDED_AT,
        )
        leads = Leads()
        list(iter_entries(store, leads))
    card = leads.cards["long"]
    assert card.startswith("On beginnings. First comes this. Then more")
    assert len(card.split()) <= 250


@given(_SHARE, _SHARE, _SHARE, st.integers(1, 5_000))
def test_a_source_better_in_everything_scores_no_less(
    words: float, topic: float, nearest: float, texts: int
) -> None:
    def score(*figures: float) -> float:
        return float(fuse_sources(*(np.array([figure]) for figure in figures))[0])

    one = score(words, topic, nearest, texts)
    assert 0 <= one <= 1
    better = score(min(1, words + 0.1), min(1, topic + 0.1), min(1, nearest + 0.1), texts)
    assert better >= one
    assert score(words, topic, nearest, texts + 100) <= one


def test_a_near_text_among_many_says_less() -> None:
    fair = fair_nearest(np.array([0.7, 0.7, 0.7]), np.array([1.0, 13.0, 900.0]))
    assert fair[0] == pytest.approx(0.7)
    assert fair[0] > fair[1] > fair[2] > 0.3


def test_spread_puts_ranges_one_after_another() -> None:
    assert spread(np.array([3, 7, 9]), np.array([2, 0, 3])).tolist() == [3, 4, 9, 10, 11]
    assert spread(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []
