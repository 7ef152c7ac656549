"""How many tokens a second are read, ours beside the full English pipeline: `python tests/bench_reading.py [FILE ...]`.

Ours is an article read and its claims found; the other is every component of spaCy's en_core_web_sm on the same
text, cut into the same paragraphs. Side by side in one process, in turn, medians of several runs. A measurement,
never a test: it depends on the machine. Without files it takes the examples that ship.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.claims import find_claims
from ingest.language_parts import GRAMMARS, load_grammar
from ingest.read import read_document
from kb.types import Document, Raw

_EXAMPLES = Path(__file__).resolve().parents[1] / "service" / "examples"
_RUNS = 5


@dataclass(frozen=True, slots=True)
class Speeds:
    """Medians over the runs; tokens are those of spaCy's tokenizer."""

    tokens: int
    claims: int
    ours_s: float
    full_s: float

    @property
    def times(self) -> float:
        return self.full_s / self.ours_s


def measure_speeds(paths: Sequence[Path], runs: int = _RUNS) -> Speeds:
    raws = [Raw(name=path.name, content=path.read_bytes()) for path in paths]
    documents = [read_document(raw).items[0] for raw in raws]
    pipeline = load_full_pipeline()
    paragraphs = [text for document in documents for text in cut_paragraphs(document)]
    load_grammar()
    claims = read_all(raws)
    run_full(pipeline, paragraphs)  # both are warm now
    ours: list[float] = []
    full: list[float] = []
    for _ in range(runs):
        ours.append(_time(lambda: read_all(raws)))
        full.append(_time(lambda: run_full(pipeline, paragraphs)))
    tokens = sum(len(pipeline.tokenizer(text)) for text in paragraphs)
    return Speeds(tokens, claims, statistics.median(ours), statistics.median(full))


def read_all(raws: Sequence[Raw]) -> int:
    """Reads every article and finds its claims; how many there are."""
    return sum(len(find_claims(read_document(raw).items[0]).items) for raw in raws)


def load_full_pipeline() -> Any:
    """The English pipeline with every component that it ships."""
    import spacy

    name = next(name for name in GRAMMARS if spacy.util.is_package(name))
    return spacy.load(name)


def run_full(pipeline: Any, paragraphs: Sequence[str]) -> int:
    """Batches of spaCy's own default size; how many sentences there are."""
    return sum(sum(1 for _ in doc.sents) for doc in pipeline.pipe(paragraphs))


def cut_paragraphs(document: Document) -> list[str]:
    parts = [document.text[block.start : block.end] for block in document.blocks]
    return [part for part in parts if part.strip()] or [document.text]


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def describe(speeds: Speeds) -> list[tuple[str, str]]:
    """Rows for a table: a name and its figure."""
    return [
        ("articles read and claims found", f"{speeds.tokens / speeds.ours_s:9,.0f} tokens/s"),
        ("the full en_core_web_sm pipeline", f"{speeds.tokens / speeds.full_s:9,.0f} tokens/s"),
        (
            "times as fast",
            f"{speeds.times:9.1f}   ({speeds.tokens:,} tokens, {speeds.claims} claims, medians of {_RUNS})",
        ),
    ]


def find_examples() -> list[Path]:
    return [*sorted(_EXAMPLES.glob("article-*")), *sorted(_EXAMPLES.glob("draft-*"))]


def main() -> None:
    paths = [Path(argument) for argument in sys.argv[1:]] or find_examples()
    for name, figure in describe(measure_speeds(paths)):
        sys.stdout.write(f"{name:<40} {figure}\n")


if __name__ == "__main__":
    main()
