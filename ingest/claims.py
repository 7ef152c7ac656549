"""The claims of a document: quantities, quotations and findings that evidence could decide.

Owns the order of work (cheap rules on every sentence, grammar only where a figure or a quotation may
stand), the limit on claims, their selectors, ids and context. Refuses to fill citations
(ingest.citations) and to judge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.attribution import Said, resolve_attributions
from ingest.drafts import Draft, Neighbours, draft_quotation, draft_sentence, may_count
from ingest.language_parts import parse_sentences
from ingest.note_marks import find_note_marks
from ingest.quotations import Pair, Quotation, judge_pairs, may_quote, pair_runs
from ingest.statements import Statement, Statements, find_statements
from kb.ids import claim_id
from kb.number_doubts import find_doubt
from kb.quantity import carry_bases, find_quantities
from kb.text import make_selector
from kb.types import BlockKind, Claim, Document, Found, Issue, Level, NoteMark

MAX_CLAIMS = 2000
_WINDOW = 400  # statements that are parsed together
_CONTEXT_LIMIT = 600
_MAX_DOUBTS = 20


def find_claims(document: Document) -> Found[Claim]:
    """All claims in order of their spans, without citations. Reading stops at MAX_CLAIMS, and an issue of
    the run says so."""
    marks = find_note_marks(document)
    statements = find_statements(document, marks)
    found = statements.found
    attributions = resolve_attributions(
        [Said(text=one.text, section=one.run.section, paragraph=_paragraph(one)) for one in found]
    )
    pairs = pair_runs(found)
    reader = _Reader(document, found, marks, attributions)
    read = 0
    while read < len(found) and len(reader.drafts) <= MAX_CLAIMS:
        high = min(read + _WINDOW, len(found))
        reader.read(read, high, _between(pairs, read, high))
        read = high
    drafts = sorted(reader.drafts, key=lambda draft: (draft.span, draft.sentence, draft.kind))
    claims = _finish(document, found, attributions, drafts[:MAX_CLAIMS])
    issues = _find_issues(statements, len(drafts) > MAX_CLAIMS)
    return Found(items=claims, issues=(*issues, *_find_doubts(claims)))


def _between(pairs: Sequence[Pair], low: int, high: int) -> Sequence[Pair]:
    """The pairs that begin in the statements low to high."""
    first = bisect_left(pairs, low, key=_first)
    return pairs[first : bisect_left(pairs, high, key=_first)]


def _first(pair: Pair) -> int:
    return pair.first


class _Reader:
    """Reads a document's statements window by window, so that a huge text is left where the limit is."""

    def __init__(
        self,
        document: Document,
        found: Sequence[Statement],
        marks: Sequence[NoteMark],
        attributions: Sequence[str | None],
    ) -> None:
        self.document = document
        self.found = found
        self.marks = marks
        self.mark_starts = frozenset(mark.start for mark in marks)
        self.attributions = attributions
        self.drafts: list[Draft] = []
        self.quoted: dict[int, list[Quotation]] = {}  # by statement
        self.others: dict[int, Sequence[tuple[int, int]]] = {}  # other words in marks, by statement

    def read(self, low: int, high: int, pairs: Sequence[Pair]) -> None:
        found = self.found
        quantities = {number: find_quantities(found[number].text) for number in range(low, high)}
        for number in range(low + 1, high):
            if found[number].run is found[number - 1].run:  # "12 times in 100 runs. ... seven times"
                quantities[number] = carry_bases(quantities[number - 1], quantities[number])
        wanted = {number for number in range(low, high) if may_count(found[number], quantities[number])}
        wanted |= {pair.first for pair in pairs if may_quote(found, pair)}
        ordered = sorted(wanted)
        parses = dict(zip(ordered, parse_sentences([found[number].text for number in ordered]), strict=True))
        judged = judge_pairs(found, pairs, parses, self.mark_starts)
        self.others.update(judged.others)
        for quotation in judged.quotations:
            self.drafts.append(draft_quotation(found, quotation))
            for number in range(quotation.pair.first, quotation.pair.last + 1):
                self.quoted.setdefault(number, []).append(quotation)
        for number in range(low, high):
            around = Neighbours(
                others=self.others.get(number, ()),
                quoted=self.quoted.get(number, ()),
                ascribed=self.attributions[number] is not None,
                cited=_is_cited(found[number], self.marks),
                before=_text_before(found, number),
            )
            numbered = (number, found[number])
            self.drafts.extend(
                draft_sentence(self.document, numbered, quantities[number], parses.get(number), around)
            )


def _text_before(found: Sequence[Statement], number: int) -> str | None:
    """The sentence before in the same paragraph."""
    if number == 0 or found[number - 1].run is not found[number].run or found[number].is_cell:
        return None
    return found[number - 1].text


def _paragraph(statement: Statement) -> int:
    """A number shared by the sentences of a paragraph and by the cells of a row."""
    return statement.run.block.start


def _is_cited(statement: Statement, marks: Sequence[NoteMark]) -> bool:
    if statement.view.linked:
        return True
    first = bisect_left(marks, statement.start, key=_start)
    return first < len(marks) and marks[first].end <= statement.end


def _start(mark: NoteMark) -> int:
    return mark.start


def _find_issues(statements: Statements, cut: bool) -> tuple[Issue, ...]:
    issues = []
    if statements.too_long:
        issues.append(
            _warn(
                "sentence_too_long",
                f"{statements.too_long} stretches without a sentence's end were too long to be read for claims",
            )
        )
    if cut:
        issues.append(
            _warn(
                "too_many_claims",
                f"the document makes more than {MAX_CLAIMS} claims; only the first are kept",
            )
        )
    return tuple(issues)


def _find_doubts(claims: Sequence[Claim]) -> Iterator[Issue]:
    """What the text leaves open of its figures; the first of them, so that a table full of points stays readable."""
    told = 0
    for claim in claims:
        for quantity in claim.quantities:
            at = quantity.start - claim.sentence.start
            inside = replace(quantity, start=at, end=at + quantity.end - quantity.start)
            doubt = find_doubt(claim.sentence.exact, inside) if told < _MAX_DOUBTS else None
            if doubt is not None:
                told += 1
                yield Issue(
                    stage="ingest.claims",
                    level=Level.INFO,
                    code="ambiguous_figure",
                    message=f"“{claim.span.exact}”: {doubt}",
                )


def _warn(code: str, message: str) -> Issue:
    return Issue(stage="ingest.claims", level=Level.WARNING, code=code, message=message)


def _finish(
    document: Document,
    found: Sequence[Statement],
    attributions: Sequence[str | None],
    drafts: Sequence[Draft],
) -> tuple[Claim, ...]:
    claims = []
    seen: Counter[tuple[str, str]] = Counter()
    for draft in drafts:
        sentence = make_selector(document.text, *draft.sentence)
        span = make_selector(document.text, *draft.span)
        ordinal = seen[sentence.exact, span.exact]
        seen[sentence.exact, span.exact] += 1
        attribution = attributions[draft.position] or draft.speaker
        claims.append(
            Claim(
                id=claim_id(document.id, sentence.exact, span.exact, ordinal),
                kind=draft.kind,
                sentence=sentence,
                span=span,
                quantities=draft.quantities,
                measured_entity=draft.entity,
                measured_property=draft.measured,
                qualifiers=draft.qualifiers,
                attribution=attribution,
                speaker=draft.speaker,
                hedge=draft.hedge,
                context=_describe_context(found, draft.position, attribution),
            )
        )
    return tuple(claims)


def _describe_context(found: Sequence[Statement], position: int, attribution: str | None) -> str:
    """What a claim needs to be understood on its own: heading, labels, who says it, the sentence before."""
    statement = found[position]
    run = statement.run
    parts = [run.headings[-1] if run.headings else "", run.lead]
    if statement.is_cell:
        parts += [run.column, " | ".join(cell for cell in run.cells if cell)]
    if attribution is not None and attribution not in statement.text:
        parts.append(attribution)
    if not statement.is_cell and position > 0:
        before = found[position - 1]
        if (
            before.run.section == run.section
            and not before.is_cell
            and before.run.block.kind is not BlockKind.HEADING
        ):
            parts.append(before.text)
    return ". ".join(part.strip(" .") for part in parts if part.strip(" ."))[:_CONTEXT_LIMIT]
