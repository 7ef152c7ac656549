"""Values of kb.types to and from JSON: owns the shape of what is stored and exported, driven by type hints.

Refuses to know where JSON goes and what a value means. The law is `from_json(T, to_json(v)) == v` for
every frozen dataclass of kb.types. Decimals become strings (a JSON number would pass through a float),
enum members their value, tuples lists; None is kept. Reading is strict: an unknown key, a missing one
without a default, and a value of another type are a ValueError that names the place. A missing key with
a default takes it, so that rows written before a field existed still read.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

V = TypeVar("V")
_Encode: TypeAlias = Callable[[Any], Any]
_Decode: TypeAlias = Callable[[Any], Any]


def to_json(value: object) -> Any:
    """The JSON-able form of a value: a dataclass, an enum member, a Decimal, a tuple of these, a plain scalar."""
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, Decimal):
        return _encode_decimal(value)
    if isinstance(value, tuple | list):
        return [to_json(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _class_encoder(type(value))(value)
    raise ValueError(f"a {type(value).__name__} has no JSON form here")


def from_json(type_: type[V], data: object) -> V:
    """The value of `type_` (a dataclass, or any type that one of them uses) written in `data`; ValueError
    with the place of the fault."""
    try:
        return cast(V, _decoder(cast(Any, type_))(data))
    except _FaultError as fault:
        raise ValueError(fault.describe(_name(type_))) from None


def canonical_json(data: object) -> str:
    """One text for one JSON-able value: sorted keys, no spaces, characters as they are; the form that is
    stored and hashed. ValueError for NaN and infinity."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class _FaultError(Exception):
    """A fault on its way up, collecting the place from the inside out; faults are rare, so reading pays
    nothing for paths that are never printed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.path: list[str] = []

    def describe(self, root: str) -> str:
        return f"{root}{''.join(reversed(self.path))}: {self.message}"


def _name(hint: object) -> str:
    return getattr(hint, "__name__", None) or str(hint)


def _kind(data: object) -> str:
    if data is None:
        return "null"
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(data), f"a {type(data).__name__}")


# --------------------------------------------------------------------------- writing


def _encode_float(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    return float(value)


def _encode_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} has no JSON form")
    return str(value)


@cache
def _class_encoder(cls: type) -> _Encode:
    hints = get_type_hints(cls)
    parts = tuple((spec.name, _encoder(hints[spec.name])) for spec in fields(cls))

    def encode(value: object) -> dict[str, Any]:
        return {
            name: getattr(value, name) if part is None else part(getattr(value, name)) for name, part in parts
        }

    return encode


def _encode_instance(value: Any) -> Any:
    cls: Any = type(value)
    return _class_encoder(cls)(value)


@cache
def _encoder(hint: Any) -> _Encode | None:
    """How to write a value of this hint; None where the value is its own JSON form."""
    if hint in (str, int, bool, type(None)):
        return None
    if hint is float:
        return _encode_float
    if hint is Decimal:
        return _encode_decimal
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = [_encoder(arm) for arm in get_args(hint) if arm is not type(None)]
        if all(part is None for part in inner):
            return None
        only = inner[0] if len(inner) == 1 else None
        known = only if only is not None else to_json
        return lambda value: None if value is None else known(value)
    if origin is tuple:
        arms = get_args(hint)
        if len(arms) == 2 and arms[1] is Ellipsis:
            part = _encoder(arms[0])
            if part is None:
                return list
            each = part
            return lambda value: [each(member) for member in value]
        return lambda value: [to_json(member) for member in value]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value
    if isinstance(hint, type) and is_dataclass(hint):
        return _encode_instance
    return to_json


# --------------------------------------------------------------------------- reading


@cache
def _decoder(hint: Any) -> _Decode:
    if hint is str:
        return _read_str
    if hint is int:
        return _read_int
    if hint is bool:
        return _read_bool
    if hint is float:
        return _read_float
    if hint is Decimal:
        return _read_decimal
    if hint is type(None):
        return _read_none
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_decoder(get_args(hint))
    if origin is tuple:
        return _tuple_decoder(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum_decoder(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _class_decoder(hint, {})
    if isinstance(origin, type) and is_dataclass(origin):
        parameters = getattr(origin, "__parameters__", ())
        return _class_decoder(origin, dict(zip(parameters, get_args(hint), strict=True)))
    raise TypeError(f"kb.codec reads no {hint!r}")


def _read_str(data: Any) -> str:
    if type(data) is not str:
        raise _FaultError(f"wants a string, found {_kind(data)}")
    return data


def _read_int(data: Any) -> int:
    if type(data) is not int:
        raise _FaultError(f"wants an integer, found {_kind(data)}")
    return data


def _read_bool(data: Any) -> bool:
    if type(data) is not bool:
        raise _FaultError(f"wants a boolean, found {_kind(data)}")
    return data


def _read_none(data: Any) -> None:
    if data is not None:
        raise _FaultError(f"wants null, found {_kind(data)}")


def _read_float(data: Any) -> float:
    if type(data) is int:
        try:
            return float(data)
        except OverflowError:
            raise _FaultError("wants a finite number") from None
    if type(data) is not float:
        raise _FaultError(f"wants a number, found {_kind(data)}")
    if not math.isfinite(data):
        raise _FaultError("wants a finite number")
    return data


def _read_decimal(data: Any) -> Decimal:
    if type(data) is not str:
        raise _FaultError(f"wants a number written as a string, found {_kind(data)}")
    try:
        number = Decimal(data)
    except InvalidOperation:
        raise _FaultError(f"wants a number written as a string, found {data[:40]!r}") from None
    if not number.is_finite():
        raise _FaultError("wants a finite number")
    return number


def _enum_decoder(cls: type[Enum]) -> _Decode:
    members: dict[Any, Enum] = {member.value: member for member in cls}

    def decode(data: Any) -> Enum:
        member = members.get(data) if type(data) is str else None
        if member is None:
            found = repr(data[:40]) if type(data) is str else _kind(data)
            raise _FaultError(f"wants one of {', '.join(map(str, members))}, found {found}")
        return member

    return decode


def _union_decoder(arms: tuple[Any, ...]) -> _Decode:
    known = [arm for arm in arms if arm is not type(None)]
    if len(known) != 1 or len(known) == len(arms):
        raise TypeError(f"kb.codec reads no union but X | None, not {arms!r}")
    inner = _decoder(known[0])
    return lambda data: None if data is None else inner(data)


def _tuple_decoder(arms: tuple[Any, ...]) -> _Decode:
    if len(arms) == 2 and arms[1] is Ellipsis:
        each = _decoder(arms[0])

        def decode_all(data: Any) -> tuple[Any, ...]:
            if type(data) is not list:
                raise _FaultError(f"wants a list, found {_kind(data)}")
            try:
                return tuple([each(member) for member in data])
            except _FaultError:
                return _blame(data, [each] * len(data))

        return decode_all
    parts = [_decoder(arm) for arm in arms]

    def decode_each(data: Any) -> tuple[Any, ...]:
        if type(data) is not list or len(data) != len(parts):
            found = f"{len(data)}" if type(data) is list else _kind(data)
            raise _FaultError(f"wants a list of {len(parts)}, found {found}")
        return _blame(data, parts)

    return decode_each


def _blame(data: list[Any], parts: list[_Decode]) -> tuple[Any, ...]:
    """Read a list member by member, naming the one at fault."""
    members = []
    for number, (member, part) in enumerate(zip(data, parts, strict=True)):
        try:
            members.append(part(member))
        except _FaultError as fault:
            fault.path.append(f"[{number}]")
            raise
    return tuple(members)


def _class_decoder(cls: type, arguments: dict[Any, Any]) -> _Decode:
    hints = get_type_hints(cls)
    specs = fields(cls)
    known = frozenset(spec.name for spec in specs)
    required = tuple(s.name for s in specs if s.default is MISSING and s.default_factory is MISSING)
    parts: dict[str, _Decode] = {}

    def build() -> None:
        for spec in specs:
            parts[spec.name] = _decoder(_substitute(hints[spec.name], arguments))

    def decode(data: Any) -> Any:
        if type(data) is not dict:
            raise _FaultError(f"wants an object, found {_kind(data)}")
        if not parts:
            build()  # on first use, so that a class may hold itself
        values = {}
        for name, member in data.items():
            part = parts.get(name)
            if part is None:
                raise _FaultError(f"has no key {str(name)[:40]!r}; known are {', '.join(sorted(known))}")
            try:
                values[name] = part(member)
            except _FaultError as fault:
                fault.path.append(f".{name}")
                raise
        if len(values) != len(known):
            for name in required:
                if name not in values:
                    raise _FaultError(f"wants the key {name!r}")
        return cls(**values)

    return decode


def _substitute(hint: Any, arguments: dict[Any, Any]) -> Any:
    """A hint with a generic class's type variables filled in: `tuple[T, ...]` of Found[Claim]."""
    if not arguments:
        return hint
    if isinstance(hint, TypeVar):
        return arguments.get(hint, hint)
    if get_origin(hint) is tuple:
        return tuple[tuple(_substitute(arm, arguments) for arm in get_args(hint))]  # type: ignore[misc]
    return hint
