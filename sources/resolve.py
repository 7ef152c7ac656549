"""Finds the source that a citation points at: exactly by identifier, else as ranked suggestions by words.

An identifier (DOI, arXiv id, address) decides; words only suggest, and say so (`exact` is False). A
citation whose address belongs to no known source gets no suggestion from its words: it points elsewhere.
Sources are indexed once; a citation costs what its own words cost, not the number of sources. Knows
nothing of texts, stores or verdicts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kb.text import fold_text
from kb.types import Citation, CitationKind, Claim, Source
from kb.words import content_stems, coverage
from sources.identifiers import find_pointers, read_address, read_arxiv, read_doi

MAX_SUGGESTIONS = 5
TITLE_SCORE = 90.0  # of rapidfuzz's 100, for a title found in a note
_MIN_TITLE_WORDS = 3
_MAX_POSTINGS = 400  # of one word; a rarer word of the citation narrows first
_FLOOR_MENTION = 0.5  # share of a mention's words, the rare ones heavier, that a source's names must hold
_FLOOR_ABOUT = 0.2  # share of the claim's words that one of many sources of the same maker must speak of
_MANY = 5  # sources of one name from which the name alone says nothing
_LEAD = 0.5  # suggestions under this share of the best one's score are left out
_COMPARED = 20  # sources whose findings are compared with the claim one by one
_TITLE_WORD = 0.7  # worth of a word that stands in a title only, against one of a maker's name

# Words that announce a source and name none.
_GENERIC = frozenset(
    "the a an of in by and for on at to its their his her this that these new recent latest own separate joint "
    "research study studies paper papers report reports reported post blog article work works analysis experiment "
    "experiments evaluation evaluations finding findings result results team teams researcher researchers scientist "
    "scientists author authors company lab labs laboratory group preprint published publication journal survey data "
    "press release announcement system card model models test tests testing according et al colleagues university "
    "technical trial project page website documentation update follow-up followup abstract appendix here link see".split()
)
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_POSSESSIVE = re.compile(r"['’]s?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What one source may be called."""

    source: Source
    surnames: tuple[str, ...]
    makers: frozenset[str]  # words of publisher and authors
    words: frozenset[str]  # of title, short names, publisher and authors
    phrases: tuple[str, ...]  # folded title and short names
    year: int | None
    stems: frozenset[str]  # of title, short names and findings
    statements: tuple[frozenset[str], ...]  # stems of title and short names with those of each finding


@dataclass(slots=True)
class SourceIndex:
    """Sources by identifier and by the words of their names; built once by `index_sources`."""

    by_doi: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_arxiv: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_address: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_surname: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_word: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, _Names] = field(default_factory=dict)

    def find_identified(self, pointers: Iterable[str]) -> tuple[str, ...]:
        """Ids of the sources that the pointers (addresses, DOIs, arXiv ids) identify, in their order."""
        found: dict[str, None] = {}
        for pointer in pointers:
            for table, key in (
                (self.by_doi, read_doi(pointer)),
                (self.by_arxiv, read_arxiv(pointer)),
                (self.by_address, read_address(pointer)),
            ):
                if key is not None and key in table:
                    found.update(dict.fromkeys(table[key]))
        return tuple(found)


def index_sources(sources: Sequence[Source]) -> SourceIndex:
    """Index sources for any number of `resolve_citations`."""
    index = SourceIndex()
    for source in sources:
        for pointer in (source.url, *source.aliases):
            if pointer is not None:
                _index_pointer(index, pointer, source.id)
        if source.doi:
            _index_pointer(index, f"doi:{source.doi}", source.id)
        if source.arxiv:
            _append(index.by_arxiv, source.arxiv.lower(), source.id)
        names = _read_names(source)
        index.names[source.id] = names
        for surname in names.surnames:
            _append(index.by_surname, surname, source.id)
        for word in names.words:
            _append(index.by_word, word, source.id)
    return index


def resolve_citations(claims: Sequence[Claim], sources: Sequence[Source] | SourceIndex) -> tuple[Claim, ...]:
    """The same claims, in order, with `source_ids` and `exact` of their citations filled."""
    index = sources if isinstance(sources, SourceIndex) else index_sources(sources)
    identified: dict[tuple[str, ...], tuple[str, ...]] = {}
    resolved = []
    for claim in claims:
        citations = tuple(_resolve(citation, claim, index, identified) for citation in claim.citations)
        resolved.append(replace(claim, citations=citations) if claim.citations else claim)
    return tuple(resolved)


def read_surname(author: str) -> str | None:
    """The folded surname of an author as printed ("Jan Betley", "Betley, J.", "Greenblatt et al.")."""
    name = re.sub(r"\bet\.?\s+al\b\.?|\band others\b", "", author).strip(" ,;.")
    if "," in name:
        name = name.partition(",")[0]
    words = [word for word in name.split() if not re.fullmatch(r"(?:[A-Z]\.?)+|Jr\.?|Sr\.?|I{2,3}|IV", word)]
    return _fold_word(words[-1]) if words else None


def _append(table: dict[str, list[str]], key: str, source_id: str) -> None:
    if source_id not in table[key][-1:]:
        table[key].append(source_id)


def _index_pointer(index: SourceIndex, pointer: str, source_id: str) -> None:
    doi, arxiv, address = read_doi(pointer), read_arxiv(pointer), read_address(pointer)
    if doi is not None:
        _append(index.by_doi, doi, source_id)
    if arxiv is not None:
        _append(index.by_arxiv, arxiv, source_id)
    if address is not None:
        _append(index.by_address, address, source_id)


def _fold_word(word: str) -> str:
    plain = unicodedata.normalize("NFKD", fold_text(word))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _find_words(text: str) -> list[str]:
    """Folded words without possessives; "Anthropic's" is "anthropic"."""
    return [_POSSESSIVE.sub("", _fold_word(match[0])) for match in _WORD.finditer(text)]


def _is_pointer(alias: str) -> bool:
    return "://" in alias or read_doi(alias) is not None or read_arxiv(alias) is not None


def _read_names(source: Source) -> _Names:
    short = [alias for alias in source.aliases if not _is_pointer(alias)]
    surnames = tuple(dict.fromkeys(filter(None, map(read_surname, source.authors))))
    makers = _find_telling((source.publisher or "", *source.authors))
    phrases = (" ".join(_find_words(text)) for text in (source.title, *short))
    named = frozenset(content_stems(" . ".join((source.title, *short))))
    statements = tuple(named | content_stems(finding.statement).keys() for finding in source.findings)
    return _Names(
        source=source,
        surnames=surnames,
        makers=makers,
        words=makers | _find_telling((source.title, *short)),
        phrases=tuple(dict.fromkeys(filter(None, phrases))),
        year=int(source.published[:4]) if source.published else None,
        stems=named.union(*statements),
        statements=statements or (named,),
    )


def _find_telling(texts: Iterable[str]) -> frozenset[str]:
    """Words that tell one source from another: neither generic nor a year."""
    words = {word for text in texts for word in _find_words(text)}
    return frozenset(word for word in words if word not in _GENERIC and not _YEAR.fullmatch(word))


def _resolve(
    citation: Citation, claim: Claim, index: SourceIndex, identified: dict[tuple[str, ...], tuple[str, ...]]
) -> Citation:
    pointers = list(citation.targets)
    if citation.note:
        pointers.extend(find_pointers(citation.note))
    if citation.kind in (CitationKind.DOI, CitationKind.ARXIV, CitationKind.URL):
        pointers.append(citation.surface)
    key = tuple(pointers)
    if key not in identified:
        identified[key] = index.find_identified(key)
    if identified[key]:
        return replace(citation, source_ids=identified[key], exact=True)
    suggested: tuple[str, ...] = ()
    if citation.kind is CitationKind.FOOTNOTE and citation.note:
        suggested = _match_titles(citation.note, index)
    elif citation.kind is CitationKind.AUTHOR_YEAR and not pointers:
        suggested = _match_titles(citation.note, index) if citation.note else ()
        suggested = suggested or _match_authors(citation, claim, index)
    elif citation.kind is CitationKind.MENTION and not pointers:
        suggested = _match_mention(citation.surface, claim, index)
    return replace(citation, source_ids=suggested, exact=False)


def suggest_by_title(note: str, index: SourceIndex) -> tuple[tuple[str, float], ...]:
    """Sources whose title or long short name stands in the words of a reference, best first, each with a
    score from TITLE_SCORE / 100 to 1: how much of the title is there, letter by letter. A suggestion for a
    person, never an identification."""
    from rapidfuzz.fuzz import partial_ratio

    words = _find_words(note)
    folded = " ".join(words)
    best: dict[str, tuple[float, int]] = {}
    for source_id in _gather(words, index):
        for phrase in index.names[source_id].phrases:
            if phrase.count(" ") + 1 < _MIN_TITLE_WORDS or len(phrase) > len(folded) * 1.1:
                continue
            score = partial_ratio(phrase, folded, score_cutoff=TITLE_SCORE)
            if score >= TITLE_SCORE:  # of two titles that are there, the longer one says more
                best[source_id] = max(best.get(source_id, (0.0, 0)), (score, min(len(phrase), 200)))
    ranked = sorted(best.items(), key=lambda row: (-row[1][0] - row[1][1] / 1000, row[0]))
    return tuple((source_id, round(score / 100, 4)) for source_id, (score, _) in ranked[:MAX_SUGGESTIONS])


def _match_titles(note: str, index: SourceIndex) -> tuple[str, ...]:
    """Sources whose title or long short name stands in the note, best first."""
    return tuple(source_id for source_id, _ in suggest_by_title(note, index))


def _match_authors(citation: Citation, claim: Claim, index: SourceIndex) -> tuple[str, ...]:
    """Sources by the surnames named: all of them must be among the authors, the first one first; the
    year within one of the source's, because a preprint is a year older than the paper. A name on many
    sources is a company's: then the year must be the source's own and the claim must fit."""
    years = _find_years(citation.surface) or _find_years(citation.note or "")
    surnames = [word for word in _find_words(citation.surface) if word in index.by_surname]
    if not surnames:
        return ()
    if len(index.by_surname[surnames[0]]) > _MANY:
        return _match_mention(citation.surface, claim, index, years_apart=0)
    about = _claim_stems(claim)
    scored: list[tuple[float, str]] = []
    for source_id in {source_id for surname in surnames[:6] for source_id in index.by_surname[surname]}:
        names = index.names[source_id]
        first = names.surnames[:1] and names.surnames[0] == surnames[0]
        held = sum(1 for surname in surnames if surname in names.surnames)
        if not _is_near(years, names.year, 1) or (not first and held < 2 and len(names.surnames) > 1):
            continue
        score = (1.0 if first else 0.4) + 0.3 * held / len(surnames) + (0.2 if names.year in years else 0.0)
        scored.append((-score - 0.5 * _measure_about(about, names), source_id))
    return _first_ids(_keep_near_best(sorted(scored)))


def _match_mention(
    surface: str, claim: Claim, index: SourceIndex, *, years_apart: int = 1
) -> tuple[str, ...]:
    """Sources whose names hold most of the mention's telling words, ranked by what the claim is about.
    Where many fit the name, only those that speak of what the claim speaks of."""
    words = _find_words(surface)
    telling = _find_telling((surface,))
    total = len(index.names)
    weights = {word: math.log((total + 1) / (len(index.by_word.get(word, ())) + 0.5)) for word in telling}
    weight_sum = sum(weights.values())
    if weight_sum <= 0 or not any(word in index.by_word for word in telling):
        return ()
    folded = f" {' '.join(words)} "
    years = _find_years(surface)
    fitting: list[tuple[float, bool, str]] = []
    for source_id in _gather(telling, index):
        names = index.names[source_id]
        held = sum(weight for word, weight in weights.items() if word in names.words) / weight_sum
        made = sum(weight for word, weight in weights.items() if word in names.makers) / weight_sum
        whole = max((phrase.count(" ") + 1 for phrase in names.phrases if f" {phrase} " in folded), default=0)
        if (held < _FLOOR_MENTION and not whole) or not _is_near(years, names.year, years_apart):
            continue
        score = made + _TITLE_WORD * (held - made) + 0.3 * min(whole, 4)
        fitting.append((score, bool(whole), source_id))
    return _rank_fitting(fitting, _claim_stems(claim), index)


def _rank_fitting(
    fitting: list[tuple[float, bool, str]], about: dict[str, float], index: SourceIndex
) -> tuple[str, ...]:
    rough = [
        (score + 1.5 * coverage(about, index.names[source_id].stems), score, whole, source_id)
        for score, whole, source_id in fitting
    ]
    rough.sort(key=lambda row: (-row[0], row[3]))
    scored: list[tuple[float, str]] = []
    for _, score, whole, source_id in rough[:_COMPARED]:
        spoken = _measure_about(about, index.names[source_id])
        if len(fitting) > _MANY and not whole and spoken < _FLOOR_ABOUT:
            continue
        scored.append((-score - 1.5 * spoken, source_id))
    return _first_ids(_keep_near_best(sorted(scored)))


def _measure_about(about: dict[str, float], names: _Names) -> float:
    """How much of the claim's words the source's best finding, with its title, holds; a source with
    many findings gains nothing by their number."""
    return max(coverage(about, statement) for statement in names.statements)


def _find_years(text: str) -> tuple[int, ...]:
    return tuple(int(year) for year in _YEAR.findall(text))


def _is_near(years: Sequence[int], year: int | None, apart: int) -> bool:
    return not years or year is None or min(abs(named - year) for named in years) <= apart


def _gather(words: Iterable[str], index: SourceIndex) -> set[str]:
    """Sources whose names hold one of the words, by the rarest words first, a bounded number of them."""
    postings = sorted(
        (index.by_word[word] for word in set(words) if word in index.by_word),
        key=lambda ids: (len(ids), ids[0]),
    )
    pool: set[str] = set()
    for ids in postings:
        if pool and len(pool) + len(ids) > _MAX_POSTINGS:
            break
        pool.update(ids[:_MAX_POSTINGS])
    return pool


def _claim_stems(claim: Claim) -> dict[str, float]:
    stems = content_stems(claim.context)
    stems = {root: weight * 0.5 for root, weight in stems.items()}
    for root, weight in content_stems(claim.sentence.exact).items():
        stems[root] = max(weight, stems.get(root, 0.0))
    return stems


def _keep_near_best(scored: list[tuple[float, str]]) -> list[tuple[float, str]]:
    return [pair for pair in scored if pair[0] <= scored[0][0] * _LEAD] if scored else []


def _first_ids(scored: list[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source_id for _, source_id in scored))[:MAX_SUGGESTIONS]
