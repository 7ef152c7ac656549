"""The error rates that the pages show: the floors that the project's tests hold it to, so that no page can promise
more. measured.json is made by `python -m tests.floors.shown`; a test compares it with the floors.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """`share` is the least (or, where `bound` is "most", the most) that the tests let pass, in `unit`."""

    what: str
    meaning: str
    bound: str
    share: str
    set: str


@cache
def read_measured() -> tuple[ErrorRate, ...]:
    listed: list[dict[str, Any]] = json.loads(MEASURED.read_text("utf-8"))["rates"]
    return tuple(
        ErrorRate(
            what=rate["what"],
            meaning=rate["meaning"],
            bound=rate["bound"],
            share=str(rate["value"]) if rate["unit"] == "count" else f"{100 * rate['value']:.1f}%",
            set=rate["set"],
        )
        for rate in listed
    )
