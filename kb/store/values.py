"""The values that the store hands out besides those of kb.types; knows no SQL and imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.types import CheckedClaim, Evidence, Source, Verdict

NOT_CHECKED = "not_checked"  # stands for a label of None in filters, facets and counts


class Change(StrEnum):
    """What a save did. UPDATED: the metadata, the reading of the same bytes, or the verdicts changed."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    NEW_VERSION = "new_version"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVersion:
    """One set of bytes that a source was read from; exactly one of a source's versions is current.
    `readable` is False where the bytes are held but no text could be read from them."""

    sha256: str
    media_type: str
    added_at: datetime
    current: bool
    readable: bool
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetch of one address of a source: `asked` is what was asked for, `url` where the bytes came from
    after redirects, `status` the HTTP status where there was one, `sha256` of the bytes that came. What
    failed has no sha256, and says why in `problem`."""

    source_id: str
    asked: str
    fetched_at: datetime
    url: str | None = None
    status: int | None = None
    media_type: str | None = None
    sha256: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRevision:
    """What was once said about a source: `stated` as given by `origin`, `source` as it then stood."""

    number: int
    origin: str
    stated: Source
    source: Source
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """An article without its text. `counts` are those of kb.types.count_labels; `saved_at` is when what is
    shown now was saved."""

    id: str
    name: str
    url: str | None
    title: str | None
    published: str | None
    sha256: str
    counts: dict[str, int]
    checker: str
    ground: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """One row of the verdict log. `sha256` chains it to the row before it (kb.store.chain)."""

    number: int
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    ground: str
    checker: str
    document_sha256: str
    recorded_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """A row of the verdict log as news: what a claim's verdict became, and what it was before (None where it
    is the first, or where it was not checked)."""

    number: int
    claim_id: str
    article_id: str
    sentence: str
    label: str | None
    reason: str
    former_label: str | None
    former_reason: str | None
    recorded_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClaim:
    """A claim of a stored article with the verdict shown now. `current` is False where the article's
    current version no longer makes it. `history` (oldest first) is filled by load_claim only."""

    checked: CheckedClaim
    article: ArticleSummary
    current: bool = True
    history: tuple[VerdictRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Counts of claims by label, reason and kind; each counts as if its own filter weren't set, so that
    the other choices can be shown beside it. A claim that wasn't checked has the label "not_checked"."""

    label: dict[str, int]
    reason: dict[str, int]
    kind: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """One page of claims, by article and position. `next` is the opaque cursor of the page after it."""

    items: tuple[StoredClaim, ...]
    next: str | None
    total: int
    facets: Facets


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The last row of the verdict log: published outside, it shows a log that was cut short."""

    number: int
    sha256: str
