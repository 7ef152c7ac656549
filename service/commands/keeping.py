"""The verbs that keep a knowledge base safe: doctor, backup, restore, audit verify, audit head, reindex."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import WherefromError, WriteError
from service.commands.opening import open_store, open_workbench
from service.terminal import EXIT_KNOWLEDGE_BASE, Terminal, UsageError

if TYPE_CHECKING:
    from kb.store import ChainHead, Store

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")
_SOUND_SQLITE = (3, 51, 3)  # before it two connections that write at once can corrupt a WAL file
_LITTLE_SPACE = 500_000_000  # bytes: twice what a backup and a rebuilt index of a usual knowledge base take


def reindex(terminal: Terminal) -> None:
    """Makes both indexes anew from the store, which alone is the truth."""
    with open_workbench(terminal.settings) as workbench, terminal.progress("Indexed") as advance:
        workbench.reindex(advance)
    if terminal.settings.json:
        terminal.put_json({"ok": True, "home": str(terminal.settings.home)})
    else:
        terminal.put_text(f"The indexes of {terminal.settings.home} are made anew.")


# --------------------------------------------------------------------------- backup and restore


def backup(terminal: Terminal, target: Path) -> None:
    """Writes a whole copy while others read and write; nothing stands under its name before it is whole."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name the file that the copy is to be", path=str(target))
    with open_store(terminal.settings) as store:
        store.backup(target)
    from kb.store import Store

    with Store.open_backup(target) as copy:
        head, counts = copy.chain_head(), copy.count_rows()
    size_bytes = target.stat().st_size
    if terminal.settings.json:
        told = {"ok": True, "path": str(target), "size_bytes": size_bytes, "head": asdict(head)}
        terminal.put_json({**told, "counts": counts})
        return
    terminal.put_text(
        f"{target}: {size_bytes:,} bytes, {counts['sources']} sources, {counts['articles']} articles, "
        f"{counts['verdicts']} verdicts."
    )
    terminal.put_text(f"Head of the verdict log: {write_head(head)}")


def restore(terminal: Terminal, origin: Path) -> None:
    """Makes the knowledge base of a backup in a folder that has none, and checks it whole."""
    from kb.store import Store

    home = terminal.settings.home
    Store.restore(home, origin)
    with Store.open(home) as store:  # an older schema is brought to this one
        faults = store.check_integrity(deep=True)
        head, counts = store.chain_head(), store.count_rows()
    if faults:
        terminal.raise_exit(EXIT_KNOWLEDGE_BASE)
    if terminal.settings.json:
        told = {"ok": not faults, "home": str(home), "head": asdict(head), "counts": counts}
        terminal.put_json({**told, "faults": list(faults)})
        return
    for fault in faults:
        terminal.put_text(f"fault: {fault}")
    terminal.put_text(
        f"Knowledge base at {home}: {counts['sources']} sources, {counts['articles']} articles, "
        f"{counts['verdicts']} verdicts."
    )
    terminal.put_text(f"Head of the verdict log: {write_head(head)}")
    terminal.say("Its search indexes are made by the first check, or now by: wherefrom reindex")


# --------------------------------------------------------------------------- the verdict log


def audit_verify(terminal: Terminal, published: str | None) -> None:
    """Whether every row of the verdict log is as it was written, and still holds a head published earlier."""
    expected = None if published is None else read_head(published)
    with open_store(terminal.settings) as store:
        head = store.chain_head()
        faults = store.verify_chain(expected)
    if faults:
        terminal.raise_exit(EXIT_KNOWLEDGE_BASE)
    if terminal.settings.json:
        terminal.put_json(
            {"ok": not faults, "verdicts": head.number, "head": asdict(head), "faults": list(faults)}
        )
        return
    for fault in faults:
        terminal.put_text(f"fault: {fault}")
    terminal.put_text(f"{head.number} verdicts, head {write_head(head)}")
    if not faults:
        terminal.put_text("The log is as it was written.")
    if published is None:
        terminal.say(
            "Whether it was cut or rewritten as a whole only a head published earlier can show: --head"
        )


def write_head(head: ChainHead) -> str:
    """A head as it is published: NUMBER:SHA256."""
    return f"{head.number}:{head.sha256}"


def read_head(text: str) -> ChainHead:
    """The head in NUMBER:SHA256; UsageError where it isn't one."""
    from kb.store import ChainHead

    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no head of a verdict log; give NUMBER:SHA256 as it was published")
    return ChainHead(number=int(match[1]), sha256=match[2])


# --------------------------------------------------------------------------- doctor


def doctor(terminal: Terminal, *, deep: bool = False) -> None:
    """What runs here and whether the knowledge base is sound. A fault ends with 4; a warning is something to
    do, and search goes on meanwhile."""
    facts: dict[str, object] = dict(_read_versions())
    facts["home"] = str(terminal.settings.home)
    faults: list[str] = []
    warnings: list[str] = []
    try:
        with open_store(terminal.settings) as store:
            faults += store.check_integrity(deep=deep)
            facts.update(_describe_store(store))
    except WherefromError as error:
        faults.append(error.message)
    else:
        _describe_index(terminal, facts, faults, warnings)
    _describe_disk(terminal.settings.home, facts, warnings)
    _describe_sandbox(facts, faults, warnings)
    if faults:
        terminal.raise_exit(EXIT_KNOWLEDGE_BASE)
    limits = _read_limits()
    if terminal.settings.json:
        terminal.put_json(
            {"ok": not faults, "facts": facts, "limits": limits, "warnings": warnings, "faults": faults}
        )
        return
    for key, value in facts.items():
        terminal.put_text(f"{key:<14} {value}")
    terminal.put_text("limits         " + ", ".join(f"{key} {value}" for key, value in limits.items()))
    for warning in warnings:
        terminal.put_text(f"{'warning':<14} {warning}")
    for fault in faults:
        terminal.put_text(f"{'fault':<14} {fault}")
    terminal.put_text(f"{'state':<14} {'faulty' if faults else 'sound'}")


def _describe_store(store: Store) -> Mapping[str, object]:
    counts = store.count_rows()
    changed = store.last_changed()
    return {
        "schema": store.schema_revision(),
        "sources": counts["sources"],
        "articles": counts["articles"],
        "verdicts": counts["verdicts"],
        "raw_bytes": counts["raw_bytes"],
        "log_head": write_head(store.chain_head()),
        "last_changed": changed.isoformat() if changed is not None else None,
    }


def _describe_index(
    terminal: Terminal, facts: dict[str, object], faults: list[str], warnings: list[str]
) -> None:
    try:
        with open_workbench(terminal.settings) as workbench:
            state = workbench.index.state()
    except WriteError as error:
        warnings.append(error.message)
    except WherefromError as error:
        faults.append(error.message)
    else:
        facts["index"] = str(state.status)
        facts["index_texts"] = state.texts
        if state.status != "ok":
            warnings.append(f"{state.message} Until then search answers without it.")


def _describe_disk(home: Path, facts: dict[str, object], warnings: list[str]) -> None:
    place = home
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    facts["disk_free"] = free
    if free < _LITTLE_SPACE:
        warnings.append(f"only {free:,} bytes are free on the disk of {home}; free some space")


def _describe_sandbox(facts: dict[str, object], faults: list[str], warnings: list[str]) -> None:
    """Reads nothing of a stranger's: asks the throw-away process what it is kept from."""
    from ingest.sandbox import WorkerError, probe_sandbox

    try:
        kept_from = probe_sandbox()
    except WorkerError as error:
        faults.append(f"no PDF can be read: {error.detail}")
        return
    facts["sandbox"] = ", ".join(f"no {name}" for name, refused in kept_from.items() if refused) or "none"
    open_doors = [name for name, refused in kept_from.items() if not refused]
    if open_doors:
        warnings.append(
            f"on this system the process that reads PDFs isn't kept from: {', '.join(open_doors)}; read files "
            "of strangers only inside a container"
        )


def _read_versions() -> Mapping[str, str]:
    import platform
    from importlib import metadata

    names = (
        "wherefrom",
        "chromadb",
        "onnxruntime",
        "pypdfium2",
        "spacy",
        "sqlalchemy",
        "tantivy",
        "trafilatura",
    )
    versions = {name: metadata.version(name) for name in names}
    sqlite = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < _SOUND_SQLITE:
        sqlite += " (one writer at a time, by the lock file)"
    return {**versions, "python": platform.python_version(), "sqlite": sqlite}


def _read_limits() -> Mapping[str, object]:
    """The limits under which untrusted input is fetched and read, less those that open doors."""
    from ingest.limits import DEFAULT

    limits = asdict(DEFAULT)
    limits.pop("allowed_networks")
    limits["ports"] = " ".join(map(str, DEFAULT.ports))
    return limits
