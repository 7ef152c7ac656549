"""MeasEval: quantities of scientific prose with unit, modifiers, measured entity, property and qualifiers.

Owns reading that set's files, its measures and its cases. How a reader's answer is written in its manner is in
measeval_answer, how the two are scored in measeval_score.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.types import Issue
from service.evaluation.files import faulty_row, read_text
from service.evaluation.measeval_answer import ALSO_LABELLED, annotate, annotate_measured
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
from service.evaluation.readers import Reader, read_ours
from service.evaluation.scores import Counts, bootstrap, f1_of

_COLUMNS = ("annotType", "annotSet", "annotId", "startOffset", "endOffset", "text", "other")
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
        except (ValueError, TypeError, RecursionError) as error:
            issues.append(faulty_row(table, number, f"not an annotation ({error})"))


def _read_annotation(row: Mapping[str, Any], text: str) -> Annotation:
    if any(not isinstance(row[column], str) for column in _COLUMNS):
        raise ValueError("fewer columns than the head")
    start, end = int(row["startOffset"]), int(row["endOffset"])
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"offsets {start} to {end} of a text of {len(text)} characters")
    other = json.loads(row["other"]) if row["other"] else {}
    if not isinstance(other, dict) or not isinstance(other.get("mods", []), list):
        raise ValueError(f"other is {row['other'][:80]}")
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
