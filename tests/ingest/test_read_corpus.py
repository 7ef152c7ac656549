"""The reading stage on real articles and sources, and on files made to break readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.passages import split_passages
from ingest.read import read_document, read_file
from ingest.sentences import split_sentences
from kb.errors import InputError
from kb.types import BlockKind, Document, Raw
from tests.safety.ledger import Counted

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
CORPUS = SHARED / "corpus"
BAD = SHARED / "data"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is absent: the corpus can't be read"),
]


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (CORPUS / folder).glob("*.txt"))


def rows(name: str) -> list[dict[str, object]]:
    path = CORPUS / "gold" / name
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    )


def read(path: Path) -> Document:
    return read_document(read_file(path)).items[0]


@pytest.mark.parametrize("path", files("seeds", "articles", "sources"), ids=lambda path: path.stem)
def test_a_real_text_is_read_whole_and_in_place(path: Path) -> None:
    document = read(path)
    assert document.text == path.read_bytes().decode("utf-8")
    covered = sum(block.end - block.start for block in document.blocks)
    assert covered > 0.9 * len("".join(document.text.split("\n")))
    if path.parent.name != "seeds":
        assert document.url is not None and document.url.startswith("https://")
        assert document.blocks[0].kind is BlockKind.METADATA


def test_sentences_of_the_gold_set_are_found_as_labelled() -> None:
    texts: dict[str, str] = {
        path.stem: path.read_text(encoding="utf-8") for path in files("seeds", "articles")
    }
    labelled = agreed = 0
    for row in rows("claims.jsonl"):
        text = texts[Path(str(row["article"])).stem]
        start, end = int(str(row["start"])), int(str(row["end"]))
        if text[start:end].startswith(("date:", " ")):
            continue  # front matter is metadata here and no sentence
        labelled += 1
        touched = [span for span in split_sentences(text) if span[0] < end and start < span[1]]
        agreed += touched == [(start, end)]
    assert labelled > 90
    assert agreed >= 0.95 * labelled


def test_every_evidence_of_the_gold_set_lies_in_one_passage() -> None:
    passages: dict[str, list[str]] = {}
    for source in rows("sources.jsonl"):
        path = CORPUS / "sources" / Path(str(source["file"])).name
        document = read(path)
        passages[str(source["id"])] = [
            p.selector.exact for p in split_passages(document, str(source["id"])).items
        ]
    missing = [
        row["id"]
        for row in rows("claims.jsonl")
        if row["evidence"] and "[...]" not in str(row["evidence"]) and str(row["source_id"]) in passages
        and not any(str(row["evidence"]) in exact for exact in passages[str(row["source_id"])])
    ]  # fmt: skip
    assert missing == []


@pytest.mark.slow
def test_every_bad_pdf_is_read_or_refused(counted: Counted) -> None:
    paths = sorted((BAD / "bad_pdf").glob("*.pdf"))
    if not paths:
        pytest.skip("bad_pdf is absent")
    for path in paths:
        _read_or_refuse(Raw(name=path.name, content=path.read_bytes(), media_type="application/pdf"))
    counted(
        "P2",
        "PDFs of the test suites of pdf.js, pypdf and pikepdf, read or refused by name",
        tried=len(paths),
    )


@pytest.mark.parametrize("name", ["highlights.pdf", "form_210966.pdf", "Seige_of_Vicksburg_Sample_OCR.pdf"])
def test_odd_but_sound_pdfs_are_read(name: str) -> None:
    path = BAD / "bad_pdf" / name
    if not path.is_file():
        pytest.skip(f"{name} is absent")
    assert len(read(path).text) > 5_000


@pytest.mark.slow
def test_every_html_test_tree_and_payload_is_read_or_refused(counted: Counted) -> None:
    trees = sorted((BAD / "bad_html5lib_tests" / "tree-construction").rglob("*.dat"))
    payloads = sorted((BAD / "bad_payloads").glob("*"))
    pages = [
        part.split(b"\n#errors")[0] for path in trees for part in path.read_bytes().split(b"#data\n")[1:]
    ]
    pages += [b"<p>Before.</p>" + line for path in payloads for line in path.read_bytes().splitlines()]
    pages += [path.read_bytes() for path in sorted((BAD / "bad_html_xml").rglob("*")) if path.is_file()]
    if not pages:
        pytest.skip("the HTML sets are absent")
    for page in pages:
        _read_or_refuse(Raw(name="page", content=page, media_type="text/html"))
    counted("P4", "pages of html5lib's trees, XML and sanitiser suites and script payloads", tried=len(pages))


def _read_or_refuse(raw: Raw) -> None:
    try:
        document = read_document(raw).items[0]
    except InputError as fault:
        assert raw.name in str(fault)
        return
    position = 0
    for block in document.blocks:
        assert position <= block.start < block.end <= len(document.text)
        position = block.end
    split_passages(document, "s")
