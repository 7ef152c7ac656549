"""Matching texts with stored claims, up to a hundred a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from service.api_check import Worker
from service.api_docs import describe
from service.protocols.matching_cache import MatcherCache
from service.schemas import Json, dumps

MAX_QUERIES = 100
_Key = Annotated[str, Field(min_length=1, max_length=100)]


class MatchQuery(BaseModel):
    """One text to match."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2_000,
            pattern=r"^[^\x00]*$",
            description="A sentence, words or a number.",
        ),
    ]


class MatchRequest(BaseModel):
    """Texts by keys of the caller's own; the answer has the same keys."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"queries": {"a": {"text": "GPT-4 scored in the top 10% of test takers"}}, "limit": 3}
            ]
        },
    )

    queries: Annotated[dict[_Key, MatchQuery], Field(min_length=1, max_length=MAX_QUERIES)]
    limit: Annotated[int, Field(ge=1, le=50)] = 5


class MatchModel(BaseModel):
    """A claim that says what the text says. `same`: it makes the same statement."""

    id: str
    text: str
    label: str | None
    reason: str
    score: Annotated[float, Field(ge=0, le=1)]
    same: bool
    explanations: list[str]


class MatchResults(BaseModel):
    results: list[MatchModel]
    total: int


class MatchAnswer(BaseModel):
    """One answer for each query, by its key."""

    ok: bool
    responses: dict[str, MatchResults]


def add_match(app: FastAPI, matchers: MatcherCache, worker: Worker) -> None:
    """Add the routes."""

    @app.post("/v1/match", response_model=MatchAnswer, **describe("match"))
    async def match(wanted: MatchRequest) -> Response:
        """Which stored claims say what each text says, by words and by number, best first.

        Nothing of what is sent is stored or logged.
        """

        def work() -> bytes:
            responses = {
                key: _answer(query.text, wanted.limit, matchers) for key, query in wanted.queries.items()
            }
            return dumps({"ok": True, "responses": responses})

        return Response(
            await worker.run(work), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    @app.get("/v1/entities/{entity}", include_in_schema=False)
    def entity(request: Request, entity: str) -> Response:
        """The page of a claim or a source, by its id."""
        folder = "claims" if entity.startswith("c-") else "sources"
        return RedirectResponse(f"../../{folder}/{entity}.html", status_code=303)


def _answer(text: str, limit: int, matchers: MatcherCache) -> Json:
    found = matchers.find(text, limit)
    return {
        "results": [
            {
                "id": match.claim.checked.claim.id,
                "text": match.claim.checked.claim.sentence.exact,
                "label": match.claim.checked.verdict.label,
                "reason": match.claim.checked.verdict.reason,
                "score": match.score,
                "same": match.same,
                "explanations": list(match.reasons),
            }
            for match in found
        ],
        "total": len(found),
    }
