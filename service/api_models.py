"""What clients may send and what they get, as pydantic models: the API's border and its OpenAPI schemas.

Owns the names, ranges and examples of requests and answers. Answers are made by service.schemas and only
described here; the tests hold the two to each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service.policy_input import PolicyModel

MAX_TEXT = 200_000
MAX_QUERY = 500
_SLUG = r"^[A-Za-z0-9][A-Za-z0-9._#-]*$"

OffsetUnit = Literal["codepoint", "utf16"]
ShortText = Annotated[str, StringConstraints(max_length=MAX_QUERY, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_SLUG)]


class ClaimLabel(StrEnum):
    SUPPORTED = "supported"
    CONTESTED = "contested"
    UNSOURCED = "unsourced"
    NOT_CHECKED = "not_checked"


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CheckRequest(_Request):
    """A text to check: exactly one of `text`, `html` and `url`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "Claude 3.7 Sonnet mentioned the hint only 25% of the time.",
                    "offset_unit": "utf16",
                },
                {"url": "https://example.com/article", "offset_unit": "codepoint"},
            ]
        },
    )

    text: Annotated[str | None, Field(max_length=MAX_TEXT, description="Plain text, or Markdown.")] = None
    html: Annotated[str | None, Field(description="An HTML page or a part of one.")] = None
    url: Annotated[
        str | None,
        Field(max_length=2048, description="A public http or https address, fetched by the server."),
    ] = None
    name: Annotated[
        Name | None,
        Field(description='What to call the text. Ids of claims are made from it; "-" where it is absent.'),
    ] = None
    language: Annotated[
        str | None, Field(max_length=35, description="BCP 47 tag of the text's language; English only.")
    ] = None
    offset_unit: Annotated[
        OffsetUnit,
        Field(description="Unit of the offsets into the text: code points, or the UTF-16 units of JavaScript and Java."),
    ] = "codepoint"  # fmt: skip
    policy: Annotated[
        PolicyModel | None, Field(description="A newsroom's stricter rules; told in the report, and a part of its checker.")
    ] = None  # fmt: skip

    @model_validator(mode="after")
    def _one_input(self) -> CheckRequest:
        given = [field for field in ("text", "html", "url") if getattr(self, field) is not None]
        if len(given) != 1:
            raise ValueError("exactly one of text, html and url must be given")
        return self


class CheckParameters(_Request):
    """For a body that is the text itself."""

    name: Name | None = None
    language: Annotated[str | None, Field(max_length=35)] = None
    offset_unit: OffsetUnit = "codepoint"


class Paging(_Request):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[
        str | None,
        Field(max_length=MAX_QUERY, pattern=r"^[\x21-\x7e]*$", description="`next` of the page before."),
    ] = None


class ClaimFilters(Paging):
    """Filters of the list of claims; each narrows it."""

    label: ClaimLabel | None = None
    reason: Annotated[
        str | None,
        Field(max_length=60, pattern=r"^[a-z_]+$", examples=["figure_differs", "no_primary_source"]),
    ] = None
    kind: Literal["quantity", "quotation", "finding"] | None = None
    source: Annotated[Id | None, Field(description="Id of a source that is evidence for the claim.")] = None
    article: Annotated[Id | None, Field(description="Id of the article that makes the claim.")] = None
    topic: Annotated[Id | None, Field(description="Id of a topic.")] = None
    q: Annotated[
        ShortText | None,
        Field(description="Words of the claim's sentence.", examples=["blackmail rate", "GPT-4"]),
    ] = None


class SearchQuery(_Request):
    q: Annotated[
        ShortText,
        Field(
            min_length=1,
            description="Words, a sentence or a number, as one would say it.",
            examples=["shutdown resistance", "96%"],
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=200)] = 20


# ------------------------------------------------------------------------ answers


class SpanModel(BaseModel):
    start: int
    end: int
    text: str


class QuantityModel(BaseModel):
    surface: str
    low: Annotated[str | None, Field(description="Plain notation, a string: null where unbounded.")]
    high: str | None
    unit: str
    modifier: Literal["exact", "approx", "at_least", "at_most", "range"]
    aggregate: Literal["none", "average", "median", "best", "worst", "total"]
    relation: Literal["level", "change_relative", "change_points", "multiple"]
    base: Annotated[str | None, Field(description='N of "n of N".')]
    unit_name: str | None
    decimals: int | None
    strict: bool


class CitationModel(BaseModel):
    surface: str
    kind: str
    start: int
    end: int
    source_id: str | None
    source_ids: list[str]
    exact: bool
    targets: list[str]


class StepModel(BaseModel):
    rule: str
    detail: str


class VerdictModel(BaseModel):
    label: Annotated[
        Literal["supported", "contested", "unsourced"] | None,
        Field(description="null where the check of this claim failed; `reason` then says what failed."),
    ]
    reason: str
    explanation: str
    confidence: float | None
    confirmed_by: str | None
    title: Annotated[str | None, Field(description="The reason in a few words, for print.")]
    correction: Annotated[str | None, Field(description="The right figure or wording where it is known.")]
    trace: list[StepModel]


class ComparisonModel(BaseModel):
    relation: str
    detail: str
    claimed: str | None
    found: str | None


class EvidenceModel(BaseModel):
    kind: Annotated[
        Literal["passage", "finding"],
        Field(description="passage: `exact` are the source's words. finding: `statement` is in our words."),
    ]
    source_id: str
    source_title: str | None
    url: str | None
    doi: str | None
    arxiv: str | None
    tier: Literal["primary", "secondary"] | None
    route: Literal["cited", "attributed", "searched", "contesting"]
    stance: Literal["supports", "refutes", "neutral"]
    exact: str | None
    start: Annotated[
        int | None, Field(description="Code points of the source's text, whatever offset_unit says.")
    ]
    end: int | None
    page: int | None
    fragment_url: str | None
    comparison: ComparisonModel
    caveats: list[str]
    score: float
    id: str
    statement: str | None
    reason: str
    locator: str | None
    section: str | None
    finding_id: str | None
    passage_id: str | None
    source_status: str | None
    published: str | None
    later_than_article: bool


class CheckedClaimModel(BaseModel):
    id: str
    kind: Literal["quantity", "quotation", "finding"]
    start: int
    end: int
    text: str
    span: SpanModel
    quantities: list[QuantityModel]
    measured_entity: str | None
    measured_property: str | None
    qualifiers: list[str]
    attribution: str | None
    speaker: str | None
    hedge: str | None
    citations: list[CitationModel]
    verdict: VerdictModel
    evidence: Annotated[list[EvidenceModel], Field(max_length=10)]


class DocumentModel(BaseModel):
    id: str
    title: str | None
    url: str | None
    media_type: str
    length: int
    offset_unit: OffsetUnit
    name: str
    sha256: str
    authors: list[str]
    published: str | None
    reader: str


class SummaryModel(BaseModel):
    claims: int
    supported: int
    contested: int
    unsourced: int
    not_checked: int


class IssueModel(BaseModel):
    stage: str
    level: Literal["info", "warning", "error"]
    code: str
    message: str


class ToldPolicyModel(BaseModel):
    tolerance: str | None
    tiers: Literal["primary", "all"]
    verified: Literal["text", "abstract"]
    least_score: float


class ReportModel(BaseModel):
    """The claims of one text, each with its verdict and the evidence weighed."""

    ok: Literal[True]
    document: DocumentModel
    summary: SummaryModel
    checker: str
    policy: Annotated[
        ToldPolicyModel | None, Field(description="Only where the request had one that asks for more than the rules do.")
    ] = None  # fmt: skip
    ground: str
    claims: list[CheckedClaimModel]
    issues: list[IssueModel]


class StoredReportModel(ReportModel):
    saved_at: str | None


class AppearanceModel(BaseModel):
    id: str
    title: str | None
    url: str | None
    name: str
    published: str | None
    fragment_url: str | None


class VerdictRecordModel(BaseModel):
    recorded_at: str
    checker: str
    ground: str
    verdict: VerdictModel
    evidence: list[EvidenceModel]


class ClaimModel(CheckedClaimModel):
    topics: list[str]
    current: bool
    article: AppearanceModel
    history: list[VerdictRecordModel]


class TotalModel(BaseModel):
    value: int
    relation: Literal["eq"]


class FacetModel(BaseModel):
    name: str
    label: str
    count: int


class ClaimListModel(BaseModel):
    ok: Literal[True]
    items: list[ClaimModel]
    total: TotalModel
    facets: dict[str, list[FacetModel]]
    next: str | None


class FindingModel(BaseModel):
    id: str
    statement: str
    quantities: list[QuantityModel]
    measured_entity: str | None
    measured_property: str | None
    population: str | None
    condition: str | None
    models: list[str]
    sample_size: str | None
    interval: str | None
    locator: str | None
    version: str | None
    verified: Literal["text", "abstract", "secondary", "no"]
    caveats: list[str]


class ContestModel(BaseModel):
    source_id: str
    kind: str
    finding_id: str | None
    says: str


class SourceVersionModel(BaseModel):
    sha256: str
    media_type: str
    added_at: str
    current: bool
    readable: bool
    size_bytes: int


class OriginModel(BaseModel):
    kind: str
    source_id: str | None
    key: str | None
    says: str | None


class FormerFiguresModel(BaseModel):
    finding_id: str
    quantities: list[QuantityModel]


class StatedVersionModel(BaseModel):
    version: str
    published: str | None
    url: str | None
    figures: Annotated[str, Field(description="same | changed | unread: against the version before.")]
    changed: str | None
    was: Annotated[list[FormerFiguresModel], Field(description="Figures that this version replaced.")]


class SourceModel(BaseModel):
    id: str
    title: str
    authors: list[str]
    kind: str
    tier: Literal["primary", "secondary"]
    publisher: str | None
    published: str | None
    url: str | None
    doi: str | None
    arxiv: str | None
    status: str
    text_status: str | None
    aliases: list[str]
    topics: list[str]
    note: str | None
    reviewed_by: str | None
    reviewed_on: str | None
    findings: list[FindingModel]
    contests: list[ContestModel]
    origin: OriginModel | None
    published_versions: list[StatedVersionModel]
    versions: list[SourceVersionModel]


class ContestingModel(BaseModel):
    source_id: str
    source_title: str
    kind: str
    finding_id: Annotated[str | None, Field(description="None: the whole source is contested.")]
    says: str


class LeaningModel(BaseModel):
    id: str
    title: str | None
    name: str
    url: str | None
    published: str | None
    claims: Annotated[list[str], Field(description="Ids of its claims that cite the source or rest on it.")]


class CaptureModel(BaseModel):
    asked: str
    url: Annotated[str | None, Field(description="Where the bytes came from, after redirects.")]
    fetched_at: str
    status: int | None
    media_type: str | None
    sha256: str | None
    problem: str | None


class CiteModel(BaseModel):
    text: str
    bibtex: str
    ris: str
    csl: Annotated[dict[str, Any], Field(description="One CSL-JSON item.")]


class SourcePageModel(SourceModel):
    """One source with what is known around it."""

    contested_by: list[ContestingModel]
    articles: list[LeaningModel]
    captures: list[CaptureModel]
    cite: CiteModel


class SourceListModel(BaseModel):
    ok: Literal[True]
    items: list[SourceModel]
    total: TotalModel
    next: str | None


class ArticleModel(BaseModel):
    id: str
    title: str | None
    name: str
    url: str | None
    published: str | None
    sha256: str
    summary: SummaryModel
    checker: str
    ground: str
    saved_at: str


class ArticleListModel(BaseModel):
    ok: Literal[True]
    items: list[ArticleModel]
    total: TotalModel
    next: str | None


class HitModel(BaseModel):
    entry_id: str
    kind: Literal["passage", "finding"]
    source_id: str
    source_title: str
    url: str | None
    text: str
    score: float
    lexical: float
    dense: float


class SearchMatchModel(BaseModel):
    """Why a claim was found. `same`: it makes the same statement as the query."""

    id: str
    score: Annotated[float, Field(ge=0, le=1)]
    same: bool
    reasons: Annotated[list[str], Field(examples=[["the same figure: a quarter"]])]


class SearchModel(BaseModel):
    ok: Literal[True]
    claims: list[ClaimModel]
    matches: Annotated[
        list[SearchMatchModel], Field(description="Of the claims that say what the query says, best first.")
    ]
    passages: list[HitModel]


class HealthModel(BaseModel):
    ok: bool


class ReadyModel(BaseModel):
    ok: bool
    db: Literal["ok", "unusable"]
    index: Annotated[str, Field(description="ok, stale or missing: search answers in every state.")]
    last_changed: str | None


class ProblemErrorModel(BaseModel):
    pointer: str
    detail: str


class ProblemModel(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[ProblemErrorModel]
    request_id: str
    ok: Literal[False]
