"""Which digit a small picture shows: its shape against those of the fonts that pdfium itself brings.

Loaded by path in the PDF worker's process, so it imports nothing of this project. Owns what is called a shape
(ROWS x COLUMNS points, as bits of one int) and when one is another digit's. Refuses to know pages and files.
A shape that is like none of the known ones is no proof of anything: `is_other` is then False.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

ROWS, COLUMNS = 24, 18
_STRIDE = COLUMNS + 2  # a free column on each side, so that a shift never wraps into the next row
_FAINT = 24  # of 255: less difference to the ground than this is seen by nobody
# Shares of the points that are more than one point off, chosen over 1,200 digits in 30 fonts that pdfium doesn't
# bring (DejaVu, Computer Modern, STIX; 5 to 14 points): none of them is called another, 19 of 20 exchanges are.
_LIKE = 0.15  # at most so far from the other digit ...
_APART = 0.05  # ... and so much farther from the one that the text claims
_FIRST = 0.02  # as much at a first look, after which a second is taken

Ink = Sequence[Sequence[int]]


def darkest(ink: Ink) -> int:
    """The largest difference to the ground, 0 to 255."""
    return max((max(row) for row in ink if row), default=0)


def is_seen(ink: Ink) -> bool:
    return darkest(ink) >= _FAINT


def find_shape(ink: Ink) -> int:
    """The ink cut to what is drawn, at ROWS points of height with its proportions; 0 where nothing is."""
    bound = max(_FAINT, darkest(ink) // 2)
    rows = [index for index, row in enumerate(ink) if row and max(row) >= bound]
    if not rows:
        return 0
    top, bottom = rows[0], rows[-1] + 1
    kept = [ink[index] for index in range(top, bottom)]
    columns = [index for index in range(len(kept[0])) if any(row[index] >= bound for row in kept)]
    left, right = columns[0], columns[-1] + 1
    height, width = bottom - top, right - left
    across = min(COLUMNS, max(1, round(width * ROWS / height)))
    shift = (COLUMNS - across) // 2 + 1
    places = [left + (2 * x + 1) * width // (2 * across) for x in range(across)]
    shape = 0
    for y in range(ROWS):
        row = kept[(2 * y + 1) * height // (2 * ROWS)]
        bits = 0
        for x, place in enumerate(places):
            if row[place] >= bound:
                bits |= 1 << (x + shift)
        shape |= bits << ((y + 1) * _STRIDE)
    return shape


def widen(shape: int) -> int:
    """The shape and all points beside it."""
    flat = shape | shape << 1 | shape >> 1
    return flat | flat << _STRIDE | flat >> _STRIDE


def distance(one: int, wide_one: int, other: int, wide_other: int) -> float:
    """The share of both shapes' points that lie more than one point off the other."""
    points = one.bit_count() + other.bit_count()
    return ((one & ~wide_other).bit_count() + (other & ~wide_one).bit_count()) / points if points else 1.0


class KnownShapes:
    """Shapes of the ten digits, several for each."""

    def __init__(self, shapes: dict[str, list[int]]) -> None:
        self._known = [(digit, shape, widen(shape)) for digit, many in shapes.items() for shape in many]
        self.rank = lru_cache(maxsize=4096)(self._rank)

    def _rank(self, shape: int) -> dict[str, float]:
        """How far this shape is from each digit: 0 is the same, 1 has nothing in common."""
        wide = widen(shape)
        nearest: dict[str, float] = {}
        for digit, known, wide_known in self._known:
            far = distance(shape, wide, known, wide_known)
            if far < nearest.get(digit, 2.0):
                nearest[digit] = far
        return nearest

    def is_other(self, shape: int, claimed: str, *, first: bool = False) -> bool:
        """Whether this is another digit than the text claims: plainly, or enough for a second look."""
        if not shape:
            return False
        nearest = self.rank(shape)
        own = nearest.get(claimed, 1.0)
        best = min((far for digit, far in nearest.items() if digit != claimed), default=1.0)
        if first:
            return own - best >= _FIRST or own > _LIKE
        return best <= _LIKE and own - best >= _APART


# --------------------------------------------------------------------------- the known shapes

_FONTS = (
    "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman", "Times-Bold", "Times-Italic",
    "Times-BoldItalic", "Courier", "Courier-Bold", "Courier-Oblique",
)  # fmt: skip


def learn_shapes(pdfium: Any, draw: Any) -> KnownShapes:
    """The digits of the fonts that pdfium brings, drawn by pdfium itself; `draw` is ingest.pdf_picture.Picture."""
    raw = pdfium.raw
    document = pdfium.PdfDocument(_write_specimen())
    page = document[0]
    textpage = page.get_textpage()
    whole = (0.0, 0.0, 400.0, 40.0 * len(_FONTS))
    picture = draw(raw, page, whole, whole, 1.5, colours=False)
    many: dict[str, list[int]] = {}
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if not 48 <= code <= 57:
            continue
        values = [ctypes.c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(textpage, index, *(ctypes.byref(value) for value in values))
        left, right, bottom, top = (value.value for value in values)
        ink = [[255 - point for point in row] for row in picture.rows((left, bottom, right, top))]
        many.setdefault(chr(code), []).append(find_shape(ink))
    return KnownShapes(many)


def _write_specimen() -> bytes:
    """A PDF with the digits of each font on a line."""
    names = b"".join(
        b"/F%d<</Type/Font/Subtype/Type1/BaseFont/%s>>" % (n, f.encode()) for n, f in enumerate(_FONTS)
    )
    drawn = b"".join(
        b"BT /F%d 24 Tf 10 Tc 10 %d Td (0123456789) Tj ET\n" % (n, 40 * n + 10) for n in range(len(_FONTS))
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 %d]/Contents 4 0 R/Resources<</Font<<%s>>>>>>" % (40 * len(_FONTS), names),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    ]  # fmt: skip
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            table,
            len(out),
        )
    )
