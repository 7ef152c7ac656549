"""What every table has in common: bodies kept once, raw bytes under their hash, times as text; knows no
more of a value than its type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from kb.codec import canonical_json, from_json, to_json
from kb.errors import StoreError
from kb.ids import hash_bytes
from kb.store import schema

V = TypeVar("V")
CHUNK = 500  # ids in one IN (...); SQLite takes 32,766 parameters, a plan for that many takes long


def encode(value: object) -> str:
    return canonical_json(to_json(value))


def decode(type_: type[V], text: str, place: str) -> V:
    """The value in a stored text; StoreError naming the place where the text isn't one."""
    try:
        return from_json(type_, json.loads(text))
    except ValueError as error:
        raise StoreError(
            f"{place} can't be read: {error}; restore a backup, or update Wherefrom if it is older than the "
            "knowledge base",
            place=place,
        ) from error


def hash_text(text: str) -> str:
    return hash_bytes(text.encode())


def write_time(moment: datetime, name: str) -> str:
    """A time as it is stored: UTC, to the microsecond, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"{name} wants a time with its zone, found {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def keep_bodies(connection: Connection, texts: Sequence[str]) -> list[str]:
    """Keep texts once each; their sha256 in the same order."""
    hashes = [hash_text(text) for text in texts]
    rows = [
        {"sha256": digest, "body": text} for digest, text in dict(zip(hashes, texts, strict=True)).items()
    ]
    insert_new(connection, schema.bodies, rows)
    return hashes


def keep_body(connection: Connection, text: str) -> str:
    return keep_bodies(connection, [text])[0]


def load_body(connection: Connection, digest: str) -> str:
    text: str | None = connection.scalar(select(schema.bodies.c.body).where(schema.bodies.c.sha256 == digest))
    if text is None:
        raise StoreError(f"bodies row {digest} is missing; restore a backup", place=digest)
    return text


def keep_raw(connection: Connection, content: bytes) -> str:
    digest = hash_bytes(content)
    row = {"sha256": digest, "size_bytes": len(content), "content": content}
    insert_new(connection, schema.raws, [row])
    return digest


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose key isn't there yet."""
    if rows:
        connection.execute(insert_sqlite(table).on_conflict_do_nothing(), rows)


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def insert_numbered(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    """Insert one row and return the number that it was given."""
    key = connection.execute(table.insert().values(row)).inserted_primary_key
    if key is None:
        raise StoreError(f"a row of {table.name} was written and got no number", place=table.name)
    return int(key[0])


def chunks(values: Sequence[V]) -> Iterable[Sequence[V]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def next_number(connection: Connection, column: Any) -> int:
    """The number after the highest; safe because one transaction writes at a time."""
    return int(connection.scalar(select(func.coalesce(func.max(column), 0) + 1)) or 1)
