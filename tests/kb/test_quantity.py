"""What the number reader reads: values, units, modifiers, bounds, ranges, changes and their surfaces."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.quantity import carry_bases, find_quantities, format_quantity, parse_quantity, read_numbers
from kb.types import Aggregate, Modifier, Quantity, Relation, UnitKind


def read_one(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, [quantity.surface for quantity in found]
    return found[0]


def number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def describe(text: str) -> list[str]:
    """Each quantity as "low..high[/base] kind[:name] modifier"."""
    shown = []
    for quantity in find_quantities(text):
        span = f"{quantity.low}" if quantity.low == quantity.high else f"{quantity.low}..{quantity.high}"
        base = f"/{quantity.base}" if quantity.base is not None else ""
        name = f":{quantity.unit.name}" if quantity.unit.name else ""
        shown.append(f"{span}{base} {quantity.unit.kind.value}{name} {quantity.modifier.value}")
    return shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # percent and points
        ("It failed 25% of the time.", "25 percent exact"),
        ("It failed 25 % of the time.", "25 percent exact"),
        ("It failed 25 percent of the time.", "25 percent exact"),
        ("It failed 25 per cent of the time.", "25 percent exact"),
        ("It failed seventeen percent of the time.", "17 percent exact"),
        ("A 25pp gap remained.", "25 percentage_point exact"),
        ("The gap was 25 percentage points.", "25 percentage_point exact"),
        ("Accuracy rose by 5 points.", "5 percentage_point:points exact"),
        ("Rates rose by 25 basis points.", "25 basis_point exact"),
        ("It grew 2.1% per year.", "2.1 percent:percent/year exact"),
        # counts and the nouns they count
        ("The lab tried 27 private variants first.", "27 count:variants exact"),
        ("They compared 16 leading models.", "16 count:models exact"),
        ("They released three in-house models.", "3 count:models exact"),
        ("They hired eight U.S. states' agencies.", "8 count:states exact"),
        ("Five state-of-the-art assistants agreed.", "5 count:assistants exact"),
        ("There were 12 digital and physical copies.", "12 count:copies exact"),
        ("The dealer sold 63,000 Model 3 sedans.", "63000 count:sedans exact"),
        ("Three of the models refused.", "3 count:models exact"),
        ("A pair of researchers wrote it.", "2 count:researchers exact"),
        ("Half a dozen agencies answered.", "6 count:agencies exact"),
        ("Two hundred and five people answered.", "205 count:people exact"),
        ("It handled 5 requests per second.", "5 count:requests/second exact"),
        ("We saw it 20 per week.", "20 count:/week exact"),
        # number words and vague numbers
        ("Dozens of agencies answered.", "12..None count:agencies at_least"),
        ("Hundreds of thousands of users left.", "100000..None count:users at_least"),
        ("A couple of tests failed.", "2 count:tests approx"),
        ("One hundred thousand conversations were read.", "100000 count:conversations exact"),
        ("Two and a half years passed.", "2.5 duration:year exact"),
        ("Half a million people signed.", "500000 count:people exact"),
        ("One and a half million users left.", "1500000 count:users exact"),
        # n of N
        ("It refused in 79 out of 100 trials.", "79/100 ratio:trials exact"),
        ("It refused in 79 of 100 test runs.", "79/100 ratio:runs exact"),
        ("It cheated (7/32,768 trials).", "7/32768 ratio:trials exact"),
        ("It cheated 12 times in 100 runs.", "12/100 ratio:runs exact"),
        ("It said no 10/10 times.", "10/10 ratio:times exact"),
        ("It said no 10 out of 10 times.", "10/10 ratio exact"),
        ("Two of the 16 models refused.", "2/16 ratio:models exact"),
        ("One in four users left.", "1/4 ratio:users exact"),
        ("One in every five users left.", "1/5 ratio:users exact"),
        ("Nine in ten prompts failed.", "9/10 ratio:prompts exact"),
        ("One-in-four odds are bad.", "1/4 ratio:odds exact"),
        ("There were 12 deaths per 1,000 births.", None),
        # fractions
        ("A quarter of the prompts failed.", "1/4 ratio:prompts exact"),
        ("Three quarters of the prompts failed.", "3/4 ratio:prompts exact"),
        ("Two-thirds of users left.", "2/3 ratio:users exact"),
        ("Half of the users left.", "1/2 ratio:users exact"),
        ("More than half the users left.", "1..None/2 ratio:users at_least"),
        ("It ran for half an hour.", "0.5 duration:hour exact"),
        ("It ran for 2½ hours.", "2.5 duration:hour exact"),
        ("It ran for 10 1/2 hours.", "10.5 duration:hour exact"),
        # ranges
        ("Rates of 12-24% were seen.", "12..24 percent range"),
        ("Rates of 12–24 percent were seen.", "12..24 percent range"),
        ("Rates between 12% and 24% were seen.", "12..24 percent range"),
        ("Rates between roughly 12 and 24 percent were seen.", "12..24 percent range"),
        ("Rates of 0.7-2% were seen.", "0.7..2 percent range"),
        ("About 20 to 50 percent failed.", "20..50 percent range"),
        ("Sizes ran from 5 to 10 million users.", "5000000..10000000 count:users range"),
        ("It cost $5-10 million.", "5000000..10000000 currency:USD range"),
        ("It takes two or three days.", "2..3 duration:day range"),
        ("It takes 2-3x longer.", "2..3 multiple range"),
        ("Values lay between −2 and −7 degrees.", "-7..-2 other:degree range"),
        # bounds
        ("It reached up to 60%.", "None..60 percent at_most"),
        ("It took at least 90 minutes.", "90..None duration:minute at_least"),
        ("It failed at least once.", "1..None count:times at_least"),
        ("It failed at most 10 times.", "None..10 count:times at_most"),
        ("It was more than 43x higher.", "43..None multiple at_least"),
        ("No more than 7 models failed.", "None..7 count:models at_most"),
        ("Fewer than 3 models failed.", "None..3 count:models at_most"),
        ("As many as 14 models failed.", "None..14 count:models at_most"),
        ("A minimum of 5 models is needed.", "5..None count:models at_least"),
        ("We need ≥5 models.", "5..None count:models at_least"),
        ("We have 100+ models.", "100..None count:models at_least"),
        ("We have 100 or more models.", "100..None count:models at_least"),
        ("It scored below 10% there.", "None..10 percent at_most"),
        ("> 12% of users agreed", "12 percent exact"),
        # hedges
        ("Roughly 25% failed.", "25 percent approx"),
        ("About a quarter of prompts failed.", "1/4 ratio:prompts approx"),
        ("Some 40 people came.", "40 count:people approx"),
        ("Nearly 90% failed.", "90 percent approx"),
        ("~14% failed.", "14 percent approx"),
        ("Just under 50% failed.", "50 percent approx"),
        ("An estimated 84% failed.", "84 percent approx"),
        ("40-odd people came.", "40 count:people approx"),
        # multiples
        ("A 43x increase followed.", "43 multiple exact"),
        ("It was 3× faster.", "3 multiple exact"),
        ("It was ten times its former rate.", "10 multiple exact"),
        ("A tenfold rise followed.", "10 multiple exact"),
        ("A 10-fold rise followed.", "10 multiple exact"),
        ("Use doubled last year.", "2 multiple exact"),
        ("It was double that of the other.", "2 multiple exact"),
        ("Errors were halved.", "0.5 multiple exact"),
        ("It was twice as high.", "2 multiple exact"),
        ("It fell by a factor of 43.", "43 multiple exact"),
        ("It was two orders of magnitude larger.", "100 multiple exact"),
        ("It did so twelve times.", "12 count:times exact"),
        # money
        ("They paid $2.3bn.", "2300000000 currency:USD exact"),
        ("They paid £40 million.", "40000000 currency:GBP exact"),
        ("They paid EUR 5m.", "5000000 currency:EUR exact"),
        ("They paid 50M GBP.", "50000000 currency:GBP exact"),
        ("They paid A$20 a month.", "20 currency:AUD/month exact"),
        ("They paid 5 million Australian dollars.", "5000000 currency:AUD exact"),
        ("They paid $US113 million.", "113000000 currency:USD exact"),
        # time and other measures
        ("It saves 90 minutes a day.", "90 duration:minute/day exact"),
        ("It took seven months.", "7 duration:month exact"),
        ("It took five working days.", "5 duration:day exact"),
        ("A 15-year-old wrote it.", "15 duration:year exact"),
        ("It ran at 140 km/h there.", "140 other:kilometre/hour exact"),
        ("It ran at 25 m s−1 there.", "25 other:metre/second exact"),
        ("It was 35 °C outside.", "35 other:celsius exact"),
        ("It drew 3.5 kWh of power.", "3.5 other:kilowatt hour exact"),
        # powers and large numbers
        ("Trained with 10^25 FLOP.", "10000000000000000000000000 flop exact"),
        ("Trained with 10²⁵ FLOPs.", "10000000000000000000000000 flop exact"),
        ("Trained with 10<sup>25</sup> FLOP.", "10000000000000000000000000 flop exact"),
        ("Trained with $10^{25}$ FLOP.", "10000000000000000000000000 flop exact"),
        ("Trained with 1e25 FLOP.", "10000000000000000000000000 flop exact"),
        ("Trained with 3.2×10^25 FLOP.", "32000000000000000000000000 flop exact"),
        ("A model with 7B parameters won.", "7000000000 count:parameters exact"),
        ("About 420k tokens were read.", "420000 count:tokens approx"),
        # scores and ranks
        ("It had an AUROC of 0.96.", "0.96 score:auroc exact"),
        ("It had an F1 of .83.", "0.83 score:f1 exact"),
        ("It was significant (p < 0.05).", "None..0.05 score:p at_most"),
        ("They agreed (r≈0.81).", "0.81 score:r approx"),
        ("The odds ratio was 2.3.", "2.3 score:odds_ratio exact"),
        ("The study (n = 100) is small.", "100 count:n exact"),
        ("It scored in the 48th percentile.", "48 rank:percentile exact"),
        ("It scored in the top 10% of takers.", "10 rank:top_percent exact"),
        ("It was among the top five.", "5 rank:top exact"),
        ("The mean was 46.8% ± 1.6%.", "46.8 percent exact"),
    ],
)  # fmt: skip
def test_one_quantity_is_read_in_full(text: str, expected: str | None) -> None:
    if expected is None:
        assert describe(text)
    else:
        assert describe(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It dropped from 13% to 0.4%.", ["13 percent exact", "0.4 percent exact"]),
        ("It rose from 5 to 10 points.", ["5 percentage_point:points exact", "10 percentage_point:points exact"]),
        ("The 12-24% → 78% jump", ["12..24 percent range", "78 percent exact"]),
        ("It fell from 208 pounds to 193.", ["208 other:pound-mass exact", "193 other:pound-mass exact"]),
        ("They logged three and nine events.", ["3 count:events exact", "9 count:events exact"]),
        ("They scored 12 and 24 percent.", ["12 percent exact", "24 percent exact"]),
        ("Runs of 5, 10, and 15 years.", ["5 duration:year exact", "10 duration:year exact", "15 duration:year exact"]),
        ("A 7- or 8-inch screen.", ["7 other:inch exact", "8 other:inch exact"]),
        ("It has 50 or 100 rows.", ["50 count:rows exact", "100 count:rows exact"]),
        ("2.30 (95% CI 1.03–5.13)", ["2.30 score exact", "95 percent:confidence exact",
                                     "1.03..5.13 score:confidence_interval range"]),
        ("0.02% (7/32,768 trials)", ["0.02 percent exact", "7/32768 ratio:trials exact"]),
        ("4 hours and 50 minutes", ["290 duration:minute exact"]),
        ("It rose by $43.6 billion to $419.2 billion.", ["43600000000 currency:USD exact",
                                                         "419200000000 currency:USD exact"]),
        ("One did so 12 times in 100 runs. Another did so seven times, a third once.",
         ["12/100 ratio:runs exact", "7/100 ratio:runs exact", "1/100 ratio:runs exact"]),
        ("They got roughly 19% and 20% of it.", ["19 percent approx", "20 percent approx"]),
        ("They got ~19% and 20% of it.", ["19 percent approx", "20 percent exact"]),
        ("| 12% of chats | 3 models |", ["12 percent exact", "3 count:models exact"]),
    ],
)  # fmt: skip
def test_several_quantities_are_read_apart(text: str, expected: list[str]) -> None:
    assert describe(text) == expected


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("For roughly 25% of prompts", "roughly 25%"),
        ("It failed at least once.", "at least once"),
        ("At ~14% on", "~14%"),
        ("with 27 private variants before", "27 private variants"),
        ("in 79 out of 100 trials.", "79 out of 100 trials"),
        ("for 90 minutes a day", "90 minutes a day"),
        ("in the top 10% of", "top 10%"),
        ("was well over 90% then", "well over 90%"),
        ("between 12% and 24% of", "between 12% and 24%"),
        ("has 100+ models", "100+ models"),
        ("a factor of 43.", "a factor of 43"),
        ("**27** private variants", "27** private variants"),
        ("fell from [78% of cases](https://x.org/1)", "78%"),
    ],
)
def test_the_surface_holds_number_unit_and_adjacent_bounds(text: str, surface: str) -> None:
    quantity = read_one(text)
    assert quantity.surface == surface
    assert text[quantity.start : quantity.end] == surface


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("47.3%", 1), ("300 models", 0), ("$2.3 billion", -8), ("1,000 models", 0), ("10^25 FLOP", -25),
        ("7B parameters", -9), ("seventeen models", None), ("a quarter of it", None), (".83 AUROC", 2), ("2½ hours", None),
        ("0.7-2%", 1),
    ],
)  # fmt: skip
def test_decimals_are_the_written_places_after_scaling(text: str, decimals: int | None) -> None:
    assert read_one(text).decimals == decimals


@pytest.mark.parametrize(
    ("text", "aggregate"),
    [
        ("The average rate was 40%.", Aggregate.AVERAGE),
        ("It took 40 minutes on average.", Aggregate.AVERAGE),
        ("This means 40% of it.", Aggregate.NONE),
        ("The median score was 40%.", Aggregate.MEDIAN),
        ("The best-case rate is 32.8%.", Aggregate.BEST),
        ("The highest rate was 40%.", Aggregate.BEST),
        ("The lowest rate was 40%.", Aggregate.WORST),
        ("A total of 40 models ran.", Aggregate.TOTAL),
        ("All methods combined cut it by 40%.", Aggregate.TOTAL),
        ("Combined with the other, a 40% rate stays.", Aggregate.NONE),
        ("The average rate over 40 audits fell.", Aggregate.NONE),
        ("It reached up to 40%.", Aggregate.NONE),
    ],
)
def test_aggregates_come_from_words_in_the_clause(text: str, aggregate: Aggregate) -> None:
    assert read_one(text).aggregate is aggregate


@pytest.mark.parametrize(
    ("text", "relation", "direction"),
    [
        ("They reduced it by 47.3%.", Relation.CHANGE_RELATIVE, "down"),
        ("A 47.3% drop followed.", Relation.CHANGE_RELATIVE, "down"),
        ("A 47.3% median relative drop followed.", Relation.CHANGE_RELATIVE, "down"),
        ("An increase of 12% followed.", Relation.CHANGE_RELATIVE, "up"),
        ("Shares fell 4%.", Relation.CHANGE_RELATIVE, "down"),
        ("It was 30% faster.", Relation.CHANGE_RELATIVE, "up"),
        ("Shares were up 9.4 per cent.", Relation.CHANGE_RELATIVE, "up"),
        ("They raised it to 78%.", Relation.LEVEL, "up"),
        ("It happened in 78% of cases.", Relation.LEVEL, None),
        ("It was used by 12% of people.", Relation.LEVEL, None),
        ("It rose by 5 percentage points.", Relation.CHANGE_POINTS, "up"),
        ("A 25pp gap remained.", Relation.CHANGE_POINTS, None),
        ("A 43x increase followed.", Relation.MULTIPLE, "up"),
        ("Most fell between 50 and 95%.", Relation.LEVEL, None),
    ],
)
def test_relation_and_direction_come_from_words_of_change(
    text: str, relation: Relation, direction: str | None
) -> None:
    (reading,) = [reading for reading in read_numbers(text) if reading.quantity is not None]
    assert reading.quantity is not None
    assert reading.quantity.relation is relation
    assert reading.direction == direction


def test_both_ends_of_a_change_share_what_was_said_of_it() -> None:
    first, second = find_quantities("It raised the mean pass rate from 4.6% to 32.8% there.")
    assert (first.aggregate, second.aggregate) == (Aggregate.AVERAGE, Aggregate.AVERAGE)
    readings = read_numbers("It raised the mean pass rate from 4.6% to 32.8% there.")
    assert [reading.change for reading in readings] == ["from", "to"]


def test_counts_of_times_take_the_base_of_the_sentence_before() -> None:
    before = find_quantities("The first did so 12 times in 100 runs.")
    found = carry_bases(before, find_quantities("The second did so seven times, the third once."))
    assert [(quantity.low, quantity.base, quantity.unit.name) for quantity in found] == [
        (Decimal(7), Decimal(100), "runs"),
        (Decimal(1), Decimal(100), "runs"),
    ]
    bounded = find_quantities("The second did so at least once.")
    assert carry_bases(before, bounded) == bounded
    assert carry_bases((), found) == found


@pytest.mark.parametrize(
    ("text", "strict"),
    [("more than 5 models", True), ("at least 5 models", False), ("<5%", True), ("up to 5%", False)],
)
def test_a_bound_that_excludes_its_value_is_strict(text: str, strict: bool) -> None:
    assert read_one(text).strict is strict


def test_hedges_are_kept_as_words() -> None:
    assert read_one("It was up to about 5%.").hedge == "about"
    assert read_one("It was up to about 5%.").modifier is Modifier.AT_MOST
    assert read_one("It was just under 5%.").hedge == "just under"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2５%", "25", UnitKind.PERCENT),
        ("٤٧٪", "47", UnitKind.PERCENT),
        ("४७%", "47", UnitKind.PERCENT),
        ("𝟒𝟕%", "47", UnitKind.PERCENT),
        ("①0%", "10", UnitKind.PERCENT),
        ("4\u200b7%", "47", UnitKind.PERCENT),
        ("4\u20605", "45", UnitKind.COUNT),
        ("47％", "47", UnitKind.PERCENT),
        ("10²⁵", "1E25", UnitKind.COUNT),
        ("10^25", "1E25", UnitKind.COUNT),
        ("1 000 000", "1000000", UnitKind.COUNT),
        ("1\u202f000", "1000", UnitKind.COUNT),
        ("1\u202f234\u202f567.89", "1234567.89", UnitKind.SCORE),
        ("1'000", "1000", UnitKind.COUNT),
        ("1’000", "1000", UnitKind.COUNT),
        ("1,00,000", "100000", UnitKind.COUNT),
        ("47,3 %", "47.3", UnitKind.PERCENT),
        ("1.234,56", "1234.56", UnitKind.SCORE),
        ("1.234.567", "1234567", UnitKind.COUNT),
        ("−5%", "-5", UnitKind.PERCENT),
        ("minus 5%", "-5", UnitKind.PERCENT),
        ("$2.3bn", "2300000000", UnitKind.CURRENCY),
        ("$-50.8bn", "-50800000000", UnitKind.CURRENCY),
    ],
)
def test_look_alike_digits_and_separators_have_one_value(text: str, value: str, unit: UnitKind) -> None:
    quantity = read_one(f"{text}")
    assert quantity.low == quantity.high == Decimal(value)
    assert quantity.unit.kind is unit
    assert quantity.surface == text


def test_a_fraction_sign_is_a_fraction_and_a_third_of_one_is_mixed() -> None:
    half = read_one("1⁄2")
    assert (half.low, half.base) == (Decimal(1), Decimal(2))
    mixed = read_one("47⅓")
    assert mixed.low is not None
    assert mixed.base is None
    assert abs(mixed.low * 3 - 142) < Decimal("1e-20")


def test_an_ambiguous_decimal_comma_is_no_quantity() -> None:
    (reading,) = read_numbers("the values 1,3")
    assert reading.quantity is None
    assert reading.why == "ambiguous_comma"


@pytest.mark.parametrize(
    "text",
    ["roughly 25%", "79 of 100 runs", "at least 12 models", "more than half", "12-24%", "$2.3 billion", "90 minutes a day",
     "top 10%", "48th percentile", "10^25 FLOP", "AUROC 0.96", "a 47.3% drop", "5 percentage points", "43x", "1,000 models",
     "average of 40%", "dozens of agencies", "seventeen partners", "p < 0.05"],
)  # fmt: skip
def test_common_quantities_are_written_in_words(text: str) -> None:
    quantity = parse_quantity(text)
    written = format_quantity(quantity)
    assert not written.startswith("{")
    again = parse_quantity(written)
    assert (again.low, again.high, again.base, again.unit) == (
        quantity.low, quantity.high, quantity.base, quantity.unit,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "no number", "12% and 13%", "Claude 3.7 Sonnet", "{}", '{"low": NaN}', "{"]
)
def test_a_text_without_exactly_one_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected one quantity|not a quantity in exact notation|Expecting"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "low"),
    [("$5 tn", "5e12"), ("10 tln dollars", "1e13"), ("3 bln euros", "3e9"), ("7 mln people", "7e6")],
)
def test_a_short_scale_word_scales_the_number_before_it(text: str, low: str) -> None:
    (quantity,) = find_quantities(text)
    assert quantity.low == Decimal(low)
