"""A request to check a text: reading its body, and running it on the one thread that owns the models.

Owns which bodies are read and their limits. Refuses to know routes, and how a text is checked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from kb.errors import LanguageError, WherefromError
from kb.types import Policy, Raw, Report
from service import api_models as models
from service.policy_input import make_policy
from service.problems import KINDS, ProblemError, describe_faults
from service.security import MAX_PDF_BYTES, parse_json, read_body

if TYPE_CHECKING:
    from service.workbench import Workbench

T = TypeVar("T")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY_TYPES = {
    "text/plain": None, "text/markdown": None, "text/html": None, "application/pdf": MAX_PDF_BYTES,
    DOCX: MAX_PDF_BYTES,
}  # fmt: skip
_MAX_WAITING = 64


class Worker:
    """One thread for everything that runs the models, so that checks come one after another, in the order
    of their arrival, while the other routes go on answering."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wherefrom-check")
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MAX_WAITING:
            raise ProblemError("busy", KINDS["busy"].meaning, headers={"Retry-After": "5"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._waiting -= 1

    def submit(self, work: Callable[[], object]) -> None:
        self._executor.submit(work)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


class CheckInput(BaseModel):
    """A request to check, whatever its body was: `raw` bytes or an address to fetch."""

    model_config = {"arbitrary_types_allowed": True}

    raw: Raw | None = None
    url: str | None = None
    offset_unit: models.OffsetUnit = "codepoint"
    policy: Policy | None = None

    def names(self) -> tuple[str, ...]:
        given = (self.url, self.raw.name if self.raw is not None else None)
        return tuple(name for name in given if name)


async def read_check(request: Request) -> CheckInput:
    """The text to check from a body of any of the media types read."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        if request.query_params:
            raise ProblemError(
                "invalid_request", "With a JSON body, parameters are its fields, not the query's."
            )
        return _from_request(_validate(models.CheckRequest, parse_json(await read_body(request)), "/body"))
    if media_type not in _BODY_TYPES:
        raise ProblemError("media_type_not_supported", KINDS["media_type_not_supported"].meaning)
    parameters = _validate(models.CheckParameters, dict(request.query_params), "/query")
    limit = _BODY_TYPES[media_type]
    body = await (read_body(request, limit) if limit is not None else read_body(request))
    _require_english(parameters.language)
    content = _to_utf8(body, request, media_type)
    if (
        media_type in ("text/plain", "text/markdown")
        and len(content.decode(errors="replace")) > models.MAX_TEXT
    ):
        raise ProblemError(
            "over_limit", f"The text is longer than {models.MAX_TEXT:,} characters, the most that is read."
        )
    raw = Raw(name=parameters.name or "-", content=content, media_type=media_type)
    return CheckInput(raw=raw, offset_unit=parameters.offset_unit)


def check_raw(
    workbench: Workbench, given: CheckInput, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Fetch if need be, and check; for the worker's thread."""
    raw = given.raw
    if raw is None:
        from ingest.fetch import fetch

        raw = fetch(given.url or "")
    return workbench.check(raw, progress=progress, policy=given.policy)


def _from_request(request: models.CheckRequest) -> CheckInput:
    _require_english(request.language)
    policy = make_policy(request.policy) if request.policy is not None else None
    if request.url is not None:
        return CheckInput(url=request.url, offset_unit=request.offset_unit, policy=policy)
    text, media_type = (
        (request.text, "text/plain") if request.text is not None else (request.html, "text/html")
    )
    content = (text or "").encode()
    return CheckInput(
        raw=Raw(name=request.name or "-", content=content, media_type=media_type),
        offset_unit=request.offset_unit,
        policy=policy,
    )


def _to_utf8(body: bytes, request: Request, media_type: str) -> bytes:
    """A text in another declared charset becomes UTF-8, so that its reader need not guess."""
    from email.message import Message

    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    charset = message.get_content_charset("utf-8")
    if media_type in ("application/pdf", DOCX) or charset in ("utf-8", "us-ascii"):
        return body
    try:
        return body.decode(charset).encode()
    except (LookupError, ValueError):
        raise ProblemError(
            "body_unreadable", "The body is not in the charset that its Content-Type declares."
        ) from None


def _require_english(language: str | None) -> None:
    if language is not None and language.lower().partition("-")[0] not in ("en", "eng", "auto"):
        raise LanguageError("The text is declared to be in another language; Wherefrom reads English only.")


def warm_up(workbench: Workbench) -> None:
    """Load the models by using them; what fails here fails again, with its error, at the first check."""
    text = b"In one study, 42 percent of the models that were tested hid the hint that they had been given."
    with contextlib.suppress(WherefromError):
        workbench.check(Raw(name="-", content=text, media_type="text/plain"))


Model = TypeVar("Model", bound=BaseModel)


def _validate(model: type[Model], value: object, place: str) -> Model:
    if not isinstance(value, dict):
        raise ProblemError(
            "invalid_request", "The body must be a JSON object.", errors=[(place, "not an object")]
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = [
            (place + pointer, words)
            for pointer, words in describe_faults(error.errors(include_url=False, include_input=False))
        ]
        raise ProblemError("invalid_request", KINDS["invalid_request"].meaning, errors=faults) from None
