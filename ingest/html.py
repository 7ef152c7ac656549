"""HTML to a Reading: the main text of a page with its headings, lists, tables, links and notes.

trafilatura finds the main text; text and offsets are built here. Owns decoding, limits of depth and
size, formulas, captions. Refuses to load anything that a page names, and to show any of its markup.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from ingest.builder import TextBuilder
from ingest.html_meta import PageMeta, read_meta
from ingest.html_notes import CAPTION_TOKEN, PRIVATE, TOKEN, Tokens, replace_with_text, take_notes
from ingest.limits import DEFAULT, Limits
from ingest.plain import date_from_address, find_bare_links, find_note_marks, known_marks
from ingest.reading import Reading, is_web_address, keep_outside, name_sections, resolve_target, warn
from kb.errors import InputError, LimitError
from kb.types import BlockKind, Issue, Note

READER = "html/1"

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)
_XML_CHARSET = re.compile(
    rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE
)
_CHARSETS = re.compile(
    r"(?:utf-?8|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|us-ascii|ascii|koi8-[ru]|shift[-_]jis|euc-(?:jp|kr)"
    r"|gb(?:k|2312|18030)|big5)$",
    re.IGNORECASE,
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "input", "button",
            "select", "textarea", "canvas", "video", "audio", "map", "dialog")  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TEX_WORDS = {
    "sim": "~", "approx": "≈", "times": "×", "cdot": "·", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "to": "→", "rightarrow": "→", "infty": "∞", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "epsilon": "ε", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "theta": "θ",
    "chi": "χ", "log": "log", "ldots": "…", "dots": "…", "quad": " ", "qquad": " ", "lt": "<", "gt": ">",
}  # fmt: skip
_LEVELS = {f"h{number}": number for number in range(1, 7)}
_FAULTS = (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError)


def read_html(
    content: bytes, name: str, url: str | None, media_type: str | None, *, limits: Limits = DEFAULT
) -> Reading:
    """The main text of a page. Raises InputError where there is none, LimitError over a limit."""
    if len(content) > limits.html_bytes:
        raise LimitError(f"{name}: the page is larger than {limits.html_bytes:,} bytes", name=name)
    tree = _parse(PRIVATE.sub("", _decode(content, media_type)), name, limits)
    base = next(iter(tree.xpath("//base/@href")), None)
    address = resolve_target(url, str(base)) if base else url
    meta = read_meta(tree, url)
    _clean(tree)
    _write_formulas(tree)
    tokens = Tokens()
    notes = take_notes(tree, address or meta.url, tokens)
    _mark_captions(tree)
    _unlink(tree)
    builder, issues = _build(tree, address or meta.url, tokens, name)
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


# --------------------------------------------------------------------------- bytes to a tree


def _decode(content: bytes, media_type: str | None) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, "replace")
    said = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", media_type or "", re.IGNORECASE)
    found = _META_CHARSET.search(content[:4096]) or _XML_CHARSET.match(content[:400])
    charset = said.group(1) if said else (found.group(1).decode("ascii") if found else "")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _CHARSETS.match(charset) and not charset.lower().startswith("utf"):
        western = charset.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "iso8859-1")
        return content.decode("cp1252" if western else charset, "replace")
    damaged = content.decode("utf-8", "replace")
    if charset.lower().startswith("utf") or damaged.count("\ufffd") <= 0.001 * len(damaged):
        return damaged
    return content.decode("cp1252", "replace")


def _parse(text: str, name: str, limits: Limits) -> Any:
    from lxml import etree
    from lxml import html as lxml_html

    if text.count("<") > 3 * limits.html_nodes:
        raise LimitError(f"{name}: the page has more than {limits.html_nodes:,} elements", name=name)
    text = _XML_DECLARATION.sub("", text).replace("\x00", "")
    parser = lxml_html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, no_network=True, recover=True, encoding="utf-8"
    )
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise InputError(f"{name}: the page holds no text ({fault})", name=name) from fault
    depth = deepest = nodes = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        nodes += event == "start"
        deepest = max(deepest, depth)
        if deepest > limits.html_depth:
            raise LimitError(f"{name}: elements are nested more than {limits.html_depth} deep", name=name)
        if nodes > limits.html_nodes:
            raise LimitError(f"{name}: the page has more than {limits.html_nodes:,} elements", name=name)
    return tree


def _clean(tree: Any) -> None:
    """Drop what a reader doesn't see."""
    for element in list(tree.iter()):
        if element.getparent() is None:
            continue
        if not isinstance(element.tag, str):
            replace_with_text(element, "")
            continue
        if element.tag == "script" and (element.get("type") or "").startswith("math/tex"):
            replace_with_text(element, clean_tex(element.text or ""))
        elif element.tag in _DROPPED or (element.tag != "body" and _is_hidden(element)):
            replace_with_text(element, " ")


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style") or "") is not None


def _write_formulas(tree: Any) -> None:
    """Formulas become a line of text, exponents as ^."""
    for element in tree.xpath("//span[contains(concat(' ', @class, ' '), ' katex ')]"):
        source = element.xpath(".//*[local-name()='annotation']/text()")
        if source and element.getparent() is not None:
            replace_with_text(element, clean_tex(str(source[0])))
    for element in tree.xpath("//*[local-name()='math']"):
        if element.getparent() is None:
            continue
        source = element.get("alttext") or next(
            iter(element.xpath(".//*[local-name()='annotation']/text()")), ""
        )
        written = clean_tex(str(source)) if source else " ".join(str(element.text_content()).split())
        replace_with_text(element, written)


def clean_tex(source: str) -> str:
    """A short formula as a line of text: 10^{25} is 10^25, 97\\% is 97%."""
    text = source[:2_000]
    text = re.sub(
        r"\\(?:text|mathrm|mathbf|mathit|mathsf|texttt|textbf|textit|operatorname|bm|rm|bf)\b\*?\s*", "", text
    )
    text = re.sub(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\\(?:left|right|big|Big|displaystyle|,|;|!|:|\s)", "", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda match: _TEX_WORDS.get(match.group(1), match.group(1)), text)
    text = re.sub(r"\\([%$&#_{}])", r"\1", text)
    return re.sub(r"~ (?=\d)", "~", " ".join(re.sub(r"[{}$]", "", text).split()))


def _unlink(tree: Any) -> None:
    """Links that lead nowhere outside the page become plain words."""
    for link in list(tree.iter("a")):
        href = "".join((link.get("href") or "").split()).lower()
        scheme = re.match(r"([a-z][a-z0-9+.-]*):", href)
        if (
            not href
            or href.startswith("#")
            or (scheme is not None and scheme.group(1) not in ("http", "https"))
        ):
            link.drop_tag()


def _mark_captions(tree: Any) -> None:
    """Captions become paragraphs of their own, with a sign that they are captions."""
    from lxml import etree

    for element in list(tree.iter("figcaption", "caption")):
        holder = next((p for p in element.iterancestors("figure", "table")), None)
        if holder is None or holder.getparent() is None or not str(element.text_content()).strip():
            continue
        paragraph = etree.SubElement(holder.getparent(), "p")
        paragraph.text = CAPTION_TOKEN + (element.text or "")
        for child in list(element):
            paragraph.append(child)
        if element.getparent() is not None:
            element.tail = None
            element.getparent().remove(element)
        if holder.tag == "table":
            holder.addprevious(paragraph)
        else:
            paragraph.tail, holder.tail = holder.tail, None
            holder.addnext(paragraph)


# --------------------------------------------------------------------------- the tree to text


def _build(tree: Any, base: str | None, tokens: Tokens, name: str) -> tuple[TextBuilder, tuple[Issue, ...]]:
    whole = copy.deepcopy(tree)
    body = _find_main(tree)
    builder = TextBuilder()
    if body is not None:
        _Writer(builder, base, tokens).write_children(body)
        builder.end()
    words = len(builder.text.split())
    parts = sum(
        1 for element in whole.iter("p", "li", "h1", "h2", "h3", "h4") if str(element.text_content()).strip()
    )
    flattened = len(builder.blocks) <= 1 and parts >= 3  # trafilatura's last resort: words without structure
    if words < 60 or flattened:
        fallback = TextBuilder()
        _Writer(fallback, base, tokens).write_children(_whole_body(whole))
        fallback.end()
        found = len(fallback.text.split())
        if found > 1.5 * words or (flattened and found >= 0.8 * words):
            note = f"{name}: no main text was found; the whole page was read"
            return fallback, (warn("ingest.html", "main_text_not_found", note),) if found > 60 else ()
    return builder, ()


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
    body = tree.find("body")
    body = tree if body is None else body
    for element in list(body.iter("nav", "footer", "aside", "header")):
        if element.tag != "header" or element.find(".//h1") is None:
            replace_with_text(element, " ")
    return body


class _Writer:
    """Walks a tree of HTML or of trafilatura's own elements (head, list, item, row, cell, hi, ref, lb)."""

    def __init__(self, builder: TextBuilder, base: str | None, tokens: Tokens) -> None:
        self.builder = builder
        self.base = base
        self.tokens = tokens

    def write_children(self, element: Any) -> None:
        self._write_text(element.text)
        for child in element:
            self._write_element(child)
            self._write_text(child.tail)

    def _write_element(self, element: Any) -> None:
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag == "head" or tag in _LEVELS:
            rend = (element.get("rend") or "h2").lower()
            self._write_block(element, BlockKind.HEADING, level=_LEVELS.get(tag, _LEVELS.get(rend, 2)))
        elif tag in ("p", "dd", "dt", "address", "center"):
            self._write_block(element, BlockKind.PARAGRAPH)
        elif tag in ("item", "li"):
            self._write_item(element)
        elif tag in ("quote", "blockquote"):
            self._write_quote(element)
        elif tag == "table":
            self._write_table(element)
        elif tag in ("code", "pre"):
            self._write_code(element)
        elif tag in ("ref", "a"):
            self._write_link(element)
        elif tag in ("lb", "br"):
            self.builder.break_line()
        elif tag in ("graphic", "img", "title"):
            return
        elif tag in ("hi", "b", "i", "em", "strong", "span", "u", "sub", "small", "mark", "abbr", "cite", "q", "del",
                     "time", "font", "sup", "kbd", "var", "samp", "ins", "s", "big", "tt", "label", "bdi", "wbr"):  # fmt: skip
            self.write_children(element)
        else:
            self.builder.end()
            self.write_children(element)
            self.builder.end()

    def _write_block(self, element: Any, kind: BlockKind, level: int = 0) -> None:
        first = (element.text or "").lstrip()
        if kind is BlockKind.PARAGRAPH and first.startswith(CAPTION_TOKEN):
            kind = BlockKind.CAPTION
        self.builder.begin(kind, level=level)
        self.write_children(element)
        self.builder.end()

    def _write_item(self, element: Any) -> None:
        level = sum(1 for parent in element.iterancestors() if parent.tag in ("list", "ul", "ol"))
        self.builder.begin(BlockKind.LIST_ITEM, level=max(0, level - 1))
        self._write_text(element.text)
        for child in element:
            if child.tag in ("p", "div") and child.getprevious() is None and not (element.text or "").strip():
                self.write_children(child)  # a list item whose text is wrapped in a paragraph
            else:
                self._write_element(child)
            self._write_text(child.tail)
        self.builder.end()

    def _write_quote(self, element: Any) -> None:
        blocks = [child for child in element if child.tag in ("p", "div", "list", "ul", "ol", "head")]
        if not blocks:
            self._write_block(element, BlockKind.QUOTE)
            return
        self.builder.begin(BlockKind.QUOTE)
        self._write_text(element.text)
        for child in element:
            if child.tag in ("p", "div"):
                self.builder.begin(BlockKind.QUOTE)
                self.write_children(child)
                self.builder.end()
            else:
                self._write_element(child)
            self._write_text(child.tail)
        self.builder.end()

    def _write_code(self, element: Any) -> None:
        text = TOKEN.sub("", PRIVATE.sub("", "".join(map(str, element.itertext()))))
        if "\n" not in text.strip() and element.tag == "code" and not self._stands_alone(element):
            self.builder.write(text)
            return
        self.builder.begin(BlockKind.CODE)
        self.builder.write_lines(text.strip())
        self.builder.end()

    def _stands_alone(self, element: Any) -> bool:
        parent = element.getparent()
        return parent is not None and parent.tag in ("body", "main", "div", "pre")

    def _write_link(self, element: Any) -> None:
        target = element.get("target") or element.get("href") or ""
        absolute = resolve_target(self.base, target) if target and not target.startswith("#") else ""
        if is_web_address(absolute):
            self.builder.open_link(absolute)
            self.write_children(element)
            self.builder.close_link()
        else:
            self.write_children(element)

    def _write_table(self, table: Any) -> None:
        rows = [row for row in table.iter("row", "tr") if _table_of(row) is table]
        cells = [[cell for cell in row if cell.tag in ("cell", "td", "th")] for row in rows]
        if max((len(row) for row in cells), default=0) <= 1 or any(_is_layout(row) for row in cells):
            for row in cells:
                for cell in row:
                    self.builder.end()
                    self.write_children(cell)
                    self.builder.end()
            return
        headers: tuple[str, ...] = ()
        for number, row in enumerate(cells):
            shown = [self._cell_text(cell) for cell in row]
            if not any(shown):
                continue
            is_head = all(cell.tag == "th" or cell.get("role") == "head" for cell in row)
            if is_head and (number == 0 or not headers):
                headers = tuple(shown)
                self._write_row(row, ())
            else:
                self._write_row(row, headers)

    def _cell_text(self, cell: Any) -> str:
        return " ".join(PRIVATE.sub("", TOKEN.sub("", "".join(map(str, cell.itertext())))).split())

    def _write_row(self, row: list[Any], headers: tuple[str, ...]) -> None:
        self.builder.begin(BlockKind.TABLE_ROW, headers=headers)
        for number, cell in enumerate(row):
            if number:
                self.builder.write(" | ")
            for node in _inline(cell):
                if isinstance(node, str):
                    self._write_text(node)
                else:
                    self._write_link(node)
        self.builder.end()

    def _write_text(self, text: str | None) -> None:
        if not text:
            return
        position = 0
        text = text.replace(CAPTION_TOKEN, "")
        for match in TOKEN.finditer(text):
            self.builder.write(text[position : match.start()])
            self._write_token(int(match.group(1)))
            position = match.end()
        self.builder.write(PRIVATE.sub("", text[position:]))

    def _write_token(self, number: int) -> None:
        if number >= len(self.tokens.found):
            return
        kind, text, label = self.tokens.found[number]
        if kind == "mark" and label is not None:
            self.builder.write_mark(text, label)
        else:
            self.builder.write_raised(text, label)


def _table_of(row: Any) -> Any:
    return next((parent for parent in row.iterancestors() if parent.tag == "table"), None)


def _is_layout(row: list[Any]) -> bool:
    """Whether a table only places parts of a page: a cell with headings, lists, tables or long text."""
    return any(
        cell.find(".//table") is not None
        or cell.find(".//list") is not None
        or cell.find(".//head") is not None
        or len(str("".join(map(str, cell.itertext())))) > 1_500
        for cell in row
    )


def _inline(cell: Any) -> Iterator[Any]:
    """The text of a cell with its links, all other elements left out, parts parted by a space."""
    if cell.text:
        yield cell.text
    for child in cell:
        if child.tag in ("ref", "a"):
            yield child
        elif isinstance(child.tag, str):
            if child.tag in ("p", "lb", "br", "div", "item", "li"):
                yield " "
            yield from _inline(child)
        if child.tail:
            yield child.tail


def _append_notes(builder: TextBuilder, notes: tuple[Note, ...]) -> None:
    """Notes go behind the text, so that they can be shown, searched and cited as passages."""
    for note in notes:
        builder.begin(BlockKind.FOOTNOTE)
        builder.write(f"[{note.label}] {note.text}" if note.label else note.text)
        builder.end()
