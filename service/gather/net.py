"""Opens what gathering needs: the one fetcher with its limits and manners, the hosts that are asked, the
clock. The only place of gathering that knows the real ones."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from pathlib import Path

from ingest.fetch import fetch
from ingest.limits import DEFAULT, Limits
from kb.types import Raw
from service.gather.adding import Gatherer
from service.gather.manners import DELAY_S, MannerlyFetcher
from sources.lookups import Services

SOURCES_FOLDER = "sources"  # of a knowledge base: the YAML files of added sources


def open_gatherer(
    home: Path,
    *,
    offline: bool = False,
    limits: Limits = DEFAULT,
    services: Services | None = None,
    delay_s: float = DELAY_S,
) -> Gatherer:
    fetcher = None if offline else MannerlyFetcher(functools.partial(_fetch, limits), delay_s=delay_s)
    return Gatherer(
        fetcher=fetcher,
        services=services if services is not None else Services(),
        now=lambda: datetime.now(UTC),
        folder=home / SOURCES_FOLDER,
    )


def _fetch(limits: Limits, url: str, /, *, media_types: frozenset[str] | None = None) -> Raw:
    if media_types is None:
        return fetch(url, limits=limits)
    return fetch(url, limits=limits, media_types=media_types)
