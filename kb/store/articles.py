"""Saving and loading articles with their reports, inside a transaction that the caller holds.

A *run* is one report about one version (set of bytes) of an article; runs are kept. Which run is shown is
the article's pointer: the last one saved, so that what was saved is what is loaded. Refuses to know how a
verdict comes about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from kb.errors import NotFoundError
from kb.ids import hash_bytes
from kb.store import rows, schema
from kb.store.chain import append_verdicts, load_evidence
from kb.store.values import ArticleSummary, Change
from kb.text import fold_text
from kb.types import (
    CheckedClaim,
    Claim,
    Document,
    Issue,
    Report,
    Route,
    Source,
    Stance,
    Verdict,
    count_labels,
)

_COUNTS = ("claims", "supported", "contested", "unsourced", "not_checked")


def save_article(connection: Connection, report: Report, *, raw: bytes, saved_at: datetime) -> Change:
    document = report.document
    check_report(report, raw)
    now = rows.write_time(saved_at, "saved_at")
    report_sha256 = rows.hash_text(rows.encode(report))
    held = connection.execute(
        select(schema.articles).where(schema.articles.c.id == document.id)
    ).one_or_none()
    raw_sha256 = rows.keep_raw(connection, raw)
    version_id = _save_version(connection, document.id, raw_sha256, now)
    run_id = _find_run(connection, version_id, report_sha256)
    if held is not None and run_id == held.run_id:
        return Change.UNCHANGED
    if run_id is None:
        run_id = _insert_run(connection, report, version_id, report_sha256, now)
    _point_article(connection, report, run_id, now)
    _list_claims(connection, report, run_id)
    if held is None:
        return Change.ADDED
    return Change.NEW_VERSION if held.sha256 != raw_sha256 else Change.UPDATED


def check_report(report: Report, raw: bytes) -> None:
    """ValueError where the parts of a report don't belong together."""
    document = report.document
    if hash_bytes(raw) != document.sha256:
        raise ValueError(f"the report on {document.name} was made from other bytes than those given with it")
    ids = [checked.claim.id for checked in report.claims]
    if len(set(ids)) != len(ids):
        raise ValueError(f"two claims of {document.name} have one id")
    for checked in report.claims:
        if checked.verdict.claim_id != checked.claim.id:
            raise ValueError(
                f"the verdict on {checked.verdict.claim_id} stands with claim {checked.claim.id}"
            )


def _save_version(connection: Connection, article_id: str, sha256: str, now: str) -> int:
    table = schema.article_versions
    held: int | None = connection.scalar(
        select(table.c.id).where(table.c.article_id == article_id, table.c.sha256 == sha256)
    )
    if held is not None:
        return held
    row = {"article_id": article_id, "sha256": sha256, "added_at": now}
    return rows.insert_numbered(connection, table, row)


def _find_run(connection: Connection, version_id: int, report_sha256: str) -> int | None:
    table = schema.runs
    found: int | None = connection.scalar(
        select(table.c.id).where(table.c.version_id == version_id, table.c.report_sha256 == report_sha256)
    )
    return found


def _insert_run(connection: Connection, report: Report, version_id: int, report_sha256: str, now: str) -> int:
    document_sha256, issues_sha256 = rows.keep_bodies(
        connection, [rows.encode(report.document), rows.encode(report.issues)]
    )
    row = {
        "version_id": version_id,
        "checker": report.checker,
        "ground": report.ground,
        "report_sha256": report_sha256,
        "document_sha256": document_sha256,
        "issues_sha256": issues_sha256,
        "saved_at": now,
    }
    run_id = rows.insert_numbered(connection, schema.runs, row)
    sources = rows.keep_bodies(connection, [rows.encode(source) for source in report.sources])
    rows.insert_all(
        connection,
        schema.run_sources,
        [{"run_id": run_id, "position": n, "body_sha256": digest} for n, digest in enumerate(sources)],
    )
    numbers = append_verdicts(
        connection,
        report.claims,
        article_id=report.document.id,
        document_sha256=report.document.sha256,
        ground=report.ground,
        checker=report.checker,
        recorded_at=now,
    )
    bodies = rows.keep_bodies(connection, [rows.encode(checked.claim) for checked in report.claims])
    rows.insert_all(
        connection,
        schema.run_claims,
        [
            {"run_id": run_id, "position": n, "claim_id": checked.claim.id, "body_sha256": body, "verdict_number": number}
            for n, (checked, body, number) in enumerate(zip(report.claims, bodies, numbers, strict=True))
        ],
    )  # fmt: skip
    return run_id


def _point_article(connection: Connection, report: Report, run_id: int, now: str) -> None:
    """Make this run the one that is shown."""
    document = report.document
    shown = {
        "name": document.name,
        "url": document.url,
        "title": document.title,
        "published": document.published,
        "sha256": document.sha256,
        "run_id": run_id,
        "saved_at": now,
        **count_labels(report.claims),
    }
    statement = insert_sqlite(schema.articles).values(id=document.id, **shown)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=shown))


# ------------------------------------------------------------------- claims as they stand, for lists


def _list_claims(connection: Connection, report: Report, run_id: int) -> None:
    """Bring the tables that lists are made from in step with the run that is shown."""
    table = schema.claims
    article_id = report.document.id
    ids = [checked.claim.id for checked in report.claims]
    for part in rows.chunks(ids):
        taken = connection.execute(
            select(table.c.id, table.c.article_id).where(
                table.c.id.in_(part), table.c.article_id != article_id
            )
        ).first()
        if taken is not None:
            raise ValueError(f"claim {taken.id} is already a claim of article {taken.article_id}")
    connection.execute(update(table).where(table.c.article_id == article_id).values(current=False))
    if not ids:
        return
    statement = insert_sqlite(table)
    columns = ("run_id", "position", "current", "kind", "label", "reason", "folded")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={name: statement.excluded[name] for name in columns}
        ),
        [_claim_row(checked, article_id, run_id, n) for n, checked in enumerate(report.claims)],
    )
    for part in rows.chunks(ids):
        for side in (schema.claim_sources, schema.claim_topics):
            connection.execute(delete(side).where(side.c.claim_id.in_(part)))
    topics = {source.id: source.topics for source in report.sources}
    linked = {checked.claim.id: find_linked(checked) for checked in report.claims}
    rows.insert_all(
        connection,
        schema.claim_sources,
        [{"claim_id": claim, "source_id": source} for claim, ids_ in linked.items() for source in ids_],
    )
    rows.insert_all(
        connection,
        schema.claim_topics,
        [
            {"claim_id": checked.claim.id, "topic": topic}
            for checked in report.claims
            for topic in _find_topics(checked.claim, linked[checked.claim.id], topics)
        ],
    )


def _claim_row(checked: CheckedClaim, article_id: str, run_id: int, position: int) -> dict[str, Any]:
    claim, verdict = checked.claim, checked.verdict
    words = (
        claim.sentence.exact,
        claim.measured_entity,
        claim.measured_property,
        claim.attribution,
        claim.speaker,
    )
    return {
        "id": claim.id,
        "article_id": article_id,
        "run_id": run_id,
        "position": position,
        "current": True,
        "kind": claim.kind.value,
        "label": None if verdict.label is None else verdict.label.value,
        "reason": verdict.reason,
        "folded": fold_text("\n".join(word for word in words if word)),
    }


def find_linked(checked: CheckedClaim) -> tuple[str, ...]:
    """The sources that a claim is shown with: those it cites exactly, those that it names, and those that
    speak for or against it; not those that a search turned up and that say nothing on it."""
    cited = (
        source for citation in checked.claim.citations if citation.exact for source in citation.source_ids
    )
    weighed = (
        piece.source_id
        for piece in checked.evidence
        if piece.stance is not Stance.NEUTRAL or piece.route is not Route.SEARCHED
    )
    return tuple(dict.fromkeys((*cited, *weighed)))


def _find_topics(claim: Claim, linked: Iterable[str], topics: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A claim's own topics; where it has none, those of the sources that it is shown with."""
    found = claim.topics or tuple(topic for source in linked for topic in topics.get(source, ()))
    return tuple(dict.fromkeys(found))


# --------------------------------------------------------------------------- loading


def select_summaries() -> Select[Any]:
    return select(schema.articles, schema.runs.c.checker, schema.runs.c.ground).join(
        schema.runs, schema.runs.c.id == schema.articles.c.run_id
    )


def read_summary(row: Row[Any]) -> ArticleSummary:
    fields = row._asdict()
    return ArticleSummary(
        id=row.id,
        name=row.name,
        url=row.url,
        title=row.title,
        published=row.published,
        sha256=row.sha256,
        counts={name: fields[name] for name in _COUNTS},
        checker=row.checker,
        ground=row.ground,
        saved_at=rows.read_time(row.saved_at),
    )


def iter_articles(connection: Connection) -> Iterator[ArticleSummary]:
    """By id."""
    for row in connection.execute(select_summaries().order_by(schema.articles.c.id)):
        yield read_summary(row)


def load_summaries(connection: Connection, ids: Sequence[str]) -> dict[str, ArticleSummary]:
    found = {}
    for part in rows.chunks(ids):
        for row in connection.execute(select_summaries().where(schema.articles.c.id.in_(part))):
            found[row.id] = read_summary(row)
    return found


def load_article(connection: Connection, article_id: str, sha256: str | None) -> Report:
    """The report that is shown; with `sha256` the last one on that version."""
    run = connection.execute(_select_run(article_id, sha256)).one_or_none()
    if run is None:
        version = "" if sha256 is None else f" with the version {sha256}"
        raise NotFoundError(f"no article {article_id}{version} in the knowledge base", id=article_id)
    place = f"article {article_id}"
    table = schema.run_sources
    sources = connection.scalars(
        select(schema.bodies.c.body)
        .join(table, table.c.body_sha256 == schema.bodies.c.sha256)
        .where(table.c.run_id == run.id)
        .order_by(table.c.position)
    )
    return Report(
        document=rows.decode(Document, rows.load_body(connection, run.document_sha256), place),
        checker=run.checker,
        ground=run.ground,
        claims=tuple(
            load_checked(connection, select_run_claims().where(schema.run_claims.c.run_id == run.id))
        ),
        issues=rows.decode(tuple[Issue, ...], rows.load_body(connection, run.issues_sha256), place),
        sources=tuple(rows.decode(Source, body, place) for body in sources),
    )


def _select_run(article_id: str, sha256: str | None) -> Select[Any]:
    if sha256 is None:
        articles = schema.articles
        return (
            select(schema.runs)
            .join(articles, articles.c.run_id == schema.runs.c.id)
            .where(articles.c.id == article_id)
        )
    versions = schema.article_versions
    return (
        select(schema.runs)
        .join(versions, versions.c.id == schema.runs.c.version_id)
        .where(versions.c.article_id == article_id, versions.c.sha256 == sha256)
        .order_by(schema.runs.c.id.desc())
        .limit(1)
    )


def select_run_claims() -> Select[Any]:
    """Claims with their verdicts, in the order of their report; to be narrowed by a condition."""
    return (
        select(
            schema.run_claims.c.claim_id,
            schema.run_claims.c.verdict_number,
            schema.bodies.c.body.label("claim"),
            schema.verdicts.c.body.label("verdict"),
        )
        .join(schema.bodies, schema.bodies.c.sha256 == schema.run_claims.c.body_sha256)
        .join(schema.verdicts, schema.verdicts.c.number == schema.run_claims.c.verdict_number)
        .order_by(schema.run_claims.c.run_id, schema.run_claims.c.position)
    )


def load_checked(connection: Connection, chosen: Select[Any]) -> Iterator[CheckedClaim]:
    found = connection.execute(chosen).all()
    weighed = load_evidence(connection, [row.verdict_number for row in found])
    for row in found:
        yield CheckedClaim(
            claim=rows.decode(Claim, row.claim, f"claim {row.claim_id}"),
            verdict=rows.decode(Verdict, row.verdict, f"verdict {row.verdict_number}"),
            evidence=weighed.get(row.verdict_number, ()),
        )
