"""Finished answers about what is stored, given again until the knowledge base changes.

Owns which answers are kept, for how long, and how much of them. Stands behind the guard and the rule of access,
so that what they refuse is refused and what they add is added; refuses to know how an answer is made. Nothing
that holds a text sent to be checked goes through it: it keeps answers to GET of stored lists and pages alone.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.store.watch import ChangeWatch

MAX_BYTES = 48_000_000
MAX_ENTRIES = 2_000
MAX_ANSWER_BYTES = 4_000_000
_KEPT = ("/v1/claims", "/v1/sources", "/v1/articles")
_BODY_HEADERS = frozenset({b"content-length", b"content-type"})

Key = tuple[str, bytes, bytes]
Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer of status 200. `spare` are the headers of the 304 that stands for it."""

    headers: list[Header]
    spare: list[Header]
    etag: str
    body: bytes


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether the client says that it holds what the ETag names."""
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known


class AnswerCache:
    """ASGI middleware over the knowledge base that is watched. An answer is kept under the state that was read
    before it was made, so that it can be newer than its state and never older."""

    def __init__(
        self, app: ASGIApp, watch: ChangeWatch, *, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES
    ) -> None:
        self.app = app
        self.hits = 0
        self.size_bytes = 0
        self._watch = watch
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._state: int | None = None
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_kept(scope["path"]):
            await self.app(scope, receive, send)
            return
        state = self._watch.read()
        if state is None:
            await self.app(scope, receive, send)
            return
        if state != self._state:
            self._forget()
            self._state = state
        accept, asked = b"", None
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b"," + value
            elif name == b"if-none-match":
                asked = value.decode("latin-1") if asked is None else asked
        key = (scope["path"], scope["query_string"], accept)
        answer = self._answers.get(key)
        if answer is None:
            answer = await self._ask(key, state, scope, receive, send)
            if answer is None:
                return
        else:
            self.hits += 1
            self._answers.move_to_end(key)
        if asked and is_known(answer.etag, asked):
            await send({"type": "http.response.start", "status": 304, "headers": list(answer.spare)})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(answer.headers)})
        await send({"type": "http.response.body", "body": answer.body})

    async def _ask(self, key: Key, state: int, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """The answer of the application, which is kept; None where it is not of the kind that is kept and has
        been passed on."""
        inner = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"if-none-match"]}
        start: Message | None = None
        chunks: list[bytes] = []
        passing = False

        async def collect(message: Message) -> None:
            nonlocal start, passing
            if passing:
                await send(message)
            elif message["type"] == "http.response.start" and message["status"] != 200:
                passing = True
                await send(message)
            elif message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self.app(inner, receive, collect)
        if passing or start is None:
            return None
        headers: list[Header] = list(start["headers"])
        answer = Answer(
            headers=headers,
            spare=[one for one in headers if one[0] not in _BODY_HEADERS],
            etag=dict(headers).get(b"etag", b"").decode("latin-1"),
            body=b"".join(chunks),
        )
        if answer.etag:
            self._keep(key, state, answer)
        return answer

    def _keep(self, key: Key, state: int, answer: Answer) -> None:
        if state != self._state or len(answer.body) > min(MAX_ANSWER_BYTES, self._max_bytes):
            return
        before = self._answers.pop(key, None)
        self.size_bytes += len(answer.body) - (len(before.body) if before is not None else 0)
        self._answers[key] = answer
        while self.size_bytes > self._max_bytes or len(self._answers) > self._max_entries:
            _, dropped = self._answers.popitem(last=False)
            self.size_bytes -= len(dropped.body)

    def _forget(self) -> None:
        self._answers.clear()
        self.size_bytes = 0


def _is_kept(path: str) -> bool:
    return path.startswith(_KEPT)
