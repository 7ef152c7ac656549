"""Saving sources, their versions and passages, inside a transaction that the caller holds.

Owns which bytes and which reading of them are current and what is hashed as ground; refuses to know what
a finding means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.exc import IntegrityError

from kb.codec import canonical_json, to_json
from kb.errors import InputError
from kb.ids import hash_bytes, hash_parts
from kb.store import rows, schema
from kb.store.held import load_statement
from kb.store.merge import REGISTRY_ORIGIN, is_registry_statement, merge_statements
from kb.store.values import Change
from kb.types import Document, Passage, Source

_UNREAD = "application/octet-stream"  # media type of bytes that no reader could name


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a source's bytes: at least one of bytes and document is given."""

    document: Document | None
    raw: bytes | None
    passages: Sequence[Passage]


def check_reading(source_id: str, reading: Reading) -> None:
    """ValueError where bytes, document and passages don't belong together: a passage that isn't verbatim
    must never come to decide."""
    document = reading.document
    if document is None:
        if reading.passages:
            raise ValueError(f"passages of {source_id} want the document that they are of")
        return
    if reading.raw is not None and hash_bytes(reading.raw) != document.sha256:
        raise ValueError(f"the document of {source_id} was read from other bytes than those given with it")
    for passage in reading.passages:
        selector = passage.selector
        if passage.source_id != source_id or passage.document_id != document.id:
            raise ValueError(f"passage {passage.id} isn't of {source_id} and its document {document.id}")
        if document.text[selector.start : selector.end] != selector.exact:
            raise ValueError(f"passage {passage.id} of {source_id} isn't what its document says at its place")
    if len({passage.id for passage in reading.passages}) != len(reading.passages):
        raise ValueError(f"two passages of {source_id} have one id")


def save_source(
    connection: Connection, source: Source, reading: Reading, *, origin: str, added_at: datetime
) -> Change:
    check_reading(source.id, reading)
    now = rows.write_time(added_at, "added_at")
    raw_sha256 = None if reading.raw is None else rows.keep_raw(connection, reading.raw)
    held = connection.execute(select(schema.sources).where(schema.sources.c.id == source.id)).one_or_none()
    stated = _state(connection, source, origin, held)
    if held is None:
        _insert_source(connection, stated, origin, now)
    version_id, reread = _save_version(connection, source.id, reading, raw_sha256, now)
    current = version_id if version_id is not None else (held.version_id if held is not None else None)
    if held is not None and not stated.new and not reread and current == held.version_id:
        return Change.UNCHANGED
    if stated.new:
        _insert_revision(connection, stated, origin, now)
    _point_source(connection, stated, origin if stated.new or held is None else held.origin, current, now)
    if held is None:
        return Change.ADDED
    return Change.NEW_VERSION if current != held.version_id else Change.UPDATED


# --------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A statement and what the source is with it."""

    source: Source
    new: bool
    stated_sha256: str
    body_sha256: str
    registry_sha256: str | None
    added_sha256: str | None


def _state(connection: Connection, source: Source, origin: str, held: Row[Any] | None) -> _Stated:
    registry_sha256 = None if held is None else held.registry_sha256
    added_sha256 = None if held is None else held.added_sha256
    registry = None if registry_sha256 is None else load_statement(connection, source.id, registry_sha256)
    added = None if added_sha256 is None else load_statement(connection, source.id, added_sha256)
    of_registry = is_registry_statement(source, origin)
    # By value, not by text: a field that a newer Wherefrom adds doesn't make an old statement another one.
    if held is not None and source == (registry if of_registry else added):
        known = registry_sha256 if of_registry else added_sha256
        merged = merge_statements(registry, added)
        return _Stated(
            source=merged,
            new=False,
            stated_sha256=known or "",
            body_sha256=held.body_sha256,
            registry_sha256=registry_sha256,
            added_sha256=added_sha256,
        )
    replaces_review = registry is not None and registry.reviewed_by is not None and source.reviewed_by is None
    if of_registry and replaces_review and origin != REGISTRY_ORIGIN:
        raise InputError(
            f"source {source.id} is reviewed, and nobody reviewed the findings that would replace its own; "
            "review them first, or give them another id",
            id=source.id,
        )
    merged = merge_statements(source if of_registry else registry, added if of_registry else source)
    stated_sha256, body_sha256 = rows.keep_bodies(connection, [rows.encode(source), rows.encode(merged)])
    return _Stated(
        source=merged,
        new=True,
        stated_sha256=stated_sha256,
        body_sha256=body_sha256,
        registry_sha256=stated_sha256 if of_registry else registry_sha256,
        added_sha256=added_sha256 if of_registry else stated_sha256,
    )


def _columns(stated: _Stated, origin: str) -> dict[str, Any]:
    source = stated.source
    return {
        "title": source.title,
        "kind": source.kind,
        "tier": source.tier.value,
        "status": source.status.value,
        "published": source.published,
        "url": source.url,
        "doi": source.doi,
        "arxiv": source.arxiv,
        "reviewed_by": source.reviewed_by,
        "origin": origin,
        "body_sha256": stated.body_sha256,
        "registry_sha256": stated.registry_sha256,
        "added_sha256": stated.added_sha256,
    }


def _insert_source(connection: Connection, stated: _Stated, origin: str, now: str) -> None:
    row = {"id": stated.source.id, **_columns(stated, origin), "version_id": None, "ground": ""}
    connection.execute(schema.sources.insert().values({**row, "added_at": now, "changed_at": now}))


def _insert_revision(connection: Connection, stated: _Stated, origin: str, now: str) -> None:
    table = schema.source_revisions
    number = connection.scalar(
        select(table.c.number)
        .where(table.c.source_id == stated.source.id)
        .order_by(table.c.number.desc())
        .limit(1)
    )
    connection.execute(
        table.insert().values(
            source_id=stated.source.id,
            number=(number or 0) + 1,
            origin=origin,
            stated_sha256=stated.stated_sha256,
            body_sha256=stated.body_sha256,
            recorded_at=now,
        )
    )


def _point_source(
    connection: Connection, stated: _Stated, origin: str, version_id: int | None, now: str
) -> None:
    """Make the statement and the version the current ones."""
    connection.execute(
        update(schema.sources)
        .where(schema.sources.c.id == stated.source.id)
        .values(
            **_columns(stated, origin),
            version_id=version_id,
            ground=hash_source(connection, stated.source, version_id),
            changed_at=now,
        )
    )


def hash_source(connection: Connection, source: Source, version_id: int | None) -> str:
    """Hash of all of a source that can decide a verdict or appear in a report: what is stated about it,
    and the bytes and the reading that are current; not when, by whom or from where it was added."""
    table = schema.source_versions
    version = (
        None
        if version_id is None
        else connection.execute(
            select(table.c.sha256, table.c.reading_sha256).where(table.c.id == version_id)
        ).one()
    )
    sha256, reading_sha256 = ("", "") if version is None else (version.sha256, version.reading_sha256)
    return hash_parts("source", rows.encode(source), sha256, reading_sha256)


def renew_grounds(connection: Connection) -> None:
    """Hash every source again: a release that states more of a source reads the older ones with what it adds
    left open, and hashes them so. Nothing that is stated changes."""
    table = schema.sources
    chosen = select(table.c.id, table.c.ground, table.c.version_id, schema.bodies.c.body).join(
        schema.bodies, schema.bodies.c.sha256 == table.c.body_sha256
    )
    for row in connection.execute(chosen).all():
        source = rows.decode(Source, row.body, f"source {row.id}")
        ground = hash_source(connection, source, row.version_id)
        if ground != row.ground:
            connection.execute(update(table).where(table.c.id == row.id).values(ground=ground))


# --------------------------------------------------------------------------- versions and passages


def _save_version(
    connection: Connection, source_id: str, reading: Reading, raw_sha256: str | None, now: str
) -> tuple[int | None, bool]:
    """The version of these bytes (None where none are given) and whether its reading changed."""
    document = reading.document
    digest = raw_sha256 if raw_sha256 is not None else None if document is None else document.sha256
    if digest is None:
        return None, False
    table = schema.source_versions
    held = connection.execute(
        select(table).where(table.c.source_id == source_id, table.c.sha256 == digest)
    ).one_or_none()
    if (
        raw_sha256 is None
        and connection.scalar(select(schema.raws.c.sha256).where(schema.raws.c.sha256 == digest)) is None
    ):
        raise ValueError(f"the document of {source_id} wants the bytes that it was read from: none are held")
    if held is not None and (
        document is None or held.reading_sha256 == _hash_reading(document, reading.passages)
    ):
        return held.id, False
    read: dict[str, Any] = {"document_sha256": None, "reading_sha256": ""}
    media_type = _UNREAD
    if document is not None:
        media_type = document.media_type
        read["document_sha256"] = rows.keep_body(connection, rows.encode(document))
        read["reading_sha256"] = _hash_reading(document, reading.passages)
    if held is None:
        row = {"source_id": source_id, "sha256": digest, "media_type": media_type, "added_at": now, **read}
        version_id = rows.insert_numbered(connection, table, row)
    else:  # the same bytes, read in another way: the reading is derived, the bytes stay
        version_id = held.id
        connection.execute(
            update(table).where(table.c.id == version_id).values(media_type=media_type, **read)
        )
        connection.execute(delete(schema.passages).where(schema.passages.c.version_id == version_id))
    _insert_passages(connection, source_id, version_id, reading.passages)
    return version_id, held is not None


def _hash_reading(document: Document, passages: Sequence[Passage]) -> str:
    """Hash of what was read from the bytes; the name and address under which they came don't count."""
    plain = to_json(document)
    for name in ("id", "name", "url"):
        del plain[name]
    parts = [canonical_json(to_json(replace(passage, document_id=""))) for passage in passages]
    return hash_parts("reading", canonical_json(plain), *sorted(parts))


def _insert_passages(
    connection: Connection, source_id: str, version_id: int, passages: Sequence[Passage]
) -> None:
    written = [
        {
            "id": passage.id,
            "version_id": version_id,
            "source_id": source_id,
            "position": passage.selector.start,
            "body": rows.encode(passage),
        }
        for passage in passages
    ]
    try:
        rows.insert_all(connection, schema.passages, written)
    except IntegrityError as error:
        raise ValueError(f"a passage of {source_id} has the id of a passage of another text") from error
