"""Fetches with manners: waits between two requests to one host and heeds robots.txt.

Owns when a request may be sent; what is sent is ingest.fetch's. Clock and sleep are given, so that tests
count seconds in place of waiting for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from kb.errors import FetchError
from kb.types import Raw

ROBOT = "Wherefrom"
DELAY_S = 3.0  # between two requests to one host; what arXiv asks of programs (info.arxiv.org/help/api/tou)
MAX_DELAY_S = 30.0  # a host that asks for more gets no batch from us: it is left out
_ROBOT_TYPES = frozenset({"text/plain", "text/html", "application/octet-stream"})
_MAX_LINES = 5_000
_CUT_OFF_AFTER = 3  # hosts


class Fetch(Protocol):
    """ingest.fetch.fetch with its limits set."""

    def __call__(self, url: str, /, *, media_types: frozenset[str] | None = None) -> Raw: ...


@dataclass(slots=True)
class _Rules:
    """What a host's robots.txt says; None where it has none."""

    parser: RobotFileParser | None
    delay_s: float = 0.0


@dataclass(slots=True)
class MannerlyFetcher:
    """One run's fetching. `asked` counts the requests that were sent, by host."""

    fetch: Fetch
    delay_s: float = DELAY_S
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    asked: dict[str, int] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _rules: dict[str, _Rules] = field(default_factory=dict)
    _unreachable: dict[str, FetchError] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)

    @property
    def is_cut_off(self) -> bool:
        """Whether several hosts were asked in this run and none of them could be reached: no net, then."""
        return len(self._unreachable) >= _CUT_OFF_AFTER and not self._reached

    def fetch_text(self, url: str) -> Raw:
        """A page or file that robots may read. FetchError of kind `robots` where the host says no."""
        host = _host(url)
        if host in self._unreachable:
            raise self._again(url, host)
        rules = self._heed(url, host)
        if rules.parser is not None and not rules.parser.can_fetch(ROBOT, url):
            raise FetchError(
                f"{url!r}: its host asks programs not to fetch it (robots.txt); save the page yourself and "
                "give the file",
                url=url,
                kind="robots",
            )
        if rules.delay_s > MAX_DELAY_S:
            raise FetchError(
                f"{url!r}: its host asks for {rules.delay_s:g} s between requests, more than {MAX_DELAY_S:g} s",
                url=url,
                kind="robots",
            )
        return self._send(url, host, max(self.delay_s, rules.delay_s))

    def fetch_record(self, url: str, media_types: frozenset[str]) -> Raw:
        """What a service made for programs answers: no robots.txt, but the same pauses."""
        host = _host(url)
        if host in self._unreachable:
            raise self._again(url, host)
        return self._send(url, host, self.delay_s, media_types)

    def _send(self, url: str, host: str, delay_s: float, media_types: frozenset[str] | None = None) -> Raw:
        last = self._last.get(host)
        if last is not None:
            wait = last + delay_s - self.clock()
            if wait > 0:
                self.sleep(wait)
        self.asked[host] = self.asked.get(host, 0) + 1
        try:
            raw = self.fetch(url) if media_types is None else self.fetch(url, media_types=media_types)
        except FetchError as error:
            if error.attributes.get("kind") in ("unresolved", "connection", "timeout"):
                self._unreachable[host] = error
            else:
                self._reached.add(host)
            raise
        finally:
            self._last[host] = self.clock()
        self._reached.add(host)
        return raw

    def _again(self, url: str, host: str) -> FetchError:
        """The host failed before in this run: it isn't asked again for each of its pages."""
        first = self._unreachable[host]
        return FetchError(
            f"{url!r}: not asked, because {host} could not be reached just before",
            url=url,
            kind=first.attributes.get("kind"),
        )

    def _heed(self, url: str, host: str) -> _Rules:
        if host in self._rules:
            return self._rules[host]
        parts = urlsplit(url)
        parser: RobotFileParser | None = None
        try:
            raw = self._send(f"{parts.scheme}://{parts.netloc}/robots.txt", host, self.delay_s, _ROBOT_TYPES)
        except FetchError as error:
            status = error.attributes.get("status")
            if isinstance(status, int) and status >= 500:  # RFC 9309: unreachable rules mean no
                raise FetchError(
                    f"{url!r}: the rules of its host (robots.txt) answered with status {status}; try again later",
                    url=url,
                    kind="robots",
                    status=status,
                ) from None
            if error.attributes.get("kind") in ("unresolved", "connection", "timeout", "refused"):
                raise FetchError(
                    error.message.replace("/robots.txt", parts.path or "/"),
                    **{**error.attributes, "url": url},
                ) from None
        else:
            parser = RobotFileParser()
            parser.parse(raw.content[:500_000].decode("utf-8", "replace").splitlines()[:_MAX_LINES])
        delay = parser.crawl_delay(ROBOT) if parser is not None else None
        rules = _Rules(parser=parser, delay_s=float(delay or 0))
        self._rules[host] = rules
        return rules


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
