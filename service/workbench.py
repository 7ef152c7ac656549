"""One open knowledge base with its models: check, ingest, add a source, search, reindex.

The straight line of the whole product in one place: read -> claims -> citations -> link -> judge ->
Report. `check` stores nothing and logs nothing. The clock stands here and nowhere below.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kb.errors import InputError, StoreError, WriteError
from kb.ids import hash_bytes, hash_parts
from kb.types import Claim, Document, Issue, Level, Policy, Raw, Report, Source

if TYPE_CHECKING:
    from kb.embed import Embedder
    from kb.index import Hit, Index
    from kb.store import Change, Store, StoredClaim
    from service.library import CheckVectors, StoreLibrary
    from sources.resolve import SourceIndex

Progress = Callable[[int, int], None]
# Faults of the derived index that a refresh mends.
_MENDABLE = frozenset(
    {
        "index_missing", "index_stale", "lexical_index_missing", "lexical_index_unusable", "vectors_missing",
        "vector_index_unusable",
    }
)  # fmt: skip
# What changes no answer, for another index gives the same hits. A report must not depend on it.
_HARMLESS = frozenset(
    {"lexical_index_missing", "vector_index_in_use", "vector_index_rebuilt", "vector_index_unusable"}
)
EXAMPLES = Path(__file__).resolve().parent / "examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """A passage or a finding of a source that fits a query; `text` is verbatim for a passage."""

    hit: Hit
    source: Source
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    claims: tuple[StoredClaim, ...]
    hits: tuple[SearchHit, ...]
    issues: tuple[Issue, ...] = ()


def program_version() -> str:
    try:
        return version("wherefrom")
    except PackageNotFoundError:
        return "0+source"


def hash_code() -> str:
    """sha256 over the source files of all packages that shape a verdict: a changed rule is a new checker."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(path for package in ("kb", "ingest", "sources") for path in (root / package).rglob("*.py"))
    files += [
        root / "service" / name
        for name in ("chains.py", "library.py", "origins.py", "suspicion.py", "workbench.py")
    ]
    parts = (
        part for path in files for part in (path.relative_to(root).as_posix(), hash_bytes(path.read_bytes()))
    )
    return hash_parts(*parts)


def grammar_version() -> str:
    """The installed grammar model's name and version."""
    from ingest.language_parts import GRAMMARS

    for name in GRAMMARS:
        try:
            return f"{name}-{version(name)}"
        except PackageNotFoundError:
            continue
    return "none"


class Workbench:
    """An open knowledge base; a context manager. Models and indexes load at their first use."""

    def __init__(self, store: Store, *, embedder: str | None = None) -> None:
        self.store = store
        self._embedder_name = embedder
        self._library: StoreLibrary | None = None
        self._resolver: SourceIndex | None = None
        self._ground: str | None = None
        self._mended_for: str | None = None

    @classmethod
    def open(cls, home: Path, *, create: bool = False, embedder: str | None = None) -> Self:
        """Raises StoreError where `home` holds no knowledge base and `create` is False."""
        from kb.store import Store

        return cls(Store.open(home, create=create), embedder=embedder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if "index" in self.__dict__:
            self.index.close()
        self.store.close()

    @cached_property
    def embedder(self) -> Embedder:
        from kb.embed import load_embedder

        return load_embedder(self._embedder_name)

    @cached_property
    def index(self) -> Index:
        from kb.index import Index

        return Index.open(self.store, self.embedder, queries=self.vectors)

    @cached_property
    def vectors(self) -> CheckVectors:
        from service.library import CheckVectors

        return CheckVectors(self.embedder)

    @property
    def library(self) -> StoreLibrary:
        if self._library is None:
            from service.library import StoreLibrary

            self._library = StoreLibrary(self.store, self.index)
        return self._library

    @property
    def resolver(self) -> SourceIndex:
        if self._resolver is None:
            from sources.resolve import index_sources

            self._resolver = index_sources(tuple(self.library.sources.values()))
        return self._resolver

    @cached_property
    def checker(self) -> str:
        """Names everything that shapes a verdict beside the ground: code, models, grammar."""
        digest = hash_parts(hash_code(), grammar_version(), self.embedder.sha256)
        return f"wherefrom-{program_version()}+{digest[:12]}"

    def _forget(self) -> None:
        """Drop what was read of the store, after it has changed."""
        self._library = None
        self._resolver = None
        self._ground = None

    @property
    def ground(self) -> str:
        if self._ground is None:
            self._ground = self.store.ground()
        return self._ground

    def current_ground(self) -> str:
        """The ground as the store has it now, also where another process has changed it."""
        self._catch_up()
        return self.ground

    def _catch_up(self) -> None:
        """Forget what was read of the store if another process has changed its sources since."""
        if self._ground is not None and self._ground != self.store.ground():
            self._forget()
            if "index" in self.__dict__ and not self.index.is_current():
                self.index.close()
                del self.__dict__["index"]

    def _complete_index(self) -> None:
        """Embed what an unfinished `sources add` has left out: a source that search can't see by meaning must
        not make a claim look unsourced."""
        if any(issue.code == "vectors_missing" for issue in self.index.issues):
            self.refresh_index()
        self._mend_index()

    def _mend_index(self) -> None:
        """Make again what is missing, torn or stale of the derived index: once for a state of the store, and
        only where it can be written. Search answers without it, and what stays wrong stays an issue."""
        if self._mended_for != self.ground and any(i.code in _MENDABLE for i in self.index.issues):
            self._mended_for = self.ground
            with suppress(WriteError):
                self.refresh_index()

    # ------------------------------------------------------------------ the straight line

    def check(
        self,
        raw: Raw,
        *,
        progress: Progress | None = None,
        surroundings: str = "",
        policy: Policy | None = None,
    ) -> Report:
        """The report on one article. Nothing is stored or logged. `surroundings` are words around it that
        name its sources, where it is a part of something larger; `policy` a newsroom's stricter rules.

        Raises InputError (and its kinds) where the whole can't be read; faults in parts are issues.
        """
        from ingest.citations import find_citations
        from ingest.claims import find_claims
        from ingest.read import read_document
        from service.suspicion import warn_of_lookalikes
        from sources.references import check_references, tell_misreferences
        from sources.resolve import resolve_citations

        self._catch_up()
        self._complete_index()
        read = read_document(raw)
        if not read.items:
            raise InputError(f"{raw.name} could not be read.", path=raw.name)
        document = read.items[0]
        issues = list(read.issues)
        found = find_claims(document)
        issues += found.issues
        cited = find_citations(document, found.items)
        issues += cited.issues
        issues += warn_of_lookalikes(document, self.library)
        misreferences = check_references(document.notes, self.resolver, self.library.sources)
        issues += tell_misreferences(misreferences)
        claims = resolve_citations(cited.items, self.resolver)
        try:
            return self._judge(document, claims, issues, progress, surroundings, policy)
        finally:
            self.vectors.forget()
            self._mend_index()  # a search is what shows that the vector index is torn

    def _judge(
        self,
        document: Document,
        claims: tuple[Claim, ...],
        issues: list[Issue],
        progress: Progress | None,
        surroundings: str,
        policy: Policy | None,
    ) -> Report:
        from kb.judge import Judging, failed_claim, judge_claims
        from kb.link import link_claims
        from service.chains import follow_cited
        from service.origins import find_leaning
        from service.policies import name_checker

        library = self.library
        own = self.sources_that_are(document)
        cites = self.cited_anywhere(document) - own
        ends, chains = follow_cited(cites, library, self.resolver)
        issues += chains
        judging = Judging(
            library=library,
            published=document.published,
            self_sources=own,
            unreadable=self._unreadable(claims),
            policy=policy,
        )
        try:
            linked = link_claims(
                claims,
                library,
                document_cites=cites | (ends - own),
                document_text=f"{document.text}\n{surroundings}" if surroundings else document.text,
            )
        except StoreError as error:
            issues.append(Issue(stage="kb.link", level=Level.ERROR, code=error.code, message=error.message))
            checked = tuple(failed_claim(claim, "the search for sources failed") for claim in claims)
        else:
            issues += [issue for issue in self.index.issues if issue.code not in _HARMLESS]
            checked = judge_claims(linked, judging, progress=progress)
            while leaning := find_leaning(checked, document, library) - judging.self_sources:
                judging = replace(judging, self_sources=judging.self_sources | leaning)
                checked = judge_claims(linked, judging)
        named = dict.fromkeys(evidence.source_id for one in checked for evidence in one.evidence)
        return Report(
            document=document,
            checker=name_checker(self.checker, policy),
            ground=self.ground,
            claims=checked,
            issues=tuple(issues),
            sources=tuple(library.sources[source_id] for source_id in sorted(named)),
            policy=policy,
        )

    def cited_anywhere(self, document: Document) -> frozenset[str]:
        """Sources that a link or a note anywhere in the article points at."""
        targets = [link.target for link in document.links]
        targets += [target for note in document.notes for target in note.targets]
        return frozenset(self.resolver.find_identified(dict.fromkeys(targets)))

    def sources_that_are(self, document: Document) -> frozenset[str]:
        """Sources that are the article itself or a copy of it: same address, same bytes, or a copy by what
        the registry says of their origin."""
        from kb.origins import find_copies

        own = set(self.resolver.find_identified([document.url])) if document.url else set()
        own |= set(self.store.find_sources_by_content(document.sha256))
        return find_copies(own, self.library.sources) if own else frozenset()

    def _unreadable(self, claims: tuple[Claim, ...]) -> frozenset[str]:
        cited = {s for claim in claims for citation in claim.citations for s in citation.source_ids}
        unreadable = set()
        for source_id in cited:
            versions = self.store.load_source_versions(source_id)
            if versions and not any(v.readable for v in versions if v.current):
                unreadable.add(source_id)
        return frozenset(unreadable)

    def ingest(self, raw: Raw, *, progress: Progress | None = None) -> tuple[Report, Change]:
        """Check an article and store it with its claims and verdicts, in one transaction."""
        report = self.check(raw, progress=progress)
        change = self.store.save_article(report, raw=raw.content, saved_at=datetime.now(UTC))
        return report, change

    # ------------------------------------------------------------------ sources

    def add_source(
        self, source: Source, raw: Raw, *, refresh: bool = True, reviewed: bool = True
    ) -> tuple[Change, tuple[Issue, ...]]:
        """Store a source's bytes and text and index its passages. An unreadable text is stored all the
        same and said: its claims then get the reason source_unreadable. With `refresh` False the index
        waits for `refresh_index` (for adding many). With `reviewed` False a source that nobody reviewed
        stays so, and decides nothing."""
        from ingest.passages import split_passages
        from ingest.read import read_document
        from kb.store import Change
        from service.suspicion import warn_of_changed_copies

        issues: list[Issue] = []
        document: Document | None = None
        try:
            read = read_document(raw)
        except InputError as error:
            issues.append(
                Issue(stage="ingest.read", level=Level.ERROR, code=error.code, message=error.message)
            )
        else:
            issues += read.issues
            document = read.items[0] if read.items else None
        passages = () if document is None else split_passages(document, source.id)
        if passages:
            issues += passages.issues
        by_hand = reviewed and not source.reviewed_by
        change = self.store.save_source(
            replace(source, reviewed_by="added by hand") if by_hand else source,
            origin="added",
            document=document,
            raw=raw.content,
            passages=passages.items if passages else (),
            added_at=datetime.now(UTC),
        )
        self._forget()
        if refresh:
            self.refresh_index()
            if document is not None and change is not Change.UNCHANGED:
                issues += warn_of_changed_copies(document, source.id, self.library)
        return change, tuple(issues)

    def state_source(self, source: Source, *, origin: str = "added") -> Change:
        """Store what is said about a source; a text that is held stays."""
        change = self.store.save_source(source, origin=origin, added_at=datetime.now(UTC))
        self._forget()
        self.refresh_index()
        return change

    def refresh_index(self, *, progress: Progress | None = None) -> None:
        """Bring the indexes up to what the store holds."""
        self.index.refresh(progress)
        self._forget()

    def reindex(self, progress: Progress | None = None) -> None:
        """Make both indexes anew from the store."""
        self.index.rebuild(progress)
        self._forget()

    # ------------------------------------------------------------------ set-up and search

    def init(self, *, empty: bool, progress: Progress | None = None) -> dict[str, int]:
        """Load the shipped registry and example articles (unless `empty`). Safe to run again."""
        counts = {"sources": 0, "findings": 0, "articles": 0}
        if empty:
            return counts
        from ingest.read import read_file
        from sources.registry import read_registry

        now = datetime.now(UTC)
        for source in read_registry().sources:
            self.store.save_source(source, origin="registry", added_at=now)
            counts["sources"] += 1
            counts["findings"] += len(source.findings)
        self._forget()
        self.refresh_index(progress=progress)
        for path in sorted(EXAMPLES.glob("article-*")):
            raw = read_file(path)
            self.ingest(replace(raw, name=path.name))
            counts["articles"] += 1
        return counts

    def search(self, query: str, limit: int = 20) -> SearchAnswer:
        """Stored claims that hold the words, and passages and findings that fit the query."""
        self._catch_up()
        claims = self.store.list_claims(text=query, limit=limit).items
        hits = []
        for hit in self.library.search_all([query], limit=limit)[0]:
            source = self.library.sources.get(hit.source_id)
            passage = self.library.passage(hit.entry_id) if hit.kind == "passage" else None
            finding = self.library.finding(hit.entry_id) if passage is None else None
            if source is not None and (passage is not None or finding is not None):
                text = passage.selector.exact if passage is not None else finding.statement if finding else ""
                hits.append(SearchHit(hit=hit, source=source, text=text))
        issues = self.index.issues  # as they were when the hits were found
        self._mend_index()
        return SearchAnswer(claims=tuple(claims), hits=tuple(hits), issues=issues)
