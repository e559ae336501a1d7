"use strict";
// Elements are made with textContent alone, so no name, answer or reason can become markup.
const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const draw = (tag, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const find = (id) => document.getElementById(id);
// The numbers are packed (zlib, base64): a large board is five times smaller so.
const unpacked = async () => {
  const bytes = Uint8Array.from(atob(find("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
};
let board = null;
const NONE = "–", MINUS = "−";

// As bench/leaderboard/wording/format.py writes them, so that a number reads the same everywhere.
const score = (value) => {
  if (value === null || value === undefined) return NONE;
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en").replace("-", MINUS);
  const text = value.toFixed(3).replace("-", MINUS);
  return Math.abs(value) < 0.9995 ? text.replace("0.", ".") : text;
};
const signed = (value) => (value > 0 ? "+" : "") + score(value);
const interval = (low, high) => (low === null || low === undefined ? "" : `[${score(low)}, ${score(high)}]`);

const rowOf = (words, first, rest) => {
  const row = make("tr");
  words.forEach((word, i) => {
    const cell = make(i ? rest : first, word);
    if (cell.tagName === "TH") cell.scope = rest === "th" ? "col" : "row";
    row.append(cell);
  });
  return row;
};
const table = ([caption, head, lines]) => {
  const found = make("table", null, { class: "small" });
  const top = make("thead"), body = make("tbody");
  const box = make("div", null, { class: "wide", tabindex: "0", role: "region", "aria-label": caption });
  top.append(rowOf(head, "th", "th"));
  lines.forEach((words) => body.append(rowOf(words, "th", "td")));
  found.append(make("caption", caption), top, body);
  box.append(found);
  return box;
};
const options = (select, pairs) => pairs.forEach(([value, text]) => select.append(make("option", text, { value })));
