"""The lock file names what is installed, by hash, and no registry."""

from __future__ import annotations

import re

from tests.safety.ledger import Counted
from tests.safety.lock_file import LOCK, ROOT, normalise, read_dependencies

_LINE = re.compile(r"([a-z0-9-]+)==([^\s;]+) --hash=sha256:[0-9a-f]{64}")


def read_lock() -> dict[str, str]:
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    matches = [_LINE.fullmatch(line) for line in lines]
    assert None not in matches
    return {match[1]: match[2] for match in matches if match is not None}


def test_every_dependency_is_locked_by_hash_at_the_version_that_is_tested(counted: Counted) -> None:
    locked = read_lock()
    pinned = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, mark, version = line.partition("==")
        if mark and not line.startswith("#"):
            pinned[normalise(name)] = version.strip()
    names = {normalise(re.split(r"[\s\[=<>~!;]", one)[0]) for one in read_dependencies()}
    assert names <= set(locked), "run `python -m tests.safety.lock_file`"
    assert {name: version for name, version in locked.items() if pinned.get(name) != version} == {}
    counted("D1", "run-time packages locked by sha256", tried=len(locked))


def test_the_lock_file_names_no_registry() -> None:
    assert "://" not in LOCK.read_text(encoding="utf-8")
    assert "index-url" not in LOCK.read_text(encoding="utf-8")
