"""Word documents (DOCX) to a Reading: mammoth makes plain HTML of them, which ingest.html then reads.

Owns what may be unpacked: the parts with text, each checked and counted, and nothing else; pictures,
macros, embedded files and everything that a document links to stay shut. Refuses to know styles.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import replace
from typing import Any

from ingest.html import read_html
from ingest.limits import DEFAULT, Limits
from ingest.reading import Reading, warn
from kb.errors import InputError, LimitError

READER = "docx/1"

_MAX_ENTRIES = 5_000
_MAIN = "word/document.xml"
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/core\.xml"
    r"|word/(?:document|footnotes|endnotes|numbering|styles)\.xml|word/_rels/(?:document|footnotes|endnotes)\.xml\.rels"
)
_OTHERS = (
    ("xl/workbook.xml", "a spreadsheet (XLSX)"), ("ppt/presentation.xml", "a presentation (PPTX)"),
    ("mimetype", "an EPUB or OpenDocument file"),
)  # fmt: skip
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)
# What a damaged document makes the converter raise; it has no error of its own.
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, SyntaxError)


def is_docx(content: bytes) -> bool:
    """Whether these bytes are a ZIP archive that holds a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _MAIN in archive.namelist()
    except _BROKEN:
        return False


def read_docx(content: bytes, name: str, url: str | None, *, limits: Limits = DEFAULT) -> Reading:
    """The document's text with headings, lists, tables, links and notes. Raises InputError for what is no
    readable Word document, LimitError for one that unpacks to more than the limits."""
    parts = _unpack(content, name, limits)
    page = _convert(parts, name)
    title, author, created = _read_core(parts.get("docProps/core.xml"))
    whole = f"<html><body>{page}</body></html>".encode("utf-8", "replace")
    reading = read_html(whole, name, url, "text/html; charset=utf-8", limits=limits, whole=True)
    issues = reading.issues
    if b"<w:del " in parts[_MAIN] or b"<w:ins " in parts[_MAIN]:
        note = f"{name}: holds tracked changes; it was read as if all of them were accepted"
        issues = (*issues, warn("ingest.docx", "tracked_changes", note))
    return replace(
        reading,
        reader=READER,
        title=title or reading.title,
        authors=(author,) if author else (),
        published=created,
        issues=issues,
    )


def _unpack(content: bytes, name: str, limits: Limits) -> dict[str, bytes]:
    """The parts that hold text, counted while they are unpacked; sizes that the archive states aren't
    believed."""
    parts: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > _MAX_ENTRIES:
                raise LimitError(f"{name}: the archive has more than {_MAX_ENTRIES:,} entries", name=name)
            if _MAIN not in names:
                found = next(
                    (kind for key, kind in _OTHERS if key in names), "a ZIP archive, but no Word document"
                )
                raise InputError(
                    f"{name}: is {found}; give text, HTML, PDF, JATS or DOCX", name=name, found=found
                )
            if len(set(names)) != len(names):
                raise InputError(f"{name}: the archive holds two parts of one name", name=name)
            for entry in archive.infolist():
                if not _PARTS.fullmatch(entry.filename):
                    continue
                with archive.open(entry) as stream:
                    part = stream.read(limits.html_bytes + 1)
                total += len(part)
                if len(part) > limits.html_bytes or total > 2 * limits.html_bytes:
                    raise LimitError(f"{name}: unpacks to more than {limits.html_bytes:,} bytes", name=name)
                if re.search(rb"<!(?:DOCTYPE|ENTITY)", part.replace(b"\x00", b""), re.IGNORECASE):
                    raise InputError(
                        f"{name}: its {entry.filename} declares entities; no Word document does", name=name
                    )
                parts[entry.filename] = part
    except _BROKEN as fault:
        words = str(fault)[:120]
        if "encrypted" in words or "password" in words:
            raise InputError(f"{name}: is protected by a password; give it without", name=name) from None
        raise InputError(
            f"{name}: is a damaged Word document or another ZIP archive ({words})", name=name
        ) from None
    return parts


def _convert(parts: dict[str, bytes], name: str) -> str:
    from xml.parsers.expat import ExpatError

    import mammoth

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content)
    packed.seek(0)
    try:
        converted: Any = mammoth.convert_to_html(packed, convert_image=lambda image: [], id_prefix="")
    except (ExpatError, *_UNREADABLE, *_BROKEN) as fault:
        raise InputError(f"{name}: is a damaged Word document ({type(fault).__name__})", name=name) from None
    return str(converted.value)


def _read_core(part: bytes | None) -> tuple[str | None, str | None, str | None]:
    """Title, author and day of creation, as the document's properties state them."""
    if part is None:
        return None, None, None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, None, None

    def find(key: str) -> str | None:
        words = next((" ".join((e.text or "").split()) for e in root.iter(f"{{*}}{key}")), "")
        return words[:300] or None

    created = re.match(r"(?:19|20)\d\d-\d\d-\d\d", find("created") or "")
    return find("title"), find("creator"), created[0] if created else None
