"""A derived index that is torn, stray, stale, owned elsewhere or killed half-way: it is noticed, exact search
answers the same, and a refresh makes it whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.embed import OnnxEmbedder
from kb.errors import StoreError, WriteError
from kb.index import Entry, Index, IndexStatus
from kb.index.chroma import ChromaIndex, read_address
from kb.index.dense import DenseSide
from kb.index.entries import EntryTable
from kb.index.faults import DerivedFault
from kb.index.owner import OwnerLock
from kb.index.vectors import ExactIndex, VectorTable
from kb.store import Store
from tests.kb.index_library import QUERIES, make_home, save_text

ROOT = Path(__file__).resolve().parents[2]
TEXTS = 2_300  # Chroma writes its graph to files every 1,000
DIMENSIONS = 32


# --------------------------------------------------------------------------- Chroma under damage


@pytest.fixture(scope="module")
def vectors() -> VectorTable:
    entries = [Entry(id=f"p-{n}", kind="passage", source_id="s", text=f"text {n}") for n in range(TEXTS)]
    table = EntryTable(iter(entries), "model")
    matrix = np.random.default_rng(7).normal(size=(TEXTS, DIMENSIONS)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return VectorTable(table, table.live_keys(), matrix)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, vectors: VectorTable) -> Path:
    """An index folder whose Chroma directory is complete and closed."""
    folder = tmp_path_factory.mktemp("sound") / "index"
    dense = DenseSide(folder, "model", None)
    dense.synchronise(vectors, "generation-1")
    assert dense.issues == ()
    dense.close()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "index"))


def ask(dense: DenseSide, vectors: VectorTable, generation: str = "generation-1") -> bool:
    """Whether Chroma answers; any answer must hold the nearest texts."""
    exact = ExactIndex(vectors)
    chosen = dense.choose(vectors, exact, generation)
    for row in (0, 1_000, TEXTS - 1):
        assert vectors.keys[row] in chosen.query(vectors.matrix[row], 5)
    return isinstance(chosen, ChromaIndex)


def test_a_sound_directory_is_opened_and_asked(folder: Path, vectors: VectorTable) -> None:
    dense = DenseSide(folder, "model", None)
    assert ask(dense, vectors)
    assert dense.issues == ()
    dense.close()


TEARS = [
    ("chroma.sqlite3", "cut"),
    ("chroma.sqlite3", "emptied"),
    ("chroma.sqlite3", "removed"),
    ("data_level0.bin", "emptied"),  # chromadb may kill the process here
    ("data_level0.bin", "cut"),
    ("data_level0.bin", "garbled"),  # and here
    ("header.bin", "cut"),  # and here
    ("link_lists.bin", "garbled"),
    ("data_level0.bin", "removed"),
    ("header.bin", "emptied"),
    ("header.bin", "removed"),
    ("index_metadata.pickle", "cut"),
    ("index_metadata.pickle", "removed"),  # chromadb notices nothing: right count, most rows lost
    ("link_lists.bin", "removed"),
    ("length.bin", "removed"),
]


@pytest.mark.parametrize(("name", "how"), TEARS)
def test_a_torn_directory_is_noticed_answered_for_and_healed(
    folder: Path, vectors: VectorTable, name: str, how: str
) -> None:
    (path,) = (folder / "chroma").rglob(name)
    if how == "removed":
        path.unlink()
    elif how == "garbled":
        content = bytearray(path.read_bytes())
        content[len(content) // 3 : len(content) // 2] = b"\xff" * (len(content) // 2 - len(content) // 3)
        path.write_bytes(content)
    else:
        os.truncate(path, path.stat().st_size // 2 if how == "cut" else 0)
    dense = DenseSide(folder, "model", None)
    assert not ask(dense, vectors)
    assert [issue.code for issue in dense.issues] == ["vector_index_unusable"]
    assert "wherefrom reindex" in dense.issues[0].message
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    assert {issue.code for issue in dense.issues} <= {"vector_index_rebuilt"}
    dense.close()
    again = DenseSide(folder, "model", None)
    assert ask(again, vectors)
    assert again.issues == ()
    again.close()


def test_lost_rows_are_noticed_where_the_count_is_right(folder: Path, vectors: VectorTable) -> None:
    (path,) = (folder / "chroma").rglob("index_metadata.pickle")
    path.unlink()
    chroma = ChromaIndex.open(folder / "chroma", "texts-model")  # as the seal would forbid
    assert chroma.count() == TEXTS
    with pytest.raises(DerivedFault, match="by their own vectors"):
        chroma.verify(vectors.keys, vectors.matrix)
    chroma.close()


def test_a_directory_whose_opener_died_is_not_opened_again(folder: Path, vectors: VectorTable) -> None:
    (folder / "chroma.seal").rename(
        folder / "chroma.seal.opening"
    )  # as a process leaves it that dies meanwhile
    dense = DenseSide(folder, "model", None)
    assert not ask(dense, vectors)
    assert "ended while it was opening it" in dense.issues[0].message
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    assert [path.name for path in folder.glob("chroma.seal*")] == ["chroma.seal"]
    dense.close()


def test_a_directory_whose_writer_died_is_made_again(folder: Path, vectors: VectorTable) -> None:
    (folder / "chroma.seal").unlink()
    dense = DenseSide(folder, "model", None)
    assert not ask(dense, vectors)
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    assert [issue.code for issue in dense.issues] == ["vector_index_rebuilt"]
    dense.close()


def test_opening_and_asking_leave_the_seal_unbroken(folder: Path, vectors: VectorTable) -> None:
    for _ in range(3):
        dense = DenseSide(folder, "model", None)
        assert ask(dense, vectors)
        assert dense.issues == ()
        dense.close()


def test_stray_texts_are_noticed_and_removed(folder: Path, vectors: VectorTable) -> None:
    chroma = ChromaIndex.open(folder / "chroma", "texts-model")
    chroma._collection.upsert(ids=["t-stray"], embeddings=vectors.matrix[:1])
    chroma.close()
    dense = DenseSide(folder, "model", None)
    assert not ask(dense, vectors)
    assert f"holds {TEXTS + 1} texts and should hold {TEXTS}" in dense.issues[0].message
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    assert dense.count(vectors, ExactIndex(vectors), "generation-1") == TEXTS
    dense.close()


def test_a_directory_of_another_state_of_the_store_is_not_believed(
    folder: Path, vectors: VectorTable
) -> None:
    dense = DenseSide(folder, "model", None)
    assert not ask(dense, vectors, "generation-2")
    dense.synchronise(vectors, "generation-2")
    assert ask(dense, vectors, "generation-2")
    dense.close()


def test_an_index_that_fails_while_it_is_asked_is_asked_no_more(folder: Path, vectors: VectorTable) -> None:
    dense = DenseSide(folder, "model", None)
    assert ask(dense, vectors)
    dense.condemn(DerivedFault("it gave nothing"), dense.choose(vectors, ExactIndex(vectors), "generation-1"))
    assert not ask(dense, vectors)
    assert "it gave nothing" in dense.issues[0].message
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    dense.close()


def test_collections_of_other_models_are_dropped(folder: Path, vectors: VectorTable) -> None:
    dense = DenseSide(folder, "other", None)
    dense.synchronise(vectors, "generation-1")
    assert ask(dense, vectors)
    dense.close()
    chroma = ChromaIndex.open(folder / "chroma", "texts-other")
    assert [collection.name for collection in chroma._client.list_collections()] == ["texts-other"]
    chroma.close()


def test_the_lock_has_one_holder_and_goes_with_it(tmp_path: Path) -> None:
    first, second = OwnerLock(tmp_path / "owner.lock"), OwnerLock(tmp_path / "owner.lock")
    assert first.take()
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_a_lock_that_cannot_be_made_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not OwnerLock(tmp_path / "file" / "owner.lock").take()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "http://x:99999", "", "http://[::"])
def test_an_address_that_is_none_of_a_server_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match=r"http://host:8000"):
        DenseSide(tmp_path, "model", url)


def test_the_address_of_a_server_is_read() -> None:
    assert read_address("http://chroma.internal:9000") == ("chroma.internal", 9000, False)
    assert read_address("https://chroma.internal") == ("chroma.internal", 443, True)


def test_a_server_that_does_not_answer_leaves_exact_search(tmp_path: Path, vectors: VectorTable) -> None:
    dense = DenseSide(tmp_path, "model", "http://127.0.0.1:9")
    assert not ask(dense, vectors)
    assert [issue.code for issue in dense.issues] == ["vector_index_unusable"]
    dense.close()


# --------------------------------------------------------------------------- the whole index


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Path:
    home = make_home(tmp_path_factory.mktemp("healing") / "home", 3, 9)
    with Store.open(home) as store, Index.open(store, embedder) as index:
        index.refresh()
    return home


@pytest.fixture
def home(library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library, tmp_path / "home"))


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store.open(home) as opened:
        yield opened


def test_the_state_says_when_the_directory_is_torn(store: Store, embedder: OnnxEmbedder) -> None:
    os.truncate(store.home / "index" / "chroma" / "chroma.sqlite3", 5_000)
    with Index.open(store, embedder) as index:
        assert index.state().status is IndexStatus.STALE
        index.refresh()
        assert index.state().status is IndexStatus.OK
        assert [issue.code for issue in index.issues] == ["vector_index_rebuilt"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"generation": 3}', "\0" * 50, "[" * 9_000])
def test_an_unreadable_state_file_counts_as_none(store: Store, embedder: OnnxEmbedder, content: str) -> None:
    (store.home / "index" / "state.json").write_text(content)
    with Index.open(store, embedder) as index:
        assert index.state().status is IndexStatus.MISSING
        index.refresh()
        assert index.state().status is IndexStatus.OK


def test_a_lexical_index_that_breaks_while_open_is_replaced_in_memory(
    store: Store, embedder: OnnxEmbedder
) -> None:
    with Index.open(store, embedder) as index:
        expected = index.search_many(QUERIES)
        lexical = index._view.lexical
        assert lexical is not None
        lexical._schema = None  # tantivy raises from here on
        assert index.search_many(QUERIES) == expected
        assert "lexical_index_unusable" in [issue.code for issue in index.issues]
        index.refresh()
        assert index.issues == ()


def test_a_lexical_index_that_is_torn_is_published_again(store: Store, embedder: OnnxEmbedder) -> None:
    with Index.open(store, embedder) as index:
        expected = index.search_many(QUERIES)
    torn, _ = sorted((store.home / "index" / "lexical").rglob("*.term"))  # of the entries, of whole sources
    torn.write_bytes(torn.read_bytes()[:-9])
    with Index.open(store, embedder) as index:
        assert index.state().status is IndexStatus.STALE
        assert index.search_many(QUERIES) == expected
        index.refresh()
        assert index.state().status is IndexStatus.OK


def test_an_index_folder_that_cannot_be_written_is_an_error_that_names_it(
    store: Store, embedder: OnnxEmbedder
) -> None:
    shutil.rmtree(store.home / "index")
    (store.home / "index").write_text("in the way")
    with Index.open(store, embedder) as index:
        hits = index.search(QUERIES[0])
        assert hits
        with pytest.raises(WriteError, match="index"):
            index.refresh()
        assert index.search(QUERIES[0]) == hits


def test_a_dotenv_file_of_the_working_directory_does_not_stop_search(
    home: Path, tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    (tmp_path / ".env").write_text("CHROMA_SERVER_HTTP_PORT=none\n")
    with Store.open(home) as store, Index.open(store, embedder) as index:
        expected = index.search(QUERIES[0])
    found, codes = run_search(home, tmp_path)
    assert found == [hit.entry_id for hit in expected]
    assert codes in ([], ["vector_index_unusable"])


def test_another_process_is_told_apart_and_answers_the_same(home: Path, embedder: OnnxEmbedder) -> None:
    with Store.open(home) as store, Index.open(store, embedder) as index:
        expected = index.search(QUERIES[0])
        found, codes = run_search(home, ROOT)
        assert found == [hit.entry_id for hit in expected]
        assert codes == ["vector_index_in_use"]
    assert run_search(home, ROOT) == (found, [])


_SEARCH = """
import json, sys
from pathlib import Path
from kb.embed import OnnxEmbedder
from kb.index import Index
from kb.store import Store
with Store.open(Path(sys.argv[1])) as store, Index.open(store, OnnxEmbedder()) as index:
    found = [hit.entry_id for hit in index.search(sys.argv[2])]
    print(json.dumps([found, [issue.code for issue in index.issues]]))
"""
_REFRESH = """
import sys
from pathlib import Path
from kb.embed import OnnxEmbedder
from kb.index import Index
from kb.store import Store
with Store.open(Path(sys.argv[1])) as store, Index.open(store, OnnxEmbedder()) as index:
    index.refresh(lambda done, total: print(done, total, flush=True))
"""


def run_search(home: Path, folder: Path) -> tuple[list[str], list[str]]:
    run = subprocess.run(
        [sys.executable, "-c", _SEARCH, str(home), QUERIES[0]],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    found, codes = json.loads(run.stdout.splitlines()[-1])
    return found, codes


def test_searches_go_on_unchanged_while_the_index_is_made_again(store: Store, embedder: OnnxEmbedder) -> None:
    with Index.open(store, embedder) as index:
        expected = index.search_many(QUERIES)
        wrong: list[object] = []
        stop = threading.Event()

        def search() -> None:
            while not stop.is_set():
                found = index.search_many(QUERIES)
                if found != expected:
                    wrong.append(found)

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(4):
                index.rebuild()
                index.refresh()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert not wrong
        assert index.state().status is IndexStatus.OK
        assert index.issues == ()


def test_the_state_of_a_changed_store_leaves_the_open_vector_index_alone(
    store: Store, embedder: OnnxEmbedder
) -> None:
    with Index.open(store, embedder) as index:
        expected = index.search_many(QUERIES)
        save_text(store, 9, 5)
        assert index.state().status is IndexStatus.STALE
        assert index.search_many(QUERIES) == expected
        assert index.issues == ()


@pytest.mark.slow
def test_a_refresh_killed_anywhere_ends_as_an_unbroken_one(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    plain = make_home(tmp_path / "plain", 8)
    with Store.open(plain) as store, Index.open(store, embedder) as index:
        index.refresh()
        expected, answers = index.state(), index.search_many(QUERIES)
    home = make_home(tmp_path / "killed", 7)
    with Store.open(home) as store:
        for sources in (7, 8):
            if sources == 8:
                save_text(store, 7)
            for seed in range(6):
                kill_refresh(home, random.Random(sources * 100 + seed).uniform(0.2, 2.5))
        with Index.open(store, embedder) as index:
            assert index.search(QUERIES[0])
            index.refresh()
            assert index.state() == expected
            assert index.search_many(QUERIES) == answers


def kill_refresh(home: Path, after_s: float) -> None:
    """Start a refresh in a process of its own and kill it that long after its first sign of life."""
    process = subprocess.Popen(
        [sys.executable, "-c", _REFRESH, str(home)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    if process.stdout is None:
        raise RuntimeError("no pipe")
    process.stdout.readline()
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
