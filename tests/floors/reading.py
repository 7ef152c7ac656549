"""The floors of `wherefrom eval reading`: `python -m tests.floors.reading DIR` writes reading.json from what is
measured on the labelled sets in DIR, ours and the peer's. A floor set lower than before must say why in its commit."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure
from service.evaluation.reading import evaluate_reading

FLOORS = Path(__file__).with_name("reading.json")
SLACK = 0.005  # under what was measured: one row more or less of the larger sets
LOWER_IS_BETTER = ("alarms",)
BASELINES = ("f1_of_all_worthy",)  # properties of the gold, not of a reader

# What the reader was built to reach, by measure; no floor may be set under it.
WANTED = {
    "claims.quantities_found": 0.97,
    "claims.quantities_exact": 0.95,
    "measeval/eval.quantity_span_f1": 0.80,
    "newsquant.value_unit_f1": 0.85,
}
ALARMS_ALLOWED = 0.0  # on the rows of the open claim gold that raise no claim


def pin_floors(evaluation: Evaluation) -> dict[str, Any]:
    """{set: {"gold_sha256": ..., "bounds": {measure: {"least" or "most": ..., "peer": ...}}}}."""
    return {
        name: {"gold_sha256": sha256, "bounds": _bounds(name, evaluation.measures)}
        for name, sha256 in evaluation.golds.items()
    }


def _bounds(name: str, measures: Mapping[str, Measure]) -> dict[str, dict[str, float]]:
    bounds = {}
    for key, measure in measures.items():
        if not key.startswith(f"{name}.") or key.endswith(BASELINES):
            continue
        if key.endswith(LOWER_IS_BETTER):
            bound = {"most": math.ceil(1000 * measure.value) / 1000}
        else:
            bound = {"least": _least(key, measure.value)}
        if measure.peer is not None:
            bound["peer"] = round(measure.peer, 3)
        bounds[key] = bound
    return bounds


def _least(key: str, value: float) -> float:
    floor = math.floor(1000 * (value - SLACK)) / 1000
    wanted = WANTED.get(key, 0.0)
    return max(floor, wanted) if value >= wanted else floor


def main() -> None:
    data = Path(sys.argv[1])
    evaluation = evaluate_reading(data, EvaluationOptions(peer="quantulum3"))
    FLOORS.write_text(json.dumps(pin_floors(evaluation), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
