
"use strict";
// Opens what a link in the table points to, and on a large board writes it first. Text goes in
// through textContent alone, so no name or reason can become markup.
const store = document.getElementById("cells");
const cells = store ? JSON.parse(store.textContent) : {};
const make = (tag, text) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  return element;
};
const line = (words, first, rest) => {
  const row = make("tr");
  words.forEach((word, i) => {
    const cell = make(i ? rest : first, word);
    if (cell.tagName === "TH") cell.scope = rest === "th" ? "col" : "row";
    row.append(cell);
  });
  return row;
};
const table = ([caption, head, lines]) => {
  const found = make("table"), top = make("thead"), body = make("tbody"), box = make("div");
  found.className = "small";
  box.className = "wide";
  top.append(line(head, "th", "th"));
  lines.forEach((words) => body.append(line(words, "th", "td")));
  found.append(make("caption", caption), top, body);
  box.append(found);
  return box;
};
const facts = (pairs) => {
  const list = make("dl");
  list.className = "facts";
  pairs.forEach(([name, value]) => {
    const pair = make("div");
    pair.append(make("dt", name), make("dd", value));
    list.append(pair);
  });
  return list;
};
const show = () => {
  const name = location.hash.slice(1);
  if (store && Object.hasOwn(cells, name)) {
    const [title, pairs, tables] = cells[name];
    const place = document.getElementById("behind-cell");
    place.replaceChildren(make("h3", title), facts(pairs), ...tables.map(table));
    place.scrollIntoView();
    return;
  }
  const target = name && document.getElementById(name);
  const fold = target && target.closest("details");
  if (fold) {
    fold.open = true;
    fold.scrollIntoView();
  }
};
window.addEventListener("hashchange", show);
show();
