"""A source as the API and its page's JSON give it: what it states, its versions, who disputes it, which articles
lean on it, how it was fetched, how to cite it. Reads the store; refuses to know HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kb.types import Source
from service.citing import cite_as_bibtex, cite_as_csl, cite_as_ris, cite_in_prose
from service.fragments import safe_url
from service.schemas import capture_to_json, public_name, source_to_json

if TYPE_CHECKING:
    from kb.store import ArticleSummary, Store

_PAGE = 200
_MOST_CLAIMS = 5_000  # of one source that are looked through for the articles that lean on it


def load_source_json(
    store: Store, source: Source, others: Iterable[Source], leaning: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """`others` are the sources that may dispute it; it may be among them. `leaning`: what list_leaning gives,
    where it is known already."""
    known = {one.id: one for one in others}
    return {
        **source_to_json(source, store.load_source_versions(source.id)),
        "contested_by": list_contesting(source, known),
        "articles": list_leaning(store, source.id) if leaning is None else leaning,
        "captures": [capture_to_json(capture) for capture in store.load_captures(source.id)],
        "cite": {
            "text": cite_in_prose(source),
            "bibtex": cite_as_bibtex(source),
            "ris": cite_as_ris(source),
            "csl": cite_as_csl(source),
        },
    }


def list_contesting(source: Source, known: Mapping[str, Source]) -> list[dict[str, Any]]:
    """What other sources say against this one or one of its findings, by their ids."""
    return [
        {
            "source_id": holder.id,
            "source_title": holder.title,
            "kind": contest.kind.value,
            "finding_id": contest.finding_id,
            "says": contest.says,
        }
        for holder in sorted(known.values(), key=lambda one: one.id)
        for contest in holder.contests
        if contest.source_id == source.id and holder.id != source.id
    ]


def list_leaning(store: Store, source_id: str) -> list[dict[str, Any]]:
    """The articles with claims that cite the source or rest on it, most claims first; `claims` are their
    ids in the order of the article."""
    listed: list[tuple[ArticleSummary, str]] = []
    after: str | None = None
    while len(listed) < _MOST_CLAIMS:
        page = store.list_claims(source=source_id, limit=_PAGE, after=after)
        listed += [(stored.article, stored.checked.claim.id) for stored in page.items]
        after = page.next
        if after is None:
            break
    return group_leaning(listed)


def group_leaning(listed: Iterable[tuple[ArticleSummary, str]]) -> list[dict[str, Any]]:
    """Pairs of an article and the id of one of its claims, as list_leaning gives them."""
    found: dict[str, dict[str, Any]] = {}
    for article, claim_id in listed:
        entry = found.setdefault(
            article.id,
            {
                "id": article.id,
                "title": article.title,
                "name": public_name(article.name),
                "url": safe_url(article.url),
                "published": article.published,
                "claims": [],
            },
        )
        entry["claims"].append(claim_id)
    return sorted(found.values(), key=lambda entry: (-len(entry["claims"]), entry["id"]))
