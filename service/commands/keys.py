"""The verbs over API keys: create, list, revoke."""

from __future__ import annotations

from datetime import UTC, datetime

from service.keys import Key, KeyRing
from service.terminal import Terminal


def create(terminal: Terminal, name: str, scopes: str) -> None:
    """Makes a key and prints it, this once."""
    ring = _open(terminal)
    key, secret = ring.create(
        name, [one.strip() for one in scopes.split(",") if one.strip()], datetime.now(UTC)
    )
    if terminal.settings.json:
        terminal.put_json({"ok": True, "key": secret, **_row(key)})
        return
    terminal.say(f"The key {key.id} ({', '.join(key.scopes)}) is shown this once; only its hash is kept:")
    terminal.put_text(secret)


def list_all(terminal: Terminal) -> None:
    """Prints the keys without their secrets."""
    keys = _open(terminal).keys()
    if terminal.settings.json:
        terminal.put_json({"ok": True, "keys": [_row(key) for key in keys]})
        return
    if not keys:
        terminal.say("There are no keys. Make one: wherefrom keys create NAME")
    for key in keys:
        state = f"revoked {key.revoked}" if key.revoked is not None else "live"
        terminal.put_text(f"{key.id}  {','.join(key.scopes):<10}  {key.created}  {state:<28}  {key.name}")


def revoke(terminal: Terminal, key_id: str) -> None:
    """Ends a key at once, in running servers too."""
    key = _open(terminal).revoke(key_id, datetime.now(UTC))
    if terminal.settings.json:
        terminal.put_json({"ok": True, **_row(key)})
        return
    terminal.put_text(f"{key.id} is revoked.")


def _open(terminal: Terminal) -> KeyRing:
    from service.commands.opening import open_store

    with open_store(terminal.settings):  # there must be a knowledge base
        return KeyRing(terminal.settings.home)


def _row(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created": key.created,
        "revoked": key.revoked,
    }
