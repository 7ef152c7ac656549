"""A newsroom's policy as it is given: a field of a request, or a YAML file; read strictly.

Owns names, ranges and messages. Refuses to know what a rule does (kb.judge.policy).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import InputError
from kb.types import Policy, Tier, Verified

MAX_FILE_BYTES = 20_000
MAX_TOLERANCE = Decimal("0.25")


class PolicyModel(BaseModel):
    """Rules that make a check stricter than it is; none can make it laxer. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    tolerance: Annotated[
        Decimal | None,
        Field(
            ge=0,
            le=MAX_TOLERANCE,
            max_digits=6,
            description="How far a source's figure may be off a hedged one (“roughly 40%”), as a share of it.",
            examples=[0.02],
        ),
    ] = None
    tiers: Annotated[
        Literal["primary", "all"],
        Field(description="all: secondary sources are named where no primary one is held, and never decide."),
    ] = "all"
    verified: Annotated[
        Literal["text", "abstract"],
        Field(description="text: a finding decides only where it was verified in the source's full text."),
    ] = "abstract"
    least_score: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Evidence that is less near to the claim than this supports nothing.",
        ),
    ] = 0.0


def make_policy(given: PolicyModel) -> Policy | None:
    """The policy; None where it asks for nothing beyond the rules."""
    policy = Policy(
        tolerance=None if given.tolerance is None else given.tolerance.normalize(),
        tiers=(Tier.PRIMARY,) if given.tiers == "primary" else tuple(Tier),
        verified=(Verified.TEXT,) if given.verified == "text" else (Verified.TEXT, Verified.ABSTRACT),
        least_score=given.least_score,
    )
    return None if policy == Policy() else policy


def read_policy(path: Path) -> Policy | None:
    """The policy of a YAML file. InputError with every fault of it, where one is."""
    import yaml

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} could not be read: {error.strerror}.", path=str(path)) from None
    try:
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"it is larger than {MAX_FILE_BYTES:,} bytes")
        # Scalars stay as they are written: a number is read by its field, exactly.
        given = yaml.load(content.decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes strings, lists and dicts only
        if not isinstance(given, dict) or not all(isinstance(key, str) for key in given):
            raise ValueError("it must be a list of names with their values, such as `tolerance: 0.02`")
        return make_policy(PolicyModel.model_validate(given))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {_say(fault['type'], fault['msg'])}"
            for fault in error.errors(include_url=False, include_input=False)
        )
        raise InputError(f"{path} is no policy: {faults}.", path=str(path)) from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        words = " ".join(str(error).split())[:300]
        raise InputError(f"{path} is no policy: {words}.", path=str(path)) from None


def _say(kind: str, message: str) -> str:
    known = ", ".join(PolicyModel.model_fields)
    return f"is not a known name here; known are {known}" if kind == "extra_forbidden" else message
