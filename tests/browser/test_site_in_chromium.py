"""The site as a reader's browser has it: from a folder, wide and narrow, light and dark, without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from service.site import build_site
from tests.service import report_builders as build
from tests.service.test_site import _hostile_report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser

KINDS = (
    "home",
    "claim",
    "article",
    "source",
    "topic",
    "methodology",
    "claims",
    "sources",
    "articles",
    "topics",
    "missing",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory, build.report())


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory, _hostile_report())


def _build(tmp_path_factory: pytest.TempPathFactory, report: object) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    with build.fill_store(folder / "kb", report) as store:  # type: ignore[arg-type]
        build_site(store, folder / "site")
    return folder / "site"


def _address(site: Path, kind: str) -> str:
    report = build.report()
    paths = {
        "home": "index.html",
        "claim": sorted(p.relative_to(site).as_posix() for p in site.glob("claims/c-*.html"))[0],
        "article": next(iter(site.glob("articles/a-*.html"))).relative_to(site).as_posix(),
        "source": f"sources/{report.sources[0].id}.html",
        "topic": "topics/evaluation-awareness.html",
        "methodology": "methodology.html",
        "claims": "claims/index.html",
        "sources": "sources/index.html",
        "articles": "articles/index.html",
        "topics": "topics/index.html",
        "missing": "404.html",
    }
    return (site / paths[kind]).as_uri()


class Watch:
    """What a page does that it shouldn't."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    yield made
    made.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_one_h1_no_complaint_and_loads_only_its_own_files(
    page: Page, site: Path, kind: str
) -> None:
    watch = Watch(page)
    page.goto(_address(site, kind))
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "the stylesheet did not apply"
    assert watch.complaints == []
    assert all(address.startswith(site.as_uri()) for address in watch.requests)


def test_nothing_is_wider_than_the_window(page: Page, site: Path, hostile_site: Path) -> None:
    too_wide = []
    for folder in (site, hostile_site):
        for kind in KINDS:
            page.goto(_address(folder, kind))
            for width in (320, 390, 768, 1280, 1920):
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    too_wide.append((folder.parent.name, kind, width))
    assert too_wide == []


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_run_nowhere(page: Page, hostile_site: Path, kind: str) -> None:
    watch = Watch(page)
    page.goto(_address(hostile_site, kind))
    assert page.evaluate("window.__pwned") is None
    assert watch.complaints == []


def test_a_script_that_got_into_a_page_would_not_run(page: Page, site: Path, tmp_path: Path) -> None:
    content = (
        (site / "methodology.html").read_text().replace("</main>", "<script>window.__pwned=1</script></main>")
    )
    (tmp_path / "page.html").write_text(content)
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate("window.__pwned") is None


def test_one_can_walk_from_home_to_claim_to_source_and_back(page: Page, site: Path) -> None:
    page.goto(_address(site, "home"))
    page.get_by_role("link", name="Find a claim").click()
    page.locator(".claim-text a", has_text="Roughly 40%").first.click()
    assert "What the source says" in (page.text_content("main") or "")
    page.locator(".box-source .source-line a").click()
    assert page.inner_text("h1") == "Graders and hidden tests"
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Home").click()
    assert "Where is this number from" in page.inner_text("h1")


def test_an_articles_marks_lead_to_their_notes_and_back(page: Page, site: Path) -> None:
    page.goto(_address(site, "article"))
    page.locator("a.mark-number").first.click()
    assert page.url.endswith("#c1")
    page.locator("#c1 a.note-number").click()
    assert page.url.endswith("#m1")


def test_notes_stand_beside_the_text_on_wide_screens_and_below_it_on_narrow_ones(
    page: Page, site: Path
) -> None:
    page.goto(_address(site, "article"))
    for width, beside in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 900})
        text = page.locator(".row.has-notes .sentence").first.bounding_box()
        note = page.locator(".row.has-notes .note").first.bounding_box()
        assert text is not None
        assert note is not None
        assert (note["x"] >= text["x"] + text["width"]) is beside


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page, site: Path) -> None:
    page.goto(_address(site, "claim"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("kind", ["home", "claim", "article", "source"])
def test_what_one_taps_is_24_pixels_high_or_stands_in_running_text(page: Page, site: Path, kind: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(_address(site, kind))
    small = page.evaluate(
        """() => [...document.querySelectorAll('nav a, button, summary, a.mark-number, a.note-number, a.door')]
        .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, r]) => r.width > 0 && (r.height < 23.5 || r.width < 23.5)).map(([t]) => t)"""
    )
    # Links in a trail of links count as running text where 24 pixels stay free around them.
    assert small == []


_CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const weak = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(e);
    if (style.clipPath !== 'none' || e.closest('.sr, .skip')) continue;
    const a = light(parse(style.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return [...weak];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(page: Page, site: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    weak = {}
    for kind in KINDS:
        page.goto(_address(site, kind))
        weak[kind] = page.evaluate(_CONTRAST)
    assert weak == {kind: [] for kind in KINDS}


def test_print_leaves_out_navigation_and_writes_addresses(page: Page, site: Path) -> None:
    page.goto(_address(site, "claim"))
    page.emulate_media(media="print")
    assert not page.locator(".main-nav").is_visible()
    shown = page.evaluate("getComputedStyle(document.querySelector('.out a'), '::after').content")
    assert "https://" in shown
