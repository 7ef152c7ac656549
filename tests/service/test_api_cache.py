"""Laws of the answers that are kept: the same bytes and headers as made anew, and never older than the store."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from kb.store.watch import ChangeWatch
from service import api
from service.api_cache import AnswerCache
from service.workbench import Workbench
from tests.service import report_builders as build

PATHS = (
    "/v1/claims", "/v1/claims?limit=1", "/v1/claims?label=contested&q=graders", "/v1/sources", "/v1/articles",
)  # fmt: skip
_SAVE = """
import sys
from pathlib import Path
from kb.store import Store
from tests.service import report_builders as build
with Store.open(Path(sys.argv[1])) as store:
    store.save_source(build.source("late", title="A late source"), origin="added", added_at=build.SAVED)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    build.fill_store(tmp_path / "kb").close()
    return tmp_path / "kb"


def _client(workbench: Workbench) -> TestClient:
    app = api.create_app(workbench)
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


class _NoCache(AnswerCache):
    """Passes everything on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture
def pair(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, TestClient]]:
    """A server that keeps answers, and one that doesn't."""
    with Workbench.open(home) as workbench:
        keeping = _client(workbench)
        monkeypatch.setattr(api, "AnswerCache", _NoCache)
        with keeping, _client(workbench) as plain:
            yield keeping, plain


def _paths(client: TestClient) -> list[str]:
    named = [
        f"{folder}/{entry['id']}"
        for folder in ("/v1/claims", "/v1/sources", "/v1/articles")
        for entry in client.get(folder).json()["items"]
    ]
    return [*PATHS, *named, "/v1/claims/none", "/v1/claims?limit=0", "/v1/claims?limit=1&cursor=x"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://news.example"},
        {"origin": "moz-extension://a"},
        {"accept": "application/x-bibtex"},
    ],
    ids=["plain", "elsewhere", "editor", "bibtex"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_kept_answer_is_the_one_that_would_be_made(
    pair: tuple[TestClient, TestClient], method: str, headers: dict[str, str]
) -> None:
    keeping, plain = pair
    for path in _paths(plain):
        made = plain.request(method, path, headers=headers)
        for turn in range(3):
            kept = keeping.request(method, path, headers=headers)
            assert kept.status_code == made.status_code, (path, turn)
            if made.status_code < 400:
                assert kept.content == made.content, (path, turn)
                assert list(kept.headers.raw) == list(made.headers.raw), (path, turn)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*", '"other"', ""])
def test_a_client_that_holds_the_answer_is_told_so(pair: tuple[TestClient, TestClient], form: str) -> None:
    keeping, plain = pair
    for path in PATHS:
        asked = {"if-none-match": form.format(plain.get(path).headers["etag"])}
        made = plain.get(path, headers=asked)
        for _ in range(2):  # made and kept, then kept
            kept = keeping.get(path, headers=asked)
            assert kept.status_code == made.status_code
            assert (kept.content, kept.headers.raw) == (made.content, made.headers.raw)


def test_what_another_process_saves_is_seen_at_once(home: Path) -> None:
    with Workbench.open(home) as workbench, _client(workbench) as client:
        before = [client.get("/v1/sources").json()["total"]["value"] for _ in range(3)]
        line = [sys.executable, "-c", _SAVE, str(home)]
        subprocess.run(line, check=True, cwd=Path(__file__).resolve().parents[2], timeout=120)
        after = client.get("/v1/sources").json()["total"]["value"]
        assert before == [before[0]] * 3
        assert after == before[0] + 1


def test_what_this_process_saves_is_seen_at_once(home: Path) -> None:
    with Workbench.open(home) as workbench, _client(workbench) as client:
        client.get("/v1/sources/late")
        assert client.get("/v1/sources/late").status_code == 404
        workbench.store.save_source(build.source("late"), origin="added", added_at=build.SAVED)
        assert client.get("/v1/sources/late").status_code == 200


async def _ask(cache: AnswerCache, path: str, method: str = "GET") -> bytes:
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        told.append(message)

    scope: Scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    await cache(scope, receive, send)
    return b"".join(message.get("body", b"") for message in told)


class _Counting:
    """An application whose answers are as long as it is told, and count."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        body = str(self.asked).encode().ljust(self.size)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"x"')]})
        await send({"type": "http.response.body", "body": body})


def test_no_more_is_kept_than_is_allowed(home: Path) -> None:
    import asyncio

    app = _Counting(1_000)
    cache = AnswerCache(app, ChangeWatch(home / "wherefrom.db"), max_bytes=10_000, max_entries=7)

    async def ask_many() -> None:
        for number in range(50):
            await _ask(cache, f"/v1/claims/{number}")
            assert cache.size_bytes <= 7_000
        assert await _ask(cache, "/v1/claims/49") == b"50".ljust(1_000)
        assert await _ask(cache, "/v1/claims/0") == b"51".ljust(1_000)

    asyncio.run(ask_many())
    assert cache.hits == 1


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/check", "POST"), ("/v1/claims", "POST"), ("/check", "GET")]
)
def test_nothing_that_may_hold_a_draft_is_kept(home: Path, path: str, method: str) -> None:
    import asyncio

    app = _Counting(10)
    cache = AnswerCache(app, ChangeWatch(home / "wherefrom.db"))
    for _ in range(2):
        asyncio.run(_ask(cache, path, method))
    assert (app.asked, cache.size_bytes) == (2, 0)


def test_where_the_database_cant_be_read_nothing_is_kept(tmp_path: Path) -> None:
    import asyncio

    app = _Counting(10)
    cache = AnswerCache(app, ChangeWatch(tmp_path / "none.db"))
    for _ in range(2):
        asyncio.run(_ask(cache, "/v1/claims"))
    assert app.asked == 2
