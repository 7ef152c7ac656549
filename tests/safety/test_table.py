"""docs/safety.md tells what the tests did, no more and no less."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.safety.ledger import load_figures
from tests.safety.table import DOC, ROWS, fill

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_is_made_from_the_figures() -> None:
    document = DOC.read_text(encoding="utf-8")
    assert document == fill(document), "run `python -m tests.safety.table`"


def test_every_figure_belongs_to_a_row_and_every_row_has_a_figure_or_a_reason() -> None:
    figures = load_figures()
    ids = [row.id for row in ROWS]
    assert len(ids) == len(set(ids))
    assert set(figures) <= set(ids)
    assert [row.id for row in ROWS if not (figures.get(row.id) or row.held or row.open)] == []


def test_every_figure_is_of_a_test_that_is_there_and_holds_all_that_it_tries() -> None:
    for row, whats in load_figures().items():
        for what, figure in whats.items():
            path, _, name = figure["test"].partition("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (
                row,
                what,
            )
            assert figure["passed"] == figure["tried"] > 0, (row, what)


def test_every_file_that_holds_a_row_is_there() -> None:
    for row in ROWS:
        for path in row.held.split(", "):
            assert not path.startswith("tests/") or (ROOT / path).is_file(), path
