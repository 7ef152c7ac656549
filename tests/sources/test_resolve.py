"""Citations lead to sources: exactly by identifier, as ranked suggestions by words, else nowhere."""

from __future__ import annotations

import sys

import pytest

from kb.types import Citation, CitationKind, Claim, ClaimKind, Selector, Source, SourceFinding
from sources.resolve import index_sources, read_surname, resolve_citations, suggest_by_title

_LAB = Source(
    id="lab-2025-blackmail",
    title="Agentic Misalignment: How LLMs could be insider threats",
    authors=("Aengus Lynch", "Benjamin Wright"),
    publisher="Anthropic",
    published="2025-06-20",
    url="https://www.anthropic.com/research/agentic-misalignment",
    arxiv="2510.05179",
    aliases=("Agentic Misalignment", "https://github.com/anthropic-experimental/agentic-misalignment"),
    findings=(
        SourceFinding(id="lab-2025-blackmail#rate", statement="Claude Opus 4 resorted to blackmail in 96%."),
    ),
)
_AUDIT = Source(
    id="lab-2026-petri",
    title="Petri 2.0: New Scenarios",
    authors=("Anthropic",),
    publisher="Anthropic Alignment Science",
    published="2026-01-22",
    url="https://alignment.anthropic.com/2026/petri-v2/",
    findings=(
        SourceFinding(id="lab-2026-petri#drop", statement="Mitigations reduced evaluation awareness."),
    ),
)
_JOURNAL = Source(
    id="betley-2026",
    title="Training large language models on narrow tasks can lead to broad misalignment",
    authors=("Jan Betley", "Niels Warncke", "Anna Sztyber-Betley et al."),
    publisher="Nature 649, 584-589",
    published="2026-01-14",
    url="https://www.nature.com/articles/s41586-025-09937-5",
    doi="10.1038/s41586-025-09937-5",
    arxiv="2502.17424",
)
_EXAM = Source(
    id="martinez-2024",
    title="Re-evaluating GPT-4's bar exam performance",
    authors=("Eric Martínez",),
    publisher="Artificial Intelligence and Law",
    published="2024",
    doi="10.1007/s10506-024-09396-9",
)
_SITE = Source(
    id="site-2026", title="A launch article", publisher="VentureBeat", url="https://venturebeat.com/"
)
_SOURCES = (_LAB, _AUDIT, _JOURNAL, _EXAM, _SITE)


def _resolve(
    kind: CitationKind,
    surface: str = "",
    *,
    targets: tuple[str, ...] = (),
    note: str | None = None,
    text: str = "",
) -> Citation:
    selector = Selector(start=0, end=len(text), exact=text)
    citation = Citation(surface=surface, kind=kind, start=0, end=1, targets=targets, note=note)
    claim = Claim(id="c-1", kind=ClaimKind.QUANTITY, sentence=selector, span=selector, citations=(citation,))
    return resolve_citations([claim], _SOURCES)[0].citations[0]


@pytest.mark.parametrize(
    ("target", "source_id"),
    [
        ("http://anthropic.com/research/agentic-misalignment/?utm_source=x#results", "lab-2025-blackmail"),
        ("https://github.com/anthropic-experimental/agentic-misalignment", "lab-2025-blackmail"),
        ("https://arxiv.org/pdf/2510.05179v1.pdf", "lab-2025-blackmail"),
        ("https://doi.org/10.48550/arXiv.2502.17424", "betley-2026"),
        ("https://nature.com/articles/s41586-025-09937-5#Sec1", "betley-2026"),
        ("https://doi.org/10.1038/S41586-025-09937-5", "betley-2026"),
        ("https://link.springer.com/article/10.1007/s10506-024-09396-9", "martinez-2024"),
    ],
)
def test_a_link_leads_exactly_to_the_source_it_identifies(target: str, source_id: str) -> None:
    citation = _resolve(CitationKind.LINK, "here", targets=(target,))
    assert (citation.source_ids, citation.exact) == ((source_id,), True)


def test_an_identifier_in_the_words_is_exact() -> None:
    assert _resolve(CitationKind.ARXIV, "arXiv:2510.05179v2").exact
    assert _resolve(CitationKind.DOI, "doi:10.1007/s10506-024-09396-9").source_ids == ("martinez-2024",)


def test_a_link_to_an_unknown_page_suggests_nothing() -> None:
    citation = _resolve(
        CitationKind.LINK,
        "Agentic Misalignment by Lynch",
        targets=("https://example.org/agentic-misalignment",),
    )
    assert (citation.source_ids, citation.exact) == ((), False)


def test_a_homepage_identifies_no_source() -> None:
    assert _resolve(CitationKind.LINK, "VentureBeat", targets=("https://venturebeat.com/",)).source_ids == ()


def test_a_mention_that_carries_an_unknown_address_points_elsewhere() -> None:
    citation = _resolve(CitationKind.MENTION, "Anthropic's research", targets=("https://example.org/x",))
    assert citation.source_ids == ()


def test_a_footnote_leads_where_its_targets_do() -> None:
    citation = _resolve(
        CitationKind.FOOTNOTE, "9", targets=("https://arxiv.org/abs/2510.05179",), note="Lynch et al."
    )
    assert (citation.source_ids, citation.exact) == (("lab-2025-blackmail",), True)


def test_a_footnote_leads_where_an_address_in_its_text_does() -> None:
    citation = _resolve(
        CitationKind.FOOTNOTE, "9", note="See https://alignment.anthropic.com/2026/petri-v2/."
    )
    assert (citation.source_ids, citation.exact) == (("lab-2026-petri",), True)


def test_a_title_in_a_footnote_is_a_suggestion() -> None:
    note = "J. Betley et al., “Training Large Language Models on Narrow Tasks Can Lead to Broad Misalignment”, 2026."
    citation = _resolve(CitationKind.FOOTNOTE, "8", note=note)
    assert (citation.source_ids, citation.exact) == (("betley-2026",), False)


def test_a_footnote_with_another_title_suggests_nothing() -> None:
    note = "Doe, “Training large dogs on narrow bridges can lead to broad smiles”, 2026."
    assert _resolve(CitationKind.FOOTNOTE, "8", note=note).source_ids == ()


@pytest.mark.parametrize(
    "surface", ["(Betley et al., 2026)", "Betley et al. (2025)", "Betley et al.", "Betley and Warncke"]
)
def test_author_and_year_suggest_the_source(surface: str) -> None:
    citation = _resolve(CitationKind.AUTHOR_YEAR, surface)
    assert (citation.source_ids, citation.exact) == (("betley-2026",), False)


def test_accents_in_a_name_do_not_matter() -> None:
    assert _resolve(CitationKind.AUTHOR_YEAR, "Martinez (2024)").source_ids == ("martinez-2024",)


@pytest.mark.parametrize(
    "surface", ["Betley et al. (2021)", "Warncke et al. (2026)", "Smith et al. (2026)", "2026"]
)
def test_the_wrong_year_or_a_later_author_suggests_nothing(surface: str) -> None:
    assert _resolve(CitationKind.AUTHOR_YEAR, surface).source_ids == ()


def test_a_mention_is_ranked_by_what_the_claim_is_about() -> None:
    first = _resolve(
        CitationKind.MENTION, "Anthropic's research", text="Opus resorted to blackmail in 96% of runs."
    )
    second = _resolve(
        CitationKind.MENTION,
        "Anthropic's research",
        text="Mitigations reduced evaluation awareness by 47.3%.",
    )
    assert first.source_ids[0] == "lab-2025-blackmail"
    assert second.source_ids[0] == "lab-2026-petri"
    assert not first.exact


def test_a_journal_named_in_a_mention_suggests_its_paper() -> None:
    assert _resolve(CitationKind.MENTION, "a study published in Nature").source_ids == ("betley-2026",)


@pytest.mark.parametrize("surface", ["a recent study", "researchers", "the paper", "Stanford's research", ""])
def test_a_mention_that_names_nothing_known_suggests_nothing(surface: str) -> None:
    assert _resolve(CitationKind.MENTION, surface, text="Opus resorted to blackmail.").source_ids == ()


def test_a_title_in_the_note_of_an_author_and_year_goes_before_the_name() -> None:
    note = "Doe, J. et al. (2026). Training large language models on narrow tasks can lead to broad misalignment."
    assert _resolve(CitationKind.AUTHOR_YEAR, "Doe et al.", note=note).source_ids == ("betley-2026",)


def test_a_year_in_a_title_is_no_word_of_its_name() -> None:
    assert _resolve(CitationKind.MENTION, "Stanford 2025").source_ids == ()


def _company_report(number: int, published: str) -> Source:
    finding = SourceFinding(id=f"c-{number}#f", statement=f"Subject{number} grew.")
    return Source(
        id=f"c-{number}", title=f"Report {number}", authors=("Acme",), publisher="Acme", published=published,
        findings=(finding,),
    )  # fmt: skip


def test_a_company_and_year_need_that_year_and_the_claims_subject() -> None:
    sources = [_company_report(number, "2024" if number % 2 else "2025") for number in range(20)]
    selector = Selector(start=0, end=14, exact="Subject7 grew.")
    citation = Citation(surface="(Acme, 2024)", kind=CitationKind.AUTHOR_YEAR, start=0, end=1)
    claim = Claim(id="c", kind=ClaimKind.FINDING, sentence=selector, span=selector, citations=(citation,))
    found = resolve_citations([claim], sources)[0].citations[0].source_ids
    assert found[0] == "c-7"
    assert all(int(source_id[2:]) % 2 for source_id in found)


def test_a_company_of_many_sources_suggests_none_where_the_claim_is_of_something_else() -> None:
    sources = [_company_report(number, "2025") for number in range(20)]
    selector = Selector(start=0, end=12, exact="Weather held")
    citation = Citation(surface="Acme", kind=CitationKind.MENTION, start=0, end=1)
    claim = Claim(id="c", kind=ClaimKind.FINDING, sentence=selector, span=selector, citations=(citation,))
    assert resolve_citations([claim], sources)[0].citations[0].source_ids == ()


def test_suggestions_are_few() -> None:
    many = [Source(id=f"s-{n}", title=f"Blackmail, part {n}", publisher="Anthropic") for n in range(40)]
    selector = Selector(start=0, end=9, exact="blackmail")
    citation = Citation(surface="Anthropic", kind=CitationKind.MENTION, start=0, end=9)
    claim = Claim(id="c", kind=ClaimKind.FINDING, sentence=selector, span=selector, citations=(citation,))
    assert len(resolve_citations([claim], many)[0].citations[0].source_ids) == 5


def test_claims_keep_their_order_and_all_else() -> None:
    selector = Selector(start=0, end=1, exact="x")
    claims = [Claim(id=f"c-{n}", kind=ClaimKind.FINDING, sentence=selector, span=selector) for n in range(3)]
    assert list(resolve_citations(claims, _SOURCES)) == claims


def test_the_order_of_the_sources_does_not_matter() -> None:
    selector = Selector(start=0, end=40, exact="Opus resorted to blackmail in 96% of runs")
    citation = Citation(surface="Anthropic's research", kind=CitationKind.MENTION, start=0, end=1)
    claim = Claim(id="c", kind=ClaimKind.FINDING, sentence=selector, span=selector, citations=(citation,))
    forward, backward = resolve_citations([claim], _SOURCES), resolve_citations([claim], _SOURCES[::-1])
    assert forward == backward


def test_a_prepared_index_gives_the_same_answer() -> None:
    selector = Selector(start=0, end=1, exact="x")
    citation = Citation(surface="Betley et al.", kind=CitationKind.AUTHOR_YEAR, start=0, end=1)
    claim = Claim(id="c", kind=ClaimKind.FINDING, sentence=selector, span=selector, citations=(citation,))
    assert resolve_citations([claim], index_sources(_SOURCES)) == resolve_citations([claim], _SOURCES)


@pytest.mark.parametrize(
    ("author", "surname"),
    [
        ("Jan Betley", "betley"), ("Betley, J.", "betley"), ("Greenblatt et al.", "greenblatt"), ("Becker", "becker"),
        ("Samuel R. Bowman", "bowman"), ("Eric Martínez", "martinez"), ("Anna Sztyber-Betley et al.", "sztyber-betley"),
        ("Martin Luther King Jr.", "king"), ("", None),
    ],
)  # fmt: skip
def test_surnames_are_read_from_printed_authors(author: str, surname: str | None) -> None:
    assert read_surname(author) == surname


@pytest.mark.slow
def test_the_work_grows_no_faster_than_the_claims() -> None:
    sources = [
        Source(
            id=f"s-{n}",
            title=f"Report {n} on blackmail {n % 97}",
            publisher="Anthropic",
            authors=(f"A Name{n}",),
        )
        for n in range(2_000)
    ]
    index = index_sources(sources)
    selector = Selector(start=0, end=30, exact="Opus resorted to blackmail 41")

    def measure(count: int) -> int:
        claims = [
            Claim(
                id=f"c-{n}", kind=ClaimKind.FINDING, sentence=selector, span=selector,
                citations=(Citation(surface="Anthropic's report 41", kind=CitationKind.MENTION, start=0, end=1),),
            )
            for n in range(count)
        ]  # fmt: skip
        calls = 0

        def count_call(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count_call)
        try:
            resolve_citations(claims, index)
        finally:
            sys.setprofile(None)
        return calls

    measure(20)  # what is read once is read before the counting
    few, many = measure(20), measure(400)
    assert few > 0
    assert many <= 22 * few


def test_a_title_is_suggested_with_a_score_that_a_whole_one_makes_full() -> None:
    index = index_sources(_SOURCES)
    whole = suggest_by_title(
        "Smith: Training large language models on narrow tasks can lead to broad misalignment", index
    )
    misspelt = suggest_by_title(
        "Training large langage models on narow tasks can lead to broad misalignmnt", index
    )
    assert whole == (("betley-2026", 1.0),)
    assert misspelt[0][0] == "betley-2026"
    assert 0.9 <= misspelt[0][1] < 1.0
    assert suggest_by_title("Training dogs on narrow bridges", index) == ()
