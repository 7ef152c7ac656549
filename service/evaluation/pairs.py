"""Public pairs of a claim and its evidence, where the typed judge applies: claims that bear a figure.

Each pair is judged alone: the evidence is the one source the claim cites. Sets: `scifact` (dev, the abstract that the
claim cites), `vitaminc` (edits of numbers in Wikipedia sentences; a sample), `scitab` (claims about a table, read by
cell with its row and column header). They measure how typed comparison stands on text of other fields; none of them
is of the kind the judge was made for, and no rule was set on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.ids import document_id, hash_bytes, passage_id
from kb.link import LinkedClaim, LinkHit, LinkSourceHit, SourceRank
from kb.reader import Reader
from kb.text import make_selector
from kb.types import (
    Candidate,
    CheckedClaim,
    Citation,
    CitationKind,
    Claim,
    ClaimKind,
    Document,
    Issue,
    Passage,
    PassageKind,
    Raw,
    Route,
    Source,
    SourceFinding,
)
from service.evaluation.files import hash_files, read_json_lines
from service.evaluation.protocol import EvaluationOptions, Measure

if TYPE_CHECKING:
    from kb.embed import Embedder

PAIR_SETS = ("scifact", "vitaminc", "scitab")
_FOLDERS = {"vitaminc": "vitaminc_sample"}
_MOST_PAIRS = 400  # of a set, in its order: the sets are long and a pair costs milliseconds
_SOURCE = "evidence"
_LABELS = {
    "SUPPORT": "supported", "CONTRADICT": "contested", "REFUTE": "contested", "supports": "supported", "refutes": "contested",
    "not enough info": "unsourced",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`lines` are the evidence's sentences, or a table's rows written out cell by cell."""

    id: str
    claim: str
    lines: tuple[str, ...]
    wanted: str
    table: bool = False


def find_pair_set(name: str, data: Path, split: str | None) -> Path | None:
    """The folder of a set under `data` (or `data` itself), if its file is there."""
    folder = _FOLDERS.get(name, name)
    for root in (data / folder, data / "data" / folder, data):
        if root.name == folder and all((root / file).is_file() for file in _files(name, split)):
            return root
    return None


def _files(name: str, split: str | None) -> tuple[str, ...]:
    if name == "scifact":
        return (f"claims_{split or 'dev'}.jsonl", "corpus.jsonl")
    return ("test.jsonl",) if name == "vitaminc" else ("sci_tab.json",)


def score_pairs(
    name: str, root: Path, options: EvaluationOptions, issues: list[Issue]
) -> tuple[str, dict[str, Measure], list[dict[str, Any]]]:
    """(hash of the gold, measures, cases) over the pairs whose claim bears a figure that the reader finds."""
    from kb.embed import load_embedder
    from service.evaluation.verdict import label_of, measure_labels

    files = [root / file for file in _files(name, options.split)]
    readers = {"scifact": _read_scifact, "vitaminc": _read_vitaminc, "scitab": _read_scitab}
    embedder = load_embedder(None)
    given: list[tuple[str, str | None]] = []
    cases = []
    pairs = list(readers[name](files, issues))
    for position, pair in enumerate(pairs):
        options.progress(name, position, len(pairs))
        checked = judge_pair(pair, embedder)
        if checked is None:
            continue
        label = label_of(checked)
        given.append((pair.wanted, label))
        cases.append(
            {
                "set": name, "id": pair.id, "kind": "figure", "right": label == pair.wanted, "wanted": pair.wanted,
                "given": f"{label}/{checked.verdict.reason}", "text": pair.claim, "explanation": checked.verdict.explanation,
            }
        )  # fmt: skip
        if len(given) >= _MOST_PAIRS:
            break
    return hash_files(files), measure_labels("figures", given), cases


def judge_pair(pair: Pair, embedder: Embedder) -> CheckedClaim | None:
    """The verdict on a pair's first figure, or None where its claim bears none."""
    from ingest.claims import find_claims
    from ingest.read import read_document
    from kb.judge import Judging, judge_claims

    read = read_document(Raw(name="claim.txt", content=pair.claim.encode(), media_type="text/plain"))
    claims = (
        [c for c in find_claims(read.items[0]).items if c.kind is ClaimKind.QUANTITY] if read.items else []
    )
    if not claims:
        return None
    claim = _citing(claims[0])
    library = _library_of(pair)
    vectors = embedder.embed([claim.sentence.exact, *pair.lines])
    candidates = tuple(
        Candidate(
            source_id=_SOURCE, route=Route.CITED, score=1.0, passage=passage,
            features=(("search", 1.0), ("cosine", float(vectors[0] @ vectors[position + 1]))),
        )
        for position, passage in enumerate(library.passages_of(_SOURCE))
    )  # fmt: skip
    rank = SourceRank(
        source_id=_SOURCE, score=2.0, route=Route.CITED, features=(("cited", 1.0), ("cosine", 1.0))
    )
    linked = LinkedClaim(claim=claim, ranks=(rank,), candidates=candidates)
    return judge_claims([linked], Judging(library=library))[0]


def _citing(claim: Claim) -> Claim:
    citation = Citation(
        surface="", kind=CitationKind.LINK, start=claim.sentence.end, end=claim.sentence.end, source_ids=(_SOURCE,), exact=True
    )  # fmt: skip
    return replace(claim, citations=(citation,))


@dataclass(slots=True)
class PairLibrary:
    """One source with its text, as the judge reads a knowledge base."""

    document: Document
    passages: tuple[Passage, ...]
    sources: Mapping[str, Source]
    reader: Reader = field(default_factory=Reader)

    def passages_of(self, source_id: str) -> Sequence[Passage]:
        return self.passages if source_id == _SOURCE else ()

    def passage(self, passage_id: str) -> Passage | None:
        return next((passage for passage in self.passages if passage.id == passage_id), None)

    def finding(self, finding_id: str) -> SourceFinding | None:
        return None

    def text_of(self, source_id: str) -> str | None:
        return self.document.text if source_id == _SOURCE else None

    def search_many(
        self, queries: Sequence[str], *, limit: int, source_ids: frozenset[str] | None = None
    ) -> Sequence[Sequence[LinkHit]]:
        return [[] for _ in queries]

    def search_sources(self, queries: Sequence[str], *, limit: int) -> Sequence[Sequence[LinkSourceHit]]:
        return [[] for _ in queries]


def _library_of(pair: Pair) -> PairLibrary:
    text = "\n".join(pair.lines)
    document = Document(
        id=document_id(pair.id), name=pair.id, sha256=hash_bytes(text.encode()), media_type="text/plain", text=text, reader="text/1"
    )  # fmt: skip
    passages = []
    start = 0
    for line in pair.lines:
        end = start + len(line)
        passages.append(
            Passage(
                id=passage_id(_SOURCE, document.sha256, start, end), document_id=document.id, source_id=_SOURCE,
                selector=make_selector(text, start, end), sentences=((start, end),),
                kind=PassageKind.TABLE if pair.table else PassageKind.BODY,
            )
        )  # fmt: skip
        start = end + 1
    source = Source(id=_SOURCE, title="The evidence", reviewed_by="gold")
    return PairLibrary(document=document, passages=tuple(passages), sources={_SOURCE: source})


def _read_scifact(files: Sequence[Path], issues: list[Issue]) -> Iterator[Pair]:
    abstracts = {
        str(row["doc_id"]): tuple(row["abstract"])
        for row in read_json_lines(files[1], issues, ("doc_id", "abstract"))
    }
    for row in read_json_lines(files[0], issues, ("id", "claim", "evidence", "cited_doc_ids")):
        for doc in map(str, row["cited_doc_ids"]):
            if doc not in abstracts:
                continue
            sets = row["evidence"].get(doc, ())
            wanted = _LABELS[sets[0]["label"]] if sets else "unsourced"
            yield Pair(id=f"{row['id']}-{doc}", claim=row["claim"], lines=abstracts[doc], wanted=wanted)


def _read_vitaminc(files: Sequence[Path], issues: list[Issue]) -> Iterator[Pair]:
    for row in read_json_lines(files[0], issues, ("id", "claim", "evidence", "label")):
        claim, evidence = (
            row[key].replace(" , ", ", ").replace(" .", ".").replace(" '", "'")
            for key in ("claim", "evidence")
        )
        if row["label"] in _LABELS:
            yield Pair(id=row["id"], claim=claim, lines=(evidence,), wanted=_LABELS[row["label"]])


def _read_scitab(files: Sequence[Path], issues: list[Issue]) -> Iterator[Pair]:
    for row in json.loads(files[0].read_text("utf-8")):
        columns = row["table_column_names"]
        lines = tuple(
            f"{cells[0]}: "
            + "; ".join(f"{name} {cell}" for name, cell in zip(columns[1:], cells[1:], strict=False))
            for cells in row["table_content_values"]
            if cells
        )
        if row["label"] in _LABELS and lines:
            cleaned = tuple(line.replace("[BOLD]", "").replace("[EMPTY]", "") for line in lines)
            yield Pair(
                id=row["id"],
                claim=row["claim"],
                lines=(row["table_caption"], *cleaned),
                wanted=_LABELS[row["label"]],
                table=True,
            )
