"""Laws of fetching, on real loopback servers: what is refused is refused before anything is sent."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import itertools
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.addresses import is_allowed
from ingest.fetch import fetch
from ingest.limits import DEFAULT, Limits
from kb.errors import FetchError
from tests.safety.ledger import Counted

PAGE = b"<html><body><p>Hello from loopback.</p></body></html>"


class Server:
    """A loopback server whose answers are functions by path; `hits` are the paths asked for."""

    def __init__(self, address: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self.hits: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.routes: dict[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.hits.append(self.path)
                outer.headers.append(dict(self.headers.items()))
                route = outer.routes.get(self.path.split("?")[0])
                try:
                    if route is None:
                        answer(self, PAGE)
                    else:
                        route(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                return

        class Threaded(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                return

        self.server = Threaded((address, 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer(
    handler: http.server.BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    media_type: str | None = "text/html; charset=utf-8",
    **headers: str,
) -> None:
    handler.send_response(status)
    if media_type is not None:
        handler.send_header("Content-Type", media_type)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def open_limits(server: Server, **changes: object) -> Limits:
    return Limits(allowed_networks=("127.0.0.0/8",), ports=(server.port,), **changes)  # type: ignore[arg-type]


def refused(url: str, limits: Limits = DEFAULT) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits)
    return caught.value


# --------------------------------------------------------------------------- what works


def test_a_page_comes_back_with_its_bytes_type_and_address(server: Server) -> None:
    raw = fetch(server.url("/a?b=c#d"), limits=open_limits(server))
    assert (raw.content, raw.media_type) == (PAGE, "text/html; charset=utf-8")
    assert (raw.name, raw.url) == (server.url("/a?b=c#d"), server.url("/a?b=c"))
    assert server.hits == ["/a?b=c"]


def test_a_redirect_is_followed_and_the_last_address_is_kept(server: Server) -> None:
    server.routes["/old"] = lambda h: answer(h, b"", status=301, Location="/new?x=1")
    raw = fetch(server.url("/old"), limits=open_limits(server))
    assert raw.url == server.url("/new?x=1")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_is_unpacked(server: Server, encoding: str) -> None:
    import zlib

    body = gzip.compress(PAGE) if encoding == "gzip" else zlib.compress(PAGE)
    server.routes["/p"] = lambda h: answer(h, body, Content_Encoding=encoding)
    assert fetch(server.url("/p"), limits=open_limits(server)).content == PAGE


def test_no_cookie_credential_or_proxy_is_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.routes["/a"] = lambda h: answer(h, b"", status=302, Location="/b", Set_Cookie="k=v")
    fetch(server.url("/a"), limits=open_limits(server))
    assert server.hits == ["/a", "/b"]
    names = {name.lower() for headers in server.headers for name in headers}
    assert not names & {"cookie", "authorization", "proxy-authorization", "referer"}


# --------------------------------------------------------------------------- what is refused


V4 = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",  # noqa: S104
      "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1",
      "198.51.100.7", "203.0.113.9", "192.0.2.1", "127.255.255.254"]  # fmt: skip
V6 = ["::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
      "2002:7f00:1::", "2001::1", "fe80::1", "fec0::1", "fd00:ec2::254", "ff02::1", "3fff::1", "2001:db8::1",
      "100::1", "5f00::1", "::ffff:8.8.8.8", "::8.8.8.8"]  # fmt: skip
ODD_LOOPBACK = ["2130706433", "0177.0.0.1", "00000177.0.0.1", "017700000001", "0x7f.1", "0x7f000001", "127.1", "0",
                "2852039166", "①②⑦.⓪.⓪.①", "127。0。0。1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "%31%32%37.0.0.1", "127.0.0.1.",
                "LOCALHOST", "localhost.", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "127.0.00.1", "0x7F.0x0.0x0.0x1", "127.0x1"]  # fmt: skip


def literal_hosts() -> list[str]:
    return [*V4, *(f"[{address}]" for address in V6), *ODD_LOOPBACK]


def payloads(port: int) -> list[str]:
    """Every host of 1.4 in every way an address can be dressed, all aimed at the canary's port or at 80."""
    shapes = ["http://{h}/", "http://{h}:{p}/", "https://{h}:{p}/x", "HTTP://{h}:{p}/?q=http://example.com",
              "http:\\\\{h}:{p}\\", "http:{h}:{p}/", "http:///{h}:{p}/", "http://user:p%40ss@{h}:{p}/",
              "\x01http://{h}:{p}/", "ht\ntp://{h}:{p}/"]  # fmt: skip
    made = [shape.format(h=host, p=port) for shape, host in itertools.product(shapes, literal_hosts())]
    return [
        *made,
        f"http://127.1.1.1:{port}\\@127.2.2.2/",
        f"http://example.com\\@127.0.0.1:{port}/",
        f"http://google.com:80+&@127.88.23.245:{port}/#+@google.com/",
        f"http://127.0.0.1:{port}#@example.com/",
        f"http://127.0.0.1:{port}?@example.com/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"http://[fe80::1%25lo]:{port}/",
        "http://127.0.0.1:22/", "http://127.0.0.1:25/", "http://127.0.0.1:6379/",
    ]  # fmt: skip


def test_no_dressed_up_private_address_is_ever_contacted(server: Server, counted: Counted) -> None:
    tried = payloads(server.port)
    assert len(tried) >= 400
    for url in tried:
        assert refused(url, Limits(ports=())).attributes["kind"] in ("refused", "unresolved")
    assert server.hits == []
    counted("S1", "addresses of this machine and its like, dressed up; 0 hits on a canary", tried=len(tried))


def test_no_redirect_leads_to_a_private_address(server: Server, counted: Counted) -> None:
    opened = Server("127.0.0.2")  # the one address that these limits open; the canary is at 127.0.0.1
    limits = Limits(allowed_networks=("127.0.0.2/32",), ports=())
    start = f"http://127.0.0.2:{opened.port}/go"
    try:
        targets = [url for url in payloads(server.port) if url.isprintable()]
        assert len(targets) >= 400
        for target in targets:
            location = target.encode().decode("latin-1")
            opened.routes["/go"] = lambda h, to=location: answer(h, b"", status=302, Location=to)
            with contextlib.suppress(FetchError):  # "http:x/" is a path on the same server: no refusal
                assert fetch(start, limits=limits).url.startswith(f"http://127.0.0.2:{opened.port}/")  # type: ignore[union-attr]
        assert server.hits == []
        opened.routes["/go"] = lambda h: answer(h, b"", status=302, Location=server.url("/"))
        assert refused(start, limits).attributes["kind"] == "refused"
        counted("S1", "the same as targets of redirects; 0 hits on a canary", tried=len(targets))
    finally:
        opened.close()


@pytest.mark.parametrize("address", [*V4, *V6, "fe80::1%lo", "not an address", ""])
def test_special_addresses_are_outside_the_allow_rule(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_inside_the_allow_rule(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x/", "dict://x:1/", "ftp://x/", "data:text/html,x", "jar:http://x!/",
     "blob:http://x/", "javascript:alert(1)", "view-source:http://x/", "ｈttp://example.com/", "FILE:///x", "",
     "example.com", "//example.com/", "http://", "https://?x", "about:blank", "ws://example.com/"],
)  # fmt: skip
def test_other_schemes_are_refused(url: str) -> None:
    assert refused(url).attributes["kind"] == "refused"


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 443_0, 1])
def test_other_ports_are_refused(port: int) -> None:
    assert "port" in str(refused(f"http://8.8.8.8:{port}/"))


def test_a_name_or_password_in_the_address_is_refused() -> None:
    assert "password" in str(refused("http://user:secret@example.com/"))


def test_an_overlong_address_is_refused() -> None:
    assert "longer" in str(refused("http://example.com/" + "a" * 3_000))


def fake_names(monkeypatch: pytest.MonkeyPatch, answers: Callable[[int], list[str]]) -> list[str]:
    """Answer questions for names by count; the real resolver is never asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in answers(len(asked))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["::1", "8.8.8.8"], ["fe80::1%eth0"]],
)
def test_one_private_address_among_many_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, server: Server, addresses: list[str]
) -> None:
    fake_names(monkeypatch, lambda _: addresses)
    assert refused(f"http://rebind.example:{server.port}/", Limits(ports=())).attributes["kind"] == "refused"
    assert server.hits == []


def test_a_name_is_resolved_once_a_hop_and_that_address_is_used(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    def answers(count: int) -> list[str]:
        return ["127.0.0.1"] if count == 1 else ["127.9.9.9"]  # a second question would lead astray

    asked = fake_names(monkeypatch, answers)
    raw = fetch(f"http://one.example:{server.port}/x", limits=open_limits(server))
    assert (raw.content, asked, server.hits) == (PAGE, ["one.example"], ["/x"])
    assert server.headers[0]["Host"] == f"one.example:{server.port}"


def test_each_redirect_is_resolved_and_checked_anew(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    asked = fake_names(monkeypatch, lambda count: ["127.0.0.1"] if count == 1 else ["10.0.0.1"])
    server.routes["/go"] = lambda h: answer(h, b"", status=307, Location=f"http://two.example:{server.port}/")
    limits = Limits(allowed_networks=("127.0.0.1/32",), ports=(server.port,))
    assert refused(f"http://one.example:{server.port}/go", limits).attributes["kind"] == "refused"
    assert (asked, server.hits) == (["one.example", "two.example"], ["/go"])


def test_a_name_nobody_knows_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refused("http://nobody.example/").attributes["kind"] == "unresolved"


# --------------------------------------------------------------------------- servers that misbehave


@pytest.mark.parametrize("hops", [1, 2, 3, 5])
def test_five_redirects_are_followed(server: Server, hops: int) -> None:
    for number in range(hops):
        server.routes[f"/{number}"] = lambda h, n=number: answer(h, b"", status=302, Location=f"/{n + 1}")
    assert fetch(server.url("/0"), limits=open_limits(server)).content == PAGE


def test_a_redirect_loop_ends(server: Server) -> None:
    server.routes["/loop"] = lambda h: answer(h, b"", status=302, Location="/loop")
    assert refused(server.url("/loop"), open_limits(server)).attributes["kind"] == "redirects"
    assert len(server.hits) == 6


@pytest.mark.parametrize("status", [204, 300, 304, 305, 332, 401, 403, 404, 429, 500, 503])
def test_any_other_status_is_an_error_that_names_it(server: Server, status: int) -> None:
    server.routes["/s"] = lambda h: answer(h, b"", status=status, Location_X="/")
    fault = refused(server.url("/s"), open_limits(server))
    assert (fault.attributes["kind"], fault.attributes["status"]) == ("status", status)


def test_refresh_and_content_location_are_not_followed(server: Server) -> None:
    body = b'<meta http-equiv="refresh" content="0;url=/meta"><p>text</p>'
    server.routes["/r"] = lambda h: answer(h, body, Refresh="0;url=/header", Content_Location="/other")
    assert fetch(server.url("/r"), limits=open_limits(server)).content == body
    assert server.hits == ["/r"]


@pytest.mark.parametrize(
    "media_type", ["image/png", "application/zip", "image/svg+xml", "video/mp4", "application/json"]
)
def test_other_media_types_are_refused(server: Server, media_type: str) -> None:
    server.routes["/m"] = lambda h: answer(h, b"x" * 10, media_type=media_type)
    assert refused(server.url("/m"), open_limits(server)).attributes["kind"] == "media_type"


def test_an_endless_body_ends_at_the_wire_limit(server: Server) -> None:
    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65_536)

    server.routes["/endless"] = endless
    fault = refused(server.url("/endless"), open_limits(server, wire_bytes=1_000_000))
    assert fault.attributes["kind"] == "too_large"


def test_a_stated_length_over_the_limit_is_refused_unread(server: Server) -> None:
    server.routes["/big"] = lambda h: answer(h, b"x", Content_Length="99999999999")
    assert refused(server.url("/big"), open_limits(server)).attributes["kind"] == "too_large"


def test_a_gzip_bomb_ends_at_the_unpacked_limit_without_filling_memory(server: Server) -> None:
    import resource

    bomb = gzip.compress(b"\x00" * 200_000_000, 9)
    assert len(bomb) < 300_000
    server.routes["/bomb"] = lambda h: answer(h, bomb, media_type="text/plain", Content_Encoding="gzip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fault = refused(server.url("/bomb"), open_limits(server, unpacked_bytes=5_000_000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert fault.attributes["kind"] == "too_large"
    assert grown < 50_000  # KiB


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_a_packing_that_was_not_asked_for_is_refused(server: Server, encoding: str) -> None:
    server.routes["/e"] = lambda h: answer(h, PAGE, Content_Encoding=encoding)
    assert refused(server.url("/e"), open_limits(server)).attributes["kind"] == "encoding"


def test_a_body_cut_off_is_an_error(server: Server) -> None:
    server.routes["/cut"] = lambda h: answer(h, b"half", Content_Length="100")
    assert refused(server.url("/cut"), open_limits(server)).attributes["kind"] == "connection"


def test_a_packed_body_cut_off_is_an_error(server: Server) -> None:
    packed = gzip.compress(PAGE * 50)[:60]
    server.routes["/cut"] = lambda h: answer(h, packed, Content_Encoding="gzip")
    assert refused(server.url("/cut"), open_limits(server)).attributes["kind"] == "encoding"


def test_a_header_flood_is_an_error(server: Server) -> None:
    server.routes["/flood"] = lambda h: answer(h, b"x", **{f"X_{n}": "y" for n in range(1_000)})
    assert refused(server.url("/flood"), open_limits(server)).attributes["kind"] == "connection"


def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler: http.server.BaseHTTPRequestHandler) -> None:
    for _ in range(200):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize("slow", [drip, drip_headers])
def test_a_dripping_server_ends_at_the_deadline(
    server: Server, slow: Callable[[http.server.BaseHTTPRequestHandler], None]
) -> None:
    server.routes["/slow"] = slow
    fault = refused(server.url("/slow"), open_limits(server, fetch_s=1.0))
    assert fault.attributes["kind"] == "timeout"


def test_a_silent_server_ends_at_the_read_limit(server: Server) -> None:
    server.routes["/silent"] = lambda h: time.sleep(5)
    fault = refused(server.url("/silent"), open_limits(server, read_s=0.5))
    assert fault.attributes["kind"] == "timeout"


def test_a_closed_port_is_a_connection_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    limits = Limits(allowed_networks=("127.0.0.0/8",), ports=(port,))
    assert refused(f"http://127.0.0.1:{port}/", limits).attributes["kind"] == "connection"


def test_every_fault_names_the_address() -> None:
    fault = refused("http://127.0.0.1/secret-page")
    assert fault.attributes["url"] == "http://127.0.0.1/secret-page"
    assert "127.0.0.1" in str(fault)


# --------------------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "one.example.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(path),
               "-out", str(path) + ".crt", "-subj", "/CN=one.example", "-addext", "subjectAltName=DNS:one.example"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("openssl is needed to make a test certificate")
    return path


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(certificate) + ".crt", str(certificate))
    running = Server(context=context)
    yield running
    running.close()


def trusting(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(certificate) + ".crt")
    return context


def test_the_certificate_is_checked_against_the_name_asked_for(
    monkeypatch: pytest.MonkeyPatch, tls_server: Server, certificate: Path
) -> None:
    fake_names(monkeypatch, lambda _: ["127.0.0.1"])
    limits = open_limits(tls_server)
    right, wrong = (f"https://{name}.example:{tls_server.port}/" for name in ("one", "two"))
    assert fetch(right, limits=limits, context=trusting(certificate)).content == PAGE
    with pytest.raises(FetchError) as caught:
        fetch(wrong, limits=limits, context=trusting(certificate))
    assert caught.value.attributes["kind"] == "connection"


def test_an_untrusted_certificate_is_refused(monkeypatch: pytest.MonkeyPatch, tls_server: Server) -> None:
    fake_names(monkeypatch, lambda _: ["127.0.0.1"])
    fault = refused(f"https://one.example:{tls_server.port}/", open_limits(tls_server))
    assert fault.attributes["kind"] == "connection"
    assert tls_server.hits == []
