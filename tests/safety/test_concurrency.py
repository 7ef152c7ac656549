"""Eight writers, eight readers and a backup at once, each in a process of its own: nobody is ever told that
the knowledge base is locked, and every copy made meanwhile is whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.store import Store
from kb.store.store import DATABASE
from tests.safety.ledger import Counted

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("crowd_worker.py")


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def finish(process: subprocess.Popen[str]) -> dict[str, int]:
    """What a worker has done; a reader ends when its standard input does, as communicate() makes it."""
    output, _ = process.communicate(timeout=3600)
    told = json.loads(output.splitlines()[-1])
    assert process.returncode == 0, told
    assert told["fault"] is None
    return {name: count for name, count in told.items() if isinstance(count, int)}


def crowd(home: Path, *, writers: int, readers: int, saves: int, seconds: float) -> tuple[int, int]:
    """How many saves and reads were made; each writer makes `saves`, and goes on for so many seconds."""
    Store.open(home, create=True).close()
    writing = [start("write", home, number, saves, seconds) for number in range(writers)]
    reading = [start("read", home) for _ in range(readers)]
    saved = sum(finish(process)["done"] for process in writing)
    read = sum(finish(process)["done"] for process in reading)
    with Store.open(home) as store:
        assert store.check_integrity(deep=True) == ()
        assert sum(1 for _ in store.iter_sources()) == saved
    return saved, read


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_writers_and_readers_at_once_are_never_told_locked(tmp_path: Path, counted: Counted) -> None:
    saved, read = crowd(tmp_path, writers=4, readers=3, saves=6, seconds=0)
    assert (saved, read > 0) == (24, True)
    counted("C7", "saves by 4 writers beside 3 readers, none told locked", tried=saved)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_eight_writers_and_eight_readers_for_a_minute_are_never_told_locked(
    tmp_path: Path, counted: Counted
) -> None:
    saved, read = crowd(tmp_path, writers=8, readers=8, saves=1, seconds=60)
    counted("C7", "saves by 8 writers beside 8 readers for 60 s, none told locked", tried=saved)
    counted("C7", "reads meanwhile, none told locked", tried=read)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twelve_backups_under_load_are_twelve_that_can_be_restored(tmp_path: Path, counted: Counted) -> None:
    home = tmp_path / "home"
    Store.open(home, create=True).close()
    writing = [start("write", home, number, 10_000, 0) for number in range(3)]
    try:
        whole, last = 0, 0
        for number in range(12):
            target = tmp_path / f"backup-{number}.db"
            with Store.open(home, read_only=True) as store:
                while store.count_rows()["sources"] <= last:  # all of them are made while others write
                    time.sleep(0.01)
                store.backup(target)
            fresh = tmp_path / f"restored-{number}"
            Store.restore(fresh, target)
            with Store.open(fresh) as store:
                assert store.check_integrity(deep=True) == ()
                held = [source.id for source in store.iter_sources()]
            for writer in range(3):  # a copy of one moment: of each writer the first saves without a gap
                mine = sum(name.startswith(f"s-{writer}-") for name in held)
                assert {f"s-{writer}-{n}" for n in range(mine)} <= set(held)
            assert len(held) > last
            last = len(held)
            whole += 1
    finally:
        for process in writing:
            process.kill()
            process.communicate()
    assert (tmp_path / "home" / DATABASE).is_file()
    counted("B1", "backups under write load that were restored whole", tried=12, passed=whole)
