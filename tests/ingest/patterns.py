"""Every regular expression of the packages that read strangers' text, and strings made to slow each one down.

Patterns are found by introspection (module-level names, alone or in a tuple, list or dict) and in the source
(literals given to `re.sub` and its like). The strings repeat what a pattern itself is made of.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

LENGTH = 100_000
_ALWAYS = (" ", "1", "a", '"', "[", "a ")
_AT_ONE_PLACE = re.compile(r"\.(?:match|fullmatch)$")
_MOST_UNITS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`anywhere`: looked for at every place of a text, not at one alone."""

    name: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    anywhere: bool


def find_patterns(packages: tuple[str, ...] = ("ingest", "kb")) -> tuple[Found, ...]:
    found = []
    for package in packages:
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".migrations" in info.name or info.name.endswith("pdf_worker"):
                continue
            module = importlib.import_module(info.name)
            source = Path(str(module.__file__)).read_text("utf-8")
            found += [*_of_names(module, source), *_of_literals(info.name, source)]
    return tuple({(one.pattern.pattern, one.pattern.flags, one.anywhere): one for one in found}.values())


def _of_names(module: ModuleType, source: str) -> Iterator[Found]:
    for label, value in vars(module).items():
        for pattern in _inside(value):
            alone = isinstance(value, re.Pattern)
            uses = re.findall(rf"\b{re.escape(label)}\b(\.\w+)?", source) if alone else ["?"]
            places = [use for use in uses if use]
            anywhere = not alone or not places or any(not _AT_ONE_PLACE.match(use) for use in places)
            yield Found(name=f"{module.__name__}.{label}", pattern=pattern, anywhere=anywhere)


def _inside(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _inside(one)
    elif isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _inside(one)


def _of_literals(name: str, source: str) -> Iterator[Found]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if not (isinstance(owner, ast.Name) and owner.id == "re" and node.args):
            continue
        first = node.args[0]
        if (
            isinstance(first, ast.Constant)
            and isinstance(first.value, str | bytes)
            and node.func.attr != "compile"
        ):
            pattern = re.compile(first.value)
            yield Found(
                name=f"{name}:{node.lineno}",
                pattern=pattern,
                anywhere=node.func.attr not in ("match", "fullmatch"),
            )


def worst_texts(pattern: re.Pattern[Any], most: int = _MOST_UNITS) -> Iterator[str]:
    """Strings of LENGTH characters: each letter and word that the pattern is made of, alone, with a space, and in
    a row with its neighbour."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = list(dict.fromkeys(_words(sre_parser.parse(source, pattern.flags & ~re.DEBUG & ~re.LOCALE))))
    units = list(dict.fromkeys((*_ALWAYS, *words)))
    for first, second in itertools.pairwise(words):
        if len(units) < most:
            units.append(first + second)
    for unit in units[:most]:
        yield (unit * (LENGTH // len(unit) + 1))[:LENGTH]


def _words(tree: Any) -> Iterator[str]:
    """The literal runs of a parsed pattern, and one letter of each of its classes."""
    run = ""
    for kind, argument in tree:
        if kind is sre.LITERAL:
            run += chr(argument)
            continue
        if run:
            yield run
            run = ""
        if kind is sre.IN:
            yield from _of_class(argument)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield from _words(argument[2])
        elif kind is sre.SUBPATTERN:
            yield from _words(argument[-1])
        elif kind is sre.BRANCH:
            for branch in argument[1]:
                yield from _words(branch)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _words(argument[1])
        elif kind is sre.ATOMIC_GROUP:
            yield from _words(argument)
    if run:
        yield run


def _of_class(members: Any) -> Iterator[str]:
    for kind, argument in members[:6]:
        if kind is sre.LITERAL:
            yield chr(argument)
        elif kind is sre.RANGE:
            yield chr(argument[0])
        elif kind is sre.CATEGORY:
            shown = {sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: "\t", sre.CATEGORY_WORD: "w"}
            if argument in shown:
                yield shown[argument]


def run_pattern(found: Found, text: str) -> None:
    subject: Any = text if isinstance(found.pattern.pattern, str) else text.encode("utf-8", "replace")
    found.pattern.match(subject)
    found.pattern.fullmatch(subject)
    if found.anywhere:
        for _ in found.pattern.finditer(subject):
            pass
