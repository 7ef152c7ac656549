"""The lexical index: BM25 over stemmed English words with tantivy, one immutable folder a generation.

Owns how text becomes words, on both sides alike, and how a user's text becomes a query: word by word, never
through a query parser. A generation is built aside and put in place by a rename, so a reader sees all of it
or nothing; it is always built whole and in one order, so that scores don't depend on how it grew.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.index.faults import DerivedFault, contained
from kb.index.types import Entry

CONTEXT_BOOST = 0.4  # of a word in the title or section; .3 to .5 did best on SciFact (1.0: -.025 nDCG@10)
MAX_TERMS = 256  # of a query; as many as the embedder reads tokens
_MAX_QUERY_CHARACTERS = 20_000
_HEAP_BYTES = 128_000_000
_MANIFEST = "manifest.json"  # sha256 of every other file of a generation
_ANALYZER = "wherefrom_en_1"
# Numbers stay whole ("78.6" is one word, not 78 and 6); otherwise runs of letters and digits, as en_stem has it.
_WORD = r"\d+(?:[.,]\d+)+|[\p{L}\p{M}\p{N}]+"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MAX_WORD_BYTES = 60
_MOST_OF_A_WORD = 2.2  # BM25 of a word over its rarity: k1 + 1, and tantivy has k1 = 1.2

# Words too common to say what a sentence is about, and what is left of "model's" and "don't"; "no", "not" and
# words of quantity are kept.
_STOP_WORDS = (
    "a about also an and are as at be been being between but by can could did do does for from had has have he "
    "her his i if in into is it its may might of on or our s she should so such t than that the their them then there "
    "these they this those to was we were which who whom whose will with would you your"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalHit:
    """`ordinal` is the entry's place in its table; `score` BM25; `share` of the query's weight, in [0, 1], where 1
    is what an entry of middling length scores for holding each word once; `part` of the most that BM25 gives."""

    ordinal: int
    score: float
    share: float
    part: float


class LexicalIndex:
    """One generation, on disk or in memory; DerivedFault when its files are torn."""

    def __init__(self, index: Any, schema: Any) -> None:
        self._index = index
        self._schema = schema
        index.register_tokenizer(_ANALYZER, _make_analyzer())
        self._analyzer = _make_analyzer(stop_words=True)
        self._plain_analyzer = _make_analyzer()
        self._searcher: Any = index.searcher()

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> LexicalIndex:
        """In memory."""
        import tantivy

        with contained("the lexical index can't be built in memory"):
            schema = _make_schema()
            index = tantivy.Index(schema)
            _fill(index, entries)
            return cls(index, schema)

    @classmethod
    def publish(cls, entries: Iterable[Entry], folder: Path) -> LexicalIndex:
        """Build beside `folder`, then put it in place; an older folder of that name is replaced."""
        import tantivy

        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f"building-{os.getpid()}-", dir=folder.parent))
        try:
            with contained(f"the lexical index can't be built in {folder.parent}"):
                index = tantivy.Index(_make_schema(), path=str(work))
                _fill(index, entries)
                del index
            (work / _MANIFEST).write_text(json.dumps(_hash_files(work), indent=1), encoding="ascii")
            if folder.exists():
                shutil.rmtree(folder)
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """A published generation; DerivedFault when it is missing or can't be read."""
        import tantivy

        with contained(f"the lexical index in {folder} can't be opened"):
            # A changed byte in a generation gives other scores and no error, so all of it is checked first.
            if json.loads((folder / _MANIFEST).read_bytes()) != _hash_files(folder):
                raise DerivedFault(f"the lexical index in {folder} isn't as it was written")
            index = tantivy.Index.open(str(folder))
            return cls(index, index.schema)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def query(
        self,
        text: str,
        limit: int,
        *,
        source_ids: Iterable[str] | None = None,
        ordinals: Sequence[int] | None = None,
    ) -> list[LexicalHit]:
        """The `limit` entries that hold most of a text's words, best first, ties by ordinal; only those of some
        sources, or only some entries, where that is asked. No words, no hits."""
        import tantivy

        should = tantivy.Occur.Should
        terms = self._terms(text)
        if not terms or not len(self):
            return []
        with contained("the lexical index can't be asked"):
            query, schema = tantivy.Query, self._schema
            weight = 0.0
            clauses = []
            for term in terms:
                weight += self._rarity(term)
                clauses.append((should, query.term_query(schema, "text", term, "freq")))
                context = query.term_query(schema, "context", term, "freq")
                clauses.append((should, query.boost_query(context, CONTEXT_BOOST)))
            wanted = query.boolean_query(clauses)
            if source_ids is not None:
                wanted = self._restrict(
                    wanted, query.term_set_query(schema, "source", sorted(map(prepare_text, source_ids)))
                )
            if ordinals is not None:
                wanted = self._restrict(wanted, query.term_set_query(schema, "ordinal", list(ordinals)))
            found = self._searcher.search(wanted, limit, count=False).hits
            places = self._searcher.fast_field_values("ordinal", [address for _, address in found])
        hits = [
            LexicalHit(
                ordinal=int(place),
                score=float(score),
                share=min(1.0, float(score) / weight),
                part=min(1.0, float(score) / weight / _MOST_OF_A_WORD),
            )
            for (score, _), place in zip(found, places, strict=True)
            if place is not None
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.ordinal))

    def _terms(self, text: str) -> list[str]:
        """The words of a query, each once, in order; common words only where there are no others."""
        prepared = prepare_text(text[:_MAX_QUERY_CHARACTERS])
        terms = list(dict.fromkeys(self._analyzer.analyze(prepared)))
        if not terms:
            terms = list(dict.fromkeys(self._plain_analyzer.analyze(prepared)))
        return terms[:MAX_TERMS]

    def _rarity(self, term: str) -> float:
        """BM25's weight of a word: what an entry of middling length scores for holding it once."""
        total = len(self)
        holding = self._searcher.doc_freq("text", term)
        return math.log(1 + (total - holding + 0.5) / (holding + 0.5))

    @staticmethod
    def _restrict(wanted: Any, condition: Any) -> Any:
        """`wanted` among the entries that fulfil `condition`, which adds nothing to their score."""
        import tantivy

        must = tantivy.Occur.Must
        unscored = tantivy.Query.const_score_query(condition, 0.0)
        return tantivy.Query.boolean_query([(must, wanted), (must, unscored)])


def prepare_text(text: str) -> str:
    """Text as it is cut into words: compatible forms made one (fullwidth digits, ligatures, combined accents),
    invisible marks inside words dropped, 1,000 as 1000, and no half characters, which have no UTF-8 form."""
    whole = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    return _THOUSANDS.sub("", _INVISIBLE.sub("", whole).replace("\0", " "))


def drop_generations(folder: Path, *keep: str) -> None:
    """Remove other generations under `folder`, and what a process that is gone left half-built. Readers that
    have an old one open keep reading it."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name in keep or _is_being_built(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _is_being_built(name: str) -> bool:
    found = re.match(r"building-(\d+)-", name)
    if not found:
        return False
    try:
        os.kill(int(found[1]), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _hash_files(folder: Path) -> dict[str, str]:
    """sha256 by name of the files of a generation, but for locks and the manifest itself."""
    hashes = {}
    for path in sorted(folder.iterdir()):
        if path.name != _MANIFEST and path.suffix != ".lock":
            with path.open("rb") as handle:
                hashes[path.name] = hashlib.file_digest(handle, "sha256").hexdigest()
    return hashes


def _make_schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("ordinal", indexed=True, fast=True)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    for field in ("text", "context"):
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _make_analyzer(*, stop_words: bool = False) -> Any:
    import tantivy

    words = tantivy.Tokenizer.regex(_WORD)
    builder = tantivy.TextAnalyzerBuilder(words)
    builder = builder.filter(tantivy.Filter.remove_long(_MAX_WORD_BYTES)).filter(tantivy.Filter.lowercase())
    builder = builder.filter(tantivy.Filter.ascii_fold())
    if stop_words:
        builder = builder.filter(tantivy.Filter.custom_stopword(_STOP_WORDS))
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def _fill(index: Any, entries: Iterable[Entry]) -> None:
    """Add all entries in their order with one thread: the same entries give the same segments."""
    import tantivy

    index.register_tokenizer(_ANALYZER, _make_analyzer())
    writer = index.writer(_HEAP_BYTES, 1)
    for ordinal, entry in enumerate(entries):
        document = tantivy.Document()
        document.add_unsigned("ordinal", ordinal)
        document.add_text("source", prepare_text(entry.source_id))
        document.add_text("text", prepare_text(entry.text))
        document.add_text("context", prepare_text(entry.context))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
