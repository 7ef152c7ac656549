"""The verbs that bring sources in: add by address, identifier or file, fetch texts, refresh, accept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import NotFoundError, WherefromError
from kb.types import Level, Source, Tier
from service.commands.opening import open_workbench
from service.terminal import EXIT_INPUT, Terminal, UsageError
from service.visible import make_visible_line

if TYPE_CHECKING:
    from service.gather.adding import Addition, Gatherer
    from service.gather.fetching import Fetched
    from service.gather.refreshing import Refreshed
    from sources.draft import Known

_DEFAULT_REVIEWER = "added by hand"


def make_gatherer(terminal: Terminal, *, offline: bool) -> Gatherer:
    """The net as the user's settings have it."""
    from service.gather.net import open_gatherer

    return open_gatherer(terminal.settings.home, offline=offline)


def add_found(
    terminal: Terminal, name: str, known: Known, *, source_id: str | None, by: str | None, offline: bool
) -> None:
    """Adds one source by its address, identifier or file."""
    from service.gather.adding import Wish, add_source
    from service.inputs import STDIN, is_address, read_input
    from sources.lookups import Pointer, read_pointer
    from sources.model import MAX_ID, SOURCE_ID

    if source_id is not None and not (SOURCE_ID.match(source_id) and len(source_id) <= MAX_ID):
        raise UsageError(f"--id {source_id!r}: an id is lower-case words joined by hyphens")
    is_file = name == STDIN or (
        not is_address(name) and (Path(name).exists() or read_pointer(name) == Pointer())
    )
    raw = read_input(name, url=known.url) if is_file else None
    reviewer = (by or _DEFAULT_REVIEWER) if known.tier is not None else None
    wish = Wish(known=known, source_id=source_id, reviewer=reviewer)
    gatherer = make_gatherer(terminal, offline=offline)
    with open_workbench(terminal.settings) as workbench, terminal.working(f"Adding {name}"):
        addition = add_source(workbench, gatherer, name, raw, wish)
    terminal.say_issues(addition.issues, name)
    if addition.document is None and not offline:
        terminal.raise_exit(EXIT_INPUT)
    if terminal.settings.json:
        terminal.put_json(_addition_to_json(addition))
        return
    _put_addition(terminal, addition)


def _put_addition(terminal: Terminal, addition: Addition) -> None:
    source = addition.source
    change = addition.change.value if addition.change is not None else "stated"
    terminal.put_text(f"{change:<12} {source.id}  {make_visible_line(source.title)}")
    if addition.was_known:
        terminal.put_text("             known already; only its text was looked for")
    if addition.document is not None:
        words = len(addition.document.text.split())
        terminal.put_text(
            f"{'text':<12} {words:,} words, {source.text_status or 'whole'}, sha256 {addition.document.sha256[:16]}"
        )
    for suggestion in addition.suggestions:
        place = f" ({make_visible_line(suggestion.locator)})" if suggestion.locator else ""
        terminal.put_text(f"{'suggested':<12} “{make_visible_line(suggestion.exact)}”{place}")
    if addition.path is not None:
        kept = "kept as it is: " if addition.kept else ""
        terminal.put_text(f"{'file':<12} {kept}{addition.path}")
    if source.reviewed_by is None:
        terminal.say(
            f"Nobody has reviewed {source.id} yet, so it decides nothing: check its file, write findings in your own "
            f"words, then `wherefrom sources accept {source.id}`."
        )


def _addition_to_json(addition: Addition) -> dict[str, object]:
    from service.schemas import capture_to_json, issue_to_json, quantity_to_json, source_to_json

    return {
        "ok": True,
        "id": addition.source.id,
        "change": addition.change.value if addition.change is not None else None,
        "known": addition.was_known,
        "source": source_to_json(addition.source),
        "text": None
        if addition.document is None
        else {"sha256": addition.document.sha256, "reader": addition.document.reader},
        "file": str(addition.path) if addition.path is not None else None,
        "captures": [capture_to_json(capture) for capture in addition.captures],
        "suggestions": [
            {
                "exact": one.exact,
                "start": one.start,
                "end": one.end,
                "locator": one.locator,
                "models": list(one.models),
                "quantities": [quantity_to_json(quantity) for quantity in one.quantities],
            }
            for one in addition.suggestions
        ],
        "issues": [issue_to_json(issue) for issue in addition.issues],
    }


def fetch(terminal: Terminal, ids: Sequence[str], *, everything: bool, again: bool, offline: bool) -> None:
    """Fetches the open texts of sources; what fails is said, and the rest goes on."""
    if bool(ids) == everything:
        raise UsageError("Say which: `sources fetch ID...` or `sources fetch --all`.")
    with open_workbench(terminal.settings) as workbench:
        fetch_into(terminal, workbench, ids, again=again, offline=offline)


def fetch_into(
    terminal: Terminal, workbench: object, ids: Sequence[str], *, again: bool, offline: bool
) -> None:
    """The same into a knowledge base that is open already (`init --fetch`)."""
    from service.gather.fetching import CUT_OFF, fetch_sources, list_wanted
    from service.workbench import Workbench

    if not isinstance(workbench, Workbench):
        raise TypeError("fetch_into wants an open workbench")
    gatherer = make_gatherer(terminal, offline=offline)
    wanted, left = list_wanted(workbench, ids, again=again, gatherer=gatherer)
    counts = {"fetched": 0, "not fetched": 0, "left out": len(left)}
    cut_off = 0
    for one in left if ids or terminal.settings.json else ():
        _put_fetched(terminal, one)
    try:
        with terminal.progress("Fetched") as advance:
            for one in fetch_sources(workbench, wanted, gatherer, progress=advance):
                counts["fetched" if one.change is not None else "not fetched"] += 1
                cut_off += one.skipped == CUT_OFF
                if one.skipped != CUT_OFF or terminal.settings.json:
                    _put_fetched(terminal, one)
    finally:
        if counts["fetched"]:
            with terminal.progress("Indexed") as advance:
                workbench.refresh_index(progress=advance)
    if counts["not fetched"]:
        terminal.raise_exit(EXIT_INPUT)
    if not terminal.settings.json:
        if cut_off:
            terminal.say(f"{cut_off} sources were {CUT_OFF}")
        words = ", ".join(f"{count} {name}" for name, count in counts.items())
        terminal.put_text(f"{len(wanted) + len(left)} sources: {words}.")


def _put_fetched(terminal: Terminal, fetched: Fetched) -> None:
    change = fetched.change.value if fetched.change is not None else None
    if terminal.settings.json:
        from service.schemas import issue_to_json

        issues = [issue_to_json(issue) for issue in fetched.issues]
        answer = {"id": fetched.source.id, "change": change, "skipped": fetched.skipped, "issues": issues}
        terminal.put_json({"ok": change is not None or fetched.skipped is not None, **answer}, one_line=True)
        return
    why = fetched.skipped or (fetched.issues[-1].message if fetched.issues else "nothing came")
    words = change or f"{'left out' if fetched.skipped else 'not fetched'}: {why}"
    terminal.put_text(f"{fetched.source.id}  {make_visible_line(words)}")


def refresh(terminal: Terminal, ids: Sequence[str], *, everything: bool) -> None:
    """Looks for new versions, corrections, retractions and dead links; changes nothing that was read."""
    if bool(ids) == everything:
        raise UsageError("Say which: `sources refresh ID...` or `sources refresh --all`.")
    from service.gather.accepting import PROPOSED, find_file
    from service.gather.adding import write_file
    from service.gather.refreshing import refresh_source

    gatherer = make_gatherer(terminal, offline=False)
    with open_workbench(terminal.settings) as workbench, terminal.progress("Asked") as advance:
        chosen = [workbench.store.load_source(one) for one in ids] or list(workbench.store.iter_sources())
        for position, source in enumerate(chosen, start=1):
            refreshed = refresh_source(workbench, source, gatherer)
            if not refreshed.answered:
                terminal.raise_exit(EXIT_INPUT)
            path = find_file(gatherer.folder, source.id)
            if path is None and refreshed.proposed is not None:
                path, _ = write_file(gatherer.folder / PROPOSED, refreshed.proposed, flat=True)
            _put_refreshed(terminal, refreshed, path)
            advance(position, len(chosen))


def _put_refreshed(terminal: Terminal, refreshed: Refreshed, path: Path | None) -> None:
    source = refreshed.source
    if terminal.settings.json:
        from service.schemas import issue_to_json

        terminal.put_json(
            {
                "ok": True,
                "id": source.id,
                "news": [{"kind": one.kind, "says": one.says} for one in refreshed.news],
                "claims": list(refreshed.claims),
                "proposed": str(path) if path is not None else None,
                "issues": [issue_to_json(issue) for issue in refreshed.issues],
            },
            one_line=True,
        )
        return
    terminal.say_issues(refreshed.issues, source.id)
    if not refreshed.news:
        missing = any(issue.level is not Level.INFO for issue in refreshed.issues)
        words = "nothing new from those who answered" if missing else "nothing new"
        terminal.put_text(f"{source.id}  {words if refreshed.answered else 'nobody could be asked'}")
    for one in refreshed.news:
        terminal.put_text(f"{source.id}  {one.kind}: {make_visible_line(one.says)}")
    if refreshed.news:
        count = len(refreshed.claims)
        shown = ", ".join(refreshed.claims[:10]) + (" ..." if count > 10 else "")
        terminal.put_text(
            f"{'':<4}touches {count} claim{'' if count == 1 else 's'}{': ' if count else ''}{shown}"
        )
    if path is not None and refreshed.proposed is not None:
        own = path.parent.name != "proposed"
        words = f"write it into {path}" if own else f"proposed: {path}"
        terminal.put_text(f"{'':<4}{words}, then `wherefrom sources accept {source.id}`")


def accept(terminal: Terminal, ids: Sequence[str], *, by: str | None, tier: str | None) -> None:
    """Makes found sources reviewed; one that is faulty is told, and the rest goes on."""
    from service.gather.accepting import accept_source
    from service.gather.net import SOURCES_FOLDER

    stated = _read_tier(tier)
    today = datetime.now(UTC).date()
    with open_workbench(terminal.settings) as workbench:
        for source_id in ids:
            try:
                source, change, path = accept_source(
                    workbench,
                    source_id,
                    by=by or "accepted by hand",
                    on=today,
                    tier=stated,
                    folder=terminal.settings.home / SOURCES_FOLDER,
                )
            except NotFoundError as error:
                terminal.fail(error, name=source_id, one_line=True)
                continue
            except WherefromError as error:
                terminal.fail(error, name=source_id)
                continue
            _put_accepted(terminal, source, change.value, path)


def _put_accepted(terminal: Terminal, source: Source, change: str, path: Path | None) -> None:
    if terminal.settings.json:
        answer = {"ok": True, "id": source.id, "change": change, "reviewed_by": source.reviewed_by}
        answer |= {"findings": len(source.findings), "file": str(path) if path is not None else None}
        terminal.put_json(answer, one_line=True)
        return
    count = len(source.findings)
    where = f", from {path}" if path is not None else ", as it is stored (it has no file)"
    terminal.put_text(
        f"accepted     {source.id}  {source.tier.value}, {count} finding{'' if count == 1 else 's'}{where}"
    )


def _read_tier(tier: str | None) -> Tier | None:
    if tier is None:
        return None
    try:
        return Tier(tier)
    except ValueError:
        raise UsageError(f"--tier {tier!r}: wanted primary or secondary") from None


def read_known(
    *,
    title: str | None,
    authors: Sequence[str],
    published: str | None,
    publisher: str | None,
    kind: str | None,
    tier: str | None,
    url: str | None,
) -> Known:
    """What the options state, checked; UsageError names the option and what was wanted."""
    from sources.draft import Known
    from sources.fields import is_date
    from sources.identifiers import is_web_address
    from sources.model import KINDS

    if published is not None and not is_date(published):
        raise UsageError(f"--published {published!r}: wanted YYYY, YYYY-MM or YYYY-MM-DD")
    if kind is not None and kind not in KINDS:
        raise UsageError(f"--kind {kind!r}: wanted one of {', '.join(KINDS)}")
    if url is not None and not is_web_address(url):
        raise UsageError(f"--url {url!r}: wanted an http(s) address")
    return Known(
        title=title,
        authors=tuple(authors),
        published=published,
        publisher=publisher,
        kind=kind,
        tier=_read_tier(tier),
        url=url,
    )
