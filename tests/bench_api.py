"""How long the API makes its users wait: a real server in a process of its own, real clients, medians and p95.

A measurement, never a test. `make bench` prints its rows; run alone, it prints them with the load average, which
says how quiet the machine was. Owns the traffic; the wanted figures are those of the README.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

_PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
_START_S = 90.0
_LIST = "/v1/claims?limit=50"
_STORED_CLAIMS = 2_000
_ARTICLE_WORDS, _DRAFT_WORDS = 1_000, 3_000
_CLIENTS = 16
_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure_api(make_article: Callable[[int], str], *, seconds: float = 5.0) -> Iterator[tuple[str, str]]:
    """(what, figure) rows. `make_article` gives a text of so many words."""
    with tempfile.TemporaryDirectory(prefix="wherefrom-bench-api-") as folder:
        full = Path(folder) / "full"
        _fill(full)
        with serve(full) as server:
            yield from _measure_lists(server, seconds)
            yield from _measure_crowd(server.port, make_article(100))
        home = Path(folder) / "home"
        _run("--home", str(home), "init")
        with serve(home) as server:
            yield from _measure_checks(server, make_article)


def _measure_checks(server: Server, make_article: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    article = json.dumps({"text": make_article(_ARTICLE_WORDS)}).encode()
    for _ in range(3):  # the first one loads the models
        _post(connection, "/v1/check", article, _JSON)
    durations = [_time(lambda: _post(connection, "/v1/check", article, _JSON)) for _ in range(30)]
    yield f"POST /v1/check, {_ARTICLE_WORDS} words", describe(durations)
    used = _cpu_s(server)
    for _ in range(10):
        _post(connection, "/v1/check", article, _JSON)
    yield "the same, processor time of the server", f"{(_cpu_s(server) - used) * 100:.0f} ms each"
    draft = make_article(_DRAFT_WORDS)
    paragraphs = draft.split("\n\n")
    edited = max(range(len(paragraphs)), key=lambda at: len(paragraphs[at]))
    body = urlencode({"language": "en-US", "text": draft}).encode()
    first = _time(lambda: _post(connection, "/v2/check", body, _FORM))
    yield f"POST /v2/check, {_DRAFT_WORDS} words, the first time", f"{first * 1000:.0f} ms"
    durations = []
    words = [at for at, paragraph in enumerate(paragraphs) if len(paragraph.split()) > 8]
    for turn in range(60):
        at = words[turn % len(words)]
        paragraphs[at] += f" Edit {turn} of it."
        body = urlencode({"language": "en-US", "text": "\n\n".join(paragraphs)}).encode()
        durations.append(_time(lambda body=body: _post(connection, "/v2/check", body, _FORM)))  # type: ignore[misc]
    yield f"POST /v2/check, one paragraph of {_DRAFT_WORDS} words edited", describe(durations)
    durations = []
    for turn in range(20):
        paragraphs[edited] += f" Once more, {turn}."
        body = urlencode({"language": "en-US", "text": "\n\n".join(paragraphs)}).encode()
        durations.append(_time(lambda body=body: _post(connection, "/v2/check", body, _FORM)))  # type: ignore[misc]
    yield "the same, its longest paragraph", describe(durations)
    connection.close()


def _measure_lists(server: Server, seconds: float) -> Iterator[tuple[str, str]]:
    port = server.port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    _post(
        connection, "/v1/check", b'{"text": "Some 40% of models failed."}', _JSON
    )  # the models are loaded then
    size = len(_get(connection, _LIST))
    yield "its answer", f"{size / 1000:.0f} kB"
    connection.close()
    if shutil.which("wrk") is None:
        rate = _rate_without_wrk(port, seconds)
        yield f"GET {_LIST}, http.client in 4 processes", f"{rate:,.0f} requests/s"
        return
    line = ["wrk", "-t1", "-c16", f"-d{seconds:.0f}s", "--latency", f"http://127.0.0.1:{port}{_LIST}"]
    used = _cpu_s(server)
    said = subprocess.run(line, check=True, capture_output=True, text=True).stdout
    used = _cpu_s(server) - used
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])  # type: ignore[index]
    slow = re.search(r"99%\s*(\S+)", said)[1]  # type: ignore[index]
    faults = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    yield f"GET {_LIST}, wrk, 16 connections", f"{rate:,.0f} requests/s, p99 {slow}, {faults[1] if faults else 0} faults"  # fmt: skip
    yield "the same, processor time of the server", f"{used / (rate * seconds) * 1e6:.0f} µs each"


def _measure_crowd(port: int, text: str) -> Iterator[tuple[str, str]]:
    """Many clients at once, each on its own connection: lists, single claims, checks and an editor's checks."""
    paths = [_LIST, "/v1/sources", "/v1/search?q=graders", "/v1/claims?label=contested", "/healthz"]
    check = json.dumps({"text": text}).encode()
    editor = urlencode({"language": "en-US", "text": text}).encode()

    def visit(number: int) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        statuses = []
        for turn in range(10):
            path = paths[(number + turn) % len(paths)]
            statuses.append(_status(connection, "GET", path))
            if turn % 3 == 0:
                statuses.append(_status(connection, "POST", "/v1/check", check, _JSON))
            if turn % 3 == 1:
                statuses.append(_status(connection, "POST", "/v2/check", editor, _FORM))
        connection.close()
        return statuses

    began = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as crowd:
        statuses = [status for seen in crowd.map(visit, range(_CLIENTS)) for status in seen]
    elapsed = time.perf_counter() - began
    good = sum(1 for status in statuses if status == 200)
    worst = sum(1 for status in statuses if status >= 500)
    yield f"{_CLIENTS} clients at once, {len(statuses)} requests", f"{good} answered 200, {worst} were 5xx, {elapsed:.1f} s"  # fmt: skip


def describe(durations: list[float]) -> str:
    """p50 and p95 in milliseconds."""
    return (
        f"p50 {statistics.median(durations) * 1000:.0f} ms, "
        f"p95 {statistics.quantiles(durations, n=20)[-1] * 1000:.0f} ms"
    )


@dataclass(frozen=True, slots=True)
class Server:
    """The port that a server listens on, and its process."""

    port: int
    pid: int


def _cpu_s(server: Server) -> float:
    """Seconds of processor that the server has used: what a busy machine stretches less than the clock's."""
    import psutil

    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """The program's own server over a knowledge base."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    line = [*_PROGRAM, "--home", str(home), "serve", "--port", str(port), "--quiet"]
    process = subprocess.Popen(line, env={**os.environ, "NO_COLOR": "1"})
    try:
        _wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    limit = time.monotonic() + _START_S
    while True:
        try:
            if _status(http.client.HTTPConnection("127.0.0.1", port, timeout=10), "GET", "/healthz") == 200:
                return
        except OSError:
            if time.monotonic() > limit:
                raise
        time.sleep(0.1)


def _fill(home: Path) -> None:
    from tests.many_claims import fill_store

    fill_store(home, claims=_STORED_CLAIMS).close()
    _run("--home", str(home), "reindex")


def _rate_without_wrk(port: int, seconds: float) -> float:
    with ProcessPoolExecutor(4) as pool:
        return sum(pool.map(_hammer, [port] * 4, [seconds] * 4)) / seconds


def _hammer(port: int, seconds: float) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    limit = time.monotonic() + seconds
    count = 0
    while time.monotonic() < limit:
        _get(connection, _LIST)
        count += 1
    return count


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _post(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> None:
    if (status := _status(connection, "POST", path, body, headers)) != 200:
        raise RuntimeError(f"POST {path} answered {status}, wanted 200")


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def _status(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> int:
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _run(*arguments: str) -> None:
    subprocess.run([*_PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    from bench import make_article

    before = os.getloadavg()[0]
    for name, figure in measure_api(make_article):
        sys.stdout.write(f"{name:<56} {figure}\n")
        sys.stdout.flush()
    sys.stdout.write(f"load average before {before:.1f}, after {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
