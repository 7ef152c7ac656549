"""The forms of the check page: a pasted text, an address or a file to check, and the form of a report to keep.

Owns what a form may hold and its limits. A file stays in memory: what is checked must not be on a disk, not even
for a moment. Refuses to know pages, and how a text is checked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qs

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from kb.types import Raw
from service.api_check import DOCX, CheckInput
from service.api_models import MAX_TEXT
from service.problems import ProblemError
from service.report_export import FORMATS
from service.security import MAX_PDF_BYTES, read_body

_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"
_MAX_FIELDS = 10
_ENVELOPE_BYTES = 20_000
_MEDIA_TYPES = {
    ".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown",
    ".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf", ".docx": DOCX,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportInput:
    """What to check, and the form of the file that is wanted."""

    check: CheckInput
    form: str


class _InMemory(MultiPartParser):
    """Starlette's parser, whose larger files would go to the disk."""

    spool_max_size = 2 * MAX_PDF_BYTES


async def read_export(request: Request) -> ExportInput:
    fields = await _read_fields(request)
    form = _text_of(fields, "format")
    if form not in FORMATS:
        raise ProblemError("invalid_request", f"'format' must be one of {', '.join(FORMATS)}.")
    return ExportInput(check=_to_input(fields), form=form)


async def read_form(request: Request) -> CheckInput:
    """The text, the address or the file of the check page's form; a file comes before a text before an address."""
    fields = await _read_fields(request)
    for one in fields.getlist("file"):
        if isinstance(one, UploadFile) and (one.size or one.filename):
            return await _read_file(one)
    return _to_input(fields)


async def _read_fields(request: Request) -> FormData:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _PARTS:
        # In parts a character takes at most four bytes.
        return await _read_parts(request, await read_body(request, MAX_PDF_BYTES + 4 * MAX_TEXT + _ENVELOPE_BYTES))  # fmt: skip
    if media_type != _FORM:
        raise ProblemError(
            "media_type_not_supported", "This address takes the form of its page; programs use /v1/check."
        )
    # In a form a character may take nine bytes ("%F0%9F%98%80" is twelve), so the body may be longer.
    body = await read_body(request, 4 * MAX_TEXT * 3)
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise ProblemError("body_unreadable", "The form is not readable as UTF-8.") from None
    return FormData([(name, value) for name, values in fields.items() for value in values])


async def _read_parts(request: Request, body: bytes) -> FormData:
    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = _InMemory(
        request.headers,
        once(),
        max_files=1,
        max_fields=_MAX_FIELDS,
        max_part_size=4 * MAX_TEXT,
    )
    try:
        return await parser.parse()
    except (MultiPartException, ValueError, LookupError, KeyError):
        raise ProblemError("body_unreadable", "The form with the file is not readable.") from None


async def _read_file(file: UploadFile) -> CheckInput:
    content = await file.read()
    await file.close()
    if len(content) > MAX_PDF_BYTES:
        raise ProblemError(
            "over_limit", f"The file is larger than {MAX_PDF_BYTES:,} bytes, the most that is read."
        )
    if not content:
        raise ProblemError("input_unreadable", "The file is empty: choose one with a text, a page or a PDF.")
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable())[:300] or "-"
    return CheckInput(
        raw=Raw(name=name, content=content, media_type=_MEDIA_TYPES.get(PurePosixPath(name).suffix.lower()))
    )


def _text_of(fields: FormData, name: str) -> str:
    return "".join(value for value in fields.getlist(name) if isinstance(value, str))


def _to_input(fields: FormData) -> CheckInput:
    text, url = _text_of(fields, "text"), _text_of(fields, "url").strip()
    # Browsers send line ends of a text field as CR LF.
    text = re.sub(r"\r\n?", "\n", text).replace("\x00", "")
    if len(text) > MAX_TEXT:
        raise ProblemError(
            "over_limit", f"The text is longer than {MAX_TEXT:,} characters, the most that is read."
        )
    if url and not text.strip():
        return CheckInput(url=url[:2048])
    return CheckInput(raw=Raw(name="-", content=text.encode("utf-8", "replace"), media_type="text/plain"))
