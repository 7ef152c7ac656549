"""Runs alone in a throw-away process: PDF bytes on standard input, lines of text as JSON on standard output.

Started by path (`python -I pdf_worker.py LIMITS`), so it imports nothing of this project and loads the files
beside it by path. Owns what pdfium sees: characters, their boxes, what is hidden; figures are compared with the
page's picture (ingest.pdf_picture). Refuses to know paragraphs, documents and the net.
The answer is {"ok": true, "pages": [...], ...} or {"ok": false, "code": ..., "message": ...}.
"""

from __future__ import annotations

import ctypes
import json
import re
import runpy
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

_SUP_OPEN, _SUP_CLOSE = "\ue000", "\ue001"
# The letters of a ligature share its box, in which the second seems to hang above the line.
_LIGATURE = re.compile(
    f"{_SUP_OPEN}(f\u00ad?f\u00ad?[il]?|f\u00ad?[ilt]|t\u00ad?t|[sc]\u00ad?t|Th){_SUP_CLOSE}"
)
_CELL = "\t"  # between stretches of a line that stand apart, as the cells of a table do
_GAP = 0.7  # of the line's height: from here two stretches stand apart
_INVISIBLE = 3  # text render mode: neither fill nor stroke
_RAISED = 0.12  # of the line's height: from here a small character is a superscript
_SMALL = 0.82  # of the line's height
_TINY = 0.9  # points: what is drawn smaller is not read by a person
_WHITE = 250  # of 255 in each of red, green and blue
_OBJECTS = 20_000  # drawn objects looked at for replacements on one page
_COMPARING = 0.6  # share of the CPU time that may be used up before a page is compared with its picture
_COVERS = 0.5  # share of the page that a scan covers, over which invisible text is its OCR layer


class RefusalError(Exception):
    """Why this file is not read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_pages(content: bytes, limits: dict[str, int], jail: dict[str, Any]) -> dict[str, Any]:
    """Everything wanted of the file."""
    import pypdfium2

    raw = pypdfium2.raw
    beside = Path(__file__).parent
    shapes = runpy.run_path(str(beside / "pdf_shapes.py"))
    drawing = runpy.run_path(str(beside / "pdf_picture.py"))
    jail["close_doors"]()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        raise _explain_fault(raw) from fault
    count = len(document)
    if count > limits["pages"]:
        raise RefusalError("over_limit", f"{count:,} pages, over the limit of {limits['pages']:,}")
    room = limits["text_chars"]
    shapes["known"] = shapes["learn_shapes"](pypdfium2, drawing["Picture"])
    comparing = _Comparing(drawing, shapes, _COMPARING * limits["cpu_s"])
    pages = []
    broken = []
    for number in range(count):
        try:
            page = _read_page(raw, document, number, comparing)
        except (pypdfium2.PdfiumError, ValueError, OverflowError):
            broken.append(number + 1)
            page = {"lines": [], "hidden": 0, "outside": 0, "width": 0, "height": 0}
        room -= sum(len(line["t"]) for line in page["lines"])
        if room < 0:
            raise RefusalError("over_limit", f"more than {limits['text_chars']:,} characters of text")
        pages.append(page)
    return {"ok": True, "pages": pages, "broken": broken, "meta": _read_meta(document)}


def _explain_fault(raw: Any) -> RefusalError:
    code = raw.FPDF_GetLastError()
    if code == raw.FPDF_ERR_PASSWORD:
        return RefusalError("needs_password", "is encrypted and needs a password; give a copy without one")
    if code == raw.FPDF_ERR_SECURITY:
        return RefusalError("needs_password", "is protected in a way that can't be opened; give an open copy")
    return RefusalError("broken", "is damaged: pdfium finds no document in it")


def _read_meta(document: Any) -> dict[str, str]:
    meta = {}
    for key in ("Title", "Author", "CreationDate"):
        value = document.get_metadata_value(key)
        if value:
            meta[key] = str(value)[:500]
    return meta


class _Comparing:
    """How pages are compared with their pictures, and until when (seconds of CPU time)."""

    def __init__(self, drawing: dict[str, Any], shapes: dict[str, Any], until_s: float) -> None:
        self.drawing = drawing
        self.shapes = shapes
        self.until_s = until_s

    def compare(self, reader: _PageReader) -> Any:
        comparer = self.drawing["PageComparer"](
            reader.raw, reader.page, reader.textpage, reader.box, self.shapes, reader.is_scanned_text
        )
        # Once the time is up, pages are read as they were before there was a comparison, and that is said:
        # what a long report's last pages say must not hang on how fast the machine is.
        return comparer.pass_over() if time.process_time() > self.until_s else comparer.compare()


def _read_page(raw: Any, document: Any, number: int, comparing: _Comparing) -> dict[str, Any]:
    page = document[number]
    replaced = _take_replacements(raw, page)
    textpage = page.get_textpage()
    left, bottom, right, top = page.get_bbox()
    claimed = [
        said for shape, said in replaced if _digits(said) != _digits(_drawn_text(raw, textpage, shape))
    ]
    reader = _PageReader(raw, page, textpage, (left, bottom, right, top))
    reader.found = found = comparing.compare(reader)
    lines = reader.read()
    return {
        "lines": lines,
        "hidden": reader.hidden,
        "outside": reader.outside,
        "figures": found.figures,
        "compared": found.compared,
        "spoofed": len(claimed),
        "claimed": [" ".join(text.split())[:24] for text in claimed[:12]],
        "afar": reader.afar[:60].split()[:12],
        "width": round(right - left, 1),
        "height": round(top - bottom, 1),
    }


def _take_replacements(raw: Any, page: Any) -> list[tuple[Any, str]]:
    """Take away every /ActualText that holds a digit, so that the digits drawn are read and not those that
    the file claims; (object, claimed text) of each."""
    replaced = []
    waiting = [
        raw.FPDFPage_GetObject(page, index) for index in range(min(raw.FPDFPage_CountObjects(page), _OBJECTS))
    ]
    seen = 0
    while waiting and seen < _OBJECTS:
        shape = waiting.pop()
        seen += 1
        if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_FORM:
            count = min(raw.FPDFFormObj_CountObjects(shape), _OBJECTS - len(waiting))
            waiting.extend(raw.FPDFFormObj_GetObject(shape, index) for index in range(count))
        for number in reversed(range(min(max(raw.FPDFPageObj_CountMarks(shape), 0), 20))):
            mark = raw.FPDFPageObj_GetMark(shape, number)
            claimed = _actual_text(raw, mark)
            if claimed is not None and _digits(claimed) and raw.FPDFPageObj_RemoveMark(shape, mark):
                replaced.append((shape, claimed))
    return replaced


def _actual_text(raw: Any, mark: Any) -> str | None:
    needed = ctypes.c_ulong()
    key = b"ActualText"
    if not raw.FPDFPageObjMark_GetParamStringValue(mark, key, None, 0, ctypes.byref(needed)):
        return None
    size = min(needed.value, 100_000)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    if not raw.FPDFPageObjMark_GetParamStringValue(mark, key, buffer, size, ctypes.byref(needed)):
        return None
    return bytes(buffer)[:size].decode("utf-16-le", "ignore").rstrip("\x00")


def _drawn_text(raw: Any, textpage: Any, shape: Any) -> str:
    size = min(raw.FPDFTextObj_GetText(shape, textpage, None, 0), 100_000)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFTextObj_GetText(shape, textpage, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "ignore").rstrip("\x00")


class _PageReader:
    """Characters of one page, put into lines as pdfium orders them."""

    def __init__(self, raw: Any, page: Any, textpage: Any, box: tuple[float, float, float, float]) -> None:
        self.raw = raw
        self.page = page
        self.textpage = textpage
        self.box = box
        self.left, self.bottom, self.right, self.top = box
        self.found: Any = None  # what the page's picture says of its figures (ingest.pdf_picture.Findings)
        self.hidden = 0
        self.outside = 0
        self.afar = ""  # the figures outside the page, a space between what isn't one number
        self.scanned: bool | None = None
        self.covered: bool | None = None
        self.unseen: dict[int, bool] = {}

    def read(self) -> list[dict[str, Any]]:
        raw, textpage = self.raw, self.textpage
        rect = raw.FS_RECTF()
        pointer = ctypes.byref(rect)
        lines: list[dict[str, Any]] = []
        line: list[tuple[str, float, float, float, float]] = []
        for index in range(raw.FPDFText_CountChars(textpage)):
            code = raw.FPDFText_GetUnicode(textpage, index)
            if code in (10, 13):
                if line:
                    lines.append(self._finish(line))
                    line = []
                continue
            if code in (0, 0xFFFE, 0xFFFF) or (code < 32 and code not in (2, 9)):
                continue
            letter = _letter(code)
            if letter == " " or not raw.FPDFText_GetLooseCharBox(textpage, index, pointer):
                if line:
                    line.append((" ", *line[-1][1:]))
                continue
            if not self._is_shown(index, rect):
                continue
            if index in self.found.doubted:
                letter = "\ufffd"
            line.append((letter, rect.left, rect.bottom, rect.right, rect.top))
            if code == 2:  # pdfium's mark for a hyphen at the end of a line
                lines.append(self._finish(line))
                line = []
        if line:
            lines.append(self._finish(line))
        return [found for found in lines if found["t"].strip()]

    def _is_shown(self, index: int, rect: Any) -> bool:
        outside = (
            rect.right < self.left - 1
            or rect.left > self.right + 1
            or rect.top < self.bottom - 1
            or rect.bottom > self.top + 1
        )
        if outside:
            self.outside += 1
            letter = chr(self.raw.FPDFText_GetUnicode(self.textpage, index))
            if len(self.afar) < 60:
                self.afar += letter if letter.isdecimal() or letter in ".,%" else " "
            return False
        shape = self.raw.FPDFText_GetTextObject(self.textpage, index)
        address = ctypes.cast(shape, ctypes.c_void_p).value or 0
        unseen = self.unseen.get(address)
        if unseen is None:
            unseen = bool(address) and self._is_unseen(shape)
            self.unseen[address] = unseen
        if (
            unseen
            or index in self.found.unseen
            or (rect.top - rect.bottom < _TINY and rect.right - rect.left < _TINY)
        ):
            self.hidden += 1
            return False
        return True

    def _is_unseen(self, shape: Any) -> bool:
        """Whether a text is drawn so that nobody sees it: invisible (but over a scan it is what was read
        from the scan), or white where nothing but text is on the page."""
        if self.raw.FPDFTextObj_GetTextRenderMode(shape) == _INVISIBLE:
            return not self._is_scanned()
        colour = [ctypes.c_uint() for _ in range(4)]
        if not self.raw.FPDFPageObj_GetFillColor(shape, *(ctypes.byref(part) for part in colour)):
            return False
        red, green, blue, alpha = (part.value for part in colour)
        return alpha == 0 or (min(red, green, blue) >= _WHITE and not self._has_background())

    def is_scanned_text(self, shape: Any) -> bool:
        """Whether this is what was read from a scan: invisible, over a picture of the page."""
        return bool(self.raw.FPDFTextObj_GetTextRenderMode(shape) == _INVISIBLE and self._is_scanned())

    def _has_background(self) -> bool:
        """Whether anything but text is drawn, on which white text could be seen."""
        if self.covered is None:
            raw = self.raw
            self.covered = any(
                raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(self.page, index)) != raw.FPDF_PAGEOBJ_TEXT
                for index in range(min(raw.FPDFPage_CountObjects(self.page), _OBJECTS))
            )
        return self.covered

    def _is_scanned(self) -> bool:
        """Whether an image covers most of the page, so that invisible text is what was read from it."""
        if self.scanned is None:
            area = max(1.0, (self.right - self.left) * (self.top - self.bottom))
            covered = 0.0
            raw = self.raw
            for index in range(min(raw.FPDFPage_CountObjects(self.page), 5_000)):
                shape = raw.FPDFPage_GetObject(self.page, index)
                kind = raw.FPDFPageObj_GetType(shape)
                if kind not in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
                    continue
                box = [ctypes.c_float() for _ in range(4)]
                if raw.FPDFPageObj_GetBounds(shape, *(ctypes.byref(value) for value in box)):
                    x0, y0, x1, y1 = (value.value for value in box)
                    covered += max(0.0, x1 - x0) * max(0.0, y1 - y0)
            self.scanned = covered >= _COVERS * area
        return self.scanned

    def _finish(self, line: list[tuple[str, float, float, float, float]]) -> dict[str, Any]:
        drawn = [char for char in line if char[0] != " "]
        if not drawn:
            return {"t": ""}
        heights = Counter(round(char[4] - char[2], 1) for char in drawn)
        size = max(heights, key=lambda height: (heights[height], height))
        bases = Counter(round(char[2], 1) for char in drawn if round(char[4] - char[2], 1) == size)
        base = max(bases, key=lambda value: (bases[value], -value))
        letters = []
        raised = False
        right = None  # of the last character drawn
        edges = [[min(char[1] for char in drawn[:1]), 0.0]]
        for letter, left, low, end, high in line:
            if letter != " " and right is not None and left - right > _GAP * size:
                letters.append((_SUP_CLOSE if raised else "") + _CELL)
                raised = False
                edges[-1][1] = right
                edges.append([left, 0.0])
            right = end if letter != " " else right
            above = (
                letter != " "
                and high - low < _SMALL * size
                and low - base > _RAISED * size
                and len(drawn) > 1
            )
            if letter != " " and above != raised:
                letters.append(_SUP_OPEN if above else _SUP_CLOSE)
                raised = above
            letters.append(letter)
        if raised:
            letters.append(_SUP_CLOSE)
        edges[-1][1] = right or edges[-1][0]
        text = (
            _LIGATURE.sub(r"\1", "".join(letters))
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
        xs = [char[1] for char in drawn]
        turned = len(drawn) > 3 and max(xs) - min(xs) < size and _height(drawn) > 4 * size
        return {
            "t": _CELL.join(" ".join(cell.split()) for cell in text.split(_CELL)),
            "c": [[round(low - self.left, 1), round(high - self.left, 1)] for low, high in edges],
            "x0": round(min(xs) - self.left, 1),
            "x1": round(max(char[3] for char in drawn) - self.left, 1),
            "y": round(base - self.bottom, 1),
            "s": size,
            "r": turned,
        }


def _height(chars: list[tuple[str, float, float, float, float]]) -> float:
    return max(char[4] for char in chars) - min(char[2] for char in chars)


def _letter(code: int) -> str:
    if code in (9, 0x20, 0xA0, 0x2007, 0x202F) or 0x2000 <= code <= 0x200A:
        return " "
    if code == 0xF0B7:  # the bullet of the Symbol font
        return "•"
    if 0xE000 <= code <= 0xE003:
        return "\ufffd"
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def main() -> int:
    limits = json.loads(sys.argv[1])
    jail = runpy.run_path(str(Path(__file__).with_name("jail.py")))
    jail["limit_self"](limits["memory_bytes"], limits["cpu_s"])
    content = sys.stdin.buffer.read()
    try:
        if limits.get("probe"):
            jail["close_doors"]()
            answer: dict[str, Any] = {"ok": True, "refused": jail["probe_limits"](limits["memory_bytes"])}
        else:
            answer = read_pages(content, limits, jail)
    except RefusalError as refusal:
        answer = {"ok": False, "code": refusal.code, "message": refusal.message}
    except MemoryError:
        answer = {"ok": False, "code": "over_limit", "message": "needs more memory than it may use"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
