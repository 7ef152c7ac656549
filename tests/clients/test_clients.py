"""Real clients of each protocol against the live server. Run with `make test-clients`."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ARTICLE  # type: ignore[import-not-found]

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]
EMOJI = "\U0001f600\U0001f469‍\U0001f52c "


def test_language_tool_python_shows_the_right_figure(address: str) -> None:
    import language_tool_python

    with language_tool_python.LanguageTool("en-US", remote_server=address) as tool:
        text = EMOJI + ARTICLE
        found = tool.check(text)
        wrong = next(one for one in found if one.rule_id == "WHEREFROM_WRONG_SUBJECT")
        assert wrong.replacements == ["25%"]
        assert text[wrong.offset : wrong.offset + wrong.error_length] == "39%"
        assert language_tool_python.utils.correct(text, [wrong]) == text.replace("39%", "25%")


def test_pylanguagetool_reads_the_matches(address: str) -> None:
    from pylanguagetool import api

    answer = api.check(ARTICLE, api_url=f"{address}/v2/", lang="en-US")
    assert "WHEREFROM_WRONG_SUBJECT" in {match["rule"]["id"] for match in answer["matches"]}


def test_googles_client_searches_claims_with_its_own_discovery_document(address: str) -> None:
    from googleapiclient.discovery import build

    service = build(
        "factchecktools", "v1alpha1", developerKey="none-needed", client_options={"api_endpoint": address}, static_discovery=True
    )  # fmt: skip
    request = service.claims().search(query="hint", pageSize=1)
    texts = []
    while request is not None:
        answer = request.execute()
        texts += [claim["text"] for claim in answer.get("claims", [])]
        request = service.claims().search_next(request, answer) if answer.get("nextPageToken") else None
    assert len(texts) > 1
    assert all("\n" not in text and "](" not in text for text in texts)


def test_googles_client_raises_its_own_error_for_a_wrong_request(address: str) -> None:
    from googleapiclient.discovery import build
    from googleapiclient.errors import HttpError

    service = build("factchecktools", "v1alpha1", developerKey="x", client_options={"api_endpoint": address})
    with pytest.raises(HttpError) as caught:
        service.claims().search(pageSize=3).execute()
    assert caught.value.status_code == 400


def test_reconciler_matches_a_column_of_titles(address: str) -> None:
    import pandas
    from reconciler import reconcile

    titles = pandas.Series(["GPT-4 Technical Report", "Reasoning Models Don't Always Say What They Think"])
    table = reconcile(titles, type_id="source", reconciliation_endpoint=f"{address}/v1/reconcile")
    best = dict(zip(table["input_value"], table["id"], strict=False))
    assert best["GPT-4 Technical Report"] == "openai-2023-gpt4-report"


def test_a_generated_client_checks_a_text(address: str, tmp_path: Path) -> None:
    made = tmp_path / "client"
    command = Path(sys.executable).parent / "openapi-python-client"
    subprocess.run(
        [command, "generate", "--url", f"{address}/openapi.json", "--output-path", made, "--meta", "none"],
        check=True,
        timeout=300,
    )
    sys.path.insert(0, str(tmp_path))
    try:
        client = importlib.import_module("client.client").Client(base_url=address)
        request = importlib.import_module("client.models.check_request").CheckRequest(text=ARTICLE)
        report = importlib.import_module("client.api.default.check").sync(client=client, body=request)
        assert hasattr(report, "claims"), report
        assert next(claim.verdict.reason for claim in report.claims) == "wrong_subject"
    finally:
        sys.path.remove(str(tmp_path))


def test_schemathesis_finds_no_fault_and_no_undocumented_answer(address: str, tmp_path: Path) -> None:
    command = Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [
            command, "run", f"{address}/openapi.json", "--max-examples", "15", "--seed", "20", "--workers", "1",
            "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            "--generation-database", "none", "--no-color",
        ],
        capture_output=True,
        text=True,
        timeout=560,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_sarif_tools_reads_the_log(wherefrom: str, home: Path, tmp_path: Path) -> None:
    from sarif import loader

    draft = tmp_path / "draft.txt"
    draft.write_text(ARTICLE)
    log = tmp_path / "log.sarif"
    done = subprocess.run(
        [wherefrom, "--home", home, "check", draft, "--sarif", "--quiet"],
        capture_output=True,
        timeout=300,
        check=True,
    )
    log.write_bytes(done.stdout)
    read = loader.load_sarif_file(str(log))
    counts = read.get_report().get_issue_count_for_severity("error")
    assert counts >= 1
    assert json.loads(done.stdout)["version"] == "2.1.0"
