/** Making and replacing elements, and words for times and numbers. */
export const DOM_SCRIPT: string = String.raw`"use strict";
const byId = (id) => document.getElementById(id);

/** An element: attributes (null leaves one out) and children, texts among them as text. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "onclick") element.addEventListener("click", value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return element;
}

/** Replaces what is in an element, but only when it has changed: focus and selection stay. */
const drawn = new Map();
function draw(id, data, make) {
  const text = JSON.stringify(data);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  byId(id).replaceChildren(...[make(data)].flat().filter((child) => child !== null));
}

/** Words in which parts between backticks are commands. */
function rich(text) {
  return text.split("${"`"}").map((part, i) => i % 2 === 1 ? el("code", null, part) : part);
}

function chip(tone, text) {
  return el("span", { class: "chip " + tone }, el("span", { class: "dot", "aria-hidden": "true" }), text);
}

/** Remote text, kept from turning the text around it. */
const remote = (text) => el("bdi", null, text);

const numbers = new Intl.NumberFormat("en");
const number = (value) => numbers.format(value);
const plural = (value, noun) => number(value) + " " + noun + (value === 1 ? "" : "s");

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["year", 31536e6], ["month", 2592e6], ["day", 864e5], ["hour", 36e5], ["minute", 6e4]];
function ago(time) {
  const elapsed = Date.now() - time;
  for (const [unit, ms] of UNITS) {
    if (Math.abs(elapsed) >= ms) return relative.format(-Math.trunc(elapsed / ms), unit);
  }
  return "just now";
}

/** A point in time, in words that stay true: see refreshTimes. */
function when(iso) {
  if (iso === null) return el("span", null, "–");
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return el("span", null, "unknown");
  const title = new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return el("time", { datetime: iso, title }, ago(time));
}
function refreshTimes() {
  for (const element of document.querySelectorAll("time")) {
    const words = ago(Date.parse(element.dateTime));
    if (element.textContent !== words) element.textContent = words;
  }
}

/** A table; columns are [title, class], rows arrays of cells. Roles are said, since small screens restyle it. */
function table(label, columns, rows, name) {
  const cell = (role, tag, extra) => (content, i) => el(tag, {
    role, class: columns[i][1], "data-title": role === "cell" ? columns[i][0] : null, ...extra,
  }, content);
  return el("table", { role: "table", class: name, "aria-label": label },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      columns.map(([title]) => title).map(cell("columnheader", "th", { scope: "col" })))),
    el("tbody", { role: "rowgroup" }, rows.map((cells) => el("tr", { role: "row" }, cells.map(cell("cell", "td"))))));
}

function empty(title, ...hint) {
  return el("div", { class: "empty" }, el("p", { class: "empty-title" }, title), hint.length > 0 ? el("p", null, hint) : null);
}
`;
