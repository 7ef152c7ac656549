"""Scores claims written to trip the judge: honest ones beside the same statistic bent, against the shipped registry.

Each row is a short article of its own that goes through the whole line. A row is right where the label is one that
the rules allow for it, and its reason right where that label's reasons hold it. Owns the rows' format.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from kb.errors import InputError
from kb.types import CheckedClaim, ClaimKind, Raw, Source
from service.evaluation.protocol import Progress, ignore
from service.workbench import Workbench

# Beside the tests that hold them: the rows are part of the source tree, not of what is installed.
SHIPPED_ROWS = Path(__file__).resolve().parents[2] / "tests" / "adversarial" / "rows.yml"
_WANT = re.compile(r"(supported|contested|unsourced)/([a-z_|]+)")
_HELD_OUT_EVERY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AdversarialRow:
    """`want` maps each label that is right for the row to its right reasons; `start`/`end` is the figure in `text`.
    `way` is one of the ways in which articles bend a statistic, by number."""

    id: str
    way: int
    bent: bool
    held_out: bool
    source_id: str
    text: str
    start: int
    end: int
    want: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided of a row's figure: None where no claim was found at it, or its check failed."""

    row: AdversarialRow
    checked: CheckedClaim | None

    @property
    def label(self) -> str | None:
        label = None if self.checked is None else self.checked.verdict.label
        return None if label is None else label.value

    @property
    def reason(self) -> str | None:
        return None if self.checked is None else self.checked.verdict.reason

    @property
    def label_right(self) -> bool:
        return self.label in self.row.want

    @property
    def reason_right(self) -> bool:
        return self.label is not None and self.reason in self.row.want.get(self.label, frozenset())


def read_rows(sources: Sequence[Source], path: Path = SHIPPED_ROWS) -> tuple[AdversarialRow, ...]:
    """The rows in the file's order; `sources` are those that they may speak of. Raises InputError naming the
    rows at fault and what was wanted."""
    known = {source.id: source.url or "" for source in sources}
    faults: list[str] = []
    rows = []
    for raw in yaml.safe_load(path.read_text("utf-8"))["rows"]:
        want = {label: frozenset(reasons.split("|")) for label, reasons in _WANT.findall(raw["want"])}
        number = re.fullmatch(r"w(\d\d)-(\d\d)", raw["id"])
        if number is None or not want or raw["source"] not in known or raw["text"].count("«") != 1:
            faults.append(raw["id"])
            continue
        before, _, rest = raw["text"].replace("(@)", f"({known[raw['source']]})").partition("«")
        figure, _, after = rest.partition("»")
        rows.append(
            AdversarialRow(
                id=raw["id"],
                way=int(number[1]),
                bent=raw["bent"],
                held_out=int(number[2]) % _HELD_OUT_EVERY == 0,
                source_id=raw["source"],
                text=before + figure + after,
                start=len(before),
                end=len(before) + len(figure),
                want=want,
            )
        )
    if faults:
        raise InputError(
            f"{path.name}: rows {', '.join(faults)} lack an id wWW-NN, a known source, one «figure» or a verdict "
            "wanted as label/reason|reason.",
            path=str(path),
        )
    return tuple(rows)


def check_rows(
    rows: Sequence[AdversarialRow], workbench: Workbench, progress: Progress = ignore
) -> tuple[Outcome, ...]:
    """Every row through the whole line, in order."""
    outcomes = []
    for position, row in enumerate(rows):
        progress("adversarial", position, len(rows))
        outcomes.append(check_row(row, workbench))
    return tuple(outcomes)


def check_row(row: AdversarialRow, workbench: Workbench) -> Outcome:
    report = workbench.check(Raw(name=f"{row.id}.md", content=row.text.encode(), media_type="text/markdown"))
    return Outcome(row=row, checked=_claim_at(row, report.claims))


def _claim_at(row: AdversarialRow, claims: Sequence[CheckedClaim]) -> CheckedClaim | None:
    """The claim of a figure that covers most of the row's."""
    best, most = None, 0
    for checked in claims:
        span = checked.claim.span
        shared = min(span.end, row.end) - max(span.start, row.start)
        if checked.claim.kind is ClaimKind.QUANTITY and shared > most:
            best, most = checked, shared
    return best


def open_library(home: Path, sources: Sequence[Source]) -> Workbench:
    """A fresh knowledge base in `home` that holds the sources given, with no text of theirs and no article."""
    workbench = Workbench.open(home, create=True)
    now = datetime.now(UTC)
    for source in sources:
        workbench.store.save_source(source, origin="registry", added_at=now)
    workbench.refresh_index()
    return workbench


def score_adversarial(progress: Progress = ignore) -> tuple[Outcome, ...]:
    """All shipped rows against the shipped registry, in a knowledge base of their own."""
    from sources.registry import read_registry

    sources = read_registry().sources
    rows = read_rows(sources)
    with (
        tempfile.TemporaryDirectory(prefix="wherefrom-rows-") as home,
        open_library(Path(home), sources) as workbench,
    ):
        return check_rows(rows, workbench, progress)
