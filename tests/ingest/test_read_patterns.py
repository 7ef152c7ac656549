"""No regular expression that meets a stranger's text takes more than linear time, whatever it is fed.

Each is run on 100,000 characters of each thing that it is made of (tests/ingest/patterns.py). One that takes the
square of the length needs minutes there, one that is linear some milliseconds: the watchdog tells them apart.
"""

from __future__ import annotations

import itertools

import pytest

from tests.ingest.patterns import Found, find_patterns, run_pattern, worst_texts

PATTERNS = find_patterns()
GROUPS = {
    module: list(held)
    for module, held in itertools.groupby(
        sorted(PATTERNS, key=lambda one: one.name),
        key=lambda one: one.name.split(":")[0].rpartition("._")[0] or one.name,
    )
}


def test_patterns_of_names_tuples_and_literals_are_found() -> None:
    names = {one.name.split(":")[0] for one in PATTERNS}
    assert {"ingest.structure._FENCE", "ingest.markdown._SIGNS", "ingest.html_tree", "kb.text._WRAP"} <= names
    assert len(PATTERNS) > 300


def test_the_strings_are_made_of_what_a_pattern_is_made_of() -> None:
    import re

    texts = [text[:12] for text in worst_texts(re.compile(r"(?:<!--|[\]#])\s*\w{2,3}x"))]
    assert any(text.startswith("<!--<!--") for text in texts)
    assert any(text.startswith("]]]]") for text in texts)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("module", GROUPS)
def test_patterns_are_linear(module: str) -> None:
    for found in GROUPS[module]:
        _run(found)


@pytest.mark.soak
@pytest.mark.parametrize("module", GROUPS)
def test_patterns_are_linear_on_three_times_the_strings(module: str) -> None:
    for found in GROUPS[module]:
        _run(found, most=39)


def _run(found: Found, **most: int) -> None:
    for text in worst_texts(found.pattern, **most):
        run_pattern(found, text)
