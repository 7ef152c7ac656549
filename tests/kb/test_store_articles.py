"""Saving articles with their reports: versions, runs, what is shown, the list of claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import InputError, NotFoundError
from kb.store import NOT_CHECKED, Change, Store, StoredClaim
from kb.types import (
    CheckedClaim,
    Citation,
    CitationKind,
    ClaimKind,
    Document,
    Issue,
    Label,
    Level,
    Report,
    Route,
    Stance,
    count_labels,
)
from tests.factories import (
    make_checked,
    make_claim,
    make_document,
    make_evidence,
    make_finding,
    make_report,
    make_source,
)

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LINES = (
    "Models lied in 47% of runs.",
    "Claude was honest in 90 of 100 cases.",
    "Nobody knows why 5% failed.",
    "“We were surprised,” said Ada Smith.",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, create=True) as opened:
        yield opened


def make_article(name: str = "article.txt", lines: tuple[str, ...] = LINES, **fields: object) -> Document:
    return make_document("\n".join(lines), name=name, **fields)


def check_line(document: Document, number: int, **fields: object) -> CheckedClaim:
    """A claim about the document's line of this number."""
    line = document.text.split("\n")[number]
    start = document.text.index(line)
    claim = make_claim(
        document.text, (start, start + len(line)), (start, start + 6), article_id=document.id,
        **{name: fields.pop(name) for name in ("kind", "topics", "citations", "speaker") if name in fields},
    )  # fmt: skip
    evidence = tuple(
        make_evidence(claim, source, stance=stance, route=route)
        for source, stance, route in fields.pop("weighed", ())  # type: ignore[attr-defined]
    )
    return make_checked(claim, *evidence, **fields)


def report_all(document: Document, **fields: object) -> Report:
    claims = (
        check_line(document, 0, label=Label.SUPPORTED),
        check_line(document, 1, label=Label.CONTESTED),
        check_line(document, 2, label=Label.UNSOURCED),
        check_line(document, 3, label=None, reason="checker_failed", kind=ClaimKind.QUOTATION),
    )
    return make_report(document, *claims, **fields)


def save(store: Store, report: Report, moment: datetime = NOW) -> Change:
    return store.save_article(report, raw=report.document.text.encode(), saved_at=moment)


# --------------------------------------------------------------------------- the plain laws


def test_what_was_saved_is_loaded(store: Store) -> None:
    issue = Issue(stage="ingest.html", level=Level.WARNING, code="odd", message="A table was left out.")
    source = make_source("smith", findings=(make_finding("smith"),))
    report = report_all(
        make_article(title="Lies", url="https://example.org/lies"), issues=(issue,), sources=(source,)
    )
    assert save(store, report) is Change.ADDED
    assert store.load_article(report.document.id) == report
    assert store.load_raw(report.document.sha256) == report.document.text.encode()


def test_saving_twice_changes_nothing(store: Store) -> None:
    report = report_all(make_article())
    save(store, report)
    before = store.chain_head(), store.last_changed(), list(store.iter_articles()), store.list_claims()
    assert save(store, report, LATER) is Change.UNCHANGED
    assert (
        store.chain_head(),
        store.last_changed(),
        list(store.iter_articles()),
        store.list_claims(),
    ) == before


def test_fifty_saves_of_the_same_leave_the_file_as_it_was(store: Store) -> None:
    report = report_all(make_article())
    save(store, report)
    store.backup(store.home / "before.db")
    for _ in range(50):
        save(store, report, LATER)
    store.backup(store.home / "after.db")
    assert (store.home / "before.db").read_bytes() == (store.home / "after.db").read_bytes()


def test_an_article_without_claims_is_an_article(store: Store) -> None:
    report = make_report(make_article(), claims=())
    save(store, report)
    assert store.load_article(report.document.id) == report
    assert store.list_claims().total == 0


def test_an_article_is_summed_up(store: Store) -> None:
    report = report_all(make_article(title="Lies", published="2025-02"))
    save(store, report)
    (summary,) = store.iter_articles()
    assert (summary.id, summary.name, summary.title, summary.published, summary.url) == (
        report.document.id, "article.txt", "Lies", "2025-02", None,
    )  # fmt: skip
    assert summary.counts == count_labels(report.claims)
    assert (summary.sha256, summary.checker, summary.ground) == (
        report.document.sha256,
        report.checker,
        report.ground,
    )
    assert summary.saved_at == NOW


def test_articles_come_by_id(store: Store) -> None:
    for name in ("b", "c", "a"):
        save(store, report_all(make_article(name)))
    ids = [summary.id for summary in store.iter_articles()]
    assert ids == sorted(ids)
    assert len(ids) == 3


def test_an_unknown_article_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no article a-nothing in"):
        store.load_article("a-nothing")


@pytest.mark.parametrize("fault", ["raw", "twice", "verdict"])
def test_parts_that_do_not_belong_together_are_refused(store: Store, fault: str) -> None:
    report = report_all(make_article())
    raw = report.document.text.encode()
    first = report.claims[0]
    if fault == "raw":
        raw += b"!"
    elif fault == "twice":
        report = replace(report, claims=(first, first))
    else:
        report = replace(report, claims=(replace(first, verdict=report.claims[1].verdict),))
    with pytest.raises(ValueError, match=r"other bytes|have one id|stands with claim"):
        store.save_article(report, raw=raw, saved_at=NOW)
    assert list(store.iter_articles()) == []


def test_a_claim_of_another_article_is_not_taken_over(store: Store) -> None:
    report = report_all(make_article("one.txt"))
    save(store, report)
    thief = replace(report, document=make_article("two.txt"))
    with pytest.raises(ValueError, match="is already a claim of article"):
        save(store, thief)
    assert [summary.name for summary in store.iter_articles()] == ["one.txt"]
    assert store.check_integrity() == ()


# --------------------------------------------------------------------------- versions and runs


def test_other_bytes_are_a_new_version_and_the_old_one_is_kept(store: Store) -> None:
    first = report_all(make_article())
    second = report_all(make_article(lines=(*LINES[:3], "Something else.")))
    save(store, first)
    assert save(store, second, LATER) is Change.NEW_VERSION
    assert store.load_article(first.document.id) == second
    assert store.load_article(first.document.id, sha256=first.document.sha256) == first
    with pytest.raises(NotFoundError, match="with the version 000"):
        store.load_article(first.document.id, sha256="0" * 64)


def test_a_claim_that_is_gone_is_still_found_by_its_id(store: Store) -> None:
    first = report_all(make_article())
    save(store, first)
    save(store, report_all(make_article(lines=(*LINES[:3], "Something else."))), LATER)
    gone = store.load_claim(first.claims[3].claim.id)
    assert (gone.current, gone.checked) == (False, first.claims[3])
    assert first.claims[3].claim.id not in {stored.checked.claim.id for stored in store.list_claims().items}


def test_going_back_to_an_old_version_shows_it_again(store: Store) -> None:
    first, second = (
        report_all(make_article()),
        report_all(make_article(lines=(*LINES[:3], "Something else."))),
    )
    for report in (first, second, first):
        save(store, report)
    assert store.load_article(first.document.id) == first
    assert {stored.checked.claim.id for stored in store.list_claims().items} == {
        c.claim.id for c in first.claims
    }
    assert store.check_integrity() == ()


def test_a_later_ground_or_checker_appends_and_is_shown(store: Store) -> None:
    document = make_article()
    first = report_all(document)
    later = report_all(document, ground="1" * 64)
    newest = report_all(document, ground="1" * 64, checker="checker/2")
    save(store, first)
    assert save(store, later, LATER) is Change.UPDATED
    assert save(store, newest, LATER) is Change.UPDATED
    assert store.load_article(document.id) == newest
    history = store.load_claim(first.claims[0].claim.id).history
    assert [(record.ground, record.checker) for record in history] == [
        (first.ground, "checker/1"), ("1" * 64, "checker/1"), ("1" * 64, "checker/2"),
    ]  # fmt: skip
    assert [record.recorded_at for record in history] == [NOW, LATER, LATER]
    assert history[0].verdict == first.claims[0].verdict
    assert history[0].evidence == first.claims[0].evidence


def test_an_edit_elsewhere_does_not_append_the_same_verdict(store: Store) -> None:
    first = report_all(make_article())
    longer = make_article(lines=("A new first line.", *LINES))
    moved = make_report(longer, *(check_line(longer, n + 1, label=c.verdict.label, reason=c.verdict.reason, kind=c.claim.kind)
                                  for n, c in enumerate(first.claims)))  # fmt: skip
    save(store, first)
    before = store.chain_head()
    assert save(store, moved, LATER) is Change.NEW_VERSION
    assert store.load_article(longer.id) == moved
    assert store.chain_head() == before


def test_other_words_under_the_same_key_are_kept_beside_the_first(store: Store) -> None:
    document = make_article()
    first = make_report(document, check_line(document, 0))
    other = make_report(document, check_line(document, 0, explanation="It says so, in other words."))
    save(store, first)
    save(store, other, LATER)
    assert store.load_article(document.id) == other
    history = store.load_claim(first.claims[0].claim.id).history
    assert [record.verdict for record in history] == [first.claims[0].verdict, other.claims[0].verdict]


# --------------------------------------------------------------------------- the list of claims


def test_claims_are_listed_by_label_reason_kind_and_article(store: Store) -> None:
    first, second = report_all(make_article("one.txt")), report_all(make_article("two.txt"))
    save(store, first)
    save(store, second)
    assert store.list_claims().total == 8
    assert store.list_claims(label=Label.SUPPORTED).total == 2
    assert store.list_claims(label=NOT_CHECKED).items[0].checked.verdict.label is None
    assert store.list_claims(reason="figure_differs").total == 2
    assert store.list_claims(kind=ClaimKind.QUOTATION).total == 2
    one = store.list_claims(article=first.document.id)
    assert tuple(stored.checked for stored in one.items) == first.claims
    assert one.items[0].article.name == "one.txt"
    assert store.list_claims(label="supported", reason="figure_differs").total == 0


def test_claims_are_listed_by_the_sources_that_speak_for_or_against_them_or_are_cited(store: Store) -> None:
    document = make_article()
    cited = Citation(
        surface="1", kind=CitationKind.FOOTNOTE, start=0, end=1, source_ids=("cited",), exact=True
    )
    guessed = replace(cited, source_ids=("guessed",), exact=False)
    weighed = (
        ("for", Stance.SUPPORTS, Route.SEARCHED),
        ("against", Stance.REFUTES, Route.CONTESTING),
        ("named", Stance.NEUTRAL, Route.ATTRIBUTED),
        ("silent", Stance.NEUTRAL, Route.SEARCHED),
    )
    save(store, make_report(document, check_line(document, 0, weighed=weighed, citations=(cited, guessed))))
    found = {name: store.list_claims(source=name).total for name in
             ("cited", "guessed", "for", "against", "named", "silent")}  # fmt: skip
    assert found == {"cited": 1, "guessed": 0, "for": 1, "against": 1, "named": 1, "silent": 0}


def test_claims_are_listed_by_their_topic_or_that_of_their_source(store: Store) -> None:
    document = make_article()
    weighed = (("smith", Stance.SUPPORTS, Route.CITED),)
    report = make_report(
        document,
        check_line(document, 0, weighed=weighed),
        check_line(document, 1, weighed=weighed, topics=("jailbreaks",)),
        sources=(
            make_source("smith", topics=("deception", "honesty")),
            make_source("jones", topics=("other",)),
        ),
    )
    save(store, report)
    found = {
        name: store.list_claims(topic=name).total for name in ("deception", "honesty", "jailbreaks", "other")
    }
    assert found == {"deception": 1, "honesty": 1, "jailbreaks": 1, "other": 0}


def test_the_list_follows_the_report_that_is_shown(store: Store) -> None:
    document = make_article()
    weighed = (("smith", Stance.SUPPORTS, Route.CITED),)
    save(store, make_report(document, check_line(document, 0, weighed=weighed, topics=("deception",))))
    later = check_line(document, 0, label=Label.UNSOURCED)
    save(store, make_report(document, later, ground="1" * 64), LATER)
    assert store.list_claims(source="smith").total == 0
    assert store.list_claims(topic="deception").total == 0
    assert store.list_claims(label="unsourced").items[0].checked == later


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("claude", 1),
        ("CLAUDE honest", 1),
        ("honest claude", 1),
        ("claude nobody", 0),
        ('"were surprised"', 1),
        ("“were surprised”", 1),
        ('"surprised were"', 0),
        ("surprised were", 1),
        ('"were surprised', 1),
        ('"', 4),
        ('""', 4),
        ("47%", 1),
        ("4_%", 0),
        ("%", 2),
        ("ada", 1),
        ("", 4),
        ("   ", 4),
        ("' OR 1=1 --", 0),
        ("GPT-4", 0),
        ("p(doom)", 0),
        ("\x00", 4),
        ("/", 0),
    ],
)
def test_text_wants_every_word_as_it_is(store: Store, words: str, total: int) -> None:
    save(store, report_all(make_article()))
    assert store.list_claims(text=words).total == total


def test_a_search_of_too_many_words_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="up to 100 words, found 101"):
        store.list_claims(text=" ".join(map(str, range(101))))


def test_each_facet_counts_beside_its_own_choice(store: Store) -> None:
    save(store, report_all(make_article()))
    page = store.list_claims(label="supported")
    assert page.total == 1
    assert page.facets.label == {"contested": 1, NOT_CHECKED: 1, "supported": 1, "unsourced": 1}
    assert page.facets.reason == {"agrees": 1}
    assert page.facets.kind == {"quantity": 1}
    assert store.list_claims(label="supported", kind="quotation").facets.label == {NOT_CHECKED: 1}


def test_pages_follow_one_another(store: Store) -> None:
    reports = [report_all(make_article(f"{number}.txt")) for number in range(3)]
    for report in reports:
        save(store, report)
    whole = store.list_claims(limit=100)
    assert whole.next is None
    seen: list[StoredClaim] = []
    after = None
    while True:
        page = store.list_claims(limit=5, after=after)
        assert (page.total, page.facets) == (12, whole.facets)
        seen.extend(page.items)
        after = page.next
        if after is None:
            break
    assert tuple(seen) == whole.items
    ordered = sorted(reports, key=lambda report: report.document.id)
    assert [stored.checked for stored in seen] == [claim for report in ordered for claim in report.claims]


def test_a_cursor_stands_while_articles_come_and_go(store: Store) -> None:
    reports = sorted(
        (report_all(make_article(f"{n}.txt")) for n in range(4)), key=lambda report: report.document.id
    )
    for report in reports[1:3]:
        save(store, report)
    page = store.list_claims(limit=4)
    save(store, reports[0])
    save(store, reports[3])
    rest = store.list_claims(limit=100, after=page.next)
    assert [stored.article.id for stored in rest.items] == [reports[2].document.id] * 4 + [
        reports[3].document.id
    ] * 4


@pytest.mark.parametrize(
    "cursor", ["", "x", "!!!", "ünicode", "e30", "WzEsMl0", "WyJhIiwiYiJd", "WyJhIiwxLDJd", "WyJhIiwxMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd", "W" * 5000]
)  # fmt: skip
def test_what_is_no_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(ValueError, match="isn't one that a page of claims gave"):
        store.list_claims(after=cursor)


def test_a_search_as_long_as_it_may_be_is_answered_and_a_longer_one_refused(store: Store) -> None:
    for character in ("%", "\u4e2d", "\U0001f600", "a"):
        assert store.list_claims(text=character * 10_000).total == 0
    with pytest.raises(ValueError, match="up to 10000 characters"):
        store.list_claims(text="a" * 10_001)


def test_half_a_character_in_a_question_is_an_input_error(store: Store) -> None:
    for ask in (
        store.load_claim,
        store.load_source,
        store.load_article,
        lambda half: store.list_claims(text=half),
    ):
        with pytest.raises(InputError, match="half of a character"):
            ask("\ud800")


@pytest.mark.parametrize("limit", [0, -1, 10_001, 10**30])
def test_a_page_without_claims_cannot_be_asked_for(store: Store, limit: int) -> None:
    with pytest.raises(ValueError, match="limit from 1 to 10000"):
        store.list_claims(limit=limit)


def test_a_claim_is_loaded_with_its_article_and_history(store: Store) -> None:
    report = report_all(make_article())
    save(store, report)
    stored = store.load_claim(report.claims[1].claim.id)
    assert stored.checked == report.claims[1]
    assert stored.article == next(store.iter_articles())
    assert stored.current
    (record,) = stored.history
    assert (record.verdict, record.evidence) == (report.claims[1].verdict, report.claims[1].evidence)
    assert (record.number, record.document_sha256) == (2, report.document.sha256)


def test_what_is_held_is_counted(store: Store) -> None:
    save(store, report_all(make_article()))
    assert store.count_rows() == {
        "sources": 0, "passages": 0, "articles": 1, "claims": 4, "verdicts": 4, "vectors": 0,
        "raw_bytes": len("\n".join(LINES).encode()),
    }  # fmt: skip


def test_an_unknown_claim_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no claim c-nothing"):
        store.load_claim("c-nothing")


def test_the_last_change_is_the_last_that_was_made_not_the_latest_clock(store: Store) -> None:
    assert store.last_changed() is None
    save(store, report_all(make_article("one.txt")), LATER)
    save(store, report_all(make_article("two.txt")), NOW)
    assert store.last_changed() == NOW
