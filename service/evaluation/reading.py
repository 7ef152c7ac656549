"""`wherefrom eval reading`: how well numbers, claims and their worth are read, over every labelled set of a folder.

Owns where each set lies below the folder, which of its splits are scored, and saying what is absent. A set's own
rules and scores are in its module. Layout: the sets' folders (measeval, cqe_newsquant, recognizers_text_specs,
policlaim, checkthat24_task1_en) and the claim gold (gold/ with articles/ and seeds/) stand in the folder itself or
in its folders data/ and corpus/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.types import Issue, Level
from service.evaluation import check_worthiness, claim_gold, measeval, newsquant, recognizers
from service.evaluation.files import absent_set, hash_files
from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure
from service.evaluation.readers import Reader, load_reader

TRAIN = "train"  # the split that thresholds may be fitted on, scored only when it is asked for

Cases = list[dict[str, Any]]
Scored = tuple[dict[str, Measure], Cases]


@dataclass(slots=True)
class _Run:
    """What is collected while the sets are scored."""

    data: Path
    options: EvaluationOptions
    peer: Reader | None
    golds: dict[str, str] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    cases: Cases = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def add(self, name: str, files: list[Path], scored: Scored) -> None:
        self.golds[name] = hash_files(files)
        self.measures.update(scored[0])
        self.cases.extend(scored[1])

    def locate(self, *folders: str) -> Path | None:
        """The first of the folders that there is, in the data folder or one level below."""
        for folder in folders:
            for base in (self.data, self.data / "data", self.data / "corpus"):
                if (base / folder).is_dir():
                    return base / folder
        return None

    def choose(self, name: str, splits: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
        """The splits to score: the one asked for, else all but the one to train on."""
        wanted = self.options.split
        chosen = [split for split in splits if (split != TRAIN if wanted is None else split == wanted)]
        if not chosen:
            self.issues.append(
                absent_set(name, f"a split {wanted or 'but train'} (it has {', '.join(splits) or 'none'})")
            )
        for split in chosen:
            yield split, splits[split]


def evaluate_reading(data: Path, options: EvaluationOptions) -> Evaluation:
    """Every set that the folder holds. Raises InputError where it holds none, or the peer isn't installed."""
    unknown = sorted(set(options.sets or ()) - set(SETS))
    if unknown:
        raise InputError(f"no set is called {unknown[0]!r}; known: {', '.join(SETS)}.", path=str(data))
    run = _Run(data=data, options=options, peer=load_reader(options.peer) if options.peer else None)
    for name, score in SETS.items():
        if options.sets is None or name in options.sets:
            score(run)
    if not run.golds:
        raise InputError(
            f"{data} holds no labelled set to score: looked for {', '.join(_FOLDERS)} and gold/claims.jsonl, there and"
            " in its folders data/ and corpus/. " + " ".join(issue.message for issue in run.issues),
            path=str(data),
        )
    return Evaluation(
        name="reading",
        split=options.split,
        golds=run.golds,
        measures=run.measures,
        cases=tuple(run.cases) if options.cases else (),
        issues=tuple(run.issues),
    )


_FOLDERS = {
    "measeval": "measeval",
    "newsquant": "cqe_newsquant",
    "recognizers": "recognizers_text_specs",
    "policlaim": "policlaim",
    "checkthat": "checkthat24_task1_en",
}


def _find_set(run: _Run, name: str) -> Path | None:
    root = run.locate(_FOLDERS[name])
    if root is None:
        run.issues.append(absent_set(name, f"the folder {_FOLDERS[name]}"))
    return root


def _score_measeval(run: _Run) -> None:
    root = _find_set(run, "measeval")
    if root is None:
        return
    for split, folder in run.choose("measeval", measeval.find_splits(root)):
        name = f"measeval/{split}"
        run.add(
            name,
            measeval.list_files(folder),
            measeval.score_split(name, folder, run.peer, run.issues, run.options.progress),
        )


def _score_newsquant(run: _Run) -> None:
    root = _find_set(run, "newsquant")
    if root is None:
        return
    files = newsquant.find_files(root)
    if not files:
        run.issues.append(absent_set("newsquant", "data/formatted_test_set/NewsQuant.json"))
        return
    run.add(
        "newsquant",
        files,
        newsquant.score_files("newsquant", files, run.peer, run.issues, run.options.progress),
    )


def _score_recognizers(run: _Run) -> None:
    root = _find_set(run, "recognizers")
    if root is None:
        return
    files = recognizers.find_files(root)
    if not files:
        run.issues.append(absent_set("recognizers", "Specs/*/English/*.json"))
        return
    run.add(
        "recognizers",
        files,
        recognizers.score_files("recognizers", files, run.peer, run.issues, run.options.progress),
    )


def _score_claims(run: _Run) -> None:
    gold = run.locate("gold")
    path = None if gold is None else claim_gold.find_gold(gold.parent)
    if path is None:
        run.issues.append(absent_set("claims", "gold/claims.jsonl"))
        return
    root = path.parent.parent
    rows = claim_gold.read_rows(path, run.options.split, run.issues)
    ranges = path.parent / "articles.jsonl"
    run.add(
        "claims",
        [path, *([ranges] if ranges.is_file() else [])],
        claim_gold.score_gold("claims", root, rows, run.peer, run.issues, run.options.progress),
    )
    seeds = path.parent / "seed_gold.json"
    rows = claim_gold.read_seed_rows(seeds, run.issues)
    if rows:
        run.add(
            "seeds",
            [seeds],
            claim_gold.score_gold("seeds", root, rows, run.peer, run.issues, run.options.progress),
        )


def _score_policlaim(run: _Run) -> None:
    root = _find_set(run, "policlaim")
    if root is None:
        return
    speeches = check_worthiness.find_policlaim(root)
    split = run.options.split
    named = {name: path for name, path in speeches.items() if split is not None and split in name}
    chosen = list((named or speeches).values())
    sentences = [
        sentence for path in chosen for sentence in check_worthiness.read_policlaim(path, run.issues)
    ]
    if not sentences:
        run.issues.append(absent_set("policlaim", "a spreadsheet (.xlsx) that can be read"))
        return
    scored = check_worthiness.score_sentences("policlaim", sentences, None, run.peer, run.options.progress)
    run.add("policlaim", chosen, scored)


def _score_checkthat(run: _Run) -> None:
    root = _find_set(run, "checkthat")
    if root is None:
        return
    splits = check_worthiness.find_checkthat(root)
    chosen = list(run.choose("checkthat", splits))
    threshold = None
    if TRAIN in splits and any(split != TRAIN for split, _ in chosen):
        faults: list[Issue] = []
        rows = check_worthiness.read_checkthat(splits[TRAIN], faults)
        threshold = check_worthiness.fit_threshold(rows)
        run.issues.append(_say_threshold(threshold, len(rows), len(faults)))
    for split, path in chosen:
        name = f"checkthat/{split}"
        sentences = check_worthiness.read_checkthat(path, run.issues)
        limit = threshold if split != TRAIN else None
        scored = check_worthiness.score_sentences(name, sentences, limit, run.peer, run.options.progress)
        run.add(name, [path], scored)


def _say_threshold(threshold: float, rows: int, faults: int) -> Issue:
    return Issue(
        stage="evaluation",
        level=Level.INFO,
        code="threshold_fitted",
        message=f"checkthat: a threshold of {threshold:g} is best on {rows} rows of its train split"
        f" ({faults} could not be read).",
    )


SETS: Mapping[str, Callable[[_Run], None]] = {
    "claims": _score_claims,
    "measeval": _score_measeval,
    "newsquant": _score_newsquant,
    "recognizers": _score_recognizers,
    "policlaim": _score_policlaim,
    "checkthat": _score_checkthat,
}
