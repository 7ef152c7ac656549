"""A Python client of the API: typed answers, pages that follow one another, problems as exceptions.

    from service.client import Client
    with Client("http://127.0.0.1:8000") as client:
        for claim in client.check("Claude 3.7 Sonnet mentioned the hint only 39% of the time.").claims:
            print(claim.verdict.label, claim.verdict.explanation)

Owns the calls. The models are those of service.api_models, which the server is held to; keys that a newer
server adds are kept out of the way. It speaks to the address it is given and to nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx
from pydantic import BaseModel

from service.api_jobs import JobModel
from service.api_match import MatchAnswer, MatchModel
from service.api_models import (
    ClaimListModel,
    ClaimModel,
    ReportModel,
    SearchModel,
    SourceListModel,
    SourceModel,
    SourcePageModel,
    StoredReportModel,
)

TIMEOUT_S = 120.0
Answer = TypeVar("Answer", bound=BaseModel)


class ApiError(Exception):
    """The server's problem document: `code` names the kind, `detail` says what was wrong, `errors` where."""

    def __init__(self, status: int, code: str, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors


class Client:
    """Talks to one server; a context manager. `key` is an API key, where the server wants one."""

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        # Nothing of the environment (proxies, netrc) leads a draft elsewhere.
        self._http = httpx.Client(
            base_url=base_url, headers=headers, timeout=timeout_s, trust_env=False, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(
        self,
        text: str | None = None,
        *,
        html: str | None = None,
        url: str | None = None,
        offset_unit: Literal["codepoint", "utf16"] = "codepoint",
    ) -> ReportModel:
        """The report on a text, a page, or what stands at an address (fetched by the server)."""
        return ReportModel.model_validate(self._post("/v1/check", _check_body(text, html, url, offset_unit)))

    def check_later(
        self, text: str | None = None, *, html: str | None = None, url: str | None = None
    ) -> JobModel:
        """Start a check that may take long; `wait` gives its report."""
        body = _check_body(text, html, url, "codepoint")
        return JobModel.model_validate(self._post("/v1/check", body, headers={"Prefer": "respond-async"}))

    def job(self, job_id: str) -> JobModel:
        return JobModel.model_validate(self._get(f"/v1/jobs/{job_id}"))

    def wait(self, job: JobModel, *, every_s: float = 0.5, timeout_s: float = 600.0) -> ReportModel:
        """The report of a job once it is done. ApiError where it failed, TimeoutError where it lasts."""
        until = time.monotonic() + timeout_s
        while job.state in ("queued", "running"):
            if time.monotonic() > until:
                raise TimeoutError(f"the check {job.id} goes on after {timeout_s:.0f} s: {job.progress}")
            time.sleep(every_s)
            job = self.job(job.id)
        if job.result is None:
            problem: Mapping[str, Any] = job.problem or {}
            raise ApiError(
                int(problem.get("status", 500)), str(problem.get("code", "internal_error")), str(problem.get("detail", "")), []
            )  # fmt: skip
        return ReportModel.model_validate(self._get(job.result))

    def claims(self, **filters: str | int) -> Iterator[ClaimModel]:
        """Every stored claim that the filters leave (label, reason, kind, source, article, topic, q), page
        by page."""
        for page in self._pages("/v1/claims", filters):
            yield from ClaimListModel.model_validate(page).items

    def claim(self, claim_id: str) -> ClaimModel:
        return ClaimModel.model_validate(self._get(f"/v1/claims/{claim_id}"))

    def sources(self) -> Iterator[SourceModel]:
        for page in self._pages("/v1/sources", {}):
            yield from SourceListModel.model_validate(page).items

    def source(self, source_id: str) -> SourcePageModel:
        return SourcePageModel.model_validate(self._get(f"/v1/sources/{source_id}"))

    def article(self, article_id: str) -> StoredReportModel:
        return StoredReportModel.model_validate(self._get(f"/v1/articles/{article_id}"))

    def search(self, query: str, *, limit: int = 20) -> SearchModel:
        return SearchModel.model_validate(self._get("/v1/search", {"q": query, "limit": limit}))

    def match(self, *texts: str, limit: int = 5) -> list[list[MatchModel]]:
        """For each text the stored claims that say the same, best first."""
        queries = {str(number): {"text": text} for number, text in enumerate(texts)}
        answer = MatchAnswer.model_validate(self._post("/v1/match", {"queries": queries, "limit": limit}))
        return [answer.responses[str(number)].results for number in range(len(texts))]

    def _pages(self, path: str, filters: Mapping[str, str | int]) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = self._get(path, {**filters, **({"cursor": cursor} if cursor is not None else {})})
            yield page
            cursor = page["next"]
            if cursor is None:
                return

    def _get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> Any:
        return _read(self._http.get(path, params=dict(parameters or {})))

    def _post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Any:
        return _read(self._http.post(path, json=body, headers=dict(headers or {})))


def _check_body(text: str | None, html: str | None, url: str | None, offset_unit: str) -> dict[str, str]:
    given = {
        name: value for name, value in (("text", text), ("html", html), ("url", url)) if value is not None
    }
    if len(given) != 1:
        raise ValueError("give exactly one of text, html and url")
    return {**given, "offset_unit": offset_unit}


def _read(response: httpx.Response) -> Any:
    """The JSON of an answer; a problem document, or any other refusal, becomes an ApiError."""
    if response.is_success:
        return response.json()
    try:
        problem = response.json()
        raise ApiError(
            response.status_code, str(problem["code"]), str(problem["detail"]), list(problem["errors"])
        )
    except (ValueError, KeyError, TypeError):
        raise ApiError(response.status_code, "not_a_problem_document", response.reason_phrase, []) from None
