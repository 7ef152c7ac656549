"""A claim with a figure that a later version of the source replaced: right once, and no longer.

The registry tells which figures a version took back (StatedVersion.was); the finding itself holds what stands now.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.compare import AGREEING, compare
from kb.judge.figure_pairs import GATE_PLAIN, WeighedFigure, are_compatible
from kb.judge.parts import make_evidence
from kb.names import NamedModel
from kb.types import Claim, Comparison, Evidence, Quantity, Source, Stance, StatedVersion


def find_outdated(
    claim: Claim,
    claimed: Quantity,
    owners: tuple[NamedModel, ...],
    weighed: Sequence[WeighedFigure],
    source: Source,
) -> Evidence | None:
    """Evidence against the claim where its figure is a former one of a finding that speaks of it; None where no
    version of the source took such a figure back, or the present one agrees as well."""
    for version in reversed(source.versions):
        for former in version.was:
            if not any(compare(claimed, quantity).relation in AGREEING for quantity in former.quantities):
                continue
            for one in weighed:
                finding = one.unit.candidate.finding
                if finding is None or finding.id != former.finding_id or one.closeness.score < GATE_PLAIN:
                    continue
                if one.comparison.relation not in AGREEING and are_compatible(owners, one.owners):
                    return _evidence(claim, claimed, one, version)
    return None


def _evidence(claim: Claim, claimed: Quantity, one: WeighedFigure, version: StatedVersion) -> Evidence:
    dated = f" of {version.published}" if version.published else ""
    changed = f": {version.changed.rstrip('.')}" if version.changed else ""
    comparison = Comparison(
        relation="outdated",
        detail=f"{claimed.surface} stood there until {version.version}{dated}, which gives {one.found.surface}{changed}",
        claimed=claimed.surface,
        found=one.found.surface,
    )
    return make_evidence(
        claim, one.unit, stance=Stance.REFUTES, reason="outdated_version", comparison=comparison, score=one.closeness.score
    )  # fmt: skip
