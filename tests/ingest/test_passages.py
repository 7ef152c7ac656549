"""Laws of cutting a source into passages."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import split_passages
from ingest.read import read_document
from kb.types import Document, Passage, PassageKind, Raw


def cut(text: str, name: str = "source.md") -> tuple[Document, tuple[Passage, ...]]:
    document = read_document(Raw(name=name, content=text.encode())).items[0]
    return document, split_passages(document, "the-source").items


def numbered(count: int, words: int = 12) -> str:
    return " ".join(
        f"Sentence number {n} of this long paragraph " + "has words " * (words // 2) + "here."
        for n in range(count)
    )


def test_a_passage_is_verbatim_and_knows_its_sentences() -> None:
    document, passages = cut("# T\n\n" + numbered(7))
    for passage in passages:
        start, end = passage.selector.start, passage.selector.end
        assert document.text[start:end] == passage.selector.exact
        assert (passage.sentences[0][0], passage.sentences[-1][1]) == (start, end)


def test_windows_hold_three_sentences_and_neighbours_always_share_one() -> None:
    _, passages = cut("# T\n\n" + numbered(7))
    bodies = [passage for passage in passages if len(passage.sentences) > 1]
    assert [len(passage.sentences) for passage in bodies] == [3, 3, 3]
    for before, after in itertools.pairwise(bodies):
        assert before.sentences[-1] == after.sentences[0]


def test_a_window_stays_near_a_hundred_words() -> None:
    _, passages = cut("# T\n\n" + numbered(6, words=40))
    assert all(len(p.selector.exact.split()) <= 100 or len(p.sentences) == 1 for p in passages)


def test_every_sentence_of_the_body_lies_in_a_passage() -> None:
    document, passages = cut(
        "# T\n\n" + numbered(10) + "\n\n" + numbered(2) + "\n\n- one item here\n- two items here\n"
    )
    covered = {i for p in passages for start, end in p.sentences for i in range(start, end)}
    body = document.text.index("Sentence number 0")
    assert all(i in covered for i in range(body, len(document.text)) if document.text[i].isalnum())


def test_no_passage_crosses_a_section() -> None:
    _, passages = cut("# T\n\n## A\n\nShort one.\n\n## B\n\nShort two.\n")
    assert [(p.section, p.selector.exact) for p in passages] == [
        (None, "T"),
        ("A", "Short one."),
        ("B", "Short two."),
    ]


def test_short_paragraphs_of_a_section_are_joined() -> None:
    _, passages = cut("# T\n\nShort one.\n\nShort two.\n")
    assert passages[-1].selector.exact == "Short one.\n\nShort two."


def test_nothing_crosses_a_place_where_text_is_missing() -> None:
    _, passages = cut("# T\n\nOne here. Two begins [...] and ends. Three here. […] Four here.\n")
    exact = [p.selector.exact for p in passages[1:]]
    assert exact == ["One here. Two begins", "and ends. Three here.", "Four here."]
    assert all("[" not in text for text in exact)


def test_table_rows_are_passages_with_their_headers_as_context() -> None:
    _, passages = cut("# T\n\n## Scores\n\n| Model | Rate |\n|---|---|\n| A | 12% |\n| B | 3% |\n")
    rows = [p for p in passages if p.kind is PassageKind.TABLE]
    assert [row.selector.exact for row in rows] == ["| A | 12% |", "| B | 3% |"]
    assert rows[0].context == "T | Scores | Model | Rate"


def test_captions_and_notes_have_kinds_of_their_own() -> None:
    _, passages = cut(
        "# T\n\nText here.\n\nFigure 1: Rates in all.\n\n## References\n\n1. Smith, 2020. Things.\n"
    )
    assert [p.kind for p in passages] == [
        PassageKind.BODY, PassageKind.BODY, PassageKind.CAPTION, PassageKind.FOOTNOTE,
    ]  # fmt: skip


def test_an_abstract_is_an_abstract() -> None:
    _, passages = cut("# T\n\n## Abstract\n\nWe found it.\n\n## Introduction\n\nIt was lost.\n")
    assert [p.kind for p in passages] == [PassageKind.BODY, PassageKind.ABSTRACT, PassageKind.BODY]


def test_metadata_and_code_are_no_passages() -> None:
    text = "https://e.org/x | excerpt\n---\nkey: value 99\n---\n\n# T\n\n```\nx = 99\n```\n\nText here.\n"
    _, passages = cut(text)
    assert [p.selector.exact for p in passages] == ["T", "Text here."]


def test_the_title_line_of_a_paper_is_a_passage_of_its_own() -> None:
    text = "https://arxiv.org/abs/2303.08774 | abstract\nGPT-4 Technical Report (OpenAI, 2023)\n\nWe report it here. It is so.\n"
    _, passages = cut(text, "a.txt")
    assert [p.selector.exact for p in passages] == [
        "GPT-4 Technical Report (OpenAI, 2023)",
        "We report it here. It is so.",
    ]


def test_a_passage_id_stands_for_one_stretch_of_one_version() -> None:
    document, passages = cut("# T\n\n" + numbered(9))
    assert len({p.id for p in passages}) == len(passages)
    again = split_passages(document, "the-source").items
    other = split_passages(document, "another-source").items
    assert passages == again
    assert not {p.id for p in passages} & {p.id for p in other}


def test_a_sentence_without_end_is_cut_at_white_space() -> None:
    _, passages = cut("# T\n\n" + "this is a list of words that goes on and on " * 200)
    assert max(len(p.selector.exact) for p in passages) <= 1_500
    assert sum(len(p.selector.exact.split()) for p in passages) == 2_201


def test_a_document_without_prose_says_so() -> None:
    document = read_document(Raw(name="a.md", content=b"```\nx = 1\n```\n")).items[0]
    found = split_passages(document, "s")
    assert found.items == ()
    assert [issue.code for issue in found.issues] == ["no_passages"]


@given(st.text(alphabet="aB. \n#|-[]1…“", max_size=400))
def test_passages_are_verbatim_ordered_and_never_cross_a_gap(text: str) -> None:
    document = Document(
        id="a-1", name="x", sha256="0" * 64, media_type="text/plain", text=text, reader="text/1"
    )
    position = 0
    for passage in split_passages(document, "s").items:
        assert passage.selector.start >= position
        assert passage.selector.exact == text[passage.selector.start : passage.selector.end]
        assert "[...]" not in passage.selector.exact and "[…]" not in passage.selector.exact
        position = passage.selector.start
