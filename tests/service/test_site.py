"""Laws of the static site: same bytes, links that lead somewhere, escaped text, our words and theirs apart."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import stat
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest

from kb.errors import InputError, WriteError
from kb.reasons import REASONS
from kb.store import Store
from kb.text import make_selector
from kb.types import Report
from service.security import PAGE_POLICY
from service.site import build_site
from service.site.render import EMBED_META_POLICY, META_POLICY, clean_text, find_folder
from tests.service import report_builders as build

HOSTILE = (
    "<script>window.__pwned=1</script> <img src=x onerror=window.__pwned=1> </script><!--<script> "
    "{{ 7*7 }} \u202e%04 \x0b \ufffe 5% of models <svg/onload=window.__pwned=1> ]]> & \"quoted\" 'single'."
)


class _Page(HTMLParser):
    """What the tests want to know of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("p", "div", "li", "td", "th", "dt", "dd", "h1", "h2", "h3"):
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, *attributes: str) -> list[str]:
        return [
            value for _, attrs in self.tags for name in attributes if (value := attrs.get(name)) is not None
        ]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def _hostile_report() -> Report:
    """The first claim's sentence, source, verdict and article are all hostile."""
    report = build.report(HOSTILE + "\n" + build.TEXT, name="<b>x</b>/../etc/passwd.txt")
    evil = build.source(
        title=HOSTILE,
        url="javascript:window.__pwned=1",
        publisher='"><script>window.__pwned=1</script>',
        note=HOSTILE,
        findings=(dataclasses.replace(build.source().findings[0], statement=HOSTILE, caveats=(HOSTILE,)),),
    )
    claim = dataclasses.replace(
        report.claims[0].claim, sentence=make_selector(report.document.text, 0, len(HOSTILE)),
        span=make_selector(report.document.text, 3, 40), speaker=HOSTILE, attribution=HOSTILE,
    )  # fmt: skip
    verdict = dataclasses.replace(report.claims[0].verdict, explanation=HOSTILE, correction=HOSTILE)
    evidence = dataclasses.replace(
        report.claims[0].evidence[0], selector=make_selector(HOSTILE, 0, len(HOSTILE))
    )
    first = dataclasses.replace(report.claims[0], claim=claim, verdict=verdict, evidence=(evidence,))
    document = dataclasses.replace(report.document, title=HOSTILE, url="javascript:alert(1)")
    return dataclasses.replace(
        report, document=document, claims=(first, *report.claims[1:]), sources=(evil, build.critic())
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with build.fill_store(tmp_path_factory.mktemp("home") / "kb") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "site"
    build_site(store, out, base_url="https://kb.example/wf")
    return out


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile") / "site"
    with build.fill_store(tmp_path_factory.mktemp("home") / "kb", _hostile_report()) as opened:
        build_site(opened, out)
    return out


def _files(folder: Path) -> dict[str, bytes]:
    """All files but the search index, whose bytes Pagefind doesn't keep the same."""
    return {
        name: p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not (name := p.relative_to(folder).as_posix()).startswith("pagefind/")
    }


def _claim_page(site: Path, span: str) -> _Page:
    report = build.report()
    wanted = next(c.claim.id for c in report.claims if c.claim.span.exact == span)
    return _Page((site / f"claims/{wanted}.html").read_bytes())


# ------------------------------------------------------------------------ the whole


def test_the_same_knowledge_base_gives_the_same_bytes(store: Store, site: Path, tmp_path: Path) -> None:
    build_site(store, tmp_path / "again", base_url="https://kb.example/wf/")
    assert _files(tmp_path / "again") == _files(site)


def test_every_documented_file_is_there(site: Path) -> None:
    names = set(_files(site))
    report = build.report()
    expected = {
        "index.html", "methodology.html", "404.html", "_headers", "robots.txt", "feed.atom", "feed.json",
        "sitemap.xml", "assets/style.css", "claims/index.html", "sources/index.html", "articles/index.html",
        "topics/index.html", "topics/evaluation-awareness.html", f"articles/{report.document.id}.html",
        f"articles/{report.document.id}.json",
    }  # fmt: skip
    expected |= {f"claims/{c.claim.id}.{end}" for c in report.claims for end in ("html", "json")}
    expected |= {f"sources/{s.id}.{end}" for s in report.sources for end in ("html", "json")}
    assert expected <= names


def test_every_link_inside_the_site_leads_to_a_file_and_a_place(site: Path) -> None:
    pages = {name: _Page(content) for name, content in _files(site).items() if name.endswith(".html")}
    for name, page in pages.items():
        for link in page.values("href", "src"):
            parts = urlsplit(link)
            if parts.scheme or name == "404.html":
                continue
            assert not link.startswith("/"), f"{name}: {link} breaks under a sub-path"
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            assert target.resolve().is_file(), f"{name}: {link}"
            if parts.fragment:
                there = pages[target.resolve().relative_to(site.resolve()).as_posix()]
                assert parts.fragment in there.values("id"), f"{name}: {link}"


def test_ids_on_a_page_are_unique_and_there_is_one_h1(site: Path) -> None:
    for name, content in _files(site).items():
        if name.endswith(".html"):
            page = _Page(content)
            ids = page.values("id")
            assert len(ids) == len(set(ids)), name
            assert page.count("h1") == 1, name
            assert page.count("main") == 1, name


_VOID = {"meta", "link", "br", "img", "input", "hr"}
_BLOCKS = {
    "p", "div", "ul", "ol", "dl", "blockquote", "article", "section", "aside", "table", "pre", "form", "details", "h1",
    "h2", "h3", "header", "footer", "nav", "main",
}  # fmt: skip


class _Nesting(HTMLParser):
    """Faults that a browser would repair in silence."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(content.decode())
        self.faults += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"an attribute twice: {tag} {names}")
        if tag in _BLOCKS and "p" in self.open:
            self.faults.append(f"{tag} in p")
        if tag == "a" and "a" in self.open:
            self.faults.append("a in a")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "svg" not in self.open:
            self.faults.append(f"closes itself: {tag}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")


def test_elements_are_nested_and_closed(site: Path, hostile_site: Path) -> None:
    for folder in (site, hostile_site):
        for name, content in _files(folder).items():
            if name.endswith(".html"):
                assert _Nesting(content).faults == [], name


def test_headings_skip_no_level(site: Path) -> None:
    for name, content in _files(site).items():
        if name.endswith(".html"):
            levels = [int(tag[1]) for tag, _ in _Page(content).tags if tag in ("h1", "h2", "h3", "h4")]
            assert levels[0] == 1, name
            assert all(deeper <= level + 1 for level, deeper in itertools.pairwise(levels)), name


def test_no_page_has_a_script_a_style_or_a_handler(site: Path, hostile_site: Path) -> None:
    for folder in (site, hostile_site):
        for name, content in _files(folder).items():
            if not name.endswith(".html"):
                continue
            page = _Page(content)
            assert page.count("style") == page.count("iframe") == page.count("base") == 0
            scripts = [attrs for tag, attrs in page.tags if tag == "script"]
            own = [{"type": "module", "src": "../assets/search.js"}] if name == "search/index.html" else []
            assert scripts == own, name
            attributes = {attribute for _, attrs in page.tags for attribute in attrs}
            assert not [a for a in attributes if a.startswith("on") or a == "style"], name


def test_only_web_addresses_are_links_whatever_the_source_says(hostile_site: Path) -> None:
    for name, content in _files(hostile_site).items():
        if name.endswith(".html"):
            for link in _Page(content).values("href", "src", "action"):
                assert urlsplit(link).scheme in ("", "http", "https"), f"{name}: {link}"


def test_hostile_words_are_shown_as_words(hostile_site: Path) -> None:
    page = next(hostile_site.glob("sources/harbour-graders.html")).read_bytes()
    assert "<script>window.__pwned=1</script>" in _Page(page).text
    assert b"{{ 7*7 }}" in page
    assert b"<script>" not in page


def test_marks_that_turn_the_direction_of_text_are_written_out(hostile_site: Path) -> None:
    for name, content in _files(hostile_site).items():
        if name.endswith((".html", ".atom")):
            text = content.decode()
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", text), name
    assert clean_text("a\u202eb\x0bc") == "a[U+202E]b\ufffdc"


def test_no_folder_of_the_machine_is_published(tmp_path: Path) -> None:
    report = build.report(name="/home/someone/drafts/harbour.txt")
    report = dataclasses.replace(report, document=dataclasses.replace(report.document, title=None, url=None))
    with build.fill_store(tmp_path / "kb", report) as opened:
        build_site(opened, tmp_path / "site")
    for name, content in _files(tmp_path / "site").items():
        assert b"someone" not in content, name
    assert "harbour.txt" in (tmp_path / f"site/articles/{report.document.id}.html").read_text()


# ------------------------------------------------------------------------ pages


def test_a_claim_page_sets_the_claim_beside_the_source(site: Path) -> None:
    page = _claim_page(site, "Roughly 40%")
    text = " ".join(page.text.split())
    for part in (
        "What was claimed", "What the source says", "“In total, 41.3% of graders were fooled by the model.”",
        "As claimed and as found", "What the article left out", "Thirty graders only.", "How this was decided",
        "tolerance 40 against 41.3", "Cite and reuse", "What would change this", "Against: 1", "about 40 percent",
    ):  # fmt: skip
        assert part in text, part


def test_a_finding_is_marked_as_ours_and_never_in_quotation_marks(site: Path) -> None:
    text = " ".join(_claim_page(site, "Roughly 40%").text.split())
    assert "Finding in our words Two of the graders were counted twice." in text
    assert "“Two of the graders" not in text


def test_a_claim_that_was_not_checked_is_not_called_unsourced(site: Path) -> None:
    page = _claim_page(site, "Every model failed")
    head = page.text.split("What was claimed")[0]
    assert "Not checked" in head
    assert "Unsourced" not in head


def test_a_label_is_a_word_and_an_icon_not_colour_alone(site: Path) -> None:
    content = next(site.glob("articles/a-*.html")).read_text()
    badges = re.findall(r'<span class="badge is-(\w+)">(.*?)</span></span>', content, re.DOTALL)
    assert badges
    for key, inner in badges:
        assert "<svg" in inner
        assert key.replace("_", " ") in inner.lower()


def test_an_article_is_quoted_only_where_it_claims(tmp_path: Path) -> None:
    secret = "This sentence claims nothing at all."
    report = build.report(build.TEXT + "\n" + secret + "\n")
    with build.fill_store(tmp_path / "kb", report) as opened:
        build_site(opened, tmp_path / "site")
    for name, content in _files(tmp_path / "site").items():
        assert secret.encode() not in content, name


def test_a_source_page_tells_disputes_from_both_sides(site: Path) -> None:
    disputed = _Page((site / "sources/harbour-graders.html").read_bytes()).text
    disputing = _Page((site / "sources/critic-note.html").read_bytes()).text
    assert "Disputed by" in disputed
    assert "A second look at graders" in disputed
    assert "Disputes" in disputing
    assert "41.3 percent of graders were fooled" in disputing


def test_the_methodology_names_every_reason(site: Path) -> None:
    page = _Page((site / "methodology.html").read_bytes())
    for reason in REASONS.values():
        assert reason.title in page.text
        assert reason.meaning in page.text
        assert reason.code in page.values("id")


def test_the_json_beside_a_page_is_that_of_the_api(site: Path) -> None:
    report = build.report()
    claim = json.loads((site / f"claims/{report.claims[0].claim.id}.json").read_bytes())
    assert claim["verdict"]["reason"] == "agrees_with_caveat"
    assert len(claim["history"]) == 1
    article = json.loads((site / f"articles/{report.document.id}.json").read_bytes())
    assert article["summary"]["claims"] == 5
    source = json.loads((site / "sources/harbour-graders.json").read_bytes())
    assert source["findings"][0]["quantities"][0]["low"] == "41.3"


# ------------------------------------------------------------------------ feeds, sitemap, headers


def test_the_atom_feed_is_well_formed_whatever_the_claims_hold(site: Path, hostile_site: Path) -> None:
    for folder in (site, hostile_site):
        root = ElementTree.fromstring((folder / "feed.atom").read_bytes())  # noqa: S314 - our own file
        space = "{http://www.w3.org/2005/Atom}"
        entries = root.findall(f"{space}entry")
        assert len(entries) == 5
        ids = [entry.findtext(f"{space}id") for entry in entries]
        assert len(set(ids)) == 5
        assert all(entry.findtext(f"{space}updated") == "2026-02-03T09:30:00Z" for entry in entries)


def test_feed_ids_are_tags_of_the_sites_host(site: Path) -> None:
    feed = json.loads((site / "feed.json").read_bytes())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert all(item["id"].startswith("tag:kb.example,2026-02-03:claims/c-") for item in feed["items"])
    assert all(item["url"].startswith("https://kb.example/wf/claims/c-") for item in feed["items"])


def test_the_sitemap_lists_every_page_once(site: Path) -> None:
    root = ElementTree.fromstring((site / "sitemap.xml").read_bytes())  # noqa: S314 - our own file
    listed = [node.text for node in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = {
        f"https://kb.example/wf/{name}"
        for name in _files(site)
        if name.endswith(".html") and name != "404.html" and not name.startswith("embed/")
    }
    assert sorted(listed) == sorted(pages)


def test_without_an_address_there_is_no_sitemap_and_no_canonical_link(hostile_site: Path) -> None:
    assert not (hostile_site / "sitemap.xml").exists()
    assert b"canonical" not in (hostile_site / "index.html").read_bytes()


def test_the_headers_file_and_the_pages_carry_the_policy(site: Path) -> None:
    assert f"  Content-Security-Policy: {PAGE_POLICY}\n" in (site / "_headers").read_text()
    for name, content in _files(site).items():
        if name.endswith(".html"):
            own = EMBED_META_POLICY if name.startswith("embed/") else META_POLICY
            assert own in _Page(content).values("content"), name


# ------------------------------------------------------------------------ the folder


def test_a_folder_that_is_no_site_of_ours_is_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(InputError, match="isn't a site"):
        build_site(store, tmp_path)
    assert (tmp_path / "index.html").read_text() == "mine"


def test_an_empty_folder_and_an_old_site_are_built_into(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    build_site(store, out)
    (out / "CNAME").write_text("kb.example")
    (out / "claims/c-old.html").write_text("gone")
    build_site(store, out)
    assert (out / "CNAME").read_text() == "kb.example"
    assert not (out / "claims/c-old.html").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o755


def test_a_build_that_fails_leaves_the_old_site(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build_site(store, out)
    before = _files(out)

    def fail(count: int, total: int) -> None:
        if count == 5:
            raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="no space left"):
        build_site(store, out, progress=fail)
    assert _files(out) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "url", ["kb.example", "ftp://kb.example", "javascript:x", "https://", "https://a/?q=1"]
)
def test_a_base_url_that_is_no_address_is_refused(store: Store, tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="address"):
        build_site(store, tmp_path / "out", base_url=url)


def test_an_empty_knowledge_base_makes_a_site(tmp_path: Path) -> None:
    with Store.open(tmp_path / "kb", create=True) as empty:
        result = build_site(empty, tmp_path / "site")
    assert result.claims == 0
    assert "No claim is in the knowledge base yet." in (tmp_path / "site/index.html").read_text()


def test_progress_ends_at_its_total(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    build_site(store, tmp_path / "out", progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][0] == seen[-1][1]


# ------------------------------------------------------------------------ templates


def test_no_template_switches_escaping_off() -> None:
    for path in find_folder("templates").glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape|Markup|style=\"|\bon[a-z]+=\"", text), path.name
        for attribute in re.findall(
            r"\s(?:href|src|action|value|content|id|class|title)=([^\"'\s>]\S*)", text
        ):
            raise AssertionError(f"{path.name}: an attribute without quotation marks: {attribute}")


def test_addresses_from_outside_pass_the_scheme_check_in_every_template() -> None:
    for path in find_folder("templates").glob("*.html"):
        for link in re.findall(r'href="\{\{([^}]*)\}\}', path.read_text()):
            if any(word in link for word in ("link", "url")):
                assert "safe_link" in link or "canonical" in link, f"{path.name}: {link}"


def test_the_style_fetches_nothing() -> None:
    style = (find_folder("static") / "style.css").read_text()
    assert "@import" not in style
    assert "url(" not in style
