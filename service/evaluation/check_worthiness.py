"""PoliClaim and CheckThat: which sentences are worth checking, whole sets and rows with a digit.

Owns reading those files and F1 at two thresholds: the one that ships for prose of any field, and the one that is
best on the set's own train split, where there is one (never fitted on the rows scored).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.worthiness import CHECKABLE, score_worthiness
from kb.types import Issue, Level
from service.evaluation.files import faulty_row, read_text
from service.evaluation.protocol import Measure, Progress
from service.evaluation.readers import Reader
from service.evaluation.scores import Counts, bootstrap, f1_of

_LABELS = {"Yes": True, "No": False}
_MAX_ROWS = 200_000
_STEP = 500  # rows between two looks at the progress bar


@dataclass(frozen=True, slots=True)
class Sentence:
    number: int  # the line in its file
    text: str
    worthy: bool

    @property
    def has_digit(self) -> bool:
        return any(character.isdigit() for character in self.text)


# --------------------------------------------------------------------------- files


def find_checkthat(root: Path) -> dict[str, Path]:
    """Files by split: what follows the language in the name, "_gold" left out."""
    found = {}
    for path in sorted(root.glob("*english*.tsv")):
        split = path.stem.partition("english_")[2].removesuffix("_gold")
        found[split or path.stem] = path
    return found


def read_checkthat(path: Path, issues: list[Issue]) -> list[Sentence]:
    lines = read_text(path, issues).splitlines()
    rows = csv.DictReader(lines, delimiter="\t")
    if rows.fieldnames is None or not {"Text", "class_label"} <= set(rows.fieldnames):
        issues.append(faulty_row(path, 1, f"its columns are {rows.fieldnames}, wanted Text and class_label"))
        return []
    found: list[Sentence] = []
    while len(found) < _MAX_ROWS:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            issues.append(faulty_row(path, rows.line_num, str(error)))
            continue
        text, label = row["Text"], row["class_label"]
        if not text or label not in _LABELS:
            issues.append(faulty_row(path, rows.line_num, f"class_label is {label!r}, wanted Yes or No"))
            continue
        found.append(Sentence(rows.line_num, text, _LABELS[label]))
    return found


def find_policlaim(root: Path) -> dict[str, Path]:
    """Speeches by name ("AK2022"): spreadsheets with the annotators' answers."""
    return {path.stem.removesuffix("_human_eval"): path for path in sorted(root.glob("*.xlsx"))}


def read_policlaim(path: Path, issues: list[Issue]) -> list[Sentence]:
    """Sentences with the resolved label (column Golden, 1 or 0). Needs openpyxl; without it the set is an issue."""
    try:
        import openpyxl
    except ImportError:
        issues.append(
            Issue(
                stage="evaluation",
                level=Level.WARNING,
                code="set_unreadable",
                message=f"{path.name} was skipped: reading spreadsheets needs openpyxl (pip install openpyxl).",
            )
        )
        return []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=_MAX_ROWS)
        return list(_read_cells(path, rows, issues))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its parsers raise on a broken file
        issues.append(faulty_row(path, 1, f"not a spreadsheet that can be read ({error!r})"))
        return []


def _read_cells(path: Path, rows: Iterator[tuple[Any, ...]], issues: list[Issue]) -> Iterator[Sentence]:
    heads = [str(cell) if cell is not None else "" for cell in next(rows, ())]
    if "SENTENCES" not in heads or "Golden" not in heads:
        issues.append(faulty_row(path, 1, f"its columns are {heads}, wanted SENTENCES and Golden"))
        return
    text_at, label_at = heads.index("SENTENCES"), heads.index("Golden")
    for number, row in enumerate(rows, start=2):
        text = row[text_at] if len(row) > text_at else None
        if not text:
            continue
        label = row[label_at] if len(row) > label_at else None
        worthy = {"0": False, "1": True}.get(str(label).strip())  # a number, or a cell of text
        if worthy is None:
            issues.append(faulty_row(path, number, f"Golden is {label!r}, wanted 0 or 1"))
            continue
        yield Sentence(number, str(text), worthy)


# --------------------------------------------------------------------------- scoring


def fit_threshold(sentences: Sequence[Sentence]) -> float:
    """The threshold of the best F1 on these rows; the lowest of several."""
    scored = sorted(((score_worthiness(s.text).score, s.worthy) for s in sentences), reverse=True)
    wanted = sum(worthy for _, worthy in scored)
    best, threshold, hits = -1.0, CHECKABLE, 0
    for given, (score, worthy) in enumerate(scored, start=1):
        hits += worthy
        last = given == len(scored) or scored[given][0] < score
        f1 = 2 * hits / (given + wanted)
        if last and f1 >= best:
            best, threshold = f1, score
    return threshold


def score_sentences(
    name: str,
    sentences: Sequence[Sentence],
    threshold: float | None,
    peer: Reader | None,
    progress: Progress,
) -> tuple[dict[str, Measure], list[dict[str, Any]]]:
    """F1 of "worth checking" at the shipped threshold, and at the fitted one where there is one. A peer that reads
    figures only calls a sentence worthy that holds one."""
    scores: list[float] = []
    theirs: list[bool] = []
    for done, sentence in enumerate(sentences):
        if done % _STEP == 0:
            progress(name, done, len(sentences))
        scores.append(score_worthiness(sentence.text).score)
        if peer is not None:
            theirs.append(bool(peer(sentence.text)))
    cases = [
        {"set": name, "row": sentence.number, "what": "not worthy" if sentence.worthy else "worthy",
         "wanted": sentence.worthy, "read": f"{score:.1f}", "text": sentence.text}
        for sentence, score in zip(sentences, scores, strict=True)
        if (score >= CHECKABLE) != sentence.worthy
    ]  # fmt: skip
    thresholds = {"f1": CHECKABLE}
    if threshold is not None:
        thresholds["f1_fitted"] = threshold
    measures = {}
    for part, chosen in (("", [True] * len(sentences)), ("digit_", [s.has_digit for s in sentences])):
        for label, limit in thresholds.items():
            ours = _counts(sentences, [score >= limit for score in scores], chosen)
            measures[f"{name}.{part}{label}"] = Measure(
                value=f1_of(ours),
                n=len(ours),
                interval=bootstrap(ours, f1_of),
                peer=f1_of(_counts(sentences, theirs, chosen)) if theirs else None,
            )
        everything = _counts(sentences, [True] * len(sentences), chosen)
        measures[f"{name}.{part}f1_of_all_worthy"] = Measure(value=f1_of(everything), n=len(everything))
    return measures, cases


def _counts(sentences: Sequence[Sentence], given: Sequence[bool], chosen: Sequence[bool]) -> list[Counts]:
    return [
        Counts(yes and sentence.worthy, yes, sentence.worthy)
        for sentence, yes, keep in zip(sentences, given, chosen, strict=True)
        if keep
    ]
