"""Small things that a line of text holds, whatever its format: a date, addresses, words under inline markup.

Refuses to know blocks and documents.
"""

from __future__ import annotations

import re

from ingest.builder import is_exponent

_ADDRESS = re.compile(r"https?://[^\s<>\"'\]|{}]+", re.IGNORECASE)
_DOI = re.compile(r"(?<![\w/.])(?:doi:\s*|doi\s+)(10\.\d{4,9}/[^\s\"<>\]]+)", re.IGNORECASE)
_ARXIV = re.compile(r"\barxiv[:\s]+(\d{4}\.\d{4,5})(?:v\d+)?", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DATE_LINE = re.compile(
    r"[*_]{0,3}(?:(?:published|posted|updated|last updated|date|on)[*_]{0,3}:?[*_]{0,3}\s+(?:on\s+)?)?"
    r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    rf"(?:{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})|(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})"
    r"|(\d{4})-(\d{2})-(\d{2}))[*_]{0,3}",
    re.IGNORECASE,
)


def read_date(line: str) -> str | None:
    """The ISO date of a line that holds a date and nothing else ("Thursday, April 9, 2026")."""
    match = _DATE_LINE.fullmatch(line.strip())
    if match is None:
        return None
    month_a, day_a, year_a, day_b, month_b, year_b, year_c, month_c, day_c = match.groups()
    if year_c is not None:
        year, month, day = int(year_c), int(month_c), int(day_c)
    elif year_a is not None:
        year, month, day = int(year_a), _MONTHS[month_a.lower()], int(day_a)
    else:
        year, month, day = int(year_b), _MONTHS[month_b.lower()], int(day_b)
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def find_addresses(text: str) -> tuple[str, ...]:
    """The web addresses of a stretch of text in order, DOIs and arXiv numbers as addresses, each once."""
    found = [(match.start(), trim_address(match.group())) for match in _ADDRESS.finditer(text)]
    found += [
        (match.start(), "https://doi.org/" + match.group(1).rstrip(".,;)")) for match in _DOI.finditer(text)
    ]
    found += [(match.start(), "https://arxiv.org/abs/" + match.group(1)) for match in _ARXIV.finditer(text)]
    return tuple(dict.fromkeys(address for _, address in sorted(found)))


def trim_address(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        if last in ".,;:!?'\"*_”’»`>" or (last == ")" and address.count("(") < address.count(")")):
            address = address[:-1]
        else:
            break
    return address


def strip_inline(text: str) -> str:
    """Text without inline markup: emphasis, link targets, images, tags, note marks."""
    text = re.sub(r"!\[[^\]\[]{0,300}\]\([^)(]{0,2000}\)", "", text)
    text = re.sub(r"\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    text = re.sub(r"\[\^[^\]\s]{1,40}\]", "", text)
    text = re.sub(r"<sup>\s*([−+-]?\d{1,4})\s*</sup>", _write_raised, text)
    text = re.sub(r"</?[A-Za-z][^<>]{0,500}>", "", text)
    text = re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`|\*\*", "", text)
    return " ".join(text.split())


def _write_raised(raised: re.Match[str]) -> str:
    """A power keeps its ^; a mark of a note is written as one."""
    power = is_exponent(raised.string[max(0, raised.start() - 40) : raised.start()], raised.group(1))
    return f"^{raised.group(1)}" if power else f"[{raised.group(1)}]"


def clean_heading(text: str) -> str:
    """A heading's words: no `#`, no emphasis, no trailing permalink mark or colon."""
    return strip_inline(re.sub(r"^\s*#+\s*", "", text)).rstrip("#¶ :").strip()
