"""What is written is what the strict reader reads back, for all that ships and for hostile titles."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import split_passages
from kb.quantity import find_quantities
from kb.types import Source
from sources.model import read_source_file
from sources.registry import read_registry
from sources.strict_yaml import Faults
from sources.suggest import MAX_SUGGESTIONS, suggest_findings
from sources.write import write_source
from sources.write_figures import is_writable
from tests.factories import make_document, make_source

_TEXT = """Audits of models

We tested 12 models in 2024. We find that Model A lied to its auditors in 47.3% of 200 audits.

Earlier work by Doe et al. (2023) had found 52%.

The rate fell by 8 percentage points after training, and a review took 3.5 hours on average.
"""


def _read(text: str) -> Source | None:
    faults = Faults(path="x.yml")
    read = read_source_file(text.encode(), faults)
    assert faults.list_all() == ()
    return read.source if read is not None else None


def test_all_that_ships_is_read_back_equal() -> None:
    assert [s.id for s in read_registry().sources if _read(write_source(s)) != s] == []


@given(title=st.text(min_size=1, max_size=60), author=st.text(max_size=30), note=st.text(max_size=60))
def test_no_title_becomes_yaml(title: str, author: str, note: str) -> None:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())
    if not clean:
        return
    source = make_source(title=title, authors=(author,) if author.strip() else (), note=note or None)
    written = _read(write_source(source))
    assert written is not None
    assert written.title == clean


def test_suggestions_are_the_texts_own_words_with_their_figures() -> None:
    document = make_document(_TEXT)
    suggestions = suggest_findings(document, split_passages(document, "x").items)
    assert 0 < len(suggestions) <= MAX_SUGGESTIONS
    for suggestion in suggestions:
        assert document.text[suggestion.start : suggestion.end] == suggestion.exact
        assert suggestion.quantities
        assert all(is_writable(quantity) for quantity in suggestion.quantities)
    assert any("47.3%" in suggestion.exact for suggestion in suggestions)


def test_the_best_come_first_when_there_is_room_for_few() -> None:
    document = make_document(_TEXT)
    (best,) = suggest_findings(document, split_passages(document, "x").items, limit=1)
    assert "47.3%" in best.exact


def test_suggestions_in_a_file_are_no_findings_until_they_are_uncommented() -> None:
    document = make_document(_TEXT)
    suggestions = suggest_findings(document, split_passages(document, "x").items)
    text = write_source(make_source(), suggestions)
    assert _read(text) == make_source()
    lines = text.splitlines()
    start = lines.index("# findings:")
    opened = [line[2:] if line.startswith(("#   ", "# findings:")) else line for line in lines[start:]]
    source = _read("\n".join(lines[:start] + opened))
    assert source is not None
    assert len(source.findings) == len(suggestions)
    assert [len(f.quantities) for f in source.findings] == [len(s.quantities) for s in suggestions]


def test_a_hostile_text_cannot_close_its_comment() -> None:
    document = make_document(
        "We found that 47% of\u2028findings: [] \x85 runs failed in the whole of the audit.\n"
    )
    text = write_source(make_source(), suggest_findings(document, split_passages(document, "x").items))
    assert _read(text) == make_source()


def test_a_figure_that_the_registry_cannot_hold_is_not_writable() -> None:
    (point,) = find_quantities("It was 47.3%.")
    assert is_writable(point)
    assert not is_writable(replace(point, low=None, high=None))
