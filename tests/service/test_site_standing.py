"""Laws of the pages that stand alone: no page promises more than the tests hold, a change is told with its former."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

from kb.types import Label
from service.site.measured import MEASURED
from service.site.pages import Pages
from service.site.standing import STANDING, make_changes, make_standing
from tests.floors.shown import make_shown
from tests.service import report_builders as build


def test_no_page_promises_more_than_the_floors_hold() -> None:
    shown = {rate["what"]: rate for rate in json.loads(MEASURED.read_text("utf-8"))["rates"]}
    floors = {rate["what"]: rate for rate in make_shown()["rates"]}
    assert shown.keys() == floors.keys()
    broken = {
        what for what, rate in shown.items()
        if (rate["value"] > floors[what]["value"]) == (rate["bound"] == "least")
        and rate["value"] != floors[what]["value"]
    }  # fmt: skip
    assert broken == set(), "floors were lowered: run python -m tests.floors.shown"


def test_every_page_that_stands_alone_is_made_even_of_nothing(tmp_path: Path) -> None:
    from kb.store import Store

    with Store.open(tmp_path / "kb", create=True) as store:
        assert [path for path, _ in make_standing(Pages(store))] == list(STANDING)


def test_a_changed_verdict_is_told_with_the_one_before(tmp_path: Path) -> None:
    report = build.report()
    first = report.claims[0]
    turned = dataclasses.replace(
        first, verdict=dataclasses.replace(first.verdict, label=Label.CONTESTED, reason="figure_differs")
    )
    later = dataclasses.replace(report, claims=(turned, *report.claims[1:]), checker="checker-2")
    with build.fill_store(tmp_path / "kb") as store:
        assert b"No verdict has changed" in make_changes(Pages(store))
        store.save_article(later, raw=report.document.text.encode(), saved_at=build.SAVED + timedelta(days=1))
        page = make_changes(Pages(store)).decode()
    assert page.count("claim-text") == 1
    assert page.index("Supported") < page.index("became") < page.index("Contested")
    assert f"claims/{first.claim.id}.html" in page
