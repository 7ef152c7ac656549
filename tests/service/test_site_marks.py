"""Laws of marked text: nothing of it is lost, doubled or moved, however spans overlap."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from kb.types import Block, BlockKind
from service.site.marks import Segment, Span, mark_text
from service.site.views import make_passages
from tests.service import report_builders as build

_TEXT = "The first model lied in 40% of runs, the second in 12 of 30."
_spans = st.lists(
    st.tuples(st.integers(0, len(_TEXT)), st.integers(0, len(_TEXT))).map(
        lambda pair: Span(start=min(pair), end=max(pair), number=1, claim_id="c", key="supported")
    ),
    max_size=6,
)


@given(_spans, st.integers(0, len(_TEXT)), st.integers(0, len(_TEXT)))
def test_segments_join_to_the_text(spans: list[Span], one: int, other: int) -> None:
    start, end = min(one, other), max(one, other)
    segments = mark_text(_TEXT, start, end, spans)
    assert "".join(segment.text for segment in segments) == _TEXT[start:end]
    assert all(segment.text for segment in segments)


@given(_spans)
def test_every_span_ends_once(spans: list[Span]) -> None:
    numbered = [dataclasses.replace(span, number=i) for i, span in enumerate(spans)]
    ends = [span.number for segment in mark_text(_TEXT, 0, len(_TEXT), numbered) for span in segment.ends]
    assert sorted(ends) == [span.number for span in numbered if span.end > span.start]


def test_the_inner_of_two_marks_gives_the_colour() -> None:
    outer = Span(start=0, end=40, number=1, claim_id="a", key="contested")
    inner = Span(start=24, end=27, number=2, claim_id="b", key="supported")
    segments = mark_text(_TEXT, 0, 45, [outer, inner])
    assert [(s.text, s.key) for s in segments] == [
        (_TEXT[:24], "contested"), ("40%", "supported"), (_TEXT[27:40], "contested"), (_TEXT[40:45], None),
    ]  # fmt: skip
    assert [[span.number for span in s.ends] for s in segments] == [[], [2], [1], []]


def test_a_text_without_spans_is_one_segment() -> None:
    assert mark_text("abc", 0, 3, []) == (Segment(text="abc"),)
    assert mark_text("abc", 1, 1, []) == ()


def test_a_whole_draft_is_shown_with_nothing_left_out_and_every_claim_once() -> None:
    report = build.report()
    passages = make_passages(report, {}, whole=True)
    shown = "".join(segment.text for passage in passages for segment in passage.segments)
    assert "".join(shown.split()) == "".join(build.TEXT.split())
    assert sorted(c.number for p in passages for c in p.claims) == [1, 2, 3, 4, 5]


def test_blocks_cut_a_draft_into_paragraphs() -> None:
    report = build.report()
    starts = [0, build.TEXT.index("Roughly"), build.TEXT.index("and 12")]
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, start=at, end=at + 5) for at in starts)
    cut = dataclasses.replace(report, document=dataclasses.replace(report.document, blocks=blocks))
    shown = ["".join(s.text for s in p.segments) for p in make_passages(cut, {}, whole=True)]
    assert shown[1] == "Roughly 40% of the graders were fooled,"
    assert len(shown) == 4


def test_an_article_shows_each_sentence_with_a_claim_once() -> None:
    passages = make_passages(build.report(), {})
    assert [len(passage.claims) for passage in passages] == [2, 1, 2]
    assert [passage.gap for passage in passages] == [True, False, False]
