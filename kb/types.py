"""The values that flow through Wherefrom: frozen, slotted, keyword-only; no behaviour beyond small laws.

Offsets are half-open Unicode code points of `Document.text`. Numbers of a claim are `Decimal`, never
float. Scores lie in [0, 1], higher is closer. Times are aware UTC; dates are ISO strings as published
(YYYY, YYYY-MM or YYYY-MM-DD), because a source rarely gives more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

# --------------------------------------------------------------------------- quantities


class UnitKind(StrEnum):
    PERCENT = "percent"
    PERCENTAGE_POINT = "percentage_point"
    BASIS_POINT = "basis_point"
    COUNT = "count"
    RATIO = "ratio"  # n of N (base is N): "79 of 100", "one in four", "a third" (1 of 3)
    MULTIPLE = "multiple"  # "43x", "ten times", "doubled"
    CURRENCY = "currency"
    DURATION = "duration"
    FLOP = "flop"
    RANK = "rank"  # "top 10%", "48th percentile", "third place"
    SCORE = "score"  # AUROC, F1, p, correlation: a bare number on a named scale
    DATE = "date"
    OTHER = "other"


class Modifier(StrEnum):
    EXACT = "exact"
    APPROX = "approx"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"


class Aggregate(StrEnum):
    NONE = "none"
    AVERAGE = "average"
    MEDIAN = "median"
    BEST = "best"
    WORST = "worst"
    TOTAL = "total"


class Relation(StrEnum):
    LEVEL = "level"
    CHANGE_RELATIVE = "change_relative"
    CHANGE_POINTS = "change_points"
    MULTIPLE = "multiple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit kind and, where it says more, a name: ISO 4217 code for currency, the singular time word
    for duration (second, minute, ... year), the counted noun for count, the scale's name for score and
    rank ("percentile", "top_percent", "place"), the unit's word for other."""

    kind: UnitKind
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number as written.

    `low` and `high` are equal for a point, None where unbounded ("at least 5": low 5, high None).
    With `base` set they are the numerator(s) of "n of N". `decimals` is the number of written decimal
    places after scaling (2.3 billion: -8; 47.3: 1; None for words and fractions with no digits), so
    that one unit in the last written place is 10 ** -decimals. `strict` marks a bound that excludes
    its value ("more than 5"). `hedge` holds the hedging words as written. `start`/`end` index the text
    that was given to the reader and cover `surface`.
    """

    surface: str
    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: Unit
    modifier: Modifier = Modifier.EXACT
    aggregate: Aggregate = Aggregate.NONE
    relation: Relation = Relation.LEVEL
    base: Decimal | None = None
    decimals: int | None = 0
    strict: bool = False
    hedge: str | None = None


# --------------------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """W3C TextPosition + TextQuote selector: `exact == text[start:end]`; prefix and suffix are up to 32
    characters of the text around it."""

    start: int
    end: int
    exact: str
    prefix: str = ""
    suffix: str = ""


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    QUOTE = "quote"  # a block quotation
    FOOTNOTE = "footnote"  # an entry of a footnote or reference list
    CODE = "code"
    METADATA = "metadata"  # front matter, address line, byline


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A structural part of a document's text, in order, not overlapping. `headers` are a table row's
    column headers, one per cell; `page` counts from 1 (PDF only)."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    section: str | None = None
    page: int | None = None
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A hyperlink of the document: text[start:end] points at `target` (absolute where it could be made so)."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMark:
    """A place in the text that refers to a note, known from the markup (<sup>, [^1], [12])."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote or reference list entry: its label as printed, its text, the addresses in it."""

    label: str
    text: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Bytes as received. `name` is what the user gave (path, address or "-")."""

    name: str
    content: bytes
    media_type: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A read text with its structure. `sha256` is of the raw bytes; `reader` is name and version of the
    reader that made `text` ("html/1"). For text/plain, `text` is the decoded file as it is."""

    id: str
    name: str
    sha256: str
    media_type: str
    text: str
    reader: str
    url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    note_marks: tuple[NoteMark, ...] = ()
    notes: tuple[Note, ...] = ()


class PassageKind(StrEnum):
    BODY = "body"
    ABSTRACT = "abstract"
    TABLE = "table"
    CAPTION = "caption"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a source's text that can decide a claim. `sentences` are the (start, end) document
    offsets of its sentences; `context` (section, column headers) is for search, never shown as quoted."""

    id: str
    document_id: str
    source_id: str | None
    selector: Selector
    kind: PassageKind = PassageKind.BODY
    sentences: tuple[tuple[int, int], ...] = ()
    section: str | None = None
    page: int | None = None
    context: str = ""


# --------------------------------------------------------------------------- issues


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A fault in data, recorded while the rest goes on. `stage` is the module that met it."""

    stage: str
    level: Level
    code: str
    message: str


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """What a stage found, and what it had to leave out and why."""

    items: tuple[T, ...]
    issues: tuple[Issue, ...] = ()


# --------------------------------------------------------------------------- claims


class ClaimKind(StrEnum):
    QUANTITY = "quantity"
    QUOTATION = "quotation"
    FINDING = "finding"


class CitationKind(StrEnum):
    LINK = "link"
    FOOTNOTE = "footnote"
    DOI = "doi"
    ARXIV = "arxiv"
    URL = "url"  # a bare address in the text
    AUTHOR_YEAR = "author_year"  # "(Smith et al., 2025)", "Betley et al."
    MENTION = (
        "mention"  # "Anthropic's research", "the Leaderboard Illusion paper", "a study published in Nature"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A pointer from the text to a source. `targets` are the addresses, DOIs and arXiv ids behind it
    (for a footnote, those of the note); `note` the text of the note. `source_ids` is filled by
    sources.resolve: exact identifier matches, or for mentions sources that fit the words, best first;
    `exact` tells which of the two."""

    surface: str
    kind: CitationKind
    start: int
    end: int
    targets: tuple[str, ...] = ()
    note: str | None = None
    source_ids: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A checkable statement. `sentence` and `span` are selectors into the article; a sentence with two
    figures is two claims. `context` is the text that the claim needs to be understood on its own
    (resolved subject, the sentence before, heading, row and column headers), for search only."""

    id: str
    kind: ClaimKind
    sentence: Selector
    span: Selector
    quantities: tuple[Quantity, ...] = ()
    measured_entity: str | None = None
    measured_property: str | None = None
    qualifiers: tuple[str, ...] = ()
    attribution: str | None = None
    speaker: str | None = None
    hedge: str | None = None
    context: str = ""
    citations: tuple[Citation, ...] = ()
    topics: tuple[str, ...] = ()


# --------------------------------------------------------------------------- sources


class Tier(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


class SourceStatus(StrEnum):
    CURRENT = "current"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"
    GONE = "gone"


class ContestKind(StrEnum):
    REBUTS = "rebuts"
    DISPUTES = "disputes"
    QUALIFIES = "qualifies"
    SUPERSEDES = "supersedes"
    CORRECTS = "corrects"
    FAILS_TO_REPLICATE = "fails_to_replicate"


class OriginKind(StrEnum):
    """How a source comes from another: what comes from one origin counts once as evidence."""

    SAME_STUDY = "same_study"  # the same authors and data told again: preprint, blog, journal version
    PRESS_RELEASE = "press_release"  # the announcement of a study, or an article that only retells it
    WIRE_COPY = "wire_copy"  # one agency's text under several mastheads
    REPRINT = "reprint"  # the same words at another address
    TRANSLATION = "translation"


class FiguresChange(StrEnum):
    """What a version did to the figures of the version before it."""

    SAME = "same"
    CHANGED = "changed"
    UNREAD = "unread"  # nobody compared them


class Verified(StrEnum):
    TEXT = "text"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFinding:
    """What a source states, in our own words. Only `verified` text or abstract may decide a verdict."""

    id: str  # "<source id>#<slug>"
    statement: str
    quantities: tuple[Quantity, ...] = ()
    measured_entity: str | None = None
    measured_property: str | None = None
    population: str | None = None
    condition: str | None = None
    models: tuple[str, ...] = ()
    sample_size: str | None = None
    interval: str | None = None
    locator: str | None = None
    version: str | None = None
    verified: Verified = Verified.NO
    caveats: tuple[str, ...] = ()  # limits the source itself states


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """This source (the holder) says something against another source's finding (None: the whole source)."""

    source_id: str
    kind: ContestKind
    finding_id: str | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a source's evidence comes from: another source (`source_id`), or, where that isn't in the
    registry, a `key` that all copies of it share. Exactly one of the two is set."""

    kind: OriginKind
    source_id: str | None = None
    key: str | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerFigures:
    """What a finding stated up to a version: figures that no longer stand."""

    finding_id: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedVersion:
    """One published version of a source ("v2"), whether its text is held or not; a source lists them
    oldest first. `was` are the figures that it replaced."""

    version: str
    published: str | None = None
    url: str | None = None
    figures: FiguresChange = FiguresChange.UNREAD
    changed: str | None = None
    was: tuple[FormerFigures, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source of the registry. A source with `reviewed_by` None doesn't decide before it is accepted."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    kind: str = "paper"
    tier: Tier = Tier.PRIMARY
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    aliases: tuple[str, ...] = ()  # further addresses and short names that mean this source
    status: SourceStatus = SourceStatus.CURRENT
    contests: tuple[Contest, ...] = ()
    findings: tuple[SourceFinding, ...] = ()
    topics: tuple[str, ...] = ()
    text_status: str | None = None  # whole | excerpt | abstract | notes | None (text not held)
    note: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    origin: Origin | None = None  # None: its own
    versions: tuple[StatedVersion, ...] = ()


# --------------------------------------------------------------------------- linking and judging


class Route(StrEnum):
    CITED = "cited"  # an exact citation of the article
    ATTRIBUTED = "attributed"  # named in the text, not pointed at
    SEARCHED = "searched"
    CONTESTING = "contesting"  # brought in by the registry's contests


class Stance(StrEnum):
    SUPPORTS = "supports"
    REFUTES = "refutes"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage or a registry finding that may decide a claim, with the named features of its score."""

    source_id: str
    route: Route
    score: float
    passage: Passage | None = None
    finding: SourceFinding | None = None
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two values compare. `relation` is one of kb.compare's names (equal, rounds_to, within_hedge,
    satisfies_bound, complement, sum, differs, incomparable, verbatim, ...); `detail` one line for print."""

    relation: str
    detail: str
    claimed: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One source weighed for one claim. `kind` is "passage" (verbatim) or "finding" (our words);
    `selector` is None where the source is silent, unheld or unreadable, and for findings, whose words
    are in `statement`. `reason` is the reason code that this evidence argues for."""

    id: str
    kind: str
    source_id: str
    route: Route
    stance: Stance
    reason: str
    comparison: Comparison
    selector: Selector | None = None
    statement: str | None = None
    finding_id: str | None = None
    passage_id: str | None = None
    page: int | None = None
    section: str | None = None
    locator: str | None = None
    caveats: tuple[str, ...] = ()
    score: float = 0.0
    later_than_article: bool = False


class Label(StrEnum):
    SUPPORTED = "supported"
    CONTESTED = "contested"
    UNSOURCED = "unsourced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the trace that led to a verdict: the rule's name and what went in and came out."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`label` is None where the check failed; `reason` then tells what failed. `correction` is the right
    figure or wording where it is known."""

    claim_id: str
    label: Label | None
    reason: str
    explanation: str
    evidence_ids: tuple[str, ...] = ()
    confidence: float | None = None
    correction: str | None = None
    trace: tuple[Step, ...] = ()
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    claim: Claim
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A newsroom's rules beyond the checker's own; each can only make it stricter. `tolerance` is the share of
    itself by which a hedged figure may be off, None for the checker's; `tiers` are those of the sources that are
    weighed; `verified` those of the findings that decide; `least_score` in [0, 1] is how near a support must be."""

    tolerance: Decimal | None = None
    tiers: tuple[Tier, ...] = tuple(Tier)
    verified: tuple[Verified, ...] = (Verified.TEXT, Verified.ABSTRACT)
    least_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole result for one article. `ground` hashes the evidence held, `checker` the code, models
    and policy: the same document, ground and checker give the same report, byte for byte. `sources`
    are those that the evidence names, so that a report can be read on its own."""

    document: Document
    checker: str
    ground: str
    claims: tuple[CheckedClaim, ...]
    issues: tuple[Issue, ...] = ()
    sources: tuple[Source, ...] = field(default=())
    policy: Policy | None = None


def count_labels(claims: Sequence[CheckedClaim]) -> dict[str, int]:
    """Counts by label for a summary: claims, supported, contested, unsourced, not_checked."""
    counts = {"claims": len(claims), "supported": 0, "contested": 0, "unsourced": 0, "not_checked": 0}
    for checked in claims:
        label = checked.verdict.label
        counts["not_checked" if label is None else label.value] += 1
    return counts
