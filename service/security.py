"""What guards every answer of the server: headers, host names, cross-site posts, body limits, strict JSON,
the access log, and the net under unexpected faults.

Owns the content security policy (the static site's `_headers` file is made from it). Refuses to know any
route. Nothing here logs a query string, a body, or the message of an exception, for each may hold a draft.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
import traceback
from collections.abc import Collection
from typing import Any

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import KINDS, ProblemError, problem_response

ACCESS_LOG = logging.getLogger("wherefrom.access")
ERROR_LOG = logging.getLogger("wherefrom.error")

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

# Where editors' add-ons and desktop editors speak from: no web page can take such an origin.
_EDITOR_ORIGIN = re.compile(
    r"(?:chrome-extension|moz-extension|safari-web-extension|vscode-webview)://[A-Za-z0-9.-]{1,100}|app://obsidian\.md"
)

MAX_BODY_BYTES = 2_000_000
MAX_PDF_BYTES = 10_000_000
MAX_DEPTH = 32
MAX_INTEGER = 2**53
_MAX_NUMBER_CHARACTERS = 400
_BODY_TIMEOUT_S = 30.0

# The policy of pages: verified with a static search in Chromium, hence 'wasm-unsafe-eval'.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; sandbox"

COMMON_HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
        "screen-wake-lock=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class Guard:
    """ASGI middleware around the whole application.

    `hosts` are the names that the Host header may carry (DNS rebinding: a hostile page can point its own
    name at this machine). HEAD is answered as GET without the body. GET may be read from any origin,
    without credentials; anything else only from pages of this server itself, from `origins` (such as
    "https://cms.example.org") and from editors' add-ons.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] = LOOPBACK_HOSTS, origins: Collection[str] = ()
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        method: str = scope["method"]
        status = 500
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started = True
                status = message["status"]
                _set_headers(MutableHeaders(scope=message), method, friend)
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        friend = self._friendly_origin(scope)
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope
        refusal = self._refuse(scope)
        try:
            if refusal is not None:
                await problem_response(refusal.kind.code, refusal.detail, scope["path"])(
                    scope, receive, guarded_send
                )
            elif method == "OPTIONS":
                await _answer_preflight(guarded_send, friend)
            else:
                await self.app(inner, receive, guarded_send)
        except Exception as error:  # noqa: BLE001 - the net: the type and place are logged, the words never
            _log_fault(error, method, scope["path"])
            if started:
                raise ConnectionAbortedError("the answer broke off") from None
            await problem_response("internal_error", KINDS["internal_error"].meaning, scope["path"])(
                scope, receive, guarded_send
            )
        finally:
            elapsed_ms = (time.perf_counter() - began) * 1000
            ACCESS_LOG.info("%s %s %d %.0fms", method, _log_path(scope["path"]), status, elapsed_ms)

    def _refuse(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        names = headers.getlist("host")
        if len(names) != 1 or _host_name(names[0]) not in self.hosts:
            return ProblemError("wrong_host", KINDS["wrong_host"].meaning)
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or self._friendly_origin(scope) is not None:
            return None
        # Browsers state the relation in Sec-Fetch-Site; where one doesn't (an old one, or a plain http
        # address that isn't loopback) the Origin must be this server's own. Programs send neither.
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            same = site in ("same-origin", "none")
        else:
            same = origin is None or origin.lower().partition("://")[2] == names[0].lower()
        if not same:
            return ProblemError("cross_site", KINDS["cross_site"].meaning)
        return None

    def _friendly_origin(self, scope: Scope) -> str | None:
        """The Origin header where it is one that may post from elsewhere."""
        given = Headers(scope=scope).getlist("origin")
        if len(given) != 1:
            return None
        known = given[0].lower() in self.origins or _EDITOR_ORIGIN.fullmatch(given[0]) is not None
        return given[0] if known else None


async def read_body(request: Request, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body, counted while it arrives; ProblemError when it is too large, too slow or broken off."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and (len(declared) > 12 or int(declared) > limit):
        raise ProblemError("over_limit", f"The body is larger than {limit:,} bytes, the most that is read.")
    chunks, size = [], 0
    try:
        with anyio.fail_after(_BODY_TIMEOUT_S):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise ProblemError(
                        "over_limit", f"The body is larger than {limit:,} bytes, the most that is read."
                    )
                chunks.append(chunk)
    except TimeoutError:
        raise ProblemError("too_slow", f"The body did not arrive within {_BODY_TIMEOUT_S:.0f} s.") from None
    except ClientDisconnect:
        raise ProblemError("bad_request", "The body broke off.") from None
    return b"".join(chunks)


def parse_json(body: bytes) -> Any:
    """A JSON value read strictly: UTF-8, no NaN or Infinity, no number beyond a double's range or an
    integer beyond 2^53, no lone surrogate, no NUL, no key twice, at most 32 levels. Else ProblemError."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError("body_unreadable", f"The body is not UTF-8: byte {error.start} is not.") from None
    text = text.removeprefix("\ufeff")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_parse_float,
            parse_int=_parse_int,
            object_pairs_hook=_make_object,
        )
    except json.JSONDecodeError as error:
        raise ProblemError(
            "body_unreadable", f"The body is not JSON: {error.msg} at character {error.pos}."
        ) from None
    _check_strings(value)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', text, re.DOTALL):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ProblemError(
                    "body_unreadable",
                    f"The JSON is nested deeper than {MAX_DEPTH} levels, the most that is read.",
                )
        elif mark in "]}":
            depth -= 1


def _refuse_constant(name: str) -> float:
    raise ProblemError("body_unreadable", f"The body holds {name}, which is not JSON.")


def _parse_float(digits: str) -> float:
    number = float(digits) if len(digits) <= _MAX_NUMBER_CHARACTERS else math.inf
    if not math.isfinite(number):
        raise ProblemError("body_unreadable", "The body holds a number that is too large or too long.")
    return number


def _parse_int(digits: str) -> int:
    number = int(digits) if len(digits) <= 20 else MAX_INTEGER + 1
    if abs(number) > MAX_INTEGER:
        raise ProblemError("body_unreadable", "The body holds an integer beyond 2^53.")
    return number


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ProblemError("body_unreadable", "An object of the body holds the same key twice.")
    return made


def _check_strings(value: Any) -> None:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and re.search(r"[\x00\ud800-\udfff]", part):
            raise ProblemError("body_unreadable", "A string of the body holds NUL or half a surrogate pair.")


def _set_headers(headers: MutableHeaders, method: str, friend: str | None) -> None:
    for name, value in COMMON_HEADERS.items():
        headers[name] = value
    is_page = headers.get("content-type", "").startswith("text/html")
    headers["Content-Security-Policy"] = PAGE_POLICY if is_page else DATA_POLICY
    if friend is not None:
        headers["Access-Control-Allow-Origin"] = friend
        headers.add_vary_header("Origin")
    elif method in ("GET", "HEAD", "OPTIONS"):
        headers["Access-Control-Allow-Origin"] = "*"
    if "access-control-allow-origin" in headers:
        headers["Access-Control-Expose-Headers"] = "ETag, Link"
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"


async def _answer_preflight(send: Send, friend: str | None) -> None:
    headers = [
        (b"allow", b"GET, HEAD, OPTIONS, POST"),
        (b"access-control-allow-methods", b"GET, HEAD, POST" if friend is not None else b"GET, HEAD"),
        *([(b"access-control-allow-headers", b"Content-Type, Authorization, Accept")] if friend else []),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _host_name(header: str) -> str:
    """The name in a Host header without its port; "" where it isn't one."""
    match = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|([A-Za-z0-9._-]+)(?::\d{1,5})?", header)
    return (match[1] or match[2]).lower() if match is not None else ""


def _log_fault(error: Exception, method: str, path: str) -> None:
    frames = "".join(traceback.format_tb(error.__traceback__))
    ERROR_LOG.error("%s %s: %s\n%s", method, _log_path(path), type(error).__name__, frames)


def _log_path(path: str) -> str:
    return "".join(c if c.isprintable() and c.isascii() else "?" for c in path[:200])
