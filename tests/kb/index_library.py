"""A small knowledge base to search: made-up sources whose sentences are put together from lists, always alike."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

from kb.store import Store
from kb.types import Document, Passage
from tests.factories import make_document, make_finding, make_passage, make_source

ADDED_AT = datetime(2026, 1, 2, tzinfo=UTC)
_SUBJECTS = (
    "The chat model", "A panel of forecasters", "The reward model", "Every red team", "The debate protocol",
    "A sparse autoencoder", "The deception probe", "Our survey of authors", "The small classifier", "A monitor",
    "The constitutional model", "One group of annotators", "A linear probe", "The sandbagging test",
)  # fmt: skip
_VERBS = (
    "refused harmful prompts in", "predicted the outcome of", "disagreed with its overseer in", "found errors in",
    "flagged hidden reasoning in", "named a date for automation in", "exploited the scoring rule in",
)  # fmt: skip
_SETTINGS = (
    "held-out conversations", "long agentic tasks", "training runs", "multiple-choice questions",
    "interviews with engineers", "code reviews", "translated jailbreaks", "tool-use episodes",
)  # fmt: skip
QUERIES = (
    "Forecasters named a date for the automation of all work.",
    "The reward model exploited the scoring rule in 44 of 120 training runs.",
    "How often did chat models refuse harmful prompts?",
    "a probe flags hidden reasoning",
    "sandbagging",
    "57%",
    "annotators disagree with their overseer about code",
    "GPT-4",
)


def make_sentences(number: int, count: int = 21) -> list[str]:
    """Sentences of the source with this number; two sources share none."""
    combinations = itertools.product(_SUBJECTS, _VERBS, _SETTINGS)
    chosen = itertools.islice(combinations, number * 13 % 97, None, 11)
    sentences = []
    for place, (subject, verb, setting) in enumerate(itertools.islice(chosen, count)):
        share = (number * 37 + place * 11) % 97 + 1
        sentences.append(f"{subject} {verb} {share}% of {1000 + number * 50 + place} {setting}.")
    return sentences


def make_text(number: int, count: int = 21) -> tuple[Document, tuple[Passage, ...]]:
    """A source's document and its passages: windows of three sentences, overlapping by one."""
    sentences = make_sentences(number, count)
    starts = list(itertools.accumulate((len(sentence) + 1 for sentence in sentences), initial=0))
    document = make_document(" ".join(sentences), name=f"source-{number}.txt")
    spans = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=False)]
    passages = []
    for first in range(0, count - 1, 2):
        window = tuple(spans[first : first + 3])
        start, end = window[0][0], window[-1][1]
        section = f"Section {first // 6 + 1}"
        passages.append(
            make_passage(document, f"source-{number}", start, end, sentences=window, section=section)
        )
    return document, tuple(passages)


def save_text(store: Store, number: int, count: int = 21) -> None:
    """Save a source with one finding and its text."""
    document, passages = make_text(number, count)
    statement = f"Source {number} found that {make_sentences(number)[0].lower()}"
    source_id = f"source-{number}"
    store.save_source(
        make_source(source_id, findings=(make_finding(source_id, "main", statement=statement),)),
        origin="registry",
        document=document,
        raw=document.text.encode(),
        passages=passages,
        added_at=ADDED_AT,
    )


def make_home(home: Path, sources: int, count: int = 21) -> Path:
    """A knowledge base with this many sources; not indexed."""
    with Store.open(home, create=True) as store:
        for number in range(sources):
            save_text(store, number, count)
    return home
