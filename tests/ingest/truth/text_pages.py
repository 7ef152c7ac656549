"""Sets our texts as Markdown and as plain text: long lines, wrapped lines, and text copied off a page."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable

from tests.ingest.truth.source import Line, Part, Piece, Truth

_RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_WIDTH = 68
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)(?![^\s]*/)")


def set_markdown(truth: Truth) -> str:
    """Front matter, `#` headings, pipe tables, `[^1]` notes, <sup> for powers."""

    def inline(piece: Piece) -> str:
        return {
            "raised": f"<sup>{piece.text}</sup>", "lowered": f"<sub>{piece.text}</sub>", "mark": f"[^{piece.text}]",
            "cite": f"[{piece.text}]", "link": f"[{piece.text}]({piece.target})",
        }.get(piece.kind, piece.text)  # fmt: skip

    people = "".join(f"\n  - {name}" for name in truth.authors)
    out = [f'---\ntitle: "{truth.title}"\nauthors:{people}\ndate: {truth.published}\n---', f"# {truth.title}"]
    out += _set_parts(truth, inline, heading=lambda part, shown: "#" * part.level + " " + shown, quote="> ")
    out += [f"[^{note.label}]: {_set(note.line, inline)}" for note in truth.notes]
    if truth.references:
        out += [
            "## References",
            "\n".join(f"{ref.label}. {_set(ref.line, inline)}" for ref in truth.references),
        ]
    return "\n\n".join(out) + "\n"


def set_plain(truth: Truth) -> str:
    """A text whose lines are paragraphs; powers as raised digits, marks in brackets."""
    return _set_text(truth, mark="[{}]", wrap=None)


def set_wrapped(truth: Truth) -> str:
    """The same with lines broken at a width, behind hyphens too: "25-" and "39%" stand on two lines."""
    return _set_text(truth, mark="[{}]", wrap=_WIDTH)


def set_copied(truth: Truth) -> str:
    """As copied off a page: the marks of notes are glued to the words before them."""
    return _set_text(truth, mark="{}", wrap=None)


STYLES: dict[str, Callable[[Truth], str]] = {
    "markdown": set_markdown,
    "plain": set_plain,
    "wrapped": set_wrapped,
    "copied": set_copied,
}


def _set_text(truth: Truth, *, mark: str, wrap: int | None) -> str:
    def inline(piece: Piece) -> str:
        return {
            "raised": piece.text.translate(_RAISED), "lowered": piece.text.translate(_LOWERED),
            "mark": mark.format(piece.text), "cite": f"[{piece.text}]",
        }.get(piece.kind, piece.text)  # fmt: skip

    out = [truth.title]
    out += _set_parts(truth, inline, heading=lambda _, shown: shown, quote="> ", tabs=True)
    if truth.notes:
        out += ["Notes", "\n".join(f"{note.label}. {_set(note.line, inline)}" for note in truth.notes)]
    if truth.references:
        out += [
            "References",
            "\n".join(f"[{ref.label}] {_set(ref.line, inline)}" for ref in truth.references),
        ]
    if wrap is not None:
        out = [part if "\t" in part else _wrap(part, wrap) for part in out]
    return "\n\n".join(out) + "\n"


def _wrap(part: str, width: int) -> str:
    lines = []
    for line in part.split("\n"):
        indent = "> " if line.startswith("> ") else "  " if line[:2] in ("- ", "1.", "2.", "3.", "4.") else ""
        offered = _HYPHEN.sub("-\0 ", line)  # a line may end behind a hyphen
        broken = textwrap.wrap(
            offered, width, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
        )
        lines += [row.replace("\0 ", "").replace("\0", "") for row in broken]
    return "\n".join(lines)


def _set(line: Line, inline: Callable[[Piece], str]) -> str:
    return "".join(map(inline, line))


def _set_parts(
    truth: Truth,
    inline: Callable[[Piece], str],
    *,
    heading: Callable[[Part, str], str],
    quote: str,
    tabs: bool = False,
) -> list[str]:
    out = []
    for kind, group in itertools.groupby(truth.parts, key=lambda part: part.kind):
        parts = list(group)
        shown = [_set(part.line, inline) for part in parts]
        if kind == "item":
            out.append("\n".join(f"- {words}" for words in shown))
        elif kind == "step":
            out.append("\n".join(f"{number}. {words}" for number, words in enumerate(shown, 1)))
        elif kind == "heading":
            out += [heading(part, words) for part, words in zip(parts, shown, strict=True)]
        elif kind == "quote":
            out += [quote + words for words in shown]
        elif kind == "table":
            for part, words in zip(parts, shown, strict=True):
                out += [words, _set_table(part, inline, tabs=tabs)]
        else:
            out += shown
    return out


def _set_table(part: Part, inline: Callable[[Piece], str], *, tabs: bool) -> str:
    """Spanned cells are written once in each row and column: text has no spans. Two header rows become one."""
    width = sum(cell.across for cell in part.rows[0])
    grid = [[""] * width for _ in part.rows]
    taken = [[False] * width for _ in part.rows]
    for number, row in enumerate(part.rows):
        column = 0
        for cell in row:
            while taken[number][column]:
                column += 1
            for low, right in itertools.product(range(cell.down), range(cell.across)):
                taken[number + low][column + right] = True
                grid[number + low][column + right] = _set(cell.line, inline)
    heads = sum(row[0].header for row in part.rows)
    head = [" ".join(dict.fromkeys(grid[row][column] for row in range(heads))) for column in range(width)]
    rows = [head, *grid[heads:]]
    if tabs:
        return "\n".join("\t".join(row) for row in rows)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])
