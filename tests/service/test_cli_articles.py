"""The verbs on real articles, through the whole line: check, ingest, explain, search, build; and wrong input."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.cli import run
from service.terminal import EXIT_DONE, EXIT_FINDINGS, EXIT_INPUT, EXIT_KNOWLEDGE_BASE, EXIT_USAGE
from tests.service.command_line import Ended, Run, make_run

EXAMPLES = Path(__file__).resolve().parents[2] / "service" / "examples"
ARTICLE = EXAMPLES / "draft-with-source.md"

GERMAN = (
    "Die Forscherinnen und Forscher haben untersucht, wie oft die Modelle ihre Aufgaben verweigern. In 47 Prozent"
    " der Versuche widersetzten sich die Systeme der Abschaltung, obwohl sie ausdrücklich darum gebeten worden waren."
    " Die Ergebnisse wurden in der vergangenen Woche in einer Fachzeitschrift veröffentlicht und sorgten für Aufsehen."
)


@pytest.fixture
def wherefrom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return make_run(capsys, monkeypatch)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base that holds one source with its text: the invented one of the examples."""
    folder = tmp_path_factory.mktemp("cli") / "home"
    meta = EXAMPLES / "reading-room-2026.yml"
    assert run(["init", "--empty", "--quiet", "--home", str(folder)]) == EXIT_DONE
    added = ["sources", "add", str(EXAMPLES / "reading-room-2026.txt"), "--meta", str(meta)]
    assert run([*added, "--quiet", "--home", str(folder)]) == EXIT_DONE
    return folder


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# ---------------------------------------------------------------------- check


def test_a_report_starts_with_its_summary_and_shows_the_passage(wherefrom: Run, home: Path) -> None:
    ended = wherefrom("check", ARTICLE, "--home", home)
    assert ended.code == EXIT_DONE
    assert " claims: " in ended.out.splitlines()[0]
    assert "An answer that names its source can be checked" in ended.out
    assert "The Reading Room Test" in ended.out
    assert "https://example.org/reading-room-test" in ended.out


def test_a_report_in_json_is_the_documented_object(wherefrom: Run, home: Path) -> None:
    report = wherefrom("check", ARTICLE, "--home", home, "--json").json
    assert list(report)[:7] == ["ok", "document", "summary", "checker", "ground", "claims", "issues"]
    assert report["summary"]["claims"] == len(report["claims"]) > 3
    claim = report["claims"][0]
    text = ARTICLE.read_text(encoding="utf-8")
    assert text[claim["start"] : claim["end"]] == claim["text"]


def test_the_same_check_twice_gives_the_same_bytes(wherefrom: Run, home: Path) -> None:
    first = wherefrom("check", ARTICLE, "--home", home, "--json")
    second = wherefrom("check", ARTICLE, "--home", home, "--json")
    assert first.out == second.out


def test_a_check_keeps_nothing(wherefrom: Run, home: Path) -> None:
    wherefrom("check", ARTICLE, "--home", home)
    before = files_under(home)
    wherefrom("check", ARTICLE, "--home", home)
    after = files_under(home)
    sentence = b"Four assistants, 250 questions"
    assert set(after) == set(before)
    assert not any(sentence in content for content in after.values())


def test_standard_input_is_checked(wherefrom: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ARTICLE.read_bytes()), encoding="utf-8"))
    report = wherefrom("check", "-", "--home", home, "--json").json
    assert report["document"]["name"] == "-"
    assert report["claims"]


def test_several_reports_in_json_are_one_object_a_line(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    ended = wherefrom("check", ARTICLE, missing, ARTICLE, "--home", home, "--json")
    reports = [json.loads(line) for line in ended.out.splitlines()]
    assert [report["ok"] for report in reports] == [True, False, True]
    assert reports[1]["error"]["input"] == str(missing)
    assert ended.code == EXIT_INPUT


def test_fail_on_ends_with_1_where_such_a_claim_stands(wherefrom: Run, home: Path) -> None:
    report = wherefrom("check", ARTICLE, "--home", home, "--json").json
    for label in ("supported", "contested", "unsourced"):
        ended = wherefrom("check", ARTICLE, "--home", home, "--fail-on", label)
        assert ended.code == (EXIT_FINDINGS if report["summary"][label] else EXIT_DONE), label


def test_an_unreadable_input_outranks_fail_on(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    ended = wherefrom(
        "check", ARTICLE, tmp_path / "missing", "--fail-on", "supported,contested,unsourced", "--home", home
    )
    assert ended.code == EXIT_INPUT


def test_explain_prints_the_chain_of_one_claim(wherefrom: Run, home: Path) -> None:
    ended = wherefrom("check", ARTICLE, "--explain", "1", "--home", home)
    assert [word for word in ("Read", "Cited", "Weighed", "Decided") if word not in ended.out] == []
    traced = wherefrom("check", ARTICLE, "--explain", "1", "--home", home, "--json").json
    assert traced["claim"]["verdict"]["trace"]


def test_explain_of_a_claim_that_is_not_there_is_wrong_usage(wherefrom: Run, home: Path) -> None:
    ended = wherefrom("check", ARTICLE, "--explain", "99", "--home", home)
    assert ended.code == EXIT_USAGE
    assert "the article has claims 1 to" in ended.err


# ---------------------------------------------------------------------- ingest and what follows


@pytest.fixture(scope="module")
def ingested(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """A knowledge base with the article in it, and the article's report."""
    import contextlib
    import shutil

    folder = tmp_path_factory.mktemp("ingested") / "home"
    shutil.copytree(home, folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(["ingest", str(ARTICLE), "--home", str(folder), "--json"]) == EXIT_DONE
    yield folder, json.loads(out.getvalue())


def test_ingesting_twice_changes_nothing(wherefrom: Run, ingested: tuple[Path, Any]) -> None:
    folder, report = ingested
    assert report["change"] == "added"
    assert wherefrom("ingest", ARTICLE, "--home", folder, "--json").json["change"] == "unchanged"


@pytest.mark.parametrize("verb", ["show", "explain"])
def test_a_stored_claim_is_found_again(wherefrom: Run, ingested: tuple[Path, Any], verb: str) -> None:
    folder, report = ingested
    claim = report["claims"][0]
    stored = wherefrom(verb, claim["id"], "--home", folder, "--json").json["claim"]
    assert (stored["text"], stored["verdict"]["reason"]) == (claim["text"], claim["verdict"]["reason"])
    assert claim["id"] in wherefrom(verb, claim["id"], "--home", folder).out


def test_a_stored_article_is_shown_as_it_was_checked(wherefrom: Run, ingested: tuple[Path, Any]) -> None:
    folder, report = ingested
    shown = wherefrom("show", report["document"]["id"], "--home", folder, "--json").json
    assert shown["summary"] == report["summary"]
    assert [claim["id"] for claim in shown["claims"]] == [claim["id"] for claim in report["claims"]]


def test_a_search_finds_claims_and_passages(wherefrom: Run, ingested: tuple[Path, Any]) -> None:
    folder, _ = ingested
    found = wherefrom("search", "assistants", "--home", folder, "--json").json
    assert found["claims"]
    assert any("assistants" in passage["text"] for passage in found["passages"])
    shown = wherefrom("search", "assistants", "--home", folder)
    assert "The Reading Room Test" in shown.out


def test_a_search_for_hostile_words_is_no_fault(wherefrom: Run, ingested: tuple[Path, Any]) -> None:
    folder, _ = ingested
    for query in ('"', "p(doom)", "GPT-4 AND (", "*", "\\", "\x00", "' OR 1=1 --"):
        assert wherefrom("search", query, "--home", folder).code == EXIT_DONE, query


def test_the_site_is_built(wherefrom: Run, ingested: tuple[Path, Any], tmp_path: Path) -> None:
    folder, report = ingested
    built = wherefrom("build", tmp_path / "site", "--home", folder, "--json").json
    assert built["claims"] == report["summary"]["claims"]
    assert (tmp_path / "site" / "claims" / f"{report['claims'][0]['id']}.html").is_file()


def test_reindexing_gives_the_same_answers(wherefrom: Run, ingested: tuple[Path, Any]) -> None:
    import shutil

    folder, _ = ingested
    before = wherefrom("check", ARTICLE, "--home", folder, "--json").json["claims"]
    shutil.rmtree(folder / "index")
    assert wherefrom("reindex", "--home", folder).code == EXIT_DONE
    assert wherefrom("check", ARTICLE, "--home", folder, "--json").json["claims"] == before


# ---------------------------------------------------------------------- sources


def write_manifest(folder: Path, *rows: dict[str, object] | str) -> Path:
    path = folder / "sources.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def row_of(name: str, **fields: object) -> dict[str, object]:
    return {
        "id": name,
        "file": f"{name}.txt",
        "title": f"On {name}",
        "kind": "report",
        "tier": "primary",
        **fields,
    }


def test_a_manifest_adds_what_can_be_added_and_tells_the_rest(wherefrom: Run, tmp_path: Path) -> None:
    home, texts = tmp_path / "home", tmp_path / "texts"
    texts.mkdir()
    for name in ("one", "two"):
        (texts / f"{name}.txt").write_text(
            f"Report {name}. The models lied in 47% of all the runs that we saw."
        )
    manifest = write_manifest(
        tmp_path, row_of("one"), "{not json", row_of("missing"), row_of("two"), row_of("odd", tier="third")
    )
    wherefrom("init", "--empty", "--home", home)
    ended = wherefrom("sources", "add", manifest, "--texts", texts, "--home", home)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert f"{manifest}:2" in ended.err
    assert f"{manifest}:5: tier" in ended.err
    assert "missing.txt" in ended.err
    listed = wherefrom("sources", "list", "--home", home, "--json").json["sources"]
    assert [source["id"] for source in listed] == ["one", "two"]


def test_the_same_bytes_again_change_nothing_and_other_bytes_are_a_new_version(
    wherefrom: Run, tmp_path: Path
) -> None:
    home, text, meta = tmp_path / "home", tmp_path / "one.txt", tmp_path / "one.yml"
    meta.write_text("id: one\ntitle: On one\nkind: report\ntier: primary\n")
    text.write_text("The models lied in 47% of all the runs that we saw in the spring of this year.")
    wherefrom("init", "--empty", "--home", home)
    line = ("sources", "add", text, "--meta", meta, "--home", home, "--json")
    assert wherefrom(*line).json["change"] == "added"
    assert wherefrom(*line).json["change"] == "unchanged"
    text.write_text("The models lied in 48% of all the runs that we saw in the spring of this year.")
    assert wherefrom(*line).json["change"] == "new_version"
    shown = wherefrom("sources", "show", "one", "--home", home, "--json").json["source"]
    assert [version["current"] for version in shown["versions"]].count(True) == 1
    assert len(shown["versions"]) == 2


def test_an_unreadable_text_of_a_source_ends_with_3(wherefrom: Run, tmp_path: Path) -> None:
    home, text, meta = tmp_path / "home", tmp_path / "one.pdf", tmp_path / "one.yml"
    meta.write_text("id: one\ntitle: On one\nkind: report\ntier: primary\n")
    text.write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    wherefrom("init", "--empty", "--home", home)
    ended = wherefrom("sources", "add", text, "--meta", meta, "--home", home)
    assert ended.code == EXIT_INPUT
    assert "one.pdf" in ended.err


# ---------------------------------------------------------------------- wrong input

WRONG_INPUT: dict[str, tuple[bytes | None, str]] = {
    "missing.txt": (None, "no such file"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n", ""),
    "rubbish.bin": (bytes(range(256)) * 40, ""),
    "image.png": (b"\x89PNG\r\n\x1a\n" + bytes(400), "PNG"),
    "archive.docx": (b"PK\x03\x04" + bytes(400), "ZIP"),
    "bare.html": (
        b"<!DOCTYPE html><html><head><title>x</title></head><body><script>1</script></body></html>",
        "",
    ),
    "german.txt": (GERMAN.encode(), "English"),
    "broken.pdf": (b"%PDF-1.7\nrubbish", ""),
    "huge.txt": (b"The model lied in 47% of runs. " * 900_000, ""),
}


@pytest.mark.parametrize("name", WRONG_INPUT)
def test_wrong_input_gets_one_message_that_names_it_and_code_3(
    wherefrom: Run, home: Path, tmp_path: Path, name: str
) -> None:
    content, said = WRONG_INPUT[name]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    ended = wherefrom("check", path, "--home", home)
    assert (ended.code, ended.out) == (EXIT_INPUT, "")
    assert str(path) in ended.err
    assert said in ended.err
    assert ended.err.count("error:") == 1
    assert "Traceback" not in ended.err
    assert_same_in_json(wherefrom("check", path, "--home", home, "--json"), path)


def assert_same_in_json(ended: Ended, path: Path) -> None:
    assert (ended.code, ended.err) == (EXIT_INPUT, "")
    assert ended.json["ok"] is False
    assert str(path) in ended.json["error"]["message"]


def test_a_folder_is_no_article(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    ended = wherefrom("check", tmp_path, "--home", home)
    assert ended.code == EXIT_INPUT
    assert "is a directory" in ended.err


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/", "https://"]
)
def test_an_address_inside_is_refused(wherefrom: Run, home: Path, url: str) -> None:
    ended = wherefrom("check", url, "--home", home)
    assert ended.code == EXIT_INPUT
    assert ended.err.count("error:") == 1


def test_a_broken_meta_file_names_its_lines(wherefrom: Run, home: Path, tmp_path: Path) -> None:
    meta = tmp_path / "broken.yml"
    meta.write_text("id: Broken Id\ntitle: x\nkind: report\ntier: third\n")
    ended = wherefrom("sources", "add", ARTICLE, "--meta", meta, "--home", home)
    assert ended.code == EXIT_KNOWLEDGE_BASE
    assert f"{meta}:1: id" in ended.err
    assert f"{meta}:4: " in ended.err


def test_a_corpus_that_is_not_there_is_said(wherefrom: Run, tmp_path: Path) -> None:
    ended = wherefrom("eval", "corpus", "--data", tmp_path / "nothing")
    assert ended.code == EXIT_INPUT
    assert "nothing" in ended.err
