"""Markdown read in place: the text stays the file as it is, structure and links are laid over it.

Owns what markdown means: front matter, links (their span is the label), note marks and definitions,
inline tags. Refuses to know block rules that plain text has too (`ingest.structure`), ids and the net.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.builder import is_exponent
from ingest.inline import clean_heading, read_date
from ingest.plain import (
    address_block,
    date_from_address,
    find_address_line,
    find_bare_links,
    find_note_marks,
    known_marks,
    readable_blocks,
)
from ingest.reading import Reading, keep_outside, name_sections, resolve_target
from ingest.structure import Line, read_lines, read_structure
from kb.types import Block, BlockKind, Link, Note, NoteMark

READER = "markdown/2"

_SIGNS = (
    re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+\S", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]{1,300}\]\((?:https?://|/|\.{1,2}/|#|mailto:|www\.)[^\s()]{0,500}", re.MULTILINE),
    re.compile(r"\[\^[^\]\s]{1,40}\]"),
    re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*\|[ \t|:-]*$", re.MULTILINE),
    re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE),
    re.compile(r"(?<![*\w])\*\*[^*\n]{1,200}\*\*(?![*\w])"),
)
_FRONT_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_FRONT_KEY = re.compile(r"([A-Za-z_][\w-]*):[ \t]*(.*)$")
_FRONT_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)$")
_TITLE_KEYS = ("title", "headline")
_AUTHOR_KEYS = ("authors", "author", "by")
_DATE_KEYS = (
    "published_at",
    "published",
    "publishedat",
    "pubdate",
    "publish_date",
    "date_published",
    "date",
    "lastedited",
    "last_edited",
    "lastmod",
    "last_updated",
    "updated",
)
_URL_KEYS = ("source_url", "canonical_url", "canonical", "permalink", "url")

_LINK = re.compile(
    r"(?<!!)\[((?:[^\[\]\n\\]|\\.|!?\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,500}\))?){1,400})\]"
    r"\(\s*<?((?:[^\s()<>]|\([^\s()<>]{0,300}\)){1,2000})>?(?:\s+[\"'(][^\n]{0,300}?[\"')])?\s*\)"
)
_REFERENCE_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\[([^\[\]\n]{0,100})\]")
_REFERENCE_TARGET = re.compile(
    r"^[ \t]{0,3}\[([^\[\]\n^][^\[\]\n]{0,100})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t]+[\"'(].*)?$", re.M
)
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,500}?href\s*=\s*[\"']([^\"'<>\s]{1,2000})[\"'][^<>]{0,300}>([^<>]{1,500})</a>", re.I
)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,40})\](?!:)")
_SUP = re.compile(
    r"<sup>\s*(?:<a\b[^<>]{0,300}>)?\s*\[?(\d{1,3}|[a-z*†‡])\]?\s*(?:</a>)?\s*</sup>", re.IGNORECASE
)


def looks_like_markdown(text: str) -> bool:
    """Whether a text carries markdown's marks: a heading, link, note, table or fence, or much bold."""
    sample = text[:200_000]
    heading, link, note, table, fence, bold = (pattern.search(sample) for pattern in _SIGNS)
    if heading or note or table or fence:
        return True
    return link is not None or (bold is not None and len(_SIGNS[5].findall(sample)) >= 3)


def read_markdown(text: str, url: str | None = None) -> Reading:
    """A markdown text, its offsets those of `text`: emphasis and targets stay in it."""
    start, address = find_address_line(text)
    front, front_end = _read_front_matter(text, start)
    structure = read_structure(text, front_end, markdown=True)
    fields = dict(front)
    known = address or url or _first(fields, _URL_KEYS)
    blocks: tuple[Block, ...] = address_block(text, start)
    if front_end > start:
        shown = text[start:front_end]
        offset = start + len(shown) - len(shown.lstrip())
        blocks += (Block(kind=BlockKind.METADATA, start=offset, end=start + len(shown.rstrip())),)
    blocks = name_sections((*blocks, *structure.blocks), text, clean_heading)
    published = _first(fields, _DATE_KEYS)
    return Reading(
        reader=READER,
        text=text,
        url=known,
        title=_first(fields, _TITLE_KEYS) or _find_title(text, blocks) or structure.title,
        authors=_read_authors(fields),
        published=_iso_date(published) or structure.published or date_from_address(known),
        blocks=blocks,
        links=_find_links(text, blocks, known),
        note_marks=_find_marks(text, blocks, structure.notes),
        notes=structure.notes,
    )


def _find_title(text: str, blocks: Iterable[Block]) -> str | None:
    title = next((block for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), None)
    return clean_heading(text[title.start : title.end]) or None if title else None


# --------------------------------------------------------------------------- front matter


def _read_front_matter(text: str, start: int) -> tuple[list[tuple[str, tuple[str, ...]]], int]:
    """Its keys with their values, and where the text goes on; ([], start) where there is none. Read by
    lines, not as YAML: only flat keys and lists of words are wanted, and the file is a stranger's."""
    lines = read_lines(text, start, min(len(text), start + 40_000))
    while lines and not lines[0].text.strip():
        lines = lines[1:]
    if not lines or lines[0].text.rstrip() != "---":
        return [], start
    for index, line in enumerate(lines[1:400], start=1):
        if _FRONT_END.match(line.text):
            fields = _read_fields(lines[1:index])
            return (fields, line.end) if fields else ([], start)
        if not line.text.strip() and index == 1:
            break  # a rule above a paragraph
    return [], start


def _read_fields(lines: list[Line]) -> list[tuple[str, tuple[str, ...]]]:
    fields: list[tuple[str, tuple[str, ...]]] = []
    for line in lines:
        key = _FRONT_KEY.match(line.text)
        item = _FRONT_ITEM.match(line.text)
        if key is not None:
            value = key.group(2).strip()
            if value.startswith("[") and value.endswith("]"):
                values = tuple(_unquote(part) for part in value[1:-1].split(",") if part.strip())
            else:
                values = (_unquote(value),) if value else ()
            fields.append((key.group(1).lower(), values))
        elif item is not None and fields:
            fields[-1] = (fields[-1][0], (*fields[-1][1], _unquote(item.group(1))))
        elif line.text[:1].isspace() and fields and fields[-1][1] and line.text.strip():
            name, values = fields[-1]
            fields[-1] = (name, (*values[:-1], f"{values[-1]} {line.text.strip()}"))
    return fields


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _first(fields: dict[str, tuple[str, ...]], keys: tuple[str, ...]) -> str | None:
    return next((fields[key][0] for key in keys if fields.get(key) and fields[key][0]), None)


def _read_authors(fields: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    values = next((fields[key] for key in _AUTHOR_KEYS if fields.get(key)), ())
    if len(values) == 1:
        values = tuple(re.split(r",\s*|(?<!\s)\s+and\s+|(?<!\s)\s+&\s+", values[0]))
    return tuple(value.strip() for value in values if value.strip())


def _iso_date(value: str | None) -> str | None:
    if value is None:
        return None
    match = re.match(r"((?:19|20)\d\d)(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])", value.strip())
    if match is None:
        match = re.match(r"((?:19|20)\d\d)-(\d{2})-(\d{2})", value.strip())
    if match is None:
        return read_date(value)
    return "-".join(part for part in match.groups() if part is not None)


# --------------------------------------------------------------------------- links and marks


def _find_links(text: str, blocks: tuple[Block, ...], base: str | None) -> tuple[Link, ...]:
    links: list[Link] = []
    targets = {match.group(1).strip().lower(): match.group(2) for match in _REFERENCE_TARGET.finditer(text)}
    covered: list[tuple[int, int]] = []
    for block in readable_blocks(blocks):
        for match in _LINK.finditer(text, block.start, block.end):
            links.append(_link(match.start(1), match.end(1), base, match.group(2)))
            covered.append(match.span())
        for match in _ANCHOR.finditer(text, block.start, block.end):
            links.append(_link(match.start(2), match.end(2), base, match.group(1)))
            covered.append(match.span())
        if targets:
            for match in _REFERENCE_LINK.finditer(text, block.start, block.end):
                target = targets.get((match.group(2) or match.group(1)).strip().lower())
                if target is not None:
                    links.append(_link(match.start(1), match.end(1), base, target))
                    covered.append(match.span())
    links.extend(keep_outside(find_bare_links(text, blocks), covered))
    return tuple(sorted(links, key=lambda link: (link.start, link.end)))


def _link(start: int, end: int, base: str | None, target: str) -> Link:
    return Link(start=start, end=end, target=resolve_target(base, target.replace("\\", "")))


def _find_marks(text: str, blocks: tuple[Block, ...], notes: tuple[Note, ...]) -> tuple[NoteMark, ...]:
    marks = list(known_marks(find_note_marks(text, blocks), notes))
    known = frozenset(note.label for note in notes) - {""}
    for block in readable_blocks(blocks):
        for pattern in (_NOTE_MARK, _SUP):
            marks.extend(
                NoteMark(start=match.start(), end=match.end(), label=match.group(1))
                for match in pattern.finditer(text, block.start, block.end)
                if not (block.kind is BlockKind.FOOTNOTE and match.start() == block.start)
                and not (
                    pattern is _SUP
                    and is_exponent(text[block.start : match.start()][-40:], match.group(1), known)
                )
            )
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))
