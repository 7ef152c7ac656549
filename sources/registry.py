"""Reads source files, topics and manifests from disk; owns which files make up the registry.

Reading is all or nothing: every fault of every file is in the one RegistryError. A manifest is JSON
Lines, one source a line, for texts that a user brings along: id, file, title, authors, publisher,
published, kind, tier, url, doi, arxiv, contests (ids), contest_kind ({id: kind}), text_status, note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb.errors import RegistryError
from kb.types import Source
from sources.manifest import ManifestRow, read_manifest_rows
from sources.model import SOURCE_ID, SourceFile, read_source_file
from sources.strict_yaml import MAX_BYTES, Faults, Fields, Items, Scalar, read_nodes

__all__ = ["ManifestRow", "Registry", "Topic", "read_manifest", "read_registry", "read_source", "read_topics"]

SHIPPED_DATA = Path(__file__).parent / "data"
SHIPPED_TOPICS = Path(__file__).parent / "topics.yml"
MAX_FILES = 20_000
MAX_TOPICS = 20
MAX_MANIFEST_BYTES = 16_777_216


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject under which sources and claims are listed; `meaning` is one sentence."""

    id: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Sources by id, and the topics that they name."""

    sources: tuple[Source, ...]
    topics: tuple[Topic, ...]


def read_registry(paths: Sequence[Path] | None = None, *, topics: Path | None = None) -> Registry:
    """The sources of the files and folders given (None: those that ship), in the order of their ids.

    Raises RegistryError with every fault: of the files, and between them (dangling ids, an id given
    twice, a file that isn't named for its source, an unknown topic).
    """
    faults: list[str] = []
    known_topics = _read_topics(topics or SHIPPED_TOPICS, faults)
    files: list[SourceFile] = []
    for path in _list_files(paths if paths is not None else [SHIPPED_DATA], faults):
        own = Faults(path=str(path))
        content = _read_bytes(path, own)
        read = read_source_file(content, own) if content is not None else None
        if read is not None and read.source.id != path.stem:
            own.add(read.id_line, "id", f"found {read.source.id}, but the file is named {path.name}")
        if read is not None:
            files.append(read)
        faults.extend(own.list_all())
    faults.extend(_check_relations(files, frozenset(topic.id for topic in known_topics)))
    if faults:
        raise RegistryError(tuple(faults))
    sources = sorted((read.source for read in files), key=lambda source: source.id)
    return Registry(sources=tuple(sources), topics=known_topics)


def read_source(path: Path) -> Source:
    """One source file on its own (any file name), as a person gives it: the tier that it states counts as
    reviewed by that person. Ids that it contests aren't looked up."""
    source = read_own_source(path)
    return source if source.reviewed_by else replace(source, reviewed_by="source file")


def read_own_source(path: Path) -> Source:
    """One source file on its own, reviewed only where it says so."""
    own = Faults(path=str(path))
    content = _read_bytes(path, own)
    read = read_source_file(content, own) if content is not None else None
    if read is None:
        raise RegistryError(own.list_all())
    return read.source


def read_manifest(path: Path, *, known_ids: frozenset[str] | None = None) -> tuple[ManifestRow, ...]:
    """The rows of a manifest, in order. Contested ids must be in the manifest or in `known_ids` (None:
    ids outside the manifest aren't looked up). Raises RegistryError with every fault and its line."""
    own = Faults(path=str(path))
    content = _read_bytes(path, own, limit=MAX_MANIFEST_BYTES)
    rows = read_manifest_rows(content, own, known_ids) if content is not None else ()
    if own.count:
        raise RegistryError(own.list_all())
    return rows


def read_topics(path: Path | None = None) -> tuple[Topic, ...]:
    """The topics of a file (None: those that ship), in its order."""
    faults: list[str] = []
    topics = _read_topics(path or SHIPPED_TOPICS, faults)
    if faults:
        raise RegistryError(tuple(faults))
    return topics


def _read_topics(path: Path, faults: list[str]) -> tuple[Topic, ...]:
    own = Faults(path=str(path))
    content = _read_bytes(path, own)
    root = read_nodes(content, own) if content is not None else None
    topics: dict[str, Topic] = {}
    children = root.items if isinstance(root, Items) else ()
    if root is not None and not isinstance(root, Items):
        own.add(root.line, "", "wanted a list of topics, each with id, title and meaning")
    for index, node in enumerate(children):
        place = f"[{index}]"
        texts = {}
        if isinstance(node, Fields):
            texts = {
                key: child.value.strip()
                for key, (_, child) in node.fields.items()
                if isinstance(child, Scalar) and child.kind == "text" and child.value.strip()
            }
        if set(texts) != {"id", "title", "meaning"} or not isinstance(node, Fields) or len(node.fields) != 3:
            own.add(node.line, place, "a topic has exactly id, title and meaning, each a text")
        elif not SOURCE_ID.match(texts["id"]):
            own.add(
                node.line, f"{place}.id", f"found {texts['id'][:60]!r}, wanted lower-case words and hyphens"
            )
        elif texts["id"] in topics:
            own.add(node.line, f"{place}.id", f"{texts['id']} is there twice")
        else:
            topics[texts["id"]] = Topic(**texts)
    if len(children) > MAX_TOPICS:
        own.add(1, "", f"found {len(children)} topics, at most {MAX_TOPICS} are meant to be")
    faults.extend(own.list_all())
    return tuple(topics.values())


def _list_files(paths: Sequence[Path], faults: list[str]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            for child in sorted(path.rglob("*")):
                if any(part.startswith(".") for part in child.relative_to(path).parts) or child.is_dir():
                    continue
                if child.suffix == ".yml":
                    files.append(child)
                else:
                    faults.append(f"{child}:1: wanted only files named <source id>.yml in this folder")
        else:
            files.append(path)
    if len(files) > MAX_FILES:
        faults.append(f"{len(files)} source files, more than the {MAX_FILES} that are read")
        return []
    return files


def _read_bytes(path: Path, own: Faults, *, limit: int = MAX_BYTES) -> bytes | None:
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        own.add(1, "", f"can't be read: {error.strerror or error}")
        return None
    if len(content) > limit:
        own.add(1, "", f"has more than the {limit} bytes that are read")
        return None
    return content


def _check_relations(files: Sequence[SourceFile], topics: frozenset[str]) -> list[str]:
    """Faults that only show between files."""
    faults: list[str] = []
    by_id: dict[str, SourceFile] = {}
    for read in files:
        first = by_id.setdefault(read.source.id, read)
        if first is not read:
            faults.append(f"{read.path}:{read.id_line}: id: {read.source.id} is also the id of {first.path}")
    findings = {finding.id for read in files for finding in read.source.findings}
    for read in files:
        own = Faults(path=read.path)
        for index, (contest, line) in enumerate(zip(read.source.contests, read.contest_lines, strict=True)):
            if contest.source_id not in by_id:
                own.add(line, f"contests[{index}].source", f"no source has the id {contest.source_id}")
            elif contest.finding_id is not None and contest.finding_id not in findings:
                own.add(line, f"contests[{index}].finding", f"no finding has the id {contest.finding_id}")
        origin = read.source.origin
        if origin is not None and origin.source_id is not None and origin.source_id not in by_id:
            own.add(read.origin_line, "origin.source", f"no source has the id {origin.source_id}")
        for index, (topic, line) in enumerate(zip(read.source.topics, read.topic_lines, strict=True)):
            if topic not in topics:
                own.add(line, f"topics[{index}]", f"{topic} is not in the list of topics")
        faults.extend(own.list_all())
    return faults
