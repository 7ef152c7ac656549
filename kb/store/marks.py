"""What changed, cheaply: one short mark for every claim, article and source, without reading any of them.

Owns what a mark stands for: two equal marks mean that a page about the thing would be the same. Refuses to
know pages.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from kb.ids import hash_bytes
from kb.store import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMark:
    """A claim as its article makes it now. `mark` covers the claim, its verdicts and their evidence;
    `number` is that of its latest verdict in the log; `linked` are the sources that it cites, names or is decided by,
    `sources` those and all that were weighed, sorted."""

    id: str
    article_id: str
    mark: str
    number: int
    recorded_at: str
    linked: tuple[str, ...]
    sources: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """`claims` stand in the order of articles and places; `heads` are marks of what a claim's page says of its
    article, `articles` of all of it."""

    claims: tuple[ClaimMark, ...]
    heads: dict[str, str]
    articles: dict[str, str]
    sources: dict[str, str]


def load_marks(connection: Connection) -> Marks:
    sources = _collect_sources(connection)
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for claim_id, topic in connection.execute(
        select(schema.claim_topics.c.claim_id, schema.claim_topics.c.topic).order_by(
            schema.claim_topics.c.claim_id, schema.claim_topics.c.topic
        )
    ):
        topics[claim_id].append(topic)
    table, places, log = schema.claims, schema.run_claims, schema.verdicts
    last = select(log.c.claim_id, func.max(log.c.number).label("number")).group_by(log.c.claim_id).subquery()
    chosen = connection.execute(
        select(
            table.c.id, table.c.article_id, places.c.body_sha256, places.c.verdict_number,
            log.c.number, log.c.recorded_at, log.c.sha256,
        )
        .join(places, (places.c.run_id == table.c.run_id) & (places.c.position == table.c.position))
        .join(last, last.c.claim_id == table.c.id)
        .join(log, log.c.number == last.c.number)
        .where(table.c.current.is_(True))
        .order_by(table.c.article_id, table.c.position)
    )  # fmt: skip
    claims = tuple(
        ClaimMark(
            id=row.id,
            article_id=row.article_id,
            mark=_hash(row.body_sha256, row.verdict_number, row.sha256),
            number=row.number,
            recorded_at=row.recorded_at,
            linked=tuple(sorted(sources.get(row.id, ()))),
            sources=tuple(sorted(sources.get(row.id, set()) | sources.get(row.verdict_number, set()))),
            topics=tuple(topics.get(row.id, ())),
        )
        for row in chosen
    )
    listed = connection.execute(select(schema.articles).order_by(schema.articles.c.id)).all()
    return Marks(
        claims=claims,
        heads={row.id: _hash(row.id, row.name, row.url, row.title, row.published) for row in listed},
        articles={row.id: _hash(*row) for row in listed},
        sources=_mark_sources(connection),
    )


def _collect_sources(connection: Connection) -> dict[str | int, set[str]]:
    """Sources by claim id (cited and named) and by number of a verdict (weighed)."""
    found: dict[str | int, set[str]] = {}
    sides, weighed = schema.claim_sources, schema.evidence
    for claim_id, source_id in connection.execute(select(sides.c.claim_id, sides.c.source_id)):
        found.setdefault(claim_id, set()).add(source_id)
    for number, source_id in connection.execute(select(weighed.c.verdict_number, weighed.c.source_id)):
        found.setdefault(number, set()).add(source_id)
    return found


def _mark_sources(connection: Connection) -> dict[str, str]:
    table, versions, captures = schema.sources, schema.source_versions, schema.captures
    held: defaultdict[str, list[str]] = defaultdict(list)
    chosen = connection.execute(select(versions).order_by(versions.c.id))
    for row in chosen:
        held[row.source_id].append(_hash(*row))
    fetched = connection.execute(select(captures.c.source_id, captures.c.number).order_by(captures.c.number))
    for source_id, number in fetched:
        held[source_id].append(f"fetched {number}")
    return {
        row.id: _hash(*row, *held.get(row.id, ()))
        for row in connection.execute(select(table).order_by(table.c.id))
    }


def _hash(*parts: object) -> str:
    return hash_bytes("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"))[:20]
