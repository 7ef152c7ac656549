"""Laws of numbers in the site's search: one token for every spelling, the same in the browser and here."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from kb.quantity import find_quantities
from service.site.number_tokens import find_tokens, read_query
from service.site.render import find_folder
from tests import number_queries

# Read alike by the grammar and by the page's own reader.
PHRASES = [
    *number_queries.ASKED,
    "0.5%", "99.95%", "100%", "1,234.5", "20 to 30%", "20-30%", "2/3", "seven in ten", "10^25 FLOP", "1e25 FLOP",
    "5 pp", "two thirds of models", "12 out of 30", "nine in ten", "4x", "fourfold", "50,000", "3 million",
    "1 out of every 4",
]  # fmt: skip


@pytest.fixture(scope="module")
def read_in_node() -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is absent")
    module = (find_folder("static") / "numbers.js").as_uri()
    program = (
        f"import {{ readQuery }} from {json.dumps(module)};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "console.log(JSON.stringify(Object.fromEntries(JSON.parse(text).map((one) => [one, readQuery(one)]))));"
    )
    line = [node, "--input-type=module", "-e", program]
    ended = subprocess.run(
        line, input=json.dumps(PHRASES), capture_output=True, text=True, check=True, timeout=60
    )
    answers: dict[str, Any] = json.loads(ended.stdout)
    return answers


@pytest.mark.node
@pytest.mark.parametrize("phrase", PHRASES)
def test_the_page_reads_a_number_as_the_grammar_does(read_in_node: dict[str, Any], phrase: str) -> None:
    ours = read_query(phrase)
    theirs = read_in_node[phrase]["figures"]
    assert [sorted(one["same"]) for one in theirs] == [sorted(one.same) for one in ours]
    assert [sorted(one["rest"]) for one in theirs] == [sorted(one.rest) for one in ours]
    assert [sorted(one["near"]) for one in theirs] == [sorted(one.near) for one in ours]


@pytest.mark.parametrize(
    "phrase", ["25%", "a quarter", "one in four", "25 percent", "1/4", "0.25", "25 of 100"]
)
def test_every_spelling_of_a_share_has_one_token(phrase: str) -> None:
    assert "share:25" in find_tokens(find_quantities(phrase))


def test_a_point_is_no_part_to_be_dropped() -> None:
    assert "n:12.5" in find_tokens(find_quantities("12.5%"))
    assert "n:125" not in find_tokens(find_quantities("12.5%"))


def test_percent_and_points_are_told_apart() -> None:
    assert "points:10" in find_tokens(find_quantities("10 percentage points"))
    assert not [
        one for one in find_tokens(find_quantities("10 percentage points")) if one.startswith("share")
    ]
