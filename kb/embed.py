"""Text to vectors: the shipped sentence embedder on onnxruntime, and any other model a user names.

Owns the loading and checking of weights and the law that a vector depends on its text alone. Refuses to
know what the texts are, where vectors are kept, or how they are searched. Opens no network connection: a
model that isn't on this machine is an error that says how to bring it here.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kb.errors import StoreError
from kb.ids import hash_bytes, hash_parts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODELS = Path(__file__).resolve().parent / "models"
WEIGHTS = MODELS / "all-minilm-l6-v2.int8.onnx"
TOKENIZER = MODELS / "tokenizer.json"

# sha256 of the shipped files, as kb/models/CARD.md states them and `python -m service.train.export` makes them.
WEIGHTS_SHA256 = "93541260fbf80c645ac8f06aa11198c6600c7832b12fb9c426f6b72d4027166a"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MAX_TOKENS = 256  # what the model was trained to read (its sentence_bert_config.json)
_DIMENSIONS = 384
# 256 tokens of English are about 1,300 characters; the tokenizer would read all of a longer text before
# cutting it, so a hostile megabyte is cut first. A fixed cut keeps the vector a function of the text alone.
_MAX_CHARACTERS = 16_384


class EmbedderError(StoreError):
    """The embedder's files are missing, damaged or of another version, or its packages aren't installed."""

    code = "embedder_unusable"


class Embedder(Protocol):
    """Makes one unit vector per text. `sha256` names everything that shapes the vectors (weights,
    tokenizer, cut): vectors of two different values must never be compared."""

    name: str
    sha256: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 of shape (len(texts), dimensions), rows of length 1, in the order of `texts`."""
        ...


class OnnxEmbedder:
    """A BERT-like sentence model exported by service.train.export, run on onnxruntime.

    Dynamic int8 scales activations over everything in the call, so each text is run on its own: the same
    text gives the same bytes, alone or among others, with one thread or several.
    """

    def __init__(
        self,
        weights: Path = WEIGHTS,
        tokenizer: Path = TOKENIZER,
        *,
        weights_sha256: str = WEIGHTS_SHA256,
        tokenizer_sha256: str = TOKENIZER_SHA256,
        threads: int = 2,
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        weights_bytes = _read_checked(weights, weights_sha256)
        tokenizer_bytes = _read_checked(tokenizer, tokenizer_sha256)
        self.name = weights.stem
        self.weights_sha256 = weights_sha256
        self.sha256 = hash_parts(weights_sha256, tokenizer_sha256, str(MAX_TOKENS), str(_MAX_CHARACTERS), "1")
        self.dimensions = _DIMENSIONS
        self._tokenizer = Tokenizer.from_buffer(tokenizer_bytes)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Waiting threads sleep: a server that embeds now and then must not burn a core in between.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            weights_bytes, options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector per text, float32 of shape (len(texts), 384)."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            encoding = self._tokenizer.encode(_clean_text(text))
            ids = np.array([encoding.ids], dtype=np.int64)
            outputs = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
            vectors[row] = _normalise(outputs[0][0])
        return vectors


class SentenceTransformerEmbedder:
    """Any sentence-transformers model held on this machine (extra `train`); fp32, one text a call."""

    def __init__(self, folder: Path, *, name: str | None = None, device: str = "cpu") -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name or folder.name
        self.sha256 = _hash_folder(folder)
        try:
            # Safetensors only: a pickled checkpoint can run code as it is read.
            self._model: Any = SentenceTransformer(
                str(folder),
                device=device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EmbedderError(
                f"The embedder folder {folder} holds no model that sentence-transformers can load ({error}). "
                "Give a folder with modules.json, config.json, model.safetensors and tokenizer.json.",
                path=str(folder),
            ) from error
        dimensions = self._model.get_embedding_dimension()
        if not dimensions:
            raise EmbedderError(
                f"The embedder in {folder} doesn't say how long its vectors are.", path=str(folder)
            )
        self.dimensions = int(dimensions)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector per text, float32 of shape (len(texts), dimensions)."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            encoded = self._model.encode(
                [_clean_text(text)], batch_size=1, show_progress_bar=False, convert_to_numpy=True
            )
            vectors[row] = _normalise(np.asarray(encoded[0]))
        return vectors


def load_embedder(name: str | None = None) -> Embedder:
    """The shipped embedder (None), or a sentence-transformers model: a folder, or the name of a model in
    the local cache of huggingface_hub. EmbedderError when it isn't here; nothing is downloaded."""
    if name is None:
        return OnnxEmbedder()
    if importlib.util.find_spec("sentence_transformers") is None:
        raise EmbedderError(
            f"The embedder {name!r} needs sentence-transformers, which isn't installed. Install the extra: "
            'pip install "wherefrom[train]"; or leave the embedder out to use the shipped one.',
            name=name,
        )
    folder = Path(name)
    if folder.is_dir():
        return SentenceTransformerEmbedder(folder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        cached = snapshot_download(name, local_files_only=True)
    except (HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise EmbedderError(
            f"The embedder {name!r} is neither a folder nor a model in the local cache. Wherefrom downloads "
            "no model by itself: fetch it once with `hf download NAME --local-dir DIR` where there is a "
            "network, then name DIR; or leave the embedder out to use the shipped one.",
            name=name,
        ) from error
    return SentenceTransformerEmbedder(Path(cached), name=name)


def _clean_text(text: str) -> str:
    """The part of a text that is read, with lone surrogates (no UTF-8 form) made replacement characters."""
    return text[:_MAX_CHARACTERS].encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _normalise(vector: NDArray[Any]) -> NDArray[np.float32]:
    import numpy as np

    wide = vector.astype(np.float64)
    length = float(np.sqrt(np.sum(wide * wide)))
    if not np.isfinite(length) or length == 0.0:
        raise EmbedderError("The embedder gave a vector without a direction: its weights are damaged.")
    unit: NDArray[np.float32] = (wide / length).astype(np.float32)
    return unit


def _read_checked(path: Path, expected: str) -> bytes:
    """The bytes of a model file, refused unless their sha256 is `expected`: one read, so that what was
    checked is what is run."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmbedderError(
            f"The model file {path} can't be read ({error.strerror}). Install Wherefrom again.",
            path=str(path),
        ) from error
    actual = hash_bytes(content)
    if actual != expected:
        raise EmbedderError(
            f"The model file {path} isn't the one this version was built with: sha256 {actual}, "
            f"expected {expected}. Install Wherefrom again.",
            path=str(path),
            expected=expected,
            actual=actual,
        )
    return content


def _hash_folder(folder: Path) -> str:
    """sha256 over the names and contents of a model folder's files that shape its vectors."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json", ".txt", ".model"}:
            with path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            parts += [path.relative_to(folder).as_posix(), digest]
    return hash_parts("sentence-transformers", *parts)
