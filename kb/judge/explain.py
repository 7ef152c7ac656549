"""One sentence for print about a verdict, and the right figure or wording where it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.judge.parts import name_source
from kb.types import Claim, ClaimKind, Evidence, Source

_SHORT = 160
# Relations whose two figures, side by side, say all.
_SAID_OTHERWISE = frozenset({"differs", "bound_reversed", "unit_confused", "difference"})


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHORT else text[: _SHORT - 3].rstrip() + "..."


def _plain(found: str) -> str:
    """A typed change without the sign that marks it ("+19%"): the sentence says which way."""
    return found[1:] if found[:1] == "+" and found[1:2].isdigit() else found.replace("about +", "about ")


def explain_verdict(
    claim: Claim, reason: str, shown: Sequence[Evidence], sources: Mapping[str, Source]
) -> str:
    """A sentence that an editor can print beside the claim."""
    best = shown[0] if shown else None
    name = name_source(sources[best.source_id]) if best is not None else ""
    second = name_source(sources[shown[1].source_id]) if len(shown) > 1 else ""
    claimed = claim.quantities[0].surface if claim.quantities else _shorten(claim.span.exact)
    found = _plain(best.comparison.found) if best is not None and best.comparison.found else ""
    relation = best.comparison.relation if best is not None else ""
    detail = best.comparison.detail if best is not None else ""
    caveat = f" (left out: {best.caveats[0].rstrip('.')})" if best is not None and best.caveats else ""
    finding = claim.kind is ClaimKind.FINDING
    match reason:
        case "agrees" | "agrees_with_caveat" if finding:
            return f"{name} says so{caveat}."
        case "agrees_derived" | "agrees_with_caveat" if relation in ("complement", "difference"):
            return f"{name} gives {found}, from which {claimed} follows ({detail}){caveat}."
        case "agrees" | "agrees_with_caveat" | "agrees_rounded":
            same = f"gives {found}" if found else "says the same"
            return f"{name} {same}{caveat}."
        case "agrees_derived":
            return f"{name} gives {found}, from which {claimed} follows ({detail})."
        case "quote_verbatim":
            return f"The quoted words stand in {name}."
        case "quote_elided":
            return f"The quoted parts stand in {name}, in this order; what was left out doesn't change them."
        case "quote_altered":
            return f"{name} has other words ({detail})."
        case "quote_distorted":
            return f"The quotation leaves out words of {name} that change its sense ({detail})."
        case "figure_differs" | "bound_reversed" | "unit_confused" if found and relation in _SAID_OTHERWISE:
            return f"{name} says {found}, not {claimed}."
        case "figure_differs" | "bound_reversed" | "unit_confused":
            return f"{name}: {detail.rstrip('.')}."
        case "wrong_subject" | "direction_reversed" | "aggregate_changed":
            return f"In {name}, {detail}."
        case "scope_wider" | "hedge_dropped":
            return f"{name}: {detail.rstrip('.')}."
        case "rebutted" if best is not None and best.reason == "finding_unverified":
            return f"{name} deals with this; {second or 'another source'} disputes what it says."
        case "rebutted":
            return f"{name} says so; {second or 'another source'} disputes it."
        case "sources_disagree":
            return f"{name} agrees, but {second or 'another source'} says otherwise."
        case "source_retracted":
            return f"{name} was retracted."
        case "outdated_version" if relation == "outdated":
            return f"{name}: {detail.rstrip('.')}."
        case "outdated_version":
            return f"{name} says so, but it was superseded."
        case "misattributed" if detail:
            return f"{detail[0].upper()}{detail[1:].rstrip('.')}."
        case "misattributed":
            return f"The words stand in {name}, not where the article puts them."
        case "only_secondary":
            return f"Only a secondary source, {name}, says so."
        case "source_not_held":
            return "The source that the article cites isn't in the knowledge base."
        case "text_not_held":
            what = "the quotation" if claim.kind is ClaimKind.QUOTATION else f"{claimed}"
            return f"The text of {name} isn't held, and what is known of it doesn't settle {what}."
        case "source_unreadable":
            return f"{name} is held but could not be read."
        case "self_citation":
            return "Only the article itself, or a copy of it, says so."
        case "finding_unverified":
            return f"{name} deals with this, but nothing in it settles the claim."
        case "source_silent":
            return f"{name} is held, and doesn't say this."
        case _:
            return "No primary source for this was found in the knowledge base."


def suggest_correction(claim: Claim, reason: str, shown: Sequence[Evidence]) -> str | None:
    """The figure or wording that the deciding source has instead, where that alone would mend the claim."""
    if not shown or reason not in (
        "figure_differs",
        "wrong_subject",
        "quote_altered",
        "bound_reversed",
        "unit_confused",
        "hedge_dropped",
        "outdated_version",
    ):
        return None
    found = _plain(shown[0].comparison.found or "")
    return found if found and found != shown[0].comparison.claimed else None
