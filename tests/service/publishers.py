"""A loopback server that speaks like arXiv, Crossref, OpenAlex, doi.org and a publisher, from answers written
here. Its paths tell the services apart, its port is the kernel's choice, and it counts what it was asked."""

from __future__ import annotations

import http.server
import json
import threading
from dataclasses import dataclass, field

from ingest.limits import Limits
from sources.lookups import Services

PROSE = " ".join(
    f"In the {place} audit the team read what the model had written before it was told that anybody would look."
    for place in (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
)
RESULT = "We find that Model A lied to its auditors in 47.3% of 200 audits."


def atom(identifier: str = "2412.99991", version: int = 2, *, title: str = "Lies told to auditors") -> bytes:
    """arXiv's answer about one paper."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><title>query</title>
<entry><id>http://arxiv.org/abs/{identifier}v{version}</id><updated>2025-0{version}-15T10:00:00Z</updated>
<published>2024-12-18T10:00:00Z</published><title>{title}</title><summary>...</summary>
<author><name>Ann Smith</name></author><author><name>Bo Li</name></author></entry></feed>""".encode()


def no_paper() -> bytes:
    """arXiv's answer about an id that it doesn't know."""
    return (
        b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        b"<id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title></entry></feed>"
    )


def crossref(doi: str = "10.1234/trial.7", **more: object) -> bytes:
    work = {
        "DOI": doi,
        "title": ["Lies told to <i>auditors</i>"],
        "author": [{"given": "Ann", "family": "Smith"}, {"name": "Audit Group"}],
        "container-title": ["Journal of Trials"],
        "published": {"date-parts": [[2025, 3, 7]]},
        "type": "journal-article",
        "URL": f"https://doi.org/{doi}",
    }
    return json.dumps({"status": "ok", "message": {**work, **more}}).encode()


def openalex(pdf_url: str | None = None, **more: object) -> bytes:
    location = {"pdf_url": pdf_url, "landing_page_url": None, "license": "cc-by", "is_oa": True}
    work = {"display_name": "Lies told to auditors", "best_oa_location": location if pdf_url else None}
    return json.dumps({**work, **more}).encode()


def page(
    body: str = f"<p>{PROSE}</p><p>{RESULT}</p>", *, head: str = "", title: str = "Lies told to auditors"
) -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


@dataclass(slots=True)
class Answer:
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str | None = None


@dataclass(slots=True)
class Publishers:
    """`answers` by path without the query; anything else is 404. `asked` holds the paths in their order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    server: http.server.ThreadingHTTPServer | None = None

    def __enter__(self) -> Publishers:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = outer.answers.get(self.path.split("?")[0], Answer(status=404))
                self.send_response(answer.status)
                if answer.location is not None:
                    self.send_header("Location", answer.location)
                self.send_header("Content-Type", answer.media_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1]) if self.server is not None else 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def services(self) -> Services:
        base = self.url("")
        return Services(
            crossref=f"{base}/crossref", openalex=f"{base}/openalex", arxiv_api=f"{base}/arxiv-api",
            arxiv=f"{base}/arxiv", doi=f"{base}/doi",
        )  # fmt: skip

    def limits(self) -> Limits:
        return Limits(
            allowed_networks=("127.0.0.0/8",), ports=(self.port,), connect_s=20, read_s=20, fetch_s=60
        )

    def put_arxiv(
        self, identifier: str = "2412.99991", version: int = 2, *, html: bytes | None = None
    ) -> None:
        self.answers["/arxiv-api/api/query"] = Answer(atom(identifier, version), "application/atom+xml")
        self.answers[f"/arxiv/html/{identifier}"] = Answer(html if html is not None else page())

    def put_doi(self, doi: str = "10.1234/trial.7", *, pdf_url: str | None = None, **more: object) -> None:
        self.answers[f"/crossref/works/{doi.replace('/', '%2F')}"] = Answer(
            crossref(doi, **more), "application/json"
        )
        self.answers[f"/openalex/works/doi:{doi}"] = Answer(openalex(pdf_url), "application/json")
