"""The one place where ids and hashes are made; refuses to know what they name."""

from __future__ import annotations

import hashlib
import re

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def hash_bytes(content: bytes) -> str:
    """sha256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def hash_parts(*parts: str) -> str:
    """sha256 over parts, each preceded by its length, so that no two lists of parts collide by joining."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(encoded)}:".encode("ascii"))
        digest.update(encoded)
    return digest.hexdigest()


def _crockford(hex_digest: str, length: int) -> str:
    number = int(hex_digest, 16) >> (256 - 5 * length)
    letters = []
    for _ in range(length):
        letters.append(_CROCKFORD[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def claim_id(article_id: str, sentence: str, span: str, ordinal: int) -> str:
    """`c-` and 10 Crockford letters: stands through edits elsewhere in the article. `ordinal` counts
    equal (sentence, span) pairs from 0."""
    return "c-" + _crockford(hash_parts(article_id, sentence, span, str(ordinal)), 10)


def document_id(address: str) -> str:
    """`a-` and 10 letters from a document's address (its URL, or the name the user gave)."""
    return "a-" + _crockford(hash_parts("document", address), 10)


def passage_id(source_id: str, document_sha256: str, start: int, end: int) -> str:
    """`p-` and 12 letters: one stretch of one version of one source's text."""
    return "p-" + _crockford(hash_parts("passage", source_id, document_sha256, str(start), str(end)), 12)


def evidence_id(claim: str, *parts: str) -> str:
    """`e-` and 10 letters from the claim's id and what was weighed."""
    return "e-" + _crockford(hash_parts("evidence", claim, *parts), 10)


def slugify(text: str, limit: int = 80) -> str:
    """Lower-case ASCII words joined by hyphens, at most `limit` characters; "untitled" for nothing."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:limit].strip("-") or "untitled"
