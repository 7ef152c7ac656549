"""How long a site takes to build, whole and after one claim changed: `make bench`, or this file with a number
of claims. A measurement, never a test."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.site import build_site
from tests import many_claims
from tests.service import report_builders as build

_PER_ARTICLE = 50
_SOURCES = 200


def time_builds(claims: int, times: int = 3) -> list[tuple[str, float]]:
    """Seconds of one whole build with the search index, and medians of builds after one claim changed,
    without and with the index."""
    with tempfile.TemporaryDirectory(prefix="wherefrom-site-") as folder:
        out = Path(folder) / "site"
        with many_claims.fill_store(
            Path(folder) / "kb", claims=claims, per_article=_PER_ARTICLE, sources=_SOURCES
        ) as store:

            def change(variant: int) -> None:
                report = many_claims.make_report(
                    variant % 7, _PER_ARTICLE, many_claims.make_sources(_SOURCES), variant=variant
                )
                store.save_article(report, raw=report.document.text.encode(), saved_at=build.SAVED)

            def build_once(with_search: bool) -> float:
                started = time.perf_counter()
                build_site(store, out, base_url="https://kb.example/wf", with_search=with_search)
                return time.perf_counter() - started

            rows = [(f"build, {claims:,} claims, whole with search", build_once(True))]
            indexed = []
            for variant in range(1, times + 1):
                change(variant)
                indexed.append(build_once(True))
            build_once(False)  # the pages without the way to search
            plain = []
            for variant in range(times + 1, 2 * times + 1):
                change(variant)
                plain.append(build_once(False))
    return [
        *rows,
        ("build, one claim changed, no indexing", statistics.median(plain)),
        ("build, one claim changed, with indexing", statistics.median(indexed)),
    ]


def main() -> None:
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for name, seconds in time_builds(claims):
        sys.stdout.write(f"{name:<45} {seconds:7.2f} s\n")


if __name__ == "__main__":
    main()
