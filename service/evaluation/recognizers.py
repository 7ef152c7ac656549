"""The specifications of Recognizers-Text: values that a reader of numbers, percents, ranges and units should find.

Owns reading those files and when a reading fits a specified value. Each specification asks for one kind only and
leaves other numbers of its sentences unlabelled, so that only recall can be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kb.types import Issue
from service.evaluation.files import faulty_row, read_text
from service.evaluation.protocol import Measure, Progress
from service.evaluation.readers import Reader, ReadQuantity, read_ours
from service.evaluation.scores import bootstrap, mean_of

# Relative ordinals ("the next one") and the variants of modes that we don't have are left out.
_MODES = ("ExperimentalMode", "PercentMode")
_NO_NUMBER = "null"  # a percent sign alone
_PRECISION = Decimal("1e-6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    number: int  # of the row, from 1
    text: str
    values: tuple[str, ...]


def find_files(root: Path) -> list[Path]:
    """English specifications, by name."""
    found = sorted(root.glob("Specs/*/English/*.json"))
    return [path for path in found if not path.stem.startswith("Ordinal") and not path.stem.endswith(_MODES)]


def read_specifications(path: Path, issues: list[Issue]) -> Iterator[Specification]:
    try:
        rows = json.loads(read_text(path, issues))
    except (ValueError, RecursionError) as error:
        issues.append(faulty_row(path, 1, f"not JSON ({error})"))
        return
    for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        try:
            values = [(one.get("Resolution") or {}).get("value") for one in row["Results"]]
            text = str(row["Input"])
        except (KeyError, TypeError, AttributeError) as error:
            issues.append(faulty_row(path, number, f"row {number} is no specification ({error!r})"))
            continue
        told = tuple(str(value) for value in values if value)
        yield Specification(number=number, text=text, values=tuple(v for v in told if v != _NO_NUMBER))


def fits_value(quantity: ReadQuantity, value: str) -> bool:
    """Whether a quantity has the specified value: a number, a percentage, or a range "[low,high)"."""
    base = quantity.base or Decimal(1)
    try:
        if value[0] in "([":
            wanted = [Decimal(end) if end else None for end in value[1:-1].split(",")]
            read = [None if end is None else end / base for end in (quantity.low, quantity.high)]
            return len(wanted) == len(read) and all(map(_same, read, wanted))
        one = quantity.low if quantity.low is not None else quantity.high
        scale = Decimal(100) if value.endswith("%") and quantity.base else Decimal(1)
        return one is not None and _same(one / base * scale, Decimal(value.rstrip("%")))
    except ArithmeticError:  # what is specified is no number
        return False


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= abs(other) * _PRECISION


def find_values(quantities: Sequence[ReadQuantity], values: Sequence[str]) -> list[bool]:
    """For each value whether a quantity fits it, each used once."""
    left = list(quantities)
    found = []
    for value in values:
        fit = next((quantity for quantity in left if fits_value(quantity, value)), None)
        found.append(fit is not None)
        left = [quantity for quantity in left if quantity is not fit]
    return found


def score_files(
    name: str, files: Sequence[Path], peer: Reader | None, issues: list[Issue], progress: Progress
) -> tuple[dict[str, Measure], list[dict[str, Any]]]:
    """Recall of values for each specification."""
    measures: dict[str, Measure] = {}
    cases: list[dict[str, Any]] = []
    for done, path in enumerate(files):
        progress(name, done, len(files))
        ours: list[bool] = []
        theirs: list[bool] = []
        for row in read_specifications(path, issues):
            found = find_values(read_ours(row.text), row.values)
            ours += found
            if peer is not None:
                theirs += find_values(peer(row.text), row.values)
            for value, hit in zip(row.values, found, strict=True):
                if not hit:
                    cases.append({"set": name, "row": f"{path.stem} {row.number}", "what": "value", "wanted": value,
                                  "read": _show(row.text), "text": row.text})  # fmt: skip
        if ours:
            measures[f"{name}.{_label(path)}_recall"] = Measure(
                value=mean_of(ours),
                n=len(ours),
                right=sum(ours),
                of=len(ours),
                interval=bootstrap(ours, mean_of),
                peer=mean_of(theirs) if theirs else None,
            )
    return measures, cases


def _label(path: Path) -> str:
    """ "NumberRangeModel" -> "number_range"."""
    name = path.stem.removesuffix("Model")
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _show(text: str) -> str:
    return ", ".join(f"{q.low} to {q.high} {q.kind.value}" for q in read_ours(text))
