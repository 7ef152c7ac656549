"""What fetching a source's addresses brought, and when: appended, never changed; inside a transaction that
the caller holds. Refuses to know what the bytes mean and whether they became the source's text."""

from __future__ import annotations

from sqlalchemy import Connection, Row, select

from kb.store import rows, schema
from kb.store.values import Capture


def save_capture(connection: Connection, capture: Capture, raw: bytes | None) -> None:
    """Append a capture; `raw` are the bytes that came, kept once under their sha256."""
    digest = None if raw is None else rows.keep_raw(connection, raw)
    if digest != capture.sha256:
        raise ValueError(f"the capture of {capture.asked} names {capture.sha256}, its bytes are {digest}")
    connection.execute(
        schema.captures.insert().values(
            number=rows.next_number(connection, schema.captures.c.number),
            source_id=capture.source_id,
            asked=capture.asked,
            url=capture.url,
            fetched_at=rows.write_time(capture.fetched_at, "fetched_at"),
            status=capture.status,
            media_type=capture.media_type,
            sha256=digest,
            problem=capture.problem,
        )
    )


def load_captures(connection: Connection, source_id: str) -> tuple[Capture, ...]:
    """Oldest first."""
    table = schema.captures
    chosen = select(table).where(table.c.source_id == source_id).order_by(table.c.number)
    return tuple(_read(row) for row in connection.execute(chosen))


def _read(row: Row[tuple[object, ...]]) -> Capture:
    return Capture(
        source_id=row.source_id,
        asked=row.asked,
        url=row.url,
        fetched_at=rows.read_time(row.fetched_at),
        status=row.status,
        media_type=row.media_type,
        sha256=row.sha256,
        problem=row.problem,
    )
