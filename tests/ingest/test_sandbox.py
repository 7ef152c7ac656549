"""Laws of the throw-away process."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from ingest import jail, pdf_worker
from ingest.sandbox import WorkerError, probe_sandbox, run_worker
from tests.safety.ledger import Counted


def run(
    tmp_path: Path, body: str, content: bytes = b"", wall_s: float = 20, answer_bytes: int = 100_000
) -> dict[str, object]:
    script = tmp_path / "worker.py"
    script.write_text("import json, sys\n" + body, encoding="utf-8")
    return run_worker(
        script, content, {"memory_bytes": 400_000_000, "cpu_s": 2}, wall_s=wall_s, answer_bytes=answer_bytes
    )


def failure(tmp_path: Path, body: str, **changes: object) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        run(tmp_path, body, **changes)  # type: ignore[arg-type]
    return caught.value


def test_the_worker_sees_the_bytes_and_answers_an_object(tmp_path: Path) -> None:
    body = "print(json.dumps({'length': len(sys.stdin.buffer.read())}))"
    assert run(tmp_path, body, b"x" * 3_000_000) == {"length": 3_000_000}


def test_the_worker_gets_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHEREFROM_SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    body = "import os; print(json.dumps({'env': dict(os.environ), 'path': sys.path, 'cwd': os.listdir('.')}))"
    answer = run(tmp_path, body)
    assert "s3cret" not in str(answer)
    assert str(tmp_path) not in answer["path"]  # type: ignore[operator]
    assert answer["cwd"] == []


@pytest.mark.timeout(120)
def test_a_worker_that_never_ends_is_ended(tmp_path: Path) -> None:
    assert failure(tmp_path, "import time; time.sleep(3600)", wall_s=1).kind == "wall"


def test_a_worker_that_never_listens_is_ended(tmp_path: Path) -> None:
    assert failure(tmp_path, "import time; time.sleep(60)", content=b"x" * 5_000_000, wall_s=1).kind == "wall"


def test_an_answer_over_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    body = "while True: sys.stdout.write('x' * 65536)"
    assert failure(tmp_path, body, answer_bytes=100_000).kind == "answer"


@pytest.mark.parametrize(
    "body", ["print('no json')", "print('[1]')", "pass", "raise ValueError('boom')", "sys.exit(3)"]
)
def test_an_answer_that_is_no_object_is_a_crash(tmp_path: Path, body: str) -> None:
    assert failure(tmp_path, body).kind == "crash"


def test_a_worker_that_complains_without_end_is_ended(tmp_path: Path) -> None:
    body = "while True: sys.stderr.write('x' * 65536)"
    assert failure(tmp_path, body, wall_s=1).kind == "wall"


def bound(body: str) -> str:
    """A worker that binds itself first, as ours does."""
    return (
        f"import runpy\nj = runpy.run_path({jail.__file__!r})\n"
        "limit_self, close_doors = j['limit_self'], j['close_doors']\nl = json.loads(sys.argv[1])\n" + body
    )


needs_rlimits = pytest.mark.skipif(sys.platform == "win32", reason="no rlimits on this system")


@needs_rlimits
def test_cpu_time_is_bound(tmp_path: Path) -> None:
    assert (
        failure(tmp_path, bound("limit_self(l['memory_bytes'], l['cpu_s'])\nwhile True: pass")).kind == "cpu"
    )


@needs_rlimits
def test_memory_is_bound(tmp_path: Path) -> None:
    body = bound("limit_self(l['memory_bytes'], l['cpu_s'])\nx = bytearray(2_000_000_000)")
    assert failure(tmp_path, body).kind == "memory"


@needs_rlimits
@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.socket()",
        "open('/etc/hostname')",
        "open('new', 'w')",
        "import os; os.pipe()",
        "import subprocess; subprocess.run(['true'])",
        "os.open('/etc/hostname', 0)",
        "os.kill(os.getppid(), 0) if sys.platform.startswith('linux') else os.pipe()",
    ],
)
def test_no_file_socket_or_process_is_opened_behind_closed_doors(tmp_path: Path, act: str) -> None:
    body = bound(
        "import socket, subprocess, os\nlimit_self(l['memory_bytes'], l['cpu_s'])\nclose_doors()\n"
        f"try:\n    {act}\n    print(json.dumps({{'opened': True}}))\n"
        "except OSError:\n    print(json.dumps({'opened': False}))"
    )
    assert run(tmp_path, body) == {"opened": False}


def test_the_worker_imports_nothing_of_the_project() -> None:
    for module in (pdf_worker, jail):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert "from ingest" not in source
        assert "from kb" not in source


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in jail._CALLS,
    reason="the filter of calls is for Linux on x86-64 and arm64",
)
def test_a_reader_that_was_taken_over_can_open_send_and_start_nothing(counted: Counted) -> None:
    refused = probe_sandbox()
    assert [name for name, was in refused.items() if not was] == []
    counted("P1", "things a hijacked PDF reader is kept from", tried=len(refused))


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    failure(tmp_path, "import os, time; open('/dev/null'); time.sleep(60)", wall_s=0.5)
    if Path("/proc").is_dir():
        mine = {p for p in Path("/proc").iterdir() if p.name.isdecimal() and _parent(p) == os.getpid()}
        assert not [p for p in mine if "worker.py" in _command(p)]


def _parent(process: Path) -> int:
    try:
        return int(process.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return -1


def _command(process: Path) -> str:
    try:
        return process.joinpath("cmdline").read_text()
    except OSError:
        return ""
