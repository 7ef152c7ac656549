"""What a kill at any moment, a full disk and several processes at once leave behind: a sound knowledge base."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.store import Store
from kb.store.store import DATABASE

ROOT = Path(__file__).resolve().parents[2]
WRITER = Path(__file__).with_name("store_writer.py")
WORDS = 27  # lines that the writer says in a whole run: ready, open, three for each of eight rounds, done


def start_writer(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(WRITER), *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def run_to_end(home: Path) -> None:
    writer = start_writer("save", str(home))
    output, _ = writer.communicate(timeout=120)
    assert output.endswith("done\n")
    assert len(output.splitlines()) == WORDS


def kill_somewhere(home: Path, chance: random.Random) -> list[str]:
    """Start the writer, kill it with SIGKILL a moment after one of its words, and return what it said was
    done. Waiting for words and not for seconds hits the work on a slow machine as on a fast one."""
    writer = start_writer("save", str(home))
    if writer.stdout is None:
        pytest.fail("the writer didn't start")
    said = [writer.stdout.readline().strip() for _ in range(chance.randrange(1, WORDS))]
    time.sleep(chance.uniform(0, 0.02))
    writer.kill()
    output, _ = writer.communicate(timeout=60)
    return [*said, *output.splitlines()]


def dump(home: Path) -> list[str]:
    """Every table, row for row."""
    connection = sqlite3.connect(home / DATABASE)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def check_acknowledged(home: Path, said: list[str]) -> None:
    with Store.open(home, create=True) as store:
        assert store.check_integrity(deep=True) == ()
        for line in said:
            word, _, subject = line.partition(" ")
            if word == "source":
                assert len(list(store.iter_passages(subject))) == 40
                assert store.load_source_document(subject) is not None
            elif word == "article":
                assert len(store.load_article(subject).claims) == 20
                assert store.list_claims(article=subject).total == 20
            elif word == "vectors":
                assert f"p-{subject}-4" in store.load_vectors("m")[0]


def kill_and_compare(folder: Path, kills: int) -> None:
    whole = folder / "whole"
    run_to_end(whole)
    expected = dump(whole)
    chance = random.Random(20250301)
    done = rounds = 0
    while done < kills:
        home = folder / f"round-{rounds}"
        rounds += 1
        for _ in range(min(3, kills - done)):
            said = kill_somewhere(home, chance)
            done += 1
            if (home / DATABASE).exists():
                check_acknowledged(home, said)
        run_to_end(home)
        assert dump(home) == expected


def test_a_kill_anywhere_loses_nothing_acknowledged_and_the_same_command_ends_in_the_same_state(
    tmp_path: Path,
) -> None:
    kill_and_compare(tmp_path, 10)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_and_compare(tmp_path, 100)


def test_a_full_disk_is_told_cleanly_and_leaves_what_was_saved(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    writer = start_writer("fill", str(tmp_path), "2000000")
    output, _ = writer.communicate(timeout=60)
    *saved, last = output.splitlines()
    assert writer.returncode == 5
    assert last.startswith("write_failed: nothing could be written to ")
    assert saved
    with Store.open(tmp_path) as store:
        assert store.check_integrity(deep=True) == ()
        assert [f"source {source.id}" for source in store.iter_sources()] == sorted(saved)


def test_writers_in_several_processes_wait_for_each_other(tmp_path: Path) -> None:
    whole, shared = tmp_path / "whole", tmp_path / "shared"
    run_to_end(whole)
    writers = [start_writer("save", str(shared)) for _ in range(3)]
    for writer in writers:
        output, _ = writer.communicate(timeout=120)
        assert (writer.returncode, output.splitlines()[-1]) == (0, "done")
    with Store.open(shared) as store, Store.open(whole) as alone:
        assert store.check_integrity(deep=True) == ()
        assert store.ground() == alone.ground()
        assert list(store.iter_articles()) == list(alone.iter_articles())
