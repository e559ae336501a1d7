// Copies, downloads, and the first view.
const copyable = () => {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = find(button.dataset.copy), before = button.textContent;
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
      } catch {
        // Without leave to write to the clipboard the text is at least selected.
        field.focus();
        field.select();
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => { button.textContent = before; }, 2000);
    });
  }
};
const save = (name, type, text) => {
  const link = make("a", null, { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
// A field that begins like a formula would be one to a spreadsheet.
const quoted = (field) => {
  const text = String(field ?? ""), tame = typeof field === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
};
const asCsv = () => {
  const head = ["baseline", "about", "task", "metric", "score", "low", "high"], rows = [head];
  board.rows.forEach((row, i) => board.tasks.forEach((task, t) => {
    for (const [metric, [point, low, high]] of Object.entries(board.scores[i]?.[t] ?? {})) {
      rows.push([row.name, row.about, task.name, metric, point, low, high]);
    }
  }));
  return rows.map((fields) => fields.map(quoted).join(",")).join("\r\n") + "\r\n";
};
// With names in the place of the positions that the page itself counts by.
const asJson = () => {
  const named = ([score, low, high]) => ({ score, low, high });
  const cellOf = (i, t) => ({
    task: board.tasks[t].name,
    scores: Object.fromEntries(Object.entries(board.scores[i][t]).map(([metric, found]) => [metric, named(found)])),
    cost: board.costs[i][t],
  });
  return {
    tasks: board.tasks,
    rows: board.rows.map((row, i) => ({ ...row, cells: board.tasks.map((_, t) => t).filter((t) => board.scores[i][t]).map((t) => cellOf(i, t)) })),
    contests: board.contests.map(([t, i, j, difference, low, high, p, only_first, only_second]) => (
      { task: board.tasks[t].name, first: board.rows[i].id, second: board.rows[j].id, difference, low, high, p, only_first, only_second })),
  };
};
const everything = () => {
  const named = new URLSearchParams(location.hash.slice(1));
  state = read();
  listeners.forEach((listener) => listener(state, { ...state }));
  // An address without "=" is an anchor of the page, as in a page without a script.
  const anchor = location.hash.slice(1);
  if (!anchor || [...named.values()].some(Boolean)) return;
  if (isCell(anchor)) change({ cell: anchor });
  else find(anchor)?.scrollIntoView();
};
const start = async () => {
  board = await unpacked();
  document.documentElement.classList.add("scripted");
  find("csv").addEventListener("click", () => save("leaderboard.csv", "text/csv", asCsv()));
  find("json").addEventListener("click", () => save("leaderboard.json", "application/json", JSON.stringify(asJson(), null, 1)));
  startGrid();
  startCell();
  // These two parts are left out where a board has nothing for them.
  if (find("pairs")) startCompare();
  if (find("scatter")) startScatter();
  copyable();
  // A plain link must not wipe the view from the address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && !event.defaultPrevented && find(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    target.closest("details")?.setAttribute("open", "");
    target.scrollIntoView();
    // As a link of its own would do: whoever uses the keyboard goes on from there.
    if (!target.matches("a, button")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  });
  window.addEventListener("popstate", everything);
  everything();
};
start();
