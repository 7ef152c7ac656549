"""The contracts of the layout: one-way imports, nothing heavy at import, no network but in one module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("kb", "ingest", "sources", "service")
LIGHT = ("kb.types", "kb.errors", "kb.store", "ingest", "sources", "service", "service.cli")
HEAVY = (
    "spacy", "onnxruntime", "chromadb", "trafilatura", "pypdfium2", "tantivy", "lxml", "sqlalchemy", "numpy",
    "fastapi", "pydantic",
)  # fmt: skip
NETWORK = (
    "socket",
    "ssl",
    "urllib.request",
    "http.client",
    "httpx",
    "httpx2",
    "requests",
    "aiohttp",
    "urllib3",
)


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_go_one_way() -> None:
    line = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("module", LIGHT)
def test_a_light_module_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}\nsys.exit(', '.join(sorted(set({HEAVY!r}) & set(sys.modules))) or 0)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{module} imports {ended.stderr}"


def test_one_module_alone_reaches_the_network() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name == net or name.startswith(f"{net}.") for name in imported_names(path) for net in NETWORK)
    }
    # The client of our own API is a user's: nothing of the program imports it. The jail of the reading
    # process asks the kernel which sockets it still lets it open.
    assert found - {"service/client.py", "ingest/jail.py"} == {"ingest/fetch.py"}


def test_the_program_does_not_use_its_own_client() -> None:
    users = {str(path.relative_to(ROOT)) for path in modules() if "service.client" in imported_names(path)}
    assert users == set()


def test_no_module_stands_in_the_folder_named_site() -> None:
    assert list((ROOT / "site").rglob("*.py")) == []


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.stat().st_size and "versions" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]  # fmt: skip
    assert silent == []


def test_nothing_unpickles_or_evaluates() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    ]
    found += [
        str(path) for path in modules() if imported_names(path) & {"pickle", "marshal", "shelve", "dill"}
    ]
    assert found == []
