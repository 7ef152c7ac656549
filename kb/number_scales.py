"""Numbers on a named scale or rank: "AUROC 0.96", "F1 of .83", "p < 0.05", "n = 100", "top 10%", "aged 35".

Owns which names make a bare number a score, a rank or an age. Works on atoms and tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.number_atoms import MULTIPLE, Atom
from kb.number_tokens import MASK, NUM, SUP, WORD, Token
from kb.types import Unit, UnitKind

_SCALES = {
    "auroc": "auroc", "auc": "auc", "roc": "auc", "accuracy": "accuracy", "precision": "precision", "recall": "recall",
    "sensitivity": "sensitivity", "specificity": "specificity", "perplexity": "perplexity", "bleu": "bleu",
    "rouge": "rouge", "map": "map", "iou": "iou", "mcc": "mcc", "brier": "brier", "ndcg": "ndcg", "mrr": "mrr",
    "correlation": "correlation", "correlations": "correlation", "pearson": "correlation", "spearman": "correlation",
    "kappa": "kappa", "κ": "kappa", "alpha": "alpha", "α": "alpha", "ρ": "rho", "rho": "rho", "β": "beta", "τ": "tau",
    "score": "score", "scores": "score", "rating": "rating", "ratings": "rating", "elo": "elo", "iq": "iq",
    "loss": "loss", "likelihood": "likelihood", "probability": "probability", "similarity": "similarity",
    "gini": "gini", "temperature": "temperature", "coefficient": "coefficient", "elasticity": "elasticity",
    "odds": "odds_ratio", "hazard": "hazard_ratio", "reward": "reward", "gpa": "gpa", "χ": "chi_squared",
}  # fmt: skip


# Names of one letter need a sign after them: "p < 0.05", "r = .44", "d=0.8".
_LETTERS = {
    "p": "p", "r": "r", "ρ": "rho", "d": "d", "z": "z", "t": "t", "β": "beta", "κ": "kappa", "α": "alpha", "f": "f",
    "η": "eta", "χ": "chi_squared", "sd": "sd", "se": "se", "or": "odds_ratio", "hr": "hazard_ratio",
    "rr": "risk_ratio", "g": "g", "k": "k", "λ": "lambda", "τ": "tau", "µ": "mu", "μ": "mu", "σ": "sigma",
}  # fmt: skip


_SIGNS = frozenset("=<>≤≥~")


_BETWEEN = frozenset("of is was were at = : < > ≤ ≥ ~ , ( reached reaches score scores value values and about roughly "
                     "around approximately above below over under than least most up to nearly a an the ratio "
                     "coefficient curve only just exceeding as high low between greater more less rank".split())  # fmt: skip


_REACH = 6


def name_scale(tokens: Sequence[Token], atom: Atom, first: int) -> tuple[int, int]:
    """Gives a bare number its scale from the words before it; the first and last token of its surface."""
    _name_rank(tokens, atom, first)
    if atom.unit is not None and atom.unit.kind is UnitKind.RANK:
        at = first
        if at > 0 and tokens[at - 1].low == "-":
            at -= 1
        if at > 0 and tokens[at - 1].low in ("top", "bottom"):
            first = at - 1
        return first, max(atom.stop, atom.number_stop)
    start = _factor_start(tokens, first)
    if start is not None and (atom.unit is None or atom.noun):
        atom.unit, atom.noun, atom.stop = MULTIPLE, False, atom.number_stop
        return start, atom.stop
    if atom.unit is None or (atom.noun and atom.low == atom.low.to_integral_value()):
        _name_sample(tokens, atom, first)
    if atom.unit is None:
        if _is_age(tokens, first):
            atom.unit = Unit(kind=UnitKind.DURATION, name="year")
        else:
            name = _find_scale(tokens, atom, first)
            if name is not None:
                atom.unit = Unit(kind=UnitKind.SCORE, name=name)
    return first, max(atom.stop, atom.number_stop)


def _name_rank(tokens: Sequence[Token], atom: Atom, first: int) -> None:
    at = first
    if at > 0 and tokens[at - 1].low == "-" and not tokens[at].barrier:
        at -= 1
    if at == 0 or tokens[at].barrier or tokens[at - 1].low not in ("top", "bottom"):
        return
    side = tokens[at - 1].low
    if atom.unit is not None and atom.unit.kind is UnitKind.PERCENT:
        atom.unit = Unit(kind=UnitKind.RANK, name=f"{side}_percent")
    elif atom.unit is None or atom.noun:
        atom.unit, atom.noun = Unit(kind=UnitKind.RANK, name=side), False
        atom.stop = atom.number_stop


def _factor_start(tokens: Sequence[Token], first: int) -> int | None:
    """ "a factor of 43": where it begins."""
    if (
        first < 2
        or tokens[first].barrier
        or tokens[first - 1].low != "of"
        or tokens[first - 2].low != "factor"
    ):
        return None
    return first - 3 if first > 2 and tokens[first - 3].low == "a" else first - 2


def _name_sample(tokens: Sequence[Token], atom: Atom, first: int) -> None:
    """ "n = 100": a count of what was sampled, named n where no noun follows."""
    if first < 2 or tokens[first].barrier or tokens[first - 1].text != "=":
        return
    if tokens[first - 2].text in ("n", "N") and atom.unit is None:
        atom.unit = Unit(kind=UnitKind.COUNT, name="n")


def _is_age(tokens: Sequence[Token], first: int) -> bool:
    if first == 0 or tokens[first].barrier:
        return False
    before = tokens[first - 1].low
    earlier = tokens[first - 2].low if first > 1 else ""
    if before == "," and first > 2 and first + 1 < len(tokens) and tokens[first + 1].text == ",":
        # "Jamie Armstrong, 25, said"
        named = all(tokens[at].kind == WORD and tokens[at].text.istitle() for at in (first - 2, first - 3))
        return (
            named
            and not tokens[first - 2].barrier
            and tokens[first].text.isdigit()
            and len(tokens[first].text) == 2
        )
    return before in ("aged", "ages") or (before == "age" and earlier in ("at", "of", "median", "mean", "average", "by",
                                                                          "to", "under", "over", "from"))  # fmt: skip


def _find_scale(tokens: Sequence[Token], atom: Atom, first: int) -> str | None:
    at = first - 1
    steps = 0
    signed = tokens[first].text in _SIGNS
    while at >= 0 and steps < _REACH and not tokens[at + 1].barrier:
        token = tokens[at]
        signed = signed or token.text in _SIGNS
        name = _scale_at(tokens, at, signed=signed or steps == 0)
        if name is not None:
            if token.kind == WORD and len(token.text) == 1 and not signed:
                return None
            return name
        if (
            token.low not in _BETWEEN
            and not (token.kind == NUM and token.glued)
            and token.kind not in (SUP, MASK)
        ):
            return None
        at -= 1
        steps += 1
    after = tokens[atom.stop].low if atom.stop < len(tokens) and not tokens[atom.stop].barrier else ""
    return (
        _SCALES.get(after)
        if after in ("auroc", "auc", "elo", "bleu", "iq", "gpa", "correlation", "accuracy")
        else None
    )


def _scale_at(tokens: Sequence[Token], at: int, *, signed: bool) -> str | None:
    """The scale whose name ends at tokens[at]: one word, "F1", "R²", "odds ratio"."""
    token = tokens[at]
    before = tokens[at - 1] if at > 0 else None
    if token.kind in (NUM, SUP) and token.glued and before is not None and before.kind == WORD:
        pair = before.low + token.text
        return {"f1": "f1", "r2": "r_squared", "r²": "r_squared", "f2": "f2", "χ2": "chi_squared", "χ²": "chi_squared",
                "η²": "eta_squared", "i²": "i_squared", "i2": "i_squared"}.get(pair)  # fmt: skip
    if token.kind != WORD:
        return None
    if token.low in ("value", "values", "score", "scores", "statistic") and at > 0:
        named = _scale_at(tokens, at - (2 if tokens[at - 1].text == "-" and at > 1 else 1), signed=True)
        if named is not None and named != "score":
            return named
    if (
        token.low == "ratio"
        and before is not None
        and before.low in ("odds", "hazard", "risk", "rate", "prevalence")
    ):
        return f"{before.low}_ratio"
    if signed and token.low in _LETTERS and (len(token.text) == 1 or token.text.isupper()):
        return _LETTERS[token.low]
    if token.low == "coefficient" and before is not None and before.low in _SCALES:
        return _SCALES[before.low]
    return _SCALES.get(token.low)
