"""kill -9 of the real command line in the middle of an ingest and of a reindex: nothing acknowledged is lost,
and the same command again ends where an unbroken run does.

A kill comes at a moment drawn over the whole run, or a moment after the run's first write, where one drawn
blindly would seldom fall. What is compared is what the knowledge base says, times of saving aside.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kb.embed import Embedder, OnnxEmbedder
from kb.index import Index, IndexStatus
from kb.store import Store
from kb.store.store import DATABASE
from tests.kb.index_library import QUERIES, make_home
from tests.safety.ledger import Counted

EXAMPLES = Path(__file__).resolve().parents[2] / "service" / "examples"
FIRST, SECOND = EXAMPLES / "draft-with-source.md", EXAMPLES / "article-pressure.html"
PER_HOME = 4  # kills of one knowledge base before the command is run to its end
_POLL_S = 0.0005


def line_of(home: Path, *arguments: str | Path) -> list[str]:
    program = [sys.executable, "-c", "from service.cli import main; main()"]
    return [*program, "--home", str(home), *map(str, arguments)]


def run_line(home: Path, *arguments: str | Path) -> None:
    ended = subprocess.run(line_of(home, *arguments), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@dataclass(frozen=True)
class Moment:
    """When to kill: a share of an unbroken run's time, or so many seconds after the first write."""

    share: float | None = None
    after_write_s: float | None = None


def draw_moments(chance: random.Random, count: int) -> list[Moment]:
    """Half over the run, half about its writes."""
    spread = [Moment(share=chance.uniform(0.05, 1.05)) for _ in range(count - count // 2)]
    close = [Moment(after_write_s=chance.uniform(0, 0.08)) for _ in range(count // 2)]
    moments = spread + close
    chance.shuffle(moments)
    return moments


def kill_at(
    home: Path, moment: Moment, took_s: float, state: Callable[[Path], object], *arguments: str | Path
) -> bool:
    """Whether the kill came before the command's own end."""
    before = state(home)
    process = subprocess.Popen(
        line_of(home, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if moment.share is not None:
        time.sleep(moment.share * took_s)
    else:
        while process.poll() is None and state(home) == before:
            time.sleep(_POLL_S)
        time.sleep(moment.after_write_s or 0.0)
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


def write_mark(home: Path) -> object:
    """What changes when the database is written."""
    log = home / f"{DATABASE}-wal"
    return log.stat().st_size if log.exists() else -1, (home / DATABASE).stat().st_mtime_ns


def index_mark(home: Path) -> object:
    return sorted(path.name for path in (home / "index").glob("*")), write_mark(home)


# --------------------------------------------------------------------------- ingest


def read_state(home: Path) -> list[Any]:
    """Everything that a knowledge base says, times of saving aside."""
    with Store.open(home) as store:
        assert store.check_integrity(deep=True) == ()
        articles = [store.load_article(summary.id) for summary in store.iter_articles()]
        return [list(store.iter_sources()), articles, store.count_rows(), store.ground()]


def kill_ingests(folder: Path, kills: int) -> int:
    """How many of the kills came in time; each leaves what was there, and the end is that of no kill."""
    start, whole = folder / "start", folder / "whole"
    run_line(start, "init", "--empty")
    reading_room = EXAMPLES / "reading-room-2026.txt"
    run_line(start, "sources", "add", reading_room, "--meta", reading_room.with_suffix(".yml"))
    run_line(start, "ingest", FIRST)
    before = read_state(start)
    shutil.copytree(start, whole)
    began = time.monotonic()
    run_line(whole, "ingest", SECOND)
    took_s = time.monotonic() - began
    expected = read_state(whole)
    assert len(expected[1]) == 2
    moments = draw_moments(random.Random(6), kills)
    hit = 0
    for number in range(0, kills, PER_HOME):
        home = folder / f"home-{number}"
        shutil.copytree(start, home)
        for moment in moments[number : number + PER_HOME]:
            hit += kill_at(home, moment, took_s, write_mark, "ingest", SECOND)
            assert read_state(home) in (before, expected), moment
        run_line(home, "ingest", SECOND)
        assert read_state(home) == expected
        shutil.rmtree(home)
    return hit


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_ingest_killed_at_four_moments_ends_as_an_unbroken_one(tmp_path: Path, counted: Counted) -> None:
    assert kill_ingests(tmp_path, 4) >= 1
    counted("C2", "kill -9 of `wherefrom ingest`, short form", tried=4)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_an_ingest_killed_at_two_hundred_moments_ends_as_an_unbroken_one(
    tmp_path: Path, counted: Counted
) -> None:
    assert kill_ingests(tmp_path, 200) >= 100
    counted("C2", "kill -9 of `wherefrom ingest`", tried=200)


# --------------------------------------------------------------------------- reindex


def read_answers(store: Store, embedder: Embedder) -> Sequence[Any]:
    with Index.open(store, embedder) as index:
        return index.search_many(QUERIES)


def kill_reindexes(folder: Path, kills: int, sources: int) -> int:
    """As kill_ingests, of `reindex`; searches between the kills find what they always find."""
    embedder = OnnxEmbedder()
    start = make_home(folder / "start", sources)
    with Store.open(start) as store, Index.open(store, embedder) as index:
        index.refresh()
        expected, answers, vectors = (
            index.state(),
            index.search_many(QUERIES),
            store.load_vectors(embedder.sha256),
        )
    assert expected.status is IndexStatus.OK
    began = time.monotonic()
    run_line(start, "reindex")
    took_s = time.monotonic() - began
    moments = draw_moments(random.Random(7), kills)
    hit = 0
    for number in range(0, kills, PER_HOME):
        home = folder / f"home-{number}"
        shutil.copytree(start, home)
        for moment in moments[number : number + PER_HOME]:
            hit += kill_at(home, moment, took_s, index_mark, "reindex")
            with Store.open(home) as store:
                assert store.check_integrity() == ()
                assert read_answers(store, embedder) == answers, moment
        run_line(home, "reindex")
        with Store.open(home) as store:
            with Index.open(store, embedder) as index:
                assert index.state() == expected
                assert index.search_many(QUERIES) == answers
                assert index.issues == ()
            assert store.load_vectors(embedder.sha256) == vectors
        shutil.rmtree(home)
    return hit


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_reindex_killed_at_two_moments_ends_as_an_unbroken_one(tmp_path: Path, counted: Counted) -> None:
    assert kill_reindexes(tmp_path, 2, 4) >= 0
    counted("C3", "kill -9 of `wherefrom reindex`, short form", tried=2)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_reindex_killed_at_a_hundred_moments_ends_as_an_unbroken_one(
    tmp_path: Path, counted: Counted
) -> None:
    assert kill_reindexes(tmp_path, 100, 30) >= 50
    counted("C3", "kill -9 of `wherefrom reindex`", tried=100)
