"""Asks the registries of publications about one work; who couldn't be asked is an issue and never an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.fetch import RECORD_TYPES
from kb.errors import FetchError, InputError
from kb.types import Issue, Level
from service.gather.manners import MannerlyFetcher
from sources.lookups import Pointer, Services
from sources.records import Record, join_records, read_arxiv_feed, read_crossref, read_openalex

_STAGE = "service.gather"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """`record` is None where nobody knew the work, or nobody could be asked."""

    record: Record | None
    issues: tuple[Issue, ...] = ()


def look_up(pointer: Pointer, fetcher: MannerlyFetcher, services: Services) -> Answers:
    """What is known about the work that a DOI or an arXiv id names."""
    asked: list[tuple[str, str, Callable[[bytes], Record]]] = []
    if pointer.arxiv is not None:
        asked.append(("arXiv", services.arxiv_record(pointer.arxiv), read_arxiv_feed))
    if pointer.doi is not None:
        asked.append(("Crossref", services.crossref_work(pointer.doi), read_crossref))
        asked.append(("OpenAlex", services.openalex_work(doi=pointer.doi), read_openalex))
    records: list[Record] = []
    issues: list[Issue] = []
    for who, address, read in asked:
        try:
            records.append(read(fetcher.fetch_record(address, RECORD_TYPES).content))
        except FetchError as error:
            issues.append(_explain(who, error))
        except InputError as error:
            issues.append(
                Issue(stage=_STAGE, level=Level.WARNING, code="record_unreadable", message=error.message)
            )
    joined = join_records(records[0], *records[1:]) if records else None
    return Answers(record=joined, issues=tuple(issues))


def _explain(who: str, error: FetchError) -> Issue:
    if error.attributes.get("status") == 404:
        return Issue(
            stage=_STAGE, level=Level.INFO, code="not_registered", message=f"{who} doesn't know this work"
        )
    message = f"{who} could not be asked ({error.message}); what it would have said is missing"
    return Issue(stage=_STAGE, level=Level.WARNING, code="not_asked", message=message)
