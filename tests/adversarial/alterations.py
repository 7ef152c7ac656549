"""Twenty ways to alter one figure of a sentence: value, unit, bound, subject, direction. Each says what it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kb.names import find_models
from kb.text import clause_around

_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_OTHER_MODELS = ("Zephyr 9 Ultra", "Kestrel-5", "Orion 7.2 Mini")
_TURNS = (
    ("rose", "fell"), ("raised", "lowered"), ("raise", "lower"), ("lowered", "raised"), ("fell", "rose"), ("longer", "shorter"),
    ("shorter", "longer"), ("more often", "less often"), ("without", "with"), ("Without", "With"), ("Before", "After"),
    ("After", "Before"), ("more than", "less than"), ("less than", "more than"), ("up to", "at least"), ("over", "under"),
    ("drop", "rise"), ("refused", "complied with"), ("mentioned", "did not mention"), ("succeeds", "fails"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """`text` with the altered figure at start:end."""

    kind: str
    what: str
    text: str
    start: int
    end: int


def alter(text: str, start: int, end: int) -> Iterator[Alteration]:
    """Alterations of the figure at start:end of the text; those that don't apply are left out."""
    figure = text[start:end]
    number = _DIGITS.search(figure)
    if number is None:
        return
    for what, shown in _other_values(number.group()):
        yield _put(text, start, end, figure[: number.start()] + shown + figure[number.end() :], "value", what)
    bare = figure[number.start() :]
    if "%" in bare:
        for what, unit in (
            ("points", " percentage points"),
            ("times", " times"),
            ("basis points", " basis points"),
        ):
            yield _put(text, start, end, figure.replace("%", unit, 1), "unit", what)
    value = Decimal(number.group().replace(",", ""))
    shares = "%" in bare
    for what, words, factor in (
        ("at least more", "at least ", Decimal("1.3")),
        ("at most less", "at most ", Decimal("0.7")),
        ("more than more", "more than ", Decimal("1.2")),
        ("fewer", "less than ", Decimal("0.5")),
    ):
        moved = value * factor
        if shares and moved >= 100:
            continue
        yield _put(
            text, start, end, words + _DIGITS.sub(_write(moved, number.group()), bare, count=1), "bound", what
        )
    yield from _other_subjects(text, start, end)
    yield from _other_directions(text, start, end)


def _other_values(shown: str) -> Iterator[tuple[str, str]]:
    value = Decimal(shown.replace(",", ""))
    grain = Decimal(1).scaleb(-len(shown.partition(".")[2]))
    moves = {
        "one up": value + grain, "one down": value - grain, "seven up": value + 7 * grain, "doubled": value * 2, "halved": value / 2,
        "tenfold": value * 10, "a tenth": value / 10,
    }  # fmt: skip
    digits = [c for c in shown if c.isdigit()]
    if len(digits) >= 2 and digits[-1] != digits[-2]:
        moves["digits swapped"] = Decimal(re.sub(r"(\d)(\D?)(\d)$", r"\3\2\1", shown).replace(",", ""))
    for what, moved in moves.items():
        if moved > 0 and moved != value:
            yield what, _write(moved, shown)


def _write(value: Decimal, like: str) -> str:
    """A value written in the manner of another: separators where that one has them."""
    plain = format(value.normalize(), "f")
    whole, _, rest = plain.partition(".")
    return f"{int(whole):,}{'.' + rest if rest else ''}" if "," in like else plain


def _other_subjects(text: str, start: int, end: int) -> Iterator[Alteration]:
    names = [name for name in find_models(text) if name.end <= start or name.start >= end]
    if not names:
        return
    for other in _OTHER_MODELS:
        altered, low, high = text, start, end
        for name in reversed(names):
            shift = len(other) - (name.end - name.start)
            altered = altered[: name.start] + other + altered[name.end :]
            if name.end <= start:
                low, high = low + shift, high + shift
        yield Alteration(kind="subject", what=other, text=altered, start=low, end=high)


def _other_directions(text: str, start: int, end: int) -> Iterator[Alteration]:
    found = 0
    low, high = clause_around(text, start, end)
    for one, other in _TURNS:
        match = re.compile(rf"\b{one}\b").search(text, low, high)
        if match is None or found >= 2:
            continue
        found += 1
        shift = len(other) - len(one)
        inside = start <= match.start() < end
        before = match.end() <= start
        yield Alteration(
            kind="direction", what=f"{one} -> {other}", text=text[: match.start()] + other + text[match.end() :],
            start=start + (shift if before else 0), end=end + (shift if before or inside else 0),
        )  # fmt: skip


def _put(text: str, start: int, end: int, figure: str, kind: str, what: str) -> Alteration:
    return Alteration(
        kind=kind, what=what, text=text[:start] + figure + text[end:], start=start, end=start + len(figure)
    )
