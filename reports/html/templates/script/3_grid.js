// The grid: sort, filter, another metric, hidden entries. The table itself is in the page already.
const grid = document.querySelector(".board");
const body = grid.tBodies[0];
let lines = [];
const SUMMARY = ["mean", "by_source", "mean_rank", "win_rate"];
const SMALLER = new Set(["mean_rank"]);
const HEAT = 7;

const metricOf = (task) => state.metric || board.tasks[task].metric;
const figure = (row, task) => board.scores[row]?.[task]?.[metricOf(task)] ?? null;
// Another metric may point the other way; those of the task's own name say which.
const smaller = (task) => board.tasks[task].smaller.includes(metricOf(task));

const value = (at, key) => {
  if (key === "name") return board.rows[at].name.toLowerCase();
  if (SUMMARY.includes(key)) return board.rows[at][key];
  return figure(at, Number(key))?.[0] ?? null;
};
const downwards = (key) => {
  const natural = key === "name" || SMALLER.has(key) || (!SUMMARY.includes(key) && smaller(Number(key))) ? 1 : -1;
  return state.way === "back" ? -natural : natural;
};
// A row that moves is laid out anew with all its cells: the longest run already in order stays.
const longer = (a, b) => (b.length > a.length ? b : a);
const staying = (places) => {
  const none = { length: 0 }, runs = [], kept = new Set();
  places.forEach((place, i) => {
    const before = runs.filter((run) => run.place < place).reduce(longer, none);
    runs.push({ place, i, before, length: before.length + 1 });
  });
  for (let run = runs.reduce(longer, none); run.length; run = run.before) kept.add(run.i);
  return kept;
};
const arrange = (wanted) => {
  const now = new Map([...body.rows].map((tr, i) => [tr, i]));
  const kept = staying(wanted.map((tr) => now.get(tr)));
  wanted.reduceRight((next, tr, i) => {
    if (!kept.has(i)) body.insertBefore(tr, next);
    return tr;
  }, null);
};
const sortLines = () => {
  const key = state.sort;
  const order = lines.map((_, i) => i);
  if (key) {
    const way = downwards(key), known = new Map(order.map((i) => [i, value(i, key)]));
    order.sort((i, j) => {
      const a = known.get(i), b = known.get(j);
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      return way * (a < b ? -1 : a > b ? 1 : 0) || i - j;
    });
  }
  arrange(order.map((i) => lines[i].tr));
  for (const button of grid.querySelectorAll("button.sort")) {
    const mine = button.dataset.key === key;
    const up = mine && downwards(key) > 0;
    const th = button.closest("th");
    if (mine) th.setAttribute("aria-sort", up ? "ascending" : "descending");
    else th.removeAttribute("aria-sort");
  }
};

const holds = (text, words) => words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
const rowShown = ({ row }, hidden) =>
  !hidden.has(row.id) && (!state.family || row.name === state.family) &&
  holds(`${row.name} ${row.about}`.toLowerCase(), state.rows);
const taskShown = (task) =>
  (!state.suite || task.suite === state.suite) && holds(`${task.name} ${task.suite} ${task.source}`.toLowerCase(), state.tasks);

const filterLines = () => {
  const hidden = new Set(state.hide.split(",").filter(Boolean));
  const tasks = board.tasks.map(taskShown);
  let count = 0;
  for (const one of lines) {
    const shown = rowShown(one, hidden);
    one.tr.hidden = !shown;
    count += shown;
    one.cells.forEach((td, i) => { td.hidden = !tasks[i]; });
  }
  grid.querySelectorAll("th[data-task]").forEach((th, i) => { th.hidden = !tasks[i]; });
  grid.querySelectorAll("th[data-suite]").forEach((th) => {
    const width = board.tasks.filter((task, i) => tasks[i] && task.suite === th.dataset.suite).length;
    th.hidden = !width;
    th.colSpan = Math.max(1, width);
  });
  const narrowed = count < lines.length || tasks.includes(false);
  find("shown").textContent = `${count} of ${lines.length} entries, ${tasks.filter(Boolean).length} of ${tasks.length} tasks`;
  find("all").hidden = !narrowed;
};

const original = new Map();
const fill = (td, at, task) => {
  if (!td.classList.contains("done")) return;
  if (!original.has(td)) original.set(td, [[...td.childNodes], td.className]);
  const [nodes, classes] = original.get(td);
  if (!state.metric || state.metric === board.tasks[task].metric) {
    td.replaceChildren(...nodes);
    td.className = classes;
    return;
  }
  const found = figure(at, task), link = nodes.find((node) => node.tagName === "A").cloneNode();
  link.textContent = found ? score(found[0]) : NONE;
  td.replaceChildren(link, found ? `\n${interval(found[1], found[2])}` : "");
  td.className = "done";
};
const shade = (task) => {
  const known = lines.map((_, i) => figure(i, task)?.[0]).filter((v) => typeof v === "number");
  const low = Math.min(...known), high = Math.max(...known);
  lines.forEach(({ cells }, i) => {
    const found = figure(i, task)?.[0];
    if (typeof found !== "number" || high === low) return;
    const share = (smaller(task) ? high - found : found - low) / (high - low);
    cells[task].classList.add(`h${Math.min(HEAT - 1, Math.floor(share * HEAT))}`);
  });
};
let filled = "";
const fillLines = () => {
  if (state.metric === filled) return;
  filled = state.metric;
  lines.forEach(({ cells }, i) => cells.forEach((td, task) => fill(td, i, task)));
  board.tasks.forEach((task, i) => {
    grid.querySelector(`th[data-task="${i}"] small`).textContent = metricOf(i);
    if (state.metric && state.metric !== task.metric) shade(i);
  });
};

const controls = { metric: "metric", suite: "suite", family: "family", rows: "rows-with", tasks: "tasks-with" };
const startGrid = () => {
  lines = [...body.rows].map((tr, i) => ({ tr, row: board.rows[i], cells: [...tr.querySelectorAll("[data-task]")] }));
  options(find("metric"), [["", "each task's main metric"], ...board.metrics.map((name) => [name, name])]);
  options(find("suite"), [["", "all"], ...[...new Set(board.tasks.map((t) => t.suite))].filter(Boolean).map((s) => [s, s])]);
  options(find("family"), [["", "all"], ...[...new Set(board.rows.map((r) => r.name))].map((f) => [f, f])]);
  for (const [name, id] of Object.entries(controls)) {
    find(id).addEventListener("input", (event) => change({ [name]: event.target.value }));
  }
  find("tools").addEventListener("submit", (event) => event.preventDefault());
  find("all").addEventListener("click", () => change({ suite: "", family: "", rows: "", tasks: "", hide: "" }));
  grid.addEventListener("click", (event) => {
    const sort = event.target.closest("button.sort"), hide = event.target.closest("button.hide");
    if (sort) {
      const key = sort.dataset.key, again = key === state.sort;
      change(again && state.way ? { sort: "", way: "" } : { sort: key, way: again ? "back" : "" });
    }
    if (hide) {
      const id = hide.closest("tr").id;
      change({ hide: [...state.hide.split(",").filter(Boolean), id].join(",") });
      find("all").focus();
    }
  });
  onChange((now, part) => {
    const changed = (...names) => names.some((name) => name in part);
    for (const [name, id] of Object.entries(controls)) if (find(id).value !== state[name]) find(id).value = state[name];
    fillLines();
    if (changed("sort", "way", "metric")) sortLines();
    if (changed("suite", "family", "rows", "tasks", "hide")) filterLines();
  });
};
