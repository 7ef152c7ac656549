"""The API's description of itself: per-route documentation, the OpenAPI document with examples.

Owns the words and examples of the documentation; refuses to know how a route answers.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from service.api_check import DOCX
from service.api_models import CheckRequest, ProblemModel
from service.problems import KINDS
from service.schemas import dumps

_DESCRIPTION = (
    "Where is this number from, and does the source really say it? Send a text and get its claims back, "
    "each marked supported, contested or unsourced, with the passage that decides it. Within v1 keys are "
    "only ever added: ignore those that you don't know. Every error is a problem document (RFC 9457)."
)

# What any route may answer with, whatever is asked of it.
_ANYWHERE = ("unauthorized", "forbidden", "wrong_host", "rate_limited", "internal_error")
# Route -> (summary, codes of the problems that it answers with)
_ROUTES: dict[str, tuple[str, tuple[str, ...]]] = {
    "check": ("Check a text", ("body_unreadable", "cross_site", "too_slow", "over_limit", "media_type_not_supported", "invalid_request", "busy")),
    "claims": ("List claims", ("invalid_request", "store_unusable")),
    "claim": ("One claim", ("not_found", "invalid_request", "store_unusable")),
    "sources": ("List sources", ("invalid_request", "store_unusable")),
    "source": ("One source", ("not_found", "invalid_request", "store_unusable")),
    "articles": ("List articles", ("invalid_request", "store_unusable")),
    "article": ("One article", ("not_found", "invalid_request", "store_unusable")),
    "search": ("Search claims and sources", ("invalid_request", "busy")),
    "changes": ("Verdicts as they change", ("invalid_request", "store_unusable")),
    "audit_head": ("The end of the log of verdicts", ("store_unusable",)),
    "annotations": ("An article's claims as Web Annotations", ("invalid_request", "store_unusable")),
    "job": ("How far a check has come", ("not_found", "invalid_request")),
    "job_report": ("The report of a finished check", ("not_found", "invalid_request")),
    "job_forget": ("Drop a check", ("cross_site", "not_found", "invalid_request")),
    "match": ("Match texts with checked claims", ("body_unreadable", "cross_site", "invalid_request", "busy")),
    "healthz": ("Is the process alive", ()),
    "readyz": ("Is the knowledge base usable", ("store_unusable",)),
}  # fmt: skip


def describe(route: str) -> dict[str, Any]:
    """Keyword arguments for a route's decorator: its id, summary, and the problems it may answer with."""
    summary, codes = _ROUTES[route]
    described: dict[str, Any] = {
        "operation_id": route,
        "summary": summary,
        "responses": {**_problem_responses((*_ANYWHERE, *codes))},
    }
    if route == "check":
        described["responses"][202] = {
            "description": "Accepted, with `Prefer: respond-async`: ask the job at the address in Location",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobModel"}}},
        }
        described["openapi_extra"] = {"requestBody": _check_body(), "parameters": _check_parameters()}
    return described


def add_openapi(app: FastAPI) -> None:
    """Serve the OpenAPI document at /openapi.json."""

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes
            )
            components = schema.setdefault("components", {}).setdefault("schemas", {})
            components.update(_with_definitions("ProblemModel", ProblemModel.model_json_schema(
                ref_template="#/components/schemas/{model}")))  # fmt: skip
            components.update(_with_definitions("CheckRequest", CheckRequest.model_json_schema(
                ref_template="#/components/schemas/{model}")))  # fmt: skip
            for unused in ("HTTPValidationError", "ValidationError"):
                components.pop(unused, None)
            schema["components"]["schemas"] = dict(sorted(components.items()))
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> Response:
        from service.api import respond

        return respond(request, dumps(build()))


def list_routes(app: FastAPI) -> list[tuple[str, str, str, str]]:
    """(method, path, summary, description) of every route of the API, in the order of the document."""
    rows = []
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            rows.append((method.upper(), path, operation["summary"], operation.get("description", "")))
    return rows


def _with_definitions(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.pop("$defs", {})
    return {name: schema, **definitions}


def _problem_responses(codes: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    """One entry a status, naming all the codes that share it."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {
        status: {
            "description": "; ".join(f"{KINDS[code].title} (`{code}`)" for code in names),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemModel"}}
            },
        }
        for status, names in sorted(by_status.items())
    }


def _check_body() -> dict[str, Any]:
    text = {"type": "string", "maxLength": 2_000_000}
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/CheckRequest"},
                "examples": {
                    "text": {
                        "summary": "A sentence, offsets for JavaScript",
                        "value": {
                            "text": "Claude 3.7 Sonnet mentioned the hint only 25% of the time.",
                            "offset_unit": "utf16",
                        },
                    },
                    "html": {
                        "summary": "A piece of a page",
                        "value": {"html": "<p>The model cheated in 76% of the runs.</p>", "name": "draft"},
                    },
                },
            },
            "text/plain": {"schema": text, "example": "The model cheated in 76% of the runs."},
            "text/markdown": {"schema": text},
            "text/html": {"schema": text},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            DOCX: {"schema": {"type": "string", "format": "binary"}},
        },
    }


def _check_parameters() -> list[dict[str, Any]]:
    # No default is named: generated clients would send it with a JSON body too, where it doesn't belong.
    note = "Only with a body that is the text itself; with JSON it is a field of the body."
    return [
        {"name": "name", "in": "query", "required": False, "description": note,
         "schema": {"type": "string", "minLength": 1, "maxLength": 300}},
        {"name": "language", "in": "query", "required": False, "description": note,
         "schema": {"type": "string", "maxLength": 35}},
        {"name": "offset_unit", "in": "query", "required": False, "description": note,
         "schema": {"type": "string", "enum": ["codepoint", "utf16"]}},
    ]  # fmt: skip
