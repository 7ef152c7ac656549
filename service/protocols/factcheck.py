"""Google's Fact Check Tools shape over the stored claims: /v1alpha1/claims:search.

Owns the parameters, the answer's fields and the errors of that API, so that a script written for it works
with its address changed. Our own fields stand beside them under names that theirs don't use. Refuses to know
how claims are found.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import Response

from kb.reasons import REASONS
from kb.text import strip_markup
from kb.types import Label
from service.api_check import Worker
from service.protocols.matching_cache import MatcherCache
from service.schemas import Json, dumps, format_time

if TYPE_CHECKING:
    from service.matching import ClaimMatch

DEFAULT_PAGE = 10
MAX_PAGE = 100
MAX_FOUND = 1_000
_MAX_QUERY = 500
_KNOWN = frozenset(
    "query languageCode reviewPublisherSiteFilter maxAgeDays pageSize pageToken offset key alt fields prettyPrint "
    "quotaUser userIp $.xgafv access_token callback oauth_token uploadType upload_protocol".split()
)


class RequestError(Exception):
    """A parameter that is missing or out of range."""


def add_factcheck(app: FastAPI, matchers: MatcherCache, worker: Worker) -> None:
    """Add the route. No key is asked for here; `key` is taken and passed over."""

    @app.get("/v1alpha1/claims:search", include_in_schema=False)
    async def search(request: Request) -> Response:
        parameters = dict(request.query_params)
        root = f"{request.url.scheme}://{request.url.netloc}"

        def work() -> bytes:
            return dumps(search_claims(parameters, matchers, root, now=datetime.now(UTC)))

        try:
            body = await worker.run(work)
        except RequestError as error:
            return _json(
                dumps({"error": {"code": 400, "message": str(error), "status": "INVALID_ARGUMENT"}}),
                status=400,
            )
        return _json(body)


def search_claims(parameters: Mapping[str, str], matchers: MatcherCache, root: str, *, now: datetime) -> Json:
    """The answer to one search; {} where nothing fits. RequestError says which parameter is wrong."""
    unknown = sorted(set(parameters) - _KNOWN)
    if unknown:
        raise RequestError(
            f'Invalid JSON payload received. Unknown name "{unknown[0][:40]}": Cannot bind query parameter.'
        )
    query = parameters.get("query", "").strip()[:_MAX_QUERY]
    site = parameters.get("reviewPublisherSiteFilter", "").strip().lower().removeprefix("www.")
    if not query and not site:
        raise RequestError("Either 'query' or 'reviewPublisherSiteFilter' must be set.")
    size = min(_number(parameters, "pageSize", DEFAULT_PAGE) or DEFAULT_PAGE, MAX_PAGE)
    age = _number(parameters, "maxAgeDays", 0)
    token = parameters.get("pageToken", "")
    if token and "offset" in parameters:
        raise RequestError("'offset' may only be set without 'pageToken'.")
    mark = _mark(parameters)
    start = _read_token(token, mark) if token else _number(parameters, "offset", 0)
    language = parameters.get("languageCode", "en").lower().partition("-")[0]
    host = (urlsplit(root).hostname or "").removeprefix("www.")
    if language not in ("", "en") or (site and site != host):
        return {}
    found = matchers.find(query, MAX_FOUND) if query else matchers.newest(MAX_FOUND)
    found = [match for match in found if match.claim.checked.verdict.label is not None]
    if age:
        since = now - timedelta(days=age)
        found = [match for match in found if match.claim.article.saved_at >= since]
    page = found[start : start + size]
    if not page:
        return {}
    answer: Json = {"claims": [_claim(match, root, host) for match in page]}
    if start + size < len(found):
        answer["nextPageToken"] = _write_token(start + size, mark)
    return answer


def _claim(match: ClaimMatch, root: str, host: str) -> Json:
    stored = match.claim
    claim, verdict, article = stored.checked.claim, stored.checked.verdict, stored.article
    reason = REASONS.get(verdict.reason)
    label = verdict.label.value if verdict.label is not None else Label.UNSOURCED.value
    title = reason.title if reason is not None else verdict.reason
    review: Json = {
        "publisher": {"name": "Wherefrom", "site": host},
        "url": f"{root}/claims/{claim.id}.html",
        "title": verdict.explanation,
        "reviewDate": format_time(article.saved_at),
        "textualRating": f"{label.capitalize()}: {title.lower()}",
        "languageCode": "en",
        "status": label,
        "checkedAt": format_time(article.saved_at),
    }
    body: Json = {"text": " ".join(strip_markup(claim.sentence.exact).split())}
    claimant = claim.attribution or claim.speaker
    if claimant:
        body["claimant"] = claimant
    if article.published and len(article.published) == 10:
        body["claimDate"] = f"{article.published}T00:00:00Z"
    body["claimReview"] = [review]
    return body


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    given = parameters.get(name)
    if given is None or given == "":
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise RequestError(f"Invalid value at '{name}' (TYPE_INT32): a whole number from 0 is wanted.")
    return int(given)


def _mark(parameters: Mapping[str, str]) -> str:
    """Names the search that a page token belongs to: other parameters must stay the same."""
    same = {
        name: value
        for name, value in parameters.items()
        if name not in ("pageToken", "pageSize", "key", "alt")
    }
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:16]


def _write_token(start: int, mark: str) -> str:
    return base64.urlsafe_b64encode(f"{start}:{mark}".encode()).decode().rstrip("=")


def _read_token(token: str, mark: str) -> int:
    try:
        start, _, known = (
            base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii").partition(":")
        )
    except (ValueError, binascii.Error):
        raise RequestError("Invalid 'pageToken'.") from None
    if known != mark or not start.isdigit() or len(start) > 9:
        raise RequestError("'pageToken' belongs to another search: the other parameters must stay the same.")
    return int(start)


def _json(body: bytes, *, status: int = 200) -> Response:
    return Response(
        body, status_code=status, media_type="application/json", headers={"Cache-Control": "no-cache"}
    )
