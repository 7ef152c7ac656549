// Reads the numbers of a search query and names the tokens they are indexed under: "25%", "a quarter" and
// "1 in 4" are share:25. The tokens are those of service/site/number_tokens.py, and a test holds the two to
// each other. Numbers are strings of digits and integers of any length, never floats.

const ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
  "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES = { hundred: 2, thousand: 3, million: 6, billion: 9, trillion: 12 };
const PARTS = { half: 2, halves: 2, third: 3, thirds: 3, quarter: 4, quarters: 4, fourth: 4, fourths: 4, fifth: 5,
  fifths: 5, sixth: 6, sixths: 6, seventh: 7, sevenths: 7, eighth: 8, eighths: 8, ninth: 9, ninths: 9, tenth: 10,
  tenths: 10 };
const FOLDS = { doubled: 2, double: 2, tripled: 3, triple: 3, quadrupled: 4, quadruple: 4 };
const MAX_QUERY = 500;
const MAX_DIGITS = 60;

const one = ONES.slice(1, 10).join("|");
const small = `(?:(?:${TENS.join("|")})(?:[ -](?:${one}))?|${ONES.slice().reverse().join("|")})`;
const DIGITS = "(?:\\d{1,3}(?:,\\d{3})+|\\d{1,40})?(?:\\.\\d{1,20})?";
const POWER = "(?:(?:\\d{1,9}(?:\\.\\d{1,9})?\\s?[x×*]\\s?)?10\\^\\d{1,2}|\\d{1,9}(?:\\.\\d{1,9})?e\\+?\\d{1,2})";
const SCALE = `(?:[ -](?:${Object.keys(SCALES).join("|")}))`;
const NUMBER = `(?:${POWER}|(?=[.\\d])${DIGITS}${SCALE}?|${small}${SCALE}*|an? (?:hundred|thousand|million|billion|trillion))`;
const EDGE = "(?<![\\p{L}\\p{N}_.^-])";
const END = "(?![\\p{L}\\p{N}_])";
const part = Object.keys(PARTS).sort((a, b) => b.length - a.length).join("|");
const reader = (pattern) => new RegExp(EDGE + pattern, "iuy");

// Each: pattern at a place, and what its groups mean. The first that fits at a place wins.
const READERS = [
  [reader(`(${NUMBER})(?:\\s?[-–]\\s?(?=\\d)| to | and )(${NUMBER})\\s?(?:%|(?:percent|per cent|pct)${END})`), (m) => shares([m[1], m[2]])],
  [reader(`(${NUMBER})[\\s-]?(?:percentage[ -]points?|pp)${END}`), (m) => plain("points", m[1])],
  [reader(`((?=[.\\d])${DIGITS})[\\s-]?points?${END}`), (m) => plain("points", m[1])],
  [reader(`(${NUMBER})\\s?(?:%|[\\s-]?(?:percent|per cent|pct)${END})`), (m) => shares([m[1]])],
  [reader(`(${NUMBER}) (?:out of every|out of|in every|in|of) (${NUMBER})${END}`), (m) => fraction(m[1], m[2])],
  [reader(`(\\d{1,12})/(\\d{1,12})(?![\\d/])${END}`), (m) => fraction(m[1], m[2])],
  [reader(`(?:an? |one[ -])?(${part})${END}(?! (?:place|party|author|quarter of \\d{4}))`), (m) => partOf("1", m[1])],
  [reader(`(${one})[ -](${part})${END}`), (m) => partOf(m[1], m[2])],
  [reader(`(${NUMBER})\\s?(?:x|×)${END}`), (m) => plain("times", m[1])],
  [reader(`(${NUMBER})[ -]?fold${END}`), (m) => plain("times", m[1])],
  [reader(`(${Object.keys(FOLDS).join("|")})${END}`), (m) => ({ same: [`times:${FOLDS[m[1].toLowerCase()]}`] })],
  [reader(`(${POWER}|(?=[.\\d])${DIGITS}${SCALE}?)${END}`), (m) => bare(m[1])],
];
const FILLERS = /(?<![\p{L}\p{N}])(?:about|around|roughly|approximately|nearly|almost|over|under|exactly|some|at least|at most|more than|less than|up to|just)(?= *$| *\u0000)/giu;

// A number as {digits: BigInt, places}: its value is digits / 10 ** places. Null where it is none.
function readNumber(text) {
  let words = text.toLowerCase().trim();
  const power = /^(?:([\d.]+)\s?[x×*]\s?)?10\^(\d+)$/.exec(words) || /^([\d.]+)e\+?(\d+)$/.exec(words);
  if (power) return shift(readDigits(power[1] || "1"), Number(power[2]));
  let scale = 0;
  for (;;) {
    const match = /^(.*?)[ -](hundred|thousand|million|billion|trillion)$/.exec(words);
    if (!match) break;
    scale += SCALES[match[2]];
    words = match[1];
  }
  const value = words === "a" || words === "an" ? { digits: 1n, places: 0 } : readDigits(words) || readWords(words);
  return shift(value, scale);
}

function readDigits(text) {
  const match = /^(\d*)(?:\.(\d+))?$/.exec(text.replaceAll(",", ""));
  if (!match || (!match[1] && !match[2])) return null;
  const after = match[2] || "";
  return { digits: BigInt((match[1] || "0") + after), places: after.length };
}

function readWords(text) {
  let sum = 0;
  for (const word of text.split(/[ -]/)) {
    if (ONES.includes(word)) sum += ONES.indexOf(word);
    else if (TENS.includes(word)) sum += 20 + 10 * TENS.indexOf(word);
    else return null;
  }
  return { digits: BigInt(sum), places: 0 };
}

function shift(value, by) {
  if (!value) return null;
  const places = value.places - by;
  return places >= 0 ? { digits: value.digits, places } : { digits: value.digits * 10n ** BigInt(-places), places: 0 };
}

function write({ digits, places }) {
  const text = digits.toString().padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const after = places ? text.slice(text.length - places).replace(/0+$/, "") : "";
  return after ? `${whole}.${after}` : whole;
}

// Rounded half up to so many places.
function round(top, bottom, places) {
  const scaled = top * 10n ** BigInt(places);
  return { digits: (2n * scaled + bottom) / (2n * bottom), places };
}

function cut(value) {
  return value.places > 6 ? round(value.digits, 10n ** BigInt(value.places), 6) : value;
}

function tooLong(value) {
  return !value || value.digits.toString().length - value.places > MAX_DIGITS;
}

function shares(texts) {
  const values = texts.map(readNumber);
  if (values.some(tooLong)) return null;
  const unique = [...new Set(values.map((value) => write(cut(value))))];
  const near = values.flatMap((value) => (value.places <= 1 ? [`near:${write(value)}`] : []));
  const wanted = { same: unique.map((text) => `share:${text}`), near: [...new Set(near)] };
  const [value] = values;
  const whole = 100n * 10n ** BigInt(value.places);
  if (unique.length === 1 && value.digits > 0n && value.digits < whole) {
    const rest = { digits: whole - value.digits, places: value.places };
    const text = write(cut(rest));
    wanted.rest = [`share:${text}`, ...(value.places <= 1 ? [`near:${text}`] : [])];
    wanted.restOf = text;
  }
  return wanted;
}

function fraction(topText, bottomText) {
  const top = readNumber(topText);
  const bottom = readNumber(bottomText);
  if (tooLong(top) || tooLong(bottom) || top.places || bottom.places) return null;
  return ratio(top.digits, bottom.digits);
}

function partOf(countText, partText) {
  return ratio(readNumber(countText).digits, BigInt(PARTS[partText.toLowerCase()]));
}

function ratio(top, bottom) {
  if (bottom <= 0n || top > bottom) return null;
  const tokens = (above) => {
    const rounded = [0, 1].map((places) => `near:${write(round(100n * above, bottom, places))}`);
    return [`share:${write(round(100n * above, bottom, 6))}`, [...new Set(rounded)]];
  };
  const [same, near] = tokens(top);
  const wanted = { same: [same], near };
  if (top > 0n && top < bottom) {
    const [rest, nearRest] = tokens(bottom - top);
    wanted.rest = [rest, ...nearRest];
    wanted.restOf = rest.slice("share:".length);
  }
  return wanted;
}

function plain(family, text) {
  const value = readNumber(text);
  return tooLong(value) ? null : { same: [`${family}:${write(cut(value))}`] };
}

function bare(text) {
  const value = readNumber(text);
  if (tooLong(value)) return null;
  if (/^(?:19|20)\d\d$/.test(text)) return null; // a year: claims hold it as a word
  const same = [`n:${write(cut(value))}`];
  const whole = 10n ** BigInt(value.places);
  if (value.digits > 0n && value.digits < whole) {
    same.push(`share:${write(cut({ digits: value.digits * 100n, places: value.places }))}`);
  }
  return { same };
}

/** The figures of a query, and its other words: {figures: [{surface, same, near, rest, restOf}], words}. */
export function readQuery(query) {
  const text = query.slice(0, MAX_QUERY).replaceAll("\u0000", " ").replace(/\s+/g, " ").trim();
  const figures = [];
  let words = "";
  let at = 0;
  while (at < text.length) {
    const found = readAt(text, at);
    if (found) {
      figures.push(found.figure);
      words += "\u0000";
      at = found.end;
    } else {
      words += text[at];
      at += 1;
    }
  }
  if (figures.length) words = words.replace(FILLERS, " ");
  words = words.replaceAll("\u0000", " ").replace(/\s+/g, " ").trim();
  return { figures, words: figures.length ? words.replace(/^(?:of|of the|the)$|^of (?:the )?/iu, "") : words };
}

function readAt(text, at) {
  for (const [pattern, make] of READERS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const wanted = match && match[0] ? make(match) : null;
    if (wanted) {
      const figure = { surface: match[0], same: wanted.same, near: wanted.near || [], rest: wanted.rest || [], restOf: wanted.restOf || "" };
      return { figure, end: at + match[0].length };
    }
  }
  return null;
}
