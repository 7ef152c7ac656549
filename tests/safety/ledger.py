"""Keeps the figures of the safety tests: what was tried, how often, and how much of it held.

A test says `counted("S1", "addresses of this machine, dressed up", tried=580)` when it has passed. In an
ordinary run that must be what `figures.json` says, so that docs/safety.md (made from it by
`python -m tests.safety.table`) can't tell of more than the tests do. `WHEREFROM_RECORD=1` writes the
figures anew instead.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import pytest

FIGURES = Path(__file__).with_name("figures.json")
RECORD = "WHEREFROM_RECORD"

Counted = Callable[..., None]


class Figure(TypedDict):
    """`passed` of `tried`; `test` is its file and name, `soak` whether only the long run holds it."""

    tried: int
    passed: int
    test: str
    soak: bool


Figures = dict[str, dict[str, Figure]]


def load_figures() -> Figures:
    figures: Figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    return figures


def write_figure(row: str, what: str, figure: Figure) -> None:
    """Put one figure into the file; several processes may do so at once."""
    with FIGURES.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        figures = load_figures()
        figures.setdefault(row, {})[what] = figure
        text = json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        draft = FIGURES.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(FIGURES)


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Counted:
    """`counted(row, what, tried=n)` at a test's end: n things of a row of docs/safety.md were tried and held;
    `passed` where fewer may and did."""
    test = request.node.nodeid.split("[")[0]
    soak = request.node.get_closest_marker("soak") is not None

    def count(row: str, what: str, *, tried: int, passed: int | None = None) -> None:
        held = tried if passed is None else passed
        figure = Figure(tried=tried, passed=held, test=test, soak=soak)
        if os.environ.get(RECORD):
            write_figure(row, what, figure)
            return
        recorded = load_figures().get(row, {}).get(what)
        if soak and recorded is not None:  # how much a long run tries may depend on the machine's libraries
            assert held == tried
            return
        assert recorded == figure, (
            f"{row} {what!r}: found {figure}, the table says {recorded}; "
            f"if the new figure is right, run with {RECORD}=1 and then `python -m tests.safety.table`"
        )

    return count
