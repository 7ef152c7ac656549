"""The verbs that judge articles: check (nothing is kept) and ingest (the article is stored)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.errors import WherefromError
from kb.types import Report, count_labels
from service.commands.opening import open_workbench
from service.inputs import read_input
from service.terminal import EXIT_FINDINGS, Terminal, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of a check: claim `explain` with its whole chain, an exit code where a label of `fail_on` is
    given, all in the `shape` "sarif" or "vale", the report in the file `export`, under the rules of `policy`."""

    explain: int | None = None
    fail_on: frozenset[str] = frozenset()
    shape: str | None = None
    export: Path | None = None
    policy: Path | None = None


def check(terminal: Terminal, names: Sequence[str], wanted: Wanted, *, url: str | None = None) -> None:
    """Prints one report for each input; with --json one object, or for several inputs one object a line,
    in their order, an unreadable one as its error."""
    explain, shape, export = wanted.explain, wanted.shape, wanted.export
    if export is not None and export.suffix.removeprefix(".") not in ("html", "docx", "md", "json", "txt"):
        raise UsageError(f"--export {export}: the name must end with .html, .docx, .md, .json or .txt")
    several = len(names) > 1
    gathered: list[tuple[str, Report]] = []
    policy = None
    if wanted.policy is not None:
        from service.policy_input import read_policy

        policy = read_policy(wanted.policy)
    with open_workbench(terminal.settings) as workbench, terminal.progress("Checked") as advance:
        for position, name in enumerate(names):
            with _going_on(terminal, name, several=several):
                with terminal.working(f"Checking {name}"):
                    report = workbench.check(read_input(name, url=url), policy=policy)
                if export is not None:
                    _write_export(terminal, report, export, name)
                elif shape is not None:
                    terminal.say_issues(report.issues, name)
                    gathered.append((name, report))
                elif explain is not None:
                    _put_explained(terminal, report, explain)
                else:
                    put_report(terminal, report, name=name, several=several, first=position == 0)
                counts = count_labels(report.claims)
                if any(counts[label] for label in wanted.fail_on):
                    terminal.raise_exit(EXIT_FINDINGS)
            if several:
                advance(position + 1, len(names))
    if shape is not None:
        _put_shape(terminal, gathered, shape)


def _write_export(terminal: Terminal, report: Report, path: Path, name: str) -> None:
    from service.report_export import export_report

    terminal.say_issues(report.issues, name)
    path.write_bytes(export_report(report, path.suffix.removeprefix(".")))
    if terminal.settings.json:
        terminal.put_json({"ok": True, "file": str(path), "summary": dict(count_labels(report.claims))})
    else:
        terminal.put_text(f"{path}: {_summarise(report)}")


def _put_shape(terminal: Terminal, gathered: Sequence[tuple[str, Report]], shape: str) -> None:
    from service.editor_formats import make_sarif, make_vale
    from service.workbench import program_version

    terminal.put_json(make_sarif(gathered, program_version()) if shape == "sarif" else make_vale(gathered))


def ingest(terminal: Terminal, names: Sequence[str], *, url: str | None = None) -> None:
    """Stores each article with its claims and verdicts; the same bytes again change nothing."""
    from service.schemas import report_to_json

    several = len(names) > 1
    with open_workbench(terminal.settings) as workbench, terminal.progress("Ingested") as advance:
        for position, name in enumerate(names):
            with _going_on(terminal, name, several=several):
                with terminal.working(f"Ingesting {name}"):
                    report, change = workbench.ingest(read_input(name, url=url))
                if terminal.settings.json:
                    terminal.put_json({**report_to_json(report), "change": change.value}, one_line=several)
                else:
                    terminal.say_issues(report.issues, name)
                    terminal.put_text(
                        f"{change.value:<12} {report.document.id}  {name}: {_summarise(report)}"
                    )
            if several:
                advance(position + 1, len(names))


def put_report(terminal: Terminal, report: Report, *, name: str, several: bool, first: bool = True) -> None:
    if terminal.settings.json:
        from service.schemas import report_to_json

        terminal.put_json(report_to_json(report), one_line=several)
        return
    from service.render import ReportPrinter

    terminal.say_issues(report.issues, name)
    if several and not first:
        terminal.put_text("")
    terminal.put_lines(ReportPrinter(terminal.console).report(report, name=name if several else None))


def _put_explained(terminal: Terminal, report: Report, number: int) -> None:
    """One claim of a report with its whole chain; the claim's trace is part of its JSON."""
    if not 1 <= number <= len(report.claims):
        have = f"claims 1 to {len(report.claims)}" if report.claims else "no claim"
        raise UsageError(f"--explain {number}: the article has {have}.", number=number)
    checked = report.claims[number - 1]
    sources = {source.id: source for source in report.sources}
    if terminal.settings.json:
        from service.schemas import Offsets, checked_to_json

        claim = checked_to_json(checked, sources, Offsets(report.document.text))
        terminal.put_json({"ok": True, "checker": report.checker, "ground": report.ground, "claim": claim})
        return
    from service.render import ReportPrinter

    terminal.say_issues(report.issues)
    terminal.put_lines(ReportPrinter(terminal.console).trace(number, checked, sources))


@contextmanager
def _going_on(terminal: Terminal, name: str, *, several: bool) -> Iterator[None]:
    """Of several inputs one that can't be read is reported, and the rest goes on."""
    try:
        yield
    except WherefromError as error:
        if not several:
            raise
        terminal.fail(error, name=name, one_line=True)


def _summarise(report: Report) -> str:
    counts = count_labels(report.claims)
    words = ", ".join(f"{counts[key]} {key.replace('_', ' ')}" for key in counts if key != "claims")
    return f"{counts['claims']} claims: {words}"
