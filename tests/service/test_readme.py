"""The README keeps its word: every command in it runs, and every verb, code, variable, reason and route is in it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.reasons import REASONS
from service import settings, terminal
from service.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?P<note><!-- not run: (?P<why>[^\n]+) -->\n)?```console\n(?P<lines>.*?)```", re.DOTALL)
PORT = "8000"  # the one that the README names


def commands(*, run: bool) -> Iterator[str]:
    for block in BLOCK.finditer(README):
        if (block["note"] is None) == run:
            for line in block["lines"].splitlines():
                assert line.startswith("$ "), f"a console block holds only commands: {line!r}"
                yield line.removeprefix("$ ")


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str) -> None:
    limit = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server on loopback
                return
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's API examples need curl")
def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    """In order, in one folder beside the examples, with one knowledge base."""
    (tmp_path / "service").symlink_to(ROOT / "service")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "WHEREFROM_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}
    port = str(find_free_port())
    server: subprocess.Popen[bytes] | None = None
    try:
        for command in commands(run=True):
            line = ["bash", "-o", "pipefail", "-c", command.replace(PORT, port)]
            if command.startswith("wherefrom serve"):
                server = subprocess.Popen(
                    ["bash", "-c", f"exec {command.replace(PORT, port)}"], cwd=tmp_path, env=environment
                )
                wait_for(f"http://127.0.0.1:{port}/healthz")
                continue
            ended = subprocess.run(
                line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
            )
            assert ended.returncode == 0, f"$ {command}\n{ended.stdout[-2000:]}\n{ended.stderr}"
            assert ended.stdout.strip(), f"$ {command} printed nothing"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=60) in (0, terminal.EXIT_INTERRUPTED)


def test_a_command_that_is_not_run_says_why() -> None:
    reasons = [block["why"] for block in BLOCK.finditer(README) if block["note"]]
    assert all(len(reason) > 10 for reason in reasons)
    assert README.count("```console") == len(list(BLOCK.finditer(README)))


def test_every_verb_is_named() -> None:
    verbs = [str(command.name) for command in app.registered_commands]
    groups = [str(group.name) for group in app.registered_groups]
    for verb in (*verbs, *groups):
        assert re.search(rf"`{verb}\b|`show ID`, `{verb}\b", README), verb


@pytest.mark.parametrize("name", [name for name in vars(terminal) if name.startswith("EXIT_")])
def test_every_exit_code_is_named(name: str) -> None:
    assert f"\n| {getattr(terminal, name)} | " in README


@pytest.mark.parametrize(
    "name", [value for key, value in vars(settings).items() if key.endswith("_VARIABLE")] + ["NO_COLOR"]
)
def test_every_variable_is_named(name: str) -> None:
    assert f"\n| `{name}` | " in README


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_named(reason: str) -> None:
    assert f"`{reason}`" in README


def test_every_route_of_the_api_is_named() -> None:
    routes = re.findall(
        r'@app\.(?:get|post)\("(/[^"]*)", response_model', (ROOT / "service/api.py").read_text()
    )
    assert routes
    assert [route for route in routes if f"{route}`" not in README] == []


def test_every_file_that_is_linked_is_there() -> None:
    targets = [target for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target.partition("#")[0]).exists()] == []


def test_the_changes_name_this_version() -> None:
    from importlib.metadata import version

    assert f"## {version('wherefrom')}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {first or second for first, second in re.findall(r"`make ([a-z-]+)`|\$ make ([a-z-]+)", README)}
    assert named <= targets
