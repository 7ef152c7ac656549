"""What a source's page shows beside its findings, as typed values: versions, origin, how it was fetched.

Owns what is shown and in which order; refuses to know HTML, files and the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from kb.origins import find_origin
from kb.types import Source, StatedVersion
from service.site import words

if TYPE_CHECKING:
    from kb.store import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A published version; `was` pairs a finding's anchor and statement with the figures that it replaced."""

    name: str
    published: str
    url: str | None
    change: str
    was: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginView:
    words: str
    source_id: str | None
    title: str
    says: str
    siblings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    day: str
    address: str | None
    words: str


def make_version(version: StatedVersion, source: Source) -> VersionView:
    statements = {finding.id: finding.statement for finding in source.findings}
    change = words.FIGURES_WORDS[version.figures]
    return VersionView(
        name=version.version,
        published=version.published or "",
        url=version.url,
        change=f"{change}: {version.changed}" if version.changed else change,
        was=tuple(
            (
                "f-" + former.finding_id.rpartition("#")[2],
                statements.get(former.finding_id, former.finding_id),
                ", ".join(quantity.surface for quantity in former.quantities),
            )
            for former in version.was
        ),
    )


def make_origin(source: Source, sources: Mapping[str, Source]) -> OriginView | None:
    """Where its evidence comes from, and what else comes from there; None where it stands alone."""
    origin = find_origin(source.id, sources)
    siblings = tuple(
        (other.id, other.title)
        for other in sources.values()
        if other.id not in (source.id, origin) and find_origin(other.id, sources) == origin
    )
    stated = source.origin
    if stated is None and not siblings:
        return None
    held = sources.get(stated.source_id or "") if stated is not None else None
    return OriginView(
        words=words.ORIGIN_WORDS[stated.kind] if stated is not None else "Others tell of the same evidence",
        source_id=held.id if held is not None else None,
        title=held.title if held is not None else "",
        says=(stated.says or "") if stated is not None else "",
        siblings=siblings,
    )


def make_capture(capture: Capture) -> CaptureView:
    held = f"sha256 {capture.sha256[:16]}" if capture.sha256 else capture.problem or "nothing came"
    status = f"status {capture.status}, " if capture.status is not None else ""
    return CaptureView(
        day=capture.fetched_at.astimezone(UTC).date().isoformat(),
        address=capture.url or capture.asked,
        words=f"{status}{held}",
    )
