"""Search as a reader has it: by words, by number in any spelling, with filters in the address and by keys."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from service.security import PAGE_POLICY
from service.site import build_site
from service.site.search import find_indexer
from tests import number_queries
from tests.browser.test_site_in_chromium import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_indexer() is None, reason="Pagefind is absent"),
]


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", PAGE_POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Nothing: the tests read what the page says."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's root, with the site under a sub-path."""
    root = tmp_path_factory.mktemp("host")
    with number_queries.fill_store(tmp_path_factory.mktemp("home") / "kb") as store:
        build_site(store, root / "sub/path")
    return root


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/sub/path/"
    server.shutdown()
    server.server_close()
    thread.join(timeout=30)


@pytest.fixture(scope="module")
def searching(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def _search(page: Page, address: str, query: str, **filters: str) -> list[str]:
    from urllib.parse import urlencode

    page.goto(f"{address}search/index.html?{urlencode({'q': query, **filters})}")
    page.wait_for_selector("html[data-search=ready]")
    return page.locator("#search-results .claim-text a").all_inner_texts()


@pytest.mark.parametrize("query", number_queries.ASKED)
def test_a_number_is_found_however_it_is_spelled(searching: Page, address: str, query: str) -> None:
    wanted, group = number_queries.ASKED[query]
    watch = Watch(searching)
    found = _search(searching, address, query)
    assert any(wanted in one for one in found), (query, found)
    heading = searching.locator(f"h3:has(+ ul:has-text('{wanted}'))").first.inner_text()
    assert heading.startswith(group)
    assert watch.complaints == []


def test_a_share_finds_what_remains_of_it_and_says_so(searching: Page, address: str) -> None:
    _search(searching, address, "75%")
    heads = searching.locator(".search-group").all_inner_texts()
    assert any(head.startswith("What remains of it: 75% leaves 25%") for head in heads), heads


def test_a_number_does_not_find_one_that_has_its_digits(searching: Page, address: str) -> None:
    assert not any("125 graders" in one for one in _search(searching, address, "12.5%"))


def test_words_are_found_and_marked(searching: Page, address: str) -> None:
    found = _search(searching, address, "sandbagging")
    assert len(found) == 1
    assert searching.locator("#search-results mark").first.inner_text().lower() == "sandbagging"


def test_filters_stand_in_the_address_and_can_be_taken_off(searching: Page, address: str) -> None:
    every = _search(searching, address, "")
    narrow = _search(searching, address, "", label="contested")
    assert 0 < len(narrow) < len(every)
    searching.get_by_role("button", name="Take off: Contested").click()
    searching.wait_for_function("!location.search.includes('label')")
    searching.locator("details[data-name=kind] summary").click()
    searching.locator("details[data-name=kind] input[value=source]").check()
    searching.wait_for_function("location.search.includes('kind=source')")
    searching.go_back()
    searching.wait_for_function("!location.search.includes('kind')")


def test_the_keys_lead_through_the_results(searching: Page, address: str) -> None:
    _search(searching, address, "25%")
    searching.keyboard.press("/")
    assert searching.evaluate("document.activeElement.id") == "q"
    searching.keyboard.press("ArrowDown")
    assert searching.evaluate("document.activeElement.closest('.claim-text') !== null")
    searching.keyboard.press("ArrowUp")
    assert searching.evaluate("document.activeElement.id") == "q"
    searching.keyboard.press("ArrowDown")
    searching.keyboard.press("Enter")
    searching.wait_for_selector("h1.claim-title")
    assert "/sub/path/claims/c-" in searching.url


def test_escape_clears_the_box(searching: Page, address: str) -> None:
    _search(searching, address, "25%")
    searching.locator("#q").focus()
    searching.keyboard.press("Escape")
    searching.wait_for_function("!location.search.includes('q=')")
    assert searching.locator("#q").input_value() == ""


def test_from_a_folder_the_page_says_that_it_needs_a_server(context: BrowserContext, folder: Path) -> None:
    page = context.new_page()
    page.goto((folder / "sub/path/search/index.html").as_uri())
    assert page.get_by_role("heading", name="Searching needs a web server").is_visible()
    page.get_by_role("link", name="all claims").click()
    page.wait_for_selector("h1:has-text('Claims')")


def test_without_script_the_page_says_that_it_needs_one(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}search/index.html")
    assert page.get_by_role("heading", name="Searching needs a web server").is_visible()
    context.close()


def test_words_of_articles_and_sources_are_shown_as_text(searching: Page, address: str) -> None:
    found = _search(searching, address, "hostile")
    assert any("<img src=x" in one for one in found), found
    assert searching.evaluate("window.__pwned") is None
    assert searching.locator("#search-results img").count() == 0


def test_nothing_is_loaded_from_another_host(searching: Page, address: str) -> None:
    watch = Watch(searching)
    _search(searching, address, "25% of models")
    assert watch.requests
    assert all(one.startswith(address) for one in watch.requests)
