"""The verbs that publish: build (the static site) and serve (the API)."""

from __future__ import annotations

from pathlib import Path

from service.commands.opening import open_store, open_workbench
from service.terminal import Terminal, UsageError


def build(terminal: Terminal, out: Path, *, base_url: str | None) -> None:
    """Writes the static site of the knowledge base into a folder."""
    from service.site import build_site

    with open_store(terminal.settings) as store, terminal.progress("Pages written") as advance:
        built = build_site(store, out, base_url=base_url, progress=advance)
    if terminal.settings.json:
        counts = {"pages": built.pages, "claims": built.claims, "sources": built.sources}
        terminal.put_json({"ok": True, "out": str(out), **counts, "articles": built.articles})
        return
    terminal.put_text(
        f"{built.pages} pages for {built.claims} claims, {built.sources} sources and {built.articles} articles."
    )
    terminal.put_text(f"Open {out / 'index.html'}")


def serve(terminal: Terminal, *, host: str, port: int) -> None:
    """Serves the API until interrupted. Requests are not logged: drafts are private."""
    from service.api import run_server

    with open_workbench(terminal.settings) as workbench:
        terminal.say(f"Serving on http://{host}:{port} (what it offers: /docs). Stop it with Ctrl-C.")
        try:
            run_server(workbench, host, port)
        except KeyboardInterrupt:
            terminal.say("Stopped.")
        except SystemExit as error:  # the server's own end where it can't listen; it has said why
            if error.code:
                raise UsageError(
                    f"could not listen on {host}:{port}: the port is taken, or the address isn't this"
                    " machine's; choose others with --port and --host"
                ) from None


def serve_mcp(terminal: Terminal) -> None:
    """Answers an assistant's requests until stdin ends. stdout carries the protocol and nothing else."""
    import asyncio

    from service.protocols.mcp_server import serve_stdio
    from service.workbench import program_version

    with open_workbench(terminal.settings) as workbench:
        asyncio.run(serve_stdio(workbench, program_version()))
