"""The page on editors says what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from service.protocols.languagetool_request import MAX_CHARACTERS
from service.protocols.mcp_server import MOUNT

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")


def test_every_path_that_the_page_names_is_a_route() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "service").rglob("*.py"))
    named = set(re.findall(r"(/v1(?:alpha1)?/[a-z:A-Z]+(?:/[a-z]+)?)", PAGE))
    assert len(named) >= 4
    for path in named:
        assert f'"{path}"' in code, path
    assert f"`{MOUNT}/`" in PAGE


def test_the_pages_limit_is_the_programs() -> None:
    assert f"{MAX_CHARACTERS:,} characters" in PAGE


def test_the_blocks_of_data_are_well_formed() -> None:
    for kind, block in re.findall(r"```(json|yaml)\n(.*?)```", PAGE, re.DOTALL):
        assert json.loads(block) if kind == "json" else yaml.safe_load(block)


def test_the_hook_names_a_command_and_options_that_exist() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"].split()[:2] == ["wherefrom", "check"]
    line = (ROOT / "service" / "cli.py").read_text(encoding="utf-8")
    assert '"--fail-on"' in line
    assert hook["id"] in PAGE
