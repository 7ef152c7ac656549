"""A chain leads from what an article cites to the primary source, as far as texts at hand go."""

from __future__ import annotations

from kb.types import Origin, OriginKind, Source, Tier
from sources.chains import MAX_DEPTH, Chain, describe_chain, follow_chains, list_ends
from sources.resolve import index_sources
from tests.factories import make_source


def _news(source_id: str, **more: object) -> Source:
    return make_source(source_id, tier=Tier.SECONDARY, url=f"https://news.example.org/{source_id}", **more)


_PAPER = make_source("paper", arxiv="2412.14093")
_LINKS = {
    "news": ["https://news.example.org/blog?utm_source=x", "https://elsewhere.example.org/a"],
    "blog": ["https://arxiv.org/pdf/2412.14093v2", "https://news.example.org/news"],
}


def _follow(
    *cited: str, links: dict[str, list[str]] = _LINKS, sources: tuple[Source, ...] = ()
) -> tuple[Chain, ...]:
    known = (_PAPER, _news("news"), _news("blog"), *sources)
    return follow_chains(cited, index_sources(known), {source.id: source for source in known}, links.get)


def test_a_chain_ends_at_the_primary_source_with_each_link_read_or_not() -> None:
    (chain,) = _follow("news")
    assert describe_chain(chain) == "news (read) -> blog (read) -> paper (not read)"
    assert chain.is_whole
    assert list_ends([chain]) == ("paper",)


def test_a_primary_source_is_its_own_end() -> None:
    (chain,) = _follow("paper")
    assert describe_chain(chain) == "paper (not read)"
    assert list_ends([chain]) == ()


def test_a_text_that_is_not_held_ends_the_chain_and_nothing_is_guessed() -> None:
    (chain,) = _follow("news", links={"news": _LINKS["news"]})
    assert describe_chain(chain) == "news (read) -> blog (not read)"
    assert not chain.is_whole


def test_a_circle_ends() -> None:
    circle = {"news": ["https://news.example.org/blog"], "blog": ["https://news.example.org/news"]}
    (chain,) = _follow("news", links=circle)
    assert [link.source_id for link in chain.links] == ["news", "blog"]


def test_a_stated_origin_is_a_link() -> None:
    retold = _news("retold", origin=Origin(kind=OriginKind.PRESS_RELEASE, source_id="paper"))
    (chain,) = _follow("retold", links={"retold": []}, sources=(retold,))
    assert list_ends([chain]) == ("paper",)


def test_a_chain_has_a_longest_length() -> None:
    many = tuple(_news(f"n-{number}") for number in range(10))
    links = {f"n-{number}": [f"https://news.example.org/n-{number + 1}"] for number in range(10)}
    (chain,) = _follow("n-0", links=links, sources=many)
    assert len(chain.links) == MAX_DEPTH
