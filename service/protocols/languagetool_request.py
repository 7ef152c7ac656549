"""What an editor asks of /v2/check: the text with its mark-up, and which rules it wants to see.

Owns the reading of the form, lax where clients are (a missing or wrong Content-Type, fields that mean nothing
here) and strict where the protocol is. Refuses to know what is answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from service.problems import ProblemError
from service.protocols.annotated import AnnotatedText, read_annotation
from service.security import parse_json

MAX_CHARACTERS = 200_000
MAX_BODY_BYTES = 8_000_000  # a form may take twelve bytes a character, and an annotation more
_MAX_FIELDS = 64
_TRUE = frozenset({"true", "yes", "1", "on"})
_OLD_NAMES = {
    "enabled": "enabledRules", "disabled": "disabledRules", "autodetect": "language=auto",
    "preferredvariants": "preferredVariants",
}  # fmt: skip
_LEVELS = ("default", "picky")
_MODES = ("all", "textlevelonly", "allbuttextlevelonly")


class LanguageToolError(Exception):
    """A request that can't be answered; the protocol's answer is a plain line of text with a status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckForm:
    """A request to check. `rules` and `categories` are the ids that are switched on or off by name."""

    text: AnnotatedText
    language: str
    picky: bool
    wanted_rules: frozenset[str] = frozenset()
    wanted_categories: frozenset[str] = frozenset()
    unwanted_rules: frozenset[str] = frozenset()
    unwanted_categories: frozenset[str] = frozenset()
    only_wanted: bool = False
    text_level: bool = True

    def shows(self, rule: str, category: str) -> bool:
        """Whether the client wants the matches of a rule."""
        if self.only_wanted:
            return rule in self.wanted_rules or category in self.wanted_categories
        if rule in self.wanted_rules:
            return True
        return rule not in self.unwanted_rules and category not in self.unwanted_categories


def read_fields(body: bytes, query: str) -> dict[str, str]:
    """The fields of a form body and of the address, whatever the body is declared to be: clients mislabel
    it. A JSON object is taken too. LanguageToolError where neither can be read."""
    stripped = body.lstrip()
    fields: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
        if stripped.startswith(b"{"):
            value = parse_json(body)
            pairs += [
                (name, inner if isinstance(inner, str) else json.dumps(inner))
                for name, inner in value.items()
            ]
        else:
            pairs += parse_qsl(
                body.decode("utf-8").lstrip("\ufeff"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"
            )  # fmt: skip
    except (ValueError, ProblemError):
        raise LanguageToolError(400, "The body is not a form in UTF-8") from None
    for name, value in pairs:
        if name in fields:
            raise LanguageToolError(400, "A parameter is given twice")
        fields[name] = value
    return fields


def read_check_form(fields: Mapping[str, str]) -> CheckForm:
    """The request that the fields make. LanguageToolError (400, 413) with what is wrong."""
    for old, new in _OLD_NAMES.items():
        if old in fields:
            raise LanguageToolError(400, f"You specified '{old}' but the parameter is now called '{new}'")
    text = _read_text(fields)
    if len(text.plain) > MAX_CHARACTERS:
        raise LanguageToolError(
            413,
            f"Your text exceeds the limit of {MAX_CHARACTERS} characters (it's {len(text.plain)} characters)",
        )
    language = fields.get("language", "").strip()
    if not language:
        raise LanguageToolError(400, "Missing 'language' parameter, e.g. 'language=en-US' or 'language=auto'")
    _check_language(language)
    if fields.get("preferredVariants") and language.lower() != "auto":
        raise LanguageToolError(
            400, "You specified 'preferredVariants' but you didn't specify 'language=auto'"
        )
    level = fields.get("level", "default").lower()
    if level not in _LEVELS:
        raise LanguageToolError(400, "'level' must be 'default' or 'picky'")
    mode = fields.get("mode", "all").lower().replace("_", "")
    if mode not in _MODES:
        raise LanguageToolError(400, "'mode' must be 'all', 'textLevelOnly' or 'allButTextLevelOnly'")
    wanted_rules, wanted_categories = _names(fields, "enabledRules"), _names(fields, "enabledCategories")
    unwanted_rules, unwanted_categories = (
        _names(fields, "disabledRules"),
        _names(fields, "disabledCategories"),
    )
    only = fields.get("enabledOnly", "").lower() in _TRUE
    if only and (unwanted_rules or unwanted_categories):
        raise LanguageToolError(400, "You cannot specify disabled rules or categories using enabledOnly=true")
    if only and not (wanted_rules or wanted_categories):
        raise LanguageToolError(
            400, "You must specify enabledRules or enabledCategories when using enabledOnly=true"
        )
    return CheckForm(
        text=text,
        language=language,
        picky=level == "picky",
        wanted_rules=wanted_rules,
        wanted_categories=wanted_categories,
        unwanted_rules=unwanted_rules,
        unwanted_categories=unwanted_categories,
        only_wanted=only,
        text_level=mode != "allbuttextlevelonly",
    )


def _read_text(fields: Mapping[str, str]) -> AnnotatedText:
    if ("text" in fields) == ("data" in fields):
        raise LanguageToolError(
            400, "Set either 'text' or 'data' parameter, not both" if "text" in fields else "Missing 'text' or 'data' parameter"
        )  # fmt: skip
    if "text" in fields:
        return AnnotatedText([(fields["text"], None)])
    try:
        return read_annotation(parse_json(fields["data"].encode("utf-8", "surrogatepass")))
    except ProblemError as error:
        raise LanguageToolError(400, f"'data' can't be read: {error.detail}") from None
    except ValueError as error:
        raise LanguageToolError(400, str(error)) from None


def _check_language(code: str) -> None:
    if code.lower() == "auto" or code.lower().replace("_", "-").partition("-")[0] == "en":
        return
    raise LanguageToolError(
        400, "Only English texts are read: 'language' must be 'en', 'en-US' (or another English) or 'auto'"
    )


def _names(fields: Mapping[str, str], field: str) -> frozenset[str]:
    return frozenset(name.strip() for name in fields.get(field, "").split(",") if name.strip())
