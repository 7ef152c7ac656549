"""What a power cut, a full disk and a failing one leave of the knowledge base: at each of the points at which
an ingest writes, with the SQLite that Python is linked with."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from kb.errors import StoreError, WriteError
from kb.store import Store
from kb.store.store import DATABASE
from service.terminal import EXIT_WRITE, exit_code_of
from tests.factories import (
    make_checked,
    make_claim,
    make_document,
    make_finding,
    make_passage,
    make_report,
    make_source,
)
from tests.safety.fault_disk import (
    FULL,
    IO_WRITE,
    Disk,
    Step,
    faulty_disk,
    files_after_power_loss,
    linked_version,
)
from tests.safety.ledger import Counted

NOW = datetime(2025, 3, 1, tzinfo=UTC)
FILES = (DATABASE, f"{DATABASE}-wal")


def save_source(store: Store, number: int) -> None:
    source = make_source(f"source-{number}", findings=(make_finding(f"source-{number}"),))
    text = f"In {number} of 9 runs the model lied. " * 200
    document = make_document(text, name=f"{source.id}.txt")
    passages = [make_passage(document, source.id, n * 100, n * 100 + 100) for n in range(12)]
    store.save_source(
        source, origin="registry", document=document, raw=text.encode(), passages=passages, added_at=NOW
    )


def save_article(store: Store, number: int) -> None:
    article = make_document(f"The model lied in {number}% of runs. " * 12, name=f"article-{number}.txt")
    claims = [
        make_checked(
            make_claim(article.text, (n * 35, n * 35 + 34), (n * 35 + 18, n * 35 + 20), article_id=article.id, ordinal=n)
        )
        for n in range(6)
    ]  # fmt: skip
    store.save_article(make_report(article, *claims), raw=article.text.encode(), saved_at=NOW)


def save_vectors(store: Store, number: int) -> None:
    store.save_vectors("m", [(f"p-{number}-{n}", bytes(1536)) for n in range(5)])


INGEST: tuple[Callable[[Store, int], None], ...] = (save_source, save_vectors, save_article)


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A knowledge base with one ingest behind it, closed."""
    home = tmp_path / "start"
    with Store.open(home, create=True) as store:
        for save in INGEST:
            save(store, 1)
    return home


def fingerprint(store: Store) -> tuple[Any, ...]:
    return store.ground(), store.chain_head(), tuple(sorted(store.count_rows().items()))


def ingest(store: Store, disk: Disk) -> list[tuple[Any, ...]]:
    """The states that a second ingest goes through, the first before anything is saved."""
    states = [fingerprint(store)]
    for save in INGEST:
        save(store, 2)
        disk.acknowledge()
        states.append(fingerprint(store))
    return states


def lay_out(folder: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


# --------------------------------------------------------------------------- the power goes


def spread(count: int, wanted: int | None) -> list[int]:
    """So many places among `count`, evenly, with the first and the last; None: all of them."""
    if wanted is None or wanted >= count:
        return list(range(count))
    return [round(n * (count - 1) / (wanted - 1)) for n in range(wanted)]


def cut_power(start: Path, folder: Path, wanted: int | None) -> int:
    """How many power cuts were tried: at `wanted` places, half of them about syncs, truncations and deletions
    and half among the writes (None: after every step); each with all, none and some of what wasn't synced."""
    before = {name: (start / name).read_bytes() for name in FILES if (start / name).exists()}
    with faulty_disk() as disk:
        with Store.open(start) as store:
            states = ingest(store, disk)
        steps = list(disk.steps)  # those of closing too: the log is put back into the database
    assert [step.kind for step in steps].count("sync") >= len(INGEST)
    turns = [place for place, step in enumerate(steps) if step.kind != "write"]
    turns = sorted({*turns, *(place - 1 for place in turns)})
    if wanted is None:
        chosen = list(range(len(steps)))
    else:
        chosen = [turns[n] for n in spread(len(turns), wanted // 2)] + spread(len(steps), wanted // 2)
    chance = random.Random(1)
    tried = 0
    for place in chosen:
        done = steps[: place + 1]
        acknowledged = sum(step.kind == "acknowledge" for step in done)
        ways: tuple[Literal["all", "none", "some"], ...] = ("all", "none", "some")
        for keep in ways:
            home = lay_out(folder / "cut", files_after_power_loss(before, done, keep, chance))
            with Store.open(home) as store:
                assert store.check_integrity(deep=True) == (), (place, keep)
                assert states.index(fingerprint(store)) >= acknowledged, (place, keep)
            tried += 1
    return tried


def test_a_power_cut_about_every_sync_loses_nothing_acknowledged(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    assert linked_version()
    tried = cut_power(start, tmp_path, 20)
    counted("C1", "power cuts during an ingest, short form", tried=tried)


@pytest.mark.soak
def test_a_power_cut_after_every_write_loses_nothing_acknowledged(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    tried = cut_power(start, tmp_path, None)
    counted("C1", "power cuts during an ingest, after every single write", tried=tried)


def test_the_sweep_notices_a_disk_that_forgets_what_it_synced(start: Path, tmp_path: Path) -> None:
    """The test of the test: without the syncs, something acknowledged must be missing."""
    before = {name: (start / name).read_bytes() for name in FILES if (start / name).exists()}
    with faulty_disk() as disk, Store.open(start) as store:
        states = ingest(store, disk)
        steps = [step for step in disk.steps if step.kind != "sync"]
    home = lay_out(tmp_path / "cut", files_after_power_loss(before, steps, "none", random.Random(1)))
    with Store.open(home) as store:
        assert states.index(fingerprint(store)) < len(INGEST)


# --------------------------------------------------------------------------- the disk is full, or fails


def count_places(start: Path, folder: Path, code: int) -> int:
    """At how many places of an ingest this failure can come."""
    kinds = ("write",) if code == FULL else ("write", "sync", "truncate")
    home = Path(shutil.copytree(start, folder / "counted"))
    with faulty_disk() as disk, Store.open(home) as store:
        ingest(store, disk)
        return sum(step.kind in kinds for step in disk.steps)


def fail_everywhere(start: Path, folder: Path, code: int, *, stays: bool, wanted: int | None) -> int:
    """How many failing writes and syncs were tried. The saving that meets one says so with exit code 5; what
    was acknowledged is there; and the same ingest again, on a sound disk, ends as an unbroken one."""
    whole = Path(shutil.copytree(start, folder / "whole"))
    with Store.open(whole) as store:
        states = ingest(store, Disk())
    tried = 0
    for place in spread(count_places(start, folder, code), wanted):
        home = folder / "failing"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)
        with faulty_disk() as disk:
            with Store.open(home) as store:
                disk.fail(place, code, stays=stays)
                with pytest.raises(WriteError) as caught:
                    ingest(store, disk)
                    pytest.fail(f"the failure at {place} was not told")
                disk.mend()
            said = caught.value
        assert exit_code_of(said) == EXIT_WRITE
        assert "nothing could be written to" in said.message and "what was there is kept" in said.message
        acknowledged = sum(step.kind == "acknowledge" for step in disk.steps)
        with Store.open(home) as store:
            assert store.check_integrity(deep=True) == (), place
            # A transaction whose last write was done and whose sync failed may be there all the same: whole.
            assert fingerprint(store) in states[acknowledged : acknowledged + 2], place
            ingest(store, Disk())
            assert fingerprint(store) == states[-1], place
        tried += 1
    return tried


@pytest.mark.parametrize(
    ("code", "stays", "what"),
    [
        (FULL, True, "a disk that gets full and stays so"),
        (IO_WRITE, False, "one write or sync that fails"),
    ],
)
def test_a_failing_write_is_told_and_loses_nothing(
    start: Path, tmp_path: Path, counted: Counted, code: int, stays: bool, what: str
) -> None:
    tried = fail_everywhere(start, tmp_path, code, stays=stays, wanted=12)
    counted("C4" if code == FULL else "C5", f"{what}, short form", tried=tried)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("code", "stays", "what"),
    [
        (FULL, True, "a disk that gets full and stays so, at every write"),
        (IO_WRITE, False, "one write or sync that fails, at every one"),
    ],
)
def test_a_failing_write_anywhere_is_told_and_loses_nothing(
    start: Path, tmp_path: Path, counted: Counted, code: int, stays: bool, what: str
) -> None:
    tried = fail_everywhere(start, tmp_path, code, stays=stays, wanted=None)
    counted("C4" if code == FULL else "C5", what, tried=tried)


def test_a_backup_on_a_failing_disk_is_told_and_leaves_no_half(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    tried = failed = 0
    for place in range(0, 60, 6):
        target = tmp_path / "backup.db"
        with faulty_disk() as disk, Store.open(start) as store:
            disk.fail(place, FULL, stays=True)
            try:
                store.backup(target)
            except (WriteError, StoreError):
                assert not target.exists()
            else:
                assert disk.failed == 0
                target.unlink()
            failed += disk.failed > 0
            disk.mend()
        assert [path.name for path in tmp_path.iterdir()] == ["start"]
        tried += 1
    assert failed >= 3
    with Store.open(start) as store:
        assert store.check_integrity(deep=True) == ()
    counted("C9", "a disk that gets full during a backup", tried=tried)


def test_a_disk_that_is_full_during_recovery_is_told_and_recovers_later(
    start: Path, tmp_path: Path, counted: Counted
) -> None:
    before = {name: (start / name).read_bytes() for name in FILES if (start / name).exists()}
    with faulty_disk() as disk, Store.open(start) as store:
        states = ingest(store, disk)
        steps: list[Step] = list(disk.steps)
    left = files_after_power_loss(before, steps, "none", random.Random(1))
    tried = 0
    for place in range(12):
        home = lay_out(tmp_path / "cut", left)
        with faulty_disk() as disk:
            disk.fail(place, FULL, stays=True)
            try:
                with Store.open(home) as store:
                    save_source(store, 3)
            except (WriteError, StoreError) as error:
                assert exit_code_of(error) in (4, 5)
        with Store.open(home) as store:
            assert store.check_integrity(deep=True) == ()
            if len(list(store.iter_sources())) == 2:
                assert fingerprint(store) == states[-1]
        tried += 1
    counted("C9", "a disk that is full during recovery", tried=tried)
