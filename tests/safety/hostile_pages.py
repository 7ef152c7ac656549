"""Not a test: pages of the largest size that is read, each made to cost as much as a page can.

`python -m tests.safety.hostile_pages NAME...` reads them under limits and says as JSON what each took.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

from ingest.limits import DEFAULT
from ingest.read import read_document
from kb.errors import InputError
from kb.types import Raw

_SIZE = DEFAULT.html_bytes - 200


def fill(unit: str, head: str = "<p>A page about models, as pages go.</p>", tail: str = "") -> bytes:
    room = _SIZE - len(head) - len(tail)
    return (head + unit * (room // len(unit.encode())) + tail).encode()


PAGES: dict[str, Callable[[], bytes]] = {
    "nested too deep": lambda: fill("<div>"),
    "nested as deep as allowed": lambda: fill("<i>" * 200 + "x" + "</i>" * 200),
    "unclosed formatting": lambda: fill("<p><b><i><u>x "),
    "misnested tables": lambda: fill("<table><tr><td><a>x</table>"),
    "many elements": lambda: fill("<p>x"),
    "one element of many attributes": lambda: fill(" a1=b", "<p>Some words.</p><div", ">x</div>"),
    "many different attributes": lambda: (
        "<p>Some words.</p><div " + " ".join(f"a{n}=b" for n in range(400_000)) + ">x</div>"
    ).encode()[:_SIZE],
    "attributes behind a stray quotation mark": lambda: (
        "<p>Some words.</p><div x\" " + " ".join(f"a{n}=b" for n in range(400_000)) + ">x</div>"
    ).encode()[:_SIZE],
    "attributes without values": lambda: (
        "<p>Some words.</p><div " + "/".join(f"a{n}" for n in range(500_000)) + ">x</div>"
    ).encode()[:_SIZE],
    "as many attributes as allowed": lambda: fill(
        "<i " + " ".join(f"a{n}=''" for n in range(990)) + ">x</i>", "<p>Some words.</p>"
    ),
    "nested as deep as elements": lambda: (b"<p>x</p>" + b"<i>" * 190_000),
    "one long attribute": lambda: fill("A", "<a href='https://x.example/", "'>x</a>"),
    "many links": lambda: fill("<a href=/x>y</a> "),
    "many footnotes": lambda: fill("<sup><a href='#f1' id=r1>1</a></sup> x "),
    "a list of many notes": lambda: fill("<li id=f1>See <a href='#r1'>up</a></li>", "<ol>", "</ol>"),
    "one long word": lambda: fill("x"),
    "one long sentence": lambda: fill("and 12% of 90 models "),
    "only brackets": lambda: fill("<"),
    "unclosed comment": lambda: fill("<!-- x "),
    "many comments": lambda: fill("<!--x-->"),
    "unclosed script": lambda: fill("x<", "<p>Words.</p><script>"),
    "entities": lambda: fill("&amp;&#65;&nbsp;"),
    "unknown entities": lambda: fill("&xyzzy;"),
    "big numeric entities": lambda: fill("&#x10ffff;"),
    "nulls": lambda: fill("\0a"),
    "white space": lambda: fill(" \t\n"),
    "line breaks": lambda: fill("<br>x"),
    "deep lists": lambda: fill("<ul><li>x" * 100 + "</ul>" * 100),
    "wide table": lambda: fill("<td>12%", "<table><tr>", "</table>"),
    "long table": lambda: fill("<tr><td>12%<td>x", "<table>", "</table>"),
    "math": lambda: fill("<math><mi>x</mi></math> "),
    "svg": lambda: fill("<svg><text>x</text></svg> "),
    "linked data": lambda: fill('{"a":' * 10, "<p>Words.</p><script type='application/ld+json'>", "</script>"),
    "many metas": lambda: fill("<meta name=author content=x>"),
    "utf-16": lambda: ("<p>Words of a page.</p>" + "<p>x" * 500_000).encode("utf-16"),
    "half characters": lambda: b"<p>Words of a page.</p>" + b"\xed\xa0\x80\xff" * (_SIZE // 4 - 20),
    "combining marks": lambda: fill("\u0301"),
    "quotation marks": lambda: fill("“x ”"),
    "headings": lambda: fill("<h2>x</h2>"),
    "dollars": lambda: fill("$x "),
    "emphasis": lambda: fill("*x_ "),
}  # fmt: skip


def read(name: str) -> dict[str, object]:
    content = PAGES[name]()
    began = time.process_time()
    try:
        document = read_document(Raw(name="page.html", content=content, media_type="text/html")).items[0]
        told = f"read: {len(document.text)} characters"
    except InputError as fault:
        told = f"refused: {fault.message[:80]}"
    return {"name": name, "bytes": len(content), "told": told, "cpu_s": round(time.process_time() - began, 2)}


def main() -> None:
    """Read the pages named, one line of JSON each; at most 2 GiB and ten minutes of CPU time in all."""
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(read(name)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
