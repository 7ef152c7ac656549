"""Which citations of a text apply to which claim.

Owns collecting a document's pointers (links, note marks, DOIs, arXiv ids, bare addresses, author-year
forms, named mentions) and giving each claim those of its sentence, its table row, the bracket behind it,
the sentence that it speaks on about, the line that introduces its list, and last the source that the
front matter names. Refuses to know which source a citation means (sources.resolve).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.attribution import AUTHORS, Said, Strength, find_mentions, names_of
from ingest.note_marks import find_note_marks
from ingest.statements import Statement, find_statements
from kb.types import Block, BlockKind, Citation, CitationKind, Claim, Document, Found, Link, Note, NoteMark

MAX_PER_CLAIM = 12
_NOTE_LIMIT = 600
_WEB = re.compile(r"^(?:https?:)?//|^doi:|^10\.\d{4}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|{}\\^]{1,2000}", re.IGNORECASE)
_DOI = re.compile(r"(?<![\w/.])(?:doi:\s?)?(10\.\d{4,9}/[^\s\"<>|,;]{1,200})", re.IGNORECASE)
_ARXIV = re.compile(
    r"\barXiv(?:\s?[:(]\s?|\s)(?:abs/)?(\d{4}\.\d{4,5}(?:v\d{1,2})?|[a-z-]{2,10}(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_CLOSERS = ".,;:!?'\"”’*_"
_GROUP = re.compile(
    r"\((?:see |e\.g\.,? |cf\. |Image source: |source: |via )?[^()]{0,80}?[A-Z][\w’'-]+[^()]{0,100}?,? (?:19|20)\d\d[a-z]?[^()]{0,120}\)",
    re.IGNORECASE,
)
_IN_GROUP = re.compile(
    r"(?<![A-Za-z])[A-Z][\w’'-]{1,40}(?:(?:,| and| &|, and) (?:[A-Z][\w’'-]{1,40}|[A-Z]\.)){0,30}(?:,? et al\.?)?,? \(?(?:19|20)\d\d[a-z]?"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SURNAME = re.compile(r"[A-Z][\w’'-]+")
_BARE = re.compile(
    r"^\W*(?:link|links|source|sources|via|paper|study|report|pdf|more|see|here|image source|read more|ref|reference)?\W*$",
    re.I,
)
_SOURCE_KEY = re.compile(
    r"^[ \t]*(?:source|sources|paper|papers|source_url|sourceUrl|original|original_url|arxiv|doi|reference|link|paper_url)[ \t]*:[ \t]*[\"']?",
    re.IGNORECASE | re.MULTILINE,
)
_NO_AUTHORS = frozenset(
    "january february march april may june july august september october november december in on at by since until the a an figure table "
    "section chapter version spring summer autumn fall winter early late mid as of from iclr icml neurips acl emnlp aaai tmlr jmlr".split()
)


@dataclass(slots=True)
class _Pointers:
    """A document's citations in text order, and where its statements lie."""

    citations: list[Citation]
    starts: list[int]
    statements: Sequence[Statement]
    front: tuple[Citation, ...]
    blocks: Sequence[Block]
    block_starts: list[int]
    by_start: dict[int, int] = field(default_factory=dict)

    def between(self, start: int, end: int) -> list[Citation]:
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return self.citations[low:high]


def find_citations(document: Document, claims: Sequence[Claim]) -> Found[Claim]:
    """The same claims in the same order with their citations, nearest first; `source_ids` stay empty."""
    if not claims:
        return Found(items=tuple(claims))
    pointers = _collect(document)
    return Found(
        items=tuple(replace(claim, citations=_choose(document, claim, pointers)) for claim in claims)
    )


# --------------------------------------------------------------------------- collecting


def _collect(document: Document) -> _Pointers:
    marks = find_note_marks(document)
    statements = find_statements(document, marks).found
    found = list(_read_links(document))
    found += _read_marks(document, marks)
    found += _read_identifiers(document, found)
    named = _read_names(document, statements)
    closed = sorted(
        (one.start, one.end)
        for one in found
        if one.kind in (CitationKind.LINK, CitationKind.URL) and _WEB.match(one.targets[0])
    )
    found += [one for one in named if not _overlaps(one, closed)]
    ordered = sorted(_drop_repeats(found), key=lambda one: (one.start, one.end, one.kind))
    blocks = [block for block in document.blocks if block.kind is not BlockKind.METADATA]
    pointers = _Pointers(
        citations=ordered,
        starts=[one.start for one in ordered],
        statements=statements,
        front=tuple(_read_front(document)),
        blocks=blocks,
        block_starts=[block.start for block in blocks],
    )
    for number, statement in enumerate(statements):
        pointers.by_start.setdefault(statement.start, number)
    return pointers


def _drop_repeats(found: Iterable[Citation]) -> list[Citation]:
    kept: dict[tuple[int, int, CitationKind], Citation] = {}
    for citation in found:
        kept.setdefault((citation.start, citation.end, citation.kind), citation)
    return list(kept.values())


def _overlaps(citation: Citation, stretches: Sequence[tuple[int, int]]) -> bool:
    position = bisect_left(stretches, (citation.start, -1))
    for low, high in stretches[max(0, position - 1) : position + 1]:
        if low < citation.end and citation.start < high:
            return True
    return False


def _read_links(document: Document) -> Iterator[Citation]:
    for link in document.links:
        if link.target.startswith("#") or not link.target.strip() or link.end <= link.start:
            continue
        yield Citation(
            surface=document.text[link.start : link.end],
            kind=CitationKind.URL if _ADDRESS.match(document.text, link.start) else CitationKind.LINK,
            start=link.start,
            end=link.end,
            targets=(link.target,),
        )


def _read_marks(document: Document, marks: Sequence[NoteMark]) -> Iterator[Citation]:
    notes: dict[str, Note] = {}
    for note in document.notes:
        notes.setdefault(note.label.strip("^[]. "), note)
    for mark in marks:
        held = [notes[label] for label in _labels(mark.label) if label in notes]
        targets = tuple(dict.fromkeys(target for note in held for target in note.targets))
        yield Citation(
            surface=document.text[mark.start : mark.end],
            kind=CitationKind.FOOTNOTE,
            start=mark.start,
            end=mark.end,
            targets=targets,
            note=" ".join(note.text for note in held)[:_NOTE_LIMIT] or None,
        )


def _labels(label: str) -> list[str]:
    """The labels of a mark: "12,14" is two, "3-5" three."""
    labels = []
    for part in re.split(r",\s*", label.strip("^[]. ")):
        ends = re.fullmatch(r"(\d{1,3})[–-](\d{1,3})", part)
        if ends is not None and 0 < int(ends.group(2)) - int(ends.group(1)) <= 20:
            labels += [str(number) for number in range(int(ends.group(1)), int(ends.group(2)) + 1)]
        else:
            labels.append(part)
    return labels


def _read_identifiers(document: Document, known: Sequence[Citation]) -> Iterator[Citation]:
    text = document.text
    linked = sorted(
        (one.start, one.end) for one in known if one.kind in (CitationKind.LINK, CitationKind.URL)
    )
    hidden = _link_targets(text, document.links)
    taken: list[tuple[int, int]] = []
    for pattern, kind in (
        (_ADDRESS, CitationKind.URL),
        (_DOI, CitationKind.DOI),
        (_ARXIV, CitationKind.ARXIV),
    ):
        for match in pattern.finditer(text):
            start, end = match.start(), _trim_end(text, match.start(), match.end())
            citation = Citation(
                surface=text[start:end],
                kind=kind,
                start=start,
                end=end,
                targets=(_target_of(kind, text[match.start(match.lastindex or 0) : end]),),
            )
            if kind is CitationKind.URL and _overlaps(citation, linked):
                continue
            if _overlaps(citation, hidden) or (kind is not CitationKind.URL and _overlaps(citation, taken)):
                continue
            if kind is CitationKind.URL:
                taken.append((start, end))
            yield citation


def _link_targets(text: str, links: Sequence[Link]) -> list[tuple[int, int]]:
    """Where the written targets of markdown links stand: their addresses are no citations of their own."""
    stretches = []
    for link in links:
        after = text[link.end : link.end + 4]
        opened = after.find("](")
        if 0 <= opened <= 2:
            start = link.end + opened + 2
            close = text.find(")", start, start + 2100)
            if close > 0:
                stretches.append((start, close))
    return sorted(stretches)


def _target_of(kind: CitationKind, written: str) -> str:
    if kind is CitationKind.DOI:
        return "doi:" + written
    return "arXiv:" + written if kind is CitationKind.ARXIV else written


def _trim_end(text: str, start: int, end: int) -> int:
    """The end of an address without the sentence's own closing marks."""
    written = text[start:end]
    surplus = {")": written.count(")") - written.count("("), "]": written.count("]") - written.count("[")}
    while end > start:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _CLOSERS:
            break
        end -= 1
    return end


def _read_names(document: Document, statements: Sequence[Statement]) -> Iterator[Citation]:
    entries = _index_notes(document.notes)
    names = names_of([Said(text=one.text, section=0, paragraph=0) for one in statements])
    for statement in statements:
        view = statement.view
        taken: list[tuple[int, int]] = []
        for start, end in _author_years(view.text):
            taken.append((start, end))
            yield _name(document, statement, (start, end), CitationKind.AUTHOR_YEAR, entries)
        for mention in find_mentions(view.text, names):
            if mention.strength < Strength.NAMED or any(
                low < mention.end and mention.start < high for low, high in taken
            ):
                continue
            yield _name(document, statement, (mention.start, mention.end), CitationKind.MENTION, entries)


def _author_years(text: str) -> Iterator[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    for group in _GROUP.finditer(text):
        for match in _IN_GROUP.finditer(text, group.start() + 1, group.end() - 1):
            if (
                _SURNAME.match(match.group())
                and match.group().split()[0].strip(",").lower() not in _NO_AUTHORS
            ):
                taken.append(match.span())
                yield match.span()
    for match in AUTHORS.finditer(text):
        if _is_venue(match.group()) or any(low < match.end() and match.start() < high for low, high in taken):
            continue
        yield match.span()


def _is_venue(words: str) -> bool:
    """Whether the word before the year, or the first one, is a month, a venue or no name: "ICLR 2024"."""
    parts = [part.strip(",.()").lower() for part in words.split()]
    before_year = next((a for a, b in itertools.pairwise(parts) if _YEAR.match(b)), parts[0])
    return parts[0] in _NO_AUTHORS or before_year in _NO_AUTHORS


def _name(
    document: Document,
    statement: Statement,
    span: tuple[int, int],
    kind: CitationKind,
    entries: dict[str, list[Note]],
) -> Citation:
    start, end = statement.view.locate(*span)
    note = (
        _matching_note(statement.text[span[0] : span[1]], entries)
        if kind is CitationKind.AUTHOR_YEAR
        else None
    )
    return Citation(
        surface=document.text[start:end],
        kind=kind,
        start=start,
        end=end,
        targets=note.targets if note is not None else (),
        note=note.text[:_NOTE_LIMIT] if note is not None else None,
    )


def _index_notes(notes: Sequence[Note]) -> dict[str, list[Note]]:
    """Reference entries by the surnames near their beginning."""
    entries: dict[str, list[Note]] = {}
    for note in notes:
        for surname in set(_SURNAME.findall(note.text[:120])):
            entries.setdefault(surname.lower(), []).append(note)
    return entries


def _matching_note(surface: str, entries: dict[str, list[Note]]) -> Note | None:
    """The reference entry that an author-year form means: its first author's, of its year."""
    surname = _SURNAME.search(surface)
    if surname is None:
        return None
    held = entries.get(surname.group().lower(), [])
    year = _YEAR.search(surface)
    if year is not None:
        dated = [note for note in held if year.group() in note.text]
        if dated or len(held) != 1:
            held = dated
    return held[0] if len(held) == 1 or (held and year is not None) else None


def _read_front(document: Document) -> Iterator[Citation]:
    """The source that front matter names for the whole text."""
    for block in document.blocks:
        if block.kind is not BlockKind.METADATA:
            continue
        for key in _SOURCE_KEY.finditer(document.text, block.start, block.end):
            line_end = document.text.find("\n", key.end(), block.end)
            line_end = block.end if line_end < 0 else line_end
            for pattern, kind in (
                (_ADDRESS, CitationKind.URL),
                (_DOI, CitationKind.DOI),
                (_ARXIV, CitationKind.ARXIV),
            ):
                match = pattern.search(document.text, key.end(), line_end)
                if match is not None:
                    end = _trim_end(document.text, match.start(), match.end())
                    yield Citation(
                        surface=document.text[match.start() : end],
                        kind=kind,
                        start=match.start(),
                        end=end,
                        targets=(_target_of(kind, document.text[match.start(match.lastindex or 0) : end]),),
                    )
                    break


# --------------------------------------------------------------------------- choosing


def _choose(document: Document, claim: Claim, pointers: _Pointers) -> tuple[Citation, ...]:
    start, end = claim.sentence.start, claim.sentence.end
    chosen = _nearest_first(pointers.between(start, end), claim)
    chosen += _behind(document, end, pointers)
    if not any(citation.targets for citation in chosen):
        inherited = _from_before(document, claim, pointers)
        chosen += inherited or _from_lead(document, claim, pointers)
    chosen += pointers.front
    return tuple(_drop_repeats(chosen))[:MAX_PER_CLAIM]


def _nearest_first(citations: Sequence[Citation], claim: Claim) -> list[Citation]:
    """By distance from the claim's span; what follows it before what precedes it at the same distance."""

    def distance(citation: Citation) -> tuple[int, int]:
        if citation.start >= claim.span.end:
            return citation.start - claim.span.end, 0
        return max(0, claim.span.start - citation.end), 1

    return sorted(citations, key=distance)


def _behind(document: Document, end: int, pointers: _Pointers) -> list[Citation]:
    """Citations that stand by themselves right behind a sentence: "(Link)", "[source]", a mark after a space."""
    low = bisect_left(pointers.starts, end)
    found: list[Citation] = []
    for citation in pointers.citations[low : low + 4]:
        between = document.text[end : citation.start]
        if "\n" in between or len(between) > 40 or _BARE.match(between) is None:
            break
        after = document.text[citation.end : citation.end + 1]
        if (
            citation.kind is not CitationKind.FOOTNOTE
            and "(" not in between
            and "[" not in between
            and after not in (")", "]")
        ):
            break
        found.append(citation)
        end = citation.end
    return found


def _from_before(document: Document, claim: Claim, pointers: _Pointers) -> list[Citation]:
    """The citations of the sentence, before the claim's, that names who the claim is ascribed to."""
    if claim.attribution is None or claim.attribution in claim.sentence.exact:
        return []
    number = pointers.by_start.get(claim.sentence.start)
    if number is None:
        return []
    for position in range(number - 1, max(-1, number - 12), -1):
        statement = pointers.statements[position]
        if claim.attribution in statement.text:
            return pointers.between(statement.start, statement.end) + _behind(
                document, statement.end, pointers
            )
    return []


def _from_lead(document: Document, claim: Claim, pointers: _Pointers) -> list[Citation]:
    """For an item or row, the citations of the line that introduces the list or table."""
    position = bisect_left(pointers.block_starts, claim.sentence.start + 1) - 1
    if position < 0 or pointers.blocks[position].kind not in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
        return []
    kind = pointers.blocks[position].kind
    while position >= 0 and pointers.blocks[position].kind is kind:
        position -= 1
    if position < 0:
        return []
    lead = pointers.blocks[position]
    if not document.text[lead.start : lead.end].rstrip("*_ \n").endswith(":"):
        return []
    return pointers.between(max(lead.start, lead.end - 600), lead.end)
