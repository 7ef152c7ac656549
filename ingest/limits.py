"""The limits under which untrusted input is fetched and read; refuses to know who enforces them.

Every figure can be given anew (`Limits(pdf_wall_s=5)`); none is read from the environment.
"""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes or characters, times in seconds.

    `allowed_networks` opens addresses that `fetch` refuses otherwise (CIDR notation: a test server on
    loopback, an archive inside a house); `ports` empty means any port.
    """

    # fetching
    url_chars: int = 2048
    ports: tuple[int, ...] = (80, 443)
    allowed_networks: tuple[str, ...] = ()
    redirects: int = 5
    connect_s: float = 5.0
    read_s: float = 10.0
    fetch_s: float = 30.0
    wire_bytes: int = 10_000_000
    unpacked_bytes: int = 25_000_000
    header_bytes: int = 65_536
    headers: int = 100
    # reading
    file_bytes: int = 25_000_000
    text_chars: int = 2_000_000
    html_bytes: int = 5_000_000
    html_depth: int = 250
    html_nodes: int = 200_000
    pdf_pages: int = 1_000
    pdf_memory_bytes: int = 768 * _MIB
    pdf_cpu_s: int = 20
    pdf_wall_s: float = 30.0
    pdf_answer_bytes: int = 16_000_000
    # a text with fewer letters than this is too short to tell its language
    language_letters: int = 200


DEFAULT = Limits()
