"""Laws of the store over drawn values: loading gives what was saved, order doesn't matter where it mustn't,
pages cut nothing, the log only grows."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.store import NOT_CHECKED, Change, Store, StoredClaim
from kb.store.merge import merge_statements
from kb.store.store import DATABASE
from kb.types import (
    ClaimKind,
    Contest,
    ContestKind,
    Label,
    Report,
    Source,
    SourceStatus,
    Tier,
)
from tests.factories import make_checked, make_claim, make_document, make_finding, make_passage, make_report

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
SHORT = st.sampled_from(["", "a", "b", "Ünı", "x\x00y", "\u202e"])
NAMES = st.sampled_from(["smith", "jones", "doe"])


@cache
def empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Store.open(Path(folder), create=True).close()
        return (Path(folder) / DATABASE).read_bytes()


@contextmanager
def fresh_store() -> Iterator[Store]:
    """A new store, without paying for the migrations each time."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / DATABASE).write_bytes(empty_database())
        with Store.open(Path(folder)) as store:
            yield store


@st.composite
def sources(draw: st.DrawFn, with_findings: bool | None = None) -> Source:
    name = draw(NAMES)
    told = draw(st.booleans()) if with_findings is None else with_findings
    optional = st.none() | TEXT
    return Source(
        id=name,
        title=draw(TEXT),
        authors=tuple(draw(st.lists(TEXT, max_size=2))),
        tier=draw(st.sampled_from(Tier)),
        status=draw(st.sampled_from(SourceStatus)),
        url=draw(optional),
        doi=draw(optional),
        aliases=tuple(draw(st.lists(SHORT, max_size=2, unique=True))),
        topics=tuple(draw(st.lists(SHORT, max_size=2, unique=True))),
        text_status=draw(st.sampled_from([None, "whole", "excerpt"])),
        findings=(make_finding(name, statement=draw(TEXT)),) if told else (),
        contests=(Contest(source_id="x", kind=draw(st.sampled_from(ContestKind)), says=draw(TEXT)),)
        if told
        else (),
        reviewed_by="registry" if told else draw(st.sampled_from([None, "ada"])),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """An article of up to five lines, in one of two versions, judged on one of two grounds by one of two
    checkers; claims of the same line have the same id in every version."""
    number = draw(st.integers(0, 2))
    lines = [f"In article {number}, line {line} says {line * 7}%." for line in range(6)]
    chosen = draw(st.lists(st.sampled_from(lines), max_size=5, unique=True))
    document = make_document("\n".join(chosen), name=f"{number}.txt", title=draw(st.none() | TEXT))
    claims = []
    for line in chosen:
        start = document.text.index(line)
        claim = make_claim(
            document.text, (start, start + len(line)), (start, start + 5), article_id=document.id,
            kind=draw(st.sampled_from(ClaimKind)), speaker=draw(st.none() | SHORT),
        )  # fmt: skip
        label = draw(st.sampled_from([*Label, None]))
        claims.append(make_checked(claim, label=label, explanation=draw(SHORT)))
    return make_report(
        document,
        *claims,
        claims=tuple(claims),
        ground=draw(st.sampled_from(["0" * 64, "1" * 64])),
        checker=draw(st.sampled_from(["checker/1", "checker/2"])),
        sources=tuple(draw(st.lists(sources(), max_size=1))),
    )


def save_report(store: Store, report: Report) -> Change:
    return store.save_article(report, raw=report.document.text.encode(), saved_at=NOW)


def save_source(store: Store, source: Source, text: str | None) -> Change:
    if text is None:
        return store.save_source(source, origin="user", added_at=NOW)
    document = make_document(text, name=source.id)
    return store.save_source(
        source, origin="user", document=document, raw=text.encode(),
        passages=[make_passage(document, source.id)], added_at=NOW,
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(reports(), min_size=1, max_size=6))
def test_what_is_shown_is_what_was_saved_last(saved: list[Report]) -> None:
    shown: dict[str, Report] = {}
    with fresh_store() as store:
        log = 0
        for report in saved:
            before = shown.get(report.document.id)
            change = save_report(store, report)
            assert (change is Change.ADDED) == (before is None)
            assert (change is Change.UNCHANGED) == (before == report)
            shown[report.document.id] = report
            assert log <= store.chain_head().number
            log = store.chain_head().number
        assert {name: store.load_article(name) for name in shown} == shown
        assert [summary.id for summary in store.iter_articles()] == sorted(shown)
        for report in saved:
            version = store.load_article(report.document.id, sha256=report.document.sha256)
            assert version.document.sha256 == report.document.sha256
            for checked in report.claims:
                history = store.load_claim(checked.claim.id).history
                assert (checked.verdict, checked.evidence, report.ground, report.checker) in [
                    (record.verdict, record.evidence, record.ground, record.checker) for record in history
                ]
        assert store.check_integrity(deep=True) == ()


@settings(max_examples=15, deadline=None)
@given(st.lists(reports(), max_size=6))
def test_saving_all_again_in_the_same_order_ends_in_the_same_log(saved: list[Report]) -> None:
    with fresh_store() as store:
        for report in saved:
            save_report(store, report)
        head = store.chain_head()
        for report in saved:
            save_report(store, report)
        assert store.chain_head() == head


@settings(max_examples=15, deadline=None)
@given(
    st.lists(reports(), max_size=5),
    st.integers(1, 7),
    st.fixed_dictionaries(
        {},
        optional={
            "label": st.sampled_from([*Label, NOT_CHECKED]),
            "kind": st.sampled_from(ClaimKind),
            "reason": st.sampled_from(["agrees", "figure_differs"]),
            "text": st.sampled_from(["7%", "article 1", '"line 2"', "ünı", "\u202e"]),
            "source": NAMES,
            "topic": SHORT,
        },
    ),
)
def test_pages_hold_every_claim_once_and_the_counts_are_theirs(
    saved: list[Report], limit: int, wanted: dict[str, str]
) -> None:
    with fresh_store() as store:
        for report in saved:
            save_report(store, report)
        found: list[StoredClaim] = []
        after = None
        for _ in itertools.count():
            page = store.list_claims(**wanted, limit=limit, after=after)
            assert len(page.items) <= limit
            found.extend(page.items)
            after = page.next
            if after is None:
                break
        places = [(stored.article.id, stored.checked.claim.id) for stored in found]
        assert len(set(places)) == len(places) == page.total
        everything = [
            (name, checked)
            for name in sorted({report.document.id for report in saved})
            for checked in store.load_article(name).claims
        ]
        ids = {checked.claim.id for checked in (stored.checked for stored in found)}
        assert [stored.checked for stored in found] == [c for _, c in everything if c.claim.id in ids]
        if not wanted:
            assert page.total == len(everything)
        if "label" in wanted:
            assert {stored.checked.verdict.label or NOT_CHECKED for stored in found} <= {wanted["label"]}
        labels = Counter(stored.checked.verdict.label or NOT_CHECKED for stored in found)
        assert all(page.facets.label.get(str(label), 0) == count for label, count in labels.items())
        if "label" not in wanted:
            assert sum(page.facets.label.values()) == page.total


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(sources(), st.none() | st.sampled_from(["One.", "Two."])), max_size=6), st.randoms()
)
def test_the_ground_is_that_of_what_is_held_not_of_how_it_came(
    saved: list[tuple[Source, str | None]], chance: object
) -> None:
    latest = {source.id: (source, text) for source, text in saved}
    shuffled = list(latest.values())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    with fresh_store() as one, fresh_store() as other:
        for source, text in latest.values():
            save_source(one, source, text)
        for source, text in shuffled:
            save_source(other, source, text)
            assert save_source(other, source, text) is Change.UNCHANGED
        assert one.ground() == other.ground()
        assert list(one.iter_sources()) == list(other.iter_sources())
        assert one.check_integrity(deep=True) == other.check_integrity(deep=True) == ()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(sources(), st.none() | st.sampled_from(["One.", "Two."])), min_size=1, max_size=8))
def test_versions_only_grow_and_one_is_current(saved: list[tuple[Source, str | None]]) -> None:
    with fresh_store() as store:
        for source, text in saved:
            known = {s.id for s in store.iter_sources()}
            before = store.load_source_versions(source.id) if source.id in known else ()
            save_source(store, source, text)
            after = store.load_source_versions(source.id)
            assert [version.sha256 for version in after][: len(before)] == [
                version.sha256 for version in before
            ]
            assert sum(version.current for version in after) == (1 if after else 0)
            document = store.load_source_document(source.id)
            if text is not None:
                assert document is not None and document.text == text
            assert len(list(store.iter_passages(source.id))) == (0 if document is None else 1)
        assert store.check_integrity(deep=True) == ()


@settings(max_examples=150, deadline=None)
@given(sources(with_findings=True), sources(with_findings=False))
def test_nothing_added_takes_anything_from_the_registry(registry: Source, added: Source) -> None:
    merged = merge_statements(registry, replace(added, id=registry.id))
    for name in ("id", "title", "kind", "tier", "findings", "contests", "reviewed_by", "reviewed_on"):
        assert getattr(merged, name) == getattr(registry, name)
    for name in ("authors", "topics", "url", "doi", "published", "publisher"):
        assert (getattr(merged, name) or None) == (getattr(registry, name) or getattr(added, name) or None)
    assert set(registry.aliases) <= set(merged.aliases)
    assert {name for name in (added.url, added.doi) if name} <= {merged.url, merged.doi, *merged.aliases}


@settings(max_examples=15, deadline=None)
@given(sources(with_findings=True), sources(with_findings=False))
def test_statements_join_the_same_way_in_either_order(registry: Source, added: Source) -> None:
    added = replace(added, id=registry.id)
    with fresh_store() as one, fresh_store() as other:
        for source in (registry, added):
            one.save_source(source, origin="user", added_at=NOW)
        for source in (added, registry):
            other.save_source(source, origin="user", added_at=NOW)
        assert (
            one.load_source(registry.id)
            == other.load_source(registry.id)
            == merge_statements(registry, added)
        )
        assert one.ground() == other.ground()
        for source in (added, registry):
            assert one.save_source(source, origin="user", added_at=NOW) is Change.UNCHANGED


def test_every_field_of_a_source_has_a_rule_when_statements_join() -> None:
    """A field that is added to Source must be thought of in kb.store.merge."""
    known = {
        "id", "title", "authors", "kind", "tier", "publisher", "published", "url", "doi", "arxiv", "aliases", "status",
        "contests", "findings", "topics", "text_status", "note", "reviewed_by", "reviewed_on", "versions", "origin",
    }  # fmt: skip
    assert {spec.name for spec in fields(Source)} == known
