"""The reason codes of a verdict: their label, their meaning in words, and the order in which one wins."""

from __future__ import annotations

from dataclasses import dataclass

from kb.types import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`title` is a badge's words, `meaning` one sentence for a reader."""

    code: str
    label: Label
    title: str
    meaning: str


def _reason(code: str, label: Label, title: str, meaning: str) -> Reason:
    return Reason(code=code, label=label, title=title, meaning=meaning)


_S, _C, _U = Label.SUPPORTED, Label.CONTESTED, Label.UNSOURCED

# In the order in which one wins over those below it, inside its label.
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        _reason("source_retracted", _C, "Source retracted", "The source that the claim rests on was retracted."),
        _reason("wrong_subject", _C, "Wrong subject", "The figure is in the source, but for another model, group or condition."),
        _reason("unit_confused", _C, "Unit confused", "Percent, percentage points, relative change and multiples are mixed up."),
        _reason("bound_reversed", _C, "Bound reversed", "The source says at most where the claim says at least, or the other way round."),
        _reason("direction_reversed", _C, "Direction reversed", "The source reports a change in the opposite direction."),
        _reason("figure_differs", _C, "Figure differs", "The source gives another figure for the same thing."),
        _reason("quote_altered", _C, "Quotation altered", "The words in quotation marks are not those of the source."),
        _reason("quote_distorted", _C, "Quotation distorted", "What was left out of the quotation changes its sense."),
        _reason("misattributed", _C, "Misattributed", "The words or the figure are those of another source or speaker."),
        _reason("scope_wider", _C, "Scope wider", "The claim says more than was measured: all for some, or one condition for every condition."),
        _reason("aggregate_changed", _C, "Aggregate changed", "An average, median, best or worst case is told as another of these."),
        _reason("hedge_dropped", _C, "Hedge dropped", "The source hedges where the claim is flat."),
        _reason("outdated_version", _C, "Outdated version", "A later version of the source gives another figure."),
        _reason("rebutted", _C, "Disputed", "The source says so, and another source disputes it."),
        _reason("sources_disagree", _C, "Sources disagree", "One source agrees and another doesn't."),
        _reason("quote_verbatim", _S, "Verbatim", "The quoted words stand in the source."),
        _reason("quote_elided", _S, "Faithfully shortened", "The quoted words stand in the source; the omissions are marked and change nothing."),
        _reason("agrees", _S, "Agrees", "The source says the same."),
        _reason("agrees_rounded", _S, "Agrees, rounded", "The source's figure, rounded as the claim is written, is the claim's."),
        _reason("agrees_derived", _S, "Follows from the source", "The figure follows from the source's figures by the arithmetic shown."),
        _reason("agrees_with_caveat", _S, "Agrees, with a caveat", "The source says so, with limits that the article leaves out."),
        _reason("text_not_held", _U, "Text not at hand", "The source is known, but its text, which decides here, isn't held."),
        _reason("source_unreadable", _U, "Source unreadable", "The source is held but could not be read."),
        _reason("finding_unverified", _U, "Not verified", "A source deals with this, but nothing in it was found to decide the claim."),
        _reason("only_secondary", _U, "Only a secondary source", "Only a secondary source says so."),
        _reason("self_citation", _U, "Cites itself", "The only text that says so is the article itself or a copy of it."),
        _reason("source_silent", _U, "Source silent", "The source is held, and doesn't say it."),
        _reason("source_not_held", _U, "Source not held", "The article cites a source that isn't in the knowledge base."),
        _reason("no_primary_source", _U, "No primary source", "No primary source for this was found."),
    )
}  # fmt: skip

ORDER: dict[str, int] = {code: position for position, code in enumerate(REASONS)}
