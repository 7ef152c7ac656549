"""Reports of the shipped example articles as lines a person can review; `python -m tests.golden.reports` writes
them anew, and the diff then shows what a change did to the verdicts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ingest.read import read_file
from kb.types import CheckedClaim, Report
from service.workbench import EXAMPLES, Workbench

FOLDER = Path(__file__).resolve().parent


def article_paths() -> list[Path]:
    return sorted(EXAMPLES.glob("article-*"))


def golden_path(article: Path) -> Path:
    return FOLDER / f"{article.name}.report"


def show_report(report: Report) -> str:
    """One block a claim: where it stands, what was read, what was decided and on what."""
    return "\n".join(_show_claim(checked) for checked in report.claims) + "\n"


def _show_claim(checked: CheckedClaim) -> str:
    claim, verdict = checked.claim, checked.verdict
    lines = [f"{claim.kind.value} {claim.span.start}-{claim.span.end}: {' '.join(claim.span.exact.split())}"]
    lines += [
        f"  read {q.low}..{q.high} base {q.base} {q.unit.kind.value}/{q.unit.name} {q.modifier.value} "
        f"{q.aggregate.value} {q.relation.value}"
        for q in claim.quantities
    ]
    label = "none" if verdict.label is None else verdict.label.value
    lines.append(f"  {label}/{verdict.reason}: {verdict.explanation}")
    if verdict.correction:
        lines.append(f"  should be {verdict.correction}")
    lines += [
        f"  {evidence.stance.value} {evidence.source_id} ({evidence.route.value}): {evidence.comparison.detail}"
        for evidence in checked.evidence
        if evidence.stance.value != "neutral"
    ]
    return "\n".join(lines)


def check_examples() -> dict[Path, str]:
    """The reports of all examples against the shipped registry, as text."""
    with tempfile.TemporaryDirectory() as home, Workbench.open(Path(home), create=True) as workbench:
        workbench.init(empty=False)
        return {path: show_report(workbench.check(read_file(path))) for path in article_paths()}


if __name__ == "__main__":
    for article, text in check_examples().items():
        golden_path(article).write_text(text, "utf-8")
