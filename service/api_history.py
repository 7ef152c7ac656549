"""What changed and what was said where: the feed of verdicts, the head of their log, and W3C annotations.

Owns these routes and their shapes. Refuses to know how a verdict came to be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from service.api_docs import describe
from service.schemas import Json, format_time

if TYPE_CHECKING:
    from kb.store import Store, StoredClaim

Respond = Callable[..., Response]
ANNOTATION_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
_MAX_ANNOTATIONS = 2_000


class ChangesQuery(BaseModel):
    """Where to go on: the number of the last change that is known."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=2**53, description="Changes with a greater number.")] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ChangeModel(BaseModel):
    """A verdict as it was recorded, beside the one before it."""

    number: int
    claim: str
    article: str
    text: str
    label: str | None
    reason: str
    former_label: str | None
    former_reason: str | None
    recorded_at: str
    sha256: str


class ChangesModel(BaseModel):
    ok: bool
    items: list[ChangeModel]
    next: Annotated[int | None, Field(description="`after` of the next page; null at the end.")]


class HeadModel(BaseModel):
    """The end of the chained log of verdicts: keep it, and `wherefrom audit verify` can show later that
    nothing before it was changed."""

    ok: bool
    number: int
    sha256: str


class AnnotationsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    uri: Annotated[
        str,
        Field(min_length=1, max_length=2048, pattern=r"^[^\x00-\x20]+$", description="The address of an article.",
              examples=["https://example.com/article"]),
    ]  # fmt: skip


class AnnotationPageModel(BaseModel):
    """A page of the Web Annotation model."""

    model_config = ConfigDict(extra="allow")

    id: str
    type: str
    items: list[dict[str, object]]


class AnnotationResponse(JSONResponse):
    """Tells the description of the API the media type of annotations."""

    media_type = "application/ld+json"


def add_history(app: FastAPI, store: Store, respond: Respond) -> None:
    """Add the routes; `respond` makes an answer with an ETag."""

    @app.get("/v1/changes", response_model=ChangesModel, **describe("changes"))
    def changes(request: Request, query: Annotated[ChangesQuery, Query()]) -> Response:
        """Verdicts as they were recorded, oldest first: poll with the last number that you know."""
        found = store.list_changes(after=query.after, limit=query.limit + 1)
        page = found[: query.limit]
        body: Json = {
            "ok": True,
            "items": [
                {
                    "number": one.number,
                    "claim": one.claim_id,
                    "article": one.article_id,
                    "text": one.sentence,
                    "label": one.label,
                    "reason": one.reason,
                    "former_label": one.former_label,
                    "former_reason": one.former_reason,
                    "recorded_at": format_time(one.recorded_at),
                    "sha256": one.sha256,
                }
                for one in page
            ],
            "next": page[-1].number if len(found) > query.limit else None,
        }
        return respond(request, body)

    @app.get("/v1/audit/head", response_model=HeadModel, **describe("audit_head"))
    def head(request: Request) -> Response:
        """The end of the log of verdicts."""
        end = store.chain_head()
        return respond(request, {"ok": True, "number": end.number, "sha256": end.sha256})

    @app.get(
        "/v1/annotations",
        response_model=AnnotationPageModel,
        response_class=AnnotationResponse,
        **describe("annotations"),
    )
    def annotations(request: Request, query: Annotated[AnnotationsQuery, Query()]) -> Response:
        """The claims of the article at an address, as W3C Web Annotations with their places in its text."""
        root = f"{request.url.scheme}://{request.url.netloc}"
        found: list[StoredClaim] = []
        for article in store.iter_articles():
            if article.url == query.uri:
                found += store.list_claims(article=article.id, limit=_MAX_ANNOTATIONS).items
        body: Json = {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": f"{root}{request.url.path}?{request.url.query}",
            "type": "AnnotationPage",
            "items": [annotate(claim, root) for claim in found],
        }
        return respond(request, body, media_type=ANNOTATION_TYPE)


def annotate(stored: StoredClaim, root: str) -> Json:
    """One claim as an annotation: its verdict on the words of its span, found by quote or by position."""
    claim, verdict = stored.checked.claim, stored.checked.verdict
    label = verdict.label.value if verdict.label is not None else "not checked"
    span = claim.span
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{root}/claims/{claim.id}.html",
        "type": "Annotation",
        "motivation": "assessing",
        "created": format_time(stored.article.saved_at),
        "body": [
            {"type": "TextualBody", "value": label, "purpose": "classifying"},
            {
                "type": "TextualBody",
                "value": verdict.explanation,
                "purpose": "commenting",
                "format": "text/plain",
            },
        ],
        "target": {
            "source": stored.article.url,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": span.exact,
                    "prefix": span.prefix,
                    "suffix": span.suffix,
                },
                {"type": "TextPositionSelector", "start": span.start, "end": span.end},
            ],
        },
    }
