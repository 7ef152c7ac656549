"""What holds digits and is no quantity, known by its shape: addresses, dates, times, marks, file names.

Owns the stretches of a text that the number grammar must not read (masks), each under the name of its
rule. What only the words around a number tell (a model's version, a section's number) is in
kb.number_labels. A rule whose name begins with "~" is markup that is looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Mask = tuple[int, int, str]


_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|january|february|april|june|july|august|september|october|november|december"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)


_SPACE = r"[ \u00a0\n]"


_YEAR = r"(?:1[5-9]|20)\d\d"


_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"


_END = r"(?![\w%])"


# Order decides where two rules meet: the earlier one wins.
_RULES: tuple[tuple[str, str], ...] = (
    ("sup", r"<sup>"),
    ("sub", r"<sub>"),
    ("~html", r"</?[A-Za-z][^<>]{0,2000}+>"),
    ("~link_target", r"(?<=\])\((?:[^()\n]|\([^()\n]*+\))*+\)"),
    ("url", r"(?<!\w)(?:https?|ftp|file)://[^\s<>\"|]++"),
    ("url", r"(?<![\w.@-])www\.[^\s<>\"|]++"),
    ("email", r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"),
    ("doi", r"(?<![\w.])10\.\d{4,9}/[^\s<>\"|\])]++"),
    ("arxiv_id", rf"(?i:arxiv)(?i:[ :./]|\babs\b){{1,6}}\d{{4}}\.\d{{4,5}}(?:v\d{{1,2}})?{_END}"),
    ("arxiv_id", rf"(?<![\w.,$£€-])(?:0[7-9]|[12]\d|3[0-5])(?:0[1-9]|1[0-2])\.\d{{5}}(?:v\d{{1,2}})?{_END}"),
    (
        "url",
        r"(?<![\w.@/-])(?:[A-Za-z0-9-]{1,63}\.){1,5}(?:com|org|net|edu|gov|ai|io|dev|info|co\.uk|ac\.uk|gov\.uk)"
        r"(?![\w-])(?:/[^\s<>\"|\])]*+)?",
    ),
    (
        "file_name",
        r"(?<![\w.-])[\w-][\w.-]{0,120}\.(?:md|mdx|txt|pdf|html?|py|js|ts|jsonl?|ya?ml|csv|tsv|png|jpe?g|svg|gif"
        r"|webp|zip|tex|ipynb|toml|sh|docx?|xlsx?|pptx?)(?![\w-])",
    ),
    ("id", r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"),
    ("id", r"(?<![0-9A-Za-z])(?=[a-f]{0,64}\d)[0-9a-f]{24,128}(?![0-9A-Za-z])"),
    ("html_entity", r"&#?\w{1,10};"),
    ("isbn", r"(?i:isbn)(?:-1[03])?:?\s{0,3}[\dXx][\dXx -]{8,16}"),
    # times and dates
    (
        "date",
        r"(?<![\w.,/-])(?:1[5-9]|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])"
        r"(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?(?![\w%])",
    ),
    (
        "time_of_day",
        r"(?<![\w:.,])\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:[ \u00a0]?(?:[AaPp]\.[Mm]\.|[AaPp][Mm]\b))?(?![\w:%])",
    ),
    ("time_of_day", r"(?<![\w:.,])\d{1,2}(?:\.\d\d)?[ \u00a0]?(?:[ap]\.m\.|[AP]\.M\.|[ap]m\b|[AP]M\b)"),
    ("time_of_day", r"(?<![\w.,])\d{1,2} ?o'clock\b"),
    ("date", r"(?<![\w.,/-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\w%-])"),
    ("date", rf"(?<![\w.,/-])(?:[0-2]?\d|3[01])([/.-])(?:[0-2]?\d|3[01])\1(?:{_YEAR}|\d\d)(?![\w%/-]|\.\d)"),
    ("date", rf"(?<![\w.,/-])(?:0?[1-9]|1[0-2])/{_YEAR}(?![\w%/])"),
    (
        "date",
        rf"(?<![\w.,-]){_DAY}(?:{_SPACE}?[–-]{_SPACE}?{_DAY})?(?:{_SPACE}of)?{_SPACE}{_MONTH}"
        rf"(?:,?{_SPACE}(?:{_YEAR}|'\d\d))?(?!\w)",
    ),
    (
        "date",
        rf"\b{_MONTH}{_SPACE}(?:the{_SPACE})?{_DAY}(?:{_SPACE}?[–-]{_SPACE}?(?:{_MONTH}{_SPACE})?{_DAY}"
        rf"|,? and{_SPACE}{_DAY}(?!\w|,\d))?(?:,?{_SPACE}{_YEAR})?{_END}",
    ),
    ("date", rf"\b{_MONTH}(?:,?(?:{_SPACE}of)?{_SPACE}?|[-/])(?:{_YEAR}|'\d\d){_END}"),
    ("date", rf"\b(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter),?(?:{_SPACE}of)?{_SPACE}{_YEAR}{_END}"),
    (
        "date",
        rf"\b(?:Q[1-4]|H[12])(?:[ /-]|'|{_SPACE}of{_SPACE})?(?:FY)?(?:{_YEAR}|(?<=[ /'-])\d\d)(?![\w%]|\.\d)",
    ),
    ("date", r"\bQ[1-4](?![\w%+-]|\.\d)"),
    (
        "coordinates",
        r"(?<![\w.])\d{1,3}(?:\.\d{1,8})?°[ \u00a0]?(?:\d{1,2}(?:\.\d{1,6})?['′][ \u00a0]?)?(?:\d{1,2}(?:\.\d{1,6})?[\"″][ \u00a0]?)?[NSEW](?!\w)",
    ),
    ("date", rf"(?<![\w.,-]){_YEAR}[ -]?[QH][1-4](?!\w)"),
    ("date", r"\bFY ?'?\d{2,4}(?:[/-]\d\d)?(?!\w)"),
    ("date", r"(?<![\w.,])(?:1[5-9]|20)\d0'?s(?![^\W\d])"),
    ("date", r"(?<!\w)'\d0s(?!\w)"),
    (
        "date",
        rf"(?<![\w.,$£€~<>≤≥±-]){_YEAR}{_SPACE}?[-–—/]{_SPACE}?(?:{_YEAR}|\d\d)"
        rf"(?![\w%-]|[.,]\d|{_SPACE}?%|{_SPACE}(?:[kmcµμnMG]?(?:g|m|Hz|W|V|J|L|l|Pa|K|B|eV|mol)|°[CFK])(?!\w))",
    ),
    ("date", rf"(?<![\w.,$£€-]){_YEAR}(?:,{_YEAR}){{1,8}}(?!\w)"),
    ("date", r"(?<![\w.,])\d{1,5}[ \u00a0]?(?:BCE?|B\.C\.(?:E\.)?|CE|AD|A\.D\.)(?!\w)"),
    ("date", r"(?<!\w)(?:A\.D\.|AD) ?\d{1,4}(?:(?: and |[–-])\d{1,4})?(?!\w)"),
    ("date", r"(?<![\w.,])\d{1,2}(?:st|nd|rd|th)[ -][Cc]entur(?:y|ies)\b"),
    # marks, numbers of things, contacts
    ("metric_name", r"\b[Bb]est-of-\d{1,6}(?![\w%]|[.,]\d)"),
    (
        "metric_name",
        r"\b[Tt]op-\d{1,3}(?= (?:accuracy|accuracies|error|errors|recall|precision|hits?|retrieval|scores?|predictions?)\b)",
    ),
    ("title", r"\b\d{2} Under \d{2}\b"),
    (
        "section_number",
        r"(?:(?<=§)|(?<=§ ))\d{1,4}(?:\.\d{1,3}){0,4}(?:[–-]\d{1,4}(?:\.\d{1,3}){0,3})?(?![\w%])",
    ),
    (
        "degrees_of_freedom",
        r"(?<=[FtrTz²2])\(\d{1,5}(?:\.\d{1,4})?(?:, ?\d{1,5}(?:\.\d{1,4})?)?\)(?= ?[=<>≤≥])",
    ),
    (
        "citation_mark",
        r"\((?!\d{1,3}(?:,\d{3})+\))\d{1,3}(?:[–-]\d{1,3})?(?:,\d{1,3}(?:[–-]\d{1,3})?){1,20}\)(?! ?%)",
    ),
    ("citation_mark", r"\[\^[\w-]{1,40}\]"),
    ("citation_mark", r"\[\d{1,3}(?: ?[,;–-] ?\d{1,3}){0,30}\](?! ?%)"),
    (
        "reading_time",
        r"(?<![\w.,])\d{1,3}[ -]?min(?:ute)?s?(?:\.|\b)[ -](?:of )?(?:read|watch|listen)(?:ing)?\b",
    ),
    ("reading_time", r"(?i:\bread(?:ing)?[ -]time):? {0,3}~?\d{1,3} ?(?i:min(?:ute)?s?\b)?"),
    (
        "phone",
        r"(?<![\w.,/+-])\+(?=(?:[ ().-]{0,2}\d){8,16}(?!\d))\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?![\w%])",
    ),
    ("phone", r"(?<![\w.,/-])\(\d{3}\)[ -]?\d{3}[ .-]\d{4}(?![\w%])"),
    ("phone", r"(?<![\w.,/-])(?:1[ .-])?\d{3}[-.]\d{3}[-.]\d{4}(?![\w%-]|\.\d)"),
    ("phone", r"(?<![\w.,/-])[2-9]\d\d-\d{4}(?![\w%-]|[.,]\d)"),
    ("phone", r"(?i:\b(?:phone|tel|telephone|fax|call)\b[:.]?) {0,2}\+?[\d()][\d() .-]{5,18}\d(?![\w%])"),
    (
        "version",
        r"(?<![\w.,-])(?![1-9]\d{0,2}(?:\.\d{3}){2,8}(?!\.?\d))\d{1,4}(?:\.\d{1,5}){2,8}(?:[-+][0-9A-Za-z.-]{1,20})?(?![\w%])",
    ),
    ("version", r"(?<![\w.])[vV]\.?\d{1,4}(?:\.\d{1,5}){0,4}(?![\w%])"),
    (
        "version",
        r"\b(?:[Vv]ersion|VERSION|[Vv]er\.|[Ff]irmware|Release|Build) v?\d{1,4}(?:\.\d{1,5}){0,4}(?![\w%]|,\d)",
    ),
    (
        "id",
        r"(?<![\w&#])(?<!\brank )(?<!\branks )(?<!\branked )(?<!\bplaced )#[A-Za-z-]{0,10}\d{1,12}(?![\w%])",
    ),
    ("id", r"(?<!\w)0[xX][0-9A-Fa-f]{1,64}(?!\w)"),
)


def _group(names: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in names)


RULES = _group(_RULES)


_DIGIT = re.compile(r"\d")
_MARKUP = frozenset(("~html", "~link_target", "sup", "sub"))


_FENCE = re.compile(r"^[ \t\u00a0]{0,3}(?:```|~~~)", re.MULTILINE)


_INLINE = re.compile(r"(?<!`)`([^`\n]{1,300}+)`(?!`)")


_FRONT_MATTER = re.compile(r"^---[ \t\u00a0]*$", re.MULTILINE)


_METADATA = re.compile(
    r"^[ \t\u00a0-]*[\w ()-]{1,60}:[ \u00a0]*[\"']?[+−-]?\d[\d.,:]*[\"']?[ \u00a0]*$", re.MULTILINE
)


_KEY = re.compile(r"\n[\w-]{1,60}:(?:[ \u00a0\n]|\Z)")
_FRONT_START, _FRONT_LENGTH = 600, 20_000


_FORMULA_BLOCK = re.compile(r"\$\$(?:[^$]|\$(?!\$)){1,2000}+\$\$")


_FORMULA = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$\n]{1,300}+)\$(?!\d)")


_SYMBOLIC = re.compile(r"[_{}]|\\(?!times|%|,|;|sim|approx|pm|leq?|geq?|cdot|mathrm|text|\s)")


_MATHEMATICAL = re.compile(r"[\\^=<>~]|\A\S+\Z")


_WORDLESS = re.compile(r"[\d\s.,%~+<>=≤≥×/–-]+")


_LINK_TEXT = re.compile(r"\[(?=[^\[\]\n]{0,400}+\]\()|\](?=\()|\\(?=[\[\]_*#$~^%.-])")


_INTERVAL = re.compile(r"(?i:\b(?:CI|CrI|HDI|interval|intervals|IQR|range)\b[^\n\[\]]{0,12})\Z")


def find_masks(text: str) -> list[Mask]:
    """Stretches of a folded text that are not to be read, in order, not overlapping."""
    taken = bytearray(len(text))
    masks: list[Mask] = []
    for name, start, end in _candidates(text):
        if start < end and not taken[start] and not taken[end - 1] and not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            masks.append((start, end, name))
    masks.sort()
    return masks


def _candidates(text: str) -> Iterator[tuple[str, int, int]]:
    yield from _find_code(text)
    yield from _find_formulas(text)
    yield from _find_metadata(text)
    has_digit = _DIGIT.search(text) is not None
    marked = "<" in text or "](" in text
    for name, pattern in RULES:
        if not (marked if name in _MARKUP else has_digit):
            continue
        for match in pattern.finditer(text):
            if name == "citation_mark" and _INTERVAL.search(text, max(0, match.start() - 40), match.start()):
                continue
            yield name, match.start(), match.end()


def _find_code(text: str) -> Iterator[tuple[str, int, int]]:
    """Fenced blocks, `inline code` that isn't a bare number, and HTML comments."""
    opened: int | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match.start()
        else:
            yield "code", opened, match.end()
            opened = None
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        yield "~html", start, end + 3
        start = text.find("<!--", end)
    for match in _INLINE.finditer(text):
        if not _WORDLESS.fullmatch(match.group(1)):
            yield "code", match.start(), match.end()


def _find_formulas(text: str) -> Iterator[tuple[str, int, int]]:
    """Formulas with names of their own ("$s_0$"); "$p < 0.05$" and "$10^{25}$" are left to be read."""
    for match in _FORMULA_BLOCK.finditer(text):
        yield "formula", match.start(), match.end()
    for match in _FORMULA.finditer(text):
        if _SYMBOLIC.search(match.group(1)) and not match.group(1)[-1].isspace():
            power = _POWER.fullmatch(match.group(1))
            if power is None:
                yield "formula", match.start(), match.end()


_POWER = re.compile(r"[^\\_{}]{0,40}\^\{[-−+]?\d{1,3}\}[^\\_{}]{0,40}")


def _find_metadata(text: str) -> Iterator[tuple[str, int, int]]:
    """Bare numbers of a page's front matter ("quality: 60")."""
    opening = _FRONT_MATTER.search(text, 0, _FRONT_START)
    closing = _FRONT_MATTER.search(text, opening.end(), opening.end() + _FRONT_LENGTH) if opening else None
    if opening is None or closing is None or not _KEY.match(text, opening.end()):
        return
    for match in _METADATA.finditer(text, opening.end(), closing.start()):
        yield "metadata_value", match.start(), match.end()


def find_markup(text: str) -> list[int]:
    """Offsets of signs that are markup alone: the brackets of a link's text, backslash escapes, the dollar
    signs around a formula that is read."""
    marks = [match.start() for match in _LINK_TEXT.finditer(text)]
    for match in _FORMULA.finditer(text):
        inside = match.group(1)
        if not inside[-1].isspace() and _MATHEMATICAL.search(inside):
            marks.extend((match.start(), match.end() - 1))
    return marks
