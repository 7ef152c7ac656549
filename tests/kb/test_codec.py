"""Laws of kb.codec: what was written reads back equal; anything else is refused with its place."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb.types
from kb.codec import canonical_json, from_json, to_json
from kb.types import Evidence, Found, Issue, Level, Passage, Quantity, Raw, Source, Unit, UnitKind, Verdict

CLASSES = [
    cls
    for cls in vars(kb.types).values()
    if isinstance(cls, type)
    and dataclasses.is_dataclass(cls)
    and cls not in (Found, Raw)  # generic, tried below; bytes
]


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for any type that kb.types uses, built from the hint itself, so that a new field is
    covered without a change here."""
    origin, arms = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if arm is type(None) else values_of(arm) for arm in arms])
    if origin is tuple and len(arms) == 2 and arms[1] is Ellipsis:
        return st.lists(values_of(arms[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, arms))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(
            hint, **{spec.name: values_of(hints[spec.name]) for spec in dataclasses.fields(hint)}
        )
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=8),
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    }
    return plain[hint]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_what_was_written_reads_back_equal(cls: type) -> None:
    @settings(max_examples=25, deadline=None)
    @given(values_of(cls))
    def law(value: object) -> None:
        written = canonical_json(to_json(value))
        again: object = from_json(cls, json.loads(written))
        assert again == value
        assert repr(again) == repr(value)  # Decimal("1.0") and Decimal("1.00") are equal, but not the same
        assert canonical_json(to_json(again)) == written

    law()


@settings(max_examples=25, deadline=None)
@given(st.lists(values_of(Issue), max_size=2).map(tuple), st.lists(values_of(Passage), max_size=2).map(tuple))
def test_a_generic_value_reads_back_equal(issues: tuple[Issue, ...], passages: tuple[Passage, ...]) -> None:
    found = Found(items=passages, issues=issues)
    assert from_json(Found[Passage], to_json(found)) == found


def test_every_value_class_of_kb_types_is_covered() -> None:
    assert {"Report", "Source", "Quantity", "Evidence"} <= {cls.__name__ for cls in CLASSES}


def test_written_forms_are_plain_json() -> None:
    quantity = Quantity(
        surface="4.70%", start=0, end=5, low=Decimal("4.70"), high=None, unit=Unit(kind=UnitKind.PERCENT)
    )
    written = to_json(quantity)
    assert written["low"] == "4.70"
    assert written["high"] is None
    assert written["unit"] == {"kind": "percent", "name": None}
    assert type(written["unit"]["kind"]) is str
    assert to_json((Level.ERROR, (1, 2))) == ["error", [1, 2]]


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), float("nan"), float("-inf")])
def test_numbers_that_are_none_are_not_written(number: object) -> None:
    with pytest.raises(ValueError, match="no JSON form"):
        to_json(number)


def test_bytes_are_neither_written_nor_read() -> None:
    with pytest.raises(ValueError, match="a bytes has no JSON form"):
        to_json(Raw(name="-", content=b"x"))
    with pytest.raises(TypeError, match="reads no <class 'bytes'>"):
        from_json(Raw, {"name": "-", "content": "x"})


def test_a_set_is_not_written() -> None:
    with pytest.raises(ValueError, match="a set has no JSON form"):
        to_json({1, 2})


SOURCE = {"id": "s", "title": "t"}
QUANTITY = to_json(
    Quantity(surface="5", start=0, end=1, low=Decimal(5), high=Decimal(5), unit=Unit(kind=UnitKind.COUNT))
)


def test_a_missing_key_with_a_default_takes_it() -> None:
    assert from_json(Source, SOURCE) == Source(id="s", title="t")


@pytest.mark.parametrize(
    ("cls", "data", "message"),
    [
        (Source, {**SOURCE, "colour": "red"}, r"^Source: has no key 'colour'"),
        (Source, {"id": "s"}, r"^Source: wants the key 'title'"),
        (Source, [SOURCE], r"^Source: wants an object, found a list"),
        (Source, {**SOURCE, "title": None}, r"^Source\.title: wants a string, found null"),
        (Source, {**SOURCE, "title": 5}, r"^Source\.title: wants a string, found an integer"),
        (Source, {**SOURCE, "tier": "best"}, r"^Source\.tier: wants one of primary, secondary, found 'best'"),
        (Source, {**SOURCE, "tier": ["primary"]}, r"^Source\.tier: .* found a list"),
        (Source, {**SOURCE, "authors": "Ada"}, r"^Source\.authors: wants a list, found a string"),
        (Source, {**SOURCE, "authors": ["Ada", 3]}, r"^Source\.authors\[1\]: wants a string"),
        (Source, {**SOURCE, "contests": [{"source_id": "x", "kind": "likes"}]}, r"^Source\.contests\[0\]\.kind: "),
        (Quantity, {**QUANTITY, "low": 5}, r"^Quantity\.low: wants a number written as a string, found an integer"),
        (Quantity, {**QUANTITY, "low": "five"}, r"^Quantity\.low: .*'five'"),
        (Quantity, {**QUANTITY, "low": "NaN"}, r"^Quantity\.low: wants a finite number"),
        (Quantity, {**QUANTITY, "start": True}, r"^Quantity\.start: wants an integer, found a boolean"),
        (Quantity, {**QUANTITY, "start": 1.0}, r"^Quantity\.start: wants an integer, found a number"),
        (Quantity, {**QUANTITY, "strict": 1}, r"^Quantity\.strict: wants a boolean"),
        (tuple[tuple[int, int], ...], [[1, 2], [3]], r"\[1\]: wants a list of 2, found 1"),
        (float, float("inf"), r"wants a finite number"),
        (float, 10**400, r"wants a finite number"),
        (float, True, r"wants a number, found a boolean"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_place(cls: Any, data: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_json(cls, data)


def test_a_whole_number_is_read_where_a_score_is_wanted() -> None:
    evidence = {
        "id": "e", "kind": "passage", "source_id": "s", "route": "cited", "stance": "neutral", "reason": "agrees",
        "comparison": {"relation": "equal", "detail": ""}, "score": 1,
    }  # fmt: skip
    score = from_json(Evidence, evidence).score
    assert (score, type(score)) == (1.0, float)


def test_canonical_json_is_one_text_for_one_value() -> None:
    assert canonical_json({"b": [1, "é\n"], "a": None}) == '{"a":null,"b":[1,"é\\n"]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json([float("nan")])


def test_no_union_but_an_optional_one_is_read() -> None:
    with pytest.raises(TypeError, match="reads no union"):
        from_json(typing.cast(Any, int | str), 3)


def test_lists_are_read_as_tuples() -> None:
    verdict = from_json(
        Verdict, {"claim_id": "c", "label": None, "reason": "r", "explanation": "", "evidence_ids": ["e"]}
    )
    assert verdict.evidence_ids == ("e",)
