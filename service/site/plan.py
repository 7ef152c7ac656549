"""Which files a site has and what each is made of, so that a build makes again only what changed.

Owns the keys: a page's key covers its claim, the claims and sources that it shows, the code and the site's
address. Refuses to know how a file gets into its place (service.site.incremental) and what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import orjson

from kb.store import Store, StoredClaim
from kb.types import count_labels
from service.schemas import dumps, summary_to_json
from service.security import COMMON_HEADERS, PAGE_POLICY
from service.site import embeds, exports, search, views
from service.site.book import ClaimBook, ShortClaim, read_short, write_short
from service.site.feeds import MAX_ENTRIES, WHOLE, Entry, Feed, make_atom, make_json_feed, make_sitemaps
from service.site.incremental import Job, SiteWriter, State, hash_key, hash_program
from service.site.pages import PER_PAGE, Pages, article_name, claim_list_name, find_deciding
from service.site.render import EMBED_POLICY, shorten, static_files
from service.site.standing import STANDING, make_standing
from service.site.words import KIND_WORDS, LABEL_WORDS, reason_title

MARKER = "site.json"
GENERATOR = "wherefrom"
_LATEST = 10
_BATCH = 200
_MOST_LOADED = 20_000  # claims that are kept in memory from their short form to their page, about 10 KB each
_RANKS = {"contested": 0, "supported": 1, "unsourced": 2, "not_checked": 3}
_FOLDERS = (
    "claims",
    "sources",
    "articles",
    "topics",
    "assets",
    "search",
    "feeds",
    "download",
    "badge",
    "pagefind",
)


class Plan:
    """One build of `store` into `folder`; `old` is the site before and `state` what it was made of."""

    def __init__(
        self, store: Store, folder: Path, old: Path, state: State, *, base_url: str | None, searchable: bool
    ) -> None:
        self.pages = Pages(store, base_url=base_url, searchable=searchable)
        self.marks = store.load_marks()
        self.state = state
        self.writer = SiteWriter(folder, old, state, self._advance)
        self.done = self.total = 0
        self.progress: Callable[[int, int], None] | None = None
        topics = repr(self.pages.topics)
        self.base = hash_key(hash_program(), base_url, searchable, topics)
        self.all_sources = hash_key(self.base, *sorted(self.marks.sources.items()))
        self._loaded: dict[str, StoredClaim] = {}
        self.shorts: dict[str, ShortClaim] = {}

    # ------------------------------------------------------------------ the run

    def run(self, progress: Callable[[int, int], None] | None) -> None:
        self.progress = progress
        self._read_shorts()
        self.pages.book = self.book = ClaimBook(self.marks.claims, self.shorts)
        jobs = [
            *self._claim_jobs(),
            *self._source_jobs(),
            *self._article_jobs(),
            *self._topic_jobs(),
            *self._list_jobs(),
        ]
        jobs += [*self._feed_jobs(), self._package_job()]
        fixed = self._fixed()
        self.total = sum(len(job.paths) for job in jobs) + len(fixed) + 1
        stale = [
            job.paths[0][7:-5]
            for job in jobs
            if job.paths[0].startswith("claims/c-") and not self.writer.holds(job)
        ]
        self._queue = iter(stale)
        for job in jobs:
            self.writer.run(job)
        for path, make in fixed.items():
            self.writer.write(path, make())
            for table, content in self.pages.take_tables().items():
                self.total += 1
                self.writer.write(table, content)
        self.writer.write(MARKER, dumps(self._marker(), indent=True))

    def _advance(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, max(self.total, self.done))

    def list_shorts(self) -> dict[str, dict[str, Any]]:
        return {one: write_short(short) for one, short in self.shorts.items()}

    def list_records(self) -> dict[str, bytes]:
        """What the search index is made of: address -> the page that the indexer reads."""
        records = {f"claims/{one}.html": short.record.encode() for one, short in self.shorts.items()}
        made = [search.make_source_record(source) for source in self.pages.sources.values()]
        return {**records, **{record.path: search.write_record(record) for record in made}}

    # ------------------------------------------------------------------ claims in short

    def _read_shorts(self) -> None:
        """From the last build where their key still holds, else from the store."""
        keys = {}
        for mark in self.marks.claims:
            sources = [self.marks.sources.get(source, "") for source in mark.sources]
            keys[mark.id] = hash_key(self.base, mark.mark, self.marks.heads[mark.article_id], *sources)
        held = {one: fields for one, fields in self.state.claims.items() if fields["key"] == keys.get(one)}
        stale = [mark.id for mark in self.marks.claims if mark.id not in held]
        made = {}
        marks = {mark.id: mark.mark for mark in self.marks.claims}
        for start in range(0, len(stale), _BATCH):
            for claim in self.pages.store.load_claims(stale[start : start + _BATCH]):
                one = claim.checked.claim.id
                made[one] = self._make_short(claim, keys[one], marks[one])
                if len(self._loaded) < _MOST_LOADED:
                    self._loaded[one] = claim
        for mark in self.marks.claims:
            self.shorts[mark.id] = made[mark.id] if mark.id in made else read_short(held[mark.id])

    def _make_short(self, claim: StoredClaim, key: str, mark: str) -> ShortClaim:
        view = views.make_claim(claim.checked, 1, self.pages.sources)
        record = search.make_claim_record(claim, view, article_name(claim.article), self.pages.sources)
        before = claim.history[-2].verdict if len(claim.history) > 1 else None
        return ShortClaim(
            key=key,
            row=self.pages.make_row(claim),
            deciding=tuple(find_deciding(claim)),
            explanation=view.explanation,
            version=mark,
            record=search.write_record(record).decode(),
            former=views.make_badge(before).word if before is not None else "",
        )

    def _load(self, claim_id: str) -> StoredClaim:
        """A claim that is being made again, read together with the next ones in the queue."""
        if claim_id not in self._loaded:
            wanted = [claim_id]
            for one in self._queue:
                if one != claim_id:
                    wanted.append(one)
                if len(wanted) >= _BATCH:
                    break
            self._loaded = {claim.checked.claim.id: claim for claim in self.pages.store.load_claims(wanted)}
        return self._loaded[claim_id]

    # ------------------------------------------------------------------ pages

    def _claim_jobs(self) -> Iterator[Job]:
        for claim_id, short in self.shorts.items():
            beside = [*self.book.related(claim_id), *self.book.neighbours(claim_id)]
            names = [
                f"claims/{claim_id}.html",
                f"claims/{claim_id}.json",
                f"embed/{claim_id}.html",
                f"badge/{claim_id}.svg",
            ]
            if self.pages.base_url is not None:
                names.append(f"embed/{claim_id}.json")
            key = hash_key(short.key, *(other.key for other in beside))
            yield Job(key=key, paths=tuple(names), make=partial(self._make_claim, claim_id))

    def _make_claim(self, claim_id: str) -> dict[str, bytes]:
        claim, short = self._load(claim_id), self.shorts[claim_id]
        files = {
            f"claims/{claim_id}.html": self.pages.claim(claim_id, claim),
            f"claims/{claim_id}.json": self.pages.claim_json(claim_id, claim),
            f"embed/{claim_id}.html": self.pages.embed(short.row, short.explanation),
            f"badge/{claim_id}.svg": embeds.make_badge(short.row),
        }
        if self.pages.base_url is not None:
            files[f"embed/{claim_id}.json"] = embeds.make_oembed(short.row, self.pages.base_url)
        return files

    def _source_jobs(self) -> Iterator[Job]:
        for source_id in sorted(self.pages.sources):
            shorts = self.book.find(source=source_id)
            heads = [self.marks.heads[one] for one in dict.fromkeys(short.row.article_id for short in shorts)]
            key = hash_key(self.all_sources, *(one.key for one in shorts), *heads)
            paths = (f"sources/{source_id}.html", f"sources/{source_id}.json")
            yield Job(key=key, paths=paths, make=partial(self._make_source, source_id))

    def _make_source(self, source_id: str) -> dict[str, bytes]:
        return {
            f"sources/{source_id}.html": self.pages.source(source_id),
            f"sources/{source_id}.json": self.pages.source_json(source_id),
            **self.pages.take_tables(),
        }

    def _article_jobs(self) -> Iterator[Job]:
        for article_id in sorted(self.pages.articles):
            own = (one.key for one in self.book.find(article=article_id))
            key = hash_key(self.base, self.marks.articles[article_id], *own)
            paths = (f"articles/{article_id}.html", f"articles/{article_id}.json")
            yield Job(key=key, paths=paths, make=partial(self._make_article, article_id))

    def _make_article(self, article_id: str) -> dict[str, bytes]:
        return {
            f"articles/{article_id}.html": self.pages.article(article_id),
            f"articles/{article_id}.json": self.pages.article_json(article_id),
            **self.pages.take_tables(),
        }

    def _topic_jobs(self) -> Iterator[Job]:
        for topic in self.pages.topics:
            key = hash_key(self.all_sources, *(one.key for one in self.book.find(topic=topic.id)))
            yield Job(key=key, paths=(f"topics/{topic.id}.html",), make=partial(self._make_topic, topic.id))

    def _make_topic(self, topic_id: str) -> dict[str, bytes]:
        return {f"topics/{topic_id}.html": self.pages.topic(topic_id), **self.pages.take_tables()}

    def _list_jobs(self) -> Iterator[Job]:
        shorts = list(self.shorts.values())
        counts = self._counts()
        for number in range(1, self._count_lists() + 1):
            own = shorts[(number - 1) * PER_PAGE : number * PER_PAGE]
            path = f"claims/{claim_list_name(number)}"
            shown = (counts, self.pages.changed, self.pages.ground) if number == 1 else ()
            key = hash_key(self.base, self._count_lists(), *shown, *(one.key for one in own))

            def make(
                path: str = path, own: Sequence[ShortClaim] = own, number: int = number
            ) -> dict[str, bytes]:
                rows = [one.row for one in own]
                return {path: self.pages.claim_list(rows, number, len(shorts), counts)}

            yield Job(key=key, paths=(path,), make=make)

    def _count_lists(self) -> int:
        return max(1, -(-len(self.shorts) // PER_PAGE))

    # ------------------------------------------------------------------ feeds and files of the whole

    def _feed_jobs(self) -> Iterator[Job]:
        groups = [
            (Feed(path=f"feeds/sources/{one}", title=f"Wherefrom: verdicts on {shorten(source.title, 80)}", page=f"sources/{one}.html"), self.book.find(source=one))
            for one, source in sorted(self.pages.sources.items())
        ]  # fmt: skip
        groups += [
            (Feed(path=f"feeds/topics/{topic.id}", title=f"Wherefrom: verdicts on {topic.title}", page=f"topics/{topic.id}.html"), self.book.find(topic=topic.id))
            for topic in self.pages.topics
        ]  # fmt: skip
        for feed, shorts in groups:
            latest = self.book.latest(shorts, _RANKS)[:MAX_ENTRIES]
            key = hash_key(self.base, feed, *(one.key for one in latest))
            paths = (f"{feed.path}.atom", f"{feed.path}.json")
            yield Job(key=key, paths=paths, make=partial(self._make_feed, feed, latest))

    def _make_feed(self, feed: Feed, shorts: Sequence[ShortClaim]) -> dict[str, bytes]:
        entries = [_make_entry(short) for short in shorts]
        base_url = self.pages.base_url
        changed = self.pages.changed if feed is WHOLE else ""
        return {
            f"{feed.path}.atom": make_atom(entries, base_url=base_url, changed=changed, feed=feed),
            f"{feed.path}.json": make_json_feed(entries, base_url=base_url, feed=feed),
        }

    def _package_job(self) -> Job:
        key = hash_key(
            self.all_sources, *sorted(self.marks.articles.items()), *(one.key for one in self.shorts.values())
        )
        return Job(
            key=key, paths=tuple(f"download/{name}" for name in exports.PACKAGE), make=self._make_package
        )

    def _make_package(self) -> dict[str, bytes]:
        """From the files beside the pages, which are written by now."""
        files = exports.make_package(
            [orjson.loads(self.writer.read(f"claims/{one}.json")) for one in self.shorts],
            [orjson.loads(self.writer.read(f"sources/{one}.json")) for one in sorted(self.pages.sources)],
            [summary_to_json(article) for _, article in sorted(self.pages.articles.items())],
            ground=self.pages.ground,
            changed=self.pages.changed,
        )
        return {f"download/{name}": content for name, content in files.items()}

    def _fixed(self) -> dict[str, Callable[[], bytes]]:
        """Files made each time, for they speak of the whole: path -> what makes it."""
        pages, counts = self.pages, self._counts()
        topic_uses = {topic.id: len(self.book.find(topic=topic.id)) for topic in pages.topics}
        uses = {source: len(self.book.find(source=source)) for source in sorted(pages.sources)}
        latest = self.book.latest(self.shorts.values(), _RANKS)[:MAX_ENTRIES]
        whole = self._make_feed(WHOLE, latest)
        made: dict[str, Callable[[], bytes]] = {
            "index.html": lambda: pages.home([one.row for one in latest[:_LATEST]], counts, topic_uses),
            "methodology.html": pages.methodology,
            "404.html": pages.not_found,
            "sources/index.html": lambda: pages.source_list(uses),
            "articles/index.html": pages.article_list,
            "topics/index.html": lambda: pages.topic_list(topic_uses),
            "_headers": make_headers_file,
        }
        made.update({path: partial(self._take_standing, path) for path in STANDING})
        if pages.searchable:
            made["search/index.html"] = pages.search
            made["search/names.json"] = lambda: dumps(self._names())
        ready = {**whole, **{f"assets/{name}": content for name, content in static_files()}}
        listed = sorted(
            path for path in [*self._page_paths(), *made] if path.endswith(".html") and path != "404.html"
        )
        robots = "User-agent: *\nAllow: /\nDisallow: /embed/\n"
        if pages.base_url is not None:
            ready.update(make_sitemaps(listed, pages.base_url))
            robots += f"Sitemap: {pages.base_url}sitemap.xml\n"
        ready["robots.txt"] = robots.encode()
        return {**made, **{path: partial(bytes, content) for path, content in ready.items()}}

    def _take_standing(self, path: str) -> bytes:
        return self._standing[path]

    @cached_property
    def _standing(self) -> dict[str, bytes]:
        return dict(make_standing(self.pages))

    def _page_paths(self) -> Iterator[str]:
        yield from (f"claims/{one}.html" for one in self.shorts)
        yield from (f"sources/{one}.html" for one in self.pages.sources)
        yield from (f"articles/{one}.html" for one in self.pages.articles)
        yield from (f"topics/{topic.id}.html" for topic in self.pages.topics)
        yield from (f"claims/{claim_list_name(number)}" for number in range(1, self._count_lists() + 1))

    def _names(self) -> dict[str, Mapping[str, str]]:
        """What the values of search filters are called."""
        return {
            "label": LABEL_WORDS,
            "kind": {**{kind.value: word for kind, word in KIND_WORDS.items()}, "source": "Source"},
            "reason": {
                code: reason_title(code)
                for code in sorted({one.row.badge.reason for one in self.shorts.values()})
            },
            "topic": {topic.id: topic.title for topic in self.pages.topics},
            "source": {one: shorten(source.title, 60) for one, source in sorted(self.pages.sources.items())},
        }

    def _counts(self) -> dict[str, int]:
        counts = Counter(count_labels(()))
        for article in self.pages.articles.values():
            counts.update(article.counts)
        return dict(counts)

    def _marker(self) -> dict[str, object]:
        """What the site is of. `log_head` is the end of the verdict log: published, it shows a log that is
        rewritten later (`wherefrom audit verify --head`)."""
        head = self.pages.store.chain_head()
        return {
            "generator": GENERATOR,
            "changed": self.pages.changed or None,
            "ground": self.pages.ground,
            "log_head": f"{head.number}:{head.sha256}",
            "base_url": self.pages.base_url,
            "pages": sum(path.endswith(".html") for path in self.writer.keys),
            "files": len(self.writer.keys) + 2,
        }


def make_headers_file() -> bytes:
    """The headers of every answer, in the form that static hosts read (Netlify, Cloudflare Pages). Said folder
    by folder: where two rules fit, hosts send both, and a card could no longer stand in a frame."""
    lines = []
    for path in (
        "/",
        "/index.html",
        "/404.html",
        "/methodology.html",
        *(f"/{folder}/*" for folder in _FOLDERS),
    ):
        lines += [path, f"  Content-Security-Policy: {PAGE_POLICY}", ""]
    lines += ["/embed/*", f"  Content-Security-Policy: {EMBED_POLICY}", "", "/*"]
    lines += [f"  {name}: {value}" for name, value in COMMON_HEADERS.items()]
    for path in ("/*.json", "/*.atom", "/download/*", "/badge/*"):
        lines += ["", path, "  Access-Control-Allow-Origin: *"]
    return ("\n".join(lines) + "\n").encode()


def _make_entry(short: ShortClaim) -> Entry:
    row = short.row
    before = f" (before: {short.former.lower()})" if short.former and short.former != row.badge.word else ""
    return Entry(
        claim_id=row.id,
        version=short.version,
        path=f"claims/{row.id}.html",
        title=f"{row.badge.word}{before}: “{shorten(row.text, 140)}”",
        summary=f"{row.badge.title}. {short.explanation} (In: {row.article_title})",
        recorded_at=row.recorded_at,
        tags=(row.badge.key, row.badge.reason),
    )
