"""Laws of what guards every answer: strict JSON, headers, host names, posts from other sites, the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.testclient import TestClient

from service.problems import ProblemError
from service.security import COMMON_HEADERS, DATA_POLICY, PAGE_POLICY, Guard, parse_json, read_body

CANARY = "canary-draft-7731"


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard)

    @app.get("/page")
    def page() -> Response:
        return Response("<p>hello</p>", media_type="text/html")

    @app.get("/data")
    def data() -> Response:
        return Response("{}", media_type="application/json")

    @app.post("/fault")
    async def fault(request: Request) -> Response:
        raise ValueError((await request.body()).decode())

    @app.post("/body")
    async def body(request: Request) -> Response:
        try:
            return Response(str(len(await read_body(request, 1000))))
        except ProblemError as error:
            return Response(error.kind.code, status_code=error.kind.status)

    with TestClient(app, base_url="http://127.0.0.1:8000") as made:
        yield made


# ------------------------------------------------------------------------ strict JSON


@pytest.mark.parametrize(
    "body",
    [
        b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b'{"a": 1e400}', b"9" * 5000, b"9007199254740994",
        b'"\\ud800"', b'{"\\udfff": 1}', b'"\\u0000"', b'"\x00"', b'"\xff"', b"\xfe\xff", b'{"a": 1, "a": 2}',
        b"", b"{", b"nul", b"[1,]", b'"unfinished', b"{'a': 1}", b"0x10", b"01", b"1.", b"\xef\xbb\xbf\xef\xbb\xbf1",
    ],
)  # fmt: skip
def test_what_is_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_json(body)
    assert caught.value.kind.status == 400


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [33, 900, 100_000])
def test_deep_json_is_refused_at_any_depth(opening: str, depth: int) -> None:
    with pytest.raises(ProblemError, match="body_unreadable"):
        parse_json((opening * depth).encode())


def test_thirty_two_levels_are_read() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32)


def test_brackets_inside_strings_are_not_levels() -> None:
    assert parse_json(b'{"a": "' + b"[" * 100 + b'\\"[[["}') == {"a": "[" * 100 + '"[[['}


@pytest.mark.timeout(60)  # quadratic scanning would take hours
def test_an_unfinished_string_of_escaped_quotes_takes_no_quadratic_time() -> None:
    with pytest.raises(ProblemError):
        parse_json(b'"' + b'\\"' * 900_000)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(_JSON)
def test_ordinary_json_reads_as_itself(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse_json(body)
    except ProblemError as error:
        assert error.kind.status == 400


# ------------------------------------------------------------------------ the guard


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for answer in (client.get("/page"), client.get("/data"), client.get("/none"), client.post("/fault")):
        for name, value in COMMON_HEADERS.items():
            assert answer.headers[name] == value
        assert "content-security-policy" in answer.headers


def test_pages_and_data_have_their_own_policy(client: TestClient) -> None:
    assert client.get("/page").headers["content-security-policy"] == PAGE_POLICY
    assert client.get("/data").headers["content-security-policy"] == DATA_POLICY


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "127.0.0.1 x", "[::1", "0"])  # fmt: skip
def test_an_unknown_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/data", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/data", headers={"host": host}).status_code == 200


def test_get_may_be_read_from_anywhere_but_without_credentials(client: TestClient) -> None:
    answer = client.get("/data", headers={"origin": "https://other.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://other.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"origin": "http://localhost:9"}],
)  # fmt: skip
def test_a_page_of_another_site_may_not_post(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/body", content=b"x", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1:8000"},
        {"origin": "null", "sec-fetch-site": "same-origin"},  # what a form of a page without referrers sends
    ],
)  # fmt: skip
def test_a_page_of_this_server_may_post(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/body", content=b"abc", headers=headers).text == "3"


def test_an_origin_that_is_no_address_is_refused_without_a_fault(client: TestClient) -> None:
    assert client.post("/body", content=b"x", headers={"origin": "http://[::1"}).status_code == 403


def test_a_preflight_allows_reading_only(client: TestClient) -> None:
    answer = client.options(
        "/body", headers={"origin": "https://x.example", "access-control-request-method": "POST"}
    )
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_body_over_the_limit_is_refused_declared_or_not(client: TestClient) -> None:
    assert client.post("/body", content=b"x" * 1000).text == "1000"
    assert client.post("/body", content=b"x" * 1001).status_code == 413
    assert client.post("/body", content=iter([b"x" * 600, b"x" * 600])).status_code == 413
    assert client.post("/body", content=b"x", headers={"content-length": "9" * 30}).status_code == 413


def test_head_is_get_without_the_body(client: TestClient) -> None:
    whole, head = client.get("/data"), client.head("/data")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_a_fault_is_a_problem_document_and_its_words_are_nowhere(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/fault", content=CANARY.encode())
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert CANARY not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_the_access_log_holds_no_query(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="wherefrom.access"):
        client.get(f"/data?q={CANARY}")
    lines = [record.getMessage() for record in caplog.records if record.name == "wherefrom.access"]
    assert lines[0].startswith("GET /data 200 ")
    assert CANARY not in "".join(lines)


def test_line_ends_in_a_path_cannot_forge_a_log_line(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="wherefrom.access"):
        client.get("/a%0d%0aGET /forged 200")
    assert all(
        "\n" not in record.getMessage() for record in caplog.records if record.name == "wherefrom.access"
    )
