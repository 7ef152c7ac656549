"""The strict reading of one source file into a kb.types.Source; owns the schema, knows no folder and no other file.

A source is one YAML file, `sources/data/<publisher>/<id>.yml`:

    id            lower-case words joined by hyphens; the file's stem
    title         as printed
    authors       list, as printed, first author first ("Jan Betley", "Greenblatt et al.")
    kind          paper | report | post | system_card | article | press_release | press | law | dataset
    tier          primary | secondary
    publisher     who published it
    published     "YYYY", "YYYY-MM" or "YYYY-MM-DD", in quotes
    url           http(s) address of the source's own page
    doi, arxiv    bare identifiers: 10.1038/s41586-025-09937-5, 2502.17424 (no version)
    aliases       further addresses of it, and names that mean it and nothing else
    status        current (default) | corrected | superseded | retracted | gone
    topics        ids from sources/topics.yml
    text_status   whole | excerpt | abstract | notes: how much of the text is given along (--meta only)
    reviewed      {by: who, on: "YYYY-MM-DD"}; a source that nobody reviewed doesn't decide a verdict
    note          anything a reader of the registry should know
    contests      what this source says against others: {source: id, finding: slug (left out: the whole
                  source), kind: rebuts | disputes | qualifies | supersedes | corrects |
                  fails_to_replicate, says: in our own words}
    findings      what it states: {id, statement, quantities, entity, property, population, condition,
                  models, n, interval, locator, version, verified, caveats}

A finding's `statement` is one sentence in our own words; `entity` and `property` say what was measured
and which property of it; `models` are those that the figure is of; `n` the sample as stated; `locator`
where it stands; `version` the version read; `verified` text | abstract | secondary | no (where the
figure was read); `caveats` the limits that the source itself states. Figures: sources.quantities.
Required: id, title, kind, tier; of a finding id, statement, verified; of a contest source, kind, says.
"""

from __future__ import annotations

import datetime
import difflib
import re
from dataclasses import dataclass

from kb.types import Contest, ContestKind, Quantity, Source, SourceFinding, SourceStatus, Tier, Verified
from sources.identifiers import ARXIV_ID, DOI, is_web_address
from sources.quantities import read_enum, read_quantity
from sources.strict_yaml import Faults, Fields, Items, Node, Scalar, read_nodes

KINDS = ("paper", "report", "post", "system_card", "article", "press_release", "press", "law", "dataset")
TEXT_STATUSES = ("whole", "excerpt", "abstract", "notes")
SOURCE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
MAX_ID = 100
MAX_TEXT = 2_000  # characters of one value; a statement is a sentence, a note a paragraph

_SOURCE_KEYS = (
    "id", "title", "authors", "kind", "tier", "publisher", "published", "url", "doi", "arxiv", "aliases",
    "status", "topics", "text_status", "reviewed", "note", "contests", "findings",
)  # fmt: skip
_FINDING_KEYS = (
    "id", "statement", "quantities", "entity", "property", "population", "condition", "models", "n",
    "interval", "locator", "version", "verified", "caveats",
)  # fmt: skip
_CONTEST_KEYS = ("source", "finding", "kind", "says")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A source and where its relations stand: `contest_lines` the line of each contest, `topic_lines` of
    each topic, so that a fault which only other files can show still names its place."""

    path: str
    source: Source
    id_line: int
    contest_lines: tuple[int, ...]
    topic_lines: tuple[int, ...]


def read_source_file(content: bytes, faults: Faults) -> SourceFile | None:
    """The source that the YAML bytes describe. None where it is faulty; every fault was then added."""
    before = faults.count
    root = read_nodes(content, faults)
    if root is None:
        if faults.count == before:
            faults.add(1, "", "the file is empty; wanted one source")
        return None
    if not isinstance(root, Fields):
        faults.add(root.line, "", "wanted a mapping with id, title, kind, tier")
        return None
    reader = _Reader(faults)
    source = reader.read_root(root)
    if source is None or faults.count > before:
        return None
    return SourceFile(
        path=faults.path,
        source=source,
        id_line=root.fields["id"][0],
        contest_lines=_find_lines(root, "contests"),
        topic_lines=_find_lines(root, "topics"),
    )


def is_date(text: str) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD, and a day that exists."""
    match = _DATE.match(text)
    if match is None:
        return False
    try:
        datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def _find_lines(root: Fields, key: str) -> tuple[int, ...]:
    node = root.fields[key][1] if key in root.fields else None
    return tuple(child.line for child in node.items) if isinstance(node, Items) else ()


class _Reader:
    """Reads nodes into values and notes each fault; goes on after a fault to find the next."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def read_root(self, root: Fields) -> Source | None:
        """Every key of the file; None where a required one is missing or wrong."""
        self.check_keys(root, _SOURCE_KEYS, "")
        source_id = self.read_id(root, "id", "")
        title = self.read_text(root, "title", "", required=True)
        kind = self.read_word(root, "kind", "", KINDS, required=True)
        tier = read_enum(root, "tier", Tier, "source", self.faults)
        status = read_enum(root, "status", SourceStatus, "source", self.faults, default=SourceStatus.CURRENT)
        reviewed_by, reviewed_on = self.read_review(root)
        findings = self.read_findings(root, source_id or "unknown")
        contests = self.read_contests(root, source_id)
        values = {
            "authors": self.read_texts(root, "authors", ""),
            "publisher": self.read_text(root, "publisher", ""),
            "published": self.read_date(root, "published", ""),
            "url": self.read_url(root),
            "doi": self.read_identifier(root, "doi", DOI, "a bare DOI (10.1038/...)"),
            "arxiv": self.read_identifier(
                root, "arxiv", ARXIV_ID, "a bare arXiv id without version (2412.14093)"
            ),
            "aliases": self.read_texts(root, "aliases", ""),
            "topics": self.read_texts(root, "topics", ""),
            "text_status": self.read_word(root, "text_status", "", TEXT_STATUSES),
            "note": self.read_text(root, "note", ""),
        }
        if source_id is None or title is None or kind is None or tier is None or status is None:
            return None
        return Source(
            id=source_id,
            title=title,
            kind=kind,
            tier=tier,
            status=status,
            contests=contests,
            findings=findings,
            reviewed_by=reviewed_by,
            reviewed_on=reviewed_on,
            **values,  # type: ignore[arg-type]
        )

    def read_findings(self, root: Fields, source_id: str) -> tuple[SourceFinding, ...]:
        """The findings that are sound; two with one id are a fault."""
        findings: list[SourceFinding] = []
        lines: dict[str, int] = {}
        for index, node in enumerate(self.read_items(root, "findings", "")):
            place = f"findings[{index}]"
            if not isinstance(node, Fields):
                self.faults.add(node.line, place, "a finding must be a mapping with id, statement, verified")
                continue
            finding = self.read_finding(node, place, source_id)
            if finding is None:
                continue
            if finding.id in lines:
                slug = finding.id.partition("#")[2]
                self.faults.add(
                    node.line, f"{place}.id", f"{slug} is also the finding of line {lines[finding.id]}"
                )
            lines[finding.id] = node.line
            findings.append(finding)
        return tuple(findings)

    def read_finding(self, node: Fields, place: str, source_id: str) -> SourceFinding | None:
        """One finding; its figures are read one by one, so that each fault is named."""
        self.check_keys(node, _FINDING_KEYS, place)
        slug = self.read_id(node, "id", place)
        statement = self.read_text(node, "statement", place, required=True)
        verified = read_enum(node, "verified", Verified, place, self.faults)
        quantities: list[Quantity] = []
        for index, child in enumerate(self.read_items(node, "quantities", place)):
            quantity = read_quantity(child, f"{place}.quantities[{index}]", self.faults)
            if quantity is not None:
                quantities.append(quantity)
        texts = {
            "measured_entity": self.read_text(node, "entity", place),
            "measured_property": self.read_text(node, "property", place),
            "population": self.read_text(node, "population", place),
            "condition": self.read_text(node, "condition", place),
            "sample_size": self.read_text(node, "n", place),
            "interval": self.read_text(node, "interval", place),
            "locator": self.read_text(node, "locator", place),
            "version": self.read_text(node, "version", place),
        }
        models = self.read_texts(node, "models", place)
        caveats = self.read_texts(node, "caveats", place)
        if slug is None or statement is None or verified is None:
            return None
        return SourceFinding(
            id=f"{source_id}#{slug}",
            statement=statement,
            quantities=tuple(quantities),
            models=models,
            verified=verified,
            caveats=caveats,
            **texts,
        )

    def read_contests(self, root: Fields, source_id: str | None) -> tuple[Contest, ...]:
        """What this source says against others; against itself is a fault."""
        contests: list[Contest] = []
        for index, node in enumerate(self.read_items(root, "contests", "")):
            place = f"contests[{index}]"
            if not isinstance(node, Fields):
                self.faults.add(node.line, place, "a contest must be a mapping with source, kind, says")
                continue
            self.check_keys(node, _CONTEST_KEYS, place)
            target = self.read_id(node, "source", place)
            slug = self.read_id(node, "finding", place) if "finding" in node.fields else None
            kind = read_enum(node, "kind", ContestKind, place, self.faults)
            says = self.read_text(node, "says", place, required=True)
            if target is not None and target == source_id:
                self.faults.add(node.line, f"{place}.source", f"{target} can't contest itself")
            if target is None or kind is None or says is None:
                continue
            finding_id = f"{target}#{slug}" if slug else None
            contests.append(Contest(source_id=target, kind=kind, finding_id=finding_id, says=says))
        return tuple(contests)

    def read_review(self, root: Fields) -> tuple[str | None, str | None]:
        """Who reviewed the entry and when, both or neither."""
        if "reviewed" not in root.fields:
            return None, None
        line, node = root.fields["reviewed"]
        if not isinstance(node, Fields):
            self.faults.add(line, "reviewed", 'wanted a mapping {by: who, on: "YYYY-MM-DD"}')
            return None, None
        self.check_keys(node, ("by", "on"), "reviewed")
        return (
            self.read_text(node, "by", "reviewed", required=True),
            self.read_date(node, "on", "reviewed", required=True),
        )

    def check_keys(self, node: Fields, known: tuple[str, ...], place: str) -> None:
        """A key that the schema doesn't have is a fault that names the nearest one."""
        for key, (line, _) in node.fields.items():
            if key in known:
                continue
            near = difflib.get_close_matches(key[:80], known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            self.faults.add(line, _join(place, key[:80]), f"unknown key; {hint}")

    def read_items(self, node: Fields, key: str, place: str) -> tuple[Node, ...]:
        """The children of a list; () where the key is missing."""
        if key not in node.fields:
            return ()
        line, child = node.fields[key]
        if isinstance(child, Items):
            return child.items
        self.faults.add(line, _join(place, key), "wanted a list; leave the key out where there is nothing")
        return ()

    def read_text(self, node: Fields, key: str, place: str, *, required: bool = False) -> str | None:
        """One line of text; numbers, dates and yes/no must be in quotes to be text."""
        if key not in node.fields:
            if required:
                self.faults.add(node.line, _join(place, key), "missing")
            return None
        line, child = node.fields[key]
        return self.check_text(child, line, _join(place, key))

    def read_texts(self, node: Fields, key: str, place: str) -> tuple[str, ...]:
        """A list of texts without repetition."""
        texts: list[str] = []
        for index, child in enumerate(self.read_items(node, key, place)):
            text = self.check_text(child, child.line, f"{_join(place, key)}[{index}]")
            if text is not None and text in texts:
                self.faults.add(child.line, f"{_join(place, key)}[{index}]", f"{text[:60]!r} is there twice")
            elif text is not None:
                texts.append(text)
        return tuple(texts)

    def check_text(self, node: Node, line: int, place: str) -> str | None:
        """The text of a scalar, white space at its ends removed."""
        if not isinstance(node, Scalar):
            self.faults.add(line, place, "found a list or a mapping, wanted text")
            return None
        text = node.value.strip()
        if node.kind == "null" or not text:
            self.faults.add(line, place, "is empty; leave the key out")
        elif node.kind != "text":
            self.faults.add(line, place, f'found a {node.kind}, wanted text: put it in quotes, "{text[:60]}"')
        elif len(text) > MAX_TEXT:
            self.faults.add(line, place, f"has {len(text)} characters, more than {MAX_TEXT}")
        elif any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            self.faults.add(line, place, "holds a line break or a control character; write one line")
        else:
            return text
        return None

    def read_word(
        self, node: Fields, key: str, place: str, words: tuple[str, ...], *, required: bool = False
    ) -> str | None:
        """One of a few words."""
        text = self.read_text(node, key, place, required=required)
        if text is None or text in words:
            return text
        self.faults.add(
            node.fields[key][0], _join(place, key), f"found {text[:60]!r}, wanted one of {', '.join(words)}"
        )
        return None

    def read_id(self, node: Fields, key: str, place: str) -> str | None:
        """A slug: lower-case letters and digits in words joined by hyphens."""
        text = self.read_text(node, key, place, required=True)
        if text is None or (SOURCE_ID.match(text) and len(text) <= MAX_ID):
            return text
        wanted = f"lower-case words joined by hyphens, at most {MAX_ID} characters"
        self.faults.add(node.fields[key][0], _join(place, key), f"found {text[:60]!r}, wanted {wanted}")
        return None

    def read_date(self, node: Fields, key: str, place: str, *, required: bool = False) -> str | None:
        """A date as published; in quotes, because YAML makes objects of bare dates."""
        text = self.read_text(node, key, place, required=required)
        if text is None or is_date(text):
            return text
        wanted = "YYYY, YYYY-MM or YYYY-MM-DD, a day that exists"
        self.faults.add(node.fields[key][0], _join(place, key), f"found {text[:60]!r}, wanted {wanted}")
        return None

    def read_url(self, node: Fields) -> str | None:
        """An http(s) address with a host."""
        text = self.read_text(node, "url", "")
        if text is None or is_web_address(text):
            return text
        self.faults.add(node.fields["url"][0], "url", f"found {text[:80]!r}, wanted an http(s) address")
        return None

    def read_identifier(self, node: Fields, key: str, grammar: re.Pattern[str], wanted: str) -> str | None:
        """A DOI or an arXiv id in its bare form."""
        text = self.read_text(node, key, "")
        if text is None or grammar.fullmatch(text):
            return text
        self.faults.add(node.fields[key][0], key, f"found {text[:80]!r}, wanted {wanted}")
        return None


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
