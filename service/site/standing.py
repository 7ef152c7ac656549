"""The pages that stand alone: statistics, changes, the API and embedding, about. Each from the store's counts.

Owns what they show; how they look is the templates' business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.reasons import REASONS
from kb.store import VerdictChange
from service.schemas import format_time
from service.site import pictures, words
from service.site.measured import read_measured
from service.site.pages import Pages

_CHANGES_SHOWN = 200
_READ_AT_ONCE = 1000
STANDING = ("statistics.html", "changes.html", "api.html", "about.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A verdict that isn't what the one before it was. `former` is "" for a claim's first."""

    claim_id: str
    sentence: str
    key: str
    word: str
    title: str
    former_key: str
    former_word: str
    former_title: str
    at: str


def make_standing(pages: Pages) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every page that stands alone."""
    yield "statistics.html", make_statistics(pages)
    yield "changes.html", make_changes(pages)
    yield "api.html", pages.page("api.html", "api.html", {"base_url": pages.base_url or ""})
    yield "about.html", pages.page("about.html", "about.html", {})


def make_statistics(pages: Pages) -> bytes:
    counts: Counter[str] = Counter()
    for article in pages.articles.values():
        counts.update(article.counts)
    reasons = Counter(
        (row.badge.key, row.badge.reason, row.badge.title) for row in pages.iter_rows() if row.badge.reason
    )
    head = pages.store.chain_head()
    kinds = Counter(source.kind for source in pages.sources.values())
    order = {code: place for place, code in enumerate(REASONS)}
    context = {
        "counts": dict(counts),
        "label_words": words.LABEL_WORDS,
        "source_count": len(pages.sources),
        "primary_count": sum(source.tier.value == "primary" for source in pages.sources.values()),
        "finding_count": sum(len(source.findings) for source in pages.sources.values()),
        "article_count": len(pages.articles),
        "kinds": sorted(((str(kind).replace("_", " "), count) for kind, count in kinds.items()), key=lambda pair: (-pair[1], pair[0])),
        "reasons": sorted(reasons.items(), key=lambda pair: (-pair[1], order.get(pair[0][1], len(order)))),
        "pictures": pages.keep_pictures(
            "", "statistics", [pictures.picture_counts(counts) if counts["claims"] else None, pages.draw_topics()]
        ),
        "rates": read_measured(),
        "head": head if head.number else None,
    }  # fmt: skip
    return pages.page("statistics.html", "statistics.html", context)


def make_changes(pages: Pages) -> bytes:
    """The verdicts that changed, latest first, and how many were recorded."""
    total, shown = 0, []
    after = 0
    while True:
        rows = pages.store.list_changes(after=after, limit=_READ_AT_ONCE)
        if not rows:
            break
        total += len(rows)
        shown += [row for row in rows if _is_changed(row)]
        shown = shown[-_CHANGES_SHOWN:]
        after = rows[-1].number
    context = {
        "changes": [_make_change(row) for row in reversed(shown)],
        "total": total,
    }
    return pages.page("changes.html", "changes.html", context)


def _is_changed(row: VerdictChange) -> bool:
    return row.former_reason is not None and (row.label, row.reason) != (row.former_label, row.former_reason)


def _make_change(row: VerdictChange) -> ChangeRow:
    key, former = row.label or words.NOT_CHECKED, row.former_label or words.NOT_CHECKED
    return ChangeRow(
        claim_id=row.claim_id,
        sentence=row.sentence,
        key=key,
        word=words.LABEL_WORDS[key],
        title=words.reason_title(row.reason),
        former_key=former,
        former_word=words.LABEL_WORDS[former],
        former_title=words.reason_title(row.former_reason or ""),
        at=format_time(row.recorded_at),
    )
