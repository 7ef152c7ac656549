"""Checks source files that are each sound: together, against look-alike hosts, against the texts that are held.

One bounded report: every fault is a line that names the source, what was found and what is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kb.errors import StoreError
from kb.store import Store
from kb.types import Source, Verified
from sources.checks import check_registry
from sources.held import find_unheld, read_figures
from sources.lookalikes import find_lookalikes
from sources.registry import SHIPPED_DATA, Registry, read_registry

MAX_FAULTS = 200
_ALWAYS_KNOWN = ("arxiv.org", "doi.org")
_PARTIAL = ("abstract", "notes")  # a text of which so little is held can lack what was read in the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCheck:
    """`figures` were looked for in `texts` held texts."""

    faults: tuple[str, ...]
    figures: int
    texts: int


def check_sources(asked: Sequence[Source], registry: Registry, home: Path) -> RegistryCheck:
    """Faults of the sources that were asked about; the others of the registry are what they are held to."""
    ids = {source.id for source in asked}
    topics = [topic.id for topic in registry.topics]
    faults = [fault for fault in check_registry(registry.sources, topics=topics) if _is_about(fault, ids)]
    faults += _find_imitations(asked)
    figures = texts = 0
    for source, text in _iter_held(asked, home):
        texts += 1
        read = read_figures(text)
        for finding in source.findings:
            if finding.verified is Verified.TEXT:
                figures += len(finding.quantities)
            for quantity in find_unheld(finding, read):
                faults.append(
                    f"{finding.id}: is verified in the text, but {quantity.surface} is not in the text that is held; "
                    "read it again, or hold the version that it was read in"
                )
    if len(faults) > MAX_FAULTS:
        faults = [*faults[:MAX_FAULTS], f"and {len(faults) - MAX_FAULTS} more faults that are not listed"]
    return RegistryCheck(faults=tuple(faults), figures=figures, texts=texts)


def _is_about(fault: str, ids: set[str]) -> bool:
    """Whether a fault of the whole registry concerns one of these sources."""
    named = fault.partition(":")[0]
    return any(part.partition("#")[0] in ids for part in named.replace(" -> ", ", ").split(", "))


def _find_imitations(asked: Sequence[Source]) -> Iterator[str]:
    known = [
        urlsplit(source.url).hostname or "" for source in read_registry([SHIPPED_DATA]).sources if source.url
    ]
    for source in asked:
        addresses = [text for text in (source.url, *source.aliases) if text and "://" in text]
        for host, like in find_lookalikes(addresses, [*known, *_ALWAYS_KNOWN]).items():
            yield f"{source.id}: {host} looks like {like} and is another host; write the real address"


def _iter_held(asked: Sequence[Source], home: Path) -> Iterator[tuple[Source, str]]:
    """The texts of the sources that the knowledge base holds; none where there is no knowledge base."""
    try:
        store = Store.open(home, read_only=True)
    except StoreError:
        return
    with store:
        held = {source.id: source for source in store.iter_sources()}
        for source in asked:
            known = held.get(source.id)
            if known is None or (known.text_status or source.text_status) in _PARTIAL:
                continue
            document = store.load_source_document(source.id)
            if document is not None:
                yield source, document.text
