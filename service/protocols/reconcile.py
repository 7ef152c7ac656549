"""The Reconciliation Service API 0.2, so that a spreadsheet's column of claims or sources is matched in OpenRefine.

Owns the manifest, the batch of queries and the answer's fields. Two types: claims (what stored articles say,
with their verdicts) and sources (of the registry). Refuses to know how either is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from starlette.responses import Response

from kb.text import strip_markup
from kb.types import Source
from service.api_check import Worker
from service.problems import ProblemError
from service.protocols.matching_cache import MatcherCache
from service.schemas import Json, dumps
from service.security import parse_json, read_body

if TYPE_CHECKING:
    from service.workbench import Workbench

CLAIM = {"id": "claim", "name": "Claim"}
SOURCE = {"id": "source", "name": "Primary source"}
MAX_QUERIES = 100
DEFAULT_LIMIT = 5
MAX_LIMIT = 50
_MAX_QUERY = 2_000
_SAME_SOURCE = 92.0  # of 100: a title that differs by a word or two


def add_reconcile(app: FastAPI, workbench: Workbench, matchers: MatcherCache, worker: Worker) -> None:
    """Add /v1/reconcile: the manifest at GET, a batch at POST (or at GET with `queries`)."""

    @app.api_route("/v1/reconcile", methods=["GET", "POST"], include_in_schema=False)
    async def reconcile(request: Request) -> Response:
        root = f"{request.url.scheme}://{request.url.netloc}"
        given = request.query_params.get("queries")
        if request.method == "POST":
            given = _field(await read_body(request), "queries", given)
        if given is None:
            return _json(dumps(manifest(root)))
        queries = read_queries(parse_json(given.encode()))

        def work() -> bytes:
            sources = tuple(workbench.library.sources.values())
            return dumps(
                {name: {"result": answer(query, matchers, sources)} for name, query in queries.items()}
            )

        return _json(await worker.run(work))


def manifest(root: str) -> Json:
    """What the service offers, as the protocol wants it at GET."""
    return {
        "versions": ["0.2"],
        "name": "Wherefrom",
        "identifierSpace": f"{root}/",
        "schemaSpace": f"{root}/docs",
        "documentation": f"{root}/docs",
        "defaultTypes": [CLAIM, SOURCE],
        "view": {"url": f"{root}/v1/entities/{{{{id}}}}"},
        "batchSize": MAX_QUERIES,
    }


def read_queries(value: Any) -> dict[str, dict[str, Any]]:
    """The batch: query id -> query. ProblemError where it isn't one."""
    if not isinstance(value, dict) or not value or len(value) > MAX_QUERIES:
        raise _invalid("/queries", f"an object of 1 to {MAX_QUERIES} queries is wanted")
    for name, query in value.items():
        words = query.get("query") if isinstance(query, dict) else None
        if not isinstance(words, str) or not words.strip() or len(words) > _MAX_QUERY:
            raise _invalid(f"/queries/{name}", f"'query' must be words, at most {_MAX_QUERY:,} characters")
        limit = query.get("limit", DEFAULT_LIMIT)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 1_000:
            raise _invalid(f"/queries/{name}/limit", "a whole number from 1 is wanted")
        if not _types(query) <= {"claim", "source"}:
            raise _invalid(f"/queries/{name}/type", "known types are claim and source")
    return value


def answer(query: dict[str, Any], matchers: MatcherCache, sources: Sequence[Source]) -> list[Json]:
    """The candidates for one query, best first; scores from 0 to 100."""
    words = query["query"]
    limit = min(query.get("limit", DEFAULT_LIMIT), MAX_LIMIT)
    types = _types(query)
    found: list[Json] = []
    if not types or "claim" in types:
        for match in matchers.find(words, limit):
            checked = match.claim.checked
            label = checked.verdict.label.value if checked.verdict.label is not None else "not checked"
            found.append(
                {
                    "id": checked.claim.id, "name": " ".join(strip_markup(checked.claim.sentence.exact).split()),
                    "description": f"{label}: {checked.verdict.explanation}",
                    "score": round(100 * match.score, 2), "match": match.same, "type": [CLAIM],
                }
            )  # fmt: skip
    if not types or "source" in types:
        found += _sources_like(words, sources, limit)
    found.sort(key=lambda one: (-float(str(one["score"])), str(one["id"])))
    return found[:limit]


def _sources_like(words: str, sources: Sequence[Source], limit: int) -> list[Json]:
    from rapidfuzz import fuzz, process, utils

    names = {source.id: source.title for source in sources}
    best = process.extract(
        words,
        names,
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=40,
    )
    by_id = {source.id: source for source in sources}
    return [
        {
            "id": source_id, "name": title, "description": f"{by_id[source_id].publisher}, {by_id[source_id].published or 'no date'}",
            "score": round(score, 2), "match": score >= _SAME_SOURCE, "type": [SOURCE],
        }
        for title, score, source_id in best
    ]  # fmt: skip


def _types(query: dict[str, Any]) -> set[str]:
    given = query.get("type")
    listed = given if isinstance(given, list) else [given] if given else []
    return {str(one.get("id") if isinstance(one, dict) else one) for one in listed}


def _field(body: bytes, name: str, default: str | None) -> str | None:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise ProblemError("body_unreadable", "The body is not a form in UTF-8.") from None
    return dict(pairs).get(name, default)


def _invalid(pointer: str, detail: str) -> ProblemError:
    return ProblemError("invalid_request", "The queries can't be read.", errors=[(pointer, detail)])


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
