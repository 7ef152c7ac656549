"""What a claim is searched by: its sentence, the clause of its span with what is measured, and the sentence with the
words around it. A claim's parts (measured thing, property, qualifiers, who says it) come from the reading."""

from __future__ import annotations

from dataclasses import dataclass

from kb.text import clause_around, strip_markup
from kb.types import Claim

_LONGEST_SENTENCE = 1200  # characters
_LONGEST_CLAUSE = 800
_LONGEST_CONTEXT = 1600
# What each query counts for; together 1. Compared in rough steps on the open articles: any thirds do alike.
_SHARES = (0.4, 0.3, 0.3)


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    share: float


def query_of(claim: Claim) -> str:
    """The words to search by: the sentence without marks of markup and footnotes."""
    return strip_markup(claim.sentence.exact)[:_LONGEST_SENTENCE]


def clause_query(claim: Claim) -> str:
    """The clause that holds the span, without what else the sentence says; and of the parts that were read what
    the clause leaves out (a table cell's row and column, a thing named earlier)."""
    sentence = claim.sentence.exact
    start = max(0, claim.span.start - claim.sentence.start)
    low, high = clause_around(sentence, start, min(len(sentence), start + len(claim.span.exact)))
    clause = strip_markup(sentence[low:high])
    said = clause.casefold()
    parts = [strip_markup(part) for part in (claim.measured_entity, claim.measured_property) if part]
    missing = [part for part in parts if part.casefold() not in said]
    return " ".join([*missing, clause])[:_LONGEST_CLAUSE]


def wide_query(claim: Claim) -> str:
    """The sentence after what it needs to be understood alone: heading, sentence before, who says it."""
    parts = (claim.context, claim.attribution or "", query_of(claim))
    return " ".join(part for part in parts if part)[:_LONGEST_CONTEXT]


def queries_of(claim: Claim) -> tuple[Query, ...]:
    """The claim's queries, each text once, their shares together 1."""
    shares: dict[str, float] = {}
    for text, share in zip((query_of(claim), wide_query(claim), clause_query(claim)), _SHARES, strict=True):
        shares[text] = shares.get(text, 0.0) + share
    return tuple(Query(text, share) for text, share in shares.items())
