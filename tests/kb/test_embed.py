"""The embedder: faithful to the full-precision model, a function of the text alone, and checked on load."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.embed import TOKENIZER, WEIGHTS, WEIGHTS_SHA256, EmbedderError, OnnxEmbedder, load_embedder
from kb.ids import hash_bytes

DATA = Path(__file__).parent / "data"
REFERENCE = json.loads((DATA / "embedder_reference.json").read_text(encoding="utf-8"))["texts"]


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


def test_vectors_stay_close_to_the_full_precision_model(embedder: OnnxEmbedder) -> None:
    expected = np.load(DATA / "embedder_reference.npy", allow_pickle=False)
    cosines = (embedder.embed(REFERENCE) * expected).sum(axis=1)
    assert cosines.shape == (len(REFERENCE),)
    assert cosines.mean() >= 0.985
    assert cosines.min() >= 0.95


def test_a_text_gives_the_same_bytes_alone_and_among_others(embedder: OnnxEmbedder) -> None:
    together = embedder.embed(REFERENCE)
    backwards = embedder.embed(list(reversed(REFERENCE)))[::-1]
    alone = np.vstack([embedder.embed([text]) for text in REFERENCE])
    assert together.tobytes() == alone.tobytes() == backwards.tobytes()


def test_the_number_of_threads_changes_no_byte(embedder: OnnxEmbedder) -> None:
    single = OnnxEmbedder(threads=1)
    assert single.sha256 == embedder.sha256
    assert single.embed(REFERENCE).tobytes() == embedder.embed(REFERENCE).tobytes()


def test_vectors_are_unit_float32_rows(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed(REFERENCE)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(REFERENCE), embedder.dimensions)
    assert np.allclose((vectors.astype(float) ** 2).sum(axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(embedder: OnnxEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_like_texts_are_closer_than_unlike_ones(embedder: OnnxEmbedder) -> None:
    claim, paraphrase, other = embedder.embed(
        [
            "The model refused 62% of harmful requests.",
            "Sixty-two percent of dangerous prompts were declined by the system.",
            "The bakery sells bread on Sundays.",
        ]
    )
    assert float(claim @ paraphrase) > float(claim @ other) + 0.3


def test_only_the_first_tokens_of_a_long_text_are_read(embedder: OnnxEmbedder) -> None:
    long_text = "word " * 4_000
    assert embedder.embed([long_text]).tobytes() == embedder.embed([long_text + "and a tail"]).tobytes()


@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_string_gets_a_unit_vector(texts: list[str]) -> None:
    vectors = _shared().embed(texts)
    assert np.isfinite(vectors).all()
    assert np.allclose((vectors.astype(float) ** 2).sum(axis=1), 1.0, atol=1e-5)


def test_the_shipped_weights_have_the_stated_hash_and_the_card_names_it() -> None:
    assert hash_bytes(WEIGHTS.read_bytes()) == WEIGHTS_SHA256
    assert WEIGHTS_SHA256 in (WEIGHTS.parent / "CARD.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("damaged", [WEIGHTS.name, TOKENIZER.name])
def test_a_changed_model_file_is_refused_by_name_and_hash(tmp_path: Path, damaged: str) -> None:
    for path in (WEIGHTS, TOKENIZER):
        shutil.copy(path, tmp_path)
    with (tmp_path / damaged).open("r+b") as handle:
        handle.seek(5_000)
        handle.write(b"\x00\x01\x02")
    with pytest.raises(EmbedderError, match=r"sha256 [0-9a-f]{64}, expected [0-9a-f]{64}") as caught:
        OnnxEmbedder(tmp_path / WEIGHTS.name, tmp_path / TOKENIZER.name)
    assert str(tmp_path / damaged) in str(caught.value)


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"absent\.onnx"):
        OnnxEmbedder(tmp_path / "absent.onnx")


def test_the_default_embedder_is_the_shipped_one() -> None:
    assert load_embedder().name == "all-minilm-l6-v2.int8"


@pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is not None, reason="the extra `train` is installed"
)
@pytest.mark.parametrize("as_folder", [True, False])
def test_another_embedder_without_the_extra_says_what_to_install(tmp_path: Path, as_folder: bool) -> None:
    name = str(tmp_path) if as_folder else "some-org/some-model"
    with pytest.raises(EmbedderError, match=r"wherefrom\[train\]"):
        load_embedder(name)


_SHARED: list[OnnxEmbedder] = []


def _shared() -> OnnxEmbedder:
    if not _SHARED:
        _SHARED.append(OnnxEmbedder())
    return _SHARED[0]
