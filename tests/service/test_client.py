"""The package's own client against a live server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kb.types import Raw
from service.api import create_app
from service.client import ApiError, Client
from service.workbench import Workbench
from sources.registry import read_registry

ARTICLE = (
    "Claude 3.7 Sonnet mentioned the hint only 39% of the time, Anthropic found.\n\n"
    "DeepSeek R1 mentioned the hint 39% of the time.\n"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    import uvicorn

    home = tmp_path_factory.mktemp("home") / "kb"
    with Workbench.open(home, create=True) as workbench:
        for source in read_registry().sources:
            if source.id in ("chen-2025-cot-faithfulness", "openai-2023-gpt4-report"):
                workbench.store.save_source(
                    source, origin="registry", added_at=datetime(2026, 1, 1, tzinfo=UTC)
                )
        workbench.refresh_index()
        workbench.ingest(Raw(name="article.txt", content=ARTICLE.encode(), media_type="text/plain"))
        config = uvicorn.Config(
            create_app(workbench), host="127.0.0.1", port=0, access_log=False, log_level="warning"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with Client(f"http://127.0.0.1:{port}") as made:
            yield made
        server.should_exit = True
        thread.join(20)


def test_a_text_is_checked_and_its_report_is_typed(client: Client) -> None:
    report = client.check(ARTICLE)
    assert report.claims[0].verdict.reason == "wrong_subject"
    assert report.claims[0].verdict.correction == "25%"


def test_a_later_answer_is_that_of_a_plain_check(client: Client) -> None:
    assert client.wait(client.check_later(ARTICLE), every_s=0.05) == client.check(ARTICLE)


def test_pages_of_claims_follow_one_another_without_loss(client: Client) -> None:
    whole = [claim.id for claim in client.claims()]
    assert len(whole) >= 2
    assert [claim.id for claim in client.claims(limit=1)] == whole


def test_stored_things_are_found_by_their_ids(client: Client) -> None:
    claim = next(client.claims())
    assert client.claim(claim.id).id == claim.id
    assert client.article(claim.article.id).document.id == claim.article.id
    source = client.source("chen-2025-cot-faithfulness")
    assert source.id in {one.id for one in client.sources()}


def test_texts_are_matched_in_their_order(client: Client) -> None:
    first, second = client.match("39%", "zebra crossings")
    assert first
    assert not second


def test_search_answers_passages_and_claims(client: Client) -> None:
    assert client.search("mentioned the hint").claims


def test_a_problem_is_an_exception_with_its_code(client: Client) -> None:
    with pytest.raises(ApiError) as caught:
        client.claim("c-0000000000")
    assert (caught.value.status, caught.value.code) == (404, "not_found")


def test_one_input_is_wanted(client: Client) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        client.check("a", html="b")
