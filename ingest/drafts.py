"""One sentence's claims, before they have ids: its figures, its finding, the words that it quotes.

Owns which of them stand beside each other (a figure inside quoted words, a finding beyond its figures) and
their offsets in the document. Refuses to know other sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.clauses import find_antecedent, split_clause
from ingest.figures import Figure, Surroundings, find_figures, refuse_figure
from ingest.findings import Signs, announces_results, find_finding
from ingest.language_parts import Parse
from ingest.measured import Measured
from ingest.qualifiers import find_qualifiers
from ingest.quotations import Quotation
from ingest.speech import SAY_AFTER
from ingest.statements import Statement
from kb.types import BlockKind, ClaimKind, Document, Quantity, UnitKind

_LITERAL_SHARE = 0.15  # of a sentence in code or formulas: more states no finding of an article
_QUOTE_SHARE = 0.4  # a figure that fills this much of a quotation is a claim of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim before its id: document offsets of span and sentence, the position of its statement."""

    kind: ClaimKind
    span: tuple[int, int]
    sentence: tuple[int, int]
    position: int
    quantities: tuple[Quantity, ...] = ()
    entity: str | None = None
    measured: str | None = None
    qualifiers: tuple[str, ...] = ()
    speaker: str | None = None
    hedge: str | None = None


def draft_quotation(found: Sequence[Statement], quotation: Quotation) -> Draft:
    """The claim that somebody said the quoted words."""
    first, last = found[quotation.pair.first], found[quotation.pair.last]
    words = quotation.pair.words
    return Draft(
        kind=ClaimKind.QUOTATION,
        span=first.run.view.locate(words.start, words.end),
        sentence=(first.start, max(first.end, last.end)),
        position=quotation.pair.first,
        speaker=quotation.speaker,
    )


def may_count(statement: Statement, quantities: Sequence[Quantity]) -> bool:
    """Whether a figure of the sentence may be a claim, as far as words tell: only then is it parsed."""
    if not quantities or statement.text.endswith("?"):
        return False
    around = Surroundings(literal=statement.view.literal, ascribed=True, cell=statement.is_cell, lead="?")
    return any(refuse_figure(statement.text, quantity, around) is None for quantity in quantities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What else is known of a sentence: words in marks that are no quotation, its quotations, whether it is
    ascribed to somebody and carries a link or mark, the sentence before in its paragraph."""

    others: Sequence[tuple[int, int]]
    quoted: Sequence[Quotation]
    ascribed: bool
    cited: bool
    before: str | None = None


def draft_sentence(
    document: Document,
    numbered: tuple[int, Statement],
    quantities: Sequence[Quantity],
    parse: Parse | None,
    around: Neighbours,
) -> Iterator[Draft]:
    """The figures and the finding of a sentence; `numbered` is the statement with its position."""
    number, statement = numbered
    run = statement.run
    taken: list[tuple[int, int]] = []
    if quantities:
        surroundings = Surroundings(
            quoted=around.others,
            literal=statement.view.literal,
            row=run.row,
            column=run.column,
            ascribed=around.ascribed,
            cell=statement.is_cell,
            lead=run.lead,
        )
        for figure in find_figures(statement.text, quantities, parse, surroundings):
            if run.block.kind is BlockKind.HEADING and not _states_figure(statement.text, figure):
                continue
            taken.append((figure.start, figure.end))
            if not _is_spoken(figure, statement, around.quoted):
                yield _draft_figure(document, number, statement, figure, around.before)
    if run.block.kind is BlockKind.HEADING or (statement.is_cell and not run.row and not taken):
        return
    if sum(high - low for low, high in statement.view.literal) > _LITERAL_SHARE * len(statement.text):
        return
    labelled = announces_results(run.headings, run.lead)
    signs = Signs(cited=around.cited, labelled=labelled, attributed=around.ascribed)
    finding = find_finding(statement.text, taken, signs.score(statement.text), signs)
    if finding is None or _is_only_quoted(statement, around.quoted):
        return
    thing, measured = _measure_finding(statement, finding.start, finding.end, around.before)
    yield Draft(
        kind=ClaimKind.FINDING,
        span=_span_of(document.text, statement, finding.start, finding.end),
        sentence=(statement.start, statement.end),
        position=number,
        entity=thing,
        measured=measured,
        qualifiers=find_qualifiers(statement.text, finding.start, finding.end),
        hedge=finding.hedge,
    )


def _measure_finding(statement: Statement, start: int, end: int, before: str | None) -> Measured:
    """What a finding is about and what it says of it: a cell's labels, else the clause's subject (of a
    pronoun, what it stands for) and predicate."""
    run = statement.run
    clause = split_clause(statement.text[start:end])
    if clause is None and start > 0:
        clause = split_clause(statement.text)
    if statement.is_cell and run.row:
        return run.row, (f"{run.column}: {clause.predicate}" if clause and run.column else run.column or None)
    if clause is None:
        return run.lead.rstrip(" :.") or None, None
    if clause.pronoun:
        return (find_antecedent(before, clause.subject) if before else None), clause.predicate
    return clause.subject, clause.predicate


def _span_of(text: str, statement: Statement, low: int, high: int) -> tuple[int, int]:
    """The document offsets of a stretch; at the sentence's edges with the marks around it, so that no
    link or emphasis is torn, but without a note mark."""
    start, end = statement.view.locate(low, high)
    if low == 0 and not statement.is_cell:
        start = statement.start
    if high == len(statement.text) and not any(
        character.isalnum() for character in text[end : statement.end]
    ):
        end = end if statement.is_cell else statement.end
    return start, end


_STATING_UNITS = frozenset(
    {UnitKind.PERCENT, UnitKind.PERCENTAGE_POINT, UnitKind.RATIO, UnitKind.MULTIPLE, UnitKind.CURRENCY}
)


def _states_figure(heading: str, figure: Figure) -> bool:
    """Whether a heading states its figure rather than numbering or naming something."""
    return figure.quantity.unit.kind in _STATING_UNITS and len(heading.split()) > 4


def _is_spoken(figure: Figure, statement: Statement, quotations: Sequence[Quotation]) -> bool:
    """Whether a figure stands in words quoted, without filling them: the quotation is the claim then."""
    for quotation in quotations:
        low, high = quotation.pair.words.start - statement.at, quotation.pair.words.end - statement.at
        if low <= figure.quantity.start and figure.quantity.end <= high:
            return figure.quantity.end - figure.quantity.start < _QUOTE_SHARE * (high - low)
    return False


def _is_only_quoted(statement: Statement, quotations: Sequence[Quotation]) -> bool:
    """Whether a sentence is little more than the words that it quotes."""
    covered = 0
    for quotation in quotations:
        low = max(0, quotation.pair.words.start - statement.at)
        high = min(len(statement.text), quotation.pair.words.end - statement.at)
        covered += max(0, high - low)
    if covered > 0.6 * len(statement.text):
        return True
    last = quotations[-1] if quotations else None
    after = statement.text[last.pair.words.end - statement.at + 1 :] if last is not None else ""
    opens = quotations and quotations[0].pair.words.start - statement.at <= 1
    return bool(opens) and SAY_AFTER.match(after) is not None


def _draft_figure(
    document: Document, number: int, statement: Statement, figure: Figure, before: str | None
) -> Draft:
    entity = figure.entity
    if entity is None and before is not None:
        clause = split_clause(statement.text)
        entity = find_antecedent(before, clause.subject) if clause is not None and clause.pronoun else None
    start, end = statement.view.locate(figure.quantity.start, figure.quantity.end)
    return Draft(
        kind=ClaimKind.QUANTITY,
        span=statement.view.locate(figure.start, figure.end),
        sentence=(statement.start, statement.end),
        position=number,
        quantities=(replace(figure.quantity, surface=document.text[start:end], start=start, end=end),),
        entity=entity,
        measured=figure.measured,
        qualifiers=figure.qualifiers,
        hedge=figure.quantity.hedge,
    )
