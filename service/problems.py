"""Problem documents (RFC 9457): every error of the API in one shape, framework errors included.

Owns the list of problem codes, their titles and meanings, and which error of Wherefrom is which. Refuses
to repeat what the caller sent: a text that is checked must not come back in an error or end in a log.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kb.errors import (
    FetchError,
    InputError,
    LanguageError,
    LimitError,
    NotFoundError,
    StoreError,
    WherefromError,
)
from service.schemas import dumps

MEDIA_TYPE = "application/problem+json"
_MAX_DETAIL = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """`code` names the problem in programs, `title` in a list, `meaning` says what to do about it."""

    code: str
    status: int
    title: str
    meaning: str


def _kind(code: str, status: int, title: str, meaning: str) -> ProblemKind:
    return ProblemKind(code=code, status=status, title=title, meaning=meaning)


KINDS: dict[str, ProblemKind] = {
    kind.code: kind
    for kind in (
        _kind("bad_request", 400, "Bad request", "The request could not be understood; the detail says why."),
        _kind("body_unreadable", 400, "Body not readable", "The body isn't what its Content-Type says: well-formed JSON in UTF-8, finite numbers, no key twice, at most 32 levels deep."),
        _kind("unauthorized", 401, "Key needed", "The server wants an API key: send `Authorization: Bearer KEY` with one that `wherefrom keys create` made and that is not revoked."),
        _kind("forbidden", 403, "Key without this scope", "The API key is good, but not for this: make one with the scope `check` to send texts, `read` to read."),
        _kind("cross_site", 403, "Request from another site", "A page of another site may read this API but not send texts to it."),
        _kind("not_found", 404, "Not found", "The knowledge base holds nothing under this address or id."),
        _kind("method_not_allowed", 405, "Method not allowed", "The address exists, and answers other methods: see the Allow header."),
        _kind("too_slow", 408, "Body came too slowly", "The body did not arrive in time; send it again."),
        _kind("over_limit", 413, "Over a limit", "The input is longer, deeper or larger than is read; the detail names the limit."),
        _kind("media_type_not_supported", 415, "Media type not supported", "POST /v1/check reads application/json, text/plain, text/markdown, text/html, application/pdf and Word's .docx type."),
        _kind("wrong_host", 421, "Wrong host name", "The server answers only to this machine's own names (localhost, 127.0.0.1) and to the host that it was started with."),
        _kind("invalid_request", 422, "Invalid request", "A parameter or a field of the body is missing, unknown or out of range; `errors` lists each with its place."),
        _kind("input_unreadable", 422, "Input not readable", "The text, page or PDF was received but could not be read."),
        _kind("fetch_failed", 422, "Address not fetched", "The address was refused (only public http and https addresses are fetched) or did not answer."),
        _kind("language_not_supported", 422, "Language not supported", "Wherefrom reads English only."),
        _kind("rate_limited", 429, "Too many requests", "The limit of requests a minute is reached; go on after the time in Retry-After."),
        _kind("internal_error", 500, "Internal error", "A fault of Wherefrom's own. Report it with the request id; nothing of the request was kept."),
        _kind("store_unusable", 503, "Knowledge base not usable", "The knowledge base is missing, locked or damaged; `wherefrom doctor` on the server tells more."),
        _kind("busy", 503, "Busy", "Too many checks are waiting; try again after the time in Retry-After."),
    )
}  # fmt: skip

_BY_STATUS = {
    400: "bad_request", 401: "unauthorized", 403: "cross_site", 404: "not_found", 405: "method_not_allowed", 408: "too_slow",
    413: "over_limit", 415: "media_type_not_supported", 421: "wrong_host", 422: "invalid_request", 429: "rate_limited",
    503: "busy",
}  # fmt: skip


class ProblemError(Exception):
    """Raised where a request can't be answered; `errors` are (JSON pointer, detail) pairs."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.kind = KINDS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def problem_response(
    code: str,
    detail: str,
    path: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Response:
    """The answer itself. `instance` names the path and this request's id, never its query or body."""
    kind = KINDS[code]
    request_id = uuid.uuid4().hex
    body: dict[str, object] = {
        "type": f"/problems/{kind.code.replace('_', '-')}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": shorten(detail),
        "instance": f"{_plain_path(path)}#{request_id}",
        "code": kind.code,
        "errors": [{"pointer": pointer, "detail": shorten(words)} for pointer, words in errors],
        "request_id": request_id,
        "ok": False,
    }
    return Response(
        dumps(body),
        status_code=status or kind.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def to_problem(error: WherefromError, sent: Sequence[str] = ()) -> ProblemError:
    """Which problem an error of Wherefrom is; what the caller `sent` (name, address) is taken out of the
    words, so that nothing of the request is repeated."""
    code = "internal_error"
    for kind, name in (
        (NotFoundError, "not_found"),
        (LanguageError, "language_not_supported"),
        (LimitError, "over_limit"),
        (FetchError, "fetch_failed"),
        (InputError, "input_unreadable"),
        (StoreError, "store_unusable"),
    ):
        if isinstance(error, kind):
            code = name
            break
    # The words of these name folders of the server, or what was asked for.
    if code in ("store_unusable", "internal_error", "not_found"):
        return ProblemError(code, KINDS[code].meaning)
    detail = error.message
    for piece in sorted(sent, key=len, reverse=True):
        if len(piece) > 1:
            detail = detail.replace(piece, "the input")
    return ProblemError(code, detail)


def respond_to_problem(request: Request, problem: ProblemError) -> Response:
    return problem_response(
        problem.kind.code, problem.detail, request.url.path, errors=problem.errors, headers=problem.headers
    )


def respond_to_http_error(request: Request, error: HTTPException) -> Response:
    """The framework's own errors (unknown route, wrong method) in the same shape."""
    code = _BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal_error")
    return problem_response(
        code, KINDS[code].meaning, request.url.path, headers=error.headers, status=error.status_code
    )


def describe_faults(faults: Sequence[Mapping[str, object]]) -> list[tuple[str, str]]:
    """pydantic's errors as (JSON pointer, words) without the input that they carry."""
    described = []
    for fault in faults[:20]:
        location = fault.get("loc", ())
        parts = [str(part) for part in location] if isinstance(location, tuple | list) else []
        pointer = "".join("/" + _pointer_part(part) for part in parts)
        words = "is not a known name here" if fault.get("type") == "extra_forbidden" else str(fault["msg"])
        described.append((pointer, words))
    return described


def shorten(words: str) -> str:
    """One line of at most 500 characters, without anything a terminal or a log would obey."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= _MAX_DETAIL else line[: _MAX_DETAIL - 1] + "…"


def _pointer_part(part: str) -> str:
    """An unknown key is the caller's own words: it is named only where it looks like a key."""
    safe = part if part.replace("_", "").isalnum() and len(part) <= 40 and part.isascii() else "…"
    return safe.replace("~", "~0").replace("/", "~1")


def _plain_path(path: str) -> str:
    return path if path.isascii() and len(path) <= 200 and path.isprintable() else "/…"
