"""docs/sources.md keeps its word: its example is sound, and every key, word and option of it exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from kb.types import (
    Aggregate,
    ContestKind,
    FiguresChange,
    Modifier,
    OriginKind,
    Relation,
    SourceStatus,
    UnitKind,
    Verified,
)
from service.cli import app
from service.registry_check import check_sources
from sources import model, quantities
from sources.registry import SHIPPED_DATA, read_registry

_GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")


def _example() -> str:
    return re.findall(r"```yaml\n(.*?)```", _GUIDE, re.DOTALL)[0]


def test_the_example_passes_every_check(tmp_path: Path) -> None:
    path = tmp_path / "smith-2025-auditor-lies.yml"
    path.write_text(_example(), encoding="utf-8")
    registry = read_registry([SHIPPED_DATA, path])
    mine = tuple(source for source in registry.sources if source.id == path.stem)
    assert len(mine) == 1
    assert check_sources(mine, registry, tmp_path / "nowhere").faults == ()


def test_the_example_uses_every_key_of_the_schema() -> None:
    keys = {
        *model._SOURCE_KEYS,
        *model._FINDING_KEYS,
        *model._CONTEST_KEYS,
        *model._VERSION_KEYS,
        *model._FORMER_KEYS,
    }
    assert sorted(key for key in keys if not re.search(rf"\b{key}:", _example())) == []


@pytest.mark.parametrize(
    "words",
    [model._SOURCE_KEYS, model._FINDING_KEYS, model._CONTEST_KEYS, model._ORIGIN_KEYS, model._VERSION_KEYS,
     quantities._KEYS, model.KINDS, model.TEXT_STATUSES, tuple(SourceStatus), tuple(ContestKind), tuple(OriginKind),
     tuple(FiguresChange), tuple(Verified), tuple(UnitKind), tuple(Modifier), tuple(Relation),
     tuple(member for member in Aggregate if member is not Aggregate.NONE)],
)  # fmt: skip
def test_every_key_and_word_is_explained(words: tuple[str, ...]) -> None:
    assert [str(word) for word in words if f"`{word}`" not in _GUIDE] == []


def test_every_verb_and_option_that_is_named_exists() -> None:
    group = typer.main.get_command(app)
    sources = group.commands["sources"]  # type: ignore[attr-defined]
    named = set(re.findall(r"sources (add|accept|fetch|refresh|check|\w+) ", _GUIDE)) & {
        "add",
        "accept",
        "fetch",
        "refresh",
        "check",
    }
    assert named == {"add", "accept", "fetch", "refresh", "check"}
    assert named <= set(sources.commands)
    options = {
        option for verb in sources.commands.values() for parameter in verb.params for option in parameter.opts
    }
    options |= {option for parameter in group.commands["init"].params for option in parameter.opts}  # type: ignore[attr-defined]
    assert sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _GUIDE)) - options) == []
