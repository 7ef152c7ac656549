"""Footnotes and reference lists of an HTML page, and the marks in its text that point at them.

Works on the page's own lxml tree before the main text is cut out of it, because that step drops
exactly the list that names the sources. Marks and exponents are replaced by tokens (private-use
letters around a number), which survive any later step; `Tokens` says what each stands for.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ingest.builder import TextBuilder, read_label
from ingest.inline import find_addresses
from ingest.reading import is_web_address, resolve_target
from kb.types import Note

TOKEN = re.compile("\ue000(\\d+)\ue001")
CAPTION_TOKEN = "\ue002"  # noqa: S105 - a letter, no secret
PRIVATE = re.compile("[\ue000-\ue003]")

_NOTE_ID = re.compile(
    r"(?:user-content-)?(?:fn|footnote|note|cite_note|endnote|en|ref|reference|bib|cit|citation|cr|_?_?ftn|_edn"
    r"|sdfootnote|sdendnote|b|r|s?n)(?:[-_:.]?[a-z]{0,4}[-_:.]?\w{0,40})$",
    re.IGNORECASE,
)
_BACK_ID = re.compile(
    r"(?:fnref|footnote-?ref|footnote-anchor|cite_ref|ftnref|ednref|back-?link|ref-?link|anchor)", re.I
)
_NOTE_CLASS = re.compile(r"footnote|noteref|endnote|citation|reference|ltx_ref|cite", re.IGNORECASE)
_BACK_TEXT = re.compile(r"[\s↩↑^⤴←⏎️︎]*$")
_LIST_HEADING = re.compile(
    r"(?:\d+\.?\s+)?(?:references?|notes|footnotes|endnotes|bibliography|sources|works cited|citations"
    r"|references and notes|notes and references)\s*(?:\[edit\])?$",
    re.IGNORECASE,
)
_LISTS = (
    "//*[@role='doc-endnotes' or @role='doc-bibliography' or @role='doc-footnote']",
    "//*[self::ol or self::ul or self::div or self::section][contains(concat(' ', @class, ' '), ' references ')"
    " or contains(concat(' ', @class, ' '), ' footnotes ') or contains(concat(' ', @class, ' '), ' footnote-list ')"
    " or contains(concat(' ', @class, ' '), ' reflist ') or contains(concat(' ', @class, ' '), ' endnotes ')"
    " or contains(concat(' ', @class, ' '), ' ltx_biblist ') or @id='references' or @id='footnotes']",
)
_INLINE_NOTES = (
    "//*[local-name()='d-footnote' or contains(concat(' ', @class, ' '), ' ltx_note ')"
    " or contains(concat(' ', @class, ' '), ' sidenote ')]"
)
_HOLDERS = ("li", "p", "dd", "tr", "aside", "div", "section", "span", "td")
_MAX_NOTE = 4_000  # characters: what is longer is a part of the page and no note


@dataclass(slots=True)
class Tokens:
    """What the tokens in the text stand for: ("raised", letters, label | None) or ("mark", text, label)."""

    found: list[tuple[str, str, str | None]] = field(default_factory=list)
    known: frozenset[str] = frozenset()  # labels of the page's notes, once they are taken

    def add(self, kind: str, text: str, label: str | None) -> str:
        self.found.append((kind, text, label))
        return f"\ue000{len(self.found) - 1}\ue001"

    def write(self, builder: TextBuilder, text: str) -> None:
        """Text with its tokens as marks and raised letters."""
        position = 0
        text = text.replace(CAPTION_TOKEN, "")
        for match in TOKEN.finditer(text):
            builder.write(text[position : match.start()])
            self._write_one(builder, int(match.group(1)))
            position = match.end()
        builder.write(PRIVATE.sub("", text[position:]))

    def _write_one(self, builder: TextBuilder, number: int) -> None:
        if number >= len(self.found):
            return
        kind, text, label = self.found[number]
        if kind == "mark" and label is not None:
            builder.write_mark(text, label)
        else:
            builder.write_raised(text, label)

    def show(self, text: str, *, marks: bool) -> str:
        """The words of a stretch on one line, powers with ^; the marks of notes as "[3]" or left out."""
        builder = TextBuilder(known=self.known)
        self.write(builder, " ".join(text.split()))
        shown = builder.text
        if not marks:
            for mark in reversed(builder.marks):
                shown = shown[: mark.start] + shown[mark.end :]
        return shown


@dataclass(slots=True)
class _Entry:
    element: Any
    label: str


def take_notes(tree: Any, url: str | None, tokens: Tokens) -> tuple[Note, ...]:
    """Take the notes out of the tree and put tokens where marks and raised letters stood."""
    notes = _take_inline_notes(tree, url, tokens)
    ids = _index_ids(tree)
    marks = _find_marks(tree, ids)
    entries = _find_entries(tree, marks)
    _replace_marks(marks, entries, tokens)
    _replace_raised(tree, tokens)
    labels = {entry.label for entry in entries.values()} | {note.label for note in notes}
    tokens.known = frozenset(labels - {""})
    for entry in entries.values():
        notes.append(_make_note(entry.element, entry.label, url, tokens))
    for entry in entries.values():
        if entry.element.getparent() is not None:
            replace_with_text(entry.element, " ")
    return tuple(note for note in notes if note.text)


def _replace_raised(tree: Any, tokens: Tokens) -> None:
    for element in list(tree.iter("sup")):
        text = _text(element)
        if text and len(text) <= 12 and not TOKEN.search(text):
            replace_with_text(element, tokens.add("raised", text, None))


def replace_with_text(element: Any, text: str) -> None:
    """Put text in an element's place; what follows it stays. A bare span is left around it: joining the
    text to its neighbours' would cost the square of their number on a hostile page."""
    if element.getparent() is None:
        return
    tail = element.tail
    element.clear()
    element.tag = "span"
    element.text = text
    element.tail = tail


def _text(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def _index_ids(tree: Any) -> dict[str, Any]:
    ids: dict[str, Any] = {}
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for key in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if key:
                ids.setdefault(key, element)
    return ids


def _find_marks(tree: Any, ids: dict[str, Any]) -> list[tuple[Any, Any, str]]:
    """(link, target element, mark as printed) of the links that point at a note."""
    marks = []
    for link in tree.iter("a"):
        href = link.get("href") or ""
        if "#" not in href or not href.startswith("#"):
            continue
        fragment = unquote(href[1:])
        target = ids.get(fragment)
        if target is None or target.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "body", "main", "article"):
            continue
        shown = _text(link)
        if not shown or _BACK_TEXT.match(shown) or _BACK_ID.search(fragment) or len(shown) > 120:
            continue
        if _is_inside(link, target):
            continue
        label = read_label(shown.strip("[]() "))
        holder = _raised_parent(link)
        raised = holder is not None
        classes = f"{link.get('class') or ''} {link.get('role') or ''} {'' if holder is None else holder.get('class') or ''}"
        said = _NOTE_CLASS.search(classes) is not None
        if (label is not None and (raised or said or _NOTE_ID.match(fragment) is not None)) or (
            said and _NOTE_ID.match(fragment) is not None
        ):
            marks.append((link, target, label or shown.strip("[] ").replace(",", "")))
    return marks


def _is_inside(element: Any, target: Any) -> bool:
    return any(parent is target for parent in element.iterancestors())


def _raised_parent(element: Any) -> Any | None:
    for parent in itertools.islice(element.iterancestors(), 3):
        if parent.tag == "sup":
            return parent
    return element if element.find(".//sup") is not None else None


def _find_entries(tree: Any, marks: list[tuple[Any, Any, str]]) -> dict[Any, _Entry]:
    """Note elements by the target that marks point at, and those that only a list names."""
    entries: dict[Any, _Entry] = {}
    held: dict[Any, _Entry] = {}
    for _, target, label in marks:
        if target in entries:
            continue
        holder = _find_holder(target)
        if holder is None:
            continue
        entry = held.get(holder)
        if entry is None:
            entry = _Entry(holder, label)
            held[holder] = entry
        entries[target] = entry
    taken = set(held)
    used = {entry.label for entry in held.values()}
    for listed in _find_lists(tree):
        for number, item in enumerate(_list_items(listed), start=1):
            if item in taken or any(parent in taken for parent in item.iterancestors()):
                continue
            if (
                any(child in taken for child in item.iterdescendants())
                or not 3 <= len(_text(item)) <= _MAX_NOTE
            ):
                continue
            label = _list_label(item, number)
            entries[item] = _Entry(item, "" if label in used else label)
            taken.add(item)
    return entries


def _find_holder(target: Any) -> Any | None:
    """The element that holds the whole note: the target itself, or the nearest one around it with text."""
    element = target
    for _ in range(4):
        if element is None or element.tag in (
            "body",
            "main",
            "article",
            "ol",
            "ul",
            "table",
            "tbody",
            "html",
        ):
            return None
        length = len(_note_text(element))
        if length > _MAX_NOTE:
            return None
        if element.tag in _HOLDERS and length >= 8:
            return element
        element = element.getparent()
    return None


def _find_lists(tree: Any) -> list[Any]:
    lists = [found for path in _LISTS for found in tree.xpath(path)]
    for heading in tree.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if _LIST_HEADING.match(_text(heading)):
            around = heading
            for _ in range(3):
                following = around.getnext()
                if following is not None:
                    if following.tag in ("ol", "ul", "div", "section", "dl"):
                        lists.append(following)
                    break
                around = around.getparent()
                if around is None or around.tag in ("body", "main", "article"):
                    break
    return lists


def _list_items(listed: Any) -> list[Any]:
    items = [listed] if listed.tag in ("li", "aside") else list(listed.iter("li"))
    if not items and listed.tag == "dl":
        items = list(listed.iter("dd"))
    return [item for item in items if not any(parent.tag == "li" for parent in item.iterancestors())]


def _list_label(item: Any, number: int) -> str:
    printed = item.xpath(".//*[contains(@class, 'ltx_tag') or contains(@class, 'footnote-number')]")
    if printed:
        return _text(printed[0]).strip("[]().: ")[:60]
    if (item.get("value") or "").isdecimal():
        return str(item.get("value"))
    parent = item.getparent()
    return str(number) if parent is not None and parent.tag == "ol" else ""


def _is_backlink(link: Any) -> bool:
    href = link.get("href") or ""
    if not href.startswith("#"):
        return False
    said = f"{link.get('role') or ''} {link.get('class') or ''}".lower()
    return (
        "backlink" in said or _BACK_TEXT.match(_text(link)) is not None or _BACK_ID.search(href) is not None
    )


def _note_text(element: Any) -> str:
    """The words of a note without the links that lead back, and without its own number."""
    parts: list[str] = []
    for piece in element.xpath("descendant-or-self::*/text()"):
        owner = piece.getparent().getparent() if piece.is_tail else piece.getparent()
        chain = [] if owner is None else [owner, *itertools.islice(owner.iterancestors(), 6)]
        if not any(node.tag == "a" and _is_backlink(node) for node in chain):
            parts.append(str(piece))
    text = " ".join("".join(parts).split())
    return re.sub(r"^(?:\^|\[?\d{1,3}\]?[.:]?(?=\s))\s*", "", text)


def _make_note(element: Any, label: str, url: str | None, tokens: Tokens) -> Note:
    text = tokens.show(_note_text(element), marks=True)
    targets = [
        resolve_target(url, link.get("href"))
        for link in element.iter("a")
        if link.get("href") and not link.get("href").startswith("#")
    ]
    addresses = [target for target in targets if is_web_address(target)]
    return Note(
        label=label.strip("[]()."),
        text=text,
        targets=tuple(dict.fromkeys([*addresses, *find_addresses(text)])),
    )


def _take_inline_notes(tree: Any, url: str | None, tokens: Tokens) -> list[Note]:
    """Notes written where they are marked (distill, arXiv's HTML, margin notes)."""
    notes: list[Note] = []
    for element in tree.xpath(_INLINE_NOTES):
        if element.getparent() is None or len(_text(element)) > _MAX_NOTE:
            continue
        printed = element.xpath(".//*[contains(@class, 'ltx_note_mark')]")
        label = _text(printed[0]) if printed else str(len(notes) + 1)
        content = element.xpath(".//*[contains(@class, 'ltx_note_content')]")
        holder = content[0] if content else element
        for tag in holder.xpath(
            ".//*[contains(@class, 'ltx_note_mark') or contains(@class, 'ltx_tag_note')]"
        ):
            replace_with_text(tag, "")
        _replace_raised(holder, tokens)
        notes.append(_make_note(holder, label, url, tokens))
        replace_with_text(element, tokens.add("raised", label, label))
    return notes


def _replace_marks(marks: list[tuple[Any, Any, str]], entries: dict[Any, _Entry], tokens: Tokens) -> None:
    for link, target, label in marks:
        entry = entries.get(target)
        if entry is None or link.getparent() is None:
            continue
        name = entry.label
        raised = _raised_parent(link)
        if raised is not None and raised is not link and _text(raised) == _text(link):
            replace_with_text(raised, tokens.add("raised", label, name))
        elif raised is not None or _is_glued(link):
            replace_with_text(link, tokens.add("raised", label, name))
        else:
            replace_with_text(link, tokens.add("mark", _text(link), name))


def _is_glued(link: Any) -> bool:
    """Whether a bare number stands right behind a word, as some sites print their marks without <sup>."""
    if not re.fullmatch(r"\[?\d{1,3}\]?", _text(link)):
        return False
    before = link.getprevious()
    text = (before.tail if before is not None else link.getparent().text) or ""
    if not text and before is not None:
        text = str(before.text_content())
    return bool(text) and not text[-1].isspace() and text[-1] not in "[(,;–-"
