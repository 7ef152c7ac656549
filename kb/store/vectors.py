"""Vectors of entries by model, kept so that every index can be rebuilt from the one file; derived, so they
change no ground. Knows bytes, not what they mean: float32, little-endian, one length for a model."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from kb.errors import StoreError
from kb.store import rows, schema


def save_vectors(connection: Connection, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
    """Keep or replace; ValueError where a vector isn't float32 or of another length than the model's."""
    pairs = list(vectors)
    if not pairs:
        return
    held = _find_model(connection, model)
    size = held[1] if held is not None else len(pairs[0][1])
    if size == 0 or size % 4:
        raise ValueError(f"a vector of {size} bytes isn't a row of float32")
    for entry_id, vector in pairs:
        if len(vector) != size:
            raise ValueError(
                f"the vector of {entry_id} has {len(vector)} bytes, others of the model have {size}"
            )
    if held is None:
        model_id = rows.insert_numbered(connection, schema.models, {"sha256": model, "size_bytes": size})
    else:
        model_id = held[0]
    statement = insert_sqlite(schema.vectors)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["model_id", "entry_id"],
            set_={"vector": statement.excluded.vector},
            where=schema.vectors.c.vector != statement.excluded.vector,
        ),
        [{"model_id": model_id, "entry_id": entry_id, "vector": vector} for entry_id, vector in pairs],
    )


def load_vectors(connection: Connection, model: str) -> tuple[list[str], bytes]:
    """Entry ids in order and their vectors in one block, row after row."""
    held = _find_model(connection, model)
    if held is None:
        return [], b""
    model_id, size = held
    table = schema.vectors
    compiled = str(
        select(table.c.entry_id, table.c.vector)
        .where(table.c.model_id == model_id)
        .order_by(table.c.entry_id)
        .compile(connection, compile_kwargs={"literal_binds": True})
    )
    # Rows straight from the driver: a hundred thousand of them need nothing of SQLAlchemy.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(compiled)
        found = cursor.fetchall()
    finally:
        cursor.close()
    for entry_id, vector in found:
        if len(vector) != size:
            raise StoreError(
                f"the vector of {entry_id} has {len(vector)} bytes and not {size}; run `wherefrom reindex`",
                place=entry_id,
            )
    return [entry_id for entry_id, _ in found], b"".join([vector for _, vector in found])


def prune_vectors(connection: Connection, model: str, keep: Collection[str]) -> int:
    """Delete the vectors of entries that are gone; how many there were."""
    held = _find_model(connection, model)
    if held is None:
        return 0
    table = schema.vectors
    kept = frozenset(keep)
    stored = connection.scalars(select(table.c.entry_id).where(table.c.model_id == held[0]))
    gone = [entry_id for entry_id in stored if entry_id not in kept]
    for part in rows.chunks(gone):
        connection.execute(delete(table).where(table.c.model_id == held[0], table.c.entry_id.in_(part)))
    return len(gone)


def _find_model(connection: Connection, model: str) -> tuple[int, int] | None:
    row = connection.execute(select(schema.models).where(schema.models.c.sha256 == model)).one_or_none()
    return None if row is None else (row.id, row.size_bytes)
