"""Makes the README's pictures from the example articles, with Chromium: `python -m tests.pictures [FOLDER]`.

docs/checked-article.png is an article with its claims marked, docs/claim-page.png the page of a claim whose figure
is not the source's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import ARGUMENTS, find_chromium

DOCS = Path(__file__).parents[1] / "docs"
ARTICLE = "The trouble with the top ten percent"
REASON = "figure_differs"
_SIZES = {"checked-article": (1120, 1130), "claim-page": (1120, 1040)}


def build_example_site(folder: Path) -> Path:
    """The site of the example articles."""
    program = str(Path(sys.executable).with_name("wherefrom"))
    home, site = str(folder / "kb"), folder / "site"
    subprocess.run([program, "--home", home, "init"], check=True, capture_output=True)
    subprocess.run([program, "--home", home, "build", str(site)], check=True, capture_output=True)
    return site


def find_pages(site: Path) -> dict[str, Path]:
    """The page behind each picture; StopIteration where an example no longer holds it."""
    article = next(
        path for path in sorted(site.glob("articles/a-*.json"))
        if json.loads(path.read_bytes())["document"]["title"] == ARTICLE
    )  # fmt: skip
    claim = next(
        path for path in sorted(site.glob("claims/c-*.json"))
        if json.loads(path.read_bytes())["verdict"]["reason"] == REASON
    )  # fmt: skip
    return {"checked-article": article.with_suffix(".html"), "claim-page": claim.with_suffix(".html")}


def main(out: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is absent: the pictures can't be made")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = find_pages(build_example_site(Path(folder)))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, path in pages.items():
            width, height = _SIZES[name]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto(path.as_uri())
            page.screenshot(path=str(out / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
