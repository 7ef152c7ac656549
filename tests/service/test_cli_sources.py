"""The verbs that bring sources in, as a user types them: what is printed, what is written, how they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.commands import gathering
from service.gather.adding import Gatherer
from service.gather.net import open_gatherer
from service.terminal import Terminal
from service.workbench import Workbench
from tests.ingest.docx_files import make_docx, paragraph
from tests.service.command_line import Run, make_run
from tests.service.publishers import PROSE, RESULT, Answer, Publishers, page

_ID = "smith-2024-lies-told-auditors"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(Workbench, "refresh_index", lambda self, progress=None: None)
    return make_run(capsys, monkeypatch)


@pytest.fixture
def home(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "kb"
    assert run("--home", folder, "init", "--empty").code == 0
    return folder


@pytest.fixture
def publishers(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    with Publishers() as running:

        def make_gatherer(terminal: Terminal, *, offline: bool) -> Gatherer:
            return open_gatherer(
                terminal.settings.home,
                offline=offline,
                limits=running.limits(),
                services=running.services(),
                delay_s=0,
            )

        monkeypatch.setattr(gathering, "make_gatherer", make_gatherer)
        yield running


def test_a_paper_is_added_checked_accepted_and_shown(home: Path, publishers: Publishers, run: Run) -> None:
    publishers.put_arxiv()
    added = run("--home", home, "sources", "add", "arXiv:2412.99991")
    assert added.code == 0
    assert f"added        {_ID}  Lies told to auditors" in added.out
    assert f"“{RESULT}”" in added.out
    assert f"wherefrom sources accept {_ID}" in added.err
    assert run("--home", home, "sources", "check", home / "sources").code == 0
    accepted = run("--home", home, "sources", "accept", _ID, "--by", "Ann", "--json")
    assert (accepted.code, accepted.json["reviewed_by"], accepted.json["findings"]) == (0, "Ann", 0)
    shown = run("--home", home, "sources", "show", _ID, "--json")
    assert shown.json["source"]["reviewed_on"] == datetime.now(UTC).date().isoformat()


def test_json_gives_the_exact_words_of_each_suggestion(home: Path, publishers: Publishers, run: Run) -> None:
    publishers.put_arxiv()
    answer = run("--home", home, "sources", "add", "2412.99991", "--json").json
    assert answer["id"] == _ID
    assert RESULT in [suggestion["exact"] for suggestion in answer["suggestions"]]
    assert answer["captures"][0]["status"] == 200
    assert Path(answer["file"]).is_file()


def test_a_word_document_is_added_with_what_is_stated(
    home: Path, publishers: Publishers, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "audit.docx"
    path.write_bytes(make_docx(paragraph(PROSE) + paragraph(RESULT)))
    added = run(
        "--home", home, "sources", "add", path, "--tier", "primary", "--by", "Ann", "--publisher", "The Lab",
        "--url", "https://example.org/audits", "--json",
    )  # fmt: skip
    assert added.code == 0
    source = added.json["source"]
    assert (source["title"], source["publisher"], source["reviewed_by"]) == (
        "Audits of model A",
        "The Lab",
        "Ann",
    )
    assert source["url"] == "https://example.org/audits"
    assert publishers.asked == []


def test_a_paper_whose_text_is_closed_ends_with_3_and_is_known_all_the_same(
    home: Path, publishers: Publishers, run: Run
) -> None:
    publishers.put_arxiv()
    del publishers.answers["/arxiv/html/2412.99991"]
    added = run("--home", home, "sources", "add", "2412.99991")
    assert added.code == 3
    assert f"no text of {_ID} is held" in added.err
    assert run("--home", home, "sources", "show", _ID).code == 0
    publishers.answers["/arxiv/html/2412.99991"] = Answer(page())
    fetched = run("--home", home, "sources", "fetch", _ID)
    assert (fetched.code, f"{_ID}  new_version" in fetched.out) == (0, True)


def test_all_texts_are_fetched_and_what_failed_is_said(home: Path, publishers: Publishers, run: Run) -> None:
    publishers.put_arxiv()
    run("--home", home, "sources", "add", "2412.99991", "--offline", "--title", "Lies told to auditors")
    run(
        "--home", home, "sources", "add", publishers.url("/gone"), "--offline", "--title", "Gone from the web"
    )
    fetched = run("--home", home, "sources", "fetch", "--all")
    assert fetched.code == 3
    assert fetched.out.endswith("2 sources: 1 fetched, 1 not fetched, 0 left out.\n")
    assert "answered with status 404" in fetched.out
    again = run("--home", home, "sources", "fetch", "--all")
    assert again.out == "2 sources: 0 fetched, 0 not fetched, 2 left out.\n"


def test_offline_fetches_nothing_and_says_so(home: Path, publishers: Publishers, run: Run) -> None:
    run("--home", home, "sources", "add", "2412.99991", "--offline", "--title", "Lies")
    ended = run("--home", home, "sources", "fetch", "--all", "--offline")
    assert "--offline was given: nothing was fetched" in ended.out
    assert publishers.asked == []


def test_a_retraction_is_proposed_and_taken_only_when_accepted(
    home: Path, publishers: Publishers, run: Run
) -> None:
    publishers.put_doi(pdf_url=publishers.url("/open"))
    publishers.answers["/open"] = Answer(page())
    added = run("--home", home, "sources", "add", "10.1234/trial.7", "--json")
    source_id = added.json["id"]
    Path(added.json["file"]).unlink()
    publishers.put_doi(
        pdf_url=publishers.url("/open"), **{"updated-by": [{"DOI": "10.1234/r", "type": "retraction"}]}
    )
    refreshed = run("--home", home, "sources", "refresh", source_id)
    assert f"{source_id}  retracted: Crossref, OpenAlex says it was retracted" in refreshed.out
    assert "touches 0 claims" in refreshed.out
    assert run("--home", home, "sources", "show", source_id, "--json").json["source"]["status"] == "current"
    assert run("--home", home, "sources", "accept", source_id).code == 0
    assert run("--home", home, "sources", "show", source_id, "--json").json["source"]["status"] == "retracted"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (("sources", "add", "nothing-here"), 3, "no such file"),
        (("sources", "add", "https://example.org/a", "--offline"), 3, "its title is not known; give --title"),
        (
            ("sources", "add", "2412.99991", "--tier", "tertiary"),
            2,
            "--tier 'tertiary': wanted primary or secondary",
        ),
        (("sources", "add", "2412.99991", "--kind", "novel"), 2, "--kind 'novel': wanted one of paper"),
        (("sources", "add", "2412.99991", "--published", "spring"), 2, "--published 'spring': wanted YYYY"),
        (("sources", "add", "2412.99991", "--url", "a.org"), 2, "--url 'a.org': wanted an http(s) address"),
        (("sources", "add", "2412.99991", "--id", "A B"), 2, "lower-case words joined by hyphens"),
        (("sources", "fetch"), 2, "`sources fetch ID...` or `sources fetch --all`"),
        (("sources", "fetch", "nobody"), 3, "no source nobody"),
        (("sources", "refresh"), 2, "`sources refresh ID...` or `sources refresh --all`"),
        (("sources", "accept", "nobody"), 3, "no source nobody"),
    ],
)
def test_wrong_input_is_named_with_what_is_wanted(
    home: Path, publishers: Publishers, run: Run, line: tuple[str, ...], code: int, words: str
) -> None:
    ended = run("--home", home, *line)
    assert (ended.code, words in ended.err) == (code, True), ended.err
    assert "Traceback" not in ended.err


def test_a_look_alike_host_and_a_wrong_figure_are_faults_of_a_file(
    home: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "bad-2025.yml"
    path.write_text(
        'id: bad-2025\ntitle: "Bad"\nkind: paper\ntier: primary\nurl: https://arxlv.org/abs/2412.99991\n'
        'reviewed: {by: "Ann", on: "2026-11-21"}\nfindings:\n  - {id: a, statement: "It is 5% of all.", quantities: '
        '[{value: "6", unit: percent}], entity: A, property: rate, locator: p. 1, verified: text}\n',
        encoding="utf-8",
    )
    ended = run("--home", home, "sources", "check", path)
    assert ended.code == 4
    assert "arxlv.org looks like arxiv.org" in ended.err
    assert "the statement doesn't hold the figure 6" in ended.err


def test_a_figure_that_the_held_text_lacks_is_a_fault(home: Path, publishers: Publishers, run: Run) -> None:
    publishers.put_arxiv()
    path = Path(run("--home", home, "sources", "add", "2412.99991", "--json").json["file"])
    finding = (
        'reviewed: {{by: "Ann", on: "2026-11-21"}}\nfindings:\n  - {{id: a, statement: "It lied in {0}% of audits.", quantities: '
        '[{{value: "{0}", unit: percent}}], entity: A, property: rate, locator: body, verified: text}}\n'
    )
    written = path.read_text(encoding="utf-8")
    path.write_text(written + finding.format("47.3"), encoding="utf-8")
    assert run("--home", home, "sources", "check", path).code == 0
    path.write_text(written + finding.format("48.9"), encoding="utf-8")
    ended = run("--home", home, "sources", "check", path)
    assert (ended.code, "48.9% is not in the text that is held" in ended.err) == (4, True)


def test_a_refresh_that_nobody_answers_ends_with_3_and_says_so(
    home: Path, publishers: Publishers, run: Run
) -> None:
    run("--home", home, "sources", "add", publishers.url("/post"), "--offline", "--title", "A post")
    publishers.answers["/post"] = Answer(status=500)
    ended = run("--home", home, "sources", "refresh", "--all")
    assert (ended.code, "nobody could be asked" in ended.out) == (3, True)


def test_init_with_fetch_brings_the_texts_of_what_is_known(
    home: Path, publishers: Publishers, run: Run
) -> None:
    publishers.put_arxiv()
    run("--home", home, "sources", "add", "2412.99991", "--offline", "--title", "Lies told to auditors")
    ended = run("--home", home, "init", "--empty", "--fetch")
    assert (ended.code, "1 sources: 1 fetched" in ended.out) == (0, True)
