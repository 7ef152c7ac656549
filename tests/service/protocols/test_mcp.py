"""The Model Context Protocol, spoken by its own client: over pipes to the real command, and over HTTP."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from kb.types import Raw
from service.api import create_app
from service.workbench import Workbench
from sources.registry import read_registry

ARTICLE = "Claude 3.7 Sonnet mentioned the hint only 39% of the time, Anthropic found.\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "kb"
    with Workbench.open(folder, create=True) as workbench:
        source = next(one for one in read_registry().sources if one.id == "chen-2025-cot-faithfulness")
        text = "Reasoning models don't always say what they think. The hint was rarely mentioned by either model."
        workbench.add_source(source, Raw(name="paper.txt", content=text.encode(), media_type="text/plain"))
        workbench.ingest(Raw(name="article.txt", content=ARTICLE.encode(), media_type="text/plain"))
    return folder


async def ask(session: ClientSession) -> dict[str, Any]:
    """What the tools answer, by name."""
    await session.initialize()
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert set(tools) == {"check_text", "search_claims", "get_claim", "verify_quote"}
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
    answers: dict[str, Any] = {}
    checked = await session.call_tool("check_text", {"text": ARTICLE})
    answers["check"] = checked.structured_content
    found = await session.call_tool("search_claims", {"query": "39%"})
    answers["search"] = found.structured_content
    claim_id = answers["search"]["answer"]["claims"][0]["id"]
    answers["claim"] = (await session.call_tool("get_claim", {"id": claim_id})).structured_content
    answers["missing"] = (await session.call_tool("get_claim", {"id": "c-0000000000"})).structured_content
    quote = await session.call_tool(
        "verify_quote", {"quote": "the hint was rarely mentioned by either model"}
    )
    answers["quote"] = quote.structured_content
    answers["bad"] = await session.call_tool("search_claims", {"query": ""})
    return answers


def check_answers(answers: dict[str, Any]) -> None:
    (claim,) = answers["check"]["answer"]["claims"]
    assert claim["verdict"]["reason"] == "wrong_subject"
    assert "data" in answers["check"]["note"]
    assert answers["claim"]["answer"]["verdict"]["label"] == "contested"
    assert "error" in answers["missing"]
    assert answers["quote"]["answer"]["level"] == "verbatim"
    assert answers["bad"].is_error is True


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_command_answers_an_assistant_over_pipes(home: Path) -> None:
    async def talk() -> dict[str, Any]:
        command = StdioServerParameters(
            command=sys.executable,
            args=["-c", "from service.cli import main; main()", "--home", str(home), "mcp"],
            cwd=str(Path(__file__).resolve().parents[3]),
        )
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            return await ask(session)

    check_answers(anyio.run(talk))


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    import uvicorn

    with Workbench.open(home) as workbench:
        config = uvicorn.Config(
            create_app(workbench, with_mcp=True),
            host="127.0.0.1",
            port=0,
            access_log=False,
            log_level="warning",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(20)


@pytest.mark.timeout(240)
def test_the_server_answers_an_assistant_over_http(address: str) -> None:
    async def talk() -> dict[str, Any]:
        async with (
            streamable_http_client(f"{address}/mcp/") as (read, write),
            ClientSession(read, write) as session,
        ):
            return await ask(session)

    check_answers(anyio.run(talk))
