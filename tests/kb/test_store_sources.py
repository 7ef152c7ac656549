"""Saving sources: versions, metadata, the join of a text with a registry source, passages, ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kb.errors import InputError, NotFoundError
from kb.ids import hash_bytes
from kb.store import Change, Store
from kb.types import Contest, ContestKind, Document, Passage, Source, SourceStatus, Tier
from tests.factories import make_document, make_finding, make_passage, make_source

NOW = datetime(2025, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
REGISTRY = make_source(
    "smith",
    findings=(make_finding("smith"),),
    contests=(Contest(source_id="jones", kind=ContestKind.REBUTS),),
    topics=("deception",),
    url="https://example.org/smith",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, create=True) as opened:
        yield opened


def read(
    text: str, source_id: str = "smith", name: str = "smith.txt"
) -> tuple[Document, bytes, tuple[Passage, ...]]:
    document = make_document(text, name=name)
    middle = len(text) // 2
    passages = (make_passage(document, source_id, 0, middle), make_passage(document, source_id, middle))
    return document, text.encode(), passages


def save_text(store: Store, source: Source, text: str, **fields: object) -> Change:
    document, raw, passages = read(text, source.id)
    given = {"origin": "user", "added_at": NOW, **fields}
    return store.save_source(source, document=document, raw=raw, passages=passages, **given)  # type: ignore[arg-type]


# --------------------------------------------------------------------------- the plain laws


def test_what_was_saved_is_loaded(store: Store) -> None:
    assert store.save_source(REGISTRY, origin="registry", added_at=NOW) is Change.ADDED
    assert store.load_source("smith") == REGISTRY
    assert store.load_source_document("smith") is None
    assert store.load_source_versions("smith") == ()


def test_saving_twice_changes_nothing(store: Store) -> None:
    save_text(store, REGISTRY, "Some words.")
    before = store.last_changed(), store.ground(), store.load_source_revisions("smith")
    assert save_text(store, REGISTRY, "Some words.", added_at=LATER) is Change.UNCHANGED
    assert (store.last_changed(), store.ground(), store.load_source_revisions("smith")) == before


def test_sources_come_by_id(store: Store) -> None:
    for name in ("b", "c", "a"):
        store.save_source(make_source(name), origin="user", added_at=NOW)
    assert [source.id for source in store.iter_sources()] == ["a", "b", "c"]


def test_an_unknown_source_is_not_found(store: Store) -> None:
    for load in (
        store.load_source,
        store.load_source_document,
        store.load_source_versions,
        store.load_source_revisions,
    ):
        with pytest.raises(NotFoundError, match="no source nobody in the knowledge base"):
            load("nobody")


def test_a_text_is_kept_with_its_bytes_and_passages(store: Store) -> None:
    document, raw, passages = read("Überraschung: 47% of models lied.\r\n")
    store.save_source(REGISTRY, origin="user", document=document, raw=raw, passages=passages, added_at=NOW)
    assert store.load_source_document("smith") == document
    assert store.load_raw(document.sha256) == raw
    assert list(store.iter_passages("smith")) == sorted(passages, key=lambda passage: passage.id)
    assert list(store.iter_passages("nobody")) == []
    (version,) = store.load_source_versions("smith")
    assert (version.sha256, version.media_type, version.added_at, version.current, version.readable) == (
        hash_bytes(raw), "text/plain", NOW, True, True,
    )  # fmt: skip


def test_times_are_kept_to_the_microsecond_in_utc(store: Store) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    save_text(store, REGISTRY, "Words.", added_at=elsewhere)
    assert store.last_changed() == NOW
    assert store.load_source_versions("smith")[0].added_at.utcoffset() == timedelta(0)


def test_unknown_bytes_are_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.load_raw("0" * 64)


# --------------------------------------------------------------------------- versions


def test_other_bytes_are_a_new_version_and_the_old_one_is_kept(store: Store) -> None:
    save_text(store, REGISTRY, "The first version says 47%.")
    old = tuple(store.iter_passages())
    assert save_text(store, REGISTRY, "The second version says 74%.", added_at=LATER) is Change.NEW_VERSION
    first, second = store.load_source_versions("smith")
    assert (first.current, second.current) == (False, True)
    document = store.load_source_document("smith")
    assert document is not None and document.text == "The second version says 74%."
    assert not {passage.id for passage in store.iter_passages()} & {passage.id for passage in old}
    assert store.load_passages([passage.id for passage in old]) == {passage.id: passage for passage in old}
    assert store.load_raw(first.sha256) == b"The first version says 47%."


def test_going_back_to_an_old_version_makes_it_current_again(store: Store) -> None:
    save_text(store, REGISTRY, "One.")
    ground = store.ground()
    save_text(store, REGISTRY, "Two.")
    assert store.ground() != ground
    assert save_text(store, REGISTRY, "One.") is Change.NEW_VERSION
    assert [version.current for version in store.load_source_versions("smith")] == [True, False]
    assert store.ground() == ground


def test_metadata_without_bytes_leaves_the_text(store: Store) -> None:
    save_text(store, REGISTRY, "Words.")
    changed = replace(REGISTRY, title="A better title")
    assert store.save_source(changed, origin="user", added_at=LATER) is Change.UPDATED
    assert store.load_source_document("smith") is not None
    assert len(list(store.iter_passages("smith"))) == 2


def test_bytes_that_nobody_could_read_are_held_as_such(store: Store) -> None:
    assert store.save_source(REGISTRY, origin="user", raw=b"%PDF broken", added_at=NOW) is Change.ADDED
    (version,) = store.load_source_versions("smith")
    assert (version.readable, version.current, version.size_bytes) == (False, True, 11)
    assert store.load_source_document("smith") is None


def test_bytes_given_again_without_a_reading_keep_the_one_that_is_held(store: Store) -> None:
    save_text(store, REGISTRY, "Words.")
    assert store.save_source(REGISTRY, origin="user", raw=b"Words.", added_at=LATER) is Change.UNCHANGED
    assert store.load_source_document("smith") is not None


def test_a_better_reading_of_the_same_bytes_replaces_the_reading(store: Store) -> None:
    document, raw, passages = read("A line. Another.")
    store.save_source(REGISTRY, origin="user", raw=raw, added_at=NOW)
    ground = store.ground()
    saved = store.save_source(
        REGISTRY, origin="user", document=document, raw=raw, passages=passages, added_at=NOW
    )
    assert saved is Change.UPDATED
    assert len(store.load_source_versions("smith")) == 1
    assert store.ground() != ground
    fewer = passages[:1]
    store.save_source(REGISTRY, origin="user", document=document, raw=raw, passages=fewer, added_at=NOW)
    assert tuple(store.iter_passages("smith")) == fewer


def test_the_same_bytes_under_another_name_are_the_same_text(store: Store) -> None:
    document, raw, passages = read("Words.", name="/home/ada/smith.txt")
    store.save_source(REGISTRY, origin="user", document=document, raw=raw, passages=passages, added_at=NOW)
    document, raw, passages = read("Words.", name="copy.txt")
    saved = store.save_source(
        REGISTRY, origin="user", document=document, raw=raw, passages=passages, added_at=NOW
    )
    assert saved is Change.UNCHANGED


def test_two_sources_may_hold_the_same_bytes(store: Store) -> None:
    save_text(store, make_source("one"), "Same.")
    save_text(store, make_source("two"), "Same.")
    assert {passage.source_id for passage in store.iter_passages()} == {"one", "two"}


def test_sources_are_found_by_the_bytes_of_any_version(store: Store) -> None:
    for name, text in (("two", "Same."), ("one", "Same."), ("one", "Newer."), ("three", "Other.")):
        save_text(store, make_source(name), text)
    assert store.find_sources_by_content(hash_bytes(b"Same.")) == ("one", "two")
    assert store.find_sources_by_content(hash_bytes(b"Newer.")) == ("one",)
    assert store.find_sources_by_content("0" * 64) == ()


# --------------------------------------------------------------------------- what doesn't belong together


def test_a_passage_that_is_not_verbatim_is_refused(store: Store) -> None:
    document, raw, (passage, _) = read("It says 47% here.")
    forged = replace(passage, selector=replace(passage.selector, exact="It says 74%"))
    with pytest.raises(ValueError, match="isn't what its document says"):
        store.save_source(
            REGISTRY, origin="user", document=document, raw=raw, passages=[forged], added_at=NOW
        )
    with pytest.raises(NotFoundError):
        store.load_source("smith")


def test_parts_of_different_texts_are_refused(store: Store) -> None:
    document, raw, passages = read("Some words.")
    with pytest.raises(ValueError, match="read from other bytes"):
        store.save_source(REGISTRY, origin="user", document=document, raw=raw + b"!", added_at=NOW)
    with pytest.raises(ValueError, match="want the document"):
        store.save_source(REGISTRY, origin="user", raw=raw, passages=passages, added_at=NOW)
    with pytest.raises(ValueError, match="isn't of jones"):
        store.save_source(
            make_source("jones"), origin="user", document=document, raw=raw, passages=passages, added_at=NOW
        )
    with pytest.raises(ValueError, match="have one id"):
        store.save_source(
            REGISTRY, origin="user", document=document, raw=raw, passages=[passages[0]] * 2, added_at=NOW
        )
    with pytest.raises(ValueError, match="wants the bytes"):
        store.save_source(REGISTRY, origin="user", document=document, passages=passages, added_at=NOW)
    assert list(store.iter_sources()) == []


def test_a_passage_id_of_another_text_is_refused(store: Store) -> None:
    save_text(store, make_source("one"), "Words of one.")
    taken = next(store.iter_passages()).id
    document, raw, (passage, _) = read("Words of two.", "two")
    with pytest.raises(ValueError, match="id of a passage of another text"):
        store.save_source(
            make_source("two"), origin="user", document=document, raw=raw,
            passages=[replace(passage, id=taken)], added_at=NOW,
        )  # fmt: skip
    assert [source.id for source in store.iter_sources()] == ["one"]


# --------------------------------------------------------------------------- metadata and the registry


def test_a_change_of_metadata_is_a_new_revision_and_the_old_one_is_kept(store: Store) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    changed = replace(REGISTRY, findings=(make_finding("smith", statement="It is 48%."),), contests=())
    assert store.save_source(changed, origin="registry", added_at=LATER) is Change.UPDATED
    assert store.load_source("smith") == changed
    first, second = store.load_source_revisions("smith")
    assert (first.number, first.source, first.recorded_at) == (1, REGISTRY, NOW)
    assert (second.number, second.source, second.recorded_at) == (2, changed, LATER)


def test_a_text_joins_a_registry_source_and_leaves_its_findings(store: Store) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    brought = make_source(
        "smith", title="smith.pdf", tier=Tier.SECONDARY, kind="report", authors=(), url="https://mirror.example.net/s",
        doi="10.1000/5", aliases=("smith-paper",), text_status="whole", reviewed_by="ada", topics=("cheating",),
    )  # fmt: skip
    assert save_text(store, brought, "The text of Smith.") is Change.NEW_VERSION
    assert store.load_source("smith") == replace(
        REGISTRY,
        doi="10.1000/5",
        aliases=("smith-paper", "https://mirror.example.net/s"),
        text_status="whole",
    )
    assert store.load_source_document("smith") is not None


def test_the_registry_read_again_keeps_the_text_that_joined(store: Store) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    save_text(store, make_source("smith", text_status="whole"), "The text of Smith.")
    joined, ground = store.load_source("smith"), store.ground()
    assert store.save_source(REGISTRY, origin="registry", added_at=LATER) is Change.UNCHANGED
    assert (store.load_source("smith"), store.ground()) == (joined, ground)
    assert joined.text_status == "whole"
    revised = replace(REGISTRY, title="Title, corrected")
    assert store.save_source(revised, origin="registry", added_at=LATER) is Change.UPDATED
    assert store.load_source("smith") == replace(joined, title="Title, corrected")


def test_a_registry_source_may_come_after_its_text(store: Store) -> None:
    save_text(store, make_source("smith", doi="10.1000/5"), "The text of Smith.")
    assert store.save_source(REGISTRY, origin="registry", added_at=LATER) is Change.UPDATED
    assert store.load_source("smith") == replace(REGISTRY, doi="10.1000/5")
    assert store.load_source_document("smith") is not None


def test_a_retraction_that_someone_adds_is_heard(store: Store) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    store.save_source(make_source("smith", status=SourceStatus.RETRACTED), origin="user", added_at=NOW)
    assert store.load_source("smith").status is SourceStatus.RETRACTED
    assert store.load_source("smith").findings == REGISTRY.findings


def test_what_nobody_reviewed_neither_retracts_nor_contests_what_is_reviewed(store: Store) -> None:
    registry = replace(REGISTRY, contests=())
    store.save_source(registry, origin="registry", added_at=NOW)
    contest = Contest(source_id="jones", kind=ContestKind.REBUTS)
    found = make_source(
        "smith", status=SourceStatus.RETRACTED, contests=(contest,), doi="10.1000/5", reviewed_by=None
    )
    store.save_source(found, origin="refresh", added_at=NOW)
    assert store.load_source("smith") == replace(registry, doi="10.1000/5")
    store.save_source(replace(found, reviewed_by="ada"), origin="review", added_at=NOW)
    assert store.load_source("smith").contests == (contest,)
    assert store.load_source("smith").status is SourceStatus.RETRACTED


def test_findings_that_nobody_reviewed_do_not_replace_reviewed_ones(store: Store) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    forged = replace(REGISTRY, findings=(make_finding("smith", statement="It is 99%."),), reviewed_by=None)
    with pytest.raises(InputError, match="nobody reviewed the findings"):
        store.save_source(forged, origin="api", added_at=LATER)
    assert store.load_source("smith") == REGISTRY
    reviewed = replace(forged, reviewed_by="ada")
    assert store.save_source(reviewed, origin="user", added_at=LATER) is Change.UPDATED


def test_accepting_a_source_is_a_revision(store: Store) -> None:
    found = make_source("smith", reviewed_by=None, reviewed_on=None)
    store.save_source(found, origin="refresh", added_at=NOW)
    accepted = replace(found, reviewed_by="ada", reviewed_on="2025-03-02")
    assert store.save_source(accepted, origin="review", added_at=LATER) is Change.UPDATED
    assert store.load_source("smith") == accepted
    assert [revision.origin for revision in store.load_source_revisions("smith")] == ["refresh", "review"]


# --------------------------------------------------------------------------- passages and ground


def test_passages_are_loaded_by_id_however_many(store: Store) -> None:
    text = "".join(f"Sentence {number}. " for number in range(2000))
    document = make_document(text)
    passages = [make_passage(document, "smith", n, n + 10) for n in range(1200)]
    store.save_source(
        REGISTRY, origin="user", document=document, raw=text.encode(), passages=passages, added_at=NOW
    )
    wanted = [passage.id for passage in passages]
    assert store.load_passages([*wanted, "p-nothing", wanted[0]]) == {
        passage.id: passage for passage in passages
    }
    assert [passage.id for passage in store.iter_passages()] == sorted(wanted)


def test_the_ground_of_nothing_is_a_hash_too(store: Store) -> None:
    assert len(store.ground()) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"tier": Tier.SECONDARY},
        {"status": SourceStatus.RETRACTED},
        {"reviewed_by": None},
        {"findings": ()},
        {"contests": ()},
        {"published": "2024"},
        {"aliases": ("another",)},
        {"title": "Another"},
    ],
)
def test_whatever_can_decide_changes_the_ground(store: Store, change: dict[str, object]) -> None:
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    before = store.ground()
    store.save_source(replace(REGISTRY, **change), origin="registry", added_at=NOW)  # type: ignore[arg-type]
    assert store.ground() != before
    store.save_source(REGISTRY, origin="registry", added_at=NOW)
    assert store.ground() == before


def test_a_change_by_another_process_is_seen_in_the_ground(store: Store) -> None:
    before = store.ground()
    with Store.open(store.home) as other:
        other.save_source(REGISTRY, origin="registry", added_at=NOW)
        assert store.ground() == other.ground() != before
