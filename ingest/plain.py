"""Plain text: bytes to the text as it is, its address line, its blocks and the marks in it.

Owns decoding and what any text has, markdown or not: a first line that is only an address, bare
addresses, "[12]" and superscript note marks. Refuses to know markdown, ids and the net.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.inline import clean_heading, trim_address
from ingest.reading import Reading, name_sections, warn
from ingest.structure import read_structure
from kb.errors import InputError
from kb.types import Block, BlockKind, Issue, Level, Link, Note, NoteMark

READER = "text/1"

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MAX_CONTROLS = 0.005  # share of control characters from which bytes are no text
_MAX_BROKEN = 0.001  # share of undecodable places up to which a text counts as damaged UTF-8
_MAX_ACCENTED = 0.35  # share of bytes over 0x7f from which a text that isn't UTF-8 is no Western text

_ADDRESS_LINE = re.compile(
    r"[ \t]*<?(https?://[^\s<>\"']+)>?[ \t]*(?:\([^()\n]{0,200}\))?[ \t]*(?:\|[^\n]{0,60})?[ \t\r]*(?:\n|$)",
    re.IGNORECASE,
)
_BARE = re.compile(r"https?://[^\s<>\"'\]|{}\\]+", re.IGNORECASE)
_BRACKETED = re.compile(r"\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9})\](?![(:\w])")
_SUPERSCRIPT = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[.,;:!?”’\"')\]%]))[⁰¹²³⁴-⁹]{1,3}(?![⁰¹²³⁴-⁹])")
_SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{2})(?:[/-](\d{2}))?(?=[/._-]|$)")


def decode_text(content: bytes, name: str) -> tuple[str, tuple[Issue, ...]]:
    """The text of a file. UTF-8; UTF-16 and UTF-32 by their byte order mark; else Western (cp1252), which
    is stated as an issue. Raises InputError for what is no text."""
    if not content.strip():
        raise InputError(
            f"{name}: the file is empty; give a file with text", name=name, size_bytes=len(content)
        )
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            text = content[len(bom) :].decode(encoding, "replace")
            note = f"the file begins with a {encoding.upper()} byte order mark; offsets count from behind it"
            return _check_text(text, name), (warn("ingest.plain", "byte_order_mark", note, Level.INFO),)
    guessed = _guess_utf16(content)
    if guessed is not None:
        text = content.decode(guessed, "replace")
        note = f"read as {guessed.upper()}: the file has no byte order mark, but every other byte is zero"
        return _check_text(text, name), (warn("ingest.plain", "encoding_guessed", note),)
    try:
        return _check_text(content.decode("utf-8"), name), ()
    except UnicodeDecodeError as fault:
        return _decode_other(content, name, fault)


def _decode_other(content: bytes, name: str, fault: UnicodeDecodeError) -> tuple[str, tuple[Issue, ...]]:
    damaged = content.decode("utf-8", "replace")
    valid = sum(1 for letter in damaged if letter > "\x7f" and letter != "\ufffd")
    broken = damaged.count("\ufffd")
    if valid > broken and broken <= max(2, _MAX_BROKEN * len(damaged)):
        note = f"{broken} byte sequences are not UTF-8 (the first at byte {fault.start}); they read as \ufffd"
        return _check_text(damaged, name), (warn("ingest.plain", "damaged_utf8", note),)
    high = sum(1 for byte in content if byte > 0x7F) / len(content)
    text = content.decode("cp1252", "replace")
    if high > _MAX_ACCENTED or text.count("\ufffd") > max(2, _MAX_BROKEN * len(text)):
        raise InputError(
            f"{name}: neither UTF-8 nor Western text (byte {fault.start} is 0x{content[fault.start]:02x}, "
            f"{high:.0%} of the bytes are over 0x7f); save it as UTF-8",
            name=name,
        )
    note = f"not UTF-8 (byte {fault.start} is 0x{content[fault.start]:02x}): read as Western text (cp1252)"
    return _check_text(text, name), (warn("ingest.plain", "encoding_guessed", note),)


def _guess_utf16(content: bytes) -> str | None:
    sample = content[:4096]
    if len(sample) < 8 or b"\x00" not in sample:
        return None
    even = sample[::2].count(0) / (len(sample) / 2)
    odd = sample[1::2].count(0) / (len(sample) / 2)
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _check_text(text: str, name: str) -> str:
    position = text.find("\x00")
    if position >= 0:
        raise InputError(f"{name}: no text: a NUL byte at character {position}", name=name, position=position)
    controls = sum(1 for letter in text if letter < " " and letter not in "\t\n\r\f\v\x1b")
    if controls > max(3, _MAX_CONTROLS * len(text)):
        raise InputError(
            f"{name}: no text: {controls} control characters among {len(text)}", name=name, controls=controls
        )
    if not text.strip().strip("\ufeff\u200b"):
        raise InputError(f"{name}: the file holds only white space; give a file with text", name=name)
    return text


def find_address_line(text: str) -> tuple[int, str | None]:
    """Where the text begins behind a first line that is only an address, and that address; (0, None)
    where the first line is something else."""
    match = _ADDRESS_LINE.match(text)
    return (match.end(), trim_address(match.group(1))) if match else (0, None)


def address_block(text: str, end: int) -> tuple[Block, ...]:
    """The block of the address line text[:end]."""
    line = text[:end]
    if not line.strip():
        return ()
    start = len(line) - len(line.lstrip())
    return (Block(kind=BlockKind.METADATA, start=start, end=len(line.rstrip())),)


def date_from_address(url: str | None) -> str | None:
    """The date in an address such as /2025/06/06/; None where there is none."""
    match = _URL_DATE.search(url or "")
    if match is None or not 1 <= int(match.group(2)) <= 12:
        return None
    if match.group(3) is None:
        return f"{match.group(1)}-{match.group(2)}"
    return "-".join(match.groups()) if 1 <= int(match.group(3)) <= 31 else None


def read_plain(text: str, url: str | None = None) -> Reading:
    """A text without markup, its offsets those of `text`."""
    start, address = find_address_line(text)
    structure = read_structure(text, start, markdown=False)
    blocks = name_sections((*address_block(text, start), *structure.blocks), text, clean_heading)
    known = address or url
    return Reading(
        reader=READER,
        text=text,
        url=known,
        title=structure.title,
        published=structure.published or date_from_address(known),
        blocks=blocks,
        links=find_bare_links(text, blocks),
        note_marks=known_marks(find_note_marks(text, blocks), structure.notes),
        notes=structure.notes,
    )


def find_bare_links(text: str, blocks: Iterable[Block]) -> tuple[Link, ...]:
    """Addresses that stand in the text themselves; each is its own target."""
    links = []
    for block in readable_blocks(blocks):
        for match in _BARE.finditer(text, block.start, block.end):
            target = trim_address(match.group())
            links.append(Link(start=match.start(), end=match.start() + len(target), target=target))
    return tuple(links)


def find_note_marks(text: str, blocks: Iterable[Block]) -> tuple[NoteMark, ...]:
    """ "[12]", "[1, 3-5]" and superscript digits behind a word. One mark a label; the marks of one
    bracket share its offsets."""
    marks: list[NoteMark] = []
    for block in readable_blocks(blocks):
        if block.kind is BlockKind.FOOTNOTE:
            continue
        for match in _BRACKETED.finditer(text, block.start, block.end):
            if match.start() == block.start:
                continue
            label = re.sub(r"\s", "", match.group(1)).replace(";", ",")
            marks.append(NoteMark(start=match.start(), end=match.end(), label=label))
        for match in _SUPERSCRIPT.finditer(text, block.start, block.end):
            label = match.group().translate(_SUPERSCRIPT_DIGITS)
            marks.append(NoteMark(start=match.start(), end=match.end(), label=label))
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))


def known_marks(marks: Iterable[NoteMark], notes: Iterable[Note]) -> tuple[NoteMark, ...]:
    """Where the text has labelled notes, only the marks that name one of them: "[748]" elsewhere is an
    index or a figure. All marks where it has none."""
    labels = {note.label for note in notes} - {""}
    return tuple(
        mark
        for mark in marks
        if not labels or mark.label in labels or labels.intersection(expand_labels(mark.label))
    )


def expand_labels(written: str) -> tuple[str, ...]:
    """The labels of "1, 3-5": 1, 3, 4, 5. A range over more than 30 is taken as its two ends."""
    labels: list[str] = []
    for part in re.split(r"[,;]", written):
        ends = [end.strip() for end in re.split(r"[–-]", part) if end.strip()]
        if len(ends) == 2 and all(map(str.isdecimal, ends)) and 0 < int(ends[1]) - int(ends[0]) <= 30:
            labels.extend(str(number) for number in range(int(ends[0]), int(ends[1]) + 1))
        else:
            labels.extend(ends)
    return tuple(labels)


def readable_blocks(blocks: Iterable[Block]) -> Iterable[Block]:
    """The blocks that hold prose: no code, no metadata."""
    return (block for block in blocks if block.kind not in (BlockKind.CODE, BlockKind.METADATA))
