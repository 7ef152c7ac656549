"""Prints what the readers get of our texts, format by format: `python -m tests.ingest.truth [--no-print]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ingest.read import read_document
from kb.types import Document, Raw
from tests.ingest.truth import html_pages, text_pages
from tests.ingest.truth.measure import Score, score
from tests.ingest.truth.source import Truth, load_texts


def read_all() -> Iterator[tuple[str, Truth, Document]]:
    texts = load_texts()
    for style, make in html_pages.STYLES.items():
        for truth in texts:
            raw = Raw(name=f"{truth.name}.html", content=make(truth).encode(), media_type="text/html")
            yield f"HTML, {style}", truth, read_document(raw).items[0]
    for style, make in text_pages.STYLES.items():
        name = "md" if style == "markdown" else "txt"
        for truth in texts:
            raw = Raw(name=f"{truth.name}.{name}", content=make(truth).encode())
            yield f"text, {style}", truth, read_document(raw).items[0]
    if "--no-print" not in sys.argv:
        from tests.ingest.truth.print_pages import print_texts

        for (style, name), content in print_texts(texts).items():
            truth = next(text for text in texts if text.name == name)
            raw = Raw(name=f"{name}.pdf", content=content, media_type="application/pdf")
            yield f"PDF, {style}", truth, read_document(raw).items[0]


def main() -> int:
    scores: dict[str, list[Score]] = {}
    for style, truth, document in read_all():
        one = score(truth, document, style)
        scores.setdefault(style, []).append(one)
        if "-v" in sys.argv:
            print(style, truth.name, f"{one.recall:.4f} {one.precision:.4f}", "lost", one.lost, "added", one.added,
                  "cells", one.cells_lost, "notes", one.notes_lost)  # fmt: skip
    print("format               recall (worst)   precision   figures  lost added   cells  lost   notes  lost")
    for style, held in scores.items():
        recall, precision = (
            sum(values) / len(held) for values in zip(*((s.recall, s.precision) for s in held), strict=True)
        )
        print(
            f"{style:20} {recall:.4f} ({min(s.recall for s in held):.4f})  {precision:.4f}    "
            f"{sum(s.figures for s in held):6}{sum(len(s.lost) for s in held):6}{sum(len(s.added) for s in held):6}  "
            f"{sum(s.cells for s in held):6}{sum(len(s.cells_lost) for s in held):6}  "
            f"{sum(s.notes for s in held):6}{sum(len(s.notes_lost) for s in held):6}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
