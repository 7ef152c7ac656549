"""alembic's entry: runs the steps on the connection that kb.store.migrate hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from kb.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations run from inside Wherefrom, which holds the lock of the knowledge base")
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
