"""API v1 over an open knowledge base, and the pages that `wherefrom serve` shows beside it.

Owns routes, status codes, paging and caching. Refuses to know how a text is checked (service.workbench),
how values become JSON (service.schemas) and how pages look (service.site). What is sent to be checked is
neither stored nor logged, and its answer may not be stored on the way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kb.errors import WherefromError
from kb.ids import hash_bytes
from kb.store.watch import ChangeWatch
from kb.types import Source
from service import api_models as models
from service.access import DEFAULT_RATE, Access
from service.api_cache import AnswerCache, is_known
from service.api_check import CheckInput, Worker, check_raw, read_check
from service.api_check import warm_up as load_models
from service.api_docs import add_openapi, describe
from service.api_history import add_history
from service.api_jobs import Jobs, accepted, add_jobs, wants_later
from service.citing import cite_as
from service.keys import KeyRing
from service.problems import (
    KINDS,
    ProblemError,
    describe_faults,
    respond_to_http_error,
    respond_to_problem,
    to_problem,
)
from service.schemas import (
    Json,
    article_to_json,
    claim_to_json,
    dumps,
    format_time,
    report_to_json,
    source_to_json,
    summary_to_json,
)
from service.searching import search_all
from service.security import LOOPBACK_HOSTS, Guard
from service.source_json import load_source_json
from service.source_lookup import sources_of

if TYPE_CHECKING:
    from kb.store import ClaimPage, Store
    from service.protocols.matching_cache import MatcherCache
    from service.workbench import Workbench

_FACET_WORDS = {"label": {"not_checked": "not checked"}}


def create_app(
    workbench: Workbench,
    *,
    hosts: Collection[str] = LOOPBACK_HOSTS,
    origins: Collection[str] = (),
    site: Path | None = None,
    warm_up: bool = False,
    with_mcp: bool = False,
    require_key: bool = False,
    rate: int = DEFAULT_RATE,
) -> FastAPI:
    """The application. `hosts` are the names it answers to, `origins` the web origins whose pages may post
    to it; `site` a built site to serve under /site/; with `warm_up` the models load at the start and not at
    the first check; `with_mcp` speaks the Model Context Protocol at /mcp. Programs from elsewhere may ask
    `rate` times a minute, with `require_key` only with an API key. The workbench stays the caller's to
    close."""
    from service.protocols.matching_cache import MatcherCache

    worker = Worker()
    matchers = MatcherCache(workbench.store)
    jobs = Jobs(worker)
    watch = ChangeWatch(workbench.store.path)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if warm_up:
            worker.submit(lambda: load_models(workbench))
        async with AsyncExitStack() as sessions:
            if with_mcp:
                from service.protocols.mcp_server import open_http
                from service.workbench import program_version

                app.state.mcp = await sessions.enter_async_context(
                    open_http(workbench, matchers, worker, program_version())
                )
            yield
        jobs.close()
        worker.close()
        watch.close()

    app = FastAPI(
        title="Wherefrom", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.workbench = workbench
    app.state.worker = worker
    app.add_middleware(AnswerCache, watch=watch)
    app.add_middleware(Access, ring=KeyRing(workbench.store.home), require_key=require_key, rate=rate)
    app.add_middleware(Guard, hosts=hosts, origins=origins)  # added last, so it stands around everything
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(WherefromError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    _add_check(app, workbench, worker, jobs)
    add_jobs(app, jobs)
    _add_claims(app, workbench.store)
    _add_sources(app, workbench.store)
    _add_articles(app, workbench.store)
    _add_search(app, workbench, matchers, worker)
    _add_health(app, workbench)
    add_history(app, workbench.store, respond)
    add_openapi(app)
    if with_mcp:
        from service.protocols.mcp_server import MOUNT

        app.mount(MOUNT, _Mounted(app), name="mcp")
    from service.api_match import add_match
    from service.protocols import add_protocols

    add_match(app, matchers, worker)
    add_protocols(app, workbench, matchers, worker)
    from service.pages import add_pages

    add_pages(app, workbench, matchers, worker, site=site)
    return app


class _Mounted:
    """Hands a request to the protocol's own application, which is made when the server starts."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app.state.mcp(scope, receive, send)


def run_server(
    workbench: Workbench,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
    require_key: bool = False,
    rate: int = DEFAULT_RATE,
) -> None:
    """Serve until interrupted. uvicorn's own access log is off: it would write query strings."""
    import uvicorn

    names = LOOPBACK_HOSTS | {host.strip("[]").lower()} | {name.lower() for name in hosts}
    uvicorn.run(
        create_app(
            workbench,
            hosts=names,
            origins=tuple(origins),
            warm_up=True,
            with_mcp=True,
            require_key=require_key,
            rate=rate,
        ),
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


# ------------------------------------------------------------------------ check


def _add_check(app: FastAPI, workbench: Workbench, worker: Worker, jobs: Jobs) -> None:
    @app.post("/v1/check", response_model=models.ReportModel, **describe("check"))
    async def check(request: Request, given: Annotated[CheckInput, Depends(read_check)]) -> Response:
        """Find the claims of a text and say of each whether its primary source bears it out.

        Send JSON, or the text, page or PDF itself as the body. Nothing of it is stored or logged. With the
        header `Prefer: respond-async` the answer is 202 with the address of a job, which tells the progress.
        """

        def work(progress: Callable[[int, int], None] | None = None) -> bytes:
            report = check_raw(workbench, given, progress)
            return dumps(report_to_json(report, offset_unit=given.offset_unit))

        if wants_later(request):
            return accepted(jobs.start(work, given.names()))
        try:
            body = await worker.run(work)
        except WherefromError as error:
            raise to_problem(error, given.names()) from None
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


# ------------------------------------------------------------------------ what is stored


def _add_claims(app: FastAPI, store: Store) -> None:
    @app.get("/v1/claims", response_model=models.ClaimListModel, **describe("claims"))
    def list_claims(request: Request, filters: Annotated[models.ClaimFilters, Query()]) -> Response:
        """Claims of the stored articles, by article and place, with counts by label, reason and kind."""
        page = _list_claims(store, filters)
        known: dict[str, Source] = {}
        body: Json = {
            "ok": True,
            "items": [claim_to_json(claim, sources_of(store, [claim], known)) for claim in page.items],
            "total": {"value": page.total, "relation": "eq"},
            "facets": _facets(page),
            "next": page.next,
        }
        return respond(request, body, following=page.next)

    @app.get("/v1/claims/{claim_id}", response_model=models.ClaimModel, **describe("claim"))
    def load_claim(request: Request, claim_id: str) -> Response:
        """One claim with its evidence and its verdicts over time, oldest first."""
        claim = store.load_claim(claim_id)
        return respond(request, claim_to_json(claim, sources_of(store, [claim])))


def _list_claims(store: Store, filters: models.ClaimFilters) -> ClaimPage:
    try:
        return store.list_claims(
            label=filters.label.value if filters.label is not None else None,
            reason=filters.reason,
            source=filters.source,
            article=filters.article,
            kind=filters.kind,
            topic=filters.topic,
            text=filters.q,
            limit=filters.limit,
            after=filters.cursor,
        )
    except ValueError:
        raise _bad_cursor() from None


def _add_sources(app: FastAPI, store: Store) -> None:
    @app.get("/v1/sources", response_model=models.SourceListModel, **describe("sources"))
    def list_sources(request: Request, paging: Annotated[models.Paging, Query()]) -> Response:
        """The registry: every source by id, with its findings and what it contests."""
        page, following, total = _slice(sorted(store.iter_sources(), key=_id), paging)
        body: Json = {
            "ok": True,
            "items": [source_to_json(source, store.load_source_versions(source.id)) for source in page],
            "total": {"value": total, "relation": "eq"},
            "next": following,
        }
        return respond(request, body, following=following)

    @app.get("/v1/sources/{source_id}", response_model=models.SourcePageModel, **describe("source"))
    def load_source(request: Request, source_id: str) -> Response:
        """One source: its findings and versions, who disputes it, the articles that lean on it, how to cite it.

        With `Accept: application/x-bibtex`, `application/x-research-info-systems` or
        `application/vnd.citationstyles.csl+json` the citation alone.
        """
        source = store.load_source(source_id)
        cited = cite_as(source, request.headers.get("accept", ""))
        if cited is not None:
            answer = respond(request, cited[0], media_type=cited[1])
        else:
            answer = respond(request, load_source_json(store, source, store.iter_sources()))
        answer.headers["Vary"] = "Accept"
        return answer


def _add_articles(app: FastAPI, store: Store) -> None:
    @app.get("/v1/articles", response_model=models.ArticleListModel, **describe("articles"))
    def list_articles(request: Request, paging: Annotated[models.Paging, Query()]) -> Response:
        """The stored articles by id, with counts of their claims by label."""
        page, following, total = _slice(sorted(store.iter_articles(), key=_id), paging)
        body: Json = {
            "ok": True,
            "items": [summary_to_json(article) for article in page],
            "total": {"value": total, "relation": "eq"},
            "next": following,
        }
        return respond(request, body, following=following)

    @app.get("/v1/articles/{article_id}", response_model=models.StoredReportModel, **describe("article"))
    def load_article(request: Request, article_id: str) -> Response:
        """The report on one stored article, with its latest verdicts."""
        return respond(request, article_to_json(store.load_article(article_id)))


def _add_search(app: FastAPI, workbench: Workbench, matchers: MatcherCache, worker: Worker) -> None:
    @app.get("/v1/search", response_model=models.SearchModel, **describe("search"))
    async def search(request: Request, query: Annotated[models.SearchQuery, Query()]) -> Response:
        """Stored claims by their words and their number, and passages and findings of sources that fit.

        A number is looked for as a number: `25%` finds "a quarter", and `matches` says so.
        """

        def work() -> Json:
            answer = search_all(workbench, matchers, query.q, query.limit)
            known: dict[str, Source] = {}
            return {
                "ok": True,
                "claims": [
                    claim_to_json(claim, sources_of(workbench.store, [claim], known))
                    for claim in answer.claims
                ],
                "matches": [
                    {
                        "id": match.claim.checked.claim.id,
                        "score": match.score,
                        "same": match.same,
                        "reasons": list(match.reasons),
                    }
                    for match in answer.matches
                ],
                "passages": [
                    {
                        "entry_id": found.hit.entry_id,
                        "kind": found.hit.kind,
                        "source_id": found.source.id,
                        "source_title": found.source.title,
                        "url": source_to_json(found.source)["url"],
                        "text": found.text,
                        "score": round(found.hit.score, 4),
                        "lexical": round(found.hit.lexical, 4),
                        "dense": round(found.hit.dense, 4),
                    }
                    for found in answer.hits
                ],
            }

        return respond(request, await worker.run(work))


def _add_health(app: FastAPI, workbench: Workbench) -> None:
    @app.get("/healthz", response_model=models.HealthModel, **describe("healthz"))
    async def healthz() -> Response:
        """Whether the process answers. Never waits for a check."""
        return Response(
            dumps({"ok": True}), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    @app.get("/readyz", response_model=models.ReadyModel, **describe("readyz"))
    def readyz() -> Response:
        """Whether the knowledge base can be read, and the state of its indexes; 503 when it can't."""
        try:
            changed = workbench.store.last_changed()
            index = workbench.index.state().status
        except WherefromError as error:
            raise to_problem(error) from None
        body: Json = {
            "ok": True,
            "db": "ok",
            "index": str(index),
            "last_changed": format_time(changed) if changed is not None else None,
        }
        return Response(dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})


# ------------------------------------------------------------------------ shared by the routes


def respond(
    request: Request,
    body: Json | bytes,
    *,
    media_type: str = "application/json",
    following: str | None = None,
) -> Response:
    """200 with a strong ETag (the first 16 hex of the body's sha256), or 304 where the client has it."""
    content = body if isinstance(body, bytes) else dumps(body)
    etag = f'"{hash_bytes(content)[:16]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if following is not None:
        headers["Link"] = f'<{request.url.path}?{_next_query(request, following)}>; rel="next"'
    if is_known(etag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _slice(values: Sequence[Any], paging: models.Paging) -> tuple[Sequence[Any], str | None, int]:
    after = paging.cursor
    rest = [value for value in values if value.id > after] if after is not None else values
    page = rest[: paging.limit]
    return page, (page[-1].id if len(rest) > paging.limit else None), len(values)


def _id(value: Any) -> str:
    return str(value.id)


def _facets(page: ClaimPage) -> dict[str, list[Json]]:
    from kb.reasons import REASONS

    def rows(name: str, counts: dict[str, int]) -> list[Json]:
        words = _FACET_WORDS.get(name, {})
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        titles = {code: reason.title for code, reason in REASONS.items()} if name == "reason" else words
        return [{"name": key, "label": titles.get(key, key), "count": count} for key, count in ordered]

    facets = page.facets
    return {
        "label": rows("label", facets.label),
        "reason": rows("reason", facets.reason),
        "kind": rows("kind", facets.kind),
    }


def _next_query(request: Request, following: str) -> str:
    from urllib.parse import urlencode

    pairs = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
    return urlencode([*pairs, ("cursor", following)])


def _bad_cursor() -> ProblemError:
    return ProblemError(
        "invalid_request",
        "A parameter is out of range.",
        errors=[("/query/cursor", "is not a `next` of this list")],
    )


def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return respond_to_problem(request, error)


def _on_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, WherefromError):
        raise error
    return respond_to_problem(
        request, to_problem(error, [str(part) for part in request.path_params.values()])
    )


def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problem = ProblemError(
        "invalid_request", KINDS["invalid_request"].meaning, errors=describe_faults(list(error.errors()))
    )
    return respond_to_problem(request, problem)


def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return respond_to_http_error(request, error)
