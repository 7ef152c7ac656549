"""How long linking and judging take on an article that has been read, warm; a measurement, never a test."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

_ROUNDS = 9


def time_linking(home: Path, article: Path) -> tuple[float, int]:
    """Median seconds of linking and judging the article's claims in this process, and how many claims."""
    from ingest.citations import find_citations
    from ingest.claims import find_claims
    from ingest.read import read_document
    from kb.judge import Judging, judge_claims
    from kb.link import link_claims
    from kb.types import Raw
    from service.workbench import Workbench
    from sources.resolve import resolve_citations

    with Workbench.open(home) as workbench:
        document = read_document(Raw(name=article.name, content=article.read_bytes())).items[0]
        found = find_citations(document, find_claims(document).items)
        claims = resolve_citations(found.items, workbench.resolver)
        cites = workbench.cited_anywhere(document)
        durations = []
        for _ in range(_ROUNDS + 1):
            workbench.vectors.forget()
            started = time.perf_counter()
            linked = link_claims(claims, workbench.library, document_cites=cites, document_text=document.text)
            judge_claims(linked, Judging(library=workbench.library))
            durations.append(time.perf_counter() - started)
    return statistics.median(durations[1:]), len(claims)  # the first loads the models
