"""The protocols of other people's tools, each spoken by a module of its own over the same checks and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from service.api_check import Worker

if TYPE_CHECKING:
    from service.protocols.matching_cache import MatcherCache
    from service.workbench import Workbench


def add_protocols(app: FastAPI, workbench: Workbench, matchers: MatcherCache, worker: Worker) -> None:
    """Add the routes of every protocol that is spoken over HTTP without a session."""
    from service.drafts import DraftChecker
    from service.protocols.factcheck import add_factcheck
    from service.protocols.languagetool import add_languagetool
    from service.protocols.reconcile import add_reconcile
    from service.workbench import program_version

    add_languagetool(app, DraftChecker(workbench).check, worker, program_version())
    add_factcheck(app, matchers, worker)
    add_reconcile(app, workbench, matchers, worker)
