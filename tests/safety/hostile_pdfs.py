"""PDFs whose text says "99" where the page shows nothing or something else, and honest ones beside them.

Written by hand, each a page of few objects, so that what a reader sees is known. `HOSTILE` and `HONEST`: name to
the file's bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.ingest.pdf_files import lines, make_objects, make_pdf, packed, stream, text

ABOVE = lines("The share of runs that failed in the test is told below in full.", y=740)
IMAGE = stream(
    b"\xff", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
)
FAILED = " percent of all runs failed in the test."
SWAP = "0918273645"  # what a font with exchanged digits says for 0 to 9, none its own but as listed


def page(
    drawn: bytes,
    *,
    extra: tuple[bytes, ...] = (),
    resources: bytes = b"",
    entries: bytes = b"",
    catalogue: bytes = b"",
) -> bytes:
    """One page: objects 1 catalogue, 2 pages, 3 font, 4 page, 5 its content, 6... `extra`."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R%s/Resources<</Font<</F 3 0 R/G 6 0 R>>%s>>>>"
        % (entries, resources),
        packed(ABOVE + drawn),
        *(extra or (b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>",)),
    ]  # fmt: skip
    return make_objects(objects)


def cmap(pairs: dict[int, str]) -> bytes:
    """A ToUnicode map: character codes to what they claim to be."""
    rows = b"".join(
        b"<%02x> <%s>\n" % (code, said.encode("utf-16-be").hex().encode()) for code, said in pairs.items()
    )
    return packed(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n%d beginbfchar\n%sendbfchar\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end" % (len(pairs), rows)
    )


def claim(shown: str, said: dict[str, str], *, base: str = "Helvetica", turned: bool = False) -> bytes:
    """A page that shows `shown` in a font whose letters claim to be others, behind it honest words."""
    pairs = {code: said.get(chr(code), chr(code)) for code in range(32, 127)}
    font = (
        b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding/ToUnicode 7 0 R>>" % base.encode()
    )
    place = b"0 1 -1 0 300 200" if turned else b"1 0 0 1 72 600"
    drawn = b"BT /G 10 Tf %s Tm (%s) Tj /F 10 Tf (%s) Tj ET\n" % (place, shown.encode(), FAILED.encode())
    return page(drawn, extra=(font, cmap(pairs)))


def type3(glyph: bytes) -> bytes:
    """A page with "99" in a font of its own, whose nine is drawn by `glyph` on a square of 1000."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 57/LastChar 57"
        b"/Widths[600]/Encoding<</Type/Encoding/Differences[57/nine]>>/CharProcs<</nine 7 0 R>>/Resources<<>>"
        b"/ToUnicode 8 0 R>>"
    )
    drawn = b"BT /G 10 Tf 72 600 Td (99) Tj ET\n" + text(86, 600, FAILED)
    return page(drawn, extra=(font, stream(b"600 0 d0 " + glyph), cmap({57: "9"})))


def encoded() -> bytes:
    """The font's encoding draws "one" for the code of nine; its map says nine."""
    font = (
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding"
        b"/Differences[57/one]>>/ToUnicode 7 0 R>>"
    )
    drawn = b"BT /G 10 Tf 72 600 Td (99) Tj ET\n" + text(86, 600, FAILED)
    return page(drawn, extra=(font, cmap({57: "9"})))


def annotated() -> bytes:
    """White ink on top of the figure, as a note on the page."""
    note = (
        b"/Annots[<</Type/Annot/Subtype/Square/F 4/Rect[70 595 90 612]/C[1 1 1]/IC[1 1 1]/AP<</N 6 0 R>>>>]"
    )
    cover = stream(b"1 1 1 rg 0 0 20 17 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 20 17]")
    return page(text(72, 600, "99" + FAILED), extra=(cover,), entries=note)


def layered(state: bytes) -> bytes:
    """The figure on a layer of its own that is /ON or /OFF."""
    layer = b"<</Type/OCG/Name(layer)>>"
    drawn = b"/OC /L BDC\n" + text(72, 600, "99") + b"EMC\n" + text(86, 600, FAILED)
    options = b"/OCProperties<</OCGs[6 0 R]/D<</%s[6 0 R]>>>>" % state
    return page(drawn, extra=(layer,), resources=b"/Properties<</L 6 0 R>>", catalogue=options)


def imaged(drawn: bytes) -> bytes:
    """A page that also has an image, so that white isn't told by the page being empty."""
    return page(drawn, extra=(IMAGE,), resources=b"/XObject<</I 6 0 R>>")


def form(drawn: bytes) -> bytes:
    """The same in a form on the page."""
    inside = stream(drawn, b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>")
    return page(b"0.9 g 400 100 50 50 re f 0 g /X Do\n", extra=(inside,), resources=b"/XObject<</X 6 0 R>>")


def faded(alpha: bytes) -> bytes:
    state = b"/ExtGState<</T<</ca %s/CA %s>>>>" % (alpha, alpha)
    return page(b"q /T gs " + text(72, 600, "99") + b"Q " + text(86, 600, FAILED), resources=state)


SHOWN = text(86, 600, FAILED)
NINES = text(72, 600, "99")
SEVEN = b"100 700 500 100 re f 500 700 m 600 700 l 350 0 l 250 0 l f"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "white on white": lambda: page(b"1 g " + NINES + b"0 g " + SHOWN),
    "white beside an image": lambda: imaged(b"q 40 0 0 40 400 100 cm /I Do Q 1 g " + NINES + b"0 g " + SHOWN),
    "the colour of its ground": lambda: page(b"0 .3 .8 rg 60 590 50 30 re f " + NINES + b"0 g " + SHOWN),
    "a shade off its ground": lambda: page(b".5 g 60 590 50 30 re f .52 g " + NINES + b"0 g " + SHOWN),
    "invisible": lambda: page(text(72, 600, "99", mode=3) + SHOWN),
    "only a clip": lambda: page(b"q " + text(72, 600, "99", mode=7) + b"Q " + SHOWN),
    "outside the page": lambda: page(text(5000, 600, "99") + SHOWN),
    "outside the clip": lambda: page(b"q 300 300 10 10 re W n " + NINES + b"Q " + SHOWN),
    "under a white box": lambda: page(NINES + b"1 g 70 595 15 20 re f 0 g " + SHOWN),
    "under an image": lambda: imaged(NINES + b"q 15 0 0 20 70 595 cm /I Do Q " + SHOWN),
    "under a note": annotated,
    "in part under a box": lambda: page(NINES + b"1 g 77.6 595 10 20 re f 0 g " + SHOWN),
    "transparent": lambda: faded(b"0"),
    "on a layer that is off": lambda: layered(b"OFF"),
    "white in a form": lambda: form(b"1 g " + NINES + b"0 g " + SHOWN),
    "too small to see": lambda: page(text(72, 600, "99", 0.4) + SHOWN),
    "white under other words": lambda: page(b"1 g " + NINES + b"0 g " + text(72, 600, "12" + FAILED)),
    "replaced by other digits": lambda: page(
        b"/Span <</ActualText (99)>> BDC\n" + text(72, 600, "1") + b"EMC\n" + SHOWN
    ),
    "exchanged digits": lambda: claim("11", {"1": "9", "9": "1"}),
    "exchanged digits, serifs": lambda: claim("44", {"4": "9"}, base="Times-Bold"),
    "exchanged digits up the margin": lambda: claim("33", {"3": "9"}, turned=True),
    "letters that claim digits": lambda: claim("72", {"7": "9", "2": "9"}, base="Courier"),
    "one letter that claims two": lambda: claim("9", {"9": "99"}),
    "a digit that claims a blank": lambda: claim("199", {"1": " "}),
    "a point that claims nothing": lambda: claim("9.9", {".": "\u200b"}),
    "another encoding": encoded,
    "a font of its own": lambda: type3(SEVEN),
    "a font that draws nothing": lambda: type3(b""),
}

HONEST: dict[str, Callable[[], bytes]] = {
    "plain": lambda: page(text(72, 600, "99" + FAILED)),
    "exact map": lambda: claim("99", {}),
    "light grey": lambda: page(b".7 g " + text(72, 600, "99" + FAILED) + b"0 g "),
    "white on dark": lambda: page(b"0 g 60 590 400 30 re f 1 g " + text(72, 600, "99" + FAILED)),
    "red on green": lambda: page(b"0 .5 0 rg 60 590 400 30 re f 1 0 0 rg " + text(72, 600, "99" + FAILED)),
    "on an image": lambda: imaged(b"q 15 0 0 20 70 595 cm /I Do Q " + text(72, 600, "99" + FAILED)),
    "half transparent": lambda: faded(b".5"),
    "on a layer that is on": lambda: layered(b"ON"),
    "in a form": lambda: form(NINES + SHOWN),
    "struck through": lambda: page(text(72, 600, "99" + FAILED) + b"70 603 200 .6 re f "),
    "underlined": lambda: page(text(72, 600, "99" + FAILED) + b"70 598 200 .6 re f "),
    "marked with a colour": lambda: page(b"1 1 0 rg 70 595 200 15 re f 0 g " + text(72, 600, "99" + FAILED)),
    "drawn twice to look bold": lambda: page(text(72, 600, "99" + FAILED) + text(72.2, 600, "99")),
    "outlined": lambda: page(text(72, 600, "99" + FAILED, mode=1)),
    "small print": lambda: page(text(72, 600, "99" + FAILED, 4)),
    "a headline": lambda: page(text(72, 600, "99" + FAILED, 20)),
    "slanted by the page": lambda: page(b"BT /F 10 Tf 1 0 .3 1 72 600 Tm (99%s) Tj ET\n" % FAILED.encode()),
    "squeezed": lambda: page(b"BT /F 10 Tf 70 Tz 72 600 Td (99%s) Tj ET\n" % FAILED.encode()),
    "replaced by the same": lambda: page(
        b"/Span <</ActualText (99)>> BDC\n" + text(72, 600, "99") + b"EMC\n" + SHOWN
    ),
    "cut out of a colour": lambda: page(
        b"q " + text(72, 600, "99", mode=7) + b"0 .2 .6 rg 0 0 612 792 re f Q " + SHOWN
    ),
    "fonts that can be had": lambda: make_pdf(
        [
            ABOVE
            + b"".join(
                b"BT /H%d 10 Tf 72 %d Td (In 1 of 234 runs, 567.8 and 99 of them failed.) Tj ET\n"
                % (n, 680 - 14 * n)
                for n in range(len(NAMES))
            )
        ],
        resources=b"/Font<</F 3 0 R%s>>" % FONTS,
    ),
}

NAMES = (
    "Helvetica", "Helvetica-BoldOblique", "Times-Roman", "Times-BoldItalic", "Courier", "Courier-BoldOblique",
    "Arial-Black", "Georgia", "Verdana", "Garamond",
)  # fmt: skip
FONTS = b"".join(
    b"/H%d<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>" % (n, name.encode())
    for n, name in enumerate(NAMES)
)


def exchanges(names: tuple[str, ...]) -> tuple[bytes, int]:
    """A PDF in which each digit claims to be each of the others, a line each, a page for each font; and how many
    there are."""
    pages, fonts, extra = [], b"/Font<</F 3 0 R", []
    first = 4 + 2 * len(names)  # the number of the first object behind the pages
    for at, name in enumerate(names):
        drawn = b""
        for shift in range(1, 10):  # one font for each way to move all digits on
            key = 9 * at + shift - 1
            extra.append(
                b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding/ToUnicode %d 0 R>>"
                % (name.encode(), first + 2 * key + 1)
            )
            extra.append(cmap({48 + digit: chr(48 + (digit + shift) % 10) for digit in range(10)}))
            fonts += b"/S%d %d 0 R" % (key, first + 2 * key)
            for digit in range(10):
                y = 780 - 8 * (10 * (shift - 1) + digit)
                drawn += b"BT /S%d 7 Tf 72 %d Td (%d) Tj ET\n" % (key, y, digit) + text(80, y, FAILED, 7)
        pages.append(drawn)
    return make_pdf(pages, extra=tuple(extra), resources=fonts + b">>"), 90 * len(names)
