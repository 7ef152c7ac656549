"""The reports of the shipped examples are what they were when last reviewed (tests/golden/reports.py writes them)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.reports import article_paths, check_examples, golden_path


@pytest.fixture(scope="module")
def reports() -> dict[Path, str]:
    return check_examples()


@pytest.mark.parametrize("article", article_paths(), ids=lambda path: path.name)
def test_the_report_of_an_example_is_the_reviewed_one(reports: dict[Path, str], article: Path) -> None:
    assert reports[article].splitlines() == golden_path(article).read_text("utf-8").splitlines()


def test_the_examples_show_every_label(reports: dict[Path, str]) -> None:
    text = "\n".join(reports.values())
    assert all(f"\n  {label}/" in text for label in ("supported", "contested", "unsourced"))
