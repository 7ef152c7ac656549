"""Reads the lines of a manifest: sources whose texts a user brings along; opens no text itself.

A row's tier counts as stated by the person who wrote the manifest, so its source is reviewed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from kb.types import Contest, ContestKind, Source, Tier
from sources.identifiers import ARXIV_ID, DOI, is_web_address
from sources.model import KINDS, MAX_ID, MAX_TEXT, SOURCE_ID, TEXT_STATUSES, is_date
from sources.strict_yaml import Faults

_KEYS = (
    "id", "file", "title", "authors", "publisher", "published", "kind", "tier", "url", "doi", "arxiv",
    "contests", "contest_kind", "text_status", "note",
)  # fmt: skip
_REQUIRED = ("id", "file", "title", "kind", "tier")
_FILE_NAME = re.compile(r"[^\x00-\x1f\x7f\\:]{1,255}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """A source and the name of its text's file, relative to the folder of texts."""

    source: Source
    file: str
    line: int


def read_manifest_rows(
    content: bytes, faults: Faults, known_ids: frozenset[str] | None
) -> tuple[ManifestRow, ...]:
    """The sound rows; every fault is added with its line."""
    rows: list[ManifestRow] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(content.count(b"\n", 0, error.start) + 1, "", f"byte {error.start} is not UTF-8")
        return ()
    for line, row_text in enumerate(text.split("\n"), start=1):
        if row_text.strip():
            row = _read_row(row_text, line, faults)
            if row is not None:
                rows.append(row)
    if not rows and not faults.count:
        faults.add(1, "", "the manifest holds no source")
    _check_rows(rows, faults, known_ids)
    return tuple(rows)


def _check_rows(rows: list[ManifestRow], faults: Faults, known_ids: frozenset[str] | None) -> None:
    lines: dict[str, int] = {}
    files: dict[str, int] = {}
    for row in rows:
        if row.source.id in lines:
            faults.add(row.line, "id", f"{row.source.id} is also the id of line {lines[row.source.id]}")
        if row.file in files:
            faults.add(row.line, "file", f"{row.file!r} is also the text of line {files[row.file]}")
        lines.setdefault(row.source.id, row.line)
        files.setdefault(row.file, row.line)
    if known_ids is None:
        return
    for row in rows:
        for contest in row.source.contests:
            if contest.source_id not in lines and contest.source_id not in known_ids:
                faults.add(row.line, "contests", f"no source has the id {contest.source_id}")


def _read_row(text: str, line: int, faults: Faults) -> ManifestRow | None:
    before = faults.count
    try:
        row = json.loads(text, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        faults.add(line, "", f"not a JSON object: {str(error)[:200]}")
        return None
    if not isinstance(row, dict):
        faults.add(line, "", f"found {type(row).__name__}, wanted a JSON object")
        return None
    for key in row:
        if key not in _KEYS:
            faults.add(line, str(key)[:80], f"unknown key; known are {', '.join(_KEYS)}")
    for key in _REQUIRED:
        if row.get(key) is None:
            faults.add(line, key, "missing")
    _check_text(row, line, faults)
    authors = _read_texts(row, "authors", line, faults)
    contests = _read_contests(row, line, faults)
    if faults.count > before:
        return None
    source = Source(
        id=row["id"],
        title=row["title"].strip(),
        authors=authors,
        kind=row["kind"],
        tier=Tier(row["tier"]),
        publisher=row.get("publisher"),
        published=row.get("published"),
        url=row.get("url"),
        doi=row.get("doi"),
        arxiv=row.get("arxiv"),
        contests=contests,
        text_status=row.get("text_status"),
        note=row.get("note"),
        reviewed_by="manifest",
    )
    return ManifestRow(source=source, file=row["file"], line=line)


def _check_text(row: dict[str, Any], line: int, faults: Faults) -> None:
    """Each scalar key against its grammar; null stands for a missing key."""
    checks: dict[str, tuple[Callable[[str], object], str]] = {
        "id": (lambda text: SOURCE_ID.match(text) and len(text) <= MAX_ID, "lower-case words and hyphens"),
        "file": (_is_inside, "a file name inside the folder of texts"),
        "title": (str.strip, "a text"),
        "publisher": (str.strip, "a text"),
        "note": (str.strip, "a text"),
        "published": (is_date, "YYYY, YYYY-MM or YYYY-MM-DD"),
        "kind": (KINDS.__contains__, f"one of {', '.join(KINDS)}"),
        "tier": (("primary", "secondary").__contains__, "primary or secondary"),
        "url": (is_web_address, "an http(s) address"),
        "doi": (DOI.fullmatch, "a bare DOI (10.1038/...)"),
        "arxiv": (ARXIV_ID.fullmatch, "a bare arXiv id without version"),
        "text_status": (TEXT_STATUSES.__contains__, f"one of {', '.join(TEXT_STATUSES)}"),
    }
    for key, (holds, wanted) in checks.items():
        value = row.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > MAX_TEXT or not holds(value):
            faults.add(line, key, f"found {_show(value)}, wanted {wanted}")


def _is_inside(name: str) -> bool:
    """A relative name that can't leave its folder, on any system."""
    path = PurePosixPath(name)
    return (
        bool(_FILE_NAME.match(name))
        and not path.is_absolute()
        and ".." not in path.parts
        and name not in (".", "")
    )


def _read_texts(row: dict[str, Any], key: str, line: int, faults: Faults) -> tuple[str, ...]:
    values = row.get(key)
    if values is None:
        return ()
    if isinstance(values, list) and all(
        isinstance(text, str) and 0 < len(text) <= MAX_TEXT for text in values
    ):
        return tuple(values)
    faults.add(line, key, f"found {_show(values)}, wanted a list of texts")
    return ()


def _read_contests(row: dict[str, Any], line: int, faults: Faults) -> tuple[Contest, ...]:
    kinds = row.get("contest_kind")
    targets = _read_texts(row, "contests", line, faults)
    if kinds is None:
        kinds = {}
    if not isinstance(kinds, dict):
        faults.add(line, "contest_kind", f"found {_show(kinds)}, wanted an object from ids to kinds")
        return ()
    for target in kinds:
        if target not in targets:
            faults.add(line, "contest_kind", f"{_show(target)} is not among the contests")
    contests: list[Contest] = []
    for target in targets:
        kind = kinds.get(target)
        if target == row.get("id"):
            faults.add(line, "contests", f"{_show(target)} can't contest itself")
        elif not SOURCE_ID.match(target):
            faults.add(line, "contests", f"found {_show(target)}, wanted the id of a source")
        elif not isinstance(kind, str) or kind not in {member.value for member in ContestKind}:
            faults.add(
                line, "contest_kind", f"found {_show(kind)} for {target}, wanted {', '.join(ContestKind)}"
            )
        else:
            note = row.get("note")
            says = note if isinstance(note, str) else ""
            contests.append(Contest(source_id=target, kind=ContestKind(kind), says=says))
    return tuple(contests)


def _show(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:80]


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, value in pairs:
        if key in keys:
            raise ValueError(f"the key {key[:60]!r} is there twice")
        keys[key] = value
    return keys


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
