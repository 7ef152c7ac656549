"""Writes the whole site of a knowledge base into a folder: every page, its JSON, feeds, headers.

Owns the files: the site is made beside its place and then moved there, so that a broken build leaves the
old site standing; a folder that isn't a site built here is never touched. The same knowledge base gives
the same bytes: no clock, no order that isn't stated. Refuses to know what a page says.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kb.errors import InputError, WriteError
from kb.store import Store
from kb.types import count_labels
from service.schemas import dumps
from service.security import COMMON_HEADERS, PAGE_POLICY
from service.site.feeds import MAX_ENTRIES, Entry, make_atom, make_json_feed, make_sitemaps
from service.site.pages import PER_PAGE, ClaimRow, Pages, claim_list_name, content_hash
from service.site.render import shorten, static_files

MARKER = "site.json"
_GENERATOR = "wherefrom"
_OURS = {
    "index.html", "404.html", "methodology.html", "claims", "sources", "articles", "topics", "assets",
    "feed.atom", "feed.json", "sitemap.xml", "robots.txt", "_headers", MARKER,
}  # fmt: skip
_LATEST = 10
_RANKS = {"contested": 0, "supported": 1, "unsourced": 2, "not_checked": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """`pages` counts HTML pages, `files` everything written."""

    out: Path
    pages: int
    files: int
    claims: int
    sources: int
    articles: int


def build_site(
    store: Store,
    out: Path,
    *,
    base_url: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BuildResult:
    """Build into `out`, replacing a site that was built there before; `base_url` is where it will stand,
    for feeds, canonical links and the sitemap.

    InputError for a base_url that isn't an address or a folder that isn't such a site; WriteError where
    nothing can be written."""
    address = check_base_url(base_url)
    check_target(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise _write_error(out, error) from error
    try:
        partial.chmod(0o755)
        result = _Builder(Pages(store, base_url=address), partial, progress).build(out)
        _move_into_place(partial, out)
    except OSError as error:
        raise _write_error(out, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return result


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
        if isinstance(marker, dict) and marker.get("generator") == _GENERATOR:
            return
    raise InputError(
        f"{out} is there already and isn't a site that was built by Wherefrom: name a new or empty folder.",
        path=str(out),
    )


class _Builder:
    def __init__(self, pages: Pages, folder: Path, progress: Callable[[int, int], None] | None) -> None:
        self.pages = pages
        self.folder = folder
        self.progress = progress
        self.written: list[str] = []
        self.total = 0

    def build(self, out: Path) -> BuildResult:
        pages = self.pages
        ids = [claim.checked.claim.id for claim in pages.iter_claims()]
        lists = max(1, -(-len(ids) // PER_PAGE))
        self.total = (
            2 * (len(ids) + len(pages.sources) + len(pages.articles)) + len(pages.topics) + lists + 12
        )
        rows, entries = self._write_claims(ids)
        self._write_sources()
        self._write_articles()
        counts = self._counts()
        for number in range(1, lists + 1):
            own = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
            self._write(f"claims/{claim_list_name(number)}", pages.claim_list(own, number, len(rows), counts))
        topic_uses = self._write_topics()
        entries.sort(key=lambda pair: _RANKS[pair[1].badge.key])
        entries.sort(key=lambda pair: pair[0].recorded_at, reverse=True)  # stable: what was contested first
        latest = [row for _, row in entries[:_LATEST]]
        self._write("index.html", pages.home(latest, counts, topic_uses))
        self._write("methodology.html", pages.methodology())
        self._write("404.html", pages.not_found())
        self._write_extras([entry for entry, _ in entries[:MAX_ENTRIES]])
        html = sum(path.endswith(".html") for path in self.written)
        self._write(MARKER, dumps(self._marker(html), indent=True))
        return BuildResult(
            out=out,
            pages=html,
            files=len(self.written),
            claims=len(ids),
            sources=len(pages.sources),
            articles=len(pages.articles),
        )

    def _write_claims(self, ids: list[str]) -> tuple[list[ClaimRow], list[tuple[Entry, ClaimRow]]]:
        rows, entries = [], []
        for claim_id in ids:
            claim = self.pages.store.load_claim(claim_id)
            row = self.pages.make_row(claim)
            rows.append(row)
            document = self.pages.claim_json(claim_id, claim)
            entries.append((_make_entry(row, claim.checked.verdict.explanation, document), row))
            self._write(f"claims/{claim_id}.html", self.pages.claim(claim_id, claim))
            self._write(f"claims/{claim_id}.json", document)
        return rows, entries

    def _write_sources(self) -> None:
        uses = {}
        for source_id in sorted(self.pages.sources):
            uses[source_id] = self.pages.store.list_claims(source=source_id, limit=1).total
            self._write(f"sources/{source_id}.html", self.pages.source(source_id))
            self._write(f"sources/{source_id}.json", self.pages.source_json(source_id))
        self._write("sources/index.html", self.pages.source_list(uses))

    def _write_articles(self) -> None:
        for article_id in sorted(self.pages.articles):
            self._write(f"articles/{article_id}.html", self.pages.article(article_id))
            self._write(f"articles/{article_id}.json", self.pages.article_json(article_id))
        self._write("articles/index.html", self.pages.article_list())

    def _write_topics(self) -> dict[str, int]:
        uses = {}
        for topic in self.pages.topics:
            uses[topic.id] = self.pages.store.list_claims(topic=topic.id, limit=1).total
            self._write(f"topics/{topic.id}.html", self.pages.topic(topic.id))
        self._write("topics/index.html", self.pages.topic_list(uses))
        return uses

    def _write_extras(self, entries: list[Entry]) -> None:
        base_url = self.pages.base_url
        self._write("feed.atom", make_atom(entries, base_url=base_url, changed=self.pages.changed))
        self._write("feed.json", make_json_feed(entries, base_url=base_url))
        for name, content in static_files():
            self._write(f"assets/{name}", content)
        robots = "User-agent: *\nAllow: /\n"
        if base_url is not None:
            listed = sorted(path for path in self.written if path.endswith(".html") and path != "404.html")
            for name, content in make_sitemaps(listed, base_url):
                self._write(name, content)
            robots += f"Sitemap: {base_url}sitemap.xml\n"
        self._write("robots.txt", robots.encode())
        self._write("_headers", make_headers_file())

    def _counts(self) -> dict[str, int]:
        counts = Counter(count_labels(()))
        for article in self.pages.articles.values():
            counts.update(article.counts)
        return dict(counts)

    def _marker(self, html: int) -> dict[str, object]:
        """What the site is of. `log_head` is the end of the verdict log: published, it shows a log that is
        rewritten later (`wherefrom audit verify --head`)."""
        head = self.pages.store.chain_head()
        return {
            "generator": _GENERATOR,
            "changed": self.pages.changed or None,
            "ground": self.pages.ground,
            "log_head": f"{head.number}:{head.sha256}",
            "base_url": self.pages.base_url,
            "pages": html,
            "files": len(self.written) + 1,
        }

    def _write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.written.append(path)
        if self.progress is not None:
            self.progress(len(self.written), max(self.total, len(self.written)))


def make_headers_file() -> bytes:
    """The headers of every answer, in the form that static hosts read (Netlify, Cloudflare Pages)."""
    lines = ["/*", f"  Content-Security-Policy: {PAGE_POLICY}"]
    lines += [f"  {name}: {value}" for name, value in COMMON_HEADERS.items()]
    lines += [
        "",
        "/*.json",
        "  Access-Control-Allow-Origin: *",
        "",
        "/feed.atom",
        "  Access-Control-Allow-Origin: *",
    ]
    return ("\n".join(lines) + "\n").encode()


def _make_entry(row: ClaimRow, explanation: str, document: bytes) -> Entry:
    return Entry(
        claim_id=row.id,
        version=content_hash(document),
        path=f"claims/{row.id}.html",
        title=f"{row.badge.word}: “{shorten(row.text, 140)}”",
        summary=f"{row.badge.title}. {explanation} (In: {row.article_title})",
        recorded_at=row.recorded_at,
        tags=(row.badge.key, row.badge.reason),
    )


def _move_into_place(partial: Path, out: Path) -> None:
    """Put the new site where the old one is. Files of others in the old folder (CNAME, .git, a search
    index) move along; if that fails, they are still in the old folder, which then stays."""
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
        if entry.name not in _OURS and not entry.name.startswith("sitemap-"):
            entry.rename(out / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _write_error(out: Path, error: OSError) -> WriteError:
    words = (error.strerror or str(error)).lower()
    return WriteError(f"The site could not be written to {out}: {words}.", path=str(out))
