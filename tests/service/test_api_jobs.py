"""Checks that answer later: accepted at once, told as they go on, forgotten when asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.errors import InputError
from kb.types import Raw, Report
from service.api import create_app
from service.workbench import Workbench

TEXT = "Of 40 graders 12 were fooled. In a survey 31% of bakers lied about rye."
LATER = {"Prefer": "respond-async"}


class Held(Workbench):
    """Checks wait until the gate is opened; a text of "broken" can't be read."""

    gate = threading.Event()
    entered = threading.Event()

    def check(self, raw: Raw, **more: Any) -> Report:
        self.entered.set()
        assert self.gate.wait(60)
        if raw.content == b"broken":
            raise InputError("This text can't be read.")
        return super().check(raw, **more)


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    Held.gate, Held.entered = threading.Event(), threading.Event()
    with (
        Held.open(tmp_path_factory.mktemp("home") / "kb", create=True) as workbench,
        TestClient(create_app(workbench), base_url="http://127.0.0.1:8000") as made,
    ):
        yield made
        Held.gate.set()


def wait_for_end(client: TestClient, address: str) -> dict[str, Any]:
    for _ in range(20_000):
        told = dict(client.get(address).json())
        if told["state"] in ("done", "failed"):
            return told
    raise AssertionError("the job never ended")


def test_a_check_that_may_answer_later_is_accepted_at_once(client: TestClient) -> None:
    answer = client.post("/v1/check", json={"text": TEXT}, headers=LATER)
    assert answer.status_code == 202
    assert answer.json()["state"] in ("queued", "running")
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"


def test_the_report_of_a_job_is_that_of_a_plain_check(client: TestClient) -> None:
    address = client.post("/v1/check", json={"text": TEXT}, headers=LATER).headers["location"]
    Held.gate.set()
    told = wait_for_end(client, address)
    assert told["state"] == "done"
    assert told["progress"]["done"] == told["progress"]["total"] > 0
    assert client.get(told["result"]).json() == client.post("/v1/check", json={"text": TEXT}).json()


def test_an_unfinished_job_has_no_report(client: TestClient) -> None:
    address = client.post("/v1/check", json={"text": TEXT}, headers=LATER).headers["location"]
    assert client.get(f"{address}/report").status_code == 404
    assert client.get(address).headers["retry-after"] == "1"


def test_a_job_that_fails_says_why_as_a_problem(client: TestClient) -> None:
    address = client.post("/v1/check", json={"text": "broken"}, headers=LATER).headers["location"]
    Held.gate.set()
    told = wait_for_end(client, address)
    assert told["state"] == "failed"
    assert told["problem"]["code"] == "input_unreadable"


def test_a_dropped_job_is_gone(client: TestClient) -> None:
    address = client.post("/v1/check", json={"text": TEXT}, headers=LATER).headers["location"]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    Held.gate.set()


def test_a_jobs_address_can_not_be_guessed_from_another(client: TestClient) -> None:
    Held.gate.set()
    addresses = {
        client.post("/v1/check", json={"text": TEXT}, headers=LATER).headers["location"] for _ in range(3)
    }
    assert len(addresses) == 3
    assert all(len(address.rpartition("-")[2]) == 32 for address in addresses)


def test_an_unknown_job_is_not_found(client: TestClient) -> None:
    assert client.get("/v1/jobs/j-" + "0" * 32).status_code == 404
    assert client.get("/v1/jobs/nonsense").status_code == 422
