"""Bringing sources in: who is asked, what is kept, what is said of what failed, and nothing without manners."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import FetchError, InputError, NotFoundError, RegistryError
from kb.ids import hash_bytes
from kb.types import Raw, SourceStatus, Tier, Verified
from service.gather.accepting import accept_source
from service.gather.adding import Addition, Gatherer, Wish, add_source, write_file
from service.gather.fetching import fetch_sources, list_wanted
from service.gather.manners import MAX_DELAY_S, MannerlyFetcher
from service.gather.net import open_gatherer
from service.gather.refreshing import refresh_source
from service.workbench import Workbench
from sources.draft import Known
from sources.registry import read_own_source
from tests.factories import make_source
from tests.service.publishers import PROSE, RESULT, Answer, Publishers, no_paper, page

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """Its indexes stay as they are: search is tested elsewhere, and each model takes a second to load."""
    monkeypatch.setattr(Workbench, "refresh_index", lambda self, progress=None: None)
    with Workbench.open(tmp_path / "kb", create=True) as opened:
        yield opened


@pytest.fixture
def gatherer(publishers: Publishers, workbench: Workbench) -> Gatherer:
    opened = open_gatherer(
        workbench.store.home, limits=publishers.limits(), services=publishers.services(), delay_s=0
    )
    return Gatherer(fetcher=opened.fetcher, services=opened.services, now=lambda: NOW, folder=opened.folder)


def _codes(addition: Addition) -> list[str]:
    return [issue.code for issue in addition.issues]


# --------------------------------------------------------------------------- adding


@pytest.mark.parametrize(
    "name", ["2412.99991", "arXiv:2412.99991v1", "https://arxiv.org/pdf/2412.99991v2.pdf"]
)
def test_an_arxiv_paper_is_added_with_its_record_and_text(
    name: str, publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    addition = add_source(workbench, gatherer, name, None, Wish())
    source = workbench.store.load_source("smith-2024-lies-told-auditors")
    assert addition.source == source
    assert (source.title, source.authors, source.arxiv) == (
        "Lies told to auditors",
        ("Ann Smith", "Bo Li"),
        "2412.99991",
    )
    assert (source.published, source.text_status) == ("2024-12-18", "whole")
    assert [version.version for version in source.versions] == ["v2"]
    assert source.reviewed_by is None
    assert RESULT in [suggestion.exact for suggestion in addition.suggestions]


def test_what_was_fetched_is_kept_with_time_status_and_address(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    add_source(workbench, gatherer, "2412.99991", None, Wish())
    (capture,) = workbench.store.load_captures("smith-2024-lies-told-auditors")
    assert (capture.url, capture.status) == (publishers.url("/arxiv/html/2412.99991"), 200)
    assert (capture.fetched_at, capture.sha256) == (NOW, hash_bytes(page()))
    assert workbench.store.load_raw(hash_bytes(page())) == page()


def test_a_paper_without_html_is_taken_from_the_next_address(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    publishers.answers["/arxiv/pdf/2412.99991"] = publishers.answers.pop("/arxiv/html/2412.99991")
    addition = add_source(workbench, gatherer, "2412.99991", None, Wish())
    assert [capture.status for capture in addition.captures] == [404, 200]
    assert addition.document is not None


def test_the_file_that_is_written_passes_the_strict_reader_and_holds_the_exact_words(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    addition = add_source(workbench, gatherer, "2412.99991", None, Wish())
    assert addition.path is not None
    assert read_own_source(addition.path) == addition.source
    assert f"# The source says: {RESULT}" in addition.path.read_text(encoding="utf-8")


def test_a_doi_is_asked_of_crossref_and_read_where_openalex_says_it_is_open(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_doi(pdf_url=publishers.url("/open.html"))
    publishers.answers["/open.html"] = Answer(page())
    addition = add_source(workbench, gatherer, "doi:10.1234/trial.7", None, Wish())
    source = addition.source
    assert (source.title, source.doi, source.publisher) == (
        "Lies told to auditors",
        "10.1234/trial.7",
        "Journal of Trials",
    )
    assert (source.authors, source.published, source.kind) == (
        ("Ann Smith", "Audit Group"),
        "2025-03-07",
        "paper",
    )
    assert addition.captures[0].asked == publishers.url("/open.html")
    assert source.text_status == "whole"


def test_a_retraction_that_a_registry_tells_is_the_sources_status(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_doi(**{"updated-by": [{"DOI": "10.1234/r", "type": "retraction"}]})
    addition = add_source(workbench, gatherer, "10.1234/trial.7", None, Wish())
    assert addition.source.status is SourceStatus.RETRACTED


def test_a_publishers_page_leads_to_its_full_text_by_its_own_meta_data(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    head = (
        '<meta name="citation_title" content="Lies told to auditors"><meta name="citation_author" content="Smith, Ann">'
        '<meta name="citation_doi" content="10.1234/trial.7"><meta name="citation_journal_title" content="Journal of Trials">'
        '<meta name="citation_publication_date" content="2025/03/07">'
        '<meta name="citation_pdf_url" content="/paper-full">'
    )
    publishers.answers["/paper"] = Answer(page("<p>Only the abstract.</p>", head=head))
    publishers.answers["/paper-full"] = Answer(page())
    addition = add_source(workbench, gatherer, publishers.url("/paper"), None, Wish())
    assert (addition.source.doi, addition.source.authors) == ("10.1234/trial.7", ("Ann Smith",))
    assert addition.document is not None
    assert RESULT in addition.document.text
    assert [capture.asked for capture in addition.captures] == [
        publishers.url("/paper"),
        publishers.url("/paper-full"),
    ]
    assert "not_registered" in _codes(addition)


def test_a_post_is_its_own_text(publishers: Publishers, workbench: Workbench, gatherer: Gatherer) -> None:
    publishers.answers["/post"] = Answer(page(head='<meta property="og:site_name" content="The Lab">'))
    addition = add_source(workbench, gatherer, publishers.url("/post"), None, Wish())
    assert (addition.source.title, addition.source.publisher) == ("Lies told to auditors", "The Lab")
    assert (addition.source.kind, addition.source.text_status) == ("post", "whole")


def test_a_source_that_is_known_only_gets_its_text(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    known = make_source("known-2024", arxiv="2412.99991")
    workbench.store.save_source(known, origin="registry", added_at=NOW)
    publishers.put_arxiv()
    addition = add_source(workbench, gatherer, "https://arxiv.org/abs/2412.99991", None, Wish())
    assert (addition.source.id, addition.was_known, addition.path) == ("known-2024", True, None)
    assert workbench.store.load_source_document("known-2024") is not None


def test_a_file_says_itself_which_paper_it_is(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_doi()
    raw = Raw(name="paper.txt", content=f"Lies\n\ndoi:10.1234/trial.7\n\n{PROSE}\n\n{RESULT}\n".encode())
    addition = add_source(workbench, gatherer, "paper.txt", raw, Wish())
    assert (addition.source.doi, addition.source.publisher) == ("10.1234/trial.7", "Journal of Trials")
    assert addition.captures == []


def test_a_stated_tier_is_a_review(publishers: Publishers, workbench: Workbench, gatherer: Gatherer) -> None:
    publishers.put_arxiv()
    wish = Wish(known=Known(tier=Tier.SECONDARY), reviewer="Ann")
    source = add_source(workbench, gatherer, "2412.99991", None, wish).source
    assert (source.tier, source.reviewed_by, source.reviewed_on) == (Tier.SECONDARY, "Ann", "2026-11-21")


def test_an_unknown_paper_wants_a_title_and_stores_nothing(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.answers["/arxiv-api/api/query"] = Answer(no_paper(), "application/atom+xml")
    with pytest.raises(InputError, match=r"its title is not known; give --title .*arXiv knows no paper"):
        add_source(workbench, gatherer, "2412.77777", None, Wish())
    assert list(workbench.store.iter_sources()) == []


def test_who_could_not_be_asked_is_said_and_the_rest_goes_on(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_doi()
    publishers.answers["/crossref/works/10.1234%2Ftrial.7"] = Answer(status=503)
    addition = add_source(workbench, gatherer, "10.1234/trial.7", None, Wish())
    assert addition.source.title == "Lies told to auditors"
    assert any("Crossref could not be asked" in issue.message for issue in addition.issues)


def test_an_answer_that_is_no_record_is_said(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_doi()
    publishers.answers["/crossref/works/10.1234%2Ftrial.7"] = Answer(b"<html>down</html>")
    assert "record_unreadable" in _codes(add_source(workbench, gatherer, "10.1234/trial.7", None, Wish()))


def test_offline_says_what_it_could_not_do_and_keeps_what_was_stated(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    offline = Gatherer(fetcher=None, services=gatherer.services, now=gatherer.now, folder=gatherer.folder)
    addition = add_source(workbench, offline, "2412.99991", None, Wish(known=Known(title="Lies")))
    assert (addition.source.title, addition.source.arxiv) == ("Lies", "2412.99991")
    assert {"offline", "text_not_held"} <= set(_codes(addition))
    assert publishers.asked == []


@pytest.mark.parametrize("name", ["", "paper", "ftp://example.org/a", "arxiv:1"])
def test_a_name_that_points_nowhere_is_told_with_what_is_wanted(
    name: str, workbench: Workbench, gatherer: Gatherer
) -> None:
    with pytest.raises(InputError, match="no file, address, DOI or arXiv id"):
        add_source(workbench, gatherer, name, None, Wish())


def test_a_file_of_a_person_is_never_overwritten(tmp_path: Path) -> None:
    source = make_source()
    path, kept = write_file(tmp_path, source)
    path.write_text("mine", encoding="utf-8")
    assert (kept, write_file(tmp_path, source)) == (False, (path, True))
    assert path.read_text(encoding="utf-8") == "mine"


# --------------------------------------------------------------------------- manners


def _mannerly(
    answers: dict[str, bytes | FetchError], **more: float
) -> tuple[MannerlyFetcher, list[str], list[float]]:
    asked: list[str] = []
    slept: list[float] = []
    time = [0.0]

    def fetch(url: str, /, *, media_types: frozenset[str] | None = None) -> Raw:
        asked.append(url)
        answer = answers.get(url, FetchError("status 404", kind="status", status=404))
        if isinstance(answer, FetchError):
            raise answer
        return Raw(name=url, content=answer, url=url)

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    return MannerlyFetcher(fetch, clock=lambda: time[0], sleep=sleep, **more), asked, slept


def test_two_requests_to_one_host_have_a_pause_between_them() -> None:
    fetcher, _, slept = _mannerly({"https://a.org/1": b"x", "https://b.org/1": b"x"}, delay_s=3)
    fetcher.fetch_text("https://a.org/1")
    fetcher.fetch_text("https://b.org/1")
    assert slept == [3, 3]  # robots.txt, then the page, at each


def test_robots_are_asked_once_and_heeded() -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    fetcher, asked, _ = _mannerly({"https://a.org/robots.txt": rules, "https://a.org/open": b"x"}, delay_s=0)
    fetcher.fetch_text("https://a.org/open")
    with pytest.raises(FetchError, match=r"asks programs not to fetch it \(robots.txt\)"):
        fetcher.fetch_text("https://a.org/private/x")
    assert asked == ["https://a.org/robots.txt", "https://a.org/open"]


def test_a_longer_pause_that_a_host_asks_for_is_kept_and_one_too_long_refused() -> None:
    slow = b"User-agent: *\nCrawl-delay: 9\n"
    fetcher, _, slept = _mannerly({"https://a.org/robots.txt": slow, "https://a.org/1": b"x"}, delay_s=1)
    fetcher.fetch_text("https://a.org/1")
    assert slept == [9]
    rules = f"User-agent: *\nCrawl-delay: {MAX_DELAY_S + 1:.0f}\n".encode()
    fetcher, asked, _ = _mannerly({"https://b.org/robots.txt": rules})
    with pytest.raises(FetchError, match="s between requests"):
        fetcher.fetch_text("https://b.org/1")
    assert asked == ["https://b.org/robots.txt"]


def test_rules_that_cannot_be_had_mean_no() -> None:
    down = FetchError("status 503", kind="status", status=503)
    fetcher, _, _ = _mannerly({"https://a.org/robots.txt": down, "https://a.org/1": b"x"}, delay_s=0)
    with pytest.raises(FetchError, match=r"robots.txt\) answered with status 503"):
        fetcher.fetch_text("https://a.org/1")


def test_a_host_that_cannot_be_reached_is_asked_once_a_run() -> None:
    gone = FetchError("no address is known for a.org", kind="unresolved")
    fetcher, asked, _ = _mannerly({"https://a.org/robots.txt": gone}, delay_s=0)
    for path in ("1", "2", "3"):
        with pytest.raises(FetchError):
            fetcher.fetch_text(f"https://a.org/{path}")
    assert asked == ["https://a.org/robots.txt"]


def test_several_hosts_out_of_reach_and_none_in_reach_is_no_net() -> None:
    gone = {f"https://{host}.org/robots.txt": FetchError("gone", kind="unresolved") for host in "abc"}
    fetcher, _, _ = _mannerly({**gone, "https://d.org/1": b"x"}, delay_s=0)
    for host in "abc":
        assert not fetcher.is_cut_off
        with pytest.raises(FetchError):
            fetcher.fetch_text(f"https://{host}.org/1")
    assert fetcher.is_cut_off
    fetcher.fetch_text("https://d.org/1")
    assert not fetcher.is_cut_off


# --------------------------------------------------------------------------- fetching many


def _fetch_all(workbench: Workbench, gatherer: Gatherer, *, again: bool = False) -> dict[str, str]:
    wanted, left = list_wanted(workbench, (), again=again, gatherer=gatherer)
    came = fetch_sources(workbench, wanted, gatherer, progress=lambda done, total: None)
    results = {one.source.id: "fetched" if one.change is not None else "failed" for one in came}
    return results | {one.source.id: one.skipped or "" for one in left}


def test_a_run_that_is_taken_up_again_asks_only_for_what_is_missing(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    for name in ("one", "two"):
        workbench.store.save_source(
            make_source(name, url=publishers.url(f"/{name}")), origin="registry", added_at=NOW
        )
    publishers.answers["/one"] = Answer(page())
    assert _fetch_all(workbench, gatherer) == {"one": "fetched", "two": "failed"}
    publishers.asked.clear()
    second = _fetch_all(workbench, gatherer)
    assert second["one"].startswith("its text is held")
    assert second["two"].startswith("failed 0 h ago")
    assert publishers.asked == []


def test_what_failed_is_tried_again_after_a_while(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    source = make_source("one", url=publishers.url("/one"))
    workbench.store.save_source(source, origin="registry", added_at=NOW)
    _fetch_all(workbench, gatherer)
    publishers.answers["/one"] = Answer(page())
    later = Gatherer(
        fetcher=gatherer.fetcher,
        services=gatherer.services,
        now=lambda: NOW + timedelta(hours=13),
        folder=gatherer.folder,
    )
    assert _fetch_all(workbench, later) == {"one": "fetched"}


def test_fetching_a_text_leaves_what_the_registry_states(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    source = make_source("one", url=publishers.url("/one"), text_status="whole")
    workbench.store.save_source(source, origin="registry", added_at=NOW)
    publishers.answers["/one"] = Answer(page())
    _fetch_all(workbench, gatherer)
    assert workbench.store.load_source("one") == source


def test_a_login_page_is_no_text(publishers: Publishers, workbench: Workbench, gatherer: Gatherer) -> None:
    source = make_source("one", url=publishers.url("/one"))
    workbench.store.save_source(source, origin="registry", added_at=NOW)
    publishers.answers["/one"] = Answer(page("<p>Please sign in to go on.</p>"))
    assert _fetch_all(workbench, gatherer) == {"one": "failed"}
    assert workbench.store.load_source_document("one") is None


# --------------------------------------------------------------------------- refreshing and accepting


def test_a_new_version_is_told_with_the_claims_and_nothing_is_overwritten(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    source = add_source(workbench, gatherer, "2412.99991", None, Wish()).source
    held = workbench.store.load_source_versions(source.id)
    publishers.put_arxiv(version=3, html=page(f"<p>{PROSE}</p><p>{RESULT.replace('47.3', '41.0')}</p>"))
    refreshed = refresh_source(workbench, source, gatherer)
    assert [news.kind for news in refreshed.news] == ["new_version", "other_words"]
    assert refreshed.proposed is not None
    assert [version.version for version in refreshed.proposed.versions] == ["v2", "v3"]
    assert workbench.store.load_source_versions(source.id) == held
    assert workbench.store.load_source(source.id) == source


def test_nothing_new_is_no_news(publishers: Publishers, workbench: Workbench, gatherer: Gatherer) -> None:
    publishers.put_arxiv()
    source = add_source(workbench, gatherer, "2412.99991", None, Wish()).source
    refreshed = refresh_source(workbench, source, gatherer)
    assert (refreshed.news, refreshed.proposed, refreshed.issues) == ((), None, ())


def test_a_dead_link_and_a_correction_are_told(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    source = make_source("one", doi="10.1234/trial.7", url=publishers.url("/gone"))
    workbench.store.save_source(source, origin="registry", added_at=NOW)
    publishers.put_doi(**{"updated-by": [{"DOI": "10.1234/c", "type": "correction"}]})
    refreshed = refresh_source(workbench, source, gatherer)
    assert [news.kind for news in refreshed.news] == ["corrected", "dead_link"]
    assert "https://doi.org/10.1234/c" in refreshed.news[0].says
    assert refreshed.proposed is not None
    assert refreshed.proposed.status is SourceStatus.CORRECTED


def test_accepting_takes_the_findings_that_a_person_wrote(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    addition = add_source(workbench, gatherer, "2412.99991", None, Wish())
    assert addition.path is not None
    finding = (
        'findings:\n  - {id: lies, statement: "Model A lied in 47.3% of audits.", quantities: [{value: "47.3", unit: '
        "percent}], entity: Model A, property: rate of lying, locator: body, verified: text}\n"
    )
    addition.path.write_text(addition.path.read_text(encoding="utf-8") + finding, encoding="utf-8")
    accepted, _, _ = accept_source(
        workbench, addition.source.id, by='Ann "A" Smith', on=NOW.date(), tier=None, folder=gatherer.folder
    )
    stored = workbench.store.load_source(addition.source.id)
    assert stored == accepted == read_own_source(addition.path)
    assert (stored.reviewed_by, stored.findings[0].verified) == ('Ann "A" Smith', Verified.TEXT)


def test_a_suggestion_that_nobody_wrote_out_is_not_accepted(
    publishers: Publishers, workbench: Workbench, gatherer: Gatherer
) -> None:
    publishers.put_arxiv()
    addition = add_source(workbench, gatherer, "2412.99991", None, Wish())
    assert addition.path is not None
    lines = addition.path.read_text(encoding="utf-8").splitlines()
    start = lines.index("# findings:")
    opened = [line[2:] if line.startswith(("#   ", "# findings")) else line for line in lines[start:]]
    addition.path.write_text("\n".join(lines[:start] + opened) + "\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="the statement is not written yet"):
        accept_source(
            workbench, addition.source.id, by="Ann", on=NOW.date(), tier=None, folder=gatherer.folder
        )
    assert workbench.store.load_source(addition.source.id).reviewed_by is None


def test_a_proposal_becomes_the_sources_file_when_it_is_accepted(
    workbench: Workbench, gatherer: Gatherer
) -> None:
    source = make_source("one", url="https://example.org/one")
    workbench.store.save_source(source, origin="registry", added_at=NOW)
    write_file(gatherer.folder / "proposed", source, flat=True)
    _, _, path = accept_source(workbench, "one", by="Ann", on=NOW.date(), tier=None, folder=gatherer.folder)
    assert path == gatherer.folder / "other" / "one.yml"
    assert [found.name for found in gatherer.folder.rglob("*.yml")] == ["one.yml"]


def test_an_unknown_id_is_not_found(workbench: Workbench, gatherer: Gatherer) -> None:
    with pytest.raises(NotFoundError, match="no source nobody"):
        accept_source(workbench, "nobody", by="Ann", on=NOW.date(), tier=None, folder=gatherer.folder)
