"""Finds links of built pages that lead nowhere in the site.

Owns what counts as a link of ours. Refuses to look outside the site's folder.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.errors import WriteError

_LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(rb'\sid="([^"]*)"')
_MOST = 10  # dead links that a message names
# Made after the pages, or shown under any address.
_LATER = ("pagefind/",)
_ANYWHERE = ("404.html",)


def check_links(folder: Path, pages: Iterable[str], paths: Collection[str]) -> None:
    """WriteError that names the links of these pages whose file isn't among `paths`, or lacks the id after
    the #."""
    ids: dict[str, frozenset[str]] = {}
    dead = []
    for page in pages:
        if page in _ANYWHERE:
            continue
        content = (folder / page).read_bytes()
        for raw in dict.fromkeys(_LINK.findall(content)):
            link = unescape(raw.decode("utf-8", "replace"))
            target = _find_target(page, link)
            if target is None or target.startswith(_LATER):
                continue
            fragment = unquote(urlsplit(link).fragment)
            if target not in paths:
                dead.append(f"{page}: {link}")
            elif fragment and not fragment.startswith(":~:") and target.endswith(".html"):
                if target not in ids:
                    found = _ID.findall((folder / target).read_bytes())
                    ids[target] = frozenset(unescape(one.decode("utf-8", "replace")) for one in found)
                if fragment not in ids[target]:
                    dead.append(f"{page}: {link}")
    if dead:
        more = f" and {len(dead) - _MOST} more" if len(dead) > _MOST else ""
        raise WriteError(
            f"links of the built site lead nowhere: {'; '.join(dead[:_MOST])}{more}", path=str(folder)
        )


def _find_target(page: str, link: str) -> str | None:
    """The file in the site that a link means; None for one that leads out of it."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    if not parts.path:
        return page
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
