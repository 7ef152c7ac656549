"""A derived index that is missing, torn, stale or stray changes no report, and is whole again after the next
check, without anybody asking for it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kb.index import IndexStatus
from kb.index.chroma import ChromaIndex
from kb.store.store import DATABASE
from kb.types import Raw
from service.schemas import dumps, report_to_json
from service.workbench import Workbench
from tests.factories import make_source
from tests.safety.ledger import Counted

SOURCE = (
    "In the harbour trial, the grader missed 41.3% of the planted faults in the code of trainees. "
    "The monitor flagged 12 of 90 transcripts of the second week. Nobody was told of the test.\n"
)
ARTICLE = (
    "In the harbour trial the grader missed 41.3% of the planted faults in the code of trainees. "
    "The monitor flagged 14 of 90 transcripts of the second week.\n"
)
RAW = Raw(name="a.txt", content=ARTICLE.encode(), media_type="text/plain")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def add_stray(home: Path) -> None:
    with Workbench.open(home) as workbench:
        name = f"texts-{workbench.embedder.sha256[:32]}"
    chroma = ChromaIndex.open(home / "index" / "chroma", name)
    chroma._collection.upsert(ids=["t-stray"], embeddings=[[1.0] + [0.0] * 383])
    chroma.close()


def lose_vectors(home: Path) -> None:
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        connection.execute("DELETE FROM vectors WHERE rowid % 2 = 0")


def grow_behind_its_back(home: Path) -> None:
    """A source whose text and findings wait to be indexed."""
    with Workbench.open(home) as workbench:
        raw = Raw(name="b.txt", content=b"In the garden trial nobody missed anything at all that day.\n")
        workbench.add_source(make_source("garden"), raw, refresh=False)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "the whole folder is gone": lambda home: shutil.rmtree(home / "index"),
    "the vector index is gone": lambda home: shutil.rmtree(home / "index" / "chroma"),
    "the lexical index is gone": lambda home: shutil.rmtree(home / "index" / "lexical"),
    "the state file is gone": lambda home: (home / "index" / "state.json").unlink(),
    "the state file is garbage": lambda home: (home / "index" / "state.json").write_text("[[["),
    "the vector index's database is cut": lambda home: cut(home / "index" / "chroma" / "chroma.sqlite3"),
    "a file of the lexical index is cut": lambda home: cut(
        next((home / "index" / "lexical").rglob("*.term"))
    ),
    "its opener was killed": lambda home: (home / "index" / "chroma.seal").rename(
        home / "index" / "chroma.seal.opening"
    ),
    "its writer was killed": lambda home: (home / "index" / "chroma.seal").unlink(),
    "a stray text is in the vector index": add_stray,
    "half of the vectors are lost": lose_vectors,
}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("healing") / "home"
    with Workbench.open(home, create=True) as workbench:
        workbench.add_source(make_source("harbour"), Raw(name="s.txt", content=SOURCE.encode()))
    return home


def check(home: Path) -> bytes:
    with Workbench.open(home) as workbench:
        return dumps(report_to_json(workbench.check(RAW)))


def read_status(home: Path) -> IndexStatus:
    with Workbench.open(home) as workbench:
        return workbench.index.state().status


def test_a_damaged_index_changes_no_report_and_is_mended_by_the_next_check(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    expected = check(start)
    assert b"figure_differs" in expected
    for name, damage in DAMAGE.items():
        home = Path(shutil.copytree(start, tmp_path / "home"))
        damage(home)
        assert check(home) == expected, name
        assert read_status(home) is IndexStatus.OK, name
        shutil.rmtree(home)
    counted("C3", "kinds of damage to the indexes, mended by the next check", tried=len(DAMAGE))


def test_damage_is_noticed_and_said_before_it_is_mended(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    for name, damage in DAMAGE.items():
        home = Path(shutil.copytree(start, tmp_path / "home"))
        damage(home)
        assert read_status(home) in (IndexStatus.STALE, IndexStatus.MISSING), name
        shutil.rmtree(home)
    counted("C3", "kinds of damage to the indexes, noticed", tried=len(DAMAGE))


def test_a_store_that_grew_is_searched_whole(start: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(start, tmp_path / "home"))
    grow_behind_its_back(home)
    assert read_status(home) is IndexStatus.STALE
    with Workbench.open(home) as workbench:
        answer = workbench.search("garden trial nobody missed anything")
        assert answer.hits[0].source.id == "garden"
        assert workbench.index.state().status is IndexStatus.OK


def test_an_index_that_cannot_be_mended_stays_said_and_search_goes_on(start: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(start, tmp_path / "home"))
    expected = check(start)
    shutil.rmtree(home / "index")
    (home / "index").write_text("in the way")
    with Workbench.open(home) as workbench:
        report = report_to_json(workbench.check(RAW))
        assert [issue["code"] for issue in report["issues"]] == ["index_missing"]  # type: ignore[index, union-attr]
        assert workbench.index.state().status is IndexStatus.MISSING
    report["issues"] = []
    assert dumps(report) == expected
