"""Search over what the knowledge base holds: a lexical and a dense index, fused; all of it derived from the
store and rebuilt from it. Proposes passages and findings; decides nothing."""

from kb.index.index import Index
from kb.index.types import Entry, EntryStore, Hit, IndexState, IndexStatus, SourceHit, VectorIndex

__all__ = ["Entry", "EntryStore", "Hit", "Index", "IndexState", "IndexStatus", "SourceHit", "VectorIndex"]
