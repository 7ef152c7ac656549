"""Writes a source as a YAML file of the registry: what the strict reader of sources.model reads back equal.

Every text is written as a double-quoted scalar, so that nothing in a title can become YAML. Suggested
findings are written as comments: they hold the source's own words and no reader takes them for findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.types import (
    Contest,
    FormerFigures,
    Origin,
    Quantity,
    Source,
    SourceFinding,
    SourceStatus,
    StatedVersion,
)
from sources.suggest import Suggestion
from sources.write_figures import quote_text, write_quantity

_HEAD = "# One source, as `wherefrom sources check` reads it; the keys are explained in docs/sources.md.\n"
_EMPTY = '""'
_SUGGESTED = """\
# Suggested findings, each with the source's exact words. To accept one: uncomment it (delete one "# " in each
# line), say in `statement` what it found in your own words, complete entity and property, set `verified: text`
# after you have read it in the source, then `wherefrom sources accept {id}`.
"""


def write_source(source: Source, suggestions: Sequence[Suggestion] = ()) -> str:
    """The file's text. ValueError for a source that the schema can't hold (a figure without a number)."""
    lines = [f"id: {source.id}"]
    lines += _pair("title", source.title)
    lines += _list("authors", source.authors)
    lines += [f"kind: {source.kind}", f"tier: {source.tier.value}"]
    for key in ("publisher", "published", "url", "doi", "arxiv"):
        lines += _pair(key, getattr(source, key))
    lines += _list("aliases", source.aliases)
    if source.status is not SourceStatus.CURRENT:
        lines.append(f"status: {source.status.value}")
    lines += _list("topics", source.topics)
    lines += [f"text_status: {source.text_status}"] if source.text_status else []
    if source.reviewed_by and source.reviewed_on:
        lines.append(
            f"reviewed: {{by: {quote_text(source.reviewed_by)}, on: {quote_text(source.reviewed_on)}}}"
        )
    lines += _pair("note", source.note)
    lines += _write_origin(source.origin)
    lines += _write_all("versions", [_write_version(version) for version in source.versions])
    lines += _write_all("contests", [_write_contest(contest) for contest in source.contests])
    lines += _write_all("findings", [_write_finding(finding) for finding in source.findings])
    text = _HEAD + "\n".join(lines) + "\n"
    if suggestions:
        text += "\n" + _SUGGESTED.format(id=source.id)
        text += "" if source.findings else "# findings:\n"
        text += "".join(_write_suggestion(number, one) for number, one in enumerate(suggestions, start=1))
    return text


def _pair(key: str, text: str | None) -> list[str]:
    written = quote_text(text or "")
    return [f"{key}: {written}"] if written != _EMPTY else []


def _list(key: str, texts: Iterable[str]) -> list[str]:
    written = list(dict.fromkeys(quote_text(text) for text in texts))
    written = [text for text in written if text != _EMPTY]
    if not written:
        return []
    short = f"{key}: [{', '.join(written)}]"
    return [short] if len(short) <= 110 else [f"{key}:", *(f"  - {text}" for text in written)]


def _write_all(key: str, blocks: Sequence[list[str]]) -> list[str]:
    lines = [f"{key}:"] if blocks else []
    for block in blocks:
        lines += [f"  {'- ' if place == 0 else '  '}{line}" for place, line in enumerate(block)]
    return lines


def _write_origin(origin: Origin | None) -> list[str]:
    if origin is None:
        return []
    where = f"source: {origin.source_id}" if origin.source_id is not None else f"key: {origin.key}"
    says = f", says: {quote_text(origin.says)}" if origin.says else ""
    return [f"origin: {{{where}, kind: {origin.kind.value}{says}}}"]


def _write_version(version: StatedVersion) -> list[str]:
    lines = _pair("version", version.version)
    lines += _pair("published", version.published) + _pair("url", version.url)
    lines.append(f"figures: {version.figures.value}")
    lines += _pair("changed", version.changed)
    lines += _write_all("was", [_write_former(one) for one in version.was])
    return lines


def _write_former(former: FormerFigures) -> list[str]:
    slug = former.finding_id.partition("#")[2]
    return [f"finding: {slug}", *_write_quantities(former.quantities)]


def _write_contest(contest: Contest) -> list[str]:
    lines = [f"source: {contest.source_id}"]
    if contest.finding_id is not None:
        lines.append(f"finding: {contest.finding_id.partition('#')[2]}")
    return [*lines, f"kind: {contest.kind.value}", *_pair("says", contest.says)]


def _write_quantities(quantities: Sequence[Quantity]) -> list[str]:
    return (
        ["quantities:", *(f"  - {write_quantity(quantity)}" for quantity in quantities)] if quantities else []
    )


def _write_finding(finding: SourceFinding) -> list[str]:
    lines = [f"id: {finding.id.partition('#')[2]}", *_pair("statement", finding.statement)]
    lines += _write_quantities(finding.quantities)
    for key, text in (
        ("entity", finding.measured_entity),
        ("property", finding.measured_property),
        ("population", finding.population),
        ("condition", finding.condition),
    ):
        lines += _pair(key, text)
    lines += _list("models", finding.models)
    for key, text in (
        ("n", finding.sample_size),
        ("interval", finding.interval),
        ("locator", finding.locator),
        ("version", finding.version),
    ):
        lines += _pair(key, text)
    lines.append(f"verified: {finding.verified.value}")
    return lines + _list("caveats", finding.caveats)


def _write_suggestion(number: int, suggestion: Suggestion) -> str:
    """A block that, uncommented, is a sound finding: its statement asks to be written."""
    words = re.sub(r"\s+", " ", suggestion.exact)
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    lines = [
        f"id: suggested-{number}",
        'statement: "?"  # in your own words',
        *_write_quantities(suggestion.quantities),
        *_pair("entity", suggestion.entity),
        *_list("models", suggestion.models),
        *_pair("locator", suggestion.locator),
        "verified: no",
    ]
    block = [f"  {'- ' if place == 0 else '  '}{line}" for place, line in enumerate(lines)]
    return f"#\n# The source says: {shown}\n" + "".join(f"# {line}\n" for line in block)
