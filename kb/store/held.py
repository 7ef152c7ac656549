"""Loading sources, their versions and passages, inside a transaction that the caller holds; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from kb.errors import NotFoundError
from kb.ids import hash_parts
from kb.store import rows, schema
from kb.store.values import SourceRevision, SourceVersion
from kb.types import Document, Passage, Source


def load_source(connection: Connection, source_id: str) -> Source:
    body = connection.scalar(
        select(schema.bodies.c.body)
        .join(schema.sources, schema.sources.c.body_sha256 == schema.bodies.c.sha256)
        .where(schema.sources.c.id == source_id)
    )
    if body is None:
        raise _unknown(source_id)
    return rows.decode(Source, body, f"source {source_id}")


def iter_sources(connection: Connection) -> Iterator[Source]:
    chosen = (
        select(schema.sources.c.id, schema.bodies.c.body)
        .join(schema.bodies, schema.sources.c.body_sha256 == schema.bodies.c.sha256)
        .order_by(schema.sources.c.id)
    )
    for source_id, body in connection.execute(chosen):
        yield rows.decode(Source, body, f"source {source_id}")


def load_source_versions(connection: Connection, source_id: str) -> tuple[SourceVersion, ...]:
    """Oldest first."""
    current = _load_current(connection, source_id)
    table = schema.source_versions
    chosen = (
        select(table, schema.raws.c.size_bytes)
        .join(schema.raws, schema.raws.c.sha256 == table.c.sha256)
        .where(table.c.source_id == source_id)
        .order_by(table.c.id)
    )
    return tuple(
        SourceVersion(
            sha256=row.sha256,
            media_type=row.media_type,
            added_at=rows.read_time(row.added_at),
            current=row.id == current,
            readable=row.document_sha256 is not None,
            size_bytes=row.size_bytes,
        )
        for row in connection.execute(chosen)
    )


def find_sources_by_content(connection: Connection, sha256: str) -> tuple[str, ...]:
    """Ids of the sources that have ever been read from these very bytes."""
    table = schema.source_versions
    return tuple(
        connection.scalars(
            select(table.c.source_id).where(table.c.sha256 == sha256).order_by(table.c.source_id)
        )
    )


def load_source_revisions(connection: Connection, source_id: str) -> tuple[SourceRevision, ...]:
    """Oldest first."""
    _load_current(connection, source_id)
    table = schema.source_revisions
    chosen = connection.execute(
        select(table).where(table.c.source_id == source_id).order_by(table.c.number)
    ).all()
    return tuple(
        SourceRevision(
            number=row.number,
            origin=row.origin,
            stated=load_statement(connection, source_id, row.stated_sha256),
            source=load_statement(connection, source_id, row.body_sha256),
            recorded_at=rows.read_time(row.recorded_at),
        )
        for row in chosen
    )


def load_source_document(connection: Connection, source_id: str) -> Document | None:
    current = _load_current(connection, source_id)
    table = schema.source_versions
    body = connection.scalar(
        select(schema.bodies.c.body)
        .join(table, table.c.document_sha256 == schema.bodies.c.sha256)
        .where(table.c.id == current)
    )
    return None if body is None else rows.decode(Document, body, f"the document of source {source_id}")


def iter_passages(connection: Connection, source_id: str | None) -> Iterator[Passage]:
    """Those of current versions, by id."""
    table = schema.passages
    chosen = (
        select(table.c.id, table.c.body)
        .join(schema.sources, schema.sources.c.version_id == table.c.version_id)
        .order_by(table.c.id)
    )
    if source_id is not None:
        chosen = chosen.where(table.c.source_id == source_id)
    for passage_id, body in connection.execute(chosen).yield_per(rows.CHUNK):
        yield rows.decode(Passage, body, f"passage {passage_id}")


def load_passages(connection: Connection, ids: Sequence[str]) -> dict[str, Passage]:
    """Of any version; an id that isn't held is left out."""
    table = schema.passages
    found: dict[str, Passage] = {}
    for part in rows.chunks(list(dict.fromkeys(ids))):
        for passage_id, body in connection.execute(
            select(table.c.id, table.c.body).where(table.c.id.in_(part))
        ):
            found[passage_id] = rows.decode(Passage, body, f"passage {passage_id}")
    return found


def hash_ground(connection: Connection) -> str:
    """Hash of all sources that can decide, whatever the order in which they came."""
    chosen = select(schema.sources.c.id, schema.sources.c.ground).order_by(schema.sources.c.id)
    return hash_parts("ground", *(part for row in connection.execute(chosen) for part in row))


def _load_current(connection: Connection, source_id: str) -> int | None:
    chosen = select(schema.sources.c.version_id).where(schema.sources.c.id == source_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise _unknown(source_id)
    current: int | None = row.version_id
    return current


def _unknown(source_id: str) -> NotFoundError:
    return NotFoundError(
        f"no source {source_id} in the knowledge base; `wherefrom sources list` names those held",
        id=source_id,
    )


def load_statement(connection: Connection, source_id: str, digest: str) -> Source:
    return rows.decode(Source, rows.load_body(connection, digest), f"source {source_id}")
