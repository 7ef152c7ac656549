"""The pages of `wherefrom serve` in a browser: paste a text, see it annotated, follow the evidence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kb.types import Raw
from tests.service import report_builders as build

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser

DRAFT = (
    "In March the Harbour team tested its graders. Roughly 40% of graders were fooled by the model, the study "
    "found.\n\n<script>window.__pwned=1</script><img src=x onerror=window.__pwned=1> Some 12% of them knew.\n"
)


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
        app = create_app(workbench)
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join(20)


def test_a_pasted_text_is_annotated_and_runs_nothing(context: BrowserContext, address: str) -> None:
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address + "/")
    page.get_by_role("link", name="Check a text").first.click()
    page.get_by_label("Text", exact=True).fill(DRAFT)
    page.get_by_role("button", name="Check").click()
    assert page.locator("mark").count() >= 1
    assert page.evaluate("window.__pwned") is None
    assert "<script>window.__pwned=1</script>" in page.inner_text(".annotated")
    assert page.locator(".note blockquote").first.inner_text().startswith("“In total, 41.3%")
    assert page.get_by_label("Text", exact=True).input_value() == DRAFT
    page.locator(".note .source-line a").first.click()
    assert page.inner_text("h1") == "Graders and hidden tests"
    assert complaints == []


def test_the_keyboard_alone_can_check_a_text(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/check")
    page.get_by_label("Text", exact=True).focus()
    page.keyboard.insert_text(DRAFT)
    for _ in range(3):  # the address, the file, the button
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")


@pytest.mark.parametrize(
    "path",
    ["/", "/check", "/claims", "/sources", "/articles", "/docs", "/search?q=graders", "/problems/busy"],
)
def test_the_servers_pages_fit_a_phone(context: BrowserContext, address: str, path: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address + path)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
