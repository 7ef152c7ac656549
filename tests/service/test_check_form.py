"""Laws of the check page's form: a file is read as what it is, stays off the disk, and what is wrong is told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api import create_app
from service.report_export import export_report
from service.security import MAX_PDF_BYTES
from service.workbench import Workbench
from tests.service import report_builders as build

DRAFT = "Roughly 40% of graders were fooled by the model, the Harbour Lab found."
PAGE = f"<html><body><article><h1>Graders</h1><p>{DRAFT}</p></article></body></html>"
_PARTS = "multipart/form-data; boundary=x"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("form") / "kb"
    build.fill_store(home).close()
    with (
        Workbench.open(home) as workbench,
        TestClient(
            create_app(workbench), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
        ) as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("draft.txt", DRAFT.encode()), ("draft.md", DRAFT.encode()), ("page.html", PAGE.encode()),
        ("draft.docx", export_report(build.report(DRAFT.replace("Lab found", "Lab says") + build.TEXT), "docx")),
        ("nameless", DRAFT.encode()), ("..\\..\\draft.TXT", DRAFT.encode()), ("../../etc/x.txt", DRAFT.encode()),
    ],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is(client: TestClient, name: str, content: bytes) -> None:
    answer = client.post("/check", files={"file": (name, content)}, data={"text": "", "url": ""})
    assert answer.status_code == 200
    assert "<mark" in answer.text
    assert "Roughly 40%" in answer.text
    assert "etc/x" not in answer.text


def test_a_text_may_come_in_parts_too(client: TestClient) -> None:
    in_parts = client.post("/check", files={"file": ("", b"")}, data={"text": DRAFT, "url": ""})
    assert in_parts.status_code == 200
    assert in_parts.content == client.post("/check", data={"text": DRAFT}).content


def test_a_file_never_touches_the_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file of a check went to the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    long = (
        (DRAFT + "\n\n" + "And so on it goes. " * 10 + "\n\n").encode() + b"<!--" + b"-" * 1_500_000 + b"-->"
    )
    answer = client.post("/check", files={"file": ("long.html", long)})
    assert answer.status_code in (200, 413)


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        (_PARTS, b"", 422), (_PARTS, b"rubbish", 400), ("multipart/form-data", b"x", 400), (_PARTS, b"--x\r\n\r\n\r\n--x--", 400),
        (_PARTS, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n', None),
        (_PARTS, b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 rubbish\r\n--x--\r\n', 422),
        (_PARTS, b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\nPK\x03\x04rubbish\r\n--x--\r\n', 422),
        (_PARTS, b'--x\r\nContent-Disposition: form-data; name="file"; filename="empty.txt"\r\n\r\n\r\n--x--\r\n', 422),
        (_PARTS, b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(20)) + b"--x--\r\n", 400),
        (_PARTS, b"--x\r\n" + b"A: b\r\n" * 5_000 + b"\r\n\r\n--x--\r\n", 400),
        ("multipart/form-data; boundary=x; charset=klingon", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhi\r\n--x--\r\n', None),
        ("multipart/form-data; boundary=\xff", b"x", 400),
        ("application/x-www-form-urlencoded", b"text=%ff", 400), ("application/x-www-form-urlencoded", b"\xff", 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 20), 400), ("text/plain", b"x", 415), ("", b"x", 415),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/check", "/check/export"])
def test_a_broken_form_is_refused(
    client: TestClient, path: str, media_type: str, body: bytes, status: int | None
) -> None:
    answer = client.post(path, content=body, headers={"content-type": media_type.encode("latin-1")})
    assert 400 <= answer.status_code < 500 or (status is None and answer.status_code == 200)
    if status is not None and path == "/check":
        assert answer.status_code == status, answer.text[-600:]


def test_a_file_over_the_limit_is_refused(client: TestClient) -> None:
    assert client.post("/check", files={"file": ("a.txt", b"x" * (MAX_PDF_BYTES + 1))}).status_code == 413


def test_the_api_reads_a_word_file(client: TestClient, tmp_path: Path) -> None:
    from service.api_check import DOCX

    content = export_report(build.report(), "docx")
    answer = client.post("/v1/check", content=content, headers={"content-type": DOCX})
    assert answer.status_code == 200
    assert answer.json()["document"]["media_type"] == DOCX
