"""Hosts that look like a known one and aren't it: `arxlv.org`, `аrxiv.org` with a Cyrillic letter,
`arxiv.org.example.com`. Only says so: what a link leads to is settled by sources.resolve, exactly.

The table of confusable letters holds those of Unicode's confusables (UTS #39) that browsers' own look-alike
warnings turn on: Cyrillic and Greek letters drawn as Latin ones, digits as letters, and pairs of letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA

_DRAWN_ALIKE = str.maketrans(
    {
        **dict(zip("абвгԁеһіјкӏмпорԛѕтухцԝѵ", "a6brdehijklmnopqstyxuwv", strict=True)),
        **dict(zip("αβεικνορτυχωϲ", "abeiknoptuxwc", strict=True)),
        **dict(zip("0135", "oles", strict=True)),
        **dict(zip("ıłøđħɡɩ", "ilodhgi", strict=True)),
        "l": "i",
        "|": "i",
    }
)
_MIN_LETTERS = 5  # of a known name without its ending: shorter ones are one letter from too many others
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
_MAX_HOSTS = 500


def find_lookalikes(addresses: Iterable[str], known_hosts: Iterable[str]) -> dict[str, str]:
    """Host -> known host, for each web address whose host looks like a known one and belongs to another."""
    known = {_registrable(host) for host in known_hosts if host}
    drawn = {_draw(name): name for name in sorted(known, reverse=True)}
    found: dict[str, str] = {}
    for host in sorted({_read_host(address) for address in addresses} - {""})[:_MAX_HOSTS]:
        own = _registrable(host)
        if own in known:
            continue
        likeness = _find_likeness(host, own, known, drawn)
        if likeness is not None:
            found[host] = likeness
    return found


def _find_likeness(host: str, own: str, known: set[str], drawn: dict[str, str]) -> str | None:
    same = drawn.get(_draw(own))
    if same is not None and len(same.partition(".")[0]) >= _MIN_LETTERS - 1:
        return same
    for name in sorted(known):
        label, _, ending = name.partition(".")
        if len(label) >= _MIN_LETTERS - 1 and f".{host}.".find(f".{name}.") >= 0:
            return name  # somebody else's name with the known one put in front
        mine, _, other_ending = own.partition(".")
        if len(label) >= _MIN_LETTERS and ending == other_ending and OSA.distance(mine, label) == 1:
            return name
    return None


def _read_host(address: str) -> str:
    """The host in small letters, as a person sees it; "" where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    parts = []
    for part in host.lower().rstrip(".").split("."):
        if part.startswith("xn--"):
            try:
                part = part[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                return host.lower()
        parts.append(part)
    return ".".join(parts)


def _registrable(host: str) -> str:
    """The part of a host that somebody registers, by the usual two or three labels."""
    labels = host.lower().rstrip(".").split(".")
    if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def _draw(name: str) -> str:
    """A name as it looks: two names that are drawn alike give the same."""
    return name.translate(_DRAWN_ALIKE).replace("rn", "m").replace("vv", "w").replace("cl", "d")
