"""The knowledge base on disk: one SQLite file that is the truth, in a folder with what is derived from it.

`Store` is loaded on first use, so that the values can be named without paying for SQLAlchemy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.store.values import (
    NOT_CHECKED,
    ArticleSummary,
    Capture,
    ChainHead,
    Change,
    ClaimPage,
    Facets,
    SourceRevision,
    SourceVersion,
    StoredClaim,
    VerdictChange,
    VerdictRecord,
)

if TYPE_CHECKING:
    from kb.store.marks import ClaimMark, Marks
    from kb.store.store import Store

__all__ = [
    "NOT_CHECKED",
    "ArticleSummary",
    "Capture",
    "ChainHead",
    "Change",
    "ClaimMark",
    "ClaimPage",
    "Facets",
    "Marks",
    "SourceRevision",
    "SourceVersion",
    "Store",
    "StoredClaim",
    "VerdictChange",
    "VerdictRecord",
]


def __getattr__(name: str) -> Any:
    if name == "Store":
        from kb.store.store import Store

        return Store
    if name in ("ClaimMark", "Marks"):
        from kb.store import marks

        return getattr(marks, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
