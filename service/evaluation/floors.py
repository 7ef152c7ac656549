"""Floors: the least (or most) that a measure may be, pinned with the hash of the gold it was measured on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.evaluation.protocol import Evaluation

_OTHER_GOLD = "the gold isn't the one that the floors were set on: set them anew and say so"


def check_floors(result: Mapping[str, Any], floors: Mapping[str, Any]) -> list[str]:
    """What fell below its floor, as sentences; a floor names a path of the result ("links.findings...")
    and a least or most value. A gold that is not the one the floors were set on is the only fault named."""
    if floors["gold_sha256"] != result["corpus"]["gold_sha256"]:
        return [_OTHER_GOLD]
    faults = []
    for path, bound in floors["bounds"].items():
        value: Any = result
        for key in path.split("."):
            value = value[key]
        faults += _check_bound(path, value, bound)
    return faults


def check_measures(evaluation: Evaluation, floors: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The same for an Evaluation. `floors` is {set: {"gold_sha256": ..., "bounds": {measure: {"least"|"most":
    number}}}}; only the sets that were scored are looked at, so say which must be there."""
    faults = []
    for name, floor in floors.items():
        if name not in evaluation.golds:
            continue
        if evaluation.golds[name] != floor["gold_sha256"]:
            faults.append(f"{name}: {_OTHER_GOLD}")
            continue
        for measure, bound in floor["bounds"].items():
            if measure not in evaluation.measures:
                faults.append(f"{measure} has a floor but was not measured")
                continue
            faults += _check_bound(measure, evaluation.measures[measure].value, bound)
    return faults


def _check_bound(name: str, value: float, bound: Mapping[str, float]) -> list[str]:
    if "least" in bound and value < bound["least"]:
        return [f"{name} is {value:.4g}, under its floor of {bound['least']}"]
    if "most" in bound and value > bound["most"]:
        return [f"{name} is {value:.4g}, over its ceiling of {bound['most']}"]
    return []
