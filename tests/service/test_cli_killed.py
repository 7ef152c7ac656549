"""Killed in the middle of an ingest: nothing stored earlier is lost, and the same command again ends in the same
state; and many checks in one process grow neither in memory nor apart."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "service" / "examples"
FIRST, SECOND = EXAMPLES / "draft-with-source.md", EXAMPLES / "article-pressure.html"


def line_of(home: Path, *arguments: str | Path) -> list[str]:
    program = [sys.executable, "-c", "from service.cli import main; main()"]
    return [*program, "--home", str(home), *map(str, arguments)]


def run_line(home: Path, *arguments: str | Path) -> str:
    ended = subprocess.run(
        line_of(home, *arguments), capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base with one source and one article."""
    home = tmp_path_factory.mktemp("start") / "home"
    run_line(home, "init", "--empty")
    run_line(
        home,
        "sources",
        "add",
        EXAMPLES / "reading-room-2026.txt",
        "--meta",
        EXAMPLES / "reading-room-2026.yml",
    )
    run_line(home, "ingest", FIRST)
    return home


def read_state(home: Path, articles: Sequence[str]) -> list[Any]:
    """What the knowledge base says: its soundness, its sources and its articles (times of saving aside)."""
    doctor = json.loads(run_line(home, "doctor", "--json"))
    shown = [json.loads(run_line(home, "show", article, "--json")) for article in articles]
    for report in shown:
        report.pop("saved_at", None)
    sources = json.loads(run_line(home, "sources", "list", "--json"))
    return [doctor["ok"], doctor["facts"]["sources"], doctor["facts"]["articles"], sources, shown]


def kill_and_repeat(start: Path, folder: Path, delays_s: Sequence[float]) -> None:
    undisturbed = folder / "undisturbed"
    shutil.copytree(start, undisturbed)
    first = json.loads(run_line(undisturbed, "ingest", FIRST, "--json"))["document"]["id"]
    before = read_state(undisturbed, [first])
    began = time.monotonic()
    second = json.loads(run_line(undisturbed, "ingest", SECOND, "--json"))["document"]["id"]
    took_s = time.monotonic() - began
    wanted = read_state(undisturbed, [first, second])
    for number, share in enumerate(delays_s):
        home = folder / str(number)
        shutil.copytree(start, home)
        process = subprocess.Popen(
            line_of(home, "ingest", SECOND), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(share * took_s)
        process.kill()
        process.wait(timeout=30)
        killed = read_state(home, [first])
        assert killed[0] is True, f"killed after {share:.2f} of the run: no longer sound"
        assert killed[4] == before[4], f"killed after {share:.2f} of the run: an earlier article was lost"
        run_line(home, "ingest", SECOND)
        assert read_state(home, [first, second]) == wanted, f"killed after {share:.2f} of the run"
        shutil.rmtree(home)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_ingest_loses_nothing_and_can_be_repeated(start: Path, tmp_path: Path) -> None:
    kill_and_repeat(start, tmp_path, (0.3, 0.8, 0.95))


@pytest.mark.soak
def test_ingests_killed_at_many_moments_lose_nothing(start: Path, tmp_path: Path) -> None:
    generator = random.Random(7)
    kill_and_repeat(start, tmp_path, sorted(generator.uniform(0.1, 1.1) for _ in range(60)))


@pytest.mark.soak
def test_many_checks_in_one_process_stay_alike_and_small(start: Path) -> None:
    from kb.types import Raw
    from service.schemas import dumps, report_to_json
    from service.workbench import Workbench

    raw = Raw(name="article.html", content=SECOND.read_bytes(), media_type="text/html")
    process = psutil.Process()
    with Workbench.open(start) as workbench:
        wanted = dumps(report_to_json(workbench.check(raw)))
        for _ in range(20):
            workbench.check(raw)
        before = process.memory_info().rss
        for _ in range(300):
            assert dumps(report_to_json(workbench.check(raw))) == wanted
        assert process.memory_info().rss - before < 100_000_000
