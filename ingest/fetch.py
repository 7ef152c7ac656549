"""Fetches one address: the only module of Wherefrom that touches the net.

An address is parsed once, as browsers do; its name is resolved once; if any of its addresses is outside
the allow rule nothing is sent; the connection goes to the very address that was checked, and every
redirect starts anew. Sizes are counted while streaming, on the wire and unpacked. No cookies, no
credentials, no proxies, nothing from the environment. Refuses to know what the bytes mean.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.addresses import is_allowed
from ingest.limits import DEFAULT, Limits
from kb.errors import FetchError
from kb.types import Raw

USER_AGENT = "Wherefrom/0.1 (fact-checker; reads one page at a person's request)"

_MEDIA_TYPES = frozenset(
    {
        "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown",
        "application/pdf", "application/x-pdf", "application/octet-stream", "binary/octet-stream",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/jats+xml",
        "application/xml", "text/xml",
    }
)  # fmt: skip
# What registries of publications answer with (Crossref, OpenAlex, arXiv), and robots.txt.
RECORD_TYPES = frozenset(
    {"application/json", "application/atom+xml", "application/xml", "text/xml", "text/plain", "text/html"}
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One checked address: what to connect to and what to ask for."""

    href: str
    secure: bool
    host: str  # as it goes into the Host header and SNI, without port
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    location: str | None
    media_type: str | None
    content: bytes


def fetch(
    url: str,
    *,
    limits: Limits = DEFAULT,
    context: ssl.SSLContext | None = None,
    media_types: frozenset[str] = _MEDIA_TYPES,
) -> Raw:
    """The bytes at an http(s) address, with the address they came from after redirects. An answer of a type
    that isn't among `media_types` is refused (one that names none is taken). Raises FetchError
    whose attributes name url, kind (refused | unresolved | connection | timeout | status | media_type |
    too_large | encoding | redirects) and, where there is one, status."""
    deadline = time.monotonic() + limits.fetch_s
    target = url
    base: str | None = None
    for _ in range(limits.redirects + 1):
        place = _check(target, base, url, limits, deadline)
        answer = _ask(place, url, limits, deadline, context, media_types)
        if answer.status in _REDIRECTS and answer.location is not None:
            base, target = place.href, answer.location
            continue
        if answer.status != 200:
            raise _fault(url, "status", f"answered with status {answer.status}", status=answer.status)
        return Raw(name=url, content=answer.content, media_type=answer.media_type, url=place.href)
    raise _fault(url, "redirects", f"leads on more than {limits.redirects} times")


def _fault(url: str, kind: str, found: str, **attributes: object) -> FetchError:
    shown = url if len(url) <= 200 else url[:200] + "..."
    return FetchError(f"{shown!r}: {found}", url=url, kind=kind, **attributes)


# --------------------------------------------------------------------------- before anything is sent


def _check(target: str, base: str | None, url: str, limits: Limits, deadline: float) -> _Place:
    """Parse, refuse, resolve. `target` may be relative to `base` (a redirect)."""
    from ada_url import URL

    if len(target) > limits.url_chars:
        raise _fault(url, "refused", f"the address is longer than {limits.url_chars} characters")
    try:
        parsed = URL(target) if base is None else URL(target, base=base)
    except (ValueError, UnicodeError):
        raise _fault(url, "refused", "is no address; give one that starts with http:// or https://") from None
    scheme = parsed.protocol.rstrip(":")
    if scheme not in ("http", "https"):
        raise _fault(url, "refused", f"scheme {scheme[:20]!r} is not fetched; give an http or https address")
    if parsed.username or parsed.password:
        raise _fault(url, "refused", "holds a user name or password; give the address without them")
    if not parsed.hostname:
        raise _fault(url, "refused", "names no host")
    port = int(parsed.port) if parsed.port else (443 if scheme == "https" else 80)
    if limits.ports and port not in limits.ports:
        allowed = " and ".join(map(str, limits.ports))
        raise _fault(url, "refused", f"port {port} is not fetched from; only {allowed}")
    host = parsed.hostname
    addresses = _resolve(host, port, url, limits, deadline)
    if not all(is_allowed(address, limits.allowed_networks) for address in addresses):
        raise _fault(url, "refused", f"{host} is no public address; nothing was sent")
    parsed.hash = ""
    return _Place(
        href=parsed.href,
        secure=scheme == "https",
        host=host,
        port=port,
        path=(parsed.pathname or "/") + parsed.search,
        addresses=addresses,
    )


def _resolve(host: str, port: int, url: str, limits: Limits, deadline: float) -> tuple[str, ...]:
    """The addresses of a host: one question, and never longer than a connection may take."""
    literal = host.strip("[]")
    try:
        return (str(ipaddress.ip_address(literal)),)
    except ValueError:
        pass
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(str(address[0]))
        except (OSError, UnicodeError) as fault:
            failed.append(fault)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(max(0.0, min(limits.connect_s, deadline - time.monotonic())))
    if thread.is_alive():
        raise _fault(url, "timeout", f"the name {host} was not resolved within {limits.connect_s:g} seconds")
    if failed or not found:
        why = f" ({failed[0]})" if failed else ""
        raise _fault(url, "unresolved", f"no address is known for {host}{why}")
    return tuple(dict.fromkeys(found))


# --------------------------------------------------------------------------- the conversation


class _Guard:
    """Ends a connection at the deadline, however slowly it drips."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.late = False
        self._connection = connection
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Guard:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with contextlib.suppress(OSError):
            self._connection.close()

    def _end(self) -> None:
        self.late = True
        with contextlib.suppress(OSError, ValueError):
            self._connection.shutdown(socket.SHUT_RDWR)


def _ask(
    place: _Place,
    url: str,
    limits: Limits,
    deadline: float,
    context: ssl.SSLContext | None,
    media_types: frozenset[str],
) -> _Answer:
    connection = _connect(place, url, limits, deadline, context)
    with _Guard(connection, deadline - time.monotonic()) as guard:
        try:
            answer = _converse(connection, place, url, limits, media_types)
        except (TimeoutError, OSError, http.client.HTTPException, zlib.error, ValueError) as fault:
            if guard.late:
                raise _fault(url, "timeout", f"took more than {limits.fetch_s:g} seconds") from None
            if isinstance(fault, TimeoutError):
                raise _fault(url, "timeout", f"sent nothing for {limits.read_s:g} seconds") from None
            what = f"{type(fault).__name__}: {fault}"[:200]
            raise _fault(url, "connection", f"the connection failed ({what})") from None
        if guard.late:  # a body without a stated length ends like a whole one
            raise _fault(url, "timeout", f"took more than {limits.fetch_s:g} seconds")
    return answer


def _connect(
    place: _Place, url: str, limits: Limits, deadline: float, context: ssl.SSLContext | None
) -> socket.socket:
    """A connection to one of the checked addresses and to nothing else."""
    fault: OSError | None = None
    for address in place.addresses:
        seconds = min(limits.connect_s, deadline - time.monotonic())
        if seconds <= 0:
            raise _fault(url, "timeout", f"took more than {limits.fetch_s:g} seconds")
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect((address, place.port))
            if place.secure:
                name = place.host.strip("[]").rstrip(".")
                connection = (context or _tls_context()).wrap_socket(connection, server_hostname=name)
            connection.settimeout(limits.read_s)
        except OSError as failed:
            connection.close()
            fault = failed
            continue
        return connection
    if isinstance(fault, TimeoutError):
        raise _fault(url, "timeout", f"no connection within {limits.connect_s:g} seconds") from None
    raise _fault(url, "connection", f"no connection ({fault})") from None


def _tls_context() -> ssl.SSLContext:
    """Certificates and host names are checked; unlike the default context, no key log from the environment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


def _converse(
    connection: socket.socket, place: _Place, url: str, limits: Limits, media_types: frozenset[str]
) -> _Answer:
    client = http.client.HTTPConnection(place.host, place.port)
    client.sock = connection
    client.putrequest("GET", place.path, skip_host=True, skip_accept_encoding=True)
    default = 443 if place.secure else 80
    client.putheader("Host", place.host if place.port == default else f"{place.host}:{place.port}")
    client.putheader("User-Agent", USER_AGENT)
    wanted = "text/html, application/pdf, text/plain, text/markdown;q=0.9"
    if media_types is not _MEDIA_TYPES:
        wanted = ", ".join(sorted(media_types))
    client.putheader("Accept", f"{wanted}, */*;q=0.1")
    client.putheader("Accept-Language", "en")
    client.putheader("Accept-Encoding", "gzip, deflate")
    client.putheader("Connection", "close")
    client.endheaders()
    response = client.getresponse()
    try:
        location = response.getheader("Location")
        if response.status in _REDIRECTS and location is not None:
            return _Answer(
                status=response.status, location=_header_text(location), media_type=None, content=b""
            )
        if response.status != 200:
            return _Answer(status=response.status, location=None, media_type=None, content=b"")
        media_type = _check_media_type(response.getheader("Content-Type"), url, media_types)
        length = response.getheader("Content-Length")
        if length is not None and length.isdecimal() and int(length[:20]) > limits.wire_bytes:
            raise _fault(
                url, "too_large", f"is larger than {limits.wire_bytes:,} bytes", size_bytes=int(length[:20])
            )
        content = _read_body(response, response.getheader("Content-Encoding"), url, limits)
    finally:
        response.close()
    return _Answer(status=200, location=None, media_type=media_type, content=content)


def _header_text(value: str) -> str:
    """A header as most servers mean it: UTF-8, though the protocol says Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _check_media_type(header: str | None, url: str, media_types: frozenset[str]) -> str | None:
    if header is None:
        return None
    named = header.split(";")[0].strip().lower()
    if named not in media_types:
        raise _fault(
            url, "media_type", f"is {named[:60]!r}; give an HTML page, a PDF or a text", media_type=named[:60]
        )
    return header[:200]


def _read_body(response: http.client.HTTPResponse, encoding: str | None, url: str, limits: Limits) -> bytes:
    """The body, unpacked; over a limit the reading stops where it stands."""
    unpack = _unpacker(encoding, url)
    parts: list[bytes] = []
    wire = unpacked = 0
    while chunk := response.read(_CHUNK):
        wire += len(chunk)
        if wire > limits.wire_bytes:
            raise _fault(url, "too_large", f"is larger than {limits.wire_bytes:,} bytes")
        for part in _unpack(unpack, chunk):
            unpacked += len(part)
            if unpacked > limits.unpacked_bytes:
                raise _fault(url, "too_large", f"unpacks to more than {limits.unpacked_bytes:,} bytes")
            parts.append(part)
    if response.length:
        raise _fault(url, "connection", f"ended {response.length:,} bytes early")
    if unpack is not None and not unpack.eof:
        raise _fault(url, "encoding", "its compressed body is cut off")
    return b"".join(parts)


def _unpacker(encoding: str | None, url: str) -> zlib._Decompress | None:
    named = (encoding or "identity").strip().lower()
    if named in ("identity", ""):
        return None
    if named in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)  # a gzip or zlib header, as it comes
    raise _fault(url, "encoding", f"is packed as {named[:40]!r}, which was not asked for")


def _unpack(unpack: zlib._Decompress | None, chunk: bytes) -> Iterator[bytes]:
    """The chunk unpacked in parts of at most _CHUNK bytes, one at a time, so that the caller can stop."""
    if unpack is None:
        yield chunk
        return
    waiting = chunk
    while waiting and not unpack.eof:
        part = unpack.decompress(waiting, _CHUNK)
        waiting = unpack.unconsumed_tail
        if part:
            yield part
