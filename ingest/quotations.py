"""The quotations of a document, and the other words that stand in quotation marks.

Owns pairing marks over whole paragraphs, block quotations, and looking for the speaker in the sentence
before. What makes words a quotation is ingest.quotes'; refuses to know claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.language_parts import Parse
from ingest.quotes import THRESHOLD, WEIGHTS, Quoted, Setting, judge_quoted, pair_marks
from ingest.speakers import find_person, find_speaker, says_pronoun
from ingest.statements import Run, Statement
from kb.types import BlockKind

_CALLOUT = ("note", "warning", "tip", "important", "caution", "info", "key", "tl;dr", "update", "edit")
_BLOCK_QUOTE_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Words in marks: `first` and `last` are the positions of the statements that hold them; offsets are
    of the run's view."""

    first: int
    last: int
    words: Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Ascribed words, with the speaker where one is named."""

    pair: Pair
    speaker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The quotations among some pairs, and by statement the stretches (of its own text) that stand in
    marks and are no quotation."""

    quotations: tuple[Quotation, ...]
    others: Mapping[int, Sequence[tuple[int, int]]]


def may_quote(found: Sequence[Statement], pair: Pair) -> bool:
    """Whether words in marks may be a quotation, as far as words tell: grammar can only take away that
    they modify a noun."""
    if pair.words.mark == ">":
        return False
    first = found[pair.first]
    setting = Setting(view=first.run.view, low=first.at, high=_end_of(found[pair.last]), cited=True)
    return judge_quoted(pair.words, setting).score - WEIGHTS["modifies"] >= THRESHOLD


def _end_of(statement: Statement) -> int:
    """The end of a sentence in its run's view."""
    return statement.at + len(statement.text)


def pair_runs(found: Sequence[Statement]) -> list[Pair]:
    """The words in quotation marks, in text order."""
    pairs = []
    for numbers in _runs(found):
        run = found[numbers[0]].run
        quoted = pair_marks(run.view.text)
        if run.block.kind is BlockKind.QUOTE and not _is_callout(run):
            quoted = (_whole(run.view.text),)
        number = numbers[0]
        for words in quoted:
            while number + 1 in numbers and found[number + 1].at <= words.start:
                number += 1
            last = number
            while last + 1 in numbers and found[last + 1].at < words.end:
                last += 1
            pairs.append(Pair(first=number, last=last, words=words))
    return pairs


def _runs(found: Sequence[Statement]) -> Iterator[range]:
    start = 0
    for number in range(1, len(found) + 1):
        if number == len(found) or found[number].run.number != found[start].run.number:
            yield range(start, number)
            start = number


def _is_callout(run: Run) -> bool:
    text = run.view.text
    first = text[:12].lower().lstrip("[!*")
    return first.startswith(_CALLOUT) or len(text.split()) < _BLOCK_QUOTE_WORDS or text[:1] in "—–-"


def _whole(text: str) -> Quoted:
    """A block quotation's words, without marks of its own around them."""
    start, end = 0, len(text)
    if text[:1] in '"“«' and text[-1:] in '"”»' and len(text) > 2:
        start, end = 1, end - 1
    return Quoted(start=start, end=end, mark=">")


def judge_pairs(
    found: Sequence[Statement],
    pairs: Sequence[Pair],
    parses: Mapping[int, Parse],
    mark_starts: frozenset[int],
) -> Judgement:
    """Tell quotations from other words in marks. `mark_starts` are the places of note marks."""
    quotations: list[Quotation] = []
    others: dict[int, list[tuple[int, int]]] = {}
    for pair in pairs:
        first, words = found[pair.first], pair.words
        setting = Setting(
            view=first.run.view,
            low=first.at,
            high=_end_of(found[pair.last]),
            parse=parses.get(pair.first),
            cited=_followed_by_mark(first, words, mark_starts),
        )
        if words.mark == ">" or judge_quoted(words, setting).ascribed:
            speaker = find_speaker(words, setting) or _speaker_before(found, pair, setting)
            if speaker is None:
                speaker = _speaker_behind(found, pair) or _speaker_meant(found, pair, setting, quotations)
            quotations.append(Quotation(pair=pair, speaker=speaker))
            continue
        for number in range(pair.first, pair.last + 1):
            low = max(0, words.start - found[number].at)
            high = min(len(found[number].text), words.end - found[number].at)
            others.setdefault(number, []).append((low, high))
    return Judgement(quotations=tuple(quotations), others=others)


def _followed_by_mark(statement: Statement, words: Quoted, starts: frozenset[int]) -> bool:
    """Whether a note mark follows the closing mark at once."""
    after = statement.run.view.locate(words.end - 1, words.end)[1]
    return any(after + gap in starts for gap in range(1, 4))


_SIGNATURE = 6  # words
_NEAR = 3  # statements in which the one whom "she said" means was named


def _speaker_behind(found: Sequence[Statement], pair: Pair) -> str | None:
    """The name below a block quotation: "— Palisade Research"."""
    if pair.words.mark != ">" or pair.last + 1 >= len(found):
        return None
    line = found[pair.last + 1]
    name = line.text.lstrip("—–- ").split(",")[0].strip()
    inside = line.run.block.start == found[pair.last].run.block.start
    words = name.split()
    signed = 0 < len(words) <= _SIGNATURE and name[:1].isupper() and name[-1:].isalnum()
    return name if inside and signed and words[-1][:1].isupper() else None


def _speaker_meant(
    found: Sequence[Statement], pair: Pair, setting: Setting, quotations: Sequence[Quotation]
) -> str | None:
    """Who a pronoun means ("she said"), and who goes on speaking in words that stand alone behind others'."""
    last = quotations[-1] if quotations else None
    near = last is not None and last.speaker is not None and pair.first - last.pair.last <= _NEAR
    same = near and last is not None and found[last.pair.last].run.section == found[pair.first].run.section
    text = setting.view.text
    alone = not text[setting.low : pair.words.start].strip(' “"«‘') and not text[
        pair.words.end : setting.high
    ].strip(' ”"».,’')
    if alone and same and last is not None and found[last.pair.last].run is found[pair.first].run:
        return last.speaker
    if pair.words.mark == ">" or not says_pronoun(pair.words, setting):
        return None
    if same and last is not None:
        return last.speaker
    for number in range(pair.first - 1, max(-1, pair.first - 1 - _NEAR), -1):
        if found[number].run.section != found[pair.first].run.section:
            break
        person = find_person(found[number].text)
        if person is not None:
            return person
    return None


def _speaker_before(found: Sequence[Statement], pair: Pair, setting: Setting) -> str | None:
    """The speaker of words that open their sentence, from the sentence before."""
    opening = setting.view.text[setting.low : pair.words.start].strip(' “"«')
    if opening or pair.first == 0 or found[pair.first - 1].run.section != found[pair.first].run.section:
        return None
    before = found[pair.first - 1]
    text = before.text.rstrip(".!:; ") + ' : "'
    end = len(text)
    return find_speaker(
        Quoted(start=end, end=end, mark='"'),
        Setting(view=replace(before.view, text=text), low=0, high=end),
    )
