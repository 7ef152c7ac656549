"""Laws of the open knowledge base: an unfinished step never passes for a finished one."""

from __future__ import annotations

from pathlib import Path

from kb.types import Label, Raw
from service.workbench import Workbench
from tests.factories import make_source

TEXT = "In the harbour trial, the grader missed 41.3% of the planted faults in the code of trainees.\n"
ARTICLE = "In the harbour trial the grader missed 41.3% of the planted faults in the code of trainees.\n"


def test_a_source_whose_indexing_was_cut_short_is_still_found(tmp_path: Path) -> None:
    with Workbench.open(tmp_path / "kb", create=True) as workbench:
        workbench.add_source(make_source("harbour"), Raw(name="s.txt", content=TEXT.encode()), refresh=False)
    with Workbench.open(tmp_path / "kb") as workbench:
        report = workbench.check(Raw(name="a.txt", content=ARTICLE.encode()))
    assert [checked.verdict.label for checked in report.claims] == [Label.SUPPORTED]
    assert not [issue for issue in report.issues if issue.code == "vectors_missing"]


def test_a_source_added_by_another_process_is_seen(tmp_path: Path) -> None:
    raw = Raw(name="a.txt", content=ARTICLE.encode())
    with Workbench.open(tmp_path / "kb", create=True) as running:
        assert running.check(raw).claims[0].verdict.label is Label.UNSOURCED
        with Workbench.open(tmp_path / "kb") as other:
            other.add_source(make_source("harbour"), Raw(name="s.txt", content=TEXT.encode()))
        assert running.check(raw).claims[0].verdict.label is Label.SUPPORTED
