"""Every kind of page as assistive technology, a keyboard and a strict reader have it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from service.security import COMMON_HEADERS, PAGE_POLICY
from service.site import build_site
from tests.service import report_builders as build
from tests.service.test_site import _hostile_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
_CLAIM_PAGE_BYTES = 60_000


class _Handler(SimpleHTTPRequestHandler):
    """A static host that sends the headers of the site's _headers file."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", PAGE_POLICY)
        for name, value in COMMON_HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    with build.fill_store(folder / "kb") as store:
        build_site(store, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    with build.fill_store(folder / "kb", _hostile_report()) as store:
        build_site(store, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site under a folder of a host, as on a project's pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/site/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is absent")
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def list_kinds(site: Path) -> dict[str, str]:
    """One page of every kind, by its address: the first of each folder and everything that stands alone."""
    kinds: dict[str, str] = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        folder, _, page = name.rpartition("/")
        kinds.setdefault(f"{folder}/index" if page == "index.html" else folder or page, name)
    # A claim with a source beside it and one without are two kinds.
    for path in sorted(site.glob("claims/c-*.html")):
        decided = b"box-source" in path.read_bytes() and b'class="source-line"' in path.read_bytes()
        kinds.setdefault(f"claims/{decided}", f"claims/{path.name}")
    kinds.pop("claims", None)
    return kinds


def find_faults(page: Page, axe: str, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds on the page with everything unfolded; `rules` None: all of its own."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(axe)
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found: dict[str, Any] = page.evaluate(
        "options => axe.run(document, options)", {"resultTypes": ["violations"], **only}
    )
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]  # fmt: skip


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Page]:
    """A page into which axe-core can be put, which the policy of the pages rightly forbids."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_on_any_kind_of_page(open_page: Page, site: Path, axe: str) -> None:
    faults = {}
    for name in list_kinds(site).values():
        open_page.goto((site / name).as_uri())
        faults[name] = find_faults(open_page, axe)
    assert {name: found for name, found in faults.items() if found} == {}


def test_axe_finds_nothing_in_the_dark(open_page: Page, site: Path, axe: str) -> None:
    """What changes with the scheme are colours alone, so only the rules on colours are run again."""
    open_page.emulate_media(color_scheme="dark")
    faults = {}
    for name in list_kinds(site).values():
        open_page.goto((site / name).as_uri())
        assert open_page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(252, 251, 248)"
        faults[name] = find_faults(open_page, axe, ["color-contrast", "link-in-text-block"])
    assert {name: found for name, found in faults.items() if found} == {}


def test_axe_finds_nothing_where_words_are_hostile(open_page: Page, hostile_site: Path, axe: str) -> None:
    faults = {}
    for folder in ("claims", "articles", "sources"):
        name = next(one for one in sorted(hostile_site.glob(f"{folder}/*-*.html")) if b"svg/onload" in one.read_bytes())  # fmt: skip
        open_page.goto(name.as_uri())
        faults[name.name] = find_faults(open_page, axe)
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_page_is_valid_to_a_strict_reader(site: Path, hostile_site: Path) -> None:
    html5lib = pytest.importorskip("html5lib")
    faults = []
    for folder in (site, hostile_site):
        for path in sorted(folder.rglob("*.html")):
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(path.read_bytes(), transport_encoding="utf-8")
            faults += [f"{path.name}: {place} {code} {more}" for place, code, more in parser.errors]
    assert faults == []


def test_a_claim_page_is_under_60_kilobytes(site: Path) -> None:
    style = (site / "assets/style.css").stat().st_size
    sizes = {path.name: path.stat().st_size + style for path in site.glob("claims/c-*.html")}
    assert max(sizes.values()) < _CLAIM_PAGE_BYTES


def test_the_policy_of_the_headers_holds_and_nothing_comes_from_elsewhere(
    context: BrowserContext, site: Path, address: str
) -> None:
    page = context.new_page()
    seen: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None)  # fmt: skip
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    for name in list_kinds(site).values():
        answer = page.goto(address + name)
        assert answer is not None
        assert answer.headers["content-security-policy"] == PAGE_POLICY
        if name.startswith("search/"):
            page.wait_for_selector("html[data-search='ready']", state="attached")
    assert complaints == []
    assert {urlsplit(url).netloc for url in seen} == {urlsplit(address).netloc}


def press_until(page: Page, wanted: str, *, limit: int = 120) -> None:
    """Tab until what has the focus fits the selector."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} can't be reached with the keyboard on {page.url}")


@pytest.mark.timeout(120)
def test_the_keyboard_alone_leads_from_search_to_the_passage(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "search/index.html")
    page.wait_for_selector("html[data-search='ready']", state="attached")
    page.keyboard.press("/")
    page.keyboard.type("graders fooled")
    page.wait_for_url("**q=graders*fooled*")
    page.wait_for_selector("#search-results a[href*='claims/c-'] mark:has-text('fooled')")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.matches('#search-results a[href*=\"claims/c-\"]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/c-*.html*")
    press_until(page, ".box-source .out a")
    assert "#:~:text=" in str(page.evaluate("document.activeElement.getAttribute('href')"))
    page.evaluate("document.activeElement.blur()")
    press_until(page, ".box-source .source-line a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources/*.html*")
    press_until(page, "main .out a")


def test_a_picture_is_named_told_and_has_its_table(site: Path) -> None:
    html5lib = pytest.importorskip("html5lib")
    pages = [path for path in site.rglob("*.html") if b'class="picture"' in path.read_bytes()]
    assert {path.parent.name for path in pages} >= {"articles", "topics", "site"}
    for path in pages:
        tree = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False, transport_encoding="utf-8")
        ids = {element.get("id"): element for element in tree.iter() if element.get("id")}
        for figure in (one for one in tree.iter("figure") if one.get("class") == "picture"):
            drawn = next(one for one in figure.iter() if one.get("role") == "img")
            named = drawn.get("aria-labelledby").split()
            assert all("".join(ids[one].itertext()).strip() for one in named)
            assert next(figure.iter("table"), None) is not None
            table = next(a.get("href") for a in figure.iter("a") if a.get("href", "").endswith(".csv"))
            assert (path.parent / table).is_file()
