"""MeasEval: quantities of scientific prose with unit, modifiers, measured entity, property and qualifiers.

Owns writing a reader's quantities in that set's manner (counts without their noun, dates too, a change from A to
B as one span, bounds as ranges) and reading its files. The scores are in measeval_score.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.figures import Surroundings, find_figures
from ingest.language_parts import parse_sentences
from ingest.sentences import split_sentences
from kb.quantity import find_quantities
from kb.types import Aggregate, Issue, Modifier, UnitKind
from service.evaluation.files import faulty_row, read_text
from service.evaluation.measeval_score import (
    CLASSES,
    ENTITY,
    PROPERTY,
    QUALIFIER,
    QUANTITY,
    Annotation,
    Rows,
    Scored,
    matched_f1,
    mean_exact,
    mean_overlap,
    score_document,
    shared_length,
)
from service.evaluation.protocol import Measure, Progress
from service.evaluation.readers import Reader, ReadQuantity, read_ours
from service.evaluation.scores import Counts, bootstrap, f1_of

ALSO_LABELLED = frozenset(("year", "date", "time_of_day", "dimensions", "coordinates"))
_COLUMNS = ("annotType", "annotSet", "annotId", "startOffset", "endOffset", "text", "other")
_TOLERANCE = re.compile(r"±|\+/-|\+/−|\bplus or minus\b")
_JOINED = re.compile(r"\s*(?:,|;|/|,?\s*(?:and|or|&))\s*(?:the\s)?\s*")
_RESPECTIVELY = 200  # characters behind a list in which the word may stand
_CLASS_NAMES = {
    ENTITY: "entity", PROPERTY: "property", QUALIFIER: "qualifier", "Unit": "unit", "Modifier": "modifier",
    "HasQuantity": "has_quantity", "HasProperty": "has_property", "Qualifies": "qualifies",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One text of the set with its gold annotations."""

    name: str
    text: str
    gold: tuple[Annotation, ...]


def find_splits(root: Path) -> dict[str, Path]:
    """The set's splits by name: folders under data/ that hold text/."""
    base = root / "data"
    return {p.name: p for p in sorted(base.glob("*")) if (p / "text").is_dir()} if base.is_dir() else {}


def list_files(split: Path) -> list[Path]:
    return sorted([*split.glob("text/*.txt"), *split.glob("tsv/*.tsv")])


def read_paragraphs(split: Path, issues: list[Issue]) -> Iterator[Paragraph]:
    """Paragraphs in order of their names; one without a table has no annotations, as in the official set."""
    for path in sorted(split.glob("text/*.txt")):
        text = read_text(path, issues)
        table = split / "tsv" / f"{path.stem}.tsv"
        gold = tuple(_read_annotations(table, text, issues)) if table.is_file() else ()
        yield Paragraph(name=path.stem, text=text, gold=gold)


def _read_annotations(table: Path, text: str, issues: list[Issue]) -> Iterator[Annotation]:
    lines = read_text(table, issues).splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if rows.fieldnames is None or any(column not in rows.fieldnames for column in _COLUMNS):
        issues.append(
            faulty_row(table, 1, f"its columns are {rows.fieldnames}, wanted {', '.join(_COLUMNS)}")
        )
        return
    for number, row in enumerate(rows, start=2):
        try:
            yield _read_annotation(row, text)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            issues.append(faulty_row(table, number, f"not an annotation ({error})"))


def _read_annotation(row: Mapping[str, Any], text: str) -> Annotation:
    start, end = int(row["startOffset"]), int(row["endOffset"])
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"offsets {start} to {end} of a text of {len(text)} characters")
    other = json.loads(row["other"]) if row["other"] else {}
    relation = next(((k, str(v)) for k, v in other.items() if k not in ("unit", "mods")), None)
    return Annotation(
        type=row["annotType"],
        group=int(row["annotSet"]),
        id=row["annotId"],
        start=start,
        end=end,
        text=row["text"],
        unit=str(other.get("unit") or ""),
        mods=tuple(str(mod) for mod in other.get("mods") or ()),
        relation=relation,
    )


# --------------------------------------------------------------------------- a reader's answer


def annotate(text: str, quantities: Sequence[ReadQuantity]) -> list[Annotation]:
    """Quantities in the set's manner, one annotation set each."""
    found = []
    for group, one in enumerate(_join(text, quantities), start=1):
        found.append(
            Annotation(
                type=QUANTITY,
                group=group,
                id=f"Q{group}",
                start=one.start,
                end=one.end,
                text=text[one.start : one.end],
                unit=one.unit,
                mods=one.mods,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    start: int
    end: int
    unit: str
    mods: tuple[str, ...]
    last: ReadQuantity


def _join(text: str, quantities: Sequence[ReadQuantity]) -> Iterator[_Span]:
    """Spans of single quantities; a change's two ends, and a list that writes its unit once, become one."""
    pending: _Span | None = None
    for quantity in quantities:
        span = _span_of(text, quantity)
        if pending is None:
            pending = span
        elif quantity.change == "to" and pending.last.change == "from":
            start = pending.start - 5 if text[: pending.start].endswith("from ") else pending.start
            pending = replace(span, start=start, mods=_merge(pending.mods, span.mods, "IsRange"))
        elif _is_list(text, pending, span):
            pending = replace(span, start=pending.start, mods=_merge(pending.mods, span.mods, "IsList"))
        else:
            yield pending
            pending = span
    if pending is not None:
        yield pending


def _is_list(text: str, one: _Span, other: _Span) -> bool:
    same = (one.last.kind, one.last.name) == (other.last.kind, other.last.name)
    shared = not one.unit and bool(other.unit) and one.last.kind is not UnitKind.COUNT
    if "respectively" in text[other.end : other.end + _RESPECTIVELY]:
        return False  # two quantities of two things
    return same and shared and _JOINED.fullmatch(text[one.end : other.start]) is not None


def _merge(one: tuple[str, ...], other: tuple[str, ...], mod: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other, mod)))


def _span_of(text: str, quantity: ReadQuantity) -> _Span:
    """The span without the noun that a count counts."""
    counts = quantity.kind in (UnitKind.COUNT, UnitKind.RATIO)
    end = quantity.number[1] if counts else quantity.end
    return _Span(
        start=quantity.start,
        end=end,
        unit="" if counts or quantity.kind is UnitKind.DATE else _written_unit(text, quantity),
        mods=_modifiers(text[quantity.start : end], quantity),
        last=quantity,
    )


def _written_unit(text: str, quantity: ReadQuantity) -> str:
    """The unit as written: behind the numeral, else before it."""
    after = text[quantity.number[1] : quantity.end].strip(" -‐‑–()")
    return after or text[quantity.start : quantity.number[0]].strip(" -‐‑–()~∼≈<>≤≥±")


def _modifiers(surface: str, quantity: ReadQuantity) -> tuple[str, ...]:
    mods = []
    if quantity.kind is UnitKind.COUNT and quantity.modifier is not Modifier.RANGE:
        mods.append("IsCount")
    if quantity.modifier is Modifier.APPROX:
        mods.append("IsApproximate")
    if quantity.modifier in (Modifier.RANGE, Modifier.AT_LEAST, Modifier.AT_MOST):
        mods.append("IsRange")
    if quantity.aggregate is Aggregate.AVERAGE:
        mods.append("IsMean")
    if quantity.aggregate is Aggregate.MEDIAN:
        mods.append("IsMedian")
    if _TOLERANCE.search(surface) is not None:
        mods.append("HasTolerance")
    return tuple(mods)


def annotate_measured(text: str, quantities: Sequence[Annotation]) -> list[Annotation]:
    """What our reader says is measured at each of the quantities: entity, property, qualifiers."""
    found: list[Annotation] = []
    sentences = split_sentences(text)
    read = [find_quantities(text[low:high]) for low, high in sentences]
    wanted = [number for number, inside in enumerate(read) if inside]
    parses = parse_sentences([text[slice(*sentences[number])] for number in wanted])
    for number, parse in zip(wanted, parses, strict=True):
        low, high = sentences[number]
        around = Surroundings(ascribed=True)
        for figure in find_figures(text[low:high], read[number], parse, around):
            at = (low + figure.quantity.start, low + figure.quantity.end)
            group = next((q.group for q in quantities if q.start < at[1] and at[0] < q.end), None)
            if group is None or any(a.group == group for a in found):
                continue
            found += _place(text, (low, high), at, group, figure.entity, figure.measured, figure.qualifiers)
    return found


def _place(
    text: str,
    sentence: tuple[int, int],
    at: tuple[int, int],
    group: int,
    thing: str | None,
    measured: str | None,
    qualifiers: Sequence[str],
) -> Iterator[Annotation]:
    """The words found for a quantity, where they stand in its sentence; words that don't stand there are left."""
    property_span = _nearest(text, sentence, at, measured)
    entity_span = _nearest(text, sentence, at, thing)
    quantity = f"Q{group}"
    if property_span is not None:
        yield _annotation(text, PROPERTY, group, f"P{group}", property_span, ("HasQuantity", quantity))
    if entity_span is not None:
        relation = ("HasQuantity", quantity) if property_span is None else ("HasProperty", f"P{group}")
        yield _annotation(text, ENTITY, group, f"E{group}", entity_span, relation)
    for number, words in enumerate(qualifiers):
        span = _nearest(text, sentence, at, words)
        if span is not None and span not in (property_span, entity_span):
            name = f"L{group}-{number}"
            yield _annotation(text, QUALIFIER, group, name, span, ("Qualifies", quantity))


def _annotation(
    text: str, kind: str, group: int, name: str, span: tuple[int, int], relation: tuple[str, str]
) -> Annotation:
    return Annotation(
        type=kind,
        group=group,
        id=name,
        start=span[0],
        end=span[1],
        text=text[slice(*span)],
        relation=relation,
    )


def _nearest(
    text: str, sentence: tuple[int, int], at: tuple[int, int], words: str | None
) -> tuple[int, int] | None:
    """Where the words stand in the sentence, nearest to the quantity."""
    if not words:
        return None
    found = []
    start = text.find(words, *sentence)
    while start >= 0:
        found.append((start, start + len(words)))
        start = text.find(words, start + 1, sentence[1])
    return min(found, key=lambda s: (max(at[0] - s[1], s[0] - at[1], 0), s[0]), default=None)


# --------------------------------------------------------------------------- scoring


@dataclass(frozen=True, slots=True)
class _Document:
    rows: Mapping[str, Rows]
    exact: Counts
    shared: Counts


def score_split(
    name: str, split: Path, peer: Reader | None, issues: list[Issue], progress: Progress
) -> tuple[dict[str, Measure], list[dict[str, Any]]]:
    """The measures of one split, named `name`.measure, and a case for each quantity that isn't read right."""
    paragraphs = list(read_paragraphs(split, issues))
    ours: list[_Document] = []
    theirs: list[_Document] = []
    cases: list[dict[str, Any]] = []
    for done, paragraph in enumerate(paragraphs):
        progress(name, done, len(paragraphs))
        text = paragraph.text
        found = annotate(text, read_ours(text, ALSO_LABELLED))
        found += annotate_measured(text, found)
        scored = score_document(found, paragraph.gold)
        ours.append(_count(scored, found, paragraph.gold))
        cases += _find_cases(name, paragraph, found, scored)
        if peer is not None:
            given = annotate(text, peer(text))
            theirs.append(_count(score_document(given, paragraph.gold), given, paragraph.gold))
    return _measure(name, ours, theirs or None), cases


def _count(scored: Scored, found: Sequence[Annotation], gold: Sequence[Annotation]) -> _Document:
    given = {(a.start, a.end) for a in found if a.type == QUANTITY}
    wanted = {(a.start, a.end) for a in gold if a.type == QUANTITY}
    quantities = [[a for a in side if a.type == QUANTITY] for side in (found, gold)]
    return _Document(
        scored.rows,
        Counts(len(given & wanted), len(given), len(wanted)),
        Counts(shared_length(*quantities), len(quantities[0]), len(quantities[1])),
    )


def _measure(name: str, ours: Sequence[_Document], theirs: Sequence[_Document] | None) -> dict[str, Measure]:
    measures = {}

    def add(measure: str, statistic: Any, count: int, compared: bool) -> None:
        measures[f"{name}.{measure}"] = Measure(
            value=statistic(ours),
            n=count,
            interval=bootstrap(ours, statistic),
            peer=statistic(theirs) if theirs is not None and compared else None,
        )

    quantities = int(sum(document.shared.wanted for document in ours))
    add("quantity_overlap_f1", _statistic(mean_overlap, QUANTITY), quantities, True)
    add("quantity_span_f1", lambda documents: f1_of(d.shared for d in documents), quantities, True)
    add("quantity_exact_match", _statistic(mean_exact, QUANTITY), quantities, True)
    add("quantity_exact_f1", lambda documents: f1_of(d.exact for d in documents), quantities, True)
    add("quantity_found_f1", _statistic(matched_f1, QUANTITY), quantities, True)
    for kind, label in _CLASS_NAMES.items():
        rows = [document.rows[kind] for document in ours]
        wanted = sum(row.matched + row.gold_only for row in rows)
        add(f"{label}_overlap_f1", _statistic(mean_overlap, kind), wanted, kind in ("Unit", "Modifier"))
    add("overall_overlap_f1", _overall, sum(d.rows[k].count for d in ours for k in CLASSES), False)
    return measures


def _statistic(mean: Any, kind: str) -> Any:
    return lambda documents: mean((document.rows for document in documents), kind)


def _overall(documents: Sequence[_Document]) -> float:
    rows = [row for document in documents for row in document.rows.values()]
    count = sum(row.count for row in rows)
    return sum(row.overlap for row in rows) / count if count else 0.0


def _find_cases(
    name: str, paragraph: Paragraph, found: Sequence[Annotation], scored: Scored
) -> Iterator[dict[str, Any]]:
    """One line for each quantity missed, invented or read otherwise, with what differs."""
    matched_ours = {match.ours.id for match in scored.matches[QUANTITY]}
    matched_gold = {(match.gold.group, match.gold.id) for match in scored.matches[QUANTITY]}
    for one in found:
        if one.type == QUANTITY and one.id not in matched_ours:
            yield _case(name, paragraph, one, "invented", None, one.text)
    for gold in paragraph.gold:
        if gold.type == QUANTITY and (gold.group, gold.id) not in matched_gold:
            yield _case(name, paragraph, gold, "missed", gold.text, None)
    for match in scored.matches[QUANTITY]:
        ours, gold = match.ours, match.gold
        if not match.exact:
            yield _case(name, paragraph, gold, "span", gold.text, ours.text)
        if ours.unit != gold.unit:
            yield _case(name, paragraph, gold, "unit", gold.unit, ours.unit)
        if set(ours.mods) != set(gold.mods):
            yield _case(name, paragraph, gold, "modifier", " ".join(gold.mods), " ".join(ours.mods))
        for kind in (ENTITY, PROPERTY, QUALIFIER):
            theirs = [a.text for a in paragraph.gold if a.group == gold.group and a.type == kind]
            given = [a.text for a in found if a.group == ours.group and a.type == kind]
            if sorted(theirs) != sorted(given):
                yield _case(name, paragraph, gold, _CLASS_NAMES[kind], " | ".join(theirs), " | ".join(given))


def _case(
    name: str, paragraph: Paragraph, at: Annotation, what: str, wanted: str | None, read: str | None
) -> dict[str, Any]:
    near = paragraph.text[max(0, at.start - 60) : at.end + 40]
    return {
        "set": name, "row": paragraph.name, "start": at.start, "what": what, "quantity": at.text,
        "wanted": wanted, "read": read, "text": " ".join(near.split()),
    }  # fmt: skip
