"""The feed of verdicts, the log's head and annotations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kb.types import Raw
from service.api import create_app
from service.workbench import Workbench

ADDRESS = "https://news.example/article"
TEXT = "In a survey 31% of bakers lied about rye. Of 40 graders 12 were fooled."


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench.open(tmp_path_factory.mktemp("home") / "kb", create=True) as workbench:
        workbench.ingest(Raw(name="a.txt", content=TEXT.encode(), media_type="text/plain", url=ADDRESS))
        yield workbench


@pytest.fixture(scope="module")
def client(workbench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(workbench), base_url="http://127.0.0.1:8000") as made:
        yield made


def test_every_recorded_verdict_is_a_change(client: TestClient, workbench: Workbench) -> None:
    items = client.get("/v1/changes").json()["items"]
    assert [one["number"] for one in items] == list(range(1, workbench.store.chain_head().number + 1))
    assert all(one["former_label"] is None for one in items)


def test_polling_with_the_last_number_brings_only_what_is_new(client: TestClient) -> None:
    first = client.get("/v1/changes", params={"limit": 1}).json()
    rest = client.get("/v1/changes", params={"after": first["next"]}).json()
    whole = client.get("/v1/changes").json()
    assert first["items"] + rest["items"] == whole["items"]
    assert client.get("/v1/changes", params={"after": whole["items"][-1]["number"]}).json()["items"] == []


def test_the_heads_hash_is_that_of_the_last_change(client: TestClient) -> None:
    head = client.get("/v1/audit/head").json()
    assert head["sha256"] == client.get("/v1/changes").json()["items"][-1]["sha256"]


def test_an_annotation_finds_its_words_in_the_article(client: TestClient) -> None:
    answer = client.get("/v1/annotations", params={"uri": ADDRESS})
    assert answer.headers["content-type"].startswith("application/ld+json")
    items = answer.json()["items"]
    assert len(items) >= 2
    for item in items:
        quote, position = item["target"]["selector"]
        assert TEXT[position["start"] : position["end"]] == quote["exact"]
        assert TEXT.count(quote["prefix"] + quote["exact"] + quote["suffix"]) == 1


def test_an_unknown_address_has_no_annotations(client: TestClient) -> None:
    assert client.get("/v1/annotations", params={"uri": "https://news.example/other"}).json()["items"] == []
