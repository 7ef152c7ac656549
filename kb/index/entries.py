"""What the index holds, read from the store: passages of current versions and the registry's findings.

Owns the keys under which vectors are kept and the digest that names one state of the store. A vector's key
is made of its text alone: a text that stands in many places is embedded once, and a changed text can never
be answered for by an old vector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from kb.ids import hash_bytes, hash_parts
from kb.index.types import FINDING, PASSAGE, SOURCE, Entry, EntryStore
from kb.types import Passage, PassageKind, Source, SourceFinding

# Part of every digest: raise it when entries, analysis or files change, so that old indexes read as stale.
FORMAT = "2"
_LEAD_CHARACTERS = 6_000  # of a text, within which its beginning is looked for
_CARD_WORDS = 250  # about what the embedder reads
_AUTHORS = 12  # names that help to find a source; a list of hundreds would drown its title


def text_key(text: str) -> str:
    """The key of a text's vectors: `t-` and 32 hex digits."""
    return "t-" + hash_bytes(text.encode("utf-8", "surrogatepass"))[:32]


def iter_entries(store: EntryStore, leads: Leads | None = None) -> Iterator[Entry]:
    """Every entry: passages by id, then findings by id. `leads` is told of all that goes by."""
    sources = {source.id: source for source in store.iter_sources()}
    contexts = {source.id: _describe_source(source) for source in sources.values()}
    for passage in store.iter_passages():
        if passage.source_id is not None:
            if leads is not None:
                leads.add(passage, passage.source_id)
            yield _passage_entry(passage, passage.source_id, contexts.get(passage.source_id, ""))
    findings = {finding.id: (finding, source) for source in sources.values() for finding in source.findings}
    for finding_id in sorted(findings):
        finding, source = findings[finding_id]
        yield _finding_entry(finding, source, contexts[source.id])
    if leads is not None:
        leads.finish(sources.values())


def iter_source_entries(store: EntryStore) -> Iterator[Entry]:
    """One entry for each source that has a passage or a finding, by id: all its text in order, each sentence
    once, and its findings."""
    for source in sorted(store.iter_sources(), key=lambda source: source.id):
        pieces: dict[tuple[str, int, int], str] = {}
        for passage in store.iter_passages(source.id):
            for low, high in _sentence_spans(passage):
                pieces.setdefault((passage.document_id, low, high), _cut(passage, low, high))
        ordered = [pieces[place] for place in sorted(pieces)]
        ordered += [finding.statement for finding in source.findings]
        if ordered:
            yield Entry(
                id=source.id,
                kind=SOURCE,
                source_id=source.id,
                text=_collapse(" ".join(ordered)),
                context=_describe_source(source),
            )


class Leads:
    """What each source is about, in a few hundred words: its title, then its abstract or, where it has none, how
    it begins; its findings where no text is held. `cards` holds them by source id once `iter_entries` is done."""

    def __init__(self) -> None:
        self.cards: dict[str, str] = {}
        self._pieces: dict[str, dict[tuple[bool, str, int], str]] = {}

    def add(self, passage: Passage, source_id: str) -> None:
        body = passage.kind is not PassageKind.ABSTRACT
        for low, high in _sentence_spans(passage):
            if low < _LEAD_CHARACTERS or not body:
                place = (body, passage.document_id, low)
                self._pieces.setdefault(source_id, {})[place] = _cut(passage, low, high)

    def finish(self, sources: Iterable[Source]) -> None:
        for source in sources:
            pieces = self._pieces.get(source.id, {})
            texts = [_collapse(pieces[place]) for place in sorted(pieces)]
            title = _collapse(source.title)
            texts = [text for text in texts if text and text.casefold() != title.casefold()]
            texts = texts or [_collapse(finding.statement) for finding in source.findings]
            if texts:
                words = f"{title}. {' '.join(texts)}".split()
                self.cards[source.id] = " ".join(words[:_CARD_WORDS])


class EntryTable:
    """The entries without their texts, in the order of `iter_entries`; `keys[n][0]` is the vector key of the
    n-th entry's text, the others those of its sentences. `cards` are the vector keys of what each source is
    about, by source id."""

    __slots__ = ("cards", "digest", "ids", "keys", "kinds", "source_ids")

    def __init__(self, entries: Iterator[Entry], model: str, leads: Leads | None = None) -> None:
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
        held = {} if leads is None else leads.cards
        self.cards: dict[str, str] = {source_id: text_key(held[source_id]) for source_id in sorted(held)}
        for source_id, key in self.cards.items():
            digest.update(hash_parts(source_id, key).encode("ascii"))
        self.digest = digest.hexdigest()

    def __len__(self) -> int:
        return len(self.ids)

    def live_keys(self) -> list[str]:
        """Every vector key once, sorted."""
        return sorted({key for keys in (*self.keys, tuple(self.cards.values())) for key in keys})


def read_table(store: EntryStore, model: str) -> tuple[EntryTable, dict[str, str]]:
    """The table of all entries, and the texts of its cards by vector key."""
    leads = Leads()
    table = EntryTable(iter_entries(store, leads), model, leads)
    return table, {table.cards[source_id]: text for source_id, text in leads.cards.items()}


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """The vector keys of an entry: its text's, then its sentences'."""
    return (text_key(entry.text), *(text_key(sentence) for sentence in entry.sentences))


def _sentence_spans(passage: Passage) -> tuple[tuple[int, int], ...]:
    return passage.sentences or ((passage.selector.start, passage.selector.end),)


def _cut(passage: Passage, low: int, high: int) -> str:
    """The part of document offsets low:high that the passage holds."""
    start = passage.selector.start
    return passage.selector.exact[max(0, low - start) : max(0, high - start)]


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
