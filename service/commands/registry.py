"""The verbs on sources: add (one, or a manifest of many), list, show, check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.errors import InputError, RegistryError, WherefromError
from kb.types import Issue, Level, Source
from service.commands.knowledge import show_source
from service.commands.opening import open_store, open_workbench
from service.inputs import read_input
from service.terminal import EXIT_INPUT, Terminal, UsageError
from service.visible import make_visible_line


def add_one(terminal: Terminal, name: str, meta: Path) -> None:
    """A source whose metadata are a YAML file like those of the registry."""
    from sources.registry import read_source

    source = read_source(meta)
    with open_workbench(terminal.settings) as workbench, terminal.working(f"Adding {source.id}"):
        change, issues = workbench.add_source(source, read_input(name))
    _say_unread(terminal, name, issues)
    _put_change(terminal, source, change.value, issues=issues, one_line=False)


def add_many(terminal: Terminal, manifest: Path, texts: Path) -> None:
    """A manifest's sources: one that can't be added is reported, and the rest goes on."""
    from sources.manifest import read_manifest_rows
    from sources.strict_yaml import Faults

    if not texts.is_dir():
        raise InputError(
            f"{texts} is not a folder: --texts names the folder that holds the texts.", path=str(texts)
        )
    faults = Faults(path=str(manifest))
    with open_workbench(terminal.settings) as workbench:
        known = frozenset(source.id for source in workbench.store.iter_sources())
        rows = read_manifest_rows(read_input(str(manifest)).content, faults, known)
        counts: dict[str, int] = {}
        with terminal.progress("Added") as advance:
            for position, row in enumerate(rows, start=1):
                try:
                    with terminal.working(f"Adding {row.source.id}"):
                        raw = read_input(str(texts / row.file))
                        change, issues = workbench.add_source(row.source, raw, refresh=False)
                except WherefromError as error:
                    terminal.fail(error, name=row.source.id, one_line=True)
                    counts["failed"] = counts.get("failed", 0) + 1
                else:
                    _say_unread(terminal, row.source.id, issues)
                    counts[change.value] = counts.get(change.value, 0) + 1
                    if terminal.settings.json:
                        _put_change(terminal, row.source, change.value, issues=issues, one_line=True)
                advance(position, len(rows))
        with terminal.progress("Indexed") as advance:
            workbench.refresh_index(progress=advance)
    if faults.count:
        terminal.fail(RegistryError(faults.list_all()), name=str(manifest), one_line=True)
    if not terminal.settings.json:
        words = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in sorted(counts.items()))
        terminal.put_text(f"{len(rows)} sources: {words or 'none'}.")


def add(terminal: Terminal, name: str, *, meta: Path | None, texts: Path | None) -> None:
    """With a file of metadata, or many from a manifest."""
    if meta is not None and texts is not None:
        raise UsageError("--meta is for one source, --texts for a manifest of many: give one of them.")
    if meta is not None:
        add_one(terminal, name, meta)
    elif texts is not None:
        add_many(terminal, Path(name), texts)


def list_all(terminal: Terminal) -> None:
    with open_store(terminal.settings) as store:
        sources = list(store.iter_sources())
    if terminal.settings.json:
        from service.schemas import source_to_json

        terminal.put_json({"ok": True, "sources": [source_to_json(source) for source in sources]})
        return
    width = max((len(source.id) for source in sources), default=0)
    for source in sources:
        title = make_visible_line(source.title)
        terminal.put_text(
            f"{source.id:<{width}}  {source.tier.value:<9}  {source.published or '-':<10}  {title}"
        )
    if not sources:
        terminal.say(
            "No source yet: `wherefrom init` brings those that ship, `wherefrom sources add` your own."
        )


def show(terminal: Terminal, source_id: str) -> None:
    with open_store(terminal.settings) as store:
        show_source(terminal, store, source_id)


def check(terminal: Terminal, paths: Sequence[Path]) -> None:
    """Reads source files strictly (none named: those that ship), then looks at them together: every fault of
    all of them at once. What ships is read too, for a file of one's own may contest a source that ships.
    Figures are looked for in the texts that the knowledge base holds, where there is one."""
    from service.registry_check import check_sources
    from sources.registry import SHIPPED_DATA, read_registry

    own = [path for path in paths if not path.resolve().is_relative_to(SHIPPED_DATA.resolve())]
    registry = read_registry([SHIPPED_DATA, *own])
    shipped = {path.stem for path in SHIPPED_DATA.rglob("*.yml")}
    asked = tuple(source for source in registry.sources if not own or source.id not in shipped)
    with terminal.working("Looking for the figures in the texts that are held"):
        found = check_sources(asked, registry, terminal.settings.home)
    if found.faults:
        raise RegistryError(found.faults)
    if terminal.settings.json:
        answer = {"ok": True, "sources": [source.id for source in asked], "faults": []}
        terminal.put_json({**answer, "figures_looked_for": found.figures, "texts_held": found.texts})
        return
    count = len(asked)
    terminal.put_text(f"{count} source file{'' if count == 1 else 's'}: no fault.")
    if found.texts:
        terminal.say(f"{found.figures} figures were found in the {found.texts} texts that are held.")
    else:
        terminal.say("No text of these is held here, so their figures were not looked for in the texts.")


def _say_unread(terminal: Terminal, name: str, issues: Sequence[Issue]) -> None:
    """A text that couldn't be read is stored all the same, and its source is then unreadable: exit 3."""
    terminal.say_issues(issues, name)
    if any(issue.level is Level.ERROR for issue in issues):
        terminal.raise_exit(EXIT_INPUT)


def _put_change(
    terminal: Terminal, source: Source, change: str, *, issues: Sequence[Issue], one_line: bool
) -> None:
    if terminal.settings.json:
        from service.schemas import issue_to_json

        listed = [issue_to_json(issue) for issue in issues]
        terminal.put_json(
            {"ok": True, "id": source.id, "change": change, "issues": listed}, one_line=one_line
        )
    else:
        terminal.put_text(f"{change:<12} {source.id}  {make_visible_line(source.title)}")
