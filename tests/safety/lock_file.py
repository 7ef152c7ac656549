"""Not a test: makes `requirements-hashed.txt`, every run-time dependency with its exact version and the sha256
of the file that was tested, from pyproject.toml and constraints.txt.

    python -m tests.safety.lock_file

Asks pip alone, which resolves as an installation would; the index that it uses is left out of the file. The
hashes are those of the wheels for this interpreter and platform, which the first lines name: elsewhere install
with constraints.txt, or make the file there. `pip install --require-hashes -r requirements-hashed.txt` then
refuses any other file.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_TOOLS = frozenset({"pip", "setuptools", "wheel"})  # every environment brings its own
LOCK = ROOT / "requirements-hashed.txt"


def read_dependencies() -> list[str]:
    """What the project needs at run time, as pyproject.toml states it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["project"]["dependencies"])


def ask_pip() -> list[dict[str, Any]]:
    """pip's own report of what it would install, and from which files."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--only-binary", ":all:",
            "--report", str(report), "--constraint", str(ROOT / "constraints.txt"), *read_dependencies(),
        ]  # fmt: skip
        subprocess.run(command, check=True)
        items: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["install"]
    return items


def write_lock(items: list[dict[str, Any]]) -> str:
    """The file's text: one requirement and its hash each, by name."""
    here = (
        f"Python {sys.version_info.major}.{sys.version_info.minor}, {platform.system()}, {platform.machine()}"
    )
    lines = [
        "# Made by `python -m tests.safety.lock_file`; don't edit.",
        f"# For {here}: pip install --require-hashes -r requirements-hashed.txt",
    ]
    wanted = [item for item in items if normalise(item["metadata"]["name"]) not in _TOOLS]
    for item in sorted(wanted, key=lambda one: normalise(one["metadata"]["name"])):
        name, version = normalise(item["metadata"]["name"]), item["metadata"]["version"]
        sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{name}=={version} --hash=sha256:{sha256}")
    return "\n".join(lines) + "\n"


def normalise(name: str) -> str:
    """A package's name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    LOCK.write_text(write_lock(ask_pip()), encoding="utf-8")
    sys.stdout.write(f"{LOCK.name}: {LOCK.read_text(encoding='utf-8').count('--hash=')} packages\n")


if __name__ == "__main__":
    main()
