"""What the user set: where the knowledge base is, how to print, which embedder. Flags come before the
environment, the environment before defaults; the environment is read here and nowhere else. Refuses to
know any verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "WHEREFROM_HOME"
EMBEDDER_VARIABLE = "WHEREFROM_EMBEDDER"
DEBUG_VARIABLE = "WHEREFROM_DEBUG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What stood on the command line; None or False where it didn't."""

    home: Path | None = None
    json: bool = False
    quiet: bool = False
    no_color: bool = False
    embedder: str | None = None
    debug: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`color` False means no escape sequence at all, not even bold."""

    home: Path
    json: bool = False
    quiet: bool = False
    color: bool = True
    embedder: str | None = None
    debug: bool = False


def read_settings(flags: Flags, environment: Mapping[str, str]) -> Settings:
    """An empty variable counts as not set, as https://no-color.org asks."""
    return Settings(
        home=flags.home or _home(environment),
        json=flags.json,
        quiet=flags.quiet,
        color=not (flags.no_color or environment.get("NO_COLOR") or environment.get("TERM") == "dumb"),
        embedder=flags.embedder or environment.get(EMBEDDER_VARIABLE) or None,
        debug=flags.debug or bool(environment.get(DEBUG_VARIABLE)),
    )


def _home(environment: Mapping[str, str]) -> Path:
    given = environment.get(HOME_VARIABLE)
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_path("wherefrom", appauthor=False))
