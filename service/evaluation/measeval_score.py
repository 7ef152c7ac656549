"""The scores of the MeasEval task (SemEval 2021, task 8), matched as its official program matches.

A submission's annotations hang on quantities. A quantity that touches a gold one (end points count) matches it
and takes over its annotation set; units, modifiers, entities, properties, qualifiers and relations count only
inside sets so aligned. Each class is a list of rows: one for each match, one for each annotation that only one
side has. A class's score is the mean over its rows of the match's exactness (0 or 1), or of its overlap: F1 over
words cut at single spaces, the best of an annotation's matches. Rules: harperco/MeasEval, eval/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

QUANTITY, ENTITY, PROPERTY, QUALIFIER = "Quantity", "MeasuredEntity", "MeasuredProperty", "Qualifier"
SPANS = (ENTITY, PROPERTY, QUALIFIER)
RELATIONS = ("HasQuantity", "HasProperty", "Qualifies")
CLASSES = (QUANTITY, ENTITY, PROPERTY, QUALIFIER, "Unit", "Modifier", *RELATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One span of a document: `group` is its annotation set, `id` its name there. `unit` and `mods` are a
    quantity's, `relation` (name, id of the target) another's."""

    type: str
    group: int
    id: str
    start: int
    end: int
    text: str
    unit: str = ""
    mods: tuple[str, ...] = ()
    relation: tuple[str, str] | None = None


@dataclass(slots=True)
class Rows:
    """A class's rows in one document, summed."""

    matched: int = 0
    ours_only: int = 0
    gold_only: int = 0
    exact: float = 0.0
    overlap: float = 0.0

    @property
    def count(self) -> int:
        return self.matched + self.ours_only + self.gold_only


@dataclass(frozen=True, slots=True)
class Match:
    ours: Annotation
    gold: Annotation
    exact: bool
    overlap: float


@dataclass(slots=True)
class Scored:
    """One document: rows by class, the quantity matches, and the gold set that each of ours took over."""

    rows: dict[str, Rows] = field(default_factory=lambda: {name: Rows() for name in CLASSES})
    matches: dict[str, list[Match]] = field(default_factory=dict)
    groups: dict[int, int] = field(default_factory=dict)


def score_document(ours: Sequence[Annotation], gold: Sequence[Annotation]) -> Scored:
    """The rows of one document, both sides in file order."""
    scored = Scored()
    quantities = _match(_of(ours, QUANTITY), _of(gold, QUANTITY), None)
    scored.matches[QUANTITY] = quantities
    for match in quantities:
        scored.groups[match.ours.group] = match.gold.group  # of several, the last
    _add_rows(scored, QUANTITY, _of(ours, QUANTITY), _of(gold, QUANTITY))
    for name in SPANS:
        scored.matches[name] = _match(_of(ours, name), _of(gold, name), scored.groups)
        _add_rows(scored, name, _of(ours, name), _of(gold, name))
    _add_values(
        scored.rows["Unit"],
        [(scored.groups.get(a.group), a.unit) for a in _of(ours, QUANTITY) if a.unit],
        [(a.group, a.unit) for a in _of(gold, QUANTITY) if a.unit],
        by_group=True,
    )
    _add_values(
        scored.rows["Modifier"],
        [(scored.groups.get(a.group), mod) for a in _of(ours, QUANTITY) for mod in a.mods],
        [(a.group, mod) for a in _of(gold, QUANTITY) for mod in a.mods],
        by_group=False,
    )
    for relation in RELATIONS:
        _add_relations(scored, relation, ours, gold)
    return scored


def mean_overlap(documents: Iterable[Mapping[str, Rows]], name: str) -> float:
    """The official score of a class, "F1 (Overlap)": the mean over all rows."""
    rows = [document[name] for document in documents]
    count = sum(row.count for row in rows)
    return sum(row.overlap for row in rows) / count if count else 0.0


def mean_exact(documents: Iterable[Mapping[str, Rows]], name: str) -> float:
    """The official "Exact Match" of a class."""
    rows = [document[name] for document in documents]
    count = sum(row.count for row in rows)
    return sum(row.exact for row in rows) / count if count else 0.0


def matched_f1(documents: Iterable[Mapping[str, Rows]], name: str) -> float:
    """The official "F-measure" of a class: matches however small the overlap."""
    rows = [document[name] for document in documents]
    matched = sum(row.matched for row in rows)
    both = 2 * matched + sum(row.ours_only + row.gold_only for row in rows)
    return 2 * matched / both if both else 0.0


def overlap_f1(ours: Annotation, gold: Annotation) -> float:
    """F1 over words cut at single spaces. Two spans that only touch share one (empty) word, as officially."""
    start, end = max(ours.start, gold.start), min(ours.end, gold.end)
    first = start - ours.start
    shared = len(ours.text[first : first + end - start].split(" "))
    precision = shared / len(ours.text.split(" "))
    recall = shared / len(gold.text.split(" "))
    return 2 * precision * recall / (precision + recall)


def shared_length(ours: Sequence[Annotation], gold: Sequence[Annotation]) -> float:
    """Sum over one-to-one pairs, the closest first, of 2 x shared characters / (both lengths). Divided into
    precision and recall this is an F1 in which a span counts once, unlike officially."""
    pairs = sorted(
        (
            (_dice(one, other), i, j)
            for i, one in enumerate(ours)
            for j, other in enumerate(gold)
            if one.start < other.end and other.start < one.end
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken_ours: set[int] = set()
    taken_gold: set[int] = set()
    total = 0.0
    for share, i, j in pairs:
        if i not in taken_ours and j not in taken_gold:
            taken_ours.add(i)
            taken_gold.add(j)
            total += share
    return total


def _dice(one: Annotation, other: Annotation) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared / (one.end - one.start + other.end - other.start)


def _of(annotations: Sequence[Annotation], name: str) -> list[Annotation]:
    return [annotation for annotation in annotations if annotation.type == name]


def _match(
    ours: Sequence[Annotation], gold: Sequence[Annotation], groups: Mapping[int, int] | None
) -> list[Match]:
    found = []
    for one in ours:
        pairs = [
            (other, overlap_f1(one, other))
            for other in gold
            if one.start <= other.end
            and other.start <= one.end
            and (groups is None or groups.get(one.group) == other.group)
        ]
        best = max((overlap for _, overlap in pairs), default=0.0)
        found += [
            Match(one, other, (one.start, one.end) == (other.start, other.end), best) for other, _ in pairs
        ]
    return found


def _add_rows(scored: Scored, name: str, ours: Sequence[Annotation], gold: Sequence[Annotation]) -> None:
    rows, matches = scored.rows[name], scored.matches[name]
    rows.matched += len(matches)
    rows.exact += sum(match.exact for match in matches)
    rows.overlap += sum(match.overlap for match in matches)
    of_ours = {(match.ours.group, match.ours.id) for match in matches}
    of_gold = {(match.gold.group, match.gold.id) for match in matches}
    rows.ours_only += sum((one.group, one.id) not in of_ours for one in ours)
    rows.gold_only += sum((one.group, one.id) not in of_gold for one in gold)


def _add_values(
    rows: Rows,
    ours: Sequence[tuple[int | None, str]],
    gold: Sequence[tuple[int, str]],
    *,
    by_group: bool,
) -> None:
    """Values of quantities: equal ones of an aligned set match. What is left over counts against the set
    (units) or the value (modifiers)."""
    pairs = [(one, other) for one in ours for other in gold if one == other]
    hit: set[object] = {(group if by_group else (group, value)) for (group, value), _ in pairs}
    rows.matched += len(pairs)
    rows.exact += len(pairs)
    rows.overlap += len(pairs)
    rows.ours_only += sum((group if by_group else (group, value)) not in hit for group, value in ours)
    rows.gold_only += sum((group if by_group else (group, value)) not in hit for group, value in gold)


def _add_relations(scored: Scored, name: str, ours: Sequence[Annotation], gold: Sequence[Annotation]) -> None:
    """A relation matches where both its ends do, inside one aligned set."""
    sources = {"HasQuantity": (ENTITY, PROPERTY), "HasProperty": (ENTITY,), "Qualifies": (QUALIFIER,)}[name]
    targets = {
        "HasQuantity": (QUANTITY,),
        "HasProperty": (PROPERTY,),
        "Qualifies": (ENTITY, PROPERTY, QUANTITY),
    }[name]
    rows = scored.rows[name]
    wanted = [
        (a.group, a.id, a.relation[1]) for a in gold if a.relation is not None and a.relation[0] == name
    ]
    given = [(a.group, a.id, a.relation[1]) for a in ours if a.relation is not None and a.relation[0] == name]
    of_ours: set[tuple[int, str]] = set()
    of_gold: set[tuple[int, str]] = set()
    for group, source, target in given:
        goals = _counterparts(scored, targets, group, target)
        for gold_source in _counterparts(scored, sources, group, source):
            for goal in goals:
                if (scored.groups.get(group), gold_source, goal) in wanted:
                    rows.matched += 1
                    of_ours.add((group, source))
                    of_gold.add((scored.groups[group], gold_source))
    rows.exact += rows.matched
    rows.overlap += rows.matched
    rows.ours_only += sum((group, source) not in of_ours for group, source, _ in given)
    rows.gold_only += sum((group, source) not in of_gold for group, source, _ in wanted)


def _counterparts(scored: Scored, types: Sequence[str], group: int, name: str) -> list[str]:
    return [
        match.gold.id
        for kind in types
        for match in scored.matches.get(kind, ())
        if (match.ours.group, match.ours.id) == (group, name)
    ]
