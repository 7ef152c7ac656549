"""No pattern of the reading stage takes more than linear time, whatever it is fed."""

from __future__ import annotations

import importlib
import re
import time
from pathlib import Path

import pytest

MODULES = (
    "builder", "html", "html_meta", "html_notes", "language", "markdown", "passages", "pdf", "plain", "read",
    "sentences", "structure",
)  # fmt: skip
UNITS = (
    "a", "1", " ", "-", "#", "[", "]", "(", "|", "<", ">", ".", "*", "_", "\n", "\t", "/", ":", "!", "\\", "'", '"',
    "a ", "1 ", "- ", "[a", "](", "[a](", "![", "<a ", "</", "<a>", "a.", "1.", "1,", ". ", "| ", "|-", "--- ", "[^a]",
    "http://", "(19", "ABC ", "\ue000", "\ue0001\ue001", "{", "}", "\\text", "$", "{a}", "fn", "x-", "10.1234/", "…", "[…]",
    "<a href='", "<?xml ", "<!--", "<meta charset=", "2020-", "Fig. ", "Figure 1", "**a", "¹",
)  # fmt: skip
pytestmark = pytest.mark.slow

LENGTH = 8_000
SECONDS = 0.3  # a pattern that takes the square of the length needs seconds


def patterns() -> list[tuple[str, re.Pattern[str] | re.Pattern[bytes], bool]]:
    """(name, pattern, whether it is looked for at every place and not only at one)."""
    found = []
    for name in MODULES:
        module = importlib.import_module(f"ingest.{name}")
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for label, value in vars(module).items():
            values = value if isinstance(value, tuple) else (value,)
            anywhere = isinstance(value, tuple) or re.search(
                rf"\b{re.escape(label)}\.(?:search|finditer|findall|sub|split)\b", source
            )
            found += [
                (f"{name}.{label}", item, anywhere is not None)
                for item in values
                if isinstance(item, re.Pattern)
            ]
    return found


@pytest.mark.parametrize("label", sorted({label for label, _, _ in patterns()}))
def test_a_pattern_is_linear(label: str) -> None:
    for name, pattern, anywhere in patterns():
        if name != label:
            continue
        for unit in UNITS:
            text = unit * (LENGTH // len(unit))
            subject: str | bytes = text if isinstance(pattern.pattern, str) else text.encode()
            seconds = measure(pattern, subject, anywhere)
            if seconds > SECONDS:  # another process may have held the machine
                seconds = min(seconds, measure(pattern, subject, anywhere))
            assert seconds < SECONDS, unit


def measure(pattern: re.Pattern[str] | re.Pattern[bytes], subject: str | bytes, anywhere: bool) -> float:
    started = time.process_time()
    if anywhere:
        for _ in pattern.finditer(subject):  # type: ignore[arg-type]
            pass
    pattern.match(subject)  # type: ignore[arg-type]
    pattern.fullmatch(subject)  # type: ignore[arg-type]
    return time.process_time() - started
