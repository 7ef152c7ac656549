"""A report as a document to keep or hand on: HTML, Markdown, Word or JSON, and the list of corrections.

Owns the order of the parts and the escaping in each form. The same report gives the same bytes. Refuses to
know how a report was made and where it goes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from kb.reasons import REASONS
from kb.types import Evidence, Report, Source, count_labels
from service.fragments import fragment_url, source_url
from service.schemas import dumps, report_to_json
from service.visible import make_visible_line
from service.wording import label_key, split_evidence

FORMATS = ("html", "md", "docx", "json", "txt")
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
}
_MAX_PASSAGE = 700
_MAX_OTHERS = 3
# What XML 1.0 can't hold: Word refuses a document with one of these.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.55 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "h1,h2,h3{line-height:1.2}h3{font:600 1rem/1.3 system-ui,sans-serif}blockquote{margin:.5rem 0;padding-left:.8rem;"
    "border-left:.2rem solid}.contested{color:#a3160f}.supported{color:#16653a}.unsourced{color:#7a4b00}"
    "@media(prefers-color-scheme:dark){.contested{color:#ff9d94}.supported{color:#7fd6a3}.unsourced{color:#f0c274}}"
    "small{color:inherit;opacity:.8}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of evidence to show: who says it, its words (ours, for a registry finding), where, a link."""

    stance: str
    title: str
    words: str
    ours: bool
    place: str
    link: str | None
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One claim to show, numbered from 1."""

    number: int
    label: str
    title: str
    sentence: str
    span: str
    explanation: str
    correction: str | None
    passages: tuple[Passage, ...]


def export_report(report: Report, form: str) -> bytes:
    """The report in one of FORMATS. ValueError for another."""
    writers: dict[str, Callable[[Report], bytes]] = {
        "html": _to_html,
        "md": lambda one: _to_markdown(one).encode("utf-8", "replace"),
        "docx": _to_docx,
        "json": lambda one: dumps(report_to_json(one), indent=True),
        "txt": lambda one: list_corrections(one).encode("utf-8", "replace"),
    }
    if form not in writers:
        raise ValueError(f"the form {form!r} is unknown: use one of {', '.join(FORMATS)}")
    return writers[form](report)


def list_corrections(report: Report) -> str:
    """What to change, one paragraph each, to paste into a message; a line that says so where nothing is."""
    lines = []
    for entry in _entries(report):
        if entry.label != "contested":
            continue
        change = (
            f"“{entry.span}” → “{entry.correction}”. "
            if entry.correction is not None
            else f"“{entry.span}”: "
        )
        source = next((f" {one.link}" for one in entry.passages if one.link), "")
        lines.append(f"{entry.number}. {change}{entry.explanation}{source}")
    return "\n\n".join(lines) + "\n" if lines else "No claim of this text is contested.\n"


def _entries(report: Report) -> Iterator[Entry]:
    sources = {source.id: source for source in report.sources}
    for number, checked in enumerate(report.claims, start=1):
        verdict = checked.verdict
        known = REASONS.get(verdict.reason)
        deciding, others = split_evidence(checked)
        shown = [*deciding, *(piece for piece in others if piece.selector or piece.statement)][:_MAX_OTHERS]
        claim = checked.claim
        span = claim.quantities[0].surface if verdict.correction and claim.quantities else claim.span.exact
        yield Entry(
            number=number,
            label=label_key(verdict.label),
            title=known.title if known is not None else verdict.reason,
            sentence=make_visible_line(claim.sentence.exact),
            span=make_visible_line(span),
            explanation=make_visible_line(verdict.explanation),
            correction=make_visible_line(verdict.correction) if verdict.correction is not None else None,
            passages=tuple(_passage(piece, sources.get(piece.source_id)) for piece in shown),
        )


def _passage(piece: Evidence, source: Source | None) -> Passage:
    address = source_url(source.url, source.doi, source.arxiv) if source is not None else None
    words = piece.selector.exact if piece.selector is not None else piece.statement or ""
    words = make_visible_line(words)
    parts = [piece.locator or "", piece.section or "", f"page {piece.page}" if piece.page else ""]
    return Passage(
        stance=piece.stance.value,
        title=make_visible_line(source.title if source is not None else piece.source_id),
        words=words if len(words) <= _MAX_PASSAGE else words[: _MAX_PASSAGE - 1] + "…",
        ours=piece.selector is None,
        place=", ".join(dict.fromkeys(make_visible_line(part) for part in parts if part)),
        link=fragment_url(address, piece.selector, piece.page) or address,
        caveats=tuple(make_visible_line(caveat) for caveat in piece.caveats),
    )


def _heading(report: Report) -> tuple[str, str, str]:
    """(title, counts in words, what made it)."""
    counts = count_labels(report.claims)
    told = ", ".join(
        f"{counts[key]} {key.replace('_', ' ')}" for key in counts if key != "claims" and counts[key]
    )
    claims = "claim" if counts["claims"] == 1 else "claims"
    title = make_visible_line(report.document.title or "A checked text")
    return (
        title,
        f"{counts['claims']} {claims}" + (f": {told}" if told else ""),
        f"{report.checker}, ground {report.ground[:16]}",
    )


# --------------------------------------------------------------------------- Markdown


def _to_markdown(report: Report) -> str:
    title, counts, made_by = _heading(report)
    lines = [f"# {_md(title)}", "", f"{counts}.", ""]
    corrections = [entry for entry in _entries(report) if entry.label == "contested"]
    if corrections:
        lines += ["## Corrections", ""]
        lines += [f"{number}. {_md_correction(entry)}" for number, entry in enumerate(corrections, start=1)]
        lines += [""]
    lines += ["## Claims", ""]
    for entry in _entries(report):
        lines += [
            f"### {entry.number}. {_md(_label(entry))}",
            "",
            f"> {_md(entry.sentence)}",
            "",
            _md(entry.explanation),
            "",
        ]
        for passage in entry.passages:
            named = f"[{_md(passage.title)}](<{passage.link}>)" if passage.link else _md(passage.title)
            place = f", {_md(passage.place)}" if passage.place else ""
            lines.append(f"- {named}{place} ({passage.stance}): {_md(_said(passage))}")
            lines += [f"  - Left out: {_md(caveat)}" for caveat in passage.caveats]
        lines += [""] if entry.passages else []
    lines += [
        "---",
        "",
        f"Made by {_md(made_by)}. A label rates the link between claim and source, not truth.",
        "",
    ]
    return "\n".join(lines)


def _md_correction(entry: Entry) -> str:
    change = f"“{_md(entry.span)}”" + (
        f" → “{_md(entry.correction)}”" if entry.correction is not None else ""
    )
    return f"{change} (claim {entry.number}): {_md(entry.explanation)}"


def _md(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


# --------------------------------------------------------------------------- HTML


def _to_html(report: Report) -> bytes:
    title, counts, made_by = _heading(report)
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1><p>{escape(counts)}.</p>",
    ]  # fmt: skip
    corrections = [entry for entry in _entries(report) if entry.label == "contested"]
    if corrections:
        parts.append("<h2>Corrections</h2><ol>")
        parts += [f"<li>{_html_correction(entry)}</li>" for entry in corrections]
        parts.append("</ol>")
    parts.append("<h2>Claims</h2>")
    for entry in _entries(report):
        parts.append(
            f'<section><h3 class="{entry.label}">{entry.number}. {escape(_label(entry))}</h3>'
            f"<blockquote>{escape(entry.sentence)}</blockquote><p>{escape(entry.explanation)}</p>"
        )
        if entry.passages:
            parts.append("<ul>")
            parts += [_html_passage(passage) for passage in entry.passages]
            parts.append("</ul>")
        parts.append("</section>")
    parts.append(
        f"<footer><small>Made by {escape(made_by)}. A label rates the link between claim and source, not truth."
        "</small></footer></main></body></html>\n"
    )
    return "\n".join(parts).encode("utf-8", "replace")


def _html_correction(entry: Entry) -> str:
    change = f"“{escape(entry.span)}”" + (
        f" → “{escape(entry.correction)}”" if entry.correction is not None else ""
    )
    return f"{change} (claim {entry.number}): {escape(entry.explanation)}"


def _html_passage(passage: Passage) -> str:
    named = (
        f'<a href="{escape(passage.link)}" rel="noreferrer">{escape(passage.title)}</a>'
        if passage.link
        else escape(passage.title)
    )
    place = f", {escape(passage.place)}" if passage.place else ""
    caveats = "".join(f"<br>Left out: {escape(caveat)}" for caveat in passage.caveats)
    return f"<li>{named}{place} ({passage.stance}): {escape(_said(passage))}{caveats}</li>"


# --------------------------------------------------------------------------- Word


def _to_docx(report: Report) -> bytes:
    import docx

    title, counts, made_by = _heading(report)
    document = docx.Document()
    document.core_properties.author = "Wherefrom"
    document.core_properties.title = _xml(title)[:255]
    document.add_heading(_xml(title), 0)
    document.add_paragraph(f"{counts}.")
    corrections = [entry for entry in _entries(report) if entry.label == "contested"]
    if corrections:
        document.add_heading("Corrections", 1)
        for entry in corrections:
            change = f"“{entry.span}”" + (f" → “{entry.correction}”" if entry.correction is not None else "")
            paragraph = document.add_paragraph(style="List Number")
            paragraph.add_run(_xml(change)).bold = True
            paragraph.add_run(_xml(f" (claim {entry.number}): {entry.explanation}"))
    document.add_heading("Claims", 1)
    for entry in _entries(report):
        document.add_heading(_xml(f"{entry.number}. {_label(entry)}"), 2)
        document.add_paragraph(_xml(entry.sentence), style="Intense Quote")
        document.add_paragraph(_xml(entry.explanation))
        for passage in entry.passages:
            place = f", {passage.place}" if passage.place else ""
            paragraph = document.add_paragraph(style="List Bullet")
            paragraph.add_run(_xml(passage.title)).bold = True
            paragraph.add_run(_xml(f"{place} ({passage.stance}): {_said(passage)}"))
            if passage.link:
                paragraph.add_run(_xml(f" {passage.link}"))
            for caveat in passage.caveats:
                document.add_paragraph(_xml(f"Left out: {caveat}"), style="List Bullet 2")
    document.add_paragraph(
        _xml(f"Made by {made_by}. A label rates the link between claim and source, not truth.")
    )
    written = io.BytesIO()
    document.save(written)
    return _without_times(written.getvalue())


def _without_times(content: bytes) -> bytes:
    """The same archive with every entry's time set to one, so that the same report gives the same bytes."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, given.read(name))
    return made.getvalue()


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


# --------------------------------------------------------------------------- shared words


def _label(entry: Entry) -> str:
    return f"{entry.label.replace('_', ' ').capitalize()}: {entry.title.lower()}"


def _said(passage: Passage) -> str:
    if not passage.words:
        return "weighed, and silent on this."
    return f"{passage.words} (our words)" if passage.ours else f"“{passage.words}”"
