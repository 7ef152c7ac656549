"""Small PDFs written by hand: only what a test needs, so that it can say what is on the page."""

from __future__ import annotations

import zlib

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def make_objects(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        trailer,
        start,
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def packed(content: bytes) -> bytes:
    return stream(zlib.compress(content, 9), b"/Filter/FlateDecode")


def make_pdf(pages: list[bytes], *, extra: tuple[bytes, ...] = (), resources: bytes = b"") -> bytes:
    """One page for each content stream. `extra` objects are numbered from 4 + 2 * len(pages)."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        FONT,
    ]
    for index, content in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>%s>>>>"
            % (5 + 2 * index, resources)
        )
        objects.append(content if content.startswith(b"<<") else stream(content))
    return make_objects([*objects, *extra])


def text(x: float, y: float, words: str, size: float = 10, mode: int = 0) -> bytes:
    """Words drawn at a place."""
    escaped = words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F %g Tf %d Tr %g %g Td (%s) Tj ET\n" % (size, mode, x, y, escaped)


def lines(*rows: str, x: float = 72, y: float = 700, size: float = 10, leading: float = 12) -> bytes:
    """Rows of text one below the other."""
    return b"".join(text(x, y - leading * number, row, size) for number, row in enumerate(rows))
