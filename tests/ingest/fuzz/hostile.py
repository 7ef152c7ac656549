"""Hostile input for the readers: our own texts as pages, files and PDFs, cut, spliced and strewn with naughty strings.

The strings are the Big List of Naughty Strings (`blns.base64.json`, MIT, see `blns.LICENSE`), kept in the encoding
it is published in. Everything follows from the numbers that Hypothesis draws.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.ingest.truth import html_pages, text_pages
from tests.ingest.truth.source import load_texts

_HERE = Path(__file__).parent
_PRINTED = _HERE.parent / "truth" / "printed"

MARKUP = (
    "<sup>", "</sup>", "<sup>2", "<table>", "<tr><td rowspan=65535 colspan=1000>", "<td rowspan=0>", "</table>", "<th>", "<ol>", "<li id=fn1>",
    '<a href="#fn1">1</a>', '<a href="http://[::1">', "<figure>", "<figcaption>", "<caption>", '<p class="caption">', "<blockquote>", "</p>",
    "<div>", "</div>", "<math alttext='\\frac{1}{'>", "<base href='//x'>", "<!--", "-->", "<![CDATA[", "<svg>", "<plaintext>", "&#0;", "&#xD800;",
    "&#1114112;", "&nbsp", "\ue000", "\ue0000\ue001", "\ue0039\ue003", "\ue002", "\x00", "\x0c", "</article>", "<noscript>", "<template>",
    "<p hidden>", "<script type=math/tex>", '<meta name=date content="9999-99-99">', "<time datetime='x'>", "<h1></h1>", "<dl><dd>", "<q>", "<wbr>",
)  # fmt: skip
LINES = (
    "\n| a | 12% |\n|---|---|\n", "\n|", "|\n", "\n\t1\t2\n", "\n# ", "\n- ", "\n1. ", "\n> ", "\n```\n", "\n---\n", "\n===\n", "[^1]", "\n[^1]: x ", "[1]",
    "](", "[a](", "](http://a.example/(b)c)", "![", "<R ", "/>", "$", "$$x^{2}$$", "**", "_", "`", "\\", "<sup>3</sup>", "\nReferences\n", "\nNotes\n",
    "10^", "²", "⁻¹²", "–", "-\n", "\r\n", "\r", "\u2028", "\u0085", "\u00ad", "\u200b", "\u202e", "\ufeff", "\U0001d7d2", "٤٧٪", "½", "⅓", "“", "”", "''", "…",
    "one in four ", "12 of 100 ", "p < 0.05 ", "$-5 ", "1,2,3,4,5,6 ", "9" * 400 + " ", "1e999999 ", "1." * 60, "(" * 60, "a" * 5_000, " and" * 300,
)  # fmt: skip
DRAWN = (
    b"(", b")", b"<<", b">>", b"[", b"]", b"stream\n", b"endstream", b"endobj", b"obj", b"/ActualText (99)", b"/Kids", b"/Count -1", b"/Length 999999999",
    b"/Length -1", b"BT", b"ET", b"Tj", b"TJ", b"0 Tr", b"3 Tr", b"1e38 0 0 1e38 0 0 cm", b"nan", b"xref", b"trailer", b"%%EOF", b"\x00\xff", b"/Root 9999 0 R",
)  # fmt: skip


@functools.cache
def naughty_strings() -> tuple[str, ...]:
    listed = json.loads((_HERE / "blns.base64.json").read_text("ascii"))
    return tuple(base64.b64decode(one).decode("utf-8", "replace").rstrip("\n") for one in listed)


@functools.cache
def pages() -> tuple[str, ...]:
    return tuple(make(truth) for make in html_pages.STYLES.values() for truth in load_texts())


@functools.cache
def files() -> tuple[str, ...]:
    return tuple(make(truth) for make in text_pages.STYLES.values() for truth in load_texts())


@functools.cache
def prints() -> tuple[bytes, ...]:
    """The kept PDFs, and the same with their streams unpacked, so that a change reaches what is drawn."""
    kept = [path.read_bytes() for path in sorted(_PRINTED.glob("*.pdf"))]
    return (*kept, *map(_unpack, kept))


def _unpack(content: bytes) -> bytes:
    def open_stream(match: re.Match[bytes]) -> bytes:
        try:
            drawn = zlib.decompress(match.group(1))
        except zlib.error:
            return match.group()
        return b"<</Length %d>> stream\n%s\nendstream" % (len(drawn), drawn)

    packed = rb"<<[^<>]{0,400}/FlateDecode[^<>]{0,400}>>\s?stream\r?\n(.{0,200000}?)\r?\nendstream"
    return re.sub(packed, open_stream, content, flags=re.DOTALL)


_NUMBERS = st.integers(min_value=0, max_value=1_000_000)
_EDIT = st.tuples(st.integers(min_value=0, max_value=5), _NUMBERS, _NUMBERS, _NUMBERS)


def _edit(text: Any, edits: Sequence[tuple[int, int, int, int]], pieces: Sequence[Any]) -> Any:
    """A text or bytes with stretches cut, doubled, moved, and pieces put in or over it; places are parts of a
    million of its length."""
    for kind, where, what, length in edits:
        at = where * len(text) // 1_000_001
        size = length % 400
        piece = pieces[what % len(pieces)]
        if kind == 0:
            text = text[:at] + piece + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + size :]
        elif kind == 2:
            text = text[:at] + piece + text[at + size :]
        elif kind == 3:
            text = text[: at + size] + text[at : at + size] * (what % 5) + text[at + size :]
        elif kind == 4:
            other = what * len(text) // 1_000_001
            text = text[:at] + text[other : other + size] + text[at:]
        elif len(text) > 400:
            text = text[: max(200, at)] if length % 7 == 0 else text[:at] + piece * (what % 9) + text[at:]
    return text


def _of(seeds: Any, pieces: Any, most: int) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda which, edits: _edit(seeds()[which % len(seeds())], edits, pieces()),
        _NUMBERS,
        st.lists(_EDIT, min_size=1, max_size=most),
    )


def hostile_pages() -> st.SearchStrategy[str]:
    """HTML of our texts, changed in up to 12 places."""
    return _of(pages, lambda: (*MARKUP, *naughty_strings(), *LINES), 12)


def hostile_files() -> st.SearchStrategy[str]:
    """Markdown and plain text of our texts, changed in up to 12 places."""
    return _of(files, lambda: (*LINES, *naughty_strings()), 12)


def hostile_prints() -> st.SearchStrategy[bytes]:
    """PDFs of our texts, changed in up to 6 places."""
    return _of(prints, lambda: (*DRAWN, *(one.encode() for one in naughty_strings()[:200])), 6)


def hostile_answers() -> st.SearchStrategy[dict[str, Any]]:
    """What a worker might answer about pages whose lines stand anywhere and say anything."""
    place = st.one_of(
        st.integers(-50, 900).map(float), st.sampled_from([0.0, 45.0, 45.1, 300.0, 1e30, -1e30, 700.0, 60.0])
    )
    size = st.sampled_from([0.0, 0.1, 6.0, 8.0, 10.0, 10.1, 14.0, 1e20])
    words = st.one_of(
        st.sampled_from([
            "Table 1. Shares.", "Model\tRate\tn", "A\t12%\t4", "B\t1.5%\t9", "12%", "1", "[1] Smith, A. 2020.", "References", "\ue0001\ue001 A note.",
            "supe\u2010", "rvised in 25-", "39% of", "2 Method", "ends here.", "3", "\ue000", "\ue001", "\t", "\x02", "-", "\u00ad", "a\x02", "\u2010", "Abstract",
            "10\ue00025\ue001 FLOP", "• item", "a)", "Page 3 of 9", "Title of the paper", "\ue0003\ue001\ue0004\ue001", "x\t", "\ty", "\ufffd", "…",
        ]),
        st.text(max_size=12),
        st.integers(0, 1_000_000).map(lambda number: (*naughty_strings(), "x")[number % 464]),
    )  # fmt: skip
    line = st.builds(
        lambda t, x, w, y, s, r: {
            "t": t, "c": [[x + 60 * n, x + 60 * n + 30] for n in range(t.count("\t") + 1)], "x0": x, "x1": x + w, "y": y, "s": s, "r": r,
        },
        words, place, st.sampled_from([0.0, 30.0, 200.0, -5.0]), place, size, st.booleans(),
    )  # fmt: skip
    page = st.builds(
        lambda lines: {
            "lines": lines,
            "hidden": 0,
            "outside": 0,
            "spoofed": 0,
            "width": 612.0,
            "height": 792.0,
        },
        st.lists(line.filter(lambda one: bool(one["t"].strip())), max_size=25),
    )
    return st.builds(
        lambda held: {"ok": True, "pages": held, "meta": {}, "broken": []},
        st.lists(page, min_size=1, max_size=3),
    )
