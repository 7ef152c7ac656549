"""Verdicts that a simple method gives: by words shared, by the number on the top source's page or in the top passage.

The floors that any judging must stand above, measured on the same claims with the same search.
"""

from __future__ import annotations

from kb.link import number_pattern, query_of
from kb.types import Claim
from kb.words import content_stems, coverage
from service.workbench import Workbench

FLOORS = ("words", "number_on_page", "number_in_passage")
_COVERED = 0.6  # share of the claim's words that the top passage must hold to count as saying it


def guess_by_floor(floor: str, claim: Claim, workbench: Workbench) -> str:
    """ "supported" or "unsourced": a simple method contests nothing."""
    hits = sorted(
        workbench.index.search(query_of(claim), limit=50), key=lambda hit: (-hit.lexical, hit.entry_id)
    )
    library = workbench.library
    passages = [
        (hit.source_id, passage) for hit in hits if (passage := library.passage(hit.entry_id)) is not None
    ]
    if not passages:
        return "unsourced"
    source_id, top = passages[0]
    if floor == "words":
        said = coverage(content_stems(query_of(claim)), content_stems(top.selector.exact)) >= _COVERED
    else:
        pattern = number_pattern(claim.quantities)
        text = (library.text_of(source_id) or "") if floor == "number_on_page" else top.selector.exact
        said = pattern is not None and pattern.search(text) is not None
    return "supported" if said else "unsourced"
