"""Laws of what stands beside the pages: the package, feeds, cards, tags for machines; and of building again."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kb.errors import WriteError
from kb.store import Store
from service.site import build_site
from service.site.exports import write_csv
from service.site.links import check_links
from service.site.search import find_indexer
from tests import many_claims
from tests.service import report_builders as build
from tests.service.test_site import _files, _hostile_report, _Page

CLAIMS, PER_ARTICLE = 60, 20


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with build.fill_store(tmp_path_factory.mktemp("home") / "kb") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "site"
    build_site(store, out, base_url="https://kb.example/wf", with_search=False)
    return out


def _many(home: Path) -> Store:
    return many_claims.fill_store(home, claims=CLAIMS, per_article=PER_ARTICLE, sources=12)


def _change_one(store: Store) -> str:
    """Give the first claim of an article another verdict; its id."""
    report = many_claims.make_report(1, PER_ARTICLE, many_claims.make_sources(12), variant=1)
    store.save_article(report, raw=report.document.text.encode(), saved_at=build.SAVED)
    return report.claims[0].claim.id


# ------------------------------------------------------------------------ building again


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    with _many(tmp_path / "kb") as store:
        build_site(store, tmp_path / "out")
        again = build_site(store, tmp_path / "out")
    assert again.written == ()
    assert not again.indexed


def test_a_change_of_one_claim_writes_only_the_pages_that_show_it(tmp_path: Path) -> None:
    with _many(tmp_path / "kb") as store:
        build_site(store, tmp_path / "out", with_search=False)
        claim_id = _change_one(store)
        again = build_site(store, tmp_path / "out", with_search=False)
    pages = [path for path in again.written if path.startswith(("claims/c-", "embed/", "badge/"))]
    assert sorted(pages) == [f"claims/{claim_id}.html", f"claims/{claim_id}.json", f"embed/{claim_id}.html"]
    assert sum(path.startswith("articles/a-") for path in again.written) <= 2
    assert not [path for path in again.written if path.startswith("sources/") and "index" not in path]
    assert len(again.written) <= 25


def test_building_again_gives_the_bytes_of_a_whole_build(tmp_path: Path) -> None:
    with _many(tmp_path / "kb") as store:
        build_site(store, tmp_path / "again", base_url="https://kb.example/")
        _change_one(store)
        build_site(store, tmp_path / "again", base_url="https://kb.example/")
        build_site(store, tmp_path / "whole", base_url="https://kb.example/", full=True)
    assert _files(tmp_path / "again") == _files(tmp_path / "whole")


def test_a_state_that_cannot_be_read_is_built_anew(store: Store, tmp_path: Path) -> None:
    build_site(store, tmp_path / "out", with_search=False)
    before = _files(tmp_path / "out")
    (tmp_path / "out/.build.json").write_text("{")
    build_site(store, tmp_path / "out", with_search=False)
    assert _files(tmp_path / "out") == before


def test_without_the_indexer_there_is_no_search_page_and_no_link_to_it(store: Store, tmp_path: Path) -> None:
    built = build_site(store, tmp_path / "out", with_search=False)
    assert not built.searchable
    assert not (tmp_path / "out/search").exists()
    assert b"search/index.html" not in (tmp_path / "out/index.html").read_bytes()


@pytest.mark.skipif(find_indexer() is None, reason="Pagefind is absent")
def test_the_search_page_and_the_index_are_there(store: Store, tmp_path: Path) -> None:
    assert build_site(store, tmp_path / "out").indexed
    assert (tmp_path / "out/pagefind/pagefind.js").is_file()
    names = json.loads((tmp_path / "out/search/names.json").read_bytes())
    assert names["label"]["contested"] == "Contested"


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html">b</a> <a href="#here">h</a> <a href="https://x.example/">x</a>'
    )
    (tmp_path / "b.html").write_text('<p id="there"><a href="a.html#no">a</a></p>')
    with pytest.raises(WriteError, match=r"a\.html: #here.*b\.html: a\.html#no"):
        check_links(tmp_path, ["a.html", "b.html"], {"a.html", "b.html"})
    with pytest.raises(WriteError, match=r"a\.html: b\.html"):
        check_links(tmp_path, ["a.html"], {"a.html"})


# ------------------------------------------------------------------------ the package


def test_the_package_holds_every_claim_and_its_sums_fit(site: Path) -> None:
    folder = site / "download"
    lines = [json.loads(line) for line in (folder / "claims.jsonl").read_bytes().splitlines()]
    assert [line["id"] for line in lines] == [c.claim.id for c in build.report().claims]
    rows = list(csv.DictReader(io.StringIO((folder / "claims.csv").read_text("utf-8"), newline="")))
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert rows[0]["figure"] == "40"
    assert len((folder / "sources.jsonl").read_bytes().splitlines()) == 2
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    readme = (folder / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in rows[0])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_csv_is_a_formula(site: Path, text: str) -> None:
    claim = json.loads((site / "download/claims.jsonl").read_bytes().splitlines()[0])
    claim["text"] = claim["speaker"] = text
    rows = list(csv.reader(io.StringIO(write_csv([claim]).decode(), newline="")))
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


# ------------------------------------------------------------------------ feeds, cards, tags


def test_topics_and_sources_have_feeds_whose_links_lead_to_pages(store: Store, tmp_path: Path) -> None:
    build_site(store, tmp_path / "out", with_search=False)
    for name in ("topics/evaluation-awareness", "sources/harbour-graders"):
        path = tmp_path / f"out/feeds/{name}.atom"
        root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - our own file
        links = [node.get("href", "") for node in root.iter("{http://www.w3.org/2005/Atom}link")]
        assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) >= 1
        assert all((path.parent / link).resolve().is_file() for link in links), links
        page = _Page((tmp_path / f"out/{name}.html").read_bytes())
        assert f"../feeds/{name}.atom" in page.values("href")


def test_a_changed_verdict_names_the_one_before_it(tmp_path: Path) -> None:
    report = build.report()
    with build.fill_store(tmp_path / "kb", report) as store:
        verdict = dataclasses.replace(
            report.claims[0].verdict, label=None, reason="verifier_failed", evidence_ids=()
        )
        first = dataclasses.replace(report.claims[0], verdict=verdict)
        changed = dataclasses.replace(report, claims=(first, *report.claims[1:]), checker="checker-2")
        store.save_article(changed, raw=report.document.text.encode(), saved_at=build.SAVED)
        build_site(store, tmp_path / "out", with_search=False)
    titles = [entry["title"] for entry in json.loads((tmp_path / "out/feed.json").read_bytes())["items"]]
    assert any(title.startswith("Not checked (before: supported)") for title in titles), titles


def test_a_claim_has_a_card_a_badge_and_an_oembed_answer(site: Path) -> None:
    claim_id = build.report().claims[0].claim.id
    card = _Page((site / f"embed/{claim_id}.html").read_bytes())
    assert card.count("script") == 0
    assert f"../claims/{claim_id}.html" in card.values("href")
    badge = ElementTree.fromstring((site / f"badge/{claim_id}.svg").read_bytes())  # noqa: S314 - our own file
    assert "Supported" in (badge.get("aria-label") or "")
    answer = json.loads((site / f"embed/{claim_id}.json").read_bytes())
    assert answer["type"] == "rich"
    assert f'src="https://kb.example/wf/embed/{claim_id}.html"' in answer["html"]
    page = _Page((site / f"claims/{claim_id}.html").read_bytes())
    assert f"https://kb.example/wf/embed/{claim_id}.json" in page.values("href")


def test_a_card_may_stand_in_a_frame_and_no_other_page_may(site: Path) -> None:
    rules = (site / "_headers").read_text().split("\n\n")
    frames = {rule.splitlines()[0]: rule for rule in rules if "frame-ancestors" in rule}
    assert [path for path, rule in frames.items() if "frame-ancestors *" in rule] == ["/embed/*"]
    assert "frame-ancestors 'none'" in frames["/claims/*"]
    assert "/*" not in frames


def test_badges_stay_well_formed_whatever_the_claim_holds(tmp_path: Path) -> None:
    with build.fill_store(tmp_path / "kb", _hostile_report()) as store:
        build_site(store, tmp_path / "out", base_url="https://kb.example/", with_search=False)
    for path in (tmp_path / "out/badge").iterdir():
        ElementTree.fromstring(path.read_bytes())  # noqa: S314 - our own file
    for path in (tmp_path / "out/embed").glob("*.html"):
        assert b"<script" not in path.read_bytes()


def test_pages_carry_tags_for_reference_managers(site: Path) -> None:
    claim = _Page((site / f"claims/{build.report().claims[0].claim.id}.html").read_bytes())
    assert "citation_title" in claim.values("name")
    source = (site / "sources/harbour-graders.html").read_text()
    assert '<meta name="citation_author" content="Ada Lind">' in source
    assert '<meta name="citation_publication_date" content="2025/03">' in source


def test_only_a_confirmed_verdict_is_a_claim_review(site: Path, tmp_path: Path) -> None:
    report = build.report()
    claim_id = report.claims[0].claim.id
    assert b"ld+json" not in (site / f"claims/{claim_id}.html").read_bytes()
    verdict = dataclasses.replace(
        report.claims[0].verdict, confirmed_by="Ada Lind", explanation="It says </script><b>so</b>."
    )
    confirmed = dataclasses.replace(report.claims[0], verdict=verdict)
    with build.fill_store(
        tmp_path / "kb", dataclasses.replace(report, claims=(confirmed, *report.claims[1:]))
    ) as store:
        build_site(store, tmp_path / "out", base_url="https://kb.example/", with_search=False)
    page = (tmp_path / f"out/claims/{claim_id}.html").read_text()
    start = page.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
    review = json.loads(page[start : page.index("</script>", start)])
    assert review["@type"] == "ClaimReview"
    assert review["reviewRating"]["ratingValue"] == 5
    assert review["reviewRating"]["ratingExplanation"] == "It says </script><b>so</b>."


def test_a_site_is_built_and_indexed_in_a_folder_named_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with build.fill_store(tmp_path / "home") as opened:
        assert build_site(opened, Path("site")).searchable
    assert (tmp_path / "site" / "pagefind" / "pagefind.js").is_file()
