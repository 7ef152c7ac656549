"""What the index holds, read from the store: passages of current versions and the registry's findings.

Owns the keys under which vectors are kept and the digest that names one state of the store. A vector's key
is made of its text alone: a text that stands in many places is embedded once, and a changed text can never
be answered for by an old vector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kb.ids import hash_bytes, hash_parts
from kb.index.types import FINDING, PASSAGE, Entry, EntryStore
from kb.types import Passage, Source, SourceFinding

# Part of every digest: raise it when entries, analysis or files change, so that old indexes read as stale.
FORMAT = "1"
_AUTHORS = 12  # names that help to find a source; a list of hundreds would drown its title


def text_key(text: str) -> str:
    """The key of a text's vectors: `t-` and 32 hex digits."""
    return "t-" + hash_bytes(text.encode("utf-8", "surrogatepass"))[:32]


def iter_entries(store: EntryStore) -> Iterator[Entry]:
    """Every entry: passages by id, then findings by id."""
    sources = {source.id: source for source in store.iter_sources()}
    contexts = {source.id: _describe_source(source) for source in sources.values()}
    for passage in store.iter_passages():
        if passage.source_id is not None:
            yield _passage_entry(passage, passage.source_id, contexts.get(passage.source_id, ""))
    findings = {finding.id: (finding, source) for source in sources.values() for finding in source.findings}
    for finding_id in sorted(findings):
        finding, source = findings[finding_id]
        yield _finding_entry(finding, source, contexts[source.id])


class EntryTable:
    """The entries without their texts, in the order of `iter_entries`; `keys[n][0]` is the vector key of the
    n-th entry's text, the others those of its sentences."""

    __slots__ = ("digest", "ids", "keys", "kinds", "source_ids")

    def __init__(self, entries: Iterator[Entry], model: str) -> None:
        self.ids: list[str] = []
        self.kinds: list[str] = []
        self.source_ids: list[str] = []
        self.keys: list[tuple[str, ...]] = []
        digest = hashlib.sha256(hash_parts("index", FORMAT, model).encode("ascii"))
        for entry in entries:
            keys = entry_keys(entry)
            self.ids.append(entry.id)
            self.kinds.append(entry.kind)
            self.source_ids.append(entry.source_id)
            self.keys.append(keys)
            digest.update(hash_parts(entry.id, entry.source_id, entry.context, *keys).encode("ascii"))
        self.digest = digest.hexdigest()

    def __len__(self) -> int:
        return len(self.ids)

    def live_keys(self) -> list[str]:
        """Every vector key once, sorted."""
        return sorted({key for keys in self.keys for key in keys})


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """The vector keys of an entry: its text's, then its sentences'."""
    return (text_key(entry.text), *(text_key(sentence) for sentence in entry.sentences))


def _passage_entry(passage: Passage, source_id: str, source_words: str) -> Entry:
    text = _collapse(passage.selector.exact)
    sentences = []
    for start, end in passage.sentences:
        low = max(start, passage.selector.start) - passage.selector.start
        high = min(end, passage.selector.end) - passage.selector.start
        sentence = _collapse(passage.selector.exact[low:high]) if low < high else ""
        if sentence and sentence != text:
            sentences.append(sentence)
    return Entry(
        id=passage.id,
        kind=PASSAGE,
        source_id=source_id,
        text=text,
        sentences=tuple(dict.fromkeys(sentences)),
        context=_join(passage.context, passage.section, source_words),
    )


def _finding_entry(finding: SourceFinding, source: Source, source_words: str) -> Entry:
    return Entry(
        id=finding.id,
        kind=FINDING,
        source_id=source.id,
        text=_collapse(finding.statement),
        context=_join(
            finding.measured_entity,
            finding.measured_property,
            finding.population,
            finding.condition,
            *finding.models,
            finding.sample_size,
            source_words,
        ),
    )


def _describe_source(source: Source) -> str:
    names = [alias for alias in source.aliases if "/" not in alias]  # an address is no help to a word search
    return _join(source.title, source.publisher, *names, *source.authors[:_AUTHORS])


def _join(*parts: str | None) -> str:
    return " | ".join(dict.fromkeys(_collapse(part) for part in parts if part))


def _collapse(text: str) -> str:
    return " ".join(text.split())
