"""The floors of `wherefrom eval linking`: `python -m tests.floors.linking DIR [CACHE]` writes linking.json from what is
measured on the labelled sets in DIR. A floor set lower than before must say why in its commit."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from service.evaluation.linking import evaluate_linking
from service.evaluation.protocol import Evaluation, EvaluationOptions

FLOORS = Path(__file__).with_name("linking.json")
# Under what was measured: one or two rows of the set.
SLACK = {"claims": 0.03, "check_covid": 0.01, "scifact": 0.005}
# What linking was built to reach; no floor may be set under it.
WANTED = {
    "claims.figures_and_quotations.first": 0.95,
    "claims.figures_and_quotations.in_five": 0.99,
    "scifact.ndcg_10": 0.74,
}
# What is held; the rest (floors of simple methods, parts left out) is measured beside it.
HELD = {
    "claims": (
        "figures_and_quotations.first", "figures_and_quotations.in_five", "figures_and_quotations.cited.first",
        "findings.first", "findings.first_where_found", "findings.in_five_where_found",
        "evidence_passage.first", "evidence_passage.in_three", "evidence_passage.at_all",
    ),
    "check_covid": ("first", "ndcg_10", "recall_10", "mrr_10"),
    "scifact": ("first", "ndcg_10", "recall_10", "mrr_10"),
}  # fmt: skip


def pin_floors(evaluation: Evaluation) -> dict[str, Any]:
    """{set: {"gold_sha256": ..., "bounds": {measure: {"least": ...}}}}."""
    return {
        name: {
            "gold_sha256": sha256,
            "bounds": {
                f"{name}.{key}": {"least": _least(name, key, evaluation.measures[f"{name}.{key}"].value)}
                for key in HELD[name]
            },
        }
        for name, sha256 in evaluation.golds.items()
        if name in HELD
    }


def _least(name: str, key: str, value: float) -> float:
    floor = math.floor(1000 * (value - SLACK[name])) / 1000
    wanted = WANTED.get(f"{name}.{key}", 0.0)
    return max(floor, wanted) if value >= wanted else floor


def main() -> None:
    cache = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    known: dict[str, Any] = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    evaluation = evaluate_linking(Path(sys.argv[1]), EvaluationOptions(cache=cache))
    FLOORS.write_text(json.dumps({**known, **pin_floors(evaluation)}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
