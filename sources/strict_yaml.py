"""Reads one YAML text into plain nodes that remember their lines; refuses to know what the keys mean.

Only what a hand-written registry file needs is read: mappings, sequences, plain and quoted scalars.
Anchors, aliases, merge keys, tags and further documents are refused, because a few lines of them can
unfold into gigabytes or build objects; so are duplicate keys, which a YAML reader would settle
silently. Reading goes over the parser's events, so nothing is recursive and nothing is constructed:
`47.30` stays the four digits that were written. Every fault of a text is reported, not the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_BYTES = 262_144  # a registry file of 40 findings takes about 30 kB
MAX_DEPTH = 12
MAX_NODES = 20_000
MAX_FAULTS = 200  # of one file; a hostile file must not make an endless report


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A scalar as written. `kind` is what YAML would make of it: text, null, bool, int, float or date."""

    line: int
    value: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A sequence."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A mapping: each key once, with its own line."""

    line: int
    fields: dict[str, tuple[int, Node]]


Node = Scalar | Items | Fields


@dataclass(slots=True, kw_only=True)
class Faults:
    """The faults of one file; counts on past its limit without keeping more."""

    path: str
    found: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, key: str, message: str) -> None:
        """Record one fault at a line (from 1) and a key path ("findings[2].unit"; "" for the whole file)."""
        place = f"{self.path}:{line}: {key}: " if key else f"{self.path}:{line}: "
        self.count += 1
        if len(self.found) < MAX_FAULTS:
            self.found.append((line, place + message))

    def list_all(self) -> tuple[str, ...]:
        """Every fault kept, in the order of the lines, and one line that counts the rest."""
        listed = [message for _, message in sorted(self.found, key=lambda fault: fault[0])]
        if self.count > len(listed):
            listed.append(f"{self.path}: and {self.count - len(listed)} more faults that are not listed")
        return tuple(listed)


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    line: int
    is_mapping: bool
    items: list[Node]
    fields: dict[str, tuple[int, Node]]
    key: tuple[str, int] | None = None
    key_ignored: bool = False


_KINDS = {
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:int": "int",
    "tag:yaml.org,2002:float": "float",
    "tag:yaml.org,2002:timestamp": "date",
    "tag:yaml.org,2002:merge": "merge",
}


def read_nodes(content: bytes, faults: Faults) -> Node | None:
    """The tree of one YAML document, or None where it can't be read at all; faults are added either way."""
    import yaml

    if len(content) > MAX_BYTES:
        faults.add(1, "", f"the file has {len(content)} bytes, more than the {MAX_BYTES} that are read")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(line, "", f"byte {error.start} is not UTF-8; save the file as UTF-8")
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _build(yaml.parse(text, Loader=loader), faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(mark.line + 1 if mark else 1, "", f"not YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:  # a character that YAML forbids carries no mark
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        faults.add(line, "", f"not YAML: {getattr(error, 'reason', 'unreadable')}")
    return None


def _build(events: Iterator[yaml.Event], faults: Faults) -> Node | None:
    import yaml

    root: Node | None = None
    stack: list[_Open] = []
    documents = nodes = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                faults.add(line, "", "a second document starts here; one file holds one source")
                return root
            continue
        if isinstance(event, yaml.AliasEvent):
            faults.add(line, "", f"alias *{event.anchor}: aliases are refused; write the value out")
            closed: Node = Scalar(line=line, value="", kind="null")
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            nodes += 1
            _refuse_extras(event, line, faults)
            if len(stack) >= MAX_DEPTH:
                faults.add(line, "", f"nested more than {MAX_DEPTH} levels deep")
                return None
            stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), [], {}))
            continue
        elif isinstance(event, yaml.ScalarEvent):
            nodes += 1
            _refuse_extras(event, line, faults)
            closed = Scalar(line=line, value=event.value, kind=_find_kind(event))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = stack.pop()
            closed = (
                Fields(line=done.line, fields=done.fields)
                if done.is_mapping
                else Items(line=done.line, items=tuple(done.items))
            )
        else:
            continue
        if nodes > MAX_NODES:
            faults.add(line, "", f"more than {MAX_NODES} values in one file")
            return None
        if stack:
            _place(stack[-1], closed, faults)
        elif root is None:
            root = closed
    return root


def _place(parent: _Open, node: Node, faults: Faults) -> None:
    if not parent.is_mapping:
        parent.items.append(node)
        return
    if parent.key is None and not parent.key_ignored:
        if not isinstance(node, Scalar):
            faults.add(node.line, "", "a key must be a plain word, not a list or a mapping")
            parent.key_ignored = True
        elif node.kind == "merge":
            faults.add(node.line, "<<", "merge keys are refused; write the values out")
            parent.key_ignored = True
        else:
            parent.key = (node.value, node.line)
        return
    if parent.key is not None:
        name, line = parent.key
        if name in parent.fields:
            first = parent.fields[name][0]
            faults.add(line, name, f"this key was already given on line {first}; keep one of them")
        else:
            parent.fields[name] = (line, node)
    parent.key, parent.key_ignored = None, False


def _refuse_extras(event: yaml.NodeEvent, line: int, faults: Faults) -> None:
    if event.anchor is not None:
        faults.add(line, "", f"anchor &{event.anchor}: anchors are refused; write the value out")
    tag = getattr(event, "tag", None)
    if tag is not None and tag != "!":
        faults.add(line, "", f"tag {tag[:80]}: tags are refused; write plain values")


def _find_kind(event: yaml.ScalarEvent) -> str:
    """What YAML 1.1 makes of the scalar; a quoted one is always text."""
    import yaml

    if event.style not in (None, ""):
        return "text"
    if event.value == "":
        return "null"
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(event.value[0], ()):
        if pattern.match(event.value):
            return _KINDS.get(tag, "text")
    return "text"
