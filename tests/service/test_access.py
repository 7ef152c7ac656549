"""Keys and rates: what is kept of a key, who needs one, how often one may ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from kb.errors import InputError, NotFoundError, StoreError
from service.access import Access, client_of
from service.keys import FILE, KeyRing

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FAR, HERE = ("203.0.113.7", 5000), ("127.0.0.1", 5000)


async def _answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("fine")


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path)


@pytest.fixture
def open_client(ring: KeyRing) -> Callable[..., TestClient]:
    def make(client: tuple[str, int] = FAR, **more: object) -> TestClient:
        routes = [Route("/{path:path}", _answer, methods=["GET", "POST"])]
        return TestClient(Access(Starlette(routes=routes), ring, **more), client=client)  # type: ignore[arg-type]

    return make


def test_only_the_hash_of_a_key_is_kept(ring: KeyRing) -> None:
    _, secret = ring.create("desk", ["read"], NOW)
    kept = ring.path.read_text()
    assert secret.rpartition("_")[2] not in kept
    assert ring.path.stat().st_mode & 0o077 == 0


def test_a_key_is_found_by_its_secret_until_it_is_revoked(ring: KeyRing) -> None:
    key, secret = ring.create("desk", ["read", "check"], NOW)
    assert ring.find(secret) == key
    assert ring.find(secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None
    ring.revoke(key.id, NOW)
    assert ring.find(secret) is None
    assert KeyRing(ring.path.parent).find(secret) is None


def test_another_process_sees_a_revoked_key(ring: KeyRing) -> None:
    key, secret = ring.create("desk", ["read"], NOW)
    other = KeyRing(ring.path.parent)
    assert other.find(secret) is not None
    ring.revoke(key.id, NOW)
    assert other.find(secret) is None


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["read"]), ("a\nb", ["read"]), ("a", []), ("a", ["write"])]
)
def test_a_nameless_or_aimless_key_is_refused(ring: KeyRing, name: str, scopes: list[str]) -> None:
    with pytest.raises(InputError):
        ring.create(name, scopes, NOW)


def test_an_unknown_key_can_not_be_revoked(ring: KeyRing) -> None:
    with pytest.raises(NotFoundError):
        ring.revoke("00000000", NOW)


@pytest.mark.parametrize("content", ["", "[]", "{", json.dumps({"keys": [{"id": "a"}]})])
def test_a_damaged_file_of_keys_is_said_and_opens_nothing(
    ring: KeyRing, content: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(StoreError):
        ring.find("wf_00000000_" + "A" * 43)


def test_this_machine_needs_no_key_and_has_no_limit(open_client: Callable[..., TestClient]) -> None:
    client = open_client(HERE, require_key=True, rate=2)
    answers = [client.get("/v1/claims") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_a_program_from_elsewhere_is_limited_and_told_so(open_client: Callable[..., TestClient]) -> None:
    client = open_client(FAR, rate=3)
    answers = [client.get("/v1/claims") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"default";r=2;t=')
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].json()["code"] == "rate_limited"


def test_each_address_has_a_limit_of_its_own(open_client: Callable[..., TestClient], ring: KeyRing) -> None:
    routes = [Route("/{path:path}", _answer)]
    app = Access(Starlette(routes=routes), ring, rate=1)
    one, other = TestClient(app, client=FAR), TestClient(app, client=("203.0.113.8", 1))
    assert [one.get("/").status_code, one.get("/").status_code, other.get("/").status_code] == [200, 429, 200]


def test_a_key_is_asked_for_where_the_server_was_started_so(
    open_client: Callable[..., TestClient], ring: KeyRing
) -> None:
    client = open_client(FAR, require_key=True)
    refused = client.get("/v1/claims")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    _, secret = ring.create("desk", ["read"], NOW)
    assert client.get("/v1/claims", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_a_wrong_key_is_refused_even_where_none_is_needed(open_client: Callable[..., TestClient]) -> None:
    answer = open_client(HERE).get("/v1/claims", headers={"Authorization": "Bearer wf_00000000_" + "A" * 43})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/check", 403), ("/v2/check", 403), ("/mcp/", 403), ("/v1/claims", 200)]
)
def test_a_key_opens_only_its_scopes(
    open_client: Callable[..., TestClient], ring: KeyRing, path: str, status: int
) -> None:
    _, secret = ring.create("reader", ["read"], NOW)
    assert open_client(FAR).get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == status


def test_health_is_answered_without_a_key(open_client: Callable[..., TestClient]) -> None:
    assert open_client(FAR, require_key=True).get("/healthz").status_code == 200


def test_a_household_has_one_limit_under_ipv6() -> None:
    one = {"client": ("2001:db8:1:2::1", 1)}
    other = {"client": ("2001:db8:1:2:ffff::9", 1)}
    assert client_of(one) == client_of(other)
