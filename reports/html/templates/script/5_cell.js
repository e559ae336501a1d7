// The panel with the details of a score, filled when it is opened.
const panel = find("cell");
let opener = null;
const facts = (pairs) => {
  const list = make("dl", null, { class: "facts" });
  pairs.forEach(([name, said]) => {
    const pair = make("div");
    pair.append(make("dt", name), make("dd", said));
    list.append(pair);
  });
  return list;
};
const filesOf = (paths) => {
  const said = make("p", paths.length ? "predictions: " : "", { class: "files" });
  paths.forEach((path) => said.append(board.results === null ? make("code", path) : make("a", path, { href: board.results + path }), " "));
  return said;
};
const written = (anchor) => {
  const there = find(anchor);
  if (there?.classList.contains("behind")) return [make("h2", there.dataset.title, { id: "cell-title" }), ...[...there.children].map((n) => n.cloneNode(true))];
  if (!Object.hasOwn(board.cells, anchor)) return null;
  const found = board.cells[anchor];
  const [title, pairs, tables, files] = found;
  return [make("h2", title, { id: "cell-title" }), facts(pairs), filesOf(files), ...tables.map(table)];
};
const isCell = (anchor) => Boolean(anchor) && (Object.hasOwn(board.cells, anchor) || Boolean(find(anchor)?.classList.contains("behind")));
const mistakesOf = (anchor) => {
  const found = board.mistakes?.[anchor];
  return found ? [mistakeTable(found)] : [];
};
const openCell = (anchor) => {
  const parts = written(anchor);
  if (!parts) return;
  const place = find("cell-body"), drawn = Object.hasOwn(board.plots, anchor) ? [plots(board.plots[anchor])] : [];
  const [title, ...rest] = parts;
  place.replaceChildren(title, ...drawn, ...rest, ...mistakesOf(anchor));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
};
const startCell = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]'), anchor = link?.getAttribute("href").slice(1);
    if (!isCell(anchor) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    change({ cell: anchor }, { keep: true });
  });
  find("close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
  panel.addEventListener("close", () => {
    if (state.cell) change({ cell: "" });
    opener?.focus();
  });
  onChange((now, part) => {
    if (!("cell" in part)) return;
    if (now.cell) openCell(now.cell);
    else if (panel.open) panel.close();
  });
};
