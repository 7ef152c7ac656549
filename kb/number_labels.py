"""Numbers that name a thing and count nothing: versions of models, sections, steps, entries of a list.

Told by the word beside the number, each under the name of its rule, by shape and not by a list of this
year's models. Works on tokens; what is glued to a number is in kb.number_glue.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.number_tokens import NUM, WORD, Token
from kb.number_years import LAST_YEAR
from kb.numerals import Numeral

# Always a label: "Section 3", "fig. 2", "p. 12", "No. 5".
STRONG = frozenset(
    "section sections sec secs chapter chapters figure figures fig figs table tables tab appendix appendices equation "
    "equations eq eqs page pages pp ref refs footnote footnotes endnote volume vol vols nos article articles clause "
    "clauses recital recitals annex annexes exhibit theorem lemma corollary proposition definition algorithm listing "
    "paragraph paragraphs subsection version versions episode ep verse isbn issn pmid arxiv doi rfc iso cve "
    "supplement schedule".split()
)


# A label when the number stands alone after the word: "step 3", but not "run 3 trials".
_WEAK = frozenset(
    "step steps part parts phase phases line lines row rows column columns question questions item items note notes "
    "reference references issue number numbers season round rounds lesson module unit day week month year grade class "
    "type option group room experiment experiments study studies condition conditions scenario scenarios example "
    "examples model task trial run game category case method criterion rule principle law claim finding point rank "
    "agent player variant prompt epoch iteration layer layers seed checkpoint level levels stage stages tier tiers "
    "requirement hypothesis assumption problem exercise cluster topic domain session wave block batch set version "
    "setup setting bullet slide sheet cell chapter response answer user patient participant subject node head index "
    "id q h rq route highway exit lane platform gate terminal flight bus bay lot zone district ward area sector "
    "building floor apartment apt suite box track channel port bit pin slot drive disk volume act scene book psalm "
    "numbered clone complex compound strain ticket bug bill patent docket grant invoice generation gen mark mk series size formula windows ios android build release title component components stanza "
    "milestone proposal resolution amendment fragment frame site tab candidate cohort arm variant".split()
)


# Labels that are verbs or nouns of counting too: "Sample 16 models", "Study 5 agents".
_VERBAL = frozenset(
    "sample study studies test run trial rank set batch note notes issue group index mark track box slide claim rule model "
    "models bullet record item number numbers block title user patient question release answer drive head act stage level "
    "book channel exercise build experiment slot pin gate port".split()
)


# "each group 12 patients": the word before is no label's.
_SHARING = frozenset("each every per a an this that last next any one any same".split())
# Words that open a sentence or a noun phrase with a capital and name nothing.
_OPENERS = frozenset(
    "in of the a an about only over at some all across between from nearly with for after before and but or nor by on "
    "within without more most less fewer than up down around roughly approximately almost under above below beyond "
    "through throughout during since until against among amid per via as to into like unlike near just even still yet "
    "so if when while where whereas because although though unless whether that this these those there here then now "
    "today what which who how why no not any each every either both another other such many several few its their his "
    "her our my your it we they he she you i is are was were be being been has have had do does did will would can "
    "could should may might must using use used take took taking taken sample sampled consider run ran running train "
    "trained training test tested testing pick choose select generate generated add added see get got give given let "
    "make made show showed shown find found finds try compare compared spend spent wait rank pass passed include "
    "includes including included another next last first second third fourth fifth final total average median mean "
    "maximum minimum overall altogether combined exactly precisely fully least perhaps maybe once twice again also "
    "however therefore thus hence meanwhile moreover furthermore additionally finally instead otherwise specifically "
    "similarly likewise indeed notably importantly interestingly respectively ranging approximately estimated "
    "increase increased increases decrease decreased reduce reduced reduces reducing rose fell cut drop dropped grew "
    "scored scores achieved achieves reached reaches report reported reports analyzed analysed evaluated surveyed "
    "interviewed recruited enrolled saved saves cost costs costing worth paid pays pay asked ask needs need requires "
    "contains contain has age aged worst best top bottom around yes one two three four five six seven eight nine ten "
    "day days".split()
)


# A hint only: families whose names open a sentence as often as words do.
FAMILIES = frozenset(
    "claude gpt llama gemini grok mistral mixtral qwen deepseek opus sonnet haiku phi gemma palm bard codex whisper nova "
    "yi falcon olmo ernie kimi glm nemotron veo sora imagen flan bloom opt chinchilla gopher lamda chatgpt copilot "
    "command maverick scout granite aya dall midjourney stable bert roberta".split()
)


# Names of scales in capitals, which stand before a value and not before a version.
_STATISTICS = frozenset(
    "ci cis cri hdi or hr rr sd se iqr auroc auc roc bleu rouge map iou mcc ndcg mrr wer cer f1 fpr tpr fnr tnr rmse mae "
    "mse aic bic irr icc snr psnr ssim elo iq gpa accuracy precision recall spearman pearson kappa score loss "
    "perplexity temperature correlation median mean average total probability usd eur gbp age aged".split()
)


_LINKS = frozenset((",", "and", "or", "&", "/", "-", "–", "to", "through", "vs", "versus", ";", "—"))


def named_before(tokens: Sequence[Token], index: int, numeral: Numeral, *, noun: str | None) -> str | None:
    """Why the word before makes the number a label, a version or a name's part. `noun`: the counted noun
    or unit after it as written, with which a weak label doesn't hold."""
    counts = noun is not None
    if index == 0 or tokens[index].barrier or tokens[index].glued:
        return None
    before = tokens[index - 1]
    if before.text == "§":
        return "section_number"
    if before.text == "#" and before.glued is False:
        return "id"
    if before.text == "." and index > 1 and before.glued:
        low = tokens[index - 2].low
        if low in STRONG or low in ("no", "p", "nos"):
            return _strong_name(low)
        return None
    if before.kind != WORD:
        return None
    low = before.low
    if low in STRONG and not (counts and before.text.islower() and low.endswith("s")):
        return _strong_name(low)
    if low in _WEAK and numeral.plain and len(str(numeral.value)) <= 5:
        shared = index > 1 and tokens[index - 2].low in _SHARING and not before.barrier
        if not counts or (low not in _VERBAL and not low.endswith("s") and not shared):
            return "label_number"
    titled = before.text[:1].isupper() and (not before.barrier or low not in _VERBAL)
    if low in _WEAK and titled and numeral.plain:
        return "label_number"
    if not _is_name(before):
        return None
    return _after_name(tokens, index, numeral, noun=noun)


def _strong_name(low: str) -> str:
    if low.startswith(("sec", "chap", "sub", "para", "appendi")):
        return "section_number"
    return "version" if low.startswith("version") else "label_number"


_FAMILY_NOUNS = frozenset(
    "model models family series generation release version line lineup snapshot".split()
)


def is_generation(tokens: Sequence[Token], numeral: Numeral) -> bool:
    """ "our 4.5 models", "the 3.7 release": a decimal doesn't count models, it names their generation."""
    after = tokens[numeral.stop] if numeral.stop < len(tokens) else None
    return (
        numeral.decimals == 1
        and not numeral.scaled
        and numeral.value < 20
        and after is not None
        and after.low in _FAMILY_NOUNS
        and not after.glued
    )


def _is_name(token: Token) -> bool:
    text = token.text
    if not text[:1].isupper():
        return any(character.isupper() for character in text[1:]) and len(text) > 2  # "xAI", "iPhone"
    return True


def _after_name(tokens: Sequence[Token], index: int, numeral: Numeral, *, noun: str | None) -> str | None:
    before = tokens[index - 1]
    low = before.low
    after = tokens[numeral.stop] if numeral.stop < len(tokens) else None
    if low in _OPENERS or low in _STATISTICS:
        return None
    if low in FAMILIES:
        return "model_name"
    if numeral.plain and 1950 <= numeral.value < LAST_YEAR:
        return None  # "ICLR 2024": a year
    if numeral.decimals and not 1 <= numeral.value < 100:
        return None  # no version is written 0.96 or 1234.5
    if numeral.decimals and before.text.isupper() and len(before.text) > 2 and (
        numeral.value >= 20 or numeral.decimals > 1
    ):  # fmt: skip
        return None  # "MMLU 86.4"
    if not numeral.plain and (numeral.decimals is None or numeral.decimals <= 0):
        # grouped or scaled: no version is written so, but a model's size is ("Llama 405B")
        letter = tokens[numeral.stop - 1].text
        sized = letter in ("B", "M", "T") and tokens[numeral.stop - 1].glued and noun is None
        return "model_name" if sized else None
    whole = numeral.decimals == 0
    if noun is None:
        return "model_name"
    titled = after is not None and after.kind == WORD and after.text[:1].isupper()
    camel = any(character.isupper() for character in before.text[1:]) and not before.text.isupper()
    if whole and not camel and (before.barrier or (titled and noun is not None and noun[:1].isupper())):
        return None  # a title ("Study Finds 16 Leading Models"), or a sentence's first word
    if not whole and before.barrier and not titled and low.endswith(("ed", "ing", "s", "ly")):
        return None
    return "model_name"


def is_numbered_list(tokens: Sequence[Token], index: int, numeral: Numeral) -> bool:
    """ "samples 1 and 2", "months 5–7", "codes 3-1": a plural noun, then bare small numbers in a list."""
    if index == 0 or tokens[index].barrier or tokens[index].glued or not numeral.plain or numeral.value > 99:
        return False
    before = tokens[index - 1]
    if before.kind != WORD or not before.low.endswith("s") or before.low in _OPENERS or len(before.low) < 4:
        return False
    if before.low in _STATISTICS or before.low.endswith(("ss", "us", "is")) or before.low in _VERBS:
        return False
    at = numeral.stop
    if at + 1 >= len(tokens) or tokens[at].low not in _LINKS or tokens[at].barrier:
        return False
    if tokens[at].text == "," and tokens[at + 1].low in ("and", "or"):
        at += 1
    return at + 1 < len(tokens) and tokens[at + 1].kind == NUM and tokens[at + 1].text.isdigit()


_VERBS = frozenset(
    "scores costs takes gets averages totals numbers equals spans covers ranges includes contains requires needs gives "
    "lasts reaches hits sells earns pays saves weighs holds wins loses adds uses makes plays shows sees measures "
    "ages times always perhaps minutes hours days weeks months years percents dollars euros pounds points".split()
) - {"months", "days", "weeks", "years", "hours", "minutes"}


def continues_label(tokens: Sequence[Token], stop: int, index: int) -> bool:
    """Whether only a link of a list stands between a label's number and the number at tokens[index]."""
    between = tokens[stop:index]
    if not between or len(between) > 2 or tokens[index].barrier:
        return False
    if between[0].text == "," and len(between) == 1 and not between[0].glued:
        return False
    return all(token.low in _LINKS for token in between) and not any(token.barrier for token in between)


def is_list_index(tokens: Sequence[Token], index: int, numeral: Numeral) -> bool:
    """ "1." or "2)" at the beginning of a line or entry, "(3)" anywhere."""
    if not numeral.plain or len(tokens[index].text) > 3 or numeral.stop != index + 1:
        return False
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    before = tokens[index - 1] if index else None
    if after is None:
        return False
    beyond = tokens[index + 2] if index + 2 < len(tokens) else None
    if (
        before is not None
        and before.text == "("
        and after.text == ")"
        and tokens[index].glued
        and after.glued
    ):
        return numeral.value <= 30
    starts = tokens[index].barrier or tokens[index].line or (before is not None and before.text in ":;—")
    listed = before is not None and (before.line or before.barrier) and before.text in "-–+•#>◦▪·("
    if after.text == ")" and after.glued and not _has_open_parenthesis(tokens, index):
        return numeral.value <= 100
    if not (starts or listed):
        return False
    if after.text == "." and after.glued:
        return beyond is None or not beyond.glued or beyond.kind == WORD
    return False


def continues_list(tokens: Sequence[Token], index: int, entry: int) -> bool:
    """ "... 2. Frame it. 3. Force it": the number after the last entry's, with a full stop and a capital."""
    if not entry or not tokens[index].text.isdigit() or len(tokens[index].text) > 3:
        return False
    if int(tokens[index].text) != entry + 1 or index + 2 >= len(tokens):
        return False
    stop, after = tokens[index + 1], tokens[index + 2]
    return stop.text == "." and stop.glued and not after.glued and after.text[:1].isupper()


def _has_open_parenthesis(tokens: Sequence[Token], index: int) -> bool:
    depth = 0
    for at in range(index - 1, max(-1, index - 60), -1):
        text = tokens[at].text
        if text == ")":
            depth += 1
        elif text == "(":
            if depth == 0:
                return True
            depth -= 1
        elif tokens[at].line and depth == 0 and at < index - 1 and tokens[at].barrier:
            return False
    return False


_HEADINGS = frozenset(
    "introduction background related method methods methodology experiment experiments result results discussion "
    "conclusion conclusions limitation limitations reference references acknowledgements acknowledgments appendix "
    "evaluation evaluations setup analysis overview preliminaries approach approaches abstract summary future ethics "
    "broader contributions motivation definitions notation implementation baselines ablation ablations materials "
    "problem theory proofs algorithm algorithms architecture training findings recommendations implications".split()
)


def is_heading_number(
    tokens: Sequence[Token], index: int, numeral: Numeral, text: str, *, noun: str | None
) -> bool:
    """ "## 3 Method", or "3.2 Results" alone on a short line; `noun`: the counted noun after it as written."""
    if noun is not None and noun.islower():
        return False
    after = tokens[numeral.stop] if numeral.stop < len(tokens) else None
    if numeral.scaled or numeral.form != "digits" or after is None or after.barrier or after.glued:
        return False
    at = index
    while at > 0 and tokens[at - 1].text == "#":
        at -= 1
    marked = at < index and tokens[at].line
    if after.kind != WORD or not after.text[:1].isupper():
        return False
    if marked:
        return numeral.value < 30
    if not tokens[index].line or numeral.value >= 16:
        return False
    line_end = text.find("\n", tokens[index].start)
    line = text[tokens[index].start : line_end if line_end >= 0 else len(text)]
    if len(line) > 80 or line.rstrip().endswith((".", "?", "!", ",", ";", "|")):
        return False
    if numeral.decimals == 1:
        return True
    return numeral.plain and len(line.split()) <= 4 and tokens[index].barrier and after.low in _HEADINGS
