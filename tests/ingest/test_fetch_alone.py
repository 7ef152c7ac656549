"""Only ingest.fetch touches the net: told from the imports of every module, not from trust."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kb", "ingest", "sources", "service")
NET = (
    "socket", "ssl", "http.client", "http.cookiejar", "urllib.request", "urllib3", "httpx", "httpcore", "requests",
    "aiohttp", "ftplib", "smtplib", "telnetlib", "poplib", "imaplib", "xmlrpc.client", "websockets", "asyncio.streams",
)  # fmt: skip
# The client is a user's, imported by nothing here; the jail asks the kernel which sockets it still lets it open.
ALLOWED = {"ingest/fetch.py", "ingest/jail.py", "service/client.py"}


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in ("import_module", "__import__") and node.args:
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    names.add(argument.value)
    return names


def net_modules(path: Path) -> set[str]:
    return {net for name in imported_names(path) for net in NET if name == net or name.startswith(net + ".")}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_module_imports_the_net(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in ALLOWED:
        assert net_modules(path) == set()


def test_the_scan_sees_what_fetch_imports() -> None:
    assert {"socket", "ssl", "http.client"} <= net_modules(ROOT / "ingest/fetch.py")


def test_the_scan_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    path = tmp_path / "sly.py"
    path.write_text("def f():\n    from urllib import request\n    import importlib\n"
                    "    importlib.import_module('httpx')\n")  # fmt: skip
    assert net_modules(path) == {"urllib.request", "httpx"}
