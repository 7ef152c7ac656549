"""Which pictures the pages show, made from claims, findings and counts: a source's disputed figures beside
what was claimed, a figure from version to version, one property over several sources, labels by topic.

Owns what is drawn and the words of its title and table; refuses to know geometry (service.site.charts) and
HTML. A figure is drawn only beside others of the same unit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext

from kb.quantity import find_quantities
from kb.store import StoredClaim
from kb.types import Label, Quantity, Source, SourceFinding, UnitKind
from service.site import words
from service.site.charts import AxisRow, Mark, Picture, draw_axis, draw_bars
from service.site.render import shorten

_MAX_ROWS = 12  # rows of one picture; what is over stands in the table alone
_MAX_PICTURES = 3  # pictures of one kind on a page
_NAME = 44  # characters of a row's name
_DRAWN_UNITS = {
    UnitKind.PERCENT: "%",
    UnitKind.PERCENTAGE_POINT: " pp",
    UnitKind.MULTIPLE: "×",
    UnitKind.SCORE: "",
    UnitKind.DURATION: "",
    UnitKind.COUNT: "",
    UnitKind.RATIO: "",
}
# An interval as registries write it: "95% CI 75.0% to 81.8%", "0.013 to 0.395", "107 to 161 days".
_INTERVAL = re.compile(
    r"(?:\d{2}% CI )?(-?\d{1,12}(?:\.\d{1,6})?)%? to (-?\d{1,12}(?:\.\d{1,6})?)(?:%| [a-z]{1,20})?"
)


# ------------------------------------------------------------------ labels


def picture_counts(counts: Mapping[str, int]) -> Picture | None:
    """The bar of an article's claims by label; None where there is no claim."""
    parts = [(key, counts.get(key, 0)) for key in words.LABEL_WORDS]
    if not any(count for _, count in parts):
        return None
    total = counts["claims"]
    supported = counts.get("supported", 0)
    return draw_bars(
        "mix",
        title=f"{supported} of {words.count_words(total, 'claim')} {'has' if supported == 1 else 'have'} the support of a primary source",
        description=f"A bar in parts: {words.summarize_counts(dict(counts))}.",
        bars=[("", parts)],
        header=("label", "claims"),
        table=[(words.LABEL_WORDS[key], str(count)) for key, count in parts if count],
    )


def picture_topics(topics: Sequence[tuple[str, Mapping[str, int]]]) -> Picture | None:
    """Labels by topic, for topics that have a claim; counts by label's key."""
    held = [(title, counts) for title, counts in topics if any(counts.values())]
    if not held:
        return None
    keys = tuple(words.LABEL_WORDS)
    contested = {title: counts.get("contested", 0) for title, counts in held}
    most = max(contested.values())
    where = [title for title, count in contested.items() if count == most]
    if most and len(where) == 1:
        title = f"{where[0]} has the most contested claims: {most}"
    elif most:
        on = sum(count > 0 for count in contested.values())
        title = f"{on} of {words.count_words(len(held), 'topic')} {'has' if on == 1 else 'have'} a contested claim"
    else:
        title = "No claim on any topic is contested"
    return draw_bars(
        "topics",
        title=title,
        description="One bar for each topic, parted by label. A claim may be on several topics.",
        bars=[
            (
                f"{shorten(name, _NAME)}: {words.count_words(sum(counts.values()), 'claim')}",
                [(key, counts.get(key, 0)) for key in keys],
            )
            for name, counts in held
        ],
        header=("topic", *(words.LABEL_WORDS[key] for key in keys)),
        table=[(name, *(str(counts.get(key, 0)) for key in keys)) for name, counts in held],
    )


# ------------------------------------------------------------------ a source's figures and what was claimed


def picture_disputed(source: Source, claims: Sequence[StoredClaim]) -> tuple[Picture, ...]:
    """The source's figures that a contested claim tells otherwise, with everything claimed of them, one
    picture for each unit."""
    findings = {finding.id: finding for finding in source.findings}
    told: dict[tuple[str, str, str], list[tuple[Quantity, Quantity, StoredClaim]]] = defaultdict(list)
    disputed: set[tuple[str, str, str]] = set()
    for claim in claims:
        verdict = claim.checked.verdict
        for evidence in claim.checked.evidence:
            comparison = evidence.comparison
            if evidence.source_id != source.id or evidence.id not in verdict.evidence_ids:
                continue
            claimed, found = _read(comparison.claimed), _read(comparison.found)
            if claimed is None or found is None or claimed.unit != found.unit:
                continue
            key = (*_unit(found), evidence.finding_id or evidence.passage_id or evidence.id)
            told[key].append((claimed, found, claim))
            if verdict.label is Label.CONTESTED:
                disputed.add(key)
    pictures: list[Picture] = []
    for unit in dict.fromkeys(key[:2] for key in told if key in disputed):
        own = {key: pairs for key, pairs in told.items() if key in disputed and key[:2] == unit}
        rows, table = [], []
        for key, pairs in list(own.items())[:_MAX_ROWS]:
            finding = findings.get(key[2])
            name = _name(finding) if finding is not None else "In the source’s text"
            marks = [_mark("found", pairs[0][1], _interval(finding))]
            marks += [_mark("claimed", claimed) for claimed, _, _ in pairs]
            rows.append(AxisRow(name=shorten(name, _NAME), marks=tuple(dict.fromkeys(marks))))
            table += [
                (name, _say(found), _say(claimed), claim.article.title or claim.article.name,
                 words.LABEL_WORDS[words.label_key(claim.checked.verdict.label)])
                for claimed, found, claim in pairs
            ]  # fmt: skip
        picture = draw_axis(
            f"disputed-{len(pictures) + 1}",
            title=_tell_dispute(list(own.values())),
            description="; ".join(
                f"{row[0]}: the source has {row[1]}, an article claims {row[2]}" for row in table
            ),
            unit=_tick_unit(next(iter(own.values()))[0][1]),
            rows=rows,
            header=("finding", "source", "claimed", "article", "label"),
            table=table,
        )
        if picture is not None:
            pictures.append(picture)
    return tuple(pictures[:_MAX_PICTURES])


def _tell_dispute(groups: Sequence[Sequence[tuple[Quantity, Quantity, StoredClaim]]]) -> str:
    pairs = [pair for group in groups for pair in group]
    contested = [pair for pair in pairs if pair[2].checked.verdict.label is Label.CONTESTED]
    if len(contested) == 1:
        claimed, found, claim = contested[0]
        reason = claim.checked.verdict.reason
        if reason in ("rebutted", "sources_disagree"):
            return f"The source’s {_say(found)} is disputed"
        if _points(claimed) == _points(found):
            return f"The source’s {_say(found)} is told otherwise: {words.reason_title(reason).lower()}"
        return f"The source has {_say(found)}; an article claims {_say(claimed)}"
    return f"{len(contested)} of {len(pairs)} claims tell {'this figure' if len(groups) == 1 else 'these figures'} otherwise"


# ------------------------------------------------------------------ a figure from version to version


def picture_versions(source: Source) -> tuple[Picture, ...]:
    """Each finding whose figure a version of the source replaced: before each such version, and now."""
    pictures: list[Picture] = []
    for finding in source.findings:
        former = [
            (version, quantity)
            for version in source.versions
            for was in version.was
            if was.finding_id == finding.id
            for quantity in was.quantities[:1]
        ]
        now = finding.quantities[:1]
        if not former or not now or any(quantity.unit != now[0].unit for _, quantity in former):
            continue
        rows = [
            AxisRow(name=f"Before {version.version}", marks=(_mark("former", quantity),))
            for version, quantity in former
        ]
        last = former[-1][0]
        rows.append(
            AxisRow(name=f"Since {last.version}", marks=(_mark("found", now[0], _interval(finding)),))
        )
        table = [(f"before {version.version}", _say(quantity), "") for version, quantity in former]
        table.append((f"since {last.version}", _say(now[0]), finding.interval or ""))
        picture = draw_axis(
            f"version-{len(pictures) + 1}",
            title=f"{_name(finding)}: {_say(former[0][1])} before {former[0][0].version}, {_say(now[0])} since {last.version}",
            description=f"{finding.statement} "
            + "; ".join(f"{row[0]}: {row[1]}" for row in table),
            unit=_tick_unit(now[0]),
            rows=rows,
            header=("version", "figure", "interval"),
            table=table,
        )  # fmt: skip
        if picture is not None:
            pictures.append(picture)
    return tuple(pictures[:_MAX_PICTURES])


def picture_intervals(source: Source) -> tuple[Picture, ...]:
    """Its figures for which it states an interval, one picture for each unit."""
    groups: dict[tuple[str, str], list[tuple[SourceFinding, Quantity]]] = defaultdict(list)
    for finding in source.findings:
        for quantity in finding.quantities[:1]:
            if _mark("found", quantity, _interval(finding)).spread is not None:
                groups[_unit(quantity)].append((finding, quantity))
    pictures: list[Picture] = []
    for members in groups.values():
        picture = draw_axis(
            f"interval-{len(pictures) + 1}",
            title=f"{_name(members[0][0])}: {_say(members[0][1])}, between {_tell_interval(members[0][0])}"
            if len(members) == 1
            else "How far its figures may be off",
            description="; ".join(f"{_name(f)}: {_say(q)}, {f.interval}" for f, q in members),
            unit=_tick_unit(members[0][1]),
            rows=[
                AxisRow(name=shorten(_name(f), _NAME), marks=(_mark("found", q, _interval(f)),))
                for f, q in members[:_MAX_ROWS]
            ],
            header=("finding", "figure", "interval"),
            table=[(_name(f), _say(q), f.interval or "") for f, q in members],
        )
        if picture is not None:
            pictures.append(picture)
    return tuple(pictures[:_MAX_PICTURES])


def _tell_interval(finding: SourceFinding) -> str:
    return " and ".join((finding.interval or "").removeprefix("95% CI ").split(" to "))


# ------------------------------------------------------------------ one property, several values


def picture_properties(sources: Sequence[Source], *, alone: bool) -> tuple[Picture, ...]:
    """Findings that measure the same property in the same unit, each with its interval where the source
    gives one. `alone`: within one source; else only what two sources or more measured. Plain counts (of
    participants, of tasks) say nothing beside each other and are left out."""
    groups: dict[tuple[str, str, str], list[tuple[Source, SourceFinding, Quantity]]] = defaultdict(list)
    for source in sources:
        for finding in source.findings:
            first = finding.quantities[:1]
            if (
                finding.measured_property
                and first
                and first[0].unit.kind in _DRAWN_UNITS
                and first[0].unit.kind is not UnitKind.COUNT
            ):
                groups[(finding.measured_property.lower(), *_unit(first[0]))].append((source, finding, first[0]))  # fmt: skip
    pictures: list[Picture] = []
    for _, members in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if len(members) < 2 or (not alone and len({source.id for source, _, _ in members}) < 2):
            continue
        if not alone:
            members = sorted(members, key=lambda one: (one[0].published or "", one[0].id))
        measured = members[0][1].measured_property or ""
        values = [_say(quantity) for _, _, quantity in members]
        rows = [
            AxisRow(
                name=_row_name(source, finding, alone), marks=(_mark("found", quantity, _interval(finding)),)
            )
            for source, finding, quantity in members[:_MAX_ROWS]
        ]
        low, high = _ends([quantity for _, _, quantity in members])
        picture = draw_axis(
            f"property-{len(pictures) + 1}",
            title=f"{measured[:1].upper()}{measured[1:]}: between {low} and {high}" if low != high else f"{measured[:1].upper()}{measured[1:]}: {low} each time",
            description="; ".join(
                f"{row.name}: {value}" for row, value in zip(rows, values, strict=False)
            ),
            unit=_tick_unit(members[0][2]),
            rows=rows,
            header=("measured of", "condition", "figure", "interval", "source", "published"),
            table=[
                (finding.measured_entity or finding.population or "", finding.condition or "",
                 _say(quantity), finding.interval or "", source.title, source.published or "")
                for source, finding, quantity in members
            ],
        )  # fmt: skip
        if picture is not None:
            pictures.append(picture)
        if len(pictures) == _MAX_PICTURES:
            break
    return tuple(pictures)


def _row_name(source: Source, finding: SourceFinding, alone: bool) -> str:
    entity = finding.measured_entity or finding.population or ", ".join(finding.models) or "All"
    if alone:
        more = finding.condition or finding.population or ""
        return shorten(f"{entity}: {more}" if more and more != entity else entity, _NAME)
    year = (source.published or "")[:4]
    by = ", ".join(part for part in (words.join_authors(source.authors, 1), year) if part)
    return shorten(f"{entity} ({by})" if by else entity, _NAME + 8)


def _ends(quantities: Sequence[Quantity]) -> tuple[str, str]:
    def value(quantity: Quantity) -> Decimal:
        low, high = _points(quantity)
        return low if low is not None else high or Decimal(0)

    ordered = sorted(quantities, key=lambda quantity: (value(quantity), quantity.surface))
    return _say(ordered[0]), _say(ordered[-1])


def _name(finding: SourceFinding) -> str:
    measured = finding.measured_property or finding.statement
    entity = finding.measured_entity
    name = f"{measured}, {entity}" if entity and finding.measured_property else measured
    return name[:1].upper() + name[1:]


def _read(text: str | None) -> Quantity | None:
    """The one figure of a comparison's words; None where there is none or more than one."""
    found = find_quantities(text) if text else ()
    return found[0] if len(found) == 1 and (found[0].low is not None or found[0].high is not None) else None


def _mark(role: str, quantity: Quantity, spread: tuple[Decimal, Decimal] | None = None) -> Mark:
    low, high = _points(quantity)
    if spread is not None and not all(
        spread[0] <= end <= spread[1] for end in (low, high) if end is not None
    ):
        spread = None  # an interval around another figure of the finding
    return Mark(role=role, low=low, high=high, words=shorten(_say(quantity), 24), spread=spread)


def _interval(finding: SourceFinding | None) -> tuple[Decimal, Decimal] | None:
    match = _INTERVAL.fullmatch(finding.interval or "") if finding is not None else None
    if match is None:
        return None
    low, high = Decimal(match[1]), Decimal(match[2])
    return (low, high) if low < high else None


def _unit(quantity: Quantity) -> tuple[str, str]:
    """Figures with the same may stand on one axis."""
    if quantity.base is not None:
        return "share", ""
    return quantity.unit.kind.value, quantity.unit.name or ""


def _points(quantity: Quantity) -> tuple[Decimal | None, Decimal | None]:
    """Where it is drawn: "3 of 100" as a share in percent, else as it stands."""
    low, high, base = quantity.low, quantity.high, quantity.base
    if base is None or base <= 0:
        return low, high
    with localcontext(prec=12):
        return (
            100 * low / base if low is not None else None,
            100 * high / base if high is not None else None,
        )


def _say(quantity: Quantity) -> str:
    """As written, without the plus sign that registries put before a relative change of either direction."""
    return " ".join(re.sub(r"(?<![\w+])\+(?=\d)", "", quantity.surface).split())


def _tick_unit(quantity: Quantity) -> str:
    if quantity.base is not None:
        return "%"
    if quantity.unit.kind is UnitKind.DURATION and quantity.unit.name:
        return f" {quantity.unit.name}"
    return _DRAWN_UNITS.get(quantity.unit.kind, "")
