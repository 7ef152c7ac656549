"""Adds one source by its address, DOI, arXiv id or file: metadata, text, captures, a YAML file with findings
suggested. Owns the order of the steps; each step that fails is said, and what was won stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import InputError, WriteError
from kb.ids import slugify
from kb.types import Document, Issue, Level, Raw, Source
from service.gather.manners import MannerlyFetcher
from service.gather.metadata import look_up
from service.gather.texts import (
    ABSTRACT,
    WHOLE,
    FetchedText,
    TextPlace,
    fetch_capture,
    fetch_first,
    list_places,
    mark_holding,
    read_text,
)
from sources.draft import Known, add_version, apply_notices, draft_source, join_known, know_record
from sources.identifiers import find_pointers
from sources.lookups import Pointer, Services, read_pointer
from sources.records import Record
from sources.resolve import index_sources
from sources.suggest import Suggestion, suggest_findings
from sources.write import write_source

if TYPE_CHECKING:
    from kb.store import Capture, Change
    from service.workbench import Workbench

_STAGE = "service.gather"
_HEAD_CHARS = 4_000  # of a file's text, where its own DOI or arXiv id stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person says about the source to be added. `reviewer` is the person, where a tier was stated:
    that is a review."""

    known: Known = field(default_factory=Known)
    source_id: str | None = None
    reviewer: str | None = None


@dataclass(slots=True, kw_only=True)
class Addition:
    """What adding brought. `document` is None where no text could be had; `path` the YAML file that was
    written, None where one was there already (`kept`)."""

    source: Source
    change: Change | None = None
    document: Document | None = None
    suggestions: tuple[Suggestion, ...] = ()
    captures: list[Capture] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    path: Path | None = None
    kept: bool = False
    was_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """What gathering needs beside the knowledge base. `fetcher` None means offline."""

    fetcher: MannerlyFetcher | None
    services: Services
    now: Callable[[], datetime]
    folder: Path  # where YAML files of added sources are kept


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """On the way: what is known, what was fetched."""

    known: list[Known] = field(default_factory=list)
    record: Record | None = None
    places: list[TextPlace] = field(default_factory=list)
    text: FetchedText | None = None
    captures: list[tuple[Capture, bytes | None]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def add_source(workbench: Workbench, gatherer: Gatherer, name: str, raw: Raw | None, wish: Wish) -> Addition:
    """Adds the source that `name` points at; `raw` are a file's bytes, None for an address or identifier.
    Raises InputError where neither a title nor a text can be had."""
    gathered = _Gathered(known=[wish.known])
    pointer = read_pointer(name) if raw is None else Pointer()
    if raw is not None:
        gathered.text = read_text(raw, TextPlace(url=raw.url or raw.name), min_words=1)
        pointer = _find_own_pointer(gathered.text.document, wish.known)
    else:
        pointer = _join_pointer(pointer, wish.known)
        if pointer == Pointer():
            raise InputError(
                f"{name}: is no file, address, DOI or arXiv id; give one of these (arXiv:2412.14093, "
                "10.1038/..., https://...)",
                path=name,
            )
    if pointer.url is not None and gatherer.fetcher is not None:
        pointer = _read_page(pointer, gatherer, gathered)
    if pointer.doi or pointer.arxiv:
        _ask(pointer, gatherer, gathered)
    if gatherer.fetcher is None and raw is None:
        gathered.issues.append(_say_offline(name))
    if gathered.text is not None:
        gathered.known.append(_know_document(gathered.text.document))
    gathered.known.append(Known(doi=pointer.doi, arxiv=pointer.arxiv, url=pointer.url))
    return _settle(workbench, gatherer, name, wish, gathered)


def _settle(workbench: Workbench, gatherer: Gatherer, name: str, wish: Wish, gathered: _Gathered) -> Addition:
    source, was_known = _make_source(workbench, gatherer, wish, gathered)
    if source is None:
        said = "; ".join(issue.message for issue in gathered.issues)
        raise InputError(
            f"{name}: its title is not known; give --title (and --author, --published){f' ({said})' if said else ''}",
            path=name,
        )
    if gathered.text is None and gatherer.fetcher is not None:
        source_places = list_places(source, gatherer.services, more=gathered.places)
        tried = {capture.asked for capture, _ in gathered.captures}
        attempt = fetch_first(
            source.id, [p for p in source_places if p.url not in tried], gatherer.fetcher, gatherer.now
        )
        gathered.text = attempt.text
        gathered.captures += attempt.captures
        gathered.issues += attempt.issues
    return _store(workbench, gatherer, wish, gathered, source, was_known)


def _store(
    workbench: Workbench,
    gatherer: Gatherer,
    wish: Wish,
    gathered: _Gathered,
    source: Source,
    was_known: bool,
) -> Addition:
    from ingest.passages import split_passages

    addition = Addition(source=source, issues=gathered.issues, was_known=was_known)
    if gathered.text is not None:
        text = gathered.text
        addition.issues += text.issues
        addition.document = text.document
        addition.source = source = mark_holding(source, text)
        passages = split_passages(text.document, source.id)
        addition.suggestions = suggest_findings(text.document, passages.items)
        addition.change, issues = workbench.add_source(source, text.raw, reviewed=False)
        addition.issues += [issue for issue in issues if issue not in addition.issues]
    else:
        addition.change = workbench.state_source(source)
        addition.issues.append(
            Issue(
                stage=_STAGE,
                level=Level.WARNING,
                code="text_not_held",
                message=f"no text of {source.id} is held: only findings can decide; "
                f"`wherefrom sources fetch {source.id}` tries again",
            )
        )
    for capture, content in gathered.captures:
        held = replace(capture, source_id=source.id)
        workbench.store.save_capture(held, raw=content)
        addition.captures.append(held)
    if not was_known:
        addition.path, addition.kept = write_file(gatherer.folder, source, addition.suggestions)
    return addition


def write_file(
    folder: Path, source: Source, suggestions: tuple[Suggestion, ...] = (), *, flat: bool = False
) -> tuple[Path, bool]:
    """The path of the source's YAML file (in its publisher's folder, with `flat` without one) and whether one
    was there already: a person's file is never overwritten."""
    name = f"{source.id}.yml"
    path = folder / name if flat else folder / slugify(source.publisher or "other", 40) / name
    found = next(iter(sorted(folder.rglob(f"{source.id}.yml"))), None) if folder.is_dir() else None
    if found is not None:
        return found, True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(write_source(source, suggestions))
    except OSError as error:
        raise WriteError(
            f"{path}: could not be written ({error.strerror or error})", path=str(path)
        ) from error
    return path, False


# --------------------------------------------------------------------------- what is known of it


def _join_pointer(pointer: Pointer, known: Known) -> Pointer:
    return Pointer(
        doi=pointer.doi or known.doi, arxiv=pointer.arxiv or known.arxiv, url=pointer.url or known.url
    )


def _find_own_pointer(document: Document, known: Known) -> Pointer:
    """The identifier that a file states of itself: the only one at its head, or its address."""
    if known.doi or known.arxiv:
        return Pointer(doi=known.doi, arxiv=known.arxiv)
    if document.url is not None:
        own = read_pointer(document.url)
        if own.doi or own.arxiv:
            return own
    found = {
        pointer
        for text in find_pointers(document.text[:_HEAD_CHARS])
        if (pointer := read_pointer(text)) and (pointer.doi or pointer.arxiv)
    }
    return next(iter(found)) if len(found) == 1 else Pointer()


def _ask(pointer: Pointer, gatherer: Gatherer, gathered: _Gathered) -> None:
    if gatherer.fetcher is None:
        return
    answers = look_up(pointer, gatherer.fetcher, gatherer.services)
    gathered.issues += answers.issues
    gathered.record = answers.record
    if answers.record is not None:
        gathered.known.append(know_record(answers.record))
        gathered.places += [TextPlace(url=text.url) for text in answers.record.texts]


def _read_page(pointer: Pointer, gatherer: Gatherer, gathered: _Gathered) -> Pointer:
    """Fetches the page, notes what it says of itself, and takes it as the text unless it only shows a work
    whose full text stands elsewhere. The identifiers that it states are the work's."""
    from ingest.page_record import read_page_record

    if gatherer.fetcher is None or pointer.url is None:
        return pointer
    raw, capture = fetch_capture("", pointer.url, gatherer.fetcher, gatherer.now)
    gathered.captures.append((capture, None if raw is None else raw.content))
    if raw is None:
        message = capture.problem or "could not be fetched"
        gathered.issues.append(Issue(stage=_STAGE, level=Level.WARNING, code="not_fetched", message=message))
        return pointer
    page = read_page_record(raw.content, raw.url)
    gathered.known.append(
        Known(
            title=page.title,
            authors=page.authors,
            published=page.published,
            publisher=page.publisher,
            url=page.url or raw.url,
        )
    )
    gathered.places += [TextPlace(url=url) for url in page.texts]
    if not page.is_paper or not page.texts:
        place = TextPlace(url=pointer.url, holds=ABSTRACT if page.is_paper else WHOLE)
        try:
            gathered.text = read_text(raw, place)
        except InputError as error:
            gathered.issues.append(
                Issue(stage=_STAGE, level=Level.WARNING, code=error.code, message=error.message)
            )
    return replace(pointer, doi=pointer.doi or page.doi, arxiv=pointer.arxiv or page.arxiv)


def _know_document(document: Document) -> Known:
    return Known(
        title=document.title, authors=document.authors, published=document.published, url=document.url
    )


def _make_source(
    workbench: Workbench, gatherer: Gatherer, wish: Wish, gathered: _Gathered
) -> tuple[Source | None, bool]:
    """The source that the knowledge base knows already under one of the identifiers, or a new one."""
    known = join_known(*gathered.known)
    pointers = [text for text in (known.doi and f"doi:{known.doi}", known.arxiv, known.url) if text]
    held = {source.id: source for source in workbench.store.iter_sources()}
    same = index_sources(tuple(held.values())).find_identified(pointers)
    if same and wish.source_id is None:
        return held[same[0]], True
    if wish.source_id is not None and wish.source_id in held:
        return held[wish.source_id], True
    taken = held.keys()
    source = draft_source(known, taken=taken, source_id=wish.source_id)
    if source is None:
        return None, False
    if gathered.record is not None:
        source = apply_notices(add_version(source, gathered.record), gathered.record)
    if wish.reviewer is not None:
        day = gatherer.now().date().isoformat()
        source = replace(source, reviewed_by=wish.reviewer, reviewed_on=day)
    return source, False


def _say_offline(name: str) -> Issue:
    message = (
        f"{name}: nothing was asked or fetched, because --offline was given; only what you stated is known"
    )
    return Issue(stage=_STAGE, level=Level.WARNING, code="offline", message=message)
