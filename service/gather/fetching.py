"""Brings the open texts of many sources onto this machine: one after the other, each kept when it has come,
so that an interrupted run goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from kb.types import Issue, Source
from service.gather.adding import Gatherer
from service.gather.texts import fetch_first, list_places, mark_holding

if TYPE_CHECKING:
    from kb.store import Change
    from service.workbench import Workbench

# A source that failed is asked again by the same command only after this time, so that a run that is
# taken up again doesn't begin with everything that failed before.
CUT_OFF = (
    "not asked: no host could be reached, so this machine seems to be offline; run the same command again"
)
RETRY_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one source. `change` is None where no text came; `skipped` says why none was asked."""

    source: Source
    change: Change | None = None
    skipped: str | None = None
    issues: tuple[Issue, ...] = field(default=())


def list_wanted(
    workbench: Workbench, source_ids: Sequence[str], *, again: bool, gatherer: Gatherer
) -> tuple[list[Source], list[Fetched]]:
    """The sources to be fetched, and those left out with the reason. None named: all."""
    store = workbench.store
    chosen = [store.load_source(source_id) for source_id in source_ids] or list(store.iter_sources())
    wanted: list[Source] = []
    left: list[Fetched] = []
    for source in chosen:
        reason = None if again else _find_reason(workbench, source, bool(source_ids), gatherer)
        if reason is None:
            wanted.append(source)
        else:
            left.append(Fetched(source=source, skipped=reason))
    return wanted, left


def fetch_sources(
    workbench: Workbench,
    wanted: Sequence[Source],
    gatherer: Gatherer,
    *,
    progress: Callable[[int, int], None],
) -> Iterator[Fetched]:
    """Each source with what came of it, as it comes. The index is brought up to date by the caller."""
    fetcher = gatherer.fetcher
    for position, source in enumerate(wanted, start=1):
        if fetcher is None:
            yield Fetched(source=source, skipped="--offline was given: nothing was fetched")
            continue
        if fetcher.is_cut_off:
            yield Fetched(source=source, skipped=CUT_OFF)
            continue
        places = list_places(source, gatherer.services)
        if not places:
            yield Fetched(source=source, skipped="has no address, DOI or arXiv id")
            progress(position, len(wanted))
            continue
        attempt = fetch_first(source.id, places, fetcher, gatherer.now)
        change = None
        issues = list(attempt.issues)
        if attempt.text is not None:
            marked = mark_holding(source, attempt.text)
            change, more = workbench.add_source(marked, attempt.text.raw, refresh=False, reviewed=False)
            issues += more
        for capture, content in attempt.captures:
            workbench.store.save_capture(capture, raw=content)
        yield Fetched(source=source, change=change, issues=tuple(issues))
        progress(position, len(wanted))


def _find_reason(workbench: Workbench, source: Source, named: bool, gatherer: Gatherer) -> str | None:
    if any(version.current for version in workbench.store.load_source_versions(source.id)):
        return "its text is held (--again fetches it anew)"
    captures = workbench.store.load_captures(source.id)
    if not named and captures and captures[-1].sha256 is None and captures[-1].status is not None:
        since = gatherer.now() - captures[-1].fetched_at
        if since < RETRY_AFTER:
            return (
                f"failed {since.total_seconds() / 3600:.0f} h ago: {captures[-1].problem} (--again tries now)"
            )
    return None
