"""The LanguageTool protocol, so that the editors which speak it show a wrong figure under the figure.

Owns the answer's fields, rule ids and languages, and the routes under /v2. Contested claims are
inconsistencies, with the right figure as the replacement where it is known; unsourced ones are hints; what
an article left out is a hint at level picky. Offsets are UTF-16 units of what was sent, mark-up included.
Refuses to know how a text is checked. What is sent is neither stored nor logged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import Response

from kb.errors import WherefromError
from kb.reasons import REASONS
from kb.types import CheckedClaim, Evidence, Label, Stance
from service.api_check import Worker
from service.drafts import DraftReport
from service.problems import ProblemError
from service.protocols.annotated import count_units
from service.protocols.languagetool_request import (
    MAX_BODY_BYTES,
    MAX_CHARACTERS,
    CheckForm,
    LanguageToolError,
    read_check_form,
    read_fields,
)
from service.schemas import Json, dumps
from service.security import read_body

CheckText = Callable[[str], DraftReport]

CONTESTED = ("FACT_CHECK", "Fact check: contested")
UNSOURCED = ("FACT_CHECK_SOURCES", "Fact check: no source found")
LANGUAGES = (
    ("English", "en", "en"), ("English (US)", "en", "en-US"), ("English (GB)", "en", "en-GB"),
    ("English (Australian)", "en", "en-AU"), ("English (Canadian)", "en", "en-CA"),
    ("English (New Zealand)", "en", "en-NZ"), ("English (South African)", "en", "en-ZA"),
)  # fmt: skip
_PICKY = frozenset({"text_not_held", "source_unreadable"})
_CONTEXT = 40
_MAX_MESSAGE = 400


def add_languagetool(app: FastAPI, check: CheckText, worker: Worker, version: str) -> None:
    """Add the routes of the protocol. `check` reads and judges a draft, on the worker's thread."""

    @app.api_route("/v2/check", methods=["GET", "POST"], include_in_schema=False)
    async def check_text(request: Request) -> Response:
        try:
            body = await _read(request)
            form = read_check_form(read_fields(body, request.url.query))
            root = _root_of(request)

            def work() -> bytes:
                return dumps(_answer(form, check, root, version))

            return _json(await worker.run(work))
        except LanguageToolError as error:
            return _refuse(error.status, error.message)
        except ProblemError as error:
            status = error.kind.status
            return _refuse(413 if status == 413 else 503 if status == 503 else 400, error.detail)
        except WherefromError as error:
            return _refuse(500, error.message)

    @app.get("/v2/languages", include_in_schema=False)
    def languages() -> Response:
        return _json(
            dumps([{"name": name, "code": code, "longCode": long} for name, code, long in LANGUAGES])
        )

    @app.get("/v2/info", include_in_schema=False)
    def info() -> Response:
        return _json(dumps({"software": software(version)}))

    @app.get("/v2/configinfo", include_in_schema=False)
    def configinfo() -> Response:
        rules = [rule_of(code) for code in REASONS if _match_type(code, picky=True) is not None]
        listed = [
            {
                "ruleId": rule["id"], "description": rule["description"], "categoryId": rule["category"]["id"],
                "categoryName": rule["category"]["name"], "locQualityIssueType": rule["issueType"],
            }
            for rule in rules
        ]  # fmt: skip
        return _json(
            dumps(
                {
                    "software": software(version),
                    "parameter": {"maxTextLength": MAX_CHARACTERS},
                    "rules": listed,
                }
            )
        )

    @app.get("/v2/maxtextlength", include_in_schema=False)
    def maxtextlength() -> Response:
        return Response(str(MAX_CHARACTERS), media_type="text/plain; charset=utf-8")

    @app.get("/v2/healthcheck", include_in_schema=False)
    def healthcheck() -> Response:
        return Response("OK", media_type="text/plain; charset=utf-8")

    @app.api_route("/v2/words", methods=["GET"], include_in_schema=False)
    @app.api_route("/v2/words/{verb}", methods=["POST"], include_in_schema=False)
    def words(verb: str = "") -> Response:
        return _refuse(403, "There is no personal dictionary here")


def software(version: str) -> Json:
    """The `software` object: clients show its name, and some refuse a build date they can't read."""
    return {
        "name": "LanguageTool", "version": version, "buildDate": "2026-01-01 00:00:00 +0000", "apiVersion": 1,
        "premium": False, "premiumHint": "", "status": "",
        "note": "This server is Wherefrom, a fact-checker that speaks the LanguageTool protocol.",
    }  # fmt: skip


def rule_of(reason: str) -> dict[str, Any]:
    """The rule that a reason code is told as."""
    known = REASONS[reason]
    contested = known.label is Label.CONTESTED
    category = CONTESTED if contested else UNSOURCED
    return {
        "id": f"WHEREFROM_{reason.upper()}",
        "description": known.meaning,
        "issueType": "inconsistency" if contested else "style",
        "category": {"id": category[0], "name": category[1]},
        "isPremium": False,
        "confidence": 1.0,
    }


def make_matches(draft: DraftReport, form: CheckForm, root: str) -> list[Json]:
    """The matches of a draft in the order of its text, those that the client wants."""
    matches = []
    for part, checked in ((one, claim) for one in draft.parts for claim in one.report.claims):
        reason = checked.verdict.reason
        if checked.verdict.label is None:
            continue
        kind = _match_type(reason, picky=form.picky)
        if kind is None:
            continue
        rule = rule_of(reason)
        if form.text_level and form.shows(rule["id"], rule["category"]["id"]):
            matches.append(_match(checked, part.start, draft.text, form, rule, kind, root))
    return sorted(matches, key=lambda match: (match["offset"], match["length"]))


def _match_type(reason: str, *, picky: bool) -> str | None:
    """Other (a mistake) or Hint, or None for what isn't shown at this level."""
    label = REASONS[reason].label
    if label is Label.CONTESTED:
        return "Other"
    if label is Label.UNSOURCED:
        return "Hint" if picky or reason not in _PICKY else None
    return "Hint" if picky and reason == "agrees_with_caveat" else None


def _answer(form: CheckForm, check: CheckText, root: str, version: str) -> Json:
    incomplete = ""
    matches: list[Json] = []
    if form.text.plain.strip():
        draft = check(form.text.plain)
        matches = make_matches(draft, form, root)
        unjudged = sum(1 for part in draft.parts for one in part.report.claims if one.verdict.label is None)
        said = [*draft.unread, *([f"{unjudged} claims could not be checked."] if unjudged else [])]
        incomplete = " ".join(said)
    detected = {"name": "English (US)", "code": "en-US", "confidence": 1.0, "source": "wherefrom"}
    name = next(
        (name for name, _, code in LANGUAGES if code.lower() == form.language.lower()), "English (US)"
    )
    code = form.language if form.language.lower() != "auto" else "en-US"
    warnings: Json = {"incompleteResults": bool(incomplete)}
    if incomplete:
        warnings["incompleteResultsReason"] = incomplete
    return {
        "software": software(version),
        "warnings": warnings,
        "language": {"name": name, "code": code, "detectedLanguage": detected},
        "matches": matches,
    }


def _match(
    checked: CheckedClaim, shift: int, text: str, form: CheckForm, rule: dict[str, Any], kind: str, root: str
) -> Json:
    claim, verdict = checked.claim, checked.verdict
    start, end = claim.span.start, claim.span.end
    replacements: list[Json] = []
    if verdict.correction is not None:
        if claim.quantities:
            start, end = claim.quantities[0].start, claim.quantities[0].end
        replacements = [{"value": verdict.correction, "shortDescription": "the source's"}]
    start, end = start + shift, end + shift
    offset, length = form.text.locate(start, end)
    link = _link_of(checked, root)
    return {
        "message": _shorten(verdict.explanation),
        "shortMessage": REASONS[verdict.reason].title,
        "replacements": replacements,
        "offset": offset,
        "length": length,
        "context": _context_of(text, start, end),
        "sentence": claim.sentence.exact,
        "type": {"typeName": kind},
        "rule": {**rule, **({"urls": [{"value": link}]} if link is not None else {})},
        "ignoreForIncompleteSentence": False,
        "contextForSureMatch": 0,
    }


def _context_of(text: str, start: int, end: int) -> Json:
    """Forty characters on each side on one line, "..." where the text goes on; UTF-16 units."""
    low, high = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    before = ("..." if low > 0 else "") + text[low:start]
    after = text[end:high] + ("..." if high < len(text) else "")
    words = (before + text[start:end] + after).replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return {"text": words, "offset": count_units(before), "length": count_units(text[start:end])}


def _link_of(checked: CheckedClaim, root: str) -> str | None:
    """The page of the source that decides, on this server; none where no source was weighed."""
    by_id = {evidence.id: evidence for evidence in checked.evidence}
    named = [by_id[name] for name in checked.verdict.evidence_ids if name in by_id]
    ordered: Sequence[Evidence] = [one for one in named if one.stance is not Stance.NEUTRAL] or named
    if not ordered:
        return None
    return f"{root}/sources/{quote(ordered[0].source_id, safe='')}.html"


def _root_of(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '').rstrip('/')}"


async def _read(request: Request) -> bytes:
    return b"" if request.method == "GET" else await read_body(request, MAX_BODY_BYTES)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _refuse(status: int, message: str) -> Response:
    return Response(
        f"Error: {_shorten(message)}", status_code=status, media_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


def _shorten(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"
