"""The check page by keyboard alone: paste the example article, see its marks, open the evidence, keep the report."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.types import Raw
from tests.service import report_builders as build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
EXAMPLE = Path(__file__).resolve().parents[2] / "service" / "examples" / "article-tested-models.md"
DRAFT = "Roughly 40% of graders were fooled by the model, the Harbour Lab found.\n\nIn the small run, 12% knew.\n\n"
_MOST_STEPS = 400


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import uvicorn

    from service.api import create_app
    from service.workbench import Workbench

    home = tmp_path_factory.mktemp("home") / "kb"
    build.fill_store(home).close()
    with Workbench.open(home) as workbench:
        raw = Raw(name="graders.txt", content=build.SOURCE_TEXT.encode(), media_type="text/plain")
        workbench.add_source(build.source(), raw)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(workbench), host="127.0.0.1", port=0, access_log=False, log_level="warning"
            )
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page into which axe-core can be put, which the policy of the pages rightly forbids."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def _tab_to(page: Page, what: str) -> None:
    """Press Tab until the focused element fits the selector."""
    for _ in range(_MOST_STEPS):
        if page.evaluate(
            "what => document.activeElement !== null && document.activeElement.matches(what)", what
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} can't be reached with Tab")


def _check_by_keyboard(page: Page, address: str, text: str) -> None:
    page.goto(address + "/check")
    _tab_to(page, "#text")
    page.keyboard.insert_text(text)
    _tab_to(page, "form.check button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#corrections")


def _find_faults(page: Page) -> list[str]:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is absent")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]


def test_the_example_article_is_marked(page: Page, address: str) -> None:
    text = EXAMPLE.read_text("utf-8")
    _check_by_keyboard(page, address, text)
    assert page.locator("mark").count() >= 5
    marked = page.locator("mark").first.inner_text().split("\n")[0].strip()
    assert marked
    assert marked.split()[0] in text


def test_the_evidence_is_opened_with_the_keyboard(page: Page, address: str) -> None:
    _check_by_keyboard(page, address, DRAFT)
    _tab_to(page, ".annotated summary")
    opened = "document.activeElement.closest('details').open"
    before = page.evaluate(opened)
    page.keyboard.press("Enter")
    assert page.evaluate(opened) is not before
    if before:
        page.keyboard.press("Enter")
    assert "41.3%" in page.locator(".annotated blockquote:visible").first.inner_text()


def test_the_corrections_are_copied_with_the_keyboard(page: Page, address: str) -> None:
    _check_by_keyboard(page, address, DRAFT)
    _tab_to(page, "#corrections")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    _tab_to(page, "#text")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")
    pasted = page.locator("#text").input_value()
    assert pasted.strip() == page.locator("#corrections").input_value().strip() != ""


@pytest.mark.parametrize("form", ["html", "docx", "md", "json", "txt"])
def test_the_report_is_kept_with_the_keyboard(page: Page, address: str, form: str) -> None:
    _check_by_keyboard(page, address, DRAFT)
    _tab_to(page, f"form.export button[value={form}]")
    with page.expect_download() as kept:
        page.keyboard.press("Enter")
    assert kept.value.suggested_filename == f"wherefrom-check.{form}"
    content = Path(kept.value.path()).read_bytes()
    expected = {"docx": b"PK", "txt": page.locator("#corrections").input_value().strip().encode()}
    assert expected.get(form, b"40%") in content
    if form == "json":
        assert json.loads(content)["summary"]["claims"] == page.locator("mark").count()


def test_a_file_is_checked(page: Page, address: str, tmp_path: Path) -> None:
    file = tmp_path / "draft.html"
    file.write_text(f"<article><h1>Graders</h1><p>{DRAFT}</p></article>", encoding="utf-8")
    page.goto(address + "/check")
    page.locator("#file").set_input_files(file)
    _tab_to(page, "form.check button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")


@pytest.mark.parametrize("text", ["", DRAFT, "No claim here."])
def test_axe_finds_nothing_on_the_check_page(page: Page, address: str, text: str) -> None:
    if text:
        _check_by_keyboard(page, address, text)
    else:
        page.goto(address + "/check")
    assert _find_faults(page) == []
