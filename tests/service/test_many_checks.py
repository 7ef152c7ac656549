"""Many checks in one process grow neither in memory nor apart."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
