"""The wheel, installed in a fresh environment, works outside the checkout with everything that it needs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run_line(line: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run_line([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT], ROOT)
    (path,) = out.glob("wherefrom-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel, and sees what this one has installed. A line of
    a .pth file adds a folder without reading the .pth files in it, so the checkout is not among them."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    run_line([sys.executable, "-m", "venv", "--without-pip", environment], ROOT)
    python = environment / "bin" / "python"
    run_line(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel], ROOT
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_the_wheel_holds_data_templates_weights_and_examples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, ending, least in (
        ("kb/models/", ".onnx", 1),
        ("kb/models/", "tokenizer.json", 1),
        ("kb/migrations/versions/", ".py", 1),
        ("sources/data/", ".yml", 20),
        ("sources/", "topics.yml", 1),
        ("service/examples/", ".txt", 1),
        ("service/site/templates/", ".html", 5),
        ("service/site/static/", ".css", 1),
    ):
        found = [name for name in names if name.startswith(folder) and name.endswith(ending)]
        assert len(found) >= least, f"{folder}*{ending}: {found}"


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    listed = run_line(["git", "ls-files", "kb", "ingest", "sources", "service"], ROOT).stdout.split("\n")
    assert {name for name in listed if name} - names == set()


def test_the_wheel_holds_no_tests_and_no_private_data(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kb", "ingest", "sources", "service"}


def test_the_installed_program_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    ended = run_line([installed / "python", "-c", "import service; print(service.__file__)"], tmp_path)
    assert str(installed.parent) in ended.stdout


def test_an_example_is_checked_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    wherefrom = installed / "wherefrom"
    assert run_line([wherefrom, "--version"], tmp_path).stdout.startswith("wherefrom ")
    run_line([wherefrom, "--home", "home", "init"], tmp_path)
    article = next((ROOT / "service" / "examples").glob("article-*.txt")).read_text(encoding="utf-8")
    (tmp_path / "article.txt").write_text(article, encoding="utf-8")
    report = run_line([wherefrom, "--home", "home", "check", "article.txt"], tmp_path).stdout
    assert " claims: " in report.splitlines()[0]
    assert "supported" in report
    run_line([wherefrom, "--home", "home", "build", "site"], tmp_path)
    assert (tmp_path / "site" / "index.html").is_file()
