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
    origin        where its evidence comes from, when not its own: {source: id, or key: slug that all
                  copies share, kind: same_study | press_release | wire_copy | reprint | translation,
                  says: in our own words}; what comes from one origin counts once
    versions      what was published, oldest first: {version, published, url, figures: same | changed |
                  unread (default; nobody compared), changed: what changed, in our own words,
                  was: list of {finding: id, quantities: the figures up to then}}
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

from dataclasses import dataclass

from kb.types import (
    Contest,
    ContestKind,
    FiguresChange,
    FormerFigures,
    Origin,
    OriginKind,
    Quantity,
    Source,
    SourceFinding,
    SourceStatus,
    StatedVersion,
    Tier,
    Verified,
)
from sources.fields import MAX_SLUG, MAX_TEXT, SLUG, FieldReader, is_date
from sources.identifiers import ARXIV_ID, DOI
from sources.quantities import read_enum, read_quantity
from sources.strict_yaml import Faults, Fields, Items, Scalar, read_nodes

__all__ = [
    "KINDS",
    "MAX_ID",
    "MAX_TEXT",
    "SOURCE_ID",
    "TEXT_STATUSES",
    "SourceFile",
    "is_date",
    "read_source_file",
]

KINDS = ("paper", "report", "post", "system_card", "article", "press_release", "press", "law", "dataset")
TEXT_STATUSES = ("whole", "excerpt", "abstract", "notes")
SOURCE_ID = SLUG
MAX_ID = MAX_SLUG

_SOURCE_KEYS = (
    "id", "title", "authors", "kind", "tier", "publisher", "published", "url", "doi", "arxiv", "aliases",
    "status", "topics", "text_status", "reviewed", "note", "origin", "versions", "contests", "findings",
)  # fmt: skip
_FINDING_KEYS = (
    "id", "statement", "quantities", "entity", "property", "population", "condition", "models", "n",
    "interval", "locator", "version", "verified", "caveats",
)  # fmt: skip
_CONTEST_KEYS = ("source", "finding", "kind", "says")
_ORIGIN_KEYS = ("source", "key", "kind", "says")
_VERSION_KEYS = ("version", "published", "url", "figures", "changed", "was")
_FORMER_KEYS = ("finding", "quantities")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A source and where its relations stand: `contest_lines` the line of each contest, `topic_lines` of
    each topic, `origin_line` of the origin, so that a fault which only other files can show still names its place."""

    path: str
    source: Source
    id_line: int
    contest_lines: tuple[int, ...]
    topic_lines: tuple[int, ...]
    origin_line: int = 1


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
        origin_line=root.fields["origin"][0] if "origin" in root.fields else 1,
    )


def _find_lines(root: Fields, key: str) -> tuple[int, ...]:
    node = root.fields[key][1] if key in root.fields else None
    return tuple(child.line for child in node.items) if isinstance(node, Items) else ()


def _find_slugs(root: Fields) -> frozenset[str]:
    """The ids of the file's findings as written, faulty ones too, so that one fault isn't told twice."""
    node = root.fields["findings"][1] if "findings" in root.fields else None
    children = node.items if isinstance(node, Items) else ()
    written = (
        child.fields["id"][1] for child in children if isinstance(child, Fields) and "id" in child.fields
    )
    return frozenset(scalar.value.strip() for scalar in written if isinstance(scalar, Scalar))


class _Reader(FieldReader):
    """Reads the keys of a source file."""

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
        versions = self.read_versions(root, source_id or "unknown")
        origin = self.read_origin(root, source_id)
        values = {
            "authors": self.read_texts(root, "authors", ""),
            "publisher": self.read_text(root, "publisher", ""),
            "published": self.read_date(root, "published", ""),
            "url": self.read_url(root, "url", ""),
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
            origin=origin,
            versions=versions,
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
        quantities = self.read_quantities(node, place)
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
            quantities=quantities,
            models=models,
            verified=verified,
            caveats=caveats,
            **texts,
        )

    def read_quantities(self, node: Fields, place: str) -> tuple[Quantity, ...]:
        """The figures under the key `quantities` that are sound."""
        read = (
            read_quantity(child, f"{place}.quantities[{index}]", self.faults)
            for index, child in enumerate(self.read_items(node, "quantities", place))
        )
        return tuple(quantity for quantity in read if quantity is not None)

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

    def read_origin(self, root: Fields, source_id: str | None) -> Origin | None:
        """Where its evidence comes from: one of source and key, and how."""
        if "origin" not in root.fields:
            return None
        line, node = root.fields["origin"]
        if not isinstance(node, Fields):
            self.faults.add(line, "origin", "wanted a mapping {source: id, kind: same_study} (or key: slug)")
            return None
        self.check_keys(node, _ORIGIN_KEYS, "origin")
        if ("source" in node.fields) == ("key" in node.fields):
            found = "both" if "source" in node.fields else "neither"
            self.faults.add(line, "origin", f"found {found} of source and key, wanted one of them")
        target = self.read_id(node, "source", "origin") if "source" in node.fields else None
        key = self.read_id(node, "key", "origin") if "key" in node.fields else None
        kind = read_enum(node, "kind", OriginKind, "origin", self.faults)
        says = self.read_text(node, "says", "origin")
        if target is not None and target == source_id:
            self.faults.add(line, "origin.source", f"{target} can't be its own origin; leave the key out")
        if kind is None:
            return None
        return Origin(kind=kind, source_id=target, key=key, says=says)

    def read_versions(self, root: Fields, source_id: str) -> tuple[StatedVersion, ...]:
        """The published versions, oldest first, each named once."""
        slugs = _find_slugs(root)
        versions: list[StatedVersion] = []
        lines: dict[str, int] = {}
        latest: tuple[str, int] | None = None
        for index, node in enumerate(self.read_items(root, "versions", "")):
            place = f"versions[{index}]"
            if not isinstance(node, Fields):
                self.faults.add(node.line, place, "a version must be a mapping with version and published")
                continue
            version = self.read_version(node, place, source_id, slugs)
            if version is None:
                continue
            if version.version in lines:
                first = lines[version.version]
                self.faults.add(
                    node.line, f"{place}.version", f"{version.version} is also the version of line {first}"
                )
            lines[version.version] = node.line
            if latest and version.published and version.published < latest[0][: len(version.published)]:
                words = (
                    f"found {version.published} after {latest[0]} of line {latest[1]}, wanted oldest first"
                )
                self.faults.add(node.line, f"{place}.published", words)
            if version.published:
                latest = (version.published, node.line)
            versions.append(version)
        return tuple(versions)

    def read_version(
        self, node: Fields, place: str, source_id: str, slugs: frozenset[str]
    ) -> StatedVersion | None:
        """One version; what it changed must be said in words where figures changed."""
        self.check_keys(node, _VERSION_KEYS, place)
        name = self.read_text(node, "version", place, required=True)
        published = self.read_date(node, "published", place)
        url = self.read_url(node, "url", place)
        figures = read_enum(node, "figures", FiguresChange, place, self.faults, default=FiguresChange.UNREAD)
        changed = self.read_text(node, "changed", place)
        was: list[FormerFigures] = []
        for index, child in enumerate(self.read_items(node, "was", place)):
            inner = f"{place}.was[{index}]"
            if not isinstance(child, Fields):
                self.faults.add(child.line, inner, "wanted a mapping with finding and quantities")
                continue
            self.check_keys(child, _FORMER_KEYS, inner)
            slug = self.read_id(child, "finding", inner)
            quantities = self.read_quantities(child, inner)
            if "quantities" not in child.fields:
                self.faults.add(child.line, f"{inner}.quantities", "missing; wanted the figures up to then")
            if slug is not None and slug not in slugs:
                self.faults.add(child.line, f"{inner}.finding", f"no finding of this file has the id {slug}")
            if slug is not None and quantities:
                was.append(FormerFigures(finding_id=f"{source_id}#{slug}", quantities=quantities))
        if figures is FiguresChange.CHANGED and changed is None and "changed" not in node.fields:
            self.faults.add(node.line, f"{place}.changed", "missing; figures: changed wants what changed")
        if "was" in node.fields and figures not in (FiguresChange.CHANGED, None):
            self.faults.add(
                node.fields["was"][0],
                f"{place}.was",
                f"found with figures: {figures}, wanted figures: changed",
            )
        if name is None or figures is None:
            return None
        return StatedVersion(
            version=name, published=published, url=url, figures=figures, changed=changed, was=tuple(was)
        )
