"""Pages, JSON texts and PDFs made to break a reader: each is read or refused by name, within bounds, and the
next one is read as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.limits import Limits
from ingest.read import read_document
from kb.errors import InputError
from kb.types import Raw
from service.problems import ProblemError
from service.security import parse_json
from tests.ingest.pdf_files import FONT, lines, make_objects, make_pdf, packed, stream, text
from tests.safety.hostile_pages import PAGES
from tests.safety.ledger import Counted

ROOT = Path(__file__).resolve().parents[2]
BAD = ROOT.parent / "shared" / "data"

# --------------------------------------------------------------------------- pages

SHORT = (
    "nested as deep as elements", "only brackets", "one element of many attributes", "many different attributes",
    "attributes behind a stray quotation mark", "attributes without values", "linked data", "unclosed comment",
    "big numeric entities", "white space",
)  # fmt: skip


def read_pages(names: Sequence[str]) -> None:
    """Read the pages in a process of 2 GiB; every one must be read or refused."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.safety.hostile_pages", *names],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["name"] for one in told] == list(names), ended.stderr[-500:]
    assert ended.returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(900)  # the one quadratic page there was took longer than any patience
def test_a_page_of_the_largest_size_is_read_or_refused_within_bounds(counted: Counted) -> None:
    read_pages(SHORT)
    counted("P4", "pages of 5 MB made to cost most, short form, within 2 GiB", tried=len(SHORT))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_every_costly_page_is_read_or_refused_within_bounds(counted: Counted) -> None:
    read_pages(list(PAGES))
    counted("P4", "pages of 5 MB made to cost most, within 2 GiB", tried=len(PAGES))


# --------------------------------------------------------------------------- JSON

# What a parser may take, and ours doesn't: the same key twice, and NUL in a string.
_STRICTER = ("duplicated_key", "null", "escaped_zero")


@pytest.mark.corpus
def test_the_json_test_suite_is_read_or_refused_as_it_says(counted: Counted) -> None:
    paths = sorted((BAD / "bad_jsontestsuite" / "test_parsing").glob("*.json"))
    if not paths:
        pytest.skip("bad_jsontestsuite is absent beside the checkout")
    for path in paths:
        try:
            parse_json(path.read_bytes())
        except ProblemError as problem:
            assert problem.kind.status == 400
            stricter = any(word in path.name for word in _STRICTER)
            assert not path.name.startswith("y_") or stricter, path.name
        else:
            assert not path.name.startswith("n_"), path.name
    counted("J1", "texts of JSONTestSuite, read or refused as it says", tried=len(paths))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    from service.api import create_app
    from service.workbench import Workbench

    home = tmp_path_factory.mktemp("hostile") / "kb"
    with Workbench.open(home, create=True) as workbench:
        app = create_app(workbench)
        with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as made:
            yield made


def json_bombs() -> list[bytes]:
    deep = [opening * depth for opening in (b"[", b'{"text":') for depth in (33, 900, 100_000)]
    numbers = (
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"9" * 5_000,
        b"1" + b"0" * 400 + b".0",
        b"-0",
        b"2e308",
    )
    strings = (
        b'"\\ud800"',
        b'"\\u0000"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"' + b"\\u202e" * 9 + b'"',
        b'"\\n\\r\\u0085"',
    )
    fields = (b"text", b"html", b"url", b"name", b"offset_unit", b"language", b"x")
    return [
        *deep,
        *(b'{"%s": %s}' % (field, value) for field in fields for value in (*numbers, *strings)),
        b'{"text": "a", "text": "b"}', b"", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe{\x00}\x00", b"[]", b"null", b'"x"',
        b'{"text": ' + b'"' + b"\\\\" * 400_000,
    ]  # fmt: skip


def test_no_json_makes_the_api_fault(client: TestClient, counted: Counted) -> None:
    bombs = json_bombs()
    for body in bombs:
        answer = client.post("/v1/check", content=body, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500 or b"text" in body[:8] or b"html" in body[:8], body[:80]
        assert answer.status_code < 500, body[:80]
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
    counted("J1", "hostile JSON bodies, none a fault of the server", tried=len(bombs))


# --------------------------------------------------------------------------- PDFs


def runs(count: int) -> bytes:
    """RunLength data of `count` times 128 zeros, packed again."""
    return zlib.compress(b"\x81\x00" * count + b"\x80", 9)


def page_tree(depth: int) -> bytes:
    """Page trees inside page trees."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    objects += [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 3) for number in range(depth)]
    return make_objects([*objects, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"])


def outlines(count: int) -> bytes:
    objects = [b"<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    objects += [b"<</Title(x)/First %d 0 R/Next %d 0 R/Parent 3 0 R>>" % (n + 4, n + 4) for n in range(count)]
    return make_objects(objects)


def looped() -> bytes:
    """A cross-reference table that names itself as the one before it."""
    whole = make_pdf([lines("A page.")])
    start = whole.rindex(b"xref\n")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def filtered(name: bytes, content: bytes) -> bytes:
    return make_pdf([stream(content, b"/Filter[%s]" % name)])


BOMBS: dict[str, Callable[[], bytes]] = {
    "Flate three times": lambda: filtered(
        b"/FlateDecode/FlateDecode/FlateDecode", zlib.compress(zlib.compress(zlib.compress(bytes(300_000_000), 9), 9), 9)
    ),
    "RunLength in Flate": lambda: filtered(b"/FlateDecode/RunLengthDecode", runs(2_000_000)),
    "LZW of noise": lambda: filtered(b"/LZWDecode", bytes(range(256)) * 4_000),
    "JBIG2 of noise": lambda: filtered(b"/JBIG2Decode", bytes(range(256)) * 400),
    "JPX of noise": lambda: filtered(b"/JPXDecode", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(range(256)) * 40),
    "ASCIIHex without an end": lambda: filtered(b"/ASCIIHexDecode", b"41" * 500_000),
    "a table that names itself": looped,
    "page trees in page trees": lambda: page_tree(50_000),
    "a page tree that holds itself": lambda: make_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999>>"]
    ),
    "20,000 pages": lambda: make_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 20000/Kids[" + b"3 0 R " * 20_000 + b"]>>",
         b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
    ),
    "deep outlines": lambda: outlines(50_000),
    "deep arrays": lambda: make_objects([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 200_000 + b"]" * 200_000 + b">>",
                                         b"<</Type/Pages/Kids[]/Count 0>>"]),
    "a form that draws itself": lambda: make_pdf(
        [b"/X Do"], extra=(stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"),),
        resources=b"/XObject<</X 6 0 R>>",
    ),
    "a stream of a wrong length": lambda: make_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
         b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>", b"<</Length 99999999>>stream\nBT ET\nendstream"]
    ),
    "a page of no size": lambda: make_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
         b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e99 -1e99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
         stream(text(1, 1, "x")), FONT]
    ),
    "many saved states": lambda: make_pdf([packed(b"q " * 2_000_000)]),
    "many letters": lambda: make_pdf([packed(b"BT /F 9 Tf 72 700 Td " + b"(ab) Tj " * 900_000 + b" ET")]),
    "many paths": lambda: make_pdf([packed(b"0 0 m 9 9 l S " * 600_000)]),
    "a huge number": lambda: make_pdf([b"BT /F " + b"9" * 50_000 + b" Tf (x) Tj ET"]),
    "a huge name": lambda: make_pdf([b"/" + b"n" * 2_000_000 + b" gs"]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_pdf_bomb_outlives_its_process(counted: Counted) -> None:
    limits = Limits(pdf_memory_bytes=500_000_000, pdf_cpu_s=2)
    good = make_pdf([lines("The next one is fine.")])
    for name, make in BOMBS.items():
        try:
            read_document(Raw(name="bomb.pdf", content=make(), media_type="application/pdf"), limits=limits)
        except InputError as fault:
            assert "bomb.pdf" in fault.message, name
    after = read_document(Raw(name="good.pdf", content=good, media_type="application/pdf"), limits=limits)
    assert after.items[0].text == "The next one is fine."
    counted("P1", "generated PDF bombs, read or refused inside the limits", tried=len(BOMBS))
