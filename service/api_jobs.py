"""Long checks that answer later: 202 with an address to ask, progress, and the report when it is made.

Owns the jobs, which live in memory alone, for a while: what is checked is not kept. A job's address can't be
guessed. Refuses to know what a job does.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import FastAPI
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from kb.errors import WherefromError
from service.api_check import Worker
from service.api_docs import describe
from service.api_models import ReportModel
from service.problems import KINDS, ProblemError, to_problem
from service.schemas import Json, dumps

Work = Callable[[Callable[[int, int], None]], bytes]
MAX_JOBS = 64
KEPT_S = 600.0

_Id = Annotated[str, PathParameter(pattern=r"^j-[0-9a-f]{32}$", description="As the answer 202 names it.")]


class JobProgress(BaseModel):
    done: int
    total: Annotated[int, Field(description="0 until the claims have been found.")]


class JobModel(BaseModel):
    """A check under way or ended; `result` is the report's address once `state` is done."""

    ok: bool
    id: str
    state: Literal["queued", "running", "done", "failed"]
    progress: JobProgress
    result: str | None
    problem: Annotated[dict[str, object] | None, Field(description="Why it failed, as a problem document.")]


@dataclass(slots=True)
class _Job:
    id: str
    state: str = "queued"
    done: int = 0
    total: int = 0
    body: bytes | None = None
    problem: ProblemError | None = None
    task: asyncio.Task[None] | None = None


class Jobs:
    """The jobs of one server, on its event loop. Ended ones are forgotten after `kept_s` seconds."""

    def __init__(self, worker: Worker, *, kept_s: float = KEPT_S) -> None:
        self._worker = worker
        self._kept_s = kept_s
        self._jobs: dict[str, _Job] = {}

    def start(self, work: Work, names: tuple[str, ...] = ()) -> Json:
        """Queue `work`; what the caller sent under `names` stays out of a problem's words."""
        ended = [job_id for job_id, job in self._jobs.items() if job.state in ("done", "failed")]
        for job_id in ended[: max(0, len(self._jobs) - MAX_JOBS + 1)]:
            del self._jobs[job_id]
        if len(self._jobs) >= MAX_JOBS:
            raise ProblemError("busy", KINDS["busy"].meaning, headers={"Retry-After": "5"})
        job = _Job(id=f"j-{secrets.token_hex(16)}")
        self._jobs[job.id] = job
        job.task = asyncio.get_running_loop().create_task(self._run(job, work, names))
        return self.tell(job.id)

    def tell(self, job_id: str) -> Json:
        """The job as its address shows it. ProblemError (not_found) for an unknown one."""
        job = self._find(job_id)
        problem: Json | None = None
        if job.problem is not None:
            kind = job.problem.kind
            problem = {
                "title": kind.title,
                "status": kind.status,
                "detail": job.problem.detail,
                "code": kind.code,
            }
        return {
            "ok": True,
            "id": job.id,
            "state": job.state,
            "progress": {"done": job.done, "total": job.total},
            "result": f"/v1/jobs/{job.id}/report" if job.state == "done" else None,
            "problem": problem,
        }

    def report(self, job_id: str) -> bytes:
        """The finished report; not_found until it is."""
        body = self._find(job_id).body
        if body is None:
            raise ProblemError(
                "not_found", "The report isn't made yet, or the check failed: ask the job itself."
            )
        return body

    def forget(self, job_id: str) -> None:
        """Drop a job and what it made; one that still runs is ended where it waits."""
        job = self._find(job_id)
        if job.task is not None:
            job.task.cancel()
        self._jobs.pop(job_id, None)

    def close(self) -> None:
        for job in list(self._jobs.values()):
            if job.task is not None:
                job.task.cancel()
        self._jobs.clear()

    def _find(self, job_id: str) -> _Job:
        job = self._jobs.get(job_id)
        if job is None:
            raise ProblemError("not_found", KINDS["not_found"].meaning)
        return job

    async def _run(self, job: _Job, work: Work, names: tuple[str, ...]) -> None:
        def advance(done: int, total: int) -> None:
            job.done, job.total = done, total

        def begin() -> bytes:
            job.state = "running"
            return work(advance)

        try:
            job.body = await self._worker.run(begin)
            job.state = "done"
        except WherefromError as error:
            job.problem = to_problem(error, names)
        except ProblemError as problem:
            job.problem = problem
        except Exception:
            job.problem = ProblemError("internal_error", KINDS["internal_error"].meaning)
            job.state = "failed"
            raise
        finally:
            if job.problem is not None:
                job.state = "failed"
            asyncio.get_running_loop().call_later(self._kept_s, self._jobs.pop, job.id, None)


def wants_later(request: Request) -> bool:
    """Whether the caller prefers an answer now and the report later (RFC 7240)."""
    preferences = ",".join(request.headers.getlist("prefer")).lower()
    return any(part.partition(";")[0].strip() == "respond-async" for part in preferences.split(","))


def accepted(job: Json) -> Response:
    """202 with the job and its address."""
    headers = {
        "Location": f"/v1/jobs/{job['id']}",
        "Preference-Applied": "respond-async",
        "Retry-After": "1",
        "Cache-Control": "no-store",
    }
    return Response(dumps(job), status_code=202, media_type="application/json", headers=headers)


def add_jobs(app: FastAPI, jobs: Jobs) -> None:
    """Add the routes of a job: its state, its report, its end."""

    @app.get("/v1/jobs/{job_id}", response_model=JobModel, **describe("job"))
    async def tell(job_id: _Id) -> Response:
        """How far a check has come that was sent with `Prefer: respond-async`. Jobs are kept for ten minutes."""
        told = jobs.tell(job_id)
        waiting = {"Retry-After": "1"} if told["state"] in ("queued", "running") else {}
        return Response(
            dumps(told), media_type="application/json", headers={"Cache-Control": "no-store", **waiting}
        )

    @app.get("/v1/jobs/{job_id}/report", response_model=ReportModel, **describe("job_report"))
    async def report(job_id: _Id) -> Response:
        """The report of a finished check, as POST /v1/check answers it."""
        return Response(
            jobs.report(job_id), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    @app.delete("/v1/jobs/{job_id}", status_code=204, **describe("job_forget"))
    async def forget(job_id: _Id) -> Response:
        """Drop a check and its report at once."""
        jobs.forget(job_id)
        return Response(status_code=204)
