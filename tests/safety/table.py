"""Not a test: writes the table of docs/safety.md from the figures that the tests recorded.

WHEREFROM_RECORD=1 python -m pytest -m 'not soak'    # and -m soak for the long ones
python -m tests.safety.table
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.safety.ledger import Figure, load_figures

DOC = Path(__file__).resolve().parents[2] / "docs" / "safety.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True)
class Row:
    """One attack or failure. `held` names tests that hold it without a figure; `open` says what isn't tried."""

    id: str
    title: str
    held: str = ""
    open: str = ""


ROWS = (
    Row("S1", "Addresses that lead back into the house", open="The time between open and closed ports isn't compared: nothing is sent to either."),
    Row("S2", "A name that resolves otherwise the second time", held="tests/ingest/test_fetch.py"),
    Row("S3", "Servers that drip, never end or lie about length", held="tests/ingest/test_fetch.py"),
    Row("S4", "Packed answers that unpack without end", held="tests/ingest/test_fetch.py", open="br and zstd aren't asked for and are refused."),
    Row("X1", "Scripts in the words of pages", held="tests/browser/test_payloads_in_chromium.py"),
    Row("X2", "Claim text in JSON inside a page", held="tests/service/test_site.py"),
    Row("X3", "javascript: and other schemes as source addresses", held="tests/service/test_site.py"),
    Row("X4", "Sanitised HTML", open="None is kept: text alone is shown, escaped."),
    Row("X5", "The content security policy on every answer", held="tests/service/test_security.py, tests/browser/test_site_in_chromium.py"),
    Row("X6", "Characters that break feeds", held="tests/service/test_site.py"),
    Row("P1", "PDF bombs, and a reader that was taken over"),
    Row("P2", "Encrypted, cut and odd PDFs"),
    Row("P3", "Text in a PDF that nobody sees", held="tests/ingest/test_pdf.py", open="Shapes are told against ten fonts: of exchanges drawn in one unlike them, about one in twenty isn't told. What was read from a scan isn't compared with the scan."),
    Row("P4", "Pages made to cost or to crash"),
    Row("F1", "Archives with paths or bombs in them", open="No archive of files is unpacked; a Word document's parts are read in memory under the reader's limits."),
    Row("F2", "Paths in permalinks", held="tests/service/test_api.py, tests/service/test_site.py"),
    Row("E1", "Formulas in tables for spreadsheets", open="No table for spreadsheets is written."),
    Row("E2", "Line ends in headers and logs", held="tests/service/test_security.py"),
    Row("E3", "Redirects to elsewhere", open="The server sends no redirect that a caller names."),
    Row("J1", "JSON made to break the API"),
    Row("J2", "Queries in a query language", held="tests/kb/test_index.py, tests/service/test_api.py"),
    Row("A1", "API keys", held="tests/service/test_access.py"),
    Row("A2", "Who may ask what", held="tests/service/test_access.py", open="Keys have the scopes read and check, and no expiry: nothing is written over the net."),
    Row("A3", "Rates", held="tests/service/test_access.py"),
    Row("A4", "Posts from pages of other sites", held="tests/service/test_security.py"),
    Row("A5", "A local server reached by another name", held="tests/service/test_security.py"),
    Row("L1", "Verdicts changed behind the log's back"),
    Row("L2", "Earlier verdicts", held="tests/kb/test_store_articles.py"),
    Row("B1", "Backups made while others write"),
    Row("B2", "Knowledge bases of earlier releases"),
    Row("C1", "Power cuts", open="The drive is taken at its word: what it says is synced stays."),
    Row("C2", "kill -9 during an ingest"),
    Row("C3", "Indexes out of step with the store"),
    Row("C4", "Full disks"),
    Row("C5", "Failing disks"),
    Row("C6", "The same input again", held="tests/kb/test_store_articles.py"),
    Row("C7", "Many at once", open="No time is asserted: a slow machine must not fail."),
    Row("C8", "Memory over many checks", held="tests/service/test_many_checks.py"),
    Row("C9", "Two failures at once"),
    Row("T1", "Clocks at odd times", open="Run by hand under libfaketime, as told below: 291 tests of store, log, site, guard and migrations passed at 1970 and over a summer time's gap; at 2038-01-20 those of store, API and command line, but for three that wait on threads, which libfaketime itself disturbs."),
    Row("T2", "Zones"),
    Row("Q1", "Fake sources, look-alike addresses, circles and copies"),
    Row("Q2", "Pages stuffed with the words of claims", open="How rare a word is still counts unreviewed pages too."),
    Row("Q4", "Drafts in logs, files and errors", held="tests/service/test_api.py, tests/service/test_cli_articles.py"),
    Row("D1", "Packages and models", open="Known vulnerabilities are looked up where the network is, not in the tests."),
)  # fmt: skip


def write_table() -> str:
    """The table: one line a figure, rows without one by what holds them."""
    figures = load_figures()
    lines = ["| Row | Attack or failure | What was tried | Held | By |", "|---|---|---|---|---|"]
    for row in ROWS:
        first = True
        for what, figure in sorted(figures.get(row.id, {}).items()):
            lines.append(_line(row if first else None, what, _count(figure), f"`{figure['test']}`"))
            first = False
        if row.held:
            lines.append(_line(row if first else None, "as the tests there say", "all", _code(row.held)))
            first = False
        if row.open:
            lines.append(_line(row if first else None, f"*{row.open}*", "", ""))
    return "\n".join(lines) + "\n"


def _line(row: Row | None, what: str, count: str, by: str) -> str:
    start = f"| {row.id} | {row.title} " if row is not None else "| | "
    return f"{start}| {what} | {count} | {by} |"


def _count(figure: Figure) -> str:
    long = " (soak)" if figure["soak"] else ""
    return f"{figure['passed']:,} of {figure['tried']:,}{long}"


def _code(paths: str) -> str:
    return ", ".join(f"`{path}`" if path.startswith("tests/") else path for path in paths.split(", "))


def fill(document: str) -> str:
    """The document with the table as it is now."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{write_table()}{END}{after}"


def main() -> None:
    DOC.write_text(fill(DOC.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{DOC.name}: {sum(len(whats) for whats in load_figures().values())} figures\n")


if __name__ == "__main__":
    main()
