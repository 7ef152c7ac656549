"""Laws of the LanguageTool protocol: fields, offsets, levels, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.api import create_app
from service.protocols.annotated import AnnotatedText, count_units, read_annotation
from service.workbench import Workbench
from sources.registry import read_registry

SOURCES = ("chen-2025-cot-faithfulness", "openai-2023-gpt4-report")

RIGHT = "Claude 3.7 Sonnet mentioned the hint only 25% of the time, Anthropic found."
WRONG = RIGHT.replace("25%", "39%")  # the figure of another model
UNKNOWN = "A survey of Danish bakers found that 81% of rye loaves fell in the oven."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("home") / "kb"
    with Workbench.open(home, create=True) as workbench:
        for source in read_registry().sources:
            if source.id in SOURCES:
                workbench.store.save_source(
                    source, origin="registry", added_at=datetime(2026, 1, 1, tzinfo=UTC)
                )
        workbench.refresh_index()
        with TestClient(
            create_app(workbench), base_url="http://127.0.0.1:8000", raise_server_exceptions=False
        ) as made:
            yield made


def check(client: TestClient, **fields: str) -> dict[str, object]:
    answer = client.post("/v2/check", data={"language": "en-US", **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def matches(client: TestClient, **fields: str) -> list[dict[str, object]]:
    found = check(client, **fields)["matches"]
    assert isinstance(found, list)
    return found


def units(text: str, offset: object, length: object) -> str:
    assert isinstance(offset, int)
    assert isinstance(length, int)
    wide = text.encode("utf-16-le")
    return wide[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def test_an_unsourced_claim_is_a_hint(client: TestClient) -> None:
    (match,) = matches(client, text=UNKNOWN)
    assert match["type"] == {"typeName": "Hint"}
    rule = match["rule"]
    assert isinstance(rule, dict)
    assert rule["issueType"] == "style"
    assert rule["id"].startswith("WHEREFROM_")


def test_a_contested_figure_is_an_inconsistency_with_the_right_figure(client: TestClient) -> None:
    (match,) = matches(client, text=WRONG)
    assert match["type"] == {"typeName": "Other"}
    rule = match["rule"]
    assert isinstance(rule, dict)
    assert rule["issueType"] == "inconsistency"
    assert match["replacements"]
    assert units(WRONG, match["offset"], match["length"]) == "39%"
    assert match["replacements"][0]["value"] == "25%"  # type: ignore[index]


@pytest.mark.parametrize("before", ["", "\U0001f600 ", "“\U0001f469‍\U0001f52c” é ", "\n\n"])
def test_what_stands_before_a_claim_does_not_shift_its_mark(client: TestClient, before: str) -> None:
    text = before + WRONG
    found = [match for match in matches(client, text=text) if match["replacements"]]
    assert [units(text, one["offset"], one["length"]) == "39%" for one in found] == [True]


def test_markup_before_and_inside_a_claim_does_not_shift_its_mark(client: TestClient) -> None:
    pieces = [
        {"markup": "<p>\U0001f600</p>", "interpretAs": "\n\n"},
        {"text": "Claude 3.7 Sonnet mentioned the hint only "},
        {"markup": "<b>"},
        {"text": "39%"},
        {"markup": "</b>"},
        {"text": " of the time, Anthropic found."},
    ]
    original = "".join(piece.get("markup", piece.get("text", "")) for piece in pieces)
    found = matches(client, data=json.dumps({"annotation": pieces}))
    marked = [units(original, one["offset"], one["length"]) for one in found]
    assert marked == ["39%"]


def test_one_piece_for_each_character_is_one_text(client: TestClient) -> None:
    pieces = [{"text": character} for character in WRONG]
    assert matches(client, data=json.dumps({"annotation": pieces})) == matches(client, text=WRONG)


def test_the_content_type_is_not_looked_at(client: TestClient) -> None:
    body = urlencode({"text": WRONG, "language": "en"})
    for declared in ("application/json", "text/plain", ""):
        answer = client.post("/v2/check", content=body, headers={"Content-Type": declared})
        assert answer.status_code == 200
        assert answer.json()["matches"]


def test_every_field_that_strict_clients_want_is_there(client: TestClient) -> None:
    answer = check(client, text=WRONG)
    assert set(answer) >= {"software", "warnings", "language", "matches"}
    (match,) = answer["matches"]  # type: ignore[misc, attr-defined]
    assert set(match) >= {
        "message", "shortMessage", "replacements", "offset", "length", "context", "sentence", "type", "rule",
        "ignoreForIncompleteSentence", "contextForSureMatch",
    }  # fmt: skip
    assert set(match["rule"]) >= {"id", "description", "issueType", "category", "urls"}
    context = match["context"]
    assert units(context["text"], context["offset"], context["length"]) == units(
        WRONG, match["offset"], match["length"]
    )


def test_the_link_of_a_match_leads_to_the_sources_page(client: TestClient) -> None:
    (match,) = matches(client, text=WRONG)
    address = match["rule"]["urls"][0]["value"]  # type: ignore[index]
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 200


def test_a_supported_claim_is_left_alone(client: TestClient) -> None:
    assert matches(client, text=RIGHT) == []


def test_a_disabled_rule_is_not_shown(client: TestClient) -> None:
    (match,) = matches(client, text=UNKNOWN)
    rule = match["rule"]
    assert isinstance(rule, dict)
    assert matches(client, text=UNKNOWN, disabledRules=rule["id"]) == []
    assert matches(client, text=UNKNOWN, disabledCategories=rule["category"]["id"]) == []
    assert matches(client, text=UNKNOWN, enabledOnly="true", enabledRules="NO_SUCH") == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"text": "a"}, 400),
        ({"text": "a", "data": "{}", "language": "en"}, 400),
        ({"text": "a", "language": "de-DE"}, 400),
        ({"text": "a", "language": "en", "preferredVariants": "en-GB"}, 400),
        ({"text": "a", "language": "en", "enabledOnly": "yes"}, 400),
        (
            {"text": "a", "language": "en", "enabledOnly": "yes", "enabledRules": "A", "disabledRules": "B"},
            400,
        ),
        ({"text": "a", "language": "en", "level": "loud"}, 400),
        ({"text": "a", "language": "en", "enabled": "A"}, 400),
        ({"data": "nonsense", "language": "en"}, 400),
        ({"data": '{"annotation": [{"text": "a", "markup": "b"}]}', "language": "en"}, 400),
        ({"text": "a" * 200_001, "language": "en"}, 413),
    ],
)
def test_a_wrong_request_gets_a_plain_line_that_says_why(
    client: TestClient, fields: dict[str, str], status: int
) -> None:
    answer = client.post("/v2/check", data=fields)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("Error: ")


def test_get_answers_as_post_does(client: TestClient) -> None:
    assert client.get("/v2/check", params={"text": WRONG, "language": "en-US"}).json() == check(
        client, text=WRONG
    )


def test_another_language_found_in_the_text_is_said_and_gives_no_match(client: TestClient) -> None:
    text = (
        "Rund siebzig Prozent der Prüfer wurden laut der Studie des Labors vom Modell getäuscht, sagte sie. "
        * 4
    )
    answer = check(client, text=text, language="auto")
    assert answer["matches"] == []
    assert answer["warnings"]["incompleteResults"] is True  # type: ignore[index]


def test_the_small_routes_answer(client: TestClient) -> None:
    assert {"name", "code", "longCode"} <= set(client.get("/v2/languages").json()[0])
    assert int(client.get("/v2/maxtextlength").text) == 200_000
    assert client.get("/v2/healthcheck").text == "OK"
    assert client.get("/v2/info").json()["software"]["apiVersion"] == 1
    listed = client.get("/v2/configinfo", params={"language": "en"}).json()["rules"]
    assert any(rule["ruleId"] == "WHEREFROM_FIGURE_DIFFERS" for rule in listed)
    assert client.get("/v2/words").status_code == 403


@pytest.mark.parametrize(
    "origin", ["chrome-extension://oldceeleldhonbafppcapldpdifcinji", "app://obsidian.md"]
)
def test_an_editors_add_on_may_post(client: TestClient, origin: str) -> None:
    answer = client.post(
        "/v2/check",
        data={"text": WRONG, "language": "en"},
        headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin


def test_a_web_page_of_another_site_may_not_post(client: TestClient) -> None:
    answer = client.post(
        "/v2/check",
        data={"text": WRONG, "language": "en"},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


PIECES = st.lists(
    st.one_of(
        st.builds(lambda words: {"text": words}, st.text(max_size=5)),
        st.builds(lambda words: {"markup": words}, st.text(max_size=5)),
        st.builds(
            lambda words, shown: {"markup": words, "interpretAs": shown},
            st.text(max_size=5),
            st.text(max_size=2),
        ),
    ),
    max_size=12,
)


@given(PIECES, st.data())
def test_a_stretch_of_text_is_found_again_in_what_was_sent(
    pieces: list[dict[str, str]], data: st.DataObject
) -> None:
    read = read_annotation({"annotation": pieces})
    original = "".join(piece.get("text", piece.get("markup", "")) for piece in pieces)
    assert read.plain == "".join(piece.get("text", piece.get("interpretAs", "")) for piece in pieces)
    if not read.plain:
        return
    start = data.draw(st.integers(0, len(read.plain) - 1))
    end = data.draw(st.integers(start + 1, len(read.plain)))
    offset, length = read.locate(start, end)
    assert 0 <= offset <= offset + length <= count_units(original)


@given(st.text(max_size=30), st.data())
def test_without_markup_an_offset_is_that_of_the_text(text: str, data: st.DataObject) -> None:
    read = AnnotatedText([(text, None)])
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert read.locate(start, end) == (count_units(text[:start]), count_units(text[start:end]))
