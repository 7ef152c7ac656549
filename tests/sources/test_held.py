"""A finding verified in the text has its figures there, found by our own reader."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.read import read_document, read_file
from kb.types import Modifier, Quantity, Unit, UnitKind, Verified
from sources.held import find_unheld, read_figures
from sources.registry import read_registry
from tests.factories import make_finding

_CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"


def _quantity(low: str | None, unit: UnitKind = UnitKind.PERCENT, **more: object) -> Quantity:
    number = None if low is None else Decimal(low)
    fields: dict[str, object] = {
        "low": number,
        "high": number,
        "unit": Unit(kind=unit, name=more.pop("name", None)),
    }  # type: ignore[arg-type]
    return Quantity(surface="x", start=0, end=1, **{**fields, **more})  # type: ignore[arg-type]


def _unheld(text: str, quantity: Quantity, verified: Verified = Verified.TEXT) -> bool:
    finding = make_finding(quantities=(quantity,), verified=verified)
    return bool(find_unheld(finding, read_figures(text)))


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("It lied in 47.3% of runs.", _quantity("47.3")),
        ("It lied in 79 of 100 runs.", _quantity("79")),
        ("blackmails: 0/10", _quantity("0", UnitKind.RATIO, base=Decimal(10))),
        ("Never above 30% overall.", _quantity(None, high=Decimal(30), modifier=Modifier.AT_MOST)),
        ("It took 1.5 hours.", _quantity("90", UnitKind.DURATION, name="minute")),
        ("about 13,000,000 dollars ($13 million)", _quantity("13000000", UnitKind.CURRENCY, name="USD")),
    ],
)
def test_a_figure_is_found_however_it_is_written(text: str, quantity: Quantity) -> None:
    assert not _unheld(text, quantity)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("It lied in 47.3% of runs.", _quantity("47")),
        ("It lied in 47 cases.", _quantity("47")),
        ("blackmails: 10/100", _quantity("0", UnitKind.RATIO, base=Decimal(10))),
        ("", _quantity("5")),
    ],
)
def test_another_number_or_kind_is_not_the_figure(text: str, quantity: Quantity) -> None:
    assert _unheld(text, quantity)


def test_what_was_not_read_in_the_text_is_not_looked_for() -> None:
    assert not _unheld("", _quantity("5"), Verified.ABSTRACT)


@pytest.mark.corpus
@pytest.mark.skipif(not _CORPUS.is_dir(), reason="../shared/corpus is not here")
def test_every_figure_that_the_registry_says_was_read_in_a_text_at_hand_is_there() -> None:
    sources = {source.id: source for source in read_registry().sources}
    missing = []
    looked_for = 0
    for line in (_CORPUS / "gold" / "sources.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = read_document(read_file(_CORPUS / "sources" / row["file"])).items[0]
        figures = read_figures(document.text)
        for finding in sources[row["id"]].findings:
            looked_for += len(finding.quantities) if finding.verified is Verified.TEXT else 0
            missing += [(finding.id, quantity.surface) for quantity in find_unheld(finding, figures)]
    assert looked_for > 100
    assert missing == []
