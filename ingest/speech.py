"""The words by which texts say that somebody says something, and where they stand around a quotation.

Owns the patterns alone; what they speak for is ingest.quotes', whom they name ingest.speakers'.
"""

from __future__ import annotations

import re

_SAY = (
    r"(?:said|says|say|saying|stat(?:ed|es|e|ing)|told|tells|telling|wrote|writes?|writing|written|not(?:ed|es|e|ing)|explain(?:ed|s|ing)?"
    r"|argu(?:ed|es|e|ing)|add(?:ed|s|ing)?|warn(?:ed|s|ing)?|acknowledg(?:ed|es|e|ing)|comment(?:ed|s|ing)|remark(?:ed|s|ing)|repli(?:ed|es)"
    r"|replying|answer(?:ed|s|ing)|ask(?:ed|s|ing)?|announc(?:ed|es|ing)|claim(?:ed|s|ing)?|conclud(?:ed|es|e|ing)|declar(?:ed|es|ing)"
    r"|emphasi[sz](?:ed|es|e|ing)|insist(?:ed|s|ing)|observ(?:ed|es|e|ing)|recall(?:ed|s|ing)|report(?:ed|s|ing)?|reads"
    r"|respond(?:ed|s|ing)|testif(?:ied|ies)|tweeted|posted|caution(?:ed|s|ing)?|contend(?:ed|s|ing)?|assert(?:ed|s|ing)?|admit(?:ted|s|ting)"
    r"|put it|puts it|quot(?:ed|es|ing)|quipped|joked|signal(?:s|ed|ing)?|instruct(?:ed|s|ing|ion|ions)?|order(?:ed|s)|promis(?:ed|es|ing)"
    r"|complain(?:ed|s|ing)|predict(?:ed|s|ing)?|insists|stress(?:ed|es|ing)|underlin(?:ed|es)|outlin(?:ed|es)|accus(?:ed|es|ing)|estimat(?:ed|es|ing))"
)
_NAMED = (
    r"(?:call(?:ed|s|ing)? (?!out\b|for\b|on\b|upon\b|into\b|attention\b)|term(?:ed|s|ing)\b|dubb(?:ed|ing)|dubs|nam(?:ed|es|ing)\b|label(?:l?ed|s|l?ing)|describ(?:ed|es|e|ing)"
    r"|characteri[sz](?:ed|es|e|ing)|coin(?:ed|s|ing)|refer(?:red|s)? to\b|known as|nicknamed|billed|touted|hailed|prais(?:ed|es)|critici[sz](?:ed|es)"
    r"|deem(?:ed|s)|declar(?:ed|es)|brand(?:ed|s)|likened|gave (?:it|them|him|her|the \w+)|validating)"
)
SAY_BEFORE = re.compile(rf"\b{_SAY}\b(?P<gap>[^.!?;“”\"]{{0,70}})$", re.IGNORECASE)
NAMED_BEFORE = re.compile(rf"\b{_NAMED}(?P<gap>[^.!?;“”\"]{{0,70}})$", re.IGNORECASE)
_WHO = r"(?:[A-Z][\w’.-]*|the|he|she|they|it|one|an?)"
SAY_AFTER = re.compile(
    rf"^(?:(?:,\s?|\s)(?P<pre>(?i:said|says|wrote|writes|added|adds|explained|noted|recalled|warned|argued|admitted|replied|told))"
    rf"\s+(?P<late>{_WHO}\b[^.,;:!?“”\"]{{1,80}})|,?\s(?P<early>{_WHO}(?:\s[\w’.-]+){{0,5}}?)\s(?:also |later |has |had |have )?(?P<post>{_SAY})\b(?!\s*:))"
)
SAY_BACK = re.compile(
    rf"^,?\s(?:that|as|which|in)\s(?:(?:[A-Z][\w’.-]*|the|he|she|they)\s){{1,4}}(?:had |has |have )?(?:{_SAY}|call(?:ed|s)?|describ(?:ed|es|e)|put)\b"
)
ACCORDING = re.compile(
    r"\b(?:according to|in the words of|as per|per|quoting|in (?:his|her|its|their) words)\s+(?P<who>[^,;:“”\"]{2,80})",
    re.IGNORECASE,
)
FOUND = re.compile(
    r"\b(?:found|finds|showed|shows|revealed|reveals|demonstrated|demonstrates|reported|reports)\b",
    re.IGNORECASE,
)
