"""The verbs of eval: measure the answers against labelled data, each figure beside its floor or a peer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import InputError
from service.terminal import Terminal
from service.visible import make_visible_line

_NAME_WIDTH = 36

if TYPE_CHECKING:
    from rich.text import Text

    from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure


def evaluate(terminal: Terminal, data: Path, *, cases: bool) -> None:
    """A folder laid out as gold/, articles/, sources/, seeds/, in a fresh knowledge base of its own."""
    from service.evaluation.corpus import evaluate_corpus

    if not data.is_dir():
        raise InputError(f"{data} is not a folder: --data names the folder that holds gold/ and articles/.",
                         path=str(data))  # fmt: skip
    with terminal.progress("Evaluated") as advance:
        figures = evaluate_corpus(data, cases=cases, progress=lambda _, done, total: advance(done, total))
    if terminal.settings.json:
        terminal.put_json({"ok": True, **figures})
    else:
        terminal.put_lines(render_figures(figures))


def run_evaluation(terminal: Terminal, name: str, data: Path, options: EvaluationOptions) -> None:
    """Any evaluation that follows the protocol of service.evaluation: a table, or JSON with --json."""
    from service.evaluation.protocol import load_evaluation, to_mapping

    if not data.is_dir():
        raise InputError(f"{data} is not a folder: --data names the folder that holds the labelled sets.",
                         path=str(data))  # fmt: skip
    with terminal.progress("Evaluated") as advance:
        watched = replace(options, progress=lambda _, done, total: advance(done, total))
        evaluation = load_evaluation(name)(data, watched)
    terminal.say_issues(evaluation.issues)
    if terminal.settings.json:
        terminal.put_json({"ok": True, **to_mapping(evaluation)})
    else:
        terminal.put_lines(render_evaluation(evaluation, options.peer))


def render_evaluation(evaluation: Evaluation, peer: str | None = None) -> list[Text]:
    """One table for each set: the measure, its value, how many of how many, the interval and the peer."""
    from rich.text import Text

    lines: list[Text] = []
    for name in evaluation.golds:
        measures = {
            key.removeprefix(f"{name}."): measure
            for key, measure in evaluation.measures.items()
            if key.startswith(f"{name}.")
        }
        if lines:
            lines.append(Text())
        lines.append(Text(make_visible_line(name), style="bold"))
        lines += [Text(_measure_row(key, measure, peer)) for key, measure in measures.items()]
    if evaluation.cases:
        lines += [Text(), Text("cases", style="bold")]
        lines += [Text(f"  {_case(case)}") for case in evaluation.cases]
    return lines


def _measure_row(name: str, measure: Measure, peer: str | None) -> str:
    of = f"{measure.right} of {measure.of}" if measure.of is not None else f"n {measure.n}"
    words = f"  {_words(name):<{_NAME_WIDTH - 2}} {measure.value:.3f}  {of:<12}"
    if measure.interval is not None:
        words += f"  95%: {measure.interval[0]:.3f} to {measure.interval[1]:.3f}"
    if measure.peer is not None:
        words += f"  {peer or 'peer'} {measure.peer:.3f}"
    return words.rstrip()


def render_figures(figures: Mapping[str, object], depth: int = 0) -> list[Text]:
    """Nested mappings as headed tables. A mapping with a share, a value or a count is one row, its floor beside
    it; a mapping of rows of counts is a table; a list (the cases) is one line each."""
    from rich.text import Text

    indent = "  " * depth
    lines: list[Text] = []
    for key, value in figures.items():
        name = _words(key)
        if isinstance(value, Mapping) and _main_figure(value) is None:
            if depth == 0 and lines:
                lines.append(Text())
            lines.append(Text(f"{indent}{name}", style="bold" if depth == 0 else ""))
            table = _read_table(value)
            lines += _render_table(table, indent) if table is not None else render_figures(value, depth + 1)
        elif isinstance(value, list):
            lines.append(Text(f"{indent}{name}", style="bold"))
            lines += [Text(f"{indent}  {_case(row)}") for row in value]
        else:
            lines.append(Text(f"{indent}{name:<{_NAME_WIDTH - len(indent)}} {_row(value)}"))
    return lines


def _main_figure(row: Mapping[str, object]) -> object:
    return next((row[key] for key in ("share", "value", "count") if key in row), None)


def _row(value: object) -> str:
    """One figure, out of how many, its interval and its floor."""
    if not isinstance(value, Mapping):
        return _number(value)
    words = f"{_number(_main_figure(value)):>6}"
    part = next((value[key] for key in ("right", "count") if key in value), None)
    if "of" in value and "share" in value:
        share = f"{_number(part)} of {_number(value['of'])}"
        words += f"  {share:<12}"
    interval = value.get("interval95")
    if isinstance(interval, list) and len(interval) == 2:
        words += f"  95%: {_number(interval[0])} to {_number(interval[1])}"
    if value.get("floor") is not None:
        words += f"  floor {_number(value['floor'])}"
    return words.rstrip()


def _read_table(value: Mapping[str, object]) -> dict[str, dict[str, object]] | None:
    """Rows of the same columns, each a plain number: a confusion matrix."""
    rows = {key: dict(row) for key, row in value.items() if isinstance(row, Mapping)}
    if len(rows) < 2 or len(rows) != len(value) or len({tuple(row) for row in rows.values()}) != 1:
        return None
    if any(not isinstance(cell, int) for row in rows.values() for cell in row.values()):
        return None
    return rows


def _render_table(rows: Mapping[str, Mapping[str, object]], indent: str) -> list[Text]:
    from rich.text import Text

    columns = list(next(iter(rows.values())))
    width = max(len(_words(column)) for column in columns) + 2
    heading = f"{indent}  {'labelled / found':<20}" + "".join(
        f"{_words(column):>{width}}" for column in columns
    )
    lines = [Text(heading, style="dim")]
    for key, row in rows.items():
        cells = "".join(f"{_number(row[column]):>{width}}" for column in columns)
        lines.append(Text(f"{indent}  {_words(key):<20}{cells}"))
    return lines


def _case(row: object) -> str:
    if not isinstance(row, Mapping):
        return make_visible_line(str(row))
    shown = {key: value for key, value in row.items() if value not in (None, "", [])}
    return "  ".join(f"{key}={make_visible_line(_number(value))}" for key, value in shown.items())


def _number(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _words(key: str) -> str:
    return make_visible_line(key.replace("_", " "))
