"""The lexical index: words in, never a query language; a generation is whole or it isn't there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.index.faults import DerivedFault
from kb.index.lexical import LexicalIndex, drop_generations
from kb.index.types import Entry

TEXTS = (
    "The model refused 78.6% of harmful requests.",
    "Refusals fell to 6 of 78 requests after fine-tuning.",
    "GPT-4 lied about insider trading in 1,024 episodes.",
    "Interpreting features of a café menu.",
    "No model was told that it was watched.",
    "Refusing is what refusal training teaches.",
)


def make_entries(texts: tuple[str, ...] = TEXTS) -> list[Entry]:
    return [
        Entry(id=f"p-{place}", kind="passage", source_id=f"s-{place % 2}", text=text, context="Safety report")
        for place, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    return LexicalIndex.build(make_entries())


def ordinals(lexical: LexicalIndex, query: str) -> list[int]:
    return [hit.ordinal for hit in lexical.query(query, 10)]


def test_a_word_finds_its_other_forms(lexical: LexicalIndex) -> None:
    assert set(ordinals(lexical, "refusal")) == {0, 1, 5}
    assert set(ordinals(lexical, "features")) == set(ordinals(lexical, "feature")) == {3}


def test_a_decimal_number_is_one_word(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "78.6") == [0]
    assert ordinals(lexical, "78") == [1]


def test_thousands_are_found_however_they_are_written(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "1024") == ordinals(lexical, "1,024") == [2]


def test_accents_and_case_make_no_difference(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "CAFE") == ordinals(lexical, "cafe\u0301") == ordinals(lexical, "Café") == [3]


def test_fullwidth_and_invisible_characters_make_no_difference(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "７８.６％") == ordinals(lexical, "78.6") == [0]
    assert ordinals(lexical, "inter\u00adpre\u200bting") == [3]


def test_a_possessive_and_a_contraction_leave_no_letter_behind(lexical: LexicalIndex) -> None:
    index = LexicalIndex.build(make_entries(("a letter s", "the letter t", "the model's don't")))
    assert ordinals(index, "model's") == ordinals(index, "model\u2019s") == [2]


def test_a_hyphenated_name_is_its_parts(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "gpt 4") == ordinals(lexical, "GPT-4") == [2]


def test_any_word_is_enough_and_more_words_rank_higher(lexical: LexicalIndex) -> None:
    found = lexical.query("GPT-4 insider trading zebra", 10)
    assert [hit.ordinal for hit in found] == [2]
    assert 0 < found[0].share < 1
    assert lexical.query("harmful requests refused", 10)[0].ordinal == 0


def test_a_word_of_the_context_counts_less_than_one_of_the_text(lexical: LexicalIndex) -> None:
    index = LexicalIndex.build(
        [
            Entry(id="p-0", kind="passage", source_id="s", text="bread and butter", context="sabotage"),
            Entry(id="p-1", kind="passage", source_id="s", text="bread and sabotage", context="butter"),
        ]
    )
    assert ordinals(index, "sabotage") == [1, 0]


def test_common_words_find_nothing_beside_telling_ones_but_something_alone(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "the trading") == [2]
    assert ordinals(lexical, "that it was") == [4]


def test_negation_is_a_word(lexical: LexicalIndex) -> None:
    assert ordinals(lexical, "no") == [4]


def test_a_query_of_unknown_words_finds_nothing(lexical: LexicalIndex) -> None:
    assert lexical.query("zebra xylophone", 10) == []


def test_a_filter_keeps_the_scores(lexical: LexicalIndex) -> None:
    everything = lexical.query("refused model requests", 10)
    odd = [hit for hit in everything if hit.ordinal % 2]
    assert lexical.query("refused model requests", 10, source_ids=["s-1"]) == odd
    assert lexical.query("refused model requests", 10, ordinals=[hit.ordinal for hit in odd]) == odd


def test_a_query_that_holds_a_whole_text_has_nearly_all_its_weight(lexical: LexicalIndex) -> None:
    for place, text in enumerate(TEXTS):
        best = lexical.query(text, 10)[0]
        assert best.ordinal == place
        assert 0.8 < best.share <= 1


@given(st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_a_query_or_an_index(text: str) -> None:
    index = LexicalIndex.build(make_entries((text, "another text")))
    assert len(index) == 2
    assert all(0 < hit.share <= 1 for hit in index.query(text, 10))


# --------------------------------------------------------------------------- generations on disk


def test_a_published_generation_answers_like_one_in_memory(tmp_path: Path, lexical: LexicalIndex) -> None:
    published = LexicalIndex.publish(make_entries(), tmp_path / "lexical" / "g1")
    for query in (*TEXTS, "refusal", "78"):
        assert published.query(query, 10) == lexical.query(query, 10)
    assert [path.name for path in (tmp_path / "lexical").iterdir()] == ["g1"]


def test_publishing_again_replaces_the_generation(tmp_path: Path) -> None:
    LexicalIndex.publish(make_entries(), tmp_path / "g")
    assert len(LexicalIndex.publish(make_entries()[:2], tmp_path / "g")) == 2


def test_an_open_generation_outlives_its_folder(tmp_path: Path) -> None:
    published = LexicalIndex.publish(make_entries(), tmp_path / "g")
    before = published.query("refusal", 10)
    drop_generations(tmp_path, "another")
    assert not (tmp_path / "g").exists()
    assert published.query("refusal", 10) == before


def test_what_a_dead_process_left_half_built_is_dropped(tmp_path: Path) -> None:
    for name in ("building-999999999-a", f"building-{os.getpid()}-b", "old", "kept"):
        (tmp_path / name).mkdir()
    drop_generations(tmp_path, "kept")
    assert {path.name for path in tmp_path.iterdir()} == {f"building-{os.getpid()}-b", "kept"}


def test_a_missing_generation_is_a_fault_that_can_be_healed(tmp_path: Path) -> None:
    with pytest.raises(DerivedFault):
        LexicalIndex.open(tmp_path / "absent")


@pytest.mark.parametrize("how", ["cut", "emptied", "removed", "garbled"])
def test_a_torn_file_of_a_generation_never_goes_unnoticed(tmp_path: Path, how: str) -> None:
    LexicalIndex.publish(make_entries(), tmp_path / "sound")
    names = [path.name for path in (tmp_path / "sound").iterdir() if path.suffix != ".lock"]
    assert len(names) > 5
    for name in names:
        folder = tmp_path / "torn"
        shutil.copytree(tmp_path / "sound", folder)
        damage(folder / name, how)
        with pytest.raises(DerivedFault):
            LexicalIndex.open(folder)
        shutil.rmtree(folder)


def damage(path: Path, how: str) -> None:
    """Cut, empty, remove or garble a file."""
    size = path.stat().st_size
    if how == "removed":
        path.unlink()
    elif how == "garbled":
        content = bytearray(path.read_bytes())
        content[size // 2] ^= 0xFF
        path.write_bytes(content)
    else:
        os.truncate(path, size // 2 if how == "cut" else 0)
