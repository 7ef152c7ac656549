"""A report as lines for a terminal: the summary first, then the article's claims in order. Colour is never
alone: every label has a sign and a word. Owns no verdict and no wording of one; what comes from articles and
sources is made visible before it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from kb.reasons import REASONS
from kb.types import CheckedClaim, Evidence, Report, Source, Stance, count_labels
from service.fragments import fragment_url, source_url
from service.visible import make_visible_line
from service.wording import (
    LABEL_WORDS,
    cut_words,
    describe_quantity,
    label_key,
    label_word,
    make_visible_part,
    places_of,
    publisher_of,
    shorten_title,
    split_evidence,
    split_span,
    title_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from kb.store import SourceVersion, VerdictRecord
    from service.workbench import SearchHit

_NAME_WIDTH = 10  # of the column of field names
_INDENT = 5
_MAX_DECIDING = 3  # pieces of evidence printed in full
_MAX_NAMED = 2  # of the others

_SIGNS: dict[str, tuple[str, str]] = {  # in UTF-8, elsewhere
    "supported": ("✓", "+"), "contested": ("≠", "!"), "unsourced": ("?", "?"), "not_checked": ("–", "-"),
}  # fmt: skip
_STYLES: dict[str, str] = {
    "supported": "bold green", "contested": "bold red", "unsourced": "bold yellow", "not_checked": "bold",
}  # fmt: skip

_PLAIN_RELATIONS = ("equal", "differs", "verbatim")  # the two figures or wordings side by side say it all

_STANCES = {
    Stance.SUPPORTS: "supports",
    Stance.REFUTES: "contests",
    Stance.NEUTRAL: "says nothing that decides",
}


class ReportPrinter:
    """Lays out for one console: its width, and whether it has colour and can write UTF-8."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._utf8 = console.encoding.lower().replace("-", "").startswith("utf8")
        self._marks_with_color = console.color_system is not None

    # ------------------------------------------------------------------ whole reports

    def report(self, report: Report, *, name: str | None = None) -> list[Text]:
        """The summary line, then each claim; `name` heads a report that is one of several."""
        lines: list[Text] = []
        if name is not None:
            lines.append(Text(make_visible_line(name), style="bold underline"))
        lines.append(self.summary(count_labels(report.claims)))
        sources = {source.id: source for source in report.sources}
        for number, checked in enumerate(report.claims, start=1):
            lines.append(Text())
            lines.extend(self.claim(number, checked, sources))
        return lines

    def summary(self, counts: Mapping[str, int]) -> Text:
        """ "12 claims: 6 supported, 3 contested, 2 unsourced, 1 not checked"."""
        total = counts["claims"]
        line = Text()
        line.append(f"{total} claim{'' if total == 1 else 's'}", style="bold")
        if not total:
            return line.append(": nothing in it that can be checked.")
        line.append(": ")
        parts = [
            Text(f"{counts[key]} {LABEL_WORDS[key]}", style=_STYLES[key] if counts[key] else "dim")
            for key in ("supported", "contested", "unsourced", "not_checked")
        ]
        return line.append_text(Text(", ").join(parts))

    def claim(self, number: int | None, checked: CheckedClaim, sources: Mapping[str, Source]) -> list[Text]:
        """One claim: label, sentence, figures, and the evidence that decides. A stored claim has no number."""
        verdict = checked.verdict
        lines = [self._heading(number, checked)]
        lines += self._block(self._sentence(checked), " " * _INDENT)
        lines += self._field("why", verdict.explanation)
        deciding, others = split_evidence(checked)
        if deciding:
            lines += self._figures(checked, deciding[0])
        if verdict.correction:
            lines += self._field("should be", verdict.correction)
        for evidence in deciding[:_MAX_DECIDING]:
            lines += self._evidence(evidence, sources, stance=len(deciding) > 1)
        more = [*deciding[_MAX_DECIDING:], *others]
        if more:
            named = "; ".join(shorten_title(title_of(evidence, sources)) for evidence in more[:_MAX_NAMED])
            rest = f" and {len(more) - _MAX_NAMED} more" if len(more) > _MAX_NAMED else ""
            lines += self._field("also read" if deciding else "looked in", named + rest)
        return lines

    # ------------------------------------------------------------------ the whole chain

    def trace(self, number: int | None, checked: CheckedClaim, sources: Mapping[str, Source]) -> list[Text]:
        """Everything that led to one verdict: what was read, cited, weighed and decided."""
        claim, verdict = checked.claim, checked.verdict
        lines = [self._heading(number, checked)]
        lines += self._block(self._sentence(checked), " " * _INDENT)
        lines += self._field("why", verdict.explanation)
        if verdict.correction:
            lines += self._field("should be", verdict.correction)
        meaning = REASONS[verdict.reason].meaning if verdict.reason in REASONS else ""
        lines += self._field("reason", f"{verdict.reason}. {meaning}".strip())
        lines += self._section("Read")
        lines += self._field("kind", claim.kind.value)
        lines += self._field("place", f"characters {claim.span.start} to {claim.span.end}")
        for quantity in claim.quantities:
            lines += self._field("figure", describe_quantity(quantity))
        for name, words in (
            ("of", claim.measured_entity),
            ("what", claim.measured_property),
            ("limits", "; ".join(claim.qualifiers)),
            ("said by", claim.attribution),
            ("speaker", claim.speaker),
            ("hedge", claim.hedge),
        ):
            if words:
                lines += self._field(name, words)
        lines += self._section("Cited")
        for citation in claim.citations:
            found = ", ".join(citation.source_ids) or "not in the knowledge base"
            how = "exactly" if citation.exact else "by its words"
            targets = f" ({', '.join(citation.targets)})" if citation.targets else ""
            known = f"{found}, {how}" if citation.source_ids else found
            lines += self._field(citation.kind.value, f"{citation.surface}{targets}: {known}")
        if not claim.citations:
            lines += self._field("", "nothing near the claim")
        deciding, _ = split_evidence(checked)
        lines += self._section("Weighed")
        for evidence in checked.evidence:
            mark = " (decides)" if evidence in deciding else ""
            lines += self._evidence(evidence, sources, stance=True, mark=mark, whole=True)
        if not checked.evidence:
            lines += self._field("", "no source was found")
        lines += self._section("Decided")
        for step in verdict.trace:
            lines += self._field(step.rule, step.detail)
        lines += self._field("verdict", f"{label_word(verdict.label)}: {verdict.reason}")
        if verdict.confirmed_by:
            lines += self._field("confirmed", f"by {verdict.confirmed_by}")
        return lines

    def history(self, records: Sequence[VerdictRecord]) -> list[Text]:
        """Earlier verdicts and the last, oldest first: nothing is overwritten."""
        lines = self._section("History")
        for record in records:
            word = f"{label_word(record.verdict.label)}: {record.verdict.reason}"
            lines += self._field(f"{record.recorded_at:%Y-%m-%d}", f"{word} (by {record.checker})")
        return lines

    # ------------------------------------------------------------------ lists

    def claim_line(self, checked: CheckedClaim, *, where: str) -> list[Text]:
        """A stored claim in a list of finds."""
        lines = [self._heading(None, checked)]
        lines += self._block(self._sentence(checked), " " * _INDENT)
        return lines + self._field("in", where)

    def hit(self, found: SearchHit) -> list[Text]:
        """A passage or a finding in a list of finds."""
        heading = Text()
        heading.append(make_visible_line(found.source.title), style="bold")
        heading.append(f" {self._dot()} {found.source.id} {self._dot()} {found.hit.score:.2f}", style="dim")
        words = cut_words(make_visible_line(found.text), whole=False)
        return [*self._block(heading, " " * _INDENT), *self._field(found.hit.kind, words)]

    def source(self, source: Source, versions: Sequence[SourceVersion]) -> list[Text]:
        """One source: what it is, what it found, whom it contests, which texts of it are held."""
        lines = self._block(Text(make_visible_line(source.title), style="bold"), "")
        for name, words in (
            ("id", source.id),
            ("authors", ", ".join(source.authors)),
            ("kind", f"{source.kind}, {source.tier.value}, {source.status.value}"),
            ("published", publisher_of(source)),
            ("address", source_url(source.url, source.doi, source.arxiv)),
            ("doi", source.doi),
            ("arxiv", source.arxiv),
            ("topics", ", ".join(source.topics)),
            ("note", source.note),
            ("reviewed", ", ".join(part for part in (source.reviewed_by, source.reviewed_on) if part)),
        ):
            if words:
                lines += self._field(name, words)
        for finding in source.findings:
            place = f" ({finding.locator})" if finding.locator else ""
            lines += self._field("finding", f"{finding.statement}{place}, verified: {finding.verified.value}")
            for caveat in finding.caveats:
                lines += self._field("", f"but: {caveat}")
        for contest in source.contests:
            target = contest.finding_id or contest.source_id
            lines += self._field(contest.kind.value, f"{target}: {contest.says}".rstrip(": "))
        for version in versions:
            current = ", current" if version.current else ""
            held = (
                f"{version.media_type}, added {version.added_at:%Y-%m-%d}{current}, sha256 {version.sha256}"
            )
            lines += self._field("text held", held)
        if not versions:
            lines += self._field("text held", "none: only the findings above can decide")
        return lines

    # ------------------------------------------------------------------ parts

    def _heading(self, number: int | None, checked: CheckedClaim) -> Text:
        verdict = checked.verdict
        key = label_key(verdict.label)
        line = Text()
        line.append(f"{number:>3}  " if number is not None else " " * _INDENT, style="dim")
        line.append(f"{_SIGNS[key][0 if self._utf8 else 1]} {LABEL_WORDS[key]}", style=_STYLES[key])
        title = (
            REASONS[verdict.reason].title if verdict.reason in REASONS else verdict.reason.replace("_", " ")
        )
        line.append(f" {self._dot()} {title}")
        line.append(f" {self._dot()} {checked.claim.id}", style="dim")
        if verdict.confirmed_by:
            line.append(f" {self._dot()} confirmed by {make_visible_line(verdict.confirmed_by)}", style="dim")
        return line

    def _sentence(self, checked: CheckedClaim) -> Text:
        """The sentence with its span marked: by colour where there is any, else between signs."""
        before, inside, after = (make_visible_part(part) for part in split_span(checked))
        opening, closing = (
            ("", "") if self._marks_with_color else (("»", "«") if self._utf8 else (">>", "<<"))
        )
        sentence = Text(before.lstrip())
        sentence.append(f"{opening}{inside}{closing}", style="bold underline")
        sentence.append(after.rstrip())
        return sentence

    def _figures(self, checked: CheckedClaim, evidence: Evidence) -> list[Text]:
        comparison = evidence.comparison
        claimed = comparison.claimed or checked.claim.span.exact
        lines = self._field("claimed", claimed)
        if comparison.found:
            lines += self._field("found", comparison.found)
        return lines

    def _evidence(
        self,
        evidence: Evidence,
        sources: Mapping[str, Source],
        *,
        stance: bool = False,
        mark: str = "",
        whole: bool = False,
    ) -> list[Text]:
        source = sources.get(evidence.source_id)
        url = source_url(source.url, source.doi, source.arxiv) if source is not None else None
        heading = Text()
        heading.append(title_of(evidence, sources), style="bold")
        facts = [
            part
            for part in (publisher_of(source), source.tier.value if source is not None and whole else None)
            if part
        ]
        if facts:
            heading.append(f" ({make_visible_line(', '.join(facts))})")
        if stance:
            heading.append(f" {self._dot()} {_STANCES[evidence.stance]}{mark}")
        lines = self._lines("source", heading)
        if url is not None:
            target = fragment_url(url, evidence.selector, evidence.page) or url
            lines += self._lines("", Text(url, style=f"link {target}" if self._marks_with_color else ""))
        places = places_of(evidence)
        if evidence.selector is not None and evidence.kind == "passage":
            opening, closing = ("“", "”") if self._utf8 else ('"', '"')
            words = cut_words(make_visible_line(evidence.selector.exact), whole=whole)
            where = f" ({', '.join(places)})" if places else ""
            lines += self._field("passage", f"{opening}{words}{closing}{where}")
        elif evidence.statement:
            words = cut_words(make_visible_line(evidence.statement), whole=whole)
            lines += self._field("finding", f"{words} ({'; '.join(['our words', *places])})")
        if evidence.comparison.detail and (whole or evidence.comparison.relation not in _PLAIN_RELATIONS):
            lines += self._field("compared", evidence.comparison.detail)
        for caveat in evidence.caveats:
            lines += self._field("left out", caveat)
        if evidence.later_than_article:
            lines += self._field("note", "this source is later than the article")
        if whole:
            lines += self._field(
                "route", f"{evidence.route.value}, score {evidence.score:.2f}, {evidence.reason}"
            )
        return lines

    def _section(self, title: str) -> list[Text]:
        return [Text(f"{' ' * _INDENT}{title}", style="bold")]

    def _field(self, name: str, words: str) -> list[Text]:
        return self._lines(name, Text(make_visible_line(words)))

    def _lines(self, name: str, words: Text) -> list[Text]:
        first = Text(f"{' ' * _INDENT}{make_visible_line(name):<{_NAME_WIDTH}} ", style="dim")
        return self._block(words, first)

    def _block(self, words: Text, first: Text | str) -> list[Text]:
        """Wrapped, with the lines after the first indented as far."""
        start = Text(first) if isinstance(first, str) else first
        width = max(20, self._console.width - start.cell_len)
        wrapped = words.wrap(self._console, width)
        lines = []
        for position, line in enumerate(wrapped):
            line.rstrip()
            indent = start if position == 0 else Text(" " * start.cell_len)
            lines.append(Text().append_text(indent).append_text(line))
        return lines or [start]

    def _dot(self) -> str:
        return "·" if self._utf8 else "-"
