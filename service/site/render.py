"""Templates to bytes: the one Jinja environment, its filters and its guards.

Owns escaping: everything printed is escaped, invisible and direction-changing characters are made plain,
a missing field is an error, and only plain web addresses become links. Refuses to know any page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kb.text import drop_markup
from service.fragments import safe_url
from service.security import PAGE_POLICY
from service.site.words import count_words, format_date

_HERE = Path(__file__).resolve()
# In a checkout templates and style lie in site/ beside the packages; a wheel carries them in here.
_FOLDERS = (_HERE.parent, _HERE.parents[2] / "site")

# Characters that must not be printed as they are: controls and half surrogates show as a replacement
# character, marks that turn the direction of text are written out, for one can turn a figure round.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# The same policy as the headers, for hosts that can't set them: a <meta> may not say frame-ancestors, and
# not every browser counts a page's own folder on disk as 'self'.
META_POLICY = PAGE_POLICY.replace("; frame-ancestors 'none'", "").replace(
    "style-src 'self'", "style-src 'self' file:"
)

# A card in another page's frame: nothing but its own style.
EMBED_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
EMBED_META_POLICY = EMBED_POLICY.replace("; frame-ancestors *", "").replace(
    "style-src 'self'", "style-src 'self' file:"
)


def clean_text(text: str) -> str:
    """Text that is safe to print in a page, a feed or a title."""
    plain = _CONTROL.sub("\ufffd", text)
    return _DIRECTION.sub(lambda match: f"[U+{ord(match[0]):04X}]", plain)


def find_folder(name: str) -> Path:
    """The folder of templates or static files."""
    for folder in _FOLDERS:
        if (folder / name).is_dir():
            return folder / name
    raise FileNotFoundError(f"the site's folder {name!r} is missing from this installation")


def render(template: str, context: dict[str, Any]) -> bytes:
    """A template with its context as UTF-8; raises jinja2.UndefinedError for a field that is missing."""
    text = _environment().get_template(template).render(context)
    return text.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(find_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
        auto_reload=False,
    )
    environment.filters["safe_link"] = safe_url
    environment.filters["day"] = format_date
    environment.filters["shorten"] = shorten
    environment.filters["unmarked"] = drop_markup
    environment.globals["count"] = count_words
    environment.globals["meta_policy"] = META_POLICY
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_text(value)
    return "" if value is None else value


def shorten(text: str, limit: int = 110) -> str:
    """One line of at most `limit` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[:limit].rsplit(" ", 1)[0] or line[:limit]
    return cut.rstrip(" ,;:.-–—") + " …"


def static_files() -> list[tuple[str, bytes]]:
    """(name, content) of every static file, by name."""
    folder = find_folder("static")
    return [
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
