"""Whatever is sent, the server answers: no 5xx, no broken shape, and it goes on (rows J1 and J2 of a list of attacks).

Bodies that JSON libraries choke on, searches that query parsers choke on, and bytes that are no HTTP at all, against
a real server on a socket where the framework's test client would mend them.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.api import create_app
from service.workbench import Workbench
from tests.service import report_builders as build


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    home = tmp_path_factory.mktemp("hostile") / "kb"
    build.fill_store(home).close()
    with Workbench.open(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(workbench: Workbench) -> Iterator[TestClient]:
    with TestClient(
        create_app(workbench, with_mcp=True), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
    ) as made:
        yield made


@pytest.fixture(scope="module")
def port(workbench: Workbench) -> Iterator[int]:
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(workbench), host="127.0.0.1", port=0, access_log=False, log_level="critical"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


_BODIES = (
    b"", b"null", b"[]", b"true", b'"x"', b"{", b'{"text": "x"', b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"text": ' + b"[" * 33 + b"]" * 33 + b"}", b'{"text": 1e999}', b'{"text": -1e999}', b'{"text": NaN}',
    b'{"text": Infinity}', b'{"limit": ' + b"9" * 5_000 + b"}", b'{"limit": 9223372036854775808}',
    b'{"limit": 1e400}', b'{"text": "\\ud800"}', b'{"\\udfff": 1}', b'{"text": "a\\u0000b"}', b'{"text": "a", "text": "b"}',
    b'{"text": "\xff\xfe"}', '{"text": "x"}'.encode("utf-16"), '{"text": "x"}'.encode("utf-32"), b"\x00", b"\xef\xbb\xbf",
    b'{"text": {"text": {}}}', b'{"queries": {"": {"text": ""}}}', b'{"queries": {"a": {"text": "\\u0000"}}}',
    b'{"queries": null}', b'{"text": "x", "policy": {"tolerance": 1e308}}', b'{"text": "x", "policy": {"tolerance": true}}',
    b'{"text": "x", "offset_unit": []}', b'{"__proto__": {}, "constructor": 1}', b"\r\n" * 1_000, b'{"text": "' + b"\\" * 9_999,
)  # fmt: skip
_JSON_ROUTES = ("/v1/check", "/v1/match", "/v2/check", "/v1/reconcile", "/mcp/", "/check")


@pytest.mark.parametrize("path", _JSON_ROUTES)
def test_no_json_body_breaks_a_route(client: TestClient, path: str) -> None:
    for body in _BODIES:
        for media_type in (
            "application/json",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-7",
        ):
            answer = client.post(
                path, content=body, headers={"content-type": media_type, "accept": "application/json, text/event-stream"}
            )  # fmt: skip
            assert answer.status_code < 500, (body[:60], media_type)
            assert answer.status_code >= 400 or path in ("/v1/reconcile", "/mcp/", "/v2/check"), (
                body[:60],
                media_type,
            )


_SEARCHES = (
    "GPT-4", "p(doom)", '"', '""', "NEAR(a b", "x:", "title:x", "*", "a*", "^a", "(", ")", "a AND", "OR", "NOT", "-", "+", "~",
    "a~2", "[a TO b]", "{", "\\", "'", "%", "_", ";DROP TABLE claims", "a" * 500, "1e999", "9" * 400, "NaN", "٤٧٪", "10²⁵", "½",
    "\u202e", "\u200b", "💥", "é" * 200, "a\tb\nc", "--", "/*", "$1", "{{7*7}}", "<script>", "inf%", "-0%", "1/0", "0 of 0", "1 of 0",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/v1/search?q=",
        "/v1/claims?q=",
        "/search?q=",
        "/v1alpha1/claims:search?query=",
        "/v1/annotations?uri=",
    ],
)
def test_no_search_breaks_a_route(client: TestClient, path: str) -> None:
    for query in _SEARCHES:
        assert client.get(path + quote(query)).status_code in (200, 404, 422), query


_PATHS = (
    "/v1/claims/..%2f..%2fetc%2fpasswd", "/v1/sources/%2e%2e", "/v1/sources/..%5c..", "/v1/claims/%00", "/v1/articles/" + "a" * 5_000,
    "/claims/CON", "/claims/x.", "/claims/%E2%80%AE", "/sources/e%CC%81.html", "/assets/..%2fapi.py", "/assets/%2e%2e%2fx", "/problems/..%2f",
    "//evil.example", "/%5Cevil.example", "/%2f%2fevil.example", "/claims/index.html?next=//evil", "/%ff", "/%c0%ae", "/site/../x", "/v1/jobs/%0d%0aX:1",
)  # fmt: skip


def test_no_path_breaks_a_route_or_leads_elsewhere(client: TestClient) -> None:
    for path in _PATHS:
        answer = client.get(f"http://127.0.0.1:8000{path}", follow_redirects=False)
        assert answer.status_code < 500, path
        assert not answer.headers.get("location", "").startswith(("//", "http", "/\\")), path
        assert "passwd" not in answer.text or "root:" not in answer.text


_RAW = (
    b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\x00" * 64,
    b"GET /v1/claims?cursor=%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /\r\nX HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"te\r\n",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n{}",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: \xff\xfe\r\n\r\n",
    b"GET /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\r\nOrigin: \xff\r\n\r\n",
    b"GET /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"PROPFIND /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET http://evil.example/v1/claims HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"HEAD /v1/claims HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
)  # fmt: skip


@pytest.mark.timeout(120)
def test_no_bytes_on_the_wire_are_answered_with_a_fault(port: int) -> None:
    for sent in _RAW:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while chunk := wire.recv(65_536):
                    answer += chunk
            except ConnectionError:
                pass
        status = answer[9:12]
        assert status[:1] in (b"", b"2", b"3", b"4"), (sent[:80], answer[:200])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200")


WORDS = st.text(max_size=40) | st.sampled_from(
    ["en-US", "auto", "picky", "true", "Roughly 40% of graders were fooled."]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
ANNOTATIONS = st.lists(
    st.dictionaries(st.sampled_from(["text", "markup", "interpretAs", "x"]), SCALARS, max_size=3), max_size=6
) | st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)
)
FORM_FIELDS = st.sampled_from(
    ["text", "language", "level", "mode", "enabledRules", "disabledRules", "enabledOnly", "preferredVariants", "data", "x"]
)  # fmt: skip


@given(fields=st.dictionaries(FORM_FIELDS, WORDS, max_size=5), annotation=ANNOTATIONS, wrapped=st.booleans())
@settings(max_examples=120, deadline=None)
def test_no_form_breaks_the_editors_route(
    client: TestClient, fields: dict[str, str], annotation: object, *, wrapped: bool
) -> None:
    body = {"language": "en-US", **fields}
    if "text" not in body:
        body["data"] = json.dumps({"annotation": annotation} if wrapped else annotation)
    content = urlencode(body, errors="surrogatepass")
    answer = client.post(
        "/v2/check", content=content, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code < 500
    if answer.status_code == 200:
        assert {"software", "language", "matches"} <= set(answer.json())
    else:
        assert answer.text.startswith("Error: ")


@given(queries=st.dictionaries(WORDS, SCALARS | st.fixed_dictionaries({"query": WORDS}, optional={"limit": SCALARS, "type": SCALARS, "properties": ANNOTATIONS}), max_size=3))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_no_batch_breaks_the_reconciliation_route(client: TestClient, queries: dict[str, object]) -> None:
    answer = client.post(
        "/v1/reconcile",
        content=urlencode({"queries": json.dumps(queries)}, errors="surrogatepass"),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code < 500


@given(
    params=st.dictionaries(
        st.sampled_from(["q", "label", "reason", "kind", "source", "article", "topic", "limit", "cursor", "x"]), WORDS, max_size=4
    )
)  # fmt: skip
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("path", ["/v1/claims", "/v1/sources", "/v1/changes", "/claims"])
def test_no_parameters_break_a_list(client: TestClient, path: str, params: dict[str, str]) -> None:
    assert client.get(f"{path}?{urlencode(params, errors='surrogatepass')}").status_code in (
        200,
        400,
        404,
        422,
    )
