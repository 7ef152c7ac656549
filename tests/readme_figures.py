"""Writes the measured figures into the README: `wherefrom eval corpus --data DIR --json | python
tests/readme_figures.py`. Owns the choice of rows; measures nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- accuracy:begin (figures of `wherefrom eval corpus`) -->\n", "<!-- accuracy:end -->"


def main() -> None:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(["| | measured | floor |", "|---|---|---|", *rows(json.load(sys.stdin))])
    README.write_text(f"{before}{BEGIN}{table}\n{END}{after}", encoding="utf-8")


def rows(figures: dict[str, Any]) -> Iterator[str]:
    found, links, verdicts = figures["claims_found"], figures["links"], figures["verdicts"]
    for kind, plural in (("quantity", "figures"), ("quotation", "quotations"), ("finding", "findings")):
        yield row(f"claims found: {plural}", found[f"recall_{kind}"])
    for kind, plural in (("quantity", "figures"), ("quotation", "quotations")):
        yield row(f"of what was found, claims: {plural}", found[f"precision_{kind}"])
    yield row("figures read exactly: value, unit, bound", figures["quantities"]["exact"])
    for group, words in (("figures_and_quotations", "figures and quotations"), ("findings", "findings")):
        yield row(f"right source first: {words}", links[group]["recall_at_1"])
        yield row(f"right source among five: {words}", links[group]["recall_at_5"])
    for group in ("figures", "quotations", "findings"):
        yield row(f"right label: {group}", verdicts[group]["accuracy"])
        score = verdicts[group]["macro_f1"]
        yield f"| macro-F1 over the labels: {group} | {score['value']:.2f} | {score['floor']:.2f} |"
    wrong = verdicts["all"]["wrong_supported"]
    yield f"| marked supported, and wrong | {wrong['count']} of {wrong['of']} | |"


def row(name: str, share: dict[str, Any]) -> str:
    floor = f"{share['floor']:.0%}" if "floor" in share else ""
    return f"| {name} | {share['right']} of {share['of']} ({share['share']:.0%}) | {floor} |"


if __name__ == "__main__":
    main()
