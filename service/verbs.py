"""The machinery under the command line: options that every verb takes, before it or after it, and how every
way in which a verb can end becomes a message and an exit code. Knows no verb."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.errors import WherefromError
from service.settings import EMBEDDER_VARIABLE, HOME_VARIABLE, Flags, Settings, read_settings
from service.terminal import (
    EXIT_FAULT,
    EXIT_INTERRUPTED,
    EXIT_WRITE,
    Terminal,
    explain_os_error,
    put_error,
)

_PANEL = "Options of every verb"


def _common_option(help_text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=_PANEL, show_default=False, **more)


_COMMON: dict[str, tuple[Any, Any]] = {
    "home": (
        Annotated[
            Path | None,
            _common_option(f"The knowledge base's folder, or {HOME_VARIABLE}.", "--home", metavar="DIR"),
        ],
        None,
    ),
    "json": (Annotated[bool, _common_option("Print JSON; errors too are JSON.", "--json")], False),
    "quiet": (Annotated[bool, _common_option("Print results and errors only.", "--quiet", "-q")], False),
    "no_color": (Annotated[bool, _common_option("No colour, as with NO_COLOR.", "--no-color")], False),
    "embedder": (
        Annotated[
            str | None,
            _common_option(
                f"Another sentence-transformers model, or {EMBEDDER_VARIABLE} (needs the extra `train`).",
                "--embedder",
                metavar="NAME",
            ),
        ],
        None,
    ),
    "debug": (Annotated[bool, _common_option("Show where a fault in Wherefrom arose.", "--debug")], False),
}


@dataclass(slots=True)
class _Given:
    """What was given so far on this command line: before the verb, then after it."""

    flags: Flags


def _merge(context: typer.Context, values: dict[str, Any]) -> Flags:
    """Takes the common options out of `values`; those after the verb win over those before it."""
    given = context.obj if isinstance(context.obj, _Given) else _Given(flags=Flags())
    named = {name: values.pop(name) for name in _COMMON}
    given.flags = replace(given.flags, **{name: value for name, value in named.items() if value})
    context.obj = given
    return given.flags


def _with_common(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """Gives `wrapper` the signature of `function` (less its first parameter) and the common options."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("context", keyword, annotation=typer.Context)]
    parameters += [parameter.replace(kind=keyword) for parameter in own]
    parameters += [
        inspect.Parameter(name, keyword, annotation=annotation, default=default)
        for name, (annotation, default) in _COMMON.items()
    ]
    wrapper.__name__ = function.__name__
    wrapper.__doc__ = function.__doc__
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapper


def add_verb(
    owner: typer.Typer, name: str, **more: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a function (terminal, options...) as a verb that takes the common options too."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        def run_verb(context: typer.Context, **values: Any) -> None:
            settings = read_settings(_merge(context, values), os.environ)
            code = run_guarded(settings, functools.partial(function, **values))
            if code:
                raise typer.Exit(code)

        owner.command(name, **more)(_with_common(function, run_verb))
        return function

    return register


def add_group(owner: typer.Typer, function: Callable[..., None]) -> None:
    """Lets the common options stand between a group's name and its verb."""

    def run_group(context: typer.Context, **values: Any) -> None:
        _merge(context, values)

    owner.callback()(_with_common(function, run_group))


def run_guarded(settings: Settings, work: Callable[[Terminal], None]) -> int:
    """Runs a verb; every way in which it can end becomes a message and an exit code."""
    terminal = Terminal(settings)
    try:
        work(terminal)
        sys.stdout.flush()
    except (typer.TyperException, typer.Exit, typer.Abort):
        raise
    except WherefromError as error:
        terminal.fail(error)
    except KeyboardInterrupt:
        terminal.raise_exit(EXIT_INTERRUPTED)
        words = "interrupted; what was stored before is kept, and the same command goes on from there"
        put_error(settings, "interrupted", words, EXIT_INTERRUPTED)
    except BrokenPipeError:
        drop_stdout()  # the reader has seen enough: no error of ours
    except OSError as error:
        terminal.raise_exit(EXIT_WRITE)
        put_error(settings, "write_failed", explain_os_error(error), EXIT_WRITE)
        _trace(settings)
    except Exception as error:  # noqa: BLE001 - the last resort: said as a fault, with an exit code of its own
        _trace(settings)
        terminal.raise_exit(EXIT_FAULT)
        words = f"A fault in Wherefrom: {type(error).__name__}: {error}. Please report it with what --debug prints."
        put_error(settings, "fault", words, EXIT_FAULT)
    return terminal.exit_code


def _trace(settings: Settings) -> None:
    if settings.debug:
        import traceback

        traceback.print_exc()


def drop_stdout() -> None:
    """Sends what is still buffered nowhere, or Python complains at exit."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
