"""The pages of `wherefrom serve`: a start page, the check page, search, and the site's pages made on demand.

Owns their addresses and forms. Refuses to know how a page looks (service.site) and how a text is checked.
No page has a script; a form posts to this server alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from kb.errors import WherefromError
from service.api import respond
from service.api_check import CheckInput, Worker, check_raw
from service.api_docs import list_routes
from service.api_models import MAX_QUERY, MAX_TEXT
from service.check_form import ExportInput, read_export, read_form
from service.problems import KINDS, ProblemError, problem_response, to_problem
from service.report_export import MEDIA_TYPES, export_report, list_corrections
from service.searching import search_all
from service.site.pages import Pages, article_name
from service.site.render import static_files
from service.source_lookup import sources_of

if TYPE_CHECKING:
    from service.protocols.matching_cache import MatcherCache
    from service.workbench import Workbench

_HTML = "text/html; charset=utf-8"
_ASSET_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def add_pages(
    app: FastAPI, workbench: Workbench, matchers: MatcherCache, worker: Worker, *, site: Path | None
) -> None:
    """Add every page to the application; a built site, if one is given, under /site/."""
    assets = dict(static_files())
    if site is not None:
        app.mount("/site", StaticFiles(directory=site, html=True), name="site")

    def pages() -> Pages:
        return Pages(workbench.store, live=True)

    @app.get("/", include_in_schema=False)
    def start(request: Request) -> Response:
        made = pages()
        listed = sorted(made.articles.values(), key=lambda one: (one.saved_at, one.id), reverse=True)
        counts = {key: sum(a.counts[key] for a in listed) for key in ("claims", "supported", "contested", "unsourced", "not_checked")}  # fmt: skip
        context = {
            "latest": [{"article": article, "name": article_name(article)} for article in listed[:10]],
            "counts": counts,
            "source_count": len(made.sources),
        }
        return respond(request, made.page("serve.html", "", context), media_type=_HTML)

    @app.get("/check", include_in_schema=False)
    def check_form() -> Response:
        return _check_page(pages(), {})

    @app.post("/check", include_in_schema=False)
    async def check_text(given: Annotated[CheckInput, Depends(read_form)]) -> Response:
        def work() -> Response:
            report = check_raw(workbench, given)
            made = pages()
            context = {
                "report": report,
                "corrections": list_corrections(report),
                **made.report_context(report, whole=True),
            }
            return _check_page(made, context, text=report.document.text)

        try:
            return await worker.run(work)
        except WherefromError as error:
            problem = to_problem(error, given.names())
            pasted = given.raw is not None and given.raw.name == "-"
            text = given.raw.content.decode() if given.raw is not None and pasted else ""
            return _check_page(pages(), {}, text=text, url=given.url or "", fault=problem)

    @app.post("/check/export", include_in_schema=False)
    async def export(given: Annotated[ExportInput, Depends(read_export)]) -> Response:
        """The report as a file. The text comes again with the form, for nothing of a check is kept."""

        def work() -> bytes:
            return export_report(check_raw(workbench, given.check), given.form)

        try:
            content = await worker.run(work)
        except WherefromError as error:
            raise to_problem(error, given.check.names()) from None
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="wherefrom-check.{given.form}"',
        }
        return Response(content, media_type=MEDIA_TYPES[given.form], headers=headers)

    @app.get("/search", include_in_schema=False)
    async def search(request: Request, q: str = "") -> Response:
        query = " ".join(q.split())[:MAX_QUERY].replace("\x00", "")

        def work() -> bytes:
            made = pages()
            found = search_all(workbench, matchers, query, 20) if query else None
            for hit in found.hits if found is not None else ():
                made.sources.setdefault(hit.source.id, hit.source)
            context = {
                "query": query,
                "rows": [made.make_row(claim) for claim in found.claims] if found is not None else [],
                "hits": list(found.hits) if found is not None else [],
            }
            return made.page("search.html", "search", context)

        return respond(request, await worker.run(work), media_type=_HTML)

    @app.get("/claims", include_in_schema=False)
    def claims(request: Request, cursor: str | None = None) -> Response:
        made = pages()
        try:
            page = workbench.store.list_claims(limit=100, after=cursor)
        except ValueError:
            raise ProblemError("not_found", KINDS["not_found"].meaning) from None
        made.sources.update({source.id: source for source in sources_of(workbench.store, page.items)})
        context = {
            "rows": [made.make_row(claim) for claim in page.items],
            "next_cursor": page.next,
            "total": page.total,
        }
        return respond(request, made.page("serve_claims.html", "claims", context), media_type=_HTML)

    @app.get("/sources", include_in_schema=False)
    def sources(request: Request) -> Response:
        made = pages()
        return respond(request, made.source_list({}), media_type=_HTML)

    @app.get("/articles", include_in_schema=False)
    def articles(request: Request) -> Response:
        return respond(request, pages().article_list(), media_type=_HTML)

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> Response:
        context = {"routes": list_routes(app), "problems": list(KINDS.values())}
        return respond(request, pages().page("docs.html", "docs", context), media_type=_HTML)

    @app.get("/problems/{name}", include_in_schema=False)
    def problem(request: Request, name: str) -> Response:
        kind = KINDS.get(name.replace("-", "_"))
        if kind is None:
            raise ProblemError("not_found", KINDS["not_found"].meaning)
        return respond(
            request, pages().page("problem.html", f"problems/{name}", {"kind": kind}), media_type=_HTML
        )

    @app.get("/assets/{name}", include_in_schema=False)
    def asset(request: Request, name: str) -> Response:
        if name not in assets:
            raise ProblemError("not_found", KINDS["not_found"].meaning)
        media_type = _ASSET_TYPES.get(Path(name).suffix, "application/octet-stream")
        return respond(request, assets[name], media_type=media_type)

    @app.get("/{folder}/index.html", include_in_schema=False)
    def index(folder: str) -> Response:
        if folder not in ("claims", "sources", "articles"):
            raise ProblemError("not_found", KINDS["not_found"].meaning)
        return RedirectResponse(f"../{folder}", status_code=308)

    @app.get("/{path:path}", include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        made = pages()
        found = (made.methodology(), _HTML) if path == "methodology.html" else made.find(path)
        if found is not None:
            return respond(request, found[0], media_type=found[1])
        if "text/html" in request.headers.get("accept", ""):
            root = "../" * min(path.count("/"), 20)
            content = made.page("404.html", "404.html", {"root": root})
            return Response(content, status_code=404, media_type=_HTML)
        return problem_response("not_found", KINDS["not_found"].meaning, request.url.path)


def _check_page(
    pages: Pages,
    context: dict[str, Any],
    *,
    text: str = "",
    url: str = "",
    fault: ProblemError | None = None,
) -> Response:
    filled = {
        "report": None,
        "corrections": "",
        "passages": (),
        "claims": (),
        "summary": "",
        "bar": (),
        "issues": (),
        **context,
    }
    content = pages.page(
        "check.html", "check", {"text": text, "url": url, "fault": fault, "max_text": MAX_TEXT, **filled}
    )
    return Response(
        content,
        status_code=200 if fault is None else fault.kind.status,
        media_type=_HTML,
        headers={"Cache-Control": "no-store"},
    )
