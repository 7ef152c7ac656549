"""Runs a worker script over a stranger's bytes in a process that is thrown away afterwards.

Owns starting it (isolated interpreter, empty environment, own session), the wall clock, and the size
of its answer, which is checked before it is parsed. The script binds itself (memory, CPU time, no new
files or sockets) before it reads. Refuses to know formats.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess  # nosec: the command is our own interpreter and our own script
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from ingest.limits import DEFAULT

_STDERR_BYTES = 4_000


class WorkerError(Exception):
    """Why a worker gave no answer. `kind`: wall | cpu | memory | answer | crash."""

    def __init__(self, *, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def run_worker(
    script: Path, content: bytes, limits: dict[str, int], *, wall_s: float, answer_bytes: int
) -> dict[str, Any]:
    """The answer of `script` (a JSON object) to these bytes; raises WorkerError. One process a call."""
    command = [sys.executable, "-I", "-X", "utf8", str(script), json.dumps(limits)]
    with tempfile.TemporaryDirectory(prefix="wherefrom-") as folder:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_clean_environment(),
            start_new_session=True,
            close_fds=True,
        )
        return _converse(process, content, wall_s, answer_bytes)


def probe_sandbox() -> dict[str, bool]:
    """What a process that is bound as the PDF worker binds itself is kept from here: name -> whether it was
    refused. Raises WorkerError where no worker runs at all."""
    limits = {"memory_bytes": DEFAULT.pdf_memory_bytes, "cpu_s": DEFAULT.pdf_cpu_s, "probe": 1}
    script = Path(__file__).with_name("pdf_worker.py")
    answer = run_worker(script, b"", limits, wall_s=DEFAULT.pdf_wall_s, answer_bytes=10_000)
    refused = answer.get("refused")
    if not isinstance(refused, dict):
        raise WorkerError(
            kind="crash", detail="the reading process answered with no list of what it is refused"
        )
    return {str(name): bool(value) for name, value in refused.items()}


def _clean_environment() -> dict[str, str]:
    kept = {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    if sys.platform == "win32" and "SYSTEMROOT" in os.environ:
        kept["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # an interpreter doesn't start without it there
    return kept


def _converse(
    process: subprocess.Popen[bytes], content: bytes, wall_s: float, answer_bytes: int
) -> dict[str, Any]:
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    errors: list[bytes] = []
    timer = threading.Timer(wall_s, stop)
    feeder = threading.Thread(target=_feed, args=(process, content), daemon=True)
    listener = threading.Thread(target=_listen, args=(process, errors), daemon=True)
    timer.start()
    feeder.start()
    listener.start()
    try:
        stdout = process.stdout
        answer = b"" if stdout is None else stdout.read(answer_bytes + 1)
        if len(answer) > answer_bytes:
            raise WorkerError(kind="answer", detail=f"its text is larger than {answer_bytes:,} bytes")
        code = process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
        feeder.join(5)
        listener.join(5)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
    if late.is_set():
        raise WorkerError(kind="wall", detail=f"reading it took more than {wall_s:g} seconds")
    return _parse_answer(answer, code, b"".join(errors))


def _feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError, ValueError):
            process.stdin.write(content)
            process.stdin.close()


def _listen(process: subprocess.Popen[bytes], errors: list[bytes]) -> None:
    """Keep the end of what the worker complains about, and let none of it fill the pipe."""
    if process.stderr is None:
        return
    with contextlib.suppress(OSError, ValueError):
        while chunk := process.stderr.read1(65_536):  # type: ignore[attr-defined]
            errors[:] = [(b"".join(errors) + chunk)[-_STDERR_BYTES:]]


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError, OSError):
            process.kill()


def _parse_answer(answer: bytes, code: int, errors: bytes) -> dict[str, Any]:
    if code != 0:
        raise _explain(code, errors)
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError):
        raise WorkerError(kind="crash", detail="the reading process answered with no JSON") from None
    if not isinstance(parsed, dict):
        raise WorkerError(kind="crash", detail="the reading process answered with no object")
    return parsed


def _explain(code: int, errors: bytes) -> WorkerError:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    last = lines[-1][:200] if lines else ""
    if code < 0:
        number = -code
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        if name in ("SIGXCPU", "SIGKILL"):
            return WorkerError(kind="cpu", detail="reading it took more CPU time than it may use")
        if name in ("SIGABRT", "SIGTRAP", "SIGILL") or "emory" in last:
            return WorkerError(kind="memory", detail=f"reading it needs more memory than it may use ({name})")
        return WorkerError(kind="crash", detail=f"the reading process died of {name}")
    if "MemoryError" in last:
        return WorkerError(kind="memory", detail="reading it needs more memory than it may use")
    return WorkerError(kind="crash", detail=f"the reading process failed: {last or f'exit {code}'}")
