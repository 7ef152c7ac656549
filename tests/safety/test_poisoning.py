"""Texts made to mislead, through the real workbench: a source that nobody reviewed decides nothing and pushes
nothing out; look-alike links, circular citations and copies with a changed number are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.passages import split_passages
from ingest.read import read_document
from kb.types import Label, Raw, Source, Tier
from service.workbench import Workbench
from sources.lookalikes import find_lookalikes
from tests.factories import make_source
from tests.kb.index_library import make_sentences
from tests.safety.ledger import Counted

NOW = datetime(2025, 1, 1, tzinfo=UTC)
FACT = "In the harbour trial the grader missed 41.3% of the planted faults in the code of trainees."
FAKE = FACT.replace("41.3%", "61.3%")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(tmp_path / "kb", create=True) as workbench:
        yield workbench


def save(bench: Workbench, source: Source, text: str, media_type: str = "text/plain") -> None:
    """Store a source just as it is: reviewed or not."""
    raw = Raw(name=f"{source.id}.txt", content=text.encode(), media_type=media_type, url=source.url)
    document = read_document(raw).items[0]
    passages = split_passages(document, source.id).items
    bench.store.save_source(
        source, origin="test", document=document, raw=raw.content, passages=passages, added_at=NOW
    )


def check(bench: Workbench, text: str, *, url: str | None = None) -> list[tuple[Label | None, str]]:
    report = bench.check(Raw(name="a.md", content=text.encode(), media_type="text/markdown", url=url))
    return [(checked.verdict.label, checked.verdict.reason) for checked in report.claims]


def find_codes(bench: Workbench, text: str) -> list[str]:
    report = bench.check(Raw(name="a.md", content=text.encode(), media_type="text/markdown"))
    return [issue.code for issue in report.issues]


# --------------------------------------------------------------------------- who decides


def test_a_source_that_nobody_reviewed_never_decides(bench: Workbench, counted: Counted) -> None:
    fakes = {
        "alone": make_source("fake", reviewed_by=None, url="https://fake.example/a"),
        "secondary": make_source("fake", reviewed_by="registry", tier=Tier.SECONDARY, url="https://fake.example/a"),
    }  # fmt: skip
    tried = 0
    for fake in fakes.values():
        save(bench, fake, FAKE + "\n")
        bench.refresh_index()
        for article in (FAKE, f"[{FAKE}](https://fake.example/a)", f"A study of fake found: {FAKE}"):
            assert [label for label, _ in check(bench, article + "\n")] == [Label.UNSOURCED], article
            tried += 1
    counted("Q1", "articles that rest on an unreviewed or secondary source, none supported", tried=tried)


def test_an_unreviewed_source_against_a_reviewed_one_changes_nothing(bench: Workbench) -> None:
    save(bench, make_source("harbour"), FACT + " The team tells how.\n")
    for number in range(4):
        save(bench, make_source(f"other-{number}"), " ".join(make_sentences(number, 20)) + "\n")
    bench.refresh_index()
    before = [check(bench, text + "\n") for text in (FACT, FAKE)]
    save(bench, make_source("fake", title="The harbour trial", reviewed_by=None), FAKE + " So it goes.\n")
    bench.refresh_index()
    assert [check(bench, text + "\n") for text in (FACT, FAKE)] == before
    assert before[0] == [(Label.SUPPORTED, "agrees")]


CLAIMS = (
    "The lighthouse model answered 37% of the geometry puzzles with a picture.",
    "Librarians in Turin spotted 62% of the forged abstracts.",
    "The orchard agent deleted its own log in 14% of the sessions.",
    "Night nurses trusted the triage advice in 81% of the shifts.",
    "The violin classifier confused viola and cello in 23% of the recordings.",
    "Sailors overruled the route planner on 46% of the crossings.",
    "The tutor praised wrong proofs in 58% of the lessons.",
    "Cartographers kept 92% of the suggested place names.",
    "The kiln controller asked for help in 9% of the firings.",
    "Bakers in the survey rejected 71% of the generated recipes.",
    "The chess commentator invented a rule in 17% of the matches.",
    "Glaciologists corrected 34% of the ice charts by hand.",
    "The parrot transcriber missed 53% of the whistles.",
    "Tailors followed 66% of the cutting plans.",
    "The archive crawler skipped 28% of the parish registers.",
    "Beekeepers doubted the swarm forecast in 43% of the weeks.",
    "The opera translator dropped a line in 19% of the arias.",
    "Surveyors accepted 77% of the boundary sketches.",
    "The vineyard scout misread 12% of the leaf scans.",
    "Conductors ignored the tempo hints in 84% of the rehearsals.",
)  # fmt: skip


def test_stuffed_passages_push_nothing_out(bench: Workbench, counted: Counted) -> None:
    for number, claim in enumerate(CLAIMS):
        around = make_sentences(number, 12)
        save(bench, make_source(f"study-{number}"), " ".join([*around[:6], claim, *around[6:]]) + "\n")
    bench.refresh_index()
    article = "\n\n".join(CLAIMS) + "\n"
    before = check(bench, article)
    assert before == [(Label.SUPPORTED, "agrees")] * len(CLAIMS)
    for number in range(5):
        mine = [re.sub(r"\d+%", f"{3 + number}%", claim) for claim in CLAIMS[number * 4 : number * 4 + 4]]
        fake = make_source(f"stuffed-{number}", title="Trial, study, model, report", reviewed_by=None)
        save(bench, replace(fake, url=f"https://stuffed-{number}.example/x"), " ".join(mine * 3) + "\n")
    bench.refresh_index()
    assert check(bench, article) == before
    told = "claims beside pages stuffed with each of them and another figure, verdict unchanged"
    counted("Q2", told, tried=len(CLAIMS))


# --------------------------------------------------------------------------- look-alikes


KNOWN = ("arxiv.org", "www.anthropic.com", "metr.org", "openai.com", "deepmind.google", "doi.org")
LOOKALIKE = {
    "https://arxlv.org/abs/1": "arxiv.org",
    "https://arx1v.org/abs/1": "arxiv.org",
    "https://аrxiv.org/abs/1": "arxiv.org",  # a Cyrillic letter
    "https://" + "аrxiv.org".encode("idna").decode() + "/abs/1": "arxiv.org",
    "https://arxiv.org.example.com/abs/1": "arxiv.org",
    "https://arxiv.org.co/abs/1": "arxiv.org",
    "https://anthroplc.com/x": "anthropic.com",
    "https://antropic.com/x": "anthropic.com",
    "https://antrhopic.com/x": "anthropic.com",
    "https://anthropicc.com/x": "anthropic.com",
    "https://www.openal.com/x": "openai.com",
    "https://0penai.com/x": "openai.com",
    "https://оpenai.com/x": "openai.com",
    "https://rnetr.org/x": "metr.org",
    "https://deepmlnd.google/x": "deepmind.google",
    "https://deeprnind.google/x": "deepmind.google",
}  # fmt: skip
HONEST = (
    "https://arxiv.org/abs/1", "https://export.arxiv.org/abs/1", "https://anthropic.com/x", "https://openai.com/x",
    "https://web.archive.org/web/2024/https://arxiv.org/abs/1", "https://nature.com/x", "https://bbc.co.uk/x",
    "https://meta.org/x", "https://example.com/arxiv.org", "https://x.com/a", "mailto:a@arxlv.org", "#note", "",
    "https://[::1/", "https://xn--/", "https://opencv.com/x", "https://doi.org/10.1/x", "https://dl.acm.org/x",
)  # fmt: skip


def test_hosts_that_look_like_a_known_one_are_told_and_honest_ones_are_not(counted: Counted) -> None:
    for address, known in LOOKALIKE.items():
        assert list(find_lookalikes([address], KNOWN).values()) == [known], address
    assert find_lookalikes(HONEST, KNOWN) == {}
    counted("Q1", "look-alike hosts told", tried=len(LOOKALIKE))
    counted("Q1", "honest hosts left alone", tried=len(HONEST))


def test_a_link_to_a_look_alike_is_said_and_is_not_the_source(bench: Workbench) -> None:
    save(bench, make_source("harbour", url="https://arxiv.org/abs/2501.01234"), FACT + "\n")
    bench.refresh_index()
    text = f"[{FACT}](https://arxlv.org/abs/2501.01234)\n"
    assert "link_looks_alike" in find_codes(bench, text)
    report = bench.check(Raw(name="a.md", content=text.encode(), media_type="text/markdown"))
    assert all(not citation.source_ids for claim in report.claims for citation in claim.claim.citations)
    assert "link_looks_alike" not in find_codes(bench, text.replace("arxlv", "arxiv"))


# --------------------------------------------------------------------------- circles and copies

STORY = "https://paper.example/news/harbour"
FILLER = (
    "The harbour team trained a grader on the code that trainees hand in, and planted faults of six kinds. "
    "Each fault was written by two engineers and read by a third before it went in. The grader read every file "
    "once, without the tests beside it, and wrote a short note on what it found. Two readers compared the notes "
    "with the list of planted faults and settled what they did not agree on by talking it over. The files came "
    "from three terms of the same course, and no file was used twice. Nothing was told to the trainees before "
    "the end of the course, and none of them saw the notes. The team then repeated the reading with a second "
    "grader that had seen the tests, to learn how much the tests give away. The course has been held since 2019 "
    "and some 200 trainees have passed through it. "
)


def test_a_source_that_has_its_figure_from_the_article_is_no_evidence_for_it(
    bench: Workbench, counted: Counted
) -> None:
    page = (
        "<html><body><article><h1>Weekly review</h1><p>{}</p><p>{} <a href='{}'>as the Paper reported</a>.</p>"
        "</article></body></html>"
    ).format("A look at what was said of code and machines this week, by our own readers.", FACT, STORY)
    save(bench, make_source("review", url="https://review.example/12"), page, "text/html")
    bench.refresh_index()
    assert check(bench, FACT + "\n", url=STORY) == [(Label.UNSOURCED, "self_citation")]
    elsewhere = check(bench, FACT + "\n", url="https://other.example/story")
    assert elsewhere == [(Label.SUPPORTED, "agrees")]
    counted("Q1", "sources that quote the article itself, none supports it", tried=1)


def test_the_article_over_again_under_other_bytes_is_no_evidence_for_it(
    bench: Workbench, counted: Counted
) -> None:
    article = FILLER + FACT + "\n"
    copies = {
        "same": article,
        "cut": FILLER[103:] + FACT + "\n",
        "framed": "Seen elsewhere today.\n\n" + article + "\nSend us your letters.\n",
    }
    for name, text in copies.items():
        save(bench, make_source(name, url=f"https://{name}.example/x"), text)
    bench.refresh_index()
    verdicts = check(bench, article, url=STORY)
    assert Label.SUPPORTED not in {label for label, _ in verdicts}
    counted("Q1", "copies of the article in the registry, none supports it", tried=len(copies))


def test_a_source_that_is_quoted_at_length_is_no_copy_of_the_article(bench: Workbench) -> None:
    save(bench, make_source("harbour", url="https://harbour.example/trial"), FILLER * 3 + FACT + "\n")
    bench.refresh_index()
    report = f"{FACT} The team planted faults of six kinds, it says. Nobody had told the trainees about it.\n"
    assert (Label.SUPPORTED, "agrees") in check(bench, report, url=STORY)


def test_a_copy_of_a_source_with_one_changed_number_is_told_and_decides_nothing(
    bench: Workbench, counted: Counted
) -> None:
    source = make_source("harbour", url="https://arxiv.org/abs/2501.01234")
    text = FILLER + FACT + "\n" + FILLER.replace("harbour", "garden")
    bench.add_source(source, Raw(name="s.txt", content=text.encode(), media_type="text/plain"))
    before = check(bench, FACT + "\n")
    fake = make_source("copy", url="https://arxlv.org/abs/2501.01234", reviewed_by=None)
    raw = Raw(name="c.txt", content=text.replace("41.3%", "61.3%").encode(), media_type="text/plain")
    _, issues = bench.add_source(fake, raw, reviewed=False)
    (told,) = [issue for issue in issues if issue.code == "copy_differs"]
    assert "61.3%" in told.message and "41.3%" in told.message and "harbour" in told.message
    assert check(bench, FACT + "\n") == before
    assert check(bench, FAKE + "\n") == [(Label.CONTESTED, "figure_differs")]
    counted("Q1", "copies of a paper with one changed number, told by both figures", tried=1)


def test_another_text_on_the_same_subject_is_no_copy(bench: Workbench) -> None:
    bench.add_source(make_source("harbour"), Raw(name="s.txt", content=(FILLER + FACT).encode()))
    other = " ".join(make_sentences(1, 21)) + " " + FACT
    _, issues = bench.add_source(make_source("other"), Raw(name="o.txt", content=other.encode()))
    assert [issue.code for issue in issues if issue.code == "copy_differs"] == []
