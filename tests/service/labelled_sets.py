"""Small labelled sets in the layouts that `wherefrom eval reading` reads, written by the tests themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MEASEVAL_HEAD = "docId\tannotSet\tannotType\tstartOffset\tendOffset\tannotId\ttext\tother"
PARAGRAPH = "The sample weighed 12 kg. It was held at about 38 °C for 5 h."


def write_measeval(folder: Path, split: str, rows: Sequence[str], text: str = PARAGRAPH) -> None:
    """`rows` are "set type start end id other" with tabs; the text column is cut from the paragraph."""
    base = folder / "measeval" / "data" / split
    (base / "text").mkdir(parents=True)
    (base / "tsv").mkdir()
    (base / "text" / "P-1.txt").write_text(text, "utf-8")
    lines = [MEASEVAL_HEAD]
    for row in rows:
        parts = row.split("\t")
        if len(parts) == 6 and parts[2].isdigit() and parts[3].isdigit():
            group, kind, start, end, name, other = parts
            words = text[int(start) : int(end)]
            lines.append(f"P-1\t{group}\t{kind}\t{start}\t{end}\t{name}\t{words}\t{other}")
        else:
            lines.append(row)
    (base / "tsv" / "P-1.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def quantity_row(group: int, words: str, other: Mapping[str, Any], text: str = PARAGRAPH) -> str:
    start = text.index(words)
    return f"{group}\tQuantity\t{start}\t{start + len(words)}\tT1-{group}\t{json.dumps(other)}"


def write_newsquant(folder: Path, rows: object) -> Path:
    base = folder / "cqe_newsquant" / "data" / "formatted_test_set"
    base.mkdir(parents=True)
    path = base / "NewsQuant.json"
    path.write_text(json.dumps(rows), "utf-8")
    return path


def news_row(text: str, *quantities: tuple[str, str, str]) -> dict[str, Any]:
    """`quantities` are (change, value, unit)."""
    return {
        "text": text,
        "quantities": [
            {
                "change": change,
                "value": value,
                "unit": unit,
                "normalized_unit": unit,
                "referred_concepts": "-",
            }
            for change, value, unit in quantities
        ],
    }


def write_specification(folder: Path, name: str, rows: object) -> Path:
    base = folder / "recognizers_text_specs" / "Specs" / "Number" / "English"
    base.mkdir(parents=True, exist_ok=True)
    path = base / f"{name}.json"
    path.write_text("\ufeff" + json.dumps(rows), "utf-8")
    return path


def write_checkthat(folder: Path, split: str, rows: Sequence[tuple[str, str]]) -> Path:
    base = folder / "checkthat24_task1_en"
    base.mkdir(exist_ok=True)
    path = base / f"CT24_checkworthy_english_{split}.tsv"
    lines = [f"{number}\t{text}\t{label}" for number, (text, label) in enumerate(rows)]
    path.write_text("\n".join(["Sentence_id\tText\tclass_label", *lines]) + "\n", "utf-8")
    return path


ARTICLE = "https://example.org/article\n\nThe study found that models lied in 47% of 300 runs.\n\nPublished 2024-12-18.\n"


def write_claims(folder: Path, rows: Sequence[Mapping[str, Any] | str] | None = None) -> Path:
    (folder / "gold").mkdir(parents=True, exist_ok=True)
    (folder / "articles").mkdir(exist_ok=True)
    (folder / "articles" / "one.txt").write_text(ARTICLE, "utf-8")
    (folder / "gold" / "articles.jsonl").write_text(
        json.dumps({"file": "one.txt", "labelled_ranges": [[0, len(ARTICLE)]]}) + "\n", "utf-8"
    )
    chosen = rows if rows is not None else [claim_row("47%", 47, "percent")]
    lines = [row if isinstance(row, str) else json.dumps(row) for row in chosen]
    path = folder / "gold" / "claims.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def claim_row(span: str, value: float | str, unit: str, **fields: Any) -> dict[str, Any]:
    start = ARTICLE.index(span)
    sentence = ARTICLE.index("The study")
    return {
        "id": f"R-{span}", "article": "one.txt", "sentence": "s", "start": sentence, "end": sentence + 52, "span": span,
        "span_start": start, "span_end": start + len(span), "kind": "numeric", "checkable": True,
        "quantity": {"value": value, "unit": unit, "modifier": "exact"}, "split": "open", **fields,
    }  # fmt: skip
