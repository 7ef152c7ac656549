"""docs/verdicts.md is held to the reason codes: each is explained once, under its label, contested ones in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.reasons import REASONS
from kb.types import Label

PAGE = Path(__file__).resolve().parents[1] / "docs" / "verdicts.md"


def documented(label: Label) -> list[str]:
    text = PAGE.read_text("utf-8")
    section = text.split(f"\n## {label.value.capitalize()}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)


@pytest.mark.parametrize("label", list(Label))
def test_every_reason_is_explained_once_under_its_label(label: Label) -> None:
    codes = documented(label)
    assert sorted(codes) == sorted(code for code, reason in REASONS.items() if reason.label is label)


def test_contested_reasons_stand_in_the_order_in_which_they_win() -> None:
    assert documented(Label.CONTESTED) == [
        code for code, reason in REASONS.items() if reason.label is Label.CONTESTED
    ]


def test_every_reason_has_an_example() -> None:
    rows = re.findall(r"^\| `[a-z_]+` \|.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(REASONS)
    assert all(len(row.strip("|").split("|")) == 3 and row.strip("|").split("|")[2].strip() for row in rows)
