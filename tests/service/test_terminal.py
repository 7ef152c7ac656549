"""Settings, progress and the table of figures: what a user sees beside the report."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from kb.errors import (
    FetchError,
    LanguageError,
    LimitError,
    NotFoundError,
    RegistryError,
    StoreError,
    WriteError,
)
from service.commands.evaluation import render_figures
from service.progress import LINE_INTERVAL_S, _LineProgress, show_progress
from service.settings import Flags, Settings, read_settings
from service.terminal import Terminal, UsageError, exit_code_of


def test_flags_come_before_the_environment() -> None:
    environment = {"WHEREFROM_HOME": "/from/environment", "WHEREFROM_EMBEDDER": "other"}
    settings = read_settings(Flags(home=Path("/from/flag"), embedder="mine"), environment)
    assert (settings.home, settings.embedder) == (Path("/from/flag"), "mine")
    settings = read_settings(Flags(), environment)
    assert (settings.home, settings.embedder) == (Path("/from/environment"), "other")


@pytest.mark.parametrize(
    ("flags", "environment", "color"),
    [
        (Flags(), {}, True),
        (Flags(), {"NO_COLOR": ""}, True),
        (Flags(), {"NO_COLOR": "1"}, False),
        (Flags(), {"TERM": "dumb"}, False),
        (Flags(no_color=True), {}, False),
    ],
)
def test_colour_is_off_where_it_is_not_wanted(flags: Flags, environment: dict[str, str], color: bool) -> None:
    assert read_settings(flags, environment).color is color


def test_a_home_in_the_environment_may_start_with_a_tilde() -> None:
    assert read_settings(Flags(), {"WHEREFROM_HOME": "~/kb"}).home == Path.home() / "kb"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (FetchError("x"), 3),
        (LimitError("x"), 3),
        (LanguageError("x"), 3),
        (NotFoundError("x"), 3),
        (RegistryError(("x",)), 4),
        (StoreError("x"), 4),
        (WriteError("x"), 5),
    ],
)
def test_every_kind_of_error_has_its_exit_code(error: Any, code: int) -> None:
    assert exit_code_of(error) == code


def test_a_run_ends_with_the_highest_code(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(Settings(home=Path("home")))
    for error in (NotFoundError("a"), WriteError("b"), StoreError("c")):
        terminal.fail(error)
    assert terminal.exit_code == 5
    assert capsys.readouterr().err == "error: a\nerror: b\nerror: c\n"


def test_progress_off_a_terminal_is_a_plain_line_now_and_then() -> None:
    stream, now = io.StringIO(), [0.0]
    advance = _LineProgress("Indexed", stream, clock=lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        advance(second, 40)
    assert stream.getvalue() == "Indexed: 5 of 40\nIndexed: 10 of 40\n"
    assert LINE_INTERVAL_S == 5


def test_short_work_says_nothing() -> None:
    stream = io.StringIO()
    with show_progress("Indexed", stream) as advance:
        for number in range(1000):
            advance(number, 1000)
    assert stream.getvalue() == ""


def test_progress_on_a_terminal_leaves_nothing_behind() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Screen()
    with show_progress("Indexed [bold]", stream) as advance:
        advance(1, 2)
    assert "Indexed [bold]" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")


def show(figures: dict[str, Any]) -> list[str]:
    return [line.plain for line in render_figures(figures)]


def test_a_share_shows_its_parts_its_interval_and_its_floor() -> None:
    share = {"right": 41, "of": 43, "share": 0.953, "interval95": [0.884, 1.0], "floor": 0.5}
    (_, line) = show({"quantities": {"exact": share}})
    assert line.split() == [
        "exact",
        "0.953",
        "41",
        "of",
        "43",
        "95%:",
        "0.884",
        "to",
        "1.000",
        "floor",
        "0.500",
    ]


def test_a_value_beside_its_floor_is_one_row() -> None:
    (_, line) = show({"verdicts": {"macro_f1": {"value": 0.784, "floor": 0.236}}})
    assert line.split() == ["macro", "f1", "0.784", "floor", "0.236"]


def test_a_count_of_something_shows_both() -> None:
    (_, line) = show({"verdicts": {"wrong_supported": {"count": 1, "of": 13, "share": 0.077}}})
    assert line.split() == ["wrong", "supported", "0.077", "1", "of", "13"]


def test_a_confusion_matrix_is_a_table_with_its_columns_aligned() -> None:
    lines = show({"confusion": {"supported": {"supported": 13, "contested": 0}, "contested": {"supported": 2, "contested": 3}}})  # fmt: skip
    assert [line.split() for line in lines[1:]] == [
        ["labelled", "/", "found", "supported", "contested"],
        ["supported", "13", "0"],
        ["contested", "2", "3"],
    ]
    assert len({len(line) for line in lines[1:]}) == 1


def test_cases_are_one_line_each_and_hostile_text_is_shown() -> None:
    lines = show({"cases": [{"id": "A-1", "span": "4\x1b[7%", "found": None}, {"id": "A-2"}]})
    assert lines == ["cases", "  id=A-1  span=4<U+001B>[7%", "  id=A-2"]
