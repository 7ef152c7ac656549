"""HTML to a Reading: the main text of a page with its headings, lists, tables, links and notes.

trafilatura finds the main text; text and offsets are built here. Owns decoding, limits of depth and
size, formulas, captions. Refuses to load anything that a page names, and to show any of its markup.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from ingest.builder import TextBuilder
from ingest.html_bytes import decode_page, parse_page
from ingest.html_meta import PageMeta, read_meta
from ingest.html_notes import PRIVATE, Tokens, replace_with_text, take_notes
from ingest.html_tables import Grid, take_tables
from ingest.html_tree import drop_unseen, mark_captions, unlink_inside, write_formulas
from ingest.html_writer import PageWriter
from ingest.limits import DEFAULT, Limits
from ingest.plain import date_from_address, find_bare_links, find_note_marks, known_marks
from ingest.reading import Reading, keep_outside, name_sections, resolve_target, warn
from kb.errors import InputError, LimitError
from kb.types import BlockKind, Issue, Note

READER = "html/2"

_FAULTS = (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError)


def read_html(
    content: bytes,
    name: str,
    url: str | None,
    media_type: str | None,
    *,
    limits: Limits = DEFAULT,
    whole: bool = False,
) -> Reading:
    """The main text of a page; with `whole` all of it, for what a converter made of a document that has
    nothing beside its text. Raises InputError where there is none, LimitError over a limit."""
    if len(content) > limits.html_bytes:
        raise LimitError(f"{name}: the page is larger than {limits.html_bytes:,} bytes", name=name)
    tree = parse_page(PRIVATE.sub("", decode_page(content, media_type)), name, limits)
    base = next(iter(tree.xpath("//base/@href")), None)
    address = resolve_target(url, str(base)) if base else url
    meta = read_meta(tree, url)
    drop_unseen(tree)
    write_formulas(tree)
    tokens = Tokens()
    notes = take_notes(tree, address or meta.url, tokens)
    mark_captions(tree)
    unlink_inside(tree)
    grids = take_tables(tree, tokens)
    page = _Page(base=address or meta.url, tokens=tokens, grids=grids)
    builder, issues = (page.write(_body(tree)), ()) if whole else _build(tree, page, name)
    _append_notes(builder, notes)
    text = builder.text
    if not any(letter.isalnum() for letter in text):
        raise InputError(f"{name}: the page holds no text (perhaps it is made by scripts)", name=name)
    return _make_reading(builder, text, url, meta, notes, issues)


def _make_reading(
    builder: TextBuilder,
    text: str,
    url: str | None,
    meta: PageMeta,
    notes: tuple[Note, ...],
    issues: tuple[Issue, ...],
) -> Reading:
    blocks = name_sections(builder.blocks, text)
    known = url or meta.url
    bare = known_marks(find_note_marks(text, blocks), notes)
    marks = [*builder.marks, *keep_outside(bare, [(mark.start, mark.end) for mark in builder.marks])]
    inside = [(link.start, link.end) for link in builder.links]
    links = [*builder.links, *keep_outside(find_bare_links(text, blocks), inside)]
    return Reading(
        reader=READER,
        text=text,
        url=url,
        title=meta.title,
        authors=meta.authors,
        published=meta.published or date_from_address(known),
        blocks=blocks,
        links=tuple(sorted(links, key=lambda link: (link.start, link.end))),
        note_marks=tuple(sorted(marks, key=lambda mark: (mark.start, mark.end))),
        notes=notes,
        issues=issues,
    )


# --------------------------------------------------------------------------- the main text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What is needed to write any part of a page."""

    base: str | None
    tokens: Tokens
    grids: tuple[Grid, ...]

    def write(self, element: Any) -> TextBuilder:
        builder = TextBuilder()
        PageWriter(builder, self.base, self.tokens, self.grids).write_children(element)
        builder.end()
        return builder


def _build(tree: Any, page: _Page, name: str) -> tuple[TextBuilder, tuple[Issue, ...]]:
    whole = copy.deepcopy(tree)
    body = _find_main(tree)
    builder = TextBuilder() if body is None else page.write(body)
    words = len(builder.text.split())
    parts = sum(
        1 for element in whole.iter("p", "li", "h1", "h2", "h3", "h4") if str(element.text_content()).strip()
    )
    flattened = len(builder.blocks) <= 1 and parts >= 3  # trafilatura's last resort: words without structure
    if words < 60 or flattened:
        fallback = page.write(_whole_body(whole))
        found = len(fallback.text.split())
        if found > 1.5 * words or (flattened and found >= 0.8 * words):
            note = f"{name}: no main text was found; the whole page was read"
            return fallback, (warn("ingest.html", "main_text_not_found", note),) if found > 60 else ()
    return builder, ()


def _body(tree: Any) -> Any:
    body = tree.find("body")
    return tree if body is None else body


def _find_main(tree: Any) -> Any | None:
    """trafilatura's view of the main text, None where it has none."""
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it names what it drops; drafts are private
    try:
        found = trafilatura.bare_extraction(
            tree,
            include_links=True,
            include_formatting=True,
            include_tables=True,
            include_comments=False,
            with_metadata=False,
            fast=True,
        )
    except _FAULTS:
        return None
    return None if found is None else found.body


def _whole_body(tree: Any) -> Any:
    """The part of a page that holds its text by its own markup: its one article, its main part, or all of
    it but the navigation."""
    for path in ("//article", "//main | //*[@role='main']"):
        found = tree.xpath(path)
        if len(found) == 1 and len(str(found[0].text_content()).split()) > 10:
            return found[0]
    body = _body(tree)
    for element in list(body.iter("nav", "footer", "aside", "header")):
        if element.tag != "header" or element.find(".//h1") is None:
            replace_with_text(element, " ")
    return body


def _append_notes(builder: TextBuilder, notes: tuple[Note, ...]) -> None:
    """Notes go behind the text, so that they can be shown, searched and cited as passages."""
    for note in notes:
        builder.begin(BlockKind.FOOTNOTE)
        builder.write(f"[{note.label}] {note.text}" if note.label else note.text)
        builder.end()
