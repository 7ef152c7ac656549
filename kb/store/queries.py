"""Asking for claims: filters, pages with an opaque cursor, counts for the choices beside them; writes
nothing."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from kb.errors import NotFoundError
from kb.store import rows, schema
from kb.store.articles import load_checked, load_summaries, select_run_claims
from kb.store.chain import load_histories, load_history
from kb.store.values import NOT_CHECKED, ClaimPage, Facets, StoredClaim
from kb.text import fold_text

_MAX_LIMIT = 10_000
_MAX_WORDS = 100
_MAX_TEXT = 10_000  # characters; SQLite refuses a LIKE pattern over 50,000 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFilter:
    """What claims are asked for; None leaves a field open. `label` "not_checked" means the claims without
    a label. `text` wants each of its words, and each phrase in quotation marks, somewhere in the sentence,
    the measured thing or the speaker."""

    label: str | None = None
    reason: str | None = None
    kind: str | None = None
    source: str | None = None
    article: str | None = None
    topic: str | None = None
    text: str | None = None


def list_claims(connection: Connection, wanted: ClaimFilter, *, limit: int, after: str | None) -> ClaimPage:
    """Claims of articles as they are shown now, by article id and position."""
    if not 1 <= limit <= _MAX_LIMIT:
        raise ValueError(f"a page of claims wants a limit from 1 to {_MAX_LIMIT}, found {limit}")
    table = schema.claims
    outer = _outer_conditions(wanted)
    conditions = [*outer, *_inner_conditions(wanted)]
    if after is not None:
        conditions.append(tuple_(table.c.article_id, table.c.position) > tuple_(*read_cursor(after)))
    chosen = connection.execute(
        select(table.c.id, table.c.article_id, table.c.position)
        .where(*conditions)
        .order_by(table.c.article_id, table.c.position)
        .limit(limit + 1)
    ).all()
    page = chosen[:limit]
    last = page[-1] if len(chosen) > limit else None
    total, facets = _count(connection, outer, wanted)
    return ClaimPage(
        items=_load_claims(connection, page),
        next=None if last is None else write_cursor(last.article_id, last.position),
        total=total,
        facets=facets,
    )


def load_claim(connection: Connection, claim_id: str) -> StoredClaim:
    """A claim with its whole history, also one that its article no longer makes."""
    table = schema.claims
    row = connection.execute(
        select(table.c.id, table.c.article_id, table.c.current).where(table.c.id == claim_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"no claim {claim_id} in the knowledge base", id=claim_id)
    (stored,) = _load_claims(connection, [row])
    return StoredClaim(
        checked=stored.checked,
        article=stored.article,
        current=bool(row.current),
        history=load_history(connection, claim_id),
    )


def load_claims(connection: Connection, ids: Sequence[str]) -> tuple[StoredClaim, ...]:
    """Claims that articles make now, each with its whole history, in the order of `ids`; an unknown id is
    left out."""
    table = schema.claims
    places = [
        row
        for part in rows.chunks(ids)
        for row in connection.execute(
            select(table.c.id, table.c.article_id, table.c.position).where(
                table.c.id.in_(part), table.c.current.is_(True)
            )
        )
    ]
    histories = load_histories(connection, ids)
    found = {
        stored.checked.claim.id: dataclasses.replace(stored, history=histories[stored.checked.claim.id])
        for stored in _load_claims(connection, places)
    }
    return tuple(found[one] for one in ids if one in found)


def _load_claims(connection: Connection, page: Any) -> tuple[StoredClaim, ...]:
    articles = load_summaries(connection, sorted({row.article_id for row in page}))
    table, places = schema.claims, schema.run_claims
    last_made = select_run_claims().join(
        table, (table.c.run_id == places.c.run_id) & (table.c.position == places.c.position)
    )
    checked = {}
    for part in rows.chunks(page):
        chosen = last_made.where(table.c.id.in_([row.id for row in part]))
        for claim in load_checked(connection, chosen):
            checked[claim.claim.id] = claim
    return tuple(StoredClaim(checked=checked[row.id], article=articles[row.article_id]) for row in page)


# --------------------------------------------------------------------------- conditions and counts


def _outer_conditions(wanted: ClaimFilter) -> list[ColumnElement[bool]]:
    """Those that the counts keep, whatever is chosen among label, reason and kind."""
    table = schema.claims
    narrow = wanted.article is not None or wanted.source is not None or wanted.topic is not None
    # Said as "is not false", it keeps SQLite from walking an index of all current claims where another
    # condition leads to a few.
    now = table.c.current.is_not(False) if narrow else table.c.current.is_(True)
    conditions: list[ColumnElement[bool]] = [now]
    if wanted.article is not None:
        conditions.append(table.c.article_id == wanted.article)
    if wanted.source is not None:
        side = schema.claim_sources
        conditions.append(table.c.id.in_(select(side.c.claim_id).where(side.c.source_id == wanted.source)))
    if wanted.topic is not None:
        topics = schema.claim_topics
        conditions.append(table.c.id.in_(select(topics.c.claim_id).where(topics.c.topic == wanted.topic)))
    if wanted.text is not None:
        if len(wanted.text) > _MAX_TEXT:
            raise ValueError(f"a search takes up to {_MAX_TEXT} characters, found {len(wanted.text)}")
        words = find_words(wanted.text)
        if len(words) > _MAX_WORDS:
            raise ValueError(f"a search takes up to {_MAX_WORDS} words, found {len(words)}")
        conditions.extend(table.c.folded.contains(word, autoescape=True) for word in words)
    return conditions


def find_words(text: str) -> list[str]:
    """What a search asks for, folded: its words, and phrases in quotation marks as they stand."""
    found = re.findall(r'"([^"]*)"|([^\s"]+)', fold_text(text))
    return list(dict.fromkeys(filter(None, ((phrase or word).strip() for phrase, word in found))))


def _inner_conditions(wanted: ClaimFilter) -> list[ColumnElement[bool]]:
    table = schema.claims
    conditions: list[ColumnElement[bool]] = []
    if wanted.label == NOT_CHECKED:
        conditions.append(table.c.label.is_(None))
    elif wanted.label is not None:
        conditions.append(table.c.label == wanted.label)
    if wanted.reason is not None:
        conditions.append(table.c.reason == wanted.reason)
    if wanted.kind is not None:
        conditions.append(table.c.kind == wanted.kind)
    return conditions


def _count(
    connection: Connection, outer: list[ColumnElement[bool]], wanted: ClaimFilter
) -> tuple[int, Facets]:
    """All counts from one pass: each facet counts under the other two choices."""
    table = schema.claims
    groups = connection.execute(
        select(table.c.label, table.c.reason, table.c.kind, func.count())
        .where(*outer)
        .group_by(table.c.label, table.c.reason, table.c.kind)
    ).all()
    label, reason, kind = Counter[str](), Counter[str](), Counter[str]()
    total = 0
    for stored, code, sort, count in groups:
        mark = NOT_CHECKED if stored is None else stored
        fits = (wanted.label in (None, mark), wanted.reason in (None, code), wanted.kind in (None, sort))
        if fits[1] and fits[2]:
            label[mark] += count
        if fits[0] and fits[2]:
            reason[code] += count
        if fits[0] and fits[1]:
            kind[sort] += count
        if all(fits):
            total += count
    return total, Facets(label=_sort(label), reason=_sort(reason), kind=_sort(kind))


def _sort(counts: Counter[str]) -> dict[str, int]:
    """Largest first, then by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


# --------------------------------------------------------------------------- cursors


def write_cursor(article_id: str, position: int) -> str:
    text = json.dumps([article_id, position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, int]:
    """The place after which a page begins; ValueError for what isn't a cursor of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    match place:
        case [str(article_id), int(position)] if -(2**63) <= position < 2**63:
            return article_id, position
    raise ValueError("the cursor isn't one that a page of claims gave; start without one")
