"""Many files together: dangling ids, names, topics; manifests line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.errors import RegistryError
from kb.types import ContestKind, Tier
from sources.registry import read_manifest, read_registry, read_topics

_ROW = {
    "id": "a-2025", "file": "a.txt", "title": "A", "authors": ["Ann Smith"], "publisher": "P",
    "published": "2025-01", "kind": "post", "tier": "primary", "url": "https://example.org/a", "doi": None,
    "arxiv": None, "contests": [], "contest_kind": {}, "text_status": "whole", "note": None,
}  # fmt: skip


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _entry(source_id: str, more: str = "") -> str:
    return f"id: {source_id}\ntitle: T\nkind: post\ntier: primary\n{more}"


def _registry_faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RegistryError) as caught:
        read_registry([folder])
    return caught.value.faults


def test_sources_come_in_the_order_of_their_ids_whatever_their_folders(tmp_path: Path) -> None:
    _write(tmp_path, "z/b", _entry("b"))
    _write(tmp_path, "y/c", _entry("c"))
    _write(tmp_path, "x/a", _entry("a"))
    assert [source.id for source in read_registry([tmp_path]).sources] == ["a", "b", "c"]


def test_a_file_not_named_for_its_source_is_a_fault(tmp_path: Path) -> None:
    path = _write(tmp_path, "other", _entry("a"))
    assert f"{path}:1: id: found a, but the file is named other.yml" in _registry_faults(tmp_path)


def test_an_id_given_twice_names_both_files(tmp_path: Path) -> None:
    first, second = _write(tmp_path, "x/a", _entry("a")), _write(tmp_path, "y/a", _entry("a"))
    fault = next(fault for fault in _registry_faults(tmp_path) if "also the id" in fault)
    assert str(first) in fault
    assert str(second) in fault


def test_a_contest_of_an_unknown_source_names_its_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "a", _entry("a", "contests:\n  - {source: b, kind: rebuts, says: No.}\n"))
    assert _registry_faults(tmp_path) == (f"{path}:6: contests[0].source: no source has the id b",)


def test_a_contest_of_an_unknown_finding_names_its_line(tmp_path: Path) -> None:
    _write(tmp_path, "b", _entry("b"))
    path = _write(
        tmp_path, "a", _entry("a", "contests:\n  - {source: b, finding: f, kind: rebuts, says: No.}\n")
    )
    assert _registry_faults(tmp_path) == (f"{path}:6: contests[0].finding: no finding has the id b#f",)


def test_an_unknown_topic_names_its_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "a", _entry("a", "topics:\n  - auditing\n  - gardening\n"))
    assert _registry_faults(tmp_path) == (f"{path}:7: topics[1]: gardening is not in the list of topics",)


def test_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "a", _entry("a").replace("post", "novel"))
    _write(tmp_path, "b", _entry("b").replace("primary", "third"))
    _write(tmp_path, "c", _entry("c", "topics: [gardening]\n"))
    faults = _registry_faults(tmp_path)
    assert len(faults) == 3
    assert {Path(fault.split(":")[0]).name for fault in faults} == {"a.yml", "b.yml", "c.yml"}


def test_a_stray_file_in_the_folder_is_a_fault(tmp_path: Path) -> None:
    _write(tmp_path, "a", _entry("a"))
    (tmp_path / "notes.yaml").write_text("id: b\n", encoding="utf-8")
    assert any("notes.yaml" in fault for fault in _registry_faults(tmp_path))


def test_topics_are_at_most_twenty_each_with_a_sentence() -> None:
    topics = read_topics()
    assert 0 < len(topics) <= 20
    assert all(topic.meaning.endswith(".") for topic in topics)


def _manifest(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "sources.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _manifest_faults(tmp_path: Path, *rows: object) -> tuple[str, ...]:
    with pytest.raises(RegistryError) as caught:
        read_manifest(_manifest(tmp_path, *rows))
    return caught.value.faults


def test_a_manifest_row_is_a_source_and_its_file(tmp_path: Path) -> None:
    other = {
        **_ROW, "id": "b-2025", "file": "sub/b.txt", "tier": "secondary",
        "contests": ["a-2025"], "contest_kind": {"a-2025": "disputes"},
    }  # fmt: skip
    first, second = read_manifest(_manifest(tmp_path, _ROW, other))
    assert (first.source.id, first.file, first.source.text_status) == ("a-2025", "a.txt", "whole")
    assert first.source.reviewed_by == "manifest"
    assert (second.source.tier, second.source.contests[0].kind) == (Tier.SECONDARY, ContestKind.DISPUTES)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"file": "../a.txt"}, "file"),
        ({"file": "/etc/passwd"}, "file"),
        ({"file": "x/../../a.txt"}, "file"),
        ({"file": "C:\\a.txt"}, "file"),
        ({"file": "a\x00.txt"}, "file"),
        ({"file": ""}, "file"),
        ({"file": None}, "file"),
        ({"id": "A B"}, "id"),
        ({"title": 7}, "title"),
        ({"kind": "novel"}, "kind"),
        ({"tier": "first"}, "tier"),
        ({"published": "2025-13"}, "published"),
        ({"url": "ftp://example.org/a"}, "url"),
        ({"doi": "doi:10.1/x"}, "doi"),
        ({"arxiv": "arXiv:2501.00001"}, "arxiv"),
        ({"authors": "Ann Smith"}, "authors"),
        ({"text_status": "most"}, "text_status"),
        ({"contests": ["b"], "contest_kind": {}}, "contest_kind"),
        ({"contests": [], "contest_kind": {"b": "rebuts"}}, "contest_kind"),
        ({"contests": ["a-2025"], "contest_kind": {"a-2025": "rebuts"}}, "contests"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_manifest_fault_names_its_line_and_key(tmp_path: Path, change: dict[str, object], key: str) -> None:
    faults = _manifest_faults(tmp_path, {**_ROW, "id": "z", "file": "z.txt"}, {**_ROW, **change})
    assert any(f"sources.jsonl:2: {key}: " in fault for fault in faults), faults


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"id": "a", "id": "b"}', '{"id": NaN}', "[" * 100_000])
def test_a_manifest_line_that_is_no_object_is_a_fault(tmp_path: Path, line: str) -> None:
    assert any("sources.jsonl:2" in fault for fault in _manifest_faults(tmp_path, _ROW, line))


def test_faults_of_all_manifest_lines_come_at_once(tmp_path: Path) -> None:
    faults = _manifest_faults(tmp_path, {**_ROW, "tier": "x"}, "{", {**_ROW, "kind": "y"})
    assert [fault.split(":")[1] for fault in faults] == ["1", "2", "3"]


def test_an_id_or_file_given_twice_in_a_manifest_is_a_fault(tmp_path: Path) -> None:
    faults = _manifest_faults(tmp_path, _ROW, _ROW)
    assert any("also the id of line 1" in fault for fault in faults)
    assert any("also the text of line 1" in fault for fault in faults)


def test_a_contested_id_is_looked_up_where_the_known_ids_are_given(tmp_path: Path) -> None:
    row = {**_ROW, "contests": ["b"], "contest_kind": {"b": "rebuts"}}
    path = _manifest(tmp_path, row)
    assert read_manifest(path, known_ids=frozenset({"b"}))
    with pytest.raises(RegistryError, match="no source has the id b"):
        read_manifest(path, known_ids=frozenset())


def test_an_origin_that_is_no_source_names_its_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "a", _entry("a", "origin: {source: b, kind: reprint}\n"))
    assert _registry_faults(tmp_path) == (f"{path}:5: origin.source: no source has the id b",)
