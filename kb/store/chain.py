"""The verdict log: append-only, each row chained to the one before it by sha256, and its check.

    content_sha256 = hash_parts(verdict JSON, evidence JSON, ...)           (kb.ids)
    sha256 = sha256(sha256 of the row before, then the canonical JSON of this row's fields)

The first row follows 64 zeros. Triggers refuse UPDATE and DELETE; the chain shows what was changed with the
triggers gone; a published head (ChainHead) shows a log that was rewritten or cut from some row on.
Refuses to know which verdict is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from kb.codec import canonical_json
from kb.errors import StoreError
from kb.ids import hash_bytes, hash_parts
from kb.store import rows, schema
from kb.store.values import ChainHead, VerdictChange, VerdictRecord
from kb.types import CheckedClaim, Evidence, Verdict

START = "0" * 64
_HASHED = (
    "number", "claim_id", "article_id", "document_sha256", "sentence", "span", "ground", "checker",
    "label", "reason", "content_sha256", "recorded_at",
)  # fmt: skip


def load_head(connection: Connection) -> ChainHead:
    table = schema.verdicts
    row = connection.execute(
        select(table.c.number, table.c.sha256).order_by(table.c.number.desc()).limit(1)
    ).one_or_none()
    return (
        ChainHead(number=0, sha256=START) if row is None else ChainHead(number=row.number, sha256=row.sha256)
    )


def append_verdicts(
    connection: Connection,
    checked_claims: Sequence[CheckedClaim],
    *,
    article_id: str,
    document_sha256: str,
    ground: str,
    checker: str,
    recorded_at: str,
) -> list[int]:
    """The log's numbers of these verdicts, in order. One that is in the log under the same claim, ground
    and checker isn't written again. Other words under the same key (the article around the claim changed)
    are a row of their own: nothing is overwritten and nothing is lost."""
    known = _find_known(connection, [checked.claim.id for checked in checked_claims], ground, checker)
    head = load_head(connection)
    number, previous = head.number, head.sha256
    verdict_rows: list[dict[str, Any]] = []
    evidence_rows: list[dict[str, Any]] = []
    numbers = []
    for checked in checked_claims:
        body = rows.encode(checked.verdict)
        pieces = [rows.encode(piece) for piece in checked.evidence]
        content = hash_parts(body, *pieces)
        held = known.get((checked.claim.id, content))
        if held is not None:
            numbers.append(held)
            continue
        number += 1
        label = checked.verdict.label
        row: dict[str, Any] = {
            "number": number,
            "claim_id": checked.claim.id,
            "article_id": article_id,
            "document_sha256": document_sha256,
            "sentence": checked.claim.sentence.exact,
            "span": checked.claim.span.exact,
            "ground": ground,
            "checker": checker,
            "label": None if label is None else label.value,
            "reason": checked.verdict.reason,
            "content_sha256": content,
            "recorded_at": recorded_at,
        }
        sha256 = hash_row(previous, row)
        verdict_rows.append({**row, "body": body, "previous": previous, "sha256": sha256})
        evidence_rows.extend(
            {
                "verdict_number": number,
                "position": position,
                "id": piece.id,
                "source_id": piece.source_id,
                "stance": piece.stance.value,
                "body": text,
            }
            for position, (piece, text) in enumerate(zip(checked.evidence, pieces, strict=True))
        )
        previous = sha256
        numbers.append(number)
    rows.insert_all(connection, schema.verdicts, verdict_rows)
    rows.insert_all(connection, schema.evidence, evidence_rows)
    return numbers


def hash_row(previous: str, fields: dict[str, Any]) -> str:
    return hash_bytes((previous + canonical_json(fields)).encode())


def _find_known(
    connection: Connection, claim_ids: Sequence[str], ground: str, checker: str
) -> dict[tuple[str, str], int]:
    table = schema.verdicts
    known: dict[tuple[str, str], int] = {}
    for part in rows.chunks(claim_ids):
        chosen = select(table.c.claim_id, table.c.content_sha256, table.c.number).where(
            table.c.claim_id.in_(part), table.c.ground == ground, table.c.checker == checker
        )
        known.update({(row.claim_id, row.content_sha256): row.number for row in connection.execute(chosen)})
    return known


# --------------------------------------------------------------------------- loading


def load_evidence(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Evidence, ...]]:
    """The evidence of each of these rows of the log, in order; a row without any is left out."""
    table = schema.evidence
    found: dict[int, list[Evidence]] = {}
    for part in rows.chunks(numbers):
        chosen = (
            select(table.c.verdict_number, table.c.position, table.c.body)
            .where(table.c.verdict_number.in_(part))
            .order_by(table.c.verdict_number, table.c.position)
        )
        for number, position, body in connection.execute(chosen):
            piece = rows.decode(Evidence, body, f"evidence {position} of verdict {number}")
            found.setdefault(number, []).append(piece)
    return {number: tuple(pieces) for number, pieces in found.items()}


def load_history(connection: Connection, claim_id: str) -> tuple[VerdictRecord, ...]:
    """Every verdict ever recorded on a claim, oldest first."""
    return load_histories(connection, [claim_id])[claim_id]


def load_histories(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[VerdictRecord, ...]]:
    """Every verdict ever recorded on each of these claims, oldest first; empty where there is none."""
    table = schema.verdicts
    chosen = [
        row
        for part in rows.chunks(ids)
        for row in connection.execute(
            select(table).where(table.c.claim_id.in_(part)).order_by(table.c.number)
        )
    ]
    weighed = load_evidence(connection, [row.number for row in chosen])
    histories: dict[str, list[VerdictRecord]] = {one: [] for one in ids}
    for row in chosen:
        histories[row.claim_id].append(
            VerdictRecord(
                number=row.number,
                verdict=rows.decode(Verdict, row.body, f"verdict {row.number}"),
                evidence=weighed.get(row.number, ()),
                ground=row.ground,
                checker=row.checker,
                document_sha256=row.document_sha256,
                recorded_at=rows.read_time(row.recorded_at),
                sha256=row.sha256,
            )
        )
    return {one: tuple(records) for one, records in histories.items()}


def list_changes(connection: Connection, *, after: int, limit: int) -> tuple[VerdictChange, ...]:
    """The log's rows with a number above `after`, in their order, each beside the verdict before it."""
    table = schema.verdicts
    before = table.alias("before")
    former = (
        select(before.c.number)
        .where(before.c.claim_id == table.c.claim_id, before.c.number < table.c.number)
        .order_by(before.c.number.desc())
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )
    known = table.alias("known")
    chosen = connection.execute(
        select(
            table.c.number, table.c.claim_id, table.c.article_id, table.c.sentence, table.c.label, table.c.reason,
            table.c.recorded_at, table.c.sha256,
            known.c.label.label("former_label"), known.c.reason.label("former_reason"),
        )
        .select_from(table.outerjoin(known, known.c.number == former))
        .where(table.c.number > after)
        .order_by(table.c.number)
        .limit(limit)
    )  # fmt: skip
    return tuple(
        VerdictChange(
            number=row.number, claim_id=row.claim_id, article_id=row.article_id, sentence=row.sentence,
            label=row.label, reason=row.reason, former_label=row.former_label, former_reason=row.former_reason,
            recorded_at=rows.read_time(row.recorded_at), sha256=row.sha256,
        )
        for row in chosen
    )  # fmt: skip


# --------------------------------------------------------------------------- checking


def verify_chain(connection: Connection, published: ChainHead | None = None) -> tuple[str, ...]:
    """Every row of the log that isn't as it was written, by number; empty when the log is whole. With a
    head that was published earlier, also whether the log still contains it."""
    faults: list[str] = []
    number, previous = 0, START
    seen = published is None or published == ChainHead(number=0, sha256=START)
    evidence = _walk_evidence(connection)
    pending = next(evidence, None)
    table = schema.verdicts
    for row in connection.execute(select(table).order_by(table.c.number)).yield_per(rows.CHUNK):
        if row.number != number + 1:
            faults.append(f"verdict {number + 1} is missing: the next one is {row.number}")
        pieces = []
        while pending is not None and pending.verdict_number <= row.number:
            if pending.verdict_number == row.number:
                pieces.append(pending)
            else:
                faults.append(f"evidence of verdict {pending.verdict_number} is there without its verdict")
            pending = next(evidence, None)
        faults.extend(_check_row(row, pieces, previous))
        number, previous = row.number, row.sha256
        seen = seen or published == ChainHead(number=number, sha256=previous)
    while pending is not None:
        faults.append(f"evidence of verdict {pending.verdict_number} is there without its verdict")
        pending = next(evidence, None)
    faults.extend(_check_head(connection, previous))
    if published is not None and not seen:
        faults.append(
            f"the published head {published.number}:{published.sha256} isn't in the log: "
            "the log was cut or rewritten"
        )
    return tuple(dict.fromkeys(faults))


def _walk_evidence(connection: Connection) -> Iterator[Row[Any]]:
    table = schema.evidence
    yield from connection.execute(select(table).order_by(table.c.verdict_number, table.c.position)).yield_per(
        rows.CHUNK
    )


def _check_row(row: Row[Any], pieces: Sequence[Row[Any]], previous: str) -> Iterator[str]:
    fields = row._asdict()
    if row.previous != previous:
        yield f"verdict {row.number} doesn't follow the row before it"
    if hash_parts(row.body, *(piece.body for piece in pieces)) != row.content_sha256:
        yield f"verdict {row.number} or its evidence was changed"
    if hash_row(row.previous, {name: fields[name] for name in _HASHED}) != row.sha256:
        yield f"verdict {row.number} was changed"
    for position, piece in enumerate(pieces):
        try:
            value = rows.decode(Evidence, piece.body, "")
        except StoreError:  # named above: its body isn't the one that was hashed
            continue
        written = (value.id, value.source_id, value.stance.value, position)
        if written != (piece.id, piece.source_id, piece.stance, piece.position):
            yield f"evidence {piece.position} of verdict {row.number} was changed"


def _check_head(connection: Connection, head: str) -> Iterator[str]:
    table = schema.changes
    noted = connection.scalar(select(table.c.chain_head).order_by(table.c.number.desc()).limit(1))
    if noted is not None and noted != head:
        yield "the log doesn't end where the last change left it: verdicts were cut or added"
