// The search page: the address is the query. Words go to the index, figures become exact filters
// (numbers.js), other filters are check boxes with counts. Everything shown is set as text, never as markup.
import { readQuery } from "./numbers.js";

const ROOT = new URL("../", import.meta.url);
const FILTERS = [["label", "Verdict"], ["kind", "Kind"], ["topic", "Topic"], ["year", "Year"], ["publisher", "Publisher"],
  ["source", "Source"], ["reason", "Reason"]];
const PER_PAGE = 20;
const MAX_VALUES = 200;
const DELAY_MS = 120;
const byId = (id) => document.getElementById(id);
const box = byId("q");
const results = byId("search-results");
let pagefind;
let names = {};
let run = 0;
let timer;
let shown = PER_PAGE;
let loadedAll = {};

function readAddress() {
  const given = new URLSearchParams(location.search);
  const filters = {};
  for (const [name] of FILTERS) {
    const values = [...new Set(given.getAll(name))].filter(Boolean);
    if (values.length) filters[name] = values;
  }
  return { query: (given.get("q") || "").slice(0, 500), filters };
}

function writeAddress(query, filters, push) {
  const made = new URLSearchParams();
  if (query) made.set("q", query);
  for (const [name] of FILTERS) for (const value of filters[name] || []) made.append(name, value);
  const address = made.size ? `?${made}` : location.pathname;
  if (address !== location.search) history[push ? "pushState" : "replaceState"](null, "", address);
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const nameOf = (filter, value) => (names[filter] || {})[value] || value;

// The searches of one query, most exact first; what an earlier one found isn't shown again.
function plan(read) {
  if (!read.figures.length) return [{ title: "", words: read.words || null, tokens: [] }];
  const words = read.words || null;
  const said = read.figures.map((one) => one.surface).join(", ");
  const steps = [{ title: `The same number: ${said}`, words, tokens: read.figures.map((one) => one.same) }];
  if (read.figures.some((one) => one.near.length)) {
    steps.push({ title: `Rounds to it: ${said}`, words, tokens: read.figures.map((one) => [...one.same, ...one.near]) });
  }
  if (read.figures.some((one) => one.rest.length)) {
    const rest = read.figures.filter((one) => one.restOf).map((one) => `${one.surface} leaves ${one.restOf.replace(/(\.\d)\d+$/, "$1")}%`);
    const left = (rounded) => read.figures.map((one) => (one.rest.length ? one.rest.slice(0, rounded ? undefined : 1) : one.same));
    steps.push({ title: `What remains of it: ${rest.join(", ")}`, words, tokens: left(false) });
    steps.push({ title: `Rounds to what remains: ${rest.join(", ")}`, words, tokens: left(true) });
  }
  return steps;
}

async function search(push) {
  const mine = ++run;
  const { filters } = readAddress();
  const query = box.value.trim();
  writeAddress(query, filters, push);
  const read = readQuery(query);
  let steps = plan(read);
  const chosen = Object.entries(filters).map(([name, values]) => ({ [name]: { any: values } }));
  const ask = (step) => pagefind.search(step.words, {
    filters: { all: [...chosen, ...step.tokens.map((any) => ({ number: { any } }))] },
  });
  let answers = await Promise.all(steps.map(ask));
  if (read.figures.length && answers.every((one) => !one.results.length)) {
    steps = [{ title: "No claim has this number; by its words alone", words: query, tokens: [] }];
    answers = await Promise.all(steps.map(ask));
  }
  if (mine !== run) return;
  const seen = new Set();
  const groups = answers.map((answer, at) => ({
    title: steps[at].title,
    found: answer.results.filter((one) => !seen.has(one.id) && seen.add(one.id)),
  })).filter((group) => group.found.length);
  showFilters(filters, answers[0].results.length ? answers : answers.slice().reverse());
  await showResults(mine, groups, seen.size, read, query);
}

async function showResults(mine, groups, total, read, query) {
  const blocks = [];
  let left = shown;
  for (const group of groups) {
    const part = await Promise.all(group.found.slice(0, left).map((one) => one.data()));
    if (mine !== run) return;
    left -= part.length;
    if (!part.length) break;
    if (group.title) blocks.push(make("h3", { class: "search-group" }, group.title, " ", make("small", {}, String(group.found.length))));
    blocks.push(make("ul", { class: "claim-list" }, ...part.map((one) => makeResult(one, read.words))));
  }
  results.replaceChildren(...blocks);
  byId("search-more").hidden = total <= shown;
  const counted = `${total.toLocaleString("en")} ${total === 1 ? "result" : "results"}`;
  byId("search-status").textContent = total ? counted : query
    ? "Nothing found. Try fewer words, another spelling, or take a filter off."
    : "Nothing to show.";
}

function makeResult(found, words) {
  const { meta } = found;
  const badge = byId(`badge-${meta.key}`);
  const line = make("p", { class: "verdict-line" });
  if (badge) line.append(badge.content.cloneNode(true), " ");
  else line.append(make("span", { class: "kicker" }, "Source"), " ");
  line.append(make("span", { class: "reason" }, meta.reason || ""));
  const path = found.raw_url || found.url;
  const link = make("a", { href: new URL(path.replace(/^\/+/, ""), ROOT).href }, ...mark(meta.title || "", words));
  const about = make("p", { class: "meta" });
  if (meta.article) about.append(make("span", {}, meta.article));
  if (meta.source) about.append(make("span", {}, meta.source));
  return make("li", {}, line, make("p", { class: "claim-text" }, link), about);
}

// The words that were asked for, marked where they begin a word of the text.
function mark(text, words) {
  const asked = words.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2).slice(0, 20);
  if (!asked.length) return [text];
  const nodes = [];
  for (const piece of text.split(/([\p{L}\p{N}]+)/u)) {
    const low = piece.toLowerCase();
    const hit = asked.some((word) => low.startsWith(word.length > 5 ? word.slice(0, -2) : word));
    nodes.push(hit ? make("mark", {}, piece) : piece);
  }
  return nodes;
}

function showFilters(filters, answers) {
  const counts = {};
  for (const [name] of FILTERS) {
    counts[name] = {};
    for (const answer of answers) {
      for (const [value, count] of Object.entries((answer.filters || {})[name] || {})) {
        counts[name][value] = Math.max(counts[name][value] || 0, count);
      }
    }
  }
  const open = new Set([...byId("search-filters").querySelectorAll("details[open]")].map((one) => one.dataset.name));
  const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.id : "";
  const blocks = [];
  for (const [name, title] of FILTERS) {
    const chosen = new Set(filters[name] || []);
    const values = Object.keys({ ...(loadedAll[name] || {}), ...Object.fromEntries([...chosen].map((one) => [one, 0])) })
      .map((value) => [value, counts[name][value] || 0])
      .filter(([value, count]) => count || chosen.has(value))
      .sort((a, b) => b[1] - a[1] || nameOf(name, a[0]).localeCompare(nameOf(name, b[0]), "en"))
      .slice(0, MAX_VALUES);
    if (!values.length) continue;
    const items = values.map(([value, count]) => make("li", {}, make("label", {},
      make("input", { type: "checkbox", name, value, id: `f-${name}-${value}`, checked: chosen.has(value) }),
      make("span", { class: "name" }, nameOf(name, value)), make("span", { class: "tally" }, count.toLocaleString("en")))));
    const opened = open.has(name) || chosen.size > 0 || (!open.size && name === "label");
    blocks.push(make("details", { "data-name": name, open: opened }, make("summary", {}, title), make("ul", {}, ...items)));
  }
  byId("search-filters").replaceChildren(...blocks);
  byId("search-chips").replaceChildren(...FILTERS.flatMap(([name]) => (filters[name] || []).map((value) => make("button",
    { type: "button", "data-name": name, "data-value": value, "aria-label": `Take off: ${nameOf(name, value)}` }, `${nameOf(name, value)} ×`))));
  if (focused && byId(focused)) byId(focused).focus();
}

function setFilter(name, value, on) {
  const { filters } = readAddress();
  const rest = (filters[name] || []).filter((one) => one !== value);
  filters[name] = on ? [...rest, value] : rest;
  writeAddress(box.value.trim(), filters, true);
  shown = PER_PAGE;
  search(false);
}

function move(by) {
  const links = [...results.querySelectorAll(".claim-text a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at + by;
  if (next < 0) box.focus();
  else links[Math.min(next, links.length - 1)].focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !(typing && event.target.type === "search")) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (event.target === box || results.contains(event.target))) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && (event.target === box || results.contains(event.target))) {
    event.preventDefault();
    box.value = "";
    box.focus();
    shown = PER_PAGE;
    search(true);
  }
}

async function start() {
  pagefind = await import(new URL("pagefind/pagefind.js", ROOT).href);
  await pagefind.options({ baseUrl: "/", bundlePath: new URL("pagefind/", ROOT).pathname, excerptLength: 5 });
  await pagefind.init();
  const answer = await fetch(new URL("search/names.json", ROOT));
  names = answer.ok ? await answer.json() : {};
  loadedAll = await pagefind.filters();
  byId("search-needs").hidden = true;
  byId("search-live").hidden = false;
  box.value = readAddress().query;
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    shown = PER_PAGE;
    search(true);
  });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    shown = PER_PAGE;
    timer = setTimeout(() => search(false), DELAY_MS);
  });
  byId("search-filters").addEventListener("change", (event) => setFilter(event.target.name, event.target.value, event.target.checked));
  byId("search-chips").addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (chip) setFilter(chip.dataset.name, chip.dataset.value, false);
  });
  byId("search-more").addEventListener("click", () => {
    shown += PER_PAGE;
    search(false);
  });
  document.addEventListener("keydown", onKey);
  window.addEventListener("popstate", () => {
    box.value = readAddress().query;
    search(false);
  });
  await search(false);
  document.documentElement.dataset.search = "ready";
}

await start();
