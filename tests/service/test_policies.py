"""Laws of a newsroom's policy: it can only make a check stricter, is read strictly, and is told in the report."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kb.errors import InputError
from kb.judge.policy import apply_policy
from kb.types import Comparison, Policy, Raw, Stance, Tier, Verified
from service.api import create_app
from service.policies import policy_to_json
from service.policy_input import PolicyModel, make_policy, read_policy
from service.schemas import dumps, report_to_json
from service.workbench import Workbench
from tests.service import report_builders as build
from tests.service.command_line import make_run

# The source says 41.3%: 3.25% of 40 away from it.
DRAFT = "Roughly 40% of graders were fooled by the model, the Harbour Lab found."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("policy") / "kb"
    build.fill_store(made).close()
    with Workbench.open(made) as opened:
        opened.add_source(
            build.source(),
            Raw(name="graders.txt", content=build.SOURCE_TEXT.encode(), media_type="text/plain"),
        )
    return made


@pytest.fixture(scope="module")
def workbench(home: Path) -> Iterator[Workbench]:
    with Workbench.open(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(workbench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(workbench), base_url="http://127.0.0.1:8000") as made:
        yield made


def _raw() -> Raw:
    return Raw(name="-", content=DRAFT.encode(), media_type="text/plain")


def test_a_figure_beyond_the_policys_tolerance_differs(workbench: Workbench) -> None:
    plain = workbench.check(_raw()).claims[0].verdict
    strict = workbench.check(_raw(), policy=Policy(tolerance=Decimal("0.02"))).claims[0].verdict
    wide = workbench.check(_raw(), policy=Policy(tolerance=Decimal("0.04"))).claims[0].verdict
    assert (plain.label, wide.label) == ("supported", "supported")
    assert (strict.label, strict.reason) == ("contested", "figure_differs")


def test_a_policy_is_told_and_is_a_part_of_the_checker(workbench: Workbench) -> None:
    plain = workbench.check(_raw())
    told = {
        policy_checker(workbench, policy)
        for policy in (None, Policy(least_score=0.3), Policy(least_score=0.4))
    }
    assert len(told) == 3
    assert plain.checker in told
    assert "policy" not in report_to_json(plain)
    answered = report_to_json(workbench.check(_raw(), policy=Policy(least_score=0.3)))
    assert answered["policy"] == {
        "tolerance": None,
        "tiers": "all",
        "verified": "abstract",
        "least_score": 0.3,
    }


def policy_checker(workbench: Workbench, policy: Policy | None) -> str:
    return workbench.check(_raw(), policy=policy).checker


def test_a_policy_that_asks_for_nothing_changes_no_byte(client: TestClient) -> None:
    plain = client.post("/v1/check", json={"text": DRAFT})
    for empty in ({}, {"tiers": "all", "verified": "abstract", "least_score": 0, "tolerance": None}):
        assert client.post("/v1/check", json={"text": DRAFT, "policy": empty}).content == plain.content


def test_the_request_and_the_command_line_take_the_same_policy(
    client: TestClient,
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, article = tmp_path / "policy.yml", tmp_path / "draft.txt"
    file.write_text("tolerance: 0.02\ntiers: primary\n", encoding="utf-8")
    article.write_text(DRAFT, encoding="utf-8")
    answer = client.post(
        "/v1/check",
        json={"text": DRAFT, "name": str(article), "policy": {"tolerance": 0.02, "tiers": "primary"}},
    ).json()
    run = make_run(capsys, monkeypatch)
    printed = run("--home", home, "--json", "check", "--policy", file, article).json
    assert printed["policy"] == answer["policy"] == {
        "tolerance": "0.02", "tiers": "primary", "verified": "abstract", "least_score": 0.0,
    }  # fmt: skip
    assert printed["checker"] == answer["checker"]
    assert [one["verdict"]["reason"] for one in printed["claims"]] == [
        one["verdict"]["reason"] for one in answer["claims"]
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerance": -0.01}, {"tolerance": 0.26}, {"tolerance": "NaN"}, {"tolerance": "inf"}, {"tolerance": "x"},
        {"tolerance": 0.0123456789}, {"least_score": 1.01}, {"least_score": "nan"}, {"tiers": "secondary"},
        {"verified": "no"}, {"lax": True}, [], "strict", 3,
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_policy_is_refused_with_its_place(client: TestClient, wrong: object) -> None:
    answer = client.post("/v1/check", json={"text": DRAFT, "policy": wrong})
    assert answer.status_code == 422
    assert all(fault["pointer"].startswith("/body/policy") for fault in answer.json()["errors"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("tolerance: 0.9\ntier: all\n", "tolerance"), ("tolerance: 0.9\ntier: all\n", "tier: is not a known name"),
        ("- 1\n", "list of names"), ("", "list of names"), ("a: [", "is no policy"), ("? [a]\n: b\n", "is no policy"),
        ("tolerance: !!python/object:os.system x\n", "is no policy"), ("x" * 20_001, "larger than"), ("least_score: .nan\n", "least_score"),
    ],
)  # fmt: skip
def test_every_fault_of_a_policys_file_is_told(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "policy.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says) as told:
        read_policy(file)
    assert str(file) in told.value.message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"tolerance: \x00"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.yml"
    file.write_bytes(content)
    with pytest.raises(InputError):
        read_policy(file)


POLICIES = st.builds(
    Policy,
    tolerance=st.none() | st.decimals(0, "0.25", places=3),
    tiers=st.sampled_from([(Tier.PRIMARY,), tuple(Tier)]),
    verified=st.sampled_from([(Verified.TEXT,), (Verified.TEXT, Verified.ABSTRACT)]),
    least_score=st.floats(0, 1),
)


@given(
    policy=POLICIES, stance=st.sampled_from(list(Stance)), score=st.floats(0, 1), found=st.integers(1, 99),
    relation=st.sampled_from(["equal", "within_hedge", "differs"]),
    tier=st.sampled_from(list(Tier)),
)  # fmt: skip
@settings(max_examples=200)
def test_a_policy_never_makes_a_support(
    policy: Policy, stance: Stance, score: float, found: int, relation: str, tier: Tier
) -> None:
    compared = Comparison(relation=relation, detail="d", claimed="roughly 40%", found=f"{found}%")
    one = build.evidence("c-0000000000", "graders", stance=stance, score=score, comparison=compared)
    kept = apply_policy([one], policy, {"graders": build.source("graders", tier=tier)})
    assert len(kept) == (tier in policy.tiers)
    assert all(held.stance is stance or stance is Stance.SUPPORTS for held in kept)
    assert apply_policy(kept, policy, {"graders": build.source("graders", tier=tier)}) == kept


@given(policy=POLICIES)
def test_a_policy_told_is_the_policy_given(policy: Policy) -> None:
    again = make_policy(PolicyModel.model_validate(policy_to_json(policy)))
    assert (again or Policy()) == policy


def test_a_report_with_a_policy_is_as_documented(client: TestClient) -> None:
    from service import api_models as models

    answer = client.post("/v1/check", json={"text": DRAFT, "policy": {"verified": "text"}})
    assert list(answer.json()) == list(models.ReportModel.model_fields)
    models.ReportModel.model_validate_json(answer.content)
    assert dumps(answer.json()) == answer.content


def test_the_policy_of_the_documentation_is_read(tmp_path: Path) -> None:
    words = (Path(__file__).resolve().parents[2] / "docs" / "editors.md").read_text("utf-8")
    example = next(block for block in words.split("```yaml") if "tolerance:" in block).split("```")[0]
    file = tmp_path / "policy.yml"
    file.write_text(textwrap.dedent(example), encoding="utf-8")
    assert read_policy(file) == Policy(
        tolerance=Decimal("0.02"),
        tiers=(Tier.PRIMARY,),
        verified=(Verified.TEXT,),
        least_score=0.4,
    )


def test_the_server_speaks_through_the_fast_parser_and_loop() -> None:
    import uvicorn

    config = uvicorn.Config("service.api:create_app")
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    assert config.http == config.loop == "auto"
    assert AutoHTTPProtocol.__name__ == "HttpToolsProtocol"
    assert config.get_loop_factory().__module__ == "uvloop"
