"""Reads labelled files: JSON lines whose faulty rows are issues with file and line, and hashes of what was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.types import Issue, Level

_MAX_BYTES = 200_000_000  # the largest public set is a tenth of this


def read_bytes(path: Path) -> bytes:
    """Raises InputError where the file is larger than any labelled set has reason to be."""
    size = path.stat().st_size
    if size > _MAX_BYTES:
        raise InputError(
            f"{path.name} holds {size} bytes; a labelled set of at most {_MAX_BYTES} was expected.",
            path=str(path),
        )
    return path.read_bytes()


def read_json_lines(path: Path, issues: list[Issue], needed: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Rows that are objects with at least the needed keys; any other row is an issue naming file and line."""
    wanted = tuple(needed)
    for number, line in enumerate(read_text(path, issues).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            issues.append(faulty_row(path, number, f"not JSON ({error})"))
            continue
        if not isinstance(row, dict):
            issues.append(faulty_row(path, number, f"a {type(row).__name__} where an object was wanted"))
            continue
        missing = [key for key in wanted if key not in row]
        if missing:
            issues.append(faulty_row(path, number, f"lacks {', '.join(missing)}"))
            continue
        yield row


def read_text(path: Path, issues: list[Issue]) -> str:
    """UTF-8 without a byte order mark, line ends as they are; bytes that aren't UTF-8 are replaced and said."""
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        issues.append(faulty_row(path, line, f"byte {error.start} isn't UTF-8; it was replaced"))
        return content.decode("utf-8-sig", errors="replace")


def faulty_row(path: Path, line: int, what: str) -> Issue:
    return Issue(
        stage="evaluation",
        level=Level.WARNING,
        code="row_unreadable",
        message=f"{path.parent.name}/{path.name}, line {line}: {what}; the row was left out.",
    )


def absent_set(name: str, wanted: str) -> Issue:
    return Issue(
        stage="evaluation",
        level=Level.WARNING,
        code="set_absent",
        message=f"{name} was skipped: {wanted} was not found.",
    )


def hash_files(paths: Sequence[Path]) -> str:
    """sha256 over the files' names and bytes, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        content = read_bytes(path)
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
