"""Known script payloads as article, claim, source and draft text: in Chromium none of them runs.

Reads the payload lists beside the checkout; skipped where they are absent.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb import ids
from kb.text import make_selector
from kb.types import CheckedClaim, Claim, ClaimKind, Label, Report
from service.site import build_site
from tests.safety.ledger import Counted
from tests.service import report_builders as build

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.corpus]

_LISTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "bad_payloads"
_CLAIM_PAGES = 40


@pytest.fixture(scope="module")
def payloads() -> list[str]:
    if not _LISTS.is_dir():
        pytest.skip(f"the payload lists are absent ({_LISTS.name} beside the checkout)")
    lines: dict[str, None] = {}
    for path in sorted(_LISTS.glob("*.txt")):
        lines.update(
            dict.fromkeys(line for line in path.read_text("utf-8", "replace").splitlines() if line.strip())
        )
    return list(lines)


def _report(payloads: list[str]) -> Report:
    """An article whose every line is a payload and a claim; each piece of evidence says and is named one."""
    text = "\n".join(payloads)
    article = build.document(text, "payloads.txt", title=payloads[0], url="https://x.example/")
    claims, sources, position = [], {}, 0
    for number, payload in enumerate(payloads):
        claim_id = ids.claim_id(article.id, payload, payload, number)
        selector = make_selector(text, position, position + len(payload))
        position += len(payload) + 1
        source_id = f"source-{number % 25}"
        sources[source_id] = build.source(
            source_id,
            title=payload,
            url=payload,
            publisher=payload,
            note=payload,
            authors=(payload,),
            topics=(),
        )
        claim = Claim(
            id=claim_id, kind=ClaimKind.QUOTATION, sentence=selector, span=selector, speaker=payload
        )
        evidence = build.evidence(
            claim_id, source_id, selector=make_selector(payload, 0, len(payload)), section=payload
        )
        verdict = build.verdict(
            claim_id, Label.CONTESTED, "quote_altered", explanation=payload, correction=payload,
            evidence_ids=(evidence.id,),
        )  # fmt: skip
        claims.append(CheckedClaim(claim=claim, verdict=verdict, evidence=(evidence,)))
    return dataclasses.replace(
        build.report(), document=article, claims=tuple(claims), sources=tuple(sources.values()), issues=()
    )


def test_no_payload_runs_on_any_page_of_the_site(
    context: BrowserContext, payloads: list[str], tmp_path: Path, counted: Counted
) -> None:
    assert len(payloads) >= 100
    with build.fill_store(tmp_path / "kb", _report(payloads)) as store:
        build_site(store, tmp_path / "site")
    site = tmp_path / "site"
    # A payload's own marks: a dialog, a request to anywhere, an error of a script that got to run.
    events: list[str] = []
    page = context.new_page()
    page.on("dialog", lambda dialog: (events.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: events.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: events.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(site.as_uri()) else events.append(f"request: {request.url}")
        ),
    )
    claim_pages = sorted(site.glob("claims/c-*.html"))
    chosen = [*site.glob("*.html"), *site.glob("articles/*.html"), *site.glob("sources/*.html")]
    chosen += [*site.glob("claims/index.html"), *claim_pages[:: max(1, len(claim_pages) // _CLAIM_PAGES)]]
    for path in chosen:
        page.goto(path.as_uri())
        assert page.evaluate("document.scripts.length") == 0, path.name
        assert (
            page.evaluate(
                "[...document.querySelectorAll('main img, main iframe, main object, main embed, main style, main form:not([role=search])')].length"
            )
            == 0
        ), path.name
    assert events == []
    shown = page.goto(next(iter(site.glob("articles/a-*.html"))).as_uri())
    assert shown is not None
    text = page.inner_text("main")
    plain = [
        payload for payload in payloads if payload.isascii() and payload.isprintable() and "  " not in payload
    ]
    assert sum(payload.strip() in text for payload in plain) > 0.95 * len(plain)
    counted("X1", "script payloads as article, claim and source text in Chromium; 0 ran", tried=len(payloads))
