"""How long a user waits: `make bench` prints medians. A measurement, never a test:
it depends on the machine. Owns no figure that anything relies on."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench_api import measure_api
from bench_building import time_builds
from bench_linking import time_linking
from bench_reading import describe, find_examples, measure_speeds

_EXAMPLES = Path(__file__).resolve().parents[1] / "service" / "examples"
_PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
_LOAD = "from sources.registry import read_registry; read_registry()"
_WORDS = 1000
_START_S = 60.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wherefrom-bench-") as folder:
        home = Path(folder) / "home"
        article = Path(folder) / "article.txt"
        article.write_text(make_article(_WORDS), encoding="utf-8")
        started = time.perf_counter()
        _run("--home", str(home), "init")
        rows = [("init, once", time.perf_counter() - started)]
        rows.append(("the registry that ships, strictly, cold", _median(_load_registry, 7)))
        rows.append(("wherefrom --help, cold", _median(lambda: _run("--help"), 7)))
        rows.append(
            (
                f"wherefrom check, {_WORDS} words, cold",
                _median(lambda: _run("--home", str(home), "check", str(article)), 5),
            )
        )
        rows.append((f"POST /v1/check, {_WORDS} words, warm", _time_api(home, article)))
        seconds, claims = time_linking(home, article)
        rows.append((f"linking and judging {claims} claims, warm", seconds))
    rows += time_builds(10_000)
    for name, seconds in rows:
        sys.stdout.write(f"{name:<40} {seconds:7.2f} s\n")
    for name, figure in measure_api(make_article):
        sys.stdout.write(f"{name:<56} {figure}\n")
    for name, figure in describe(measure_speeds(find_examples())):
        sys.stdout.write(f"{name:<40} {figure}\n")


def make_article(words: int) -> str:
    """The first so many words of the examples, as paragraphs."""
    taken: list[str] = []
    count = 0
    for path in [*sorted(_EXAMPLES.glob("*.txt")), *sorted(_EXAMPLES.glob("*.md"))]:
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            found = len(paragraph.split())
            if count + found > words:
                paragraph = " ".join(paragraph.split()[: words - count])
            taken.append(paragraph)
            count += found
            if count >= words:
                return "\n\n".join(taken)
    return "\n\n".join(taken)


def _median(work: Callable[[], object], times: int) -> float:
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return statistics.median(durations)


def _run(*arguments: str) -> None:
    subprocess.run([*_PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _load_registry() -> None:
    subprocess.run([sys.executable, "-c", _LOAD], check=True)


def _time_api(home: Path, article: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [*_PROGRAM, "--home", str(home), "serve", "--port", str(port), "--quiet"]
    server = subprocess.Popen(line, env={**os.environ, "NO_COLOR": "1"})
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/healthz")
        body = json.dumps({"text": article.read_text(encoding="utf-8")}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own server on loopback
            f"{address}/v1/check", data=body, headers={"Content-Type": "application/json"}
        )
        _fetch(request)  # the first one loads the models
        return _median(lambda: _fetch(request), 7)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str) -> None:
    limit = time.monotonic() + _START_S
    while True:
        try:
            _fetch(urllib.request.Request(address))  # noqa: S310 - our own server on loopback
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return


def _fetch(request: urllib.request.Request) -> None:
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - our own server on loopback
        response.read()


if __name__ == "__main__":
    main()
