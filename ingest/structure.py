"""Blocks of a text from the look of its lines: headings, list items, table rows, quotations, notes.

Serves plain text and markdown alike (`markdown=True` switches on fences, `#` headings, components and
the like). Offsets are those of the text as it is. Refuses to know links, encodings and documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ingest.inline import clean_heading, find_addresses, read_date, strip_inline
from ingest.sentences import join_lines, starts_structure
from kb.types import Block, BlockKind, Note


class Line(NamedTuple):
    start: int
    end: int  # without the line's end
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    published: str | None
    title: str | None  # the first heading, where it stands at the top


_FENCE = re.compile(r"[ \t]{0,3}(```+|~~~+)")
_ATX = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)$")
_SETEXT = re.compile(r"[ \t]{0,3}(=+|-{2,})[ \t]*$")
_TABLE_RULE = re.compile(r"[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+•‣◦▪●–]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))[ \t]+(?=\S)")
_QUOTED = re.compile(r"[ \t]{0,3}>")
_DEFINITION = re.compile(r"[ \t]{0,3}\[\^([^\]\s]{1,40})\]:[ \t]*")
_NAMED_NOTE = re.compile(r"(?:Footnote|Endnote|Note)[ \t]+(\d{1,3})[.:][ \t]+(?=\S)")
_COMMENT = re.compile(r"[ \t]*<!--")
_COMPONENT = re.compile(r"[ \t]*<([A-Z][\w.]*)(?![\w.]*>[^<]*</)")
_TAGS_ONLY = re.compile(r"[ \t]*(?:</?[A-Za-z][^<>]{0,500}>[ \t]*)+$")
_MODULE_LINE = re.compile(r"(?:import|export)\b.{0,400}(?:\bfrom\b|[{=;])")
_IMAGE_ONLY = re.compile(r"[ \t]*(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?[ \t]*)+$")
_CAPTION = re.compile(
    r"[*_]{0,3}(?:Figure|Fig\.?|Table|Chart|Exhibit|Box|Listing|Algorithm)[ \t]+[A-Z]?\.?\d{1,3}[a-z]?[*_]{0,3}[ \t]*[.:|–—-]",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:part|chapter|section|volume|episode|abstract|summary)\s+(?:[\divxlc]+\b|$)", re.IGNORECASE
)
_NAMED_PART = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:abstract|introduction|background|methods?|results|discussion|conclusions?|limitations"
    r"|summary|executive summary|related work|methodology|key findings)(?:\s\(.{1,12}\))?",
    re.IGNORECASE,
)
_AUTHORSHIP = re.compile(r"(\S.{8,}?)\s+\([^()]*(?:\([^()]*\)[^()]*)*\b(?:19|20)\d\d\)$")
_BOLD_LINE = re.compile(r"\*\*[^*\n]{2,80}\*\*:?$|__[^_\n]{2,80}__:?$")
_REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:references(?: and notes)?|bibliography|notes|footnotes|end ?notes|sources|works cited"
    r"|citations|literature(?: cited)?|further reading|notes and references|sources and notes)$",
    re.IGNORECASE,
)
_AFTER_REFERENCES = re.compile(
    r"(?:appendi(?:x|ces)|acknowledge?ments?|about|related|comments?|share|author|funding|supplement)\b", re.I
)
_ENTRY = re.compile(
    r"[ \t]*(?:[-*+•‣][ \t]+)?(?:\[(\^?[A-Za-z0-9][\w+-]{0,30})\](?!\():?|\(?(\d{1,3})[.)](?=\s)"
    r"|(\d{1,3})(?=\s+[“\"'A-Z])|([⁰¹²³⁴-⁹]{1,3})|\^(?=\s))?[ \t]*"
)
_ENTRY_SIGN = re.compile(
    r"https?://|\bdoi\b|\barxiv\b|\((?:19|20)\d\d[a-z]?\)|(?<!\d)(?:19|20)\d\d[a-z]?\.", re.IGNORECASE
)
_FIGURE = re.compile(r"[^\w\t]{0,3}\d")
_BULLET_ONLY = re.compile(r"[ \t]*[-*+•‣][ \t]+")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def read_lines(text: str, start: int, end: int) -> list[Line]:
    """The lines of text[start:end], without their ends (\\n or \\r\\n)."""
    lines = []
    position = start
    while position < end:
        newline = text.find("\n", position, end)
        stop = end if newline < 0 else newline
        shown = stop - 1 if stop > position and text[stop - 1] == "\r" else stop
        lines.append(Line(position, shown, text[position:shown]))
        position = stop + 1
    return lines


def read_structure(text: str, start: int = 0, *, markdown: bool) -> Structure:
    """Blocks (without sections), notes, a date line and a title of text[start:]."""
    return _Scanner(text, start, markdown).scan()


class _Scanner:
    def __init__(self, text: str, start: int, markdown: bool) -> None:
        self.text = text
        self.lines = read_lines(text, start, len(text))
        self.markdown = markdown
        self.blocks: list[Block] = []
        self.notes: list[Note] = []
        self.published: str | None = None
        self.references: int | None = None  # the level of the heading over a list of notes
        self.headed = False
        self.unclosed: set[str] = set()  # marks known not to close any more: looked for once only
        self.repeated = 0  # how often "1." opened an entry: markdown numbers such a list itself

    def scan(self) -> Structure:
        index = 0
        while index < len(self.lines):
            index = self._read_next(index)
        return Structure(
            blocks=tuple(self.blocks),
            notes=tuple(self.notes),
            published=self.published,
            title=self._find_title(),
        )

    def _find_title(self) -> str | None:
        """The first line, where it looks like a title and something follows it."""
        shown = [block for block in self.blocks if block.kind not in (BlockKind.METADATA, BlockKind.CODE)]
        if len(shown) < 2 or shown[0].kind not in (BlockKind.HEADING, BlockKind.PARAGRAPH):
            return None
        line = clean_heading(self.text[shown[0].start : min(shown[0].end, shown[0].start + 1000)])
        authorship = _AUTHORSHIP.match(line)
        line = line if authorship is None else authorship.group(1)
        words = len(line.split())
        if len(line) > 200 or words < 3 or line.endswith((".", "!", ",", ";", "…")) or _PART.match(line):
            return None
        first = next((letter for letter in line if letter.isalnum()), "")
        return line if first.isupper() or first.isdecimal() else None

    def _read_next(self, index: int) -> int:
        line = self.lines[index]
        if not line.text.strip():
            return index + 1
        if self.markdown:
            after = self._read_markup(index)
            if after is not None:
                return after
        for read in (self._read_rule, self._read_table, self._read_definition, self._read_item):
            after = read(index)
            if after is not None:
                return after
        if _QUOTED.match(line.text):
            return self._read_while(index, BlockKind.QUOTE, lambda text: _QUOTED.match(text) is not None)
        return self._read_paragraph(index)

    # ---------------------------------------------------------------- what only markdown has

    def _read_markup(self, index: int) -> int | None:
        line = self.lines[index]
        fence = _FENCE.match(line.text)
        if fence:
            return self._read_fence(index, fence.group(1))
        if _COMMENT.match(line.text):
            return self._read_until(index, "-->", BlockKind.METADATA)
        heading = _ATX.match(line.text)
        if heading:
            self._add_heading(line.start + heading.end(), line.end, len(heading.group(1)))
            return index + 1
        if _MODULE_LINE.match(line.text) and line.text.rstrip().endswith((";", "'", '"', "}")):
            self._add(BlockKind.CODE, line.start, line.end)
            return index + 1
        if _IMAGE_ONLY.match(line.text):
            self._add(BlockKind.METADATA, line.start, line.end)
            return index + 1
        if _TAGS_ONLY.match(line.text):
            self._add(BlockKind.CODE, line.start, line.end)
            return index + 1
        component = _COMPONENT.match(line.text)
        if component and ">" not in line.text.replace("=>", ""):
            return self._read_component(index, component.group(1))
        return None

    def _read_fence(self, index: int, fence: str) -> int:
        end = index + 1
        while end < len(self.lines) and not self.lines[end].text.strip().startswith(fence):
            end += 1
        last = min(end, len(self.lines) - 1)
        self._add(BlockKind.CODE, self.lines[index].start, self.lines[last].end)
        return last + 1

    def _read_until(self, index: int, mark: str, kind: BlockKind) -> int:
        end = index
        while mark not in self.unclosed and end < len(self.lines) and mark not in self.lines[end].text:
            end += 1
        if mark in self.unclosed or end == len(self.lines):
            self.unclosed.add(mark)
            end = index  # never closed: only this line
        self._add(kind, self.lines[index].start, self.lines[end].end)
        return end + 1

    def _read_component(self, index: int, name: str) -> int | None:
        """A component with its attributes over several lines, as MDX files have them."""
        if name in self.unclosed or len(self.unclosed) > 100:
            return None
        for end in range(index, min(index + 400, len(self.lines))):
            line = self.lines[end].text.rstrip()
            if line.endswith(("/>", f"</{name}>")) or (end > index and line in (">", "}>", "]}>")):
                self._add(BlockKind.CODE, self.lines[index].start, self.lines[end].end)
                return end + 1
        self.unclosed.add(name)
        return None

    # ---------------------------------------------------------------- what both have

    def _read_rule(self, index: int) -> int | None:
        return index + 1 if _RULE.match(self.lines[index].text) else None

    def _read_table(self, index: int) -> int | None:
        if not self._opens_table(index):
            return self._read_tabbed(index)
        line = self.lines[index]
        ruled = index + 1 < len(self.lines) and _is_table_rule(self.lines[index + 1].text)
        headers = tuple(strip_inline(cell) for cell in split_cells(line.text)) if ruled else ()
        self._add(BlockKind.TABLE_ROW, line.start, line.end)
        end = index + 1
        while end < len(self.lines) and "|" in self.lines[end].text:
            row = self.lines[end]
            if not _is_table_rule(row.text):
                self._add(BlockKind.TABLE_ROW, row.start, row.end, headers=headers)
            end += 1
        return end

    def _opens_table(self, index: int) -> bool:
        line = self.lines[index].text
        if "|" not in line:
            return False
        if line.lstrip().startswith("|") and line.rstrip().endswith("|") and line.count("|") >= 3:
            return True
        following = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        return _is_table_rule(following) and "|" in following

    def _read_tabbed(self, index: int) -> int | None:
        """Lines of one number of tabs, as a table copied from a sheet has them."""
        tabs = self.lines[index].text.strip().count("\t")
        if tabs == 0:
            return None
        end = index
        while end < len(self.lines) and self.lines[end].text.strip().count("\t") == tabs:
            end += 1
        if end - index < 2:
            return None
        first = self.lines[index].text.strip().split("\t")
        below = [cell for line in self.lines[index + 1 : end] for cell in line.text.strip().split("\t")[1:]]
        digits = any(any(letter.isdecimal() for letter in cell) for cell in first[1:])
        figures = sum(_FIGURE.match(cell) is not None for cell in below)
        named = not digits or (not any(map(_FIGURE.match, first[1:])) and 2 * figures > len(below))
        headers = tuple(cell.strip() for cell in first) if named else ()
        for number, line in enumerate(self.lines[index:end]):
            self._add(BlockKind.TABLE_ROW, line.start, line.end, headers=headers if number else ())
        return end

    def _read_definition(self, index: int) -> int | None:
        line = self.lines[index]
        match = _DEFINITION.match(line.text) or _NAMED_NOTE.match(line.text)
        if match is None:
            return None
        end = index + 1
        while end < len(self.lines) and self.lines[end].text.startswith(("    ", "\t")):
            end += 1
        self._add_note(match.group(1), line.start, line.start + match.end(), self.lines[end - 1].end)
        return end

    def _read_item(self, index: int) -> int | None:
        match = _ITEM.match(self.lines[index].text)
        if match is None:
            return None
        line = self.lines[index]
        end = index + 1
        while end < len(self.lines) and self._continues(end):
            end += 1
        stop = self.lines[end - 1].end
        if self.references is not None and (len(match.group(1)) == 0 or self._is_entry(line.start, stop)):
            self._add_entry(line.start, stop)
        else:
            indent = len(match.group(1).expandtabs(4))
            self._add(BlockKind.LIST_ITEM, line.start, stop, level=indent // 2)
        return end

    def _continues(self, index: int) -> bool:
        """Whether this line goes on with the paragraph or item above it."""
        line = self.lines[index].text
        if not line.strip() or starts_structure(line) or self._opens_table(index):
            return False
        return not (_DEFINITION.match(line) or _RULE.match(line) or _NAMED_NOTE.match(line))

    def _read_while(self, index: int, kind: BlockKind, belongs: object) -> int:
        end = index
        while end < len(self.lines) and callable(belongs) and belongs(self.lines[end].text):
            end += 1
        self._add(kind, self.lines[index].start, self.lines[end - 1].end)
        return end

    def _read_paragraph(self, index: int) -> int:
        end = index + 1
        while end < len(self.lines) and self._continues(end):
            end += 1
        first = self.lines[index]
        if (
            end == index + 1
            and end < len(self.lines)
            and self._is_underlined(first.text, self.lines[end].text)
        ):
            self._add_heading(first.start, first.end, 1 if "=" in self.lines[end].text else 2)
            return end + 1
        runs = join_lines(self.text, first.start, self.lines[end - 1].end)
        for number, (start, stop) in enumerate(runs):
            following = runs[number + 1] if number + 1 < len(runs) else self._next_run(end)
            self._add_run(start, stop, following, following or self._next_line(end))
        return end

    def _is_underlined(self, line: str, rule: str) -> bool:
        match = _SETEXT.match(rule)
        title = line.strip()
        if match is None or len(title) > 120 or title.endswith((".", ",", ";")):
            return False
        return match.group(1)[0] == "=" or self.markdown or abs(len(match.group(1)) - len(title)) <= 3

    def _next_run(self, index: int) -> tuple[int, int] | None:
        """The paragraph that follows behind blank lines; None where something else follows."""
        while index < len(self.lines) and not self.lines[index].text.strip():
            index += 1
        if index == len(self.lines) or starts_structure(self.lines[index].text):
            return None
        end = index + 1
        while end < len(self.lines) and end < index + 50 and self._continues(end):
            end += 1
        runs = join_lines(self.text, self.lines[index].start, self.lines[end - 1].end)
        return runs[0] if runs else None

    def _next_line(self, index: int) -> tuple[int, int] | None:
        """The next line with text, whatever it is."""
        while index < len(self.lines) and not self.lines[index].text.strip():
            index += 1
        return None if index == len(self.lines) else self.lines[index][:2]

    def _add_run(
        self, start: int, end: int, following: tuple[int, int] | None, below: tuple[int, int] | None
    ) -> None:
        shown = self.text[start:end]
        date = read_date(shown) if len(shown) <= 60 else None
        if date is not None:
            if len(self.blocks) < 60 and self.published is None:
                self.published = date
            self._add(BlockKind.METADATA, start, end)
        elif self._is_heading(shown, following, below):
            level = 6 if self.markdown else (2 if self.headed else 1)
            self._add_heading(start, end, level)
        elif _CAPTION.match(shown):
            self._add(BlockKind.CAPTION, start, end)
        elif self.references is not None and self._is_entry(start, end):
            self._add_entry(start, end)
        else:
            self._add(BlockKind.PARAGRAPH, start, end)

    def _is_entry(self, start: int, end: int) -> bool:
        """Whether a paragraph under "References" or "Notes" looks like an entry and not like prose."""
        label = _ENTRY.match(self.text, start, end)
        if label is not None and any(label.groups()):
            return True
        return end - start < 600 and _ENTRY_SIGN.search(self.text, start, end) is not None

    def _is_heading(
        self, shown: str, following: tuple[int, int] | None, below: tuple[int, int] | None
    ) -> bool:
        if "\n" in shown:
            return False
        words = clean_heading(shown)
        if _REFERENCES.match(words) and len(shown) < 60:
            return below is not None and self._is_entry(*below)
        if self.markdown:
            return _BOLD_LINE.match(shown) is not None and not words.endswith((".", "!", ",", "?"))
        if self.references is not None and not _AFTER_REFERENCES.match(words):
            return False
        if _NAMED_PART.fullmatch(words) or (shown.endswith("#") and len(words) <= 110 and words):
            return following is not None
        if following is None or not 3 <= len(words) <= 110 or len(words.split()) > 16:
            return False
        if shown.endswith((".", "!", ",", ";", ":", "…", ")", "”", '"')) or "http" in shown:
            return False
        first = next((letter for letter in words if letter.isalnum()), "")
        if not (first.isupper() or first.isdecimal()):
            return False
        body = self.text[following[0] : following[1]]
        if not self.blocks and _NAMED_PART.fullmatch(clean_heading(body)) and len(words.split()) >= 3:
            return True  # a title above "Abstract" or "Summary"
        if len(body) < 1.3 * len(shown) or body.rstrip().endswith("#"):
            return False
        ended = body.rstrip().endswith((".", "!", "?", "”", '"', ":", ")")) or body.rstrip()[-1:].isdecimal()
        return len(body) >= 100 or (len(body) >= 50 and ended)

    # ---------------------------------------------------------------- adding

    def _add(
        self, kind: BlockKind, start: int, end: int, *, level: int = 0, headers: tuple[str, ...] = ()
    ) -> None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start < end:
            self.blocks.append(Block(kind=kind, start=start, end=end, level=level, headers=headers))

    def _add_heading(self, start: int, end: int, level: int) -> None:
        self._add(BlockKind.HEADING, start, end, level=level)
        self.headed = True
        words = clean_heading(self.text[start:end])
        if _REFERENCES.match(words):
            self.references = level
            self.repeated = 0
        elif self.references is not None and level <= self.references:
            self.references = None

    def _add_entry(self, start: int, end: int) -> None:
        """An entry of a list of notes or references."""
        match = _ENTRY.match(self.text, start, end)
        label = ""
        content = start
        if match is not None:
            label = (
                next((group for group in match.groups() if group), "").translate(_SUPERSCRIPTS).lstrip("^")
            )
            content = match.end()
        if not label:
            bullet = _BULLET_ONLY.match(self.text, start, end)
            content = start if bullet is None else bullet.end()
        if label == "1" and self.markdown:
            self.repeated += 1
            label = str(self.repeated)
        self._add_note(label, start, content, end)

    def _add_note(self, label: str, start: int, content: int, end: int) -> None:
        self._add(BlockKind.FOOTNOTE, start, end)
        shown = self.text[content:end]
        self.notes.append(Note(label=label, text=strip_inline(shown), targets=find_addresses(shown)))


def split_cells(row: str) -> list[str]:
    """The cells of a table row written with bars; an escaped bar stays in its cell."""
    inner = row.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _is_table_rule(line: str) -> bool:
    return "-" in line and _TABLE_RULE.match(line) is not None
