"""Compares the figures of a page's text with its picture: what a reader sees there.

Loaded by path in the PDF worker's process, so it imports nothing of this project. The page is drawn twice by
pdfium, with and without its text; what differs inside a digit's box is the ink of that digit. No ink: nobody
sees it (white, covered, clipped, transparent, a layer that is off). The ink of another digit: the font claims
what it doesn't draw. Owns both findings. Refuses to know lines, words other than figures, and files.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_SCALE = 2.0  # points of the picture for one of the page
_LARGEST_SCALE = 4.0  # for pages with small figures
_WANTED = 14.0  # points of the picture that the lowest digit is to have
_PICTURE = 8_000_000  # points that a page's picture has at most
_CLOSE = 32.0  # points of height of a digit that is looked at again
_AGAIN = 200  # digits of one page that are looked at again; the others keep what the first look said
_OBJECTS = 50_000  # drawn objects of one page; a page of more isn't compared
_LOWEST = 4  # points of the picture below which a digit's shape can't be told
_INVISIBLE = 3  # text render mode
_CLIPPING = 4  # text render modes from here cut out what is drawn later, by the text's shape
_TINY = 0.75  # points of the page: what is drawn lower and narrower is read by nobody
_NEAR = 12  # characters within which another figure may belong to a doubted one ("1 in 20")
_STRAIGHT = 0.15  # tangent up to which a line of text counts as level
_FIGURES = 12  # figures named for one page
_LENGTH = 24  # characters of each
_JOINING = frozenset(".,'’:/%+-−–×^$€£\u2009\u202f")  # what stands inside a figure, or at its ends

Box = tuple[float, float, float, float]  # left, bottom, right, top in points of the page


@dataclass(slots=True)
class Findings:
    """Places of characters in pdfium's order. `unseen`: digits that the page doesn't show; `doubted`: digits of
    figures that the page shows otherwise. `figures`: (figure, "unseen" or "other"), the first few.
    `compared` is False where the page is too large to be drawn, or the time for that is used up."""

    unseen: set[int] = field(default_factory=set)
    doubted: set[int] = field(default_factory=set)
    figures: list[tuple[str, str]] = field(default_factory=list)
    compared: bool = True


class Picture:
    """A stretch of the page in shades of grey, or in colours."""

    def __init__(self, raw: Any, page: Any, area: Box, whole: Box, scale: float, *, colours: bool) -> None:
        self.scale = scale
        self.left, self.top = area[0], area[3]
        self.width = max(1, int((area[2] - area[0]) * scale + 0.999))
        self.height = max(1, int((area[3] - area[1]) * scale + 0.999))
        self.bytes_each = 4 if colours else 1
        kind = raw.FPDFBitmap_BGRx if colours else raw.FPDFBitmap_Gray
        bitmap = raw.FPDFBitmap_CreateEx(self.width, self.height, kind, None, 0)
        if not bitmap:
            raise MemoryError
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, self.width, self.height, 0xFFFFFFFF)
            across = int((whole[2] - whole[0]) * scale + 0.5)
            down = int((whole[3] - whole[1]) * scale + 0.5)
            right = -int((area[0] - whole[0]) * scale + 0.5)
            below = -int((whole[3] - area[3]) * scale + 0.5)
            raw.FPDF_RenderPageBitmap(bitmap, page, right, below, across, down, 0, raw.FPDF_ANNOT)
            self.stride = raw.FPDFBitmap_GetStride(bitmap)
            self.points = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), self.stride * self.height)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)

    def rows(self, box: Box) -> Iterator[bytes]:
        """The points of the box, a row each from the top; nothing outside the picture."""
        low = max(0, int((box[0] - self.left) * self.scale))
        high = min(self.width, int((box[2] - self.left) * self.scale) + 1)
        first = max(0, int((self.top - box[3]) * self.scale))
        last = min(self.height, int((self.top - box[1]) * self.scale) + 1)
        if low >= high:
            return
        for row in range(first, last):
            start = row * self.stride
            yield self.points[start + low * self.bytes_each : start + high * self.bytes_each]


def find_ink(with_text: Picture, without: Picture, box: Box) -> list[list[int]]:
    """How far each point of the box is changed by the page's text, 0 to 255, in rows from the top."""
    ink = []
    for drawn, ground in zip(with_text.rows(box), without.rows(box), strict=True):
        change = [abs(one - other) for one, other in zip(drawn, ground, strict=True)]
        if with_text.bytes_each == 4:
            change = [max(change[at : at + 3]) for at in range(0, len(change), 4)]
        ink.append(change)
    return ink


def find_contrast(drawn: Picture, box: Box) -> list[list[int]]:
    """How far each point of the box is from its first point, 0 to 255, in rows from the top."""
    ink: list[list[int]] = []
    first = b""
    for row in drawn.rows(box):
        first = first or row[: drawn.bytes_each]
        change = [abs(point - first[at % drawn.bytes_each]) for at, point in enumerate(row)]
        if drawn.bytes_each == 4:
            change = [max(change[at : at + 3]) for at in range(0, len(change), 4)]
        ink.append(change)
    return ink


class PageComparer:
    """One page: its text against its picture. `shapes` says which digit a picture shows (ingest.pdf_shapes);
    `trusted` are text objects that aren't compared (what was read from a scan, over the scan)."""

    def __init__(self, raw: Any, page: Any, textpage: Any, box: Box, shapes: Any, is_trusted: Any) -> None:
        self.raw = raw
        self.page = page
        self.textpage = textpage
        self.box = box
        self.shapes = shapes
        self.is_trusted = is_trusted
        self.again = _AGAIN

    def compare(self) -> Findings:
        """What the text and the picture of the page differ in."""
        found = Findings()
        codes = self._read_codes()
        digits = [index for index, code in enumerate(codes) if _is_digit(code)]
        boxes = {index: box for index in digits if (box := self._find_box(index)) is not None}
        boxes = {index: box for index, box in boxes.items() if self._is_inside(box)}
        if not boxes:
            return found
        texts = self._find_texts()
        if texts is None:
            found.doubted.update(digits)
            found.compared = False
            return found
        unseen, other = self._look(codes, boxes, texts)
        other |= self._find_overlaps(codes, boxes)
        self._tell(codes, unseen, other, found)
        return found

    def pass_over(self) -> Findings:
        """The page isn't compared; nothing on it is doubted."""
        return Findings(doubted=set(), compared=False)

    def leave_out(self) -> Findings:
        """All figures of a page that isn't compared are doubted."""
        digits = {index for index, code in enumerate(self._read_codes()) if _is_digit(code)}
        return Findings(doubted=digits, compared=not digits)

    def _read_codes(self) -> list[int]:
        raw = self.raw
        return [
            raw.FPDFText_GetUnicode(self.textpage, index)
            for index in range(raw.FPDFText_CountChars(self.textpage))
        ]

    def _find_box(self, index: int) -> Box | None:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pointers = (ctypes.byref(value) for value in (left, right, bottom, top))
        if not self.raw.FPDFText_GetCharBox(self.textpage, index, *pointers):
            return None
        return left.value, bottom.value, right.value, top.value

    def _is_inside(self, box: Box) -> bool:
        left, bottom, right, top = self.box
        return box[2] > left and box[0] < right and box[3] > bottom and box[1] < top

    # ----------------------------------------------------------------------- drawing

    def _find_texts(self) -> list[Any] | None:
        """Every text object of the page and the forms on it; None where there is too much on the page."""
        raw = self.raw
        texts = []
        count = raw.FPDFPage_CountObjects(self.page)
        if count > _OBJECTS:
            return None
        waiting = [raw.FPDFPage_GetObject(self.page, index) for index in range(count)]
        seen = 0
        while waiting:
            shape = waiting.pop()
            seen += 1
            kind = raw.FPDFPageObj_GetType(shape)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                texts.append(shape)
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                inside = raw.FPDFFormObj_CountObjects(shape)
                if seen + len(waiting) + inside > _OBJECTS:
                    return None
                waiting.extend(raw.FPDFFormObj_GetObject(shape, index) for index in range(inside))
        return texts

    def _draw(self, texts: list[Any], area: Box, scale: float, *, colours: bool) -> tuple[Picture, Picture]:
        """The area with its text and without."""
        raw = self.raw
        drawn = Picture(raw, self.page, area, self.box, scale, colours=colours)
        modes = [raw.FPDFTextObj_GetTextRenderMode(shape) for shape in texts]
        try:
            for shape in texts:
                raw.FPDFTextObj_SetTextRenderMode(shape, _INVISIBLE)
            ground = Picture(raw, self.page, area, self.box, scale, colours=colours)
        finally:
            for shape, mode in zip(texts, modes, strict=True):
                raw.FPDFTextObj_SetTextRenderMode(shape, mode)
        return drawn, ground

    def _choose_scale(self, boxes: dict[int, Box]) -> float:
        lowest = min(max(box[3] - box[1], 1.0) for box in boxes.values())
        area = max(1.0, (self.box[2] - self.box[0]) * (self.box[3] - self.box[1]))
        return float(min(max(_SCALE, min(_WANTED / lowest, _LARGEST_SCALE)), (_PICTURE / area) ** 0.5))

    # ----------------------------------------------------------------------- looking

    def _look(self, codes: list[int], boxes: dict[int, Box], texts: list[Any]) -> tuple[set[int], set[int]]:
        """Digits without ink, and digits with another's ink (or next to ink that the text says nothing of)."""
        drawn, ground = self._draw(texts, self.box, self._choose_scale(boxes), colours=False)
        unseen: set[int] = set()
        other: set[int] = set()
        for index, box in boxes.items():
            said = self._judge(codes, index, box, drawn, ground, first=self.again > 0)
            if said is not None and not self._is_trusted(index):
                if self.again > 0:
                    self.again -= 1
                    said = self._look_again(codes, index, box, texts)
                if said is not None:
                    (unseen if said == "unseen" else other).add(index)
        for index in boxes:
            for beside in (index - 1, index + 1):
                if 0 <= beside < len(codes) and self._is_silent_ink(codes, beside, drawn, ground):
                    other.add(index)
        return unseen, other

    def _judge(
        self, codes: list[int], index: int, box: Box, drawn: Picture, ground: Picture, *, first: bool = False
    ) -> str | None:
        if box[3] - box[1] < _TINY and box[2] - box[0] < _TINY:
            return "unseen"
        ink = find_ink(drawn, ground, box)
        if not self.shapes["is_seen"](ink) and self._is_clipping(index):
            ink = find_contrast(drawn, box)
        if not self.shapes["is_seen"](ink):
            return "unseen"
        if not 48 <= codes[index] <= 57 or len(ink) < _LOWEST:
            return None
        upright = self._turn(index, ink)
        if upright is None:
            return None
        shape = self.shapes["find_shape"](upright)
        return "other" if self.shapes["known"].is_other(shape, chr(codes[index]), first=first) else None

    def _is_clipping(self, index: int) -> bool:
        """Whether the text is itself the shape through which something else is seen."""
        shape = self.raw.FPDFText_GetTextObject(self.textpage, index)
        return bool(self.raw.FPDFTextObj_GetTextRenderMode(shape) >= _CLIPPING)

    def _look_again(self, codes: list[int], index: int, box: Box, texts: list[Any]) -> str | None:
        """The same for one digit, larger and in colours."""
        scale = min(_CLOSE / max(box[3] - box[1], 0.5), 40.0)
        if (box[2] - box[0]) * (box[3] - box[1]) * scale * scale > _PICTURE:
            return "other"
        drawn, ground = self._draw(texts, box, scale, colours=True)
        return self._judge(codes, index, box, drawn, ground)

    def _turn(self, index: int, ink: list[list[int]]) -> list[list[int]] | None:
        """The ink as it stands when its line of text is level; None for slanting and mirrored lines."""
        matrix = self.raw.FS_MATRIX()
        if not self.raw.FPDFText_GetMatrix(self.textpage, index, ctypes.byref(matrix)):
            return ink
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        if abs(b) <= _STRAIGHT * abs(a):
            if a > 0 and d > 0:
                return ink
            return [row[::-1] for row in ink[::-1]] if a < 0 and d < 0 else None
        if abs(a) <= _STRAIGHT * abs(b) and b * c < 0:
            turned = [list(row) for row in zip(*ink, strict=True)]  # rows become columns
            return [row[::-1] for row in turned] if b > 0 else turned[::-1]
        return None

    def _is_trusted(self, index: int) -> bool:
        return bool(self.is_trusted(self.raw.FPDFText_GetTextObject(self.textpage, index)))

    def _is_silent_ink(self, codes: list[int], index: int, drawn: Picture, ground: Picture) -> bool:
        """Whether something is drawn where the text has a blank or nothing: "15" whose 1 reads as a space."""
        if codes[index] not in _BLANK or self.raw.FPDFText_IsGenerated(self.textpage, index) == 1:
            return False
        box = self._find_box(index)
        if box is None or box[2] - box[0] < 0.5 or box[3] - box[1] < 0.5:
            return False
        inset = 0.2 * (box[2] - box[0])
        return bool(
            self.shapes["is_seen"](find_ink(drawn, ground, (box[0] + inset, box[1], box[2] - inset, box[3])))
        )

    def _find_overlaps(self, codes: list[int], boxes: dict[int, Box]) -> set[int]:
        """Digits that stand on another digit: one glyph that reads as two, or two texts at one place."""
        places: dict[tuple[int, int], list[int]] = {}
        for index, (left, bottom, right, top) in boxes.items():
            places.setdefault((int((left + right) / 4), int((bottom + top) / 8)), []).append(index)
        standing: set[int] = set()
        for (across, up), many in places.items():
            near = [*many, *places.get((across + 1, up), []), *places.get((across, up + 1), [])][:40]
            for one in many[:40]:
                for two in near:
                    if one < two and _share(boxes[one], boxes[two]) > 0.6 and self._differ(codes, one, two):
                        standing.update((one, two))
        return standing

    def _differ(self, codes: list[int], one: int, two: int) -> bool:
        """Whether these are two readings of one place: not the same digit drawn twice to look bold, and no
        fraction that is one glyph."""
        if any(code in (0x2F, 0x2044) for code in codes[one : two + 1]):
            return False
        return codes[one] != codes[two] or two == one + 1

    # ----------------------------------------------------------------------- telling

    def _tell(self, codes: list[int], unseen: set[int], other: set[int], found: Findings) -> None:
        """A figure of which nothing is seen is unseen; one that is seen in part, or otherwise, is doubted whole."""
        if not unseen and not other:
            return
        figures = list(_find_figures(codes))
        digits = [{index for index in figure if _is_digit(codes[index])} for figure in figures]
        for figure, own in zip(figures, digits, strict=True):
            if not own & (unseen | other):
                continue
            why = "unseen" if own <= unseen else "other"
            (found.unseen if why == "unseen" else found.doubted).update(own)
            if len(found.figures) < _FIGURES:
                found.figures.append(("".join(chr(codes[index]) for index in figure)[:_LENGTH], why))
        doubted = sorted(found.doubted)
        for own in digits:
            at = bisect_left(doubted, min(own, default=0) - _NEAR)
            if own and at < len(doubted) and doubted[at] <= max(own) + _NEAR:
                found.doubted.update(own - found.unseen)


_BLANK = frozenset({0, 9, 0x20, 0xA0, 0xAD, 0x2060, 0xFEFF, *range(0x2000, 0x2010), 0x202F})


def _is_digit(code: int) -> bool:
    return 48 <= code <= 57 or (code > 127 and code <= 0x10FFFF and chr(code).isdigit())


def _find_figures(codes: list[int]) -> Iterator[list[int]]:
    """Runs of digits with what joins them; groups of digits with one space between are one figure."""
    figure: list[int] = []
    for index, code in enumerate(codes):
        inside = _is_digit(code) or (0 < code <= 0x10FFFF and chr(code) in _JOINING)
        grouped = (
            code in (0x20, 0xA0, 2) and 0 < index < len(codes) - 1 and _is_digit(codes[index - 1]) and _is_digit(codes[index + 1])
        )  # fmt: skip
        if inside or grouped:
            figure.append(index)
        elif figure:
            yield figure
            figure = []
    if figure:
        yield figure


def _share(one: Box, two: Box) -> float:
    """How much of the smaller box lies in the other, 0 to 1."""
    across = min(one[2], two[2]) - max(one[0], two[0])
    up = min(one[3], two[3]) - max(one[1], two[1])
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (two[2] - two[0]) * (two[3] - two[1]))
    return across * up / smaller if across > 0 and up > 0 and smaller > 0 else 0.0
