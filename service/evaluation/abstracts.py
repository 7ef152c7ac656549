"""Public sets of claims over scientific abstracts (SciFact, Check-COVID): reads them, puts the abstracts into an index
as Wherefrom puts any source, and asks the product's own linking for each claim's source. Scores nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.passages import split_passages
from kb.embed import load_embedder
from kb.ids import hash_bytes, hash_parts
from kb.text import make_selector
from kb.types import Block, BlockKind, Claim, ClaimKind, Document, Issue, Source
from service.evaluation.files import faulty_row, read_json_lines
from service.evaluation.memory_store import MemoryStore

if TYPE_CHECKING:
    from service.library import StoreLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstract:
    id: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClaim:
    """A claim with the ids of its sources."""

    id: str
    text: str
    source_ids: frozenset[str]


def read_abstracts(path: Path, id_key: str, issues: list[Issue]) -> list[Abstract]:
    """The abstracts of a corpus file, by id; a faulty or repeated row is an issue."""
    abstracts: dict[str, Abstract] = {}
    for number, row in enumerate(read_json_lines(path, issues, (id_key, "title", "abstract")), start=1):
        sentences = row["abstract"]
        if not isinstance(sentences, list) or not all(isinstance(one, str) for one in sentences):
            issues.append(faulty_row(path, number, "its abstract is no list of sentences"))
        elif str(row[id_key]) in abstracts:
            issues.append(faulty_row(path, number, f"{row[id_key]} was there before"))
        else:
            source_id = str(row[id_key])
            abstracts[source_id] = Abstract(
                id=source_id, title=str(row["title"]).strip(), sentences=tuple(sentences)
            )
    return [abstracts[source_id] for source_id in sorted(abstracts)]


def read_scifact_claims(path: Path, issues: list[Issue]) -> list[AskedClaim]:
    """SciFact's claims with the abstracts that they cite; a claim that cites none is an issue."""
    claims = []
    for number, row in enumerate(read_json_lines(path, issues, ("id", "claim")), start=1):
        cited = row.get("cited_doc_ids")
        if not isinstance(cited, list) or not cited:
            issues.append(faulty_row(path, number, "it cites no abstract"))
            continue
        claims.append(
            AskedClaim(id=str(row["id"]), text=str(row["claim"]), source_ids=frozenset(map(str, cited)))
        )
    return claims


def read_covid_claims(paths: Sequence[Path], issues: list[Issue]) -> list[AskedClaim]:
    """Check-COVID's claims, each text once, with the abstracts of all its rows."""
    ids: dict[str, str] = {}
    sources: dict[str, set[str]] = {}
    for path in paths:
        for row in read_json_lines(path, issues, ("id", "claim", "cord_id")):
            text = " ".join(str(row["claim"]).split())
            ids.setdefault(text, str(row["id"]))
            sources.setdefault(text, set()).add(str(row["cord_id"]))
    return [AskedClaim(id=ids[text], text=text, source_ids=frozenset(sources[text])) for text in ids]


def make_claim(asked: AskedClaim) -> Claim:
    """A claim that stands alone: its text is its sentence and its span."""
    text = " ".join(asked.text.split())
    selector = make_selector(text, 0, len(text))
    return Claim(
        id=f"c-{hash_parts(asked.id, text)[:10]}", kind=ClaimKind.FINDING, sentence=selector, span=selector
    )


@contextmanager
def open_abstracts(
    abstracts: Sequence[Abstract], cache: Path | None, progress: Callable[[int, int], None]
) -> Iterator[StoreLibrary]:
    """A library over the abstracts, indexed without Chroma: an exact search gives the same figures everywhere.
    `cache` keeps vectors between runs; `progress` is told texts embedded and in all."""
    from kb.index import Index
    from service.library import CheckVectors, StoreLibrary

    embedder = load_embedder()
    with tempfile.TemporaryDirectory(prefix="wherefrom-eval-") as home:
        store = MemoryStore(Path(home), cache)
        for abstract in abstracts:
            document = _make_document(abstract)
            store.add(
                Source(id=abstract.id, title=abstract.title, reviewed_by="the set"),
                document,
                split_passages(document, abstract.id).items,
            )
        held: Any = store
        with Index.open(held, embedder, queries=CheckVectors(embedder), exact=True) as index:
            index.refresh(progress)
            store.keep_vectors()
            yield StoreLibrary(held, index)


def _make_document(abstract: Abstract) -> Document:
    body = " ".join(sentence.strip() for sentence in abstract.sentences)
    text = f"{abstract.title}\n\n{body}"
    title_end = len(abstract.title)
    return Document(
        id=abstract.id,
        name=abstract.id,
        sha256=hash_bytes(text.encode()),
        media_type="text/plain",
        text=text,
        reader="abstract/1",
        title=abstract.title or None,
        blocks=(
            Block(kind=BlockKind.HEADING, start=0, end=title_end, level=1),
            Block(kind=BlockKind.PARAGRAPH, start=title_end + 2, end=len(text), section="Abstract"),
        ),
    )
