"""The pages of one knowledge base, each made on its own from the store: address -> bytes.

Owns which page exists under which address and which values it gets; used by the builder for all pages and
by the server for one at a time. Refuses to know files, and how a template looks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kb.errors import NotFoundError
from kb.ids import hash_bytes
from kb.reasons import REASONS
from kb.store import ArticleSummary, Store, StoredClaim
from kb.types import Report, Source
from service.citing import cite_as_bibtex, cite_as_csl, cite_as_ris, cite_in_prose
from service.fragments import fragment_url, safe_url, source_url
from service.schemas import (
    article_to_json,
    claim_to_json,
    dumps,
    format_time,
    public_name,
)
from service.site import embeds, pictures, source_views, views, words
from service.site.book import ClaimBook, ClaimRow
from service.site.charts import Picture, write_csv
from service.site.cite import claim_bibtex, claim_citation
from service.site.measured import read_measured
from service.site.render import EMBED_META_POLICY, render, shorten
from service.source_json import group_leaning, list_leaning, load_source_json

PER_PAGE = 100  # claims on one page of a list
_RELATED = 4
# (address, what addresses under it start with, name)
_NAV = (
    ("claims/index.html", "claims/", "Claims"),
    ("sources/index.html", "sources/", "Sources"),
    ("articles/index.html", "articles/", "Articles"),
    ("topics/index.html", "topics/", "Topics"),
    ("methodology.html", "methodology", "Method"),
)
_SEARCH = ("search/index.html", "search/", "Search")
_LIVE_NAV = (
    ("check", "check", "Check a text"),
    ("claims", "claims", "Claims"),
    ("sources", "sources", "Sources"),
    ("articles", "articles", "Articles"),
    ("methodology.html", "methodology", "Method"),
    ("docs", "docs", "API"),
)
_STAMPED = {
    "index.html", "methodology.html", "claims/index.html", "sources/index.html", "articles/index.html",
    "topics/index.html", "search/index.html",
}  # fmt: skip
_TABLE = re.compile(
    r"(sources|articles|topics)/([A-Za-z0-9][A-Za-z0-9._-]{0,119})\.[a-z]{1,12}(?:-\d{1,3})?\.csv"
)
_DRAWN = 20  # claims of one label that a picture of a source looks through
_ADDRESS = re.compile(r"(claims|sources|articles|topics)/([A-Za-z0-9][A-Za-z0-9._-]{0,119})\.(html|json)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    id: str
    title: str
    meaning: str


def article_name(article: ArticleSummary) -> str:
    return article.title or words.host_of(safe_url(article.url)) or public_name(article.name)


class Pages:
    """`base_url` is where the site will stand (None: unknown); `live` when the server shows the pages."""

    def __init__(
        self, store: Store, *, base_url: str | None = None, live: bool = False, searchable: bool = False
    ) -> None:
        self.store = store
        self.searchable = searchable  # whether the static site gets its search page
        self.base_url = base_url.rstrip("/") + "/" if base_url else None
        self.live = live
        self.book: ClaimBook | None = None  # every claim in short, where all of them are built
        self._held: dict[str, tuple[tuple[str, str, str], ...]] = {}  # the current texts of a source
        self._report: Report | None = None  # of the article asked for last
        self._decided: dict[str, tuple[ClaimRow, ...]] = {}  # some claims that a source decided, by its id
        self._near: tuple[str, tuple[StoredClaim, ...]] | None = None  # of the article asked for last

        self._tables: dict[str, bytes] = {}  # of the pictures of the pages made since they were taken

    # ------------------------------------------------------------------ what there is

    @cached_property
    def sources(self) -> dict[str, Source]:
        return {source.id: source for source in self.store.iter_sources()}

    @cached_property
    def articles(self) -> dict[str, ArticleSummary]:
        return {article.id: article for article in self.store.iter_articles()}

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that a source or a claim here has, in the registry's order."""
        from sources.registry import read_topics

        used = {topic for source in self.sources.values() for topic in source.topics}
        return tuple(Topic(id=t.id, title=t.title, meaning=t.meaning) for t in read_topics() if t.id in used)

    @cached_property
    def changed(self) -> str:
        moment = self.store.last_changed()
        return format_time(moment) if moment is not None else ""

    @cached_property
    def ground(self) -> str:
        return self.store.ground()

    def iter_claims(self, **filters: str | None) -> Iterator[StoredClaim]:
        """All claims that fit, by article and place."""
        after: str | None = None
        while True:
            page = self.store.list_claims(limit=200, after=after, **filters)
            yield from page.items
            after = page.next
            if after is None:
                return

    def iter_rows(self, *, source: str | None = None, topic: str | None = None) -> Iterator[ClaimRow]:
        """The claims of a source or topic as they stand in a list."""
        if self.book is not None:
            yield from (one.row for one in self.book.find(source=source, topic=topic))
        else:
            yield from (self.make_row(claim) for claim in self.iter_claims(source=source, topic=topic))

    def make_row(self, claim: StoredClaim) -> ClaimRow:
        checked = claim.checked
        view = views.make_claim(checked, 1, self.sources)
        named = view.deciding or (view.evidence[0] if view.evidence else None)
        moment = claim.history[-1].recorded_at if claim.history else claim.article.saved_at
        return ClaimRow(
            id=checked.claim.id,
            text=checked.claim.sentence.exact,
            badge=view.badge,
            article_id=claim.article.id,
            article_title=article_name(claim.article),
            source_title=named.source.title if named is not None else "",
            recorded_at=format_time(moment),
        )

    # ------------------------------------------------------------------ one page by its address

    def find(self, path: str) -> tuple[bytes, str] | None:
        """The content and media type of claims/ID.html, sources/ID.json and their like; None where there
        is none."""
        match = _ADDRESS.fullmatch(path)
        if match is None:
            return self._find_table(path)
        folder, identifier, ending = match.groups()
        try:
            if ending == "json":
                return self._find_json(folder, identifier)
            makers: dict[str, Callable[[str], bytes]] = {
                "claims": self.claim, "sources": self.source, "articles": self.article, "topics": self.topic,
            }  # fmt: skip
            return makers[folder](identifier), "text/html; charset=utf-8"
        except NotFoundError:
            return None

    def take_tables(self) -> dict[str, bytes]:
        """The CSV files of the pictures on the pages made since the last call, by address."""
        taken, self._tables = self._tables, {}
        return taken

    def _find_table(self, path: str) -> tuple[bytes, str] | None:
        match = _TABLE.fullmatch(path)
        if match is None or self.find(f"{match[1]}/{match[2]}.html") is None:
            return None
        content = self.take_tables().get(path)
        return (content, "text/csv; charset=utf-8") if content is not None else None

    def keep_pictures(self, folder: str, page: str, drawn: Iterable[Picture | None]) -> list[Picture]:
        """The pictures that there are, each naming the file of its table, which is kept to be taken."""
        named = []
        for picture in drawn:
            if picture is not None:
                name = f"{page}.{picture.id}.csv"
                self._tables[f"{folder}/{name}" if folder else name] = write_csv(picture.header, picture.rows)
                named.append(replace(picture, csv=name))
        return named

    def _find_json(self, folder: str, identifier: str) -> tuple[bytes, str] | None:
        makers: dict[str, Callable[[str], bytes]] = {
            "claims": self.claim_json, "sources": self.source_json, "articles": self.article_json,
        }  # fmt: skip
        maker = makers.get(folder)
        return (maker(identifier), "application/json") if maker is not None else None

    def claim(self, claim_id: str, stored: StoredClaim | None = None) -> bytes:
        claim = stored if stored is not None else self.store.load_claim(claim_id)
        view = views.make_claim(claim.checked, 1, self.sources)
        article = claim.article
        link = fragment_url(article.url, claim.checked.claim.sentence) or safe_url(article.url)
        last = claim.history[-1] if claim.history else None
        page_url = f"{self.base_url}claims/{view.id}.html" if self.base_url else None
        moment = last.recorded_at if last is not None else article.saved_at
        short = self.book.shorts.get(claim_id) if self.book is not None else None
        row = short.row if short is not None else self.make_row(claim)
        context = {
            "claim": view,
            "article": article,
            "article_name": article_name(article),
            "article_host": words.host_of(safe_url(article.url)),
            "article_link": link,
            "current": claim.current,
            "checker": last.checker if last is not None else article.checker,
            "ground": last.ground if last is not None else article.ground,
            "decided": format_time(moment),
            "history": [
                {
                    "at": format_time(record.recorded_at),
                    "badge": views.make_badge(record.verdict),
                    "explanation": record.verdict.explanation,
                    "ground": record.ground,
                    "checker": record.checker,
                }
                for record in reversed(claim.history)
            ],
            "versions": self._versions(view),
            "related": self._related(claim),
            "neighbours": self._neighbours(claim),
            "tags": embeds.claim_meta(row, page_url),
            "structured": embeds.make_claim_review(
                row,
                view.explanation,
                view.confirmed_by,
                page_url,
                (article_name(article), article.url, article.published),
            ),
            "oembed": f"{self.base_url}embed/{view.id}.json" if self.base_url else None,
            "citation": claim_citation(view, article_name(article), moment, page_url),
            "bibtex": claim_bibtex(view, article_name(article), moment, page_url),
        }
        return self._render("claim.html", f"claims/{view.id}.html", context)

    def _versions(self, view: views.ClaimView) -> list[tuple[str, str, str]]:
        """(source title, sha256, day) of the texts that the deciding evidence was read from."""
        rows: list[tuple[str, str, str]] = []
        for source_id in dict.fromkeys(e.source.id for e in view.evidence if e.exact and e.source.id):
            if source_id not in self._held:
                self._held[source_id] = tuple(
                    (self.sources[source_id].title, v.sha256, format_time(v.added_at)[:10])
                    for v in self.store.load_source_versions(source_id)
                    if v.current
                )
            rows += self._held[source_id]
        return rows

    def _related(self, claim: StoredClaim) -> list[ClaimRow]:
        """Other claims that the same source decided."""
        if self.book is not None:
            return [one.row for one in self.book.related(claim.checked.claim.id)]
        deciding = find_deciding(claim)
        if not deciding:
            return []
        if deciding[0] not in self._decided:
            self._decided[deciding[0]] = tuple(
                self.make_row(other)
                for label in ("contested", "supported")
                for other in self.store.list_claims(source=deciding[0], label=label, limit=20).items
                if deciding[0] in find_deciding(other)
            )
        own = claim.checked.claim.id
        return [row for row in self._decided[deciding[0]] if row.id != own][:_RELATED]

    def _neighbours(self, claim: StoredClaim) -> list[ClaimRow]:
        """The claims before and after it in its article."""
        if self.book is not None:
            return [one.row for one in self.book.neighbours(claim.checked.claim.id)]
        article = claim.article.id
        if self._near is None or self._near[0] != article:
            self._near = (article, tuple(self.iter_claims(article=article)))
        listed = self._near[1]
        ids = [other.checked.claim.id for other in listed]
        if claim.checked.claim.id not in ids:
            return []
        at = ids.index(claim.checked.claim.id)
        return [self.make_row(listed[i]) for i in (at - 1, at + 1) if 0 <= i < len(listed)]

    def source(self, source_id: str) -> bytes:
        source = self.sources.get(source_id) or self.store.load_source(source_id)
        claims: dict[str, list[ClaimRow]] = {key: [] for key in words.LABEL_WORDS}
        for row in self.iter_rows(source=source_id):
            claims[row.badge.key].append(row)
        context = {
            "source": source,
            "byline": words.describe_source(source),
            "url": source_url(source.url, source.doi, source.arxiv),
            "host": words.host_of(source_url(source.url, source.doi, source.arxiv)),
            "doi_url": source_url(None, source.doi),
            "arxiv_url": source_url(None, None, source.arxiv),
            "status": words.STATUS_WORDS[source.status.value],
            "held": words.TEXT_WORDS.get(source.text_status or "", ""),
            "versions": [
                {"sha256": v.sha256, "day": format_time(v.added_at)[:10], "media_type": v.media_type,
                 "size": v.size_bytes, "current": v.current, "readable": v.readable}
                for v in self.store.load_source_versions(source_id)
            ],
            "findings": [views.make_finding(finding) for finding in source.findings],
            "disputed": self.keep_pictures("sources", source_id, self._draw_disputed(source, bool(claims["contested"]))),
            "pictures": self.keep_pictures("sources", source_id, (*pictures.picture_versions(source), *pictures.picture_intervals(source), *pictures.picture_properties([source], alone=True))),
            "disputes": views.make_disputes(source, self.sources),
            "claims": {key: rows for key, rows in claims.items() if rows},
            "claim_count": sum(len(rows) for rows in claims.values()),
            "source_topics": [topic for topic in self.topics if topic.id in source.topics],
            "history": [source_views.make_version(version, source) for version in source.versions],
            "tags": embeds.source_meta(source),
            "feeds": self._feeds(f"feeds/sources/{source_id}", source.title),
            "origin": source_views.make_origin(source, self.sources),
            "articles": self._leaning(source_id),
            "captures": [source_views.make_capture(capture) for capture in self.store.load_captures(source_id)],
            "citation": cite_in_prose(source),
            "formats": [
                ("BibTeX", cite_as_bibtex(source)), ("RIS", cite_as_ris(source).replace("\r\n", "\n")),
                ("CSL-JSON", dumps([cite_as_csl(source)], indent=True).decode()),
            ],
        }  # fmt: skip
        return self._render("source.html", f"sources/{source_id}.html", context)

    def _leaning(self, source_id: str) -> list[dict[str, Any]]:
        if self.book is None:
            return list_leaning(self.store, source_id)
        rows = self.iter_rows(source=source_id)
        return group_leaning((self.articles[row.article_id], row.id) for row in rows)

    def _load_article(self, article_id: str) -> Report:
        if self._report is None or self._report.document.id != article_id:
            self._report = self.store.load_article(article_id)
        return self._report

    def _draw_disputed(self, source: Source, contested: bool) -> tuple[Picture, ...]:
        """Among the first claims of each label that lean on it; a source without a contested one has none."""
        if not contested:
            return ()
        leaning = [
            claim
            for label in ("contested", "supported")
            for claim in self.store.list_claims(source=source.id, label=label, limit=_DRAWN).items
        ]
        return pictures.picture_disputed(source, leaning)

    def article(self, article_id: str) -> bytes:
        summary = self.articles.get(article_id)
        if summary is None:
            raise NotFoundError(f"no article {article_id} in the knowledge base", id=article_id)
        report = self._load_article(article_id)
        context = {
            "article": summary,
            "name": article_name(summary),
            "authors": words.join_authors(report.document.authors),
            "host": words.host_of(safe_url(summary.url)),
            "page_link": safe_url(summary.url),
            **self.report_context(report, whole=False),
            "pictures": self.keep_pictures("articles", article_id, [pictures.picture_counts(summary.counts)]),
        }
        return self._render("article.html", f"articles/{article_id}.html", context)

    def report_context(self, report: Report, *, whole: bool) -> dict[str, Any]:
        """What the annotated text needs, for a stored article or a draft that was just checked."""
        known = {**{source.id: source for source in report.sources}, **self.sources}
        passages = views.make_passages(report, known, whole=whole)
        counts = _count(report)
        return {
            "passages": passages,
            "claims": [claim for passage in passages for claim in passage.claims],
            "counts": counts,
            "summary": words.summarize_counts(counts),
            "bar": make_bar(counts),
            "issues": report.issues,
            "whole": whole,
        }

    def topic(self, topic_id: str) -> bytes:
        topic = next((one for one in self.topics if one.id == topic_id), None)
        if topic is None:
            raise NotFoundError(f"no topic {topic_id} in the knowledge base", id=topic_id)
        holders = [source for source in self.sources.values() if topic_id in source.topics]
        claims: dict[str, list[ClaimRow]] = {key: [] for key in words.LABEL_WORDS}
        for row in self.iter_rows(topic=topic_id):
            claims[row.badge.key].append(row)
        figures = [
            (finding, views.make_finding(finding), source)
            for source in sorted(holders, key=lambda one: (one.published or "", one.id), reverse=True)
            for finding in source.findings
            if finding.quantities
        ]
        context = {
            "topic": topic,
            "feeds": self._feeds(f"feeds/topics/{topic_id}", topic.title),
            "pictures": self.keep_pictures(
                "topics", topic_id, pictures.picture_properties(holders, alone=False)
            ),
            "figures": figures,
            "sources": sorted(holders, key=lambda one: (one.published or "", one.id), reverse=True),
            "claims": {key: rows for key, rows in claims.items() if rows},
            "claim_count": sum(len(rows) for rows in claims.values()),
        }
        return self._render("topic.html", f"topics/{topic_id}.html", context)

    # ------------------------------------------------------------------ JSON beside the pages

    def claim_json(self, claim_id: str, stored: StoredClaim | None = None) -> bytes:
        claim = stored if stored is not None else self.store.load_claim(claim_id)
        return dumps(claim_to_json(claim, self.sources.values()), indent=True)

    def source_json(self, source_id: str) -> bytes:
        source = self.sources.get(source_id) or self.store.load_source(source_id)
        leaning = self._leaning(source_id)
        return dumps(load_source_json(self.store, source, self.sources.values(), leaning), indent=True)

    def article_json(self, article_id: str) -> bytes:
        return dumps(
            article_to_json(self._load_article(article_id), self.articles.get(article_id)), indent=True
        )

    # ------------------------------------------------------------------ lists and fixed pages

    def claim_list(self, rows: list[ClaimRow], number: int, total_rows: int, counts: dict[str, int]) -> bytes:
        """Page `number` (from 1) of the list of claims; `rows` are its own."""
        last = max(1, -(-total_rows // PER_PAGE))
        context = {
            "rows": rows,
            "number": number,
            "last": last,
            "previous_page": claim_list_name(number - 1) if number > 1 else None,
            "next_page": claim_list_name(number + 1) if number < last else None,
            "summary": words.summarize_counts(counts) if number == 1 else "",
            "bar": make_bar(counts) if number == 1 else (),
            "labels": words.LABEL_MEANINGS,
            "label_words": words.LABEL_WORDS,
        }
        return self._render("claims.html", f"claims/{claim_list_name(number)}", context)

    def source_list(self, uses: dict[str, int]) -> bytes:
        groups: dict[str, list[Source]] = {}
        for source in sorted(self.sources.values(), key=lambda s: (s.publisher or "~", s.title)):
            groups.setdefault(source.publisher or "Other publishers", []).append(source)
        return self._render("sources.html", "sources/index.html", {"groups": groups, "uses": uses})

    def article_list(self) -> bytes:
        listed = [
            {
                "article": article,
                "name": article_name(article),
                "host": words.host_of(safe_url(article.url)),
                "summary": words.summarize_counts(article.counts),
                "bar": make_bar(article.counts),
            }
            for article in sorted(self.articles.values(), key=lambda one: (article_name(one).lower(), one.id))
        ]
        return self._render("articles.html", "articles/index.html", {"listed": listed})

    def topic_list(self, uses: dict[str, int]) -> bytes:
        sources = {t.id: sum(t.id in s.topics for s in self.sources.values()) for t in self.topics}
        context = {
            "uses": uses,
            "source_counts": sources,
            "pictures": self.keep_pictures("topics", "index", [self.draw_topics()]),
        }
        return self._render("topics.html", "topics/index.html", context)

    def draw_topics(self) -> Picture | None:
        """Labels by topic."""
        return pictures.picture_topics(
            [
                (topic.title, Counter(row.badge.key for row in self.iter_rows(topic=topic.id)))
                for topic in self.topics
            ]
        )

    def home(self, latest: list[ClaimRow], counts: dict[str, int], topic_uses: dict[str, int]) -> bytes:
        context = {
            "latest": latest,
            "counts": counts,
            "bar": make_bar(counts),
            "source_count": len(self.sources),
            "article_count": len(self.articles),
            "finding_count": sum(len(source.findings) for source in self.sources.values()),
            "searchable": self.searchable,
            "uses": topic_uses,
        }
        return self._render("home.html", "index.html", context)

    def methodology(self) -> bytes:
        groups: dict[str, list[Any]] = {}
        for reason in REASONS.values():
            groups.setdefault(reason.label.value, []).append(reason)
        context = {
            "groups": {key: groups[key] for key in ("supported", "contested", "unsourced")},
            "label_words": words.LABEL_WORDS,
            "label_meanings": words.LABEL_MEANINGS,
            "rates": read_measured(),
        }
        return self._render("methodology.html", "methodology.html", context)

    def not_found(self) -> bytes:
        """Shown under any address, so its links are absolute where the site's address is known."""
        return self._render("404.html", "404.html", {}, root=self.base_url or "")

    def search(self) -> bytes:
        context = {
            "examples": ("25%", "one in four", "evaluation awareness"),
            "badges": [views.label_badge(key) for key in words.LABEL_WORDS],
        }
        return self._render("search_site.html", "search/index.html", context)

    def _feeds(self, path: str, title: str) -> tuple[tuple[str, str], ...]:
        """(title, address without ending) of a page's own feeds; the server has none."""
        return () if self.live else ((f"Verdicts: {shorten(title, 60)}", path),)

    def embed(self, row: ClaimRow, explanation: str) -> bytes:
        context = {"row": row, "explanation": explanation, "embed_policy": EMBED_META_POLICY}
        canonical = f"{self.base_url}claims/{row.id}.html" if self.base_url else None
        return self._render("embed.html", f"embed/{row.id}.html", {**context, "canonical": canonical})

    def page(self, template: str, path: str, context: dict[str, Any]) -> bytes:
        """A page of the server's own in the site's dress."""
        return self._render(template, path, context)

    def _render(self, template: str, path: str, context: dict[str, Any], root: str | None = None) -> bytes:
        # The state of the whole stands where the whole is shown: on every page it would change them all.
        stamped = self.live or path in _STAMPED
        return render(
            template,
            {
                "root": "../" * path.count("/") if root is None else root,
                "path": path,
                "canonical": f"{self.base_url}{path}" if self.base_url else None,
                "changed": self.changed if stamped else "",
                "ground": self.ground if stamped else "",
                "live": self.live,
                "nav": _LIVE_NAV if self.live else (_SEARCH, *_NAV) if self.searchable else _NAV,
                "topics": self.topics,
                "feeds": (),
                "tags": (),
                "structured": "",
                "oembed": None,
                **context,
            },
        )


def find_deciding(claim: StoredClaim) -> list[str]:
    verdict = claim.checked.verdict
    return [evidence.source_id for evidence in claim.checked.evidence if evidence.id in verdict.evidence_ids]


def claim_list_name(number: int) -> str:
    return "index.html" if number == 1 else f"page-{number}.html"


def make_bar(counts: dict[str, int]) -> list[tuple[str, float, float]]:
    """(label's key, start, width) of the stretches of a bar 100 wide."""
    total = counts["claims"]
    start = 0.0
    stretches = []
    for key in words.LABEL_WORDS:
        width = round(100 * counts.get(key, 0) / total, 3) if total else 0.0
        if width:
            stretches.append((key, round(start, 3), width))
            start += width
    return stretches


def page_title(text: str) -> str:
    return shorten(text, 70)


def content_hash(content: bytes) -> str:
    return hash_bytes(content)[:16]


def _count(report: Report) -> dict[str, int]:
    from kb.types import count_labels

    return count_labels(report.claims)
