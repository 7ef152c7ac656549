"""Small builders of reports for the tests of schemas, API and site: an article of our own and two sources."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from kb import ids
from kb.store import Store
from kb.text import make_selector
from kb.types import (
    CheckedClaim,
    Citation,
    CitationKind,
    Claim,
    ClaimKind,
    Comparison,
    Contest,
    ContestKind,
    Document,
    Evidence,
    Issue,
    Label,
    Level,
    Modifier,
    Quantity,
    Report,
    Route,
    Source,
    SourceFinding,
    Stance,
    Step,
    Tier,
    Unit,
    UnitKind,
    Verdict,
    Verified,
)

TEXT = (
    "Models that hide their tests\n\n"
    "Roughly 40% of the graders were fooled, and 12 of 30 said so, the Harbour team wrote.\n\n"
    "“We saw no sign of it,” said Ada Lind. Every model failed \U0001f600 half of the time.\n"
)
SOURCE_TEXT = (
    "In total, 41.3% of graders were fooled by the model. We saw little sign of it in the small run."
)


def quantity(
    text: str, surface: str, value: str, kind: UnitKind = UnitKind.PERCENT, **more: object
) -> Quantity:
    start = text.index(surface)
    number = Decimal(value)
    fields: dict[str, object] = {
        "surface": surface,
        "start": start,
        "end": start + len(surface),
        "low": number,
        "high": number,
        "unit": Unit(kind=kind),
    }
    fields.update(more)
    return Quantity(**fields)  # type: ignore[arg-type]


def claim(text: str, sentence: str, span: str, article: str, **more: object) -> Claim:
    start = text.index(sentence)
    at = start + sentence.index(span)
    fields: dict[str, object] = {
        "id": ids.claim_id(article, sentence, span, 0),
        "kind": ClaimKind.QUANTITY,
        "sentence": make_selector(text, start, start + len(sentence)),
        "span": make_selector(text, at, at + len(span)),
    }
    fields.update(more)
    return Claim(**fields)  # type: ignore[arg-type]


def source(slug: str = "harbour-graders", **more: object) -> Source:
    fields: dict[str, object] = {
        "id": slug,
        "title": "Graders and hidden tests",
        "authors": ("Ada Lind", "Bo Ek"),
        "publisher": "Harbour Lab",
        "published": "2025-03",
        "url": "https://harbour.example/graders",
        "topics": ("evaluation-awareness",),
        "text_status": "whole",
        "reviewed_by": "registry",
        "reviewed_on": "2026-01-02",
        "findings": (
            SourceFinding(
                id=f"{slug}#fooled",
                statement="41.3 percent of graders were fooled in the small run.",
                quantities=(quantity("41.3 percent", "41.3 percent", "41.3", decimals=1),),
                locator="Table 2",
                verified=Verified.TEXT,
                caveats=("Thirty graders only.",),
            ),
        ),
    }
    fields.update(more)
    return Source(**fields)  # type: ignore[arg-type]


def critic() -> Source:
    return source(
        "critic-note",
        title="A second look at graders",
        authors=("Cy Moe",),
        publisher="Critic",
        url="https://critic.example/note",
        tier=Tier.PRIMARY,
        findings=(),
        topics=(),
        contests=(
            Contest(
                source_id="harbour-graders",
                kind=ContestKind.DISPUTES,
                finding_id="harbour-graders#fooled",
                says="Two of the graders were counted twice.",
            ),
        ),
    )


def evidence(claim_id: str, source_id: str = "harbour-graders", **more: object) -> Evidence:
    exact = "In total, 41.3% of graders were fooled by the model."
    fields: dict[str, object] = {
        "id": ids.evidence_id(claim_id, source_id, str(more.get("kind", "passage"))),
        "kind": "passage",
        "source_id": source_id,
        "route": Route.CITED,
        "stance": Stance.SUPPORTS,
        "reason": "agrees_rounded",
        "comparison": Comparison(
            relation="within_hedge",
            detail="41.3% lies within “roughly 40%”.",
            claimed="roughly 40%",
            found="41.3%",
        ),
        "selector": make_selector(SOURCE_TEXT, 0, len(exact)),
        "section": "Results",
        "score": 0.8712345,
    }
    fields.update(more)
    return Evidence(**fields)  # type: ignore[arg-type]


def verdict(claim_id: str, label: Label | None, reason: str, **more: object) -> Verdict:
    fields: dict[str, object] = {
        "claim_id": claim_id,
        "label": label,
        "reason": reason,
        "explanation": "The source gives 41.3%, which “roughly 40%” covers.",
        "trace": (
            Step(rule="route", detail="cited by footnote 1"),
            Step(rule="tolerance", detail="40 against 41.3"),
        ),
    }
    fields.update(more)
    return Verdict(**fields)  # type: ignore[arg-type]


def document(text: str = TEXT, name: str = "harbour.txt", **more: object) -> Document:
    fields: dict[str, object] = {
        "id": ids.document_id(name),
        "name": name,
        "sha256": ids.hash_bytes(text.encode("utf-8", "surrogatepass")),
        "media_type": "text/plain",
        "text": text,
        "reader": "text/1",
        "title": "Models that hide their tests",
        "published": "2026-02-01",
        "url": "https://paper.example/hide",
    }
    fields.update(more)
    return Document(**fields)  # type: ignore[arg-type]


def report(text: str = TEXT, name: str = "harbour.txt") -> Report:
    """Five claims: supported with a caveat, supported by arithmetic (same sentence), contested quotation,
    unsourced, not checked."""
    article = document(text, name)
    first = "Roughly 40% of the graders were fooled, and 12 of 30 said so, the Harbour team wrote."
    second = "“We saw no sign of it,” said Ada Lind."
    third = "Every model failed \U0001f600 half of the time."
    mention = Citation(
        surface="the Harbour team",
        kind=CitationKind.MENTION,
        start=text.index("the Harbour team"),
        end=text.index("the Harbour team") + len("the Harbour team"),
        source_ids=("harbour-graders",),
    )
    fooled = claim(
        text,
        first,
        "Roughly 40%",
        article.id,
        quantities=(quantity(first, "Roughly 40%", "4E+1", modifier=Modifier.APPROX, hedge="Roughly"),),
        hedge="Roughly",
        citations=(mention,),
        topics=("evaluation-awareness",),
        measured_entity="graders",
        measured_property="fooled",
        qualifiers=("small run",),
    )
    said = claim(
        text,
        first,
        "12 of 30",
        article.id,
        quantities=(quantity(first, "12 of 30", "12", UnitKind.RATIO, base=Decimal(30)),),
    )
    sign = claim(
        text, second, "We saw no sign of it", article.id, kind=ClaimKind.QUOTATION, speaker="Ada Lind"
    )
    half = claim(text, third, "half", article.id, quantities=(quantity(third, "half", "50"),))
    every = claim(text, third, "Every model failed", article.id, kind=ClaimKind.FINDING)
    checked = (
        CheckedClaim(
            claim=fooled,
            verdict=verdict(fooled.id, Label.SUPPORTED, "agrees_with_caveat"),
            evidence=(
                evidence(fooled.id, caveats=("Thirty graders only.",)),
                evidence(
                    fooled.id,
                    "critic-note",
                    kind="finding",
                    selector=None,
                    statement="Two of the graders were counted twice.",
                    stance=Stance.REFUTES,
                    route=Route.CONTESTING,
                    reason="rebutted",
                    locator="Section 2",
                    comparison=Comparison(relation="disputes", detail="The note disputes the count."),
                ),
            ),
        ),
        CheckedClaim(
            claim=said,
            verdict=verdict(said.id, Label.SUPPORTED, "agrees_derived"),
            evidence=(evidence(said.id, caveats=("Thirty graders only.",)),),
        ),
        CheckedClaim(
            claim=sign,
            verdict=verdict(
                sign.id,
                Label.CONTESTED,
                "quote_altered",
                explanation="The source says “little sign of it”, not “no sign of it”.",
                correction="We saw little sign of it",
            ),
            evidence=(
                evidence(
                    sign.id,
                    stance=Stance.REFUTES,
                    reason="quote_altered",
                    selector=make_selector(SOURCE_TEXT, SOURCE_TEXT.index("We saw"), len(SOURCE_TEXT)),
                    comparison=Comparison(
                        relation="altered",
                        detail="“no” stands for “little”.",
                        claimed="no sign of it",
                        found="little sign of it",
                    ),
                ),
            ),
        ),
        CheckedClaim(
            claim=half,
            verdict=verdict(
                half.id,
                Label.UNSOURCED,
                "no_primary_source",
                explanation="No primary source for “half” was found.",
            ),
        ),
        CheckedClaim(
            claim=every,
            verdict=verdict(
                every.id, None, "verifier_failed", explanation="The verifier could not be loaded.", trace=()
            ),
        ),
    )
    decided = tuple(
        dataclasses.replace(
            one,
            verdict=dataclasses.replace(
                one.verdict, evidence_ids=tuple(e.id for e in one.evidence if e.kind == "passage")
            ),
        )
        for one in checked
    )
    return Report(
        document=article,
        checker="checker-1",
        ground="0123456789abcdef" * 4,
        claims=decided,
        issues=(
            Issue(
                stage="ingest.claims",
                level=Level.WARNING,
                code="sentence_too_long",
                message="One was skipped.",
            ),
        ),
        sources=(source(), critic()),
    )


SAVED = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)


def fill_store(home: Path, *reports: Report) -> Store:
    """A real knowledge base with the sources and the reports given (none: the one above)."""
    store = Store.open(home, create=True)
    for one in reports or (report(),):
        for known in one.sources:
            store.save_source(known, origin="registry", added_at=SAVED)
        store.save_article(one, raw=one.document.text.encode(), saved_at=SAVED)
    return store
