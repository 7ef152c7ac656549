"""The verbs that publish: build (the static site) and serve (the API)."""

from __future__ import annotations

from dataclasses import dataclass
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
        made = {"articles": built.articles, "written": len(built.written), "searchable": built.searchable}
        terminal.put_json({"ok": True, "out": str(out), **counts, **made})
        return
    if not built.searchable:
        terminal.say(
            "The site has no search page: there is nothing to search, or pagefind-bin isn’t installed."
        )
    terminal.put_text(
        f"{built.pages} pages for {built.claims} claims, {built.sources} sources and {built.articles} articles."
    )
    terminal.put_text(f"Open {out / 'index.html'}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How to serve: where, under which further names, for pages of which origins, and for whom."""

    host: str
    port: int
    names: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    require_key: bool = False
    rate: int = 120


def serve(terminal: Terminal, serving: Serving) -> None:
    """Serves the API until interrupted. Requests are not logged: drafts are private."""
    from service.api import run_server

    host, port = serving.host, serving.port
    if host not in ("127.0.0.1", "::1", "localhost") and not serving.require_key:
        terminal.say(f"{host} can be reached from other machines, without a key: --require-key asks for one.")
    with open_workbench(terminal.settings) as workbench:
        terminal.say(f"Serving on http://{host}:{port} (what it offers: /docs). Stop it with Ctrl-C.")
        try:
            run_server(
                workbench,
                host,
                port,
                hosts=serving.names,
                origins=serving.origins,
                require_key=serving.require_key,
                rate=serving.rate,
            )
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
