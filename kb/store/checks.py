"""Whether a knowledge base is sound: the file, its references, the verdict log, what is kept beside the
truth for speed. Reads only, and names every fault it finds."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from kb.errors import StoreError
from kb.ids import hash_bytes
from kb.store import rows, schema
from kb.store.chain import verify_chain
from kb.store.sources import hash_source
from kb.types import Source


def check_integrity(connection: Connection, *, deep: bool = False) -> tuple[str, ...]:
    """All faults. `deep` reads every stored text and byte again and hashes it."""
    faults = list(_check_file(connection))
    if faults:
        return tuple(faults)  # of a file whose pages are wrong, rows say nothing
    faults.extend(_check_references(connection))
    faults.extend(verify_chain(connection))
    faults.extend(_check_claims(connection))
    faults.extend(_check_ground(connection))
    if deep:
        faults.extend(_check_hashes(connection))
    return tuple(faults)


def _check_file(connection: Connection) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield f"the file is damaged: {line}"


def _check_references(connection: Connection) -> Iterator[str]:
    for table, row, target, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} row {row} names a row of {target} that isn't there"


def _check_claims(connection: Connection) -> Iterator[str]:
    """The list of claims is that of the runs that are shown."""
    claims, places, articles, verdicts = schema.claims, schema.run_claims, schema.articles, schema.verdicts
    shown = (
        select(
            places.c.claim_id.label("id"),
            places.c.run_id,
            places.c.position,
            verdicts.c.label,
            verdicts.c.reason,
        )
        .join(articles, articles.c.run_id == places.c.run_id)
        .join(verdicts, verdicts.c.number == places.c.verdict_number)
    )
    columns = (claims.c.id, claims.c.run_id, claims.c.position, claims.c.label, claims.c.reason)
    listed = select(*columns).where(claims.c.current.is_(True))
    for row in connection.execute(shown.except_(listed)):
        yield f"claim {row.id} of a stored article isn't in the list of claims as its report has it"
    for row in connection.execute(listed.except_(shown)):
        yield f"claim {row.id} is in the list of claims as no stored report has it"


def _check_ground(connection: Connection) -> Iterator[str]:
    table = schema.sources
    chosen = select(table.c.id, table.c.ground, table.c.version_id, schema.bodies.c.body).join(
        schema.bodies, schema.bodies.c.sha256 == table.c.body_sha256
    )
    for row in connection.execute(chosen).all():
        place = f"source {row.id}"
        try:
            source = rows.decode(Source, row.body, place)
        except StoreError as error:
            yield error.message
            continue
        if hash_source(connection, source, row.version_id) != row.ground:
            yield f"{place} isn't what its ground was made from: save it again"


def _check_hashes(connection: Connection) -> Iterator[str]:
    for digest, body in connection.execute(select(schema.bodies)).yield_per(rows.CHUNK):
        if rows.hash_text(body) != digest:
            yield f"bodies row {digest} was changed"
    for digest, content in connection.execute(select(schema.raws.c.sha256, schema.raws.c.content)).yield_per(
        1
    ):
        if not isinstance(content, bytes) or hash_bytes(content) != digest:
            yield f"raw bytes {digest} were changed"
