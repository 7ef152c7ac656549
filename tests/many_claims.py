"""A knowledge base of any size, made from templates of ours: for measuring builds, and for their laws.

Every claim has a figure, a sentence of its own, a verdict and evidence from one of the sources."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

from kb.store import Store
from kb.text import make_selector
from kb.types import CheckedClaim, Label, Report, Source, Stance, UnitKind
from tests.service import report_builders as build

_SUBJECTS = (
    "graders",
    "small models",
    "large models",
    "annotators",
    "hidden tests",
    "reward models",
    "probes",
)
_VERBS = ("were fooled by", "refused", "passed", "noticed", "reported", "failed", "ignored")
_OBJECTS = (
    "the planted cue",
    "the second prompt",
    "an unsafe request",
    "the held-out task",
    "the audit",
    "a hint",
)
_VERDICTS = (
    (Label.SUPPORTED, "agrees"),
    (Label.CONTESTED, "figure_differs"),
    (Label.SUPPORTED, "agrees_rounded"),
    (Label.UNSOURCED, "no_primary_source"),
)
_TOPICS = ("evaluation-awareness", "reward-hacking", "sycophancy", "interpretability", "deception")


def make_sources(count: int) -> tuple[Source, ...]:
    return tuple(
        build.source(
            f"made-{number}",
            title=f"Measurement {number} of what {_SUBJECTS[number % len(_SUBJECTS)]} do",
            publisher=f"Harbour Lab {number % 17}",
            published=f"20{15 + number % 11}-0{1 + number % 9}",
            url=f"https://harbour.example/{number}",
            topics=(_TOPICS[number % len(_TOPICS)],),
        )
        for number in range(count)
    )


def make_report(number: int, claims: int, sources: tuple[Source, ...], variant: int = 0) -> Report:
    """Article `number`; a `variant` other than 0 changes the verdict's words of its first claim."""
    sentences = [_sentence(number * claims + at) for at in range(claims)]
    text = f"Article {number}\n\n" + "\n".join(sentences) + "\n"
    article = build.document(
        text, f"made-{number}.txt", title=f"Article {number} on models", url=f"https://paper.example/{number}"
    )
    checked = []
    for at, sentence in enumerate(sentences):
        serial = number * claims + at
        surface = f"{_share(serial)}%"
        source = sources[serial % len(sources)]
        claim = build.claim(
            text, sentence, surface, article.id, topics=source.topics, measured_entity=_SUBJECTS[serial % len(_SUBJECTS)],
            quantities=(build.quantity(sentence, surface, str(_share(serial)), UnitKind.PERCENT, decimals=1),),
        )  # fmt: skip
        label, reason = _VERDICTS[serial % len(_VERDICTS)]
        weighed = ()
        if label is not Label.UNSOURCED:
            exact = f"In run {serial}, {_share(serial + (label is Label.CONTESTED))}% of them did."
            stance = Stance.REFUTES if label is Label.CONTESTED else Stance.SUPPORTS
            weighed = (
                build.evidence(claim.id, source.id, selector=make_selector(exact, 0, len(exact)), stance=stance, reason=reason),
            )  # fmt: skip
        words = f"The source was read for claim {serial}." if at or not variant else f"Read again, {variant}."
        verdict = build.verdict(
            claim.id, label, reason, explanation=words, evidence_ids=tuple(one.id for one in weighed)
        )
        checked.append(CheckedClaim(claim=claim, verdict=verdict, evidence=weighed))
    base = build.report()
    return dataclasses.replace(base, document=article, claims=tuple(checked), issues=(), sources=sources)


def fill_store(home: Path, *, claims: int, per_article: int = 50, sources: int = 200) -> Store:
    made = make_sources(sources)
    store = Store.open(home, create=True)
    for source in made:
        store.save_source(source, origin="registry", added_at=build.SAVED)
    for number in range(-(-claims // per_article)):
        report = make_report(number, per_article, made)
        store.save_article(report, raw=report.document.text.encode(), saved_at=build.SAVED)
    return store


def _sentence(serial: int) -> str:
    who = _SUBJECTS[serial % len(_SUBJECTS)]
    did = _VERBS[serial // 7 % len(_VERBS)]
    what = _OBJECTS[serial // 49 % len(_OBJECTS)]
    return f"In run {serial}, {_share(serial)}% of the {who} {did} {what}."


def _share(serial: int) -> Decimal:
    return Decimal(serial * 37 % 1000) / 10
