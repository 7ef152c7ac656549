"""Writes the whole site of a knowledge base into a folder: every page, its JSON, feeds, headers, search.

Owns the folder: the site is made beside its place and then moved there, so that a broken build leaves the
old site standing; a folder that isn't a site built here is never touched. The same knowledge base gives
the same bytes (but under pagefind/): no clock, no order that isn't stated. What is made from what is
service.site.plan's. Refuses to know what a page says.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kb.errors import InputError, WriteError
from kb.store import Store
from service.site import search
from service.site.incremental import STATE, State, hash_program, read_state, write_state
from service.site.links import check_links
from service.site.plan import GENERATOR, MARKER, Plan
from service.site.standing import STANDING

_OURS = {
    "index.html", "404.html", "methodology.html", "statistics.html", "changes.html", "api.html", "about.html",
    "statistics.mix.csv", "claims", "sources", "articles", "topics", "assets", "search",
    "embed", "badge", "feeds", "download", "feed.atom", "feed.json", "sitemap.xml", "robots.txt", "_headers",
    MARKER, STATE, search.FOLDER, *STANDING,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """`pages` counts HTML pages, `files` everything but the search index; `written` are the files whose bytes
    are new since the last build; `searchable` is False where the indexer isn't installed, and `indexed` says
    whether the index was made anew."""

    out: Path
    pages: int
    files: int
    claims: int
    sources: int
    articles: int
    written: tuple[str, ...]
    searchable: bool
    indexed: bool


def build_site(
    store: Store,
    out: Path,
    *,
    base_url: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    full: bool = False,
    with_search: bool = True,
) -> BuildResult:
    """Build into `out`, replacing a site that was built there before; `base_url` is where it will stand,
    for feeds, canonical links and the sitemap. What didn't change since is kept, unless `full`.

    InputError for a base_url that isn't an address or a folder that isn't such a site; WriteError where
    nothing can be written or a link of the new site leads nowhere."""
    address = check_base_url(base_url)
    check_target(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise _write_error(out, error) from error
    try:
        partial.chmod(0o755)
        return _build(store, out, partial, _Options(address, progress, full, with_search))
    except OSError as error:
        raise _write_error(out, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Options:
    base_url: str | None
    progress: Callable[[int, int], None] | None
    full: bool
    with_search: bool


def _build(store: Store, out: Path, partial: Path, options: _Options) -> BuildResult:
    program = hash_program()
    state = State() if options.full else read_state(out, program)
    empty = next(store.iter_sources(), None) is None and next(store.iter_articles(), None) is None
    indexer = search.find_indexer() if options.with_search and not empty else None
    plan = Plan(store, partial, out, state, base_url=options.base_url, searchable=indexer is not None)
    plan.run(options.progress)
    writer = plan.writer
    check_links(partial, [path for path in writer.changed if path.endswith(".html")], set(writer.keys))
    index, indexed = "", False
    if indexer is not None:
        records = plan.list_records()
        index = search.hash_records(records, indexer)
        indexed = index != state.index or not (out / search.FOLDER / "pagefind.js").is_file()
        if indexed:
            search.write_index(records, partial / search.FOLDER, indexer)
    new_state = State(pages=writer.keys, extras=writer.extras, claims=plan.list_shorts(), index=index)
    (partial / STATE).write_bytes(write_state(new_state, program))
    _move_into_place(partial, out, keep_index=indexer is not None and not indexed)
    return BuildResult(
        out=out,
        pages=sum(path.endswith(".html") for path in writer.keys),
        files=len(writer.keys) + 1,
        claims=len(plan.marks.claims),
        sources=len(plan.pages.sources),
        articles=len(plan.pages.articles),
        written=tuple(writer.changed),
        searchable=indexer is not None,
        indexed=indexed,
    )


def check_base_url(base_url: str | None) -> str | None:
    """The address with one slash at its end."""
    if base_url is None:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise InputError(
            f"{base_url!r} can't be the site's address: give one like https://example.org/wherefrom/",
            url=base_url,
        )
    return base_url.rstrip("/") + "/"


def check_target(out: Path) -> None:
    """Refuse a folder with anything in it that isn't a site built here."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_dir() and not out.is_symlink():
        if not any(out.iterdir()):
            return
        try:
            marker = json.loads((out / MARKER).read_bytes())
        except (OSError, ValueError):
            marker = None
        if isinstance(marker, dict) and marker.get("generator") == GENERATOR:
            return
    raise InputError(
        f"{out} is there already and isn't a site that was built by Wherefrom: name a new or empty folder.",
        path=str(out),
    )


def _move_into_place(partial: Path, out: Path, *, keep_index: bool) -> None:
    """Put the new site where the old one is. Files of others in the old folder (CNAME, .git) move along, and
    the search index where it still holds; if that fails, they are still in the old folder, which then stays."""
    if not out.exists():
        partial.rename(out)
        return
    old = partial.with_name(partial.name + ".old")
    out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    for entry in sorted(old.iterdir()):
        ours = entry.name in _OURS or entry.name.startswith(("sitemap-", "statistics."))
        if not ours or (keep_index and entry.name == search.FOLDER):
            entry.rename(out / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _write_error(out: Path, error: OSError) -> WriteError:
    words = (error.strerror or str(error)).lower()
    return WriteError(f"The site could not be written to {out}: {words}.", path=str(out))
