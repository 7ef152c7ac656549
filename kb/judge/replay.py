"""The trace of a verdict, written so that it can be run again: the table's inputs and the comparisons of figures.

`replay_trace` reads a stored trace and does each such step anew with today's rules; a step that comes out otherwise is
named. What was searched and read isn't run again: that takes the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.compare import compare
from kb.quantity import parse_quantity
from kb.quantity_text import write_exact
from kb.reasons import ORDER
from kb.types import Claim, Evidence, SourceStatus, Stance, Step

_COMPARE = re.compile(
    r"(?P<source>\S+): (?P<claimed>\{.*\}) against (?P<found>\{.*\}) = (?P<relation>\w+)", re.DOTALL
)
_TABLE = re.compile(
    r"supports (?P<supports>\S+); refutes (?P<refutes>\S+); disputed (?P<disputed>yes|no); status (?P<status>\w+); "
    r"else (?P<otherwise>\w+) = (?P<reason>\w+)"
)
_NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands for and against a claim once everything is weighed: reasons, best first. `status` is that of the best
    supporting source, `otherwise` the reason where nothing stands."""

    supports: tuple[str, ...] = ()
    refutes: tuple[str, ...] = ()
    disputed: bool = False
    status: SourceStatus = SourceStatus.CURRENT
    otherwise: str = "no_primary_source"


def choose_reason(standing: Standing) -> str:
    """The one reason that wins."""
    if standing.supports:
        if standing.status is SourceStatus.RETRACTED:
            return "source_retracted"
        if standing.disputed:
            return "rebutted"
        if standing.refutes:
            return "sources_disagree"
        if standing.status is SourceStatus.SUPERSEDED:
            return "outdated_version"
        return standing.supports[0]
    if standing.refutes:
        return min(standing.refutes, key=lambda reason: ORDER[reason])
    return standing.otherwise


def table_step(standing: Standing) -> Step:
    detail = (
        f"supports {','.join(standing.supports) or _NOTHING}; refutes {','.join(standing.refutes) or _NOTHING}; "
        f"disputed {'yes' if standing.disputed else 'no'}; status {standing.status.value}; else {standing.otherwise}"
    )
    return Step(rule="table", detail=f"{detail} = {choose_reason(standing)}")


def compare_steps(claim: Claim, evidence: Iterable[Evidence]) -> list[Step]:
    """One step for each piece of evidence whose figure, as printed, compares with the claim's as was found."""
    steps = []
    for one in evidence:
        if not claim.quantities or one.stance is Stance.NEUTRAL or not one.comparison.found:
            continue
        try:
            found = parse_quantity(one.comparison.found.replace("+", ""))
        except ValueError:
            continue  # two figures, or words
        relation = compare(claim.quantities[0], found).relation
        detail = (
            f"{one.source_id}: {write_exact(claim.quantities[0])} against {write_exact(found)} = {relation}"
        )
        steps.append(Step(rule="compare", detail=detail))
    return steps


def replay_trace(trace: Sequence[Step], reason: str) -> list[str]:
    """What comes out otherwise than the trace says, as sentences; `reason` is the verdict's. A trace without a table
    (of a claim that was not checked, or that the rest of another decided) has nothing to run."""
    faults = []
    for step in trace:
        if step.rule == "compare":
            match = _COMPARE.fullmatch(step.detail)
            if match is None:
                faults.append(f"the step {step.detail!r} is no comparison")
                continue
            again = compare(parse_quantity(match["claimed"]), parse_quantity(match["found"])).relation
            if again != match["relation"]:
                faults.append(
                    f"{match['source']}: compared anew the figures are {again}, the trace says {match['relation']}"
                )
        elif step.rule == "table":
            match = _TABLE.fullmatch(step.detail)
            if match is None:
                faults.append(f"the step {step.detail!r} is no table")
                continue
            again = choose_reason(_read_standing(match))
            if again != match["reason"] or (reason != again and not _is_settled_later(trace)):
                faults.append(
                    f"the table gives {again}, the trace says {match['reason']} and the verdict {reason}"
                )
    return faults


def _is_settled_later(trace: Sequence[Step]) -> bool:
    return any(step.rule == "remainder" for step in trace)


def _read_standing(match: re.Match[str]) -> Standing:
    def reasons(name: str) -> tuple[str, ...]:
        return () if match[name] == _NOTHING else tuple(match[name].split(","))

    return Standing(
        supports=reasons("supports"), refutes=reasons("refutes"), disputed=match["disputed"] == "yes",
        status=SourceStatus(match["status"]), otherwise=match["otherwise"],
    )  # fmt: skip
