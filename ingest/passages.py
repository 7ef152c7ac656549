"""A source's text cut into passages: the stretches that can decide a claim and be shown verbatim.

Windows of up to three sentences inside one group of paragraphs of one section; table rows, captions
and notes on their own. A "[...]" in a source means that text is missing there, so nothing crosses it.
Refuses to know claims, indexes and stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.inline import clean_heading
from ingest.reading import warn
from ingest.sentences import split_sentences
from kb.ids import passage_id
from kb.text import make_selector
from kb.types import Block, BlockKind, Document, Found, Issue, Passage, PassageKind

_WINDOW = 3  # sentences; windows overlap by one, so that two neighbours always share a passage
_STRIDE = 2
_MAX_WORDS = 100
_SHORT_GROUP = 60  # words: shorter paragraphs are joined with the next of their section
_MAX_CHARS = 1_500  # a "sentence" beyond this (a broken table, a list of names) is cut at white space
_GAP = re.compile(r"\[\s*(?:\.{3,4}|…)\s*\]")
_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
_ALONE = {
    BlockKind.TABLE_ROW: PassageKind.TABLE,
    BlockKind.CAPTION: PassageKind.CAPTION,
    BlockKind.FOOTNOTE: PassageKind.FOOTNOTE,
}

Span = tuple[int, int]


def split_passages(document: Document, source_id: str | None) -> Found[Passage]:
    """The passages of a document in text order; none of metadata, code and section headings. A
    document's own title is a passage: its wording can be the evidence."""
    passages: list[Passage] = []
    for block, kind, stretches in _find_groups(document):
        for stretch in stretches:
            for window in _windows(document.text, stretch):
                passages.append(_make_passage(document, source_id, block, kind, window))
    issues: tuple[Issue, ...] = ()
    if not passages:
        note = f"{document.name}: no passage could be cut from {len(document.text)} characters of text"
        issues = (warn("ingest.passages", "no_passages", note),)
    return Found(items=tuple(passages), issues=issues)


def _find_groups(document: Document) -> Iterator[tuple[Block, PassageKind, list[list[Span]]]]:
    """(first block, kind, stretches of sentences) in text order."""
    text = document.text
    group: list[Block] = []
    blocks = document.blocks or (Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text)),)
    for number, block in enumerate(blocks):
        if block.kind in _PROSE and not _is_title(document, block):
            if group and not _joins(text, group, block):
                yield from _close(text, group)
                group = []
            group.append(block)
            continue
        yield from _close(text, group)
        group = []
        if block.kind in _ALONE and not _is_header_row(blocks, number):
            yield block, _ALONE[block.kind], _stretches(text, [block])
        elif _is_title(document, block):
            yield block, PassageKind.BODY, [[(block.start, block.end)]]
    yield from _close(text, group)


def _close(text: str, group: Sequence[Block]) -> Iterator[tuple[Block, PassageKind, list[list[Span]]]]:
    if group:
        abstract = re.match(r"abstract\b", group[0].section or "", re.IGNORECASE) is not None
        kind = PassageKind.ABSTRACT if abstract else PassageKind.BODY
        yield group[0], kind, _stretches(text, group)


def _joins(text: str, group: Sequence[Block], block: Block) -> bool:
    """Whether a paragraph goes on with the group: same section, both short or one introduces the other."""
    if block.section != group[0].section:
        return False
    words = _count_words(text, group[0].start, group[-1].end)
    if text[group[-1].start : group[-1].end].rstrip().endswith(":"):
        return words < _MAX_WORDS
    own = _count_words(text, block.start, block.end)
    return words < _SHORT_GROUP and words + own <= _MAX_WORDS


def _is_header_row(blocks: Sequence[Block], number: int) -> bool:
    row = blocks[number]
    following = blocks[number + 1] if number + 1 < len(blocks) else None
    return (
        row.kind is BlockKind.TABLE_ROW
        and not row.headers
        and following is not None
        and following.kind is BlockKind.TABLE_ROW
        and bool(following.headers)
    )


def _is_title(document: Document, block: Block) -> bool:
    if document.title is None or block.kind not in (BlockKind.HEADING, BlockKind.PARAGRAPH):
        return False
    words = clean_heading(document.text[block.start : min(block.end, block.start + 1_000)]).casefold()
    title = clean_heading(document.title).casefold()
    return bool(title) and words.startswith(title) and len(words) <= len(title) + 250


def _stretches(text: str, group: Sequence[Block]) -> list[list[Span]]:
    """The sentences of a group, parted wherever the text says that something is missing."""
    stretches: list[list[Span]] = [[]]
    for block in group:
        for start, end in split_sentences(text, block.start, block.end):
            position = start
            for gap in _GAP.finditer(text, start, end):
                _add_sentence(text, stretches[-1], position, gap.start())
                stretches.append([])
                position = gap.end()
            _add_sentence(text, stretches[-1], position, end)
    return [stretch for stretch in stretches if stretch]


def _add_sentence(text: str, stretch: list[Span], start: int, end: int) -> None:
    while start < end:
        while start < end and text[start].isspace():
            start += 1
        stop = end
        if end - start > _MAX_CHARS:
            space = max(
                text.rfind(" ", start + 1, start + _MAX_CHARS),
                text.rfind("\n", start + 1, start + _MAX_CHARS),
            )
            stop = space if space > start else start + _MAX_CHARS
        shown = stop
        while shown > start and text[shown - 1].isspace():
            shown -= 1
        if any(letter.isalnum() for letter in text[start:shown]):
            stretch.append((start, shown))
        start = stop


def _windows(text: str, sentences: list[Span]) -> Iterator[tuple[Span, ...]]:
    first = 0
    while first < len(sentences):
        last = first + 1
        while (
            last < len(sentences)
            and last - first < _WINDOW
            and _count_words(text, sentences[first][0], sentences[last][1]) <= _MAX_WORDS
        ):
            last += 1
        yield tuple(sentences[first:last])
        if last == len(sentences):
            return
        first = min(first + _STRIDE, last)


def _count_words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def _make_passage(
    document: Document, source_id: str | None, block: Block, kind: PassageKind, window: tuple[Span, ...]
) -> Passage:
    start, end = window[0][0], window[-1][1]
    owner = _block_at(document.blocks, start) or block
    context = [document.title or "", owner.section or "", *owner.headers]
    return Passage(
        id=passage_id(source_id or document.id, document.sha256, start, end),
        document_id=document.id,
        source_id=source_id,
        selector=make_selector(document.text, start, end),
        kind=kind,
        sentences=window,
        section=owner.section,
        page=owner.page,
        context=" | ".join(dict.fromkeys(part for part in context if part)),
    )


def _block_at(blocks: Sequence[Block], position: int) -> Block | None:
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        if blocks[middle].start <= position:
            low = middle + 1
        else:
            high = middle
    return blocks[low - 1] if low and blocks[low - 1].end >= position else None
