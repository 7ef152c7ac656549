"""Tiny builders of values for tests: each makes a small sound value; every field can be given by name."""

from __future__ import annotations

from typing import Any

from kb.ids import claim_id, document_id, evidence_id, hash_bytes, passage_id
from kb.text import make_selector
from kb.types import (
    CheckedClaim,
    Claim,
    ClaimKind,
    Comparison,
    Document,
    Evidence,
    Label,
    Passage,
    Report,
    Route,
    Source,
    SourceFinding,
    Stance,
    Verdict,
    Verified,
)

TEXT = "The model lied in 47% of runs. Nobody had expected that."


def make_document(text: str = TEXT, *, name: str = "article.txt", **fields: Any) -> Document:
    """A plain text document; its raw bytes are `text.encode()`."""
    defaults: dict[str, Any] = {
        "id": document_id(fields.get("url") or name),
        "name": name,
        "sha256": hash_bytes(text.encode()),
        "media_type": "text/plain",
        "text": text,
        "reader": "text/1",
    }
    return Document(**{**defaults, **fields})


def make_passage(
    document: Document, source_id: str, start: int = 0, end: int | None = None, **fields: Any
) -> Passage:
    """The passage document.text[start:end] (None: to the end) of a source's document."""
    stop = len(document.text) if end is None else end
    defaults: dict[str, Any] = {
        "id": passage_id(source_id, document.sha256, start, stop),
        "document_id": document.id,
        "source_id": source_id,
        "selector": make_selector(document.text, start, stop),
        "sentences": ((start, stop),),
    }
    return Passage(**{**defaults, **fields})


def make_finding(source_id: str = "smith-2025", slug: str = "lies", **fields: Any) -> SourceFinding:
    defaults: dict[str, Any] = {
        "id": f"{source_id}#{slug}",
        "statement": "The model lied in 47% of 200 runs.",
        "locator": "section 3",
        "verified": Verified.TEXT,
    }
    return SourceFinding(**{**defaults, **fields})


def make_source(id: str = "smith-2025", **fields: Any) -> Source:  # noqa: A002 - the field's name
    """A reviewed primary source with no finding and no text."""
    defaults: dict[str, Any] = {
        "id": id,
        "title": f"A study of {id}",
        "authors": ("A. Smith",),
        "published": "2025-01-15",
        "reviewed_by": "registry",
        "reviewed_on": "2025-02-01",
    }
    return Source(**{**defaults, **fields})


def make_claim(
    text: str = TEXT, sentence: tuple[int, int] = (0, 30), span: tuple[int, int] = (18, 21), **fields: Any
) -> Claim:
    """A claim about text[span] inside text[sentence]; `article_id` and `ordinal` go into its id."""
    article, ordinal = fields.pop("article_id", document_id("article.txt")), fields.pop("ordinal", 0)
    whole, part = make_selector(text, *sentence), make_selector(text, *span)
    defaults: dict[str, Any] = {
        "id": claim_id(article, whole.exact, part.exact, ordinal),
        "kind": ClaimKind.QUANTITY,
        "sentence": whole,
        "span": part,
    }
    return Claim(**{**defaults, **fields})


def make_evidence(claim: Claim, source_id: str = "smith-2025", **fields: Any) -> Evidence:
    """A finding of a cited source that supports the claim."""
    defaults: dict[str, Any] = {
        "id": evidence_id(claim.id, source_id),
        "kind": "finding",
        "source_id": source_id,
        "route": Route.CITED,
        "stance": Stance.SUPPORTS,
        "reason": "agrees",
        "comparison": Comparison(relation="equal", detail="47% is 47%"),
        "statement": "The model lied in 47% of 200 runs.",
        "finding_id": f"{source_id}#lies",
        "score": 0.9,
    }
    return Evidence(**{**defaults, **fields})


def make_checked(claim: Claim | None = None, *evidence: Evidence, **fields: Any) -> CheckedClaim:
    """A claim with its verdict (`label`, `reason` and every other field of Verdict by name); supported by
    one piece of evidence unless told otherwise."""
    known = claim if claim is not None else make_claim()
    label = fields.pop("label", Label.SUPPORTED)
    weighed = evidence or (() if label in (Label.UNSOURCED, None) else (make_evidence(known),))
    defaults: dict[str, Any] = {
        "claim_id": known.id,
        "label": label,
        "reason": {Label.SUPPORTED: "agrees", Label.CONTESTED: "figure_differs", Label.UNSOURCED: "no_primary_source"}
        .get(label, "failed"),
        "explanation": "It says so.",
        "evidence_ids": tuple(piece.id for piece in weighed),
    }  # fmt: skip
    return CheckedClaim(claim=known, verdict=Verdict(**{**defaults, **fields}), evidence=weighed)


def make_report(document: Document | None = None, *claims: CheckedClaim, **fields: Any) -> Report:
    """A report with the claims given; none given: one supported claim about the document's first sentence."""
    article = document if document is not None else make_document()
    if not claims and "claims" not in fields:
        claims = (make_checked(make_claim(article.text, article_id=article.id)),)
    defaults: dict[str, Any] = {
        "document": article,
        "checker": "checker/1",
        "ground": "0" * 64,
        "claims": claims,
    }
    return Report(**{**defaults, **fields})
