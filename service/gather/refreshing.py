"""Looks whether known sources have changed: new versions, corrections, retractions, dead links, other words.

Never touches what was read: the answer is a list of news with the claims that each touches, and a proposed
file for a person to accept. What was fetched is kept as a capture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import InputError
from kb.types import Issue, Source
from service.gather.adding import Gatherer
from service.gather.metadata import look_up
from service.gather.texts import TextPlace, fetch_capture, read_text
from sources.draft import add_version, apply_notices
from sources.lookups import Pointer
from sources.records import Record

if TYPE_CHECKING:
    from service.workbench import Workbench

NEW_VERSION, CORRECTED, RETRACTED = "new_version", "corrected", "retracted"
DEAD_LINK, OTHER_WORDS, JOURNAL = "dead_link", "other_words", "journal_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that changed: `kind`, in words, the findings whose figures may be others now."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What was learnt about one source. `proposed` is the source as it would be if a person accepts the
    news, None where nothing of its file would change. `claims` lean on it. `answered` is False where nobody who
    was asked did."""

    source: Source
    news: tuple[News, ...]
    claims: tuple[str, ...]
    proposed: Source | None
    issues: tuple[Issue, ...]
    answered: bool = True


def refresh_source(workbench: Workbench, source: Source, gatherer: Gatherer) -> Refreshed:
    """Asks about one source; what couldn't be asked is an issue."""
    fetcher = gatherer.fetcher
    if fetcher is None:
        raise InputError("sources refresh asks the net; leave --offline out")
    issues: list[Issue] = []
    news: list[News] = []
    proposed = source
    answered = 0
    if source.doi or source.arxiv:
        answers = look_up(Pointer(doi=source.doi, arxiv=source.arxiv), fetcher, gatherer.services)
        issues += answers.issues
        answered += answers.record is not None
        if answers.record is not None:
            proposed = apply_notices(add_version(source, answers.record), answers.record)
            news += _compare(source, proposed, answers.record)
    before = len(issues)
    again = list(_look_again(workbench, source, gatherer, issues))
    news += again
    answered += len(issues) == before
    return Refreshed(
        source=source,
        news=tuple(news),
        claims=_find_claims(workbench, source.id) if news else (),
        proposed=proposed if proposed != source else None,
        issues=tuple(issues),
        answered=answered > 0,
    )


def _compare(source: Source, proposed: Source, record: Record) -> Iterator[News]:
    if len(proposed.versions) > len(source.versions):
        latest = proposed.versions[-1]
        read = sorted({finding.version for finding in source.findings if finding.version})
        which = f"; its findings were read in {', '.join(read)}" if read else ""
        day = f" of {latest.published}" if latest.published else ""
        yield News(kind=NEW_VERSION, says=f"{latest.version}{day} is there{which}: compare its figures")
    if proposed.status is not source.status:
        kind = RETRACTED if proposed.status.value == "retracted" else CORRECTED
        notices = [notice.doi for notice in record.notices if notice.doi]
        where = f" (https://doi.org/{notices[0]})" if notices else ""
        yield News(kind=kind, says=f"{record.told_by} says it was {proposed.status.value}{where}")
    if record.doi and not source.doi:
        yield News(kind=JOURNAL, says=f"it was published as https://doi.org/{record.doi}")


def _look_again(
    workbench: Workbench, source: Source, gatherer: Gatherer, issues: list[Issue]
) -> Iterator[News]:
    """The address that the held text came from, else the source's own: gone, or with other words?"""
    came = [c for c in workbench.store.load_captures(source.id) if c.sha256 is not None]
    address = came[-1].asked if came else source.url
    if address is None or gatherer.fetcher is None:
        return
    raw, capture = fetch_capture(source.id, address, gatherer.fetcher, gatherer.now)
    workbench.store.save_capture(capture, raw=None if raw is None else raw.content)
    if raw is None:
        if capture.status in (404, 410):
            yield News(kind=DEAD_LINK, says=f"{address} answers {capture.status}; look for an archived copy")
        else:
            issues.append(_say_unasked(capture.problem or "could not be fetched"))
        return
    held = workbench.store.load_source_document(source.id)
    if held is None or not came or capture.sha256 == held.sha256:
        return
    try:
        text = read_text(raw, TextPlace(url=address))
    except InputError as error:
        issues.append(_say_unasked(error.message))
        return
    if text.document.text != held.text:
        yield News(
            kind=OTHER_WORDS,
            says=f"{address} has other words now; `wherefrom sources fetch {source.id} --again` reads them, and "
            "the version that was read is kept",
        )


def _find_claims(workbench: Workbench, source_id: str) -> tuple[str, ...]:
    page = workbench.store.list_claims(source=source_id, limit=200)
    return tuple(stored.checked.claim.id for stored in page.items)


def _say_unasked(message: str) -> Issue:
    from kb.types import Level

    return Issue(stage="service.gather", level=Level.WARNING, code="not_asked", message=message)
