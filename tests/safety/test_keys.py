"""Keys, what they open, and rates, each tried in all its kinds; the single laws are in tests/service/test_access.py."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from service.access import Access
from service.keys import KeyRing
from tests.safety.ledger import Counted

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PATHS = {
    "read": ("/v1/claims", "/v2/claims", "/claims"),
    "check": ("/v1/check", "/v2/check", "/v1/match", "/mcp/"),
}


async def _answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("fine")


def serve(
    ring: KeyRing, host: str = "203.0.113.7", *, require_key: bool = False, rate: int = 100_000
) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", _answer, methods=["GET", "POST"])])
    guarded = Access(app, ring, require_key=require_key, rate=rate, clock=NOW.timestamp)
    return TestClient(guarded, client=(host, 5000))


def test_no_key_but_the_one_given_out_opens_anything(tmp_path: Path, counted: Counted) -> None:
    ring = KeyRing(tmp_path)
    _, secret = ring.create("desk", ["read"], NOW)
    letters = string.ascii_letters + string.digits + "_-"
    wrong = {
        secret[:at] + letters[(letters.index(secret[at]) + step) % len(letters)] + secret[at + 1 :]
        for at in range(len(secret))
        for step in range(1, 11)
    }
    wrong |= {secret[:length] for length in range(len(secret))} | {secret + "A", secret + "\x00"}
    assert [key for key in wrong if ring.find(key) is not None] == []
    assert ring.find(secret) is not None
    assert secret.rpartition("_")[2] not in ring.path.read_text()
    counted("A1", "keys that differ from a good one, none accepted; its hash alone is kept", tried=len(wrong))


def test_each_key_opens_what_it_is_for_and_no_more(tmp_path: Path, counted: Counted) -> None:
    ring = KeyRing(tmp_path)
    client = serve(ring, require_key=True)
    tried = 0
    for scopes in (["read"], ["check"], ["read", "check"]):
        key, secret = ring.create("desk", scopes, NOW)
        headers = {"Authorization": f"Bearer {secret}"}
        for state in ("none", "good", "revoked"):
            if state == "revoked":
                ring.revoke(key.id, NOW)
            for scope, paths in PATHS.items():
                for path in paths:
                    status = client.get(path, headers={} if state == "none" else headers).status_code
                    opened = 200 if scope in scopes else 403
                    assert status == (opened if state == "good" else 401), (scopes, state, path)
                    tried += 1
    counted("A2", "routes by scope and state of the key, each answered as the rule says", tried=tried)


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8:1:2::1"])
def test_a_burst_of_twice_the_rate_is_stopped_at_the_rate(
    tmp_path: Path, host: str, counted: Counted
) -> None:
    client = serve(KeyRing(tmp_path), host, rate=50)
    answers = [
        client.get("/v1/claims", headers={"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"})
        for number in range(100)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200] * 50 + [429] * 50
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in answers[50:])
    version = 6 if ":" in host else 4
    counted(
        "A3", f"requests over IPv{version} at twice the rate with forged origins, the half refused", tried=100
    )
