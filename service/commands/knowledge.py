"""The verbs on the knowledge base itself: init, search, show, explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kb.errors import NotFoundError
from service.commands.opening import open_store, open_workbench
from service.terminal import Terminal
from service.visible import make_visible_line

if TYPE_CHECKING:
    from kb.store import Store, StoredClaim
    from kb.types import Source


def init(terminal: Terminal, *, empty: bool) -> None:
    """Makes the knowledge base, or completes one: what it holds already is kept."""
    home = terminal.settings.home
    terminal.say(f"Making the knowledge base at {home}")
    with open_workbench(terminal.settings, create=True) as workbench, terminal.progress("Indexed") as advance:
        counts = workbench.init(empty=empty, progress=advance)
    if terminal.settings.json:
        terminal.put_json({"ok": True, "home": str(home), "counts": dict(counts)})
        return
    held = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()) or "nothing yet"
    terminal.put_text(f"Knowledge base at {home}: {held}.")
    terminal.say("Next: wherefrom check ARTICLE")


def search(terminal: Terminal, query: str, *, limit: int) -> None:
    """Stored claims first, then passages and findings of sources, best first."""
    with open_workbench(terminal.settings) as workbench:
        answer = workbench.search(query, limit)
        sources = _sources_of(workbench.store, answer.claims)
    if terminal.settings.json:
        from service.schemas import claim_to_json, issue_to_json

        terminal.put_json(
            {
                "ok": True,
                "query": query,
                "claims": [claim_to_json(stored, sources.values()) for stored in answer.claims],
                "passages": [
                    {
                        "id": found.hit.entry_id,
                        "kind": found.hit.kind,
                        "source_id": found.source.id,
                        "source_title": found.source.title,
                        "text": found.text,
                        "score": round(found.hit.score, 4),
                    }
                    for found in answer.hits
                ],
                "issues": [issue_to_json(issue) for issue in answer.issues],
            }
        )
        return
    from service.render import ReportPrinter

    printer = ReportPrinter(terminal.console)
    terminal.say_issues(answer.issues)
    if not answer.claims and not answer.hits:
        terminal.say(f"Nothing was found for {query!r}. Try fewer or other words.")
        return
    for stored in answer.claims:
        terminal.put_lines(
            printer.claim_line(stored.checked, where=stored.article.title or stored.article.name)
        )
    if answer.claims and answer.hits:
        terminal.put_text("")
    for found in answer.hits:
        terminal.put_lines(printer.hit(found))


def show(terminal: Terminal, name: str) -> None:
    """A claim (c-...), an article (a-...) or a source (any other id)."""
    with open_store(terminal.settings) as store:
        if name.startswith("c-"):
            _show_claim(terminal, store, name)
        elif name.startswith("a-"):
            _show_article(terminal, store, name)
        else:
            show_source(terminal, store, name)


def explain(terminal: Terminal, claim_id: str) -> None:
    """The whole chain behind a stored claim's verdict, and its earlier verdicts."""
    from service.schemas import claim_to_json

    with open_store(terminal.settings) as store:
        stored = store.load_claim(claim_id)
        sources = _sources_of(store, [stored])
    if terminal.settings.json:
        terminal.put_json({"ok": True, "claim": claim_to_json(stored, sources.values())})
        return
    from service.render import ReportPrinter

    printer = ReportPrinter(terminal.console)
    terminal.put_lines(printer.trace(None, stored.checked, sources))
    terminal.put_lines(printer.history(stored.history))


def show_source(terminal: Terminal, store: Store, source_id: str) -> None:
    from service.schemas import source_to_json

    source = store.load_source(source_id)
    versions = store.load_source_versions(source_id)
    if terminal.settings.json:
        terminal.put_json({"ok": True, "source": source_to_json(source, versions)})
        return
    from service.render import ReportPrinter

    terminal.put_lines(ReportPrinter(terminal.console).source(source, versions))


def _show_claim(terminal: Terminal, store: Store, claim_id: str) -> None:
    from service.schemas import claim_to_json

    stored = store.load_claim(claim_id)
    sources = _sources_of(store, [stored])
    if terminal.settings.json:
        terminal.put_json({"ok": True, "claim": claim_to_json(stored, sources.values())})
        return
    from service.render import ReportPrinter

    printer = ReportPrinter(terminal.console)
    terminal.put_lines(printer.claim(None, stored.checked, sources))
    terminal.put_text(f"     in         {make_visible_line(stored.article.title or stored.article.name)}")


def _show_article(terminal: Terminal, store: Store, article_id: str) -> None:
    from service.schemas import article_to_json

    report = store.load_article(article_id)
    if terminal.settings.json:
        terminal.put_json(article_to_json(report))
        return
    from service.render import ReportPrinter

    name = report.document.title or report.document.name
    terminal.put_lines(ReportPrinter(terminal.console).report(report, name=name))


def _sources_of(store: Store, claims: Iterable[StoredClaim]) -> Mapping[str, Source]:
    """The sources that the claims' evidence names; one that is gone is left out."""
    found: dict[str, Source] = {}
    for stored in claims:
        for evidence in stored.checked.evidence:
            if evidence.source_id not in found:
                try:
                    found[evidence.source_id] = store.load_source(evidence.source_id)
                except NotFoundError:
                    continue
    return found
