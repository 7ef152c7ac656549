"""The verbs that keep a knowledge base safe, as a person runs them: backup, restore, audit verify, doctor."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.store import Store
from kb.store.store import DATABASE
from service.site import build_site
from service.terminal import EXIT_DONE, EXIT_INPUT, EXIT_KNOWLEDGE_BASE, EXIT_USAGE, EXIT_WRITE
from tests.safety.ledger import Counted
from tests.service import report_builders as build
from tests.service.command_line import Run, make_run


@pytest.fixture
def wherefrom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return make_run(capsys, monkeypatch)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("keeping") / "home"
    build.fill_store(home).close()
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --------------------------------------------------------------------------- backup and restore


def test_a_restored_backup_makes_the_same_site_to_the_byte(
    wherefrom: Run, home: Path, tmp_path: Path, counted: Counted
) -> None:
    copied = wherefrom("backup", tmp_path / "copy.db", "--home", home, "--json")
    restored = wherefrom("restore", tmp_path / "copy.db", "--home", tmp_path / "new", "--json")
    assert (copied.code, restored.code) == (EXIT_DONE, EXIT_DONE)
    assert copied.json["head"] == restored.json["head"]
    assert copied.json["counts"] == restored.json["counts"]
    assert restored.json["faults"] == []
    for name in ("home", "new"):
        with Store.open(tmp_path / name) as store:
            build_site(
                store, tmp_path / f"site-{name}", with_search=False
            )  # Pagefind gives other bytes each time
    first, second = read_files(tmp_path / "site-home"), read_files(tmp_path / "site-new")
    assert first == second
    counted("B1", "files of a site built after a restore, equal to the byte", tried=len(first))


def test_a_backup_is_one_file_that_appears_whole(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert wherefrom("backup", tmp_path / "out" / "copy.db", "--home", home).code == EXIT_DONE
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["copy.db"]


def test_a_backup_replaces_an_older_one(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("old")
    assert wherefrom("backup", tmp_path / "copy.db", "--home", home).code == EXIT_DONE
    assert wherefrom("restore", tmp_path / "copy.db", "--home", tmp_path / "new").code == EXIT_DONE


def test_a_restore_never_replaces_a_knowledge_base(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    wherefrom("backup", tmp_path / "copy.db", "--home", home)
    before = read_files(home)[DATABASE]
    ended = wherefrom("restore", tmp_path / "copy.db", "--home", home)
    assert (ended.code, "exists already" in ended.err) == (EXIT_KNOWLEDGE_BASE, True)
    assert read_files(home)[DATABASE] == before


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_what_is_no_backup_is_refused_and_makes_nothing(
    wherefrom: Run, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)
    ended = wherefrom("restore", tmp_path / "copy.db", "--home", tmp_path / "new")
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert "copy.db" in ended.err
    assert not (tmp_path / "new" / DATABASE).exists()


def test_a_backup_that_cannot_be_written_ends_with_5(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    ended = wherefrom("backup", tmp_path / "missing" / "copy.db", "--home", home)
    assert ended.code == EXIT_WRITE
    assert "missing" in ended.err


def test_a_backup_onto_the_knowledge_base_itself_is_refused(wherefrom: Run, home: Path) -> None:
    assert wherefrom("backup", home / DATABASE, "--home", home).code == EXIT_WRITE
    assert wherefrom("backup", home, "--home", home).code == EXIT_USAGE
    assert wherefrom("doctor", "--home", home).code == EXIT_DONE


# --------------------------------------------------------------------------- the verdict log


def test_an_untouched_log_is_told_with_its_head(wherefrom: Run, home: Path) -> None:
    ended = wherefrom("audit", "verify", "--home", home, "--json")
    assert ended.code == EXIT_DONE
    assert (ended.json["ok"], ended.json["faults"]) == (True, [])
    head = f"{ended.json['head']['number']}:{ended.json['head']['sha256']}"
    assert wherefrom("audit", "verify", "--head", head, "--home", home).code == EXIT_DONE


def tamper(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / DATABASE, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def test_a_changed_verdict_ends_with_4_and_is_named(wherefrom: Run, home: Path, counted: Counted) -> None:
    with Store.open(home) as store:
        count = store.chain_head().number
    for number in range(1, count + 1):
        other = Path(shutil.copytree(home, home.with_name(f"home-{number}")))
        tamper(
            other,
            f"UPDATE verdicts SET label = 'supported' || label, reason = 'agrees' WHERE number = {number}",  # noqa: S608
        )
        ended = wherefrom("audit", "verify", "--home", other, "--json")
        assert ended.code == EXIT_KNOWLEDGE_BASE
        assert any(f"verdict {number} " in fault for fault in ended.json["faults"])
        assert wherefrom("doctor", "--home", other).code == EXIT_KNOWLEDGE_BASE
    counted("L1", "rows of the verdict log changed behind its back, named by `audit verify`", tried=count)


def test_a_log_that_was_cut_is_caught_by_a_head_published_earlier(wherefrom: Run, home: Path) -> None:
    with Store.open(home) as store:
        head = store.chain_head()
    tamper(
        home,
        f"DELETE FROM evidence WHERE verdict_number = {head.number}",  # noqa: S608
        f"DELETE FROM verdicts WHERE number = {head.number}",  # noqa: S608
        f"UPDATE changes SET chain_head = (SELECT sha256 FROM verdicts WHERE number = {head.number - 1})",  # noqa: S608
    )
    assert wherefrom("audit", "verify", "--home", home).code == EXIT_DONE  # all within agrees
    ended = wherefrom("audit", "verify", "--head", f"{head.number}:{head.sha256}", "--home", home)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert "cut or rewritten" in ended.out


def test_a_built_site_publishes_the_head_that_the_log_is_held_to(
    wherefrom: Run, home: Path, tmp_path: Path
) -> None:
    with Store.open(home) as store:
        build_site(store, tmp_path / "site")
    head = json.loads((tmp_path / "site" / "site.json").read_bytes())["log_head"]
    assert wherefrom("audit", "verify", "--head", head, "--home", home).code == EXIT_DONE
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    assert wherefrom("audit", "verify", "--head", other, "--home", home).code == EXIT_KNOWLEDGE_BASE


@pytest.mark.parametrize("head", ["", "3", "3:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_what_is_no_head_is_wrong_usage(wherefrom: Run, home: Path, head: str) -> None:
    assert wherefrom("audit", "verify", "--head", head, "--home", home).code == EXIT_USAGE


def test_without_a_knowledge_base_there_is_nothing_to_keep(wherefrom: Run, tmp_path: Path) -> None:
    for line in (("audit", "verify"), ("backup", tmp_path / "copy.db"), ("doctor",)):
        assert wherefrom(*line, "--home", tmp_path / "none").code in (EXIT_KNOWLEDGE_BASE, EXIT_INPUT)
    assert not (tmp_path / "copy.db").exists()


# --------------------------------------------------------------------------- doctor


def test_doctor_tells_versions_limits_index_disk_sandbox_and_the_head(wherefrom: Run, home: Path) -> None:
    told = wherefrom("doctor", "--home", home, "--json").json
    assert {"sqlite", "schema", "index", "disk_free", "sandbox", "log_head"} <= set(told["facts"])
    assert "no network" in told["facts"]["sandbox"]
    assert told["limits"]["pdf_wall_s"] > 0
    assert told["facts"]["log_head"].partition(":")[0] == str(told["facts"]["verdicts"])


def test_doctor_tells_a_missing_index_as_a_warning_and_not_as_a_fault(wherefrom: Run, home: Path) -> None:
    wherefrom("reindex", "--home", home)
    assert wherefrom("doctor", "--home", home, "--json").json["warnings"] == []
    shutil.rmtree(home / "index")
    ended = wherefrom("doctor", "--home", home, "--json")
    assert (ended.code, ended.json["facts"]["index"]) == (EXIT_DONE, "missing")
    assert any("reindex" in warning for warning in ended.json["warnings"])


def test_a_deep_doctor_finds_a_changed_byte_of_a_stored_text(wherefrom: Run, home: Path) -> None:
    tamper(home, "UPDATE raws SET content = content || x'20'")
    assert wherefrom("doctor", "--home", home).code == EXIT_DONE
    ended = wherefrom("doctor", "--deep", "--home", home)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert "raw bytes" in ended.out
