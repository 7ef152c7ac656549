"""The verdict log: append-only by trigger, and by its chain of hashes where the triggers are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.store import ChainHead, Store
from kb.store.chain import START
from kb.store.store import DATABASE
from kb.types import Label
from tests.factories import make_checked, make_claim, make_document, make_evidence, make_report

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A knowledge base with a log of six verdicts, two pieces of evidence each."""
    with Store.open(tmp_path, create=True) as store:
        save(store, "one.txt")
        save(store, "two.txt")
    return tmp_path


def save(store: Store, name: str) -> None:
    document = make_document("Models lied in 47% of runs. " * 3, name=name)
    claims = []
    for ordinal, label in enumerate((Label.SUPPORTED, Label.CONTESTED, Label.UNSOURCED)):
        claim = make_claim(document.text, (0, 27), (15, 18), article_id=document.id, ordinal=ordinal)
        evidence = (make_evidence(claim, "smith"), make_evidence(claim, "jones"))
        claims.append(make_checked(claim, *evidence, label=label))
    store.save_article(make_report(document, *claims), raw=document.text.encode(), saved_at=NOW)


@pytest.fixture
def tampering(home: Path) -> Iterator[sqlite3.Connection]:
    """A connection of someone who took the triggers away."""
    with closing(sqlite3.connect(home / DATABASE, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def verify(home: Path, published: ChainHead | None = None) -> tuple[str, ...]:
    with Store.open(home) as store:
        return store.verify_chain(published)


def read_head(home: Path) -> ChainHead:
    with Store.open(home) as store:
        return store.chain_head()


def test_an_untouched_log_is_whole(home: Path) -> None:
    head = read_head(home)
    assert head.number == 6
    assert verify(home) == verify(home, head) == ()


def test_an_empty_log_begins_with_zeros(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        assert store.chain_head() == ChainHead(number=0, sha256=START)
        assert store.verify_chain(store.chain_head()) == ()


@pytest.mark.parametrize("table", ["verdicts", "evidence", "bodies", "source_revisions", "changes"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET rowid = rowid + 100", "DELETE FROM {}"])
def test_what_is_kept_refuses_change(home: Path, table: str, statement: str) -> None:
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        if table == "source_revisions":
            connection.execute("INSERT INTO source_revisions VALUES ('s', 1, 'user', 'x', 'x', 'now')")
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            connection.execute(statement.format(table))


@pytest.mark.parametrize("table", ["verdicts", "evidence"])
def test_replacing_is_a_change_too(home: Path, table: str) -> None:
    with (
        closing(sqlite3.connect(home / DATABASE)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"),
    ):
        connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")  # noqa: S608


def columns_of(table: str) -> list[str]:
    from kb.store.schema import metadata

    return [column.name for column in metadata.tables[table].columns]


@pytest.mark.parametrize("column", [name for name in columns_of("verdicts") if name != "number"])
def test_a_changed_field_of_a_verdict_is_named_by_its_row(
    home: Path, tampering: sqlite3.Connection, column: str
) -> None:
    tampering.execute(f"UPDATE verdicts SET {column} = 'x' || {column} WHERE number = 3")  # noqa: S608
    faults = verify(home)
    assert faults
    assert all("verdict 3 " in fault or (column == "sha256" and "verdict 4 " in fault) for fault in faults)


@pytest.mark.parametrize("column", [name for name in columns_of("evidence") if name != "verdict_number"])
def test_a_changed_field_of_evidence_is_named_by_its_verdict(
    home: Path, tampering: sqlite3.Connection, column: str
) -> None:
    change = "position + 7" if column == "position" else f"'x' || {column}"
    tampering.execute(f"UPDATE evidence SET {column} = {change} WHERE verdict_number = 3 AND position = 1")  # noqa: S608
    faults = verify(home)
    assert faults
    assert all("verdict 3 " in fault or fault.endswith("verdict 3 was changed") for fault in faults)


def test_every_single_changed_byte_of_a_verdict_is_noticed(home: Path, tampering: sqlite3.Connection) -> None:
    (body,) = tampering.execute("SELECT body FROM verdicts WHERE number = 2").fetchone()
    with Store.open(home) as store:
        for place in range(len(body)):
            other = "b" if body[place] == "a" else "a"
            changed = body[:place] + other + body[place + 1 :]
            tampering.execute("UPDATE verdicts SET body = ? WHERE number = 2", (changed,))
            assert store.verify_chain() == ("verdict 2 or its evidence was changed",)
        tampering.execute("UPDATE verdicts SET body = ? WHERE number = 2", (body,))
        assert store.verify_chain() == ()


def test_a_verdict_taken_out_is_missed(home: Path, tampering: sqlite3.Connection) -> None:
    tampering.execute("DELETE FROM verdicts WHERE number = 3")
    faults = verify(home)
    assert "verdict 3 is missing: the next one is 4" in faults
    assert "verdict 4 doesn't follow the row before it" in faults
    assert "evidence of verdict 3 is there without its verdict" in faults


def test_evidence_taken_out_is_missed(home: Path, tampering: sqlite3.Connection) -> None:
    tampering.execute("DELETE FROM evidence WHERE verdict_number = 3 AND position = 1")
    assert verify(home) == ("verdict 3 or its evidence was changed",)


def test_evidence_in_another_order_is_noticed(home: Path, tampering: sqlite3.Connection) -> None:
    for old, new in ((0, 9), (1, 0), (9, 1)):
        tampering.execute(
            "UPDATE evidence SET position = ? WHERE verdict_number = 3 AND position = ?", (new, old)
        )
    assert "verdict 3 or its evidence was changed" in verify(home)


def test_a_log_cut_at_its_end_is_noticed(home: Path, tampering: sqlite3.Connection) -> None:
    head = read_head(home)
    tampering.execute("DELETE FROM evidence WHERE verdict_number = 6")
    tampering.execute("DELETE FROM verdicts WHERE number = 6")
    assert verify(home) == ("the log doesn't end where the last change left it: verdicts were cut or added",)
    tampering.execute("UPDATE changes SET chain_head = (SELECT sha256 FROM verdicts WHERE number = 5)")
    assert verify(home) == ()  # who rewrites everything is only caught from outside:
    (fault,) = verify(home, head)
    assert fault.startswith(f"the published head 6:{head.sha256} isn't in the log")


def test_a_published_head_stays_in_a_log_that_grows(home: Path) -> None:
    head = read_head(home)
    with Store.open(home) as store:
        save(store, "three.txt")
        assert store.chain_head() != head
        assert store.verify_chain(head) == ()


def test_a_lost_evidence_tail_is_part_of_the_integrity_check(
    home: Path, tampering: sqlite3.Connection
) -> None:
    tampering.execute("DELETE FROM evidence WHERE verdict_number = 6")
    with Store.open(home) as store:
        assert store.check_integrity() == ("verdict 6 or its evidence was changed",)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE claims SET label = 'supported' WHERE label = 'contested'", "list of claims"),
        ("UPDATE claims SET current = 0", "list of claims"),
        ("DELETE FROM run_claims WHERE position = 2", "list of claims"),
        ("DELETE FROM raws", "names a row of raws"),
    ],
)
def test_what_is_kept_beside_the_log_is_checked_too(
    home: Path, tampering: sqlite3.Connection, statement: str, fault: str
) -> None:
    tampering.execute(statement)
    with Store.open(home) as store:
        faults = store.check_integrity()
    assert faults
    assert all(fault in found for found in faults)


def test_changed_bytes_are_found_by_the_deep_check(home: Path, tampering: sqlite3.Connection) -> None:
    tampering.execute("UPDATE raws SET content = content || x'00'")
    with Store.open(home) as store:
        assert store.check_integrity() == ()
        assert all("raw bytes" in fault for fault in store.check_integrity(deep=True))
        assert len(store.check_integrity(deep=True)) == 1
