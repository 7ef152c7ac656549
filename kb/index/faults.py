"""Faults of the libraries behind the index, made one exception: whatever they raise, search must answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class DerivedFault(Exception):  # noqa: N818 - not an error of the user's: it is healed from the store
    """A derived index can't be opened, written or asked; it can always be made again from the store."""


@contextmanager
def contained(what: str) -> Iterator[None]:
    """Turn what a library raises inside into DerivedFault. chromadb and tantivy are Rust below: a panic there
    is a BaseException and no Exception."""
    try:
        yield
    except (DerivedFault, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise DerivedFault(f"{what}: {reason}") from error
