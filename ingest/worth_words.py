"""The words behind the features of check-worthiness: each word with the features that it speaks for.

Owns the lists and the forms of their verbs. Refuses to weigh them (ingest.worthiness).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_RESULT_VERBS = (
    "reduce increase decrease eliminate amplify improve worsen generalize generalise produce resort comply sabotage persist "
    "reproduce exhibit outperform emerge appear refuse fail succeed exceed surge prevent circumvent disobey follow prefer rate "
    "score drop cause predict correlate remain cheat hack submit release affect occur encode activate mediate retain maintain "
    "suppress remove transfer shift outnumber cost employ fund receive achieve"
)
_RESULT_PAST = (
    "rose risen fell grew grown led leads doubled tripled spread withheld withhold learned learnt learns lied lie launched trained "
    "fine-tuned raised lacked lacks reached reaches awarded developed built created founded replaced blackmailed engaged disappeared "
    "gamed games falls grows raises rises"
)
_REPORTING = (
    "found finds showed shows shown demonstrate demonstrates demonstrated reported reveal reveals revealed documented documents "
    "observe observes observed discover discovers discovered conclude concludes concluded identify identifies identified confirm "
    "confirms confirmed estimated measured prove proves proved proven announces announced publishes published warn warns warned "
    "claimed noted acknowledges acknowledged established detected analysed analyzed tested stress-tested evaluated surveyed stated"
)
_STUDY = (
    "study studies paper papers research researchers experiment experiments survey surveys benchmark benchmarks evaluation evaluations "
    "report reports data dataset datasets trial trials analysis analyses evidence test tests authors finding findings team"
)
_PAST = (
    "was were had did didn't wasn't weren't became began came gave got grew held kept knew led left lost made met paid put ran said "
    "saw sent shut spent took told went won wrote built bought brought chose fell rose withdrew"
)
_STATE = (
    "is are has have isn't aren't hasn't haven't does doesn't can cannot can't contain contains include includes it's that's there's "
    "they're"
)
_FIELD = (
    "model models ai ais llm llms rlhf rl sft dpo gpt training fine-tuning finetuning reward rewards misalignment alignment agent agents "
    "lab labs prompt prompts chatbot chatbots assistant assistants scratchpad sycophancy sycophantic sandbagging backdoor backdoors "
    "jailbreak jailbreaks interpretability checkpoint checkpoints benchmark evaluation evaluations response responses behavior behaviors "
    "behaviour behaviours developer developers weights compute parameters neural network networks anthropic openai deepmind google "
    "microsoft meta nvidia xai mistral claude gemini grok llama institute shutdown monitor monitors monitoring steering vector vectors "
    "activation activations safeguard safeguards probe probes"
)
_QUANTIFIER = (
    "all none most every each many majority minority nearly almost virtually substantially significantly several consistently "
    "systematically always never rarely often typically frequently both only entirely completely half no fully broadly nobody everyone"
)
_COMPARISON = (
    "more less fewer higher lower larger smaller better worse faster slower greater stronger weaker longer shorter harder most least "
    "highest lowest largest smallest best worst strongest sharpest first compared than state-of-the-art"
)
_MODAL = "may might could should would must will ought shall won't shouldn't wouldn't couldn't"
_OPINION = (
    "think believe feel hope wish guess suspect imagine want wants perhaps maybe probably possibly arguably surely important interesting "
    "interestingly unfortunately hopefully worrying troubling concerning remarkable crucial critical essential necessary worth ideally "
    "honestly frankly great wonderful terrible beautiful strange weird boring matter matters need needs obviously clearly seem seems "
    "plausibly natural question questions problem concern concerns worry worries opinion argue argues debate debated tension"
)
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand thousands million millions "
    "billion billions trillion trillions half twice double doubled doubles tripled percent quarter third thirds"
)

# Words after which "-ed" is a verb in the past, not an adjective: "reduced the", "resorted to".
AFTER_PAST = frozenset(
    "the a an that to by in on for with from at as of its their his her it them more most less no not all both up out down and into "
    "against across when until after before between among over under only nearly almost about roughly some any this these those".split()
)
NOT_PAST = frozenset(
    "misaligned aligned unaligned based related needed supposed misguided unintended sophisticated detailed limited advanced indeed "
    "embed exceed proceed succeed".split()
)


def _inflect(verbs: str) -> Iterable[str]:
    """Third person and past of regular verbs, with the base form."""
    for verb in verbs.split():
        yield verb
        if verb.endswith("y") and verb[-2] not in "aeiou":
            yield from (verb[:-1] + "ies", verb[:-1] + "ied")
        elif verb.endswith("e"):
            yield from (verb + "s", verb + "d")
        else:
            doubled = verb + verb[-1] if verb in ("drop", "submit", "transfer", "prefer", "occur") else verb
            yield from (verb + ("es" if verb.endswith(("s", "x", "ch")) else "s"), doubled + "ed")


def _build() -> Mapping[str, tuple[str, ...]]:
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("reporting", _REPORTING.split()),
        ("study", _STUDY.split()),
        ("result", [*_inflect(_RESULT_VERBS), *_RESULT_PAST.split()]),
        ("past", _PAST.split()),
        ("state", _STATE.split()),
        ("field", _FIELD.split()),
        ("quantifier", _QUANTIFIER.split()),
        ("comparison", _COMPARISON.split()),
        ("modal", _MODAL.split()),
        ("opinion", _OPINION.split()),
        ("figure", _NUMBERS.split()),
        ("negated_fact", "not never cannot without".split()),
        ("we", "we us our ours let's we're we've we'd we'll".split()),
        ("vague", "something somehow thing things stuff somewhat etc whatever".split()),
        (
            "verb",
            "be been could do has have had may might must should will would don't doesn't he's she's".split(),
        ),
    )
    lexicon: dict[str, tuple[str, ...]] = {}
    for feature, words in lists:
        for word in words:
            lexicon[word] = (*lexicon.get(word, ()), feature)
    return lexicon


LEXICON = _build()
SECOND_PERSON = frozenset("you your yours yourself you're you've you'd you'll".split())
FIRST_PERSON = frozenset("I me my mine myself I'm I've I'd I'll My Me".split())
