"""The steps from each released schema to the next (alembic); kb.store.migrate runs them."""
