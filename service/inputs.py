"""Bytes from what a user names: a file, "-" for standard input, or an address. Decides which of the three it
is; refuses to look inside."""

from __future__ import annotations

import sys
from dataclasses import replace

from kb.errors import InputError
from kb.types import Raw

STDIN = "-"


def is_address(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def read_input(name: str, *, url: str | None = None) -> Raw:
    """Raises InputError, LimitError or FetchError, each naming the input. `url` is the address that the
    text has or will have, where the input is a file or standard input."""
    if is_address(name):
        from ingest.fetch import fetch

        return fetch(name)
    from ingest.read import read_file, read_stdin

    if name == STDIN and sys.stdin.isatty():
        raise InputError("standard input: nothing was piped to it; name a file, or pipe a text", path=name)
    raw = read_stdin() if name == STDIN else read_file(name)
    return raw if url is None else replace(raw, url=url)
