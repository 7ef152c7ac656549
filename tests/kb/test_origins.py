"""Copies of one origin count once, whichever way and however far they lead to it."""

from __future__ import annotations

from kb.origins import count_origins, find_copies, find_origin, keep_first_of_each_origin
from kb.types import Origin, OriginKind, Source
from tests.factories import make_source


def _from(source_id: str, kind: OriginKind = OriginKind.SAME_STUDY) -> Origin:
    return Origin(kind=kind, source_id=source_id)


def _sources(**origins: Origin | None) -> dict[str, Source]:
    return {name: make_source(name, origin=origin) for name, origin in origins.items()}


def test_a_source_without_an_origin_is_its_own() -> None:
    assert find_origin("paper", _sources(paper=None)) == "paper"


def test_a_chain_leads_to_its_end() -> None:
    sources = _sources(paper=None, release=_from("paper"), news=_from("release", OriginKind.PRESS_RELEASE))
    assert find_origin("news", sources) == "paper"
    assert count_origins(["paper", "release", "news"], sources) == 1


def test_sources_that_share_a_key_are_one_origin() -> None:
    wire = Origin(kind=OriginKind.WIRE_COPY, key="agency")
    sources = _sources(one=wire, two=wire, three=None)
    assert count_origins(sources, sources) == 2


def test_an_origin_that_is_not_held_still_joins_its_copies() -> None:
    sources = _sources(one=_from("gone"), two=_from("gone"))
    assert count_origins(sources, sources) == 1


def test_a_circle_ends_and_is_one_origin() -> None:
    sources = _sources(a=_from("b"), b=_from("c"), c=_from("b"))
    assert {find_origin(name, sources) for name in sources} == {"b"}


def test_the_best_of_each_origin_stays_with_all_that_it_says() -> None:
    sources = _sources(paper=None, blog=_from("paper"), other=None)
    ranked = [("blog", 1), ("paper", 2), ("blog", 3), ("other", 4)]
    assert keep_first_of_each_origin(ranked, sources) == (("blog", 1), ("blog", 3), ("other", 4))


def test_copies_are_found_from_any_of_them() -> None:
    wire = Origin(kind=OriginKind.WIRE_COPY, key="agency")
    sources = _sources(one=wire, two=wire, reprint=_from("two", OriginKind.REPRINT), other=None)
    for start in ("one", "two", "reprint"):
        assert find_copies([start], sources) == {"one", "two", "reprint"}


def test_a_study_told_again_is_no_copy() -> None:
    sources = _sources(paper=None, blog=_from("paper"))
    assert find_copies(["blog"], sources) == {"blog"}
