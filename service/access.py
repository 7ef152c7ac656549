"""Who may ask what, and how often: API keys, their scopes, and rates.

Owns the rule: a program on this machine needs no key and has no limit; one from elsewhere has the limit of its
address, or that of its key, and needs a key where the server was started so. Refuses to know where keys are
kept (service.keys).
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.errors import StoreError
from service.keys import Key, KeyRing
from service.problems import KINDS, problem_response

DEFAULT_RATE = 120  # requests a minute
_WINDOW_S = 60
_CHECKING = ("/v1/check", "/v2/check", "/v1/match", "/check", "/mcp", "/v1/jobs")
_OPEN = frozenset({"/healthz"})


class Access:
    """ASGI middleware. `rate` is in requests a minute; `require_key` asks every program from elsewhere for a
    key. `clock` gives seconds, for tests."""

    def __init__(
        self,
        app: ASGIApp,
        ring: KeyRing | None = None,
        *,
        require_key: bool = False,
        rate: int = DEFAULT_RATE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self.app = app
        self._ring = ring
        self._require_key = require_key
        self._rate = rate
        self._item = RateLimitItemPerMinute(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self.app(scope, receive, send)
            return
        authorization = Headers(scope=scope).get("authorization")
        key: Key | None = None
        if authorization is not None:
            try:
                key = self._find(authorization)
            except StoreError:
                await problem_response("store_unusable", KINDS["store_unusable"].meaning, scope["path"])(
                    scope, receive, send
                )
                return
        here = is_this_machine(scope)
        refusal = self._refuse(scope, authorization, key, here=here)
        if refusal is not None:
            more = {"WWW-Authenticate": 'Bearer realm="wherefrom"'} if refusal == "unauthorized" else {}
            await problem_response(refusal, KINDS[refusal].meaning, scope["path"], headers=more)(
                scope, receive, send
            )
            return
        if here and key is None:
            await self.app(scope, receive, send)
            return
        name = f"key:{key.id}" if key is not None else f"address:{client_of(scope)}"
        allowed = self._limiter.hit(self._item, name)
        window = self._limiter.get_window_stats(self._item, name)
        wait_s = max(1, math.ceil(window.reset_time - self._clock()))
        told = {
            "RateLimit-Policy": f'"default";q={self._rate};w={_WINDOW_S}',
            "RateLimit": f'"default";r={max(0, window.remaining)};t={min(wait_s, _WINDOW_S)}',
        }
        if not allowed:
            more = {**told, "Retry-After": str(min(wait_s, _WINDOW_S))}
            await problem_response(
                "rate_limited", KINDS["rate_limited"].meaning, scope["path"], headers=more
            )(scope, receive, send)
            return

        async def telling_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for header, value in told.items():
                    headers[header] = value
            await send(message)

        await self.app(scope, receive, telling_send)

    def _find(self, authorization: str) -> Key | None:
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer" or self._ring is None:
            return None
        return self._ring.find(given.strip())

    def _refuse(self, scope: Scope, authorization: str | None, key: Key | None, *, here: bool) -> str | None:
        if authorization is not None and key is None:
            return "unauthorized"
        if key is None:
            return "unauthorized" if self._require_key and not here else None
        path: str = scope["path"]
        wanted = "check" if any(path == one or path.startswith(f"{one}/") for one in _CHECKING) else "read"
        return None if wanted in key.scopes else "forbidden"


def client_of(scope: Scope) -> str:
    """The address that asks; an IPv6 address by its /64, which one household or host has whole."""
    client = scope.get("client")
    if not client:
        return "unknown"
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_this_machine(scope: Scope) -> bool:
    """Whether the request comes over loopback (or from a test's client, which has no address)."""
    client = scope.get("client")
    if not client or client[0] == "testclient":
        return True
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
