"""The tables of a knowledge base and the schema versions that this code can read; knows no query.

A migration (kb.migrations) makes them; a test holds the two to each other. What is asked for has a
column of its own, the nested rest is canonical JSON in `bodies`, kept once under its sha256.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

REVISIONS = ("0001", "0002")  # every released schema, oldest first; alembic's own list must be the same
APPLICATION_ID = 0x57484652  # "WHFR" in the file's header: this SQLite file is a knowledge base of ours

metadata = MetaData()

raws = Table(
    "raws",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("recorded_at", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("kind", Text, nullable=False),  # source | article
    Column("subject", Text, nullable=False),  # its id
    Column("chain_head", Text, nullable=False),  # of the verdict log after this change
)

# --------------------------------------------------------------------------- sources

source_versions = Table(
    "source_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    Column("sha256", Text, ForeignKey("raws.sha256"), nullable=False),
    Column("media_type", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("document_sha256", Text, ForeignKey("bodies.sha256")),  # None: could not be read
    Column("reading_sha256", Text, nullable=False),  # of what can decide in the text; "" where there is none
    UniqueConstraint("source_id", "sha256", name="source_versions_once"),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("published", Text),
    Column("url", Text),
    Column("doi", Text),
    Column("arxiv", Text),
    Column("reviewed_by", Text),
    Column("origin", Text, nullable=False),
    Column("body_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),  # as it stands
    Column("registry_sha256", Text, ForeignKey("bodies.sha256")),  # what the registry states
    Column("added_sha256", Text, ForeignKey("bodies.sha256")),  # what was added to it
    # The current version; `use_alter` only tells SQLAlchemy where to cut the circle of the two tables.
    Column("version_id", Integer, ForeignKey("source_versions.id", use_alter=True, name="sources_version")),
    Column("ground", Text, nullable=False),  # hash of all that can decide in this source
    Column("added_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
)

source_revisions = Table(
    "source_revisions",
    metadata,
    Column("source_id", Text, ForeignKey("sources.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("stated_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
    Column("body_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
    Column("recorded_at", Text, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version_id", Integer, ForeignKey("source_versions.id"), nullable=False),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("passages_by_version", "version_id"),
)

captures = Table(  # what each fetch of a source's address brought
    "captures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    Column("asked", Text, nullable=False),
    Column("url", Text),  # after redirects; None: nothing came
    Column("fetched_at", Text, nullable=False),
    Column("status", Integer),
    Column("media_type", Text),
    Column("sha256", Text, ForeignKey("raws.sha256")),
    Column("problem", Text),
    Index("captures_by_source", "source_id", "number"),
)

# --------------------------------------------------------------------------- articles

article_versions = Table(
    "article_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "article_id", Text, ForeignKey("articles.id", deferrable=True, initially="DEFERRED"), nullable=False
    ),
    Column("sha256", Text, ForeignKey("raws.sha256"), nullable=False),
    Column("added_at", Text, nullable=False),
    UniqueConstraint("article_id", "sha256", name="article_versions_once"),
)

runs = Table(  # one report about one version
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", Integer, ForeignKey("article_versions.id"), nullable=False),
    Column("checker", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("report_sha256", Text, nullable=False),
    Column("document_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
    Column("issues_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
    Column("saved_at", Text, nullable=False),
    UniqueConstraint("version_id", "report_sha256", name="runs_once"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("title", Text),
    Column("published", Text),
    Column("sha256", Text, nullable=False),
    # The report that is shown.
    Column("run_id", Integer, ForeignKey("runs.id", use_alter=True, name="articles_run"), nullable=False),
    Column("claims", Integer, nullable=False),
    Column("supported", Integer, nullable=False),
    Column("contested", Integer, nullable=False),
    Column("unsourced", Integer, nullable=False),
    Column("not_checked", Integer, nullable=False),
    Column("saved_at", Text, nullable=False),
)

run_sources = Table(
    "run_sources",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
)

run_claims = Table(
    "run_claims",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("claim_id", Text, nullable=False),
    Column("body_sha256", Text, ForeignKey("bodies.sha256"), nullable=False),
    Column("verdict_number", Integer, ForeignKey("verdicts.number"), nullable=False),
    UniqueConstraint("run_id", "claim_id", name="run_claims_once"),
)

# --------------------------------------------------------------------------- the verdict log

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("claim_id", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),  # the article's bytes that were judged
    Column("sentence", Text, nullable=False),
    Column("span", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("checker", Text, nullable=False),
    Column("label", Text),  # None: could not be checked
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),  # over body and the bodies of its evidence
    Column("recorded_at", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    UniqueConstraint("claim_id", "ground", "checker", "content_sha256", name="verdicts_once"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("verdict_number", Integer, ForeignKey("verdicts.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("stance", Text, nullable=False),
    Column("body", Text, nullable=False),
)

# ------------------------------------------------------------------- claims as they stand, for lists

claims = Table(
    "claims",
    metadata,
    Column("id", Text, primary_key=True),
    Column("article_id", Text, ForeignKey("articles.id"), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),  # the last one that made it
    Column("position", Integer, nullable=False),
    Column("current", Boolean, nullable=False),  # whether the article as shown makes it
    Column("kind", Text, nullable=False),
    Column("label", Text),
    Column("reason", Text, nullable=False),
    Column("folded", Text, nullable=False),  # words for text search, kb.text.fold_text
    Index("claims_by_place", "current", "article_id", "position"),
    Index("claims_by_label", "current", "label", "reason", "kind"),
    Index("claims_by_article", "article_id"),
)

claim_sources = Table(
    "claim_sources",
    metadata,
    Column("claim_id", Text, ForeignKey("claims.id"), primary_key=True),
    Column("source_id", Text, primary_key=True),
    Index("claim_sources_by_source", "source_id", "claim_id"),
)

claim_topics = Table(
    "claim_topics",
    metadata,
    Column("claim_id", Text, ForeignKey("claims.id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Index("claim_topics_by_topic", "topic", "claim_id"),
)

# --------------------------------------------------------------------------- vectors, derived

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("size_bytes", Integer, nullable=False),  # of one vector
)

vectors = Table(
    "vectors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", Integer, ForeignKey("models.id"), nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    UniqueConstraint("model_id", "entry_id", name="vectors_once"),
)
