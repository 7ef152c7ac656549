"""Checks a set of sources for what no single file can show; returns faults, changes nothing.

What is checked: relations that lead nowhere or in a circle, one identifier on two sources, topics that
nobody defined, findings that claim to be verified without saying where, statements that don't hold
their own figures, addresses that imitate a known host.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kb.ids import slugify
from kb.origins import count_origins
from kb.text import fold_text
from kb.types import (
    ContestKind,
    Quantity,
    Relation,
    Source,
    SourceFinding,
    SourceStatus,
    UnitKind,
    Verified,
)
from sources.identifiers import read_address, read_arxiv, read_doi
from sources.registry import read_topics

_VERIFIED = (Verified.TEXT, Verified.ABSTRACT)
_OWN_WORDS_MAX = 400  # characters of a statement; longer ones are no single finding
_NUMBER_WORDS = {
    0: ("no", "none", "zero", "never", "not", "without"), 1: ("one", "single", "once", "a", "an"), 2: ("two", "twice", "double", "doubles", "both"),
    3: ("three", "threefold", "third"), 4: ("four", "quarter", "fourth"), 5: ("five", "fifth"), 6: ("six", "sixth"), 7: ("seven",), 8: ("eight",),
    9: ("nine",), 10: ("ten", "tenth"), 11: ("eleven",), 12: ("twelve", "dozen"), 13: ("thirteen",), 14: ("fourteen",),
    15: ("fifteen",), 16: ("sixteen",), 17: ("seventeen",), 18: ("eighteen",), 19: ("nineteen",), 20: ("twenty",),
    50: ("half", "fifty"), 100: ("all", "hundred", "every", "always"),
}  # fmt: skip


def check_registry(sources: Sequence[Source], *, topics: Iterable[str] | None = None) -> tuple[str, ...]:
    """Faults of a registry, each naming the source (and finding), in the order of the sources; () when
    sound. `topics` are the ids that are defined (None: those that ship)."""
    known_topics = frozenset(topic.id for topic in read_topics()) if topics is None else frozenset(topics)
    faults: list[str] = []
    by_id: dict[str, Source] = {}
    for source in sources:
        if source.id in by_id:
            faults.append(f"{source.id}: the id is there twice")
        by_id.setdefault(source.id, source)
    findings = {finding.id for source in sources for finding in source.findings}
    for source in sources:
        faults.extend(_check_source(source, known_topics))
        faults.extend(_check_contests(source, by_id, findings))
        for finding in source.findings:
            faults.extend(_check_finding(finding, source))
        faults.extend(_check_versions(source))
    faults.extend(_find_duplicates(sources))
    faults.extend(_find_same_titles(sources, by_id))
    faults.extend(_check_origins(sources, by_id))
    faults.extend(_find_circles(sources))
    return tuple(faults)


def _check_source(source: Source, topics: frozenset[str]) -> list[str]:
    faults = [f"{source.id}: topic {topic} is not defined" for topic in source.topics if topic not in topics]
    if source.id != slugify(source.id, limit=200):
        faults.append(f"{source.id}: the id is not made of lower-case words and hyphens")
    for pointer in (source.url, *source.aliases):
        host = re.match(r"https?://([^/?#]+)", pointer or "", re.I)
        if host and (not host[1].isascii() or "xn--" in host[1].lower()):
            faults.append(f"{source.id}: {pointer} has letters that imitate others; write the real host")
    if not (source.url or source.doi or source.arxiv):
        faults.append(f"{source.id}: has no url, doi or arxiv, so that nobody can look it up")
    if source.reviewed_on and source.published and source.published > source.reviewed_on:
        faults.append(f"{source.id}: published {source.published}, after its review on {source.reviewed_on}")
    return faults


def _check_contests(source: Source, by_id: dict[str, Source], findings: set[str]) -> list[str]:
    faults = []
    for contest in source.contests:
        target = by_id.get(contest.source_id)
        if contest.source_id == source.id:
            faults.append(f"{source.id}: contests itself")
        elif target is None:
            faults.append(f"{source.id}: contests {contest.source_id}, which is no source")
        elif contest.finding_id is not None and contest.finding_id not in findings:
            faults.append(f"{source.id}: contests {contest.finding_id}, which is no finding")
        elif contest.finding_id is not None and not contest.finding_id.startswith(f"{contest.source_id}#"):
            faults.append(f"{source.id}: contests {contest.finding_id} under the source {contest.source_id}")
        elif (
            contest.kind is ContestKind.SUPERSEDES
            and contest.finding_id is None
            and target.status is SourceStatus.CURRENT
        ):
            faults.append(f"{target.id}: is superseded by {source.id}, but its status says current")
    return faults


def _check_finding(finding: SourceFinding, source: Source) -> list[str]:
    faults = []
    if finding.verified in _VERIFIED and not finding.locator:
        faults.append(f"{finding.id}: is verified in the {finding.verified}, but names no locator")
    if finding.verified in _VERIFIED and source.reviewed_by is None:
        faults.append(f"{finding.id}: is verified, but nobody reviewed its source")
    if not finding.measured_entity or not finding.measured_property:
        faults.append(f"{finding.id}: says not what was measured (entity) or which property of it")
    if len(finding.statement) > _OWN_WORDS_MAX:
        faults.append(f"{finding.id}: the statement has more than {_OWN_WORDS_MAX} characters")
    for quantity in finding.quantities:
        faults.extend(_check_figure(quantity, finding))
    return faults


def _check_figure(quantity: Quantity, finding: SourceFinding) -> list[str]:
    faults = []
    for number in (quantity.low, quantity.high, quantity.base):
        if number is not None and not _states(finding.statement, f"{abs(number):f}"):
            faults.append(
                f"{finding.id}: the statement doesn't hold the figure {number} of {quantity.surface}"
            )
    if (
        quantity.unit.kind is UnitKind.PERCENT
        and quantity.relation is Relation.LEVEL
        and any(end is not None and end > 100 for end in (quantity.low, quantity.high))
    ):
        faults.append(f"{finding.id}: {quantity.surface} as a level is over 100%; is it a relative change?")
    is_points = quantity.unit.kind in (UnitKind.PERCENTAGE_POINT, UnitKind.BASIS_POINT)
    if is_points and quantity.relation is not Relation.CHANGE_POINTS:
        faults.append(f"{finding.id}: {quantity.surface} is in points, so its relation is change_points")
    if not is_points and quantity.relation is Relation.CHANGE_POINTS:
        faults.append(f"{finding.id}: {quantity.surface} is no change in points")
    return list(dict.fromkeys(faults))


def _states(statement: str, number: str) -> bool:
    """Whether the statement holds the number in digits (with or without separators) or, where small, in words."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", statement)
    if re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", plain):
        return True
    whole, _, places = number.partition(".")
    if places.strip("0"):
        return False
    for scale, word in ((12, "trillion"), (9, "billion"), (6, "million"), (3, "thousand")):
        digits = int(whole)
        if digits and digits % 10 ** (scale - 3) == 0 and digits >= 10**scale:
            scaled = f"{digits / 10**scale:g}"
            if re.search(rf"(?<![\d.]){re.escape(scaled)}[ -]?(?:{word}|{word[0]}\b)", plain, re.I):
                return True
    words = _NUMBER_WORDS.get(int(whole), ()) if len(whole) <= 3 else ()
    return any(re.search(rf"\b{word}\b", statement, re.I) for word in words)


def _check_versions(source: Source) -> list[str]:
    """A finding read in a version that isn't listed, where versions are listed."""
    known = {version.version for version in source.versions}
    return [
        f"{finding.id}: was read in version {finding.version}, which is not among {', '.join(sorted(known))}"
        for finding in source.findings
        if known and finding.version and not any(_names(finding.version, name) for name in known)
    ]


def _names(stated: str, version: str) -> bool:
    """Whether "arXiv v4" names the version "v4"."""
    return re.search(rf"(?<!\w){re.escape(version)}(?!\w)", stated) is not None


def _check_origins(sources: Sequence[Source], by_id: dict[str, Source]) -> list[str]:
    """Origins that are no source, and sources that are each other's origin."""
    faults = []
    for source in sources:
        target = source.origin.source_id if source.origin is not None else None
        if target is not None and target not in by_id:
            faults.append(f"{source.id}: has its origin in {target}, which is no source")
        seen = {source.id}
        while target is not None and target in by_id:
            if target == source.id:
                faults.append(f"{source.id}: comes from itself through its origins; one of them is the first")
            if target in seen:
                break
            seen.add(target)
            origin = by_id[target].origin
            target = origin.source_id if origin is not None else None
    return faults


def _find_same_titles(sources: Sequence[Source], by_id: dict[str, Source]) -> list[str]:
    """Two sources of one title and one first author that don't say that they have one origin."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source in sources:
        if source.authors:
            title = " ".join(re.findall(r"\w+", fold_text(source.title)))
            holders[(title, fold_text(source.authors[0]))].append(source.id)
    return [
        f"{', '.join(ids)}: have the same title and first author; keep one, or say the origin of the other"
        for ids in holders.values()
        if len(ids) > 1 and count_origins(ids, by_id) > 1
    ]


def _find_duplicates(sources: Sequence[Source]) -> list[str]:
    holders: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        keys: set[str] = set()
        for pointer in (source.url, source.doi, source.arxiv, *source.aliases):
            if pointer is None:
                continue
            doi, arxiv = read_doi(pointer), read_arxiv(pointer)
            identifiers = [f"doi {doi}" if doi else None, f"arXiv {arxiv}" if arxiv else None]
            address = read_address(pointer)
            keys.update(key for key in identifiers if key)
            if address is not None and not doi and not arxiv:
                keys.add(f"address {address}")
        for key in keys:
            holders[key].append(source.id)
    return [
        f"{', '.join(ids)}: share the {key}; keep it on one of them"
        for key, ids in sorted(holders.items())
        if len(ids) > 1
    ]


def _find_circles(sources: Sequence[Source]) -> list[str]:
    """Circles among whole-source supersedes relations; each is named once, by its smallest id first."""
    follows = {
        source.id: sorted(
            {
                contest.source_id
                for contest in source.contests
                if contest.kind is ContestKind.SUPERSEDES and contest.finding_id is None
            }
        )
        for source in sources
    }
    done: set[str] = set()
    circles: set[tuple[str, ...]] = set()
    for start in sorted(follows):
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, True)]
        while stack:
            current, entering = stack.pop()
            if not entering:
                path.pop()
                on_path.discard(current)
                done.add(current)
                continue
            if current in on_path:
                circle = path[path.index(current) :]
                turn = circle.index(min(circle))
                circles.add(tuple(circle[turn:] + circle[:turn]))
                continue
            if current in done or current not in follows:
                continue
            path.append(current)
            on_path.add(current)
            stack.append((current, False))
            stack.extend((other, True) for other in reversed(follows[current]))
    return [
        f"{' -> '.join((*circle, circle[0]))}: supersede each other in a circle" for circle in sorted(circles)
    ]
