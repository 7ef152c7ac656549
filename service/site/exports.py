"""The whole knowledge base as files that other programs load: JSON Lines, CSV, a README, checksums.

Owns their columns and that no cell of the CSV is a formula. Refuses to know the store; a claim, source or article
comes as the JSON that stands beside its page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from kb.ids import hash_bytes
from service.site.render import clean_text

COLUMNS: dict[str, str] = {
    "id": "the claim’s id; its page is claims/ID.html",
    "label": "supported, contested, unsourced; empty where the check failed",
    "reason": "why, as a code; the methodology page explains each",
    "kind": "quantity, quotation or finding",
    "sentence": "the sentence of the article",
    "span": "the part of it that is claimed",
    "figure": "the first figure’s lower end, as a plain number; empty where there is none",
    "figure_high": "its upper end",
    "unit": "its unit",
    "modifier": "exact, approx, at_least, at_most or range",
    "entity": "what was measured, as read",
    "property": "which property of it, as read",
    "speaker": "who is quoted",
    "explanation": "the verdict in a sentence",
    "confirmed_by": "the person who confirmed the verdict; empty: automatic",
    "decided_at": "when the latest verdict was recorded, UTC",
    "article_id": "the article’s id",
    "article_title": "its title",
    "article_url": "its address",
    "article_published": "its date",
    "sources": "ids of the sources weighed, best first, separated by spaces",
    "topics": "separated by spaces",
}
_README = """# The knowledge base of Wherefrom as files

State of the sources: {ground}
Last change: {changed}

| File | What |
|---|---|
| claims.jsonl | one claim a line: sentence, verdict, evidence, article, history; as claims/ID.json |
| sources.jsonl | one source a line, with its findings; as sources/ID.json |
| articles.jsonl | one article a line with its counts; the claims are in claims.jsonl |
| claims.csv | one claim a row, UTF-8 with a header, the columns below |
| SHA256SUMS | `sha256sum -c SHA256SUMS` checks the files |

A label says what the sources say of a claim, not what is true. Numbers of claims are strings, so that no
digit is lost. In the CSV a cell that a spreadsheet would run as a formula begins with an apostrophe.
Sentences and passages are quoted from their articles and sources and remain their authors’.

## Columns of claims.csv

{columns}
"""
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # what makes a spreadsheet run a cell, https://owasp.org/www-community/attacks/CSV_Injection


def write_lines(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON Lines: one document a line."""
    return b"".join(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE) for document in documents)


def write_csv(claims: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for claim in claims:
        writer.writerow([_cell(value) for value in _row(claim)])
    return out.getvalue().encode("utf-8", "replace")


def write_readme(*, ground: str, changed: str) -> bytes:
    columns = "\n".join(f"- `{name}`: {meaning}" for name, meaning in COLUMNS.items())
    return _README.format(ground=ground, changed=changed or "none yet", columns=columns).encode()


def write_sums(files: Mapping[str, bytes]) -> bytes:
    """In the form of sha256sum."""
    return "".join(f"{hash_bytes(content)}  {name}\n" for name, content in sorted(files.items())).encode()


def make_package(
    claims: Sequence[Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
    articles: Sequence[Mapping[str, Any]],
    *,
    ground: str,
    changed: str,
) -> dict[str, bytes]:
    """The whole package: file name -> content."""
    files = {
        "claims.jsonl": write_lines(claims),
        "claims.csv": write_csv(claims),
        "sources.jsonl": write_lines(sources),
        "articles.jsonl": write_lines(articles),
        "README.md": write_readme(ground=ground, changed=changed),
    }
    return {**files, "SHA256SUMS": write_sums(files)}


PACKAGE = ("claims.jsonl", "claims.csv", "sources.jsonl", "articles.jsonl", "README.md", "SHA256SUMS")


def _row(claim: Mapping[str, Any]) -> Iterator[object]:
    verdict, article = claim["verdict"], claim["article"]
    figure = claim["quantities"][0] if claim["quantities"] else {}
    history = claim["history"]
    yield from (
        claim["id"],
        verdict["label"],
        verdict["reason"],
        claim["kind"],
        claim["text"],
        claim["span"]["text"],
    )
    yield from (figure.get("low"), figure.get("high"), figure.get("unit"), figure.get("modifier"))
    yield from (
        claim["measured_entity"],
        claim["measured_property"],
        claim["speaker"],
        verdict["explanation"],
    )
    yield from (verdict["confirmed_by"], history[-1]["recorded_at"] if history else None)
    yield from (article["id"], article["title"], article["url"], article["published"])
    yield " ".join(dict.fromkeys(one["source_id"] for one in claim["evidence"]))
    yield " ".join(claim["topics"])


def _cell(value: object) -> str:
    """A cell as text that no spreadsheet runs; a plain negative number stays one."""
    text = clean_text("" if value is None else str(value))
    if text.startswith("-") and text[1:].replace(".", "", 1).isdigit():
        return text
    return f"'{text}" if text.startswith(_FORMULA) else text
