"""Opens the knowledge base for a verb: with its models where they are needed, else the store alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.store import Store
    from service.settings import Settings
    from service.workbench import Workbench


def open_workbench(settings: Settings, *, create: bool = False) -> Workbench:
    """For verbs that read, search or judge. StoreError where there is no knowledge base and `create` is False."""
    from service.workbench import Workbench

    return Workbench.open(settings.home, create=create, embedder=settings.embedder)


def open_store(settings: Settings) -> Store:
    """For verbs that only look something up: read only, and no model is loaded."""
    from kb.store import Store

    return Store.open(settings.home, read_only=True)
