"""The search index of the static site: one record for every claim and source, read by Pagefind.

Owns what can be found, the filters and how the indexer is run; the same records give the same answers,
though Pagefind doesn't give the same bytes. Refuses to know the store and the look of results
(site/static/search.js). Where Pagefind isn't installed, `find_indexer` is None and the site has no search.

Each record is a small HTML page in a folder of its own, since files are the indexer's stable interface
(its Python service takes a tenth of a second for each). Figures are filters (service.site.number_tokens):
words of an index lose their points and match by their beginnings, filters are exact.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from kb.errors import WriteError
from kb.ids import hash_bytes
from kb.store import StoredClaim
from kb.text import drop_markup
from kb.types import Source
from service.site import words
from service.site.number_tokens import find_tokens
from service.site.render import clean_text, shorten
from service.site.views import ClaimView

FOLDER = "pagefind"
_LIMIT_S = 900
_MAX_EVIDENCE = 3
_MAX_WORDS = 400  # characters of one passage of evidence
# What Pagefind writes for its ready-made interfaces, which this site doesn't use.
_UNUSED = ("pagefind-*ui*", "pagefind-highlight.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRecord:
    """`path` is the page in the site, `title` weighs most; `shown` is kept for the list of results,
    `filters` maps a filter to its values."""

    path: str
    title: str
    texts: tuple[str, ...]
    shown: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def find_indexer() -> Path | None:
    """The indexer's program, or None where it isn't installed."""
    try:
        from pagefind_bin import get_executable
    except ImportError:
        return None
    program = Path(get_executable())
    return program if program.is_file() else None


def make_claim_record(
    stored: StoredClaim, view: ClaimView, article: str, sources: Mapping[str, Source]
) -> SearchRecord:
    """What a claim is found by: its sentence, who says it where, and what the sources say to it."""
    claim = stored.checked.claim
    cited = [sources[one.source.id] for one in view.evidence if one.source.id]
    year = (stored.article.published or "")[:4]
    spoken = [one.exact or one.statement or "" for one in view.evidence if one.speaks][:_MAX_EVIDENCE]
    named = view.deciding or (view.evidence[0] if view.evidence else None)
    own = (claim.measured_entity, claim.measured_property, claim.speaker, claim.attribution)
    sentence = drop_markup(view.text)
    return SearchRecord(
        path=f"claims/{view.id}.html",
        title=sentence,
        texts=(
            " ".join(part for part in own if part),
            article,
            *(
                f"{source.title} {source.publisher or ''} {' '.join(source.authors[:3])}"
                for source in cited[:3]
            ),
            *(shorten(text, _MAX_WORDS) for text in spoken),
        ),
        shown={
            "key": view.badge.key,
            "reason": view.badge.title,
            "article": shorten(article, 90),
            "source": shorten(named.source.title, 90) if named is not None else "",
            "figure": view.span,
        },
        filters={
            "label": (view.badge.key,),
            "reason": (view.badge.reason,),
            "topic": claim.topics,
            "source": tuple(dict.fromkeys(source.id for source in cited)),
            "publisher": tuple(dict.fromkeys(source.publisher for source in cited if source.publisher)),
            "year": (year,) if year.isdigit() else (),
            "kind": (claim.kind.value,),
            "number": tuple(find_tokens(claim.quantities)),
        },
    )


def make_source_record(source: Source) -> SearchRecord:
    year = (source.published or "")[:4]
    figures = [quantity for finding in source.findings for quantity in finding.quantities]
    return SearchRecord(
        path=f"sources/{source.id}.html",
        title=source.title,
        texts=(
            " ".join((*source.authors, source.publisher or "", *source.aliases)),
            *(finding.statement for finding in source.findings),
        ),
        shown={"key": "source", "reason": words.describe_source(source), "article": "", "source": "", "figure": ""},
        filters={
            "topic": source.topics,
            "source": (source.id,),
            "publisher": (source.publisher,) if source.publisher else (),
            "year": (year,) if year.isdigit() else (),
            "kind": ("source",),
            "number": tuple(find_tokens(figures)),
        },
    )  # fmt: skip


def write_record(record: SearchRecord) -> bytes:
    """The record as the page that the indexer reads. Values of filters and shown fields stand in
    attributes, so that they are no words of it."""
    lines = ['<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>']
    for name, values in record.filters.items():
        lines += [
            f'<meta data-pagefind-filter="{name}[content]" content="{_plain(value)}">' for value in values
        ]
    for name, value in record.shown.items():
        lines.append(f'<meta data-pagefind-meta="{name}[content]" content="{_plain(value)}">')
    lines.append(f"<h1>{_plain(record.title)}</h1>")
    lines += [f"<p>{_plain(text)}</p>" for text in record.texts if text.strip()]
    return ("\n".join(lines) + "\n</body></html>\n").encode("utf-8", "replace")


def hash_records(pages: Mapping[str, bytes], indexer: Path) -> str:
    """What an index is of: the same hash, the same answers."""
    lines = [f"{path} {hash_bytes(content)}" for path, content in sorted(pages.items())]
    return hash_bytes("\n".join([str(indexer.stat().st_size), *lines]).encode())


def write_index(pages: Mapping[str, bytes], out: Path, indexer: Path) -> None:
    """Index the pages (their address in the site -> content) into the folder `out`, which must not exist.

    WriteError where the indexer fails or takes over 15 minutes."""
    out = out.absolute()  # the indexer runs in a folder of its own
    with tempfile.TemporaryDirectory(prefix=".records.", dir=out.parent) as folder:
        root = Path(folder) / "pages"
        for part in sorted({path.rpartition("/")[0] for path in pages}):
            (root / part).mkdir(parents=True, exist_ok=True)
        root.mkdir(exist_ok=True)
        for path, content in pages.items():
            (root / path).write_bytes(content)
        made = Path(folder) / "index"
        _run(indexer, root, made)
        for pattern in _UNUSED:
            for unused in sorted(made.glob(pattern)):
                unused.unlink()
        shutil.move(made, out)


def _run(indexer: Path, root: Path, out: Path) -> None:
    # Its settings come from these arguments alone: no file of the folder it runs in, no variable.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    line = [str(indexer), "--site", str(root), "--output-path", str(out), "--force-language", "en", "--quiet"]
    try:
        ended = subprocess.run(line, cwd=root, env=environment, capture_output=True, timeout=_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise WriteError(f"the search index took longer than {_LIMIT_S} s", path=str(out)) from error
    if ended.returncode != 0 or not (out / "pagefind.js").is_file():
        said = (ended.stderr or ended.stdout).decode("utf-8", "replace").strip()[-400:]
        raise WriteError(f"the search index could not be made: {said or ended.returncode}", path=str(out))


def _plain(text: str) -> str:
    return escape(clean_text(" ".join(text.split())), quote=True)
