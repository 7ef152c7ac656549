"""How what the registry states about a source and what was added to it make one source; knows no SQL.

A source has up to two statements: the *registry's* (it carries findings, or comes from the registry) and
an *added* one without findings, as a person gives it who brings a text. The rule:

- findings, contests, topics, tier, kind, review and every field that the registry's statement fills are
  the registry's;
- an added statement fills what the registry leaves empty (url, doi, publisher, ...), and says what the
  registry can't know: which text is held (`text_status`), and a status worse than current;
- what would change a verdict (a contest, a status) is heard only from a reviewed statement, unless nobody
  reviewed the registry's either;
- an address or name that differs from the registry's becomes an alias, so that it still leads here.

Neither statement is lost by the other, in whichever order they come, and giving one again changes nothing.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from kb.types import Source, SourceStatus

REGISTRY_ORIGIN = "registry"
_FILLED = tuple(
    spec.name
    for spec in fields(Source)
    if spec.name
    not in {
        "id",
        "title",
        "kind",
        "tier",
        "status",
        "aliases",
        "findings",
        "text_status",
        "reviewed_by",
        "reviewed_on",
    }
)


def is_registry_statement(source: Source, origin: str) -> bool:
    """Whether this is the statement that others are added to."""
    return origin == REGISTRY_ORIGIN or bool(source.findings)


def merge_statements(registry: Source | None, added: Source | None) -> Source:
    """The source as both statements together say; at least one is given."""
    if registry is None or added is None:
        known = registry or added
        if known is None:
            raise ValueError("a source wants at least one statement")
        return known
    heard = added.reviewed_by is not None or registry.reviewed_by is None
    filled: dict[str, Any] = {
        name: getattr(added, name)
        for name in _FILLED
        if not getattr(registry, name) and getattr(added, name) and (heard or name != "contests")
    }
    aliases = dict.fromkeys(registry.aliases + added.aliases)
    for name in ("url", "doi", "arxiv"):
        ours, theirs = getattr(registry, name), getattr(added, name)
        if ours and theirs and ours != theirs:
            aliases.setdefault(theirs)
    status = added.status if heard and registry.status is SourceStatus.CURRENT else registry.status
    return replace(
        registry,
        **filled,
        aliases=tuple(aliases),
        status=status,
        text_status=added.text_status or registry.text_status,
    )
