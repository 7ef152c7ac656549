"""Reads the plain values of a source file, each against its grammar; knows no key of the schema.

A reader notes every fault and goes on, so that one reading of a file tells all of them. A fault says
what was found and what was wanted.
"""

from __future__ import annotations

import datetime
import difflib
import re

from sources.identifiers import is_web_address
from sources.strict_yaml import Faults, Fields, Items, Node, Scalar

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
MAX_SLUG = 100
MAX_TEXT = 2_000  # characters of one value; a statement is a sentence, a note a paragraph
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")


def is_date(text: str) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD, and a day that exists."""
    match = _DATE.match(text)
    if match is None:
        return False
    try:
        datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def join_place(place: str, key: str) -> str:
    """The place of a key inside another: "findings[2].id"."""
    return f"{place}.{key}" if place else key


class FieldReader:
    """Reads values and notes each fault; goes on after a fault to find the next."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def check_keys(self, node: Fields, known: tuple[str, ...], place: str) -> None:
        """A key that the schema doesn't have is a fault that names the nearest one."""
        for key, (line, _) in node.fields.items():
            if key in known:
                continue
            near = difflib.get_close_matches(key[:80], known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            self.faults.add(line, join_place(place, key[:80]), f"unknown key; {hint}")

    def read_items(self, node: Fields, key: str, place: str) -> tuple[Node, ...]:
        """The children of a list; () where the key is missing."""
        if key not in node.fields:
            return ()
        line, child = node.fields[key]
        if isinstance(child, Items):
            return child.items
        self.faults.add(
            line, join_place(place, key), "wanted a list; leave the key out where there is nothing"
        )
        return ()

    def read_text(self, node: Fields, key: str, place: str, *, required: bool = False) -> str | None:
        """One line of text; numbers, dates and yes/no must be in quotes to be text."""
        if key not in node.fields:
            if required:
                self.faults.add(node.line, join_place(place, key), "missing")
            return None
        line, child = node.fields[key]
        return self.check_text(child, line, join_place(place, key))

    def read_texts(self, node: Fields, key: str, place: str) -> tuple[str, ...]:
        """A list of texts without repetition."""
        texts: list[str] = []
        for index, child in enumerate(self.read_items(node, key, place)):
            text = self.check_text(child, child.line, f"{join_place(place, key)}[{index}]")
            if text is not None and text in texts:
                self.faults.add(
                    child.line, f"{join_place(place, key)}[{index}]", f"{text[:60]!r} is there twice"
                )
            elif text is not None:
                texts.append(text)
        return tuple(texts)

    def check_text(self, node: Node, line: int, place: str) -> str | None:
        """The text of a scalar, white space at its ends removed."""
        if not isinstance(node, Scalar):
            self.faults.add(line, place, "found a list or a mapping, wanted text")
            return None
        text = node.value.strip()
        if node.kind == "null" or not text:
            self.faults.add(line, place, "is empty; leave the key out")
        elif node.kind != "text":
            self.faults.add(line, place, f'found a {node.kind}, wanted text: put it in quotes, "{text[:60]}"')
        elif len(text) > MAX_TEXT:
            self.faults.add(line, place, f"has {len(text)} characters, more than {MAX_TEXT}")
        elif _CONTROL.search(text):
            self.faults.add(line, place, "holds a line break or a control character; write one line")
        else:
            return text
        return None

    def read_word(
        self, node: Fields, key: str, place: str, words: tuple[str, ...], *, required: bool = False
    ) -> str | None:
        """One of a few words."""
        text = self.read_text(node, key, place, required=required)
        if text is None or text in words:
            return text
        self.faults.add(
            node.fields[key][0],
            join_place(place, key),
            f"found {text[:60]!r}, wanted one of {', '.join(words)}",
        )
        return None

    def read_id(self, node: Fields, key: str, place: str) -> str | None:
        """A slug: lower-case letters and digits in words joined by hyphens."""
        text = self.read_text(node, key, place, required=True)
        if text is None or (SLUG.match(text) and len(text) <= MAX_SLUG):
            return text
        wanted = f"lower-case words joined by hyphens, at most {MAX_SLUG} characters"
        self.faults.add(node.fields[key][0], join_place(place, key), f"found {text[:60]!r}, wanted {wanted}")
        return None

    def read_date(self, node: Fields, key: str, place: str, *, required: bool = False) -> str | None:
        """A date as published; in quotes, because YAML makes objects of bare dates."""
        text = self.read_text(node, key, place, required=required)
        if text is None or is_date(text):
            return text
        wanted = "YYYY, YYYY-MM or YYYY-MM-DD, a day that exists"
        self.faults.add(node.fields[key][0], join_place(place, key), f"found {text[:60]!r}, wanted {wanted}")
        return None

    def read_url(self, node: Fields, key: str, place: str) -> str | None:
        """An http(s) address with a host."""
        text = self.read_text(node, key, place)
        if text is None or is_web_address(text):
            return text
        self.faults.add(
            node.fields[key][0], join_place(place, key), f"found {text[:80]!r}, wanted an http(s) address"
        )
        return None

    def read_identifier(self, node: Fields, key: str, grammar: re.Pattern[str], wanted: str) -> str | None:
        """A DOI or an arXiv id in its bare form."""
        text = self.read_text(node, key, "")
        if text is None or grammar.fullmatch(text):
            return text
        self.faults.add(node.fields[key][0], key, f"found {text[:80]!r}, wanted {wanted}")
        return None
