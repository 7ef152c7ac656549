"""`wherefrom eval linking`: is the right source found, and the right passage in it?

Sets: `claims` (the claim gold of a labelled corpus, whole articles, in a knowledge base of its sources alone),
`scifact` and `check_covid` (single claims over thousands or hundreds of abstracts); `findings` (asked for by name) is
`claims` with the shipped registry's findings added to the sources that it knows. Everything goes through the
product's own index and linking. Beside each figure stand, from the same run, words alone, sentence vectors alone,
and plain reciprocal rank fusion of the two; for the claim gold also what each part of linking brings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import InputError
from kb.types import Issue
from service.evaluation.abstracts import (
    AskedClaim,
    make_claim,
    open_abstracts,
    read_abstracts,
    read_covid_claims,
    read_scifact_claims,
)
from service.evaluation.files import absent_set, hash_files
from service.evaluation.linking_claims import score_claims
from service.evaluation.protocol import Evaluation, EvaluationOptions, Measure
from service.evaluation.ranked import (
    fuse_ranks,
    hit_at,
    measure_of,
    ndcg_at,
    order_by,
    recall_at,
    reciprocal_rank,
)

if TYPE_CHECKING:
    from service.library import StoreLibrary

_FLOOR_DEPTH = 100  # sources that a floor ranks
_DEFAULT_SPLIT = "dev"
SETS = ("claims", "check_covid", "scifact", "findings")
_ASKED_FOR = frozenset({"findings"})  # scored only where named: it takes a second index

Score = Callable[[Sequence[str], frozenset[str]], float]
_ABSTRACT_MEASURES: Mapping[str, Score] = {
    "first": lambda ranked, right: hit_at(ranked, right, 1),
    "ndcg_10": lambda ranked, right: ndcg_at(ranked, right, 10),
    "recall_10": lambda ranked, right: recall_at(ranked, right, 10),
    "mrr_10": lambda ranked, right: reciprocal_rank(ranked, right, 10),
}


@dataclass(slots=True)
class _Run:
    data: Path
    options: EvaluationOptions
    golds: dict[str, str] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    cases: list[Mapping[str, Any]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def locate(self, name: str) -> Path | None:
        bases = (self.data, self.data / "data")
        return next((base / name for base in bases if (base / name).is_dir()), None)

    def report(self, name: str) -> Callable[[int, int], None]:
        return lambda done, total: self.options.progress(name, done, total)


def evaluate_linking(data: Path, options: EvaluationOptions) -> Evaluation:
    """Every set that the folder holds. Raises InputError where it holds none, or for an unknown set."""
    unknown = sorted(set(options.sets or ()) - set(SETS))
    if unknown:
        raise InputError(f"no set is called {unknown[0]!r}; known: {', '.join(SETS)}.", path=str(data))
    run = _Run(data=data, options=options)
    for name in SETS:
        if name in (options.sets or ()) if options.sets or name in _ASKED_FOR else True:
            _score_set(run, name)
    if not run.golds:
        raise InputError(
            f"{data} holds no labelled set to score: looked for gold/claims.jsonl with its articles and sources, "
            "scifact and check_covid, there and in its folders corpus/ and data/. "
            + " ".join(issue.message for issue in run.issues),
            path=str(data),
        )
    return Evaluation(
        name="linking",
        split=options.split,
        golds=run.golds,
        measures=run.measures,
        cases=tuple(run.cases) if options.cases else (),
        issues=tuple(run.issues),
    )


def _score_set(run: _Run, name: str) -> None:
    if name in ("claims", "findings"):
        roots = [
            base for base in (run.data, run.data / "corpus") if (base / "gold" / "claims.jsonl").is_file()
        ]
        if not roots:
            run.issues.append(absent_set(name, "gold/claims.jsonl"))
            return
        gold, measures, cases = score_claims(
            name, roots[0], run.options.split, run.report(name), with_findings=name == "findings"
        )
        run.golds[name] = gold
        run.measures.update(measures)
        run.cases += cases
        return
    folder = run.locate(name)
    if folder is None:
        run.issues.append(absent_set(name, f"the folder {name}"))
        return
    split = run.options.split or _DEFAULT_SPLIT
    if name == "scifact":
        corpus, id_key = folder / "corpus.jsonl", "doc_id"
        files = [folder / f"claims_{split}.jsonl"]
    else:
        corpus, id_key = folder / "corpus.json", "cord_id"
        files = sorted(folder.glob(f"covidCheck_{split}_*.json"))
    missing = [path.name for path in (corpus, *files) if not path.is_file()] or ([] if files else [split])
    if missing:
        run.issues.append(absent_set(f"{name}/{split}", missing[0]))
        return
    claims = (
        read_scifact_claims(files[0], run.issues)
        if name == "scifact"
        else read_covid_claims(files, run.issues)
    )
    abstracts = read_abstracts(corpus, id_key, run.issues)
    known = {abstract.id for abstract in abstracts}
    claims = [claim for claim in claims if claim.source_ids & known]
    if not claims:
        run.issues.append(absent_set(f"{name}/{split}", "a claim with its abstract"))
        return
    run.golds[name] = hash_files([corpus, *files])
    with open_abstracts(abstracts, run.options.cache, run.report(f"{name} abstracts")) as library:
        _score_abstracts(run, name, claims, library)


def _score_abstracts(run: _Run, name: str, claims: Sequence[AskedClaim], library: StoreLibrary) -> None:
    from kb.link import link_claims

    outcomes: dict[tuple[str, str], list[float]] = {}
    for place, asked in enumerate(claims):
        run.report(name)(place, len(claims))
        claim = make_claim(asked)
        ours = [rank.source_id for rank in link_claims([claim], library)[0].ranks]
        for way, ranked in (("", ours), *rank_plainly(library, claim.sentence.exact).items()):
            for measure, score in _ABSTRACT_MEASURES.items():
                outcomes.setdefault((way, measure), []).append(score(ranked, asked.source_ids))
        if run.options.cases and ours[:1] and ours[0] not in asked.source_ids:
            run.cases.append(
                {
                    "set": name,
                    "id": asked.id,
                    "claim": asked.text,
                    "wanted": sorted(asked.source_ids),
                    "ranked": ours[:5],
                }
            )
    for (way, measure), values in outcomes.items():
        key = f"{name}.{way}.{measure}" if way else f"{name}.{measure}"
        run.measures[key] = measure_of(values, count=measure == "first")


def rank_plainly(library: StoreLibrary, query: str) -> dict[str, list[str]]:
    """The floors: sources by words alone, by their nearest sentence alone, and by plain fusion of the two ranks."""
    hits = library.search_sources([query], limit=_FLOOR_DEPTH)[0]
    words = order_by({hit.source_id: hit.words for hit in hits if hit.words > 0})
    vectors = order_by({hit.source_id: hit.nearest for hit in hits if hit.nearest > 0})
    return {"words_only": words, "vectors_only": vectors, "plain_fusion": fuse_ranks([words, vectors])}
