"""A name that the source never uses keeps it from supporting a claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kb.names import find_models
from kb.types import Label, Raw
from service.workbench import Workbench
from sources.registry import read_registry

HONEST = (
    "The audit for Petri 2.0 ran each target model on 181 seed instructions, says the "
    "[report](https://alignment.anthropic.com/2026/petri-v2/)."
)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench.open(tmp_path_factory.mktemp("home") / "kb", create=True) as opened:
        for source in read_registry().sources:
            if source.id in ("anthropic-2026-petri-v2", "cheng-2025-social-sycophancy"):
                opened.store.save_source(source, origin="registry", added_at=datetime(2026, 1, 1, tzinfo=UTC))
        opened.refresh_index()
        yield opened


def label_of(workbench: Workbench, text: str, surface: str) -> Label | None:
    report = workbench.check(Raw(name="a.md", content=text.encode(), media_type="text/markdown"))
    (checked,) = [one for one in report.claims if any(surface in q.surface for q in one.claim.quantities)]
    return checked.verdict.label


def test_the_sources_own_name_supports(workbench: Workbench) -> None:
    assert label_of(workbench, HONEST, "181") is Label.SUPPORTED


@pytest.mark.parametrize("stranger", ["Kestrel-5", "Orion 7.2 Mini", "GPT-9 Turbo"])
def test_a_name_that_the_source_never_uses_is_not_supported(workbench: Workbench, stranger: str) -> None:
    bent = HONEST.replace("audit for Petri 2.0", f"audit for {stranger}")
    assert label_of(workbench, bent, "181") is not Label.SUPPORTED


@pytest.mark.parametrize(
    "words", ["Across 11 models", "Among 30 people", "Without 4 of them", "Only 3 models"]
)
def test_a_preposition_before_a_count_is_no_name(words: str) -> None:
    assert find_models(words) == ()
