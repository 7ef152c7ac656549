"""The error rates that the site shows, made from the floors: `python -m tests.floors.shown` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from service.site.measured import MEASURED

_FOLDER = Path(__file__).parent
_CORPUS = "labelled articles about AI alignment, beside which the program was developed"
_BENT = (
    "statements of the registry’s own findings, kept or bent on purpose (another unit, number, model, scope)"
)
# (what, meaning, set, floors' file, set in it or None, measure, unit)
_SHOWN: tuple[tuple[str, str, str, str, str | None, str, str], ...] = (
    ("Wrongly supported", "Claims called supported whose label is another. The error that matters most.",
     _CORPUS, "corpus.json", None, "verdicts.all.wrong_supported.count", "count"),
    ("Bent figures called supported", "Share of the bent statements that are called supported.",
     _BENT, "verdict.json", "adversarial", "adversarial.bent.supported", "share"),
    ("Honest figures called contested", "Share of the statements that were kept and are called contested.",
     _BENT, "verdict.json", "adversarial", "adversarial.honest.contested", "share"),
    ("Right label", "Share of these statements with the right label.",
     _BENT, "verdict.json", "adversarial", "adversarial.all.label_right", "share"),
    ("Labels of figures", "Mean F1 of the three labels over claims with a figure.",
     _CORPUS, "corpus.json", None, "verdicts.figures.macro_f1.value", "share"),
    ("Labels of quotations", "Mean F1 of the three labels over quotations.",
     _CORPUS, "corpus.json", None, "verdicts.quotations.macro_f1.value", "share"),
    ("Labels of findings", "Mean F1 of the three labels over findings: the rules leave most of them open.",
     _CORPUS, "corpus.json", None, "verdicts.findings.macro_f1.value", "share"),
    ("Figures found", "Share of the labelled figures that are found.",
     _CORPUS, "corpus.json", None, "claims_found.recall_quantity.share", "share"),
    ("Quotations found", "Share of the labelled quotations that are found.",
     _CORPUS, "corpus.json", None, "claims_found.recall_quotation.share", "share"),
    ("Findings found", "Share of the labelled findings that are found.",
     _CORPUS, "corpus.json", None, "claims_found.recall_finding.share", "share"),
    ("Right source first", "Figures and quotations whose right source comes first.",
     _CORPUS, "corpus.json", None, "links.figures_and_quotations.recall_at_1.share", "share"),
    ("Right source first, findings", "Findings whose right source comes first.",
     _CORPUS, "corpus.json", None, "links.findings.recall_at_1.share", "share"),
)  # fmt: skip


def make_shown() -> dict[str, Any]:
    """KeyError where a floor that the site shows is gone."""
    rates = []
    for what, meaning, set_name, file, part, measure, unit in _SHOWN:
        floors = json.loads((_FOLDER / file).read_text("utf-8"))
        bound = (floors[part] if part else floors)["bounds"][measure]
        kind = "least" if "least" in bound else "most"
        rates.append(
            {"what": what, "meaning": meaning, "set": set_name, "bound": kind, "value": bound[kind], "unit": unit}
        )  # fmt: skip
    return {"rates": rates}


def main() -> None:
    text = json.dumps(make_shown(), ensure_ascii=False, indent=1)
    MEASURED.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
