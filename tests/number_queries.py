"""Claims with figures as articles spell them, and queries that must find them: for the search of the site."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from kb.quantity import find_quantities
from kb.store import Store
from kb.types import CheckedClaim, Label, Report
from tests.service import report_builders as build

_SAME, _NEAR, _REST = "The same number", "Rounds to it", "What remains of it"

# What stands in the article, each a sentence with one figure.
SENTENCES = {
    "25%": "Models hid the hint in 25% of the runs.",
    "a third": "About a third of the annotators agreed on sandbagging.",
    "12.5%": "Only 12.5% of the probes fired.",
    "125": "They asked 125 graders in the spring.",
    "24.8%": "Exactly 24.8% of the answers were wrong.",
    "12 of 30": "In the pilot 12 of 30 testers gave up.",
    "10 percentage points": "Accuracy fell by 10 percentage points after the change.",
    "threefold": "The rate rose threefold within a year.",
    "1.5 million": "The set holds 1.5 million records.",
    "hostile": 'A hostile <img src=x onerror="window.__pwned=1"> text made 4% of readers laugh.',
}
_QUARTER, _THIRD, _TWELFTH = "Models hid the hint", "sandbagging", "12.5% of the probes"
_PILOT, _POINTS, _FOLD, _RECORDS = (
    "12 of 30 testers",
    "10 percentage points",
    "rose threefold",
    "1.5 million records",
)

# query -> (words of the claim that it must find, how the heading above it begins)
ASKED: dict[str, tuple[str, str]] = {
    "25%": (_QUARTER, _SAME),
    "25 %": (_QUARTER, _SAME),
    "25.0%": (_QUARTER, _SAME),
    "25 percent": (_QUARTER, _SAME),
    "25 per cent": (_QUARTER, _SAME),
    "twenty-five percent": (_QUARTER, _SAME),
    "0.25": (_QUARTER, _SAME),
    ".25": (_QUARTER, _SAME),
    "a quarter": (_QUARTER, _SAME),
    "one quarter": (_QUARTER, _SAME),
    "a quarter of runs": (_QUARTER, _SAME),
    "one in four": (_QUARTER, _SAME),
    "1 in 4": (_QUARTER, _SAME),
    "1 out of 4": (_QUARTER, _SAME),
    "1/4": (_QUARTER, _SAME),
    "25 of 100": (_QUARTER, _SAME),
    "about 25% of the runs": (_QUARTER, _SAME),
    "75%": (_QUARTER, _REST),
    "three quarters": (_QUARTER, _REST),
    "three in four": (_QUARTER, _REST),
    "33%": (_THIRD, _NEAR),
    "33.3%": (_THIRD, _NEAR),
    "one third": (_THIRD, _SAME),
    "1 in 3": (_THIRD, _SAME),
    "12.5%": (_TWELFTH, _SAME),
    "one in eight": (_TWELFTH, _SAME),
    "0.125": (_TWELFTH, _SAME),
    "40%": (_PILOT, _SAME),
    "two in five": (_PILOT, _SAME),
    "60 percent": (_PILOT, _REST),
    "10 percentage points": (_POINTS, _SAME),
    "10 points": (_POINTS, _SAME),
    "3x": (_FOLD, _SAME),
    "tripled": (_FOLD, _SAME),
    "1.5 million": (_RECORDS, _SAME),
    "1,500,000": (_RECORDS, _SAME),
}


def make_report() -> Report:
    text = "\n".join(["Figures", "", *SENTENCES.values()]) + "\n"
    article = build.document(text, "figures.txt", title="Figures as they are spelled")
    checked = []
    for at, sentence in enumerate(SENTENCES.values()):
        quantities = tuple(find_quantities(sentence))
        claim = build.claim(text, sentence, sentence.rstrip("."), article.id, quantities=quantities)
        label = Label.CONTESTED if at % 3 == 0 else Label.UNSOURCED
        reason = "figure_differs" if at % 3 == 0 else "no_primary_source"
        checked.append(CheckedClaim(claim=claim, verdict=build.verdict(claim.id, label, reason)))
    return dataclasses.replace(build.report(), document=article, claims=tuple(checked))


def fill_store(home: Path) -> Store:
    return build.fill_store(home, make_report())
