"""One open knowledge base: the face of the store, one method a transaction.

A home folder holds `wherefrom.db` (the truth, raw bytes included), `write.lock`, and `index/`, which is
derived and not this package's. Times are given by the caller; nothing here reads a clock but to wait for
the lock. Safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, func, select

from kb.errors import NotFoundError, StoreError, WriteError
from kb.store import (
    articles,
    backup,
    captures,
    chain,
    checks,
    held,
    marks,
    queries,
    rows,
    schema,
    sources,
    vectors,
)
from kb.store.engine import open_engine, reading, writing
from kb.store.lock import LOCK, hold_lock
from kb.store.marks import Marks
from kb.store.migrate import HEAD, keeps_log, read_revision, upgrade
from kb.store.values import (
    ArticleSummary,
    Capture,
    ChainHead,
    Change,
    ClaimPage,
    SourceRevision,
    SourceVersion,
    StoredClaim,
    VerdictChange,
)
from kb.types import Document, Passage, Report, Source

DATABASE = "wherefrom.db"


class Store:
    """Use as a context manager, or call close()."""

    def __init__(self, home: Path, engine: Engine, *, read_only: bool, lock_timeout_s: float) -> None:
        self.home = home
        self.read_only = read_only
        self.path = home / DATABASE
        self._engine = engine
        self._lock_timeout_s = lock_timeout_s
        self._ground: tuple[int, str] | None = None

    @classmethod
    def open(
        cls, home: Path, *, create: bool = False, read_only: bool = False, lock_timeout_s: float = 10.0
    ) -> Store:
        """Open the knowledge base in a folder, bringing an older one to this schema; `create` makes what is
        missing. StoreError: missing, damaged, not ours, newer, or locked for longer than `lock_timeout_s`;
        WriteError: it can't be made."""
        path = home / DATABASE
        if create and not read_only:
            _make_folder(home)
        elif not path.is_file():
            raise StoreError(f"no knowledge base at {home}; make one with `wherefrom init`", path=str(home))
        engine = open_engine(path, read_only=read_only, create=create)
        try:
            _prepare(engine, path, create=create, read_only=read_only, lock_timeout_s=lock_timeout_s)
        except BaseException:
            engine.dispose()
            raise
        return cls(home, engine, read_only=read_only, lock_timeout_s=lock_timeout_s)

    @classmethod
    def open_backup(cls, path: Path) -> Store:
        """A backup's file, for reading only."""
        if not path.is_file():
            raise StoreError(f"no backup at {path}", path=str(path))
        engine = open_engine(path, read_only=True)
        try:
            _prepare(engine, path, create=False, read_only=True, lock_timeout_s=0.0)
        except BaseException:
            engine.dispose()
            raise
        store = cls(path.parent, engine, read_only=True, lock_timeout_s=0.0)
        store.path = path
        return store

    @staticmethod
    def restore(home: Path, backup_path: Path) -> None:
        """Make the knowledge base of a backup in a folder that has none."""
        backup.restore_database(backup_path, home / DATABASE)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ----------------------------------------------------------------------- sources

    def save_source(
        self,
        source: Source,
        *,
        origin: str,
        document: Document | None = None,
        raw: bytes | None = None,
        passages: Sequence[Passage] = (),
        added_at: datetime,
    ) -> Change:
        """Save a source, and with `raw` a version of its text, in one transaction. Without `raw` the text
        that is held stays. `raw` without `document` is a text that couldn't be read. How statements of
        different origin join is kb.store.merge. ValueError where the parts don't belong together."""
        given = sources.Reading(document=document, raw=raw, passages=passages)
        with self._write() as connection:
            change = sources.save_source(connection, source, given, origin=origin, added_at=added_at)
            if change is not Change.UNCHANGED:
                _note_change(connection, change, "source", source.id, added_at)
            return change

    def load_source(self, source_id: str) -> Source:
        with self._read() as connection:
            return held.load_source(connection, source_id)

    def iter_sources(self) -> Iterator[Source]:
        """By id, all of one moment."""
        with self._read() as connection:
            yield from held.iter_sources(connection)

    def load_source_versions(self, source_id: str) -> tuple[SourceVersion, ...]:
        """Oldest first; empty where no text is held."""
        with self._read() as connection:
            return held.load_source_versions(connection, source_id)

    def find_sources_by_content(self, sha256: str) -> tuple[str, ...]:
        """Ids of the sources that have ever been read from bytes with this hash."""
        with self._read() as connection:
            return held.find_sources_by_content(connection, sha256)

    def load_source_revisions(self, source_id: str) -> tuple[SourceRevision, ...]:
        """Everything that was ever stated about a source, oldest first."""
        with self._read() as connection:
            return held.load_source_revisions(connection, source_id)

    def save_capture(self, capture: Capture, *, raw: bytes | None = None) -> None:
        """Append what a fetch of a source's address brought; the bytes are kept under their sha256."""
        with self._write() as connection:
            captures.save_capture(connection, capture, raw)

    def load_captures(self, source_id: str) -> tuple[Capture, ...]:
        """What was fetched for a source, oldest first."""
        with self._read() as connection:
            return captures.load_captures(connection, source_id)

    def load_source_document(self, source_id: str) -> Document | None:
        """The current version's text; None where none is held or it couldn't be read."""
        with self._read() as connection:
            return held.load_source_document(connection, source_id)

    def iter_passages(self, source_id: str | None = None) -> Iterator[Passage]:
        """Passages of current versions, by id, all of one moment."""
        with self._read() as connection:
            yield from held.iter_passages(connection, source_id)

    def load_passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages of any version; an id that isn't held is left out."""
        with self._read() as connection:
            return held.load_passages(connection, ids)

    def load_raw(self, sha256: str) -> bytes:
        """Bytes as they were received; NotFoundError."""
        with self._read() as connection:
            content: bytes | None = connection.scalar(
                select(schema.raws.c.content).where(schema.raws.c.sha256 == sha256)
            )
        if content is None:
            raise NotFoundError(f"no bytes with the sha256 {sha256} in the knowledge base", id=sha256)
        return content

    # ----------------------------------------------------------------------- articles and claims

    def save_article(self, report: Report, *, raw: bytes, saved_at: datetime) -> Change:
        """Save an article with its report in one transaction and make this report the one that is shown.
        Verdicts are appended to the log unless they are in it; the same report again changes nothing.
        ValueError where the parts don't belong together."""
        with self._write() as connection:
            change = articles.save_article(connection, report, raw=raw, saved_at=saved_at)
            if change is not Change.UNCHANGED:
                _note_change(connection, change, "article", report.document.id, saved_at)
            return change

    def load_article(self, article_id: str, *, sha256: str | None = None) -> Report:
        """The report that is shown; with `sha256` the last one on that version of the article."""
        with self._read() as connection:
            return articles.load_article(connection, article_id, sha256)

    def iter_articles(self) -> Iterator[ArticleSummary]:
        """By id, all of one moment."""
        with self._read() as connection:
            yield from articles.iter_articles(connection)

    def list_claims(
        self,
        *,
        label: str | None = None,
        reason: str | None = None,
        source: str | None = None,
        article: str | None = None,
        kind: str | None = None,
        topic: str | None = None,
        text: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> ClaimPage:
        """Claims of the articles as they are shown, by article id and position. `source`: those that cite,
        name or are decided by it; `label` may be "not_checked"; `text`: every word and "phrase" somewhere in
                the claim. ValueError for a limit outside 1 to 10,000, a text over 10,000 characters or 100 words, or a
                cursor that isn't one."""
        wanted = queries.ClaimFilter(
            label=label, reason=reason, kind=kind, source=source, article=article, topic=topic, text=text
        )
        with self._read() as connection:
            return queries.list_claims(connection, wanted, limit=limit, after=after)

    def load_claim(self, claim_id: str) -> StoredClaim:
        """A claim with its history, also one that its article no longer makes; NotFoundError."""
        with self._read() as connection:
            return queries.load_claim(connection, claim_id)

    def load_claims(self, ids: Sequence[str]) -> tuple[StoredClaim, ...]:
        """Claims that articles make now, each with its history, in the order of `ids`; unknown ids are
        left out."""
        with self._read() as connection:
            return queries.load_claims(connection, ids)

    def load_marks(self) -> Marks:
        """One mark for every claim, article and source: equal marks, equal things."""
        with self._read() as connection:
            return marks.load_marks(connection)

    # ----------------------------------------------------------------------- vectors

    def save_vectors(self, model: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep or replace float32 little-endian vectors by entry id, under the sha256 of their model."""
        pairs = list(rows)
        with self._write() as connection:
            vectors.save_vectors(connection, model, pairs)

    def load_vectors(self, model: str) -> tuple[list[str], bytes]:
        """Entry ids in order and one block of their float32 vectors, row after row."""
        with self._read() as connection:
            return vectors.load_vectors(connection, model)

    def prune_vectors(self, model: str, keep: Collection[str]) -> int:
        """Delete the vectors of entries that are not in `keep`; how many there were."""
        with self._write() as connection:
            return vectors.prune_vectors(connection, model, keep)

    # ----------------------------------------------------------------------- the whole

    def ground(self) -> str:
        """Hash of every source that can decide, independent of the order in which they came."""
        with self._read() as connection:
            number = rows.next_number(connection, schema.changes.c.number)
            known = self._ground
            if known is None or known[0] != number:
                known = (number, held.hash_ground(connection))
                self._ground = known
            return known[1]

    def last_changed(self) -> datetime | None:
        """When the last change of a source or article was made, as its caller said; None for an empty one."""
        table = schema.changes
        with self._read() as connection:
            text = connection.scalar(select(table.c.recorded_at).order_by(table.c.number.desc()).limit(1))
            return None if text is None else rows.read_time(text)

    def chain_head(self) -> ChainHead:
        """The end of the verdict log, to be published with what is exported."""
        with self._read() as connection:
            return chain.load_head(connection)

    def list_changes(self, *, after: int = 0, limit: int = 100) -> tuple[VerdictChange, ...]:
        """The verdicts recorded after number `after`, oldest first, each beside the one before it."""
        with self._read() as connection:
            return chain.list_changes(connection, after=after, limit=limit)

    def verify_chain(self, published: ChainHead | None = None) -> tuple[str, ...]:
        """Rows of the verdict log that aren't as they were written; with a head that was published earlier,
        also whether the log still contains it."""
        with self._read() as connection:
            return chain.verify_chain(connection, published)

    def check_integrity(self, *, deep: bool = False) -> tuple[str, ...]:
        """All faults, empty when sound; `deep` also hashes every stored text and byte again. Damage that
        stops the check is a fault too and not an error."""
        try:
            with self._read() as connection:
                return checks.check_integrity(connection, deep=deep)
        except StoreError as error:
            return (error.message,)

    def count_rows(self) -> dict[str, int]:
        """How much is held, by name: sources, passages, articles, claims, verdicts, vectors, and raw_bytes."""
        tables = (
            schema.sources,
            schema.passages,
            schema.articles,
            schema.claims,
            schema.verdicts,
            schema.vectors,
        )
        with self._read() as connection:
            counts = {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }
            counts["raw_bytes"] = (
                connection.scalar(select(func.coalesce(func.sum(schema.raws.c.size_bytes), 0))) or 0
            )
            return counts

    def schema_revision(self) -> str:
        return HEAD

    def backup(self, target: Path) -> None:
        """Write a whole copy to a file while others read and write; replaces a file that is there."""
        backup.copy_database(self.path, target)

    # ----------------------------------------------------------------------- transactions

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with reading(self._engine, self.path) as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        if self.read_only:
            raise StoreError(
                f"the knowledge base at {self.home} was opened for reading only", path=str(self.home)
            )
        with (
            hold_lock(self.home / LOCK, timeout_s=self._lock_timeout_s),
            writing(self._engine, self.path) as connection,
        ):
            yield connection


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"cannot make the folder {home}: {error.strerror}", path=str(home)) from error


def _prepare(engine: Engine, path: Path, *, create: bool, read_only: bool, lock_timeout_s: float) -> None:
    """Bring the file to this schema, or say why it can't be used."""
    fresh = create and not path.exists()
    if not fresh and read_revision(engine, path) == HEAD and (read_only or keeps_log(engine, path)):
        return
    if read_only:
        raise StoreError(
            f"{path} has an older schema or none; open it once for writing with `wherefrom init`",
            path=str(path),
        )
    with hold_lock(path.with_name(LOCK), timeout_s=lock_timeout_s):
        if not create and read_revision(engine, path) is None:
            raise StoreError(f"{path} is empty; make a knowledge base with `wherefrom init`", path=str(path))
        upgrade(engine, path)


def _note_change(connection: Connection, change: Change, kind: str, subject: str, moment: datetime) -> None:
    connection.execute(
        schema.changes.insert().values(
            number=rows.next_number(connection, schema.changes.c.number),
            recorded_at=rows.write_time(moment, "the time of a change"),
            change=change.value,
            kind=kind,
            subject=subject,
            chain_head=chain.load_head(connection).sha256,
        )
    )
