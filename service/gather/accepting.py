"""Makes a found source reviewed: its file as a person left it is read strictly, or what is stored is taken."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import RegistryError, WriteError
from kb.ids import slugify
from kb.types import Source, Tier, Verified
from sources.registry import read_own_source
from sources.write_figures import quote_text

if TYPE_CHECKING:
    from kb.store import Change
    from service.workbench import Workbench

PROPOSED = "proposed"  # the folder of what `sources refresh` proposes
_UNWRITTEN = re.compile(r"[\W_]*\Z")


def accept_source(
    workbench: Workbench, source_id: str, *, by: str, on: date, tier: Tier | None, folder: Path
) -> tuple[Source, Change, Path | None]:
    """The source as it decides from now on, and the file it was read from. Raises NotFoundError for an id
    that is neither stored nor in the folder, RegistryError for a faulty file."""
    path = find_file(folder, source_id)
    if path is None:
        source = workbench.store.load_source(source_id)
    else:
        source = read_own_source(path)
        if source.id != source_id:
            raise RegistryError((f"{path}:1: id: found {source.id}, but the file is named {path.name}",))
        _check_findings(source, path)
    reviewed = replace(
        source, reviewed_by=by, reviewed_on=on.isoformat(), tier=tier if tier is not None else source.tier
    )
    change = workbench.state_source(reviewed, origin="accepted")
    if path is not None:
        path = _note_review(path, reviewed, folder)
    return reviewed, change, path


def find_file(folder: Path, source_id: str) -> Path | None:
    """The source's own YAML file; a proposal of `sources refresh` goes before the file it would replace."""
    if not folder.is_dir():
        return None
    found = sorted(folder.rglob(f"{source_id}.yml"))
    return next((path for path in found if path.parent.name == PROPOSED), found[0] if found else None)


def _check_findings(source: Source, path: Path) -> None:
    faults = [
        f"{path}: findings: {finding.id.partition('#')[2]}: the statement is not written yet; say in your own words "
        "what was found, or delete the finding"
        for finding in source.findings
        if _UNWRITTEN.match(finding.statement)
    ]
    faults += [
        f"{path}: findings: {finding.id.partition('#')[2]}: is verified in the {finding.verified.value}, but names no "
        "locator; say where it stands"
        for finding in source.findings
        if finding.verified in (Verified.TEXT, Verified.ABSTRACT) and not finding.locator
    ]
    if faults:
        raise RegistryError(tuple(faults))


def _note_review(path: Path, source: Source, folder: Path) -> Path:
    """Who reviewed it and which tier it got, in the file itself; everything else stays as it was written. A
    proposal becomes the source's own file."""
    text = path.read_text(encoding="utf-8")
    by, on = quote_text(source.reviewed_by or ""), quote_text(source.reviewed_on or "")
    said = f"tier: {source.tier.value}\nreviewed: {{by: {by}, on: {on}}}"
    text = re.sub(r"(?m)^reviewed:.*\n", "", text)
    text = re.sub(r"(?m)^tier:.*$", lambda match: said, text, count=1)
    target = path
    if path.parent.name == PROPOSED:
        target = folder / slugify(source.publisher or "other", 40) / path.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if target != path:
            path.unlink()
    except OSError as error:
        raise WriteError(
            f"{target}: could not be written ({error.strerror or error})", path=str(target)
        ) from error
    return target
