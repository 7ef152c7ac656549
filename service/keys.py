"""API keys: made, shown once, kept as hashes in the knowledge base's folder.

Owns the file and the form of a key. Refuses to know which request needs which scope.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from kb.errors import InputError, NotFoundError, StoreError, WriteError

FILE = "keys.json"
SCOPES = ("read", "check")
_FORM = re.compile(r"wf_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key without its secret. `created` and `revoked` are RFC 3339 times in UTC."""

    id: str
    name: str
    scopes: tuple[str, ...]
    sha256: str
    created: str
    revoked: str | None = None


class KeyRing:
    """The keys of one knowledge base, read anew where the file has changed: a revoked key ends at once."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        self._known: tuple[Key, ...] = ()
        self._stamp: tuple[int, int, int] | None = None

    def keys(self) -> tuple[Key, ...]:
        """Every key, revoked ones too, in the order they were made. StoreError where the file is damaged."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._known, self._stamp = (), None
            return ()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._stamp:
            self._known = self._read()
            self._stamp = stamp
        return self._known

    def create(self, name: str, scopes: Iterable[str], now: datetime) -> tuple[Key, str]:
        """A new key and its secret form, which is kept nowhere."""
        chosen = tuple(scope for scope in SCOPES if scope in set(scopes))
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not chosen:
            raise InputError(
                f"Unknown scope {', '.join(unknown) or '(none)'}: choose of {', '.join(SCOPES)}."
            )
        if _NAME.fullmatch(name) is None:
            raise InputError("A key's name is 1 to 80 printable characters.")
        key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        key = Key(id=key_id, name=name, scopes=chosen, sha256=_hash(secret), created=_time(now))
        self._write((*self.keys(), key))
        return key, f"wf_{key_id}_{secret}"

    def revoke(self, key_id: str, now: datetime) -> Key:
        """End a key; revoking it again changes nothing. NotFoundError for an unknown id."""
        known = self.keys()
        found = next((key for key in known if key.id == key_id), None)
        if found is None:
            raise NotFoundError(
                f"There is no key {key_id}; `wherefrom keys list` shows those there are.", id=key_id
            )
        if found.revoked is not None:
            return found
        ended = replace(found, revoked=_time(now))
        self._write(tuple(ended if key.id == key_id else key for key in known))
        return ended

    def find(self, given: str) -> Key | None:
        """The live key that a secret form belongs to."""
        match = _FORM.fullmatch(given)
        if match is None:
            return None
        digest = _hash(match[2])
        for key in self.keys():
            if key.id == match[1] and key.revoked is None and hmac.compare_digest(key.sha256, digest):
                return key
        return None

    def _read(self) -> tuple[Key, ...]:
        try:
            value = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(
                Key(
                    id=str(one["id"]), name=str(one["name"]), scopes=tuple(str(scope) for scope in one["scopes"]),
                    sha256=str(one["sha256"]), created=str(one["created"]), revoked=one["revoked"],
                )
                for one in value["keys"]
            )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"The file of API keys {self.path} can't be read ({type(error).__name__}). Move it away and make "
                "new keys with `wherefrom keys create`.",
                path=str(self.path),
            ) from error

    def _write(self, keys: tuple[Key, ...]) -> None:
        body = json.dumps({"keys": [asdict(key) for key in keys]}, indent=1) + "\n"
        try:
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".keys-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise WriteError(
                f"The keys can't be written to {self.path}: {error.strerror}.", path=str(self.path)
            ) from error


def _hash(secret: str) -> str:
    """sha256 is enough: a secret of 256 random bits can't be guessed from its hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
