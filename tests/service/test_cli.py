"""The command line as a user meets it: help at once, options anywhere, one message and one exit code an error."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.cli import app
from service.terminal import (
    EXIT_DONE,
    EXIT_FAULT,
    EXIT_INPUT,
    EXIT_INTERRUPTED,
    EXIT_KNOWLEDGE_BASE,
    EXIT_USAGE,
    EXIT_WRITE,
)
from tests.service.command_line import Run, make_run

HEAVY = (
    "spacy", "onnxruntime", "chromadb", "trafilatura", "pypdfium2", "tantivy", "lxml", "sqlalchemy",
    "fastapi", "uvicorn", "numpy", "jinja2", "pydantic", "tokenizers", "alembic", "httpx",
)  # fmt: skip


@pytest.fixture
def wherefrom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return make_run(capsys, monkeypatch)


@pytest.fixture
def home(tmp_path: Path, wherefrom: Run) -> Iterator[Path]:
    """An empty knowledge base."""
    folder = tmp_path / "home"
    assert wherefrom("init", "--empty", "--home", folder).code == EXIT_DONE
    yield folder


def verbs() -> Iterator[tuple[str, ...]]:
    """Every verb that the program offers, from the program itself."""
    for command in app.registered_commands:
        yield (str(command.name),)
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands if group.typer_instance else ():
            yield (str(group.name), str(command.name))


# ---------------------------------------------------------------------- help and start


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom service.cli import run\nrun(['--help'])\n"
        f"heavy = sorted(set({HEAVY!r}) & set(sys.modules))\n"
        "sys.exit('imported: ' + ', '.join(heavy) if heavy else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_help_names_every_verb_and_every_exit_code(wherefrom: Run) -> None:
    ended = wherefrom("--help")
    assert ended.code == EXIT_DONE
    words = ended.out.split()
    assert {verb[0] for verb in verbs()} <= set(words)
    for code in ("0 done", "1 claims", "2 wrong", "3 an", "4 the", "5 nothing", "130 interrupted"):
        assert code in " ".join(words)


@pytest.mark.parametrize("verb", list(verbs()), ids=" ".join)
def test_every_verb_has_help_and_the_common_options(wherefrom: Run, verb: tuple[str, ...]) -> None:
    ended = wherefrom(*verb, "--help")
    assert ended.code == EXIT_DONE
    for option in ("--home", "--json", "--quiet", "--no-color", "--embedder", "--debug"):
        assert option in ended.out


def test_the_verbs_are_those_of_the_issue() -> None:
    assert {" ".join(verb) for verb in verbs()} >= {
        "init", "check", "ingest", "search", "show", "explain", "sources add", "sources list",
        "sources show", "sources check", "build", "serve", "reindex", "backup", "restore", "audit verify", "doctor", "eval corpus",
    }  # fmt: skip


def test_version_is_that_of_the_package(wherefrom: Run) -> None:
    from importlib.metadata import version

    assert wherefrom("--version").out == f"wherefrom {version('wherefrom')}\n"


def test_shell_completion_names_the_verbs() -> None:
    environment = {
        **os.environ,
        "_WHEREFROM_COMPLETE": "complete_bash",
        "COMP_WORDS": "wherefrom s",
        "COMP_CWORD": "1",
    }
    line = [sys.executable, "-c", "from service.cli import main; main()"]
    ended = subprocess.run(line, capture_output=True, text=True, env=environment, check=False)
    assert {"search", "show", "serve", "sources"} <= set(ended.stdout.split())


# ---------------------------------------------------------------------- options before and after the verb


@pytest.mark.parametrize(
    "place",
    [("before", "before"), ("before", "after"), ("after", "before"), ("after", "after")],
    ids="-".join,
)
def test_common_options_stand_before_or_after_the_verb(
    wherefrom: Run, home: Path, place: Sequence[str]
) -> None:
    options = [["--home", str(home)], ["--json"]]
    before = [
        word for option, where in zip(options, place, strict=True) if where == "before" for word in option
    ]
    after = [
        word for option, where in zip(options, place, strict=True) if where == "after" for word in option
    ]
    assert wherefrom(*before, "sources", "list", *after).json == {"ok": True, "sources": []}


def test_options_may_stand_between_the_words_of_a_verb(wherefrom: Run, home: Path) -> None:
    assert wherefrom("sources", "--json", "--home", str(home), "list").json["ok"] is True


def test_the_home_after_the_verb_wins(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    assert (
        wherefrom("--home", str(tmp_path / "other"), "sources", "list", "--home", str(home)).code == EXIT_DONE
    )


def test_the_home_is_taken_from_the_environment(
    wherefrom: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEREFROM_HOME", str(home))
    assert wherefrom("sources", "list").code == EXIT_DONE


def test_the_home_is_else_the_data_folder_of_the_platform(wherefrom: Run, tmp_path: Path) -> None:
    ended = wherefrom("sources", "list")
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert str(tmp_path / "data" / "wherefrom") in ended.err


# ---------------------------------------------------------------------- usage


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["chek"], "Did you mean 'check'?"),
        (["check"], "Missing argument"),
        (["check", "a.txt", "--explan", "1"], "No such option"),
        (["check", "a.txt", "b.txt", "--explain", "1"], "--explain"),
        (["check", "a.txt", "--explain", "0"], "--explain"),
        (["check", "a.txt", "--fail-on", "wrong"], "wrong; known are supported, contested, unsourced"),
        (["check", "-", "-"], "standard input can be read once"),
        (["check", "a.txt", "b.txt", "--url", "https://example.org"], "--url"),
        (["serve", "--port", "99999"], "--port"),
        (["sources", "add", "a.txt", "--meta", "a.yml", "--texts", "."], "--texts for a manifest"),
        (["eval", "corpus"], "--data"),
    ],
)
def test_wrong_usage_says_what_was_wrong(wherefrom: Run, line: list[str], said: str) -> None:
    ended = wherefrom(*line)
    assert (ended.code, ended.out) == (EXIT_USAGE, "")
    assert said in ended.err
    assert ended.err.count("error:") == 1


def test_no_verb_shows_the_help(wherefrom: Run) -> None:
    ended = wherefrom()
    assert ended.code == EXIT_USAGE
    assert "Usage: wherefrom" in ended.out + ended.err


def test_with_json_wrong_usage_is_an_object_on_stdout(wherefrom: Run) -> None:
    ended = wherefrom("check", "--json", "a.txt", "--fail-on", "wrong")
    assert (ended.code, ended.err) == (EXIT_USAGE, "")
    assert ended.json["ok"] is False
    assert ended.json["error"]["code"] == "usage"
    assert ended.json["error"]["exit_code"] == EXIT_USAGE


# ---------------------------------------------------------------------- the knowledge base


def test_without_a_knowledge_base_the_message_says_how_to_make_one(wherefrom: Run, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("The model lied in 47% of runs.")
    ended = wherefrom("check", article, "--home", tmp_path / "nothing")
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert "wherefrom init" in ended.err
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_knowledge_base_is_said_and_kept(wherefrom: Run, home: Path) -> None:
    database = home / "wherefrom.db"
    database.write_bytes(b"no database at all " * 100)
    ended = wherefrom("sources", "list", "--home", home)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert str(home) in ended.err
    assert database.read_bytes().startswith(b"no database")


def test_a_file_can_be_no_knowledge_base(wherefrom: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("text")
    assert wherefrom("sources", "list", "--home", path).code == EXIT_KNOWLEDGE_BASE
    assert wherefrom("init", "--empty", "--home", path).code == EXIT_WRITE
    assert path.read_text() == "text"


@pytest.mark.parametrize(
    "line", [("show", "c-0000000000"), ("show", "a-0000000000"), ("show", "nobody-2020"),
             ("explain", "c-0000000000"), ("sources", "show", "nobody-2020")], ids=" ".join
)  # fmt: skip
def test_an_unknown_id_is_named(wherefrom: Run, home: Path, line: tuple[str, ...]) -> None:
    ended = wherefrom(*line, "--home", home)
    assert ended.code == EXIT_INPUT
    assert line[-1] in ended.err


def test_quiet_keeps_results_and_errors_only(wherefrom: Run, tmp_path: Path) -> None:
    ended = wherefrom("init", "--empty", "--quiet", "--home", tmp_path / "home")
    assert (ended.code, ended.err) == (EXIT_DONE, "")
    assert ended.out != ""


def test_doctor_tells_versions_and_a_sound_state(wherefrom: Run, home: Path) -> None:
    ended = wherefrom("doctor", "--json", "--home", home)
    assert ended.code == EXIT_DONE
    assert {"wherefrom", "sqlite", "home", "sources"} <= set(ended.json["facts"])
    assert ended.json["faults"] == []


def test_doctor_finds_a_missing_knowledge_base(wherefrom: Run, tmp_path: Path) -> None:
    ended = wherefrom("doctor", "--home", tmp_path / "nothing")
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert "faulty" in ended.out


# ---------------------------------------------------------------------- source files


def test_a_broken_source_file_shows_every_fault_with_its_line(wherefrom: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken-2025.yml"
    path.write_text("id: broken-2025\ntitle: A study\nkind: sermon\ntier: primary\ncolour: blue\n")
    ended = wherefrom("sources", "check", path)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert f"{path}:3: kind" in ended.err
    assert f"{path}:5: colour" in ended.err


def test_with_json_the_faults_are_a_list(wherefrom: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken-2025.yml"
    path.write_text("id: broken-2025\nkind: [\n")
    ended = wherefrom("sources", "check", "--json", path)
    assert ended.json["error"]["code"] == "registry_invalid"
    assert len(ended.json["error"]["details"]["faults"]) >= 1


def test_a_source_file_may_contest_a_source_that_ships(wherefrom: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine-2026.yml"
    text = (
        "id: mine-2026\ntitle: A study\nkind: paper\ntier: primary\nurl: https://example.org/a\ncontests:\n"
    )
    path.write_text(
        text + "  - {source: openai-2023-gpt4-report, kind: disputes, says: It was measured anew.}\n"
    )
    assert wherefrom("sources", "check", path, "--json").json["sources"] == ["mine-2026"]
    path.write_text(text + "  - {source: nobody-2023, kind: disputes, says: It was measured anew.}\n")
    assert f"{path}:7: contests[0].source" in wherefrom("sources", "check", path).err


def test_the_shipped_registry_is_sound(wherefrom: Run) -> None:
    assert wherefrom("sources", "check").code == EXIT_DONE


# ---------------------------------------------------------------------- ends


def start(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", "from service.cli import main; main()", *arguments]
    return subprocess.run(line, text=True, check=False, timeout=60, **options)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_with_5_and_says_so() -> None:
    with Path("/dev/full").open("w") as full:
        ended = start("sources", "check", stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == EXIT_WRITE
    assert "disk is full" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "line", [("--help",), ("--version",), ("sources", "check"), ("sources", "check", "--json")]
)
def test_a_reader_that_goes_away_is_no_error(line: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    ended = start(*line, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    assert (ended.returncode, ended.stderr) == (EXIT_DONE, "")


def test_an_interrupt_is_said_in_one_line(
    wherefrom: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("service.commands.registry.list_all", interrupt)
    ended = wherefrom("sources", "list", "--home", home)
    assert ended.code == EXIT_INTERRUPTED
    assert ended.err.startswith("error: interrupted")


def test_a_fault_of_ours_is_told_apart_from_faulty_input(
    wherefrom: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("service.commands.registry.list_all", fail)
    ended = wherefrom("sources", "list", "--home", home)
    assert ended.code == EXIT_FAULT
    assert "A fault in Wherefrom: ZeroDivisionError" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in wherefrom("sources", "list", "--home", home, "--debug").err


def test_a_port_that_is_taken_is_said(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(
            "--home", str(home), "serve", "--port", port, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    assert ended.returncode == EXIT_USAGE
    assert f"127.0.0.1:{port}: the port is taken" in ended.stderr
