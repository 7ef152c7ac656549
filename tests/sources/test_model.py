"""The strict reading of one source file: each kind of fault is named with its line, and all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kb.errors import RegistryError
from kb.types import (
    Aggregate,
    ContestKind,
    FiguresChange,
    Modifier,
    Origin,
    OriginKind,
    Relation,
    Source,
    SourceStatus,
    UnitKind,
    Verified,
)
from sources.registry import read_source

_SOUND = """\
id: smith-2025-trial
title: A trial
authors: [Ann Smith, Bo Li]
kind: paper
tier: primary
publisher: Journal of Trials
published: "2025-03-07"
url: https://example.org/trial
doi: 10.1234/trial.7
arxiv: "2503.01234"
aliases: ["The Trial", "https://example.org/mirror"]
topics: [auditing]
reviewed: {by: Ann, on: "2026-11-21"}
contests:
  - {source: jones-2024, finding: rate, kind: rebuts, says: "It is lower."}
findings:
  - id: rate
    statement: "Model A failed in 47.30% of cases."
    quantities:
      - {value: "47.30", unit: percent, aggregate: median, relation: change_relative}
    entity: Model A
    property: failure rate
    models: [Model A]
    n: "100 cases"
    locator: section 3
    verified: no
    caveats: [One model only.]
"""


def _read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "entry.yml"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def _faults(tmp_path: Path, text: str | bytes) -> tuple[str, ...]:
    path = tmp_path / "entry.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(RegistryError) as caught:
        read_source(path)
    return caught.value.faults


def _line_of(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if needle in line)


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "entry.yml"
    path.write_text(_SOUND, encoding="utf-8")
    source = read_source(path)
    finding = source.findings[0]
    quantity = finding.quantities[0]
    assert (source.id, source.authors, source.published) == (
        "smith-2025-trial",
        ("Ann Smith", "Bo Li"),
        "2025-03-07",
    )
    assert (source.status, source.reviewed_by, source.reviewed_on) == (
        SourceStatus.CURRENT,
        "Ann",
        "2026-11-21",
    )
    assert source.contests[0].finding_id == "jones-2024#rate"
    assert source.contests[0].kind is ContestKind.REBUTS
    assert finding.id == "smith-2025-trial#rate"
    assert finding.verified is Verified.NO
    assert (quantity.low, quantity.high, quantity.decimals) == (Decimal("47.30"), Decimal("47.30"), 2)
    assert (quantity.aggregate, quantity.relation) == (Aggregate.MEDIAN, Relation.CHANGE_RELATIVE)
    assert quantity.surface == "+47.30%"
    assert (quantity.start, quantity.end) == (0, len(quantity.surface))


def test_a_source_that_a_person_gives_counts_as_reviewed(tmp_path: Path) -> None:
    path = tmp_path / "entry.yml"
    path.write_text("id: a\ntitle: T\nkind: post\ntier: primary\n", encoding="utf-8")
    assert read_source(path).reviewed_by is not None


@pytest.mark.parametrize(
    ("old", "new", "key", "wanted"),
    [
        ("publisher: Journal of Trials", "publsher: Journal of Trials", "publsher", "did you mean publisher?"),
        ("title: A trial", "title: 1984", "title", "put it in quotes"),
        ("title: A trial", "title: ''", "title", "is empty"),
        ("kind: paper", "kind: novel", "kind", "wanted one of paper"),
        ("tier: primary", "tier: tertiary", "source.tier", "wanted one of primary, secondary"),
        ('published: "2025-03-07"', "published: 2025-03-07", "published", "put it in quotes"),
        ('published: "2025-03-07"', 'published: "2025-02-30"', "published", "a day that exists"),
        ('published: "2025-03-07"', 'published: "07.03.2025"', "published", "YYYY"),
        ("id: smith-2025-trial", "id: Smith_2025", "id", "lower-case words joined by hyphens"),
        ("url: https://example.org/trial", "url: javascript:alert(1)", "url", "http(s) address"),
        ("url: https://example.org/trial", "url: https://user@example.org/x", "url", "http(s) address"),
        ("doi: 10.1234/trial.7", "doi: https://doi.org/10.1234/trial.7", "doi", "a bare DOI"),
        ('arxiv: "2503.01234"', 'arxiv: "2503.01234v2"', "arxiv", "without version"),
        ('arxiv: "2503.01234"', "arxiv: 2503.01234", "arxiv", "put it in quotes"),
        ("authors: [Ann Smith, Bo Li]", "authors: Ann Smith", "authors", "wanted a list"),
        ("authors: [Ann Smith, Bo Li]", "authors: [Ann Smith, Ann Smith]", "authors[1]", "is there twice"),
        ('reviewed: {by: Ann, on: "2026-11-21"}', "reviewed: {by: Ann}", "reviewed.on", "missing"),
        ("kind: rebuts", "kind: dislikes", "contests[0].kind", "fails_to_replicate"),
        ("source: jones-2024", "source: smith-2025-trial", "contests[0].source", "can't contest itself"),
        ("verified: no", "verified: maybe", "findings[0].verified", "secondary"),
        ('value: "47.30"', "value: 47.30", "findings[0].quantities[0].value", 'wanted "47.30"'),
        ('value: "47.30"', 'value: "47,30"', "findings[0].quantities[0].value", "digits"),
        ("unit: percent", "unit: percnt", "findings[0].quantities[0].unit", "percentage_point"),
        ("aggregate: median", "aggregate: modal", "findings[0].quantities[0].aggregate", "median"),
        ("unit: percent,", "unit: ratio,", "findings[0].quantities[0].unit", "base"),
        ("unit: percent,", "unit: currency,", "findings[0].quantities[0].name", "ISO 4217"),
        ("unit: percent,", "unit: duration, name: fortnight,", "findings[0].quantities[0].name", "month"),
        ("unit: percent,", "unit: rank,", "findings[0].quantities[0].name", "percentile"),
        ("unit: percent,", "unit: percent, name: cases,", "findings[0].quantities[0].name", "takes no name"),
        ("unit: percent,", "unit: percent, modifier: range,", "findings[0].quantities[0]", "low and high"),
        ("unit: percent,", "unit: percent, strict: true,", "findings[0].quantities[0].strict", "at_least"),
        ('value: "47.30"', 'low: "3"', "findings[0].quantities[0]", "go together"),
        ('value: "47.30"', 'low: "3", high: "4"', "findings[0].quantities[0]", "modifier: range"),
        ('value: "47.30"', 'value: "1", low: "3"', "findings[0].quantities[0]", "either value"),
        ('value: "47.30"', 'low: "5", high: "4", modifier: range', "findings[0].quantities[0]", "not under"),
        ("caveats: [One model only.]", "caveats: [{a: b}]", "findings[0].caveats[0]", "wanted text"),
        ("caveats: [One model only.]", 'caveats: ["a\\nb"]', "findings[0].caveats[0]", "line break"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_key(tmp_path: Path, old: str, new: str, key: str, wanted: str) -> None:
    text = _SOUND.replace(old, new)
    assert text != _SOUND
    faults = _faults(tmp_path, text)
    line = _line_of(text, new)
    assert any(f"entry.yml:{line}: {key}: " in fault and wanted in fault for fault in faults), faults


@pytest.mark.parametrize("key", ["id", "title", "kind", "tier"])
def test_required_keys_are_missed(tmp_path: Path, key: str) -> None:
    text = "".join(line for line in _SOUND.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    assert any(f"{key}: missing" in fault for fault in _faults(tmp_path, text))


@pytest.mark.parametrize("key", ["id", "statement", "verified"])
def test_required_keys_of_a_finding_are_missed(tmp_path: Path, key: str) -> None:
    text = _SOUND.replace("  - id: rate\n", "  - note: x\n") if key == "id" else _SOUND
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(f"    {key}:"))
    assert any(f"findings[0].{key}: missing" in fault for fault in _faults(tmp_path, text))


def test_all_faults_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        _SOUND.replace("kind: paper", "kind: novel")
        .replace("tier: primary", "tear: primary")
        .replace("unit: percent", "unit: percnt")
        .replace('value: "47.30"', "value: 47.30")
        .replace("verified: no", "verified: perhaps")
    )
    faults = _faults(tmp_path, text)
    assert len(faults) == 6  # a key unknown and tier missing are two
    lines = [int(fault.split(":")[1]) for fault in faults]
    assert lines == sorted(lines)


def test_two_findings_of_one_id_are_a_fault(tmp_path: Path) -> None:
    text = _SOUND + "  - {id: rate, statement: Again., verified: no}\n"
    line = _line_of(text, "statement: Again.")
    assert any(f"entry.yml:{line}: findings[1].id" in fault for fault in _faults(tmp_path, text))


def test_a_duplicate_key_is_a_fault_of_its_second_line(tmp_path: Path) -> None:
    text = _SOUND + "title: Another\n"
    line = _line_of(text, "title: Another")
    assert any(
        f"entry.yml:{line}: title: this key was already given on line 2" in f for f in _faults(tmp_path, text)
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: &x [1]\nb: *x\n", "aliases are refused"),
        ("a: &x 1\n", "anchors are refused"),
        ("a: !!python/object/apply:os.system [id]\n", "tags are refused"),
        ("<<: {a: b}\n", "merge keys are refused"),
        ("? [a]\n: b\n", "a key must be a plain word"),
        ("id: a\n---\nid: b\n", "a second document"),
        ("id: [a\n", "not YAML"),
        ("id: \x07\n", "not YAML"),
        ("", "the file is empty"),
        ("- a\n", "wanted a mapping"),
        ("just text\n", "wanted a mapping"),
    ],
)
def test_yaml_that_could_surprise_is_refused(tmp_path: Path, text: str, wanted: str) -> None:
    assert any(wanted in fault for fault in _faults(tmp_path, text))


def test_an_alias_bomb_is_refused_and_not_unfolded(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    assert any("aliases are refused" in fault for fault in _faults(tmp_path, "\n".join(levels)))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    assert any("levels deep" in fault for fault in _faults(tmp_path, "a: " + "[" * 50_000))


def test_a_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    assert any("more than the" in fault for fault in _faults(tmp_path, _SOUND + "#" * 300_000))


def test_very_many_faults_are_counted_and_not_listed(tmp_path: Path) -> None:
    faults = _faults(tmp_path, "".join(f"k{n}: 1\n" for n in range(5_000)))
    assert len(faults) <= 201
    assert "more faults that are not listed" in faults[-1]


def test_bytes_that_are_not_utf_8_are_a_fault_of_their_line(tmp_path: Path) -> None:
    faults = _faults(tmp_path, b"id: a\ntitle: \xff\n")
    assert "entry.yml:2" in faults[0]
    assert "UTF-8" in faults[0]


def test_a_missing_file_is_a_fault_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as caught:
        read_source(tmp_path / "none.yml")
    assert "none.yml" in caught.value.faults[0]


@pytest.mark.parametrize(
    ("figure", "surface", "low", "high", "decimals"),
    [
        ('{value: "47.3", unit: percent}', "47.3%", "47.3", "47.3", 1),
        ('{value: "79", base: "100", unit: ratio}', "79 of 100", "79", "79", 0),
        ('{value: "27", unit: count, name: private variants}', "27 private variants", "27", "27", 0),
        ('{low: "38", high: "51", unit: percent, modifier: range}', "38% to 51%", "38", "51", 0),
        ('{low: "0.96", high: "0.999", unit: score, modifier: range}', "0.96 to 0.999", "0.96", "0.999", 3),
        ('{value: "16", unit: percent, modifier: at_least}', "at least 16%", "16", None, 0),
        ('{value: "69", unit: rank, name: percentile, modifier: at_most, strict: true}',
         "less than 69th percentile", None, "69", 0),
        ('{value: "42", unit: rank, name: percentile, modifier: approx}', "about 42nd percentile", "42", "42", 0),
        ('{value: "10", unit: rank, name: top_percent}', "top 10%", "10", "10", 0),
        ('{value: "13e9", unit: count, name: parameters}', "13,000,000,000 parameters", "13e9", "13e9", -9),
        ('{value: "2.3e9", unit: currency, name: USD}', "USD 2,300,000,000", "2.3e9", "2.3e9", -8),
        ('{value: "1", unit: duration, name: month}', "1 month", "1", "1", 0),
        ('{value: "43", unit: multiple}', "43 times", "43", "43", 0),
    ],
)  # fmt: skip
def test_a_figure_keeps_its_written_precision(
    tmp_path: Path, figure: str, surface: str, low: str | None, high: str | None, decimals: int
) -> None:
    path = tmp_path / "entry.yml"
    path.write_text(
        "id: a\ntitle: T\nkind: post\ntier: primary\nfindings:\n"
        f"  - {{id: f, statement: S., verified: no, quantities: [{figure}]}}\n",
        encoding="utf-8",
    )
    quantity = read_source(path).findings[0].quantities[0]
    assert quantity.surface == surface
    assert quantity.low == (None if low is None else Decimal(low))
    assert quantity.high == (None if high is None else Decimal(high))
    assert quantity.decimals == decimals
    if surface.startswith("at least"):
        assert quantity.modifier is Modifier.AT_LEAST
    if "base" in figure:
        assert (quantity.base, quantity.unit.kind) == (Decimal(100), UnitKind.RATIO)


_VERSIONS = """\
versions:
  - {version: v1, published: "2024-12-10", url: "https://example.org/v1"}
  - version: v2
    published: "2025-01"
    figures: changed
    changed: The rate was measured again on more cases.
    was:
      - {finding: rate, quantities: [{value: "52", unit: percent}]}
"""


def test_versions_tell_which_figures_they_replaced(tmp_path: Path) -> None:
    source = _read(tmp_path, _SOUND + _VERSIONS)
    assert isinstance(source, Source)
    first, second = source.versions
    assert (first.version, first.figures, first.was) == ("v1", FiguresChange.UNREAD, ())
    assert (second.published, second.figures) == ("2025-01", FiguresChange.CHANGED)
    assert second.was[0].finding_id == "smith-2025-trial#rate"
    assert second.was[0].quantities[0].low == Decimal(52)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("version: v2", "version: v1", "versions[1].version: v1 is also the version of line 29"),
        ('"2025-01"', '"2023-01"', "versions[1].published: found 2023-01 after 2024-12-10 of line 29, wanted oldest first"),
        ("finding: rate, q", "finding: rat, q", "versions[1].was[0].finding: no finding of this file has the id rat"),
        ("figures: changed", "figures: same", "versions[1].was: found with figures: same, wanted figures: changed"),
        ("figures: changed", "figures: some", "found 'some', wanted one of same, changed, unread"),
        ("    changed: The rate was measured again on more cases.\n", "", "versions[1].changed: missing"),
        ('"https://example.org/v1"', "example", "versions[0].url: found 'example', wanted an http(s) address"),
        (", quantities: [{value: \"52\", unit: percent}]", "", "versions[1].was[0].quantities: missing"),
    ],
)  # fmt: skip
def test_a_faulty_version_is_named_with_what_was_wanted(
    tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    text = _SOUND + _VERSIONS
    assert old in text
    assert wanted in "\n".join(_faults(tmp_path, text.replace(old, new)))


def test_a_faulty_finding_is_not_also_told_as_unknown_to_a_version(tmp_path: Path) -> None:
    faults = _faults(tmp_path, (_SOUND + _VERSIONS).replace("verified: no", "verified: perhaps"))
    assert len(faults) == 1


def test_an_origin_is_a_source_or_a_shared_key(tmp_path: Path) -> None:
    source = _read(tmp_path, _SOUND + "origin: {source: smith-2024, kind: same_study, says: The preprint.}\n")
    assert isinstance(source, Source)
    assert source.origin == Origin(kind=OriginKind.SAME_STUDY, source_id="smith-2024", says="The preprint.")
    keyed = _read(tmp_path, _SOUND + "origin: {key: agency-2025-trial, kind: wire_copy}\n")
    assert isinstance(keyed, Source)
    assert keyed.origin == Origin(kind=OriginKind.WIRE_COPY, key="agency-2025-trial")


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ("{kind: reprint}", "origin: found neither of source and key"),
        ("{source: a, key: b, kind: reprint}", "origin: found both of source and key"),
        ("{source: smith-2025-trial, kind: reprint}", "can't be its own origin"),
        ("{source: a, kind: cousin}", "found 'cousin', wanted one of same_study"),
        ("{source: a}", "origin.kind: missing"),
        ("a", "wanted a mapping {source: id, kind: same_study}"),
        ("{source: a, kind: reprint, note: b}", "origin.note: unknown key"),
    ],
)
def test_a_faulty_origin_is_named_with_what_was_wanted(tmp_path: Path, origin: str, wanted: str) -> None:
    faults = _faults(tmp_path, f"{_SOUND}origin: {origin}\n")
    assert wanted in "\n".join(faults)
    assert f":{len(_SOUND.splitlines()) + 1}: " in faults[0]
