"""Bytes to a Document: decides the format, hands over to its reader, makes ids and hashes.

The bytes win over the media type, the media type over the name. Refuses to know any format's inside
and the net. A whole that can't be read raises (InputError, LimitError, LanguageError); a fault in a
part is an issue.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ingest.jats import looks_like_jats, read_jats
from ingest.language import check_english
from ingest.limits import DEFAULT, Limits
from ingest.markdown import looks_like_markdown, read_markdown
from ingest.plain import decode_text, read_plain
from ingest.reading import Reading, warn
from kb.errors import InputError, LimitError
from kb.ids import document_id, hash_bytes
from kb.types import BlockKind, Document, Found, Issue, Raw

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MEDIA_TYPES = {
    ".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown",
    ".mdx": "text/markdown", ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
    ".pdf": "application/pdf", ".xml": "application/xml", ".nxml": "application/xml",
    ".docx": _DOCX,
}  # fmt: skip
_FORMATS = {
    "application/pdf": "pdf", "application/x-pdf": "pdf", "text/html": "html",
    "application/xhtml+xml": "html", "text/markdown": "markdown", "text/x-markdown": "markdown",
    "text/plain": "text", _DOCX: "docx",
    "application/jats+xml": "jats",
}  # fmt: skip
_MAGIC = (
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ", "xz-compressed data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%!PS", "a PostScript file"),
)
_GIVE = "give text, markdown, HTML, PDF, JATS or DOCX"
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|article|main|section|div|p|h[1-6]|table|ul|ol)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_INSIDE = re.compile(rb"<(?:html|body|head|!doctype\s+html)\b", re.IGNORECASE)
_XML_START = re.compile(
    rb"\s*<\?xml\b|\s*<!DOCTYPE\b|\s*<(?:rss|feed|svg|article\s[^>]*xmlns)\b", re.IGNORECASE
)


def read_file(path: str | Path, *, limits: Limits = DEFAULT) -> Raw:
    """A file's bytes. Raises InputError that says what is wrong with it, LimitError where it is too large."""
    where = Path(path)
    name = str(path)
    try:
        if where.is_dir():
            raise InputError(f"{name}: is a directory; give a file", path=name)
        if where.exists() and not where.is_file():
            raise InputError(f"{name}: is no regular file; give a file, or - for standard input", path=name)
        with where.open("rb") as stream:
            content = _read_stream(stream, name, limits.file_bytes)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file", path=name) from None
    except PermissionError:
        raise InputError(f"{name}: no permission to read it", path=name) from None
    except ValueError as fault:
        raise InputError(f"{name!r}: no usable file name ({fault})", path=name) from None
    except OSError as fault:
        raise InputError(f"{name}: could not be read ({fault.strerror or fault})", path=name) from fault
    return Raw(name=name, content=content, media_type=_MEDIA_TYPES.get(where.suffix.lower()))


def read_stdin(stream: BinaryIO | None = None, *, limits: Limits = DEFAULT) -> Raw:
    """Standard input to its end, named "-"."""
    return Raw(
        name="-", content=_read_stream(stream or sys.stdin.buffer, "standard input", limits.file_bytes)
    )


def _read_stream(stream: BinaryIO, name: str, limit: int) -> bytes:
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise LimitError(f"{name}: larger than {limit:,} bytes; give a smaller file", name=name, limit=limit)
    if not content:
        raise InputError(f"{name}: empty; give a file with text", name=name)
    return content


def read_document(raw: Raw, *, limits: Limits = DEFAULT) -> Found[Document]:
    """The document in these bytes (one item), with the issues met in it. Raises InputError, LimitError or
    LanguageError where the whole can't be read."""
    name = "standard input" if raw.name == "-" else raw.name
    if len(raw.content) > limits.file_bytes:
        raise LimitError(
            f"{name}: larger than {limits.file_bytes:,} bytes", name=name, limit=limits.file_bytes
        )
    form, issues = find_format(raw, name)
    reading, media_type = _read_format(raw, name, form, limits)
    if len(reading.text) > limits.text_chars:
        raise LimitError(
            f"{name}: the text has {len(reading.text):,} characters, over the limit of {limits.text_chars:,}",
            name=name,
            limit=limits.text_chars,
        )
    check_english(_prose(reading), name, min_letters=limits.language_letters)
    url = raw.url or reading.url
    document = Document(
        id=document_id(url or raw.name),
        name=raw.name,
        sha256=hash_bytes(raw.content),
        media_type=media_type,
        text=reading.text,
        reader=reading.reader,
        url=url,
        title=reading.title,
        authors=reading.authors,
        published=reading.published,
        blocks=reading.blocks,
        links=reading.links,
        note_marks=reading.note_marks,
        notes=reading.notes,
    )
    return Found(items=(document,), issues=(*issues, *reading.issues))


def _prose(reading: Reading) -> str:
    """What the language is told from: paragraphs first, everything where there are none."""
    kinds = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
    prose = " ".join(reading.text[b.start : b.end] for b in reading.blocks if b.kind in kinds)
    return prose or reading.text


def find_format(raw: Raw, name: str) -> tuple[str, tuple[Issue, ...]]:
    """ "pdf", "html", "jats", "docx", "markdown" or "text", by the bytes; an issue where they contradict the media type.
    Raises InputError for what Wherefrom doesn't read."""
    head = raw.content[:4096]
    if not raw.content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise InputError(f"{name}: the file is empty; give a file with text", name=name)
    said = _said_format(raw)
    found = _format_of_bytes(raw.content, head, said, name)
    if said is not None and found != said and {said, found} != {"text", "markdown"}:
        note = f"given as {said}, but the bytes are {found}: read as {found}"
        return found, (warn("ingest.read", "media_type_differs", note),)
    return found, ()


def _said_format(raw: Raw) -> str | None:
    media_type = (raw.media_type or "").split(";")[0].strip().lower()
    if media_type in _FORMATS:
        return _FORMATS[media_type]
    suffix = Path(raw.name.split("?")[0].split("#")[0]).suffix.lower()
    return _FORMATS.get(_MEDIA_TYPES.get(suffix, ""))


def _format_of_bytes(content: bytes, head: bytes, said: str | None, name: str) -> str:
    if content.startswith(b"PK\x03\x04"):
        return "docx"  # its reader says what else it may be
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise InputError(f"{name}: is {kind}; {_GIVE}", name=name, found=kind)
    ascii_head = _narrow(head)
    if looks_like_jats(ascii_head):
        return "jats"
    if b"%PDF-" in head[:1024] and not _HTML_START.match(ascii_head):
        return "pdf"
    if _HTML_START.match(ascii_head):
        return "html"
    if _XML_START.match(ascii_head):
        if _HTML_INSIDE.search(ascii_head):
            return "html"
        raise InputError(f"{name}: is XML, but neither JATS nor an HTML page; {_GIVE}", name=name)
    if said == "html" and re.search(rb"<[a-zA-Z!/][^<>]*>", ascii_head):
        return "html"
    if said == "pdf":
        if b"%PDF-" in content[:200_000]:
            return "pdf"
        if b"\x00" in head or _mostly_binary(head):
            raise InputError(f"{name}: given as PDF, but no PDF header (%PDF-) was found", name=name)
    if said == "markdown":
        return "markdown"
    return "text"


def _narrow(head: bytes) -> bytes:
    """The head with UTF-16 and byte order marks made plain, enough to see tags."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def _mostly_binary(head: bytes) -> bool:
    odd = sum(1 for byte in head if byte < 9 or 13 < byte < 32 or byte > 0x7E)
    return odd > 0.3 * len(head)


def _read_format(raw: Raw, name: str, form: str, limits: Limits) -> tuple[Reading, str]:
    if form == "pdf":
        from ingest.pdf import read_pdf

        return read_pdf(raw.content, name, raw.url, limits=limits), "application/pdf"
    if form == "html":
        from ingest.html import read_html

        return read_html(raw.content, name, raw.url, raw.media_type, limits=limits), "text/html"
    if form == "jats":
        return read_jats(raw.content, name, raw.url, limits=limits), "application/jats+xml"
    if form == "docx":
        from ingest.docx import read_docx

        return read_docx(raw.content, name, raw.url, limits=limits), _DOCX
    text, issues = decode_text(raw.content, name)
    markdown = form == "markdown" or looks_like_markdown(text)
    reading = read_markdown(text, raw.url) if markdown else read_plain(text, raw.url)
    media_type = "text/markdown" if markdown else "text/plain"
    return _with_issues(reading, issues), media_type


def _with_issues(reading: Reading, issues: tuple[Issue, ...]) -> Reading:

    return replace(reading, issues=(*issues, *reading.issues)) if issues else reading
