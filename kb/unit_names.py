"""The lexicon of units: percent, points, money, time, SI and everyday measures, and their canonical names.

Holds names alone; how units are found and combined in a text is in kb.units.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.types import Unit, UnitKind

PERCENT = Unit(kind=UnitKind.PERCENT)


POINT = Unit(kind=UnitKind.PERCENTAGE_POINT)


_BASIS = Unit(kind=UnitKind.BASIS_POINT)


_FLOP = Unit(kind=UnitKind.FLOP)


_MULTIPLE = Unit(kind=UnitKind.MULTIPLE)


BARE_POINTS = Unit(kind=UnitKind.PERCENTAGE_POINT, name="points")


def time_unit(name: str) -> Unit:
    return Unit(kind=UnitKind.DURATION, name=name)


def other_unit(name: str) -> Unit:
    return Unit(kind=UnitKind.OTHER, name=name)


def money_unit(code: str) -> Unit:
    return Unit(kind=UnitKind.CURRENCY, name=code)


def _score(name: str) -> Unit:
    return Unit(kind=UnitKind.SCORE, name=name)


def _spread(make: object, table: Mapping[str, str]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for name, aliases in table.items():
        for alias in aliases.split("|"):
            units[alias] = make(name)  # type: ignore[operator]
    return units


_TIME_WORDS = {
    "nanosecond": "nanosecond|nanoseconds",
    "microsecond": "microsecond|microseconds",
    "millisecond": "millisecond|milliseconds|msec|msecs",
    "second": "second|seconds|sec|secs",
    "minute": "minute|minutes|min|mins",
    "hour": "hour|hours|hr|hrs",
    "day": "day|days",
    "week": "week|weeks|wk|wks",
    "fortnight": "fortnight|fortnights",
    "month": "month|months|mos",
    "year": "year|years|yr|yrs|year old|years old|year olds|years of age|yo|yrs old",
    "decade": "decade|decades",
    "century": "century|centuries",
    "millennium": "millennium|millennia",
}


TIME_NAMES = frozenset(_TIME_WORDS)


_OTHER_WORDS = {
    "kilometre": "kilometre|kilometres|kilometer|kilometers|kms",
    "metre": "metre|metres|meter|meters",
    "centimetre": "centimetre|centimetres|centimeter|centimeters",
    "millimetre": "millimetre|millimetres|millimeter|millimeters",
    "micrometre": "micrometre|micrometres|micrometer|micrometers|micron|microns",
    "nanometre": "nanometre|nanometres|nanometer|nanometers",
    "mile": "mile|miles", "nautical mile": "nautical mile|nautical miles",
    "yard": "yard|yards|yds", "foot": "foot|feet|ft", "inch": "inch|inches",
    "light-year": "light year|light years", "astronomical unit": "astronomical unit|astronomical units",
    "square kilometre": "square kilometre|square kilometres|square kilometer|square kilometers|sq km",
    "square metre": "square metre|square metres|square meter|square meters|sq m",
    "square mile": "square mile|square miles|sq mi",
    "square foot": "square foot|square feet|sq ft",
    "square inch": "square inch|square inches", "square yard": "square yard|square yards",
    "cubic metre": "cubic metre|cubic metres|cubic meter|cubic meters",
    "cubic foot": "cubic foot|cubic feet", "cubic centimetre": "cubic centimetre|cubic centimetres|cc",
    "cubic inch": "cubic inch|cubic inches",
    "acre": "acre|acres", "hectare": "hectare|hectares",
    "tonne": "tonne|tonnes|metric ton|metric tons", "ton": "ton|tons", "kiloton": "kiloton|kilotons",
    "megaton": "megaton|megatons|megatonne|megatonnes", "gigaton": "gigaton|gigatons|gigatonne|gigatonnes",
    "kilogram": "kilogram|kilograms|kilogramme|kilogrammes|kilo|kilos|kgs",
    "gram": "gram|grams|gramme|grammes", "milligram": "milligram|milligrams", "microgram": "microgram|micrograms",
    "pound-mass": "pound|pounds|lb|lbs", "ounce": "ounce|ounces|oz", "stone": "stone",
    "litre": "litre|litres|liter|liters", "millilitre": "millilitre|millilitres|milliliter|milliliters",
    "gallon": "gallon|gallons|gal", "pint": "pint|pints", "quart": "quart|quarts",
    "barrel": "barrel|barrels|bbl", "teaspoon": "teaspoon|teaspoons|tsp", "tablespoon": "tablespoon|tablespoons|tbsp",
    "degree": "degree|degrees|deg",
    "celsius": "degree celsius|degrees celsius|degrees c|degree c|degrees centigrade|celsius|centigrade|deg c"
    "|deg celsius|celcius|degrees celcius|degc",
    "fahrenheit": "degree fahrenheit|degrees fahrenheit|degrees f|degree f|fahrenheit|deg f|deg fahrenheit"
    "|degrees farenheit|farenheit|degf",
    "kelvin": "kelvin|kelvins", "radian": "radian|radians", "arcsecond": "arcsecond|arcseconds|arcsec",
    "arcminute": "arcminute|arcminutes|arcmin",
    "mile/hour": "mph|miles per hour|miles an hour|mile per hour|mile an hour",
    "kilometre/hour": "kph|kmh|kilometres per hour|kilometers per hour|kilometres an hour",
    "mile/gallon": "mpg|miles per gallon", "knot": "knot|knots",
    "horsepower": "horsepower|hp|ps", "brake horsepower": "bhp|brake horsepower",
    "revolution/minute": "rpm|revolutions per minute", "beat/minute": "bpm|beats per minute",
    "pound-foot": "pound feet|pound foot|lb ft|lbs ft|ft lb|ft lbs|foot pounds|lbft",
    "pound/square inch": "psi|pounds per square inch", "kilopound/square inch": "ksi",
    "watt": "watt|watts", "kilowatt": "kilowatt|kilowatts", "megawatt": "megawatt|megawatts",
    "gigawatt": "gigawatt|gigawatts", "terawatt": "terawatt|terawatts",
    "kilowatt hour": "kilowatt hour|kilowatt hours", "megawatt hour": "megawatt hour|megawatt hours",
    "gigawatt hour": "gigawatt hour|gigawatt hours", "terawatt hour": "terawatt hour|terawatt hours",
    "joule": "joule|joules", "calorie": "calorie|calories|kcal", "volt": "volt|volts", "ampere": "ampere|amperes|amp|amps",
    "ohm": "ohm|ohms", "newton": "newton|newtons", "newton metre": "newton metre|newton metres|newton meter|newton meters",
    "pascal": "pascal|pascals", "atmosphere": "atmosphere|atmospheres|atm", "bar": "bar|bars",
    "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz", "gigahertz": "gigahertz",
    "bit": "bit|bits", "byte": "byte|bytes", "kilobyte": "kilobyte|kilobytes", "megabyte": "megabyte|megabytes|megs",
    "gigabyte": "gigabyte|gigabytes|gigs", "terabyte": "terabyte|terabytes", "petabyte": "petabyte|petabytes",
    "gigabit": "gigabit|gigabits", "megabit": "megabit|megabits", "megabit/second": "mbps", "gigabit/second": "gbps",
    "megapixel": "megapixel|megapixels|mp", "decibel": "decibel|decibels", "nat": "nat|nats",
    "part-per-million": "ppm|parts per million", "part-per-billion": "ppb|parts per billion",
    "mole": "mole|moles", "molar": "molar", "millimolar": "millimolar", "micromolar": "micromolar",
    "standard deviation": "standard deviation|standard deviations|sd|sds|sigma|σ",
    "GPU-hour": "gpu hour|gpu hours", "person-hour": "person hour|person hours|man hours",
    "frame/second": "fps", "token/second": "tok/s", "base pair": "bp|base pairs", "kilobase": "kb pairs",
    "earth mass": "earth masses", "solar mass": "solar masses",
    "per mille": "‰|permille|per mille",
}  # fmt: skip


_MONEY_WORDS = {
    "USD": "dollar|dollars|us dollars|us dollar|u.s. dollars|american dollars|bucks|buck",
    "AUD": "australian dollar|australian dollars", "CAD": "canadian dollar|canadian dollars",
    "HKD": "hong kong dollar|hong kong dollars", "NZD": "new zealand dollar|new zealand dollars",
    "SGD": "singapore dollar|singapore dollars", "TWD": "taiwan dollar|taiwan dollars",
    "EUR": "euro|euros", "GBP": "pound sterling|pounds sterling|british pounds|british pound|quid",
    "JPY": "yen|japanese yen", "CNY": "yuan|renminbi|chinese yuan|rmb", "INR": "rupee|rupees|indian rupees",
    "CHF": "swiss franc|swiss francs", "RUB": "rouble|roubles|ruble|rubles", "KRW": "won",
    "ILS": "shekel|shekels", "MYR": "ringgit", "SEK": "swedish krona|swedish kronor|kronor",
    "DKK": "danish krone|danish kroner", "NOK": "norwegian krone|norwegian kroner", "ZAR": "rand",
    "TRY": "turkish lira|lira|liras", "THB": "baht", "IDR": "rupiah", "PLN": "zloty|zlotys",
    "MXN": "mexican peso|mexican pesos", "BRL": "brazilian real|reais", "NGN": "naira", "HRK": "kuna",
    "AED": "dirham|dirhams", "SAR": "riyal|riyals", "BTC": "bitcoin|bitcoins", "UAH": "hryvnia|hryvnias",
    "franc": "franc|francs", "peso": "peso|pesos", "krone": "krone|kroner", "mark": "deutsche marks|deutschmarks",
    "cent": "cent|cents|¢", "penny": "pence|penny|pennies", "sen": "sen",
}  # fmt: skip


CURRENCY_CODES = frozenset(
    "USD EUR GBP JPY CNY RMB INR AUD CAD CHF SEK NOK DKK NZD SGD HKD KRW BRL MXN ZAR RUB TRY ILS PLN CZK HUF THB "
    "MYR IDR PHP VND TWD AED SAR NGN KES EGP PKR BDT UAH CLP COP ARS PEN BTC ETH HRK RON BGN ISK".split()
)


CURRENCY_SIGNS = {
    "$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₪": "ILS", "₺": "TRY",
    "₫": "VND", "₴": "UAH", "₦": "NGN", "฿": "THB", "₱": "PHP", "₿": "BTC", "₡": "CRC", "₲": "PYG", "₸": "KZT",
}  # fmt: skip


DOLLAR_PREFIXES = {
    "us": "USD", "usd": "USD", "a": "AUD", "au": "AUD", "aud": "AUD", "c": "CAD", "ca": "CAD", "can": "CAD",
    "cad": "CAD", "hk": "HKD", "nz": "NZD", "s": "SGD", "sg": "SGD", "nt": "TWD", "r": "BRL", "mex": "MXN",
    "mx": "MXN",
}  # fmt: skip


CURRENCY_PREFIX_WORDS = {"rs": "INR", "rm": "MYR", "chf": "CHF", "rmb": "CNY", "kr": "SEK"}


_SCORE_WORDS = {
    "elo": "elo|elo points|elo rating points", "iq": "iq points", "auroc": "auroc", "auc": "auc",
    "bleu": "bleu|bleu points",
}  # fmt: skip


WORD_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("percent", "per cent", "pct", "pc", "percents", "per-cent"), PERCENT),
    **dict.fromkeys(
        ("percentage point", "percentage points", "percent points", "percent point", "pp", "pps", "ppt", "ppts",
         "pctpts", "pct pts", "percentage pts", "% points", "% pts", "% point"),
        POINT,
    ),
    **dict.fromkeys(("basis point", "basis points", "bp points", "bps", "bips"), _BASIS),
    **dict.fromkeys(
        ("flop", "flops", "floating point operations", "floating point operation"), _FLOP
    ),
    **dict.fromkeys(
        (
            prefix + ending
            for prefix in ("giga", "tera", "peta", "exa", "zetta", "yotta", "g", "t", "p", "e")
            for ending in ("flop", "flops")
        ),
        _FLOP,
    ),
    **dict.fromkeys(("fold",), _MULTIPLE),
    **_spread(time_unit, _TIME_WORDS),
    **_spread(other_unit, _OTHER_WORDS),
    **_spread(money_unit, _MONEY_WORDS),
    **_spread(_score, _SCORE_WORDS),
}  # fmt: skip


LONGEST = 4


FIRST_WORDS = frozenset(alias.split(" ")[0] for alias in WORD_UNITS)


_PREFIXES = {
    "": "", "k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta", "m": "milli", "μ": "micro", "u": "micro",
    "n": "nano", "p": "pico", "f": "femto", "c": "centi", "d": "deci", "h": "hecto", "E": "exa",
}  # fmt: skip


_SI = {
    "m": ("metre", "kmμncpdf"), "g": ("gram", "kmμnpM"), "s": ("second", "mμnpf"), "A": ("ampere", "mμnkp"),
    "K": ("kelvin", "mμ"), "mol": ("mole", "mμnkp"), "Hz": ("hertz", "kMGTm"), "Pa": ("pascal", "kMGhm"),
    "J": ("joule", "kMGTPmEμnp"), "W": ("watt", "kMGTmμn"), "V": ("volt", "kMmμnE"), "eV": ("electronvolt", "kMGTm"),
    "N": ("newton", "kMmμn"), "C": ("coulomb", "mμn"), "F": ("farad", "mμnp"), "Ω": ("ohm", "kMm"),
    "T": ("tesla", "mμn"), "L": ("litre", "mμnd"), "l": ("litre", "mμd"), "B": ("byte", "kMGTP"),
    "bar": ("bar", "mkμn"), "M": ("molar", "mμnp"), "Bq": ("becquerel", "kMG"), "Gy": ("gray", "mc"),
    "Sv": ("sievert", "mμ"), "cal": ("calorie", "k"), "Wh": ("watt hour", "kMGT"), "Ah": ("ampere hour", "m"),
    "b": ("bit", "kMGT"), "pc": ("parsec", "kMG"), "R": ("rayleigh", "k"), "S": ("siemens", "mμ"),
    "Da": ("dalton", "kM"), "rad": ("radian", "mμ"), "h": ("hour", ""), "d": ("day", ""), "Ma": ("megayear", ""),
    "Ga": ("gigayear", ""), "ka": ("kiloyear", ""), "yr": ("year", "kMG"), "Myr": ("megayear", ""),
    "kyr": ("kiloyear", ""), "byr": ("gigayear", ""), "Gyr": ("gigayear", ""), "mBar": ("millibar", ""), "Å": ("angstrom", ""), "ha": ("hectare", ""), "t": ("tonne", "kMG"), "U": ("unit", "m"),
    "Torr": ("torr", "m"), "dB": ("decibel", ""), "arcsec": ("arcsecond", "m"), "mas": ("milliarcsecond", ""),
    "Jy": ("jansky", "m"), "D": ("dalton", "k"), "bp": ("base pair", "kM"), "px": ("pixel", ""), "Sa": ("sample", "MG"),
    "AU": ("astronomical unit", ""), "au": ("astronomical unit", ""), "min": ("minute", ""), "G": ("gauss", "mk"),
}  # fmt: skip


_NOT_SYMBOLS = frozenset("am as at us pm fm my no do go h in is it PM AM Mt MS PC Tb ms2".split()) - {"h"}


SYMBOLS: dict[str, str] = {
    prefix + symbol: _PREFIXES[prefix] + name
    for symbol, (name, prefixes) in _SI.items()
    for prefix in ("", *prefixes)
    if prefix + symbol not in _NOT_SYMBOLS
} | {
    "Nm": "newton metre", "Ghz": "gigahertz", "Mhz": "megahertz", "Khz": "kilohertz", "khz": "kilohertz",
    "HZ": "hertz", "KB": "kilobyte", "kph": "kilometre/hour", "KWh": "kilowatt hour", 
}  # fmt: skip


# Alone and after a space these would swallow words and names ("Vitamin 3 D", "phase 2 B"); the rest of a
# compound unit ("5 A g−1") may hold them.
WEAK = frozenset("Mg A C F T B M R S U D G b d t a l pc au AU rad bar cal mas Sa".split())


WEAK_GLUED = frozenset("Mg a A C F R S U D d B M T G b".split())


SYMBOL_TIMES = {"second": "second", "hour": "hour", "day": "day", "minute": "minute", "year": "year",
                 "millisecond": "millisecond", "microsecond": "microsecond", "nanosecond": "nanosecond"}  # fmt: skip


LOWER_ONLY = frozenset("stone mark marks bar bars knot mole rand won quid buck bucks second".split())


PER_WORDS = frozenset(("per", "a", "an", "each", "every"))


PER_NOUNS = {
    "person": "person", "capita": "capita", "share": "share", "user": "user", "barrel": "barrel", "ounce": "ounce",
    "game": "game", "gallon": "gallon", "kilogram": "kilogram", "kg": "kilogram", "ton": "ton", "tonne": "tonne",
    "task": "task", "token": "token", "run": "run", "trial": "trial", "head": "head", "household": "household",
    "million": "million", "thousand": "thousand", "annum": "year",
}  # fmt: skip
