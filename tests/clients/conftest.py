"""A live server for the real clients: the installed command of the checkout, on a port of the kernel's choice."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = (
    "Claude 3.7 Sonnet mentioned the hint only 39% of the time, Anthropic found.\n\n"
    "GPT-4 scored in the top 10% of test takers on the bar exam, OpenAI reported.\n"
)


def _wherefrom() -> str:
    given = os.environ.get("WHEREFROM_COMMAND", str(ROOT / ".venv" / "bin" / "wherefrom"))
    if not Path(given).is_file():
        pytest.fail(f"no command at {given}: run `make test-clients`, or name it in WHEREFROM_COMMAND")
    return given


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients") / "kb"
    subprocess.run([_wherefrom(), "--home", folder, "init", "--quiet"], check=True, timeout=600)
    return folder


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    """http://127.0.0.1:PORT of a server over the shipped registry and examples."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([_wherefrom(), "--home", home, "serve", "--port", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_200):
            try:
                with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 - our own server
                    break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def wherefrom() -> str:
    return _wherefrom()
